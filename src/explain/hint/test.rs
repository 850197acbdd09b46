//! What a leaf condition tests, in the words of the field.

use crate::value::method::Method;
use super::Finished;
use crate::syntax::{ComparisonOperator, ExpressionKind as Kind, Reference, };
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::Node;
use crate::value::Value;

/// A leaf condition taken apart.
#[derive(Clone, Copy, Debug)]
pub enum Test<'a> {
    /// `a == b`, `a != b` or `a.equals(b)`
    Equal {
        /// The left side.
        left: &'a Operand,
        /// The right side.
        right: &'a Operand,
        /// Whether they were equal.
        equal: bool,
    },
    /// `list.contains(item)`; a string's `contains` is a substring test.
    Contains {
        /// What was searched.
        list: &'a Operand,
        /// What was searched for.
        item: &'a Operand,
        /// Whether it was there.
        found: bool,
    },
    /// `isNull`, `isNullOrEmpty`, `isNullOrBlank`, `isEmpty()`
    Missing {
        /// What was looked at.
        what: &'a Operand,
        /// Whether it was null or empty.
        missing: bool,
    },
    /// A loop over this had no item.
    EmptyLoop(&'a Operand),
    /// A reference by itself.
    Truth(&'a Operand),
    /// Another test.
    Other,
}

impl<'a> Test<'a> {
    /// What was held against the side that is meant, in a comparison or a search.
    pub fn beside(&self, is_meant: impl Fn(&Operand) -> bool) -> Option<&'a Operand> {
        let (left, right) = match *self {
            Self::Equal { left, right, .. } => (left, right),
            Self::Contains { list, item, .. } => (list, item),
            _ => return None,
        };
        if is_meant(left) { Some(right) } else { Some(left).filter(|_| is_meant(right)) }
    }

    /// Whether two texts that are no more than blanks apart were compared and differed.
    pub fn differs_by_blanks(&self) -> bool {
        let Self::Equal { left, right, equal: false } = self else { return false };
        left.value.as_str().zip(right.value.as_str()).is_some_and(|(left, right)| left != right && left.trim() == right.trim())
    }

    /// Takes a leaf apart.
    pub fn of(run: &Finished<'_>, condition: &'a Condition) -> Self {
        let role = |role| condition.operands.iter().find(|operand: &&Operand| operand.role == role);
        let holds = condition.holds.unwrap_or(false);
        if let [only] = condition.operands.as_slice()
            && only.role == OperandRole::Whole
            && run.recorder.index.is_walked(condition.node)
        {
            return Self::EmptyLoop(only);
        }
        let reference = match run.recorder.index.node(condition.node) {
            Some(Node::Expression(expression)) => match &expression.kind {
                Kind::Compare(comparison, _) => {
                    let (Some(left), Some(right)) = (role(OperandRole::Left), role(OperandRole::Right)) else { return Self::Other };
                    return match comparison {
                        ComparisonOperator::Equal => Self::Equal { left, right, equal: holds },
                        ComparisonOperator::NotEqual => Self::Equal { left, right, equal: !holds },
                        _ => Self::Other,
                    };
                }
                Kind::Reference(reference) => reference,
                _ => return Self::Other,
            },
            Some(Node::Reference(reference)) => reference,
            _ => return Self::Other,
        };
        match (method(reference), role(OperandRole::Receiver), role(OperandRole::Argument)) {
            (Some(Method::Contains), Some(list), Some(item)) => Self::Contains { list, item, found: holds },
            (Some(Method::Equals | Method::EqualsIgnoreCase), Some(left), Some(right)) => Self::Equal { left, right, equal: holds },
            (Some(Method::IsEmpty), Some(what), _) => Self::Missing { what, missing: holds },
            (Some(called), _, Some(what)) if called.asks_null() => {
                Self::Missing { what, missing: holds }
            }
            _ => role(OperandRole::Whole).map_or(Self::Other, Self::Truth),
        }
    }
}

/// The method that a leaf calls last, on what, and its first argument.
pub fn call<'c>(run: &Finished<'_>, condition: &'c Condition) -> Option<(Method, &'c Operand, &'c Operand)> {
    let reference = match run.recorder.index.node(condition.node)? {
        Node::Expression(expression) => match &expression.kind {
            Kind::Reference(reference) => reference,
            _ => return None,
        },
        Node::Reference(reference) => reference,
        _ => return None,
    };
    let role = |role| condition.operands.iter().find(|operand: &&Operand| operand.role == role);
    Some((method(reference)?, role(OperandRole::Receiver)?, role(OperandRole::Argument)?))
}

/// The side of a `<` or the like that is no number, which makes it false (Velocity 1.7).
pub fn order<'c>(run: &Finished<'_>, condition: &'c Condition) -> Option<&'c Operand> {
    let Node::Expression(expression) = run.recorder.index.node(condition.node)? else { return None };
    let Kind::Compare(comparison, _) = &expression.kind else { return None };
    if matches!(comparison, ComparisonOperator::Equal | ComparisonOperator::NotEqual) || condition.holds != Some(false) {
        return None;
    }
    let mut sides = condition.operands.iter().filter(|operand| matches!(operand.role, OperandRole::Left | OperandRole::Right));
    sides.find(|side| !matches!(side.value, Value::Number(_)))
}

/// The last method or `$util` function of a chain.
fn method(reference: &Reference) -> Option<Method> {
    reference.last_call()?.0
}
