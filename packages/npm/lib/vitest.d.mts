import 'vitest';
import type { VtlEvalMatchers } from './matchers.js';

declare module 'vitest' {
  interface Assertion<T = any> extends VtlEvalMatchers<T> {}
  interface AsymmetricMatchersContaining extends VtlEvalMatchers {}
}
