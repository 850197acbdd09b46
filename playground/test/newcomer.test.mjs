// The ten problems of tests/newcomer.sh, solved on the page: what is at hand is pasted or dropped, and the answer must hold the words.
import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { open, paste, start, stop } from './page.mjs';

before(start);
after(stop);

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const POOL = { iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example' };
const token = (claims) => `${part({ alg: 'RS256', kid: 'k' })}.${part({ ...claims, ...POOL })}.${part('a signature that nobody checks here')}`;
const LATER = 4102444800;
const GROUPS = `#set( $isAuthorized = false )
#set( $groups = $util.defaultIfNull($ctx.identity.claims.get("cognito:groups"), []) )
#if( $groups.contains("Editors") )
  #set( $isAuthorized = true )
#end
#if( !$isAuthorized && $ctx.identity.claims.get("email") == "ann@example.com" )
  #set( $isAuthorized = true )
#end
#if( !$isAuthorized )
$util.unauthorized()
#end
{}`;
const OWNER = `#if( $ctx.result.owner != $ctx.identity.username )
$util.unauthorized()
#end
$util.toJson($ctx.result)`;

/** A page with these texts in its editors; `template: ''` empties it. */
async function given({ template = '', claims = '', context = '' }) {
  const page = await open();
  await paste(page, 'template', template);
  await paste(page, 'claims', claims);
  await paste(page, 'context', context);
  return page;
}

/** The explanation, once it holds these words. */
async function says(page, ...words) {
  for (const word of words) {
    const told = page.locator('#explanation', { hasText: word });
    await told.waitFor({ timeout: 20_000 }).catch(async () => {
      assert.fail(`no ${word} in\n${await page.locator('#explanation').innerText()}`);
    });
  }
}

test('1. the user is in the group "editors", and is refused', async () => {
  const claims = token({ sub: 'ann-1', token_use: 'access', username: 'ann', 'cognito:groups': ['editors'], exp: LATER });
  const page = await given({ template: GROUPS, claims });
  await says(page, 'DENIED', 'upper and lower case differ');
  await page.close();
});

test('2. the rule wants an email, and only one of the two tokens has it', async () => {
  const AccessToken = token({ sub: 'ann-1', token_use: 'access', username: 'ann', exp: LATER });
  const IdToken = token({ sub: 'ann-1', token_use: 'id', 'cognito:username': 'ann', email: 'ann@example.com', exp: LATER });
  const page = await given({ template: GROUPS, claims: JSON.stringify({ AuthenticationResult: { AccessToken, IdToken } }) });
  await says(page, 'DENIED', '--token-use id');
  await page.locator('#token-use').selectOption('id');
  await says(page, 'ALLOWED');
  await page.close();
});

test("3. the row decides: nobody gave it, then it is somebody else's", async () => {
  const page = await given({ template: OWNER, claims: '{"sub": "ann-1", "username": "ann", "token_use": "access"}' });
  await says(page, 'UNKNOWN', 'result');
  await paste(page, 'context', '{"result": {"id": "7", "owner": "bob"}}');
  await says(page, 'DENIED', 'bob');
  await page.close();
});

test('4. all that there is of the resolver is what the AWS CLI saved', async () => {
  const resolver = {
    typeName: 'Mutation', fieldName: 'deleteReport',
    requestMappingTemplate: '#if( !$ctx.identity.groups.contains("Admin") )$util.unauthorized()#end{}',
    responseMappingTemplate: '$util.toJson($ctx.result)',
  };
  const page = await given({ template: JSON.stringify({ resolver }), claims: '{"sub": "a", "token_use": "access", "cognito:groups": ["Editors"]}' });
  await says(page, 'DENIED', 'Not Authorized to access deleteReport on type Mutation');
  await page.close();
});

test('5. no token at hand: would an editor get in?', async () => {
  const page = await given({ template: GROUPS, claims: '{"cognito:groups": ["Editors"]}' });
  await says(page, 'ALLOWED');
  await page.close();
});

test('6. the browser sent a word in the place of a token', async () => {
  const curl = `curl 'https://abc.appsync-api.eu-west-1.amazonaws.com/graphql' -H 'authorization: Bearer undefined' -H 'content-type: application/json' --data-raw '{"query":"{ listReports { id } }"}'`;
  const page = await given({ template: curl });
  await says(page, 'undefined', 'DENIED');
  await page.close();
});

test('7. all that is left is the body of the response', async () => {
  const page = await given({ template: '{"errors": [{"errorType": "UnauthorizedException", "message": "Token has expired."}]}' });
  await says(page, 'DENIED', 'expired');
  await page.close();
});

test('8. is it the token?', async () => {
  const page = await given({ claims: token({ sub: 'ann-1', token_use: 'access', exp: 1700000000 }) });
  await says(page, 'expired');
  await page.close();
});

/** A folder as a person has it: the project, and a file of personas beside it. */
function project(template) {
  const folder = mkdtempSync(join(tmpdir(), 'playground-'));
  mkdirSync(join(folder, 'api', 'resolvers'), { recursive: true });
  const write = (name, text) => writeFileSync(join(folder, 'api', name), typeof text === 'string' ? text : JSON.stringify(text));
  write('resolvers/Query.listReports.auth.1.req.vtl', template);
  write('resolvers/pass.vtl', '{}');
  write('manifest.json', { pipelines: { 'Query.listReports': { kind: 'PIPELINE', functions: [{
    name: 'auth', slot: 'auth', index: 1, dataSource: { name: 'NONE_DS', type: 'NONE' },
    request: { file: 'Query.listReports.auth.1.req.vtl' }, response: { file: 'pass.vtl' },
  }] } } });
  const persona = (name, group) => ({ name, claims: { sub: name, token_use: 'access', 'cognito:groups': [group] } });
  write('personas.json', { personas: [persona('editor', 'Editors'), persona('reader', 'Readers')] });
  return folder;
}

async function drop(page, folder) {
  await page.setInputFiles('#folder', join(folder, 'api'));
  await page.locator('#explanation button.field').first().waitFor({ timeout: 20_000 });
}

test('9. which field of the project refuses, and in which template?', async () => {
  const folder = project(GROUPS);
  const page = await given({ claims: '{"sub": "a", "token_use": "access", "cognito:groups": ["Readers"]}' });
  await drop(page, folder);
  await page.locator('button.field', { hasText: 'Query.listReports' }).click();
  await says(page, 'DENIED', 'Query.listReports.auth.1.req.vtl');
  rmSync(folder, { recursive: true });
  await page.close();
});

test('10. what does a change open?', async () => {
  const [old, changed] = [project(GROUPS), project(GROUPS.replace('contains("Editors")', 'contains("Readers")'))];
  const page = await given({});
  await drop(page, old);
  await page.locator('button.matrix').click();
  // A persona's name stands in the matrix alone; the field's name stood there before it.
  await says(page, 'editor');
  await drop(page, changed);
  await page.locator('button.matrix').click();
  await says(page, 'OPENED');
  for (const folder of [old, changed]) rmSync(folder, { recursive: true });
  await page.close();
});
