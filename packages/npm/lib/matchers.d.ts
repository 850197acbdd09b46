import type { Code, Given, Json } from './index.js';

export interface VtlEvalMatchers<R = unknown> {
  /** The request is allowed, whole or by a filter. */
  toAllow(given?: Given, expected?: { hint?: Code }): R;
  /** The request is refused, with this hint and these words. */
  toDeny(given?: Given, expected?: { hint?: Code; message?: string }): R;
  /** The request is let through with a filter, such as this one. */
  toFilter(given?: Given, expected?: { filter?: Json }): R;
}
