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

module.exports = { VtlEvalError };
