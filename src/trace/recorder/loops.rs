//! Loops, and the turns that everything else happens in.

use super::{KEPT, RECORD, Recorder};
use crate::syntax::NodeId;
use crate::trace::condition::{Operand, OperandRole};
use crate::trace::judging::operand;

/// The indices of the loops around a moment, outermost first.
pub type Turns = Vec<u32>;

/// A loop that is running.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turning {
    node: NodeId,
    /// The index of its item.
    pub(super) turn: u32,
    /// Its place among the walks that are kept of it.
    walk: Option<usize>,
}

/// A loop was begun.
#[derive(Clone, Debug)]
pub struct Walked {
    /// Its place among all conditions and loops of the run, in the order in which they were met.
    pub moment: u32,
    /// In which turn of the loops around it.
    pub turns: Turns,
    /// How many items it took.
    pub count: u32,
    /// What it walked.
    pub list: Operand,
}

impl Recorder<'_> {
    /// A block begins.
    pub(super) fn enter(&mut self, node: NodeId) {
        let Some(each) = self.index.loop_at(node) else { return };
        self.moment = self.moment.saturating_add(1);
        let kept = self.walks.get(&node).map_or(0, Vec::len);
        let walk = (kept < KEPT).then(|| {
            let list = operand(&self.values, &each.list, OperandRole::Whole);
            let walk = Walked { moment: self.moment, turns: self.turns(), count: 0, list };
            self.held.grow(RECORD + walk.turns.len() * size_of::<u32>());
            self.walks.entry(node).or_default().push(walk);
            kept
        });
        self.loops.push(Turning { node, turn: 0, walk });
    }

    /// The innermost loop takes its next item.
    pub(super) fn iterate(&mut self, node: NodeId, index: usize) {
        if let Some(turning) = self.loops.last_mut() {
            turning.turn = index as u32;
            let walk = turning.walk.and_then(|at| self.walks.get_mut(&node)?.get_mut(at));
            if let Some(walk) = walk {
                walk.count = index as u32 + 1;
            }
        }
    }

    /// A block, or a loop, ends.
    pub(super) fn leave(&mut self, node: NodeId) {
        if self.loops.last().is_some_and(|turning| turning.node == node) {
            self.loops.pop();
        }
    }
}
