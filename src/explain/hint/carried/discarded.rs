//! A list's filter by the caller that a later `#set` put another one in the place of, of whatever form the two are.

use super::Finished;
use crate::code::Code;
use crate::explain::hint::allow::line;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{held_by, place, whence};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::records::{Carried, Row};
use crate::trace::recorder::Change;
use crate::value::Value;

/// Members that are looked through.
const DEPTH: usize = 6;
/// Rows named in one sentence.
const SHOWN: usize = 3;

/// The caller's own filter, as it was made.
struct OwnFilter<'c> {
    change: &'c Change,
    /// Its value that is the caller's.
    value: Value,
    /// What of the caller that is.
    of: String,
    /// The members that lead to it.
    around: Vec<String>,
}

/// `#set( $filter = {"owner": {"eq": $ctx.identity.username}} )`, and behind it `#set( $filter = $ctx.args.filter )`.
pub(super) fn by_set(run: &Finished<'_>, lists: &[&Carried], rows: &[Row]) -> Option<Finding> {
    let values = || lists.iter().flat_map(|one| one.condition.terms()).flat_map(|term| term.values());
    // What still asks for the caller has lost nothing.
    if lists.is_empty() || values().any(|bound| held_by(run, &super::bound::plain(&bound)).is_some()) {
        return None;
    }
    let changes = &run.recorder.changes;
    let lost = changes.iter().enumerate().find_map(|(at, change)| {
        let own = own_filter(run, change)?;
        let later = changes[at + 1..].iter().rfind(|later| same_place(change, later))?;
        let is = later.values.last()?;
        // DynamoDB wants a number as a text.
        let asks = |value: &Value| values().any(|bound| super::bound::plain(&bound).to_string() == value.to_string());
        let asked = found_in(is, &mut Vec::new(), &asks).is_some();
        (asked && found_in(is, &mut Vec::new(), &|value| held_by(run, value).is_some()).is_none()).then_some((own, later))
    });
    let (own, later) = lost?;
    Some(told_of(run, &own, later, rows))
}

/// The same variable, or the same member of the same map.
fn same_place(one: &Change, other: &Change) -> bool {
    let key = |change: &Change| change.values.first().and_then(Value::as_str).map(str::to_owned);
    match (one.container, other.container) {
        (None, None) => one.slot.is_some() && one.slot == other.slot,
        (Some(map), Some(same)) => map == same && one.values.len() == 2 && other.values.len() == 2 && key(one).is_some() && key(one) == key(other),
        _ => false,
    }
}

fn own_filter<'c>(run: &Finished<'_>, change: &'c Change) -> Option<OwnFilter<'c>> {
    let map = change.values.last().filter(|value| value.as_map().is_some())?;
    let mut around = Vec::new();
    let value = found_in(map, &mut around, &|value| held_by(run, value).is_some())?;
    let of = held_by(run, &value)?;
    Some(OwnFilter { change, value, of, around })
}

/// A text or number further in, with the members that lead to it.
fn found_in(value: &Value, around: &mut Vec<String>, wanted: &dyn Fn(&Value) -> bool) -> Option<Value> {
    if around.len() > DEPTH {
        return None;
    }
    let mut within = |name: String, value: &Value| {
        around.push(name);
        let found = found_in(value, around, wanted);
        if found.is_none() {
            around.pop();
        }
        found
    };
    match (value.as_map(), value.members()) {
        (Some(map), _) => map.snapshot().into_iter().find_map(|(name, value)| within(name.to_string(), &value)),
        (None, Some(members)) => members.iter().find_map(|value| within(String::new(), value)),
        _ => wanted(value).then(|| value.clone()),
    }
}

fn told_of(run: &Finished<'_>, own: &OwnFilter<'_>, later: &Change, rows: &[Row]) -> Finding {
    let name = later.slot.map_or_else(String::new, |slot| format!("${}", run.program.name(slot)));
    let name = match later.values.as_slice() {
        [key, _] => format!("{name}.{}", key.as_str().unwrap_or_default()),
        _ => name,
    };
    let from = later.values.last().zip(later.origins.last()).map(|(value, origins)| whence(origins, value).words);
    let from = from.filter(|words| !words.is_empty()).map_or_else(String::new, |words| format!(" ({words})"));
    let mut message = Message::of(
        "Wider than it looks: line {} had put the caller's own term into {} ({}), and line {} sets {} anew{}, so nothing asks for the caller any more and rows come back whosever they are{}.",
        [
            Part::Place(line(run, own.change.node).to_string()),
            Part::Name(name.clone()),
            Part::Value(term(own)),
            Part::Place(line(run, later.node).to_string()),
            Part::Name(name),
            Part::Text(from),
            Part::Value(of_others(run, own, rows)),
        ],
    );
    // What is an expression already has no place in an `and` of GraphQL filters.
    message.and(match own.change.values.last().and_then(|value| value.as_map()?.get_str("expression")) {
        Some(_) => "» Join the two in one expression: both in brackets with AND between, and the names and values of both.",
        None => "» Join the two: `{\"and\": [ … ]}` of the two filters, or AND in one expression with the names and values of both.",
    });
    Finding::new(Code::FilterLost, message).at(place(&own.of))
}

/// `#o = :o with "mira" (identity.username)`
fn term(own: &OwnFilter<'_>) -> String {
    let expression = own.change.values.last().and_then(|value| value.as_map()?.get_str("expression"));
    let names = own.around.iter().filter(|name| !name.is_empty() && name.len() > 1 && !name.starts_with("expression"));
    let what = match expression.as_ref().and_then(Value::as_str) {
        Some(text) => format!("`{text}`"),
        None => names.map(String::as_str).collect::<Vec<_>>().join("."),
    };
    format!("{what} with {}, {}", show(&own.value), own.of)
}

/// Rows that come back and have another value where the caller's stands on his own.
fn of_others(run: &Finished<'_>, own: &OwnFilter<'_>, rows: &[Row]) -> String {
    let is_own = |row: &Row| row.attributes().find(|(_, value)| value.to_value().loosely_equals(&own.value)).map(|(name, _)| name.to_owned());
    let Some(name) = rows.iter().find_map(is_own).or_else(|| own.around.iter().find(|name| rows.iter().any(|row| row.get(name).is_some())).cloned()) else {
        return String::new();
    };
    let kept = super::kept(run.program, run.outcome, run.records).unwrap_or_default();
    let others = rows.iter().enumerate().filter(|(at, _)| kept.get(*at) == Some(&true));
    let others = others.filter_map(|(at, row)| {
        let value = row.get(&name)?.to_value();
        held_by(run, &value).is_none().then(|| format!("records[{at}], whose {name} is {}", show(&value)))
    });
    let others: Vec<String> = others.take(SHOWN).collect();
    if others.is_empty() { String::new() } else { format!(": here {}", crate::message::all_of(&others)) }
}
