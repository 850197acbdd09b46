//! Where what the client sends decides by itself.

use crate::message::{Message, Part, quoted};
use super::super::Finished;
use super::super::deciding::Guards;
use super::super::test::Test;
use super::super::text::show;
use super::super::whence::is_client;
use super::Leaf;
use super::nulls::at;
use super::words::{condition, name, values};
use crate::code::Code;
use crate::finding::Finding;
use crate::trace::condition::{Condition, Operand};
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
        let of_client = |operand: &&Operand| {
            operand.origins.iter().any(|origin| origin.path().is_some())
                && operand.origins.iter().all(|origin| origin.path().is_none_or(|path| is_client(path)))
        };
        let grants = match leaf.passed.guards {
            Guards::Refusal => leaf.condition.holds != Some(false) || leaf.passed.condition.parts.is_empty(),
            _ => leaf.condition.holds == Some(true),
        };
        let Some(first) = read.first().filter(|_| grants && read.iter().all(of_client)) else {
            continue;
        };
        if !decided_by(&leaf.passed.condition, leaf.condition, leaf.passed.held) {
            continue;
        }
        let what = if first.origins.context().is_some_and(|(path, ..)| path.starts_with("request")) {
            "header"
        } else {
            "argument"
        };
        let text = match (&leaf.test, &first.value) {
            (Test::Truth(_), Value::String(text)) => {
                format!(", a text, and any text counts as true, {text} as well", text = quoted(&text))
            }
            _ => String::new(),
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

/// Whether a leaf made the whole what it is: no other part would have.
fn decided_by(whole: &Condition, leaf: &Condition, held: bool) -> bool {
    let mut demands = Vec::new();
    whole.demands(!held, &mut demands);
    if whole.node == leaf.node || demands.len() != 1 {
        return true;
    }
    // Of an OR that holds, the part that held.
    let mut leaves = Vec::new();
    whole.leaves(&mut leaves);
    let helped = |one: &&&Condition| one.holds == Some(held);
    leaves.iter().filter(helped).count() <= 1
}
