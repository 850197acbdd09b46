//! A way out in front of the check, which the caller chooses by what he sends.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{References, Visit};
use crate::syntax::{Branch, Expression, ExpressionKind as Kind, NodeId, Reference, Statement};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let block = &subject.program.body;
    for (at, statement) in block.iter().enumerate() {
        let Statement::If(parts) = statement else { continue };
        let rest = &block[at + 1..];
        if !rest.iter().any(|statement| subject.refuses_in(statement)) {
            continue;
        }
        for branch in &parts.branches {
            let Some((node, value)) = leaves(branch) else { continue };
            let condition = subject.program.text(branch.condition.node);
            let why = if callers_choice(subject, &branch.condition) {
                "is the caller's choice"
            } else if !subject.generated && hands_out_rows(subject, &branch.condition, value) {
                "says nothing of the caller"
            } else {
                continue;
            };
            {
                let message = format!(
                    "`{condition}` {why}, and this #return goes past the check further down: move the check above it"
                );
                found.push(Spot::at(subject.program, node, Code::ReturnBeforeCheck, message));
            }
        }
    }
}

/// The `#return` of a branch that hands something out, or goes on in a pipeline.
fn leaves(branch: &Branch) -> Option<(NodeId, Option<&Expression>)> {
    branch.body.iter().find_map(|statement| match statement {
        Statement::Return { node, value } => {
            let nothing = value.as_ref().is_some_and(|value| match &value.kind {
                Kind::Null => true,
                Kind::List(items) => items.is_empty(),
                Kind::Map(entries) => entries.is_empty(),
                _ => false,
            });
            (!nothing).then_some((*node, value.as_ref()))
        }
        _ => None,
    })
}

/// Whether rows are handed out by a condition that knows nothing of the caller, and does not ask whether there are any.
fn hands_out_rows<'p>(subject: &CheckSubject<'p>, condition: &'p Expression, value: Option<&'p Expression>) -> bool {
    let data = |value| ["result", "prev", "source"].into_iter().any(|part| subject.reads(value, part));
    let reads = |part| subject.reads(condition, part);
    value.is_some_and(data)
        && !asks_null(condition)
        && !["identity", "stash", "error"].into_iter().any(reads)
}

fn asks_null(condition: &Expression) -> bool {
    let mut found = false;
    References(|reference: &Reference| found |= reference.called().is_some_and(Method::asks_null)).expression(condition);
    found
}

/// Whether the condition looks at what the caller sends, and at nothing else of the context.
fn callers_choice<'p>(subject: &CheckSubject<'p>, condition: &'p Expression) -> bool {
    let reads = |part| subject.reads(condition, part);
    (reads("arguments") || reads("request"))
        && !["identity", "stash", "result", "prev", "source", "error", "info"].into_iter().any(reads)
}
