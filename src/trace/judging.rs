//! From values to a condition: its parts, which of them were skipped, and what each looked at.

use crate::value::method::Method;
use super::condition::{Condition, Operand, OperandRole, Shape};
use super::index::call_args;
use super::values::Values;
use crate::source::Span;
use crate::syntax::{Expression, ExpressionKind as Kind, Reference, Slot};
use crate::value::Value;

/// Containers and members copied to remember a value as it was.
pub(super) const COPIED: usize = 400;

/// What is known of a condition that was just judged.
pub fn judged(values: &Values<'_>, expression: &Expression) -> Condition {
    part(values, expression, false)
}

/// A condition, or a part of one; of what was skipped, no part was judged.
fn part(values: &Values<'_>, expression: &Expression, skipped: bool) -> Condition {
    let holds = values.holds(expression.node).filter(|_| !skipped);
    let skipped = holds.is_none();
    let both = |sides: &(Expression, Expression)| vec![part(values, &sides.0, skipped), part(values, &sides.1, skipped)];
    let (shape, parts) = match &expression.kind {
        Kind::And(sides) => (Shape::All, both(sides)),
        Kind::Or(sides) => (Shape::Any, both(sides)),
        Kind::Not(inner) => (Shape::Not, vec![part(values, inner, skipped)]),
        _ => (Shape::Leaf, Vec::new()),
    };
    let operands = match (shape, holds) {
        (Shape::Leaf, Some(_)) => operands(values, expression),
        _ => Vec::new(),
    };
    Condition { node: expression.node, shape, holds, parts, operands }
}

/// The values that an expression was made of.
pub fn operands(values: &Values<'_>, expression: &Expression) -> Vec<Operand> {
    let mut found = Vec::new();
    match &expression.kind {
        Kind::Compare(_, sides) | Kind::Arithmetic(_, sides) => {
            for (side, role) in [(&sides.0, OperandRole::Left), (&sides.1, OperandRole::Right)] {
                found.push(operand(values, side, role));
                if let Kind::Reference(reference) = &side.kind {
                    parts(values, reference, true, &mut found);
                }
            }
        }
        Kind::Reference(reference) => {
            parts(values, reference, false, &mut found);
            if found.is_empty() || call_args(reference).is_none() && found.iter().all(|operand| operand.literal) {
                found.insert(0, operand(values, expression, OperandRole::Whole));
            }
        }
        _ => found.push(operand(values, expression, OperandRole::Whole)),
    }
    found
}

/// The receiver of the last call of a chain, and the arguments.
fn parts(values: &Values<'_>, reference: &Reference, nested: bool, found: &mut Vec<Operand>) {
    let role = |role| if nested { OperandRole::Part } else { role };
    let whole = call_args(reference).filter(|(at, _)| at + 1 == reference.steps.len());
    if let Some((_, args)) = whole {
        for arg in args {
            found.push(operand(values, arg, role(OperandRole::Argument)));
            if let Kind::Reference(inner) = &arg.kind {
                parts(values, inner, true, found);
            }
        }
        return;
    }
    let Some(last) = reference.steps.last() else { return };
    if let Some((called, args)) = last.kind.call() {
        let lookup = matches!(called, Some(Method::Get | Method::GetOrDefault));
        // `$util` has no value to tell of, where a function of it does not exist.
        let of_functions = reference.steps.len() == 1 && reference.variable().is_none() && !matches!(reference.root, Slot::CTX | Slot::CONTEXT);
        if !lookup && !of_functions {
            found.push(receiver(values, reference, role(OperandRole::Receiver)));
        }
        for arg in args {
            let operand = operand(values, arg, role(OperandRole::Argument));
            if !(lookup && operand.literal) {
                found.push(operand);
            }
        }
    }
}

/// An expression as it was last computed.
pub fn operand(values: &Values<'_>, expression: &Expression, role: OperandRole) -> Operand {
    let (value, origins) = values.of(expression);
    let slot = match &expression.kind {
        Kind::Reference(reference) => reference.variable(),
        _ => None,
    };
    let span = values.program().span(expression.node);
    // The argument of a call on null was never computed; written out, it is known all the same.
    let value = if value.is_null() { written(expression) } else { as_it_was(value) };
    Operand { span, value, origins, slot, literal: is_literal(expression), role }
}

/// The value of a literal; null for anything else.
fn written(expression: &Expression) -> Value {
    match &expression.kind {
        Kind::String(text) => Value::string(text.clone()),
        Kind::Boolean(value) => Value::Boolean(*value),
        Kind::Number(number) => number.value().into(),
        _ => Value::Null,
    }
}

/// What the last call of a chain was made on.
fn receiver(values: &Values<'_>, reference: &Reference, role: OperandRole) -> Operand {
    let program = values.program();
    let whole = program.span(reference.node);
    let before = reference.steps.len().checked_sub(2).and_then(|at| reference.steps.get(at));
    let end = before.map_or_else(
        || {
            let text = program.text(reference.node);
            let marks = text.bytes().take_while(|byte| b"$!{\\".contains(byte)).count();
            whole.start + (marks + program.name(reference.root).len()) as u32
        },
        |step| program.span(step.node).end,
    );
    let (value, origins) = values.receiver(reference);
    let span = Span { start: whole.start, end };
    Operand { span, value: as_it_was(&value), origins, slot: reference.variable(), literal: false, role }
}

/// A copy that stays as it is when the template changes what it is a copy of.
pub fn as_it_was(value: &Value) -> Value {
    value.deep_copy(&mut COPIED.clone())
}

/// Whether an expression is written out in the template.
fn is_literal(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) => true,
        Kind::List(items) => items.iter().all(is_literal),
        Kind::Map(entries) => entries.iter().all(|(_, value)| is_literal(value)),
        _ => false,
    }
}
