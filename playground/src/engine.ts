// The engine inside the worker: the same module as the npm package's, with files in memory in the place of a disk.
import { ConsoleStdout, Directory, File, OpenFile, PreopenDirectory, WASI, wasi, type Inode } from '@bjorn3/browser_wasi_shim';

interface Exports {
  memory: WebAssembly.Memory;
  vtl_input(length: number): number;
  vtl_call(): void;
  vtl_command(): number;
  vtl_output(): number;
  vtl_output_length(): number;
}

export type Answer = { ok: unknown } | { error: { code: string; message: string; line: number | null } };

/** The exit of the command, as an exception that ends it. */
class Exit {
  constructor(readonly code: number) {}
}

export class Engine {
  private readonly exports: Exports;

  constructor(module: WebAssembly.Module, files: Map<string, Uint8Array> = new Map(), said = (_: string): void => {}, told = said) {
    const output = (to: (line: string) => void) => ConsoleStdout.lineBuffered(to);
    const fds = [new OpenFile(new File([])), output(said), output(told), new PreopenDirectory('/', tree(files)), new PreopenDirectory('.', tree(files))];
    const shim = new WASI(['vtl-eval'], ['NO_COLOR=1', 'COLUMNS=100'], fds);
    const imports = { wasi_snapshot_preview1: { ...shim.wasiImport, proc_exit: (code: number) => { throw new Exit(code); } } };
    const instance = new WebAssembly.Instance(module, imports);
    shim.initialize(instance as never);
    this.exports = instance.exports as unknown as Exports;
  }

  private put(value: unknown): void {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const address = this.exports.vtl_input(bytes.length) >>> 0;
    new Uint8Array(this.exports.memory.buffer, address, bytes.length).set(bytes);
  }

  call(request: unknown): Answer {
    this.put(request);
    this.exports.vtl_call();
    const [address, length] = [this.exports.vtl_output() >>> 0, this.exports.vtl_output_length() >>> 0];
    return JSON.parse(new TextDecoder().decode(new Uint8Array(this.exports.memory.buffer, address, length))) as Answer;
  }

  command(args: string[]): number {
    this.put({ arguments: args, directory: '/' });
    try {
      return this.exports.vtl_command();
    } catch (error) {
      if (error instanceof Exit) return error.code;
      throw error;
    }
  }
}

/** Paths and what they hold, as folders in folders. */
function tree(files: Map<string, Uint8Array>): Map<string, Inode> {
  const root = new Map<string, Inode>();
  for (const [path, bytes] of files) {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
    const name = parts.pop();
    if (name === undefined) continue;
    let at = root;
    for (const part of parts) {
      let next = at.get(part);
      if (!(next instanceof Directory)) at.set(part, (next = new Directory(new Map())));
      at = (next as Directory).contents;
    }
    at.set(name, new File(bytes));
  }
  return root;
}

// Re-exported so that the shim's constants are one import away where they are needed.
export { wasi };
