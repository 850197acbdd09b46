'use strict';
// The script of action.yml as the runner runs it, with the native command in the place of what npx would bring.
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');

const root = path.join(__dirname, '..', '..', '..');
const native = process.env.VTL_EVAL_BINARY ?? path.join(root, 'target', 'debug', 'vtl-eval');
const [, script] = fs.readFileSync(path.join(root, 'action.yml'), 'utf8').split(/^ {6}run: \|\n/m);
let folder;

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vtl-eval-action-'));
  const write = (name, text, mode) => fs.writeFileSync(path.join(folder, name), text, { mode });
  fs.mkdirSync(path.join(folder, 'bin'));
  write('bin/npx', `#!/bin/sh\n[ "$1 $2" = "--yes vtl-eval@1.2.3" ] || exit 99\nshift 2\nexec ${JSON.stringify(native)} "$@"\n`, 0o755);
  write('script.sh', script.replace(/^ {8}/gm, ''));
  write('bad.vtl', '$foo.includes(1)\n');
  write('t.vtl', '$util.unauthorized()');
  write('a.vtltest.json', JSON.stringify({
    template: 't.vtl',
    cases: [
      { name: 'nobody may', claims: { sub: 'a' }, expect: { verdict: 'denied' } },
      { name: 'a,title=<b>\n::stop-commands::z | x', claims: { sub: 'a' }, expect: { verdict: 'allowed' } },
    ],
  }));
});

after(() => fs.rmSync(folder, { recursive: true }));

function action(inputs) {
  const file = path.join(folder, 'summary.md');
  fs.rmSync(file, { force: true });
  const env = { PERSONAS: '', AGAINST: '', VERSION: '1.2.3', ...inputs, PATH: `${path.join(folder, 'bin')}:${process.env.PATH}`, GITHUB_ACTION_PATH: root, GITHUB_STEP_SUMMARY: file };
  const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', 'script.sh'], { cwd: folder, encoding: 'utf8', env });
  return { status: ran.status, out: ran.stdout, told: ran.stderr, summary: fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '' };
}

test('check annotates each finding where it stands', () => {
  const { status, out, summary } = action({ COMMAND: 'check', TARGET: 'bad.vtl' });
  assert.equal(status, 2);
  assert.match(out, /^::error file=bad\.vtl,line=1,col=1,title=unknown-method::/m);
  assert.match(summary, /^### vtl-eval check\n\n1 finding in 1 file\n\n\|  \| where \| code \| finding \|\n\| --- \| --- \| --- \| --- \|\n\| error \| bad\.vtl:1 \|/);
});

test('test annotates the case that failed, and no name of one begins a command or a tag', () => {
  const { status, out, summary } = action({ COMMAND: 'test', TARGET: '.' });
  assert.equal(status, 2);
  const lines = out.trim().split('\n');
  assert.equal(lines.length, 1, out);
  assert.match(lines[0], /^::error file=a\.vtltest\.json,title=a%2Ctitle=<b>%0A%3A%3Astop-commands%3A%3Az \| x::verdict: expected "allowed", got "denied"$/);
  assert.match(summary, /1 passed, 1 failed/);
  assert.ok(!summary.includes('<b>') && summary.includes('\\| x'), summary);
});

test('matrix annotates what a change opened', () => {
  const api = path.join(root, 'templates', 'notes-api');
  const personas = path.join(api, 'personas.json');
  const old = path.join(folder, 'old.json');
  const ran = spawnSync(native, ['matrix', '--from', api, '--personas', personas, '-o', old], { encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(action({ COMMAND: 'matrix', TARGET: api, PERSONAS: personas, AGAINST: old }).status, 0);
  const matrix = JSON.parse(fs.readFileSync(old, 'utf8'));
  matrix.cells.find((one) => one.verdict === 'allowed').verdict = 'denied';
  fs.writeFileSync(old, JSON.stringify(matrix));
  const { status, out, summary } = action({ COMMAND: 'matrix', TARGET: api, PERSONAS: personas, AGAINST: old });
  assert.equal(status, 2);
  assert.match(out, /^::error title=Query\.listNotes opened::Query\.listNotes for moderator: denied -> allowed$/m);
  assert.match(summary, /1 change since .*[\s\S]*\| opened \| Query\.listNotes \| moderator \| denied \| allowed \|[\s\S]*<details>/);
});

test('what did not run is told, with the code of the command', () => {
  const none = action({ COMMAND: 'check', TARGET: 'no/such/folder' });
  assert.equal(none.status, 1);
  assert.match(none.out, /^::error title=vtl-eval check::error: /m);
  assert.match(none.summary, /did not run to its end/);
  const other = action({ COMMAND: 'rm -rf; $(touch made)', TARGET: '.' });
  assert.equal(other.status, 1);
  assert.match(other.out, /^::error::vtl-eval has no command/m);
  assert.ok(!fs.existsSync(path.join(folder, 'made')));
});
