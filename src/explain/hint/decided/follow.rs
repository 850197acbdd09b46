//! What made a variable what it is: the statement that set it, what that was computed of, and the statements that would have
//! set it otherwise and did not run.

use super::super::Finished;
use super::super::allow::{line, one_line, skipped};
use crate::explain::flags;
use super::super::text::show;
use super::because;
use crate::explain::why::guards;
use crate::nearest::near_key;
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Reference, Slot, StepKind};
use crate::trace::candidate::{Blocker, Candidate};
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::{Node, NodePart, inside};
use crate::trace::judging::{judged, operand};
use crate::trace::recorder::{Change, JudgedBranch};
use crate::trace::sites::{adds, is_condition};
use crate::value::method::Method;
use crate::value::Value;

/// Keys of a map that are shown.
const KEYS: usize = 6;

/// What made this variable, or member of one, what it is; `None` where its place in the context says it.
pub fn variable(run: &Finished<'_>, operand: &Operand, depth: usize, seen: &mut Vec<Condition>) -> Option<String> {
    let slot = operand.slot?;
    let text = one_line(run.program.source.slice(operand.span));
    let name = run.program.name(slot);
    let plain = text.trim_start_matches(['$', '!', '{']).trim_end_matches('}') == name;
    if let Some((_, from, false)) = operand.origins.context()
        && (from.loosely_equals(&operand.value) || operand.value.members().is_some())
        && !matches!(operand.value, Value::Boolean(_))
    {
        return None;
    }
    if !plain {
        return member(run, slot, &text, depth, seen);
    }
    // A text or a number that stands for no is true to Velocity.
    let granted = operand.value.is_true() && operand.value.members().is_none_or(|list| !list.is_empty());
    let blocked = if granted && !matches!(operand.value, Value::String(_) | Value::Number(_)) {
        None
    } else {
        stopped(run, slot, &text, operand, depth, seen)
    };
    blocked.or_else(|| flagged(run, &text, operand, depth, seen)).or_else(|| set(run, slot, &text, operand, depth, seen))
}

/// Why a value that a template wrote for a later one is what it is: the terms it was made of, or those that stopped the `#set`s
/// that would have made it true.
pub fn written(run: &Finished<'_>, value: &Expression, is: &Value) -> Option<String> {
    let mut seen = Vec::new();
    let Kind::Reference(reference) = &value.kind else { return made(run, value, is, super::DEPTH, &mut seen) };
    let Some(slot) = reference.variable().filter(|_| reference.steps.is_empty()) else { return made(run, value, is, super::DEPTH, &mut seen) };
    if !is.is_true() {
        let missed = run.recorder.index.sets_of(slot).filter(|set| run.recorder.reached.began(set.node) == 0);
        let reasons: Vec<String> = missed.take(2).filter_map(|set| {
            let guard = guards(run.recorder, set.node, false).into_iter().find(|guard| !guard.value)?;
            let why = because(run, &guard.condition, false, super::DEPTH, &mut seen);
            Some(format!("`{}` (line {}) did not run: {why}", run.program.one_line(set.node), line(run, set.node)))
        }).collect();
        if !reasons.is_empty() {
            return Some(reasons.join(", and "));
        }
    }
    let plain = |change: &&Change| change.slot == Some(slot) && change.path.is_none() && change.container.is_none();
    let node = run.recorder.changes.iter().rfind(plain)?.node;
    let Node::Set(set) = run.recorder.index.node(node)? else { return None };
    made(run, &set.value, is, super::DEPTH, &mut seen).map(|words| format!("line {} made it so: {words}", line(run, node)))
}

/// The statements that would have set the variable, or added to it, and what stopped the nearest.
fn stopped(run: &Finished<'_>, slot: Slot, text: &str, operand: &Operand, depth: usize, seen: &mut Vec<Condition>) -> Option<String> {
    let mut reasons = Vec::new();
    let fills = run.why.candidates.iter().filter(|candidate| fills(run, candidate.node) == Some(slot));
    for candidate in fills {
        let Some(blocker) = &candidate.blocker else { continue };
        if reasons.len() < 2 {
            reasons.push(one(run, candidate, blocker, depth, seen));
        }
    }
    let is = if operand.value.is_null() { "has no value".to_owned() } else { format!("is still {}", show(&operand.value)) };
    (!reasons.is_empty()).then(|| format!("{text} {is}, because {}", reasons.join(", and ")))
}

fn one(run: &Finished<'_>, candidate: &Candidate, blocker: &Blocker, depth: usize, seen: &mut Vec<Condition>) -> String {
    let at = line(run, candidate.node);
    let statement = run.program.one_line(candidate.node);
    let why = if blocker.empty_loop {
        let list = blocker.condition.operands.first().map_or_else(String::new, |list| format!(" ({})", super::operand_value(run, list)));
        format!("the loop over `{}` (line {}) made no turn{list}", one_line(run.text(&blocker.condition)), line(run, blocker.node))
    } else {
        let item = item(run, candidate, blocker);
        format!("{}{}{item}", because(run, &blocker.condition, !blocker.wanted, depth, seen), behind(run, blocker))
    };
    if blocker.node == candidate.node {
        return format!("line {at} made it so: {why}");
    }
    format!("`{statement}` (line {at}) did not run: {why}")
}

/// The terms behind the one that blocked, in the same condition: nobody came to them.
fn behind(run: &Finished<'_>, blocker: &Blocker) -> String {
    let of_turn = |record: &&JudgedBranch| blocker.turns.starts_with(&record.turns);
    let record = run.recorder.branches.get(&blocker.node).and_then(|records| records.iter().rfind(of_turn));
    let whole = record.map(|record| &record.condition).filter(|whole| whole.node != blocker.condition.node);
    whole.and_then(|whole| skipped(run, whole)).map_or_else(String::new, |words| format!(" ({words})"))
}

/// Which item of a loop came nearest.
fn item(run: &Finished<'_>, candidate: &Candidate, blocker: &Blocker) -> String {
    let chain = run.recorder.index.chain(candidate.node);
    let Some(each) = chain.iter().rev().find_map(NodePart::as_loop) else { return String::new() };
    let Some(turn) = blocker.turns.last() else { return String::new() };
    let list = one_line(run.program.text(each.list.node));
    match candidate.items.len() {
        0 => format!(" (for the only item of {list})"),
        others => format!(" (for item {turn} of {list}, counted from 0, which came nearest of {})", others + 1),
    }
}

/// The variable that a statement sets or adds to.
fn fills(run: &Finished<'_>, node: NodeId) -> Option<Slot> {
    match run.recorder.index.node(node)? {
        Node::Set(set) => set.target.variable(),
        Node::Reference(reference) => {
            let mut found = None;
            inside(reference, &mut |inner| {
                if adds(inner) {
                    found = found.or(inner.variable());
                }
            });
            found
        }
        _ => None,
    }
}

/// A flag that a condition set.
fn flagged(run: &Finished<'_>, text: &str, operand: &Operand, depth: usize, seen: &mut Vec<Condition>) -> Option<String> {
    let setting = flags::setting(run.recorder, operand, true)?;
    let mut why = because(run, &setting.record.condition, setting.record.taken, depth, seen);
    let mut leaves = Vec::new();
    setting.record.condition.leaves(&mut leaves);
    for operand in leaves.into_iter().flat_map(|leaf| &leaf.operands) {
        if let Some(missed) = flags::missed(run.recorder, operand, &setting.record.turns).first() {
            why.push_str(&format!("; in that turn {}", because(run, &missed.condition, false, 0, seen)));
        }
    }
    Some(format!("line {} set {text} to {}, because {why}", line(run, setting.change.node), show(&operand.value)))
}

/// The `#set` that gave the variable its value.
fn set(run: &Finished<'_>, slot: Slot, text: &str, operand: &Operand, depth: usize, seen: &mut Vec<Condition>) -> Option<String> {
    let plain = |change: &&Change| change.slot == Some(slot) && change.path.is_none() && change.container.is_none();
    let change = run.recorder.changes.iter().rfind(plain);
    let node = match change {
        Some(change) => change.node,
        // Null at the right side: nothing was set.
        None => run.recorder.kept.iter().rfind(|kept| kept.slot == slot)?.node,
    };
    let Node::Set(set) = run.recorder.index.node(node)? else { return None };
    let at = line(run, node);
    if matches!(set.value.kind, Kind::Arithmetic(..)) {
        return counted(run, slot, text, node, depth, seen);
    }
    made(run, &set.value, &operand.value, depth, seen).map(|words| format!("{text} was set on line {at}: {words}")).or_else(|| {
        let words = one_line(run.program.text(node));
        (!matches!(set.value.kind, Kind::Boolean(_) | Kind::Number(_))).then(|| format!("{text} is what line {at} made it (`{words}`)"))
    })
}

/// What an expression's value rests on.
fn made(run: &Finished<'_>, value: &Expression, is: &Value, depth: usize, seen: &mut Vec<Condition>) -> Option<String> {
    if is_condition(value) {
        return Some(because(run, &judged(&run.recorder.values, value), is.is_true(), depth, seen));
    }
    let Kind::Reference(reference) = &value.kind else { return None };
    if let Some(words) = lookup(run, reference, is) {
        return Some(words);
    }
    matches!(is, Value::Boolean(_)).then(|| because(run, &judged(&run.recorder.values, value), is.is_true(), depth, seen))
}

/// `$map.get($key)`, `$map[$key]`: which key was looked up, and whether the map has it.
fn lookup(run: &Finished<'_>, reference: &Reference, is: &Value) -> Option<String> {
    let key = match &reference.steps.last()?.kind {
        StepKind::Method { method: Some(Method::Get), args, .. } => args.first()?,
        StepKind::Index(index) => index,
        _ => return None,
    };
    let (map, _) = run.recorder.values.receiver(reference);
    let map = map.as_map()?;
    let key = operand(&run.recorder.values, key, OperandRole::Argument);
    let asked = if key.literal { show(&key.value) } else { super::operand_value(run, &key) };
    let holder = holder(run, reference);
    if !is.is_null() {
        return Some(format!("{holder} has it under that key ({asked})"));
    }
    let keys: Vec<String> = map.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    let near = key.value.as_str().and_then(|name| near_key(name, keys.iter().map(String::as_str)).map(str::to_owned));
    let near = near.map_or(String::new(), |near| format!("; nearest is {}", crate::message::quoted(&near)));
    let names: Vec<&str> = keys.iter().take(KEYS).map(String::as_str).collect();
    let has = match (names.is_empty(), keys.len() > KEYS) {
        (true, _) => "is empty".to_owned(),
        (false, false) => format!("has only {}", names.join(", ")),
        (false, true) => format!("has {} and {} more", names.join(", "), keys.len() - KEYS),
    };
    Some(format!("{holder} has no such key ({asked}): it {has}{near}"))
}

/// The text of what a lookup is made on.
fn holder(run: &Finished<'_>, reference: &Reference) -> String {
    let text = one_line(run.program.text(reference.node));
    let end = text.rfind(".get(").or_else(|| text.rfind('[')).unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

/// A member of a map that the template made: what was put there.
fn member(run: &Finished<'_>, slot: Slot, text: &str, depth: usize, seen: &mut Vec<Condition>) -> Option<String> {
    let key = text.trim_end_matches('}').rsplit('.').next()?;
    let put = |change: &&Change| {
        change.slot == Some(slot) && change.path.is_none() && change.container.is_some() && change.values.first().and_then(Value::as_str) == Some(key)
    };
    let change = run.recorder.changes.iter().rfind(put)?;
    let is = change.values.get(1)?;
    let at = line(run, change.node);
    let value = match run.recorder.index.node(change.node)? {
        Node::Set(set) => &set.value,
        Node::Step { reference, at } => match &reference.steps[at].kind {
            StepKind::Method { args, .. } => args.get(1)?,
            _ => return None,
        },
        _ => return None,
    };
    made(run, value, is, depth, seen).map(|words| format!("{text} was set on line {at}: {words}"))
}

/// A number that a statement counts up: how often it did, and what stopped it the last time that it did not.
fn counted(run: &Finished<'_>, slot: Slot, text: &str, node: NodeId, depth: usize, seen: &mut Vec<Condition>) -> Option<String> {
    let same = |change: &&Change| change.slot == Some(slot) && change.node == node;
    let times = run.recorder.changes.iter().filter(same).count();
    let branch = run.recorder.index.chain(node).iter().rev().find_map(|part| match part {
        NodePart::Branch { parts, at } => Some(parts.branches[*at].node),
        _ => None,
    })?;
    let records = run.recorder.branches.get(&branch)?;
    let missed = records.iter().rfind(|record| !record.taken);
    let why = missed.map_or(String::new(), |record| format!(", and not where {}", because(run, &record.condition, false, depth, seen)));
    Some(format!("line {} counted {text} on in {times} of {} turns{why}", line(run, node), records.len()))
}
