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
use crate::value::Value;

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

/// The row was asked for by a key that has no value: an argument that was not sent, or stands inside the input.
pub(super) fn by_null_key(steps: &Steps<'_>, operand: &Operand, path: &str, hints: &mut Vec<Finding>) -> Option<Finding> {
    let before = steps.at.checked_sub(1).filter(|before| steps.function.get(*before) == steps.function.get(steps.at))?;
    let request = steps.all.get(before)?;
    let rendered = request.rendered()?;
    let key = rendered.as_map()?.get_str("key")?;
    let nothing = |value: &Value| value.as_map().is_some_and(|typed| typed.contains_str("NULL"));
    let (name, _) = key.as_map()?.snapshot().into_iter().find(|(_, value)| nothing(value))?;
    if !operand.value.is_null() {
        return None;
    }
    let absent = request.recorder.index.references.iter().find_map(|reference| {
        let origins = request.recorder.values.reference(reference);
        let (place, value, _) = origins.context()?;
        (place.is_in("args") && value.is_null()).then(|| (place.to_string(), line(request, reference.node)))
    });
    let (place, at) = absent?;
    hints.retain(|hint| hint.code != Code::RowMissing);
    let argument = place.strip_prefix("args.").unwrap_or(&place).to_owned();
    let mut message = Message::of(
        "{} is null because {} asks for the row by a key without a value (line {}): {} is made of {}, which was not sent, and no row has such a key, whatever is stored.",
        [
            Part::Place(path.split('.').next().unwrap_or(path).to_owned()),
            Part::Place(request.program.source.name.to_string()),
            Part::Place(at.to_string()),
            Part::Name(name.as_str().unwrap_or_default().to_owned()),
            Part::Place(format!("arguments.{argument}")),
        ],
    );
    let inside = request.context(&["args", "input", &argument]);
    message.and(if inside.is_null() {
        Message::of("» Send {}, or build the key from what is sent.", [Part::Name(argument)])
    } else {
        Message::of("The call sent arguments.input.{} ({}). » Read `$ctx.args.input.{}` for the key.", [Part::Name(argument.clone()), Part::Value(show(&inside)), Part::Name(argument)])
    });
    Some(Finding::new(Code::StepWrote, message).at(path).actual(json(&operand.value)))
}

/// A Lambda function answered what the refusal asks for: its own code decides.
pub(super) fn by_lambda(steps: &Steps<'_>, operand: &Operand, path: &str) -> Option<Finding> {
    let before = steps.at.checked_sub(1).filter(|before| steps.function.get(*before) == steps.function.get(steps.at))?;
    let request = steps.all.get(before)?;
    let rendered = request.rendered()?;
    let operation = rendered.as_map()?.get_str("operation")?;
    let deciding = steps.all.get(steps.at)?;
    // Compared with the caller or the arguments, it is a value like any other.
    let says_no = matches!(operand.value, Value::Boolean(false));
    if !matches!(operation.as_str()?, "Invoke" | "BatchInvoke") || !says_no {
        return None;
    }
    let message = Message::of(
        "{} is {}: that is what the Lambda function answered which {} asks, with {}. Its code decided, and the template only passes that on. » Look at that function's code and at its CloudWatch log of this request.",
        [
            Part::Place(path.to_owned()),
            Part::Value(show(&operand.value)),
            Part::Place(request.program.source.name.to_string()),
            Part::Value(show(&deciding.context(&["result"]))),
        ],
    );
    Some(Finding::new(Code::StepWrote, message).at(path).actual(json(&operand.value)))
}
