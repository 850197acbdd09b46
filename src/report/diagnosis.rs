//! The report of a refused request: the layers as a path, the refusing one open.

use super::html::{escape, page};
use super::json::JsonReport;
use super::words::fold;
use super::{Layout, Report, render_html, render_text};
use crate::finding::Finding;
use crate::request::layer::{Layer, LayerName, State};
use crate::suite::{Diagnosis, Refusal};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// The object that `diagnose --format json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosisJson<'a> {
    schema: u32,
    verdict: Json,
    layer: Option<LayerName>,
    layers: &'a [Layer],
    field: Option<&'a str>,
    auth_type: Option<&'static str>,
    resolver: Option<Json>,
    observed: Option<Json>,
    hints: &'a [Finding],
    suggestions: Json,
    notes: Vec<Json>,
}

fn report(diagnosis: &Diagnosis) -> Option<Report<'_>> {
    let (program, explained) = diagnosis.resolver.as_ref()?;
    Some(Report {
        program,
        outcome: &explained.outcome,
        verdict: explained.verdict,
        decision: explained.decision,
        watched: "isAuthorized",
        auth_type: diagnosis.auth_type,
        auth_type_derived: false,
        why: Some(&explained.why),
        input_notes: Vec::new(),
    })
}

impl<'a> DiagnosisJson<'a> {
    /// The facts of a diagnosis.
    pub fn new(diagnosis: &'a Diagnosis, refusal: &Refusal) -> Self {
        let resolver =
            report(diagnosis).map(|report| serde_json::to_value(JsonReport::new(&report)).unwrap_or_default());
        let suggestions =
            resolver.as_ref().and_then(|report| report.get("suggestions").cloned()).unwrap_or_else(|| json!([]));
        let observed = refusal.evidence.observed.as_ref().map(|observed| {
            json!({
                "httpStatus": observed.status,
                "errorType": observed.error_type,
                "message": observed.message,
                "consistent": diagnosis.consistent,
            })
        });
        Self {
            schema: 1,
            verdict: diagnosis
                .verdict
                .map_or(json!("unknown"), |verdict| serde_json::to_value(verdict).unwrap_or_default()),
            layer: diagnosis.layer,
            layers: &diagnosis.layers,
            field: diagnosis.field.as_deref(),
            auth_type: diagnosis.auth_type.map(|mode| mode.as_str()),
            resolver,
            observed,
            hints: &diagnosis.hints,
            suggestions,
            notes: diagnosis
                .notes
                .iter()
                .map(|note| json!({"code": "diagnosis", "message": note, "at": null}))
                .collect(),
        }
    }
}

fn name(layer: LayerName) -> &'static str {
    match layer {
        LayerName::Request => "request",
        LayerName::Mode => "mode",
        LayerName::Iam => "iam",
        LayerName::Authorizer => "authorizer",
        LayerName::Resolver => "resolver",
        LayerName::Records => "records",
    }
}

fn verdict_word(diagnosis: &Diagnosis) -> String {
    diagnosis.verdict.map_or_else(|| "UNKNOWN".to_owned(), |verdict| format!("{verdict:?}").to_uppercase())
}

/// For a person at a terminal.
pub fn text(diagnosis: &Diagnosis, refusal: &Refusal, layout: Layout) -> String {
    let mut out = String::new();
    let _ = write_text(diagnosis, refusal, layout, &mut out);
    out
}

fn write_text(diagnosis: &Diagnosis, refusal: &Refusal, layout: Layout, out: &mut String) -> std::fmt::Result {
    let by = diagnosis.layer.map_or(String::new(), |layer| format!("  at the layer {}", name(layer)));
    write!(out, "{STRONG}{}{STRONG:#}{by}", verdict_word(diagnosis))?;
    if let Some(field) = &diagnosis.field {
        write!(out, "  {field}")?;
    }
    if let Some(mode) = diagnosis.auth_type {
        write!(out, "  {FAINT}{mode}{FAINT:#}")?;
    }
    writeln!(out)?;
    if let Some(observed) = &refusal.evidence.observed {
        let status = observed.status.map_or(String::new(), |status| format!("HTTP {status}  "));
        let kind = observed.error_type.as_deref().unwrap_or("");
        writeln!(out, "seen: {status}{kind}  {}", observed.message.as_deref().unwrap_or(""))?;
    }
    writeln!(out)?;
    for layer in &diagnosis.layers {
        let (mark, colour) = match layer.state {
            State::Passed => ("✓", AnsiColor::Green),
            State::Refused => ("✗", AnsiColor::Red),
            State::Unknown => ("?", AnsiColor::Yellow),
        };
        let style = colour.on_default();
        let state = format!("{:?}", layer.state).to_lowercase();
        writeln!(out, "{style}{mark}{style:#} {:<11} {state}", name(layer.layer))?;
        let open = Some(layer.layer) == diagnosis.layer || layer.state == State::Unknown || layout.verbose;
        let shown = if Some(layer.layer) == diagnosis.layer || layout.verbose { 6 } else { 1 };
        for finding in layer.findings.iter().filter(|_| open).take(shown) {
            let text = fold(&format!("{}  [{}]", finding.message, finding.code), layout.width.saturating_sub(4), 4);
            writeln!(out, "    {text}")?;
        }
        // What comes after a refusal never ran.
        if Some(layer.layer) == diagnosis.layer && !layout.verbose {
            break;
        }
    }
    for note in &diagnosis.notes {
        writeln!(out, "\n{}", fold(&format!("! {note}"), layout.width, 2))?;
    }
    let late = matches!(diagnosis.layer, None | Some(LayerName::Resolver | LayerName::Records));
    if let Some(report) = report(diagnosis).filter(|_| late || layout.verbose) {
        writeln!(out, "\n{FAINT}{}{FAINT:#}", "─".repeat(layout.width.min(80)))?;
        out.push_str(&render_text(&report, layout));
    }
    Ok(())
}

/// One self-contained page.
pub fn html(diagnosis: &Diagnosis, refusal: &Refusal) -> String {
    let mut body = format!(
        "<header class=\"{}\"><h1>{}</h1><p>{}</p></header>",
        verdict_word(diagnosis).to_lowercase(),
        verdict_word(diagnosis),
        escape(diagnosis.field.as_deref().unwrap_or(""))
    );
    if let Some(observed) = &refusal.evidence.observed {
        let _ = write!(
            body,
            "<p>seen: {} {} {}</p>",
            observed.status.map_or(String::new(), |status| status.to_string()),
            escape(observed.error_type.as_deref().unwrap_or("")),
            escape(observed.message.as_deref().unwrap_or(""))
        );
    }
    body.push_str("<section><h2>Layers</h2>");
    for layer in &diagnosis.layers {
        let open = if Some(layer.layer) == diagnosis.layer { " open" } else { "" };
        let _ = write!(
            body,
            "<details{open}><summary>{} — {}</summary><ul>",
            name(layer.layer),
            format!("{:?}", layer.state).to_lowercase()
        );
        for finding in &layer.findings {
            let _ = write!(body, "<li>{} <code>{}</code></li>", escape(&finding.message), finding.code);
        }
        body.push_str("</ul></details>");
    }
    body.push_str("</section>");
    for note in &diagnosis.notes {
        let _ = write!(body, "<p>{}</p>", escape(note));
    }
    if let Some(report) = report(diagnosis) {
        let whole = render_html(&report);
        let inner =
            whole.split_once("<main>").and_then(|(_, rest)| rest.rsplit_once("</main>")).map_or("", |(inner, _)| inner);
        body.push_str(inner);
    }
    page(&format!("{} {}", verdict_word(diagnosis), diagnosis.field.as_deref().unwrap_or("")), &body)
}
