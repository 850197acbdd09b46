//! The report of a refused request: the layers as a path, the refusing one open.

use super::compare::{self, CompareRow};
use crate::message::{counted, headed};
use super::fold::{fold_after, fold_parts};
use super::html::part;
use super::json::JsonReport;
use super::page::{self, banner, code, escape, findings, next, page, prose, section, table, tree, verdict};
use super::summary::FirstLines;
use super::words::tag;
use super::{Layout, render_rest};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::request::RequestAbout;
use crate::request::layer::{Layer, LayerName, State};
use crate::trace::Verdict;
use crate::suite::{Diagnosis, Refusal};
use super::style::{AnsiColor, Style};
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
    layers: Vec<LayerRow<'a>>,
    field: Option<&'a str>,
    auth_type: Option<&'static str>,
    resolver: Option<Json>,
    observed: Option<Json>,
    hints: &'a [Finding],
    suggestions: Json,
    notes: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compare: Option<CompareRow<'a>>,
    next: Vec<&'static str>,
}

/// A layer, and whether it has a part in requests of this mode: one that has none was not judged, and did not pass.
#[derive(Debug, Serialize)]
struct LayerRow<'a> {
    layer: LayerName,
    state: State,
    findings: &'a [Finding],
    applies: bool,
}

impl<'a> LayerRow<'a> {
    fn new(layer: &'a Layer, mode: Option<AuthType>) -> Self {
        let applies = layer.applies(mode);
        let state = if applies { layer.state } else { State::Unknown };
        Self { layer: layer.layer, state, findings: &layer.findings, applies }
    }
}

impl<'a> DiagnosisJson<'a> {
    /// The facts of a diagnosis.
    pub fn new(diagnosis: &'a Diagnosis, refusal: &Refusal) -> Self {
        let resolver =
            diagnosis.resolver.as_ref().map(|report| serde_json::to_value(JsonReport::new(report)).unwrap_or_default());
        let suggestions =
            resolver.as_ref().and_then(|report| report.get("suggestions").cloned()).unwrap_or_else(|| json!([]));
        let observed = refusal.evidence.observed.as_ref().map(|observed| {
            json!({
                "httpStatus": observed.status,
                "errorType": observed.error_type,
                "message": observed.message,
                "consistent": diagnosis.consistent,
                "reasons": diagnosis.reasons,
            })
        });
        Self {
            schema: 1,
            verdict: diagnosis
                .verdict
                .map_or(json!("unknown"), |verdict| serde_json::to_value(verdict).unwrap_or_default()),
            layer: diagnosis.layer,
            layers: diagnosis.layers.iter().map(|layer| LayerRow::new(layer, diagnosis.auth_type)).collect(),
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
            compare: diagnosis.compared.as_ref().map(CompareRow::new),
            next: diagnosis.options(),
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

/// What became of the request at a layer: an authorizer that never ran, or failed, refused nothing.
fn state(layer: &Layer) -> &'static str {
    let first = layer.findings.first().map(|finding| finding.code);
    let silent = [
        Code::AuthorizerNotInvocable,
        Code::AuthorizerTokenTooLong,
        Code::AuthorizerTokenPattern,
        Code::AuthorizerFailed,
    ];
    match layer.state {
        State::Passed => "passed",
        State::Refused if first.is_some_and(|code| silent.contains(&code)) => "not passed",
        State::Refused => "refused",
        State::Unknown => "unknown",
    }
}

/// The cause in a sentence.
pub(super) fn cause(diagnosis: &Diagnosis) -> Option<String> {
    first(diagnosis).map(|finding| FirstLines::of_finding(finding).cause)
}

pub(super) fn verdict_word(diagnosis: &Diagnosis) -> String {
    diagnosis.verdict.map_or_else(|| "UNKNOWN".to_owned(), |verdict| verdict.to_string().to_uppercase())
}

/// For a person at a terminal.
pub fn text(diagnosis: &Diagnosis, refusal: &Refusal, layout: Layout) -> String {
    let mut out = String::new();
    let _ = write_text(diagnosis, refusal, layout, &mut out);
    out
}

/// The cause, of the layer that refused; where none did, what a reader should look at first.
fn first(diagnosis: &Diagnosis) -> Option<&Finding> {
    let refused = diagnosis.layers.iter().find(|layer| Some(layer.layer) == diagnosis.layer);
    refused.and_then(|layer| layer.findings.first()).or_else(|| diagnosis.hints.first())
}

fn write_text(diagnosis: &Diagnosis, refusal: &Refusal, layout: Layout, out: &mut String) -> std::fmt::Result {
    write_head(diagnosis, refusal, layout, out)?;
    writeln!(out)?;
    let first = first(diagnosis);
    let late = matches!(diagnosis.layer, None | Some(LayerName::Resolver | LayerName::Records));
    let template = diagnosis.resolver.as_ref().filter(|_| late || layout.verbose);
    // The template's own report follows and has its hints.
    let follows = |finding: &Finding| {
        if first.is_some_and(|first| first.message == finding.message) {
            return true;
        }
        let hints = template.and_then(|report| report.why.as_ref()).map_or(&[][..], |why| &why.hints);
        hints.iter().any(|hint| hint.message == finding.message)
    };
    write_layers(diagnosis, layout, &follows, out)?;
    if let Some(compared) = diagnosis.compared.as_ref().filter(|_| template.is_none()) {
        out.push_str(&compare::text(compared, layout.width));
    }
    for note in &diagnosis.notes {
        writeln!(out, "\n{}", fold_after("! ", &note.to_string(), layout.width, 2))?;
    }
    if diagnosis.reasons.len() > 1 {
        writeln!(out, "\nWhy the two may differ, likeliest first")?;
        for (at, reason) in diagnosis.reasons.iter().enumerate() {
            let text = format!("{}  {FAINT}{}{FAINT:#}", reason.message, tag(reason));
            writeln!(out, "{}", fold_after(&format!("  {}. ", at + 1), &text, layout.width, 5))?;
        }
    }
    if let Some(report) = template {
        writeln!(out, "\n{FAINT}{}{FAINT:#}", "─".repeat(layout.width.min(80)))?;
        let above: Vec<_> = first.into_iter().chain(beside_unknown(diagnosis)).map(|one| &one.message).collect();
        out.push_str(&render_rest(report, layout, &above));
    }
    if let Some(words) = diagnosis.next() {
        writeln!(out, "\n{}", fold_after(&format!("{STRONG}Next{STRONG:#}  "), &words, layout.width, 6))?;
    }
    Ok(())
}

/// The verdict, its cause and cure, and what was seen.
fn write_head(diagnosis: &Diagnosis, refusal: &Refusal, layout: Layout, out: &mut String) -> std::fmt::Result {
    let by = diagnosis.layer.map(|layer| format!("at the layer {}", name(layer)));
    let verdict = format!("{STRONG}{}{STRONG:#}", verdict_word(diagnosis));
    let mode = diagnosis.auth_type.map(|mode| format!("{FAINT}{mode}{FAINT:#}"));
    let parts = [Some(verdict), by, diagnosis.field.as_deref().map(headed), mode];
    writeln!(out, "{}", fold_parts(parts.into_iter().flatten(), layout.width))?;
    // The cause and its cure come before all else.
    let by_template = by_template(diagnosis);
    if let Some(summary) = summary(diagnosis) {
        let text = format!("{}  {FAINT}{}{FAINT:#}", summary.cause, summary.tag);
        writeln!(out, "{}", fold_after(&format!("{STRONG}{:<5}{STRONG:#}  ", summary.label()), &text, layout.width, 7))?;
        if let Some(cure) = &summary.cure {
            writeln!(out, "{}", fold_after(&format!("{STRONG}cure{STRONG:#}   "), cure, layout.width, 7))?;
        }
        if let Some(beside) = beside_unknown(diagnosis) {
            let text = format!("{}  {FAINT}{}{FAINT:#}", beside.message, tag(beside));
            writeln!(out, "{}", fold_after(&format!("{STRONG}also{STRONG:#}   "), &text, layout.width, 7))?;
        }
        if let Some(decided) = by_template.and_then(|report| FirstLines::decided(report, &summary.cause)) {
            writeln!(out, "{}", fold_after(&format!("{FAINT}by{FAINT:#}     "), &decided, layout.width, 7))?;
        }
    }
    if let Some(observed) = &refusal.evidence.observed {
        let status = observed.status.map(|status| format!("HTTP {status}"));
        let said = [status, observed.error_type.as_deref().map(headed), observed.message.as_deref().map(headed)];
        let said: Vec<_> = said.into_iter().flatten().filter(|word| !word.is_empty()).collect();
        writeln!(out, "{}", fold_after(&format!("{FAINT}seen{FAINT:#}   "), &said.join("  "), layout.width, 7))?;
    }
    Ok(())
}

/// What is certain beside a verdict that is unknown.
fn beside_unknown(diagnosis: &Diagnosis) -> Option<&Finding> {
    let open = diagnosis.verdict.is_none_or(|verdict| verdict == Verdict::Unknown);
    FirstLines::beside_unknown(&diagnosis.hints).filter(|_| open)
}

/// The template's report, where a template refused.
fn by_template(diagnosis: &Diagnosis) -> Option<&Explanation> {
    diagnosis.resolver.as_ref().filter(|_| diagnosis.layer == Some(LayerName::Resolver))
}

/// Cause and cure, with the change that was proved where a template refused.
fn summary(diagnosis: &Diagnosis) -> Option<FirstLines> {
    let summary = FirstLines::of_finding(first(diagnosis)?);
    Some(match by_template(diagnosis) {
        Some(report) => summary.proved(report),
        None => summary,
    })
}

/// The layers up to the one that refused, each with what it found.
fn write_layers(
    diagnosis: &Diagnosis,
    layout: Layout,
    follows: &dyn Fn(&Finding) -> bool,
    out: &mut String,
) -> std::fmt::Result {
    for layer in &diagnosis.layers {
        let (mark, colour) = match layer.state {
            State::Passed if !layer.applies(diagnosis.auth_type) => ("·", AnsiColor::BrightBlack),
            State::Passed => ("✓", AnsiColor::Green),
            State::Refused => ("✗", AnsiColor::Red),
            State::Unknown => ("?", AnsiColor::Yellow),
        };
        let style = colour.on_default();
        let state = if layer.applies(diagnosis.auth_type) { state(layer) } else { "does not apply" };
        writeln!(out, "{style}{mark}{style:#} {:<11} {state}", name(layer.layer))?;
        let open = Some(layer.layer) == diagnosis.layer || layer.state == State::Unknown || layout.verbose;
        let shown = if Some(layer.layer) == diagnosis.layer || layout.verbose { 6 } else { 1 };
        // Where a layer is known to have refused, nobody needs what would settle the others.
        let asks = |finding: &&Finding| {
            diagnosis.layer.is_some_and(|name| name != layer.layer) && !layout.verbose && finding.code.is_not_given()
        };
        let is_shown = |finding: &&Finding| open && !follows(finding) && !asks(finding);
        for finding in layer.findings.iter().filter(is_shown).take(shown) {
            let text = format!("{}  {FAINT}{}{FAINT:#}", finding.message, tag(finding));
            writeln!(out, "{}", fold_after("    ", &text, layout.width, 4))?;
        }
        // What comes after a refusal never ran.
        if Some(layer.layer) == diagnosis.layer && !layout.verbose {
            break;
        }
    }
    Ok(())
}

/// A diagnosis, and what it is of: of a HAR, the request.
#[derive(Debug)]
pub struct Diagnosed {
    /// What was given.
    pub refusal: Refusal,
    /// What became of it.
    pub diagnosis: Diagnosis,
}

/// One self-contained page of all diagnoses.
pub fn html(all: &[Diagnosed]) -> String {
    if let [one] = all {
        let field = one.diagnosis.field.as_deref().unwrap_or("");
        return page(&format!("{} {field}", verdict_word(&one.diagnosis)), &request(one, 1, ""));
    }
    let refused = all.iter().filter(|one| one.diagnosis.layer.is_some()).count();
    let mut body = verdict(1, "Diagnosis", &format!("{}, {refused} refused", counted(all.len(), "request")));
    body += &requests(all);
    for (at, one) in all.iter().enumerate() {
        body += &format!("<article id=\"r{0}\">{1}</article>\n", at + 1, request(one, 2, &format!("r{}-", at + 1)));
    }
    page("Diagnosis", &body)
}

/// The requests in one table, refused first, each with the way to its report.
fn requests(all: &[Diagnosed]) -> String {
    let mut order: Vec<(usize, &Diagnosed)> = all.iter().enumerate().collect();
    order.sort_by_key(|(at, one)| (super::standing::Standing::of(&one.diagnosis), *at));
    let row = |(at, one): (usize, &Diagnosed)| {
        let diagnosis = &one.diagnosis;
        let word = verdict_word(diagnosis);
        let about = &one.refusal.request.about;
        let cells = vec![
            format!("<a href=\"#r{}\">{}</a>", at + 1, escape(diagnosis.field.as_deref().unwrap_or("request"))),
            format!("<span class=\"whole tone {}\">{}</span>", escape(&word.to_lowercase()), escape(&word)),
            diagnosis.layer.map_or("", name).to_owned(),
            escape(diagnosis.auth_type.map_or("", |mode| mode.as_str())),
            prose(&cause(diagnosis).unwrap_or_default()),
            format!("<span class=\"whole\">{}</span>", escape(about.time.as_deref().unwrap_or("").get(..19).unwrap_or_default())),
        ];
        (String::new(), cells)
    };
    let rows: Vec<_> = order.into_iter().map(row).collect();
    let columns = ["field", "verdict", "layer", "mode", "cause", "time"];
    section(2, "Requests, refused first", &table("Requests", &columns, &rows))
}

/// A layer's findings, but for those that stand above already.
fn said(layer: &Layer, above: &[Finding], link: &dyn Fn(&str) -> String) -> String {
    if layer.findings.is_empty() {
        return "<p>nothing to say</p>".to_owned();
    }
    let repeated = |finding: &&Finding| above.iter().any(|known| known.message == finding.message);
    let (repeated, own): (Vec<_>, Vec<_>) = layer.findings.iter().partition(repeated);
    let codes: Vec<_> = repeated.iter().map(|finding| code(finding.code.as_str())).collect();
    let own = if own.is_empty() { String::new() } else { findings(own, link) };
    if codes.is_empty() { own } else { format!("{own}<p class=\"faint\">above: {}</p>", codes.join(", ")) }
}

fn request(one: &Diagnosed, level: u8, prefix: &str) -> String {
    let diagnosis = &one.diagnosis;
    let by = diagnosis.layer.map_or(String::new(), |layer| format!("refused at the layer {}", name(layer)));
    let mode = diagnosis.auth_type.map_or("", |mode| mode.as_str());
    let about: Vec<_> = [diagnosis.field.as_deref().unwrap_or(""), &by, mode]
        .into_iter()
        .filter(|word| !word.is_empty())
        .map(escape)
        .collect();
    let link = |path: &str| code(path);
    let first = first(diagnosis);
    let summary = summary(diagnosis);
    let facts = first.map_or(String::new(), |first| page::facts(first, &link));
    let mut out = banner(level, &verdict_word(diagnosis), &about.join(" · "), summary.as_ref(), &facts);
    out += &seen(one);
    if let Some(words) = diagnosis.next() {
        out += &next(&words);
    }
    if one.refusal.request.about != RequestAbout::default() {
        out += &tree(&serde_json::to_value(&one.refusal.request.about).unwrap_or_default());
    }
    let others = diagnosis.hints.iter().filter(|hint| first.is_none_or(|first| first.message != hint.message));
    let others: Vec<&Finding> = others.collect();
    if !others.is_empty() {
        out += &section(level + 1, "What else to look at", &findings(others, &link));
    }
    if let Some(compared) = diagnosis.compared.as_ref().filter(|_| diagnosis.resolver.is_none()) {
        out += &compare::html(compared, level + 1);
    }
    out += &section(level + 1, "Layers, in the order in which AppSync applies them", &layers(diagnosis, &link));
    out += &diagnosis.notes.iter().map(|note| format!("<p>! {}</p>", prose(&note.to_string()))).collect::<String>();
    if !diagnosis.reasons.is_empty() {
        out += &section(level + 1, "Why the two may differ, likeliest first", &findings(&diagnosis.reasons, &link));
    }
    if let Some(report) = &diagnosis.resolver {
        out += &section(level + 1, "The resolver", &part(report, level + 2, prefix));
    }
    out
}

/// What was seen of the answer.
fn seen(one: &Diagnosed) -> String {
    let Some(observed) = &one.refusal.evidence.observed else { return String::new() };
    let status = observed.status.map_or(String::new(), |status| format!("HTTP {status}"));
    let kind = observed.error_type.as_deref().unwrap_or("");
    let fits = match one.diagnosis.consistent {
        Some(true) => "what was computed fits",
        Some(false) => "what was computed does not fit",
        None => "",
    };
    let words: Vec<_> = [status.as_str(), kind, observed.message.as_deref().unwrap_or(""), fits]
        .into_iter()
        .filter(|word| !word.is_empty())
        .map(escape)
        .collect();
    format!("<p class=\"said\">Seen: {}</p>", words.join(" · "))
}

/// The way of the request through the layers.
fn layers(diagnosis: &Diagnosis, link: &dyn Fn(&str) -> String) -> String {
    let mut layers = String::from("<ol class=\"path\">");
    for layer in &diagnosis.layers {
        let here = Some(layer.layer) == diagnosis.layer;
        let (open, current) = if here { (" open", " aria-current=\"step\"") } else { ("", "") };
        let (mark, tone, state) = match layer.state {
            State::Passed if !layer.applies(diagnosis.auth_type) => ("·", "", "does not apply"),
            State::Passed => ("✓", "passed", "passed"),
            State::Refused => ("✗", "refused", "refused"),
            State::Unknown => ("?", "unknown", "unknown"),
        };
        layers += &format!(
            "<li{current}><details{open}><summary>{} <span class=\"tone {tone}\">{mark} {state}</span></summary>{}</details></li>\n",
            name(layer.layer),
            said(layer, &diagnosis.hints, link)
        );
    }
    layers += "</ol>";
    layers
}
