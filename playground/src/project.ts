// A project that was dropped: its fields to pick from, each explained with the caller that was typed, and its matrix, compared
// with that of the project that was dropped before.
import { callerOptions } from './asked';
import { type Host, REPLACED } from './host';
import type { State } from './link';
import type { Answered } from './protocol';
import { el, message, plain, reportOf } from './view';
import type { Report } from '../../packages/npm/lib/index';

export interface Folder { root: string; files: Map<string, Uint8Array> }

const PATIENCE_MS = 60_000;

export class ProjectView {
  private folder: Folder | undefined;
  private before: string | undefined;

  constructor(private readonly host: Host, private readonly out: HTMLElement, private readonly state: () => State, private readonly show: (report: Report) => void) {}

  /** What the command says of this folder; nothing where another one was dropped since: an answer that is late stands over none. */
  private async run(folder: Folder, args: string[], more: Map<string, Uint8Array> = new Map()): Promise<Answered['answer'] | undefined> {
    const files = new Map([...folder.files, ...more]);
    const said = await this.host.ask({ kind: 'command', args, files }, PATIENCE_MS);
    return folder === this.folder ? said : undefined;
  }

  /** The fields as buttons, and one for the matrix where personas were dropped too. */
  async open(folder: Folder): Promise<void> {
    this.folder = folder;
    const said = await this.run(folder, ['fields', '--from', folder.root, '--format', 'json']);
    if (!said) return;
    if (said.kind !== 'said') return this.fail(said);
    if (said.out.trim() === '') return this.fail(said);
    const fields = (JSON.parse(said.out) as { fields: { field: string }[] }).fields.map(({ field }) => field);
    const personas = [...folder.files.keys()].find((path) => /(?:^|\/)personas\.json$/.test(path));
    this.out.replaceChildren(el('article', {},
      el('div', { class: 'banner completed' }, el('strong', {}, `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`),
        el('span', {}, 'pick one to ask it as the caller on the left')),
      personas && button('Who may do what: every field by every persona', 'matrix', () => this.matrix(folder, personas)),
      el('ul', { class: 'fields' }, ...fields.map((field) => el('li', {}, button(field, 'field', () => this.field(folder, field)))))));
  }

  private async field(folder: Folder, field: string): Promise<void> {
    const more = new Map<string, Uint8Array>();
    const state = this.state();
    const args = ['resolver', field, '--from', folder.root, '--format', 'json', ...callerOptions(state, more)];
    if (state.context.trim() !== '') {
      more.set('/context.json', new TextEncoder().encode(state.context));
      args.push('--context', '/context.json');
    }
    const said = await this.run(folder, args, more);
    if (!said) return;
    const report = said.kind === 'said' ? reportOf(said.out) : null;
    if (report) this.show(report);
    else this.fail(said);
  }

  private async matrix(folder: Folder, personas: string): Promise<void> {
    const args = ['matrix', '--from', folder.root, '--personas', personas];
    const whole = await this.run(folder, [...args, '--format', 'json']);
    if (!whole) return;
    const more = new Map<string, Uint8Array>();
    if (this.before !== undefined) {
      more.set('/before.json', new TextEncoder().encode(this.before));
      args.push('--diff', '/before.json');
    }
    const said = await this.run(folder, args, more);
    if (whole.kind === 'said' && whole.out.trim() !== '') this.before = whole.out;
    if (!said) return;
    if (said.kind === 'said') this.out.replaceChildren(plain(`${said.out}${said.told}`));
    else this.fail(said);
  }

  private fail(said: Answered['answer']): void {
    if (said.kind === 'broken' && said.error.code === REPLACED) return;
    const text = said.kind === 'said' ? said.told : said.kind === 'broken' ? said.error.message : '';
    this.out.replaceChildren(message('error', text.replace(/^error: /, '')));
  }
}

function button(text: string, kind: string, work: () => Promise<void>): HTMLElement {
  const made = el('button', { type: 'button', class: kind }, text);
  made.addEventListener('click', () => void work());
  return made;
}
