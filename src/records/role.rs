//! What an expression of a request is for.

use std::fmt::{self, Display, Formatter};

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarriedRole {
    /// Drops rows from what was read.
    Filter,
    /// Says which rows are read at all.
    KeyCondition,
    /// Refuses a write.
    Condition,
}

impl Display for CarriedRole {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Filter => "filter",
            Self::KeyCondition => "key condition",
            Self::Condition => "condition",
        })
    }
}
