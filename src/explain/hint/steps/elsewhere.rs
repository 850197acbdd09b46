//! A check that was made elsewhere than the data is: skipped because its look-up failed, or made on another row than the one that
//! is written.

use super::Steps;
use crate::code::Code;
use crate::explain::hint::Finished;
use crate::explain::hint::allow::{condition, line};
use crate::explain::hint::deciding::Guards;
use crate::explain::hint::text::show;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::resolver::Half;
use crate::trace::{DecisionKind, Verdict, is_refusal};
use crate::trace::index::Node;
use crate::value::Value;

/// The look-up that a check needs failed, and `#return` went past the check: in a pipeline the next function runs.
pub(super) fn fails_open(steps: &Steps<'_>) -> Option<Finding> {
    steps.all.iter().enumerate().find_map(|(at, step)| {
        let goes_on = steps.function.get(at + 1..)?.iter().any(|function| Some(function) != steps.function.get(at));
        let (DecisionKind::Return, Some(node)) = (step.decision.kind, step.decision.node.filter(|_| goes_on)) else { return None };
        let passed = step.passed().iter().find(|one| one.guards == Guards::Return)?;
        let mut leaves = Vec::new();
        passed.condition.leaves(&mut leaves);
        let operand = leaves.iter().flat_map(|leaf| &leaf.operands).find(|operand| operand.origins.context().is_some_and(|(path, ..)| path.is_in("error")))?;
        let end = step.program.span(node).end;
        let refusal = step.recorder.index.statements.iter().find(|(refusal, statement)| {
            matches!(statement, Node::Reference(reference) if is_refusal(reference)) && step.program.span(*refusal).start > end
        });
        let (refusal, _) = refusal?;
        let message = Message::of(
            "Wider than it looks: in {} {} held (error is {}), so `#return` on line {} went past the check whose `{}` stands on line {}, and the pipeline went on with the next function: where the look-up fails, everybody gets through. » Raise the error there (`$util.error($ctx.error.message, $ctx.error.type)`), so that nobody passes unchecked.",
            [
                Part::Place(step.program.source.name.to_string()),
                Part::Code(condition(step, &passed.condition)),
                Part::Value(show(&operand.value)),
                Part::Place(line(step, node).to_string()),
                Part::Code(step.program.one_line(*refusal)),
                Part::Place(line(step, *refusal).to_string()),
            ],
        );
        Some(Finding::new(Code::ReturnBeforeCheck, message).at("error"))
    })
}

/// One row was compared with the caller, and another one is written, without a condition.
pub(super) fn other_row(steps: &Steps<'_>) -> Option<Finding> {
    let (checked, key) = steps.all.iter().enumerate().find_map(|(at, step)| {
        let of_row = step.verdict == Verdict::Allowed && steps.half.get(at) == Some(&Half::Response) && compares_row(step);
        let request = steps.all.get(at.checked_sub(1)?).filter(|_| of_row)?;
        Some((at, keyed(request, &["GetItem"])?))
    })?;
    let write = steps.all.get(checked + 1..)?.iter().find_map(|step| Some((step, keyed(step, &["UpdateItem", "DeleteItem"])?)))?;
    let (step, written) = write;
    let none = step.rendered().and_then(|request| request.as_map()?.get_str("condition")).is_none_or(|condition| condition.is_null());
    if !none || written.loosely_equals(&key) || compares_later(steps, checked) {
        return None;
    }
    let message = Message::of(
        "Wider than it looks: {} compared the caller with the row of the key {}, and {} writes the row of the key {}, on which nobody looked: whoever owns one row may write any other. » Make it a condition of that write (`owner = :me`), or read that row and compare it before.",
        [
            Part::Place(steps.all.get(checked)?.program.source.name.to_string()),
            Part::Value(show(&key)),
            Part::Place(step.program.source.name.to_string()),
            Part::Value(show(&written)),
        ],
    );
    Some(Finding::new(Code::OtherRowNotChecked, message))
}

/// Whether a condition that let the caller through compared him with the row.
fn compares_row(step: &Finished<'_>) -> bool {
    step.passed().iter().any(|passed| {
        let mut leaves = Vec::new();
        passed.condition.leaves(&mut leaves);
        leaves.iter().any(|leaf| {
            let reads = |root: &str| leaf.operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_in(root)));
            reads("result") && reads("identity")
        })
    })
}

fn compares_later(steps: &Steps<'_>, checked: usize) -> bool {
    steps.all.iter().skip(checked + 1).any(|step| step.verdict == Verdict::Allowed)
}

/// The key of a request with one of these operations.
fn keyed(step: &Finished<'_>, operations: &[&str]) -> Option<Value> {
    let request = step.rendered()?;
    let request = request.as_map()?;
    let operation = request.get_str("operation")?;
    operations.contains(&operation.as_str()?).then(|| request.get_str("key"))?
}
