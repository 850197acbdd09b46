//! A loop over the answer's rows that asks the parent in each turn and never the row: all of them go through, or none.

use super::super::Spot;
use super::super::path;
use super::super::subject::{CheckSubject, refuses_itself};
use crate::code::{Code, Severity};
use crate::syntax::visit::{References, Visit, walk_branch, walk_expression, walk_foreach};
use crate::syntax::{Expression, ExpressionKind as Kind, Foreach, If, Reference, Slot};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if !subject.generated {
        RowLoops { subject, found: &mut *found }.program(subject.program);
        alone(subject, found);
    }
}

/// A refusal that compares the parent with the caller, and rows behind it that no test and no term of the request looks at.
fn alone(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let program = subject.program;
    let mut asked = ParentRefusals { subject, found: Vec::new(), others: false };
    asked.program(program);
    let within = |reference: &Reference| {
        let own = program.span(reference.node);
        asked.found.iter().any(|(condition, _)| program.span(condition.node).holds(own))
    };
    let of_context = |reference: &&Reference| matches!(reference.root, Slot::CTX | Slot::CONTEXT);
    let references = program.references();
    let caller_beside = references.iter().filter(|reference| of_context(reference)).any(|reference| path::prefix(reference).first() == Some(&"identity") && !within(reference));
    let answers = references.iter().filter(|reference| of_context(reference)).any(|reference| path::whole(reference).is_some_and(|path| matches!(path.as_slice(), ["result", "items"])));
    let rows = super::asks_for_page(program) || answers;
    let ([(condition, member)], false, false, true) = (asked.found.as_slice(), asked.others, caller_beside || subject.mentions("stash"), rows) else { return };
    let message = format!("`{}` asks the parent alone (source.{member}), and the rows behind it come back whosever they are: if a row's own owner is to decide, put a term on it into the request's filter, or compare it row by row in the response", program.one_line(condition.node));
    found.push(Spot::at(program, condition.node, Code::RowsNotChecked, message).severity(Severity::Note));
}

/// Conditions of refusals that compare a member of the parent with the caller, and whether any other condition stands there.
struct ParentRefusals<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: Vec<(&'p Expression, &'p str)>,
    others: bool,
}

impl<'p> Visit<'p> for ParentRefusals<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        let mut asked = AskedInLoop { subject: self.subject, item: Slot::FOREACH, of_row: false, of_parent: None };
        ParentComparisons(&mut asked).expression(&branch.condition);
        match asked.of_parent.filter(|_| refuses_itself(&branch.body)) {
            Some((_, member)) => self.found.push((&branch.condition, member)),
            None => self.others |= ["result", "prev", "identity"].into_iter().any(|part| self.subject.reads(&branch.condition, part)),
        }
        walk_branch(self, branch);
    }
}

struct RowLoops<'s, 'p, 'f> {
    subject: &'s CheckSubject<'p>,
    found: &'f mut Vec<Spot>,
}

impl<'p> Visit<'p> for RowLoops<'_, 'p, '_> {
    fn foreach(&mut self, each: &'p Foreach) {
        let of_rows = self.subject.path(&each.list).is_some_and(|path| path.first() == Some(&"result"));
        if of_rows {
            let mut asked = AskedInLoop { subject: self.subject, item: each.item, of_row: false, of_parent: None };
            asked.block(&each.body);
            if let (Some((condition, member)), false) = (asked.of_parent, asked.of_row) {
                let (text, item) = (self.subject.program.one_line(condition.node), self.subject.program.name(each.item));
                let message = format!("`{text}` is asked in every turn of the loop and reads the parent alone, so all rows go through or none: compare the row's own (`${item}.{member}`), or ask once, before the loop");
                self.found.push(Spot::at(self.subject.program, condition.node, Code::RowsNotChecked, message));
            }
        }
        walk_foreach(self, each);
    }
}

/// What the conditions of a loop's body ask.
struct AskedInLoop<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    item: Slot,
    of_row: bool,
    /// The comparison of a member of the parent with the caller.
    of_parent: Option<(&'p Expression, &'p str)>,
}

impl<'p> Visit<'p> for AskedInLoop<'_, 'p> {
    fn choice(&mut self, parts: &'p If) {
        for branch in &parts.branches {
            References(|reference: &'p Reference| self.of_row |= reads(self.subject, reference, self.item)).expression(&branch.condition);
            ParentComparisons(&mut *self).expression(&branch.condition);
            self.block(&branch.body);
        }
        parts.otherwise.iter().for_each(|(_, body)| self.block(body));
    }

    fn foreach(&mut self, inner: &'p Foreach) {
        References(|reference: &'p Reference| self.of_row |= reads(self.subject, reference, self.item)).expression(&inner.list);
        self.block(&inner.body);
    }
}

/// Whether a reference is of the item, itself or through a variable that was set from it.
fn reads<'p>(subject: &CheckSubject<'p>, reference: &'p Reference, item: Slot) -> bool {
    let of_item = |expression: &'p Expression| {
        let mut found = false;
        References(|inner: &'p Reference| found |= inner.root == item).expression(expression);
        found
    };
    reference.root == item || subject.sets.get(&reference.root).is_some_and(|sets| sets.iter().any(|set| of_item(&set.value)))
}

struct ParentComparisons<'a, 's, 'p>(&'a mut AskedInLoop<'s, 'p>);

impl<'p> Visit<'p> for ParentComparisons<'_, '_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Compare(_, sides) = &expression.kind {
            for (member, other) in [(&sides.0, &sides.1), (&sides.1, &sides.0)] {
                let Kind::Reference(reference) = &member.kind else { continue };
                if matches!(reference.root, Slot::CTX | Slot::CONTEXT)
                    && let Some(["source", member]) = path::whole(reference).as_deref()
                    && self.0.subject.reads(other, "identity")
                {
                    self.0.of_parent = self.0.of_parent.or(Some((expression, member)));
                }
            }
        }
        walk_expression(self, expression);
    }
}
