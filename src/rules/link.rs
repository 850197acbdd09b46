//! The links of a chain of calls.

use crate::syntax::{Expression, Reference, StepKind};

/// The last link of a chain, if it is a call.
pub(super) fn last_call(reference: &Reference) -> Option<(&str, &[Expression])> {
    match &reference.steps.last()?.kind {
        StepKind::Method { name, args, .. } => Some((name, args)),
        _ => None,
    }
}
