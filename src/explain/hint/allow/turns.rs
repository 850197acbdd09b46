//! A loop over what the client sent, in which the last turn alone decides for all of it.

use super::super::Finished;
use super::super::text::show;
use super::super::whence::is_client;
use super::words::{line, values};
use super::Leaf;
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{Foreach, Slot};
use crate::trace::Verdict;
use crate::trace::index::NodePart;
use crate::trace::recorder::Change;
use crate::value::Value;

/// A flag that a turn put down and a later turn put up again: what did not fit in the earlier one goes through as well. Where the
/// caller's own names are walked, one that fits is enough, and nothing is wide.
pub fn last_decides(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    let flags = leaves.iter().flat_map(|leaf| &leaf.condition.operands).filter(|operand| operand.value.is_true());
    let flags = flags.filter_map(|operand| operand.slot);
    let granted = run.decision.node.and_then(|node| run.recorder.changes.iter().find(|change| change.node == node)?.slot);
    let Some((down, up, each)) = flags.chain(granted).find_map(|slot| turned(run, slot)) else { return };
    let name = up.slot.map_or("", |slot| run.program.name(slot)).to_owned();
    let because = |change: &Change| in_turn(run, change).map_or_else(String::new, |words| format!(" ({words})"));
    let turn = |change: &Change| change.turns.first().map_or(0, |turn| turn + 1).to_string();
    let message = Message::of(
        "Wider than it looks: only the last turn of the loop on line {} counts. In turn {} line {} set ${} to false{}, and in turn {} line {} set it to true again{}, so what did not fit goes through with what does. » Set ${} to true before the loop and let a turn only set it to false, or refuse in the loop itself, at the first item that does not fit.",
        [
            Part::Place(line(run, each.node).to_string()),
            Part::Text(turn(down)),
            Part::Place(line(run, down.node).to_string()),
            Part::Name(name.clone()),
            Part::Value(because(down)),
            Part::Text(turn(up)),
            Part::Place(line(run, up.node).to_string()),
            Part::Value(because(up)),
            Part::Name(name.clone()),
        ],
    );
    found.push(Finding::new(Code::ResetInLoop, message).at(format!("${name}")));
}

/// The last change to false in a turn that ended so, the change to true that stayed, and the loop over what the client sent.
fn turned<'r>(run: &'r Finished<'_>, slot: Slot) -> Option<(&'r Change, &'r Change, &'r Foreach)> {
    let of = |change: &&Change| change.slot == Some(slot) && change.path.is_none() && change.container.is_none() && !change.turns.is_empty();
    let all: Vec<&Change> = run.recorder.changes.iter().filter(of).collect();
    let truth = |change: &Change| change.values.first().is_some_and(Value::is_true);
    let up = all.last().copied().filter(|change| truth(change))?;
    let each = run.recorder.index.loop_around(up.node)?;
    let (_, origins) = run.recorder.values.of(&each.list);
    origins.context().filter(|(path, ..)| is_client(path))?;
    let ended_down = |change: &Change| all.iter().rfind(|other| other.turns.first() == change.turns.first()).is_some_and(|last| !truth(last));
    let down = all.iter().rev().find(|change| change.turns.first() < up.turns.first() && !truth(change) && ended_down(change))?;
    Some((down, up, each))
}

/// Why a flag was set in a turn: the values of the condition around it, or the loop's item where there is none.
pub fn in_turn(run: &Finished<'_>, change: &Change) -> Option<String> {
    let Some(branch) = guards(run.recorder, change.node, false).into_iter().next() else {
        return Some(item_of(run, change)).filter(|words| !words.is_empty());
    };
    let judged = run.recorder.branches.get(&branch.node)?.iter().find(|record| record.turns == change.turns)?;
    Some(values(run, &judged.condition).join(", "))
}

/// The item of the innermost loop in the turn of a change: `$need is "b"`.
fn item_of(run: &Finished<'_>, change: &Change) -> String {
    let chain = run.recorder.index.chain(change.node);
    let each = chain.iter().rev().find_map(NodePart::as_loop);
    let Some((each, turn)) = each.zip(change.turns.last()) else { return String::new() };
    let walks = run.recorder.walks.get(&each.node).map_or(&[][..], Vec::as_slice);
    let item = walks.iter().find_map(|walk| walk.list.value.members()?.get(*turn as usize).cloned());
    item.map_or_else(String::new, |item| format!("${} is {}", run.program.name(each.item), show(&item)))
}
