// Packs the engine of the npm package into a module: the page may connect to nothing, so that it brings all it needs.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const wasm = readFileSync(new URL('../packages/npm/dist/engine.wasm', import.meta.url));
const packed = gzipSync(wasm, { level: 9 }).toString('base64');
writeFileSync(new URL('src/engine-bytes.ts', import.meta.url), `// Made by engine.mjs.\nexport default ${JSON.stringify(packed)};\n`);
console.log(`engine: ${wasm.length} bytes, ${packed.length} packed`);
