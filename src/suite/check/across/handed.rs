//! What one template of a pipeline hands on, where that undoes the check: what the client sent, a filter that is taken out again, a
//! look-up that fails.

use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use super::{Whole, placed};
use crate::code::Code;
use crate::resolver::{Resolver, Template};
use crate::syntax::visit::{References, Visit, walk_branch};
use crate::syntax::{Expression, ExpressionKind as Kind, If, NodeId, Reference, Slot, Statement, StepKind};
use crate::trace::stash::stash_put;
use crate::value::method::Method;
use std::sync::Arc;

type Subjects<'w> = [(&'w Arc<Template>, CheckSubject<'w>)];

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for resolver in whole.project.by_field.values() {
        let vtl = resolver.functions.iter().all(|function| function.runtime == crate::project::Runtime::Vtl);
        let subjects = whole.subjects(resolver);
        if !vtl || resolver.templates().count() != subjects.len() || resolver.functions.len() + usize::from(resolver.before.is_some()) < 2 {
            continue;
        }
        for rule in [all_arguments, arguments_as_answer, filter_removed] {
            found.extend(rule(&subjects).map(|(at, node, code, message)| spot(&subjects, at, node, code, message)));
        }
        found.extend(fails_open(resolver, &subjects).map(|(at, node, code, message)| spot(&subjects, at, node, code, message)));
    }
}

type HandedSpot = (usize, NodeId, Code, String);

fn spot(subjects: &Subjects<'_>, at: usize, node: NodeId, code: Code, message: String) -> Spot {
    let (template, subject) = &subjects[at];
    placed(template, Spot::at(subject.program, node, code, message))
}

/// `$ctx.stash.putAll($ctx.args)`, and a refusal of a later template asks the stash for what no template puts there.
fn all_arguments(subjects: &Subjects<'_>) -> Option<HandedSpot> {
    let (at, node) = subjects.iter().enumerate().find_map(|(at, (_, subject))| {
        let all = subject.program.references().into_iter().find(|reference| {
            let call = reference.passes("stash").then(|| reference.last_call()).flatten();
            matches!(call, Some((Some(Method::PutAll), [only])) if is_arguments(only))
        })?;
        Some((at, all.node))
    })?;
    let put = |name: &str| subjects.iter().any(|(_, subject)| subject.program.references().into_iter().any(|reference| stash_put(reference) == Some(name)));
    let asked = subjects[at..].iter().find_map(|(_, subject)| asked_of(subject, "stash").into_iter().find(|name| !put(name)));
    let name = asked?;
    Some((at, node, Code::ClientDecides, format!("all that the client sends goes into the stash, and a refusal asks for stash.{name}, which nothing else puts there: the client decides. Put single values that are meant, under names of their own")))
}

/// A function answers with the arguments (a NONE data source gives the payload back), and the next one's refusal asks for that.
fn arguments_as_answer(subjects: &Subjects<'_>) -> Option<HandedSpot> {
    subjects.iter().enumerate().find_map(|(at, (_, subject))| {
        let printed: Vec<&Reference> = subject.program.body.iter().filter_map(|statement| match statement {
            Statement::Print(reference) => Some(reference),
            _ => None,
        }).collect();
        let [only] = printed.as_slice() else { return None };
        let all = matches!(only.last_call(), Some((Some(Method::ToJson), [only])) if is_arguments(only));
        if !all || !subject.program.writes_json("payload") || subject.program.writes_json("operation") {
            return None;
        }
        let name = subjects.get(at + 1..)?.iter().find_map(|(_, later)| asked_of(later, "prev").into_iter().next())?;
        Some((at, only.node, Code::ClientDecides, format!("this function answers with what the client sent, and the next one's refusal asks for prev.{name}: the client decides. Decide by the identity")))
    })
}

fn is_arguments(value: &Expression) -> bool {
    matches!(&value.kind, Kind::Reference(reference) if matches!(reference.root, Slot::CTX | Slot::CONTEXT) && path::whole(reference).is_some_and(|path| path == ["arguments"]))
}

/// The members of a root that a condition around a refusal asks for alone.
fn asked_of<'p>(subject: &CheckSubject<'p>, root: &str) -> Vec<String> {
    let mut search = AskedMembers { subject, root, found: Vec::new() };
    search.program(subject.program);
    search.found
}

struct AskedMembers<'s, 'p, 'r> {
    subject: &'s CheckSubject<'p>,
    root: &'r str,
    found: Vec<String>,
}

impl<'p> Visit<'p> for AskedMembers<'_, 'p, '_> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        if self.subject.refuses(&branch.body) {
            let mut paths = Vec::new();
            References(|reference: &'p Reference| {
                if matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
                    paths.push(path::prefix(reference));
                }
            })
            .expression(&branch.condition);
            if !paths.is_empty() && paths.iter().all(|path| path.first() == Some(&self.root) && path.len() > 1) {
                self.found.extend(paths.first().map(|path| path[1..].join(".")));
            }
        }
        walk_branch(self, branch);
    }
}

/// A filter of the caller's in the stash that a later template takes out, and that a request reads.
fn filter_removed(subjects: &Subjects<'_>) -> Option<HandedSpot> {
    subjects.iter().enumerate().find_map(|(at, (_, subject))| {
        let names: Vec<&str> = subject.program.references().into_iter().filter(|reference| puts_filter(subject, reference)).filter_map(stash_put).collect();
        let removed = |reference: &&Reference| matches!(reference.last_call(), Some((Some(Method::Remove), [Expression { kind: Kind::String(name), .. }])) if reference.passes("stash") && names.contains(&name.as_str()));
        let (later, node) = subjects.get(at + 1..)?.iter().enumerate().find_map(|(later, (_, subject))| {
            let removal = subject.program.references().into_iter().find(removed)?;
            Some((at + 1 + later, removal.node))
        })?;
        Some((later, node, Code::FilterLost, "the filter by the caller that an earlier function put into the stash is taken out here, so what is read afterwards has none: leave it there".to_owned()))
    })
}

/// `$ctx.stash.put("f", {"owner": {"eq": $ctx.identity.username}})`
fn puts_filter<'p>(subject: &CheckSubject<'p>, reference: &'p Reference) -> bool {
    let value = reference.steps.last().and_then(|step| match &step.kind {
        StepKind::Method { args, .. } => args.get(1),
        _ => None,
    });
    stash_put(reference).is_some() && value.is_some_and(|value| matches!(value.kind, Kind::Map(_)) && subject.reads(value, "identity"))
}

/// `#if($ctx.error) #return … #end` before the check of a function, which another one follows.
fn fails_open(resolver: &Resolver, subjects: &Subjects<'_>) -> Option<HandedSpot> {
    let last = resolver.functions.last()?;
    let of_last = |template: &Arc<Template>| last.request.iter().chain(&last.response).chain(&resolver.after).any(|own| Arc::ptr_eq(own, template));
    subjects.iter().enumerate().filter(|(_, (template, subject))| !of_last(template) && !subject.generated).find_map(|(at, (_, subject))| {
        let body = &subject.program.body;
        body.iter().enumerate().find_map(|(place, statement)| {
            let Statement::If(parts) = statement else { return None };
            let branch = parts.branches.first().filter(|branch| subject.reads(&branch.condition, "error"))?;
            let node = branch.body.iter().find_map(|statement| match statement {
                Statement::Return { node, .. } => Some(*node),
                _ => None,
            })?;
            let checked = body.get(place + 1..)?.iter().any(|statement| subject.refuses_in(statement));
            checked.then(|| (at, node, Code::ReturnBeforeCheck, "where the data source fails, this #return goes past the check further down, and the pipeline goes on: raise the error (`$util.error($ctx.error.message, $ctx.error.type)`)".to_owned()))
        })
    })
}
