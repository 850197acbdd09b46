//! A place of a row, or of what was sent, in which no value stands, where a rule compares the caller with it.

use super::other::{fills_in, is_person};
use crate::code::Code;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::held_by;
use crate::explain::hint::{Finished, claim_of};
use crate::message::{Message, Part};
use crate::trace::condition::Operand;

/// Such a place.
pub(super) struct EmptyPlace<'a> {
    pub(super) path: &'a str,
    /// Whether it is not there at all.
    pub(super) absent: bool,
    /// Whether the caller is looked for in it.
    pub(super) listed: bool,
    /// What it is compared with.
    pub(super) caller: &'a Operand,
}

impl EmptyPlace<'_> {
    /// Whether what it is compared with says who the caller is, and not where he belongs.
    fn of_person(&self) -> bool {
        self.caller.origins.iter().filter_map(|origin| origin.path()).any(|path| is_person(path))
    }

    /// What that means, and what to do; `None` where the template fills the caller in.
    pub(super) fn words(&self, run: &Finished<'_>) -> Option<(Code, Message)> {
        let sent = self.path.starts_with("args");
        let code = if self.absent { Code::OwnerAbsent } else { Code::OwnerNull };
        let name = self.path.rsplit('.').next().unwrap_or(self.path);
        if let Some(words) = unresolved(run, self.path).filter(|_| self.absent && !sent) {
            return Some((code, words));
        }
        let words = match (self.absent, sent) {
            (true, false) if self.path.starts_with("source.") => of_parent(run, self.path),
            (_, false) if self.listed && run.is_by_hand() => named_nobody(self.path, self.absent, self.caller),
            // Where somebody belongs is no owner.
            (_, false) if run.is_by_hand() && !self.of_person() => {
                "the row has no value there, so it is nobody's and no caller passes. » Fill it in on this row, and when rows are created.".into()
            }
            (true, false) => absent_words(run).into(),
            (false, true) if fills_in(run, name) => {
                "null is a value too, and is compared as it is. » Leave the key out of the input, and the template fills in the caller.".into()
            }
            (false, true) => "null is a value too, and is compared as it is. » Send the value that is meant.".into(),
            (false, false) => "the row has the key without a value, so it belongs to nobody. » Write the owner there, and when rows are created.".into(),
            // Templates fill the caller in.
            (true, true) => return None,
        };
        Some((code, words))
    }

    /// What it is compared with.
    pub(super) fn caller_is(&self, run: &Finished<'_>) -> String {
        let value = &self.caller.value;
        match claim_of(&self.caller.origins).filter(|_| !self.of_person()) {
            _ if value.is_null() || self.listed && run.is_by_hand() => String::new(),
            Some((claim, ..)) => format!("The claim {claim} is {}.", show(value)),
            None => format!("The caller is {}.", show(value)),
        }
    }

    /// Where else the row names the caller.
    pub(super) fn beside(&self, run: &Finished<'_>) -> String {
        let asks = self.of_person() && (self.absent || run.is_by_hand()) && !self.path.starts_with("args");
        let other = self.path.split_once('.').filter(|_| asks).and_then(|(root, _)| {
            let row = run.context(&[root]);
            row.as_map()?.snapshot().into_iter().find_map(|(key, value)| Some((key.as_str()?.to_owned(), held_by(run, &value)?)))
        });
        other.map_or_else(String::new, |(key, place)| {
            let cure = if run.is_by_hand() { "compare that one".to_owned() } else { format!("make it the owner field of the rule (ownerField: \"{key}\")") };
            format!("The row does name the caller in {key} (it is {place}): if that is the owner, {cure}.")
        })
    }
}

/// A list of names that is not there: whom it should have named, the template does not say.
fn named_nobody(path: &str, absent: bool, caller: &Operand) -> Message {
    let name = path.rsplit('.').next().unwrap_or(path).to_owned();
    let why = if absent { "nobody is named there" } else { "the key is there without a list, so nobody is named" };
    Message::of(
        "{}. » Write a list that has {} to {}, if he may pass, and have whatever creates such rows fill it in.",
        [Part::Text(why.to_owned()), Part::Value(show(&caller.value)), Part::Name(name)],
    )
}

/// A relation that the row names by its key alone: the object is not in the row until somebody loads it, which says nothing of what
/// it holds (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>: result is what the data source
/// answered).
fn unresolved(run: &Finished<'_>, path: &str) -> Option<Message> {
    let (holder, name) = path.rsplit_once('.').filter(|(holder, _)| ["result", "prev.result"].contains(holder))?;
    let row = run.context(&holder.split('.').collect::<Vec<_>>());
    let (key, value) = crate::explain::hint::relation::relation_key(row.as_map()?, name)?;
    Some(Message::of(
        "{} has the key of that relation alone ({} is {}), and the object itself is not resolved before this template runs, which is not an empty one. » Compare the id ({}), if that tells who may; else look that row up first, by this key (a function of a pipeline), and compare with what it answers.",
        [
            Part::Place(holder.to_owned()),
            Part::Name(key.clone()),
            Part::Value(show(&value)),
            Part::Code(format!("`$ctx.{holder}.{key}`")),
        ],
    ))
}

/// The parent's answer lacks the member: what its resolver gave is all that `$ctx.source` holds
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>: source).
pub fn of_parent(run: &Finished<'_>, path: &str) -> Message {
    let name = path.trim_start_matches("source.").split('.').next().unwrap_or(path);
    let parent = run.context(&["source"]);
    let has: Vec<String> = parent.as_map().map(|map| map.keys()).unwrap_or_default().iter().filter_map(|key| key.as_str().map(str::to_owned)).take(8).collect();
    let key = has.iter().find(|key| key.strip_prefix(name).is_some_and(|rest| ["Id", "ID", "_id"].contains(&rest)));
    if let Some(key) = key {
        return Message::of(
            "$ctx.source has the row's own columns alone, {} among them: the relation {} is not resolved before this template runs. » Look that row up first, by `$ctx.source.{}` (a function of a pipeline), and compare with it.",
            [Part::Name(key.clone()), Part::Name(name.to_owned()), Part::Code(key.clone())],
        );
    }
    Message::of(
        "$ctx.source is what the resolver of the parent field answered, and that holds {} only: the row itself may have an owner. » If it has, let the parent's resolver, or the function behind it, return {} too (a field that reads the whole row gives it); if the row has none, write it there.",
        [Part::Text(if has.is_empty() { "nothing".to_owned() } else { crate::message::all_of(&has) }), Part::Name(name.to_owned())],
    )
}

/// Why a row has no owner, and what to do: a template fills one in only where the owner's rule is the one that lets the create
/// through.
fn absent_words(run: &Finished<'_>) -> &'static str {
    if run.is_generated() {
        "nobody was filled in when the row was written: another rule (a group's, a function's under IAM, an API key's) let the create through before the owner's, no owner rule has create, or it was imported. » Write the owner on this row, if it is this caller's, and let whoever creates rows send it."
    } else {
        "the row names nobody there. » Write it when the row is created (a function, an import or a caller with an API key has to send it), and on this one."
    }
}
