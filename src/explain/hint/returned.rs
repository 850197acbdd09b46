//! A template that ended before it asked its data source.

use super::Finished;
use super::decided::because;
use crate::code::Code;
use crate::eval::End;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::Verdict;
use crate::trace::condition::OperandRole;
use crate::value::Value;

/// A `#return` without a value ended the template on a condition: its data source was not asked, the field is null, and nobody tells
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference.html>, `#return`).
pub fn silently(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let End::Returned { node, value: Value::Null } = &run.outcome.end else { return };
    let kept = run.program.source.is_response() || !run.is_by_hand() || run.verdict != Verdict::Completed;
    let guards = guards(run.recorder, *node, false);
    let Some(guard) = guards.first().filter(|_| !kept) else { return };
    let mut seen = Vec::new();
    let because = because(run, &guard.condition, guard.value, 1, &mut seen);
    // One value that is asked for alone, such as an empty list, is a way out, and no test of the caller.
    let compares = |leaf: &crate::trace::condition::Condition| leaf.operands.iter().filter(|operand| !operand.literal && operand.role != OperandRole::Part).count() > 1;
    let of_caller = |leaf: &crate::trace::condition::Condition| leaf.operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_in("identity")));
    if !seen.iter().any(|leaf| compares(leaf) || of_caller(leaf)) {
        return;
    }
    let nothing = seen.iter().flat_map(|leaf| &leaf.operands).find_map(|operand| {
        let (path, value, _) = operand.origins.context().filter(|_| operand.value.is_null())?;
        // Of `stash.row.owner` what is not there may be the row.
        value.is_null().then(|| path.to_string())
    });
    let whence = match &nothing {
        Some(path) if path.starts_with("stash.") || path.starts_with("prev") => format!("What is null there, {path}, an earlier step of this field was to fill: most likely it looked a row up by a key of this caller's that none has."),
        Some(path) => format!("What is null there is {}.", super::whence::subject(path)),
        None => String::new(),
    };
    let mut message = Message::of(
        "`{}` on line {} ended this template without a value, because {}. So its data source was not asked, and the field is null without an error: a refusal in silence.",
        [Part::Code(run.program.one_line(*node)), Part::Place(run.program.line(*node).to_string()), Part::Value(because)],
    );
    message.and(whence);
    let message = message.cured("Look at the two values; and where a caller is not to have the field, refuse by name, `$util.unauthorized()`, so that it can be told from a row that is not there.");
    let mut finding = Finding::new(Code::ReturnedNothing, message);
    if let Some(path) = nothing {
        finding = finding.at(path);
    }
    found.push(finding);
}
