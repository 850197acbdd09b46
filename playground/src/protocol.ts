// What page and worker say to each other.
import type { Report, Problem } from '../../packages/npm/lib/index';

export type Asked =
  | { kind: 'module'; module: WebAssembly.Module }
  | { kind: 'explain'; id: number; text: string; name: string; given: unknown }
  | { kind: 'command'; id: number; args: string[]; files: Map<string, Uint8Array> };

export interface Answered {
  id: number;
  answer:
    | { kind: 'report'; report: Report & { text: string }; problems: Problem[] }
    | { kind: 'broken'; error: { code: string; message: string; line: number | null } }
    | { kind: 'said'; code: number; out: string; told: string };
}
