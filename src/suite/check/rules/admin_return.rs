//! A way out for an admin role in front of the filters and lists of fields that hold everybody else.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_foreach, walk_statement};
use crate::syntax::{Foreach, NodeId, Statement};
use crate::trace::stash::stash_put;

/// What a step puts into the stash to narrow an answer (AMPLIFY-AUTH: search and list resolvers).
const NARROWS: [&str; 2] = ["allowedAggFields", "authFilter"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut search = AdminLoops { subject, inside: false, returns: Vec::new() };
    search.program(subject.program);
    let span = |node: NodeId| subject.program.span(node);
    for node in search.returns {
        let later = subject.program.references().into_iter().filter(|reference| span(reference.node).start > span(node).end);
        let Some(name) = later.filter_map(stash_put).find(|name| NARROWS.contains(name)) else { continue };
        let message = format!("an admin role leaves the template here, before {name} is put: every row and every total is covered for it");
        found.push(Spot::at(subject.program, node, Code::AdminReturn, message));
    }
}

struct AdminLoops<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    inside: bool,
    returns: Vec<NodeId>,
}

impl<'p> Visit<'p> for AdminLoops<'_, 'p> {
    fn foreach(&mut self, each: &'p Foreach) {
        let before = self.inside;
        let path = self.subject.path(&each.list).unwrap_or_default();
        self.inside |= path.starts_with(&["stash", "adminRoles"]);
        walk_foreach(self, each);
        self.inside = before;
    }

    fn statement(&mut self, statement: &'p Statement) {
        if let Statement::Return { node, .. } = statement
            && self.inside
        {
            self.returns.push(*node);
        }
        walk_statement(self, statement);
    }
}
