//! A refusal, and no branch for a mode that the API has.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::trace::{is_refusal, mentions};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let refusal = subject.program.references().into_iter().rfind(|reference| is_refusal(reference));
    let Some(refusal) = refusal.filter(|_| mentions(subject.program, "authType")) else { return };
    for mode in subject.modes.iter().filter(|mode| !mentions(subject.program, mode.as_str())) {
        let message = format!("the API has {mode}, and no branch is for it: such callers are always refused here");
        found.push(Spot::at(subject.program, refusal.node, Code::ModeWithoutBranch, message));
    }
}
