//! The report for a person at a terminal: most important first.

use super::compare;
use super::coverage::{branches, ran};
use super::fold::{columns, fold, fold_after, fold_parts, one_line};
use super::summary::FirstLines;
use super::words::{changes, code_of, decision, fact, full, place_of, shorten, show, tag, verdict_word};
use crate::code::Code;
use crate::eval::End;
use crate::explain::Explanation;
use crate::explain::why::{Guard, Why, stash_filter};
use crate::finding::Finding;
use crate::message::Message;
use crate::syntax::NodeId;
use crate::trace::candidate::{Blocker, Candidate};
use crate::trace::condition::{Condition, Operand};
use crate::trace::{DecisionKind, Verdict};
use super::style::{AnsiColor, Style};
use std::fmt::{self, Result, Write};
use textwrap::core::display_width;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();
const BAD: Style = AnsiColor::Red.on_default();
const GOOD: Style = AnsiColor::Green.on_default();

/// How a text report is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns of the terminal.
    pub width: usize,
    /// Everything: all candidates, all loop items, every write.
    pub verbose: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { width: 100, verbose: false }
    }
}

/// Draws a report with ANSI styles; whoever prints it strips them where they are not wanted.
pub fn render(report: &Explanation, layout: Layout) -> String {
    let mut out = String::new();
    let mut text = TextReport { report, layout, above: &[], out: &mut out };
    let _ = text.draw().and_then(|()| text.next());
    out
}

/// [`render`] below a diagnosis, which has told some hints already, and tells what to do next.
pub fn rest(report: &Explanation, layout: Layout, above: &[&Message]) -> String {
    let mut out = String::new();
    let _ = TextReport { report, layout, above, out: &mut out }.draw();
    out
}

impl Explanation {
    /// The text report without colours, for a terminal of this width.
    pub fn text(&self, layout: Layout) -> String {
        super::safe::safe(&render(self, layout), super::safe::WrittenForm::Text, false)
    }
}

/// `{:#}` is the whole of the report, as `--verbose` shows it.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Layout { verbose: f.alternate(), ..Layout::default() }))
    }
}

struct TextReport<'a, 'o> {
    report: &'a Explanation,
    layout: Layout,
    /// What stands above already.
    above: &'a [&'a Message],
    out: &'o mut String,
}

impl TextReport<'_, '_> {
    fn draw(&mut self) -> Result {
        self.head()?;
        self.summary()?;
        self.out.push_str(&super::behind::text(self.report));
        self.hints()?;
        if let Some(compared) = &self.report.compared {
            self.out.push_str(&compare::text(compared, self.layout.width));
        }
        self.decision()?;
        if let Some(why) = self.report.why.as_ref() {
            self.filter(why)?;
            self.candidates(why)?;
            self.suggestions(why)?;
        }
        self.writes()?;
        self.ran()?;
        self.notes()?;
        self.output()
    }

    /// A line, folded; `mark` stays on its first line, further lines are indented.
    fn line(&mut self, mark: &str, text: &str, indent: usize) -> Result {
        writeln!(self.out, "{}", fold_after(mark, text, self.layout.width, indent))
    }

    fn title(&mut self, words: &str) -> Result {
        writeln!(self.out)?;
        let words = fold(words, self.layout.width, 2);
        writeln!(self.out, "{STRONG}{words}{STRONG:#}")
    }

    fn more(&mut self, left: usize) -> Result {
        if left == 0 {
            return Ok(());
        }
        writeln!(self.out, "  {FAINT}and {left} more: --verbose{FAINT:#}")
    }

    fn head(&mut self) -> Result {
        let report = self.report;
        let colour = match report.verdict {
            Verdict::Allowed | Verdict::Completed => AnsiColor::Green,
            Verdict::Filtered | Verdict::Unknown => AnsiColor::Yellow,
            Verdict::Denied | Verdict::Error => AnsiColor::Red,
        };
        let style = colour.on_default().bold();
        let env = &report.outcome.env;
        let field = (!env.field_name.is_empty()).then(|| format!("{}.{}", env.parent_type, env.field_name));
        let mode = report.auth_type.map(|mode| {
            let derived = if report.auth_type_derived { " (derived from the identity)" } else { "" };
            format!("{FAINT}{mode}{derived}{FAINT:#}")
        });
        let verdict = format!("{style}{}{style:#}", verdict_word(report.verdict));
        let parts = [Some(verdict), Some(report.program.source.name.to_string()), field, mode];
        writeln!(self.out, "{}", fold_parts(parts.into_iter().flatten(), self.layout.width))
    }

    /// Cause and cure: the first hint, as far as it tells them, then what the caller gets.
    fn summary(&mut self) -> Result {
        let report = self.report;
        let answer = report.answer();
        // A diagnosis above has told it.
        let summary = FirstLines::of(report).filter(|_| self.above.is_empty());
        if let Some(summary) = &summary {
            let text = format!("{}  {FAINT}{}{FAINT:#}", summary.cause, summary.tag);
            self.line(&format!("{STRONG}{:<5}{STRONG:#}   ", summary.label()), &text, 8)?;
            if let Some(cure) = &summary.cure {
                self.line(&format!("{STRONG}cure{STRONG:#}    "), cure, 8)?;
            }
        }
        if let Some(beside) = self.beside_unknown().filter(|_| self.above.is_empty()) {
            let text = format!("{}  {FAINT}{}{FAINT:#}", beside.message, tag(beside));
            self.line(&format!("{STRONG}also{STRONG:#}    "), &text, 8)?;
        }
        match answer {
            Some(answer) if summary.is_some() || !self.above.is_empty() => {
                self.line(&format!("{FAINT}answer{FAINT:#}  "), &answer, 8)
            }
            Some(answer) => self.line(&format!("{STRONG}cause{STRONG:#}   "), &answer, 8),
            None => Ok(()),
        }
    }

    /// What stands beside the cause of a verdict that is unknown, in a diagnosis above as well.
    fn beside_unknown(&self) -> Option<&Finding> {
        let hints = self.report.why.as_ref().map_or(&[][..], |why| &why.hints);
        FirstLines::beside_unknown(hints).filter(|_| self.report.verdict == Verdict::Unknown)
    }

    fn hints(&mut self) -> Result {
        let Some(why) = self.report.why.as_ref() else { return Ok(()) };
        let beside = self.beside_unknown();
        let hints: Vec<_> = why
            .hints
            .iter()
            .filter(|hint| !self.above.iter().any(|above| above.to_string().starts_with(&hint.message.to_string())))
            .filter(|hint| beside.is_none_or(|beside| beside.message != hint.message))
            .collect();
        let shown = if self.layout.verbose { hints.len() } else { 4 };
        // The first one is the cause, and stands above.
        let above = usize::from(self.above.is_empty() && !hints.is_empty());
        if hints.len() > above {
            writeln!(self.out)?;
        }
        for hint in hints.iter().take(shown).skip(above) {
            let mark = if hint.code == Code::NotGiven { "!" } else { "→" };
            let text = format!("{}  {FAINT}{}{FAINT:#}", hint.message, tag(hint));
            self.line(&format!("{STRONG}{mark}{STRONG:#} "), &text, 2)?;
        }
        self.more(hints.len().saturating_sub(shown))
    }

    fn decision(&mut self) -> Result {
        let report = self.report;
        let mut words = decision(report).to_owned();
        if let Some(node) = report.decision.node {
            write!(words, " {}  {}", self.place(node), self.statement(node))?;
        }
        writeln!(self.out)?;
        self.line("", &words, 4)?;
        if report.decision.kind == DecisionKind::NotSet && report.verdict == Verdict::Denied {
            self.line("  ", "the template itself refuses nothing: a later template reads the variable's effect", 2)?;
        }
        let Some(why) = report.why.as_ref() else { return Ok(()) };
        let guards = if self.layout.verbose { why.guards.len() } else { 3 };
        for (row, guard) in why.guards.iter().take(guards).enumerate() {
            self.guard(why, guard, if row == 0 { "because" } else { "and" })?;
        }
        Ok(())
    }

    fn guard(&mut self, why: &Why, guard: &Guard, word: &str) -> Result {
        let value = if guard.value { "" } else { "not " };
        let mark = format!("  {word:<7} {:<6} {value}", self.place(guard.node));
        self.line(&mark, &code_of(self.report, guard.condition.node), 19)?;
        self.operands(why, &guard.condition, 17)?;
        for cause in guard.causes.iter().take(8) {
            let values: Vec<_> = cause.change.values.iter().take(1).map(show).collect();
            let place = self.place(cause.change.node);
            let done = if cause.change.container.is_some() { "put in" } else { "set to" };
            let mut words = format!("{FAINT}{place} {done}{FAINT:#} {}", values.join(", "));
            if let Some(inner) = cause.guards.first() {
                let text = code_of(self.report, inner.condition.node);
                write!(words, "  {FAINT}because {} {text}{FAINT:#}", self.place(inner.node))?;
            }
            self.line(&" ".repeat(17), &words, 19)?;
        }
        Ok(())
    }

    /// The values that a condition looked at, aligned, each with its origin.
    fn operands(&mut self, why: &Why, condition: &Condition, indent: usize) -> Result {
        let mut leaves = Vec::new();
        condition.leaves(&mut leaves);
        let source = &self.report.program.source;
        let mut rows: Vec<[String; 3]> = Vec::new();
        for leaf in leaves {
            if leaf.holds.is_none() {
                rows.push([code_of(self.report, leaf.node), "not evaluated".to_owned(), String::new()]);
            }
            for operand in leaf.operands.iter().filter(|operand| !operand.literal) {
                let expr = one_line(source.slice(operand.span));
                let value = if operand.is_evaluated() { show(&operand.value) } else { "not evaluated".to_owned() };
                let row = [expr.clone(), value, self.origin(why, operand, &expr)];
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
        self.out.write_str(&columns(&rows, self.layout.width, indent))
    }

    fn origin(&self, why: &Why, operand: &Operand, expr: &str) -> String {
        // `$ctx.result.owner` says itself where it comes from.
        if let Some((path, _, absent)) = operand.origins.context()
            && expr.strip_prefix("$ctx.") == Some(path)
        {
            let word = match (operand.origins.is_open(), absent) {
                (true, _) => "not given",
                (false, true) => "absent",
                (false, false) => "",
            };
            return word.to_owned();
        }
        let mut words: Vec<String> =
            operand.origins.iter().take(3).map(|origin| place_of(self.report, origin)).collect();
        words.dedup();
        if words.is_empty()
            && let Some((_, node)) = why.since.iter().find(|(slot, _)| Some(*slot) == operand.slot)
        {
            words.push(format!("since {}", self.place(*node)));
        }
        words.join(", ")
    }

    fn filter(&mut self, why: &Why) -> Result {
        let filter = stash_filter(&self.report.outcome);
        if filter.is_null() || self.report.verdict != Verdict::Filtered {
            return Ok(());
        }
        self.title("Only rows that match")?;
        let alternatives = filter.as_map().and_then(|map| map.get_str("or")).and_then(|or| or.members());
        for alternative in alternatives.unwrap_or_else(|| vec![filter.clone()]) {
            let part = why
                .filter_parts
                .iter()
                .find(|part| part.values.iter().any(|value| value.to_json().ok() == alternative.to_json().ok()));
            let origin = part.and_then(|part| part.origins.iter().flat_map(|each| each.iter()).next());
            let origin = origin.map_or(String::new(), |origin| place_of(self.report, origin));
            let place = part.map_or(String::new(), |part| self.place(part.node));
            let about = [place, origin].join("  ");
            let about = if about.trim().is_empty() { String::new() } else { format!("  {FAINT}{about}{FAINT:#}") };
            self.line("  • ", &format!("{}{about}", show(&alternative)), 6)?;
        }
        for row in &why.rows {
            let word = match row.matches {
                Some(true) => format!("{GOOD}✓ matches{GOOD:#}"),
                Some(false) => format!("{BAD}✗ left out{BAD:#}"),
                None => "? not judged".to_owned(),
            };
            writeln!(self.out, "  row {}  {word}", row.row)?;
            for test in row.tests.iter().filter(|test| test.holds != Some(true)) {
                let actual = if test.present { show(&test.actual) } else { "absent".to_owned() };
                let wanted = show(&test.wanted);
                let words = format!("{} is {actual}; wanted: {} {wanted}", test.field, test.operator);
                self.line("      ", &words, 8)?;
            }
        }
        Ok(())
    }

    fn candidates(&mut self, why: &Why) -> Result {
        if why.candidates.is_empty() {
            return Ok(());
        }
        let title = match self.report.verdict {
            Verdict::Filtered => "What could have allowed more, nearest first",
            _ => "What could have authorized this request, nearest first",
        };
        self.title(title)?;
        let shown = if self.layout.verbose { usize::MAX } else { 5 };
        for (row, candidate) in why.candidates.iter().take(shown).enumerate() {
            let before = row.checked_sub(1).and_then(|row| why.candidates.get(row));
            if !self.layout.verbose && before.is_some_and(|before| same_blocker(before, candidate)) {
                let at = self.at(candidate.node);
                self.line("      ", &format!("{FAINT}and so{FAINT:#} {at}"), 8)?;
            } else {
                self.candidate(why, candidate)?;
            }
        }
        self.more(why.candidates.len().saturating_sub(shown))
    }

    fn candidate(&mut self, why: &Why, candidate: &Candidate) -> Result {
        let plural = if candidate.of == 1 { "" } else { "s" };
        let held = format!("{} of {} condition{plural} held", candidate.passed, candidate.of);
        let at = self.at(candidate.node);
        let mark = format!("  {BAD}✗{BAD:#} ");
        if display_width(&at).max(48) + display_width(&held) + 6 <= self.layout.width {
            writeln!(self.out, "{mark}{at:<48}  {FAINT}{held}{FAINT:#}")?;
        } else {
            self.line(&mark, &at, 6)?;
            writeln!(self.out, "      {FAINT}{held}{FAINT:#}")?;
        }
        let Some(blocker) = &candidate.blocker else {
            return writeln!(self.out, "      {FAINT}never reached: the template was left before{FAINT:#}");
        };
        self.blocker(why, blocker)?;
        if self.layout.verbose {
            for blocker in &candidate.items {
                self.blocker(why, blocker)?;
            }
        } else if !candidate.items.is_empty() {
            let plural = if candidate.items.len() == 1 { "" } else { "s" };
            let words = format!("nor for {} other item{plural} of the loop: --verbose", candidate.items.len());
            let words = format!("{FAINT}{words}{FAINT:#}");
            writeln!(self.out, "{}", fold_after("      ", &words, self.layout.width, 8))?;
        }
        Ok(())
    }

    fn blocker(&mut self, why: &Why, blocker: &Blocker) -> Result {
        let mark = format!("      {BAD}✗{BAD:#} {}  ", self.place(blocker.node));
        let text = code_of(self.report, blocker.condition.node);
        let words = match (blocker.empty_loop, blocker.wanted) {
            (true, _) if is_open(&blocker.condition) => format!("the loop over {text}, which was not given"),
            (true, _) => format!("the loop over {text} had no item"),
            (false, true) => text,
            (false, false) => format!("{text} {FAINT}(should not hold){FAINT:#}"),
        };
        self.line(&mark, &words, 14)?;
        self.operands(why, &blocker.condition, 12)
    }

    fn suggestions(&mut self, why: &Why) -> Result {
        if !why.suggestions.is_empty() {
            self.title("Would be allowed (checked by evaluating again)")?;
        }
        for suggestion in &why.suggestions {
            let filtered = if suggestion.verdict == Verdict::Filtered { "  (with a filter on the rows)" } else { "" };
            let words = format!("{}{FAINT}{filtered}{FAINT:#}", changes(&suggestion.changes));
            self.line(&format!("  {GOOD}•{GOOD:#} "), &words, 6)?;
        }
        self.out.push_str(&super::behind::changes_text(self.report));
        if !why.rests_on.is_empty() {
            self.title("Rests on each of these facts (checked by evaluating again without it)")?;
        }
        for ground in &why.rests_on {
            self.line("  • ", &fact(ground), 6)?;
        }
        Ok(())
    }

    fn writes(&mut self) -> Result {
        let report = self.report;
        if report.outcome.writes.is_empty() || !self.layout.verbose && report.outcome.writes.len() < 2 {
            return Ok(());
        }
        self.title(&format!("Every write to ${}", report.watched))?;
        for write in &report.outcome.writes {
            let turn = match write.iteration.as_slice() {
                [] => String::new(),
                turns => {
                    let turns: Vec<_> = turns.iter().map(u32::to_string).collect();
                    format!("  {FAINT}(loop item {}){FAINT:#}", turns.join(", "))
                }
            };
            let mark = format!("  {:<7} {:<5}  ", self.place(write.node), show(&write.new));
            let words = format!("{FAINT}{}{FAINT:#}{turn}", self.statement(write.node));
            self.line(&mark, &words, 17)?;
        }
        Ok(())
    }

    fn next(&mut self) -> Result {
        let Some(next) = self.report.next() else { return Ok(()) };
        writeln!(self.out)?;
        self.line(&format!("{STRONG}Next{STRONG:#}  "), &next, 6)
    }

    fn ran(&mut self) -> Result {
        let Some(coverage) = self.report.coverage.as_ref().filter(|_| self.layout.verbose) else { return Ok(()) };
        self.title("What ran")?;
        let lines: Vec<_> = ran(&self.report.program, coverage).iter().map(u32::to_string).collect();
        self.line("  ", &format!("lines {}", lines.join(", ")), 2)?;
        for (node, taken, not_taken) in branches(coverage) {
            let words = format!("taken {taken}, not taken {not_taken}  {FAINT}{}{FAINT:#}", code_of(self.report, node));
            self.line(&format!("  {:<7} ", self.place(node)), &words, 12)?;
        }
        Ok(())
    }

    fn notes(&mut self) -> Result {
        let explained =
            |code: Code| self.report.why.as_ref().is_some_and(|why| why.hints.iter().any(|hint| hint.code == code));
        let notes: Vec<_> = self.report.all_notes().filter(|note| !explained(note.code)).collect();
        if !notes.is_empty() {
            self.title("Notes")?;
        }
        for note in notes {
            let place = note.node.map_or(String::new(), |node| format!("{}  ", self.place(node)));
            let text = format!("{place}{} {FAINT}[{}]{FAINT:#}", note.message, note.code);
            self.line("  ", &text, 4)?;
        }
        let env = &self.report.outcome.env;
        for error in &env.out_errors {
            self.line("appended error: ", &error.message.to_string(), 2)?;
        }
        for line in &env.logs {
            self.line("log: ", line, 2)?;
        }
        for call in &env.extensions {
            let args: Vec<_> = call.args.iter().map(show).collect();
            self.line("", &format!("$extensions.{}({})", call.function.name(), args.join(", ")), 2)?;
        }
        Ok(())
    }

    fn output(&mut self) -> Result {
        let (title, text) = match &self.report.outcome.end {
            End::Returned { value, .. } => ("Returned", full(value)),
            _ => ("Output", self.report.outcome.output.trim().to_owned()),
        };
        if text.is_empty() || self.report.verdict == Verdict::Denied && !self.layout.verbose {
            return Ok(());
        }
        self.title(title)?;
        text.lines().try_for_each(|line| writeln!(self.out, "  {line}"))
    }

    fn place(&self, node: NodeId) -> String {
        let place = self.report.place(node);
        format!("{}:{}", place.line, place.column)
    }

    /// A statement, cut where it grows long; a condition never is.
    fn statement(&self, node: NodeId) -> String {
        shorten(code_of(self.report, node), 200)
    }

    fn at(&self, node: NodeId) -> String {
        format!("{}  {}", self.place(node), self.statement(node))
    }
}

/// Whether the same condition, judged at the same moment, stopped both.
fn same_blocker(left: &Candidate, right: &Candidate) -> bool {
    match (&left.blocker, &right.blocker) {
        (Some(left), Some(right)) => left.condition.node == right.condition.node && left.turns == right.turns,
        _ => false,
    }
}

/// Whether a condition looked at what nobody gave.
pub fn is_open(condition: &Condition) -> bool {
    condition.operands.iter().any(|operand| operand.origins.is_open())
}
