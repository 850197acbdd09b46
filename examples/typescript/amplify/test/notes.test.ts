import { expect, test } from 'vitest';
import { Project } from 'vtl-eval';
import 'vtl-eval/vitest';

const project = Project.open('cdk.out');
const ann = { sub: 'ann-1', username: 'ann', token_use: 'access' };
const bob = { sub: 'bob-1', username: 'bob', token_use: 'access' };
const editor = { ...bob, 'cognito:groups': ['Editors'] };
const note = { id: 'n1', text: 'hello', owner: 'ann-1::ann' };
const update = project.resolver('Mutation.updateNote');
const input = { id: 'n1', text: 'changed' };

test('the owner of a note may change it, an editor too', () => {
  expect(update).toAllow({ claims: ann, args: { input }, result: note });
  expect(update).toAllow({ claims: editor, args: { input }, result: note });
});

test('nobody else may, and the hint says so', () => {
  expect(update).toDeny({ claims: bob, args: { input }, result: note }, { hint: 'not-owner' });
  expect(update).toDeny({ claims: { ...bob, 'cognito:groups': ['editors'] }, args: { input }, result: note }, { hint: 'group-case-mismatch' });
});

test('an editor may not delete', () => {
  expect(project.resolver('Mutation.deleteNote')).toDeny({ claims: editor, args: { input: { id: 'n1' } }, result: note });
});

test("a list is filtered to the caller's own notes", () => {
  expect(project.resolver('Query.listNotes')).toFilter({ claims: bob, args: {}, result: { items: [] } });
});

test('an API key reads notices and posts none', () => {
  expect(project.resolver('Query.listNotices')).toAllow({ authType: 'api-key', identity: null, args: {}, result: { items: [] } });
  expect(project.resolver('Mutation.createNotice')).toDeny({ authType: 'api-key', identity: null, args: { input: { text: 'x' } } });
});

test('a failure names the rule of the model', () => {
  const failing = () => expect(update).toAllow({ claims: bob, args: { input }, result: note });
  expect(failing).toThrow(/expected to allow, but it was denied[\s\S]*allow/);
});
