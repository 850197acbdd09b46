// What action.yml shows on a pull request: annotations on standard output, and a summary in Markdown.
//
//   node action.mjs COMMAND EXIT-CODE REPORT.json MESSAGES.txt      appends to the file that GITHUB_STEP_SUMMARY names
//
// Texts of a project reach this as data: none of them can begin a command of the runner or a tag of the page.
import { appendFileSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const MOST_ROWS = 200;
const [command, exitCode, reportFile, messagesFile] = process.argv.slice(2);

const data = (text) => String(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
/** A file as the runner knows it: from the root of the checkout. */
const fromRoot = (file) => relative('', file);

function annotate(level, { file, line, column, title }, text) {
  const at = [file && `file=${property(fromRoot(file))}`, line && `line=${line}`, column && `col=${column}`, `title=${property(title)}`];
  console.log(`::${level} ${at.filter(Boolean).join(',')}::${data(text)}`);
}

const cell = (text) => String(text ?? '').replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`).replace(/[\\|`*_[\]~@#$!]/g, '\\$&').replace(/\s+/g, ' ');
const count = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;

function table(head, rows) {
  if (rows.length === 0) return [];
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  const more = rows.length > MOST_ROWS ? ['', `and ${rows.length - MOST_ROWS} more`] : [];
  return ['', line(head), `|${' --- |'.repeat(head.length)}`, ...rows.slice(0, MOST_ROWS).map(line), ...more];
}

/** Reports of `check`: each finding where it stands. */
function check({ files, findings }) {
  const level = { error: 'error', warning: 'warning', note: 'notice' };
  for (const { severity, code, message, ...at } of findings) annotate(level[severity] ?? 'warning', { ...at, title: code }, message);
  const rows = findings.map(({ severity, file, line, code, message }) => [severity, line ? `${fromRoot(file)}:${line}` : fromRoot(file), code, message]);
  return [`${count(findings.length, 'finding')} in ${count(files, 'file')}`, ...table(['', 'where', 'code', 'finding'], rows)];
}

/** Reports of `test`: each case that failed, with what differs. */
function tests({ passed, failed, cases }) {
  const rows = cases.filter((one) => !one.passed).map((one) => [fromRoot(one.file), one.name, one.error ?? one.differences.join('; ')]);
  for (const [file, name, why] of rows) annotate('error', { file, title: name }, why);
  return [`${passed} passed, ${failed} failed`, ...table(['file', 'case', 'why'], rows)];
}

/** Reports of `matrix`: what changed since the one it is compared with, and the whole. */
function matrix({ cells, diff }) {
  const who = ({ persona, variant }) => (variant ? `${persona} (${variant})` : persona);
  for (const one of diff ?? []) {
    const level = one.change === 'opened' ? 'error' : 'notice';
    annotate(level, { title: `${one.field} ${one.change}` }, `${one.field} for ${who(one)}: ${one.before ?? 'absent'} -> ${one.after ?? 'absent'}`);
  }
  const changes = (diff ?? []).map((one) => [one.change, one.field, who(one), one.before ?? '', one.after ?? '']);
  const rows = cells.map((one) => [one.field, who(one), one.verdict, one.reason]);
  const whole = table(['field', 'who', 'verdict', 'why'], rows);
  const changed = diff ? [`${count(diff.length, 'change')} since the matrix that it is compared with`] : [`${count(cells.length, 'case')}`];
  return [...changed, ...table(['change', 'field', 'who', 'before', 'after'], changes), '', '<details><summary>the whole matrix</summary>', ...whole, '', '</details>'];
}

function summary() {
  let report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    const said = readFileSync(messagesFile, 'utf8').trim() || `it ended with ${exitCode}`;
    annotate('error', { title: `vtl-eval ${command}` }, said);
    return ['did not run to its end:', '', ...said.split('\n').map((line) => `    ${line}`)];
  }
  return { check, test: tests, matrix }[command](report);
}

const text = [`### vtl-eval ${command}`, '', ...summary(), ''].join('\n');
if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, text.slice(0, 900_000));
else console.log(text);
