//! Why a term was not judged, and in which words that is told.

use ecow::EcoString;
use std::fmt::{self, Display, Formatter};

/// Why a term was not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unjudged {
    /// No row was given.
    RowNotGiven,
    /// The row was given in part, without this attribute.
    AttributeNotGiven(EcoString),
    /// The value of this placeholder is not known.
    ValueNotGiven(EcoString),
    /// The request does not define this value.
    ValueUndefined(EcoString),
    /// The request does not define this name.
    NameUndefined(EcoString),
    /// A value that could not be read, in words.
    Unreadable(EcoString),
    /// A JSON array without types may be a list or a set.
    ListOrSet,
    /// How DynamoDB counts letters outside ASCII is not documented.
    SizeOfText,
    /// An operator or a form that is not known.
    NotKnown(EcoString),
    /// An expression that DynamoDB refuses, in words.
    Refused(EcoString),
    /// What OpenSearch finds depends on how the index analyzes this field.
    SearchMapping(EcoString),
    /// A statement of SQL, which is not run.
    Sql,
    /// Whether two texts are equal, or which comes first, is a matter of the table's collation.
    SqlCollation,
}

impl Display for Unjudged {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::RowNotGiven => out.write_str("the row was not given"),
            Self::AttributeNotGiven(name) => write!(out, "the row was given without `{name}`"),
            Self::ValueNotGiven(name) => write!(out, "the value of {name} is not known"),
            Self::ValueUndefined(name) => write!(out, "the request defines no value {name}"),
            Self::NameUndefined(name) => write!(out, "the request defines no name {name}"),
            Self::Unreadable(what) => write!(out, "there is {what}"),
            Self::ListOrSet => out.write_str("JSON without types does not tell a list from a set"),
            Self::SizeOfText => out.write_str("how DynamoDB counts letters outside ASCII is not documented"),
            Self::NotKnown(what) => write!(out, "{what} is not known here"),
            Self::Refused(message) => write!(out, "DynamoDB refuses the expression: {message}"),
            Self::SearchMapping(field) => {
                write!(out, "what OpenSearch finds in `{field}` depends on how the index analyzes it")
            }
            Self::Sql => out.write_str("SQL is shown and not run"),
            Self::SqlCollation => out.write_str("how the table compares texts (its collation) is not known"),
        }
    }
}
