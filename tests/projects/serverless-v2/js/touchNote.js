import { util } from '@aws-appsync/utils';

export function request(ctx) {
  if (!ctx.identity) util.unauthorized();
  return {};
}
