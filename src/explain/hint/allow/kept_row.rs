//! In a loop over rows, a row in which nothing stands and that was taken for the caller's: the variable kept the value of the row before.

use super::super::null_set::left_before;
use super::super::test::Test;
use super::super::text::show;
use super::super::Finished;
use super::Leaf;
use super::words::{condition, line};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::Node;
use crate::trace::recorder::{JudgedBranch, NullSet};

/// The comparison with the caller held by the value of another row.
pub fn taken_for_own(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if found.iter().any(|known| known.code == Code::NullSetKept) {
        return;
    }
    let in_loop = run.recorder.kept.iter().filter(|kept| run.recorder.index.loop_around(kept.node).is_some());
    found.extend(in_loop.take(MOST).find_map(|kept| of_row(run, kept)));
}

/// `#set`s that are looked at.
const MOST: usize = 64;

fn of_row(run: &Finished<'_>, kept: &NullSet) -> Option<Finding> {
    let (path, ..) = kept.origins.context().filter(|(path, value, absent)| (*absent || value.is_null()) && path.is_in("result"))?;
    let (row, member) = path.rsplit_once("].").map(|(row, member)| (format!("{row}]"), member.to_owned()))?;
    let mut records: Vec<&JudgedBranch> = run.recorder.branches.values().flatten().filter(|record| record.moment > kept.moment && record.turns.starts_with(&kept.turns)).collect();
    records.sort_unstable_by_key(|record| record.moment);
    let (leaf, operand) = records.into_iter().find_map(|record| equal_by(run, record, kept))?;
    let (before, ..) = operand.origins.context().filter(|(before, ..)| *before != path)?;
    let Node::Set(set) = run.recorder.index.node(kept.node)? else { return None };
    let (name, source) = (run.program.name(kept.slot).to_owned(), run.program.one_line(set.value.node));
    let message = Message::of(
        "Wider than it looks: {} has no {}, and `#set(${} = {})` (line {}) with null keeps the old value: ${} is still {} from {}, so {} took that row for the caller's own, and it went through without being asked. » Write `#set(${} = $util.defaultIfNull({}, \"\"))`, which fits no caller.",
        [
            Part::Place(row.clone()),
            Part::Name(member),
            Part::Name(name.clone()),
            Part::Code(source.clone()),
            Part::Place(line(run, kept.node).to_string()),
            Part::Name(name.clone()),
            Part::Value(show(&operand.value)),
            Part::Place(before.to_string()),
            Part::Code(condition(run, &leaf)),
            Part::Name(name),
            Part::Code(source),
        ],
    );
    Some(Finding::new(Code::NullSetKept, message).at(row).actual(super::super::json(&operand.value)))
}

/// The comparison of a turn that held because the variable had a value of the caller's from before, with what it read.
fn equal_by(run: &Finished<'_>, record: &JudgedBranch, kept: &NullSet) -> Option<(Condition, Operand)> {
    let still = || left_before(run, kept.slot, record.moment).is_some_and(|last| std::ptr::eq(last, kept));
    let mut leaves = Vec::new();
    record.condition.leaves(&mut leaves);
    leaves.into_iter().filter(|leaf| leaf.holds.is_some()).find_map(|leaf| {
        let Test::Equal { left, right, equal: true } = Test::of(run, leaf) else { return None };
        let of_caller = |side: &Operand| side.origins.iter().any(|origin| origin.is_in("identity"));
        let pair = [(left, right), (right, left)];
        let (own, _) = pair.into_iter().find(|(own, other)| own.slot == Some(kept.slot) && !own.value.is_null() && of_caller(other))?;
        still().then(|| (leaf.clone(), own.clone()))
    })
}
