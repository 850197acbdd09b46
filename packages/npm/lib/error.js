'use strict';

/** What went wrong, by `code`; docs in index.d.ts. */
class VtlEvalError extends Error {
  constructor({ code, message, line }) {
    super(message);
    this.name = 'VtlEvalError';
    this.code = code;
    if (line) this.line = line;
  }
}

/** Why the engine stopped, in words; null where what was thrown is no trap. */
function trap(error) {
  if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) return null;
  return /stack|call depth/i.test(error.message) ? 'the stack ran out: the input nests too deeply, or the caller stands deep itself' : error.message;
}

/**
 * What a user is told in the place of a trap: an error with a code. Anything else that was thrown stays as it is. The instance
 * that trapped is never asked again: its memory may be in any state.
 */
function stopped(error) {
  const why = trap(error);
  return why === null ? error : new VtlEvalError({ code: 'internal', message: `the engine stopped (${why}); the next call starts another` });
}

module.exports = { VtlEvalError, stopped, trap };
