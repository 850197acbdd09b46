//! Flags that a loop sets back: a later turn, or the next rule in the same turn.

use super::Finished;
use super::allow::{in_turn, line, values};
use super::effects::{conditions, looked};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::Verdict;
use crate::syntax::{ExpressionKind as Kind, Set, Slot};
use crate::trace::index::{Node, NodePart, references};
use crate::trace::condition::Operand;
use crate::trace::judging::judged;
use crate::trace::origin::Origin;
use crate::trace::recorder::Change;
use crate::value::Value;
use std::rc::Rc;

/// The flags that a condition found false and that were true once: what made each so, and what was put there last.
fn were_true<'r>(run: &'r Finished<'_>) -> Vec<(Slot, &'r Change, &'r Change)> {
    let conditions = conditions(run);
    let flags = looked(&conditions).into_iter().filter_map(|operand| operand.slot.filter(|_| !operand.value.is_true()));
    let both = flags.filter_map(|slot| {
        let of = |change: &&Change| change.slot == Some(slot) && change.path.is_none() && change.container.is_none();
        let all = || run.recorder.changes.iter().filter(of);
        Some((slot, all().rfind(|change| is_true(change))?, all().next_back()?))
    });
    both.collect()
}

fn is_true(change: &Change) -> bool {
    change.values.first().is_some_and(Value::is_true)
}

/// A flag was set, and a later turn of the loop set it back.
pub fn in_loop(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    for (slot, set, last) in were_true(run) {
        if set.turns.is_empty() || last.turns.is_empty() || is_true(last) || set.turns == last.turns {
            continue;
        }
        let turn = |change: &Change| in_turn(run, change);
        found.push(
            Finding::new(
                Code::ResetInLoop,
                Message::of(
                    "${} was true: line {} set it in turn {} of the loop ({}), and line {} set it back to false in turn {}{}, so only the last turn counts. » Put that `#set` before the outer `#foreach` (or remove its `#else`), or leave the loop with `#break` after the match: the caller has what was asked for.",
                    [
                        Part::Name(run.program.name(slot).to_string()),
                        Part::Place(line(run, set.node).to_string()),
                        Part::Text(set.turns.last().map_or(0, |turn| turn + 1).to_string()),
                        Part::Text(turn(set).unwrap_or_default().to_string()),
                        Part::Place(line(run, last.node).to_string()),
                        Part::Text(last.turns.last().map_or(0, |turn| turn + 1).to_string()),
                        Part::Text(turn(last).map_or_else(String::new, |words| format!(" ({words})"))),
                    ],
                ),
            )
            .at(format!("${}", run.program.name(slot))),
        );
        return;
    }
}

/// A rule had granted, and the next one wrote its own answer over it: of several rules only the last counts.
pub fn by_next_rule(run: &Finished<'_>, found: &mut Vec<Finding>) {
    // Where a misspelt `#else` made one rule of two branches, that is the cause.
    if run.verdict != Verdict::Denied || run.why.revoked.is_some() || found.iter().any(super::misspelt::is_otherwise) {
        return;
    }
    for (slot, granted, last) in were_true(run) {
        let Some((Node::Set(granting), Node::Set(set))) = run.recorder.index.node(granted.node).zip(run.recorder.index.node(last.node)) else { continue };
        // What asks for the flag itself narrows it.
        let mut narrows = false;
        references(&set.value, &mut |reference| narrows |= reference.root == slot);
        // A literal false takes a right back, and is meant; a loop's turns are told by themselves. What was true of itself granted nobody.
        let otherwise = in_else(run, last);
        let rule = !narrows && (!matches!(set.value.kind, Kind::Boolean(_)) || otherwise.is_some()) && last.turns.is_empty() && granted.node != last.node;
        let why = reasons(run, granting);
        if !rule || is_true(last) || why.is_empty() {
            continue;
        }
        let name = run.program.name(slot).to_owned();
        if let Some(asked) = otherwise {
            found.push(put_back(run, &name, (granted, &why), (last, &asked)));
            return;
        }
        let code = run.program.one_line(set.value.node);
        let is = values(run, &judged(&run.recorder.values, &set.value));
        let message = Message::of(
            "${} was true: line {} had set it ({}). Line {} wrote the answer of the next rule over it, {}, which did not hold ({}), so of several rules only the last counts. » If one of them is meant to be enough, join them: {}.",
            [
                Part::Name(name.clone()),
                Part::Place(line(run, granted.node).to_string()),
                Part::Value(why),
                Part::Place(line(run, last.node).to_string()),
                Part::Code(format!("`{code}`")),
                Part::Value(is.join(", ")),
                Part::Code(format!("`#set(${name} = ${name} || {code})`")),
            ],
        );
        found.push(Finding::new(Code::AuthorizationRevoked, message).at(format!("${name}")));
        return;
    }
}

/// The test whose `#else` a flag was set in, with its values: a test of its own, and not of the flag.
fn in_else(run: &Finished<'_>, change: &Change) -> Option<String> {
    let chain = run.recorder.index.chain(change.node);
    let Some(NodePart::Else { parts, .. }) = chain.last() else { return None };
    let [branch] = parts.branches.as_slice() else { return None };
    let judged = run.recorder.branches.get(&branch.node)?.last()?;
    let sets = |slot: Option<Slot>| judged.condition.operands.iter().any(|operand| operand.slot == slot && slot.is_some());
    (!sets(change.slot)).then(|| format!("{} did not hold: {}", super::allow::condition(run, &judged.condition), values(run, &judged.condition).join(", ")))
}

/// The `#else` of a later rule put a flag back that an earlier one had set.
fn put_back(run: &Finished<'_>, name: &str, (granted, why): (&Change, &str), (last, asked): (&Change, &str)) -> Finding {
    let message = Message::of(
        "${} was true: line {} had set it ({}). The `#else` on line {} set it back to false, because {}, so of several rules only the last counts. » Take that `#else` out: the `#set` at the beginning is enough.",
        [
            Part::Name(name.to_owned()),
            Part::Place(line(run, granted.node).to_string()),
            Part::Value(why.to_owned()),
            Part::Place(line(run, last.node).to_string()),
            Part::Value(asked.to_owned()),
        ],
    );
    Finding::new(Code::AuthorizationRevoked, message).at(format!("${name}"))
}

/// The values for which a rule granted: of the condition around its `#set`, or of what that compares.
fn reasons(run: &Finished<'_>, set: &Set) -> String {
    let around = guards(run.recorder, set.node, false).into_iter().next().map(|guard| guard.condition);
    let own = (!matches!(set.value.kind, Kind::Boolean(_))).then(|| Rc::new(judged(&run.recorder.values, &set.value)));
    // Which mode a caller came by grants nothing by itself.
    let of_mode = |operand: &&Operand| operand.literal || operand.origins.iter().any(|origin| matches!(origin, Origin::AuthType(_)));
    let rule = own.or(around).filter(|condition| !looked(std::slice::from_ref(condition)).iter().all(of_mode));
    rule.map_or_else(String::new, |condition| values(run, &condition).join(", "))
}

/// A row that one rule had let through was taken back before the next rule looked at it: of several rules only the last counts.
pub fn between_rules(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.why.left_out.is_none() || matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    let truth = |change: &Change| change.values.first().is_some_and(Value::is_true);
    let plain = |change: &&Change| change.slot.is_some() && change.path.is_none() && change.container.is_none();
    let all: Vec<&Change> = run.recorder.changes.iter().filter(plain).collect();
    for (at, set) in all.iter().enumerate().filter(|(_, change)| truth(change) && !change.turns.is_empty()) {
        // Later in the same turn of the outer loop, under no condition.
        let later = || all[at + 1..].iter().filter(|change| change.slot == set.slot && change.turns.first() == set.turns.first());
        let back = later().find(|change| !truth(change) && change.turns.len() == 1 && run.program.span(change.node).start > run.program.span(set.node).start);
        let (Some(back), false) = (back, later().any(|change| truth(change) && run.program.span(change.node).start > run.program.span(set.node).end)) else { continue };
        let Some(slot) = set.slot else { continue };
        let why = guards(run.recorder, set.node, false).into_iter().next().map_or_else(String::new, |guard| format!(" ({})", values(run, &guard.condition).join(", ")));
        let message = Message::of(
            "items[{}] was let through: line {} set ${} to true{}. Line {} sets it back to false in the same turn, before the next rule looks, and that one does not fit, so of several rules only the last counts, where one should be enough. » Take the `#set` on line {} out: the one at the beginning of the loop is enough (templates that Amplify generates today have it no more).",
            [
                Part::Place(set.turns.first().copied().unwrap_or_default().to_string()),
                Part::Place(line(run, set.node).to_string()),
                Part::Name(run.program.name(slot).to_owned()),
                Part::Value(why),
                Part::Place(line(run, back.node).to_string()),
                Part::Place(line(run, back.node).to_string()),
            ],
        );
        found.push(Finding::new(Code::ResetInLoop, message).at(format!("${}", run.program.name(slot))));
        return;
    }
}
