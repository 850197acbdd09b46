'use strict';
// Node's WASI, without its word that it is experimental: the engine asks it for files, clock and random bytes alone.

const emitWarning = process.emitWarning;
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).startsWith('WASI is an experimental feature')) emitWarning.call(process, warning, ...rest);
};
const { WASI } = require('node:wasi');
// The word comes when the first WASI is made, in later versions of Node.
new WASI({ version: 'preview1' });
process.emitWarning = emitWarning;

module.exports = { WASI };
