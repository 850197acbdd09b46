//! Members of the stash that a template names.

use crate::value::method::Method;
use crate::syntax::{Expression, ExpressionKind as Kind, Reference, Slot, StepKind};

/// `$ctx.stash.NAME` or `$ctx.stash.get("NAME")`.
pub fn stash_key(reference: &Reference) -> Option<&str> {
    let [first, second, ..] = reference.steps.as_slice() else { return None };
    let on_stash = matches!(reference.root, Slot::CTX | Slot::CONTEXT)
        && matches!(&first.kind, StepKind::Property(name) if name == "stash");
    match &second.kind {
        StepKind::Property(name) if on_stash => Some(name),
        StepKind::Method { method: Some(Method::Get), args, .. } if on_stash => literal(args.first()?),
        _ => None,
    }
}

/// `$ctx.stash.put("NAME", … )`
pub fn stash_put(reference: &Reference) -> Option<&str> {
    let [first, second] = reference.steps.as_slice() else { return None };
    let on_stash = matches!(reference.root, Slot::CTX | Slot::CONTEXT)
        && matches!(&first.kind, StepKind::Property(name) if name == "stash");
    match &second.kind {
        StepKind::Method { method: Some(Method::Put), args, .. } if on_stash => literal(args.first()?),
        _ => None,
    }
}

fn literal(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}
