// What the engine answers, member by member. test/types.test.js holds real answers against it: none may have a member that is
// not here, or lack one that is.

import type { Certainty, Code, DecisionKind, Severity, Verdict } from './codes.js';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** AppSync's names of the modes. */
export type Mode =
  | 'User Pool Authorization' | 'IAM Authorization' | 'API Key Authorization' | 'Open ID Connect Authorization'
  | 'Lambda Authorization';

/** A place in a template; lines and columns start at 1. */
export interface At { file: string; line: number; column: number; text: string }

/** Where a value came from: a path of the context, or a place of the template. */
export interface Origin { path: string | null; value?: Json; at?: At; absent?: boolean; open?: boolean }

/** A value that a condition read, and where it came from. */
export interface Operand {
  expr: string;
  value?: Json;
  type?: 'Boolean' | 'Integer' | 'Double' | 'List' | 'Map' | 'Set' | 'String' | 'Date' | 'null' | (string & {});
  /** Nobody came to it. */
  evaluated?: false;
  origin?: Origin[];
  /** The statement that gave it its value. */
  since?: At;
}

/** A part of a condition that is joined by `&&` or `||`. */
export interface ConditionPart { condition: string; value: boolean; operands: Operand[] }

export interface Condition extends ConditionPart {
  at: At;
  parts?: ConditionPart[];
  /** Which turn of the loops around it, from outside to inside. */
  iteration?: number[];
}

/** The condition that stopped a grant, and what it would have had to be. */
export interface Blocker extends Condition { wanted: boolean; emptyLoop?: boolean }

/** A rule of `@auth`, where the project's model is known. */
export interface Rule { id: string; type: string; field: string | null; /** Null of a rule on a field of Query or Mutation. */ operation?: string | null; text: string; at: { file: string; line: number } }

/** What to look at, most telling first. `vtl-eval explain CODE` tells more of a code. */
export interface Hint {
  code: Code;
  certainty: Certainty;
  message: string;
  path: string | null;
  actual: Json;
  wanted: Json;
  rules?: Rule[];
}

/** A statement that could have authorized the request. */
export interface Candidate {
  at: At;
  grant: 'set' | 'add' | 'return' | (string & {});
  blockedBy: Blocker | null;
  passed: number;
  of: number;
  reached: boolean;
  /** Of a loop: what each item met. */
  items?: Blocker[];
  rules?: Rule[];
}

/** A change of the request or the row. */
export interface Change { op: 'add' | 'set' | 'remove'; path: string; value?: Json }

/** A change that would give another verdict: proved by running again. */
export interface Suggestion { changes: Change[]; verdict: Verdict; rules?: Rule[] }

export interface Note { code: Code; message: string; at: At | null }

export interface GraphQLError {
  message: string; errorType: string | null; data: Json; errorInfo: Json; path: Json; locations: Json[];
}

/** What the rules of the model say to the caller. */
export interface ByRules {
  says: string;
  rules: (Rule & { operations: string[] | null; outcome: string; says: string })[];
  granted: Rule[];
  /** What decided where no rule did. */
  notFromRule: string | null;
  ruleChanges: { [name: string]: Json }[];
}

/** A half of a template in a pipeline. */
export interface Step {
  template: string;
  slot: string | null;
  index: number | null;
  half: 'request' | 'response' | 'before' | 'after';
  verdict: Verdict;
  line: number | null;
}

/** What a template or a field decided. `vtl-eval TEMPLATE --format json` prints the same. */
export interface Report {
  schema: 1;
  template: string;
  verdict: Verdict;
  authType: Mode | null;
  authTypeDerived: boolean;
  output: string;
  returned: Json;
  isReturned: boolean;
  error: GraphQLError | null;
  outErrors: GraphQLError[];
  logs: string[];
  extensions: { name: string; args: Json }[];
  stash: Json;
  vars: { [name: string]: Json };
  notes: Note[];
  decision: { kind: DecisionKind; at: At | null; guards: Condition[] };
  /** What was written to the variable that is watched. */
  writes: { at: At; old: Json; new: Json; iteration: number[] }[];
  candidates: Candidate[];
  hints: Hint[];
  suggestions: Suggestion[];
  /** The facts without which an allowed request would have been refused. */
  restsOn?: Suggestion[];
  /** What to type next, where it would settle more. */
  next: string | null;
  byRules?: ByRules;
  /** The lines that ran, and how often each branch was taken. */
  ran?: { lines: number[]; branches: { line: number; column: number; taken: number; notTaken: number }[] };
  filter?: Json;
  /** Of a field: `Type.field`, and what follows. */
  field?: string;
  result?: Json;
  errors?: GraphQLError[];
  decidedBy?: Step | null;
  steps?: Step[];
  /** What the project's files have to say of the field. */
  sources?: Hint[];
}

/** What is wrong with a template before anyone calls it. */
export interface Problem { code: Code; severity: Severity; message: string; line: number | null }

/** What AppSync makes of a token. */
export interface TokenReport {
  schema: 1;
  kind: string;
  refused: boolean;
  /** What could not be judged, by the codes of the findings that tell of it; empty where the answer is sure. */
  unknown: Code[];
  algorithm: string | null;
  keyId: string | null;
  claims: { name: string; value: Json; type: string; meaning: string | null }[];
  authType: Mode | null;
  identity: Json;
  /** Seconds since 1970. */
  expires: number | null;
  /** The same as RFC 3339. */
  expiresAt: string | null;
  expiresInSeconds: number | null;
  signature: string;
  findings: Hint[];
}

/** Where a cell was decided. */
export interface DecidedBy { template: string; file: string; slot: string; half: string; line: number | null }

/** A field, asked by a persona. */
export interface Cell {
  field: string; persona: string; variant: string | null; verdict: Verdict;
  decidedBy: DecidedBy | null;
  layer: 'mode' | 'iam' | 'authorizer' | 'resolver' | null;
  /** What its verdict waits for. */
  needs: ('row' | 'args' | 'deployment' | 'javascript' | (string & {}))[];
  /** What the templates alone decide. */
  templates: { verdict: Verdict; decidedBy: DecidedBy | null };
  rules?: Rule[];
  notFromRule?: string | null;
  filter: Json;
  reason: string;
}

export interface MatrixReport { schema: 1; cells: Cell[] }

export type Layer = 'request' | 'mode' | 'iam' | 'authorizer' | 'resolver' | 'records';

/** A refused request, judged layer by layer. */
export interface Diagnosis {
  schema: 1;
  verdict: Verdict;
  layer: Layer | null;
  /** `applies` is false of a layer that has no part in requests of this mode: it was not judged, so its state is `unknown`. */
  layers: { layer: Layer; state: 'passed' | 'refused' | 'unknown'; applies: boolean; findings: Hint[] }[];
  field: string | null;
  authType: Mode | null;
  /** The report of the template, where it came to that. */
  resolver: Report | null;
  /** What the client saw, and whether that fits. */
  observed: { httpStatus: number | null; errorType: string | null; message: string | null; consistent: boolean | null; reasons: string[] } | null;
  hints: Hint[];
  suggestions: Suggestion[];
  notes: (Omit<Note, 'code'> & { code: Code | 'diagnosis' })[];
  /** What to give next. */
  next: string[];
}

/** The `@auth` rules of a model, who may do what, and the statements of the templates that they became. */
export interface RulesReport {
  schema: 1;
  model: string;
  rules: (Omit<Rule, 'operation'> & { operations: string[] | null; mode: Mode })[];
  access: { field: string; operation: string | null; mode: Mode; rule: string; effect: string; fields: string[] | null }[];
  statements: {
    template: string; line: number; text: string; effect: string; rules: string[]; notFromRule: string | null; usedBy: string[];
  }[];
  findings: { code: Code; severity: Severity; about: string; message: string; at: { file: string; line: number } }[];
}
