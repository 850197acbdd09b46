// What a link leaves out unless it is asked for: who the caller is, and whatever would let another act in their place. A token does
// not only stand where tokens are pasted: a copied request, an answer of Cognito and the headers of a context have it too.

const LEFT_OUT = 'left-out';
/** A JWT, whole or torn: its head begins as `{"` does in base64. */
const JWT = /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g;
const API_KEY = /\bda2-\w{10,}/g;
/** A header that carries a credential, as curl, fetch, raw HTTP and JSON write it; not a member that a template asks for. */
const HEADER = /((?<![\w.$-])(?:authorization|x-api-key|x-amz-security-token|x-amz-signature|cookie|set-cookie)["']?\s*[:=](?!=)\s*(?:\[\s*)?)(["']?)([^"'\r\n]+)/gi;
/** Options of curl that carry one. */
const OPTION = /(\s(?:-b|--cookie|-u|--user|--oauth2-bearer|--proxy-user)(?:\s+|=))("[^"]*"|'[^']*'|\S+)/g;
/** HAR and DevTools write a header as a name and a value. */
const NAMED = /("name"\s*:\s*"(?:authorization|x-api-key|x-amz-security-token|cookie|set-cookie)"\s*,\s*"value"\s*:\s*")[^"]*/gi;
const MEMBER = /("(?:accessToken|idToken|refreshToken|secretAccessKey|SecretKey|SessionToken|secretKey|sessionToken)"\s*:\s*")[^"]*/gi;

/** The text without tokens, keys and signatures. */
export function withoutSecrets(text: string): string {
  const known = /^\s*(?:\$\s*)?curl\b/.test(text) ? text.replace(OPTION, `$1${LEFT_OUT}`) : text;
  return known
    .replace(NAMED, `$1${LEFT_OUT}`)
    .replace(MEMBER, `$1${LEFT_OUT}`)
    .replace(HEADER, (_, name: string, quote: string, value: string) => name + quote + (/^(?:bearer|basic) /i.exec(value)?.[0] ?? '') + LEFT_OUT)
    .replace(JWT, LEFT_OUT)
    .replace(API_KEY, LEFT_OUT);
}

/** A context without its caller too. One that is not JSON yet is left out whole. */
export function withoutCaller(text: string): string {
  if (text.trim() === '') return text;
  try {
    const context: unknown = JSON.parse(text);
    if (context === null || typeof context !== 'object' || !('identity' in context)) return withoutSecrets(text);
    const { identity: _, ...rest } = context;
    return withoutSecrets(JSON.stringify(rest, null, 2));
  } catch {
    return '';
  }
}
