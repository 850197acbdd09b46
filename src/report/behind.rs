//! The rules behind a decision, first in every report: what each says to the caller, and what could be changed in them.

use crate::message::Message;
use super::page::{code, escape, prose, section, table};
use crate::explain::Explanation;
use crate::explain::rules::Rules;
use crate::rules::{NotFromRule, RuleSays, RuleChange, RulePlace, RuleRef};
use super::style::{AnsiColor, Style};
use serde::Serialize;
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();

/// A rule, and what it says to the caller.
#[derive(Debug, Serialize)]
pub struct SaidRow {
    #[serde(flatten)]
    rule: RuleRef,
    /// Null where the rule names none: all.
    operations: Option<Vec<String>>,
    outcome: RuleSays,
    says: String,
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    covers: String,
}

/// The rules behind a decision, for a program.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BehindRows {
    says: Message,
    rules: Vec<SaidRow>,
    granted: Vec<RuleRef>,
    not_from_rule: Option<NotFromRule>,
    rule_changes: Vec<RuleChange>,
}

/// The rows of an explanation; none where no model schema is known, or nothing of it is about the field.
pub fn rows(report: &Explanation) -> Option<BehindRows> {
    let rules = report.rules.as_ref()?;
    rules.saying.as_ref()?;
    Some(BehindRows {
        says: rules.sentence.clone(),
        rules: said(rules),
        granted: rules.granted(),
        not_from_rule: rules.granted.not_from_rule,
        rule_changes: rules.changes.clone(),
    })
}

fn said(rules: &Rules) -> Vec<SaidRow> {
    let of = rules.saying.as_ref().map_or("", |saying| saying.of.split('.').next().unwrap_or_default());
    let row = |judged: &crate::rules::JudgedRule| {
        let rule = rules.ties.model.rules.get(judged.rule)?;
        Some(SaidRow {
            rule: rules.ties.rule_ref(judged.rule, &rules.field)?,
            operations: rule.operations_written.clone(),
            outcome: judged.outcome,
            says: judged.says.clone(),
            name: match &rule.field {
                _ if rule.type_name != of => format!("rule {} of {}", rule.number, rule.place()),
                Some(field) => format!("rule {} of .{field}", rule.number),
                None => format!("rule {}", rule.number),
            },
            covers: rule.covers_text(),
        })
    };
    rules.saying.iter().flat_map(|saying| &saying.rules).filter_map(row).collect()
}

/// The rules as a part of a page.
pub fn html(report: &Explanation, level: u8) -> String {
    let Some(rows) = rows(report) else { return String::new() };
    let cells = |row: &SaidRow| {
        let cells = vec![
            escape(&row.name),
            code(&row.rule.text),
            escape(&row.covers),
            escape(&row.says),
            code(&place(&row.rule.at)),
        ];
        (String::new(), cells)
    };
    let list: Vec<_> = rows.rules.iter().map(cells).collect();
    let mut out = format!("<p>{}</p>", prose(&rows.says.to_string()));
    if !list.is_empty() {
        out += &table("Rules", &["rule", "lets in", "covers", "says to this caller", "stands in"], &list);
    }
    if !rows.rule_changes.is_empty() {
        out += "<p>A change of rules would, which cannot be proved here: rebuild and check.</p><ul>";
        for change in &rows.rule_changes {
            let (sdl, typescript) = (code(&change.sdl), code(&change.typescript));
            out += &format!("<li>{}: {sdl} {typescript}</li>", prose(&change.says));
        }
        out += "</ul>";
    }
    section(level, "In the words of the rules", &out)
}

/// `schema.graphql:12`
fn place(at: &RulePlace) -> String {
    format!("{}:{}", at.file, at.line)
}

/// The rules for a terminal.
pub fn text(report: &Explanation) -> String {
    let Some(rows) = rows(report) else { return String::new() };
    let mut out = String::new();
    let _ = writeln!(out, "  {}", rows.says);
    let wide = |words: &dyn Fn(&SaidRow) -> usize| rows.rules.iter().map(words).max().unwrap_or(0);
    let (first, second) = (wide(&|row| row.rule.text.chars().count()), wide(&|row| row.covers.chars().count()));
    let name = wide(&|row| row.name.chars().count());
    for row in &rows.rules {
        let mark = if row.outcome == RuleSays::LetsIn { GOOD } else { FAINT };
        let _ = writeln!(
            out,
            "    {:name$}  {:first$}  {FAINT}{:second$}{FAINT:#}  {mark}{}{mark:#}",
            row.name, row.rule.text, row.covers, row.says
        );
    }
    if let Some(row) = rows.rules.first() {
        let _ = writeln!(out, "  {FAINT}{}{FAINT:#}", place(&row.rule.at));
    }
    out
}

/// The changes of rules for a terminal, told apart from those of the request.
pub fn changes_text(report: &Explanation) -> String {
    let Some(rules) = report.rules.as_ref().filter(|rules| !rules.changes.is_empty()) else { return String::new() };
    let mut out = String::from("\nWould be a change of rules (rebuild and check: it cannot be proved here)\n");
    for change in &rules.changes {
        let _ = writeln!(out, "  • {}\n      {}\n      {}", change.says, change.sdl, change.typescript);
    }
    out
}
