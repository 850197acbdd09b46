//! What a hint, note, finding or check means, as a type: one code each, with one row in one table (`table.rs`).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What a code says of a decision.
///
/// ```
/// let code: vtl_eval::Code = "group-case-mismatch".parse().unwrap();
/// assert_eq!(code.entry().kind, vtl_eval::Kind::Cause);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Why it was decided so.
    Cause,
    /// A fact that a reader needs to trust or to judge the decision.
    Evidence,
    /// What could be changed.
    Remedy,
    /// What follows from a cause that stands elsewhere.
    Consequence,
    /// Something is not known, and could change the decision.
    Doubt,
}

/// How bad it is.
///
/// ```
/// let code: vtl_eval::Code = "unknown-function".parse().unwrap();
/// assert_eq!(code.entry().severity, vtl_eval::Severity::Error);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It never does what it should.
    Error,
    /// It hardly does what was meant.
    Warning,
    /// Something to know.
    Note,
}

/// Fact or guess. The order is that of hints: what is certain comes first.
///
/// ```
/// assert!(vtl_eval::Certainty::Certain < vtl_eval::Certainty::Likely);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It is so: the values show it.
    Certain,
    /// It is so as far as can be seen, and most likely the cause.
    Likely,
    /// It can be so.
    Possible,
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        })
    }
}

/// Where a request meets what a code speaks of, in the order in which AppSync comes to it.
///
/// ```
/// let code: vtl_eval::Code = "token-expired".parse().unwrap();
/// assert_eq!(code.entry().stage, vtl_eval::Stage::Request);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Credentials.
    Request,
    /// Modes and the schema's directives.
    Mode,
    /// Policies.
    Iam,
    /// The Lambda authorizer.
    Authorizer,
    /// Templates and rows.
    Resolver,
    /// No one place.
    Anywhere,
}

/// What the table knows of a code.
#[derive(Clone, Copy, Debug)]
pub struct CodeEntry {
    /// The stable name, such as `group-case-mismatch`.
    pub name: &'static str,
    /// What it says of a decision.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is, unless a finding says otherwise.
    pub certainty: Certainty,
    /// Where it belongs.
    pub stage: Stage,
    /// What it means and what to do, in a line.
    pub meaning: &'static str,
}

macro_rules! codes {
    ($($(#[$about:meta])* $code:ident = $name:literal, $kind:ident $severity:ident $certainty:ident $stage:ident, $meaning:literal;)*) => {
        /// What is meant: the code of a hint, note, finding or check.
        ///
        /// ```
        /// let code: vtl_eval::Code = "not-owner".parse().unwrap();
        /// assert_eq!(code.as_str(), "not-owner");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $code,)*
        }

        /// All codes, in the order of the table.
        pub const ALL: &[Code] = &[$(Code::$code,)*];

        impl Code {
            /// What the table knows of it.
            pub const fn entry(self) -> CodeEntry {
                match self {
                    $(Self::$code => CodeEntry {
                        name: $name,
                        kind: Kind::$kind,
                        severity: Severity::$severity,
                        certainty: Certainty::$certainty,
                        stage: Stage::$stage,
                        meaning: $meaning,
                    },)*
                }
            }
        }
    };
}

mod pages;
mod table;

pub use pages::CodePage;
pub use table::{ALL, Code};

impl Code {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        self.entry().name
    }

    /// Whether it says of what nobody gave, or nobody knows yet, that the decision rests on it.
    pub const fn leaves_open(self) -> bool {
        matches!(self, Self::NotGiven | Self::OpenValue)
    }

    /// Whether it is a point of AppSync that no source settles (docs/compatibility.md).
    pub const fn is_open_point(self) -> bool {
        let name = self.as_str().as_bytes();
        name[0] == b'U' && name[1].is_ascii_digit()
    }

    /// Whether all that it says is that a whole input was not given.
    pub const fn is_not_given(self) -> bool {
        matches!(
            self,
            Self::CredentialsUnknown
                | Self::KeysNotGiven
                | Self::ModeUnknown
                | Self::SchemaMissing
                | Self::FieldUnknown
                | Self::PolicyMissing
                | Self::AuthorizerUnknown
                | Self::TemplateMissing
        )
    }

    /// Whether it names a call that AppSync does not have, or that is none as it is written.
    pub const fn is_call(self) -> bool {
        matches!(self, Self::UnknownFunction | Self::MissingMethod | Self::NoOverload | Self::CallWithoutParentheses)
    }

    /// Whether it tells two names apart that are nearly one, of which one was meant: that is so whatever else is not known.
    pub const fn is_near_name(self) -> bool {
        matches!(
            self,
            Self::GroupCaseMismatch
                | Self::GroupSpaceMismatch
                | Self::GroupSpellingMismatch
                | Self::ClaimNameNear
                | Self::MemberNameNear
                | Self::MemberNotInMode
        )
    }

    /// Whether all that it says is that something is not known.
    pub const fn is_doubt(self) -> bool {
        matches!(self.entry().kind, Kind::Doubt)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no such code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such code")]
pub struct NoSuchCode;

impl FromStr for Code {
    type Err = NoSuchCode;

    fn from_str(name: &str) -> Result<Self, NoSuchCode> {
        ALL.iter().copied().find(|code| code.as_str() == name).ok_or(NoSuchCode)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        name.parse().map_err(|_| D::Error::custom(format!("{name} is not a code of a finding (docs/hints.md)")))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back_to_their_code() {
        for code in ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!(code.entry().meaning.ends_with('.'), "{code}: a sentence");
        }
    }
}
