//! What a run reached: how often each statement began, and how often each condition held and did not.

use crate::eval::{Event, Observer};
use crate::syntax::{NodeId, Program};

/// The counts of one run.
#[derive(Clone, Debug)]
pub struct Reached {
    statements: Vec<u32>,
    branches: Vec<(u32, u32)>,
}

impl Reached {
    /// Nothing reached yet.
    pub fn new(program: &Program) -> Self {
        let count = program.spans.len();
        Self { statements: vec![0; count], branches: vec![(0, 0); count] }
    }

    /// How often a statement began; of an `#if`, how often the condition of this branch was come to.
    pub fn began(&self, statement: NodeId) -> u32 {
        self.statements.get(statement.0 as usize).copied().unwrap_or(0)
    }

    /// How often the condition of a branch held, and how often it did not.
    pub fn judged(&self, branch: NodeId) -> (u32, u32) {
        self.branches.get(branch.0 as usize).copied().unwrap_or((0, 0))
    }
}

impl Observer for Reached {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Statement { node } => {
                let count = &mut self.statements[node.0 as usize];
                *count = count.saturating_add(1);
            }
            Event::Branch { node, taken, .. } => {
                let (yes, no) = &mut self.branches[node.0 as usize];
                let count = if taken { yes } else { no };
                *count = count.saturating_add(1);
            }
            _ => {}
        }
    }
}
