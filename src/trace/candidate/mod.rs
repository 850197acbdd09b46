//! The statements that would have changed the verdict, and what kept each from running.

mod attempt;
mod flag;
mod goal;

use crate::value::method::Method;
use super::stash::{stash_key, stash_put};
use super::condition::{Condition, Operand};
use super::index::{Index, Node, inside};
use super::recorder::{Recorder, Turns};
use super::sites::{Sites, adds, is_condition};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Program, Reference, Set, Slot};
use goal::Goal;
use rustc_hash::FxHashSet;
use std::cell::RefCell;

/// A statement that would have authorized the caller.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The statement.
    pub node: NodeId,
    /// How it would have authorized.
    pub grant: Grant,
    /// Conditions that held on the way to it.
    pub passed: u32,
    /// Conditions on the way to it.
    pub of: u32,
    /// Whether the condition that blocked it was judged at all; if not, the template was left before.
    pub reached: bool,
    /// What blocked it.
    pub blocker: Option<Blocker>,
    /// What blocked it for the other items of a loop.
    pub items: Vec<Blocker>,
}

/// How a statement authorizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Sets the variable.
    Set,
    /// Adds to a list or map that the refusal looks at.
    Add,
    /// Puts a filter on the rows.
    Filter,
    /// Leaves the template before the refusal.
    Return,
}

/// What kept a statement from running.
#[derive(Clone, Debug)]
pub struct Blocker {
    /// The branch or the loop; the statement itself when its own value was false.
    pub node: NodeId,
    /// The condition with the wrong value.
    pub condition: Condition,
    /// What it should have been.
    pub wanted: bool,
    /// Whether it is a loop that had no items.
    pub empty_loop: bool,
    /// The indices of the loops around it.
    pub turns: Turns,
    /// Of an item of a loop, conditions that held on the way to it.
    pub passed: u32,
}

impl Candidate {
    /// How far the nearest item of a loop came.
    pub fn nearest(&self) -> u32 {
        self.blocker.as_ref().map_or(0, |blocker| blocker.passed)
    }
}

/// Finds the candidates, in the order of the text.
///
/// With `each`, what a loop refused for one of its items counts, though it granted another.
pub fn find(
    program: &Program,
    recorder: &Recorder<'_>,
    watched: &str,
    refusal: Option<NodeId>,
    each: bool,
) -> Vec<Candidate> {
    let finder = CandidateFinder { program, index: &recorder.index, recorder, sites: recorder.index.sites(), each, known: RefCell::default() };
    let mut goal = finder.goal(watched, refusal);
    for _ in 0..6 {
        let found = finder.candidates(&goal, watched, refusal);
        let (mut more, mut via) = (goal.clone(), FxHashSet::default());
        for candidate in &found {
            for slot in candidate.blocker.iter().flat_map(|blocker| own_slots(&blocker.condition)) {
                if finder.sites.grows(slot) && more.slots.insert(slot) {
                    via.insert(candidate.node);
                }
            }
        }
        if more.slots.len() == goal.slots.len() {
            return finder.without_gates(found, &goal);
        }
        goal = more;
        finder.known.replace(found);
    }
    finder.candidates(&goal, watched, refusal)
}

/// A statement as the candidate that it was in another run of the same program: without the search for what else would grant.
/// A `#set` may grant by itself and by what it calls.
pub fn of_statement(program: &Program, recorder: &Recorder<'_>, node: NodeId, each: bool) -> Vec<Candidate> {
    let finder = CandidateFinder { program, index: &recorder.index, recorder, sites: recorder.index.sites(), each, known: RefCell::default() };
    let (grant, own) = match recorder.index.node(node) {
        Some(Node::Set(set)) if set.target.steps.is_empty() => {
            (Grant::Set, Some(&set.value).filter(|value| !matches!(value.kind, Kind::Boolean(true))))
        }
        Some(Node::Set(_) | Node::Reference(_)) => (Grant::Add, None),
        Some(Node::Return(_)) => (Grant::Return, None),
        _ => return Vec::new(),
    };
    let by_call = own.is_some().then(|| finder.candidate(node, Grant::Add, None)).flatten();
    finder.candidate(node, grant, own).into_iter().chain(by_call).collect()
}

fn own_slots(condition: &Condition) -> Vec<Slot> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.iter().flat_map(|leaf| &leaf.operands).filter_map(|operand| operand.slot).collect()
}

struct CandidateFinder<'a, 'p> {
    program: &'p Program,
    index: &'a Index<'p>,
    recorder: &'a Recorder<'p>,
    sites: &'a Sites,
    each: bool,
    /// Candidates of the round before, whose goal was narrower: what stopped them is the same.
    known: RefCell<Vec<Candidate>>,
}

impl<'p> CandidateFinder<'_, 'p> {
    fn candidates(&self, goal: &Goal, watched: &str, refusal: Option<NodeId>) -> Vec<Candidate> {
        let mut goal = goal.clone();
        self.widen(&mut goal);
        let watched = self.program.slot(watched);
        let mut found = Vec::new();
        for (node, statement) in &self.index.statements {
            match statement {
                Node::Set(set) => found.extend(self.by_set(set, &goal, watched).or_else(|| self.by_flag(set, &goal, refusal))),
                Node::Return(_) if refusal.is_some_and(|refusal| self.stands_before(*node, refusal)) => {
                    found.extend(self.known_candidate(*node, Grant::Return, None));
                }
                _ => {}
            }
            let grant = self.by_call(statement, &goal);
            found.extend(grant.and_then(|grant| self.known_candidate(*node, grant, None)));
        }
        found
    }

    /// A `#set` of what is looked at.
    fn by_set(&self, set: &'p Set, goal: &Goal, watched: Option<Slot>) -> Option<Candidate> {
        let target = set.target.root;
        if set.target.steps.is_empty() {
            let truth = matches!(set.value.kind, Kind::Boolean(true));
            let wanted = goal.slots.contains(&target) && !matches!(set.value.kind, Kind::Boolean(false));
            let grants = wanted && (truth || Some(target) == watched || is_condition(&set.value));
            let own = (!truth).then_some(&set.value);
            return grants.then(|| self.known_candidate(set.node, Grant::Set, own)).flatten();
        }
        if stash_key(&set.target).is_some_and(|key| goal.stash.contains(key)) {
            return self.known_candidate(set.node, Grant::Filter, None);
        }
        let own = set.target.variable().is_some_and(|slot| goal.slots.contains(&slot));
        own.then(|| self.known_candidate(set.node, Grant::Add, None)).flatten()
    }

    fn known_candidate(&self, node: NodeId, grant: Grant, own: Option<&'p Expression>) -> Option<Candidate> {
        let mut known = self.known.borrow_mut();
        match known.iter().position(|candidate| candidate.node == node && candidate.grant == grant) {
            Some(at) => Some(known.swap_remove(at)),
            None => self.candidate(node, grant, own),
        }
    }

    /// A call in a statement that adds to what is looked at.
    fn by_call(&self, statement: &Node<'p>, goal: &Goal) -> Option<Grant> {
        let mut grant = None;
        statement.reads(&mut |reference| {
            if reference.variable().is_some_and(|slot| goal.slots.contains(&slot)) && adds(reference) {
                grant = Some(Grant::Add);
            }
            if stash_put(reference).is_some_and(|key| goal.stash.contains(key)) {
                grant = Some(Grant::Filter);
            }
        });
        grant
    }

    fn stands_before(&self, node: NodeId, other: NodeId) -> bool {
        self.program.span(node).start < self.program.span(other).start
    }

    /// Leaves out statements that only wait for a list which other candidates fill.
    fn without_gates(&self, found: Vec<Candidate>, goal: &Goal) -> Vec<Candidate> {
        let blocked = found.iter().filter(|candidate| candidate.blocker.is_some());
        let mut filled: FxHashSet<Slot> = blocked.flat_map(|candidate| self.fills(candidate.node)).collect();
        for _ in 0..3 {
            let computed = self.sites.reads.iter().filter(|(_, reads)| !reads.is_disjoint(&filled));
            let computed: Vec<_> = computed.map(|(slot, _)| *slot).collect();
            filled.extend(computed);
        }
        let gate = |candidate: &Candidate| {
            candidate.blocker.as_ref().is_some_and(|blocker| {
                let slots = own_slots(&blocker.condition);
                let mine = self.fills(candidate.node);
                !slots.is_empty()
                    && slots
                        .iter()
                        .all(|slot| filled.contains(slot) && goal.slots.contains(slot) && !mine.contains(slot))
            })
        };
        let gates: Vec<bool> = found.iter().map(gate).collect();
        if gates.iter().all(|gate| *gate) {
            return found;
        }
        found.into_iter().zip(gates).filter_map(|(candidate, gate)| (!gate).then_some(candidate)).collect()
    }

    /// The variables that a statement sets or adds to.
    fn fills(&self, node: NodeId) -> Vec<Slot> {
        let mut slots = Vec::new();
        match self.index.node(node) {
            Some(Node::Set(set)) => slots.extend(set.target.variable()),
            Some(Node::Reference(reference)) => inside(reference, &mut |inner| {
                if adds(inner) {
                    slots.extend(inner.variable());
                }
            }),
            _ => {}
        }
        slots
    }
}

/// The values that a blocked condition looked at, of all its leaves.
pub fn looked_at(condition: &Condition) -> Vec<&Operand> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.into_iter().flat_map(|leaf| &leaf.operands).collect()
}

/// Whether a reference is a call of this `$util` function.
pub fn is_call(reference: &Reference, wanted: Method) -> bool {
    reference.util() == Some(wanted)
}
