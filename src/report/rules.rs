//! The rules of a project: who may do what, and the statements that they became.

use crate::message::Message;
use super::text::Layout;
use crate::code::{Code, Severity};
use crate::project::Project;
use crate::rules::{Access, StatementEffect, AccessGrant, Model, NotFromRule, Operation, Rule, RulePlace, Ties, access, findings};
use super::style::Style;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// The rules for a program, and what the text is drawn from.
#[derive(Debug, Serialize)]
pub struct RulesReport {
    schema: u32,
    model: String,
    rules: Vec<RuleRow>,
    access: Vec<AccessRow>,
    statements: Vec<StatementRow>,
    findings: Vec<FindingRow>,
}

#[derive(Clone, Debug, Serialize)]
struct RuleRow {
    id: String,
    r#type: String,
    field: Option<String>,
    text: String,
    /// Null where the rule names none: all.
    operations: Option<Vec<String>>,
    mode: &'static str,
    at: RulePlace,
    #[serde(skip)]
    number: usize,
}

#[derive(Clone, Debug, Serialize)]
struct AccessRow {
    field: String,
    operation: Option<&'static str>,
    mode: &'static str,
    rule: String,
    effect: AccessGrant,
    fields: Option<Vec<String>>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StatementRow {
    template: String,
    line: u32,
    text: String,
    effect: StatementEffect,
    rules: Vec<String>,
    not_from_rule: Option<NotFromRule>,
    /// The fields whose pipelines have the template.
    used_by: Vec<String>,
}

/// What is wrong.
#[derive(Clone, Debug, Serialize)]
struct FindingRow {
    code: Code,
    severity: Severity,
    about: String,
    message: Message,
    at: RulePlace,
}

impl RulesReport {
    /// The rules, rows and statements that a filter (a type or `Type.field`) lets through.
    pub fn new(ties: &Ties, project: Option<&Project>, wanted: &dyn Fn(&str, Option<&str>) -> bool) -> Self {
        let model = &ties.model;
        let kept: Vec<usize> = (0..model.rules.len())
            .filter(|at| wanted(&model.rules[*at].type_name, model.rules[*at].field.as_deref()))
            .collect();
        let about = |field: &str, rules: &[usize]| {
            let (parent, name) = field.split_once('.').unwrap_or((field, ""));
            wanted(parent, Some(name)) || rules.iter().any(|rule| kept.contains(rule))
        };
        let rows = access(model, &ties.purposes).into_iter().filter(|row| about(&row.field, &[row.rule]));
        Self {
            schema: 1,
            model: model.file.display().to_string(),
            rules: kept.iter().map(|at| rule_row(model, &model.rules[*at])).collect(),
            access: rows.map(|row| access_row(model, row)).collect(),
            statements: statements(ties, project, &about),
            findings: wrong(ties, project, &about),
        }
    }
}

fn rule_row(model: &Model, rule: &Rule) -> RuleRow {
    RuleRow {
        id: rule.id.clone(),
        r#type: rule.type_name.clone(),
        field: rule.field.clone(),
        text: rule.text(),
        operations: rule.operations_written.clone(),
        mode: rule.provider.mode().as_str(),
        at: model.place(rule.line),
        number: rule.number,
    }
}

fn access_row(model: &Model, row: Access) -> AccessRow {
    let rule = &model.rules[row.rule];
    AccessRow {
        field: row.field,
        operation: row.operation.map(Operation::as_str),
        mode: rule.provider.mode().as_str(),
        rule: rule.id.clone(),
        effect: row.grant,
        fields: row.fields,
    }
}

/// Each statement once, though several fields share its template.
fn statements(ties: &Ties, project: Option<&Project>, about: &dyn Fn(&str, &[usize]) -> bool) -> Vec<StatementRow> {
    let mut found: IndexMap<(String, u32, usize), StatementRow> = IndexMap::new();
    for template in &ties.templates {
        for tied in &template.statements {
            if !about(&template.field, &tied.rules) {
                continue;
            }
            let source = &template.program.source;
            let span = template.program.span(tied.node);
            let place = source.place(span.start);
            let name = source.name.to_string();
            let row = found.entry((name.clone(), place.line, span.start as usize)).or_insert_with(|| StatementRow {
                template: name,
                line: place.line,
                text: shown(project, template.program.text(tied.node)),
                effect: tied.effect,
                rules: Vec::new(),
                not_from_rule: tied.not_from_rule,
                used_by: Vec::new(),
            });
            if !row.used_by.contains(&template.field) {
                row.used_by.push(template.field.clone());
            }
            for rule in &tied.rules {
                let id = &ties.model.rules[*rule].id;
                if !row.rules.contains(id) {
                    row.rules.push(id.clone());
                }
            }
            if !row.rules.is_empty() {
                row.not_from_rule = None;
            }
        }
    }
    found.into_values().collect()
}

fn shown(project: Option<&Project>, text: &str) -> String {
    project.map_or_else(|| text.to_owned(), |project| project.open.shown(text).into_owned())
}

fn wrong(ties: &Ties, project: Option<&Project>, about: &dyn Fn(&str, &[usize]) -> bool) -> Vec<FindingRow> {
    let rules = &ties.model.rules;
    let of_line = |line: u32| (0..rules.len()).filter(|at| rules[*at].line == line).collect::<Vec<_>>();
    let rows = findings(ties, project).into_iter().filter(|found| about(&found.about, &of_line(found.line)));
    rows.map(|found| FindingRow {
        code: found.code,
        severity: found.code.entry().severity,
        at: ties.model.place(found.line),
        about: found.about,
        message: found.message,
    })
    .collect()
}

/// The rules for a terminal.
pub fn text(report: &RulesReport, layout: Layout) -> String {
    let mut out = String::new();
    let mut owners: IndexMap<String, Vec<&RuleRow>> = IndexMap::new();
    for rule in &report.rules {
        let owner = rule.field.as_ref().map_or_else(|| rule.r#type.clone(), |field| format!("{}.{field}", rule.r#type));
        owners.entry(owner).or_default().push(rule);
    }
    for (owner, rules) in &owners {
        let at = &rules[0].at;
        let _ = writeln!(out, "{STRONG}{owner}{STRONG:#}  {FAINT}{}:{}{FAINT:#}", at.file, at.line);
        let width = rules.iter().map(|rule| rule.text.chars().count()).max().unwrap_or(0);
        for rule in rules {
            let covers = rule.operations.as_ref().map_or("every operation".to_owned(), |words| words.join(", "));
            let _ = writeln!(out, "  rule {}  {:width$}  {covers}", rule.number, rule.text);
        }
    }
    if report.rules.is_empty() {
        let _ = writeln!(out, "no rules");
    }
    out.push('\n');
    access_text(&mut out, report);
    statements_text(&mut out, report, layout);
    if !report.findings.is_empty() {
        let _ = writeln!(out);
    }
    for row in &report.findings {
        let _ = writeln!(out, "{}:{}  {}  {FAINT}{}{FAINT:#}", row.at.file, row.at.line, row.message, row.code);
    }
    out
}

/// Who may: a line for each field and mode.
fn access_text(out: &mut String, report: &RulesReport) {
    let mut lines: IndexMap<(&str, &str), Vec<String>> = IndexMap::new();
    for row in &report.access {
        let rule = report.rules.iter().find(|rule| rule.id == row.rule);
        // A rule of another model, where one model was asked for: `Member#2`.
        let elsewhere = || row.rule.split_once('#').map(|(of, number)| format!("rule {number} of {of}"));
        let text = rule.map(|rule| rule.text.clone()).or_else(elsewhere).unwrap_or_else(|| row.rule.clone());
        let what = match row.effect {
            AccessGrant::Allow => text,
            AccessGrant::Filter => format!("{text} (rows that are theirs)"),
            AccessGrant::Fields => text,
            AccessGrant::Conditional => format!("{text} (where it is theirs)"),
        };
        let fields = row.fields.as_ref().map_or(String::new(), |fields| format!(" [{}]", fields.join(", ")));
        lines.entry((&row.field, row.mode)).or_default().push(format!("{what}{fields}"));
    }
    let width = lines.keys().map(|(field, _)| field.len()).max().unwrap_or(0);
    let mut last = "";
    for ((field, mode), who) in &lines {
        let shown = if *field == last { "" } else { field };
        last = field;
        let mode = mode.trim_end_matches(" Authorization");
        let _ = writeln!(out, "{shown:width$}  {FAINT}{mode:14}{FAINT:#}  {}", who.join("; "));
    }
}

fn statements_text(out: &mut String, report: &RulesReport, layout: Layout) {
    if report.statements.is_empty() {
        return;
    }
    let tied = report.statements.iter().filter(|row| !row.rules.is_empty()).count();
    let _ = writeln!(out, "\n{tied} of {} authorizing statements come from a rule", report.statements.len());
    let odd = |row: &&StatementRow| layout.verbose || row.not_from_rule.is_some();
    for row in report.statements.iter().filter(odd) {
        let first = row.text.lines().next().unwrap_or_default();
        let from = match row.not_from_rule {
            Some(which) => format!("not from a rule: {}", which.meaning()),
            None => row.rules.join(", "),
        };
        let _ = writeln!(out, "  {}:{}  {FAINT}{first}{FAINT:#}  {from}", row.template, row.line);
    }
}
