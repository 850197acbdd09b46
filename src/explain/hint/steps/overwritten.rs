//! An allow that compared what a step before it had put in place of the client's own value.

use super::{Steps, conditions, target};
use crate::explain::hint::allow::line;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::whence;
use crate::explain::hint::json;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::candidate::looked_at;
use crate::trace::origin::Origins;
use crate::trace::recorder::Change;
use crate::trace::Verdict;

/// An allow that compared what a step before had written over the client's own value.
pub(super) fn overwritten(steps: &Steps<'_>) -> Option<Finding> {
    for (at, step) in steps.all.iter().enumerate().filter(|(_, step)| step.verdict == Verdict::Allowed) {
        let all = conditions(step);
        for operand in all.iter().flat_map(|condition| looked_at(condition)) {
            let Some((path, ..)) = operand.origins.context() else { continue };
            if !["args.", "source."].iter().any(|root| path.starts_with(root)) {
                continue;
            }
            let writer = steps.all[..at].iter().rev().find_map(|other| {
                let of = |change: &&Change| target(change).as_deref() == Some(path);
                Some((other, other.recorder.changes.iter().rfind(of)?))
            });
            let Some((other, change)) = writer else { continue };
            let Some(old) = change.old.as_ref().filter(|old| !old.loosely_equals(&operand.value)) else { continue };
            let from = whence(change.origins.get(1).unwrap_or(&Origins::default()), &operand.value);
            let from = if from.words.is_empty() { String::new() } else { format!(" ({})", from.words) };
            let message = Message::of(
                "Wider than it looks: {} replaced {} = {} by {}{} on line {}, before {} compared it (line {}). It compares what a template wrote and can hardly refuse: » compare the stored row, or what the client sent before it is changed.",
                [
                    Part::Place(other.program.source.name.to_string()),
                    Part::Place(path.replace("args.", "arguments.")),
                    Part::Value(show(old)),
                    Part::Value(show(&operand.value)),
                    Part::Text(from),
                    Part::Place(line(other, change.node).to_string()),
                    Part::Place(step.program.source.name.to_string()),
                    Part::Place(step.program.source.place(operand.span.start).line.to_string()),
                ],
            );
            let finding = Finding::new(Code::WrittenBeforeCheck, message).at(path);
            return Some(finding.actual(json(old)).wanted(json(&operand.value)));
        }
    }
    None
}
