//! Why a template decided as it did: the conditions around the decision, what made them so, and what else could have
//! been.

use super::carried::{self, Carrying};
use super::filter::{self, RowMatch};
use super::hint::{self, Finished};
use super::suggest::Suggestion;
use crate::eval::Outcome;
use crate::finding::Finding;
use crate::syntax::{Branch, ExpressionKind, NodeId, Program, Slot};
use crate::trace::candidate::{Candidate, Grant, find, looked_at};
use crate::trace::condition::Condition;
use crate::trace::index::{Node, Part};
use crate::trace::judging::judged;
use crate::trace::recorder::{Change, Judged, Recorder};
use crate::trace::{Decision, DecisionKind, Verdict};
use crate::value::Value;

/// Everything that explains a verdict.
#[derive(Clone, Debug, Default)]
pub struct Why {
    /// The conditions around the deciding statement, innermost first.
    pub guards: Vec<Guard>,
    /// What would have authorized, nearest first.
    pub candidates: Vec<Candidate>,
    /// What a reader should look at, most telling first.
    pub hints: Vec<Finding>,
    /// What would have changed the verdict, proved.
    pub suggestions: Vec<Suggestion>,
    /// The filter against the rows that were given.
    pub rows: Vec<RowMatch>,
    /// What filled the filter, one for each addition.
    pub filter_parts: Vec<Change>,
    /// Where each variable that the guards and candidates show was last set.
    pub since: Vec<(Slot, NodeId)>,
    /// Where the variable was set to true, and where it was set to something else again.
    pub revoked: Option<(NodeId, NodeId)>,
    /// The items that a list's response left out: the old resolvers' way of filtering.
    pub left_out: Option<LeftOut>,
    /// In a sentence, how the template let the caller through.
    pub let_through: Option<String>,
    /// What the request carries to its data source, and what becomes of it there.
    pub carrying: Carrying,
    /// Facts that an allow may rest on (asked for by `--why-allowed`), not proved yet.
    pub grounds: Vec<super::suggest::Change>,
    /// Other verdicts that what nobody gave could lead to.
    pub readings: Vec<super::doubt::Reading>,
    /// What an allow rests on: single facts without which it would not have been (`--why-allowed`).
    pub rests_on: Vec<Suggestion>,
}

/// A condition around the deciding statement.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The branch.
    pub node: NodeId,
    /// Its condition as it was judged.
    pub condition: Condition,
    /// Whether it held.
    pub value: bool,
    /// What was put into the variables that it looked at, and under which conditions.
    pub causes: Vec<Cause>,
}

/// An addition that made a guard what it was.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The addition.
    pub change: Change,
    /// The conditions around it, innermost first.
    pub guards: Vec<Guard>,
}

/// Whether the last write to the variable took back an earlier true.
fn revoked(program: &Program, outcome: &Outcome, watched: &str) -> Option<(NodeId, NodeId)> {
    let slot = program.slot(watched)?;
    let writes: Vec<_> = outcome.writes.iter().filter(|write| write.slot == slot).collect();
    let last = writes.last().filter(|write| !write.new.is_true())?;
    let granted = writes.iter().rfind(|write| write.new.is_true())?;
    Some((granted.node, last.node))
}

/// A response that put a shorter list in the place of the rows that its data source gave.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    /// The `#set` that did.
    pub node: NodeId,
    /// The variable with the rows that stayed.
    pub slot: Slot,
    /// Rows that the data source gave.
    pub given: usize,
    /// Rows that stayed.
    pub kept: usize,
}

/// Whether a response shortened `$ctx.result.items`.
fn left_out(recorder: &Recorder<'_>) -> Option<LeftOut> {
    let of_items = |change: &&Change| {
        change.path.as_deref() == Some("result") && change.values.first().and_then(Value::as_str) == Some("items")
    };
    let change = recorder.changes.iter().rfind(of_items)?;
    let Some(Node::Set(set)) = recorder.index.node(change.node) else { return None };
    let ExpressionKind::Reference(list) = &set.value.kind else { return None };
    let kept = change.values.get(1)?.as_list()?.len();
    let walks = recorder.walks.values().flatten();
    let given = walks
        .filter(|walk| walk.list.origins.context().is_some_and(|(path, ..)| path == "result.items"))
        .map(|walk| walk.count as usize)
        .max()?;
    (kept < given).then_some(LeftOut { node: change.node, slot: list.root, given, kept })
}

/// Explains an outcome that was recorded; `records` are the rows that a filter is judged against.
pub fn why(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    verdict: Verdict,
    decision: Decision,
    watched: &str,
    records: &[Value],
) -> Why {
    let mut why = Why::default();
    if !matches!(verdict, Verdict::Denied | Verdict::Error) && stash_filter(outcome).is_null() {
        why.left_out = left_out(recorder);
    }
    // Rows left out are a filter, and what would let more through is an addition to the list that stayed.
    let (verdict, watched) = match why.left_out {
        Some(left) => (Verdict::Filtered, program.name(left.slot)),
        None => (verdict, watched),
    };
    let left_out = why.left_out.map(|left| left.node);
    if let Some(node) = decision.node.or(left_out) {
        why.guards = guards(recorder, node, true);
    }
    if let Some(condition) = decision.node.and_then(|node| validated(recorder, node)) {
        let causes = causes(recorder, &condition);
        why.guards.insert(0, Guard { node: condition.node, value: condition.holds.unwrap_or(false), condition, causes });
    }
    why.revoked = revoked(program, outcome, watched);
    if let Some((_, node)) = why.revoked {
        why.guards.extend(guards(recorder, node, false));
    }
    let refused = decision.kind == DecisionKind::Unauthorized;
    if matches!(verdict, Verdict::Denied | Verdict::Filtered) {
        let refusal = decision.node.filter(|_| refused).or(left_out);
        why.candidates = find(program, recorder, watched, refusal, left_out.is_some());
    }
    if verdict == Verdict::Filtered || verdict == Verdict::Allowed {
        why.filter_parts = filter_parts(outcome, recorder);
    }
    let filter = stash_filter(outcome);
    if !filter.is_null() && !records.is_empty() {
        why.rows = filter::judge(&filter, records);
    }
    let mut candidates = std::mem::take(&mut why.candidates);
    rank(&mut candidates, &Finished { program, outcome, recorder, verdict, decision, watched, records, why: &why });
    why.candidates = candidates;
    why.carrying =
        carried::judge(&Finished { program, outcome, recorder, verdict, decision, watched, records, why: &why });
    why.hints = hint::all(&Finished { program, outcome, recorder, verdict, decision, watched, records, why: &why });
    if !matches!(verdict, Verdict::Denied | Verdict::Error) {
        let run = Finished { program, outcome, recorder, verdict, decision, watched, records, why: &why };
        why.let_through = hint::allow::sentence(&run);
    }
    why.since = since(recorder, &why);
    why
}

/// `$ctx.stash.authFilter` as it is at the end.
pub fn stash_filter(outcome: &Outcome) -> Value {
    let stash = outcome.context.get_str("stash").unwrap_or_default();
    stash.as_map().and_then(|stash| stash.get_str("authFilter")).unwrap_or_default()
}

/// The conditions around a statement, as they were judged when it ran last; or, if it never ran, last.
pub(super) fn guards(recorder: &Recorder<'_>, node: NodeId, with_causes: bool) -> Vec<Guard> {
    let mut found = Vec::new();
    for part in recorder.index.chain(node) {
        let own = match part {
            Part::Branch { parts, at } => Some(&parts.branches[at]),
            _ => None,
        };
        let records = |branch: &Branch| recorder.branches.get(&branch.node).map_or(&[][..], Vec::as_slice);
        let ran = own.and_then(|branch| records(branch).iter().rfind(|record| record.taken));
        for branch in part.before().iter().chain(own) {
            // Those before it were judged in the same turn of the loops around.
            let same = |record: &&Judged| ran.is_none_or(|ran| ran.turns == record.turns);
            let Some(record) = records(branch).iter().rfind(same) else { continue };
            let causes = if with_causes { causes(recorder, &record.condition) } else { Vec::new() };
            let condition = record.condition.clone();
            found.push(Guard { node: branch.node, condition, value: record.taken, causes });
        }
    }
    found.reverse();
    found
}

/// The condition of `$util.validate(condition, …)`, which refuses where that does not hold.
pub(super) fn validated(recorder: &Recorder<'_>, node: NodeId) -> Option<Condition> {
    let reference = match recorder.index.node(node)? {
        Node::Step { reference, .. } | Node::Reference(reference) => reference,
        _ => return None,
    };
    let condition = crate::trace::validated(reference)?;
    Some(judged(&recorder.values, condition))
}

/// What was put into the lists and maps that a condition looked at.
fn causes(recorder: &Recorder<'_>, condition: &Condition) -> Vec<Cause> {
    let slots: Vec<_> = looked_at(condition).iter().filter_map(|operand| operand.slot).collect();
    let added = |change: &&Change| {
        change.container.is_some() && change.slot.is_some_and(|slot| slots.contains(&slot)) && change.path.is_none()
    };
    let cause = |change: &Change| {
        let mut guards = guards(recorder, change.node, false);
        guards.retain(|guard| recorder.index.branch_at(guard.node).is_some());
        for guard in &mut guards {
            let records = recorder.branches.get(&guard.node).map_or(&[][..], Vec::as_slice);
            let same = records.iter().rfind(|record| change.turns.starts_with(&record.turns) && record.taken);
            if let Some(record) = same {
                guard.condition = record.condition.clone();
                guard.value = record.taken;
            }
        }
        guards.truncate(1);
        Cause { change: change.clone(), guards }
    };
    recorder.changes.iter().filter(added).take(32).map(cause).collect()
}

/// The additions that a filter consists of.
fn filter_parts(outcome: &Outcome, recorder: &Recorder<'_>) -> Vec<Change> {
    let filter = stash_filter(outcome);
    let mut containers = Vec::new();
    collect(&filter, &mut containers, 0);
    let part = |change: &&Change| change.container.is_some_and(|container| containers.contains(&container));
    recorder.changes.iter().filter(part).cloned().collect()
}

fn collect(value: &Value, found: &mut Vec<usize>, depth: usize) {
    if depth > 8 {
        return;
    }
    match value {
        Value::List(list) => {
            found.push(list.address());
            list.snapshot().iter().for_each(|item| collect(item, found, depth + 1));
        }
        Value::Map(map) => {
            found.push(map.address());
            map.values().iter().for_each(|item| collect(item, found, depth + 1));
        }
        _ => {}
    }
}

/// Nearest first: those of the caller's own mode, then near misses, then by how many conditions are left.
fn rank(candidates: &mut [Candidate], run: &Finished<'_>) {
    // Of a loop's items the one that nearly matched is shown.
    for candidate in candidates.iter_mut() {
        let Some(blocker) = candidate.blocker.as_mut().filter(|blocker| !hint::is_near_miss(run, blocker)) else {
            continue;
        };
        if let Some(near) = candidate.items.iter_mut().find(|item| hint::is_near_miss(run, item)) {
            std::mem::swap(blocker, near);
        }
    }
    candidates.sort_by_cached_key(|candidate| {
        let other_mode = candidate.blocker.as_ref().is_some_and(|blocker| {
            looked_at(&blocker.condition)
                .iter()
                .any(|operand| operand.origins.iter().any(|origin| origin.is_at("authType")))
        });
        let near = candidate.blocker.as_ref().is_some_and(|blocker| hint::is_near_miss(run, blocker));
        let constant = candidate.blocker.as_ref().is_some_and(|blocker| {
            let operands = looked_at(&blocker.condition);
            !operands.is_empty()
                && operands.iter().all(|operand| operand.origins.iter().all(|origin| origin.path().is_none()))
        });
        let back = candidate.grant == Grant::Return;
        (!candidate.reached, other_mode, !near, constant, back, candidate.of - candidate.passed, candidate.node)
    });
}

fn since(recorder: &Recorder<'_>, why: &Why) -> Vec<(Slot, NodeId)> {
    let conditions = why.guards.iter().map(|guard| &guard.condition);
    let blockers = why.candidates.iter().filter_map(|candidate| candidate.blocker.as_ref());
    let mut slots: Vec<Slot> = conditions
        .chain(blockers.map(|blocker| &blocker.condition))
        .flat_map(looked_at)
        .filter_map(|operand| operand.slot)
        .collect();
    slots.sort_unstable();
    slots.dedup();
    let last = |slot: Slot| {
        let set = |change: &&Change| change.slot == Some(slot) && change.container.is_none();
        recorder.changes.iter().rfind(set).map(|change| (slot, change.node))
    };
    slots.into_iter().filter_map(last).collect()
}
