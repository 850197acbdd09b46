// One question at a time; the page ends this worker when an answer takes too long, and makes another.
import { Engine } from './engine';
import type { Answered, Asked } from './protocol';

let module: WebAssembly.Module;
let engine: Engine | undefined;

/** A template and what it is run with: its problems, and the explanation. */
function explain(text: string, name: string, given: unknown): Answered['answer'] {
  engine ??= new Engine(module);
  const parsed = engine.call({ op: 'parse', name, text });
  if ('error' in parsed) return { kind: 'broken', error: parsed.error };
  const template = parsed.ok as number;
  const problems = engine.call({ op: 'check', template });
  const report = engine.call({ op: 'explain', template, given, columns: 90 });
  engine.call({ op: 'free', handle: template });
  if ('error' in report) return { kind: 'broken', error: report.error };
  return { kind: 'report', report: report.ok as never, problems: 'ok' in problems ? (problems.ok as never) : [] };
}

const text = (lines: string[]) => lines.map((line) => `${line}\n`).join('');

function command(args: string[], files: Map<string, Uint8Array>): Answered['answer'] {
  const [out, told]: string[][] = [[], []];
  const code = new Engine(module, files, (line) => out.push(line), (line) => told.push(line)).command(args);
  return { kind: 'said', code, out: text(out), told: text(told) };
}

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  if (data.kind === 'module') {
    module = data.module;
    return;
  }
  let answer: Answered['answer'];
  try {
    answer = data.kind === 'explain' ? explain(data.text, data.name, data.given) : command(data.args, data.files);
  } catch (error) {
    // A trap: the memory of the instance may be in any state.
    engine = undefined;
    answer = { kind: 'broken', error: { code: 'internal', message: `the engine stopped: ${String(error)}`, line: null } };
  }
  self.postMessage({ id: data.id, answer } satisfies Answered);
};
