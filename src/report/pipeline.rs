//! The report of a whole pipeline: the deciding template's, with the field, the filter and every step.

use crate::value::Value;
use super::Layout;
use super::fold::fold_after;
use super::html::{part, whole};
use super::as_json::AsJson;
use super::json::JsonReport;
use super::page::{code, escape, findings, folded, section};
use super::words::tag;
use crate::explain::{Explanation, Pipeline, StepSummary};
use crate::finding::Finding;
use crate::resolver::Half;
use crate::trace::Verdict;
use super::style::Style;
use serde::Serialize;
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

#[derive(Clone, Debug, Serialize)]
struct StepRow<'a> {
    template: &'a str,
    slot: Option<&'a str>,
    index: Option<u32>,
    half: Half,
    verdict: Verdict,
    line: Option<u32>,
}

/// The whole object: the deciding template's report, the field, the filter and every step.
#[derive(Debug, Serialize)]
pub struct PipelineJson<'a> {
    #[serde(flatten)]
    report: JsonReport<'a>,
    #[serde(flatten)]
    rest: Option<Rest<'a>>,
    sources: &'a [&'a Finding],
}

/// What a pipeline's report adds to a template's.
#[derive(Debug, Serialize)]
struct Rest<'a> {
    field: &'a str,
    filter: AsJson<&'a Value>,
    result: AsJson<&'a Value>,
    errors: Vec<AsJson<&'a Value>>,
    #[serde(rename = "decidedBy")]
    decided_by: Option<StepRow<'a>>,
    steps: Vec<StepRow<'a>>,
}

impl<'a> PipelineJson<'a> {
    /// The facts of an explanation, with what the project's files have to say of the field.
    pub fn new(report: &'a Explanation, sources: &'a [&'a Finding]) -> Self {
        let rest = |pipeline: &'a Pipeline| Rest {
            field: &pipeline.field,
            filter: AsJson(&pipeline.filter),
            result: AsJson(&pipeline.result),
            errors: pipeline.errors.iter().map(AsJson).collect(),
            decided_by: pipeline.deciding.and_then(|at| pipeline.steps.get(at)).map(row),
            steps: pipeline.steps.iter().map(row).collect(),
        };
        Self { report: JsonReport::new(report).without_own_filter(), rest: report.pipeline.as_ref().map(rest), sources }
    }
}

fn row(step: &StepSummary) -> StepRow<'_> {
    StepRow {
        template: &step.program.source.name,
        slot: step.slot.as_deref(),
        index: step.index,
        half: step.half,
        verdict: step.verdict,
        line: step.node.map(|node| step.program.line(node)),
    }
}

/// The steps without colours.
pub fn text(report: &Explanation, sources: &[&Finding], layout: Layout) -> String {
    super::safe::safe(&render(report, sources, layout), super::safe::WrittenForm::Text, false)
}

/// The steps, for a terminal.
pub fn render(report: &Explanation, sources: &[&Finding], layout: Layout) -> String {
    let mut out = String::new();
    if let Some(pipeline) = &report.pipeline {
        let _ = write_steps(pipeline, sources, layout.width, &mut out);
    }
    out
}

fn write_steps(report: &Pipeline, sources: &[&Finding], columns: usize, out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n{STRONG}Pipeline of {}{STRONG:#}", report.field)?;
    let steps: Vec<StepRow<'_>> = report.steps.iter().map(row).collect();
    let width = steps.iter().map(|step| step.template.chars().count()).max().unwrap_or(0).min(60);
    for (at, step) in steps.iter().enumerate() {
        let mark = if Some(at) == report.deciding { "▶" } else { " " };
        let half = step.half.as_str();
        let slot = step.slot.unwrap_or("");
        let verdict = step.verdict.to_string();
        let words = format!("{FAINT}{slot:<12} {half:<8}{FAINT:#} {verdict}");
        if width + 38 <= columns {
            writeln!(out, "  {mark} {:<width$}  {words}", step.template)?;
        } else {
            writeln!(out, "  {mark} {}\n      {words}", step.template)?;
        }
    }
    let json = |value| serde_json::to_string(&AsJson(value)).unwrap_or_default();
    for error in &report.errors {
        writeln!(out, "{}", fold_after("  error   ", &json(error), columns, 10))?;
    }
    if !report.result.is_null() {
        writeln!(out, "{}", fold_after("  result  ", &json(&report.result), columns, 10))?;
    }
    for finding in sources {
        let text = format!("{} {FAINT}{}{FAINT:#}", finding.message, tag(finding));
        writeln!(out, "{}", fold_after("  ", &text, columns, 4))?;
    }
    Ok(())
}

/// The page of a pipeline: the deciding template's report, then the steps.
pub fn page(report: &Explanation, sources: &[&Finding]) -> String {
    let steps = report.pipeline.as_ref().map_or(String::new(), |pipeline| steps(pipeline, sources, 2));
    whole(report, &(part(report, 1, "") + &steps))
}

/// The steps, as a part of a page.
fn steps(report: &Pipeline, sources: &[&Finding], level: u8) -> String {
    // The one that decided stands open.
    let item = |(at, step): (usize, &StepRow<'_>)| {
        let decided = Some(at) == report.deciding;
        let index = step.index.map_or(String::new(), |index| format!(" {index}"));
        let slot = step.slot.map_or(String::new(), |slot| format!(" · {}", escape(&format!("{slot}{index}"))));
        let verdict = step.verdict.to_string();
        let line = step.line.map_or(String::new(), |line| format!(" at line {line}"));
        let said = match decided {
            true => format!("<p>it decided{line}: its report stands above</p>"),
            false if step.line.is_some() => format!("<p>it ended{line}</p>"),
            false => "<p>it ran to its end, and the next one followed</p>".to_owned(),
        };
        let (current, open) = if decided { (" aria-current=\"step\"", " open") } else { ("", "") };
        format!(
            "<li{current}><details{open}><summary>{}{slot} · {} <span class=\"tone {verdict}\">{verdict}</span></summary>{said}</details></li>\n",
            code(step.template),
            step.half.as_str()
        )
    };
    let steps: Vec<StepRow<'_>> = report.steps.iter().map(row).collect();
    let items: String = steps.iter().enumerate().map(item).collect();
    let mut out = format!("<ol class=\"path\">{items}</ol>");
    if !sources.is_empty() {
        out += &findings(sources.iter().copied(), &|path| code(path));
    }
    let json = |value| serde_json::to_value(AsJson(value)).unwrap_or_default();
    out += &folded("Filter", &json(&report.filter));
    out += &folded("Result", &json(&report.result));
    let errors: Vec<serde_json::Value> = report.errors.iter().map(json).collect();
    out += &folded("Errors of the field", &errors.into());
    section(level, &format!("Pipeline of {}", report.field), &out)
}
