//! `$util.parseJson` of a text that is not JSON: what the rule looks in is null then, whatever the text says.

use super::Finished;
use super::allow::{condition, line};
use super::test::Test;
use super::text::show;
use super::whence::subject;
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{NodeId, Reference};
use crate::trace::Verdict;
use crate::trace::condition::OperandRole;
use crate::trace::index::{Node, call_args};
use crate::trace::judging::operand;
use crate::value::method::Method;

/// Letters of a value that are shown whole.
const MOST_SHOWN: usize = 100;

/// What the refusal rests on was to be read out of a text, and the text is no JSON. What AppSync makes of it is not documented: null is
/// assumed here, and an error would refuse the caller as well.
pub fn refused(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    for note in run.outcome.notes.iter().filter(|note| note.code == Code::U8) {
        let call = note.node.and_then(|node| parsed(run, node));
        found.extend(call.and_then(|call| of(run, call)));
    }
}

fn parsed<'p>(run: &Finished<'p>, node: NodeId) -> Option<&'p Reference> {
    match run.recorder.index.node(node)? {
        Node::Step { reference, .. } if reference.util() == Some(Method::ParseJson) => Some(reference),
        _ => None,
    }
}

fn of(run: &Finished<'_>, call: &Reference) -> Option<Finding> {
    let given = operand(&run.recorder.values, call_args(call)?.1.first()?, OperandRole::Argument);
    let text = given.value.as_str()?;
    let (path, ..) = given.origins.context()?;
    let failed = run.failed().iter().find(|failed| rests_on(run, failed.condition.node, call))?;
    // A test for null is made for just that.
    if matches!(failed.test, Test::Missing { .. }) {
        return None;
    }
    // A text that is cut is known no more for the secret that it may be.
    let shown = match text.chars().count() {
        0..=MOST_SHOWN => show(&given.value),
        count => format!("a text of {count} letters"),
    };
    let message = Message::of(
        "line {}: {} is {}, which is not JSON, so {} reads nothing out of it and {} could not hold, whatever is in that text.",
        [
            Part::Place(line(run, call.node).to_string()),
            Part::Name(subject(path)),
            Part::Value(shown),
            Part::Code("`$util.parseJson`".to_owned()),
            Part::Code(condition(run, failed.condition)),
        ],
    );
    Some(Finding::new(Code::ParsedNoJson, message.cured(cure(path, text))).at(path).actual(super::json(&given.value)))
}

/// Whether a condition holds the call, or reads a variable that was set with it.
fn rests_on(run: &Finished<'_>, condition: NodeId, call: &Reference) -> bool {
    let inside = |outer: NodeId| run.program.span(outer).holds(run.program.span(call.node));
    let set = |slot| {
        let changed = run.recorder.changes.iter().any(|change| change.slot == Some(slot) && inside(change.node));
        changed || run.recorder.kept.iter().any(|kept| kept.slot == slot && inside(kept.node))
    };
    inside(condition)
        || run.failed().iter().filter(|failed| failed.condition.node == condition).any(|failed| {
            failed.condition.operands.iter().filter_map(|operand| operand.slot).any(set)
        })
        || guards(run.recorder, condition, false).iter().any(|guard| inside(guard.condition.node))
}

/// Who has to write JSON there, and how else the text is read.
fn cure(path: &str, text: &str) -> String {
    let writer = match path {
        _ if path.starts_with("identity.resolverContext") => "Have the authorizer write it with `JSON.stringify(…)`",
        _ if path.starts_with("identity") => "Have the token's issuer or trigger write JSON there",
        // What the client sends is nothing to decide by.
        _ if path.starts_with("args") => return "Decide by something of the caller's own (a claim, a group, the row): whoever calls writes this argument himself.".to_owned(),
        _ => "Have JSON written there",
    };
    let split = if text.contains(',') { ", or read the text as it is: `.split(\",\")` makes a list of it" } else { ", or compare the text as it is" };
    format!("{writer}{split}.")
}
