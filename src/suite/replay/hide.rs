//! Takes out of a report what must not be shown: credentials always, callers and claims where that was asked for.

use super::compare::EntryComparison;
use super::cause::LoggedCause;
use super::report::RequestReport;
use crate::message::Message;
use crate::request::secret::Secrets;
use serde_json::Value as Json;

/// Takes credentials out of every text that a log may bring.
pub fn secrets(report: &mut RequestReport, secrets: &Secrets) {
    secrets.hide(&mut report.request_id);
    report.reason.edit(|text| secrets.hide(text));
    report.caller.iter_mut().for_each(|caller| secrets.hide(caller));
    report.fields.iter_mut().for_each(|field| secrets.hide(field));
    for decision in &mut report.decisions {
        secrets.hide(&mut decision.field);
        secrets.hide(&mut decision.path);
        decision.reason.edit(|text| secrets.hide(text));
    }
    for finding in report.layers.iter_mut().flat_map(|layer| &mut layer.findings) {
        finding.message.edit(|text| secrets.hide(text));
        secrets.hide_in(&mut finding.actual);
        secrets.hide_in(&mut finding.wanted);
    }
    for entry in &mut report.entries {
        let own = [&mut entry.field, &mut entry.path, &mut entry.log_type];
        own.into_iter().for_each(|text| secrets.hide(text));
        entry.errors.iter_mut().for_each(|error| secrets.hide(error));
        entry.function.iter_mut().for_each(|text| secrets.hide(text));
        entry.reason.iter_mut().chain(&mut entry.notes).for_each(|message| message.edit(|text| secrets.hide(text)));
        match &mut entry.comparison {
            EntryComparison::Equal => {}
            EntryComparison::Different { logged, local, diff } => {
                secrets.hide(logged);
                secrets.hide(local);
                for place in diff {
                    secrets.hide(&mut place.path);
                    secrets.hide_in(&mut place.logged);
                    secrets.hide_in(&mut place.local);
                }
            }
            EntryComparison::NotComparable { why } => why.edit(|text| secrets.hide(text)),
        }
    }
}

/// What is left of a reason that must not be shown.
fn code_alone(cause: Option<LoggedCause>) -> Message {
    cause.map(|cause| cause.to_string().into()).unwrap_or_default()
}

/// Hides who callers are and what their claims hold.
pub fn redact(report: &mut RequestReport) {
    const HIDDEN: &str = "redacted";
    report.caller = report.caller.take().map(|_| HIDDEN.to_owned());
    report.reason = code_alone(report.cause);
    for decision in &mut report.decisions {
        decision.reason = code_alone(decision.cause);
    }
    for finding in report.layers.iter_mut().flat_map(|layer| &mut layer.findings) {
        finding.message = finding.code.as_str().into();
        (finding.actual, finding.wanted) = (Json::Null, Json::Null);
    }
    for entry in &mut report.entries {
        entry.reason = entry.cause.map(|cause| cause.to_string().into());
        entry.errors.iter_mut().for_each(|error| *error = HIDDEN.to_owned());
        if let EntryComparison::Different { logged, local, diff } = &mut entry.comparison {
            (*logged, *local) = (HIDDEN.to_owned(), HIDDEN.to_owned());
            for place in diff {
                (place.logged, place.local) = (Json::Null, Json::Null);
            }
        }
    }
}
