//! What was read: every event of a log is used, or skipped for a reason with a name.

use indexmap::IndexMap;
use serde::Serialize;

/// Names of unknown entry types kept.
const MOST_TYPES: usize = 100;

/// Why an event is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Skip {
    /// JSON that ends in the middle: CloudWatch cuts long events.
    Cut,
    /// JSON that is none.
    Broken,
    /// JSON with a key twice in one object: readers differ in which of the two counts.
    TwiceNamed,
    /// Longer than any event of CloudWatch.
    TooLong,
    /// A further line of a text entry, read with it.
    Continued,
    /// An entry that names no request.
    NoRequest,
    /// A line that is no entry of AppSync.
    NoEvent,
    /// A line of a web ACL's log, of a request that it let on.
    LetOn,
    /// A row of an export without a message.
    NoMessage,
    /// An entry of a request that had left the window.
    Late,
    /// More entries of one request than are kept.
    TooMany,
    /// Not the request that was asked for.
    OtherRequest,
}

impl Skip {
    /// For a person, after a number.
    pub fn words(self) -> &'static str {
        match self {
            Self::Cut => "cut off in the middle",
            Self::Broken => "broken",
            Self::TwiceNamed => "with a key twice in one object (take one of the two out)",
            Self::TooLong => "longer than any log event",
            Self::Continued => "further lines of text entries",
            Self::NoRequest => "without a request id",
            Self::NoEvent => "no entries of AppSync",
            Self::LetOn => "of a web ACL that let the request on, or that stands before another service",
            Self::NoMessage => "rows without a message",
            Self::Late => "of requests that had left the window",
            Self::TooMany => "more than are kept of one request",
            Self::OtherRequest => "of other requests",
        }
    }
}

/// How many events were skipped for one reason.
#[derive(Clone, Debug, Serialize)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// Where the first one stands, as `file:line`.
    pub first: String,
}

/// What was read: `read` is `used` and all of `skipped` together.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Events: lines, rows, records.
    pub read: u64,
    /// Entries of a request.
    pub used: u64,
    /// The others, by reason.
    pub skipped: IndexMap<Skip, Skipped>,
    /// Entries of types that are not known, by type. They are used.
    pub unknown_types: IndexMap<String, u64>,
    /// Files that could not be read to their end.
    pub warnings: Vec<String>,
    /// Requests that had left the window and are not remembered any more: a late event of one counts as a request of its own.
    #[serde(skip_serializing_if = "is_none")]
    pub forgotten: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Counts {
    /// One event that is of no use.
    pub fn skip(&mut self, why: Skip, place: impl FnOnce() -> String) {
        self.skipped.entry(why).or_insert_with(|| Skipped { count: 0, first: place() }).count += 1;
    }

    /// An entry of a type that is not known.
    pub fn unknown_type(&mut self, name: &str) {
        let name: String = name.chars().take(100).collect();
        if self.unknown_types.len() < MOST_TYPES || self.unknown_types.contains_key(&name) {
            *self.unknown_types.entry(name).or_default() += 1;
        } else {
            *self.unknown_types.entry("others".to_owned()).or_default() += 1;
        }
    }

    /// How many were skipped for this reason.
    pub fn skipped(&self, why: Skip) -> u64 {
        self.skipped.get(&why).map_or(0, |skipped| skipped.count)
    }
}
