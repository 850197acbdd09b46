//! The report as one self-contained page: no network, light and dark, usable by keyboard.

use super::Report;
use super::words::{changes, place_of, show};
use crate::eval::End;
use crate::source::Span;
use crate::syntax::NodeId;
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand};
use crate::trace::why::stash_filter;
use rustc_hash::FxHashMap;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// Escapes text for HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page around a body.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n",
        escape(title)
    )
}

/// The page of one template's report.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let _ = Page { report, out: &mut out }.draw();
    page(&format!("{} {}", report.verdict_word(), report.program.source.name), &out)
}

struct Page<'a, 'o> {
    report: &'a Report<'a>,
    out: &'o mut String,
}

impl Page<'_, '_> {
    fn draw(&mut self) -> std::fmt::Result {
        self.head()?;
        self.hints()?;
        self.decision()?;
        self.candidates()?;
        self.suggestions()?;
        self.filter()?;
        self.notes()?;
        self.template()?;
        self.claims()
    }

    fn head(&mut self) -> std::fmt::Result {
        let report = self.report;
        let word = report.verdict_word();
        write!(
            self.out,
            "<header class=\"{}\"><h1>{word}</h1><p>{}",
            word.to_lowercase(),
            escape(&report.program.source.name)
        )?;
        let env = &report.outcome.env;
        if !env.field_name.is_empty() {
            write!(self.out, " · {}.{}", escape(&env.parent_type), escape(&env.field_name))?;
        }
        if let Some(mode) = report.auth_type {
            let derived = if report.auth_type_derived { " (derived from the identity)" } else { "" };
            write!(self.out, " · {mode}{derived}")?;
        }
        write!(self.out, "</p>")?;
        match &report.outcome.end {
            End::Thrown { error, .. } => write!(self.out, "<p><b>{}</b></p>", escape(&error.message.to_string()))?,
            End::Failed(failure) => write!(self.out, "<p><b>{}</b></p>", escape(&failure.message))?,
            _ => {}
        }
        write!(self.out, "</header>")
    }

    fn hints(&mut self) -> std::fmt::Result {
        let Some(why) = self.report.why.filter(|why| !why.hints.is_empty()) else { return Ok(()) };
        write!(self.out, "<section><h2>What to look at</h2><ul class=\"hints\">")?;
        for hint in &why.hints {
            write!(self.out, "<li>{} <code>{}</code></li>", escape(&hint.message), hint.code)?;
        }
        write!(self.out, "</ul></section>")
    }

    fn place(&self, node: NodeId) -> String {
        let (place, text) = self.report.place(node);
        format!("<a href=\"#L{}\">{}:{}</a> <code>{}</code>", place.line, place.line, place.column, escape(text))
    }

    fn operands(&mut self, condition: &Condition) -> std::fmt::Result {
        let mut leaves = Vec::new();
        condition.leaves(&mut leaves);
        let operands: Vec<&Operand> =
            leaves.iter().flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal).collect();
        if operands.is_empty() {
            return Ok(());
        }
        write!(self.out, "<table><tbody>")?;
        for operand in operands {
            let source = &self.report.program.source;
            let origins: Vec<_> = operand.origins.iter().map(|origin| self.origin(origin)).collect();
            write!(
                self.out,
                "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                escape(source.slice(operand.span)),
                escape(&show(&operand.value)),
                operand.value.type_name(),
                origins.join(", ")
            )?;
        }
        write!(self.out, "</tbody></table>")
    }

    /// An origin, linked to the claim or the line that it is.
    fn origin(&self, origin: &crate::trace::origin::Origin) -> String {
        use crate::trace::origin::Origin;
        let words = escape(&place_of(self.report, origin));
        match origin {
            Origin::Literal(node) => format!("<a href=\"#L{}\">{words}</a>", self.report.place(*node).0.line),
            Origin::Context { path, .. } => match crate::trace::hint::claim_name(path) {
                Some(claim) => format!("<a href=\"#claim-{}\">{words}</a>", escape(&claim)),
                None => words,
            },
            Origin::AuthType(_) => words,
        }
    }

    fn decision(&mut self) -> std::fmt::Result {
        let report = self.report;
        let kind = serde_json::to_value(report.decision.kind).unwrap_or_default();
        write!(self.out, "<section><h2>What decided</h2><p>{} ", escape(kind.as_str().unwrap_or_default()))?;
        if let Some(node) = report.decision.node {
            let place = self.place(node);
            write!(self.out, "{place}")?;
        }
        write!(self.out, "</p>")?;
        for guard in report.why.iter().flat_map(|why| &why.guards) {
            let place = self.place(guard.condition.node);
            let holds = if guard.value { "because" } else { "and not" };
            write!(self.out, "<p>{holds} {place}</p>")?;
            self.operands(&guard.condition)?;
        }
        write!(self.out, "</section>")
    }

    fn candidates(&mut self) -> std::fmt::Result {
        let Some(why) = self.report.why.filter(|why| !why.candidates.is_empty()) else { return Ok(()) };
        write!(self.out, "<section><h2>What could have authorized this request, nearest first</h2>")?;
        for (at, candidate) in why.candidates.iter().enumerate() {
            let open = if at == 0 { " open" } else { "" };
            let place = self.place(candidate.node);
            write!(
                self.out,
                "<details{open}><summary>{place} — {} of {} conditions held</summary>",
                candidate.passed, candidate.of
            )?;
            match &candidate.blocker {
                None => write!(self.out, "<p>never reached: the template was left before</p>")?,
                Some(blocker) => {
                    let place = self.place(blocker.condition.node);
                    let words = match (blocker.empty_loop, blocker.wanted) {
                        (true, _) => "the loop had no item",
                        (false, true) => "did not hold",
                        (false, false) => "held, and should not",
                    };
                    write!(self.out, "<p class=\"bad\">✗ {place} {words}</p>")?;
                    self.operands(&blocker.condition)?;
                }
            }
            write!(self.out, "</details>")?;
        }
        write!(self.out, "</section>")
    }

    fn suggestions(&mut self) -> std::fmt::Result {
        let Some(why) = self.report.why else { return Ok(()) };
        if !why.suggestions.is_empty() {
            write!(self.out, "<section><h2>Would be allowed (checked by evaluating again)</h2><ul>")?;
            for suggestion in &why.suggestions {
                let filtered =
                    if suggestion.verdict == Verdict::Filtered { " (with a filter on the rows)" } else { "" };
                write!(self.out, "<li>{}{filtered}</li>", escape(&changes(&suggestion.changes)))?;
            }
            write!(self.out, "</ul></section>")?;
        }
        if !why.rests_on.is_empty() {
            write!(self.out, "<section><h2>Allowed because of (without it: refused)</h2><ul>")?;
            for fact in &why.rests_on {
                let change = &fact.changes[0];
                write!(self.out, "<li>{} = <code>{}</code></li>", escape(&change.path), escape(&show(&change.value)))?;
            }
            write!(self.out, "</ul></section>")?;
        }
        Ok(())
    }

    fn filter(&mut self) -> std::fmt::Result {
        let filter = stash_filter(self.report.outcome);
        let Some(why) = self.report.why.filter(|_| !filter.is_null()) else { return Ok(()) };
        write!(self.out, "<section><h2>Only rows that match</h2><pre>{}</pre>", escape(&show(&filter)))?;
        for row in &why.rows {
            let word = match row.matches {
                Some(true) => "matches",
                Some(false) => "is left out",
                None => "was not judged",
            };
            write!(self.out, "<p>row {} {word}</p><ul>", row.row)?;
            for test in row.tests.iter().filter(|test| test.holds != Some(true)) {
                let actual = if test.present { show(&test.actual) } else { "absent".to_owned() };
                write!(
                    self.out,
                    "<li>{} is <code>{}</code>, {} <code>{}</code> is wanted</li>",
                    escape(&test.field),
                    escape(&actual),
                    escape(&test.operator),
                    escape(&show(&test.wanted))
                )?;
            }
            write!(self.out, "</ul>")?;
        }
        write!(self.out, "</section>")
    }

    fn notes(&mut self) -> std::fmt::Result {
        let report = self.report;
        let env = &report.outcome.env;
        let notes: Vec<_> = report.notes().collect();
        if notes.is_empty() && env.out_errors.is_empty() && env.logs.is_empty() && env.extensions.is_empty() {
            return Ok(());
        }
        write!(self.out, "<section><h2>Notes</h2><ul>")?;
        for note in notes {
            write!(self.out, "<li>{} <code>{}</code></li>", escape(&note.message), note.code)?;
        }
        for error in &env.out_errors {
            write!(self.out, "<li>appended error: {}</li>", escape(&error.message.to_string()))?;
        }
        for line in &env.logs {
            write!(self.out, "<li>log: {}</li>", escape(line))?;
        }
        for call in &env.extensions {
            let args: Vec<_> = call.args.iter().map(show).collect();
            write!(self.out, "<li>$extensions.{}({})</li>", call.name, escape(&args.join(", ")))?;
        }
        write!(self.out, "</ul></section>")
    }

    /// The template: conditions that held and failed, the deciding line, what was never reached.
    fn template(&mut self) -> std::fmt::Result {
        let source = &self.report.program.source;
        let mut marks: FxHashMap<u32, (&str, String)> = FxHashMap::default();
        let mut mark = |node: NodeId, class: &'static str, note: String| {
            let line = source.place(self.report.program.span(node).start).line;
            marks.entry(line).or_insert((class, note));
        };
        if let Some(node) = self.report.decision.node {
            mark(node, "decided", "decided here".to_owned());
        }
        if let Some(why) = self.report.why {
            for guard in &why.guards {
                mark(guard.node, if guard.value { "held" } else { "failed" }, values(self.report, &guard.condition));
            }
            for candidate in &why.candidates {
                if let Some(blocker) = &candidate.blocker {
                    mark(blocker.node, "failed", values(self.report, &blocker.condition));
                }
                mark(candidate.node, "candidate", "would have authorized".to_owned());
            }
        }
        for write in &self.report.outcome.writes {
            mark(write.node, "wrote", format!("${} = {}", self.report.watched, show(&write.new)));
        }
        write!(self.out, "<section><h2>Template</h2><ol class=\"source\">")?;
        for (at, line) in source.text.lines().enumerate() {
            let number = at as u32 + 1;
            let (class, note) = marks.get(&number).map_or(("", ""), |(class, note)| (*class, note.as_str()));
            let aside =
                if note.is_empty() { String::new() } else { format!("<span class=\"aside\">{}</span>", escape(note)) };
            write!(self.out, "<li id=\"L{number}\" class=\"{class}\"><code>{}</code>{aside}</li>", escape(line))?;
        }
        write!(self.out, "</ol></section>")
    }

    fn claims(&mut self) -> std::fmt::Result {
        let identity = self.report.outcome.context.get_str("identity").unwrap_or_default();
        let Some(claims) = identity.as_map().and_then(|identity| identity.get_str("claims")) else { return Ok(()) };
        let Some(claims) = claims.as_map().cloned() else { return Ok(()) };
        let text = self.report.why.map(|why| serde_json::to_string(&why.hints).unwrap_or_default()).unwrap_or_default();
        write!(self.out, "<section><h2>Claims</h2><table><tbody>")?;
        for (key, value) in claims.snapshot() {
            let name = key.to_string();
            let class = if text.contains(&name) { "mattered" } else { "" };
            write!(
                self.out,
                "<tr id=\"claim-{0}\" class=\"{class}\"><th scope=\"row\">{0}</th><td><code>{1}</code></td><td>{2}</td></tr>",
                escape(&name),
                escape(&show(&value)),
                value.type_name()
            )?;
        }
        write!(self.out, "</tbody></table></section>")
    }
}

/// The values of a condition in one line.
fn values(report: &Report<'_>, condition: &Condition) -> String {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    let operands = leaves.iter().flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal);
    let text = |span: Span| report.program.source.slice(span).to_owned();
    operands.map(|operand| format!("{} = {}", text(operand.span), show(&operand.value))).collect::<Vec<_>>().join(" · ")
}
