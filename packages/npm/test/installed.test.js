'use strict';
// The packed tarball in an empty project, as a user has it: the command, the API by both module systems, the matchers of Vitest
// and Jest with their types, and a native binary that an optional package brings. Wants the npm registry for the test runners.
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { faults } = require('./types.js');

const here = path.join(__dirname, '..');
const root = path.join(here, '..', '..');
const nativeBinary = process.env.VTL_EVAL_BINARY ?? path.join(root, 'target', 'debug', 'vtl-eval');
/** A project whose model schema stands beside it. */
const MODELLED = 'tests/rules/notes';
const RUNNERS = ['vitest@3', 'jest@29', '@types/jest@29', 'typescript@5', '@types/node@20'];
const SAMPLE = ['template.vtl', '--context', 'case.json', '--claims', 'claims.json'];
let folder, tarball;

function run(command, args, options = {}) {
  const ran = spawnSync(command, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  assert.equal(ran.error, undefined, String(ran.error));
  return ran;
}

function runs(command, args, options) {
  const ran = run(command, args, options);
  assert.equal(ran.status, 0, `${command} ${args.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
  return ran.stdout;
}

const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);
const bin = (name) => path.join(folder, 'node_modules', '.bin', name);

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vtl-eval-installed-'));
  const packed = JSON.parse(runs('npm', ['pack', '--json', '--pack-destination', folder], { cwd: here }));
  tarball = path.join(folder, packed[0].filename);
  write('package.json', '{ "name": "empty", "private": true }');
  // By itself first: it needs no registry and runs no script.
  runs('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball]);
  runs('npm', ['install', '--no-audit', '--no-fund', '--save-dev', ...RUNNERS]);
  const sample = path.join(root, 'templates', 'static-groups');
  for (const name of ['template.vtl', 'case.json']) fs.copyFileSync(path.join(sample, name), path.join(folder, name));
  fs.copyFileSync(path.join(sample, 'claims', 'deny-lower-case-group.json'), path.join(folder, 'claims.json'));
});

after(() => fs.rmSync(folder, { recursive: true, force: true }));

test('it is under 4 MB packed, and has no install script', () => {
  const { size } = fs.statSync(tarball);
  console.log(`packed: ${size} bytes`);
  // An engine that was built quickly is larger than the one that is published.
  if (process.env.VTL_EVAL_FIGURES) assert.ok(size < 4_000_000, `${size} bytes packed`);
  const { scripts = {} } = JSON.parse(fs.readFileSync(path.join(folder, 'node_modules', 'vtl-eval', 'package.json'), 'utf8'));
  assert.deepEqual(Object.keys(scripts).filter((name) => /install/.test(name)), []);
});

test('the command', () => {
  const ran = run(bin('vtl-eval'), SAMPLE);
  assert.equal(ran.status, 2);
  assert.match(ran.stdout, /^DENIED/);
  assert.equal(ran.stderr, '');
  assert.equal(run('npx', ['--no-install', 'vtl-eval', ...SAMPLE]).stdout, ran.stdout);
});

test('the API by require and by import', () => {
  write('use.cjs', `const { evaluate } = require('vtl-eval'); console.log(evaluate('$ctx.args.a', { args: { a: 'x' } }).output);`);
  write('use.mjs', `import { explain } from 'vtl-eval'; console.log(explain('$util.unauthorized()', { claims: {} }).verdict);`);
  assert.equal(runs('node', ['use.cjs']), 'x\n');
  assert.equal(runs('node', ['use.mjs']), 'denied\n');
});

const CASES = `
const list = Template.file('template.vtl');
const context = JSON.parse(readFileSync('case.json', 'utf8'));
const lower = JSON.parse(readFileSync('claims.json', 'utf8'));
const [group] = lower['cognito:groups'];
const claims = { ...lower, 'cognito:groups': [group[0].toUpperCase() + group.slice(1)] };

test('allows, denies with a hint, filters', () => {
  expect(list).toAllow({ context, claims });
  expect(list).toDeny({ context, claims: lower }, { hint: 'group-case-mismatch' });
  expect(list).not.toAllow({ context, claims: lower });
  const filter = { owner: { eq: 'ann-1' } };
  const filtered = new Template('$util.qr($ctx.stash.put("authFilter", {"owner": {"eq": $ctx.identity.sub}}))#set($isAuthorized = false){}');
  expect(filtered).toFilter({ claims: { sub: 'ann-1' } }, { filter });
});

test('a failure is the explanation', () => {
  expect(() => expect(list).toAllow({ context, claims: lower })).toThrow(/expected to allow, but it was denied[\\s\\S]*DENIED[\\s\\S]*cause/);
  expect(() => expect(list).toDeny({ context, claims: lower }, { hint: 'no-groups' })).toThrow(/the hint no-groups; the hints are group-case-mismatch/);
});

test('a snapshot is the report without noise', () => {
  expect(list.explain({ context, claims: lower })).toMatchSnapshot();
});
`;

test('the matchers of Vitest', () => {
  write('vitest.config.mjs', `export default { test: { include: ['a.vitest.mjs'] } };`);
  write('a.vitest.mjs', `import { expect, test } from 'vitest';\nimport { readFileSync } from 'node:fs';\nimport { Template } from 'vtl-eval';\nimport 'vtl-eval/vitest';\n${CASES}`);
  runs(bin('vitest'), ['run', 'a.vitest.mjs', '--dir', '.', '--config', 'vitest.config.mjs'], { env: { ...process.env, CI: '' } });
  assert.match(fs.readFileSync(path.join(folder, '__snapshots__', 'a.vitest.mjs.snap'), 'utf8'), /= `\nDENIED/);
});

test('the matchers of Jest', () => {
  write('jest.config.json', '{ "testMatch": ["**/a.jest.js"], "transform": {} }');
  write('a.jest.js', `const { readFileSync } = require('node:fs');\nconst { Template } = require('vtl-eval');\nrequire('vtl-eval/jest');\n${CASES}`);
  runs(bin('jest'), ['--config', 'jest.config.json']);
  assert.match(fs.readFileSync(path.join(folder, '__snapshots__', 'a.jest.js.snap'), 'utf8'), /= `\nDENIED/);
});

test('the types, by both module systems', () => {
  write('types.mts', `import { expect } from 'vitest';
import { Template, Project, VtlEvalError, type Report } from 'vtl-eval';
import 'vtl-eval/vitest';
const report: Report & { text: string } = new Template('x').explain({ claims: { sub: 'a' }, authType: 'user-pool' });
expect(Project.open('.').resolver('Query.a')).toDeny({ claims: {} }, { hint: 'no-groups' });
const error: VtlEvalError['code'] = 'template';
// @ts-expect-error a mode that is none
new Template('x').evaluate({ authType: 'password' });
// @ts-expect-error a code that is none
expect(new Template('x')).toDeny({}, { hint: 'no-such-hint' });
export { report, error };
`);
  write('types.cts', `import vtl = require('vtl-eval');
import 'vtl-eval/jest';
expect(new vtl.Template('x')).toAllow({ claims: {} });
expect(new vtl.Template('x')).not.toFilter({}, { filter: { a: 1 } });
`);
  runs(bin('tsc'), ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', 'types.mts', 'types.cts']);
});

test('real answers have the members that their types say, and no others', () => {
  write('answers.cjs', `
const fs = require('node:fs');
const path = require('node:path');
const { Project, Template, check, diagnose, token } = require('vtl-eval');
const root = process.argv[2];
const json = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const answers = [];
const templates = path.join(root, 'templates');
for (const name of fs.readdirSync(templates)) {
  const folder = path.join(templates, name);
  if (!fs.existsSync(path.join(folder, 'claims'))) continue;
  const template = Template.file(path.join(folder, 'template.vtl'));
  for (const file of fs.readdirSync(path.join(folder, 'claims'))) {
    const given = { context: json(path.join(folder, 'case.json')), claims: json(path.join(folder, 'claims', file)) };
    answers.push(['Report & { text: string }', template.explain(given)], ['Report', template.evaluate(given)]);
  }
}
const reports = path.join(root, 'tests', 'inputs', 'diagnose');
for (const name of fs.readdirSync(reports).filter((file) => file.endsWith('.json'))) {
  try { answers.push(['Diagnosis', diagnose(fs.readFileSync(path.join(reports, name), 'utf8'))]); } catch (error) { if (!error.code) throw error; }
}
for (const source of ['$util.isNul(1)', '#if($a == 1)#end$ctx.identity.claims.foo']) answers.push(['Problem[]', check(source)]);
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims) => part({ alg: 'RS256', kid: 'k' }) + '.' + part(claims) + '.c2ln';
answers.push(['TokenReport', token(jwt({ sub: 'a', exp: 100, token_use: 'id' }), { now: 0 })], ['TokenReport', token(jwt({}))]);
const project = Project.open(path.join(templates, 'notes-api'));
answers.push(['MatrixReport', project.matrix(path.join(templates, 'notes-api', 'personas.json'))]);
for (const field of project.fields()) answers.push(['Report & { text: string }', project.explain(field, { claims: { sub: 'a' }, result: { owner: 'b' } })]);
const modelled = Project.open(path.join(root, process.argv[3]));
answers.push(['RulesReport', modelled.rules()]);
for (const field of modelled.fields()) answers.push(['Report & { text: string }', modelled.explain(field, { claims: { sub: 'a', username: 'a' }, result: { owner: 'b' } })]);
fs.writeFileSync('answers.json', JSON.stringify(answers));
`);
  runs('node', ['answers.cjs', root, MODELLED]);
  const answers = JSON.parse(fs.readFileSync(path.join(folder, 'answers.json'), 'utf8'));
  const kinds = new Set(answers.map(([type]) => type));
  assert.deepEqual(kinds.size, 7, [...kinds].join(', '));
  assert.equal(faults(answers, folder, path.join(folder, 'node_modules', 'typescript', 'bin', 'tsc'), 'vtl-eval'), '');
  // It would be told.
  const [wrong] = answers.filter(([type]) => type === 'Diagnosis').map(([type, answer]) => [type, { ...answer, unheard: 1 }]);
  assert.match(faults([wrong], folder, path.join(folder, 'node_modules', 'typescript', 'bin', 'tsc'), 'vtl-eval'), /unheard/);
});

test('a native binary is used where the package of this platform brings it', { skip: process.platform !== 'linux' || process.arch !== 'x64' }, () => {
  const platforms = path.join(folder, 'platforms');
  const made = runs('node', [path.join(here, 'platforms.mjs'), `x86_64-unknown-linux-musl=${nativeBinary}`, '--out', platforms]);
  assert.deepEqual(made.trim().split('\n'), ['@vtl-eval/linux-x64', 'vtl-eval']);
  const [main] = ['vtl-eval', 'linux-x64'].map((name) => JSON.parse(fs.readFileSync(path.join(platforms, name, 'package.json'), 'utf8')));
  assert.deepEqual(main.optionalDependencies, { '@vtl-eval/linux-x64': main.version });
  const install = (name) => {
    const [{ filename }] = JSON.parse(runs('npm', ['pack', '--json', '--pack-destination', folder], { cwd: path.join(platforms, name) }));
    runs('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', path.join(folder, filename)]);
  };
  const which = () => runs('node', ['-p', "require('./node_modules/vtl-eval/lib/native.js').binary()"]).trim();
  assert.equal(which(), 'null');
  const engine = run(bin('vtl-eval'), SAMPLE);
  install('linux-x64');
  assert.equal(which(), path.join(fs.realpathSync(folder), 'node_modules', '@vtl-eval', 'linux-x64', 'bin', 'vtl-eval'));
  const native = run(bin('vtl-eval'), SAMPLE);
  assert.deepEqual([native.status, native.stdout, native.stderr], [engine.status, engine.stdout, engine.stderr]);
  // The engine is not even loaded.
  const wasm = path.join(folder, 'node_modules', 'vtl-eval', 'dist', 'engine.wasm.br');
  fs.renameSync(wasm, `${wasm}.away`);
  assert.equal(run(bin('vtl-eval'), SAMPLE).status, 2);
  fs.renameSync(`${wasm}.away`, wasm);
  // Another version's binary is left alone, and so is one that does not start.
  const package_ = path.join(folder, 'node_modules', '@vtl-eval', 'linux-x64');
  const manifest = JSON.parse(fs.readFileSync(path.join(package_, 'package.json'), 'utf8'));
  fs.writeFileSync(path.join(package_, 'package.json'), JSON.stringify({ ...manifest, version: '0.0.1' }));
  assert.equal(which(), 'null');
  fs.writeFileSync(path.join(package_, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(path.join(package_, 'bin', 'vtl-eval'), 'no binary');
  fs.chmodSync(path.join(package_, 'bin', 'vtl-eval'), 0o644);
  assert.equal(run(bin('vtl-eval'), SAMPLE).status, 2);
});

test('it reads nothing but the project it stands in and what it is given', () => {
  const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'vtl-eval-outside-'));
  fs.writeFileSync(path.join(outside, 'secret.json'), '{"sub": "a"}');
  fs.symlinkSync(path.join(outside, 'secret.json'), path.join(folder, 'link.json'));
  const ran = run(bin('vtl-eval'), ['template.vtl', '--context', 'case.json', '--claims', 'link.json'], { env: { ...process.env, VTL_EVAL_WASM: '1' } });
  fs.rmSync(outside, { recursive: true });
  assert.equal(ran.status, 1);
});
