//! The names along a reference: `$ctx.identity.claims.get("email")` is `identity`, `claims`, `email`.

use crate::value::method::Method;
use crate::syntax::{ExpressionKind as Kind, Reference, Step, StepKind};

/// The names of a whole chain behind `$ctx`; none if a link of it is a call or is computed.
pub fn whole(reference: &Reference) -> Option<Vec<&str>> {
    steps(&reference.steps)
}

/// The names of links, if each of them is one.
pub fn steps(steps: &[Step]) -> Option<Vec<&str>> {
    steps.iter().enumerate().map(|(at, step)| name(step, at)).collect()
}

/// The names at the beginning of a chain, as far as there are any.
pub fn prefix(reference: &Reference) -> Vec<&str> {
    reference.steps.iter().enumerate().map_while(|(at, step)| name(step, at)).collect()
}

/// The name of one link, which stands at this place of its chain.
pub fn name(step: &Step, at: usize) -> Option<&str> {
    let name = match &step.kind {
        StepKind::Property(name) => name.as_str(),
        StepKind::Index(index) => match &index.kind {
            Kind::String(name) => name.as_str(),
            _ => return None,
        },
        StepKind::Method { method: Some(Method::Get), args, .. } => match args.as_slice() {
            [crate::syntax::Expression { kind: Kind::String(name), .. }] => name.as_str(),
            _ => return None,
        },
        StepKind::Method { .. } => return None,
    };
    Some(if at == 0 && name == "args" { "arguments" } else { name })
}
