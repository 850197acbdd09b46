//! A decision that is made and then not asked for.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_set};
use crate::syntax::{ExpressionKind as Kind, Program, Reference, Set, Slot};
use rustc_hash::FxHashSet;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let mut read = Read::default();
    read.program(subject.program);
    for (slot, sets) in &subject.sets {
        let name = subject.program.name(*slot);
        let granted = sets.iter().find(|set| matches!(set.value.kind, Kind::Boolean(true)));
        if !decides(name) || read.0.contains(slot) || handed_on(subject.program) {
            continue;
        }
        if let Some(set) = granted {
            let message = format!(
                "${name} is worked out and nothing in the template asks for it: every caller gets through. Add `#if( !${name} ) $util.unauthorized() #end`"
            );
            found.push(Spot::at(subject.program, set.node, Code::NothingEnforces, message));
        }
    }
}

/// Whether a name says that its variable is about who may.
pub fn decides(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["authori", "isallowed", "haspermission", "hasaccess", "ispermitted", "canaccess"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether the template refuses somebody after all, or is part of something larger.
fn handed_on(program: &Program) -> bool {
    let mut refuses = false;
    References(|reference: &Reference| refuses |= super::super::subject::refuses(program, reference)).program(program);
    refuses
}

/// Variables that are read.
#[derive(Default)]
struct Read(FxHashSet<Slot>);

impl<'p> Visit<'p> for Read {
    fn target(&mut self, target: &'p Reference) {
        if !target.steps.is_empty() {
            self.reference(target);
        }
    }

    fn set(&mut self, set: &'p Set) {
        walk_set(self, set);
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.0.insert(reference.root);
        crate::syntax::visit::walk_reference(self, reference);
    }
}
