//! Where what the client sends decides by itself.

use crate::message::{Message, Part, quoted};
use super::super::Finished;
use super::super::deciding::{Guards, Passed};
use super::super::supposed::{Instead, supposed};
use super::super::test::Test;
use super::super::text::show;
use super::super::whence::is_client;
use super::Leaf;
use super::nothing_named::{alone, asks_caller};
use super::nulls::at;
use super::skipped::static_path;
use super::words::{condition, name, values};
use crate::code::Code;
use crate::finding::Finding;
use crate::syntax::Reference;
use crate::trace::condition::{Condition, Operand};
use crate::trace::origin::{Origin, Origins};
use crate::value::Value;

/// An argument or a header let the caller through, and nothing of the caller has a part in it.
pub fn decides(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    // `$util.authRules` looked at the caller: what it answers carries the input along.
    if !run.outcome.env.auth_rules.is_empty() {
        return;
    }
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards != Guards::Return) {
        let (Test::Truth(_) | Test::Equal { .. } | Test::Contains { .. }) = leaf.test else { continue };
        let read: Vec<&Operand> = leaf.condition.operands.iter().filter(|operand| !operand.literal).collect();
        let lets_past = grants(leaf.passed, leaf.condition) || skips(run, leaf, leaves);
        let Some(first) = read.first().filter(|_| lets_past && read.iter().all(|operand| of_client(operand))) else {
            continue;
        };
        if !decided_by(&leaf.passed.condition, leaf.condition, leaf.passed.held) || matches!(leaf.test, Test::Truth(_)) && !any_text_does(run, first) {
            continue;
        }
        // Where another test around the same statement asks who the caller is, not anybody passes.
        let of_caller = |other: &&Leaf<'_>| {
            let compares = !matches!(other.test, Test::Missing { .. } | Test::Truth(_)) && other.condition.holds.is_some();
            other.passed.statement == leaf.passed.statement && compares && other.condition.operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_in("identity")))
        };
        if leaf.passed.guards == Guards::Grant && leaves.iter().any(|other| of_caller(&other)) {
            continue;
        }
        let what = sent_as(&first.origins);
        let text = match (&leaf.test, &first.value) {
            (Test::Truth(_), Value::String(text)) => {
                format!(", a text, and any text counts as true, {text} as well", text = quoted(&text))
            }
            _ => taken_from(first),
        };
        let rest: Vec<String> = values(run, &leaf.passed.condition)
            .into_iter()
            .filter(|words| !words.starts_with(&name(run, first)))
            .collect();
        let rest = if rest.is_empty() { String::new() } else { format!(" ({})", rest.join(", ")) };
        let message = Message::of(
            "Wider than it looks: {} let the caller through{}, because {} is {}{}. The client sends this {} itself, so anybody can pass: » decide by the identity, and let the {} only narrow what that allows.",
            [
                Part::Text(condition(run, &leaf.passed.condition).to_string()),
                Part::Text(rest.to_string()),
                Part::Name(name(run, first).to_string()),
                Part::Value(show(&first.value)),
                Part::Text(text.to_string()),
                Part::Text(what.to_string()),
                Part::Text(what.to_string()),
            ],
        );
        found.push(at(Finding::new(Code::ClientDecides, message), first));
    }
}

/// `#if($ctx.args.mode != "admin" && …) refuse`: the client sent the text that spares him the rest, and the template uses it for
/// nothing else, nor asks the caller in another place.
fn skips(run: &Finished<'_>, leaf: &Leaf<'_>, leaves: &[Leaf<'_>]) -> bool {
    let Test::Equal { left, right, equal: true } = leaf.test else { return false };
    let refusal = leaf.passed.guards == Guards::Refusal && !leaf.passed.held && (left.literal || right.literal);
    let spared = refusal && alone(&leaf.passed.condition, leaf.condition.node) == Some(false);
    let Some((path, ..)) = left.origins.context().or_else(|| right.origins.context()).filter(|_| spared) else { return false };
    let names: Vec<&str> = path.split('.').collect();
    let same = |reference: &&&Reference| {
        static_path(reference).is_some_and(|own| own.iter().map(|name| if *name == "arguments" { "args" } else { *name }).eq(names.iter().copied()))
    };
    let read = run.recorder.index.references.iter().filter(same).count();
    read == 1 && !leaves.iter().any(|other| other.passed.statement != leaf.passed.statement && asks_caller(other))
}

/// Whether every condition comes out the same for another text: one that compares this one is no open door.
fn any_text_does(run: &Finished<'_>, sent: &Operand) -> bool {
    let Some((path, ..)) = sent.origins.context() else { return true };
    let same = |instead| run.passed().iter().all(|one| supposed(run, &one.condition, path, instead) == Some(one.held));
    same(Instead::AnotherText) && same(Instead::Compared)
}

/// Whether all of a value is what the client sent: of several places that were asked the one whose value was taken.
fn of_client(operand: &Operand) -> bool {
    let all = operand.origins.iter().all(|origin| origin.path().is_none_or(|path| is_client(path)));
    operand.origins.iter().any(|origin| origin.path().is_some()) && (all || chosen_by_client(operand))
}

/// `$util.defaultIfNull($ctx.args.role, $ctx.identity.claims.role)`: the argument was there, so nothing else was asked.
fn chosen_by_client(operand: &Operand) -> bool {
    if operand.value.is_null() || matches!(operand.value, Value::Boolean(_)) {
        return false;
    }
    let same = |origin: &&Origin| matches!(origin, Origin::Context { value, .. } if value.loosely_equals(&operand.value));
    let mut equal = operand.origins.iter().filter(same).filter_map(Origin::path).peekable();
    equal.peek().is_some() && equal.all(|path| is_client(path))
}

/// Of several places that were asked, the one that the client filled.
fn taken_from(operand: &Operand) -> String {
    let several = operand.origins.iter().filter(|origin| origin.path().is_some()).count() > 1;
    let same = |origin: &&Origin| matches!(origin, Origin::Context { value, .. } if value.loosely_equals(&operand.value));
    let taken = operand.origins.iter().find(same).and_then(Origin::path).filter(|_| several);
    taken.map_or_else(String::new, |path| format!(", which was sent as {}", path.replace("args.", "arguments.")))
}

/// Whether a leaf let the caller through.
pub fn grants(passed: &Passed, leaf: &Condition) -> bool {
    match passed.guards {
        Guards::Refusal => leaf.holds != Some(false) || passed.condition.parts.is_empty(),
        _ => leaf.holds == Some(true),
    }
}

/// What the client sent it as.
pub fn sent_as(origins: &Origins) -> &'static str {
    if origins.context().is_some_and(|(path, ..)| path.starts_with("request")) { "header" } else { "argument" }
}

/// Whether a leaf made the whole what it is: no other part would have.
pub fn decided_by(whole: &Condition, leaf: &Condition, held: bool) -> bool {
    let (mut demands, mut leaves) = (Vec::new(), Vec::new());
    whole.demands(!held, &mut demands);
    whole.decisive(held, &mut leaves);
    if whole.node == leaf.node {
        return true;
    }
    // One that came out against the caller did not let him in, and of an OR that holds it is the part that held.
    leaves.iter().any(|one| one.node == leaf.node) && (demands.len() != 1 || leaves.len() <= 1)
}
