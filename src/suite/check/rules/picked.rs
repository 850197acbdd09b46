//! A filter or a key that the client picks: by a name or a number among several of which one holds rows back and one does not, or by
//! sending one of his own.

use super::super::Spot;
use super::super::subject::CheckSubject;
use super::owner::OWNERS;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_choice, walk_reference};
use crate::syntax::{Block, Expression, ExpressionKind as Kind, If, NodeId, Reference, Slot, Statement, StepKind};
use crate::value::method::Method;

/// Operations that give many rows.
const LISTS: [&str; 3] = ["Scan", "Query", "Sync"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let lists = LISTS.iter().any(|name| subject.program.writes_json(name));
    // Somebody who refuses by what was sent, or by a group, has thought of it.
    if subject.generated || !lists || subject.refuses(&subject.program.body) {
        return;
    }
    let mut search = PickedSearch { subject, found: Vec::new() };
    search.program(subject.program);
    found.extend(search.found.into_iter().map(|(node, code, message)| Spot::at(subject.program, node, code, message)));
}

struct PickedSearch<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: Vec<(NodeId, Code, String)>,
}

impl<'p> Visit<'p> for PickedSearch<'_, 'p> {
    fn choice(&mut self, parts: &'p If) {
        self.either(parts);
        walk_choice(self, parts);
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.among(reference);
        walk_reference(self, reference);
    }
}

impl<'p> PickedSearch<'_, 'p> {
    /// `$views.get($ctx.args.view)`, `$views[$ctx.args.view]`
    fn among(&mut self, reference: &'p Reference) {
        let [step] = reference.steps.as_slice() else { return };
        let key = match &step.kind {
            StepKind::Method { method: Some(Method::Get), args, .. } => args.first(),
            StepKind::Index(index) => Some(index),
            _ => None,
        };
        let Some(key) = key.filter(|key| self.is_sent(key)) else { return };
        let Some([set]) = self.subject.sets.get(&reference.root).map(Vec::as_slice) else { return };
        let parts: Vec<&Expression> = match &set.value.kind {
            Kind::List(items) => items.iter().collect(),
            Kind::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
            _ => return,
        };
        let (own, open): (Vec<&Expression>, Vec<&Expression>) = parts.into_iter().partition(|part| self.subject.reads(part, "identity"));
        let (Some(_), Some(open)) = (own.first(), open.first()) else { return };
        if !self.subject.program.writes_json("filter") && !self.subject.program.writes_json("query") {
            return;
        }
        let program = self.subject.program;
        let message = format!(
            "the client picks by `{}` what is asked for, and `{}` says nothing of the caller: whoever picks that gets everybody's rows. Put the caller's part always, and let the argument only add to it",
            program.one_line(key.node),
            program.one_line(open.node),
        );
        self.found.push((reference.node, Code::ClientDecides, message));
    }

    /// `#if($ctx.args.filter) … #else … the caller's … #end`
    fn either(&mut self, parts: &'p If) {
        let ([branch], Some((_, otherwise))) = (parts.branches.as_slice(), parts.otherwise.as_ref()) else { return };
        let sent = self.is_sent(&branch.condition);
        if !sent || self.names(&branch.body, "identity") || !self.names(&branch.body, "arguments") || !self.names(otherwise, "identity") {
            return;
        }
        let program = self.subject.program;
        let text = program.one_line(branch.condition.node);
        let Some(first) = branch.body.iter().find_map(Statement::node) else { return };
        let printed = branch.body.iter().any(|statement| matches!(statement, Statement::Print(_)));
        let (slot, same) = (set_in(&branch.body), set_in(otherwise));
        if printed && program.writes_json("filter") {
            let message = format!("what the client sends (`{text}`) takes the place of the filter that names the caller: with one of his own a caller sees every row. Put the caller's part always, and join the other to it with `and`");
            self.found.push((first, Code::FilterReplaced, message));
        } else if slot.is_some() && slot == same && self.of_owner() {
            let message = format!("where the client sends it (`{text}`), his word takes the caller's place, and rows are looked up by that: anybody asks for anybody's. Refuse where the two differ, or take the identity alone");
            self.found.push((first, Code::ClientDecides, message));
        }
    }

    /// Whether all that an expression reads is what was sent.
    fn is_sent(&self, expression: &'p Expression) -> bool {
        let reads = |part| self.subject.reads(expression, part);
        reads("arguments") && !["identity", "stash", "result", "prev", "source", "info"].into_iter().any(reads)
    }

    /// Whether a block looks at a part of the context, through variables too.
    fn names(&self, block: &'p Block, part: &str) -> bool {
        let mut search = PartSearch { subject: self.subject, part, found: false };
        search.block(block);
        search.found
    }

    /// Whether an owner is among the attributes that are asked for.
    fn of_owner(&self) -> bool {
        OWNERS.iter().any(|name| self.subject.program.writes_json(name) || self.subject.program.writes(&format!("{name} = :")))
    }
}

/// The one variable that a block sets.
fn set_in(block: &Block) -> Option<Slot> {
    let mut sets = block.iter().filter_map(|statement| match statement {
        Statement::Set(set) if set.target.steps.is_empty() => Some(set.target.root),
        _ => None,
    });
    sets.next().filter(|_| sets.next().is_none())
}

struct PartSearch<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    part: &'s str,
    found: bool,
}

impl<'p> Visit<'p> for PartSearch<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        self.found |= self.subject.reads(expression, self.part);
    }

    fn reference(&mut self, reference: &'p Reference) {
        let mut path = self.subject.path_of(reference).unwrap_or_default().into_iter();
        self.found |= path.next().is_some_and(|first| first == self.part);
        walk_reference(self, reference);
    }
}
