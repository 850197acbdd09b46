//! How a request came out, as tables of requests sort and mark it.

use super::style::AnsiColor;
use crate::request::layer::State;
use crate::suite::Diagnosis;
use crate::trace::Verdict;

/// How a request came out, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A refusal was found.
    Refused,
    /// An error that refused nobody: a limit, a query that does not parse.
    Failed,
    /// It could not be told.
    Unknown,
    /// No refusal.
    Passed,
}

impl Standing {
    /// Of a diagnosis.
    pub fn of(diagnosis: &Diagnosis) -> Self {
        let refused = diagnosis.layers.iter().any(|layer| layer.state == State::Refused);
        match diagnosis.verdict {
            Some(Verdict::Denied) => Self::Refused,
            Some(Verdict::Error) => Self::Failed,
            _ if refused && diagnosis.verdict != Some(Verdict::Filtered) => Self::Refused,
            None | Some(Verdict::Unknown) => Self::Unknown,
            _ => Self::Passed,
        }
    }

    /// Its mark in a table, and the mark's colour.
    pub const fn mark(self) -> (&'static str, AnsiColor) {
        match self {
            Self::Refused | Self::Failed => ("✗", AnsiColor::Red),
            Self::Unknown => ("?", AnsiColor::Yellow),
            Self::Passed => ("✓", AnsiColor::Green),
        }
    }
}
