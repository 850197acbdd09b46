//! The links of a chain of calls.

use crate::value::method::Method;
use crate::syntax::{Expression, Reference, };

/// The last link of a chain, if it is a call.
pub(super) fn last_call(reference: &Reference) -> Option<(Option<Method>, &[Expression])> {
    reference.last_call()
}
