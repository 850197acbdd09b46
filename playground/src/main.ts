// The page: three editors on the left, the explanation on the right.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json as jsonLanguage } from '@codemirror/lang-json';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { NotJson, type Question, question } from './asked';
import { type Dropped, filesOf, understand } from './drop';
import { examples } from './examples';
import { Host, REPLACED } from './host';
import { fromLink, type State, toLink } from './link';
import type { Problem, Report } from '../../packages/npm/lib/index';
import { ProjectView } from './project';
import { draw, message, plain, reportOf } from './view';
import { jsonColours, vtl } from './vtl';
import './style.css';

const MODES = ['derived from the caller', 'user-pool', 'iam', 'api-key', 'oidc', 'lambda'];
const host = new Host();
const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

const light = StateEffect.define<{ line: number; name: string }[]>();
const lit = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, change) {
    for (const effect of change.effects) {
      if (!effect.is(light)) continue;
      const within = effect.value.filter(({ line }) => line >= 1 && line <= change.state.doc.lines).sort((a, b) => a.line - b.line);
      return Decoration.set(within.map(({ line, name }) => Decoration.line({ class: name }).range(change.state.doc.line(line).from)), true);
    }
    return marks.map(change.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function editor(id: string, label: string, language: () => unknown, changed: () => void): EditorView {
  const view = new EditorView({
    parent: byId(id),
    extensions: [
      lineNumbers(), history(), keymap.of([...defaultKeymap, ...historyKeymap]), lit, language() as never,
      EditorView.lineWrapping,
      // axe knows what a tab stop is by this alone.
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  });
  return view;
}

let timer = 0;
let changed = 0;
/** A single key is answered at once; while more come, the last of them. */
const soon = () => {
  clearTimeout(timer);
  const now = performance.now();
  timer = window.setTimeout(() => void run(), now - changed > 100 ? 0 : 30);
  changed = now;
};
const jsonMode = () => [jsonLanguage(), jsonColours()];
const template = editor('template', 'Template', vtl, soon);
const claims = editor('claims', 'Token, claims or identity', jsonMode, soon);
const context = editor('context', 'Context', jsonMode, soon);
const mode = byId<HTMLSelectElement>('mode');
const tokenUse = byId<HTMLSelectElement>('token-use');
const stop = byId<HTMLButtonElement>('stop');
const explanation = byId('explanation');

const textOf = (view: EditorView) => view.state.doc.toString();
const put = (view: EditorView, text: string) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
const state = (): State => ({ template: textOf(template), claims: textOf(claims), context: textOf(context), mode: mode.value, tokenUse: tokenUse.value });

const project = new ProjectView(host, explanation, state, (report) => show(report));

function goTo(line: number): void {
  const at = template.state.doc.line(Math.min(line, template.state.doc.lines));
  template.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: 'center' }) });
  template.focus();
}

function underline(problems: Problem[]): void {
  const marks = problems.filter((problem) => problem.line !== null).map((problem): Diagnostic => {
    const at = template.state.doc.line(Math.min(problem.line as number, template.state.doc.lines));
    const severity = problem.severity === 'note' ? 'info' : problem.severity;
    return { from: at.from, to: at.to, severity, message: `${problem.message} [${problem.code}]` };
  });
  template.dispatch(setDiagnostics(template.state, marks));
}

function show(report: Report): void {
  const decided = report.decision.at ? [{ line: report.decision.at.line, name: `lit-${report.verdict}` }] : [];
  const near = report.candidates.map((one) => ({ line: one.at.line, name: 'lit-near' }));
  template.dispatch({ effects: light.of([...decided, ...near]) });
  explanation.replaceChildren(draw(report, goTo));
}

async function run(): Promise<void> {
  let asked: Question;
  try {
    asked = question(state());
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return explanation.replaceChildren(message('error', error.message));
  }
  const began = window.setTimeout(() => (stop.hidden = false), 300);
  const answer = await host.ask(asked);
  clearTimeout(began);
  stop.hidden = true;
  if (answer.kind === 'report') {
    underline(answer.problems);
    show(answer.report);
  } else if (answer.kind === 'said') {
    said(answer);
  } else if (answer.error.code !== REPLACED) {
    underline(answer.error.line === null ? [] : [{ code: 'does-not-parse', severity: 'error', message: answer.error.message, line: answer.error.line }]);
    explanation.replaceChildren(message('error', answer.error.message));
  }
}

/** What a command said: a report is drawn, anything else stands as it was printed. */
function said({ out, told }: { out: string; told: string }): void {
  const report = reportOf(out);
  underline([]);
  if (report) show(report);
  else explanation.replaceChildren(out.trim() === '' ? message('error', told.replace(/^error: /, '')) : plain(`${out}${told}`));
}

async function take(dropped: Dropped | null): Promise<void> {
  if (dropped?.kind === 'template') return put(template, dropped.text);
  if (dropped?.kind === 'claims') return put(claims, dropped.text);
  if (!dropped) return;
  // What was typed before it and is not asked yet would take its place.
  clearTimeout(timer);
  if (dropped.kind === 'project') return project.open(dropped);
  explanation.replaceChildren(message('reading', `vtl-eval ${dropped.args.join(' ')}`));
  const answer = await host.ask(dropped, 60_000);
  if (answer.kind === 'said') said(answer);
  else if (answer.kind === 'broken' && answer.error.code !== REPLACED) explanation.replaceChildren(message('error', answer.error.message));
}

function load(to: State): void {
  put(template, to.template);
  put(claims, to.claims);
  put(context, to.context);
  mode.value = MODES.includes(to.mode) ? to.mode : (MODES[0] as string);
  tokenUse.value = ['id', 'access'].includes(to.tokenUse) ? to.tokenUse : '';
}

function choose(select: HTMLSelectElement, names: string[]): void {
  select.replaceChildren(...names.map((name) => Object.assign(document.createElement('option'), { value: name, textContent: name })));
}

async function start(): Promise<void> {
  choose(mode, MODES);
  const list = byId<HTMLSelectElement>('examples');
  choose(list, examples.map((example) => example.name));
  const pick = () => {
    const example = examples.find((one) => one.name === list.value);
    if (example) load({ ...example, mode: MODES[0] as string, tokenUse: '' });
  };
  list.addEventListener('change', pick);
  mode.addEventListener('change', soon);
  tokenUse.addEventListener('change', soon);
  stop.addEventListener('click', () => host.stop('stopped'));
  byId('link').addEventListener('click', () => void copyLink());
  for (const id of ['files', 'folder']) {
    byId<HTMLInputElement>(id).addEventListener('change', (event) => {
      const chosen = [...((event.target as HTMLInputElement).files ?? [])];
      void understand(new Map(chosen.map((file) => [file.webkitRelativePath || file.name, file]))).then(take);
    });
  }
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    if (event.dataTransfer) void filesOf(event.dataTransfer).then(understand).then(take);
  });
  const linked = await fromLink(location.hash);
  if (linked) load(linked);
  else pick();
}

async function copyLink(): Promise<void> {
  const link = await toLink(state(), byId<HTMLInputElement>('with-claims').checked);
  window.history.replaceState(null, '', link);
  await navigator.clipboard?.writeText(link).catch(() => {});
}

void start();
