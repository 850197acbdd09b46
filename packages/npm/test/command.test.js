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

for (const folder of ['refusals', 'diagnose', 'har', 'replay', 'token']) {
  const inputs = path.join('tests', 'inputs', folder);
  for (const name of fs.readdirSync(path.join(root, inputs)).slice(0, 12)) {
    const file = path.join(inputs, name);
    if (!fs.statSync(path.join(root, file)).isFile()) continue;
    const command = folder === 'replay' || folder === 'token' ? folder : 'diagnose';
    test(`vtl-eval ${command} ${file}`, () => {
      const args = [command, file, '--format', 'json'];
      assert.deepEqual(said(ours(args)), said(theirs(args)));
    });
  }
}

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
