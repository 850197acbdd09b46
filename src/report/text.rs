//! The report for a person at a terminal: most important first.

use super::Report;
use crate::eval::End;
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// Draws a report with ANSI styles; whoever prints it strips them where they are not wanted.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let _ = write_report(report, &mut out);
    out
}

fn write_report(report: &Report<'_>, out: &mut String) -> std::fmt::Result {
    let colour = match report.verdict {
        Verdict::Allowed | Verdict::Completed => AnsiColor::Green,
        Verdict::Filtered => AnsiColor::Yellow,
        Verdict::Denied | Verdict::Error => AnsiColor::Red,
    };
    let style = colour.on_default().bold();
    write!(out, "{style}{}{style:#}  {}", report.verdict_word(), report.program.source.name)?;
    let env = &report.outcome.env;
    if !env.field_name.is_empty() {
        write!(out, "  {}.{}", env.parent_type, env.field_name)?;
    }
    if let Some(mode) = report.auth_type {
        let derived = if report.auth_type_derived { " (derived from the identity)" } else { "" };
        write!(out, "  {FAINT}{mode}{derived}{FAINT:#}")?;
    }
    writeln!(out)?;
    match &report.outcome.end {
        End::Thrown { error, .. } => writeln!(out, "{}", error.message)?,
        End::Failed(failure) => writeln!(out, "{failure}")?,
        _ => {}
    }
    let missing = report.notes().filter(|note| note.code == "not-given");
    for note in missing {
        writeln!(out, "{STRONG}!{STRONG:#} {}", note.message)?;
    }
    decision(report, out)?;
    writes(report, out)?;
    let notes: Vec<_> = report.notes().filter(|note| note.code != "not-given").collect();
    if !notes.is_empty() {
        writeln!(out, "\n{STRONG}Notes{STRONG:#}")?;
    }
    for note in notes {
        let place = note.node.map_or(String::new(), |node| {
            let (place, _) = report.place(node);
            format!("{}:{}  ", place.line, place.column)
        });
        writeln!(out, "  {place}{} {FAINT}[{}]{FAINT:#}", note.message, note.code)?;
    }
    for error in &env.out_errors {
        writeln!(out, "appended error: {}", error.message)?;
    }
    for line in &env.logs {
        writeln!(out, "log: {line}")?;
    }
    for call in &env.extensions {
        writeln!(out, "$extensions.{}", call.name)?;
    }
    output(report, out)
}

fn decision(report: &Report<'_>, out: &mut String) -> std::fmt::Result {
    let words = match report.decision.kind {
        DecisionKind::Unauthorized => "refused at",
        DecisionKind::Error => "failed at",
        DecisionKind::Set => "authorized at",
        DecisionKind::Return => "returned at",
        DecisionKind::Filter => "allowed with a filter on the rows: $ctx.stash.authFilter",
        DecisionKind::NotSet if report.verdict == Verdict::Denied => "never set to true; last set at",
        DecisionKind::NotSet if report.verdict == Verdict::Completed => "no authorization logic in this template",
        DecisionKind::NotSet => "a refusal stands in this template and was not reached",
    };
    write!(out, "\n{words}")?;
    if let Some(node) = report.decision.node {
        let (place, text) = report.place(node);
        write!(out, " {}:{}  {text}", place.line, place.column)?;
    }
    writeln!(out)?;
    if report.decision.kind == DecisionKind::Filter {
        let stash = report.outcome.context.get_str("stash").unwrap_or_default();
        let filter = stash.as_map().and_then(|stash| stash.get_str("authFilter")).unwrap_or_default();
        writeln!(out, "  {}", json(&filter))?;
    }
    if report.decision.kind == DecisionKind::NotSet && report.verdict == Verdict::Denied {
        writeln!(out, "  the template itself refuses nothing: a later template reads the variable's effect")?;
    }
    Ok(())
}

fn writes(report: &Report<'_>, out: &mut String) -> std::fmt::Result {
    if report.outcome.writes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{STRONG}Every write to ${}{STRONG:#}", report.watched)?;
    for write in &report.outcome.writes {
        let (place, text) = report.place(write.node);
        let at = format!("{}:{}", place.line, place.column);
        let turn = match write.iteration.as_slice() {
            [] => String::new(),
            turns => format!(
                "  {FAINT}(loop item {}){FAINT:#}",
                turns.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
            ),
        };
        writeln!(out, "  {at:<7} {:<5} {FAINT}{text}{FAINT:#}{turn}", json(&write.new))?;
    }
    Ok(())
}

fn output(report: &Report<'_>, out: &mut String) -> std::fmt::Result {
    let (title, text) = match &report.outcome.end {
        End::Returned { value, .. } => ("Returned", json(value)),
        _ => ("Output", report.outcome.output.trim().to_owned()),
    };
    if text.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{STRONG}{title}{STRONG:#}")?;
    for line in text.lines() {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

fn json(value: &Value) -> String {
    value.to_json().unwrap_or_else(|error| error.message)
}
