//! A member of the stash that is read where the template sets a variable of that name, which nothing reads: the two are different
//! places.

use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use crate::code::{Code, Severity};
use crate::syntax::{Reference, Slot};
use crate::trace::stash::{stash_key, stash_put};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let all = subject.program.references();
    let of_stash = all.iter().copied().find_map(|reference| {
        let path = path::whole(reference).filter(|_| matches!(reference.root, Slot::CTX | Slot::CONTEXT))?;
        let ["stash", key] = path.as_slice() else { return None };
        let put = all.iter().any(|other| stash_put(other) == Some(*key) || other.node != reference.node && stash_key(other) == Some(*key) && is_target(subject, other));
        let slot = unread(subject, &all, key).filter(|_| !put)?;
        Some((reference, *key, slot))
    });
    if let Some((reference, key, slot)) = of_stash {
        let (text, name) = (subject.program.one_line(reference.node), subject.program.name(slot));
        let message = format!("`{text}` is read, which this template does not put, and the variable ${name} is set and read by nothing: the two are different places. Read `${name}` here, or put it (`$util.qr($ctx.stash.put(\"{key}\", ${name}))`)");
        found.push(Spot::at(subject.program, reference.node, Code::StashLacks, message).severity(Severity::Warning));
    }
}

/// Whether a `#set` writes this reference.
fn is_target(subject: &CheckSubject<'_>, reference: &Reference) -> bool {
    subject.changed.contains(&reference.root)
}

/// A variable of this name that is set, and read by nothing.
fn unread(subject: &CheckSubject<'_>, all: &[&Reference], key: &str) -> Option<Slot> {
    let (slot, sets) = subject.sets.iter().find(|(slot, _)| subject.program.name(**slot).eq_ignore_ascii_case(key))?;
    let own = |reference: &&&Reference| sets.iter().any(|set| set.target.node == reference.node);
    all.iter().filter(|reference| reference.root == *slot).all(|reference| own(&reference)).then_some(*slot)
}
