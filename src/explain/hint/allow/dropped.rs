//! An owner that was put into what is written, and dropped again before it was.

use super::super::text::show;
use super::super::whence::held_by;
use super::super::Finished;
use super::Leaf;
use super::words::line;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::Reference;
use crate::trace::Verdict;
use crate::trace::index::call_args;
use crate::trace::recorder::Change;
use crate::value::Value;

/// The copies of a map that leave keys out (APPSYNC-VTL, `$util.map`).
const COPIES: [&str; 2] = ["copyAndRetainAllKeys", "copyAndRemoveAllKeys"];

/// The caller was put under a key, and the row that is written lacks it, for a copy between leaves that key out.
pub fn by_copy(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Completed | Verdict::Allowed) || run.is_generated() {
        return;
    }
    let Some(written) = run.rendered().and_then(|request| request.as_map()?.get_str("attributeValues")) else { return };
    let Some(written) = written.as_map() else { return };
    let puts = run.recorder.changes.iter().filter(|change| change.container.is_some());
    let lost = puts.filter_map(|put| {
        let (key, value) = (put.values.first()?.as_str()?, put.values.get(1)?);
        let place = held_by(run, value)?;
        // As a key of the row, or under another name, he is there all the same.
        let elsewhere = written.snapshot().iter().any(|(_, held)| names(held, value)) || key_names(run, key);
        (!written.contains_str(key) && !elsewhere).then(|| (put, key.to_owned(), place))
    });
    found.extend(lost.filter_map(|(put, key, place)| Some(message(run, put, &key, &place, copy_without(run, put, &key)?))).next());
}

/// Whether an attribute, with its type, has this value.
fn names(held: &Value, value: &Value) -> bool {
    held.as_map().is_some_and(|typed| typed.snapshot().iter().any(|(_, inner)| inner.loosely_equals(value)))
}

fn key_names(run: &Finished<'_>, key: &str) -> bool {
    run.rendered().and_then(|request| Some(request.as_map()?.get_str("key")?.as_map()?.contains_str(key))).unwrap_or_default()
}

/// The copy after this change that leaves the key out, with the keys that it was given.
fn copy_without<'p>(run: &Finished<'p>, put: &Change, key: &str) -> Option<(&'p Reference, Value)> {
    let after = run.program.span(put.node).start;
    run.recorder.index.references.iter().copied().filter(|reference| run.program.span(reference.node).start > after).find_map(|reference| {
        let name = reference.function?.name;
        COPIES.contains(&name).then_some(())?;
        let [of, list] = call_args(reference)?.1 else { return None };
        // Of another map it takes nothing out of this one.
        run.recorder.values.of(of).0.as_map()?.contains_str(key).then_some(())?;
        let (keys, _) = run.recorder.values.of(list);
        let named = keys.members()?.iter().any(|one| one.as_str() == Some(key));
        (named == (name == COPIES[1])).then(|| (reference, keys.clone()))
    })
}

fn message(run: &Finished<'_>, put: &Change, key: &str, place: &str, (copy, keys): (&Reference, Value)) -> Finding {
    let name = copy.function.map_or("", |function| function.name);
    let retains = name == COPIES[0];
    let cure = if retains { format!("Add \"{key}\" to that list") } else { format!("Take \"{key}\" out of that list") };
    let message = Message::of(
        "Nobody was refused, but the row is stored without {}: line {} puts it in ({}, {}), and {} on line {} drops it again, because its list {} is {}. Whatever compares {} with the caller later lets nobody at this row, who wrote it included. » {}, or put {} in behind the copy; and fill it in on the rows that were written so.",
        [
            Part::Name(key.to_owned()),
            Part::Place(line(run, put.node).to_string()),
            Part::Value(put.values.get(1).map_or_else(String::new, show)),
            Part::Place(place.to_owned()),
            Part::Code(format!("`$util.map.{name}`")),
            Part::Place(line(run, copy.node).to_string()),
            Part::Text((if retains { "of keys to keep" } else { "of keys to leave out" }).to_owned()),
            Part::Value(show(&keys)),
            Part::Name(key.to_owned()),
            Part::Text(cure),
            Part::Name(key.to_owned()),
        ],
    );
    Finding::new(Code::OwnerNotFilled, message).at(format!("attributeValues.{key}"))
}
