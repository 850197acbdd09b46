'use strict';
// One instance of the engine: what goes in and out is UTF-8 in a buffer of its memory (engine/src/lib.rs).

const fs = require('node:fs');
const path = require('node:path');
const { brotliDecompressSync } = require('node:zlib');
const { VtlEvalError } = require('./error.js');
const { WASI } = require('./wasi.js');

/** The engine was told to end: its exit code. */
class Exit {
  constructor(code) {
    this.code = code;
  }
}

/** More than the engine has, so that it is unpacked in one go. */
const ROOM = 1 << 24;

let compiled;

/** Compiled once a process, at the first use. */
function compile() {
  const file = path.join(__dirname, '..', 'dist', 'engine.wasm.br');
  try {
    compiled ??= new WebAssembly.Module(brotliDecompressSync(fs.readFileSync(file), { chunkSize: ROOM }));
  } catch (error) {
    const message = `the engine of vtl-eval cannot be read (${file}: ${error.message}); install vtl-eval again`;
    throw new VtlEvalError({ code: 'internal', message });
  }
  return compiled;
}

/** What goes in, as bytes of JSON. What JSON cannot hold is the caller's mistake, not the engine's. */
function written(value) {
  try {
    return Buffer.from(JSON.stringify(value), 'utf8');
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new VtlEvalError({ code: 'input', message: `what was given is not JSON: ${error.message.split('\n')[0]}` });
  }
}

class Engine {
  #memory;
  #exports;

  /** `preopens`: the folders that it may read, under the names by which it knows them; none where left out. */
  constructor({ preopens = {}, env = {}, stderr = 2 } = {}) {
    const wasi = new WASI({ version: 'preview1', preopens, env, stderr });
    const imports = wasi.getImportObject();
    imports.wasi_snapshot_preview1.proc_exit = (code) => {
      throw new Exit(code);
    };
    const instance = new WebAssembly.Instance(compile(), imports);
    wasi.initialize(instance);
    this.#exports = instance.exports;
    this.#memory = instance.exports.memory;
  }

  #put(value) {
    const bytes = written(value);
    const address = this.#exports.vtl_input(bytes.length) >>> 0;
    Buffer.from(this.#memory.buffer, address, bytes.length).set(bytes);
  }

  /** The answer to a request of the API: `{ok}` or `{error}`. */
  call(request) {
    this.#put(request);
    this.#exports.vtl_call();
    const address = this.#exports.vtl_output() >>> 0;
    const length = this.#exports.vtl_output_length() >>> 0;
    return JSON.parse(Buffer.from(this.#memory.buffer, address, length).toString('utf8'));
  }

  /** Runs the command in a directory, and gives its exit code. */
  command(args, directory) {
    this.#put({ arguments: args, directory });
    try {
      return this.#exports.vtl_command();
    } catch (error) {
      if (error instanceof Exit) return error.code;
      throw error;
    }
  }
}

module.exports = { Engine, written };
