//! An owner rule that fills in the owner and grants nobody: another rule alone can set the flag.

use super::{Finished, claim_of, is_group_like};
use super::allow::{filled, line, values};
use super::text::show;
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part, any_of};
use crate::syntax::{ExpressionKind, StepKind};
use crate::trace::Verdict;
use crate::trace::candidate::looked_at;
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::references;

/// The caller was written into the input as the owner, and no statement grants for an owner, so that only the group rule counts
/// (transformer v1 under version 2018-05-29 made such templates: aws-amplify/amplify-cli#217).
pub fn owner_rule(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied || run.why.candidates.is_empty() || run.why.revoked.is_some() {
        return;
    }
    let Some((node, field)) = run.recorder.index.statements.iter().find_map(|(node, statement)| {
        let field = filled(run, statement).filter(|_| run.recorder.reached.began(*node) > 0)?;
        Some((*node, field))
    }) else {
        return;
    };
    // A rule that looks at the owner counts, whatever became of it.
    let asked = run.recorder.index.references.iter().any(|reference| {
        reference.steps.iter().any(|step| matches!(&step.kind, StepKind::Property(name) if *name == field))
    });
    let groups = run.why.candidates.iter().all(|candidate| {
        candidate.blocker.as_ref().is_some_and(|blocker| of_groups(run, &blocker.condition))
    });
    if asked || !groups {
        return;
    }
    let Some(flag) = flag(run) else { return };
    let lines: Vec<String> = run.why.candidates.iter().map(|candidate| line(run, candidate.node).to_string()).collect();
    let names = groups_asked(run);
    let why: Vec<String> = run.why.candidates.iter().filter_map(|candidate| candidate.blocker.as_ref()).flat_map(|blocker| values(run, &blocker.condition)).take(2).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    let message = Message::of(
        "the owner rule grants nobody here: line {} writes the caller into the input as {}, but no statement sets ${} for an owner. Only the group rule can ({}, line {}), and this caller is in none of its groups{}. » Where the owner should pass by himself, upgrade Amplify and push, for newer templates count that rule; or write `#set(${} = true)` behind line {}.",
        [
            Part::Place(line(run, node).to_string()),
            Part::Name(field.clone()),
            Part::Name(flag.clone()),
            Part::Value(if names.is_empty() { "its list of groups".to_owned() } else { any_of(&names) }),
            Part::Place(any_of(&lines)),
            Part::Value(why),
            Part::Name(flag),
            Part::Place(line(run, node).to_string()),
        ],
    );
    found.push(Finding::new(Code::OwnerNotCounted, message).at(format!("args.input.{field}")));
}

/// The names in the lists of the template that its loops walk.
fn groups_asked(run: &Finished<'_>) -> Vec<String> {
    let lists = run.recorder.index.loops().filter_map(|each| match &each.list.kind {
        ExpressionKind::Reference(reference) => reference.variable(),
        _ => None,
    });
    let written = lists.filter(|slot| run.recorder.index.sets_of(*slot).any(|set| matches!(set.value.kind, ExpressionKind::List(_))));
    let mut names: Vec<String> = written.filter_map(|slot| run.outcome.variable(slot)?.members()).flatten().filter(|name| name.as_str().is_some()).map(|name| show(&name)).collect();
    names.truncate(6);
    names
}

/// The flag that the refusal asks for.
fn flag(run: &Finished<'_>) -> Option<String> {
    let refusal = run.decision.node?;
    let guard = guards(run.recorder, refusal, false).into_iter().next()?;
    let mut name = None;
    if let Some(expression) = run.expression(&guard.condition) {
        references(expression, &mut |reference| name = name.take().or_else(|| reference.variable().map(|slot| run.program.name(slot).to_owned())));
    }
    name
}

/// Whether a condition looks at the caller's groups.
fn of_groups(run: &Finished<'_>, condition: &Condition) -> bool {
    let claim = |operand: &&Operand| claim_of(&operand.origins).is_some_and(|(claim, ..)| is_group_like(run, &claim));
    looked_at(condition).iter().any(claim)
}
