//! The condition of the template that put a term into its request.

use super::judged_term::JudgedTerm;
use super::{Finished, bound};
use crate::explain::hint::allow::{condition, values};
use crate::explain::hint::group_slip;
use crate::explain::hint::whence::PLACEHOLDER;
use crate::records::Carried;
use crate::trace::index::NodePart;
use crate::trace::recorder::JudgedBranch;

/// The branch that a term stands in, where the caller's identity chose it.
pub fn asked_by(run: &Finished<'_>, carried: &Carried, term: Option<&JudgedTerm<'_>>) -> String {
    let Some(at) = term.and_then(|term| bound::term_at(run, carried, &term.judgement.term)) else { return String::new() };
    let around = run.recorder.index.parts().filter(|part| begins_to_ends(run, part).is_some_and(|(begin, end)| begin <= at && at < end));
    let Some(record) = around.filter_map(|part| chosen_by(run, part)).filter(|record| of_caller(record)).last() else {
        return String::new();
    };
    let held = if record.taken { "held" } else { "did not hold" };
    let values_held = values(run, &record.condition).join(", ");
    let slip = group_slip(run, &record.condition).map_or(String::new(), |words| format!("; {words}"));
    format!("It is in the request because {} {held} ({values_held}{slip}).", condition(run, &record.condition))
}

/// Where the text of a branch stands in its template.
fn begins_to_ends(run: &Finished<'_>, part: &NodePart<'_>) -> Option<(u32, u32)> {
    let (parts, next) = match part {
        NodePart::Branch { parts, at } => {
            let next = parts.branches.get(at + 1).map(|branch| branch.node);
            (parts, next.or_else(|| parts.otherwise.as_ref().map(|(node, _)| *node)))
        }
        NodePart::Else { parts, .. } => (parts, None),
        NodePart::Loop(_) => return None,
    };
    let span = run.program.span(part.node());
    let begin = if matches!(part, NodePart::Else { .. }) { span.start } else { span.end };
    Some((begin, next.map_or(run.program.span(parts.node).end, |node| run.program.span(node).start)))
}

/// What was judged when the branch was taken: its own condition, or the last of those before an `#else`.
fn chosen_by<'a>(run: &'a Finished<'_>, part: &NodePart<'_>) -> Option<&'a JudgedBranch> {
    match part {
        NodePart::Branch { .. } => run.recorder.branches.get(&part.node())?.iter().rfind(|record| record.taken),
        NodePart::Else { parts, .. } => {
            let mut before = parts.branches.iter().filter_map(|branch| run.recorder.branches.get(&branch.node)?.last());
            before.rfind(|record| !record.taken)
        }
        NodePart::Loop(_) => None,
    }
}

fn of_caller(record: &JudgedBranch) -> bool {
    let mut leaves = Vec::new();
    record.condition.leaves(&mut leaves);
    let operands: Vec<_> = leaves.into_iter().flat_map(|leaf| &leaf.operands).collect();
    // That a claim is there is asked beside any rule.
    if operands.iter().any(|operand| operand.literal && operand.value.as_str() == Some(PLACEHOLDER)) {
        return false;
    }
    operands.into_iter().flat_map(|operand| operand.origins.iter()).any(|origin| {
        origin.path().is_some_and(|path| path.starts_with("identity") && !path.ends_with("defaultAuthStrategy"))
    })
}
