//! A decision that is made and then not asked for.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_set};
use crate::syntax::{ExpressionKind as Kind, If, Program, Reference, Set, Slot};
use rustc_hash::FxHashSet;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let mut read = ReadVariables::default();
    read.program(subject.program);
    let mut asked = AskedVariables { subject, around: 0, slots: FxHashSet::default() };
    asked.program(subject.program);
    let asked = asked.slots;
    for (slot, sets) in &subject.sets {
        let name = subject.program.name(*slot);
        let granted = sets.iter().find(|set| matches!(set.value.kind, Kind::Boolean(true)));
        let meant = decides(name) || sets.len() > 1 && asked.contains(slot) && is_flag(sets);
        if !meant || read.0.contains(slot) || handed_on(subject.program) {
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
    ["authori", "allowed", "permission", "permitted", "hasaccess", "canaccess", "isowner", "isadmin"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether the template refuses somebody after all, or is part of something larger.
fn handed_on(program: &Program) -> bool {
    let mut refuses = false;
    References(|reference: &Reference| refuses |= super::super::subject::refuses(program, reference)).program(program);
    refuses
}

/// Set to true and to false, and to nothing else.
fn is_flag(sets: &[&Set]) -> bool {
    let is = |wanted: bool| move |set: &&Set| matches!(set.value.kind, Kind::Boolean(value) if value == wanted);
    sets.iter().all(|set| is(true)(set) || is(false)(set)) && sets.iter().any(is(true)) && sets.iter().any(is(false))
}

/// Variables that are set where the caller's identity was asked for.
struct AskedVariables<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    around: usize,
    slots: FxHashSet<Slot>,
}

impl<'p> Visit<'p> for AskedVariables<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        let asks = usize::from(self.subject.reads(&branch.condition, "identity"));
        self.around += asks;
        self.block(&branch.body);
        self.around -= asks;
    }

    fn set(&mut self, set: &'p Set) {
        if self.around > 0 && set.target.steps.is_empty() {
            self.slots.insert(set.target.root);
        }
    }
}

/// Variables that are read.
#[derive(Default)]
struct ReadVariables(FxHashSet<Slot>);

impl<'p> Visit<'p> for ReadVariables {
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
