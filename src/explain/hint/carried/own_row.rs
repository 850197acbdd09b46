//! A row that is the caller's own: what stands on it may be what he is allowed to do.

use super::Finished;
use super::judged_term::JudgedTerm;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::held_by;
use crate::message::Message;
use crate::records::{Carried, Comparator, TermTest};

/// What to say of a term that the template itself set on a row whose key is the caller: it says something of him.
pub(super) fn of_caller(run: &Finished<'_>, carried: &Carried, terms: &[JudgedTerm<'_>]) -> Option<Message> {
    let (key, place) = carried.key.as_ref()?.attributes().find_map(|(name, value)| Some((name.to_owned(), held_by(run, &value.to_value())?)))?;
    let term = terms.iter().find(|term| term.existence().is_none() && !term.values.is_empty() && term.values.iter().all(|(_, source)| !source.whence.client))?;
    let (path, stored) = term.row.as_ref()?;
    let own = format!("That row is the caller's own ({key} is $ctx.{place})");
    if !is_right(path) {
        return Some(Message::from(format!("{own}: what it says of him decides.")).cured(format!("Change {path} on it, if he should pass.")));
    }
    let wanted: Vec<String> = term.values.iter().map(|(_, source)| show(&source.value)).collect();
    let state = if stored.is_some() { "" } else { ", which is absent," };
    let cure = match (&term.judgement.term.test, term.negated) {
        (TermTest::Compare { comparator: Comparator::Equal, .. }, false) => format!("have an administrator set {path} to {} there", wanted.join(" or ")),
        (TermTest::In { .. }, false) => format!("have an administrator set {path} to one of {} there", wanted.join(", ")),
        (TermTest::Contains { .. }, false) => format!("have an administrator add {} to {path} there", wanted.join(" and ")),
        _ => format!("have an administrator change {path} there"),
    };
    Some(
        Message::from(format!("{own}, and {path}{state} is what he may do: this is a check of his rights, kept in the table and not in the token."))
            .cured(format!("If he should pass, {cure}, or call as one whose row has it; a new token changes nothing.")),
    )
}

/// Whether an attribute's name says what somebody may do.
fn is_right(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    let lower = name.to_lowercase();
    let verb = |begin: &str| name.strip_prefix(begin).is_some_and(|rest| rest.starts_with(char::is_uppercase));
    ["role", "permission", "privilege", "admin", "access"].iter().any(|part| lower.contains(part)) || matches!(lower.as_str(), "rights" | "grants" | "scopes") || verb("can") || verb("may")
}
