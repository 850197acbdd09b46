import { expect, test } from 'vitest';
import { Project } from 'vtl-eval';
import 'vtl-eval/vitest';

const project = Project.open('cdk.out');
const saveNote = project.resolver('Mutation.saveNote');
const ann = { sub: 'ann-1', username: 'ann', token_use: 'access' };
const args = { id: '7', text: 'hello' };

test('an editor may save a note', () => {
  expect(saveNote).toAllow({ claims: { ...ann, 'cognito:groups': ['Editors'] }, args });
});

test('a group in lower case is another group', () => {
  expect(saveNote).toDeny({ claims: { ...ann, 'cognito:groups': ['editors'] }, args }, { hint: 'group-case-mismatch' });
});

test('a failure is the explanation', () => {
  const failing = () => expect(saveNote).toAllow({ claims: ann, args });
  expect(failing).toThrow(/expected to allow, but it was denied[\s\S]*Editors/);
});

test('a report in a snapshot is its text', () => {
  expect(saveNote.explain({ claims: ann, args, now: 0 })).toMatchSnapshot();
});
