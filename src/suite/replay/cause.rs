//! Why a request of a log, or a field of it, ended as it did.

use crate::code::Code;
use serde::Serialize;
use std::fmt;

/// Why a request or a field ended, or would end otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoggedCause {
    /// A finding's code.
    Code(Code),
    /// The local templates leave out other rows than the log shows.
    Filter,
}

impl fmt::Display for LoggedCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Code(code) => code.as_str(),
            Self::Filter => "filter",
        })
    }
}

impl Serialize for LoggedCause {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Code> for LoggedCause {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}
