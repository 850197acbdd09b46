//! What a condition would have come to, had the client sent something else: as far as its own tests say.

use super::Finished;
use super::test::Test;
use crate::trace::condition::{Condition, Operand, OperandRole, Shape};
use crate::value::Value;

/// What the client might have sent in the place of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// The argument left out.
    Nothing,
    /// A text that is none of those that it is compared with.
    AnotherText,
    /// The text that a test compares it with.
    Compared,
}

/// What a condition comes to then; `None` where that is not to be told without another run.
pub fn supposed(run: &Finished<'_>, condition: &Condition, path: &str, instead: Instead) -> Option<bool> {
    let parts = || condition.parts.iter().map(|part| supposed(run, part, path, instead));
    match condition.shape {
        Shape::Not => parts().next()?.map(|holds| !holds),
        Shape::All => together(parts(), false),
        Shape::Any => together(parts(), true),
        Shape::Leaf => of_leaf(run, condition, path, instead),
    }
}

/// Of `&&` one false part settles it, of `||` one true part, whatever the others are.
fn together(mut parts: impl Iterator<Item = Option<bool>> + Clone, settles: bool) -> Option<bool> {
    if parts.clone().any(|part| part == Some(settles)) {
        return Some(settles);
    }
    parts.all(|part| part.is_some()).then_some(!settles)
}

fn of_leaf(run: &Finished<'_>, leaf: &Condition, path: &str, instead: Instead) -> Option<bool> {
    let holds = leaf.holds?;
    let around = |own: &str| path.strip_prefix(own).is_some_and(|rest| rest.starts_with('.'));
    let reads = |operand: &Operand| operand.origins.iter().any(|origin| origin.is_in(path) || origin.path().is_some_and(|own| around(own)));
    if !leaf.operands.iter().any(reads) {
        return Some(holds);
    }
    let is_argument = |operand: &Operand| {
        let itself = operand.origins.context().is_some_and(|(own, from, _)| **own == *path && from.loosely_equals(&operand.value));
        itself && operand.origins.iter().count() == 1
    };
    match Test::of(run, leaf) {
        Test::Truth(what) if is_argument(what) => Some(instead != Instead::Nothing),
        // A method of what is absent is null, whatever it asks.
        Test::Missing { what, .. } if is_argument(what) && what.role != OperandRole::Receiver => Some(instead == Instead::Nothing),
        Test::Equal { left, right, equal } => {
            let other = if is_argument(left) { right } else { Some(left).filter(|_| is_argument(right))? };
            let equals = match instead {
                Instead::Nothing => other.value.is_null(),
                Instead::AnotherText => false,
                Instead::Compared => true,
            };
            (!reads(other)).then_some(if holds == equal { equals } else { !equals })
        }
        Test::Contains { list, item, .. } if is_argument(item) && !reads(list) => {
            let members = list.value.members()?;
            (!members.iter().any(Value::is_null)).then_some(instead == Instead::Compared)
        }
        _ => None,
    }
}
