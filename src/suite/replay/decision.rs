//! What a log and the local templates decide about one field of a request.

use super::cause::LoggedCause;
use super::entry::LogEntry;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::layer::LayerName;
use crate::suite::VerdictChange;
use crate::trace::Verdict;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;

/// How a request or a field ended, by its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Logged {
    /// It was refused.
    Denied,
    /// It failed.
    Error,
    /// It came through.
    Ok,
    /// The log does not tell.
    #[default]
    Unknown,
}

impl fmt::Display for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Denied => "denied",
            Self::Error => "error",
            Self::Ok => "ok",
            Self::Unknown => "unknown",
        })
    }
}

/// What the log and the local templates decide about one field of a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedDecision {
    /// `Type.field`
    pub field: String,
    /// The place in the answer.
    pub path: String,
    /// What was logged.
    pub logged: Logged,
    /// The layer that refused, or is the likeliest one.
    pub layer: Option<LayerName>,
    /// The code of the cause.
    pub cause: Option<LoggedCause>,
    /// In words.
    pub reason: Message,
    /// What the rules say of a refusal, where the local templates have them.
    pub by_rules: Option<Message>,
    /// Where the local templates decide otherwise: which way, or with another filter on the rows.
    pub change: Option<VerdictChange>,
}

impl LoggedDecision {
    /// A field of a request that a limit of the API ended.
    pub fn ended(field: String, finding: &Finding) -> Self {
        Self {
            field,
            path: String::new(),
            logged: Logged::Error,
            layer: None,
            cause: Some(finding.code.into()),
            reason: finding.message.clone(),
            by_rules: None,
            change: None,
        }
    }
}

/// One decision a field and place in the answer.
pub fn decisions(entries: &[LogEntry]) -> Vec<LoggedDecision> {
    let mut places: Vec<(&str, &str)> = Vec::new();
    let mut by_place: HashMap<(&str, &str), Vec<&LogEntry>> = HashMap::new();
    for entry in entries {
        let place = (entry.field.as_str(), entry.path.as_str());
        let known = by_place.entry(place).or_default();
        if known.is_empty() {
            places.push(place);
        }
        known.push(entry);
    }
    places.iter().map(|place| decision(&by_place[place])).collect()
}

fn decision(entries: &[&LogEntry]) -> LoggedDecision {
    let refused = entries.iter().find(|entry| entry.refused);
    let failed = entries.iter().find(|entry| entry.failed);
    let denies = entries.iter().find(|entry| entry.local == Some(Verdict::Denied));
    let stopped = entries.iter().any(|entry| matches!(entry.local, Some(Verdict::Denied | Verdict::Error)));
    let about = entries[0];
    let mut decision = LoggedDecision {
        field: about.field.clone(),
        path: about.path.clone(),
        logged: Logged::Ok,
        layer: None,
        cause: None,
        reason: Message::default(),
        by_rules: refused.or(denies).and_then(|entry| entry.by_rules.clone()),
        change: None,
    };
    if let Some(entry) = refused {
        decision.logged = Logged::Denied;
        decision.layer = Some(LayerName::Resolver);
        decision.cause = entry.cause.or(Some(LoggedCause::Code(Code::RefusedByResolver)));
        decision.reason = entry.reason.clone().or_else(|| said(entry)).unwrap_or_default();
        // What later templates would decide was not logged: that the refusing one lets it pass is told as opened.
        if entry.local.is_some() && !stopped {
            decision.change = Some(VerdictChange::Opened);
        }
    } else if let Some(entry) = failed {
        decision.logged = Logged::Error;
        decision.cause = entry.cause;
        decision.reason = entry.reason.clone().or_else(|| said(entry)).unwrap_or_default();
    } else if let Some(entry) = denies {
        decision.change = Some(VerdictChange::Closed);
        decision.cause = entry.cause;
        decision.reason = entry.reason.clone().unwrap_or_default();
    } else if let Some((change, reason)) = filter_change(entries) {
        decision.change = Some(change);
        decision.cause = Some(LoggedCause::Filter);
        decision.reason = reason.into();
    }
    // The rules first: the statement of a template is their consequence.
    if let Some(by_rules) = &decision.by_rules {
        decision.reason = Message::list([by_rules.clone(), std::mem::take(&mut decision.reason)], "; ");
    }
    decision
}

/// What AppSync said of a failure.
fn said(entry: &LogEntry) -> Option<Message> {
    Some(Message::of("{}", [Part::Value(entry.errors.first()?.clone())]))
}

/// Whether the filter on the rows that a later entry shows is the one that the local template sets.
fn filter_change(entries: &[&LogEntry]) -> Option<(VerdictChange, &'static str)> {
    let setter = entries.iter().rposition(|entry| entry.local_filter.is_some());
    let (logged, local) = match setter.and_then(|at| Some((at, entries[at].local_filter.as_ref()?))) {
        Some((at, local)) => (&entries.get(at + 1)?.logged_filter, local),
        // No local template sets one: the log tells whether a deployed one did.
        None if entries.iter().all(|entry| entry.local.is_some()) => {
            (&entries.iter().find(|entry| entry.logged_filter.is_some())?.logged_filter, &None)
        }
        None => return None,
    };
    match (logged, local) {
        (Some(_), None) => Some((VerdictChange::Opened, "the log has a filter on the rows, the local templates set none")),
        (None, Some(_)) => Some((VerdictChange::Closed, "the local templates set a filter on the rows, the log has none")),
        (Some(logged), Some(local)) if logged != local => {
            Some((VerdictChange::Changed, "the local templates set another filter on the rows than the log has"))
        }
        _ => None,
    }
}
