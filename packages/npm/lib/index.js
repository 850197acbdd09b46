'use strict';
// The API: objects in and out, errors with `code` (lib/index.d.ts documents it).

const fs = require('node:fs');
const path = require('node:path');
const { Engine, written } = require('./engine.js');
const { VtlEvalError, stopped } = require('./error.js');
const { json, withFolder } = require('./json.js');
const mounts = require('./mounts.js');

/** An engine that is made anew after a trap: one bad input takes nothing else with it. */
class Session {
  #make;
  #engine;
  generation = 0;

  constructor(make) {
    this.#make = make;
  }

  call(request) {
    this.#engine ??= this.#make();
    let answer;
    try {
      answer = this.#engine.call(request);
    } catch (error) {
      // Nothing of it reached the engine.
      if (error instanceof VtlEvalError) throw error;
      // Its memory may be in any state.
      this.#engine = undefined;
      this.generation += 1;
      throw stopped(error);
    }
    if (answer.error) throw new VtlEvalError(answer.error);
    return answer.ok;
  }
}

const session = new Session(() => new Engine());
// What nobody holds any longer is freed on the other side too.
const freed = new FinalizationRegistry(({ handle, generation }) => {
  if (generation !== session.generation) return;
  try {
    session.call({ op: 'free', handle });
  } catch {
    // Nobody waits for this: an engine that stopped here is made anew by the next call, and holds nothing.
  }
});

/** An object of JSON's kind, with the clock at the present where none is given. */
function given(options = {}) {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw new VtlEvalError({ code: 'input', message: `what a template is run with is an object, not ${kindOf(options)}` });
  }
  const { now, ...rest } = options;
  return { ...rest, now: millis(now) };
}

function kindOf(value) {
  return Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
}

function millis(now) {
  if (now === undefined) return Date.now();
  const time = now instanceof Date ? now.getTime() : typeof now === 'string' ? Date.parse(now) : now;
  if (Number.isFinite(time)) return Math.trunc(time);
  throw new VtlEvalError({ code: 'input', message: '`now` is a Date, an RFC 3339 text or milliseconds since 1970' });
}

function text(value, what) {
  if (typeof value === 'string') return value;
  throw new VtlEvalError({ code: 'input', message: `${what} is a text, not ${kindOf(value)}` });
}

/** The text of a file, as the command reads it: UTF-8 and nothing else. */
function read(file) {
  let bytes;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    throw new VtlEvalError({ code: 'input', message: `cannot read ${file}: ${error.code === 'ENOENT' ? 'no such file' : error.message}` });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new VtlEvalError({ code: 'input', message: `cannot read ${file}: not valid UTF-8` });
  }
}

class Template {
  #text;
  #name;
  #handle;
  #generation;

  constructor(source, name = 'template.vtl') {
    this.#text = text(source, 'a template');
    this.#name = text(name, 'the name of a template');
    this.#parsed();
  }

  static file(file) {
    return new Template(read(file), String(file));
  }

  get name() {
    return this.#name;
  }

  get text() {
    return this.#text;
  }

  #parsed() {
    if (this.#handle === undefined || this.#generation !== session.generation) {
      this.#handle = session.call({ op: 'parse', name: this.#name, text: this.#text });
      this.#generation = session.generation;
      freed.register(this, { handle: this.#handle, generation: this.#generation });
    }
    return this.#handle;
  }

  evaluate(options) {
    return session.call({ op: 'evaluate', template: this.#parsed(), given: given(options) });
  }

  explain(options) {
    return session.call({ op: 'explain', template: this.#parsed(), given: given(options), columns: 100 });
  }

  check() {
    return session.call({ op: 'check', template: this.#parsed() });
  }
}

const asTemplate = (template) => (template instanceof Template ? template : new Template(template));

function evaluate(template, options) {
  return asTemplate(template).evaluate(options);
}

function explain(template, options) {
  return asTemplate(template).explain(options);
}

function check(template) {
  return asTemplate(template).check();
}

function diagnose(report) {
  return session.call({ op: 'diagnose', report: parsed(report) });
}

/** A report that is still text. */
function parsed(report) {
  if (typeof report !== 'string') return report;
  try {
    return JSON.parse(report);
  } catch (error) {
    throw new VtlEvalError({ code: 'input', message: `the report is not valid JSON: ${error.message}` });
  }
}

function token(jwt, options) {
  const { now } = options ?? {};
  return session.call({ op: 'token', text: text(jwt, 'a token'), now: Math.floor(millis(now) / 1000) });
}

class Project {
  #folder;
  #path;
  #session;
  #handle;
  #generation;

  constructor(from) {
    const absolute = path.resolve(text(from, 'the path of a project'));
    const stat = fs.statSync(absolute, { throwIfNoEntry: false });
    if (!stat) throw new VtlEvalError({ code: 'project', message: `there is nothing at ${absolute}` });
    this.#folder = mounts.rootOf(stat.isDirectory() ? absolute : path.dirname(absolute));
    this.#path = mounts.guestName(absolute);
    this.#session = new Session(() => new Engine({ preopens: mounts.preopens([this.#folder]) }));
    this.#opened();
  }

  static open(from) {
    return new Project(from);
  }

  #opened() {
    if (this.#handle === undefined || this.#generation !== this.#session.generation) {
      this.#handle = this.#session.call({ op: 'open', path: this.#path });
      this.#generation = this.#session.generation;
    }
    return this.#handle;
  }

  fields() {
    return this.#session.call({ op: 'fields', project: this.#opened() });
  }

  explain(field, options) {
    const project = this.#opened();
    return this.#session.call({ op: 'explain-field', project, field: text(field, 'a field'), given: given(options), columns: 100 });
  }

  /** A field, to be explained, or expected to allow or deny. */
  resolver(field) {
    return { name: field, explain: (options) => this.explain(field, options) };
  }

  matrix(personas) {
    if (typeof personas === 'string') {
      const file = path.resolve(personas);
      if (!fs.existsSync(file)) throw new VtlEvalError({ code: 'project', message: `cannot read ${file}: no such file` });
      return this.#matrix(file);
    }
    if (personas === null || typeof personas !== 'object') {
      throw new VtlEvalError({ code: 'input', message: `personas are a file or an object, not ${kindOf(personas)}` });
    }
    const held = written(personas);
    return withFolder((folder) => {
      const file = path.join(folder, 'personas.json');
      fs.writeFileSync(file, held);
      return this.#matrix(file);
    });
  }

  #matrix(personas) {
    const args = ['matrix', '--from', this.#path, '--personas', mounts.guestName(personas)];
    return json(args, [this.#folder, mounts.rootOf(path.dirname(personas))]);
  }

  rules() {
    return json(['rules', '--from', this.#path], [this.#folder]);
  }
}

module.exports = { Project, Template, VtlEvalError, check, diagnose, evaluate, explain, token };
