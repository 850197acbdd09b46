//! A refusal, and no branch for a mode that the API has.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_choice, walk_reference};
use crate::syntax::{If, Reference};
use crate::trace::{is_refusal, mentions};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let refusal = subject.program.references().into_iter().rfind(|reference| is_refusal(reference));
    let Some(refusal) = refusal.filter(|_| mentions(subject.program, "authType")) else { return };
    let unchecked = only_in_modes(subject);
    for mode in subject.modes.iter().filter(|mode| !mentions(subject.program, mode.as_str())) {
        let message = if unchecked {
            format!("the API has {mode}, and every check stands in a branch for another mode: such callers get through unchecked")
        } else {
            format!("the API has {mode}, and no branch is for it: such callers are always refused here")
        };
        found.push(Spot::at(subject.program, refusal.node, Code::ModeWithoutBranch, message));
    }
}

/// Whether each refusal stands in a branch that asks for a mode.
fn only_in_modes(subject: &CheckSubject<'_>) -> bool {
    let mut search = Refusals { subject, within: 0, outside: false };
    search.program(subject.program);
    !search.outside
}

struct Refusals<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    /// Branches for a mode that are open.
    within: usize,
    outside: bool,
}

impl<'p> Visit<'p> for Refusals<'_, 'p> {
    fn choice(&mut self, parts: &'p If) {
        let asks = parts.branches.iter().any(|branch| self.subject.names_mode(&branch.condition));
        if !asks {
            walk_choice(self, parts);
            return;
        }
        for branch in &parts.branches {
            let own = usize::from(self.subject.names_mode(&branch.condition));
            self.within += own;
            self.block(&branch.body);
            self.within -= own;
        }
        if let Some((_, body)) = &parts.otherwise {
            self.block(body);
        }
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.outside |= self.within == 0 && is_refusal(reference);
        walk_reference(self, reference);
    }
}
