//! Which conditions let a caller through: those that kept the refusals from running, and, where these read a variable, those
//! around the statement that set it.

use super::Finished;
use crate::explain::why::{Guard, guards, validated};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Slot, Step, StepKind};
use crate::trace::condition::Condition;
use crate::trace::index::{Node, NodePart, references};
use crate::trace::judging::judged;
use crate::trace::origin::Origin;
use crate::trace::recorder::JudgedBranch;
use crate::trace::{DecisionKind, Verdict, is_refusal};
use crate::value::Value;
use crate::value::method::Method;
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// Conditions followed in one template.
const MOST: usize = 64;

/// A condition that let the caller through.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The branch, or the `#set` that has the condition at its right side.
    pub node: NodeId,
    /// The condition, as it was judged.
    pub condition: Rc<Condition>,
    /// Whether it held.
    pub held: bool,
    /// The refusal that did not run, or the statement that granted.
    pub statement: NodeId,
    /// Which of the two it is.
    pub guards: Guards,
}

/// What a condition stands around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guards {
    /// A refusal, which did not run.
    Refusal,
    /// A statement that granted, which ran.
    Grant,
    /// A `#return`, which ended the template.
    Return,
    /// What is rendered.
    Output,
}

/// The conditions that let the caller through, the deciding ones first.
pub fn passed(run: &Finished<'_>) -> Vec<Passed> {
    let mut walk = DecidingWalk { run, found: Vec::new(), slots: FxHashSet::default() };
    match (run.decision.kind, run.decision.node) {
        (DecisionKind::Return, Some(node)) => walk.around(node, Guards::Return),
        (DecisionKind::Set, Some(node)) => walk.around(node, Guards::Grant),
        _ => {}
    }
    if run.decision.kind != DecisionKind::Return {
        refusals(run).into_iter().for_each(|node| walk.refusal(node));
    }
    walk.follow();
    walk.found
}

/// The other statements that granted: each set the same flag to true, and would have been enough alone. To each the conditions that
/// let it run.
pub fn other_ways(run: &Finished<'_>) -> Vec<Vec<Passed>> {
    let flag = |one: &Passed| match run.recorder.index.node(one.statement) {
        Some(Node::Set(set)) if one.guards == Guards::Grant => set.target.variable(),
        _ => None,
    };
    let Some((last, slot)) = run.passed().iter().find_map(|one| Some((one.statement, flag(one)?))) else { return Vec::new() };
    let own = run.recorder.changes.iter().filter(|change| change.slot == Some(slot) && change.path.is_none() && change.container.is_none());
    let granted = own.rev().take_while(|change| matches!(change.values.first(), Some(Value::Boolean(true))));
    let mut others: Vec<NodeId> = Vec::new();
    for node in granted.map(|change| change.node).filter(|node| *node != last) {
        if !others.contains(&node) {
            others.push(node);
        }
    }
    let way = |node: NodeId| {
        let mut walk = DecidingWalk { run, found: Vec::new(), slots: FxHashSet::from_iter([slot]) };
        walk.around(node, Guards::Grant);
        walk.follow();
        walk.found
    };
    others.into_iter().rev().map(way).filter(|way| !way.is_empty()).collect()
}

/// Whether a condition reads who calls: the identity, or the mode.
pub fn reads_caller(condition: &Condition) -> bool {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    let mut origins = leaves.into_iter().flat_map(|leaf| &leaf.operands).flat_map(|operand| operand.origins.iter());
    origins.any(|origin| origin.is_in("identity") || matches!(origin, Origin::AuthType(_)))
}

/// Where nothing refuses: the conditions on the caller that chose what was rendered.
pub fn chosen(run: &Finished<'_>) -> Vec<Passed> {
    if run.verdict != Verdict::Completed || !run.passed().is_empty() {
        return Vec::new();
    }
    let mut nodes: Vec<NodeId> = run.recorder.branches.keys().copied().collect();
    nodes.sort_unstable_by_key(|node| run.program.span(*node).start);
    let judged = nodes.into_iter().filter_map(|node| Some((node, run.recorder.branches.get(&node)?.last()?)));
    let of_caller = judged.filter(|(_, judged)| {
        let mut leaves = Vec::new();
        judged.condition.leaves(&mut leaves);
        leaves.iter().flat_map(|leaf| &leaf.operands).any(|operand| operand.origins.iter().any(|origin| origin.is_in("identity")))
    });
    let passed = |(node, judged): (NodeId, &JudgedBranch)| Passed { node, condition: judged.condition.clone(), held: judged.taken, statement: node, guards: Guards::Output };
    of_caller.take(MOST).map(passed).collect()
}

/// The refusals of a template, which did not run.
pub fn refusals(run: &Finished<'_>) -> Vec<NodeId> {
    let mut found: Vec<NodeId> = run
        .recorder
        .index
        .references
        .iter()
        .filter(|reference| is_refusal(reference))
        .map(|reference| reference.node)
        .collect();
    // Where nothing refuses by that name, an error under a condition that reads no error of a data source is a refusal.
    if found.is_empty() {
        found.extend(run.recorder.index.statements.iter().filter(|(node, statement)| {
            let Node::Reference(reference) = statement else { return false };
            reference.util() == Some(Method::Error) && run.recorder.index.chain(*node).iter().any(|part| {
                run.recorder.index.branch_at(part.node()).is_some_and(|branch| !reads_error(&branch.condition))
            })
        }).map(|(node, _)| *node));
    }
    found.sort_unstable_by_key(|node| run.program.span(*node).start);
    found
}

/// Whether a condition looks at an error of a data source: `$ctx.error`, `$ctx.result.errorType`.
pub fn reads_error(condition: &Expression) -> bool {
    let of_error = |step: &Step| matches!(&step.kind, StepKind::Property(name) if name.starts_with("error"));
    let mut found = false;
    references(condition, &mut |reference| found |= reference.steps.iter().any(of_error));
    found
}

struct DecidingWalk<'w, 'a> {
    run: &'w Finished<'a>,
    found: Vec<Passed>,
    slots: FxHashSet<Slot>,
}

impl DecidingWalk<'_, '_> {
    /// The conditions around a statement that ran.
    fn around(&mut self, node: NodeId, what: Guards) {
        for guard in guards(self.run.recorder, node, false) {
            self.add(guard, node, what);
        }
    }

    /// The condition that kept a refusal from running.
    fn refusal(&mut self, node: NodeId) {
        if let Some(condition) = validated(self.run.recorder, node) {
            let guard = Guard { node: condition.node, value: condition.holds.unwrap_or(false), condition, causes: Vec::new() };
            self.add(guard, node, Guards::Refusal);
        }
        let own: Vec<NodeId> = self
            .run
            .recorder
            .index
            .chain(node)
            .iter()
            .filter(|part| matches!(part, NodePart::Branch { .. }))
            .map(NodePart::node)
            .collect();
        for guard in guards(self.run.recorder, node, false) {
            if guard.value != own.contains(&guard.node) {
                self.add(guard, node, Guards::Refusal);
            }
        }
    }

    fn add(&mut self, guard: Guard, statement: NodeId, what: Guards) {
        if self.found.len() < MOST && self.found.iter().all(|known| known.node != guard.node) {
            self.found.push(Passed {
                node: guard.node,
                condition: guard.condition,
                held: guard.value,
                statement,
                guards: what,
            });
        }
    }

    /// A condition that reads a variable was decided where that was set.
    fn follow(&mut self) {
        let mut at = 0;
        while let Some(passed) = self.found.get(at) {
            at += 1;
            let mut leaves = Vec::new();
            passed.condition.leaves(&mut leaves);
            let slots: Vec<(Slot, bool)> = leaves
                .iter()
                .filter(|leaf| leaf.holds.is_some())
                .flat_map(|leaf| &leaf.operands)
                .filter_map(|operand| Some((operand.slot?, operand.value.is_true())))
                .collect();
            for (slot, set) in slots {
                if set && self.slots.insert(slot) {
                    self.variable(slot);
                }
            }
        }
    }

    /// Whether a `#set` hands a variable on to itself, `$util.defaultIfNull($ok, false)`: it decides nothing.
    fn keeps(&self, node: NodeId, slot: Slot) -> bool {
        let Some(Node::Set(set)) = self.run.recorder.index.node(node) else { return false };
        let mut found = false;
        let gives_default = matches!(&set.value.kind, Kind::Reference(call) if call.called().is_some_and(Method::gives_default));
        references(&set.value, &mut |reference| found |= reference.root == slot);
        gives_default && found
    }

    fn variable(&mut self, slot: Slot) {
        let set = |change: &&crate::trace::recorder::Change| {
            let own = change.slot == Some(slot) && change.path.is_none() && change.container.is_none();
            own && !self.keeps(change.node, slot)
        };
        let Some(last) = self.run.recorder.changes.iter().rfind(set) else { return };
        let node = last.node;
        self.around(node, Guards::Grant);
        let Some(Node::Set(set)) = self.run.recorder.index.node(node) else { return };
        let reads = match &set.value.kind {
            Kind::Reference(reference) => last.values.first().is_some_and(|value| {
                value.as_map().is_none()
                    && reference.steps.last().is_some()
                    && matches!(value, Value::Boolean(_))
            }),
            Kind::Not(_) | Kind::And(_) | Kind::Or(_) | Kind::Compare(..) => true,
            _ => false,
        };
        if reads && self.found.len() < MOST && self.found.iter().all(|known| known.node != node) {
            let condition = Rc::new(judged(&self.run.recorder.values, &set.value));
            let held = condition.holds.unwrap_or(false);
            self.found.push(Passed { node, condition, held, statement: node, guards: Guards::Grant });
        }
    }
}
