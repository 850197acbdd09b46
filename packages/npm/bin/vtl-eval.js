#!/usr/bin/env node
'use strict';
// The command: the native binary where an optional package brought one, else the same program as WebAssembly.

const { spawnSync } = require('node:child_process');

/** The binary of this platform, as `@vtl-eval/linux-x64` and its like bring it. */
function native() {
  if (process.env.VTL_EVAL_WASM) return null;
  const name = process.platform === 'win32' ? 'vtl-eval.exe' : 'vtl-eval';
  try {
    return require.resolve(`@vtl-eval/${process.platform}-${process.arch}/bin/${name}`);
  } catch {
    return null;
  }
}

function main(args) {
  const binary = native();
  if (binary) {
    const ran = spawnSync(binary, args, { stdio: 'inherit' });
    if (!ran.error) return ran.status ?? 1;
  }
  return require('../lib/command.js').run(args);
}

process.exitCode = main(process.argv.slice(2));
