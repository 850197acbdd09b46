//! A `#return` that the client can bring about, before the request by which a function of a pipeline looks the caller up.

use super::super::Finished;
use super::super::whence::is_client;
use super::Leaf;
use super::words::{condition, line, values};
use crate::code::{Certainty, Code};
use crate::eval::End;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{NodeId, Reference};
use crate::trace::Verdict;
use crate::trace::condition::Operand;

/// What a function that checks asks of its table.
const LOOKUPS: [&str; 3] = ["\"GetItem\"", "\"Query\"", "\"BatchGetItem\""];

/// The request that was never sent names the caller, so the check behind it was left out. `#return` leaves the function alone, with
/// its response template, and the pipeline goes on
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference.html>, *#return*).
pub fn judge(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let End::Returned { node, value } = &run.outcome.end else { return };
    if run.verdict != Verdict::Completed || !value.is_null() || run.program.source.is_response() {
        return;
    }
    let Some(asked) = asked_behind(run, *node) else { return };
    let by_client = |operand: &Operand| operand.origins.context().is_some_and(|(path, ..)| is_client(path));
    for guard in guards(run.recorder, *node, false) {
        let mut leaves = Vec::new();
        guard.condition.leaves(&mut leaves);
        if leaves.iter().flat_map(|leaf| &leaf.operands).any(by_client) {
            let message = Message::of(
                "If this is a function of a pipeline that checks the caller, it is wider than it looks: `#return` on line {} ended it, because {} held: {}. So the request behind it, which asks by the caller ({}, line {}), was not sent, its response template did not run, and the pipeline goes on with the next function, unchecked: any client can bring that about. » Refuse there in the place of `#return`: `$util.unauthorized()`.",
                [
                    Part::Place(line(run, *node).to_string()),
                    Part::Text(condition(run, &guard.condition)),
                    Part::Value(values(run, &guard.condition).join(", ")),
                    Part::Code(format!("`{}`", run.program.one_line(asked.node))),
                    Part::Place(line(run, asked.node).to_string()),
                ],
            );
            found.push(Finding::new(Code::ReturnBeforeCheck, message).certainty(Certainty::Possible));
            return;
        }
    }
}

/// The first mention of the caller behind this statement, where a lookup is rendered there.
fn asked_behind<'p>(run: &Finished<'p>, node: NodeId) -> Option<&'p Reference> {
    let end = run.program.span(node).end;
    let text = run.program.source.text.get(end as usize..)?;
    let behind = |reference: &&Reference| run.program.span(reference.node).start > end && reference.asks_for_caller();
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with("##"));
    lines.any(|line| LOOKUPS.iter().any(|name| line.contains(name))).then(|| run.program.references().into_iter().find(behind))?
}
