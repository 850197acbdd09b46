//! A member of the stash that only a step behind the deciding one would put there.

use super::Steps;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::visit::{Visit, walk_reference};
use crate::syntax::{NodeId, Program, Reference};
use crate::trace::stash::{stash_key, stash_put};

/// The order of the functions: a later one puts what this one asks for.
pub(super) fn put_later(steps: &Steps<'_>, key: &str, hints: &mut Vec<Finding>) -> Option<Finding> {
    let path = format!("stash.{key}");
    let (program, node) = steps.later.iter().find_map(|program| Some((program, puts(program, key)?)))?;
    let deciding = steps.all.get(steps.at)?;
    hints.retain(|hint| !(hint.code == Code::StashLacks && hint.path.as_deref() == Some(path.as_str())));
    let message = Message::of(
        "{} is absent for {}: {} puts it on line {}, and runs only after it. » Put the function of {} before this one in the pipeline.",
        [
            Part::Place(path.clone()),
            Part::Place(deciding.program.source.name.to_string()),
            Part::Place(program.source.name.to_string()),
            Part::Place(program.place(node).line.to_string()),
            Part::Place(program.source.name.to_string()),
        ],
    );
    Some(Finding::new(Code::StepWrote, message).at(path))
}

/// Where a template puts this key into the stash.
fn puts(program: &Program, key: &str) -> Option<NodeId> {
    let mut search = PutSearch { key, found: None };
    search.program(program);
    search.found
}

struct PutSearch<'k> {
    key: &'k str,
    found: Option<NodeId>,
}

impl<'p> Visit<'p> for PutSearch<'_> {
    fn target(&mut self, target: &'p Reference) {
        if stash_key(target) == Some(self.key) {
            self.found = self.found.or(Some(target.node));
        }
        walk_reference(self, target);
    }

    fn reference(&mut self, reference: &'p Reference) {
        if stash_put(reference) == Some(self.key) {
            self.found = self.found.or(Some(reference.node));
        }
        walk_reference(self, reference);
    }
}
