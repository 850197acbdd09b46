//! How an access decision differs from an older one.

use serde::Serialize;
use std::fmt;

/// What became of an access. The order is that of urgency: what opened comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictChange {
    /// More is let through than before.
    Opened,
    /// Less is let through than before.
    Closed,
    /// It is another decision, neither wider nor narrower.
    Changed,
}

impl fmt::Display for VerdictChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Changed => "changed",
        })
    }
}
