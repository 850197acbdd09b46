//! A row that a new one points to: what was asked is whose the new row is.

use super::super::text::show;
use super::super::whence::held_by;
use super::super::{Finished, json};
use super::Leaf;
use super::words::{OWNERS, condition};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{Slot, StepKind};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::{Map, Value};

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

/// A row of the data source's answer let the caller in, and it is not the row that was asked for: the argument that names that one is
/// read nowhere in the template, and stands nowhere in the row.
pub fn row_not_asked(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Allowed || !found.is_empty() || !matches!(run.outcome.env.parent_type.as_str(), "Query" | "Mutation" | "Subscription") {
        return;
    }
    let args = run.context(&["args"]);
    let asked = args.as_map().map(|map| map.snapshot()).unwrap_or_default().into_iter().find_map(|(key, sent)| {
        let name = key.as_str().filter(|name| *name == "id" || name.ends_with("Id") || name.ends_with("ID") || name.ends_with("_id"))?;
        (sent.as_str().is_some_and(|text| text.len() > 1) && !reads_argument(run, name)).then(|| (name.to_owned(), sent))
    });
    let Some((name, sent)) = asked else { return };
    for leaf in leaves.iter().filter(|leaf| leaf.condition.holds == Some(true)) {
        let of_caller = leaf.condition.operands.iter().any(|side| side.origins.iter().any(|origin| origin.is_in("identity")));
        let Some((place, row)) = leaf.condition.operands.iter().find_map(|side| row_behind(run, side)).filter(|_| of_caller) else { continue };
        let Some(id) = row.get_str("id").filter(|id| !id.is_null() && !id.loosely_equals(&sent)) else { continue };
        if row.values().iter().any(|value| holds(value, &sent)) {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: {} held for {} ({}), and that is not the row that was asked for: arguments.{} is {}, this template never reads that argument, and nothing in the row names it. Whoever fits the row that happened to come, the first of a Scan for example, gets in for every other one. » Read the row itself, a GetItem by its key with `$ctx.args.{}`, refuse where `$ctx.result` is null, and compare with that one.",
            [
                Part::Code(condition(run, leaf.condition)),
                Part::Place(place),
                Part::Value(format!("id {}", show(&id))),
                Part::Name(name.clone()),
                Part::Value(show(&sent)),
                Part::Name(name.clone()),
            ],
        );
        found.push(Finding::new(Code::OtherRowNotChecked, message).certainty(Certainty::Likely).at(format!("args.{name}")).actual(json(&sent)));
        return;
    }
}

/// Whether any reference of the template goes through this argument, or takes all arguments at once.
fn reads_argument(run: &Finished<'_>, name: &str) -> bool {
    run.recorder.index.references.iter().any(|reference| {
        let of_args = matches!(&reference.steps.first().map(|step| &step.kind), Some(StepKind::Property(root)) if matches!(root.as_str(), "args" | "arguments"));
        let of_context = matches!(reference.root, Slot::CTX | Slot::CONTEXT);
        match reference.steps.get(1).map(|step| &step.kind) {
            Some(StepKind::Property(member)) => of_context && of_args && member == name,
            // Whoever takes all arguments, or asks for one by a call, may read this one.
            _ => of_context && (of_args || reference.steps.is_empty()),
        }
    })
}

/// The row that an operand was read from: `result.items[1].members` of the second one.
fn row_behind(run: &Finished<'_>, side: &Operand) -> Option<(String, Map)> {
    let (path, ..) = side.origins.context()?;
    let rest = path.strip_prefix("result")?;
    if let Some(at) = rest.strip_prefix(".items[").and_then(|rest| rest.split(']').next()) {
        let row = run.context(&["result", "items"]).members()?.get(at.parse::<usize>().ok()?)?.as_map()?.clone();
        return Some((format!("result.items[{at}]"), row));
    }
    rest.starts_with('.').then(|| Some(("result".to_owned(), run.context(&["result"]).as_map()?.clone())))?
}

/// Whether a member is this value or has it in it: `room-7` in `ROOM#room-7`.
fn holds(value: &Value, sent: &Value) -> bool {
    let within = || value.as_str().zip(sent.as_str()).is_some_and(|(text, sent)| text.contains(sent));
    within() || value.loosely_equals(sent) || value.members().is_some_and(|all| all.iter().any(|one| one.loosely_equals(sent)))
}
