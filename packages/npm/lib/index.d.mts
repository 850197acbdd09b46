/**
 * Runs AWS AppSync VTL resolver templates offline and tells why a request was refused.
 *
 * Everything is synchronous. What cannot be done throws a {@link VtlEvalError}.
 */

/** How AppSync knows the caller: AppSync's own names, or short ones. */
export type AuthType =
  | 'user-pool' | 'iam' | 'api-key' | 'oidc' | 'lambda'
  | 'User Pool Authorization' | 'IAM Authorization' | 'API Key Authorization' | 'Open ID Connect Authorization'
  | 'Lambda Authorization'
  | 'AMAZON_COGNITO_USER_POOLS' | 'AWS_IAM' | 'API_KEY' | 'OPENID_CONNECT' | 'AWS_LAMBDA';

/** `denied` a refusal; `filtered` let through with a filter; `completed` no auth logic; `unknown` it rests on what nobody gave. */
export type Verdict = 'allowed' | 'denied' | 'filtered' | 'completed' | 'error' | 'unknown';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

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

/** A place in a template; lines and columns start at 1. */
export interface At { file: string; line: number; column: number; text: string }

/** A value that a condition read, and where it came from. */
export interface Operand { expr: string; value?: Json; evaluated?: false; origin?: { path: string; value?: Json }[] }

export interface Condition { at: At; condition: string; value: boolean; operands: Operand[] }

/** What to look at, most telling first. */
export interface Hint {
  /** Such as `group-case-mismatch`; `vtl-eval explain CODE` tells more. */
  code: string;
  certainty: 'certain' | 'likely' | 'possible';
  message: string;
  path?: string | null;
  actual?: Json;
  wanted?: Json;
  rules?: Rule[];
}

/** A statement that could have authorized the request. */
export interface Candidate { at: At; blockedBy: Condition | null; passed: number; of: number; reached: boolean; rules?: Rule[] }

/** A change that would give another verdict: proved by running again. */
export interface Suggestion { changes: { op: 'add' | 'set' | 'remove'; path: string; value?: Json }[]; verdict: Verdict; rules?: Rule[] }

/** A rule of `@auth`, where the project's model is known. */
export interface Rule { type: string; field?: string | null; operation?: string; text: string; at?: { file: string; line: number } }

export interface Note { code: string; message: string; at: At | null }

export interface GraphQLError {
  message: string; errorType: string; data: Json; errorInfo: Json; path: Json[]; locations: Json[];
}

/** What a template or a field decided. `vtl-eval TEMPLATE --format json` prints the same. */
export interface Report {
  schema: 1;
  template: string;
  verdict: Verdict;
  authType: string | null;
  authTypeDerived: boolean;
  output: string;
  returned: Json;
  isReturned: boolean;
  error: GraphQLError | null;
  outErrors: Json[];
  logs: Json[];
  extensions: Json[];
  stash: { [name: string]: Json };
  vars: { [name: string]: Json };
  notes: Note[];
  decision: { kind: string; at: At | null; guards: Condition[] };
  candidates: Candidate[];
  hints: Hint[];
  suggestions: Suggestion[];
  /** Of a field: `Type.field`. */
  field?: string;
  filter?: Json;
  steps?: { template: string; slot: string; index: number; half: 'request' | 'response' | 'before' | 'after'; verdict: Verdict }[];
  /** The report for a person; `explain` alone gives it. */
  text?: string;
}

/** What is wrong with a template before anyone calls it. */
export interface Problem { code: string; severity: 'error' | 'warning' | 'note'; message: string; line: number | null }

export interface TokenReport { refused: boolean; [name: string]: Json }

export interface Cell {
  field: string; persona: string; variant: string | null; verdict: Verdict;
  decidedBy: { template: string; file: string; slot: string; half: string; line: number } | null;
  layer: 'mode' | 'iam' | 'authorizer' | 'resolver' | null;
  needs: ('row' | 'args' | 'deployment' | 'javascript')[];
  reason: string;
  [name: string]: unknown;
}

export interface Diagnosis {
  schema: 1;
  verdict: Verdict;
  layer: 'request' | 'mode' | 'iam' | 'authorizer' | 'resolver' | 'records' | null;
  layers: { layer: string; state: 'passed' | 'refused' | 'unknown'; findings: Hint[] }[];
  field: string | null;
  hints: Hint[];
  suggestions: Suggestion[];
  notes: Note[];
  [name: string]: unknown;
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
  matrix(personas: string | { personas: object[]; items?: object; cases?: object[] }): { schema: 1; cells: Cell[] };
  /** The `@auth` rules of its model, who may do what, and the statements that they became. */
  rules(): { schema: 1; rules: object[]; access: object[]; statements: object[] };
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
