//! An allow by what the client sent, which an earlier step handed on: in the stash, or as its own answer.

use super::{Steps, encloses, target};
use crate::code::Code;
use crate::explain::hint::allow::{condition, decided_by, grants, leaves, line, operand_name, sent_as};
use crate::explain::hint::deciding::Guards;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{is_client, place};
use crate::explain::hint::{Finished, json};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{NodeId, StepKind};
use crate::trace::condition::Operand;
use crate::trace::index::Node;
use crate::trace::origin::{Origin, Origins};
use crate::trace::recorder::Change;
use crate::trace::Verdict;
use crate::value::Value;
use crate::value::method::Method;

/// What the client sent, as a step handed it on.
struct Handed<'s, 'a> {
    step: &'s Finished<'a>,
    node: NodeId,
    origins: Origins,
}

/// A step let the caller through by a value that the client itself had sent.
pub(super) fn client_decides(steps: &Steps<'_>) -> Option<Finding> {
    for (at, step) in steps.all.iter().enumerate().filter(|(_, step)| step.verdict == Verdict::Allowed) {
        for leaf in leaves(step, step.passed()).iter().filter(|leaf| leaf.passed.guards != Guards::Return) {
            if !grants(leaf.passed, leaf.condition) || !decided_by(&leaf.passed.condition, leaf.condition, leaf.passed.held) {
                continue;
            }
            let read: Vec<&Operand> = leaf.condition.operands.iter().filter(|operand| !operand.literal).collect();
            let handed: Vec<_> = read.iter().map_while(|operand| Some((*operand, handed(steps, at, operand)?))).collect();
            if let (Some((operand, from)), true) = (handed.first(), handed.len() == read.len()) {
                return Some(finding(step, leaf.passed, operand, from));
            }
        }
    }
    None
}

fn finding(step: &Finished<'_>, passed: &crate::explain::hint::deciding::Passed, operand: &Operand, from: &Handed<'_, '_>) -> Finding {
    let what = sent_as(&from.origins);
    let sent = from.origins.context().map(|(path, ..)| place(path)).unwrap_or_default();
    let message = Message::of(
        "Wider than it looks: in {} {} let the caller through, because {} is {}, and that is what the client sent: {} took it from {} on line {}. The client sends this {} itself, so anybody can pass: » decide by the identity, and hand on single values that later steps need, never all that was sent.",
        [
            Part::Place(step.program.source.name.to_string()),
            Part::Text(condition(step, &passed.condition).to_string()),
            Part::Name(operand_name(step, operand)),
            Part::Value(show(&operand.value)),
            Part::Place(from.step.program.source.name.to_string()),
            Part::Code(format!("`{sent}`")),
            Part::Place(line(from.step, from.node).to_string()),
            Part::Text(what.to_owned()),
        ],
    );
    let path = operand.origins.context().map(|(path, ..)| path.to_string()).unwrap_or_default();
    Finding::new(Code::ClientDecides, message).at(path).actual(json(&operand.value))
}

/// Who handed on what was read, where that is nothing but the client's.
fn handed<'s, 'a>(steps: &'s Steps<'a>, at: usize, operand: &Operand) -> Option<Handed<'s, 'a>> {
    let (path, ..) = operand.origins.context()?;
    if operand.value.is_null() || operand.origins.iter().filter_map(Origin::path).count() != 1 {
        return None;
    }
    if path.is_in("stash") {
        return by_stash(steps, at, path);
    }
    path.is_in("prev.result").then(|| by_answer(steps, at, operand)).flatten()
}

fn by_stash<'s, 'a>(steps: &'s Steps<'a>, at: usize, path: &str) -> Option<Handed<'s, 'a>> {
    let (step, change) = steps.all[..at].iter().rev().find_map(|step| {
        let own = |change: &&Change| puts_all(step, change, path) || target(change).is_some_and(|place| encloses(&place, path));
        Some((step, step.recorder.changes.iter().rfind(own)?))
    })?;
    let origins = change.origins.last()?.clone();
    all_of_client(&origins).then_some(Handed { step, node: change.node, origins })
}

/// `$ctx.stash.putAll($ctx.args)`, which has the member that is read.
fn puts_all(step: &Finished<'_>, change: &Change, path: &str) -> bool {
    let all = matches!(step.recorder.index.node(change.node), Some(Node::Step { reference, at })
        if matches!(&reference.steps[at].kind, StepKind::Method { method: Some(Method::PutAll), .. }));
    let name = path.strip_prefix("stash.").and_then(|rest| rest.split(['.', '[']).next()).unwrap_or_default();
    all && change.path.as_deref() == Some("stash") && change.values.first().and_then(Value::as_map).is_some_and(|map| map.contains_str(name))
}

/// The function before answered with what its request printed (a NONE data source gives the payload back), and that is the
/// client's alone.
fn by_answer<'s, 'a>(steps: &'s Steps<'a>, at: usize, operand: &Operand) -> Option<Handed<'s, 'a>> {
    let own = steps.function.get(at)?;
    let before = (0..at).rev().find(|step| steps.function.get(*step) != Some(own))?;
    let first = (0..=before).find(|step| steps.function.get(*step) == steps.function.get(before))?;
    let step = steps.all.get(first).filter(|step| step.program.writes_json("payload"))?;
    let printed = step.recorder.index.statements.iter().filter_map(|(node, statement)| match statement {
        Node::Reference(reference) if step.recorder.reached.began(*node) > 0 => Some((*node, step.recorder.values.reference(reference))),
        _ => None,
    });
    let printed: Vec<_> = printed.filter(|(_, origins)| origins.context().is_some()).collect();
    let same = |origins: &Origins| origins.iter().any(|origin| matches!(origin, Origin::Context { value, .. }
        if value.loosely_equals(&operand.value) || value.as_map().is_some_and(|map| map.snapshot().iter().any(|(_, member)| member.loosely_equals(&operand.value)))));
    let (node, origins) = printed.iter().find(|(_, origins)| same(origins))?;
    let alone = printed.iter().all(|(_, origins)| all_of_client(origins));
    alone.then(|| Handed { step, node: *node, origins: origins.clone() })
}

/// Whether nothing but what the client sent is in it.
fn all_of_client(origins: &Origins) -> bool {
    let mut paths = origins.iter().filter_map(Origin::path).peekable();
    paths.peek().is_some() && paths.all(|path| is_client(path) || path == "args" || path == "request.headers")
}
