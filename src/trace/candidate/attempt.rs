//! How far a run came on its way to a statement.

use super::{Blocker, Candidate, CandidateFinder, Grant};
use crate::syntax::{Expression, ExpressionKind as Kind, Foreach, NodeId};
use crate::trace::condition::{Condition, Operand, OperandRole, Shape};
use crate::trace::index::NodePart;
use crate::trace::judging::{judged, operand, operands};
use crate::trace::recorder::{JudgedBranch, Turns};
use crate::value::Value;

/// Loop items looked at for one candidate.
const ITEMS: u32 = 64;

#[derive(Default)]
struct Attempt {
    passed: u32,
    of: u32,
    reached: bool,
    blocker: Option<Blocker>,
    items: Vec<Blocker>,
}

impl<'p> CandidateFinder<'_, 'p> {
    /// The statement as a candidate; `None` if it ran.
    pub(super) fn candidate(&self, node: NodeId, grant: Grant, own: Option<&'p Expression>) -> Option<Candidate> {
        let chain = self.index.chain(node);
        let attempt = self.attempt(&chain, &mut Vec::new(), node, own);
        if attempt.reached && attempt.blocker.is_none() {
            return None;
        }
        let Attempt { passed, of, reached, blocker, items } = attempt;
        Some(Candidate { node, grant, passed, of, reached, blocker, items })
    }

    /// Follows the blocks around a statement inwards to the first that did not run.
    fn attempt(&self, chain: &[NodePart<'p>], turns: &mut Turns, node: NodeId, own: Option<&'p Expression>) -> Attempt {
        let Some((part, rest)) = chain.split_first() else { return self.at_statement(turns, node, own) };
        let later = rest.iter().map(conditions).sum::<u32>() + u32::from(own.is_some());
        let (mut passed, here) = (0, conditions(part));
        let of = here + later;
        let blocked =
            |passed, blocker| Attempt { passed, of, reached: true, blocker: Some(blocker), ..Attempt::default() };
        let unreached = |passed| Attempt { passed, of, ..Attempt::default() };
        if let NodePart::Loop(each) = part {
            return self.in_loop(each, rest, turns, node, own);
        }
        for branch in part.before() {
            let Some(record) = self.record(branch.node, turns) else { return unreached(passed) };
            if record.taken {
                return blocked(passed, blocker(branch.node, &record.condition, false, turns));
            }
            passed += 1;
        }
        if let NodePart::Branch { parts, at } = part {
            let branch = &parts.branches[*at];
            let Some(record) = self.record(branch.node, turns) else { return unreached(passed) };
            let mut demands = Vec::new();
            record.condition.demands(true, &mut demands);
            for (condition, wanted) in demands {
                if condition.holds != Some(wanted) {
                    return blocked(passed, blocker(branch.node, condition, wanted, turns));
                }
                passed += 1;
            }
        }
        let mut inner = self.attempt(rest, turns, node, own);
        inner.passed += passed;
        inner.of += here;
        inner
    }

    fn in_loop(
        &self,
        each: &'p Foreach,
        rest: &[NodePart<'p>],
        turns: &mut Turns,
        node: NodeId,
        own: Option<&'p Expression>,
    ) -> Attempt {
        let of = 1 + rest.iter().map(conditions).sum::<u32>() + u32::from(own.is_some());
        let walk = self.recorder.walks.get(&each.node).and_then(|walks| walks.iter().find(|walk| walk.turns == *turns));
        // A loop over null or over something that is no list begins no walk.
        let count = walk.map_or(0, |walk| walk.count);
        if count == 0 {
            let list =
                walk.map_or_else(|| operand(&self.recorder.values, &each.list, OperandRole::Whole), |walk| walk.list.clone());
            let reached = self.recorder.reached.began(each.node) > 0;
            return Attempt { of, reached, blocker: Some(empty(each, list, turns)), ..Attempt::default() };
        }
        let mut best: Option<Attempt> = None;
        let mut others = Vec::new();
        for turn in 0..count.min(ITEMS) {
            turns.push(turn);
            let mut attempt = self.attempt(rest, turns, node, own);
            turns.pop();
            if let Some(blocker) = &mut attempt.blocker {
                blocker.passed = attempt.passed;
            }
            let rank = |attempt: &Attempt| (attempt.reached, attempt.blocker.is_none() != self.each, attempt.passed);
            let better = best.as_ref().is_none_or(|best| rank(&attempt) > rank(best));
            let loser = if better { best.replace(attempt) } else { Some(attempt) };
            others.extend(loser.and_then(|loser| loser.blocker));
        }
        let mut best = best.unwrap_or(Attempt { of, ..Attempt::default() });
        best.items.append(&mut others);
        best.passed += 1;
        best.of += 1;
        best
    }

    /// The blocks around it ran: the statement itself.
    fn at_statement(&self, turns: &Turns, node: NodeId, own: Option<&'p Expression>) -> Attempt {
        let ran = self.recorder.reached.began(node) > 0;
        let mut attempt = Attempt { of: u32::from(own.is_some()), reached: ran, ..Attempt::default() };
        if let Some(value) = own.filter(|_| ran) {
            let change = self.recorder.changes.iter().rfind(|change| change.node == node && change.turns == *turns);
            if change.is_some_and(|change| change.values.last().is_some_and(Value::is_true)) {
                attempt.passed = 1;
            } else {
                attempt.blocker = Some(self.own_value(turns, node, value));
            }
        }
        attempt
    }

    /// What in a right side kept it from being true.
    fn own_value(&self, turns: &Turns, node: NodeId, value: &Expression) -> Blocker {
        let values = &self.recorder.values;
        let mut condition = judged(values, value);
        condition.holds = Some(false);
        if condition.operands.is_empty() && condition.parts.is_empty() {
            condition.operands = operands(values, value);
        }
        let mut demands = Vec::new();
        condition.demands(true, &mut demands);
        let failed = demands.into_iter().find(|(part, wanted)| part.holds != Some(*wanted));
        let (part, wanted) = failed.unwrap_or((&condition, true));
        blocker(node, part, wanted, turns)
    }

    fn record(&self, branch: NodeId, turns: &Turns) -> Option<&JudgedBranch> {
        self.recorder.branches.get(&branch)?.iter().rfind(|record| record.turns == *turns)
    }
}

fn blocker(node: NodeId, condition: &Condition, wanted: bool, turns: &Turns) -> Blocker {
    Blocker { node, condition: condition.clone(), wanted, empty_loop: false, turns: turns.clone(), passed: 0 }
}

/// A loop without items.
fn empty(each: &Foreach, list: Operand, turns: &Turns) -> Blocker {
    let (node, holds, operands) = (each.list.node, Some(false), vec![list]);
    let condition = Condition { node, shape: Shape::Leaf, holds, parts: Vec::new(), operands };
    Blocker { empty_loop: true, ..blocker(each.node, &condition, true, turns) }
}

/// Conditions that a block asks for.
fn conditions(part: &NodePart<'_>) -> u32 {
    let own = match part {
        NodePart::Branch { parts, at } => conjuncts(&parts.branches[*at].condition),
        NodePart::Else { .. } => 0,
        NodePart::Loop(_) => 1,
    };
    own + part.before().len() as u32
}

fn conjuncts(expression: &Expression) -> u32 {
    match &expression.kind {
        Kind::And(sides) => conjuncts(&sides.0) + conjuncts(&sides.1),
        _ => 1,
    }
}
