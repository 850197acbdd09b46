#!/usr/bin/env node
'use strict';
// The command: the native binary where an optional package brought one, else the same program as WebAssembly.

const { spawnSync } = require('node:child_process');
const { constants } = require('node:os');
const native = require('../lib/native.js');

/** The exit code of what a signal ended, as a shell has it. */
const ended = ({ status, signal }) => status ?? 128 + (constants.signals[signal] ?? 0);

function main(args) {
  const binary = native.binary();
  if (binary) {
    const ran = spawnSync(binary, args, { stdio: 'inherit' });
    // One that does not start (another libc, a lost permission) leaves the work to the engine.
    if (!ran.error) return ended(ran);
  }
  return require('../lib/command.js').run(args);
}

process.exitCode = main(process.argv.slice(2));
