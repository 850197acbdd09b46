// The worker's owner: starts it, asks it, ends it when it runs away.
import packed from './engine-bytes';
import type { Answered, Asked } from './protocol';
import EngineWorker from './worker?worker&inline';

/** Longer than any honest template needs. */
const PATIENCE_MS = 5000;

/** The code of a question that gave way to a later one: the later one's answer is drawn, and nothing of this one. */
export const REPLACED = 'replaced';

type Question = Asked extends infer A ? (A extends { id: number } ? Omit<A, 'id'> : never) : never;

async function compile(): Promise<WebAssembly.Module> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const plain = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
  return WebAssembly.compile(await plain.arrayBuffer());
}

export class Host {
  private module = compile();
  private starting: Promise<Worker> | undefined;
  private worker: Worker | undefined;
  private last = 0;
  private waiting: { id: number; done: (answer: Answered['answer']) => void } | undefined;

  /** One worker, however many ask while it starts. */
  private started(): Promise<Worker> {
    return (this.starting ??= this.module.then((module) => {
      const worker = new EngineWorker();
      worker.onmessage = ({ data }: MessageEvent<Answered>) => {
        if (this.waiting?.id === data.id) this.settle(data.answer);
      };
      // It broke outside of an answer (no memory left, a script that was refused): told at once, not after the patience.
      worker.onerror = (event) => {
        event.preventDefault();
        if (this.worker === worker) this.stop(`the engine stopped (${event.message || 'its worker broke'}); the next question starts another`);
      };
      worker.onmessageerror = () => this.worker === worker && this.stop('the answer of the engine could not be read');
      worker.postMessage({ kind: 'module', module } satisfies Asked);
      return (this.worker = worker);
    }));
  }

  private settle(answer: Answered['answer']): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.done(answer);
  }

  /** Ends what runs. What was asked is answered: it was stopped. */
  stop(why = 'stopped', code = 'stopped'): void {
    this.worker?.terminate();
    this.worker = this.starting = undefined;
    this.settle({ kind: 'broken', error: { code, message: why, line: null } });
  }

  get busy(): boolean {
    return this.waiting !== undefined;
  }

  /** Asks; a question that still waits gives way to this one. */
  async ask(question: Question, patience = PATIENCE_MS): Promise<Answered['answer']> {
    let worker: Worker;
    try {
      worker = await this.started();
    } catch (error) {
      const message = `the engine did not start: ${error instanceof Error ? error.message : String(error)}; load the page again`;
      return { kind: 'broken', error: { code: 'internal', message, line: null } };
    }
    if (this.waiting) {
      this.stop('another question came', REPLACED);
      return this.ask(question, patience);
    }
    const id = ++this.last;
    return new Promise((done) => {
      const timer = setTimeout(() => this.stop(`stopped after ${patience / 1000} seconds`), patience);
      this.waiting = { id, done: (answer) => { clearTimeout(timer); done(answer); } };
      worker.postMessage({ ...question, id } as Asked);
    });
  }
}
