'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { Project, Template, VtlEvalError, check, diagnose, evaluate, explain, token } = require('..');

const GUARD = `#if($ctx.identity.claims["cognito:groups"].contains("Admin"))
#set($isAuthorized = true)#end#if(!$isAuthorized)$util.unauthorized()#end{}`;
const samples = path.join(__dirname, '..', '..', '..');

test('a refusal is explained', () => {
  const why = explain(GUARD, { claims: { 'cognito:groups': ['admin'], token_use: 'access' } });
  assert.equal(why.verdict, 'denied');
  assert.equal(why.hints[0].code, 'group-case-mismatch');
  assert.equal(why.suggestions[0].verdict, 'allowed');
  assert.match(why.text, /^DENIED/);
});

test('an evaluation gives output and stash, and reads absent parts as null', () => {
  const done = evaluate('$util.qr($ctx.stash.put("a", 1))$util.toJson($ctx.args)', { args: { id: '7' } });
  assert.deepEqual([done.output, done.stash, done.verdict], ['{"id":"7"}', { a: 1 }, 'completed']);
});

test('a context of EvaluateMappingTemplate is taken, and single members stand over it', () => {
  const done = evaluate('$ctx.args.id $ctx.source.n', { context: { arguments: { id: 'x' }, source: { n: 1 } }, args: { id: 'y' } });
  assert.equal(done.output, 'y 1');
});

test('errors have a code', () => {
  const code = (work) => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof VtlEvalError, String(error));
      return [error.code, error.line];
    }
    return ['none'];
  };
  assert.deepEqual(code(() => new Template('#if($x)')), ['template', 1]);
  assert.deepEqual(code(() => new Template(7)), ['input', undefined]);
  assert.deepEqual(code(() => evaluate('', { klaims: {} })), ['input', undefined]);
  assert.deepEqual(code(() => evaluate('', [])), ['input', undefined]);
  assert.deepEqual(code(() => evaluate('', { now: 'soon' })), ['input', undefined]);
  assert.deepEqual(code(() => evaluate('', { claims: {}, identity: {} })), ['input', undefined]);
  assert.deepEqual(code(() => evaluate('', { authType: 'password' })), ['input', undefined]);
  assert.deepEqual(code(() => token('not a token')), ['input', undefined]);
  assert.deepEqual(code(() => diagnose('{')), ['input', undefined]);
  assert.deepEqual(code(() => Project.open('no/such/folder')), ['project', undefined]);
  const around = {};
  around.around = around;
  for (const args of [{ a: 1n }, around]) assert.deepEqual(code(() => evaluate('', { args })), ['input', undefined]);
  assert.deepEqual(code(() => Template.file('no/such/file.vtl')), ['input', undefined]);
  assert.deepEqual(code(() => Template.file(__dirname)), ['input', undefined]);
  const notes = Project.open(path.join(samples, 'templates', 'notes-api'));
  for (const personas of [undefined, null, 7, around, { personas: [1n] }]) {
    assert.deepEqual(code(() => notes.matrix(personas)), ['input', undefined]);
  }
  assert.deepEqual(code(() => notes.matrix('no/such/personas.json')), ['project', undefined]);
  assert.equal(evaluate('ok').output, 'ok');
});

test('a file that is not UTF-8 is refused, as the command refuses it', (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vtl-eval-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'latin-1.vtl');
  fs.writeFileSync(file, Buffer.from([0x61, 0xe9, 0x62]));
  assert.throws(() => Template.file(file), { code: 'input', message: /not valid UTF-8/ });
});

test('a message never repeats a token', () => {
  const secret = 'eyJhbGciOiJub25lIn0.eyJzdWIi.sekret';
  assert.throws(() => token(secret), (error) => !error.message.includes('sekret') && !error.message.includes('eyJ'));
});

test('a runaway template ends, and the next call is answered', () => {
  const endless = '#set($s = "x")#foreach($i in [1..100000])#set($s = "$s$s")#end';
  const done = evaluate(endless);
  assert.equal(done.verdict, 'error');
  assert.equal(evaluate('ok').output, 'ok');
  assert.throws(() => new Template('#if(true)'.repeat(5000)));
  assert.equal(evaluate('ok').output, 'ok');
});

test('findings, a diagnosis and a token', () => {
  assert.equal(check('$util.isNul(1)')[0].code, 'unknown-function');
  assert.equal(diagnose({ template: '$util.unauthorized()', context: { identity: null } }).verdict, 'denied');
  const part = (json) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const jwt = `${part({ alg: 'none' })}.${part({ sub: 'ann', exp: 100 })}.`;
  assert.equal(token(jwt, { now: new Date(200_000) }).refused, true);
});

test('the time is the one given', () => {
  assert.equal(evaluate('$util.time.nowISO8601()', { now: '2026-01-02T03:04:05Z' }).output, '2026-01-02T03:04:05.000Z');
});

test('a project: fields, a field explained, the matrix', () => {
  const project = Project.open(path.join(samples, 'templates', 'notes-api'));
  assert.deepEqual(project.fields().toSorted(), ['Mutation.deleteNote', 'Query.listNotes', 'Query.serverTime']);
  const moderator = { sub: 'mo-1', username: 'mo', token_use: 'access', 'cognito:groups': ['Moderators'] };
  const row = { id: 'n1', owner: 'ann-1' };
  const remove = (claims) => project.explain('Mutation.deleteNote', { claims, args: { id: 'n1' }, result: row });
  assert.equal(remove(moderator).verdict, 'allowed');
  const refused = remove({ ...moderator, 'cognito:groups': ['moderators'] });
  assert.deepEqual([refused.verdict, refused.field, refused.hints[0].code], ['denied', 'Mutation.deleteNote', 'group-case-mismatch']);
  assert.ok(refused.steps.length > 1);
  assert.throws(() => project.explain('Mutation.deleteNotes', {}), { code: 'unknown-field' });
  const { cells } = project.matrix({
    personas: [{ name: 'mo', authType: 'User Pool Authorization', claims: moderator }],
    cases: [{ persona: 'mo', field: 'Mutation.deleteNote', args: { id: 'n1' }, source: null, result: row }],
  });
  assert.deepEqual(cells.map((cell) => [cell.field, cell.persona, cell.verdict]), [['Mutation.deleteNote', 'mo', 'allowed']]);
  assert.throws(() => project.matrix({ personas: [] }), { code: 'project' });
});

test('two thousand evaluations a second', { skip: !process.env.VTL_EVAL_FIGURES }, () => {
  const template = new Template(GUARD);
  const given = { claims: { sub: 'a', 'cognito:groups': ['Admin'] } };
  for (let i = 0; i < 500; i += 1) template.evaluate(given);
  const start = process.hrtime.bigint();
  for (let i = 0; i < 5000; i += 1) template.evaluate(given);
  const rate = Math.round(5000 / (Number(process.hrtime.bigint() - start) / 1e9));
  console.log(`${rate} evaluations a second`);
  assert.ok(rate >= 2000, `${rate} evaluations a second`);
});
