//! A template's report as a page: the reason first, then the template with its values, and the facts beside it.

use super::compare;
use super::json::JsonReport;
use super::line_marks::{self, LineMarks};
use super::page::{anchor, banner, code, escape, facts, findings, folded, next, page, prose, section, table};
use super::summary::FirstLines;
use super::excerpt::ExcerptBudget;
use super::words::verdict_word;
use super::words::{changes, decision, fact, full, place_of};
use crate::explain::Explanation;
use crate::explain::filter::RowMatch;
use crate::explain::hint::claim_name;
use crate::explain::Suggestion;
use crate::explain::why::{Guard, Why, stash_filter};
use crate::syntax::NodeId;
use crate::trace::Verdict;
use crate::trace::candidate::Blocker;
use crate::trace::condition::{Condition, Operand};
use crate::trace::origin::{Origin, Origins};
use crate::trace::recorder::Change;
use crate::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The page of one template's report.
pub fn render(report: &Explanation) -> String {
    whole(report, &part(report, 1, ""))
}

/// A page with the verdict as its title.
pub fn whole(report: &Explanation, body: &str) -> String {
    page(&format!("{} {}", verdict_word(report.verdict), report.program.source.name), body)
}

/// The same as a part of a page: its heading has this level, its ids this prefix.
pub fn part(report: &Explanation, level: u8, prefix: &str) -> String {
    let facts = serde_json::to_value(JsonReport::new(report)).unwrap_or_default();
    let paths = paths(report);
    PagePart { report, facts, paths, level: level + 1, prefix }.draw(level)
}

struct PagePart<'a> {
    report: &'a Explanation,
    facts: Json,
    paths: Paths,
    /// The level of the headings inside.
    level: u8,
    prefix: &'a str,
}

impl PagePart<'_> {
    fn draw(&self, level: u8) -> String {
        let mut out = self.head(level);
        out += &super::behind::html(self.report, self.level);
        if let Some(why) = self.report.why.as_ref() {
            // The first one stands in the banner.
            if let Some(rest) = why.hints.get(1..).filter(|rest| !rest.is_empty()) {
                out += &section(self.level, "What else to look at", &findings(rest, &|path| self.path(path)));
            }
            if let Some(compared) = &self.report.compared {
                out += &compare::html(compared, self.level);
            }
            out += &self.decision(why);
            out += &self.candidates(why);
            out += &self.suggestions(why);
            out += &self.filter(why);
        } else {
            out += &self.decision(&Why::default());
        }
        out += &format!("<div class=\"beside\">{}{}</div>", self.template(), self.claims());
        out += &self.notes();
        out += &self.rest();
        if let Some(words) = self.report.next() {
            out += &next(&words);
        }
        out
    }

    fn head(&self, level: u8) -> String {
        let report = self.report;
        let mut where_it_is = vec![escape(&report.program.source.name)];
        let env = &report.outcome.env;
        if !env.field_name.is_empty() {
            where_it_is.push(escape(&format!("{}.{}", env.parent_type, env.field_name)));
        }
        if let Some(mode) = report.auth_type {
            let derived = if report.auth_type_derived { " (derived from the identity)" } else { "" };
            where_it_is.push(format!("{mode}{derived}"));
        }
        let said = report.answer().filter(|said| !said.is_empty());
        let said = said.map_or(String::new(), |said| format!("<p class=\"said\">The client gets: {}</p>", escape(&said)));
        let first = report.why.as_ref().and_then(|why| why.hints.first());
        let facts = first.map_or(String::new(), |first| facts(first, &|path| self.path(path)));
        let summary = FirstLines::of(report);
        banner(level, verdict_word(report.verdict), &where_it_is.join(" · "), summary.as_ref(), &facts) + &said
    }

    fn line(&self, line: u32, words: &str) -> String {
        format!("<a href=\"#{}L{line}\">{words}</a>", self.prefix)
    }

    fn place(&self, node: NodeId) -> String {
        let place = self.report.place(node);
        let words = format!("{}:{}", place.line, place.column);
        format!("{} {}", self.line(place.line, &words), code(self.report.program.text(node)))
    }

    /// A place in the context, linked to the fact that stands there.
    fn path(&self, path: &str) -> String {
        let id = match claim_name(path) {
            Some(claim) => format!("claim-{}", anchor(&claim)),
            None if self.paths.contains_key(path) => format!("fact-{}", anchor(path)),
            None => return code(path),
        };
        format!("<a href=\"#{}{id}\">{}</a>", self.prefix, escape(path))
    }

    /// An origin, linked to the claim, the fact or the line that it is.
    fn origin(&self, origin: &Origin) -> String {
        match origin {
            Origin::Literal(node) => {
                let place = self.report.place(*node);
                let (line, column, text) = (place.line, place.column, escape(self.report.program.text(*node)));
                format!("<a href=\"#{}L{line}\" title=\"{text}\">line {line}:{column}</a>", self.prefix)
            }
            origin => {
                let path: &str = origin.path().map_or("", |path| path);
                let kind = if claim_name(path).is_some() { "claim" } else { "fact" };
                let name = claim_name(path).unwrap_or_else(|| path.to_owned());
                let words = escape(&place_of(self.report, origin));
                format!("<a href=\"#{}{kind}-{}\" title=\"{}\">{words}</a>", self.prefix, anchor(&name), escape(path))
            }
        }
    }

    fn origins<'o>(&self, all: impl IntoIterator<Item = &'o Origins>) -> String {
        let words: Vec<_> = all.into_iter().flat_map(Origins::iter).map(|origin| self.origin(origin)).collect();
        words.join(", ")
    }

    /// The values that a condition looked at, and its parts where it has some.
    fn operands(&self, condition: &Condition) -> String {
        let mut leaves = Vec::new();
        condition.leaves(&mut leaves);
        let mut rows = Vec::new();
        for leaf in &leaves {
            if leaves.len() > 1 {
                let word = match leaf.holds {
                    Some(true) => "holds",
                    Some(false) => "does not hold",
                    None => "was not needed",
                };
                let cells =
                    vec![code(self.report.program.text(leaf.node)), word.to_owned(), String::new(), String::new()];
                rows.push((String::new(), cells));
            }
            for operand in &leaf.operands {
                let since = self
                    .report
                    .why
                    .as_ref()
                    .and_then(|why| why.since.iter().find(|(slot, _)| Some(*slot) == operand.slot));
                let mut from = self.origins([&operand.origins]);
                if let Some((_, node)) = since {
                    from += &format!(" <span class=\"faint\">set at {}</span>", self.place(*node));
                }
                let text = code(self.report.program.source.slice(operand.span));
                rows.push((
                    String::new(),
                    if operand.is_evaluated() {
                        vec![text, code(&full(&operand.value)), operand.value.type_name().to_owned(), from]
                    } else {
                        vec![text, "not evaluated".to_owned(), String::new(), from]
                    },
                ));
            }
        }
        if rows.is_empty() {
            return String::new();
        }
        let label = format!("Values of {}", self.report.program.text(condition.node));
        table(&label, &["expression", "value", "type", "from"], &rows)
    }

    fn decision(&self, why: &Why) -> String {
        let kind = self.facts.pointer("/decision/kind").and_then(Json::as_str).unwrap_or_default();
        let place = self.report.decision.node.map_or(String::new(), |node| self.place(node));
        let mut out = format!("<p>{} {place} <code class=\"tag\">{}</code></p>", decision(self.report), escape(kind));
        for guard in &why.guards {
            out += &self.guard(guard);
            for cause in &guard.causes {
                out += &format!("<details><summary>{}</summary>", self.change(&cause.change));
                out += &cause.guards.iter().map(|inner| self.guard(inner)).collect::<String>();
                out += "</details>";
            }
        }
        section(self.level, "What decided", &out)
    }

    fn guard(&self, guard: &Guard) -> String {
        let held = if guard.value { "because this held:" } else { "because this did not hold:" };
        let condition = code(self.report.program.text(guard.condition.node));
        let place = self.report.place(guard.node);
        let line = self.line(place.line, &format!("{}:{}", place.line, place.column));
        format!("<p>{held} {line} {condition}</p>{}", self.operands(&guard.condition))
    }

    fn change(&self, change: &Change) -> String {
        let values: Vec<_> = change.values.iter().map(|value| code(&full(value))).collect();
        let from = self.origins(&change.origins);
        let done = if change.container.is_some() { "put in" } else { "set to" };
        format!("{} {done} {} <span class=\"faint\">{from}</span>", self.place(change.node), values.join(", "))
    }

    fn candidates(&self, why: &Why) -> String {
        if why.candidates.is_empty() {
            return String::new();
        }
        let mut out = String::new();
        let rows = self.facts.get("candidates").and_then(Json::as_array);
        for (at, candidate) in why.candidates.iter().enumerate() {
            let open = if at == 0 { " open" } else { "" };
            let grant = rows.and_then(|rows| rows.get(at)?.get("grant")?.as_str()).unwrap_or_default();
            out += &format!(
                "<details{open}><summary>{} — {} of {} conditions held <span class=\"tag\">{grant}</span></summary>",
                code(self.report.program.text(candidate.node)),
                candidate.passed,
                candidate.of
            );
            out += &format!("<p>{}</p>", self.place(candidate.node));
            if candidate.blocker.is_none() || !candidate.reached {
                out += "<p>never reached: the template was left before</p>";
            }
            out += &candidate.blocker.iter().map(|blocker| self.blocker(blocker)).collect::<String>();
            if !candidate.items.is_empty() {
                out += &format!("<details><summary>other loop items: {}</summary>", candidate.items.len());
                out += &candidate.items.iter().map(|blocker| self.blocker(blocker)).collect::<String>();
                out += "</details>";
            }
            out += "</details>\n";
        }
        let title = match self.report.verdict {
            Verdict::Filtered => "What could have allowed more, nearest first",
            _ => "What could have authorized this request, nearest first",
        };
        section(self.level, title, &out)
    }

    fn blocker(&self, blocker: &Blocker) -> String {
        let words = match (blocker.empty_loop, blocker.wanted) {
            (true, _) if super::text::is_open(&blocker.condition) => "the loop's list was not given",
            (true, _) => "the loop had no item",
            (false, true) => "did not hold",
            (false, false) => "held, and should not",
        };
        let turns: Vec<_> = blocker.turns.iter().map(|turn| (turn + 1).to_string()).collect();
        let turns = if turns.is_empty() { String::new() } else { format!(" (loop item {})", turns.join(", ")) };
        let place = self.report.place(blocker.node);
        let line = self.line(place.line, &format!("{}:{}", place.line, place.column));
        let condition = code(self.report.program.text(blocker.condition.node));
        format!(
            "<p>{line} {condition} <span class=\"bad\">✗ {words}</span>{turns}</p>{}",
            self.operands(&blocker.condition)
        )
    }

    fn suggestions(&self, why: &Why) -> String {
        let mut out = String::new();
        let mut list = |title: &str, all: &[Suggestion], words: &dyn Fn(&Suggestion) -> String| {
            if all.is_empty() {
                return;
            }
            let mut items = String::from("<ul>");
            for each in all {
                let filtered = if each.verdict == Verdict::Filtered { " (with a filter on the rows)" } else { "" };
                let links: Vec<_> = each.changes.iter().map(|change| self.path(&change.path)).collect();
                let long = each.changes.iter().map(|change| full(&change.value)).filter(|value| value.len() > 100);
                let values: String = long.map(|value| code(&value)).collect();
                let links = links.join(", ");
                items += &format!(
                    "<li>{}{filtered} {values}<span class=\"facts\">{links}</span></li>",
                    escape(&words(each))
                );
            }
            out += &section(self.level, title, &(items + "</ul>"));
        };
        list("Would be allowed (checked by evaluating again)", &why.suggestions, &|each| changes(&each.changes));
        list("Rests on each of these facts (checked by evaluating again without it)", &why.rests_on, &fact);
        out
    }

    fn filter(&self, why: &Why) -> String {
        let filter = stash_filter(&self.report.outcome);
        if filter.is_null() {
            return String::new();
        }
        let mut out = format!("<pre>{}</pre>", escape(&full(&filter)));
        out += &why.filter_parts.iter().map(|part| format!("<p>{}</p>", self.change(part))).collect::<String>();
        out += &why.rows.iter().map(row).collect::<String>();
        section(self.level, "Only rows that match", &out)
    }

    fn notes(&self) -> String {
        let rows: Vec<_> = self.report.all_notes().collect();
        if rows.is_empty() {
            return String::new();
        }
        let note = |note: &crate::eval::Note| {
            let place = note.node.map_or(String::new(), |node| self.place(node));
            format!("<li>{} {place} <code class=\"tag\">{}</code></li>", prose(&note.message.to_string()), note.code)
        };
        section(self.level, "Notes", &format!("<ul>{}</ul>", rows.into_iter().map(note).collect::<String>()))
    }

    /// What the template left behind.
    fn rest(&self) -> String {
        let fact = |name: &str| self.facts.get(name).unwrap_or(&Json::Null);
        let mut out = String::new();
        for (title, name) in [
            ("Output", "output"),
            ("Returned", "returned"),
            ("The error that the client gets", "error"),
            ("Appended errors", "outErrors"),
            ("Log", "logs"),
            ("$extensions", "extensions"),
            ("Stash", "stash"),
            ("Variables at the end", "vars"),
        ] {
            out += &folded(title, fact(name));
        }
        let (mut writes, mut budget) = (String::new(), ExcerptBudget::default());
        let mut excerpt = |value| serde_json::to_string(&budget.take(value)).unwrap_or_default();
        for write in &self.report.outcome.writes {
            let turns: Vec<_> = write.iteration.iter().map(u32::to_string).collect();
            let turns = if turns.is_empty() { String::new() } else { format!(" (loop item {})", turns.join(", ")) };
            let old = write.old.as_ref().map_or("unset".to_owned(), |old| code(&excerpt(old)));
            writes += &format!("<li>{} {old} → {}{turns}</li>", self.place(write.node), code(&excerpt(&write.new)));
        }
        if !writes.is_empty() {
            let title = escape(&self.report.watched);
            out += &format!("<details><summary>Every write to ${title}</summary><ol>{writes}</ol></details>");
        }
        if out.is_empty() { out } else { section(self.level, "What the template left", &out) }
    }

    /// The template: what ran, branches taken and not, the deciding line, the values of its conditions.
    fn template(&self) -> String {
        let report = self.report;
        let source = &report.program.source;
        let mut marks = LineMarks::default();
        let line_of = |node: NodeId| source.place(report.program.span(node).start).line;
        if let Some(node) = report.decision.node {
            marks.add(line_of(node), "decided", "decided here".to_owned());
        }
        if let Some(why) = report.why.as_ref() {
            for guard in &why.guards {
                let class = if guard.value { "held" } else { "failed" };
                marks.add(line_of(guard.node), class, self.values(&guard.condition));
            }
            for candidate in &why.candidates {
                if let Some(blocker) = &candidate.blocker {
                    marks.add(line_of(blocker.node), "failed", self.values(&blocker.condition));
                }
                marks.add(line_of(candidate.node), "candidate", "would have authorized".to_owned());
            }
        }
        for write in &report.outcome.writes {
            marks.add(line_of(write.node), "wrote", format!("${} = {}", report.watched, full(&write.new)));
        }
        if let Some(coverage) = report.coverage.as_ref() {
            for (node, count) in &coverage.statements {
                marks.ran(line_of(*node), *count > 0);
            }
            for (node, yes, no) in super::coverage::branches(coverage) {
                marks.ran(line_of(node), yes + no > 0);
                marks.add(line_of(node), "", line_marks::branch(yes, no));
            }
        }
        let mut rows = format!("<ol class=\"source {}\">", verdict_word(report.verdict).to_lowercase());
        for (at, line) in source.text.lines().enumerate() {
            rows += &marks.row(at as u32 + 1, line, self.prefix);
        }
        section(self.level, "Template", &(rows + "</ol>"))
    }

    /// The values of a condition in one line.
    fn values(&self, condition: &Condition) -> String {
        let operands = looked_at(condition).into_iter().filter(|operand| !operand.literal);
        let text = |operand: &Operand| {
            format!("{} = {}", self.report.program.source.slice(operand.span), full(&operand.value))
        };
        operands.map(text).collect::<Vec<_>>().join(" · ")
    }

    /// The claims, those that mattered marked, and the other facts that the explanation rests on.
    fn claims(&self) -> String {
        let mut read: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for (path, (_, lines)) in &self.paths {
            if let Some(claim) = claim_name(path) {
                read.entry(claim).or_default().extend(lines);
            }
        }
        let hinted: FxHashSet<String> = self
            .report
            .why
            .iter()
            .flat_map(|why| &why.hints)
            .filter_map(|hint| claim_name(hint.path.as_deref()?))
            .collect();
        for claim in hinted {
            read.entry(claim).or_default();
        }
        let identity = self.report.outcome.context.get_str("identity").unwrap_or_default();
        let claims = identity.as_map().and_then(|identity| identity.get_str("claims"));
        let claims = claims.as_ref().and_then(Value::as_map).map(|claims| claims.snapshot()).unwrap_or_default();
        let mut rows = Vec::new();
        for (key, value) in claims {
            let name = key.to_string();
            let lines = read.remove(&name);
            rows.push(self.fact("claim", &name, Some(full(&value)), value.type_name(), lines));
        }
        let mut absent: Vec<_> = read.into_iter().collect();
        absent.sort_unstable();
        for (name, lines) in absent {
            rows.push(self.fact("claim", &name, None, "", Some(lines)));
        }
        let mut out = String::new();
        let columns = ["name", "value", "type", "read at"];
        if !rows.is_empty() {
            out += "<p class=\"faint\">● marks what the explanation rests on.</p>";
            out += &table("Claims", &columns, &rows);
        }
        let others = self.paths.iter().filter(|(path, _)| claim_name(path).is_none());
        let rows: Vec<_> = others
            .map(|(path, (value, lines))| self.fact("fact", path, value.clone(), "", Some(lines.clone())))
            .collect();
        let claims = if out.is_empty() { out } else { section(self.level, "Claims", &out) };
        let others = if rows.is_empty() {
            String::new()
        } else {
            section(self.level, "Other facts", &table("Other facts", &columns, &rows))
        };
        format!("<div class=\"facts-of\">{claims}{others}</div>")
    }

    fn fact(
        &self,
        kind: &str,
        name: &str,
        value: Option<String>,
        of: &str,
        lines: Option<Vec<u32>>,
    ) -> (String, Vec<String>) {
        let class = if lines.is_some() { "mattered" } else { "" };
        let mut lines = lines.unwrap_or_default();
        lines.sort_unstable();
        lines.dedup();
        let lines: Vec<_> = lines.into_iter().map(|line| self.line(line, &format!("line {line}"))).collect();
        let value = value.map_or_else(|| "<span class=\"bad\">absent</span>".to_owned(), |value| code(&value));
        let id = format!(" id=\"{}{kind}-{}\" class=\"{class}\"", self.prefix, anchor(name));
        (id, vec![escape(name), value, of.to_owned(), lines.join(", ")])
    }
}

fn looked_at(condition: &Condition) -> Vec<&Operand> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.into_iter().flat_map(|leaf| &leaf.operands).collect()
}

fn row(row: &RowMatch) -> String {
    let word = match row.matches {
        Some(true) => "<span class=\"good\">✓ matches</span>",
        Some(false) => "<span class=\"bad\">✗ is left out</span>",
        None => "? was not judged",
    };
    let mut out = format!("<p>row {} {word}</p><ul>", row.row);
    for test in &row.tests {
        let actual = if test.present { code(&full(&test.actual)) } else { "absent".to_owned() };
        let mark = match test.holds {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "?",
        };
        let (field, operator, wanted) = (escape(&test.field), escape(&test.operator), code(&full(&test.wanted)));
        out += &format!("<li>{mark} {field} is {actual}, {operator} {wanted} is wanted</li>");
    }
    out + "</ul>"
}

type Paths = BTreeMap<String, (Option<String>, Vec<u32>)>;

/// The places in the context that the explanation rests on, each with its value (`None`: absent) and where it was read.
fn paths(report: &Explanation) -> Paths {
    let mut found = Paths::new();
    let mut add = |origins: &Origins, line: u32| {
        for origin in origins.iter() {
            let (path, value) = match origin {
                Origin::Context { path, open: true, .. } => (path.to_string(), Some("not given".to_owned())),
                Origin::Context { path, value, absent, .. } => (path.to_string(), (!absent).then(|| full(value))),
                Origin::AuthType(value) => ("authType".to_owned(), Some(full(value))),
                Origin::Literal(_) => continue,
            };
            let (_, lines) = found.entry(path).or_insert((value, Vec::new()));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    };
    let line = |node: NodeId| report.place(node).line;
    let Some(why) = report.why.as_ref() else { return found };
    let mut conditions: Vec<(&Condition, NodeId)> = Vec::new();
    let mut changes: Vec<&Change> = why.filter_parts.iter().collect();
    for guard in &why.guards {
        conditions.push((&guard.condition, guard.node));
        for cause in &guard.causes {
            changes.push(&cause.change);
            conditions.extend(cause.guards.iter().map(|inner| (&*inner.condition, inner.node)));
        }
    }
    for candidate in &why.candidates {
        let blockers = candidate.blocker.iter().chain(&candidate.items);
        conditions.extend(blockers.map(|blocker| (&blocker.condition, blocker.node)));
    }
    for (condition, node) in conditions {
        looked_at(condition).iter().for_each(|operand| add(&operand.origins, line(node)));
    }
    for change in changes {
        change.origins.iter().for_each(|origins| add(origins, line(change.node)));
    }
    found
}
