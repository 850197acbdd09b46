//! A member of the parent, or an argument, that the caller's own value is written over and that is read behind that: a comparison
//! then compares what the template wrote, and a lookup asks for another row than the parent names. The codes are those of the
//! reports (`explain/hint/effects`, `explain/hint/redirected`).

use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use super::members::operation;
use super::written::{members, printed};
use crate::code::Code;
use crate::source::Span;
use crate::syntax::visit::{References, Visit, walk_branch, walk_expression, walk_reference, walk_set};
use crate::syntax::{Expression, ExpressionKind as Kind, If, NodeId, Reference, Set, Slot};
use crate::value::method::Method;

/// Operations of DynamoDB that read.
const LOOKUPS: [&str; 5] = ["GetItem", "Query", "Scan", "Sync", "BatchGetItem"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut search = Writes { subject, around: Vec::new(), writes: Vec::new(), compared: Vec::new() };
    search.program(subject.program);
    let Writes { writes, compared, .. } = search;
    for write in &writes {
        let behind = |span: Span| span.start > subject.program.span(write.node).start;
        let name = write.path.join(".");
        let line = subject.program.line(write.node);
        let compare = compared.iter().find(|(node, path)| *path == write.path && behind(subject.program.span(*node)));
        if let Some((node, _)) = compare {
            let text = subject.program.one_line(*node);
            let message = format!("`{text}` compares what line {line} wrote into `$ctx.{name}` itself, the caller's own value, so it can hardly refuse: compare before that line, or take it out");
            found.push(Spot::at(subject.program, *node, Code::WrittenBeforeCheck, message));
        } else if write.path.first() == Some(&"source") && asks(subject, write, &behind) {
            let text = subject.program.one_line(write.node);
            let message = format!("`{text}` writes the caller's value over what the parent has, and the request asks for that: who has another value gets other rows or none, and no refusal. Ask for the key as it is; if the caller's value decides who may read, compare the two and refuse");
            found.push(Spot::at(subject.program, write.node, Code::Redirected, message));
        }
    }
}

/// Whether a request that reads is printed with this member in it.
fn asks<'p>(subject: &CheckSubject<'p>, write: &MemberWrite<'p>, behind: &dyn Fn(Span) -> bool) -> bool {
    let all = members(&subject.program.body);
    if !operation(&all).is_some_and(|operation| LOOKUPS.contains(&operation.as_str())) {
        return false;
    }
    let mut found = false;
    printed(&subject.program.body, &mut |reference, _| {
        if behind(subject.program.span(reference.node)) {
            let is_it = |one: &'p Reference| subject.path_of(one).as_ref() == Some(&write.path);
            References(|one| found |= is_it(one)).reference(reference);
        }
    });
    found
}

/// The caller's value, written into a member of the context.
struct MemberWrite<'p> {
    node: NodeId,
    path: Vec<&'p str>,
}

struct Writes<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    /// The conditions that stand around.
    around: Vec<&'p Expression>,
    writes: Vec<MemberWrite<'p>>,
    /// Members that are compared with the caller.
    compared: Vec<(NodeId, Vec<&'p str>)>,
}

impl<'p> Visit<'p> for Writes<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        self.around.push(&branch.condition);
        walk_branch(self, branch);
        self.around.pop();
    }

    fn set(&mut self, set: &'p Set) {
        if matches!(set.target.root, Slot::CTX | Slot::CONTEXT)
            && let Some(path) = path::whole(&set.target)
        {
            self.write(set.node, path, &set.value);
        }
        walk_set(self, set);
    }

    fn reference(&mut self, reference: &'p Reference) {
        if let Some((Some(Method::Put), [Expression { kind: Kind::String(key), .. }, value])) = reference.last_call()
            && matches!(reference.root, Slot::CTX | Slot::CONTEXT)
            && let Some((_, before)) = reference.steps.split_last()
            && let Some(mut path) = path::steps(before)
        {
            path.push(key);
            self.write(reference.node, path, value);
        }
        walk_reference(self, reference);
    }

    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Compare(_, sides) = &expression.kind {
            for (member, other) in [(&sides.0, &sides.1), (&sides.1, &sides.0)] {
                if let Some(path) = self.subject.path(member)
                    && self.subject.reads(other, "identity")
                {
                    self.compared.push((expression.node, path));
                }
            }
        }
        walk_expression(self, expression);
    }
}

impl<'p> Writes<'_, 'p> {
    fn write(&mut self, node: NodeId, path: Vec<&'p str>, value: &'p Expression) {
        let of_request = path.len() > 1 && matches!(path[0], "source" | "arguments");
        if of_request && self.subject.reads(value, "identity") && !self.fills_in(&path) {
            self.writes.push(MemberWrite { node, path });
        }
    }

    /// Whether it is only written where nothing, or something that was looked at, stands there.
    fn fills_in(&self, path: &[&str]) -> bool {
        self.around.iter().any(|condition| {
            let mut asked = false;
            References(|reference: &'p Reference| asked |= self.subject.path_of(reference).as_deref() == Some(path)).expression(condition);
            asked
        })
    }
}
