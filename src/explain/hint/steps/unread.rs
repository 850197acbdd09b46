//! What a step put into the stash for later ones, and none of them acts on: a decision that nobody reads, a filter that was taken
//! out again.

use super::{Steps, is_removal, target};
use crate::code::Code;
use crate::explain::hint::allow::{condition, line, values};
use crate::explain::hint::deciding::reads_caller;
use crate::explain::hint::text::show;
use crate::explain::hint::json;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{Program, StepKind};
use crate::trace::recorder::Change;
use crate::trace::stash::stash_key;
use crate::value::Value;
use crate::value::method::Method;

/// A test of the caller was put into the stash, and no template asks for it.
pub(super) fn decision(steps: &Steps<'_>) -> Option<Finding> {
    steps.all.iter().find_map(|step| {
        step.recorder.changes.iter().find_map(|change| {
            let name = target(change)?.strip_prefix("stash.").filter(|name| !name.contains(['.', '[']))?.to_owned();
            let value = change.values.get(1).filter(|value| matches!(value, Value::Boolean(_)))?;
            let guard = guards(step.recorder, change.node, false).into_iter().find(|guard| reads_caller(&guard.condition))?;
            if read(steps, &name) {
                return None;
            }
            let message = Message::of(
                "Wider than it looks: {} puts {} = {} into the stash on line {}, because {} {} ({}), and no template of this field asks for it: every caller gets through. » Refuse by it before the data is read: `#if(!$ctx.stash.{}) $util.unauthorized() #end`.",
                [
                    Part::Place(step.program.source.name.to_string()),
                    Part::Name(name.clone()),
                    Part::Value(show(value)),
                    Part::Place(line(step, change.node).to_string()),
                    Part::Code(condition(step, &guard.condition)),
                    Part::Text(if guard.value { "held" } else { "did not hold" }.to_owned()),
                    Part::Value(values(step, &guard.condition).join(", ")),
                    Part::Name(name.clone()),
                ],
            );
            Some(Finding::new(Code::FlagNotRead, message).at(format!("stash.{name}")).actual(json(value)))
        })
    })
}

/// Whether any template of the field reads a member of the stash, or the stash as a whole.
fn read(steps: &Steps<'_>, name: &str) -> bool {
    let ran = steps.all.iter().map(|step| step.program);
    ran.chain(steps.later.iter().map(|program| &***program)).any(|program| reads(program, name))
}

fn reads(program: &Program, name: &str) -> bool {
    program.references().into_iter().any(|reference| {
        let whole = reference.passes("stash") && reference.steps.len() < 2;
        let by_call = matches!(reference.steps.get(1).map(|step| &step.kind), Some(StepKind::Method { method, .. }) if !matches!(method, Some(Method::Put | Method::PutAll | Method::Remove | Method::Get)));
        whole || stash_key(reference) == Some(name) || reference.passes("stash") && by_call
    })
}

/// A filter by the caller that one step put into the stash and a later one took out or wrote over, and the request reads it.
pub(super) fn filter_removed(steps: &Steps<'_>) -> Option<Finding> {
    steps.all.iter().enumerate().find_map(|(at, step)| {
        let put = step.recorder.changes.iter().find(|change| is_filter(change))?;
        let place = target(put).filter(|place| place != "stash.authFilter")?;
        let name = place.strip_prefix("stash.")?;
        let (later, change) = steps.all.get(at + 1..)?.iter().find_map(|later| {
            let own = |change: &&Change| target(change).as_deref() == Some(&place) && (is_removal(later, change) || is_nothing(change));
            Some((later, later.recorder.changes.iter().rfind(own)?))
        })?;
        if !read(steps, name) {
            return None;
        }
        let message = Message::of(
            "Wider than it looks: the filter that {} put into {} (line {}), {}, was taken out by {} on line {}, so what is read holds nothing of the caller: rows of others come back. » Leave it there, and let the request refuse to run without it.",
            [
                Part::Place(step.program.source.name.to_string()),
                Part::Place(place.clone()),
                Part::Place(line(step, put.node).to_string()),
                Part::Value(put.values.get(1).map(show).unwrap_or_default()),
                Part::Place(later.program.source.name.to_string()),
                Part::Place(line(later, change.node).to_string()),
            ],
        );
        Some(Finding::new(Code::FilterLost, message).at(place))
    })
}

/// A map with something of the caller's identity in it, put into the stash.
fn is_filter(change: &Change) -> bool {
    let of_caller = |one: &crate::trace::origin::Origins| one.iter().any(|origin| origin.is_in("identity"));
    change.path.as_deref() == Some("stash") && change.values.get(1).is_some_and(|value| value.as_map().is_some()) && change.origins.get(1).is_some_and(of_caller)
}

fn is_nothing(change: &Change) -> bool {
    change.values.get(1).is_some_and(|value| value.is_null() || value.as_map().is_some_and(|map| map.is_empty()))
}
