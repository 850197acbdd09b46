//! The request as a whole, from what was decided field by field.

use crate::message::{Message, Part, counted};
use super::decision::{LoggedDecision, Logged};
use super::report::RequestReport;
use super::request::LoggedRequest;
use crate::code::Code;

/// The verdict, fields and cause of the whole; `ended` is how it ended where no field was resolved.
pub fn conclude(request: &LoggedRequest, report: &mut RequestReport, ended: Option<Logged>) {
    if request.cut > 0 {
        let words = match request.cut {
            1 => "{} of this request was cut: what was said there is not known",
            _ => "{} of this request were cut: what was said there is not known",
        };
        report.notes.push(Message::of(words, [Part::Text(counted(request.cut, "entry"))]));
    }
    if request.dropped > 0 {
        let count = Part::Text(counted(request.dropped, "entry"));
        report.notes.push(Message::of("this request has {} too many, not judged", [count]));
    }
    let changed = report.decisions.iter().filter(|one| one.change.is_some()).min_by_key(|one| one.change).cloned();
    report.change = changed.as_ref().and_then(|decision| decision.change);
    if let Some(ended) = ended {
        report.verdict = ended;
        return;
    }
    let (verdict, decision) = verdict(request, report);
    report.verdict = verdict;
    report.fields = fields(request, report, changed.as_ref());
    if let Some(decision) = decision.or(changed) {
        report.layer = decision.layer;
        report.cause = decision.cause;
        report.reason = decision.reason;
    } else if request.cut > 0 || request.dropped > 0 {
        report.reason = Message::list(report.notes.clone(), "; ");
    }
    incomplete(request, report);
}

/// How it ended, and the field that tells it.
fn verdict(request: &LoggedRequest, report: &RequestReport) -> (Logged, Option<LoggedDecision>) {
    let logged = |word: Logged| report.decisions.iter().find(|decision| decision.logged == word).cloned();
    let unknown = request.cut > 0 || request.dropped > 0;
    match (logged(Logged::Denied), logged(Logged::Unknown), logged(Logged::Error)) {
        (Some(denied), ..) => (Logged::Denied, Some(denied)),
        (None, Some(unknown), _) => (Logged::Unknown, Some(unknown)),
        (None, None, Some(error)) => (Logged::Error, Some(error)),
        (None, None, None) if unknown || request.status.is_none() && report.entries.is_empty() => {
            (Logged::Unknown, None)
        }
        (None, None, None) => (Logged::Ok, None),
    }
}

/// The refused fields; where none is refused, those that changed, or all.
fn fields(request: &LoggedRequest, report: &RequestReport, changed: Option<&LoggedDecision>) -> Vec<String> {
    let denied = report.verdict == Logged::Denied;
    let counts = |decision: &&LoggedDecision| match changed {
        _ if denied => decision.logged == Logged::Denied,
        Some(changed) => decision.change == changed.change,
        None => true,
    };
    let mut fields: Vec<String> =
        report.decisions.iter().filter(counts).map(|decision| decision.field.clone()).collect();
    if !denied && changed.is_none() {
        let root = |parent: &str| matches!(parent, "Query" | "Mutation" | "Subscription");
        let roots = request.traced.iter().filter(|(parent, _)| root(parent));
        fields.extend(roots.map(|(parent, field)| format!("{parent}.{field}")));
    }
    fields.retain(|field| !field.is_empty());
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// A log that breaks off before it says anything.
fn incomplete(request: &LoggedRequest, report: &mut RequestReport) {
    if report.verdict != Logged::Unknown || !report.entries.is_empty() {
        return;
    }
    let says = request.says();
    if !says.cut && (says.status.is_some() || request.executed) {
        return;
    }
    let sends = |text: &str| text.contains("authorization=") || text.contains("x-api-key=");
    let sent = says.masked.contains_key("authorization")
        || says.masked.contains_key("x-api-key")
        || says.cut && request.request_headers.as_deref().is_some_and(sends);
    let sent = match (sent, says.masked.is_empty()) {
        (true, false) => " A credential was sent, that much is in it; its value is masked, so neither its kind nor whether it had expired can be read.",
        (true, true) => " A credential was sent, that much is in it.",
        (false, _) => "",
    };
    let end = if says.cut { "it breaks off in the middle of a line" } else { "it is not complete" };
    report.layer = None;
    report.cause = Some(Code::LogIncomplete.into());
    let filter = format!("aws logs filter-log-events --filter-pattern '\"{}\"'", request.id);
    report.reason = Message::of(
        "this log cannot say: {}, and has no status (RequestSummary) and no answer, so it is not even known that the request was refused.{} » Export all events of that request id again, for example with {}: a status of 401 there means the credential, 200 with mapping entries the resolver.",
        [Part::Text(end.to_owned()), Part::Text(sent.to_owned()), Part::Code(filter)],
    );
}
