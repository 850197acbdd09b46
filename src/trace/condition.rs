//! A condition as it was judged: its parts, which of them were skipped, and the values that decided.

use super::origin::Origins;
use crate::source::Span;
use crate::syntax::{NodeId, Slot};
use crate::value::Value;

/// How a condition is made of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `a && b`
    All,
    /// `a || b`
    Any,
    /// `!a`
    Not,
    /// No part of it is a condition.
    Leaf,
}

/// A condition and what became of it.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The expression.
    pub node: NodeId,
    /// How it is made.
    pub shape: Shape,
    /// `None` when it was not needed: the left side of `&&` or `||` had decided.
    pub holds: Option<bool>,
    /// The conditions in it.
    pub parts: Vec<Condition>,
    /// What a leaf looked at.
    pub operands: Vec<Operand>,
}

/// What part a value has in a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandRole {
    /// The left side of a comparison.
    Left,
    /// Its right side.
    Right,
    /// What a method was called on.
    Receiver,
    /// An argument of a call.
    Argument,
    /// Something that one of these was made of.
    Part,
    /// The whole condition.
    Whole,
}

/// A value that a condition looked at.
#[derive(Clone, Debug)]
pub struct Operand {
    /// Its text in the template.
    pub span: Span,
    /// The value at that moment.
    pub value: Value,
    /// Where it came from.
    pub origins: Origins,
    /// The variable that it begins at, if it is one of the template's own.
    pub slot: Option<Slot>,
    /// Whether it stands in the template as a literal.
    pub literal: bool,
    /// Its part in the test.
    pub role: OperandRole,
}

impl Operand {
    /// Whether it was computed at all: the arguments of a call on null are not.
    pub fn is_evaluated(&self) -> bool {
        let argument = matches!(self.role, OperandRole::Argument | OperandRole::Part);
        !(argument && self.value.is_null() && self.slot.is_none() && !self.literal && self.origins.iter().next().is_none())
    }
}

impl Condition {
    /// The parts that must hold for this to be `wanted`, each with what is wanted of it: `&&` is taken apart, `!` turned
    /// around.
    pub fn demands<'c>(&'c self, wanted: bool, found: &mut Vec<(&'c Condition, bool)>) {
        match (self.shape, wanted) {
            (Shape::All, true) | (Shape::Any, false) => {
                self.parts.iter().for_each(|part| part.demands(wanted, found));
            }
            (Shape::Not, _) => match self.parts.first() {
                Some(part) => part.demands(!wanted, found),
                None => found.push((self, wanted)),
            },
            _ => found.push((self, wanted)),
        }
    }

    /// The leaves that made this come out as `held`: of an `&&` that did not hold, or an `||` that did, the term that decided;
    /// else all.
    pub fn decisive<'c>(&'c self, held: bool, found: &mut Vec<&'c Condition>) {
        match (self.shape, held) {
            (Shape::Not, _) => match self.parts.first() {
                Some(part) => part.decisive(!held, found),
                None => found.push(self),
            },
            (Shape::All, _) | (Shape::Any, _) => {
                let parts = self.parts.iter().filter(|part| part.holds == Some(held));
                parts.for_each(|part| part.decisive(held, found));
            }
            (Shape::Leaf, _) => found.push(self),
        }
    }

    /// All leaves.
    pub fn leaves<'c>(&'c self, found: &mut Vec<&'c Condition>) {
        if self.parts.is_empty() {
            found.push(self);
        }
        self.parts.iter().for_each(|part| part.leaves(found));
    }
}
