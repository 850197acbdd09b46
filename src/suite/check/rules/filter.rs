//! The caller's filter in the place of the one that holds rows back.

use crate::value::method::Method;
use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{References, Visit};
use crate::syntax::{Expression, ExpressionKind as Kind, Reference, Set, Slot, Step, StepKind};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    put_over(subject, found);
    for sets in subject.sets.values() {
        let holds_back = sets.iter().any(|set| is_auth(subject, &set.value));
        if !holds_back {
            continue;
        }
        for set in sets.iter().filter(|set| replaces(subject, set) || defaults(subject, set)) {
            let name = subject.program.name(set.target.root);
            let join = match sets.iter().any(|set| is_expression(&set.value)) {
                true => "Join them in one expression: both in brackets with AND between, and the names and values of both".to_owned(),
                false => format!("Join them: `#set( ${name} = {{\"and\": [${name}, $ctx.args.filter]}} )`"),
            };
            let message = format!(
                "the caller's filter takes the place of the one that holds rows back: with a filter of his own a caller sees every row. {join}"
            );
            found.push(Spot::at(subject.program, set.node, Code::FilterReplaced, message));
        }
    }
}

/// A filter that is written as DynamoDB's expression already, which no `and` of GraphQL filters can hold.
fn is_expression(value: &Expression) -> bool {
    let Kind::Map(members) = &value.kind else { return false };
    members.iter().any(|(key, _)| matches!(&key.kind, Kind::String(name) if name == "expression"))
}

/// `$filter.putAll($ctx.args.filter)`: the caller's keys take the place of the same keys.
fn put_over(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    for reference in subject.program.references() {
        let [Step { kind: StepKind::Method { method, args, .. }, node }] = reference.steps.as_slice() else { continue };
        let (Some(slot), [value]) = (reference.variable(), args.as_slice()) else { continue };
        let Kind::Reference(sent) = &value.kind else { continue };
        let holds_back = || subject.sets.get(&slot).is_some_and(|sets| sets.iter().any(|set| is_auth(subject, &set.value)));
        if *method == Some(Method::PutAll) && is_callers(sent) && holds_back() {
            let own = subject.program.name(slot);
            let message = format!(
                "the caller's filter is put over the one that holds rows back: a condition of his on the same attribute takes its place. Join them: `#set( ${own} = {{\"and\": [${own}, $ctx.args.filter]}} )`"
            );
            found.push(Spot::at(subject.program, *node, Code::FilterReplaced, message));
        }
    }
}

/// `$util.defaultIfNull($ctx.args.filter, {"owner": …})`: what holds rows back is for those alone who send no filter.
fn defaults<'p>(subject: &CheckSubject<'p>, set: &'p Set) -> bool {
    let Kind::Reference(reference) = &set.value.kind else { return false };
    let Some(StepKind::Method { args, .. }) = reference.steps.last().map(|step| &step.kind) else { return false };
    let [Expression { kind: Kind::Reference(sent), .. }, other] = args.as_slice() else { return false };
    reference.called().is_some_and(Method::gives_default)
        && is_callers(sent)
        && is_auth(subject, other)
        && !joins(subject, set.target.root)
}

/// The value is the filter that the authorization left, or one made of the caller's identity.
fn is_auth<'p>(subject: &CheckSubject<'p>, value: &'p Expression) -> bool {
    let mut auth = false;
    References(|reference: &'p Reference| {
        auth |= behind_context(reference).is_some_and(|names| names == ["stash", "authFilter"]);
        auth |= reference.variable().is_some_and(|slot| {
            subject.program.name(slot).to_ascii_lowercase().contains("authfilter")
        });
    })
    .expression(value);
    auth || subject.reads(value, "identity")
}

/// The value is the caller's filter, without the variable's own value before and without the other filter.
fn replaces<'p>(subject: &CheckSubject<'p>, set: &'p Set) -> bool {
    let own = set.target.root;
    let (mut caller, mut joined) = (false, false);
    References(|reference: &'p Reference| {
        caller |= is_callers(reference);
        joined |= reference.root == own;
    })
    .expression(&set.value);
    let joined_later = || joins(subject, own);
    caller && !joined && !is_auth(subject, &set.value) && !joined_later()
}

/// Whether the variable meets the other filter in one value somewhere.
fn joins(subject: &CheckSubject<'_>, own: Slot) -> bool {
    subject.sets.values().flatten().any(|set| {
        let (mut has_own, mut has_other) = (false, false);
        References(|reference: &Reference| {
            has_own |= reference.root == own;
            has_other |= is_callers(reference)
                || behind_context(reference).is_some_and(|names| names == ["stash", "authFilter"]);
        })
        .expression(&set.value);
        has_own && has_other
    }) || subject.changed.contains(&own)
}

/// What clients call a filter of their own.
const FILTERS: [&str; 6] = ["filter", "filters", "where", "condition", "conditions", "criteria"];

fn is_callers(reference: &Reference) -> bool {
    behind_context(reference).is_some_and(|names| {
        matches!(names.as_slice(), ["arguments", name, ..] if FILTERS.contains(name))
            || matches!(names.as_slice(), ["arguments", "input", name, ..] if FILTERS.contains(name))
    })
}

fn behind_context(reference: &Reference) -> Option<Vec<&str>> {
    matches!(reference.root, Slot::CTX | Slot::CONTEXT).then(|| path::prefix(reference))
}
