//! A refusal that looks at a state, of the row or of what was sent, and not at who calls.

use super::super::Finished;
use super::super::test::Test;
use super::super::text::show;
use super::super::whence::{is_client, subject};
use crate::message::{Message, Part};
use crate::trace::condition::{Condition, Operand};

/// What the state would have to be, by the terms that decided.
pub fn of_state(run: &Finished<'_>, leaves: &[&Condition]) -> Message {
    let own = own_term_held(run, leaves);
    let advice = leaves.iter().find_map(|leaf| match Test::of(run, leaf) {
        Test::Equal { left, right, equal } => equality(left, right, equal, !own.is_empty()).or_else(|| equality(right, left, equal, !own.is_empty())),
        Test::Missing { what, .. } => empty_text(what),
        _ => None,
    });
    match advice {
        Some(advice) => own.with(advice),
        None => Message::default(),
    }
}

/// The place of a value that is the row's or the client's, and not one of the caller's own.
fn place(side: &Operand) -> Option<&str> {
    let (path, from, absent) = side.origins.context()?;
    let of_state = ["args.", "result.", "source.", "prev.", "stash."].iter().any(|root| path.starts_with(root));
    (of_state && !absent && from.loosely_equals(&side.value)).then_some(&**path)
}

/// `is_own` is whether the caller's own term held: only then the row is his to change.
fn equality(side: &Operand, other: &Operand, equal: bool, is_own: bool) -> Option<Message> {
    let path = place(side)?;
    let name = subject(path);
    if equal && other.literal && !other.value.is_null() {
        let message = Message::of("It refuses while {} is {}.", [Part::Name(name), Part::Value(show(&other.value))]);
        return Some(match (is_client(path), is_own) {
            (true, _) => message.cured("Send another value there, if that is meant."),
            (false, true) => message.cured("Change that state of the row first, where it should be another."),
            (false, false) => message.with(Message::from("That is what the template is there for: nothing is wrong, unless the row's state is.")),
        });
    }
    if !equal && other.value.is_null() && other.origins.context().is_none() && !side.value.is_null() {
        let word = if is_client(path) { format!("Leave {} out.", path.trim_start_matches("args.")) } else { format!("Nothing is wrong, unless {path} should be empty.") };
        return Some(Message::of("It refuses whenever {} has a value.", [Part::Name(name)]).cured(word));
    }
    None
}

/// `""` is something and counts as nothing.
fn empty_text(what: &Operand) -> Option<Message> {
    let path = place(what).filter(|_| what.value.as_str() == Some(""))?;
    let word = if is_client(path) { format!("Send {} with something in it.", path.trim_start_matches("args.")) } else { format!("Fill {path} in.") };
    Some(Message::of("{} is there, and is an empty text, which counts as none here.", [Part::Name(crate::message::capital(&subject(path)))]).cured(word))
}

/// The caller's own term beside those that decided: where it held, the caller is not what was refused.
fn own_term_held(run: &Finished<'_>, decided: &[&Condition]) -> Message {
    let Some(guard) = run.why.guards.first() else { return Message::default() };
    let mut leaves = Vec::new();
    guard.condition.leaves(&mut leaves);
    let of_caller = |leaf: &&Condition| {
        let asks = leaf.operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_in("identity")));
        let met = matches!(Test::of(run, leaf), Test::Equal { equal: true, .. } | Test::Contains { found: true, .. });
        asks && met && !decided.iter().any(|other| other.node == leaf.node)
    };
    match leaves.into_iter().find(of_caller) {
        Some(leaf) => Message::of("The caller is not what it refuses: `{}` is met.", [Part::Code(super::one_line(run.text(leaf)))]),
        None => Message::default(),
    }
}
