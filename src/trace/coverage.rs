//! Which parts of a template a set of runs reached: statements, conditions both ways, and the places that decide.

use super::candidate::stash_put;
use super::index::{Index, Node, inside, references};
use super::recorder::Recorder;
use super::verdict::is_refusal;
use crate::syntax::{ExpressionKind as Kind, NodeId, Program};
use rustc_hash::{FxHashMap, FxHashSet};

/// What was reached, over all runs of one template.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Statements by node, and how often they ran.
    pub statements: FxHashMap<NodeId, u32>,
    /// Conditions by branch: how often true, how often false.
    pub branches: FxHashMap<NodeId, (u32, u32)>,
    /// Statements that can allow or refuse.
    pub deciding: FxHashSet<NodeId>,
}

impl Coverage {
    /// What a template has, nothing reached yet.
    pub fn of(program: &Program, watched: &str) -> Self {
        let index = Index::new(program);
        let slot = program.slot(watched);
        let mut coverage = Self::default();
        for (node, statement) in &index.statements {
            coverage.statements.insert(*node, 0);
            let mut decides = matches!(statement, Node::Return);
            match statement {
                Node::Set(set) => {
                    decides |= Some(set.target.root) == slot && !matches!(set.value.kind, Kind::Boolean(false));
                    references(&set.value, &mut |reference| decides |= stash_put(reference) == Some("authFilter"));
                }
                Node::Reference(reference) => inside(reference, &mut |inner| {
                    decides |= is_refusal(inner) || stash_put(inner) == Some("authFilter");
                }),
                _ => {}
            }
            if decides {
                coverage.deciding.insert(*node);
            }
        }
        for node in (0..program.spans.len() as u32).map(NodeId) {
            if index.branch_at(node).is_some() {
                coverage.branches.insert(node, (0, 0));
            }
        }
        coverage
    }

    /// Adds a recorded run.
    pub fn add(&mut self, program: &Program, recorder: &Recorder<'_>) {
        for (node, records) in &recorder.branches {
            let counts = self.branches.entry(*node).or_default();
            for record in records {
                if record.taken {
                    counts.0 += 1;
                } else {
                    counts.1 += 1;
                }
            }
        }
        let left = recorder.exit.map(|(node, _)| program.span(node).start);
        for (node, count) in &mut self.statements {
            let block = recorder.index.chain(*node).last().map(super::index::Part::node);
            let entered = block.is_none_or(|block| {
                recorder.entered.contains_key(&block)
                    && !recorder.walks.get(&block).is_some_and(|walks| walks.iter().all(|walk| walk.count == 0))
            });
            // What stands behind the statement that left the template did not run.
            if entered
                && left.is_none_or(|left| {
                    program.span(*node).start <= left || *node == recorder.exit.map_or(*node, |(exit, _)| exit)
                })
            {
                *count += 1;
            }
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
