//! The first condition, loop or value that went two ways.

use crate::value::method::Method;
use crate::source::one_line;
use crate::eval::Outcome;
use crate::explain::why::guards;
use crate::syntax::{NodeId, Program};
use crate::trace::candidate::looked_at;
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::{Node, NodePart, call_args};
use crate::trace::judging::{judged, operand};
use crate::trace::origin::{Origin, Origins};
use crate::trace::recorder::{Change, JudgedBranch, Recorder};
use crate::trace::{Decision, is_refusal};
use crate::value::Value;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Statements followed to find what bears on a decision.
const MOST: usize = 64;
/// Values shown of one expression in a loop.
const TURNS: usize = 4;

/// A template as it ran for one caller.
pub struct RanFor<'p> {
    pub program: &'p Arc<Program>,
    pub recorder: Recorder<'p>,
    pub outcome: Outcome,
    pub decision: Decision,
}

/// What went two ways.
#[derive(Clone, Debug)]
pub struct Fork {
    /// The template.
    pub program: Arc<Program>,
    /// The condition, the loop's list, or the statement that gave a value.
    pub node: NodeId,
    /// Which of them.
    pub kind: ForkKind,
    /// What it came to for each caller: whether a condition held, whether a loop had a turn; `None` of a value.
    pub held: [Option<bool>; 2],
    /// The values that it looked at.
    pub seen: Vec<Seen>,
}

/// What kind of thing went two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForkKind {
    /// A condition of `#if`, `#elseif` or `$util.validate`.
    Condition,
    /// A `#foreach` that had nothing to walk for one of them.
    Loop,
    /// A statement that gave two values.
    Value,
}

/// An expression, with its values for each caller (in a loop one a turn) and whence they came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// As the template has it.
    pub expr: String,
    /// The values, each once.
    pub values: [Vec<Value>; 2],
    /// Whence they came.
    pub origins: [Vec<Origin>; 2],
}

impl Seen {
    /// Whether both callers have the same.
    pub fn same(&self) -> bool {
        let [mine, theirs] = &self.values;
        mine.len() == theirs.len() && mine.iter().zip(theirs).all(|(left, right)| left.loosely_equals(right))
    }
}

/// The first thing that went two ways and bears on a decision; else the first that did; else the first value.
pub fn find(mine: &[RanFor<'_>], theirs: &[RanFor<'_>]) -> Option<Fork> {
    let pairs: Vec<_> =
        mine.iter().zip(theirs).take_while(|(mine, theirs)| Arc::ptr_eq(mine.program, theirs.program)).collect();
    let bearing = pairs.iter().find_map(|(mine, theirs)| {
        let mut bears = bearing(mine);
        bears.extend(bearing(theirs));
        forks(mine, theirs).into_iter().find(|(_, node)| bears.contains(node)).and_then(|(_, at)| fork_at(mine, theirs, at))
    });
    let validated = || pairs.iter().find_map(|(mine, theirs)| validated(mine, theirs));
    let any = || {
        pairs.iter().find_map(|(mine, theirs)| {
            forks(mine, theirs).into_iter().next().and_then(|(_, node)| fork_at(mine, theirs, node))
        })
    };
    let value = || pairs.iter().find_map(|(mine, theirs)| value(mine, theirs));
    bearing.or_else(validated).or_else(any).or_else(value)
}

/// Branches that ran for one caller only, and loops that had a turn for one only, in the order of the first caller's run.
fn forks(mine: &RanFor<'_>, theirs: &RanFor<'_>) -> Vec<(u32, NodeId)> {
    let ran = |records: &[JudgedBranch]| records.iter().any(|record| record.taken);
    let (mine, theirs) = (&mine.recorder, &theirs.recorder);
    let branches = mine.branches.iter().filter_map(|(node, records)| {
        let others = theirs.branches.get(node)?;
        (ran(records) != ran(others)).then_some((records.first()?.moment, *node))
    });
    // A loop over nothing is not begun at all: where the blocks around it ran for both, that is the fork.
    let walked = |recorder: &Recorder<'_>, node: NodeId| {
        let walks = recorder.walks.get(&node).map_or(&[][..], Vec::as_slice);
        walks.iter().find(|walk| walk.count > 0).map(|walk| walk.moment)
    };
    let reached = |recorder: &Recorder<'_>, node: NodeId| {
        recorder.index.chain(node).iter().all(|part| match part {
            NodePart::Branch { .. } => recorder.branches.get(&part.node()).is_some_and(|records| ran(records)),
            NodePart::Else { parts, .. } => parts.branches.iter().all(|branch| {
                recorder.branches.get(&branch.node).is_some_and(|records| records.iter().any(|record| !record.taken))
            }),
            NodePart::Loop(each) => each.node == node || walked(recorder, each.node).is_some(),
        })
    };
    let nodes: FxHashSet<NodeId> = mine.walks.keys().chain(theirs.walks.keys()).copied().collect();
    let loops = nodes.into_iter().filter_map(|node| match (walked(mine, node), walked(theirs, node)) {
        (Some(moment), None) if reached(theirs, node) => Some((moment, node)),
        (None, Some(moment)) if reached(mine, node) => Some((moment, node)),
        _ => None,
    });
    let mut found: Vec<_> = branches.chain(loops).collect();
    found.sort_unstable();
    found
}

/// The conditions and loops that a decision, or what a template leaves to the next one, rests on.
fn bearing(ran: &RanFor<'_>) -> FxHashSet<NodeId> {
    let recorder = &ran.recorder;
    let mut todo: Vec<NodeId> = match ran.decision.node {
        Some(node) => vec![node],
        None => ran.program.references().into_iter().filter(|one| is_refusal(one)).map(|one| one.node).collect(),
    };
    todo.extend(recorder.changes.iter().filter(|change| change.path.is_some()).take(MOST).map(|change| change.node));
    let (mut seen, mut found) = (FxHashSet::default(), FxHashSet::default());
    while let Some(node) = todo.pop() {
        if seen.len() >= MOST || !seen.insert(node) {
            continue;
        }
        let mut slots = Vec::new();
        for part in recorder.index.chain(node) {
            if let NodePart::Loop(each) = part {
                found.insert(each.node);
            }
        }
        for guard in guards(recorder, node, false) {
            found.insert(guard.node);
            slots.extend(looked_at(&guard.condition).into_iter().filter_map(|operand| operand.slot));
        }
        if let Some(Node::Set(set)) = recorder.index.node(node) {
            slots.extend(looked_at(&judged(&recorder.values, &set.value)).into_iter().filter_map(|one| one.slot));
        }
        let of_slots = recorder.changes.iter().filter(|change| change.slot.is_some_and(|slot| slots.contains(&slot)));
        todo.extend(of_slots.map(|change| change.node));
    }
    found
}

/// A fork at this branch or loop, with its values.
fn fork_at(mine: &RanFor<'_>, theirs: &RanFor<'_>, node: NodeId) -> Option<Fork> {
    let program = Arc::clone(mine.program);
    if let Some(each) = mine.recorder.index.loop_at(node) {
        let walk = |ran: &RanFor<'_>| {
            let walk = ran.recorder.walks.get(&node).and_then(|walks| walks.iter().max_by_key(|walk| walk.count));
            let list = walk.map_or_else(|| operand(&ran.recorder.values, &each.list, OperandRole::Whole), |walk| walk.list.clone());
            (list, walk.is_some_and(|walk| walk.count > 0))
        };
        let ((my, ran), (their, other)) = (walk(mine), walk(theirs));
        let (held, seen) = ([Some(ran), Some(other)], vec![seen(&program, &[&my], &[&their])]);
        return Some(Fork { program, node: each.list.node, kind: ForkKind::Loop, held, seen });
    }
    let (my, their) = (mine.recorder.branches.get(&node)?, theirs.recorder.branches.get(&node)?);
    let one = |records: &[JudgedBranch], turns: Option<&JudgedBranch>| {
        let same = |record: &&JudgedBranch| turns.is_some_and(|other| other.turns == record.turns);
        let taken = records.iter().find(|record| record.taken);
        taken.or_else(|| records.iter().find(same)).or(records.last()).cloned()
    };
    let taken = my.iter().chain(their).find(|record| record.taken).cloned();
    let (first, second) = (one(my, taken.as_ref())?, one(their, taken.as_ref())?);
    condition(program, (&first.condition, my), (&second.condition, their))
}

/// The first leaf of a condition that came out differently.
fn condition(
    program: Arc<Program>,
    (mine, all_mine): (&Condition, &[JudgedBranch]),
    (theirs, all_theirs): (&Condition, &[JudgedBranch]),
) -> Option<Fork> {
    let (mut my, mut their) = (Vec::new(), Vec::new());
    mine.leaves(&mut my);
    theirs.leaves(&mut their);
    let other = |leaf: &Condition| their.iter().find(|other| other.node == leaf.node).copied();
    let parted = |leaf: &&&Condition| other(leaf).is_some_and(|other| other.holds.is_some() && leaf.holds.is_some() && other.holds != leaf.holds);
    let leaf = my.iter().find(parted).or(my.first()).copied()?;
    let against = other(leaf)?;
    let of = |all: &[JudgedBranch], own: &Condition, at: usize| -> Vec<Operand> {
        let mut found: Vec<Operand> = own.operands.get(at).cloned().into_iter().collect();
        // What no turn of a loop had is told of each turn.
        if own.holds != Some(true) && all.len() > 1 {
            found = all.iter().filter_map(|record| leaf_of(&record.condition, own.node)?.operands.get(at).cloned()).collect();
        }
        found
    };
    let mut seen_all = Vec::new();
    for (at, _) in leaf.operands.iter().enumerate().filter(|(_, operand)| !operand.literal) {
        let (mine, theirs) = (of(all_mine, leaf, at), of(all_theirs, against, at));
        let one = seen(&program, &mine.iter().collect::<Vec<_>>(), &theirs.iter().collect::<Vec<_>>());
        let known = |known: &Seen| known.expr == one.expr;
        if !seen_all.iter().any(known) {
            seen_all.push(one);
        }
    }
    Some(Fork {
        node: leaf.node,
        program,
        kind: ForkKind::Condition,
        held: [leaf.holds, against.holds],
        seen: seen_all,
    })
}

fn leaf_of(condition: &Condition, node: NodeId) -> Option<&Condition> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.into_iter().find(|leaf| leaf.node == node)
}

fn seen(program: &Program, mine: &[&Operand], theirs: &[&Operand]) -> Seen {
    let span = mine.first().or(theirs.first()).map(|operand| operand.span);
    let expr = span.map_or(String::new(), |span| one_line(program.source.slice(span)));
    Seen {
        expr,
        values: [mine, theirs].map(|all| once(all.iter().map(|operand| &operand.value))),
        origins: [mine, theirs].map(|all| all.iter().flat_map(|operand| operand.origins.iter().cloned()).collect()),
    }
}

fn once<'v>(values: impl Iterator<Item = &'v Value>) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for value in values {
        if found.len() < TURNS && !found.iter().any(|known| known.loosely_equals(value)) {
            found.push(value.clone());
        }
    }
    found
}

/// `$util.validate` threw for one of them.
fn validated(mine: &RanFor<'_>, theirs: &RanFor<'_>) -> Option<Fork> {
    let node = [mine, theirs].into_iter().find_map(|ran| ran.decision.node)?;
    let (Node::Reference(reference) | Node::Step { reference, .. }) = mine.recorder.index.node(node)? else { return None };
    reference.called().filter(|called| *called == Method::Validate)?;
    let (_, args) = call_args(reference)?;
    let [my, their] = [mine, theirs].map(|ran| Some(judged(&ran.recorder.values, args.first()?)));
    condition(Arc::clone(mine.program), (&my?, &[]), (&their?, &[])).filter(|fork| fork.held[0] != fork.held[1])
}

/// The first value that differs: of a `#set` or of what was put somewhere. What the identity has a part in comes first.
fn value(mine: &RanFor<'_>, theirs: &RanFor<'_>) -> Option<Fork> {
    let differing = |change: &&Change| {
        let other = same_change(theirs, change);
        other.is_some_and(|other| match (change.values.last(), other.values.last()) {
            (Some(mine), Some(theirs)) => !mine.loosely_equals(theirs),
            _ => false,
        })
    };
    let by_identity = |change: &&Change| {
        let other = same_change(theirs, change).and_then(|other| other.origins.last());
        change.origins.last().into_iter().chain(other).flat_map(Origins::iter).any(|origin| {
            origin.path().is_some_and(|path| path.starts_with("identity"))
        })
    };
    let all = || mine.recorder.changes.iter().filter(differing);
    let change = all().find(by_identity).or_else(|| all().next())?;
    let other = same_change(theirs, change)?;
    let expr = match mine.recorder.index.node(change.node)? {
        Node::Set(set) => mine.program.text(set.target.node).to_owned(),
        _ => change.values.first().filter(|_| change.values.len() > 1).map(ToString::to_string).unwrap_or_default(),
    };
    let seen = Seen {
        expr,
        values: [change, other].map(|change| change.values.last().cloned().into_iter().collect()),
        origins: [change, other].map(|change| change.origins.last().into_iter().flat_map(Origins::iter).cloned().collect()),
    };
    Some(Fork { program: Arc::clone(mine.program), node: change.node, kind: ForkKind::Value, held: [None; 2], seen: vec![seen] })
}

fn same_change<'r>(ran: &'r RanFor<'_>, change: &Change) -> Option<&'r Change> {
    ran.recorder.changes.iter().find(|other| other.node == change.node && other.turns == change.turns)
}
