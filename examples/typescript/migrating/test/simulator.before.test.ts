import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const { VelocityTemplate } = require('@aws-amplify/amplify-appsync-simulator/lib/velocity');

test('a reader may not list reports', () => {
  const mode = 'AMAZON_COGNITO_USER_POOLS';
  const simulator = { appSyncConfig: { defaultAuthenticationType: { authenticationType: mode } } };
  const template = new VelocityTemplate({ path: 'list.vtl', content: readFileSync('list.vtl', 'utf8') }, simulator);
  const jwt = { sub: 'bob-1', 'cognito:username': 'bob', 'cognito:groups': ['readers'] };
  const info = { fieldName: 'listReports', parentType: 'Query', fieldNodes: [], variableValues: {}, path: { key: 'listReports' } };
  const context = { arguments: {}, source: {}, stash: {}, result: null };
  const { errors, hadException } = template.render(context, { requestAuthorizationMode: mode, jwt, headers: {} }, info);
  expect(hadException).toBe(true);
  expect(errors[0].message).toContain('Unauthorized');
});
