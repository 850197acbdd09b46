import { expect, test } from 'vitest';
import { Template } from 'vtl-eval';
import 'vtl-eval/vitest';

test('a reader may not list reports', () => {
  const claims = { 'cognito:groups': ['readers'] };
  expect(Template.file('list.vtl')).toDeny({ args: {}, claims });
});
