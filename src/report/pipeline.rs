//! The report of a whole pipeline: the deciding template's, with the field, the filter and every step.

use super::Layout;
use super::fold::fold_after;
use super::json::{JsonReport, Lossy};
use super::page::{code, escape, findings, folded, section, table};
use crate::appsync::ThrownError;
use crate::eval::End;
use crate::finding::Finding;
use crate::resolver::{Half, Run};
use crate::trace::Verdict;
use crate::value::Value;
use anstyle::Style;
use serde::Serialize;
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// What a pipeline's report adds to a template's.
#[derive(Debug)]
pub struct PipelineReport<'a> {
    field: &'a str,
    filter: &'a Value,
    result: &'a Value,
    errors: Vec<Value>,
    steps: Vec<StepRow<'a>>,
    deciding: Option<usize>,
    findings: Vec<&'a Finding>,
}

#[derive(Clone, Debug, Serialize)]
struct StepRow<'a> {
    template: &'a str,
    slot: Option<&'a str>,
    index: Option<u32>,
    half: Half,
    verdict: Verdict,
    line: Option<u32>,
}

/// The whole object.
#[derive(Debug, Serialize)]
pub struct PipelineJson<'a> {
    #[serde(flatten)]
    report: JsonReport<'a>,
    field: &'a str,
    filter: Lossy<'a>,
    result: Lossy<'a>,
    errors: Vec<Lossy<'a>>,
    #[serde(rename = "decidedBy")]
    decided_by: Option<StepRow<'a>>,
    steps: &'a [StepRow<'a>],
    sources: &'a [&'a Finding],
}

impl<'a> PipelineReport<'a> {
    /// The report of a run.
    pub fn new(field: &'a str, run: &'a Run<'_>, findings: &'a [Finding]) -> Self {
        let row = |step: &'a crate::resolver::Step<'_>| StepRow {
            template: &step.program.source.name,
            slot: step.slot,
            index: step.index,
            half: step.half,
            verdict: step.verdict,
            line: step.decision.node.map(|node| step.program.source.place(step.program.span(node).start).line),
        };
        let about =
            |finding: &&Finding| finding.path.as_deref().is_some_and(|path| path == field || path.contains(field));
        Self {
            field,
            filter: &run.filter,
            result: &run.result,
            errors: errors(field, run),
            steps: run.steps.iter().map(row).collect(),
            deciding: run.deciding,
            findings: findings.iter().filter(about).collect(),
        }
    }

    /// As JSON, with the deciding template's report.
    pub fn with(&'a self, report: JsonReport<'a>) -> PipelineJson<'a> {
        PipelineJson {
            report: report.without_own_filter(),
            field: self.field,
            filter: Lossy(self.filter),
            result: Lossy(self.result),
            errors: self.errors.iter().map(Lossy).collect(),
            decided_by: self.deciding.and_then(|at| self.steps.get(at)).cloned(),
            steps: &self.steps,
            sources: &self.findings,
        }
    }
}

/// What AppSync's answer has under `errors`: what any template appended, in the order of the calls, then what ended the
/// field (APPSYNC-VTL 3.9, 4.4).
fn errors(field: &str, run: &Run<'_>) -> Vec<Value> {
    let name = field.split_once('.').map_or(field, |(_, name)| name);
    let appended = run.steps.iter().flat_map(|step| step.outcome.env.out_errors.iter().cloned());
    let ended = run.steps.last().and_then(|step| match &step.outcome.end {
        End::Thrown { error, .. } => Some((**error).clone()),
        End::Failed(failure) => Some(ThrownError::new(failure.message.as_str(), "MappingTemplate")),
        _ => None,
    });
    appended.chain(ended).map(|error| error.entry(Some(name)).into()).collect()
}

/// The steps, for a terminal.
pub fn render(report: &PipelineReport<'_>, layout: Layout) -> String {
    let mut out = String::new();
    let _ = write_steps(report, layout.width, &mut out);
    out
}

fn write_steps(report: &PipelineReport<'_>, columns: usize, out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n{STRONG}Pipeline of {}{STRONG:#}", report.field)?;
    let width = report.steps.iter().map(|step| step.template.chars().count()).max().unwrap_or(0).min(60);
    for (at, step) in report.steps.iter().enumerate() {
        let mark = if Some(at) == report.deciding { "▶" } else { " " };
        let half = step.half.as_str();
        let slot = step.slot.unwrap_or("");
        let verdict = format!("{:?}", step.verdict).to_lowercase();
        let words = format!("{FAINT}{slot:<12} {half:<8}{FAINT:#} {verdict}");
        if width + 38 <= columns {
            writeln!(out, "  {mark} {:<width$}  {words}", step.template)?;
        } else {
            writeln!(out, "  {mark} {}\n      {words}", step.template)?;
        }
    }
    let json = |value| serde_json::to_string(&Lossy(value)).unwrap_or_default();
    for error in &report.errors {
        writeln!(out, "{}", fold_after("  error   ", &json(error), columns, 10))?;
    }
    if !report.result.is_null() {
        writeln!(out, "{}", fold_after("  result  ", &json(report.result), columns, 10))?;
    }
    for finding in &report.findings {
        let text = format!("{} {FAINT}[{}]{FAINT:#}", finding.message, finding.code);
        writeln!(out, "{}", fold_after("  ", &text, columns, 4))?;
    }
    Ok(())
}

/// The steps, as a part of a page.
pub fn html(report: &PipelineReport<'_>, level: u8) -> String {
    let row = |(at, step): (usize, &StepRow<'_>)| {
        let decided = Some(at) == report.deciding;
        let slot = step.slot.unwrap_or("");
        let index = step.index.map_or(String::new(), |index| format!(" {index}"));
        let line = step.line.map_or(String::new(), |line| line.to_string());
        let verdict = format!("{:?}", step.verdict).to_lowercase();
        let cells = vec![
            escape(step.template),
            escape(&format!("{slot}{index}")),
            step.half.as_str().to_owned(),
            format!("<span class=\"tone {verdict}\">{verdict}</span>"),
            line,
            if decided { "▶ decided".to_owned() } else { String::new() },
        ];
        (if decided { " class=\"mattered\"".to_owned() } else { String::new() }, cells)
    };
    let rows: Vec<_> = report.steps.iter().enumerate().map(row).collect();
    let mut out = table("Steps", &["template", "slot", "half", "verdict", "line", "decided"], &rows);
    if !report.findings.is_empty() {
        out += &findings(report.findings.iter().copied(), &|path| code(path));
    }
    let json = |value| serde_json::to_value(Lossy(value)).unwrap_or_default();
    out += &folded("Filter", &json(report.filter));
    out += &folded("Result", &json(report.result));
    let errors: Vec<serde_json::Value> = report.errors.iter().map(json).collect();
    out += &folded("Errors of the field", &errors.into());
    section(level, &format!("Pipeline of {}", report.field), &out)
}
