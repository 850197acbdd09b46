//! What the steps of a pipeline beside the deciding one did, where that bears on the decision: allows that are too wide, calls
//! that do not exist, output that AppSync refuses, a filter that was replaced, and what the decision read of what they wrote.

use super::allow::{line, one_line, values};
use super::deciding::passed;
use super::text::show;
use super::whence::{subject, whence};
use super::{Finished, json, quiet};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::nearest::nearest;
use crate::syntax::{NodeId, StepKind};
use crate::trace::candidate::looked_at;
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::Node;
use crate::trace::origin::Origins;
use crate::trace::recorder::Change;
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;

/// What is wider about a step's allow than it seems: it counts whichever step decided last.
const WIDE: [Code; 17] = [
    Code::NullEqualsNull,
    Code::CheckSkipped,
    Code::PlaceholderMatches,
    Code::TextIsTrue,
    Code::ClientDecides,
    Code::OrderOfText,
    Code::DefaultStrategy,
    Code::AnyGroup,
    Code::CallWithoutParentheses,
    Code::NothingChecked,
    Code::ReturnBeforeCheck,
    Code::AdminReturn,
    Code::EveryCaller,
    Code::WholeList,
    Code::NeverSet,
    Code::NullSetKept,
    Code::SubstringMatch,
];

/// What ends a request behind every allow.
const OUTPUT: [Code; 3] = [Code::OutputRefused, Code::SubscriptionFilterRefused, Code::OutputNothing];

/// A filter is looked through so deep.
const DEEP: usize = 8;

/// A pipeline that ran, each step with its reasons.
pub struct Steps<'a> {
    /// In order.
    pub all: Vec<Finished<'a>>,
    /// The deciding one.
    pub at: usize,
    /// The verdict of the pipeline.
    pub verdict: Verdict,
    /// The functions that the steps belong to: equal numbers are the halves of one.
    pub function: Vec<usize>,
}

/// Puts what other steps have to say among the deciding one's hints.
pub fn add(steps: &Steps<'_>, hints: &mut Vec<Finding>) {
    let refused = matches!(steps.verdict, Verdict::Denied | Verdict::Error);
    let mut first = Vec::new();
    if refused {
        if let Some(wrote) = wrote(steps, hints) {
            first.push(wrote);
        }
    } else {
        others(steps, &mut first, hints);
        first.extend(overwritten(steps));
        first.extend(filter_replaced(steps));
    }
    first.retain(|new| !hints.iter().any(|known| known.message == new.message));
    hints.splice(0..0, first);
    if !refused {
        super::order::order(hints);
    }
}

/// What the other steps' own hints have to say of an allow.
fn others(steps: &Steps<'_>, first: &mut Vec<Finding>, hints: &mut Vec<Finding>) {
    let others = steps.all.iter().enumerate().filter(|(at, _)| *at != steps.at);
    for (_, step) in others {
        for hint in &step.why.hints {
            let named = || Finding { message: of_step(step, &hint.message), ..hint.clone() };
            let quiet = quiet::CODES.contains(&hint.code);
            if quiet && !hints.iter().any(|known| known.code == hint.code) {
                hints.push(hint.clone());
            } else if OUTPUT.contains(&hint.code) && !may_be_empty(steps, step, hint.code) {
                first.push(named());
            } else if step.verdict == Verdict::Allowed && (WIDE.contains(&hint.code) || hint.code.is_call()) {
                hints.push(named());
            }
        }
    }
}

/// A before template may print nothing.
fn may_be_empty(steps: &Steps<'_>, step: &Finished<'_>, code: Code) -> bool {
    let first = steps.all.first().is_some_and(|first| std::ptr::eq(first.program, step.program));
    code == Code::OutputNothing && first
}

fn of_step(step: &Finished<'_>, message: &Message) -> Message {
    let mut named = Message::of("In {}:", [Part::Place(step.program.source.name.to_string())]);
    named.and(message.clone());
    named
}

/// Where a change in the context led to: `stash.role`.
fn target(change: &Change) -> Option<String> {
    Some(change.path.as_ref()?.join(change.values.first()?).to_string())
}

fn is_removal(step: &Finished<'_>, change: &Change) -> bool {
    matches!(step.recorder.index.node(change.node), Some(Node::Step { reference, at })
        if matches!(&reference.steps[at].kind, StepKind::Method { name, .. } if name == "remove"))
}

/// The conditions that decided a step, whichever way.
fn conditions(step: &Finished<'_>) -> Vec<Condition> {
    let mut all: Vec<Condition> = step.why.guards.iter().map(|guard| guard.condition.clone()).collect();
    let blockers = step.why.candidates.iter().filter_map(|candidate| candidate.blocker.as_ref());
    all.extend(blockers.map(|blocker| blocker.condition.clone()));
    if !matches!(step.verdict, Verdict::Denied | Verdict::Error) {
        all.extend(passed(step).into_iter().map(|one| one.condition));
    }
    all
}

/// What a refusal read of what a step before had written, or had not.
fn wrote(steps: &Steps<'_>, hints: &mut Vec<Finding>) -> Option<Finding> {
    let deciding = steps.all.get(steps.at)?;
    let all = conditions(deciding);
    let operands: Vec<&Operand> = all.iter().flat_map(looked_at).filter(|operand| !operand.literal).collect();
    for operand in operands {
        let Some((path, ..)) = operand.origins.context() else { continue };
        let root = path.split(['.', '[']).next().unwrap_or(path);
        match root {
            "prev" => {
                if let Some(found) = of_prev(steps, operand, path) {
                    return Some(found);
                }
            }
            "stash" | "args" | "source" => {
                if let Some((step, change)) = writer(steps, path) {
                    return Some(written(steps, step, change, operand, path, hints));
                }
                if let Some(found) = (root == "stash" && operand.value.is_null())
                    .then(|| not_written(steps, path, hints))
                    .flatten()
                {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// The last step before the deciding one that wrote there.
fn writer<'s, 'a>(steps: &'s Steps<'a>, path: &str) -> Option<(&'s Finished<'a>, &'s Change)> {
    steps.all[..steps.at].iter().rev().find_map(|step| {
        let at = |change: &&Change| target(change).as_deref() == Some(path);
        Some((step, step.recorder.changes.iter().rfind(at)?))
    })
}

fn written(
    steps: &Steps<'_>,
    step: &Finished<'_>,
    change: &Change,
    operand: &Operand,
    path: &str,
    hints: &mut Vec<Finding>,
) -> Finding {
    let origins = change.origins.get(1).cloned().unwrap_or_default();
    let from = whence(&origins, &operand.value);
    let why = match (&from.absent, from.words.is_empty()) {
        (Some(absent), _) if !operand.value.is_null() => {
            // What is said of that claim as if it had the value is not so.
            hints.retain(|hint| hint.path.as_deref() != Some(absent.as_str()));
            format!(", the default, because {} is absent", subject(absent))
        }
        (_, false) => format!(", from {}", from.words),
        _ => String::new(),
    };
    let place = path.replace("args.", "arguments.");
    let verb = if is_removal(step, change) { "removed" } else { "put" };
    let mut message = Message::of("{} is {} for {}: {} {} it there on line {}{}.", [
        Part::Place(place),
        Part::Value(show(&operand.value)),
        Part::Place(steps.all[steps.at].program.source.name.to_string()),
        Part::Place(step.program.source.name.to_string()),
        Part::Text(verb.to_owned()),
        Part::Place(line(step, change.node).to_string()),
        Part::Text(why),
    ]);
    for note in calls(step, change) {
        message.and(note);
    }
    Finding::new(Code::StepWrote, message).at(path).actual(json(&operand.value))
}

/// The calls in a statement that AppSync does not have.
fn calls(step: &Finished<'_>, change: &Change) -> Vec<String> {
    let own = step.program.span(change.node);
    let line = step.program.source.place(own.start).line;
    let of = |node: NodeId| step.program.source.place(step.program.span(node).start).line == line;
    let notes = step.outcome.notes.iter().filter(|note| note.code.is_call() && note.node.is_some_and(of));
    let sentence = |words: &str| {
        let words = words.trim_end_matches('.');
        format!("There {words}: that made it null.")
    };
    notes.map(|note| sentence(&note.message)).collect()
}

/// Nobody wrote there: a step would have, under another condition or another name.
fn not_written(steps: &Steps<'_>, path: &str, hints: &mut [Finding]) -> Option<Finding> {
    let key = path.strip_prefix("stash.")?;
    let deciding = &steps.all[steps.at];
    for step in steps.all[..steps.at].iter().rev() {
        let puts = step.recorder.index.statements.iter().filter(|(node, statement)| {
            puts_key(statement, key) && step.recorder.reached.began(*node) == 0
        });
        if let Some((node, _)) = puts.into_iter().next() {
            let why = not_reached(step, *node)?;
            let message = Message::of("{} is absent for {}: {} puts it on line {} only, and {}.", [
                Part::Place(path.to_owned()),
                Part::Place(deciding.program.source.name.to_string()),
                Part::Place(step.program.source.name.to_string()),
                Part::Place(line(step, *node).to_string()),
                Part::Text(why),
            ]);
            return Some(Finding::new(Code::StepWrote, message).at(path));
        }
    }
    let mut written: Vec<(&Finished<'_>, &Change, String)> = Vec::new();
    for step in &steps.all[..steps.at] {
        for change in step.recorder.changes.iter().filter(|change| change.path.as_deref() == Some("stash")) {
            if let Some(name) = change.values.first().and_then(Value::as_str) {
                written.push((step, change, name.to_owned()));
            }
        }
    }
    let letters = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    let alike = |name: &str| letters(name).contains(&letters(key)) || letters(key).contains(&letters(name));
    let near = nearest(key, written.iter().map(|(.., name)| name.as_str())).map(str::to_owned);
    let (step, change, name) =
        written.iter().rfind(|(.., name)| Some(name) == near.as_ref() || alike(name))?;
    let words = Message::of("{} put {} = {} into the stash on line {}: use one name.", [
        Part::Place(step.program.source.name.to_string()),
        Part::Name(name.clone()),
        Part::Value(change.values.get(1).map_or(String::new(), show)),
        Part::Place(line(step, change.node).to_string()),
    ]);
    if let Some(own) = hints.iter_mut().find(|hint| hint.code == Code::StashLacks && hint.path.as_deref() == Some(path)) {
        own.message.and(words);
        return None;
    }
    let mut message = Message::of("{} is absent, no step puts it.", [Part::Place(path.to_owned())]);
    message.and(words);
    Some(Finding::new(Code::StepWrote, message).at(path))
}

/// Whether a statement puts this key into the stash.
fn puts_key(statement: &Node<'_>, key: &str) -> bool {
    let mut found = false;
    if let Node::Set(set) = statement {
        found = crate::trace::stash::stash_key(&set.target) == Some(key);
    }
    statement.reads(&mut |reference| found |= crate::trace::stash::stash_put(reference) == Some(key));
    found
}

/// Why a statement did not run: a condition around it, or a `#return` before it.
fn not_reached(step: &Finished<'_>, node: NodeId) -> Option<String> {
    if let (DecisionKind::Return, Some(end)) = (step.decision.kind, step.decision.node)
        && step.program.span(end).start < step.program.span(node).start
    {
        return Some(format!("the template was left before by `#return` on line {}", line(step, end)));
    }
    let guard = guards(step.recorder, node, false).into_iter().find(|guard| !guard.value)?;
    let values = values(step, &guard.condition);
    let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
    let text = one_line(step.text(&guard.condition));
    Some(format!("`{text}` (line {}) did not hold{values}", line(step, guard.node)))
}

/// What the function before gave.
fn of_prev(steps: &Steps<'_>, operand: &Operand, path: &str) -> Option<Finding> {
    let own = *steps.function.get(steps.at)?;
    let before = (0..steps.at).rev().find(|at| steps.function[*at] != own)?;
    let first = (0..=before).find(|at| steps.function[*at] == steps.function[before])?;
    let step = &steps.all[first];
    let message = Message::of("{} is {}: that is what the function before gave, {} with the output {}.", [
        Part::Place(path.to_owned()),
        Part::Value(show(&operand.value)),
        Part::Place(step.program.source.name.to_string()),
        Part::Value(one_line(&step.outcome.output).chars().take(160).collect()),
    ]);
    Some(Finding::new(Code::StepWrote, message).at(path).actual(json(&operand.value)))
}

/// An allow that compared what a step before had written over the client's own value.
fn overwritten(steps: &Steps<'_>) -> Option<Finding> {
    for (at, step) in steps.all.iter().enumerate().filter(|(_, step)| step.verdict == Verdict::Allowed) {
        let all = conditions(step);
        for operand in all.iter().flat_map(looked_at) {
            let Some((path, ..)) = operand.origins.context() else { continue };
            if !["args.", "source."].iter().any(|root| path.starts_with(root)) {
                continue;
            }
            let writer = steps.all[..at].iter().rev().find_map(|other| {
                let of = |change: &&Change| target(change).as_deref() == Some(path);
                Some((other, other.recorder.changes.iter().rfind(of)?))
            });
            let Some((other, change)) = writer else { continue };
            let Some(old) = change.old.as_ref().filter(|old| !old.loosely_equals(&operand.value)) else { continue };
            let from = whence(change.origins.get(1).unwrap_or(&Origins::default()), &operand.value);
            let from = if from.words.is_empty() { String::new() } else { format!(" ({})", from.words) };
            let message = Message::of(
                "Wider than it looks: {} replaced {} = {} by {}{} on line {}, before {} compared it (line {}). It compares what a template wrote and can hardly refuse: compare the stored row, or what the client sent before it is changed.",
                [
                    Part::Place(other.program.source.name.to_string()),
                    Part::Place(path.replace("args.", "arguments.")),
                    Part::Value(show(old)),
                    Part::Value(show(&operand.value)),
                    Part::Text(from),
                    Part::Place(line(other, change.node).to_string()),
                    Part::Place(step.program.source.name.to_string()),
                    Part::Place(step.program.source.place(operand.span.start).line.to_string()),
                ],
            );
            let finding = Finding::new(Code::WrittenBeforeCheck, message).at(path);
            return Some(finding.actual(json(old)).wanted(json(&operand.value)));
        }
    }
    None
}

/// A filter in the stash that another step's took the place of.
fn filter_replaced(steps: &Steps<'_>) -> Option<Finding> {
    let changes = steps.all.iter().flat_map(|step| {
        let of = |change: &&Change| target(change).as_deref() == Some("stash.authFilter");
        step.recorder.changes.iter().filter(of).map(move |change| (step, change))
    });
    let changes: Vec<_> = changes.collect();
    let value = |step: &Finished<'_>, change: &Change| match is_removal(step, change) {
        true => Value::Null,
        false => change.values.get(1).cloned().unwrap_or_default(),
    };
    let differs = |pair: &&[(&Finished<'_>, &Change)]| {
        let [(first, was), (second, is)] = pair else { return false };
        let (was, is) = (value(first, was), value(second, is));
        !std::ptr::eq(first.program, second.program) && !was.is_null() && !holds(&is, &was, 0)
    };
    let [(first, was), (second, is)] = changes.windows(2).rfind(differs)? else { return None };
    let (old, new) = (value(first, was), value(second, is));
    let message = Message::of(
        "The filter that {} put into stash.authFilter (line {}), {}, was replaced by {} on line {} with {}: rows that the first one would have left out come back. Join the two with `and`.",
        [
            Part::Place(first.program.source.name.to_string()),
            Part::Place(line(first, was.node).to_string()),
            Part::Value(show(&old)),
            Part::Place(second.program.source.name.to_string()),
            Part::Place(line(second, is.node).to_string()),
            Part::Value(if new.is_null() { "nothing".to_owned() } else { show(&new) }),
        ],
    );
    Some(Finding::new(Code::FilterLost, message).at("stash.authFilter").actual(json(&new)).wanted(json(&old)))
}

/// Whether a filter has another one in it, as one that was joined with it does.
fn holds(filter: &Value, part: &Value, depth: usize) -> bool {
    let inner = |values: Vec<Value>| depth < DEEP && values.iter().any(|value| holds(value, part, depth + 1));
    filter.loosely_equals(part)
        || match filter {
            Value::Map(map) => inner(map.values()),
            Value::List(list) => inner(list.snapshot()),
            _ => false,
        }
}
