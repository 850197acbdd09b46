'use strict';
// The whole command, as WebAssembly.

const path = require('node:path');
const v8 = require('node:v8');
const { Engine } = require('./engine.js');
const { VtlEvalError, trap } = require('./error.js');
const mounts = require('./mounts.js');

/** What the engine may know of the environment: how to draw, and nothing else of the user's. */
const PASSED = ['NO_COLOR', 'CLICOLOR', 'CLICOLOR_FORCE', 'TERM', 'COLORTERM', 'COLUMNS', 'LANG', 'LC_ALL', 'TZ', 'CI'];

function environment() {
  const env = Object.fromEntries(PASSED.filter((name) => name in process.env).map((name) => [name, process.env[name]]));
  const columns = process.stdout.columns ?? process.stderr.columns;
  return columns && !env.COLUMNS ? { ...env, COLUMNS: String(columns) } : env;
}

/** Node's versions whose V8 knows the flag below; another would write that it does not. */
const LAZY = { from: 20, to: 24 };

/** Has V8 look at a function of the engine when it is called first: a command calls few of them, and a third of its time would go there. */
function lazily() {
  const major = Number.parseInt(process.versions.node, 10);
  if (process.versions.bun || process.versions.deno || major < LAZY.from || major > LAZY.to) return;
  v8.setFlagsFromString('--wasm-lazy-validation');
}

/** An absolute path of Windows as the engine knows it; every other argument as it is. */
function argument(text) {
  return process.platform === 'win32' && path.isAbsolute(text) ? mounts.guestName(text) : text;
}

/** Runs the command with the standard streams of this process, and gives its exit code. */
function run(args) {
  const directory = process.cwd();
  try {
    lazily();
    const engine = new Engine({ preopens: mounts.forCommand(args, directory), env: environment() });
    return engine.command(args.map(argument), mounts.guestName(directory));
  } catch (error) {
    if (error instanceof VtlEvalError) {
      process.stderr.write(`error: ${error.message}\n`);
      return 1;
    }
    const why = trap(error);
    if (why === null) throw error;
    process.stderr.write(`error: vtl-eval stopped (${why}); what was written before is whole. Please report the input.\n`);
    return 1;
  }
}

module.exports = { run };
