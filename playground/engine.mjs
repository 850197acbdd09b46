// Makes two modules of src/: the engine of the npm package, since the page may connect to nothing and brings all it needs, and the
// words of VTL, as the grammar has them.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const wasm = readFileSync(new URL('../packages/npm/dist/engine.wasm', import.meta.url));
const packed = gzipSync(wasm, { level: 9 }).toString('base64');
writeFileSync(new URL('src/engine-bytes.ts', import.meta.url), `// Made by engine.mjs.\nexport default ${JSON.stringify(packed)};\n`);
console.log(`engine: ${wasm.length} bytes, ${packed.length} packed`);

const grammar = readFileSync(new URL('../grammar/vtl.pest', import.meta.url), 'utf8');
/** The words in a rule of the grammar: what stands in quotes there and is a word. */
function words(rule) {
  const [, text] = grammar.match(new RegExp(`^${rule}\\s*= [_@$!]?\\{(.*(?:\\n\\s+.*)*)`, 'm')) ?? [];
  const found = [...new Set([...(text ?? '').matchAll(/"([a-z]+)"/g)].map(([, word]) => word))];
  if (found.length === 0) throw new Error(`grammar/vtl.pest has no words in ${rule}`);
  return found;
}
const directives = ['set_open', 'block_word', 'named', 'unsupported_name'].flatMap(words);
writeFileSync(new URL('src/words.ts', import.meta.url), `// Made by engine.mjs from grammar/vtl.pest.
export const DIRECTIVES = ${JSON.stringify(directives)};
export const OPERATORS = ${JSON.stringify(words('operator_word'))};
`);
console.log(`words: ${directives.length} directives`);
