//! Refusals in words of a template's own: `$util.error("no", "Forbidden")` under a condition on the caller. AppSync answers with
//! that error, so the verdict is an error; why it was raised is told as for any refusal.

use crate::eval::{End, Outcome};
use crate::syntax::{Expression, NodeId, Slot};
use crate::trace::index::{Node, NodePart, references};
use crate::trace::recorder::Recorder;
use crate::trace::{Conclusion, Decision, DecisionKind, Verdict, validated};

/// Variables followed one behind the other.
const DEPTH: usize = 4;

/// What a run is explained as: a refusal by hand as any other.
pub fn concluded(outcome: &Outcome, recorder: &Recorder<'_>, concluded: Conclusion) -> Conclusion {
    match &outcome.end {
        End::Thrown { node, .. } if concluded.verdict == Verdict::Error && refuses(recorder, *node) => Conclusion {
            verdict: Verdict::Denied,
            decision: Decision { kind: DecisionKind::Unauthorized, node: Some(*node) },
        },
        _ => concluded,
    }
}

/// Whether a statement that raised an error stands under a condition on the caller, and under none on an error of a data source.
fn refuses(recorder: &Recorder<'_>, node: NodeId) -> bool {
    let mut conditions = around(recorder, node);
    if let Some(Node::Reference(reference)) = recorder.index.node(node) {
        conditions.extend(validated(reference));
    }
    !conditions.iter().any(|condition| super::hint::reads_error(condition))
        && conditions.into_iter().any(|condition| asks(recorder, condition, DEPTH))
}

/// The conditions around a statement, those of the branches before an `#else` among them.
fn around<'p>(recorder: &Recorder<'p>, node: NodeId) -> Vec<&'p Expression> {
    let mut found = Vec::new();
    for part in recorder.index.chain(node) {
        found.extend(part.before().iter().map(|branch| &branch.condition));
        match part {
            NodePart::Branch { parts, at } => found.push(&parts.branches[at].condition),
            NodePart::Loop(each) => found.push(&each.list),
            NodePart::Else { .. } => {}
        }
    }
    found
}

/// Whether a condition looks at who calls, itself or by what its variables were set under.
fn asks<'p>(recorder: &Recorder<'p>, condition: &'p Expression, depth: usize) -> bool {
    let mut slots: Vec<Slot> = Vec::new();
    let mut found = false;
    references(condition, &mut |reference| {
        found |= reference.asks_for_caller();
        slots.extend(reference.variable());
    });
    found || depth > 0 && slots.into_iter().any(|slot| {
        let set = |set: &'p crate::syntax::Set| {
            asks(recorder, &set.value, depth - 1) || around(recorder, set.node).into_iter().any(|one| asks(recorder, one, depth - 1))
        };
        let walked = recorder.index.loops().any(|each| each.item == slot && asks(recorder, &each.list, depth - 1));
        walked || recorder.index.sets_of(slot).any(set) || grows(recorder, slot, depth - 1)
    })
}

/// Whether something is added to a variable under a condition on the caller.
fn grows(recorder: &Recorder<'_>, slot: Slot, depth: usize) -> bool {
    let of_slot = recorder.changes.iter().filter(|change| change.slot == Some(slot) && change.container.is_some());
    of_slot.map(|change| change.node).any(|node| around(recorder, node).into_iter().any(|one| asks(recorder, one, depth)))
}
