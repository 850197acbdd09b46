//! Statements behind one that always leaves the template: they can neither authorize nor refuse.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_block};
use crate::syntax::{Block, Slot, Statement};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    // Behind a directive that is text, because of it.
    let slipped = found.iter().any(|spot| spot.code == Code::Slip);
    if !subject.generated && !slipped {
        Blocks { subject, found }.program(subject.program);
    }
}

struct Blocks<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
}

impl<'p> Visit<'p> for Blocks<'_, 'p> {
    fn block(&mut self, block: &'p Block) {
        let mut rest = block.iter().skip_while(|statement| !ends(statement)).skip(1);
        let next = rest.find_map(|statement| match statement {
            Statement::Set(set) => Some(set.node),
            Statement::If(parts) => parts.branches.first().map(|branch| branch.condition.node),
            Statement::Print(reference) => Some(reference.node),
            Statement::Foreach(each) => Some(each.node),
            _ => None,
        });
        if let Some(node) = next {
            let message = "the template was left before this statement: it can neither authorize nor refuse";
            self.found.push(Spot::at(self.subject.program, node, Code::NeverReached, message));
        }
        walk_block(self, block);
    }
}

fn ends(statement: &Statement) -> bool {
    match statement {
        Statement::Return { .. } | Statement::Stop { .. } => true,
        Statement::Print(reference) => {
            matches!(reference.util(), Some(Method::Unauthorized | Method::Error))
                && matches!(reference.root, Slot::UTIL | Slot::UTILS)
        }
        _ => false,
    }
}
