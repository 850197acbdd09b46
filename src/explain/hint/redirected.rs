//! A lookup that asks for another row than the client or the parent names, because the template wrote the caller's value over the key.

use super::allow::line;
use super::carried::{is_lookup, operation};
use super::effects::with_claim;
use super::overwritten::target;
use super::text::show;
use super::whence::{Whence, absent_claim, code, place, subject, whence};
use super::{Finished, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::records::DataOperation;
use crate::trace::Verdict;
use crate::trace::origin::Origins;
use crate::trace::recorder::Change;
use crate::value::Value;

/// A row's key was replaced by a claim, or by the default for an absent one: the lookup goes elsewhere.
pub fn redirected(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        found.extend(run.recorder.changes.iter().find_map(|change| of_change(run, change)));
    }
}

fn of_change(run: &Finished<'_>, change: &Change) -> Option<Finding> {
    let (target, new) = (target(change)?, change.values.get(1)?);
    let old = change.old.as_ref().filter(|old| is_key(old) && !old.loosely_equals(new))?;
    let from = whence(change.origins.get(1).unwrap_or(&Origins::default()), new);
    let of_parent = target.starts_with("source.");
    let operation = operation(run);
    let asked = match &operation {
        // What the request does not carry, it does not ask for.
        Some(operation) => is_lookup(operation) && run.rendered().is_some_and(|request| carries(&request, new)),
        None => of_parent,
    };
    if !from.identity || !asked || !of_parent && !target.starts_with("args.") {
        return None;
    }
    let why = match &from.absent {
        Some(path) => format!("the default, because {} is absent", subject(path)),
        None => from.path.as_deref().map(place).unwrap_or_default(),
    };
    let then = match operation {
        Some(DataOperation::GetItem) => "and the lookup then asks for that: where no such row is, the field is null without an error.".to_owned(),
        Some(_) => "and the lookup then asks for that: where no such row is, the list is empty without an error.".to_owned(),
        None => format!("and a lookup behind it that reads `$ctx.{target}` asks for that: where no such row is, the field is null without an error."),
    };
    let mut message = Message::of(
        "Not refused, but redirected: line {} overwrote {} = {} with {} ({}), {}",
        [
            Part::Place(line(run, change.node).to_string()),
            Part::Place(target.replace("args.", "arguments.")),
            Part::Value(show(old)),
            Part::Value(show(new)),
            Part::Text(why),
            Part::Text(then),
        ],
    );
    message.and(cure(&target, &from));
    let claim = from.absent.as_deref().map(|path| absent_claim(run, path)).unwrap_or_default();
    Some(Finding::new(Code::Redirected, with_claim(message, claim)).at(target).actual(json(old)).wanted(json(new)))
}

/// Whether something stood there that a lookup can ask for: what was empty was filled in.
fn is_key(value: &Value) -> bool {
    !value.is_null() && value.as_str() != Some("")
}

/// What to write in the place of the line that overwrites.
fn cure(target: &str, from: &Whence) -> Message {
    match from.path.as_deref() {
        None => "» Refuse when the value is missing instead of overwriting the key.".into(),
        Some(path) => Message::default().cured(format!(
            "Ask for the key as it is. If that value is to decide who may read, compare the two before and refuse: `#if( $ctx.{target} != {} ) $util.unauthorized() #end`.",
            code(path)
        )),
    }
}

/// Whether a request has a text or a number in it, as a value or as a part of one.
fn carries(request: &Value, wanted: &Value) -> bool {
    match (request.as_map(), request.members()) {
        (Some(map), _) => map.values().iter().any(|value| carries(value, wanted)),
        (None, Some(members)) => members.iter().any(|value| carries(value, wanted)),
        _ => request.to_string().contains(&wanted.to_string()),
    }
}
