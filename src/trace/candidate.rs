//! The statements that would have changed the verdict, and what kept each from running.

use super::condition::{Condition, Operand, Role, operands};
use super::index::{Index, Node, Part, call_args, inside, references};
use super::recorder::{Judged, Recorder, Turns};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Program, Reference, Set, Slot, StepKind};
use crate::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};

/// Loop items looked at for one candidate.
const ITEMS: u32 = 64;

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
}

/// What a verdict looks at: variables, and members of the stash.
#[derive(Clone, Debug, Default)]
struct Goal {
    slots: FxHashSet<Slot>,
    stash: FxHashSet<String>,
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
    let finder = Finder { program, index: &recorder.index, recorder, sites: Sites::new(&recorder.index), each };
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
    }
    finder.candidates(&goal, watched, refusal)
}

fn own_slots(condition: &Condition) -> Vec<Slot> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.iter().flat_map(|leaf| &leaf.operands).filter_map(|operand| operand.slot).collect()
}

/// Where variables are changed.
#[derive(Debug, Default)]
struct Sites {
    /// Variables that something is added to, or that are set to true somewhere.
    growing: FxHashSet<Slot>,
    /// What the right sides of a variable's `#set`s, and what is added to it, read.
    reads: FxHashMap<Slot, FxHashSet<Slot>>,
    /// What is put into the stash, by member.
    puts: FxHashMap<String, FxHashSet<Slot>>,
}

impl Sites {
    fn new(index: &Index<'_>) -> Self {
        let mut sites = Self::default();
        for (_, statement) in &index.statements {
            if let Node::Set(Set { target, value, .. }) = statement {
                if target.steps.is_empty() && !matches!(value.kind, Kind::Boolean(false)) {
                    if matches!(value.kind, Kind::Boolean(true)) {
                        sites.growing.insert(target.root);
                    }
                    if is_condition(value) {
                        let reads = sites.reads.entry(target.root).or_default();
                        references(value, &mut |reference| {
                            reads.extend(reference.variable());
                        });
                    }
                } else if !target.steps.is_empty() {
                    sites.growing.extend(target.variable());
                }
            }
            statement.reads(&mut |reference| {
                let mut arguments = FxHashSet::default();
                inside(reference, &mut |inner| {
                    arguments.extend(inner.variable());
                });
                if adds(reference) {
                    sites.growing.extend(reference.variable());
                    if let Some(slot) = reference.variable() {
                        sites.reads.entry(slot).or_default().extend(arguments);
                    }
                } else if let Some(key) = stash_put(reference) {
                    sites.puts.entry(key.to_owned()).or_default().extend(arguments);
                }
            });
        }
        sites
    }

    fn grows(&self, slot: Slot) -> bool {
        self.growing.contains(&slot) || self.reads.contains_key(&slot)
    }
}

struct Finder<'a, 'p> {
    program: &'p Program,
    index: &'a Index<'p>,
    recorder: &'a Recorder<'p>,
    sites: Sites,
    each: bool,
}

struct Attempt {
    passed: u32,
    of: u32,
    reached: bool,
    blocker: Option<Blocker>,
    items: Vec<Blocker>,
}

impl<'p> Finder<'_, 'p> {
    /// The watched variable, and what the conditions around the refusal read.
    fn goal(&self, watched: &str, refusal: Option<NodeId>) -> Goal {
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
        for part in self.index.chain(node) {
            let mut read = |expression: &'p Expression| {
                references(expression, &mut |reference| {
                    goal.slots.extend(reference.variable().filter(|slot| self.sites.grows(*slot)));
                    goal.stash.extend(stash_key(reference).map(str::to_owned));
                });
            };
            match part {
                Part::Branch { parts, at } => read(&parts.branches[at].condition),
                Part::Loop(each) => read(&each.list),
                Part::Else { .. } => {}
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
    fn widen(&self, goal: &mut Goal) {
        let put = goal.stash.iter().filter_map(|key| self.sites.puts.get(key)).flatten();
        goal.slots.extend(put.copied().filter(|slot| self.sites.grows(*slot)));
        let mut open: Vec<Slot> = goal.slots.iter().copied().collect();
        while let Some(slot) = open.pop() {
            let reads = self.sites.reads.get(&slot).into_iter().flatten();
            let new: Vec<_> = reads.copied().filter(|slot| self.sites.grows(*slot)).collect();
            open.extend(new.into_iter().filter(|slot| goal.slots.insert(*slot)));
        }
    }

    fn candidates(&self, goal: &Goal, watched: &str, refusal: Option<NodeId>) -> Vec<Candidate> {
        let mut goal = goal.clone();
        self.widen(&mut goal);
        let watched = self.program.slot(watched);
        let mut found = Vec::new();
        for (node, statement) in &self.index.statements {
            match statement {
                Node::Set(set) if set.target.steps.is_empty() => {
                    let wanted =
                        goal.slots.contains(&set.target.root) && !matches!(set.value.kind, Kind::Boolean(false));
                    let truth = matches!(set.value.kind, Kind::Boolean(true));
                    if wanted && (truth || Some(set.target.root) == watched || is_condition(&set.value)) {
                        let own = (!truth).then_some(&set.value);
                        found.extend(self.candidate(*node, Grant::Set, own));
                    }
                }
                Node::Set(set) => {
                    let stash = stash_key(&set.target).is_some_and(|key| goal.stash.contains(key));
                    let own = set.target.variable().is_some_and(|slot| goal.slots.contains(&slot));
                    if stash || own {
                        let grant = if stash { Grant::Filter } else { Grant::Add };
                        found.extend(self.candidate(*node, grant, None));
                    }
                }
                Node::Return(_) if refusal.is_none_or(|refusal| self.stands_before(*node, refusal)) => {
                    found.extend(refusal.and_then(|_| self.candidate(*node, Grant::Return, None)));
                }
                _ => {}
            }
            let mut adding = None;
            statement.reads(&mut |reference| {
                if reference.variable().is_some_and(|slot| goal.slots.contains(&slot)) && adds(reference) {
                    adding = Some(Grant::Add);
                }
                if stash_put(reference).is_some_and(|key| goal.stash.contains(key)) {
                    adding = Some(Grant::Filter);
                }
            });
            if let Some(grant) = adding {
                found.extend(self.candidate(*node, grant, None));
            }
        }
        found
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
        let kept: Vec<_> = found.iter().filter(|candidate| !gate(candidate)).cloned().collect();
        if kept.is_empty() { found } else { kept }
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

    /// The statement as a candidate; `None` if it ran.
    fn candidate(&self, node: NodeId, grant: Grant, own: Option<&'p Expression>) -> Option<Candidate> {
        let chain = self.index.chain(node);
        let attempt = self.attempt(&chain, &mut Vec::new(), node, own);
        if attempt.reached && attempt.blocker.is_none() {
            return None;
        }
        let Attempt { passed, of, reached, blocker, items } = attempt;
        Some(Candidate { node, grant, passed, of, reached, blocker, items })
    }

    /// Follows the blocks around a statement inwards to the first that did not run.
    fn attempt(&self, chain: &[Part<'p>], turns: &mut Turns, node: NodeId, own: Option<&'p Expression>) -> Attempt {
        let Some((part, rest)) = chain.split_first() else { return self.at_statement(turns, node, own) };
        let later = rest.iter().map(conditions).sum::<u32>() + u32::from(own.is_some());
        let (mut passed, here) = (0, conditions(part));
        let blocked = |passed, blocker| Attempt {
            passed,
            of: here + later,
            reached: true,
            blocker: Some(blocker),
            items: Vec::new(),
        };
        let unreached = |passed| Attempt { passed, of: here + later, reached: false, blocker: None, items: Vec::new() };
        if let Part::Loop(each) = part {
            return self.in_loop(each.node, rest, turns, node, own);
        }
        for branch in part.before() {
            let Some(record) = self.record(branch.node, turns) else { return unreached(passed) };
            if record.taken {
                return blocked(passed, blocker(branch.node, &record.condition, false, turns));
            }
            passed += 1;
        }
        if let Part::Branch { parts, at } = part {
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
        each: NodeId,
        rest: &[Part<'p>],
        turns: &mut Turns,
        node: NodeId,
        own: Option<&'p Expression>,
    ) -> Attempt {
        let of = 1 + rest.iter().map(conditions).sum::<u32>() + u32::from(own.is_some());
        let walk = self.recorder.walks.get(&each).and_then(|walks| walks.iter().find(|walk| walk.turns == *turns));
        // A loop over null or over something that is no list begins no walk.
        let count = walk.map_or(0, |walk| walk.count);
        if count == 0 {
            let Some(Part::Loop(foreach)) = self.index.part_at(each) else {
                return Attempt { passed: 0, of, reached: false, blocker: None, items: Vec::new() };
            };
            let operand =
                walk.map_or_else(|| self.recorder.operand(&foreach.list, Role::Whole), |walk| walk.list.clone());
            let condition = Condition {
                node: foreach.list.node,
                shape: super::condition::Shape::Leaf,
                holds: Some(false),
                parts: Vec::new(),
                operands: vec![operand],
            };
            let empty = Blocker { empty_loop: true, ..blocker(each, &condition, true, turns) };
            let reached = self.recorder.reached.began(each) > 0;
            return Attempt { passed: 0, of, reached, blocker: Some(empty), items: Vec::new() };
        }
        let mut best: Option<Attempt> = None;
        let mut others = Vec::new();
        for turn in 0..count.min(ITEMS) {
            turns.push(turn);
            let attempt = self.attempt(rest, turns, node, own);
            turns.pop();
            let rank = |attempt: &Attempt| (attempt.reached, attempt.blocker.is_none() != self.each, attempt.passed);
            let better = best.as_ref().is_none_or(|best| rank(&attempt) > rank(best));
            let loser = if better { best.replace(attempt) } else { Some(attempt) };
            others.extend(loser.and_then(|loser| loser.blocker));
        }
        let mut best = best.unwrap_or(Attempt { passed: 0, of, reached: false, blocker: None, items: Vec::new() });
        best.items.append(&mut others);
        best.passed += 1;
        best.of += 1;
        best
    }

    /// The blocks around it ran: the statement itself.
    fn at_statement(&self, turns: &Turns, node: NodeId, own: Option<&'p Expression>) -> Attempt {
        let ran = self.recorder.reached.began(node) > 0;
        let mut attempt =
            Attempt { passed: 0, of: u32::from(own.is_some()), reached: ran, blocker: None, items: Vec::new() };
        if let Some(value) = own.filter(|_| ran) {
            let change = self.recorder.changes.iter().rfind(|change| change.node == node && change.turns == *turns);
            let holds = change.is_some_and(|change| change.values.last().is_some_and(Value::is_true));
            if holds {
                attempt.passed = 1;
            } else {
                let mut condition = super::condition::judged(self.recorder, value);
                condition.holds = Some(false);
                if condition.operands.is_empty() && condition.parts.is_empty() {
                    condition.operands = operands(self.recorder, value);
                }
                let mut demands = Vec::new();
                condition.demands(true, &mut demands);
                let failed = demands.into_iter().find(|(part, wanted)| part.holds != Some(*wanted));
                let (part, wanted) = failed.unwrap_or((&condition, true));
                attempt.blocker = Some(blocker(node, part, wanted, turns));
            }
        }
        attempt
    }

    fn record(&self, branch: NodeId, turns: &Turns) -> Option<&Judged> {
        self.recorder.branches.get(&branch)?.iter().rfind(|record| record.turns == *turns)
    }
}

fn blocker(node: NodeId, condition: &Condition, wanted: bool, turns: &Turns) -> Blocker {
    Blocker { node, condition: condition.clone(), wanted, empty_loop: false, turns: turns.clone() }
}

/// Conditions that a block asks for.
fn conditions(part: &Part<'_>) -> u32 {
    let own = match part {
        Part::Branch { parts, at } => conjuncts(&parts.branches[*at].condition),
        Part::Else { .. } => 0,
        Part::Loop(_) => 1,
    };
    own + part.before().len() as u32
}

fn conjuncts(expression: &Expression) -> u32 {
    match &expression.kind {
        Kind::And(sides) => conjuncts(&sides.0) + conjuncts(&sides.1),
        _ => 1,
    }
}

fn is_condition(expression: &Expression) -> bool {
    matches!(expression.kind, Kind::And(_) | Kind::Or(_) | Kind::Not(_) | Kind::Compare(..))
}

/// `$x.add( … )` and the like, directly on a variable.
fn adds(reference: &Reference) -> bool {
    match reference.steps.as_slice() {
        [step] => matches!(&step.kind, StepKind::Method { name, .. }
            if matches!(name.as_str(), "add" | "addAll" | "put" | "putAll")),
        _ => false,
    }
}

/// `$ctx.stash.NAME` or `$ctx.stash.get("NAME")`.
pub fn stash_key(reference: &Reference) -> Option<&str> {
    let [first, second, ..] = reference.steps.as_slice() else { return None };
    let on_stash = matches!(reference.root, Slot::CTX | Slot::CONTEXT)
        && matches!(&first.kind, StepKind::Property(name) if name == "stash");
    match &second.kind {
        StepKind::Property(name) if on_stash => Some(name),
        StepKind::Method { name, args, .. } if on_stash && name == "get" => literal(args.first()?),
        _ => None,
    }
}

/// `$ctx.stash.put("NAME", … )`
pub fn stash_put(reference: &Reference) -> Option<&str> {
    let [first, second] = reference.steps.as_slice() else { return None };
    let on_stash = matches!(reference.root, Slot::CTX | Slot::CONTEXT)
        && matches!(&first.kind, StepKind::Property(name) if name == "stash");
    match &second.kind {
        StepKind::Method { name, args, .. } if on_stash && name == "put" => literal(args.first()?),
        _ => None,
    }
}

fn literal(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

/// The values that a blocked condition looked at, of all its leaves.
pub fn looked_at(condition: &Condition) -> Vec<&Operand> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.into_iter().flat_map(|leaf| &leaf.operands).collect()
}

/// Whether a reference is a call of this `$util` function.
pub fn is_call(reference: &Reference, name: &str) -> bool {
    reference.function.is_some_and(|function| function.namespace == "util" && function.name == name)
        && call_args(reference).is_some()
}
