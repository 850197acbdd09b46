//! Functions and methods that AppSync does not have, and calls that are none.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::appsync::util;
use crate::code::Code;
use crate::source::Span;
use crate::syntax::{ExpressionKind as Kind, NodeId, Program, Reference, Slot, StepKind};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    for reference in subject.program.references() {
        if let Some(space) = alias(subject, reference) {
            of_alias(subject.program, reference, &space, found);
            continue;
        }
        let space = match reference.root {
            Slot::UTIL | Slot::UTILS => "util",
            Slot::EXTENSIONS => "extensions",
            _ => {
                // A misspelt `$util` has been told as that.
                if super::never_set::meant(subject, reference).is_none() {
                    methods(subject.program, reference, found);
                }
                continue;
            }
        };
        if reference.function.is_none() {
            function(subject.program, reference, space, found);
        }
    }
}

/// The namespace that a variable was set to: `#set( $ddb = $util.dynamodb )`.
fn alias(subject: &CheckSubject<'_>, reference: &Reference) -> Option<String> {
    let [set] = subject.sets.get(&reference.root)?.as_slice() else { return None };
    let Kind::Reference(value) = &set.value.kind else { return None };
    // `#set( $utils = $util.time )`: what stands in front of it is another matter.
    let own = matches!(value.root, Slot::UTIL | Slot::UTILS) && subject.program.span(set.node).start < subject.program.span(reference.node).start;
    let names: Option<Vec<&str>> = value.steps.iter().map(|step| match &step.kind {
        StepKind::Property(name) => Some(name.as_str()),
        _ => None,
    }).collect();
    let space = [&["util"], names?.as_slice()].concat().join(".");
    (own && util::namespaces().contains(&space.as_str())).then_some(space)
}

/// `$ddb.toStringJson( … )`: a function of the namespace, or none.
fn of_alias(program: &Program, reference: &Reference, space: &str, found: &mut Vec<Spot>) {
    let Some(StepKind::Method { name, .. }) = reference.steps.first().map(|step| &step.kind) else { return };
    if util::find(space, name).is_none() {
        let hint = util::nearest(space, name).map_or(String::new(), |near| format!("; did you mean ${near}?"));
        found.push(Spot::at(program, reference.node, Code::UnknownFunction, format!("AppSync has no ${space}.{name}{hint}")));
    }
}

fn methods(program: &Program, reference: &Reference, found: &mut Vec<Spot>) {
    for step in &reference.steps {
        if let StepKind::Method { name, method, .. } = &step.kind
            && method.is_none_or(Method::is_function)
        {
            let message = format!("no value of AppSync's has a method {name}: it gives null");
            found.push(Spot::at(program, step.node, Code::UnknownMethod, message));
        }
    }
}

fn function(program: &Program, reference: &Reference, space: &str, found: &mut Vec<Spot>) {
    let mut names: Vec<&str> = Vec::new();
    let mut called = None;
    for step in &reference.steps {
        match &step.kind {
            StepKind::Property(name) => names.push(name),
            StepKind::Method { name, .. } => {
                names.push(name);
                called = Some(step.node);
                break;
            }
            StepKind::Index(_) => break,
        }
    }
    let Some((last, spaces)) = names.split_last() else { return };
    let inner = [&[space], spaces].concat().join(".");
    let near = util::nearest(&inner, last);
    match (called, near) {
        (Some(node), near) => {
            let hint = near.as_ref().map_or(String::new(), |near| format!("; did you mean ${near}?"));
            let message = format!("AppSync has no ${space}.{}{hint}", names.join("."));
            let spot = Spot::at(program, reference.node, Code::UnknownFunction, message);
            found.push(match near.and_then(|near| instead(program, node, &near, &inner, last)) {
                Some((span, name)) => spot.fix(span, name),
                None => spot,
            });
        }
        // `$util.unauthorized` refuses nobody; other members of `$util` are null as well.
        (None, Some(near)) if is_property_of_calls(reference, &near) => {
            let message = format!("`${near}` without parentheses is not a call: it does nothing. Write `${near}()`");
            found.push(Spot::at(program, reference.node, Code::CallWithoutParentheses, message));
        }
        _ => {}
    }
}

/// Whether a name without parentheses is that of a function that takes no arguments and refuses.
fn is_property_of_calls(reference: &Reference, near: &str) -> bool {
    near == "util.unauthorized" && reference.steps.iter().all(|step| matches!(step.kind, StepKind::Property(_)))
}

/// Where the name of the function stands, and the right one: only where the namespace is the same.
fn instead(program: &Program, node: NodeId, near: &str, space: &str, name: &str) -> Option<(Span, String)> {
    let right = near.strip_prefix(space)?.strip_prefix('.')?;
    let span = program.span(node);
    let at = program.source.slice(span).find(name)? + span.start as usize;
    Some((Span::new(at, at + name.len()), right.to_owned()))
}
