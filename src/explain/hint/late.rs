//! Where a refusal stands: after the work is done, inside a loop, or because a lookup found nothing.

use crate::message::{Message, Part};
use super::Finished;
use super::allow::{condition, line, operand_name, state};
use super::json;
use super::loop_item::ItemTest;
use super::test::Test;
use crate::code::Code;
use crate::finding::Finding;
use crate::trace::condition::Operand;
use crate::trace::index::NodePart;
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;

/// A refusal inside a loop: the first item that does not fit refuses, though a later one would.
pub fn refused_in_loop(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let (Verdict::Denied, Some(node)) = (run.verdict, run.decision.node) else { return };
    let chain = run.recorder.index.chain(node);
    let Some(each) = chain.iter().rev().find_map(NodePart::as_loop) else { return };
    let Some(walk) = run.recorder.walks.get(&each.node).and_then(|walks| walks.last()) else { return };
    let members = walk.list.value.members().unwrap_or_default();
    let Some(guard) = run.why.guards.first() else { return };
    let mut leaves = Vec::new();
    guard.condition.decisive(guard.value, &mut leaves);
    for leaf in leaves {
        let test = Test::of(run, leaf);
        let Some(test) = ItemTest::read(run, &test, each) else { continue };
        let ItemTest { mine, wanted, text } = &test;
        let Some(at) = test.fitting(&members) else { continue };
        // One that fitted was looked at before: each must fit, and not one of them.
        let refused = run.recorder.branches.get(&guard.node).and_then(|records| records.last()?.turns.last().copied());
        if refused.is_some_and(|turn| at < turn as usize) {
            continue;
        }
        let sent = walk.list.origins.context().is_some_and(|(path, ..)| super::whence::is_client(path));
        let cure = if sent { "If one that fits is meant to be enough, take" } else { "Take" };
        let message = Message::of(
            "the refusal on line {} stands inside the loop over `{}` (line {}), so the first item that differs refuses: {} ({}) is {}, not {}, and item {} of {} (counted from 0), which is {}, was never looked at. » {} the refusal out of the loop: let the loop set a flag, and refuse after the loop if none was set (`#if(!$found) $util.unauthorized() #end`), or ask the list itself with `.contains(…)`.",
            [
                Part::Place(line(run, node).to_string()),
                Part::Code(run.program.one_line(each.list.node)),
                Part::Place(line(run, each.node).to_string()),
                Part::Code(format!("`{text}`")),
                Part::Place(operand_name(run, mine)),
                Part::Value(state(mine)),
                Part::Value(state(wanted)),
                Part::Value(at.to_string()),
                Part::Value(members.len().to_string()),
                Part::Value(state(wanted)),
                Part::Text(cure.to_owned()),
            ],
        );
        let path = mine.origins.context().map_or_else(String::new, |(path, ..)| path.to_string());
        found.push(Finding::new(Code::RefusedInLoop, message).at(path).actual(json(&mine.value)).wanted(json(&wanted.value)));
        return;
    }
}

/// A lookup of this step or the one before found nothing, and the template refuses by that.
pub fn lookup_empty(run: &Finished<'_>, found: &mut Vec<Finding>) {
    // Where rows were given, or Amplify's filter took them, the rules on rows and filters tell.
    if run.verdict != Verdict::Denied || !run.records.is_empty() || run.is_generated() {
        return;
    }
    // A filter read rows and kept none: that is told elsewhere.
    if matches!(run.context(&["result", "scannedCount"]), Value::Number(count) if count.double_value() > 0.0) {
        return;
    }
    for guard in &run.why.guards {
        let mut leaves = Vec::new();
        guard.condition.leaves(&mut leaves);
        let of_identity = |operand: &Operand| operand.origins.iter().any(|origin| origin.is_in("identity"));
        if leaves.iter().flat_map(|leaf| &leaf.operands).any(of_identity) {
            continue;
        }
        let rows = |operand: &&Operand| {
            operand.origins.context().is_some_and(|(path, value, _)| {
                // A list of the row itself is no look-up.
                let of_lookup = ["result", "result.items", "prev.result", "prev.result.items"].contains(&&**path);
                of_lookup && value.members().is_some_and(|list| list.is_empty()) && matches!(value, Value::List(_))
            })
        };
        let Some(operand) = leaves.iter().flat_map(|leaf| &leaf.operands).find(rows) else { continue };
        let Some((path, value, _)) = operand.origins.context() else { continue };
        let step = if path.starts_with("prev") { "the step before" } else { "the data source" };
        let message = Message::of(
            "line {}: {} is [], an empty list: {} found no row, and the template refuses by that alone ({} {}). Nothing else of the caller is looked at: » write the row that should be there, or correct the key that {} asks with.",
            [
                Part::Place(line(run, guard.node).to_string()),
                Part::Name(path.to_string()),
                Part::Text(step.to_string()),
                Part::Text(condition(run, &guard.condition).to_string()),
                Part::Value((if guard.value { "held" } else { "did not hold" }).to_string()),
                Part::Text(step.to_string()),
            ],
        );
        found.push(Finding::new(Code::LookupEmpty, message).at(path).actual(json(value)).wanted("a row"));
        return;
    }
}

/// The response template of a mutation refuses when the data source has done its work.
pub fn already_written(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let (Verdict::Denied, DecisionKind::Unauthorized, Some(node)) = (run.verdict, run.decision.kind, run.decision.node)
    else {
        return;
    };
    let name = run.program.source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let parts: Vec<&str> = name.split('.').collect();
    let of_answer = matches!(parts.as_slice(), ["Mutation", _, "res" | "response"] | ["Mutation", _, "res" | "response", "vtl"]);
    // Where the data source failed, nothing was written.
    if !of_answer || run.is_generated() || !run.context(&["error"]).is_null() {
        return;
    }
    let message = Message::of(
        "`{}` on line {} stands in the response template of a mutation, which runs after the write: what was asked for is already written, and the refusal only hides the answer. » Check before, as a `condition` on the write or in the request template.",
        [Part::Code(run.program.one_line(node).to_string()), Part::Place(line(run, node).to_string())],
    );
    found.push(Finding::new(Code::AlreadyWritten, message));
}
