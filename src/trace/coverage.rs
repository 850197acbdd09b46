//! Which parts of a template a set of runs reached: statements, conditions both ways, and the places that decide.

use super::stash::stash_put;
use super::reached::Reached;
use super::verdict::is_refusal;
use crate::syntax::visit::{Visit, walk_reference, walk_set, walk_statement};
use crate::syntax::{ExpressionKind as Kind, If, NodeId, Program, Reference, Set, Slot, Statement};
use rustc_hash::{FxHashMap, FxHashSet};

/// What was reached, over all runs of one template.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Statements by node, and how many runs came to them.
    pub statements: FxHashMap<NodeId, u32>,
    /// Conditions by branch: how often true, how often false.
    pub branches: FxHashMap<NodeId, (u32, u32)>,
    /// Statements that can allow or refuse.
    pub deciding: FxHashSet<NodeId>,
}

impl Coverage {
    /// What a template has, nothing reached yet.
    pub fn of(program: &Program, watched: &str) -> Self {
        let mut places = CoveragePlaces { watched: program.slot(watched), here: None, found: Self::default() };
        places.program(program);
        places.found
    }

    /// Adds a run.
    pub fn add(&mut self, reached: &Reached) {
        for (node, (held, not)) in &mut self.branches {
            let (yes, no) = reached.judged(*node);
            (*held, *not) = (*held + yes, *not + no);
        }
        for (node, runs) in &mut self.statements {
            *runs += u32::from(reached.began(*node) > 0);
        }
    }

    /// Adds the counts of other runs of the same template.
    pub fn merge(&mut self, other: Self) {
        for (node, count) in other.statements {
            *self.statements.entry(node).or_default() += count;
        }
        for (node, (yes, no)) in other.branches {
            let counts = self.branches.entry(node).or_default();
            *counts = (counts.0 + yes, counts.1 + no);
        }
        self.deciding.extend(other.deciding);
    }

    /// Statements reached, and all.
    pub fn statement_counts(&self) -> (usize, usize) {
        (self.statements.values().filter(|count| **count > 0).count(), self.statements.len())
    }

    /// Ways of conditions reached, and all.
    pub fn branch_counts(&self) -> (usize, usize) {
        let reached = self.branches.values().map(|(yes, no)| usize::from(*yes > 0) + usize::from(*no > 0)).sum();
        (reached, self.branches.len() * 2)
    }

    /// Deciding statements reached, and all.
    pub fn deciding_counts(&self) -> (usize, usize) {
        let ran = |node: &&NodeId| self.statements.get(node).is_some_and(|count| *count > 0);
        (self.deciding.iter().filter(ran).count(), self.deciding.len())
    }
}

/// Finds what a template has.
struct CoveragePlaces {
    watched: Option<Slot>,
    /// The statement that is gone through, or the branch whose condition is.
    here: Option<NodeId>,
    found: Coverage,
}

impl CoveragePlaces {
    fn decides(&mut self, node: NodeId) {
        self.found.statements.entry(node).or_insert(0);
        self.found.deciding.insert(node);
    }
}

impl<'p> Visit<'p> for CoveragePlaces {
    fn statement(&mut self, statement: &'p Statement) {
        let outer = self.here;
        if let Some(node) = statement.node().filter(|_| !matches!(statement, Statement::If(_))) {
            self.here = Some(node);
            self.found.statements.insert(node, 0);
        }
        if let Statement::Return { node, .. } = statement {
            self.decides(*node);
        }
        walk_statement(self, statement);
        self.here = outer;
    }

    fn set(&mut self, set: &'p Set) {
        if Some(set.target.root) == self.watched && !matches!(set.value.kind, Kind::Boolean(false)) {
            self.decides(set.node);
        }
        walk_set(self, set);
    }

    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        self.found.branches.insert(branch.node, (0, 0));
        let outer = self.here.replace(branch.node);
        self.expression(&branch.condition);
        self.here = outer;
        self.block(&branch.body);
    }

    fn reference(&mut self, reference: &'p Reference) {
        if is_refusal(reference) || stash_put(reference) == Some("authFilter") {
            self.here.into_iter().for_each(|node| self.decides(node));
        }
        walk_reference(self, reference);
    }
}
