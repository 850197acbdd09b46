//! Clauses of an OpenSearch query that name the caller and hold nothing back.
//!
//! <https://docs.opensearch.org/latest/query-dsl/compound/bool/>: beside a `must` or a `filter`, a `should` that asks for no
//! minimum only ranks what is found.

use super::Finished;
use super::judged_term::row_name;
use crate::code::Code;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{held_by, slip};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::records::{Carried, CarriedForm, Row};
use crate::value::{List, Map, Value};

/// Queries in queries that are looked at.
const DEEPEST: usize = 24;

/// A term of a query: the clause, the field without `.keyword`, and what it may be.
struct SearchTerm {
    clause: String,
    field: String,
    values: Vec<Value>,
}

/// Terms on the caller in a `should` that need not hold.
pub(super) fn only_ranks(run: &Finished<'_>, carried: &Carried, rows: &[Row]) -> Option<Finding> {
    if carried.form != CarriedForm::Search {
        return None;
    }
    let mut at = run.rendered()?;
    for name in carried.place.split('.') {
        at = at.as_map()?.get_str(name)?;
    }
    let (terms, beside) = optional(&at, 0)?;
    let of_caller = |term: &&SearchTerm| term.values.iter().any(|value| is_callers(run, value));
    let mine: Vec<&SearchTerm> = terms.iter().filter(of_caller).collect();
    if mine.is_empty() {
        return None;
    }
    let shown: Vec<String> = mine.iter().map(|term| format!("{} {} {}", term.clause, term.field, shown(&term.values))).collect();
    let text = &run.program.source.text;
    let line = text.find("\"should\"").map_or_else(String::new, |at| format!(" (line {})", run.program.source.place(at as u32).line));
    let meets = |row: &Row| terms.iter().any(|term| meets(row, term));
    let others: Vec<String> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| !meets(row))
        .map(|(at, row)| format!("{}{}", row_name(at, row, carried), differs(row, &mine)))
        .take(3)
        .collect();
    let which = if others.is_empty() {
        String::new()
    } else {
        let meet = if others.len() == 1 { "meets" } else { "meet" };
        format!(" {} {meet} none of them and come{} back all the same, if the rest finds {}.", all_of(&others), if others.len() == 1 { "s" } else { "" }, if others.len() == 1 { "it" } else { "them" })
    };
    Some(
        Finding::new(
            Code::ShouldOnlyRanks,
            Message::of(
                "Wider than it looks: what names the caller ({}) stands in `should`{} beside `{}`, and there a should is optional: it only ranks (score), so every document that the rest finds comes back, whosever it is.{} » Add `\"minimum_should_match\": 1` to the same `bool`, or put the should where it must hold: `\"filter\": [{\"bool\": {\"should\": […]}}]`.",
                [
                    Part::Value(all_of(&shown)),
                    Part::Place(line),
                    Part::Code(beside),
                    Part::Value(which),
                ],
            ),
        )
        .at(format!("{}.should", carried.place)),
    )
}

/// What a search asks for of the caller's, clause by clause, where OpenSearch alone can say which documents have it; empty where
/// nothing of it is his. The values of the other clauses are shown beside it.
pub(super) fn asks_for_caller(run: &Finished<'_>, carried: &Carried) -> Option<(String, String)> {
    let terms = terms_of(run, carried);
    let words = |term: &SearchTerm| format!("{} {} {}", term.clause, term.field, shown(&term.values));
    let (mine, others): (Vec<_>, Vec<_>) = terms.iter().partition(|term| term.values.iter().any(|value| is_callers(run, value)));
    let all = |terms: &[&SearchTerm]| all_of(&terms.iter().take(4).map(|term| words(term)).collect::<Vec<_>>());
    (!mine.is_empty()).then(|| (all(&mine), all(&others)))
}

/// All clauses of a search that name a field.
fn terms_of(run: &Finished<'_>, carried: &Carried) -> Vec<SearchTerm> {
    let query = || {
        let mut at = run.rendered()?;
        for name in carried.place.split('.') {
            at = at.as_map()?.get_str(name)?;
        }
        Some(at)
    };
    let mut terms = Vec::new();
    query().iter().for_each(|query| collect(query, 0, &mut terms));
    terms
}

/// The terms of the first `should` that need not hold, and the clause that makes it so.
fn optional(query: &Value, depth: usize) -> Option<(Vec<SearchTerm>, String)> {
    let map = query.as_map().filter(|_| depth < DEEPEST)?;
    let full = |name: &str| map.get_str(name).is_some_and(|value| value.members().map_or(!value.is_null(), |all| !all.is_empty()));
    let least = map.get_str("minimum_should_match").map(|least| least.to_string());
    let beside = ["must", "filter"].into_iter().find(|name| full(name));
    if let (Some(beside), true, None | Some("0")) = (beside, full("should"), least.as_deref()) {
        let mut found = Vec::new();
        collect(&map.get_str("should")?, depth, &mut found);
        if !found.is_empty() {
            return Some((found, beside.to_owned()));
        }
    }
    map.snapshot().into_iter().find_map(|(_, value)| match value.members() {
        Some(members) => members.iter().find_map(|member| optional(member, depth + 1)),
        None => optional(&value, depth + 1),
    })
}

fn collect(query: &Value, depth: usize, found: &mut Vec<SearchTerm>) {
    if depth > DEEPEST {
        return;
    }
    if let Some(members) = query.members() {
        return members.iter().for_each(|member| collect(member, depth + 1, found));
    }
    for (key, value) in query.as_map().map(Map::snapshot).unwrap_or_default() {
        let clause = key.as_str().unwrap_or_default();
        let fields = value.as_map().filter(|_| matches!(clause, "term" | "terms" | "match" | "match_phrase"));
        let Some(fields) = fields else {
            collect(&value, depth + 1, found);
            continue;
        };
        for (field, wanted) in fields.snapshot() {
            let inner = wanted.as_map().and_then(|map| map.get_str("value").or_else(|| map.get_str("query")));
            let wanted = inner.unwrap_or(wanted);
            let field = field.as_str().unwrap_or_default().to_owned();
            found.push(SearchTerm { clause: clause.to_owned(), field, values: wanted.members().unwrap_or_else(|| vec![wanted]) });
        }
    }
}

/// Whether a value is the caller's: a name of his, or one of his groups.
fn is_callers(run: &Finished<'_>, value: &Value) -> bool {
    let in_claim = |(_, claim): (Value, Value)| claim.members().is_some_and(|all| all.iter().any(|one| one.loosely_equals(value)));
    let claims = run.context(&["identity", "claims"]);
    held_by(run, value).is_some() || claims.as_map().is_some_and(|claims| claims.snapshot().into_iter().any(in_claim))
}

fn stored(row: &Row, term: &SearchTerm) -> Option<Value> {
    row.get(term.field.strip_suffix(".keyword").unwrap_or(&term.field)).map(|value| value.to_value())
}

fn meets(row: &Row, term: &SearchTerm) -> bool {
    let Some(stored) = stored(row, term) else { return false };
    let stored = stored.members().unwrap_or_else(|| vec![stored.clone()]);
    stored.iter().any(|one| term.values.iter().any(|wanted| one.loosely_equals(wanted)))
}

/// What the row has where the caller was asked for: `, owner "olaf"`.
fn differs(row: &Row, terms: &[&SearchTerm]) -> String {
    let each = terms.iter().filter_map(|term| {
        let name = term.field.strip_suffix(".keyword").unwrap_or(&term.field);
        Some(format!("{name} {}", show(&stored(row, term)?)))
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { String::new() } else { format!(", {},", each.join(", ")) }
}

fn shown(values: &[Value]) -> String {
    match values {
        [one] => show(one),
        more => show(&crate::value::List::new(more.to_vec()).into()),
    }
}

/// The caller's own values that a search of the template's asks for as a whole, with their fields.
pub fn own_values(run: &Finished<'_>) -> Option<Vec<(String, String)>> {
    let request = run.rendered()?;
    let body = request.as_map()?.get_str("params")?.as_map()?.get_str("body")?;
    let mut terms = Vec::new();
    whole_values(&body, 0, &mut terms);
    terms.retain(|(_, value)| held_by(run, &value.as_str().into()).is_some());
    Some(terms)
}

/// Whether a field that is no keyword is asked for a value that an analysed text has never as a whole: in other letters than lower
/// case, or in several words.
pub fn is_cut((field, value): &(String, String)) -> bool {
    !field.ends_with(".keyword") && value.chars().any(|letter| letter.is_uppercase() || !letter.is_alphanumeric())
}

/// What the documents that were given hold where the caller's value is asked for, and what to look at: a keyword is compared letter by
/// letter, a text by its words in lower case (<https://docs.opensearch.org/latest/query-dsl/term/term/>).
pub(super) fn on_documents(run: &Finished<'_>, carried: &Carried, rows: &[Row]) -> Message {
    let mine: Vec<SearchTerm> = terms_of(run, carried).into_iter().filter(|term| term.values.iter().any(|value| is_callers(run, value))).collect();
    let mut words = Message::default();
    for (at, row) in rows.iter().enumerate().take(3) {
        for term in &mine {
            let name = term.field.strip_suffix(".keyword").unwrap_or(&term.field);
            let Some(stored) = stored(row, term) else { continue };
            let wanted = shown(&term.values);
            let how = match term.values.iter().find_map(|wanted| slip(stored.as_str()?, wanted.as_str()?)) {
                _ if meets(row, term) => "which is what is asked for".to_owned(),
                Some(slip) => format!("and {wanted} is asked for: {slip}, and on a keyword field such a clause compares letter by letter"),
                None => format!("and {wanted} is asked for"),
            };
            words.and(Message::of(
                "{} has {} {}, {}.",
                [Part::Place(row_name(at, row, carried)), Part::Name(name.to_owned()), Part::Value(show(&stored)), Part::Text(how)],
            ));
        }
    }
    words.and("» Look at the mapping of these fields (GET _mapping), and write the value alike on both sides.");
    words
}

/// The fields and texts of `terms_set`, `terms` and `term`.
pub fn whole_values(filter: &Value, depth: usize, found: &mut Vec<(String, String)>) {
    if depth > 12 || found.len() > 64 {
        return;
    }
    for (key, value) in filter.as_map().map(crate::value::Map::snapshot).unwrap_or_default() {
        if matches!(key.as_str(), Some("terms_set" | "terms" | "term")) {
            for (field, wanted) in value.as_map().map(crate::value::Map::snapshot).unwrap_or_default() {
                let terms = wanted.as_map().and_then(|map| map.get_str("terms").or_else(|| map.get_str("value"))).unwrap_or(wanted);
                let texts = terms.members().unwrap_or_else(|| vec![terms.clone()]);
                let field = field.as_str().unwrap_or_default().to_owned();
                found.extend(texts.iter().filter_map(|text| Some((field.clone(), text.as_str()?.to_owned()))));
            }
        } else {
            whole_values(&value, depth + 1, found);
        }
    }
    for item in filter.as_list().map(List::snapshot).unwrap_or_default() {
        whole_values(&item, depth + 1, found);
    }
}
