//! What a refusal read of what a step before it had written, or had not.

use super::{Steps, Wrote, answered, client, conditions, earlier, encloses, is_removal, order, target};
use crate::explain::hint::allow::line;
use crate::explain::hint::decided::{because, written as written_because};
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{subject, whence};
use crate::explain::hint::{Finished, json};
use crate::code::Code;
use crate::eval::Note;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::nearest::{letters, nearest};
use crate::resolver::Half;
use crate::source::Span;
use crate::syntax::{Expression, NodeId, StepKind};
use crate::trace::candidate::looked_at;
use crate::trace::condition::Operand;
use crate::trace::index::Node;
use crate::trace::recorder::Change;
use crate::trace::DecisionKind;
use crate::trace::stash::stash_key;
use crate::value::Value;

/// What a refusal read of what a step before had written, or had not.
pub(super) fn wrote(steps: &Steps<'_>, hints: &mut Vec<Finding>) -> Option<Finding> {
    let deciding = steps.all.get(steps.at)?;
    let all = conditions(deciding);
    let decisive = decisive(deciding);
    let operands = || all.iter().flat_map(|condition| looked_at(condition));
    // A term that had no part in it says nothing of the decision.
    let of_decision = |operand: &&Operand| decisive.is_empty() || decisive.contains(&operand.span);
    let operands: Vec<&Operand> = operands().filter(|operand| !operand.literal).filter(of_decision).collect();
    for operand in operands {
        let Some((path, ..)) = operand.origins.context() else { continue };
        read_by_step(steps, operand, path, hints);
        let root = path.split(['.', '[']).next().unwrap_or(path);
        match root {
            "prev" => {
                if let Some(found) = answered::of_prev(steps, operand, path, hints) {
                    return Some(found);
                }
            }
            "result" if steps.half.get(steps.at) == Some(&Half::After) => {
                if let Some(found) = answered::of_after(steps, operand, path, hints) {
                    return Some(found);
                }
            }
            "result" if steps.half.get(steps.at) == Some(&Half::Response) => {
                if let Some(found) = answered::by_null_key(steps, operand, path, hints).or_else(|| answered::by_lambda(steps, operand, path)) {
                    return Some(found);
                }
            }
            "stash" | "args" | "source" => {
                if let Some(wrote) = writer(steps, path) {
                    if let Some(found) = text_put(steps, &wrote, operand, hints) {
                        return found;
                    }
                    return Some(written(steps, &wrote, operand, hints));
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

/// Where the terms look that made the conditions of a step what they were.
fn decisive(step: &Finished<'_>) -> Vec<Span> {
    let mut leaves = Vec::new();
    step.why.guards.iter().for_each(|guard| guard.condition.decisive(guard.value, &mut leaves));
    let blockers = step.why.candidates.iter().filter_map(|candidate| candidate.blocker.as_ref());
    blockers.for_each(|blocker| blocker.condition.decisive(!blocker.wanted, &mut leaves));
    leaves.into_iter().flat_map(|leaf| &leaf.operands).map(|operand| operand.span).collect()
}

/// A row that a step before kept in the stash: which one, and where.
fn read_by_step(steps: &Steps<'_>, operand: &Operand, path: &str, hints: &mut [Finding]) {
    let Some(deciding) = steps.all.get(steps.at).filter(|_| path.starts_with("result.")) else { return };
    let reference = deciding.recorder.index.references.iter().find(|reference| deciding.program.span(reference.node) == operand.span);
    let Some(place) = reference.and_then(|reference| stash_key(reference)).map(|key| format!("stash.{key}")) else { return };
    let (Some(wrote), Some(first)) = (writer(steps, &place), hints.first_mut()) else { return };
    let words = Message::of("{} is what {} put there on line {}: the answer of its own data source.", [
        Part::Place(place.clone()),
        Part::Place(wrote.step.program.source.name.to_string()),
        Part::Place(line(wrote.step, wrote.change.node).to_string()),
    ]);
    first.message = first.message.cause().with(words).cured(first.message.cure());
}

/// Says of an allow that rests on what an earlier step put into the stash who put it there.
pub(super) fn by_whom(steps: &Steps<'_>, hints: &mut [Finding]) {
    // What another step's hints say is of what that one read.
    let others: Vec<Message> = steps.all.iter().enumerate().filter(|(at, _)| *at != steps.at).flat_map(|(_, step)| step.why.hints.iter().map(|hint| super::of_step(step, &hint.message))).collect();
    let own = |hint: &Finding| !others.contains(&hint.message);
    for hint in hints.iter_mut().filter(|hint| super::WIDE.contains(&hint.code) && own(hint)) {
        let Some(path) = hint.path.clone().filter(|path| path.starts_with("stash.")) else { continue };
        let Some(wrote) = writer(steps, &path) else { continue };
        let value = wrote.change.values.get(1).map(|value| format!(" {}", show(value))).unwrap_or_default();
        let words = Message::of("{} put{} there on line {}.", [
            Part::Place(wrote.step.program.source.name.to_string()),
            Part::Value(value),
            Part::Place(line(wrote.step, wrote.change.node).to_string()),
        ]);
        hint.message = hint.message.cause().with(words).cured(hint.message.cure());
    }
}

/// With who put into the stash what a step's output read there under nearly the same name.
pub(super) fn with_writer_of_near(steps: &Steps<'_>, step: &Finished<'_>, message: Message) -> Message {
    let Some(place) = super::super::output::read_in_vain(step).map(|near| format!("stash.{near}")) else { return message };
    let at = steps.all.iter().position(|one| std::ptr::eq(one.program, step.program)).unwrap_or_default();
    let Some(wrote) = writer_before(steps, at, &place) else { return message };
    let words = Message::of("{} put it there on line {}.", [
        Part::Place(wrote.step.program.source.name.to_string()),
        Part::Place(line(wrote.step, wrote.change.node).to_string()),
    ]);
    message.cause().with(words).cured(message.cure())
}

/// The last step before the deciding one that wrote there, or wrote what it stands in.
fn writer<'s, 'a>(steps: &'s Steps<'a>, path: &'s str) -> Option<Wrote<'s, 'a>> {
    writer_before(steps, steps.at, path)
}

/// The same before any step.
fn writer_before<'s, 'a>(steps: &'s Steps<'a>, at: usize, path: &'s str) -> Option<Wrote<'s, 'a>> {
    steps.all[..at].iter().rev().find_map(|step| {
        let around = |change: &&Change| target(change).is_some_and(|place| encloses(&place, path));
        let change = step.recorder.changes.iter().rfind(around)?;
        Some(Wrote { step, change, place: target(change)?, read: path })
    })
}

/// A text was put there, and a member of it is read, which a text has not: its own hint says so, and this who put it there.
fn text_put(steps: &Steps<'_>, wrote: &Wrote<'_, '_>, operand: &Operand, hints: &mut [Finding]) -> Option<Option<Finding>> {
    let text = wrote.change.values.get(1).filter(|value| operand.value.is_null() && value.as_str().is_some())?;
    let said = Message::of("{} put that text there on line {}, for {} to read.", [
        Part::Place(wrote.step.program.source.name.to_string()),
        Part::Place(line(wrote.step, wrote.change.node).to_string()),
        Part::Place(steps.all[steps.at].program.source.name.to_string()),
    ]);
    match hints.iter_mut().find(|hint| hint.code == Code::MemberOfText && hint.actual == json(text)) {
        Some(own) => {
            own.message = own.message.cause().with(said).cured(own.message.cure());
            Some(None)
        }
        None => None,
    }
}

fn written(steps: &Steps<'_>, wrote: &Wrote<'_, '_>, operand: &Operand, hints: &mut Vec<Finding>) -> Finding {
    let Wrote { step, change, place, read } = wrote;
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
    let verb = if is_removal(step, change) { "removed" } else { "put" };
    let it = if place == read { "it".to_owned() } else { place.replace("args.", "arguments.") };
    let mut message = Message::of("{} is {} for {}: {} {} {} there on line {}{}.", [
        Part::Place(read.replace("args.", "arguments.")),
        Part::Value(show(&operand.value)),
        Part::Place(steps.all[steps.at].program.source.name.to_string()),
        Part::Place(step.program.source.name.to_string()),
        Part::Text(verb.to_owned()),
        Part::Place(it),
        Part::Place(line(step, change.node).to_string()),
        Part::Text(why),
    ]);
    if let Some(value) = value_of(step, change) {
        let made = change.values.get(1).unwrap_or(&operand.value);
        if let Some(words) = written_because(step, value, made) {
            message.and(format!("There {words}."));
        }
    }
    for note in calls(step, change) {
        message.and(note);
    }
    let replaced = earlier::over_another(steps, wrote, operand);
    if place != read && !replaced.is_empty() {
        // To write another's name on that row, or to be that one, is no cure.
        hints.retain(|hint| hint.code != Code::RefusedByTemplate);
    }
    message.and(replaced);
    if from.client {
        message.and(client::sent(hints, operand));
    }
    Finding::new(Code::StepWrote, message).at(*read).actual(json(&operand.value))
}

/// The expression that was written.
fn value_of<'p>(step: &Finished<'p>, change: &Change) -> Option<&'p Expression> {
    match step.recorder.index.node(change.node)? {
        Node::Set(set) => Some(&set.value),
        Node::Step { reference, at } => match &reference.steps.get(at)?.kind {
            StepKind::Method { args, .. } => args.get(1),
            _ => None,
        },
        _ => None,
    }
}

/// The calls in a statement that AppSync does not have.
fn calls(step: &Finished<'_>, change: &Change) -> Vec<Message> {
    let own = step.program.span(change.node);
    let line = step.program.source.place(own.start).line;
    let of = |node: NodeId| step.program.line(node) == line;
    let notes = step.outcome.notes.iter().filter(|note| note.code.is_call() && note.node.is_some_and(of));
    let sentence = |note: &Note| {
        let mut words = Message::joined("There {}: that made it null.", [note.message.clone()]);
        words.and(note.node.and_then(|node| super::super::call::meant_by(step, node)).unwrap_or_default());
        words
    };
    notes.map(sentence).collect()
}

/// Nobody wrote there: a step would have, under another condition or another name.
fn not_written(steps: &Steps<'_>, path: &str, hints: &mut Vec<Finding>) -> Option<Finding> {
    let key = path.strip_prefix("stash.")?;
    let deciding = &steps.all[steps.at];
    if let Some(found) = order::put_later(steps, key, hints) {
        return Some(found);
    }
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
    let alike = |name: &str| letters(name).contains(&letters(key)) || letters(key).contains(&letters(name));
    let near = nearest(key, written.iter().map(|(.., name)| name.as_str())).map(str::to_owned);
    let (step, change, name) =
        written.iter().rfind(|(.., name)| Some(name) == near.as_ref() || alike(name))?;
    let words = Message::of("{} put {} = {} into the stash on line {}: » use one name.", [
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
        found = stash_key(&set.target) == Some(key);
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
    Some(because(step, &guard.condition, false, 2, &mut Vec::new()))
}
