//! Amplify's placeholder for an absent claim, written into a row as its owner.

use super::super::Finished;
use super::Leaf;
use super::words::line;
use crate::code::Code;
use crate::explain::hint::whence::PLACEHOLDER;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::value::Value;

/// Everybody without that claim is the same owner.
pub fn stored(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let into = |change: &&crate::trace::recorder::Change| {
        change.path.as_ref().is_some_and(|path| path.is_in("args")) && change.values.get(1).and_then(Value::as_str) == Some(PLACEHOLDER)
    };
    let Some(change) = run.recorder.changes.iter().find(into) else { return };
    let Some(name) = change.values.first().and_then(Value::as_str) else { return };
    let why = match run.context(&["identity", "claims"]).is_null() {
        true => run.auth_type().map_or_else(|| "the identity has no claims".to_owned(), |mode| format!("a caller with {mode} has no claims")),
        false => "the token has none of the claims that are asked for".to_owned(),
    };
    let message = Message::of(
        "Wider than it looks: {} is stored as {} (line {}), the placeholder for an absent claim: {}. Everybody without it gets the same one, so the row belongs to all of them. » Let only signed-in users create (a user-pool token), or give this mode a rule of its own that reads no owner; and repair the rows that have it.",
        [
            Part::Name(name.to_owned()),
            Part::Value(crate::message::quoted(PLACEHOLDER).to_string()),
            Part::Place(line(run, change.node).to_string()),
            Part::Text(why),
        ],
    );
    found.push(Finding::new(Code::PlaceholderMatches, message).at(format!("args.input.{name}")).actual(PLACEHOLDER));
}
