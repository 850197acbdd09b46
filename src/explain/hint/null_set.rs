//! Which `#set` with null left a variable with the value that a condition read.

use super::Finished;
use crate::syntax::Slot;
use crate::trace::condition::Condition;
use crate::trace::recorder::{Change, JudgedBranch, NullSet, Turns};

/// The `#set` with null that was the last statement on a variable before a condition read it: what it read is of before.
pub fn left<'r>(run: &'r Finished<'_>, slot: Slot, condition: &Condition, turns: Option<&Turns>) -> Option<&'r NullSet> {
    left_before(run, slot, moment(run, condition, turns))
}

/// The same, before a moment of the run.
pub fn left_before<'r>(run: &'r Finished<'_>, slot: Slot, moment: u32) -> Option<&'r NullSet> {
    let kept = run.recorder.kept.iter().rfind(|kept| kept.slot == slot && kept.moment < moment)?;
    let own = |change: &&Change| change.slot == Some(slot) && change.path.is_none() && change.container.is_none();
    let set_again = run.recorder.changes.iter().skip(kept.after).filter(own).any(|change| change.moment < moment);
    (!set_again).then_some(kept)
}

/// When a condition was judged; after everything where it is no record of its own.
fn moment(run: &Finished<'_>, condition: &Condition, turns: Option<&Turns>) -> u32 {
    let leaves = |record: &JudgedBranch, is: &dyn Fn(&Condition) -> bool| {
        let mut all = Vec::new();
        record.condition.leaves(&mut all);
        all.into_iter().any(is)
    };
    let records = || run.recorder.branches.values().flatten();
    let own = records().find(|record| leaves(record, &|leaf| std::ptr::eq(leaf, condition)));
    let of_turn = |record: &&JudgedBranch| turns.is_none_or(|turns| *turns == record.turns) && leaves(record, &|leaf| leaf.node == condition.node);
    own.or_else(|| records().filter(of_turn).max_by_key(|record| record.moment)).map_or(u32::MAX, |record| record.moment)
}
