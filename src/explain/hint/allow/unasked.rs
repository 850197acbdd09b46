//! Checks that the caller steered around: a block that is for another mode, a filter that the client's own one keeps out.

use crate::value::method::Method;
use super::super::deciding::refusals;
use super::super::whence::is_client;
use super::super::{Finished, json};
use super::Leaf;
use super::words::{condition, line, state, values};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::NodeId;
use crate::trace::index::{Node, NodePart, calls};
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;

/// Words that name a mode in a condition, in lower case.
const MODES: [&str; 6] = ["authtype", "authmode", "userpools", "user pool authorization", "oidc", "iam authorization"];

/// Every refusal stands in a block for another mode than the caller's, and nothing refuses who comes by his own.
pub fn other_mode(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    // What a statement granted was asked for.
    let granted = matches!(run.decision.kind, DecisionKind::Set | DecisionKind::Return | DecisionKind::Filter);
    if !matches!(run.verdict, Verdict::Allowed | Verdict::Completed) || granted {
        return;
    }
    let all = refusals(run);
    let mut blocks: Vec<NodeId> = Vec::new();
    for refusal in &all {
        let chain = run.recorder.index.chain(*refusal);
        let Some(outer) = chain.iter().find_map(|part| match part {
            NodePart::Branch { .. } => skipped(run, part.node()),
            _ => None,
        }) else {
            return;
        };
        if !blocks.contains(&outer) {
            blocks.push(outer);
        }
    }
    let Some(block) = blocks.first() else { return };
    let Some(judged) = run.recorder.branches.get(block).and_then(|records| records.last()) else { return };
    let mode = run.auth_type().map_or("another mode", |mode| mode.as_str());
    let span = run.program.span(*block);
    let from = run.program.source.place(span.start).line;
    let words = values(run, &judged.condition).join(", ");
    let absent = missing_members(run);
    let message = Message::of(
        "Wider than it looks: nothing of this caller was checked. Every refusal of this template stands behind {}, which did not hold ({}{}), so the checks behind it (from line {}) were skipped: whoever comes with {} gets through, with every field.{} Such calls are guarded by the schema's directives and by the caller's policy alone: » take the mode off this field, or refuse other modes at the end (`#else $util.unauthorized()`; Amplify's transformer v2 checks every mode).",
        [
            Part::Code(condition(run, &judged.condition)),
            Part::Value(words),
            Part::Text(absent),
            Part::Place(from.to_string()),
            Part::Text(mode.to_owned()),
            Part::Text(match super::events(run) {
                words if words.is_empty() => words,
                words => format!(" {words}"),
            }),
        ],
    );
    found.push(Finding::new(Code::ModeNotChecked, message).at("authType").actual(mode));
}

/// The branch, where it asks for a mode and was not entered.
fn skipped(run: &Finished<'_>, node: NodeId) -> Option<NodeId> {
    let judged = run.recorder.branches.get(&node)?.last()?;
    let branch = run.recorder.index.branch_at(node)?;
    let asks = run.program.says_in(|visit| visit.expression(&branch.condition), &MODES);
    (!judged.taken && asks).then_some(node)
}

/// The members of a user pool's identity that this caller has not.
fn missing_members(run: &Finished<'_>) -> String {
    let lacks = |name: &&str| run.context(&["identity", name]).is_null();
    let lacking: Vec<&str> = ["sub", "issuer", "claims"].into_iter().filter(lacks).collect();
    if lacking.len() < 3 { String::new() } else { "; the identity has no sub, issuer or claims under this mode".to_owned() }
}

/// The template's own term did not come into the filter, because the client had sent one for the same attribute.
pub fn client_filter(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for (node, statement) in &run.recorder.index.statements {
        let adds = matches!(statement, Node::Reference(reference) if calls(reference, &[Method::Put, Method::Add]));
        if run.recorder.reached.began(*node) > 0 || !adds {
            continue;
        }
        let Some(claim) = identity_of(run, statement) else { continue };
        let Some(guard) = guards(run.recorder, *node, false).into_iter().find(|guard| !guard.value) else { continue };
        let mut leaves = Vec::new();
        guard.condition.leaves(&mut leaves);
        let client = leaves.iter().flat_map(|leaf| &leaf.operands).find_map(|operand| {
            let (path, ..) = operand.origins.context()?;
            is_client(path).then(|| (path.to_string(), state(operand)))
        });
        let Some((path, sent)) = client else { continue };
        let message = Message::of(
            "Wider than it looks: the client's own {} decides: it is {}, so {} did not hold, and {} on line {}, which would have put the caller's own value ({}) there, did not run. » Put it always, whatever was sent, and join the client's filter to it with `and`: a client can send `or` and `not` as well.",
            [
                Part::Place(path.replacen("args", "arguments", 1)),
                Part::Value(sent),
                Part::Code(condition(run, &guard.condition)),
                Part::Code(format!("`{}`", run.program.one_line(*node))),
                Part::Place(line(run, *node).to_string()),
                Part::Value(claim.0),
            ],
        );
        found.push(Finding::new(Code::ClientFilter, message).at(path).wanted(json(&claim.1)));
        return;
    }
}

/// The value of the identity that a statement would have used, with its name.
fn identity_of(run: &Finished<'_>, statement: &Node<'_>) -> Option<(String, Value)> {
    let mut found = None;
    statement.reads(&mut |reference| {
        let slot = reference.variable();
        let set = slot.and_then(|slot| run.recorder.changes.iter().rfind(|change| change.slot == Some(slot) && change.container.is_none()));
        let of = set.and_then(|change| {
            let (path, value, absent) = change.origins.first()?.context()?;
            (path.starts_with("identity") && !absent).then(|| (super::super::whence::subject(path), value.clone()))
        });
        if let (Some((name, value)), true) = (of, reference.steps.is_empty()) {
            found.get_or_insert((format!("{name} {}", super::super::text::show(&value)), value));
        }
    });
    found
}
