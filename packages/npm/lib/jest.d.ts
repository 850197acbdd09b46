import type { VtlEvalMatchers } from './matchers.js';

declare global {
  namespace jest {
    interface Matchers<R> extends VtlEvalMatchers<R> {}
  }
}
declare module 'expect' {
  interface Matchers<R> extends VtlEvalMatchers<R> {}
}
