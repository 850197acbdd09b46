'use strict';
// No trap of the engine reaches a user as one: it has a code, and the next call is answered.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { test } = require('node:test');
const { Engine } = require('../lib/engine.js');
const { Project, Template, VtlEvalError, evaluate } = require('..');

const samples = path.join(__dirname, '..', '..', '..', 'templates', 'notes-api');

/** A trap as the engine would make it: an instruction of WebAssembly that cannot be carried out. */
const UNREACHABLE = new WebAssembly.Module(
  // One function, exported as "f", whose body is `unreachable`.
  Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11]),
);

/** Has the next call of this method trap, once. */
function trapOnce(method) {
  const real = Engine.prototype[method];
  Engine.prototype[method] = function trapped() {
    Engine.prototype[method] = real;
    return new WebAssembly.Instance(UNREACHABLE).exports.f();
  };
}

const told = (error) => error instanceof VtlEvalError && error.code === 'internal' && /the engine stopped/.test(error.message);

test('a template outlives the engine that it was compiled in', () => {
  const template = new Template('$ctx.args.id');
  assert.equal(template.evaluate({ args: { id: '1' } }).output, '1');
  trapOnce('call');
  assert.throws(() => template.evaluate({ args: { id: '2' } }), told);
  assert.equal(template.evaluate({ args: { id: '3' } }).output, '3');
  assert.equal(evaluate('another').output, 'another');
});

test('a project is opened again after a trap; its matrix and its rules tell of one too', () => {
  const project = Project.open(samples);
  const fields = project.fields();
  trapOnce('call');
  assert.throws(() => project.fields(), told);
  assert.deepEqual(project.fields(), fields);
  const personas = { personas: [{ name: 'key', authType: 'API Key Authorization' }] };
  trapOnce('command');
  assert.throws(() => project.matrix(personas), told);
  assert.ok(project.matrix(personas).cells.length > 0);
});

test('an async caller gets a rejection, and no promise is left open', async () => {
  const ask = async (source) => evaluate(source).output;
  trapOnce('call');
  await assert.rejects(ask('a'), told);
  assert.equal(await ask('b'), 'b');
  await assert.rejects(ask('#if('), { code: 'template' });
});

test('a call from the bottom of a deep stack is told, or answered; the next is answered', () => {
  const template = new Template('$util.toJson($ctx.args)');
  const given = { args: { a: [1, { b: '2' }] } };
  const seen = new Set();
  const deep = (left) => {
    try {
      if (left > 0) deep(left - 1);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    // On the way back up there is a little more room each time: the stack runs out here and there inside the engine.
    if (seen.size > 60) return;
    try {
      seen.add(template.evaluate(given).output);
    } catch (error) {
      if (!(error instanceof RangeError) && !told(error)) throw error;
      seen.add(Symbol('refused'));
    }
  };
  deep(100_000);
  assert.ok([...seen].some((one) => typeof one === 'symbol'), 'the stack never ran out');
  assert.equal(template.evaluate(given).output, '{"a":[1,{"b":"2"}]}');
});

test('the command says that it stopped, and exits with 1', () => {
  const code = `
    const { Engine } = require(${JSON.stringify(path.join(__dirname, '..', 'lib', 'engine.js'))});
    Engine.prototype.command = () => new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from([${[
      0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11,
    ]}]))).exports.f();
    process.exitCode = require(${JSON.stringify(path.join(__dirname, '..', 'lib', 'command.js'))}).run(['--version']);`;
  const ran = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  assert.equal(ran.status, 1);
  assert.match(ran.stderr, /^error: vtl-eval stopped \(unreachable\)/);
});

test('an engine that is damaged is told of, not thrown as it is', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vtl-eval-'));
  const at = path.join(__dirname, '..');
  for (const part of ['lib', 'bin', 'package.json']) fs.cpSync(path.join(at, part), path.join(folder, part), { recursive: true });
  fs.mkdirSync(path.join(folder, 'dist'));
  fs.writeFileSync(path.join(folder, 'dist', 'engine.wasm.br'), 'not WebAssembly');
  const ran = spawnSync(process.execPath, [path.join(folder, 'bin', 'vtl-eval.js'), '--version'], { encoding: 'utf8' });
  fs.rmSync(folder, { recursive: true });
  assert.equal(ran.status, 1);
  assert.match(ran.stderr, /^error: the engine of vtl-eval cannot be read .*install vtl-eval again/);
});
