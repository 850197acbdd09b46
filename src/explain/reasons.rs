//! The reasons of an outcome that was recorded, put together.

use crate::value::method::Method;
use super::filter;
use super::hint::{self, Finished, Watched, carried, page_loop};
use super::why::{Guard, LeftOut, Why, causes, guards, stash_filter, validated};
use crate::eval::Outcome;
use crate::syntax::{ExpressionKind, NodeId, Program, Reference, Slot, };
use crate::trace::candidate::{Blocker, Candidate, Grant, find, looked_at, of_statement};
use crate::trace::index::{Node, NodePart, inside};
use crate::trace::recorder::{Change, Recorder, Walked};
use crate::trace::{Conclusion, Decision, DecisionKind, Verdict, touches_filter};
use crate::value::Value;

/// What one statement still wants in a changed run is told by itself as a candidate, and by the guards: no other is looked for.
pub fn wishes(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    concluded: Conclusion,
    watched: Watched<'_>,
    of: NodeId,
) -> Why {
    let left = left_out_by(outcome, recorder, concluded.verdict, &filter_of(program, outcome));
    let (by_rows, of_rows) = by_rows(program, concluded, watched, left);
    let mut candidates = match by_rows.verdict {
        Verdict::Denied | Verdict::Filtered => of_statement(program, recorder, of, left.is_some()),
        _ => Vec::new(),
    };
    rank(&mut candidates, &Finished::new(program, outcome, recorder, by_rows, of_rows, &Why::default()));
    let mut why = Why { left_out: left, candidates, ..Why::default() };
    let variable = left.map_or(watched.variable, |left| program.name(left.slot));
    add_guards(&mut why, program, outcome, recorder, concluded.decision, variable, false);
    why
}

/// The conditions around the decision, and around a write that took an allow back.
fn add_guards(
    why: &mut Why,
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    decision: Decision,
    watched: &str,
    with_causes: bool,
) {
    if let Some(node) = decision.node.or(why.left_out.map(|left| left.node)) {
        why.guards = guards(recorder, node, with_causes);
    }
    if let Some(condition) = decision.node.and_then(|node| validated(recorder, node)) {
        let causes = if with_causes { causes(recorder, &condition) } else { Vec::new() };
        why.guards.insert(0, Guard { node: condition.node, value: condition.holds.unwrap_or(false), condition, causes });
    }
    why.revoked = revoked(program, outcome, watched);
    if let Some((_, node)) = why.revoked {
        why.guards.extend(guards(recorder, node, false));
    }
}

fn candidates_of(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    concluded: Conclusion,
    watched: Watched<'_>,
    left: Option<LeftOut>,
) -> Vec<Candidate> {
    let (concluded, watched) = by_rows(program, concluded, watched, left);
    if !matches!(concluded.verdict, Verdict::Denied | Verdict::Filtered) {
        return Vec::new();
    }
    let left = left.map(|left| left.node);
    let refused = concluded.decision.kind == DecisionKind::Unauthorized;
    let refusal = concluded.decision.node.filter(|_| refused).or(left);
    let mut found = find(program, recorder, watched.variable, refusal, left.is_some());
    let why = Why::default();
    rank(&mut found, &Finished::new(program, outcome, recorder, concluded, watched, &why));
    found
}

/// Rows left out are a filter, and what would let more through is an addition to the list that stayed.
fn by_rows<'a>(
    program: &'a Program,
    concluded: Conclusion,
    watched: Watched<'a>,
    left: Option<LeftOut>,
) -> (Conclusion, Watched<'a>) {
    let Some(left) = left else { return (concluded, watched) };
    let variable = program.name(left.slot);
    (Conclusion { verdict: Verdict::Filtered, ..concluded }, Watched { variable, ..watched })
}

/// The filter of the stash, where the template reads or fills it: one that it never looks at holds no row back.
fn filter_of(program: &Program, outcome: &Outcome) -> Value {
    if touches_filter(program) { stash_filter(outcome) } else { Value::Null }
}

/// The rows that a response left out, where it did not refuse and put no filter.
fn left_out_by(outcome: &Outcome, recorder: &Recorder<'_>, verdict: Verdict, filter: &Value) -> Option<LeftOut> {
    let goes_on = !matches!(verdict, Verdict::Denied | Verdict::Error);
    (goes_on && filter.is_null()).then(|| left_out(recorder).or_else(|| printed(outcome, recorder))).flatten()
}

/// Explains an outcome that was recorded; `records` are the rows that a filter is judged against. The sentences that tell the
/// decision are made for a `whole` report alone: a list of requests or of cells shows causes.
pub fn why(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    concluded: Conclusion,
    watched: Watched<'_>,
    whole: bool,
) -> Why {
    let filter = filter_of(program, outcome);
    let left = left_out_by(outcome, recorder, concluded.verdict, &filter);
    let mut why = Why { left_out: left, ..Why::default() };
    why.candidates = candidates_of(program, outcome, recorder, concluded, watched, left);
    let (concluded, watched) = by_rows(program, concluded, watched, left);
    let Conclusion { verdict, decision } = concluded;
    add_guards(&mut why, program, outcome, recorder, decision, watched.variable, true);
    if verdict == Verdict::Filtered || verdict == Verdict::Allowed {
        why.filter_parts = filter_parts(outcome, recorder);
    }
    if let Some(records) = watched.records.filter(|records| !filter.is_null() && !records.is_empty()) {
        why.rows = filter::judge(&filter, records);
    }
    let before = Finished::new(program, outcome, recorder, concluded, watched, &why);
    let (carrying, rendered) = (carried::judge(&before), before.into_rendered());
    why.carrying = carrying;
    let run = Finished::new(program, outcome, recorder, concluded, watched, &why).with_rendered(rendered);
    let hints = hint::all(&run);
    let decided = if whole { hint::decided::sentence(&run) } else { None };
    let goes_on = whole && !matches!(verdict, Verdict::Denied | Verdict::Error);
    // How OpenSearch cut the text into words is not in the row.
    let analysed = hints.iter().any(|hint| hint.code == crate::code::Code::SearchAnalysed);
    let let_through = goes_on.then(|| hint::allow::sentence(&run)).flatten();
    (why.hints, why.let_through, why.decided) = (hints, let_through, decided);
    why.rows.iter_mut().filter(|_| analysed).for_each(|row| row.matches = None);
    why.since = since(recorder, &why);
    why
}

/// Whether the last write to the variable took back an earlier true.
fn revoked(program: &Program, outcome: &Outcome, watched: &str) -> Option<(NodeId, NodeId)> {
    let slot = program.slot(watched)?;
    let writes: Vec<_> = outcome.writes.iter().filter(|write| write.slot == slot).collect();
    let last = writes.last().filter(|write| !write.new.is_true())?;
    let granted = writes.iter().rfind(|write| write.new.is_true())?;
    Some((granted.node, last.node))
}

/// Whether a response shortened `$ctx.result.items`, or the items of an answer that it made itself.
fn left_out(recorder: &Recorder<'_>) -> Option<LeftOut> {
    let of_items = |change: &&Change| {
        let made = change.path.is_none() && change.slot.is_some();
        (change.path.as_deref() == Some("result") || made)
            && change.values.first().and_then(Value::as_str) == Some("items")
    };
    let change = recorder.changes.iter().rfind(of_items)?;
    let Some(Node::Set(set)) = recorder.index.node(change.node) else { return None };
    let ExpressionKind::Reference(list) = &set.value.kind else { return None };
    let kept = change.values.get(1)?.as_list()?.len();
    let given = if change.path.is_some() { walked_items(recorder) } else { picked_from(recorder, list.root) }?;
    (kept < given).then_some(LeftOut { node: change.node, slot: list.root, given, kept })
}

/// Whether a response answers with a list of its own, by itself or as the items of a page, into which a loop over the data
/// source's rows put fewer of them.
fn printed(outcome: &Outcome, recorder: &Recorder<'_>) -> Option<LeftOut> {
    recorder.index.statements.iter().find_map(|(node, statement)| {
        let (Node::Reference(_), true) = (statement, recorder.reached.began(*node) > 0) else { return None };
        let mut found = None;
        statement.reads(&mut |reference| {
            let Some(slot) = reference.variable().filter(|_| reference.steps.is_empty() && found.is_none()) else { return };
            let Some((slot, kept)) = list_of(outcome, recorder, slot) else { return };
            let Some(given) = picked_from(recorder, slot) else { return };
            let of_rows = recorder.walks.values().flatten().any(|walk| {
                rows_walked(walk) == Some(given) && walk.list.origins.iter().any(|origin| origin.is_in("result") || origin.is_in("prev"))
            });
            // A list that kept some is an answer like any other: which rows it lacks may be meant.
            found = (of_rows && kept == 0 && given > 0).then_some(LeftOut { node: *node, slot, given, kept });
        });
        found
    })
}

/// The list that a variable has, or that it has as `items`, with the variable that a loop put them into.
fn list_of(outcome: &Outcome, recorder: &Recorder<'_>, slot: Slot) -> Option<(Slot, usize)> {
    let value = outcome.variable(slot)?;
    if let Some(list) = value.as_list() {
        return Some((slot, list.len()));
    }
    let items = value.as_map()?.get_str("items")?;
    let items = items.as_list()?;
    let holder = recorder.changes.iter().rev().filter_map(|change| change.slot).find(|slot| {
        let same = outcome.variable(*slot).and_then(Value::as_list).is_some_and(|list| list.address() == items.address());
        same && picked_from(recorder, *slot).is_some()
    })?;
    Some((holder, items.len()))
}

/// How many of the data source's items a loop came to.
fn walked_items(recorder: &Recorder<'_>) -> Option<usize> {
    let walks = recorder.walks.values().flatten();
    let of_result = walks.filter(|walk| walk.list.origins.context().is_some_and(|(path, ..)| path == "result.items"));
    of_result.map(|walk| walk.count as usize).max()
}

/// The statements that add to a list.
fn additions(recorder: &Recorder<'_>, list: Slot) -> impl Iterator<Item = NodeId> {
    recorder.index.statements.iter().filter_map(move |(node, statement)| match statement {
        Node::Reference(reference) => added_to(reference, list),
        // `#set($done = $list.add($item))`: what `add` answers is of no use.
        Node::Set(set) => match &set.value.kind {
            ExpressionKind::Reference(reference) => added_to(reference, list).map(|_| *node),
            _ => None,
        },
        _ => None,
    })
}

/// How many items the loop came to that adds to this list under a condition.
fn picked_from(recorder: &Recorder<'_>, list: Slot) -> Option<usize> {
    additions(recorder, list).find_map(|node| {
        let chain = recorder.index.chain(node);
        let picks = chain.iter().any(|part| matches!(part, NodePart::Branch { .. }));
        let each = chain.iter().find_map(NodePart::as_loop)?;
        let walk = recorder.walks.get(&each.node)?.first()?;
        rows_walked(walk).filter(|_| picks)
    })
}

/// The rows that a loop came to, or was meant to come to where it walked the page that they stand in.
fn rows_walked(walk: &Walked) -> Option<usize> {
    if let Some(rows) = page_loop::rows_of(&walk.list.value) {
        return Some(rows.len());
    }
    let rows = walk.list.value.members()?;
    rows.iter().all(|row| row.as_map().is_some()).then_some(walk.count as usize)
}

/// `$list.add(…)`, also inside `$util.qr(…)`.
fn added_to(reference: &Reference, list: Slot) -> Option<NodeId> {
    let mut found = None;
    inside(reference, &mut |inner| {
        let add = inner.ends_in(Method::Add);
        if inner.root == list && add {
            found = Some(reference.node);
        }
    });
    found
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
        let as_far = |item: &&mut Blocker| item.passed >= blocker.passed;
        if let Some(near) = candidate.items.iter_mut().filter(as_far).find(|item| hint::is_near_miss(run, item)) {
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
    let conditions = why.guards.iter().map(|guard| &*guard.condition);
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
