//! `#set` of null keeps the old value: in a loop that is the value of the row before
//! (<https://velocity.apache.org/engine/1.7/user-guide.html#set>).

use crate::value::method::Method;
use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_foreach};
use crate::syntax::{Block, Expression, ExpressionKind as Kind, Foreach, Reference, Set, Slot, Statement, StepKind};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    Loops { subject, found }.program(subject.program);
}

struct Loops<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
}

impl<'p> Visit<'p> for Loops<'_, 'p> {
    fn foreach(&mut self, each: &'p Foreach) {
        for (at, statement) in each.body.iter().enumerate() {
            let Statement::Set(set) = statement else { continue };
            let slot = set.target.root;
            let rest = &each.body[at + 1..];
            if !set.target.steps.is_empty() || !may_be_null(&set.value, each.item) || is_set(&each.body[..at], slot) {
                continue;
            }
            if self.decides(rest, slot) {
                self.push(set, slot, "decides");
            } else if !self.subject.generated && hands_out(rest, slot) {
                self.push(set, slot, "goes out with this row");
            }
        }
        walk_foreach(self, each);
    }
}

impl<'p> Loops<'_, 'p> {
    fn push(&mut self, set: &Set, slot: Slot, what: &str) {
        let program = self.subject.program;
        let (name, value) = (program.name(slot), program.text(set.value.node));
        let message = format!(
            "where `{value}` is null, this #set keeps the value of the row before, and ${name} {what}: write `$util.defaultIfNull({value}, \"\")`"
        );
        self.found.push(Spot::at(program, set.node, Code::NullKeepsLast, message));
    }

    /// Whether the variable is asked for in a condition behind which something that matters happens, or rows are picked.
    fn decides(&self, rest: &'p [Statement], slot: Slot) -> bool {
        rest.iter().any(|statement| match statement {
            Statement::If(parts) => parts.branches.iter().any(|branch| {
                reads(&branch.condition, slot)
                    && (self.subject.matters(&branch.body) || picks(&branch.body))
            }),
            _ => false,
        })
    }
}

/// The variable is added to a list, in a row that is made here, without having been asked for.
fn hands_out(rest: &[Statement], slot: Slot) -> bool {
    rest.iter().any(|statement| {
        let mut found = false;
        let mut add = |reference: &Reference| {
            for step in &reference.steps {
                if let StepKind::Method { method: Some(Method::Add), args, .. } = &step.kind {
                    found |= args.iter().any(|arg| reads(arg, slot));
                }
            }
        };
        if let Statement::Print(reference) = statement {
            References(&mut add).reference(reference);
        }
        found
    })
}

/// A member of the row, without a default.
fn may_be_null(value: &Expression, item: Slot) -> bool {
    match &value.kind {
        Kind::Reference(reference) => {
            reference.root == item
                && !reference.steps.is_empty()
                && reference.steps.iter().all(|step| match &step.kind {
                    StepKind::Property(name) => !matches!(name.as_str(), "id" | "key" | "value"),
                    StepKind::Index(index) => matches!(index.kind, Kind::String(_)),
                    kind @ StepKind::Method { .. } => kind.calls(Method::Get),
                })
        }
        _ => false,
    }
}

fn is_set(before: &[Statement], slot: Slot) -> bool {
    before.iter().any(|statement| {
        matches!(statement, Statement::Set(set) if set.target.root == slot && set.target.steps.is_empty())
    })
}

fn reads(condition: &Expression, slot: Slot) -> bool {
    let mut found = false;
    References(|reference: &Reference| found |= reference.root == slot).expression(condition);
    found
}

/// The block adds rows to a list, or puts something into the stash.
fn picks(block: &Block) -> bool {
    let mut found = false;
    References(|reference: &Reference| {
        let kept = matches!(reference.root, Slot::CTX | Slot::CONTEXT) && path::prefix(reference).first() == Some(&"stash");
        let fills = reference.last_call().and_then(|(called, _)| called).is_some_and(Method::fills);
        found |= kept && fills
            || reference.variable().is_some() && reference.steps.iter().any(|step| step.kind.calls(Method::Add));
    })
    .block(block);
    found
}
