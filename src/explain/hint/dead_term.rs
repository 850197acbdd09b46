//! A term of a condition that a call which AppSync does not have holds still: whether it decides the condition by itself or leaves
//! that to the others, and whether the call that was meant would open it to everybody.

use super::allow::{condition, values};
use super::deciding::{reads_caller, refusals};
use super::Finished;
use crate::explain::why::guards;
use crate::message::{Message, Part, all_of};
use crate::syntax::NodeId;
use crate::trace::condition::{Condition, Shape};
use crate::trace::recorder::JudgedBranch;

/// Whether a condition holds a call that AppSync does not have, so that nothing it compares counts.
pub fn broken(run: &Finished<'_>, leaf: &Condition) -> bool {
    let span = run.program.span(leaf.node);
    run.outcome.notes.iter().filter(|note| note.code.is_call()).filter_map(|note| note.node).any(|node| span.holds(run.program.span(node)))
}

/// What a condition comes to by its dead terms alone, `known` of each; `None` where the other terms decide.
fn settled(run: &Finished<'_>, whole: &Condition, known: &impl Fn(&Condition) -> Option<bool>) -> Option<bool> {
    let each = || whole.parts.iter().map(|part| settled(run, part, known));
    match whole.shape {
        Shape::Not if !whole.parts.is_empty() => each().next().flatten().map(|held| !held),
        Shape::All if each().any(|held| held == Some(false)) => Some(false),
        Shape::Any if each().any(|held| held == Some(true)) => Some(true),
        Shape::All => each().all(|held| held == Some(true)).then_some(true),
        Shape::Any => each().all(|held| held == Some(false)).then_some(false),
        _ if broken(run, whole) => known(whole),
        _ => None,
    }
}

/// Whether such calls alone made the condition what it is, whatever its other terms are.
pub(super) fn decides(run: &Finished<'_>, judged: &JudgedBranch) -> bool {
    settled(run, &judged.condition, &|leaf| leaf.holds).is_some()
}

/// That the term never holds, or always does, and which terms decide in its place.
pub(super) fn left_to_others(run: &Finished<'_>, judged: &JudgedBranch) -> Message {
    let whole = &judged.condition;
    let (dead, others) = parted(run, whole);
    let held = dead.first().and_then(|term| settled(run, term, &|leaf| leaf.holds)).unwrap_or(false);
    let code = |term: &&Condition| format!("`{}`", super::allow::one_line(run.text(term)));
    let shown = others.iter().map(|term| {
        let values = values(run, term);
        if values.is_empty() { code(term) } else { format!("{} ({})", code(term), values.join(", ")) }
    });
    Message::of(
        ", so {} in {} {}, and what decides is {}",
        [
            Part::Code(all_of(&dead.iter().map(code).collect::<Vec<_>>())),
            Part::Code(condition(run, whole)),
            Part::Text(if held { "always holds" } else { "never holds" }.to_owned()),
            Part::Value(all_of(&shown.collect::<Vec<_>>())),
        ],
    )
}

/// The terms that such calls hold still, and the others.
fn parted<'c>(run: &Finished<'_>, whole: &'c Condition) -> (Vec<&'c Condition>, Vec<&'c Condition>) {
    let (mut dead, mut others) = (Vec::new(), Vec::new());
    for part in &whole.parts {
        if settled(run, part, &|leaf| leaf.holds).is_some() {
            dead.push(part);
        } else if matches!(part.shape, Shape::All | Shape::Any) {
            let (inner, rest) = parted(run, part);
            dead.extend(inner);
            others.extend(rest);
        } else {
            others.push(part);
        }
    }
    (dead, others)
}

/// Whether the condition would let everybody through if this call, a term by itself, gave this value: its terms on the caller would
/// decide nothing.
pub(super) fn would_open(run: &Finished<'_>, judged: &JudgedBranch, call: NodeId, value: bool) -> bool {
    let is_call = |leaf: &Condition| run.program.span(leaf.node) == run.program.span(call);
    let comes_to = settled(run, &judged.condition, &|leaf| if is_call(leaf) { Some(value) } else { leaf.holds });
    let of_caller = parted(run, &judged.condition).1.into_iter().any(reads_caller);
    comes_to.filter(|_| of_caller).is_some_and(|comes_to| lets_in(run, judged) == Some(comes_to))
}

/// What the condition has to come to for the caller to get through.
fn lets_in(run: &Finished<'_>, judged: &JudgedBranch) -> Option<bool> {
    let node = judged.condition.node;
    let around = |refusal: &NodeId| guards(run.recorder, *refusal, false).iter().any(|guard| guard.condition.node == node);
    if let Some(refusal) = refusals(run).into_iter().find(around) {
        let ran = run.recorder.reached.began(refusal) > 0;
        return Some(judged.taken != ran);
    }
    let grants = run.why.candidates.iter().filter_map(|candidate| candidate.blocker.as_ref());
    grants.into_iter().any(|blocker| blocker.condition.node == node).then_some(true)
}
