//! What one function of a pipeline puts into the stash for a later one, and no later one reads: a filter, a decision.

use crate::value::method::Method;
use super::super::Spot;
use super::super::path;
use super::super::rules::decides;
use super::super::subject::CheckSubject;
use super::{Whole, placed};
use crate::code::Code;
use crate::resolver::{Resolver, Template};
use crate::syntax::visit::{Visit, walk_reference};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Reference, Slot, StepKind};
use crate::trace::stash::stash_put;
use std::sync::Arc;

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for resolver in whole.project.by_field.values() {
        // A function that is not VTL, or could not be read, may be the one that reads it.
        let vtl = resolver.functions.iter().all(|function| function.runtime == crate::project::Runtime::Vtl);
        let subjects = whole.subjects(resolver);
        if !vtl || resolver.templates().count() != subjects.len() || resolver.functions.is_empty() {
            continue;
        }
        pipeline(resolver, &subjects, found);
    }
}

fn pipeline(resolver: &Resolver, subjects: &[(&Arc<Template>, CheckSubject<'_>)], found: &mut Vec<Spot>) {
    let (mut written, mut read) = (Vec::new(), Vec::new());
    for (at, (_, subject)) in subjects.iter().enumerate() {
        let mut stash = Stash { written: Vec::new(), read: Vec::new(), whole: false };
        stash.program(subject.program);
        if stash.whole {
            return;
        }
        written.extend(stash.written.into_iter().map(|(name, node)| (at, name, node)));
        read.extend(stash.read);
    }
    let refuses_later = |at: usize| subjects[at..].iter().any(|(_, subject)| subject.refuses(&subject.program.body));
    for (at, name, node) in written {
        let is_read = read.contains(&name);
        if is_read {
            continue;
        }
        let (code, message) = if name == "authFilter" && !refuses_later(at + 1) {
            let message = format!(
                "{} puts authFilter into the stash and no template of it reads that: nothing holds rows back. Put `$ctx.stash.authFilter` into the filter of the request",
                resolver.field
            );
            (Code::FilterUnused, message)
        } else if (decides(name) || says_both(subjects[at].1.program, name)) && !refuses_later(at) {
            let message = format!(
                "{} puts {name} into the stash and no template of it asks for that: the step that refuses is missing, and every caller gets through",
                resolver.field
            );
            (Code::NothingEnforces, message)
        } else {
            continue;
        };
        let (template, subject) = &subjects[at];
        found.push(placed(template, Spot::at(subject.program, node, code, message)));
    }
}

/// Whether a template puts true there and false as well, as a decision is put.
fn says_both(program: &crate::syntax::Program, name: &str) -> bool {
    let puts = |wanted: bool| {
        program.references().into_iter().any(|reference| {
            let value = reference.steps.last().and_then(|step| match &step.kind {
                StepKind::Method { args, .. } => args.get(1),
                _ => None,
            });
            stash_put(reference) == Some(name) && matches!(value, Some(Expression { kind: Kind::Boolean(value), .. }) if *value == wanted)
        })
    };
    puts(true) && puts(false)
}

/// What a template writes into the stash and reads from it.
struct Stash<'p> {
    written: Vec<(&'p str, NodeId)>,
    read: Vec<&'p str>,
    /// It reads the stash as a whole: anything may be read.
    whole: bool,
}

impl<'p> Visit<'p> for Stash<'p> {
    fn target(&mut self, target: &'p Reference) {
        match member(target).as_deref() {
            Some([name]) => self.written.push((name, target.node)),
            _ => self.reference(target),
        }
    }

    fn reference(&mut self, reference: &'p Reference) {
        if let Some(names) = member(reference) {
            let put = reference.steps.get(1).and_then(|step| match &step.kind {
                StepKind::Method { method: Some(Method::Put), args, .. } => args.first(),
                _ => None,
            });
            match (names.as_slice(), put) {
                ([], Some(Expression { kind: Kind::String(name), .. })) => self.written.push((name, reference.node)),
                ([], _) => self.whole = true,
                ([name, ..], _) => self.read.push(name),
            }
        }
        walk_reference(self, reference);
    }
}

/// The names behind `$ctx.stash`.
fn member(reference: &Reference) -> Option<Vec<&str>> {
    if !matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
        return None;
    }
    let mut names = path::prefix(reference);
    (names.first() == Some(&"stash")).then(|| names.split_off(1))
}
