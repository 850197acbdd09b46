// A link holds the state in its fragment, which browsers never send; a token or claims only where that is asked for.
import { withoutCaller, withoutSecrets } from './secrets';

export interface State { template: string; context: string; claims: string; mode: string; tokenUse: string }

async function through(bytes: BlobPart, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

export async function toLink(state: State, withClaims: boolean): Promise<string> {
  const kept = withClaims ? state : { ...state, claims: '', template: withoutSecrets(state.template), context: withoutCaller(state.context) };
  const packed = await through(JSON.stringify(kept), new CompressionStream('deflate-raw'));
  let text = '';
  for (const byte of packed) text += String.fromCharCode(byte);
  const url = new URL(location.href);
  url.hash = btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return url.href;
}

export async function fromLink(hash: string): Promise<State | null> {
  if (hash.length < 2) return null;
  try {
    const text = atob(hash.slice(1).replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const state = JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw')))) as Partial<State>;
    const part = (value: unknown) => (typeof value === 'string' ? value : '');
    return { template: part(state.template), context: part(state.context), claims: part(state.claims), mode: part(state.mode), tokenUse: part(state.tokenUse) };
  } catch {
    return null;
  }
}
