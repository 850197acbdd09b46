//! What became of a condition on a row: the same tree, each term with its values and whether it holds.

use super::attribute::Attribute;
use super::condition::Term;
use super::unjudged::Unjudged;
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

/// A condition as it was judged on one row.
#[derive(Clone, Debug, PartialEq)]
pub enum JudgedCondition {
    /// A term.
    Term(Box<Judgement>),
    /// Joined by AND.
    All(Truth, Vec<JudgedCondition>),
    /// Joined by OR.
    Any(Truth, Vec<JudgedCondition>),
    /// Turned round by NOT; the truth is that of the whole.
    Not(Truth, Box<JudgedCondition>),
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
    pub why: Option<Unjudged>,
}

/// One operand of a term, as it was on the row.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The path with its real names, or the name of the value: `owner`, `:owner`, `size(tags)`.
    pub text: EcoString,
    /// What it was.
    pub found: SideValue,
    /// Whether it was read from the row.
    pub from_row: bool,
    /// The list that an index at the path's end takes it from, with its path as it was written.
    pub holder: Option<(EcoString, Attribute)>,
}

/// What an operand was.
#[derive(Clone, Debug, PartialEq)]
pub enum SideValue {
    /// This value; `NULL` is one.
    Value(Attribute),
    /// The row has no such attribute.
    Absent,
    /// Not known.
    Unknown(Unjudged),
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

impl JudgedCondition {
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

    /// All terms from left to right, each with whether a NOT stands over it.
    pub fn with_negations(&self) -> Vec<Deciding<'_>> {
        fn each<'j>(condition: &'j JudgedCondition, negated: bool, found: &mut Vec<Deciding<'j>>) {
            match condition {
                JudgedCondition::Term(judgement) => found.push(Deciding { judgement, negated }),
                JudgedCondition::All(_, parts) | JudgedCondition::Any(_, parts) => parts.iter().for_each(|part| each(part, negated, found)),
                JudgedCondition::Not(_, part) => each(part, !negated, found),
            }
        }
        let mut found = Vec::new();
        each(self, false, &mut found);
        found
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

impl Display for SideValue {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(out),
            Self::Absent => out.write_str("absent"),
            Self::Unknown(_) => out.write_str("not known"),
        }
    }
}
