//! A log in numbers: refusals by field, cause and caller.

use super::html::{escape, page};
use super::words::fold;
use crate::suite::replay::{RequestReport, Summary, SummaryRow};
use anstyle::Style;
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// What a replay found.
#[derive(Debug)]
pub struct ReplayRows<'a> {
    /// In numbers.
    pub summary: &'a Summary,
    /// Refusals, most frequent first.
    pub rows: Vec<SummaryRow>,
    /// Requests that were refused, failed, or changed.
    pub requests: &'a [RequestReport],
    /// Whether callers and claims are hidden.
    pub redacted: bool,
}

impl ReplayRows<'_> {
    fn shown<'r>(&self, row: &'r SummaryRow) -> (&'r str, &'r str) {
        if self.redacted { ("redacted", "") } else { (&row.caller, &row.reason) }
    }
}

/// For a person at a terminal.
pub fn text(found: &ReplayRows<'_>) -> String {
    let summary = found.summary;
    let mut out = format!(
        "{STRONG}{} requests, {} refused{STRONG:#}; local templates: {} entries equal, {} different, {} not comparable; {} opened, {} closed\n",
        summary.requests,
        summary.denied,
        summary.equal,
        summary.different,
        summary.not_comparable,
        summary.opened,
        summary.closed
    );
    for row in &found.rows {
        let (caller, reason) = found.shown(row);
        let _ = writeln!(
            out,
            "\n{:>6}  {STRONG}{}{STRONG:#}  {}  {FAINT}{caller}{FAINT:#}",
            row.count, row.field, row.cause
        );
        let _ = writeln!(out, "        {}", fold(reason, 92, 8));
    }
    if !found.requests.is_empty() {
        let _ = writeln!(out, "\n{STRONG}Requests{STRONG:#}");
    }
    for request in found.requests.iter().take(50) {
        let status = request.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
        let layer = request.layer.unwrap_or("");
        let change = request.change.unwrap_or("");
        let _ = writeln!(
            out,
            "  {}  {status:<4} {:<7} {layer:<9} {change:<7} {}  {}",
            request.request_id,
            request.verdict,
            request.fields.join(", "),
            request.cause.as_deref().unwrap_or("")
        );
    }
    let left = found.requests.len().saturating_sub(50);
    if left > 0 {
        let _ = writeln!(out, "  {FAINT}and {left} more: --ndjson{FAINT:#}");
    }
    out
}

/// One line a kind of refusal.
pub fn csv(found: &ReplayRows<'_>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let _ = writer.write_record(["count", "field", "cause", "caller", "reason"]);
    for row in &found.rows {
        let (caller, reason) = found.shown(row);
        let _ = writer.write_record([&row.count.to_string(), &row.field, &row.cause, caller, reason]);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// One self-contained page.
pub fn html(found: &ReplayRows<'_>) -> String {
    let summary = found.summary;
    let mut body = format!(
        "<h1>Replay</h1><p>{} requests, {} refused; {} entries equal, {} different, {} not comparable; {} opened, {} closed</p>",
        summary.requests,
        summary.denied,
        summary.equal,
        summary.different,
        summary.not_comparable,
        summary.opened,
        summary.closed
    );
    body.push_str("<table><thead><tr><th>count</th><th>field</th><th>cause</th><th>caller</th><th>reason</th></tr></thead><tbody>");
    for row in &found.rows {
        let (caller, reason) = found.shown(row);
        let _ = write!(
            body,
            "<tr><td>{}</td><td>{}</td><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            row.count,
            escape(&row.field),
            escape(&row.cause),
            escape(caller),
            escape(reason)
        );
    }
    body.push_str("</tbody></table>");
    page("Replay", &body)
}
