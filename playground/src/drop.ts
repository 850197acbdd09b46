// What was dropped, and the command that reads it.

export type Dropped =
  | { kind: 'template'; text: string; name: string }
  | { kind: 'claims'; text: string }
  | { kind: 'project'; root: string; files: Map<string, Uint8Array> }
  | { kind: 'command'; args: string[]; files: Map<string, Uint8Array> };

/** All files of what was dropped, folders included, by their paths. */
export async function filesOf(transfer: DataTransfer): Promise<Map<string, File>> {
  const found = new Map<string, File>();
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const read = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (entry.isFile) {
      found.set(path, await new Promise((done, fail) => (entry as FileSystemFileEntry).file(done, fail)));
    } else if (found.size < 20_000 && entry.name !== 'node_modules' && entry.name !== '.git') {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      // A reader gives a hundred entries at a time.
      for (;;) {
        const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
        if (some.length === 0) break;
        for (const one of some) await read(one, `${path}/${one.name}`);
      }
    }
  };
  for (const entry of entries) await read(entry, entry.name);
  return found;
}

/** The folder that holds them all, but a file of personas beside it. */
function rootOf(paths: string[]): string {
  const folders = new Set(paths.filter((path) => !path.endsWith('personas.json')).map((path) => (path.includes('/') ? path.split('/')[0] : '')));
  return folders.size === 1 ? `/${[...folders][0]}` : '/';
}

const bytes = async (files: Map<string, File>) =>
  new Map(await Promise.all([...files].map(async ([path, file]) => [path, new Uint8Array(await file.arrayBuffer())] as const)));

export async function understand(files: Map<string, File>): Promise<Dropped | null> {
  const [first] = files;
  if (!first) return null;
  const [path, file] = first;
  if (files.size > 1 || path.includes('/')) {
    return { kind: 'project', root: rootOf([...files.keys()]), files: await bytes(files) };
  }
  if (/\.har$/i.test(path)) return { kind: 'command', args: ['diagnose', `/${path}`, '--all'], files: await bytes(files) };
  if (/\.(log|ndjson|jsonl|gz|csv)$/i.test(path)) return { kind: 'command', args: ['replay', `/${path}`], files: await bytes(files) };
  const text = await file.text();
  if (/\.(vtl|vm)$/i.test(path) || /^\s*#|\$(?:ctx|context|util)\b/m.test(text)) return { kind: 'template', text, name: path };
  if (/"log"\s*:\s*\{/.test(text.slice(0, 200))) return { kind: 'command', args: ['diagnose', `/${path}`, '--all'], files: await bytes(files) };
  return { kind: 'claims', text };
}
