//! Loops, and the turns that everything else happens in.

use super::{KEPT, RECORD, Recorder};
use crate::syntax::NodeId;
use crate::trace::condition::{Operand, OperandRole};
use crate::trace::judging::operand;
use crate::value::Value;

/// The indices of the loops around a moment, outermost first.
pub type Turns = Vec<u32>;

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
        let walk = Walked { moment: self.moment, turns: self.turns(), count: 0, list: operand(&self.values, &each.list, OperandRole::Whole) };
        let walks = self.walks.entry(node).or_default();
        if walks.len() < KEPT {
            self.held.grow(RECORD);
            walks.push(walk);
        }
        self.loops.push((node, 0));
    }

    /// The innermost loop takes its next item.
    pub(super) fn iterate(&mut self, node: NodeId, index: usize, item: &Value) {
        if let Some(turn) = self.loops.last_mut() {
            turn.1 = index as u32;
        }
        let mut turns = self.turns();
        turns.pop();
        let walks = self.walks.get_mut(&node).and_then(|walks| walks.iter_mut().rfind(|walk| walk.turns == turns));
        if let Some(walk) = walks {
            walk.count = index as u32 + 1;
        }
        if let Some(each) = self.index.loop_at(node) {
            self.values.item(each, index, item);
        }
    }

    /// A block, or a loop, ends.
    pub(super) fn leave(&mut self, node: NodeId) {
        if self.loops.last().is_some_and(|(each, _)| *each == node) {
            self.loops.pop();
        }
    }
}
