//! Two lists of one answer, as a BatchGetItem over several tables gives them: the rows of one are compared with the caller, and the
//! other goes out as it came.

use super::super::text::show;
use super::super::whence::held_by;
use super::super::{Finished, json};
use super::Leaf;
use super::words::{OWNERS, condition};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::Verdict;
use crate::value::{Map, Value};

/// Rows that are looked at.
const MOST: usize = 200;

/// A list of others' rows beside the one that was compared.
pub fn beside(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Allowed || !found.is_empty() {
        return;
    }
    for leaf in leaves {
        let sides = &leaf.condition.operands;
        let of_caller = sides.iter().any(|side| side.origins.iter().any(|origin| origin.is_in("identity")));
        let compared = sides.iter().find_map(|side| {
            let (path, ..) = side.origins.context()?;
            ComparedList::behind(path)
        });
        let Some(list) = compared.filter(|_| of_caller) else { continue };
        if let Some(finding) = list.other(run, leaf) {
            found.push(finding);
            return;
        }
    }
}

/// `result.data.Contracts[0].owner`
struct ComparedList {
    holder: String,
    name: String,
    field: String,
}

impl ComparedList {
    fn behind(path: &str) -> Option<Self> {
        let (list, rest) = path.split_once('[')?;
        let (_, field) = rest.split_once("].")?;
        let (holder, name) = list.rsplit_once('.')?;
        let of_answer = holder.starts_with("result") || holder.starts_with("prev.result");
        (of_answer && !field.contains(['.', '['])).then(|| Self { holder: holder.to_owned(), name: name.to_owned(), field: field.to_owned() })
    }

    fn other(&self, run: &Finished<'_>, leaf: &Leaf<'_>) -> Option<Finding> {
        let keys: Vec<&str> = self.holder.split('.').collect();
        let holder = run.context(&keys);
        let (name, at, row) = holder.as_map()?.snapshot().into_iter().find_map(|(key, value)| {
            let name = key.as_str().filter(|name| *name != self.name && !self.is_read(run, name))?.to_owned();
            let rows = value.members()?;
            let (at, row) = rows.iter().take(MOST).enumerate().find(|(_, row)| row.as_map().is_some_and(|row| self.owner(run, row).is_some()))?;
            Some((name, at, row.clone()))
        })?;
        let (field, owner) = self.owner(run, row.as_map()?)?;
        // What the answer leaves out nobody sees.
        if !run.outcome.output.contains(&json(&row).to_string()) {
            return None;
        }
        let id = row.as_map()?.snapshot().into_iter().find(|(key, _)| key.as_str().is_some_and(|name| name == "id" || name.ends_with("Id")));
        let id = id.map_or_else(String::new, |(key, value)| format!(" ({} {})", key.as_str().unwrap_or_default(), show(&value)));
        let me = run.context(&["identity", "username"]);
        let place = format!("{}.{name}[{at}]", self.holder);
        let message = Message::of(
            "Wider than it looks: only the rows of {} are compared with the caller ({}); {} goes out as it came, and {}{} is another's: its {} is {}, and the caller is {}. » Walk that list too and refuse or leave out what is not the caller's, or ask for those rows by a Query that names the caller.",
            [
                Part::Place(format!("{}.{}", self.holder, self.name)),
                Part::Code(condition(run, leaf.condition)),
                Part::Place(format!("{}.{name}", self.holder)),
                Part::Place(place.clone()),
                Part::Value(id),
                Part::Name(field.clone()),
                Part::Value(show(&owner)),
                Part::Value(show(&me)),
            ],
        );
        Some(Finding::new(Code::RowsNotChecked, message).certainty(Certainty::Certain).at(format!("{place}.{field}")).actual(json(&owner)))
    }

    /// Whether a loop or a member of the template leads into the other list.
    fn is_read(&self, run: &Finished<'_>, name: &str) -> bool {
        run.recorder.index.references.iter().any(|reference| reference.passes(name))
    }

    /// Whose a row is, where it is not the caller's: by the attribute that is compared in the other list, else by one of custom.
    fn owner(&self, run: &Finished<'_>, row: &Map) -> Option<(String, Value)> {
        let names = [self.field.as_str()].into_iter().chain(OWNERS);
        let (name, owner) = names.into_iter().find_map(|name| Some((name, row.get_str(name).filter(|value| value.as_str().is_some())?)))?;
        held_by(run, &owner).is_none().then(|| (name.to_owned(), owner))
    }
}
