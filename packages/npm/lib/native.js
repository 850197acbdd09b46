'use strict';
// The native binary, where the optional package of this platform brought it (platforms.mjs makes these packages).

const fs = require('node:fs');
const path = require('node:path');
const { version } = require('../package.json');

/** The package of a platform, by Node's own names of it. */
const packageOf = (platform, arch) => `@vtl-eval/${platform}-${arch}`;

/**
 * The binary of this platform, or null. One of another version is none: the command and the API would differ.
 * `VTL_EVAL_WASM` asks for the engine all the same.
 */
function binary() {
  if (process.env.VTL_EVAL_WASM) return null;
  const name = packageOf(process.platform, process.arch);
  try {
    const file = require.resolve(`${name}/package.json`);
    if (JSON.parse(fs.readFileSync(file, 'utf8')).version !== version) return null;
    return path.join(path.dirname(file), 'bin', process.platform === 'win32' ? 'vtl-eval.exe' : 'vtl-eval');
  } catch {
    return null;
  }
}

module.exports = { binary, packageOf };
