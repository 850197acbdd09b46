//! A condition as it was judged: its parts, which of them were skipped, and the values that decided.

use super::index::call_args;
use super::origin::Origins;
use super::recorder::Recorder;
use crate::source::Span;
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Reference, Slot, StepKind};
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
pub enum Role {
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
    pub role: Role,
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

    /// All leaves.
    pub fn leaves<'c>(&'c self, found: &mut Vec<&'c Condition>) {
        if self.parts.is_empty() {
            found.push(self);
        }
        self.parts.iter().for_each(|part| part.leaves(found));
    }
}

/// What is known of a condition that was just judged.
pub fn judged(recorder: &Recorder<'_>, expression: &Expression) -> Condition {
    let holds = recorder.judged(expression.node);
    let (shape, parts) = match &expression.kind {
        Kind::And(sides) => (Shape::All, both(recorder, sides)),
        Kind::Or(sides) => (Shape::Any, both(recorder, sides)),
        Kind::Not(inner) => (Shape::Not, vec![judged(recorder, inner)]),
        _ => (Shape::Leaf, Vec::new()),
    };
    let operands = match (shape, holds) {
        (Shape::Leaf, Some(_)) => operands(recorder, expression),
        _ => Vec::new(),
    };
    Condition { node: expression.node, shape, holds, parts, operands }
}

fn both(recorder: &Recorder<'_>, sides: &(Expression, Expression)) -> Vec<Condition> {
    vec![judged(recorder, &sides.0), judged(recorder, &sides.1)]
}

/// The values that an expression was made of.
pub fn operands(recorder: &Recorder<'_>, expression: &Expression) -> Vec<Operand> {
    let mut found = Vec::new();
    match &expression.kind {
        Kind::Compare(_, sides) | Kind::Arithmetic(_, sides) => {
            for (side, role) in [(&sides.0, Role::Left), (&sides.1, Role::Right)] {
                found.push(recorder.operand(side, role));
                if let Kind::Reference(reference) = &side.kind {
                    parts(recorder, reference, true, &mut found);
                }
            }
        }
        Kind::Reference(reference) => {
            parts(recorder, reference, false, &mut found);
            if found.is_empty() || call_args(reference).is_none() && found.iter().all(|operand| operand.literal) {
                found.insert(0, recorder.operand(expression, Role::Whole));
            }
        }
        _ => found.push(recorder.operand(expression, Role::Whole)),
    }
    found
}

/// The receiver of the last call of a chain, and the arguments.
fn parts(recorder: &Recorder<'_>, reference: &Reference, nested: bool, found: &mut Vec<Operand>) {
    let role = |role| if nested { Role::Part } else { role };
    let whole = call_args(reference).filter(|(at, _)| at + 1 == reference.steps.len());
    if let Some((_, args)) = whole {
        for arg in args {
            found.push(recorder.operand(arg, role(Role::Argument)));
            if let Kind::Reference(inner) = &arg.kind {
                parts(recorder, inner, true, found);
            }
        }
        return;
    }
    let Some(last) = reference.steps.last() else { return };
    if let StepKind::Method { args, name, .. } = &last.kind {
        let lookup = matches!(name.as_str(), "get" | "getOrDefault");
        if !lookup {
            found.push(recorder.receiver(reference, role(Role::Receiver)));
        }
        for arg in args {
            let operand = recorder.operand(arg, role(Role::Argument));
            if !(lookup && operand.literal) {
                found.push(operand);
            }
        }
    }
}
