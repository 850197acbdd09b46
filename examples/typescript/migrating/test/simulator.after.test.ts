import { expect, test } from 'vitest';
import { Template } from 'vtl-eval';
import 'vtl-eval/vitest';

test('a reader may not list reports', () => {
  const list = Template.file('list.vtl');
  expect(list).toDeny({ claims: { sub: 'bob-1', 'cognito:username': 'bob', 'cognito:groups': ['readers'] } });
  expect(list).toAllow({ claims: { sub: 'ann-1', 'cognito:username': 'ann', 'cognito:groups': ['Editors'] } });
});
