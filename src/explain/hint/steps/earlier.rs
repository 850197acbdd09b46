//! What a later step wrote over what an earlier one had put at the same place.

use super::{Steps, Wrote, is_removal, target};
use crate::explain::hint::Finished;
use crate::explain::hint::allow::line;
use crate::explain::hint::decided::because;
use crate::explain::hint::text::show;
use crate::explain::why::guards;
use crate::appsync::ContextPath;
use crate::message::{Message, Part};
use crate::trace::condition::Operand;
use crate::trace::recorder::Change;
use crate::value::{Map, Value};

/// An earlier step, or an earlier statement of the same one, had put another value there.
pub(super) fn over_another(steps: &Steps<'_>, wrote: &Wrote<'_, '_>, operand: &Operand) -> Message {
    let last = wrote.change;
    let before = steps.all[..steps.at].iter().rev().find_map(|step| {
        let at = |other: &&Change| target(other).as_deref() == Some(&wrote.place) && !std::ptr::eq(*other, last);
        Some((step, step.recorder.changes.iter().rfind(at)?))
    });
    let Some((step, other)) = before.filter(|_| !is_removal(wrote.step, last)) else { return Message::default() };
    let Some(was) = other.values.get(1) else { return Message::default() };
    if matches!(was, Value::Map(_)) && !std::ptr::eq(step.program, wrote.step.program) {
        return over_a_row(step, other, was, wrote, operand);
    }
    if let (Some(_), Some(now)) = (was.as_str(), operand.value.as_str())
        && was.as_str() != Some(now)
    {
        return over_a_text(step, other, was, wrote);
    }
    if !was.is_true() || operand.value.is_true() {
        return Message::default();
    }
    let why = guards(step.recorder, other.node, false).into_iter().next();
    let why = why.map_or_else(String::new, |guard| format!(", because {}", because(step, &guard.condition, guard.value, 1, &mut Vec::new())));
    Message::of(
        "{} had put {} there on line {}{}, and this wrote over it, so of the two only the later counts. » If one of them is meant to be enough, let the later step write there only where it grants.",
        [
            Part::Place(step.program.source.name.to_string()),
            Part::Value(show(was)),
            Part::Place(line(step, other.node).to_string()),
            Part::Value(why),
        ],
    )
}

/// Two statements put a text each under one name: the test reads the later one.
fn over_a_text(step: &Finished<'_>, other: &Change, was: &Value, wrote: &Wrote<'_, '_>) -> Message {
    let code = format!("`$ctx.{}`", wrote.place);
    Message::of(
        "{} had put {} there on line {}, and this wrote over it, so that one counts no more. » If the earlier one is meant, let {} use another name, or write only where nothing stands there yet ({} is null); if the later one is, the check rightly refuses.",
        [
            Part::Place(step.program.source.name.to_string()),
            Part::Value(show(was)),
            Part::Place(line(step, other.node).to_string()),
            Part::Place(wrote.step.program.source.name.to_string()),
            Part::Code(code),
        ],
    )
}

/// Two steps put a row each under one name: the test reads the later one.
fn over_a_row(step: &Finished<'_>, other: &Change, was: &Value, wrote: &Wrote<'_, '_>, operand: &Operand) -> Message {
    let inside = wrote.read.strip_prefix(wrote.place.as_str()).unwrap_or_default();
    let root = Map::new();
    root.put_str("row", was.clone());
    let member = format!("row{inside}").parse::<ContextPath>().map(|path| path.lookup(&root)).unwrap_or_default();
    if inside.is_empty() || member.is_null() || member.loosely_equals(&operand.value) {
        return Message::default();
    }
    Message::of(
        "{} had put another one there on line {}, whose {} is {}, and this wrote over it: both use the same name. » Let each step keep its row under a name of its own, and compare the one that is meant.",
        [
            Part::Place(step.program.source.name.to_string()),
            Part::Place(line(step, other.node).to_string()),
            Part::Name(inside.trim_start_matches('.').to_owned()),
            Part::Value(show(&member)),
        ],
    )
}
