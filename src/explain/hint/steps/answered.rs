//! What the function before gave, where a refusal read it: of `prev.result`, and of the after template's `result`.

use super::Steps;
use crate::code::Code;
use crate::eval::End;
use crate::explain::hint::allow::{line, one_line};
use crate::explain::hint::text::show;
use crate::explain::hint::{Finished, json};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::condition::Operand;

/// The function before the deciding one: its first template.
fn before<'s, 'a>(steps: &'s Steps<'a>) -> Option<&'s Finished<'a>> {
    let own = *steps.function.get(steps.at)?;
    let before = (0..steps.at).rev().find(|at| steps.function[*at] != own)?;
    let first = (0..=before).find(|at| steps.function[*at] == steps.function[before])?;
    steps.all.get(first)
}

/// What the function before gave.
pub(super) fn of_prev(steps: &Steps<'_>, operand: &Operand, path: &str, hints: &mut Vec<Finding>) -> Option<Finding> {
    let step = before(steps)?;
    if let End::Returned { node, value } = &step.outcome.end {
        hints.retain(|hint| hint.path.as_deref() != Some(path));
        let message = Message::of(
            "{} is {}: {} ended at `#return` on line {} with {}. That ends this one function alone, whose data source is not asked then, and the pipeline goes on with {}. » Let it say in the stash that it grants (`$util.qr($ctx.stash.put(\"granted\", true))`), and let the step that refuses ask for that first.",
            [
                Part::Place(path.to_owned()),
                Part::Value(show(&operand.value)),
                Part::Place(step.program.source.name.to_string()),
                Part::Place(line(step, *node).to_string()),
                Part::Value(show(value)),
                Part::Place(steps.all.get(steps.at)?.program.source.name.to_string()),
            ],
        );
        return Some(Finding::new(Code::StepWrote, message).at(path).actual(json(&operand.value)));
    }
    let message = Message::of("{} is {}: that is what the function before gave, {} with the output {}.", [
        Part::Place(path.to_owned()),
        Part::Value(show(&operand.value)),
        Part::Place(step.program.source.name.to_string()),
        Part::Value(one_line(&step.outcome.output).chars().take(160).collect()),
    ]);
    Some(Finding::new(Code::StepWrote, message).at(path).actual(json(&operand.value)))
}

/// The after template's `result` is what the last function gave; the row that an earlier one read is not in it.
pub(super) fn of_after(steps: &Steps<'_>, operand: &Operand, path: &str, hints: &mut Vec<Finding>) -> Option<Finding> {
    let last = before(steps)?;
    let reads = |step: &Finished<'_>| step.program.writes_json("operation") && !step.program.writes_json("payload");
    let earlier = steps.all[..steps.at].iter().rev().find(|step| reads(step))?;
    if !operand.value.is_null() || std::ptr::eq(earlier.program, last.program) || reads(last) {
        return None;
    }
    // What stands there under another name is not the row's: to compare it would ask nobody.
    hints.retain(|hint| hint.path.as_deref() != Some(path));
    let member = path.strip_prefix("result.").unwrap_or(path);
    let message = Message::of(
        "{} is null for {}: in the after template `$ctx.result` is what the last function gave, {} with the output {}, and not the row that {} asked for. » Let that function's response template keep the row (`$util.qr($ctx.stash.put(\"row\", $ctx.result))`) and compare `$ctx.stash.row.{}` here, or let the function that reads the row be the last.",
        [
            Part::Place(path.to_owned()),
            Part::Place(steps.all.get(steps.at)?.program.source.name.to_string()),
            Part::Place(last.program.source.name.to_string()),
            Part::Value(one_line(&last.outcome.output).chars().take(160).collect()),
            Part::Place(earlier.program.source.name.to_string()),
            Part::Name(member.to_owned()),
        ],
    );
    Some(Finding::new(Code::StepWrote, message).at(path).actual(json(&operand.value)))
}
