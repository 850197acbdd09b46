import { readFileSync } from 'node:fs';
import Tester from 'appsync-template-tester';
import { expect, test } from 'vitest';

const Parser = (Tester as any).default ?? Tester;

test('the response has the id', () => {
  const response = new Parser(readFileSync('response.vtl', 'utf8')).resolve({ result: { id: '1' } });
  expect(response.id).toBe('1');
});

test('a reader may not list reports', () => {
  const list = new Parser(readFileSync('list.vtl', 'utf8'));
  const identity = { claims: { 'cognito:groups': ['readers'] } };
  expect(() => list.resolve({ arguments: {}, identity })).toThrow('Unauthorized');
});
