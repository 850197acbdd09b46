// What was typed, as a question to the engine. A template with a token, claims or an identity goes the short way; anything else
// that people paste (an answer of Cognito, a copied request, a response, a resolver as the AWS CLI saved it) is read by the
// command itself, from files that exist in memory alone.
import type { Asked } from './protocol';
import type { State } from './link';

type Without<A> = A extends { id: number } ? Omit<A, 'id'> : never;
export type Question = Without<Asked>;

const encode = (text: string) => new TextEncoder().encode(text);
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;
/** What only an answer with a resolver or a function in it has. */
const SAVED = ['resolver', 'resolvers', 'requestMappingTemplate', 'functionConfiguration'];
/** What a refused request is told by. */
const REFUSED = ['errors', 'error', 'log', 'graphqlErrors', 'networkError', 'response'];

function parsed(text: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(text);
    return read !== null && typeof read === 'object' && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The caller as the API takes it; null where the command has to read it. */
export function caller(text: string): object | null {
  const typed = text.trim();
  if (typed === '') return {};
  const bare = typed.replace(/^(?:authorization:\s*)?(?:bearer\s+)?["']?|["']$/gi, '').replace(/\s+/g, '');
  if (!typed.startsWith('{')) return JWT.test(bare) ? { token: bare } : null;
  const read = parsed(typed);
  if (!read || /"eyJ[\w-]+\./.test(typed)) return null;
  const isIdentity = ['claims', 'resolverContext', 'userArn', 'cognitoIdentityId'].some((name) => name in read);
  return isIdentity ? { identity: read } : { claims: read };
}

type Kind = 'template' | 'saved' | 'request' | 'token';

function kindOf({ template, claims }: State): Kind {
  if (template.trim() === '' && claims.trim() !== '') return 'token';
  if (/^\s*(?:\$\s*)?(?:curl\b|fetch\(|Invoke-WebRequest)/.test(template) || /^\s*(?:POST|GET) \S+ HTTP/.test(template)) return 'request';
  const read = template.trimStart().startsWith('{') ? parsed(template) : null;
  if (read && SAVED.some((name) => name in read)) return 'saved';
  return read && !('version' in read) && REFUSED.some((name) => name in read) ? 'request' : 'template';
}

/** Thrown where a context is not JSON. */
export class NotJson extends Error {}

function contextOf(text: string): object {
  if (text.trim() === '') return {};
  try {
    return { context: JSON.parse(text) as object };
  } catch (error) {
    throw new NotJson(`the context is not valid JSON: ${(error as Error).message}`);
  }
}

/** The options of a caller, with the files that they name. */
export function callerOptions(state: State, files: Map<string, Uint8Array>): string[] {
  const options = state.mode.startsWith('derived') ? [] : ['--auth-type', state.mode];
  if (state.claims.trim() === '') return options;
  files.set('/claims.txt', encode(state.claims));
  return [...options, '--claims', '/claims.txt', ...(state.tokenUse ? ['--token-use', state.tokenUse] : [])];
}

export function question(state: State): Question {
  const files = new Map<string, Uint8Array>();
  const kind = kindOf(state);
  if (kind === 'token') {
    files.set('/token.txt', encode(state.claims));
    return { kind: 'command', args: ['token', '/token.txt', ...(state.tokenUse ? ['--token-use', state.tokenUse] : [])], files };
  }
  if (kind === 'request') {
    files.set('/request.txt', encode(state.template));
    return { kind: 'command', args: ['diagnose', '/request.txt', ...callerOptions(state, files)], files };
  }
  const context = contextOf(state.context);
  const who = caller(state.claims);
  if (kind === 'template' && who && !state.tokenUse) {
    const mode = state.mode.startsWith('derived') ? {} : { authType: state.mode };
    return { kind: 'explain', text: state.template, name: 'template.vtl', given: { ...context, ...who, ...mode, now: Date.now() } };
  }
  const file = kind === 'saved' ? '/resolver.json' : '/template.vtl';
  files.set(file, encode(state.template));
  const args = [file, ...callerOptions(state, files), '--format', 'json'];
  if (state.context.trim() !== '') {
    files.set('/context.json', encode(state.context));
    args.push('--context', '/context.json');
  }
  return { kind: 'command', args, files };
}
