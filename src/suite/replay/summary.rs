//! A log in numbers: refusals by field, cause and caller, and what the local templates would change.

use super::compare::EntryComparison;
use super::decision::Logged;
use super::report::RequestReport;
use crate::message::Message;
use crate::suite::VerdictChange;
use indexmap::IndexMap;
use serde::Serialize;
use std::hash::Hash;

/// Rows kept; more kinds of refusals are counted together.
const MOST_ROWS: usize = 10_000;

/// Refusals that have field, cause and caller in common.
#[derive(Clone, Debug, Serialize)]
pub struct SummaryRow {
    /// `Type.field`
    pub field: String,
    /// The code of the cause.
    pub cause: String,
    /// The caller's groups.
    pub caller: String,
    /// How many.
    pub count: u64,
    /// One of their reasons.
    pub reason: Message,
}

/// Decisions that the local templates would change, with field, direction and caller in common.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedDecisions {
    /// Which way.
    pub change: VerdictChange,
    /// `Type.field`
    pub field: String,
    /// The caller's groups.
    pub caller: String,
    /// How many.
    pub count: u64,
    /// One of their reasons.
    pub reason: Message,
}

type SummaryKey<K> = (String, K, String);
type CountedRows<K> = IndexMap<SummaryKey<K>, (u64, Message)>;

/// A log in numbers.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Requests.
    pub requests: u64,
    /// Refused ones.
    pub denied: u64,
    /// Those of which the log does not tell enough.
    pub unknown: u64,
    /// Decisions: refused in the log, let through by the local templates.
    pub opened: u64,
    /// Decisions: let through in the log, refused by the local templates.
    pub closed: u64,
    /// Decisions: let through with another filter on the rows.
    pub changed: u64,
    /// Entries that the local template renders as logged.
    pub equal: u64,
    /// Entries that it renders otherwise.
    pub different: u64,
    /// Entries that could not be compared.
    pub not_comparable: u64,
    #[serde(skip)]
    refusals: CountedRows<String>,
    #[serde(skip)]
    changes: CountedRows<VerdictChange>,
}

impl Summary {
    /// Adds a request.
    pub fn add(&mut self, report: &RequestReport) {
        self.requests += 1;
        self.denied += u64::from(report.verdict == Logged::Denied);
        self.unknown += u64::from(report.verdict == Logged::Unknown);
        for entry in &report.entries {
            match entry.comparison {
                EntryComparison::Equal => self.equal += 1,
                EntryComparison::Different { .. } => self.different += 1,
                EntryComparison::NotComparable { .. } => self.not_comparable += 1,
            }
        }
        let caller = report.caller.as_deref().unwrap_or("unknown");
        let whole = report.verdict == Logged::Denied && !report.decisions.iter().any(|decision| decision.logged == Logged::Denied);
        if whole {
            let field = if report.fields.is_empty() { "?".to_owned() } else { report.fields.join(", ") };
            let cause = report.cause.map_or_else(|| "unknown".to_owned(), |cause| cause.to_string());
            add(&mut self.refusals, &field, cause, caller, &report.reason);
        }
        for decision in &report.decisions {
            if decision.logged == Logged::Denied {
                let cause = decision.cause.map_or_else(|| "unknown".to_owned(), |cause| cause.to_string());
                add(&mut self.refusals, &decision.field, cause, caller, &decision.reason);
            }
            let Some(change) = decision.change else { continue };
            match change {
                VerdictChange::Opened => self.opened += 1,
                VerdictChange::Closed => self.closed += 1,
                VerdictChange::Changed => self.changed += 1,
            }
            add(&mut self.changes, &decision.field, change, caller, &decision.reason);
        }
    }

    /// The refusals, most frequent first.
    pub fn rows(&self) -> Vec<SummaryRow> {
        let row = |(field, cause, caller), count, reason| SummaryRow { field, cause, caller, count, reason };
        sorted(&self.refusals).into_iter().map(|(key, count, reason)| row(key, count, reason)).collect()
    }

    /// What the local templates would change: what they open first, then most frequent first.
    pub fn changes(&self) -> Vec<ChangedDecisions> {
        let row = |(field, change, caller), count, reason| ChangedDecisions { change, field, caller, count, reason };
        let mut rows: Vec<_> =
            sorted(&self.changes).into_iter().map(|(key, count, reason)| row(key, count, reason)).collect();
        rows.sort_by_key(|row: &ChangedDecisions| row.change != VerdictChange::Opened);
        rows
    }
}

fn add<K: Clone + Eq + Hash>(rows: &mut CountedRows<K>, field: &str, what: K, caller: &str, reason: &Message) {
    let mut key = (field.to_owned(), what, caller.to_owned());
    if rows.len() >= MOST_ROWS && !rows.contains_key(&key) {
        key.2 = "others".to_owned();
        if rows.len() >= 2 * MOST_ROWS {
            key.0 = "others".to_owned();
        }
    }
    rows.entry(key).or_insert_with(|| (0, reason.clone())).0 += 1;
}

fn sorted<K: Clone>(rows: &CountedRows<K>) -> Vec<(SummaryKey<K>, u64, Message)> {
    let mut rows: Vec<_> = rows.iter().map(|(key, (count, reason))| (key.clone(), *count, reason.clone())).collect();
    rows.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    rows
}
