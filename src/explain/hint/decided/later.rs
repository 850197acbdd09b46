//! A branch of the same `#if` that the caller fulfils too, and that nobody asked: the first one whose condition holds decides
//! (<https://velocity.apache.org/engine/1.7/user-guide.html#ifelseelseif-output-conditional-on-truth-of-statements>).

use super::super::Finished;
use super::super::allow::line;
use super::super::test::Test;
use super::super::text::show;
use crate::explain::why::Guard;
use crate::message::{Message, Part};
use crate::syntax::visit::{References, Visit};
use crate::syntax::{Block, Branch, Expression, ExpressionKind as Kind, NodeId, Reference};
use crate::trace::index::NodePart;
use crate::trace::is_refusal;
use crate::value::Value;
use crate::value::method::Method;

/// What a later branch asks of the list that the refusing one looked in, where that has it.
pub(super) fn branch(run: &Finished<'_>, refusal: NodeId, guard: &Guard) -> Option<Message> {
    if !guard.value {
        return None;
    }
    let part = run.recorder.index.chain(refusal).into_iter().rfind(|part| part.node() == guard.node)?;
    let NodePart::Branch { parts, at } = part else { return None };
    let (list, asked) = searched(run, guard)?;
    let (later, name) = parts.branches.get(at + 1..)?.iter().find_map(|later| {
        let name = looks_for(run, &later.condition, &list)?;
        (!refuses(&later.body) && !name.loosely_equals(&asked)).then_some((later, name))
    })?;
    Some(order_decides(run, guard, later, (&asked, &name)))
}

fn order_decides(run: &Finished<'_>, guard: &Guard, later: &Branch, (asked, name): (&Value, &Value)) -> Message {
    let first = line(run, guard.condition.node);
    Message::of(
        "The same list has {} too, which line {} asks for ({}), but an `#elseif` is asked only where no condition above it held: the order of the branches decides.",
        [
            Part::Value(show(name)),
            Part::Place(line(run, later.condition.node).to_string()),
            Part::Code(format!("`{}`", run.program.one_line(later.condition.node))),
        ],
    )
    .cured(format!("If {} is to be enough for whoever has {} as well, ask for it first: move its branch above line {first}. If {} is to keep out whoever has it, the order is right.", show(name), show(asked), show(asked)))
}

/// The text of the list that a `contains` which held looked in, with what it found there.
fn searched(run: &Finished<'_>, guard: &Guard) -> Option<((String, Value), Value)> {
    let mut leaves = Vec::new();
    guard.condition.leaves(&mut leaves);
    let [only] = leaves.as_slice() else { return None };
    match Test::of(run, only) {
        Test::Contains { list, item, found: true } => {
            list.value.members()?;
            Some(((run.program.source.slice(list.span).trim().to_owned(), list.value.clone()), item.value.clone()))
        }
        _ => None,
    }
}

/// The text that a condition looks for in this list, if it is there: `$groups.contains("editor")`.
fn looks_for(run: &Finished<'_>, condition: &Expression, (list, value): &(String, Value)) -> Option<Value> {
    let Kind::Reference(reference) = &condition.kind else { return None };
    let Some((Some(Method::Contains), [Expression { kind: Kind::String(wanted), .. }])) = reference.last_call() else { return None };
    let wanted = Value::string(wanted.clone());
    let has = value.members()?.iter().any(|one| one.loosely_equals(&wanted));
    (has && receiver(run, reference)? == *list).then_some(wanted)
}

/// What the last link of a chain is called on, as it is written: each link is shown with the chain that leads to it.
fn receiver(run: &Finished<'_>, reference: &Reference) -> Option<String> {
    let before = match reference.steps.as_slice() {
        [] => return None,
        [_] => return Some(format!("${}", run.program.name(reference.root))),
        [.., before, _] => before,
    };
    Some(run.program.source.slice(run.program.span(before.node)).trim().to_owned())
}

fn refuses(body: &Block) -> bool {
    let mut found = false;
    References(|reference: &Reference| found |= is_refusal(reference) || reference.util() == Some(Method::Error)).block(body);
    found
}
