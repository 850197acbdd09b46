// The explanation as a page. Every text of the report goes in as text: nothing of it is ever read as HTML.
import type { Candidate, Condition, Hint, Report, Suggestion } from '../../packages/npm/lib/index';

type Child = Node | string | null | undefined | false;

export function el(name: string, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return made;
}

const json = (value: unknown) => JSON.stringify(value) ?? 'nothing';

function hint(one: Hint, first: boolean): HTMLElement {
  return el('li', { class: first ? 'cause' : '' }, one.message, ' ', el('code', { class: 'code' }, one.code),
    one.certainty !== 'certain' && el('em', {}, ` ${one.certainty}`));
}

function condition(one: Condition, goTo: (line: number) => void): HTMLElement {
  const operands = one.operands.map((operand) =>
    el('li', {}, el('code', {}, operand.expr), ' ', operand.evaluated === false ? 'was not evaluated' : json(operand.value),
      operand.origin?.[0] && el('small', {}, ` ${operand.origin[0].path ?? (operand.origin[0].at ? `line ${operand.origin[0].at.line}` : '')}`)));
  return el('li', {}, place(one.at.line, goTo), el('code', {}, one.condition), ` is ${one.value}`, el('ul', {}, ...operands));
}

function place(line: number, goTo: (line: number) => void): HTMLElement {
  const button = el('button', { type: 'button', class: 'line' }, `line ${line}`);
  button.addEventListener('click', () => goTo(line));
  return button;
}

function candidate(one: Candidate, goTo: (line: number) => void): HTMLElement {
  return el('li', {}, place(one.at.line, goTo), el('code', {}, one.at.text), el('small', {}, ` ${one.passed} of ${one.of} conditions held`),
    one.blockedBy && el('ul', {}, condition(one.blockedBy, goTo)));
}

function suggestion(one: Suggestion): HTMLElement {
  const change = (c: Suggestion['changes'][number]) => (c.op === 'remove' ? `without ${c.path}` : `${c.op} ${c.path}: ${json(c.value)}`);
  return el('li', {}, one.changes.map(change).join(' and '), el('small', {}, ` → ${one.verdict}`));
}

function part(title: string, items: HTMLElement[]): HTMLElement | null {
  return items.length > 0 ? el('section', {}, el('h3', {}, title), el('ul', {}, ...items)) : null;
}

export function draw(report: Report & { text?: string }, goTo: (line: number) => void): HTMLElement {
  const { decision } = report;
  return el('article', {},
    el('div', { class: `banner ${report.verdict}` }, el('strong', {}, report.verdict.toUpperCase()),
      el('span', {}, report.error?.message ?? report.authType ?? '')),
    part('Why', report.hints.map((one, at) => hint(one, at === 0))),
    decision.at && el('section', {}, el('h3', {}, `Decided in ${decision.at.file}`), el('p', {}, place(decision.at.line, goTo), el('code', {}, decision.at.text)),
      el('ul', {}, ...decision.guards.map((one) => condition(one, goTo)))),
    part('What could have authorized it, nearest first', report.candidates.map((one) => candidate(one, goTo))),
    part('Would change it (checked by running again)', report.suggestions.map(suggestion)),
    part('To know', report.notes.map((note) => el('li', {}, note.message))),
    report.output.trim() !== '' && el('section', {}, el('h3', {}, 'Output'), el('pre', { tabindex: '0' }, report.output)),
    report.text !== undefined && el('details', {}, el('summary', {}, 'As the command prints it'), el('pre', { tabindex: '0' }, report.text)));
}

export function message(kind: string, text: string): HTMLElement {
  return el('article', {}, el('div', { class: `banner ${kind}` }, el('strong', {}, kind === 'error' ? 'NOT RUN' : kind), el('span', {}, text)));
}

/** The report in what a command said; null where it said none. */
export function reportOf(said: string): Report | null {
  try {
    const read = JSON.parse(said) as Report;
    return typeof read.verdict === 'string' && Array.isArray(read.hints) ? read : null;
  } catch {
    return null;
  }
}

export function plain(text: string): HTMLElement {
  return el('article', {}, el('pre', { tabindex: '0' }, text));
}
