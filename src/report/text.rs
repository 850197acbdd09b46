//! The report for a person at a terminal: most important first.

use super::Report;
use super::coverage::{branches, ran};
use super::words::{changes, decision, fold, full, place_of, show};
use crate::eval::End;
use crate::syntax::NodeId;
use crate::trace::candidate::{Blocker, Candidate};
use crate::trace::condition::{Condition, Operand};
use crate::trace::why::{Guard, Why, stash_filter};
use crate::trace::{DecisionKind, Verdict};
use anstyle::{AnsiColor, Style};
use std::fmt::{Result, Write};

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
pub fn render(report: &Report<'_>, layout: Layout) -> String {
    let mut out = String::new();
    let _ = Text { report, layout, out: &mut out }.draw();
    out
}

struct Text<'a, 'o> {
    report: &'a Report<'a>,
    layout: Layout,
    out: &'o mut String,
}

impl<'a> Text<'a, '_> {
    fn draw(&mut self) -> Result {
        self.head()?;
        self.hints()?;
        self.decision()?;
        if let Some(why) = self.report.why {
            self.filter(why)?;
            self.candidates(why)?;
            self.suggestions(why)?;
        }
        self.writes()?;
        self.ran()?;
        self.notes()?;
        self.output()
    }

    fn head(&mut self) -> Result {
        let report = self.report;
        let colour = match report.verdict {
            Verdict::Allowed | Verdict::Completed => AnsiColor::Green,
            Verdict::Filtered => AnsiColor::Yellow,
            Verdict::Denied | Verdict::Error => AnsiColor::Red,
        };
        let style = colour.on_default().bold();
        write!(self.out, "{style}{}{style:#}  {}", report.verdict_word(), report.program.source.name)?;
        let env = &report.outcome.env;
        if !env.field_name.is_empty() {
            write!(self.out, "  {}.{}", env.parent_type, env.field_name)?;
        }
        if let Some(mode) = report.auth_type {
            let derived = if report.auth_type_derived { " (derived from the identity)" } else { "" };
            write!(self.out, "  {FAINT}{mode}{derived}{FAINT:#}")?;
        }
        writeln!(self.out)?;
        match &report.outcome.end {
            End::Thrown { error, .. } => writeln!(self.out, "{}", error.message),
            End::Failed(failure) => writeln!(self.out, "{failure}"),
            _ => Ok(()),
        }
    }

    fn hints(&mut self) -> Result {
        let Some(why) = self.report.why else { return Ok(()) };
        let shown = if self.layout.verbose { why.hints.len() } else { 4 };
        if !why.hints.is_empty() {
            writeln!(self.out)?;
        }
        for hint in why.hints.iter().take(shown) {
            let mark = if hint.code == "not-given" { "!" } else { "→" };
            let text = fold(&hint.message, self.layout.width, 2);
            writeln!(self.out, "{STRONG}{mark}{STRONG:#} {text}  {FAINT}[{}]{FAINT:#}", hint.code)?;
        }
        let left = why.hints.len().saturating_sub(shown);
        if left > 0 {
            writeln!(self.out, "  {FAINT}and {left} more: --verbose{FAINT:#}")?;
        }
        Ok(())
    }

    fn decision(&mut self) -> Result {
        let report = self.report;
        write!(self.out, "\n{}", decision(report))?;
        if let Some(node) = report.decision.node {
            write!(self.out, " {}", self.at(node))?;
        }
        writeln!(self.out)?;
        if report.decision.kind == DecisionKind::NotSet && report.verdict == Verdict::Denied {
            writeln!(self.out, "  the template itself refuses nothing: a later template reads the variable's effect")?;
        }
        let Some(why) = report.why else { return Ok(()) };
        let guards = if self.layout.verbose { why.guards.len() } else { 3 };
        for (row, guard) in why.guards.iter().take(guards).enumerate() {
            self.guard(why, guard, if row == 0 { "because" } else { "and" })?;
        }
        Ok(())
    }

    fn guard(&mut self, why: &Why, guard: &Guard, word: &str) -> Result {
        let place = self.place(guard.node);
        let value = if guard.value { "" } else { "not " };
        writeln!(self.out, "  {word:<7} {place:<6} {value}{}", self.one_line(guard.condition.node))?;
        self.operands(why, &guard.condition, 17)?;
        for cause in guard.causes.iter().take(8) {
            let values: Vec<_> = cause.change.values.iter().take(1).map(show).collect();
            let place = self.place(cause.change.node);
            write!(self.out, "{:17}{FAINT}{place} put in{FAINT:#} {}", "", values.join(", "))?;
            match cause.guards.first() {
                Some(inner) => {
                    let text = self.one_line(inner.condition.node);
                    writeln!(self.out, "  {FAINT}because {} {text}{FAINT:#}", self.place(inner.node))?;
                }
                None => writeln!(self.out)?,
            }
        }
        Ok(())
    }

    /// The values that a condition looked at, aligned, each with its origin.
    fn operands(&mut self, why: &Why, condition: &Condition, indent: usize) -> Result {
        let mut leaves = Vec::new();
        condition.leaves(&mut leaves);
        let operands: Vec<&Operand> =
            leaves.iter().flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal).collect();
        let source = &self.report.program.source;
        let mut rows: Vec<[String; 3]> = Vec::new();
        for operand in operands {
            let row = [source.slice(operand.span).to_owned(), show(&operand.value), self.origin(why, operand)];
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(40);
        let (first, second) = (widest(0), widest(1));
        for [expr, value, origin] in &rows {
            let wide = |text: &str, column: usize| text.chars().count().max(column);
            let value_ends = indent + wide(expr, first) + 2 + value.chars().count();
            let ends = indent + wide(expr, first) + 2 + wide(value, second) + 2 + origin.chars().count();
            let deep = indent + 2;
            if ends <= self.layout.width {
                writeln!(self.out, "{:indent$}{expr:<first$}  {value:<second$}  {FAINT}{origin}{FAINT:#}", "")?;
            } else if value_ends <= self.layout.width {
                writeln!(self.out, "{:indent$}{expr:<first$}  {value}", "")?;
                writeln!(self.out, "{:deep$}{FAINT}{origin}{FAINT:#}", "")?;
            } else {
                writeln!(self.out, "{:indent$}{expr}", "")?;
                writeln!(self.out, "{:deep$}{value}", "")?;
                writeln!(self.out, "{:deep$}{FAINT}{origin}{FAINT:#}", "")?;
            }
        }
        Ok(())
    }

    fn origin(&self, why: &Why, operand: &Operand) -> String {
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
        let filter = stash_filter(self.report.outcome);
        if filter.is_null() || self.report.verdict != Verdict::Filtered {
            return Ok(());
        }
        writeln!(self.out, "\n{STRONG}Only rows that match{STRONG:#}")?;
        let alternatives = filter.as_map().and_then(|map| map.get_str("or")).and_then(|or| or.members());
        for alternative in alternatives.unwrap_or_else(|| vec![filter.clone()]) {
            let part = why
                .filter_parts
                .iter()
                .find(|part| part.values.iter().any(|value| value.to_json().ok() == alternative.to_json().ok()));
            let origin = part.and_then(|part| part.origins.iter().flat_map(|each| each.iter()).next());
            let origin = origin.map_or(String::new(), |origin| place_of(self.report, origin));
            let place = part.map_or(String::new(), |part| self.place(part.node));
            writeln!(self.out, "  • {}  {FAINT}{place}  {origin}{FAINT:#}", show(&alternative))?;
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
                writeln!(
                    self.out,
                    "      {} is {actual}, {} {} is wanted",
                    test.field,
                    test.operator,
                    show(&test.wanted)
                )?;
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
        writeln!(self.out, "\n{STRONG}{title}{STRONG:#}")?;
        let shown = if self.layout.verbose { usize::MAX } else { 5 };
        for (row, candidate) in why.candidates.iter().take(shown).enumerate() {
            let before = row.checked_sub(1).and_then(|row| why.candidates.get(row));
            if !self.layout.verbose && before.is_some_and(|before| same_blocker(before, candidate)) {
                writeln!(self.out, "      {FAINT}and so{FAINT:#} {}", self.at(candidate.node))?;
            } else {
                self.candidate(why, candidate)?;
            }
        }
        let left = why.candidates.len().saturating_sub(shown);
        if left > 0 {
            writeln!(self.out, "  {FAINT}and {left} more: --verbose{FAINT:#}")?;
        }
        Ok(())
    }

    fn candidate(&mut self, why: &Why, candidate: &Candidate) -> Result {
        let held = format!("{} of {} conditions held", candidate.passed, candidate.of);
        let at = self.at(candidate.node);
        writeln!(self.out, "  {BAD}✗{BAD:#} {at:<48}  {FAINT}{held}{FAINT:#}")?;
        let Some(blocker) = &candidate.blocker else {
            return writeln!(self.out, "      {FAINT}never reached: the template was left before{FAINT:#}");
        };
        self.blocker(why, blocker)?;
        if self.layout.verbose {
            for blocker in &candidate.items {
                self.blocker(why, blocker)?;
            }
        } else if !candidate.items.is_empty() {
            writeln!(
                self.out,
                "      {FAINT}and so for {} other loop item{}{FAINT:#}",
                candidate.items.len(),
                if candidate.items.len() == 1 { "" } else { "s" }
            )?;
        }
        Ok(())
    }

    fn blocker(&mut self, why: &Why, blocker: &Blocker) -> Result {
        let place = self.place(blocker.node);
        let text = self.one_line(blocker.condition.node);
        match (blocker.empty_loop, blocker.wanted) {
            (true, _) => writeln!(self.out, "      {BAD}✗{BAD:#} {place}  the loop over {text} had no item")?,
            (false, true) => writeln!(self.out, "      {BAD}✗{BAD:#} {place}  {text}")?,
            (false, false) => {
                writeln!(self.out, "      {BAD}✗{BAD:#} {place}  {text} {FAINT}(should not hold){FAINT:#}")?
            }
        }
        self.operands(why, &blocker.condition, 12)
    }

    fn suggestions(&mut self, why: &Why) -> Result {
        if !why.suggestions.is_empty() {
            writeln!(self.out, "\n{STRONG}Would be allowed (checked by evaluating again){STRONG:#}")?;
        }
        for suggestion in &why.suggestions {
            let filtered = if suggestion.verdict == Verdict::Filtered { "  (with a filter on the rows)" } else { "" };
            writeln!(self.out, "  {GOOD}•{GOOD:#} {}{FAINT}{filtered}{FAINT:#}", changes(&suggestion.changes))?;
        }
        if !why.rests_on.is_empty() {
            writeln!(self.out, "\n{STRONG}Allowed because of (without it: refused){STRONG:#}")?;
        }
        for fact in &why.rests_on {
            let change = &fact.changes[0];
            writeln!(self.out, "  • {} = {}", change.path, show(&change.value))?;
        }
        Ok(())
    }

    fn writes(&mut self) -> Result {
        let report = self.report;
        if report.outcome.writes.is_empty() || !self.layout.verbose && report.outcome.writes.len() < 2 {
            return Ok(());
        }
        writeln!(self.out, "\n{STRONG}Every write to ${}{STRONG:#}", report.watched)?;
        for write in &report.outcome.writes {
            let turn = match write.iteration.as_slice() {
                [] => String::new(),
                turns => {
                    let turns: Vec<_> = turns.iter().map(u32::to_string).collect();
                    format!("  {FAINT}(loop item {}){FAINT:#}", turns.join(", "))
                }
            };
            let (place, text) = (self.place(write.node), self.one_line(write.node));
            writeln!(self.out, "  {place:<7} {:<5} {FAINT}{text}{FAINT:#}{turn}", show(&write.new))?;
        }
        Ok(())
    }

    fn ran(&mut self) -> Result {
        let Some(coverage) = self.report.coverage.filter(|_| self.layout.verbose) else { return Ok(()) };
        writeln!(self.out, "\n{STRONG}What ran{STRONG:#}")?;
        let lines: Vec<_> = ran(self.report.program, coverage).iter().map(u32::to_string).collect();
        writeln!(
            self.out,
            "  {}",
            fold(&format!("statements and conditions of lines {}", lines.join(", ")), self.layout.width, 2)
        )?;
        for (node, taken, not_taken) in branches(coverage) {
            let (place, text) = (self.place(node), self.one_line(node));
            writeln!(self.out, "  {place:<7} taken {taken}, not taken {not_taken}  {FAINT}{text}{FAINT:#}")?;
        }
        Ok(())
    }

    fn notes(&mut self) -> Result {
        let told = |code: &str| self.report.why.is_some_and(|why| why.hints.iter().any(|hint| hint.code == code));
        let notes: Vec<_> = self.report.notes().filter(|note| !told(note.code)).collect();
        if !notes.is_empty() {
            writeln!(self.out, "\n{STRONG}Notes{STRONG:#}")?;
        }
        for note in notes {
            let place = note.node.map_or(String::new(), |node| format!("{}  ", self.place(node)));
            let text = fold(&format!("{place}{}", note.message), self.layout.width, 2);
            writeln!(self.out, "  {text} {FAINT}[{}]{FAINT:#}", note.code)?;
        }
        let env = &self.report.outcome.env;
        for error in &env.out_errors {
            writeln!(self.out, "appended error: {}", error.message)?;
        }
        for line in &env.logs {
            writeln!(self.out, "log: {line}")?;
        }
        for call in &env.extensions {
            let args: Vec<_> = call.args.iter().map(show).collect();
            writeln!(self.out, "$extensions.{}({})", call.name, args.join(", "))?;
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
        writeln!(self.out, "\n{STRONG}{title}{STRONG:#}")?;
        text.lines().try_for_each(|line| writeln!(self.out, "  {line}"))
    }

    fn place(&self, node: NodeId) -> String {
        let (place, _) = self.report.place(node);
        format!("{}:{}", place.line, place.column)
    }

    fn one_line(&self, node: NodeId) -> &'a str {
        self.report.place(node).1
    }

    fn at(&self, node: NodeId) -> String {
        format!("{}  {}", self.place(node), self.one_line(node))
    }
}

/// Whether the same condition, judged at the same moment, stopped both.
fn same_blocker(left: &Candidate, right: &Candidate) -> bool {
    match (&left.blocker, &right.blocker) {
        (Some(left), Some(right)) => left.condition.node == right.condition.node && left.turns == right.turns,
        _ => false,
    }
}
