//! A log in numbers: refusals by field, cause and caller.

use crate::message::counted;
use super::fold::fold;
use super::page::{code, escape, page, section, sentence, table, tree, verdict};
use crate::suite::replay::{ChangedDecisions, EntryComparison, Counts, LogEntry, Logged, RequestReport, Summary, SummaryRow};
use super::style::Style;
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();
/// Requests and differences shown to a person.
const SHOWN: usize = 50;
/// Requests of which the open ones are told with their reason.
const OPEN: usize = 5;
const DIFFERENCES: usize = 10;

/// What a replay found.
#[derive(Debug)]
pub struct ReplayRows<'a> {
    /// In numbers.
    pub summary: &'a Summary,
    /// Refusals, most frequent first.
    pub rows: Vec<SummaryRow>,
    /// What the local templates would change: what they open first.
    pub changes: Vec<ChangedDecisions>,
    /// Requests that were refused, failed, or changed, and those of which there is a note.
    pub requests: &'a [RequestReport],
    /// How many such requests are not among them.
    pub more: u64,
    /// What was read.
    pub counts: &'a Counts,
    /// Whether callers and claims are hidden.
    pub redacted: bool,
}

impl ReplayRows<'_> {
    pub(super) fn shown<'r>(&self, row: &'r SummaryRow) -> (&'r str, String) {
        if self.redacted { ("redacted", String::new()) } else { (&row.caller, row.reason.to_string()) }
    }
}

/// What was read, and what was not.
pub fn counts(counts: &Counts, summary: &Summary) -> String {
    let mut out = format!(
        "{} read, {} used; {}\n",
        counted(counts.read, "event"),
        counts.used,
        counted(summary.requests, "request")
    );
    for (why, skipped) in &counts.skipped {
        let _ = writeln!(out, "{} {} (first: {})", skipped.count, why.words(), skipped.first);
    }
    for (kind, count) in &counts.unknown_types {
        let kind = if kind.is_empty() { "no type" } else { kind };
        let _ = writeln!(out, "{count} of an unknown type: {kind}");
    }
    for warning in &counts.warnings {
        let _ = writeln!(out, "warning: {warning}");
    }
    if counts.forgotten > 0 {
        let _ = writeln!(
            out,
            "warning: {} had ended so long ago that late events of them count as requests of their own",
            counted(counts.forgotten, "request")
        );
    }
    if summary.others > 0 {
        let _ = writeln!(
            out,
            "warning: refusals and changes counted together as `others`: {}. There are more kinds than are kept apart",
            summary.others
        );
    }
    if counts.used == 0 {
        out.push_str("warning: no entry of AppSync was found: is field-level logging on, and is it the group /aws/appsync/apis/ID?\n");
    }
    out
}

/// For a person at a terminal.
pub fn text(found: &ReplayRows<'_>) -> String {
    let mut out = format!("{STRONG}{}{STRONG:#}\n", numbers(found.summary));
    for row in &found.rows {
        let (caller, reason) = found.shown(row);
        let _ = writeln!(
            out,
            "\n{:>6}  {STRONG}{}{STRONG:#}  {}  {FAINT}{caller}{FAINT:#}",
            row.count, row.field, row.cause
        );
        let _ = writeln!(out, "        {}", fold(&reason, 92, 8));
    }
    if !found.changes.is_empty() {
        let _ = writeln!(out, "\n{STRONG}The local templates would decide otherwise{STRONG:#}");
    }
    for row in &found.changes {
        let _ = writeln!(
            out,
            "{:>6}  {STRONG}{}{STRONG:#}  {}  {FAINT}{}{FAINT:#}",
            row.count, row.change, row.field, row.caller
        );
        if !row.reason.is_empty() {
            let _ = writeln!(out, "        {}", fold(&row.reason.to_string(), 92, 8));
        }
    }
    differences(found.requests, &mut out);
    if !found.requests.is_empty() {
        let _ = writeln!(out, "\n{STRONG}Requests{STRONG:#}");
    }
    let mut shown: Vec<String> = Vec::new();
    for request in found.requests.iter().take(SHOWN) {
        let status = request.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
        let layer = request.layer.map_or_else(String::new, |layer| layer.to_string());
        let change = request.change.map_or_else(String::new, |change| change.to_string());
        let _ = writeln!(
            out,
            "  {}  {status:<4} {:<7} {layer:<10} {change:<7} {}  {}",
            request.request_id,
            request.verdict,
            request.fields.join(", "),
            request.cause.map_or_else(String::new, |cause| cause.to_string())
        );
        // Of a refusal the table above tells why; what stays open, or failed, is told here.
        let reason = request.reason.to_string();
        let open = matches!(request.verdict, Logged::Unknown | Logged::Error) && found.requests.len() <= OPEN && !found.redacted && !reason.is_empty();
        // What is so of several is told once.
        if open && !shown.contains(&reason) {
            let _ = writeln!(out, "        {}", fold(&reason, 92, 8));
            shown.push(reason);
        }
        for note in &request.notes {
            let _ = writeln!(out, "      {FAINT}{note}{FAINT:#}");
        }
    }
    let left = found.requests.len().saturating_sub(SHOWN) as u64 + found.more;
    if left > 0 {
        let _ = writeln!(out, "  {FAINT}and {left} more: --ndjson{FAINT:#}");
    }
    out
}

/// One request of a log that is followed, as soon as it ended: what refused it, or what the local templates change.
pub fn request(request: &RequestReport, redacted: bool) -> String {
    let layer = request.layer.map_or_else(String::new, |layer| format!("  {layer}"));
    let change = request.change.map_or_else(String::new, |change| format!("  local templates: {change}"));
    let cause = request.cause.map_or_else(String::new, |cause| format!("  {FAINT}[{cause}]{FAINT:#}"));
    let mut out = format!(
        "{STRONG}{}  {}{STRONG:#}{layer}{change}{cause}  {FAINT}{}{FAINT:#}\n",
        request.verdict.to_string().to_uppercase(),
        request.fields.join(", "),
        request.request_id
    );
    if !request.reason.is_empty() && !redacted {
        let _ = writeln!(out, "        {}", fold(&request.reason.to_string(), 92, 8));
    }
    out
}

/// The summary in one line.
fn numbers(summary: &Summary) -> String {
    let mut out = format!("{}, {} refused", counted(summary.requests, "request"), summary.denied);
    if summary.unknown > 0 {
        let _ = write!(out, ", {} unknown", summary.unknown);
    }
    let _ = write!(
        out,
        "; local templates: {} equal, {} different, {} not comparable; {} opened, {} closed",
        counted(summary.equal, "entry"), summary.different, summary.not_comparable, summary.opened, summary.closed
    );
    if summary.changed > 0 {
        let _ = write!(out, ", {} with another filter", summary.changed);
    }
    out
}

/// Where the local templates render something else, one example a template.
fn differences(requests: &[RequestReport], out: &mut String) {
    let different = |entry: &&LogEntry| matches!(entry.comparison, EntryComparison::Different { .. });
    let mut shown: Vec<&str> = Vec::new();
    for entry in requests.iter().flat_map(|request| &request.entries).filter(different) {
        let EntryComparison::Different { diff, .. } = &entry.comparison else { continue };
        let template = entry.template.as_deref().unwrap_or(&entry.field);
        if shown.contains(&template) || shown.len() >= DIFFERENCES {
            continue;
        }
        if shown.is_empty() {
            let _ = writeln!(
                out,
                "\n{STRONG}Other text than was logged{STRONG:#}: the deployed resolvers are probably older than these files"
            );
        }
        shown.push(template);
        let _ = writeln!(out, "  {STRONG}{}{STRONG:#}  {} {template}", entry.field, entry.log_type);
        for place in diff.iter().take(5) {
            let _ = writeln!(out, "    {}", place.path);
            let _ = writeln!(out, "    - {}", place.logged);
            let _ = writeln!(out, "    + {}", place.local);
        }
        for note in &entry.notes {
            let _ = writeln!(out, "    {FAINT}{note}{FAINT:#}");
        }
    }
}

/// One self-contained page: the causes first, then each request that was refused, failed or changed.
pub fn html(found: &ReplayRows<'_>) -> String {
    let summary = found.summary;
    let about = format!("{}, {} refused", counted(summary.requests, "request"), summary.denied);
    let mut body = verdict(1, "Replay", &about);
    let compared = format!("<p>{}</p>{}", escape(&numbers(summary)), tree(&to_json(found.counts)));
    body += &section(2, "What was compared", &compared);
    if !found.changes.is_empty() {
        let row = |row: &ChangedDecisions| {
            let reason = if found.redacted { String::new() } else { sentence(&row.reason) };
            let cells = [&row.change.to_string(), row.field.as_str(), row.caller.as_str()].map(escape);
            (String::new(), [vec![row.count.to_string()], cells.to_vec(), vec![reason]].concat())
        };
        let rows: Vec<_> = found.changes.iter().map(row).collect();
        let columns = ["count", "change", "field", "caller", "reason"];
        body += &section(2, "What the local templates would change", &table("Changes", &columns, &rows));
    }
    let row = |row: &SummaryRow| {
        let (caller, _) = found.shown(row);
        let reason = if found.redacted { String::new() } else { sentence(&row.reason) };
        let cells = vec![escape(&row.field), row.count.to_string(), code(&row.cause), escape(caller), reason];
        (String::new(), cells)
    };
    let rows: Vec<_> = found.rows.iter().map(row).collect();
    let columns = ["field", "count", "cause", "caller", "reason"];
    body += &section(2, "Refusals, most frequent first", &table("Refusals", &columns, &rows));
    let mut requests = String::new();
    for request in found.requests {
        let word = request.verdict;
        requests += &format!(
            "<details><summary><span class=\"tone {word}\">{word}</span> {} {} {}</summary>{}</details>\n",
            escape(&request.fields.join(", ")),
            request.change.map_or_else(String::new, |change| change.to_string()),
            code(&request.request_id),
            tree(&to_json(request))
        );
    }
    if !requests.is_empty() {
        body += &section(2, "Requests", &requests);
    }
    page("Replay", &body)
}

fn to_json(part: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(part).unwrap_or_default()
}
