import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import velocity from 'velocityjs';

class Refused extends Error {}

test('a reader may not list reports', () => {
  const claims = { 'cognito:groups': ['readers'] };
  const util = {
    defaultIfNull: (value: unknown, other: unknown) => value ?? other,
    toJson: (value: unknown) => JSON.stringify(value),
    unauthorized() { throw new Refused('Unauthorized'); },
  };
  const identity = { claims: { ...claims, get: (name: string) => (claims as any)[name] } };
  const ctx = { args: {}, identity };
  expect(() => velocity.render(readFileSync('list.vtl', 'utf8'), { ctx, util })).toThrow(Refused);
});
