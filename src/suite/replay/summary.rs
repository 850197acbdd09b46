//! A log in numbers: refusals by field, cause and caller, and what the local templates would change.

use super::compare::EntryComparison;
use super::decision::Logged;
use super::report::RequestReport;
use crate::message::Message;
use crate::suite::VerdictChange;
use indexmap::IndexMap;
use serde::Serialize;
use std::hash::Hash;

/// Rows kept, and the bytes of their words; more kinds of refusals are counted together.
const MOST_ROWS: usize = 10_000;
const MOST_BYTES: usize = 8 << 20;

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

/// Rows by what they have in common.
#[derive(Clone, Debug)]
struct CountedRows<K> {
    rows: IndexMap<SummaryKey<K>, (u64, Message)>,
    bytes: usize,
}

impl<K> Default for CountedRows<K> {
    fn default() -> Self {
        Self { rows: IndexMap::new(), bytes: 0 }
    }
}

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
    /// Refusals and changes counted as those of others: more kinds of them were met than are kept.
    #[serde(skip_serializing_if = "is_none")]
    pub others: u64,
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
            self.others += self.refusals.add(&field, cause, caller, &report.reason);
        }
        for decision in &report.decisions {
            if decision.logged == Logged::Denied {
                let cause = decision.cause.map_or_else(|| "unknown".to_owned(), |cause| cause.to_string());
                self.others += self.refusals.add(&decision.field, cause, caller, &decision.reason);
            }
            let Some(change) = decision.change else { continue };
            match change {
                VerdictChange::Opened => self.opened += 1,
                VerdictChange::Closed => self.closed += 1,
                VerdictChange::Changed => self.changed += 1,
            }
            self.others += self.changes.add(&decision.field, change, caller, &decision.reason);
        }
    }

    /// The refusals, most frequent first.
    pub fn rows(&self) -> Vec<SummaryRow> {
        let row = |(field, cause, caller), count, reason| SummaryRow { field, cause, caller, count, reason };
        self.refusals.sorted().into_iter().map(|(key, count, reason)| row(key, count, reason)).collect()
    }

    /// What the local templates would change: what they open first, then most frequent first.
    pub fn changes(&self) -> Vec<ChangedDecisions> {
        let row = |(field, change, caller), count, reason| ChangedDecisions { change, field, caller, count, reason };
        let mut rows: Vec<_> =
            self.changes.sorted().into_iter().map(|(key, count, reason)| row(key, count, reason)).collect();
        rows.sort_by_key(|row: &ChangedDecisions| row.change != VerdictChange::Opened);
        rows
    }
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What rows are called that are too many to be kept apart.
const OTHERS: &str = "others";

impl<K: Clone + Eq + Hash> CountedRows<K> {
    /// Counts one more; 1 where it is one of the others.
    fn add(&mut self, field: &str, what: K, caller: &str, reason: &Message) -> u64 {
        let mut key = (field.to_owned(), what, caller.to_owned());
        if let Some(known) = self.rows.get_mut(&key) {
            known.0 += 1;
            return 0;
        }
        let (few, words) = (self.rows.len() < MOST_ROWS && self.bytes < MOST_BYTES, reason.to_string().len());
        if !few {
            OTHERS.clone_into(&mut key.2);
            if self.rows.len() >= 2 * MOST_ROWS || self.bytes >= MOST_BYTES && !self.rows.contains_key(&key) {
                OTHERS.clone_into(&mut key.0);
            }
        }
        // There are no more kinds of these than there are causes.
        let (reason, words) = if key.0 == OTHERS { (Message::default(), 0) } else { (reason.clone(), words) };
        let bytes = key.0.len() + key.2.len() + words;
        let row = self.rows.entry(key).or_insert_with(|| {
            self.bytes += bytes;
            (0, reason)
        });
        row.0 += 1;
        u64::from(!few)
    }

    /// Most frequent first.
    fn sorted(&self) -> Vec<(SummaryKey<K>, u64, Message)> {
        let mut rows: Vec<_> =
            self.rows.iter().map(|(key, (count, reason))| (key.clone(), *count, reason.clone())).collect();
        rows.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        rows
    }
}
