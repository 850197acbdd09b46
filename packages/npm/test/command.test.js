'use strict';
// The command as WebAssembly says what the native one says, byte for byte. VTL_EVAL_BINARY names the native one.
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..', '..', '..');
const bin = path.join(__dirname, '..', 'bin', 'vtl-eval.js');
const native = process.env.VTL_EVAL_BINARY ?? path.join(root, 'target', 'debug', 'vtl-eval');

const ours = (args, options = {}) =>
  spawnSync(process.execPath, [bin, ...args], { cwd: root, encoding: 'utf8', env: { ...process.env, VTL_EVAL_WASM: '1' }, ...options });
const theirs = (args, options = {}) => spawnSync(native, args, { cwd: root, encoding: 'utf8', ...options });

const GROUPS = ['templates/static-groups/template.vtl', '--context', 'templates/static-groups/case.json'];
const DENIED = ['--claims', 'templates/static-groups/claims/deny-lower-case-group.json'];
const COMMANDS = [
  [],
  ['--help'],
  ['--version'],
  [...GROUPS, ...DENIED],
  [...GROUPS, ...DENIED, '--format', 'json'],
  [...GROUPS, ...DENIED, '--format', 'html'],
  [...GROUPS, '--claims', 'templates/static-groups/claims/allow-editor.json'],
  [...GROUPS, '--claims', '{"cognito:groups": ["Admins"]}'],
  [...GROUPS, '--claims', 'no/such/file.json'],
  ['templates/no-such.vtl'],
  ['resolver', 'Mutation.deleteNote', '--from', 'templates/notes-api', '--claims', '{"sub": "x"}', '--result', '{"owner": "y"}'],
  ['resolver', 'Mutation.deleteNotes', '--from', 'templates/notes-api'],
  ['fields', '--from', 'templates/notes-api'],
  ['matrix', '--from', 'templates/notes-api', '--personas', 'templates/notes-api/personas.json', '--now', '0'],
  ['test', 'templates', '--coverage', 'text'],
  ['check', 'templates', 'tests/inputs', '--format', 'sarif'],
  ['explain', 'group-case-mismatch'],
  ['explain', 'You are not authorized to make this call.'],
  ['util', 'isNull'],
  ['completions', 'bash'],
  ['man'],
  ['help', 'matrix'],
  ['config'],
  ['rules', '--from', 'tests/rules/notes'],
  ['rules', '--from', 'tests/rules/notes', '--format', 'json'],
  ['diagnose', 'tests/inputs/har/c09-group.har', '--from', 'tests/inputs/har/api'],
  ['replay', 'tests/inputs/replay', '--from', 'templates/notes-api'],
  ['batch', 'no/such/file.ndjson'],
  ['no-such-command', '--at-all'],
];

/** What was said, without the time that it took and the number that a system has for an error. */
const said = ({ status, stdout, stderr }) =>
  [status, stdout, stderr].map((part) => String(part).replace(/in \d+\.\d+ s\b/g, 'in N s').replace(/\(os error \d+\)/g, '(os error)'));

for (const args of COMMANDS) {
  test(`vtl-eval ${args.join(' ')}`.slice(0, 110), () => {
    const there = theirs(args);
    assert.equal(there.error, undefined, `the native command (${native}) did not run`);
    assert.deepEqual(said(ours(args)), said(there));
  });
}

test('the project above the folder one stands in is found', () => {
  const cwd = path.join(root, 'templates', 'notes-api', 'resolvers');
  for (const args of [['config'], ['fields'], ['check', '.'], ['resolver', 'Mutation.deleteNote', '--claims', '{"sub": "x"}']]) {
    assert.deepEqual(said(ours(args, { cwd })), said(theirs(args, { cwd })), args.join(' '));
  }
});

test('each command of the help is compared here', () => {
  const listed = [...theirs(['--help']).stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
  assert.ok(listed.length > 14, listed.join(' '));
  // Two that write or read standard input have tests of their own below.
  const compared = new Set([...COMMANDS.map(([name]) => name), 'init', 'diagnose', 'replay', 'token', 'batch']);
  assert.deepEqual(listed.filter((name) => !compared.has(name)), []);
});

// Every file of tests/inputs, by the command that takes its kind.
const BY_FOLDER = { errors: [], language: [], util: [], refusals: ['diagnose'], diagnose: ['diagnose'], har: ['diagnose'], replay: ['replay'], token: ['token'] };
for (const [folder, command] of Object.entries(BY_FOLDER)) {
  const inputs = path.join('tests', 'inputs', folder);
  for (const name of fs.readdirSync(path.join(root, inputs))) {
    const file = path.join(inputs, name);
    if (!fs.statSync(path.join(root, file)).isFile()) continue;
    test(`vtl-eval ${[...command, file].join(' ')}`, () => {
      const args = [...command, file, '--format', 'json', '--now', '1767323045'];
      assert.deepEqual(said(ours(args)), said(theirs(args)));
    });
  }
}

test('init writes the same files, and a second time none', () => {
  const made = [ours, theirs].map((run) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vtl-eval-'));
    fs.cpSync(path.join(root, 'templates', 'notes-api'), path.join(folder, 'api'), { recursive: true });
    const runs = [run(['init'], { cwd: folder }), run(['init'], { cwd: folder })].map((ran) => said(ran).map((part) => part.replaceAll(folder, 'HERE')));
    const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const held = files.map((one) => [path.relative(folder, path.join(one.parentPath ?? one.path, one.name)), fs.readFileSync(path.join(one.parentPath ?? one.path, one.name), 'utf8')]);
    fs.rmSync(folder, { recursive: true });
    return { runs, held: held.sort() };
  });
  assert.deepEqual(made[0], made[1]);
});

test('standard input, and a folder of its own', () => {
  const lines = '{"id": 1, "template": "$ctx.args.a", "context": {"arguments": {"a": "b"}}}\nno json\n';
  const [here, there] = [ours(['batch'], { input: lines }), theirs(['batch'], { input: lines })];
  assert.deepEqual([here.status, here.stdout], [there.status, there.stdout]);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vtl-eval-'));
  fs.writeFileSync(path.join(folder, 't.vtl'), '$util.unauthorized()');
  assert.equal(ours(['t.vtl'], { cwd: folder }).status, 2);
  assert.equal(ours([path.join(folder, 't.vtl'), '-o', path.join(folder, 'out.json'), '--format', 'json']).status, 2);
  assert.equal(JSON.parse(fs.readFileSync(path.join(folder, 'out.json'), 'utf8')).verdict, 'denied');
  fs.rmSync(folder, { recursive: true });
});
