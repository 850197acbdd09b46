'use strict';
// The matchers of Vitest and Jest. What they take explains itself: a template, or a field of a project.

/** `{claims, args, …}` and what is expected beyond the verdict. */
function explained(received, options) {
  if (typeof received?.explain !== 'function') {
    throw new TypeError('expect(…) wants a Template, or project.resolver("Type.field")');
  }
  return received.explain(options);
}

/** The report, as far as a failure should show it: it is the explanation. */
function because(report, wanted) {
  return () => `expected ${wanted}, but it was ${report.verdict}\n\n${report.text ?? ''}`;
}

function verdict(name, verdicts) {
  return function match(received, options = {}, expected = {}) {
    const report = explained(received, options);
    const hints = report.hints.map((hint) => hint.code);
    const hinted = expected.hint === undefined || hints.includes(expected.hint);
    const worded = expected.message === undefined || (report.error?.message ?? '').includes(expected.message);
    const pass = verdicts.includes(report.verdict) && hinted && worded;
    if (pass || !verdicts.includes(report.verdict)) return { pass, message: because(report, this.isNot ? `not to ${name}` : `to ${name}`) };
    const what = hinted ? `the message to have ${JSON.stringify(expected.message)}` : `the hint ${expected.hint}`;
    return { pass, message: () => `expected ${what}; the hints are ${hints.join(', ') || 'none'}\n\n${report.text ?? ''}` };
  };
}

const matchers = {
  /** The request is allowed: whole, or by a filter. */
  toAllow: verdict('allow', ['allowed', 'filtered', 'completed']),
  /** The request is refused; `{hint}` and `{message}` say how. */
  toDeny: verdict('deny', ['denied']),
  /** The request is let through with a filter; `{filter}` is that filter. */
  toFilter(received, options = {}, expected = {}) {
    const report = explained(received, options);
    // A template's report has the filter with its parts and rows, a field's the filter alone.
    const told = report.filter ?? null;
    const filter = (Array.isArray(told?.parts) && Array.isArray(told?.rows) ? told.value : told) ?? report.stash?.authFilter ?? null;
    const same = expected.filter === undefined || this.equals(filter, expected.filter);
    const message = () =>
      report.verdict === 'filtered'
        ? `expected the filter ${JSON.stringify(expected.filter)}, but it is ${JSON.stringify(filter)}\n\n${report.text ?? ''}`
        : because(report, 'to filter')();
    return { pass: report.verdict === 'filtered' && same, message };
  },
};

/** Prints a report in a snapshot: its text, without what changes from run to run. */
const serializer = {
  test: (value) => value !== null && typeof value === 'object' && value.schema === 1 && typeof value.text === 'string',
  serialize: (report) => report.text.trimEnd(),
};

module.exports = { matchers, serializer };
