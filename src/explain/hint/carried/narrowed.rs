//! An argument that a template fills in by itself: the query then asks for the rows with that value alone. Amplify does so for
//! an index whose sort key is the owner's or the groups' field, and takes the last of the caller's groups.

use super::Finished;
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::explain::hint::allow::line;
use crate::explain::hint::text::show;
use crate::explain::why::{Carrying, Fate};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::trace::recorder::Change;
use crate::value::Value;

/// Rows named in one sentence.
const SHOWN: usize = 4;

/// An argument that the client did not send, with one of several values of a claim.
pub(super) fn judge(run: &Finished<'_>, found: &mut Carrying) {
    let Some(filled) = run.recorder.changes.iter().rev().find_map(|change| Filled::read(run, change)) else { return };
    let rows: Vec<(usize, Value)> = run.records.iter().enumerate().filter_map(|(at, row)| {
        let value = row.as_map()?.get_str(&filled.field)?;
        (!value.loosely_equals(&filled.value)).then_some((at, value))
    }).collect();
    let never = rows.iter().take(SHOWN).map(|(at, value)| format!("records[{at}], where {} is {}", filled.field, show(value)));
    let never: Vec<String> = never.collect();
    found.fate(if never.is_empty() { Fate::Open } else { Fate::Narrowed });
    found.findings.push(filled.finding(run, &never));
}

/// The argument, and what it was filled with.
struct Filled<'r> {
    change: &'r Change,
    field: String,
    /// The one value.
    value: Value,
    /// The claim that holds it among others.
    claim: String,
    held: Value,
    /// What stands in it beside that value.
    others: Vec<Value>,
}

impl<'r> Filled<'r> {
    fn read(run: &Finished<'_>, change: &'r Change) -> Option<Self> {
        let (key, given) = (change.values.first()?, change.values.get(1)?);
        let whole: ContextPath = change.path.as_ref().filter(|path| *path == "args")?.join(key);
        let field = whole.to_string().strip_prefix("args.")?.to_owned();
        if change.old.as_ref().is_some_and(|old| !old.is_null()) {
            return None;
        }
        let value = match given {
            Value::Map(map) => map.get_str("eq")?,
            text @ Value::String(_) => text.clone(),
            _ => return None,
        };
        let claims = run.context(&["identity", "claims"]);
        let (claim, list) = claims.as_map()?.snapshot().into_iter().find_map(|(name, held)| {
            let (own, others): (Vec<_>, Vec<_>) = held.members()?.into_iter().partition(|one| one.loosely_equals(&value));
            (!own.is_empty() && !others.is_empty()).then_some((name.as_str()?.to_owned(), (held, others)))
        })?;
        let (held, others) = list;
        Some(Self { change, field, value, claim, held, others })
    }

    fn finding(&self, run: &Finished<'_>, never: &[String]) -> Finding {
        let named: Vec<String> = self.others.iter().take(SHOWN).map(show).collect();
        let rows = if never.is_empty() { format!("rows of {}", all_of(&named)) } else { all_of(never) };
        let other = named.first().cloned().unwrap_or_default();
        let message = Message::of(
            "Nobody was refused, and not every row comes: the client sent no argument {}, and line {} fills in {} by itself, only one of the caller's several (claim {} is {}). The query asks for that one alone, so {} never come, whatever the caller may see. » Ask once for each, with the argument: `{}: { eq: {} }`.",
            [
                Part::Name(self.field.clone()),
                Part::Place(line(run, self.change.node).to_string()),
                Part::Value(show(&self.value)),
                Part::Name(self.claim.clone()),
                Part::Value(show(&self.held)),
                Part::Value(rows),
                Part::Name(self.field.clone()),
                Part::Value(other),
            ],
        );
        Finding::new(Code::FilterLeavesOut, message).at(format!("args.{}", self.field))
    }
}
