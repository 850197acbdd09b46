'use strict';
// A command whose JSON is wanted: it runs in an instance of its own, and what it says goes to files that are removed.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Engine } = require('./engine.js');
const { VtlEvalError, stopped } = require('./error.js');
const mounts = require('./mounts.js');

/** Calls `work` with a folder that is removed afterwards. */
function withFolder(work) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vtl-eval-'));
  try {
    return work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The JSON of a command that may read these folders. */
function json(args, folders) {
  return withFolder((own) => {
    const [said, out] = [path.join(own, 'stderr.txt'), path.join(own, 'out.json')];
    const stderr = fs.openSync(said, 'w');
    let code;
    try {
      const engine = new Engine({ preopens: mounts.preopens([...folders, own]), stderr });
      code = engine.command([...args, '--format', 'json', '-o', mounts.guestName(out)], '/');
    } catch (error) {
      throw stopped(error);
    } finally {
      fs.closeSync(stderr);
    }
    // 1: the tool could not do its work, be there a part of an answer or not.
    if (code !== 1 && fs.existsSync(out)) return JSON.parse(fs.readFileSync(out, 'utf8'));
    const message = fs.readFileSync(said, 'utf8').trim().replace(/^error: /, '');
    throw new VtlEvalError({ code: 'project', message: message || `vtl-eval ${args[0]} ended without an answer` });
  });
}

module.exports = { json, withFolder };
