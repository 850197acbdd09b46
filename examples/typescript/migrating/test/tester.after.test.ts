import { expect, test } from 'vitest';
import { Template } from 'vtl-eval';
import 'vtl-eval/vitest';

test('the response has the id', () => {
  const { output } = Template.file('response.vtl').evaluate({ result: { id: '1' } });
  expect(JSON.parse(output).id).toBe('1');
});

test('a reader may not list reports', () => {
  const claims = { 'cognito:groups': ['readers'] };
  expect(Template.file('list.vtl')).toDeny({ claims, args: {} }, { message: 'Unauthorized' });
});
