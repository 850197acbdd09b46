//! A filter that a later step took the place of.

use super::{Steps, is_removal, target};
use crate::explain::hint::allow::line;
use crate::explain::hint::text::show;
use crate::explain::hint::{Finished, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::recorder::Change;
use crate::value::Value;

/// A filter is looked through so deep.
const DEEP: usize = 8;

/// A filter in the stash that another step's took the place of.
pub(super) fn replaced(steps: &Steps<'_>) -> Option<Finding> {
    let changes = steps.all.iter().flat_map(|step| {
        let of = |change: &&Change| target(change).as_deref() == Some("stash.authFilter");
        step.recorder.changes.iter().filter(of).map(move |change| (step, change))
    });
    let changes: Vec<_> = changes.collect();
    let value = |step: &Finished<'_>, change: &Change| match is_removal(step, change) {
        true => Value::Null,
        false => change.values.get(1).cloned().unwrap_or_default(),
    };
    let differs = |pair: &&[(&Finished<'_>, &Change)]| {
        let [(first, was), (second, is)] = pair else { return false };
        let (was, is) = (value(first, was), value(second, is));
        !std::ptr::eq(first.program, second.program) && !was.is_null() && !holds(&is, &was, 0)
    };
    let [(first, was), (second, is)] = changes.windows(2).rfind(differs)? else { return None };
    let (old, new) = (value(first, was), value(second, is));
    let message = Message::of(
        "The filter that {} put into stash.authFilter (line {}), {}, was replaced by {} on line {} with {}: rows that the first one would have left out come back. » Join the two with `and`.",
        [
            Part::Place(first.program.source.name.to_string()),
            Part::Place(line(first, was.node).to_string()),
            Part::Value(show(&old)),
            Part::Place(second.program.source.name.to_string()),
            Part::Place(line(second, is.node).to_string()),
            Part::Value(if new.is_null() { "nothing".to_owned() } else { show(&new) }),
        ],
    );
    Some(Finding::new(Code::FilterLost, message).at("stash.authFilter").actual(json(&new)).wanted(json(&old)))
}

/// Whether a filter has another one in it, as one that was joined with it does.
fn holds(filter: &Value, part: &Value, depth: usize) -> bool {
    let inner = |values: Vec<Value>| depth < DEEP && values.iter().any(|value| holds(value, part, depth + 1));
    filter.loosely_equals(part)
        || match filter {
            Value::Map(map) => inner(map.values()),
            Value::List(list) => inner(list.snapshot()),
            _ => false,
        }
}
