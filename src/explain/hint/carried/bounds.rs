//! A row's value beyond what the client's own bound lets through: `stock >= :n`, `due BETWEEN :from AND :to`.

use super::bound::BoundSource;
use super::judged_term::JudgedTerm;
use crate::explain::hint::text::show;
use crate::message::Message;
use crate::records::{Comparator, RowOperand, TermTest};
use crate::value::Value;
use std::cmp::Ordering;

/// Which values of a bound would let the row's through; `BETWEEN` has both bounds among what it takes, and wants the lower one
/// not above the upper one
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>).
pub(super) fn beyond(term: &JudgedTerm<'_>) -> Option<Message> {
    let (path, Some(stored)) = term.row.as_ref()? else { return None };
    let (source, wanted) = match (&term.judgement.term.test, term.values.as_slice()) {
        _ if term.negated => return None,
        (TermTest::Between { operand: RowOperand::Path(_), low: RowOperand::Value(_), high: RowOperand::Value(_) }, [(_, low), (_, high)]) => {
            match (order(stored, &low.value)?, order(stored, &high.value)?) {
                (Ordering::Less, _) => (low, "of at most"),
                (_, Ordering::Greater) => (high, "of at least"),
                _ => return None,
            }
        }
        (TermTest::Compare { left: RowOperand::Path(_), comparator, right: RowOperand::Value(_) }, [(_, source)]) => (source, than(*comparator)?),
        (TermTest::Compare { left: RowOperand::Value(_), comparator, right: RowOperand::Path(_) }, [(_, source)]) => (source, than(turned(*comparator))?),
        _ => return None,
    };
    order(stored, &source.value)?;
    let name = sent(source)?;
    Some(
        Message::from(format!("The caller's rights are not what fails: {path} is {} on the row, and what the client sent ({name}) does not take that in.", show(stored)))
            .cured(format!("Send {name} {wanted} {}, or ask for another row; if the row was changed in between, read it again first.", show(stored))),
    )
}

/// The name of the argument that a value is.
fn sent(source: &BoundSource) -> Option<String> {
    let path = source.whence.path.as_deref().filter(|_| source.whence.client)?;
    Some(path.replace("args.", "arguments."))
}

fn order(stored: &Value, bound: &Value) -> Option<Ordering> {
    let number = |value: &Value| match value {
        Value::Number(_) => value.to_string().parse::<f64>().ok(),
        _ => None,
    };
    match (number(stored), number(bound)) {
        (Some(stored), Some(bound)) => stored.partial_cmp(&bound),
        // DynamoDB orders texts by their bytes.
        _ => Some(stored.as_str()?.cmp(bound.as_str()?)),
    }
}

/// What the bound on the right must be for the row's value on the left.
fn than(comparator: Comparator) -> Option<&'static str> {
    match comparator {
        Comparator::Less => Some("greater than"),
        Comparator::LessOrEqual => Some("of at least"),
        Comparator::Greater => Some("less than"),
        Comparator::GreaterOrEqual => Some("of at most"),
        Comparator::Equal | Comparator::NotEqual => None,
    }
}

fn turned(comparator: Comparator) -> Comparator {
    match comparator {
        Comparator::Less => Comparator::Greater,
        Comparator::LessOrEqual => Comparator::GreaterOrEqual,
        Comparator::Greater => Comparator::Less,
        Comparator::GreaterOrEqual => Comparator::LessOrEqual,
        same => same,
    }
}
