//! Which parts of a template a set of runs reached: statements, conditions both ways, and the places that decide.

use super::candidate::stash_put;
use super::index::{Index, Node, Part};
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
            let mut decides = matches!(statement, Node::Return(_));
            if let Node::Set(set) = statement {
                decides |= Some(set.target.root) == slot && !matches!(set.value.kind, Kind::Boolean(false));
            }
            statement.reads(&mut |reference| {
                decides |= is_refusal(reference) || stash_put(reference) == Some("authFilter");
            });
            if decides {
                coverage.deciding.insert(*node);
            }
        }
        coverage.statements.extend(index.directives.iter().map(|node| (*node, 0)));
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
        for (node, count) in &mut self.statements {
            *count += u32::from(ran(program, recorder, *node));
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

/// Whether a statement ran: its block did more often than something before it in the block left it.
fn ran(program: &Program, recorder: &Recorder<'_>, node: NodeId) -> bool {
    let index = &recorder.index;
    let own = index.chain(node);
    let block = own.last().map(Part::node);
    let entries = block.map_or(1, |block| entries(recorder, block));
    let left: u32 = recorder
        .entered
        .iter()
        // Besides blocks there stand the statements that left one.
        .filter(|(exit, _)| index.part_at(**exit).is_none())
        .filter(|(exit, _)| program.span(**exit).start < program.span(node).start)
        .filter(|(exit, _)| {
            let around = index.chain(**exit);
            let inside = |block: NodeId| around.iter().any(|part| part.node() == block);
            // `#break` leaves the innermost loop only.
            let is_break = recorder.exit.is_none_or(|(last, _)| last != **exit);
            let innermost = around.iter().rfind(|part| matches!(part, Part::Loop(_))).map(Part::node);
            let ends = match innermost.filter(|_| is_break) {
                Some(each) => own.iter().any(|part| part.node() == each),
                None => true,
            };
            block.is_none_or(inside) && ends
        })
        .map(|(_, count)| *count)
        .sum();
    entries > left
}

/// How often a block began: a loop's for each of its items.
fn entries(recorder: &Recorder<'_>, block: NodeId) -> u32 {
    let entered = recorder.entered.get(&block).copied().unwrap_or(0);
    match recorder.walks.get(&block) {
        // Not all of very many walks are kept.
        Some(walks) if walks.len() as u32 == entered => walks.iter().map(|walk| walk.count).sum(),
        Some(_) => u32::MAX,
        None => entered,
    }
}
