/**
 * Runs AWS AppSync VTL resolver templates offline and tells why a request was refused.
 *
 * Everything is synchronous. What cannot be done throws a {@link VtlEvalError}.
 */

import type { Diagnosis, Json, MatrixReport, Problem, Report, RulesReport, TokenReport } from './report.js';

export type * from './codes.js';
export type * from './report.js';

/** How AppSync knows the caller: AppSync's own names, or short ones. */
export type AuthType =
  | 'user-pool' | 'iam' | 'api-key' | 'oidc' | 'lambda'
  | 'User Pool Authorization' | 'IAM Authorization' | 'API Key Authorization' | 'Open ID Connect Authorization'
  | 'Lambda Authorization'
  | 'AMAZON_COGNITO_USER_POOLS' | 'AWS_IAM' | 'API_KEY' | 'OPENID_CONNECT' | 'AWS_LAMBDA';

/** What a template is run with. One caller: `claims`, `identity` or `token`. What is left out is unknown, not null. */
export interface Given {
  /** The claims of a token. */
  claims?: object;
  /** `$ctx.identity` as AppSync has it; null for an API key. */
  identity?: object | null;
  /** A compact JWT. Its signature is not checked. */
  token?: string;
  /** The mode; derived from the caller where it is left out. */
  authType?: AuthType;
  /** `$ctx.args`. */
  args?: object;
  /** `$ctx.source`. */
  source?: Json | object;
  /** `$ctx.result`, or what every data source of a field answers. */
  result?: Json | object;
  stash?: object;
  prev?: object;
  error?: object;
  /** `$ctx.info`. */
  info?: object;
  /** `$ctx.request`, with `headers`. */
  request?: object;
  /** A whole context, as AWS's EvaluateMappingTemplate takes it; the members above stand over its own. */
  context?: object;
  /** The rows that a filter is judged against. */
  records?: object[];
  /** The variable to explain; `isAuthorized` otherwise. */
  watch?: string;
  /** The time of the request: a Date, an RFC 3339 text or milliseconds since 1970; the present otherwise. */
  now?: Date | string | number;
}

/**
 * Why something could not be done. `code`: `template` it does not parse · `input` what was given is not as it should be ·
 * `project` it cannot be read · `unknown-field` · `nothing-to-run` no template resolves the field · `internal` the engine
 * stopped, and a new one takes the next call.
 */
export class VtlEvalError extends Error {
  readonly name: 'VtlEvalError';
  readonly code: 'template' | 'input' | 'project' | 'unknown-field' | 'nothing-to-run' | 'closed' | 'internal';
  /** The line of the template, where it is the template that is wrong. */
  readonly line?: number;
}

/** A resolver template: compiled once, run as often as one likes. */
export class Template {
  constructor(text: string, name?: string);
  /** Reads a file. */
  static file(file: string): Template;
  readonly name: string;
  readonly text: string;
  /** Verdict, output and stash, without why: the quick one. Absent parts of the context are null. */
  evaluate(given?: Given): Report;
  /** The verdict, and why. */
  explain(given?: Given): Report & { text: string };
  /** What is wrong with it, without a caller. */
  check(): Problem[];
}

/** An API as its project has it: an Amplify build, a `cdk.out`, CloudFormation, Serverless, saved AWS answers … */
export class Project {
  /** Reads it. Files outside its root (the nearest folder with `vtl-eval.toml` or `.git`) are not read. */
  static open(path: string): Project;
  /** The fields that have a resolver, as `Type.field`. */
  fields(): string[];
  /** Runs the pipeline of a field, and tells why it decided as it did. */
  explain(field: string, given?: Given): Report & { text: string };
  /** A field, for `expect(…)`. */
  resolver(field: string): Explainable;
  /** Every field by every persona: a personas file, or what it holds. */
  matrix(personas: string | { personas: object[]; items?: object; cases?: object[] }): MatrixReport;
  /** The `@auth` rules of its model, who may do what, and the statements that they became. */
  rules(): RulesReport;
}

/** What the matchers take: a {@link Template}, or a field of a {@link Project}. */
export interface Explainable { explain(given?: Given): Report & { text: string } }

/** Runs a template, without why. A text is compiled each time; keep a {@link Template} for many. */
export function evaluate(template: Template | string, given?: Given): Report;
/** Runs a template, and tells why it decided as it did. */
export function explain(template: Template | string, given?: Given): Report & { text: string };
/** Checks a template without a caller. */
export function check(template: Template | string): Problem[];
/** Judges a refused request layer by layer, from a refusal report (docs/diagnose.md). */
export function diagnose(report: object | string): Diagnosis;
/** Reads a compact JWT, and tells what AppSync makes of it at the time `now`. Its signature is not checked. */
export function token(jwt: string, options?: { now?: Date | string | number }): TokenReport;
