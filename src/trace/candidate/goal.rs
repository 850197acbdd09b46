//! What a verdict looks at.

use super::CandidateFinder;
use super::looked_at;
use crate::trace::stash::stash_key;
use crate::syntax::{Expression, NodeId, Slot};
use crate::trace::index::{Node, NodePart, references};
use crate::trace::validated;
use crate::value::Value;
use rustc_hash::FxHashSet;

/// What a verdict looks at: variables, and members of the stash.
#[derive(Clone, Debug, Default)]
pub(super) struct Goal {
    pub slots: FxHashSet<Slot>,
    pub stash: FxHashSet<String>,
}

impl<'p> CandidateFinder<'_, 'p> {
    /// The watched variable, and what the conditions around the refusal read.
    pub(super) fn goal(&self, watched: &str, refusal: Option<NodeId>) -> Goal {
        let mut goal = Goal::default();
        goal.slots.extend(self.program.slot(watched));
        goal.stash.insert("authFilter".to_owned());
        if let Some(refusal) = refusal {
            self.around(refusal, &mut goal);
            // A list that is not empty is what refused, such as that of the denied fields: more in it would not help,
            // but more in what kept its items from being left out would.
            for slot in self.filled_up(refusal) {
                goal.slots.remove(&slot);
                let additions = self.recorder.changes.iter().filter(|change| change.slot == Some(slot));
                additions.for_each(|change| self.around(change.node, &mut goal));
                goal.slots.remove(&slot);
            }
        }
        // Whether a model has rules at all is no property of the caller.
        goal.stash.remove("hasAuth");
        self.widen(&mut goal);
        goal
    }

    /// What the blocks around a statement read.
    fn around(&self, node: NodeId, goal: &mut Goal) {
        let mut read = |expression: &'p Expression| {
            references(expression, &mut |reference| {
                goal.slots.extend(reference.variable().filter(|slot| self.sites.grows(*slot)));
                goal.stash.extend(stash_key(reference).map(str::to_owned));
            });
        };
        if let Some(Node::Step { reference, .. }) = self.index.node(node) {
            validated(reference).into_iter().for_each(&mut read);
        }
        for part in self.index.chain(node) {
            match part {
                NodePart::Branch { parts, at } => read(&parts.branches[at].condition),
                NodePart::Loop(each) => read(&each.list),
                NodePart::Else { .. } => {}
            }
            part.before().iter().for_each(|branch| read(&branch.condition));
        }
    }

    /// Variables with a list or map that was not empty when the refusal's conditions looked at it.
    fn filled_up(&self, refusal: NodeId) -> Vec<Slot> {
        let mut found = Vec::new();
        for part in self.index.chain(refusal) {
            let record = self.recorder.branches.get(&part.node()).and_then(|records| records.last());
            for operand in record.iter().flat_map(|record| looked_at(&record.condition)) {
                let full = match &operand.value {
                    Value::Map(map) => !map.is_empty(),
                    value => value.members().is_some_and(|list| !list.is_empty()),
                };
                found.extend(operand.slot.filter(|_| full));
            }
        }
        found
    }

    /// Follows variables that are computed from others.
    pub(super) fn widen(&self, goal: &mut Goal) {
        let put = goal.stash.iter().filter_map(|key| self.sites.puts.get(key)).flatten();
        goal.slots.extend(put.copied().filter(|slot| self.sites.grows(*slot)));
        let mut open: Vec<Slot> = goal.slots.iter().copied().collect();
        while let Some(slot) = open.pop() {
            let reads = self.sites.reads.get(&slot).into_iter().flatten();
            let new: Vec<_> = reads.copied().filter(|slot| self.sites.grows(*slot)).collect();
            open.extend(new.into_iter().filter(|slot| goal.slots.insert(*slot)));
        }
    }
}
