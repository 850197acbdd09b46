'use strict';
// Answers against the types that are said of them: TypeScript finds a member that is not typed, and one that is missing.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** What TypeScript says of answers (`[type, answer]`), each written down as a literal of its type; '' where all fit. */
function faults(answers, folder, tsc, from) {
  const lines = answers.map(([type, answer], at) => `export const a${at}: vtl.${type} = ${JSON.stringify(answer)};`);
  fs.writeFileSync(path.join(folder, 'answers.mts'), `import type * as vtl from ${JSON.stringify(from)};\n${lines.join('\n')}\n`);
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', '--noErrorTruncation'];
  const ran = spawnSync(process.execPath, [tsc, ...options, 'answers.mts'], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });
  return ran.stdout.split('\n').filter((line) => line !== '').map((line) => line.slice(0, 600)).join('\n');
}

module.exports = { faults };
