//! A row that a new one points to: what was asked is whose the new row is.

use super::super::text::show;
use super::super::whence::held_by;
use super::super::{Finished, json};
use super::Leaf;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::Verdict;
use crate::value::Value;

/// What says whose a row is.
const OWNERS: [&str; 5] = ["owner", "ownerId", "userId", "createdBy", "author"];

/// The input names the id of a row that is another's, and nothing looks at that row.
pub fn others_row(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Allowed | Verdict::Completed) {
        return;
    }
    let input = run.context(&["args", "input"]);
    for (key, sent) in input.as_map().map(|map| map.snapshot()).unwrap_or_default() {
        let Some(name) = key.as_str().filter(|name| *name != "id" && sent.as_str().is_some_and(|text| !text.is_empty())) else { continue };
        let other = run.records.iter().find_map(|row| {
            let row = row.as_map().filter(|row| row.get_str("id").is_some_and(|id| id.loosely_equals(&sent)))?;
            OWNERS.iter().find_map(|field| Some((*field, row.get_str(field).filter(|owner| owner.as_str().is_some())?)))
        });
        let Some((field, owner)) = other.filter(|(_, owner)| held_by(run, owner).is_none()) else { continue };
        found.push(pointed_to(name, &sent, field, &owner));
        return;
    }
}

fn pointed_to(name: &str, sent: &Value, field: &str, owner: &Value) -> Finding {
    let message = Message::of(
        "Wider than it looks: arguments.input.{} is {}, the id of a row whose {} is {}, and no line of this template reads that row: a rule protects the row that is written, not the rows that it points to, so whoever knows the id may hang a row of his own on it. » Look at the other row before the write: a step that gets it by its id and compares its {} with the caller, `$util.unauthorized()` where they differ (Gen 1: an own slot of this resolver; Gen 2: a custom mutation). Hiding {} by a rule of its own stops honest clients only.",
        [
            Part::Name(name.to_owned()),
            Part::Value(show(sent)),
            Part::Name(field.to_owned()),
            Part::Value(show(owner)),
            Part::Name(field.to_owned()),
            Part::Name(name.to_owned()),
        ],
    );
    Finding::new(Code::OtherRowNotChecked, message).at(format!("args.input.{name}")).actual(json(sent))
}
