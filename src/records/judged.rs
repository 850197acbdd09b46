//! What became of a condition on a row: the same tree, each term with its values and whether it holds.

use super::attribute::Attribute;
use super::condition::Term;
use ecow::EcoString;
use std::fmt::{self, Display, Formatter};

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It was not judged.
    Unknown,
}

/// Why a term was not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
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
}

/// A condition as it was judged on one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Judged {
    /// A term.
    Term(Box<Judgement>),
    /// Joined by AND.
    All(Truth, Vec<Judged>),
    /// Joined by OR.
    Any(Truth, Vec<Judged>),
    /// Turned round by NOT; the truth is that of the whole.
    Not(Truth, Box<Judged>),
}

/// A term as it was judged on one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The term.
    pub term: Term,
    /// What its operands were, in order.
    pub sides: Vec<Side>,
    /// Whether it holds.
    pub truth: Truth,
    /// Why it was not judged.
    pub why: Option<Why>,
}

/// One operand of a term, as it was on the row.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The path with its real names, or the name of the value: `owner`, `:owner`, `size(tags)`.
    pub text: EcoString,
    /// What it was.
    pub found: Found,
    /// Whether it was read from the row.
    pub from_row: bool,
}

/// What an operand was.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// This value; `NULL` is one.
    Value(Attribute),
    /// The row has no such attribute.
    Absent,
    /// Not known.
    Unknown(Why),
}

/// A term that decided, and whether a NOT stands over it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deciding<'j> {
    /// The term.
    pub judgement: &'j Judgement,
    /// Whether an odd number of NOTs stand over it: then it made the condition fail by holding.
    pub negated: bool,
}

impl Truth {
    /// From true, false or not known.
    pub(super) fn from_option(value: Option<bool>) -> Self {
        match value {
            Some(true) => Self::True,
            Some(false) => Self::False,
            None => Self::Unknown,
        }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl Judged {
    /// Whether the whole holds.
    pub fn truth(&self) -> Truth {
        match self {
            Self::Term(term) => term.truth,
            Self::All(truth, _) | Self::Any(truth, _) | Self::Not(truth, _) => *truth,
        }
    }

    /// All terms from left to right.
    pub fn terms(&self) -> Vec<&Judgement> {
        match self {
            Self::Term(term) => vec![term],
            Self::All(_, parts) | Self::Any(_, parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(_, part) => part.terms(),
        }
    }

    /// The terms that made the whole what it is: of an AND that fails those that failed, of an OR that fails all of them,
    /// of an OR that holds those that held. The first is the one to name.
    pub fn deciding(&self) -> Vec<Deciding<'_>> {
        let mut found = Vec::new();
        self.decide(false, &mut found);
        found
    }

    fn decide<'j>(&'j self, negated: bool, found: &mut Vec<Deciding<'j>>) {
        match self {
            Self::Term(judgement) => found.push(Deciding { judgement, negated }),
            Self::All(truth, parts) | Self::Any(truth, parts) => {
                parts.iter().filter(|part| part.truth() == *truth).for_each(|part| part.decide(negated, found));
            }
            Self::Not(_, part) => part.decide(!negated, found),
        }
    }
}

impl Display for Why {
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
        }
    }
}

impl Display for Found {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(out),
            Self::Absent => out.write_str("absent"),
            Self::Unknown(_) => out.write_str("not known"),
        }
    }
}
