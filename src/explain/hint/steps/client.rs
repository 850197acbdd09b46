//! A refusal that compared what the client itself had sent, by way of the stash.

use crate::code::Code;
use crate::explain::hint::json;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::condition::Operand;

/// What the client would have to send, where that is nearly what it sent: no rule and no claim is to be changed for it.
pub(super) fn sent(hints: &mut Vec<Finding>, operand: &Operand) -> Message {
    let value = json(&operand.value);
    let near = hints.iter().position(|hint| hint.code == Code::GroupCaseMismatch && hint.wanted == value && hint.actual != value);
    let Some(near) = near else { return Message::default() };
    let hint = hints.remove(near);
    Message::of(
        "The client sent it, and the caller's own value is {}, which differs in upper and lower case only. » Send {} from the client.",
        [Part::Value(hint.actual.to_string()), Part::Value(hint.actual.to_string())],
    )
}
