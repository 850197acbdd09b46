//! A filter of the caller's that the client's own terms were put over.

use super::Finished;
use crate::code::Code;
use crate::explain::hint::allow::line;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{held_by, is_client, subject};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::recorder::Change;
use crate::value::Value;

/// `$filter.putAll($ctx.args.filter)` over `{"owner": {"eq": $ctx.identity.username}}`: who sends an owner gets that owner's rows.
pub(super) fn by_client(run: &Finished<'_>) -> Option<Finding> {
    let changes = &run.recorder.changes;
    changes.iter().enumerate().find_map(|(at, later)| {
        let (slot, put) = (later.slot?, later.values.last()?.as_map().filter(|_| later.container.is_some())?.clone());
        let (path, ..) = later.origins.last()?.context()?;
        if !is_client(path) && path != "args" || later.values.len() != 1 {
            return None;
        }
        let before = changes[..at].iter().rfind(|one| one.slot == Some(slot) && one.container.is_none())?;
        let own = before.values.first()?.as_map()?.clone();
        let (name, was, is) = own.snapshot().into_iter().find_map(|(name, was)| {
            let name = name.as_str()?.to_owned();
            let is = put.get_str(&name).filter(|is| !is.loosely_equals(&was))?;
            names_caller(run, &was).then_some((name, was, is))
        })?;
        Some(finding(run, (before, &was), (later, &is), &name, path))
    })
}

fn finding(run: &Finished<'_>, (before, was): (&Change, &Value), (later, is): (&Change, &Value), name: &str, path: &str) -> Finding {
    let message = Message::of(
        "Wider than it looks: line {} puts what the client sent ({}) over the filter of line {} and so replaces its term: {} was {}, the caller's own, and is {} now, so the rows that come back are those that the client asks for, whosever they are. » Join the two, `{\"and\": [ … ]}`, or put the caller's own term last.",
        [
            Part::Place(line(run, later.node).to_string()),
            Part::Place(subject(path)),
            Part::Place(line(run, before.node).to_string()),
            Part::Name(name.to_owned()),
            Part::Value(show(was)),
            Part::Value(show(is)),
        ],
    );
    Finding::new(Code::FilterLost, message).at(name)
}

/// `{"eq": "ann"}` with a name of the caller's.
fn names_caller(run: &Finished<'_>, term: &Value) -> bool {
    let values = term.as_map().map(|map| map.values()).unwrap_or_default();
    values.iter().any(|value| held_by(run, value).is_some())
}
