//! OpenSearch's queries, as far as they can be judged without the index.
//!
//! `bool` and exact terms: <https://docs.opensearch.org/latest/query-dsl/compound/bool/>,
//! <https://docs.opensearch.org/latest/query-dsl/term/index/>. Whether a text matches depends on how the index analyzes the
//! field, unless the field is a keyword, which `.keyword` says; so everything else is shown and not judged.

use super::attribute::Attribute;
use super::condition::{Bound, RowCondition, BoundValue, Path, TermTest};
use super::unjudged::Unjudged;
use super::unread::{DEEPEST, not_read};
use crate::value::{Map, Value};
use ecow::eco_format;

/// The clauses that a query may begin with.
const CLAUSES: [&str; 21] = [
    "bool",
    "must",
    "should",
    "must_not",
    "filter",
    "term",
    "terms",
    "terms_set",
    "match",
    "match_all",
    "match_none",
    "match_phrase",
    "match_phrase_prefix",
    "multi_match",
    "exists",
    "range",
    "prefix",
    "wildcard",
    "regexp",
    "query_string",
    "ids",
];

/// Whether this is a query, and not a filter object with a field of such a name.
pub(super) fn is_query(map: &Map) -> bool {
    let is_clause =
        |(key, value): &(Value, Value)| key.as_str().is_some_and(|key| CLAUSES.contains(&key)) && !has_operators(value);
    !map.is_empty() && map.snapshot().iter().all(is_clause)
}

/// `{"eq": …}`: then `filter` or `match` is a field.
fn has_operators(value: &Value) -> bool {
    const OPERATORS: [&str; 13] = [
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "in",
        "contains",
        "notContains",
        "beginsWith",
        "between",
        "attributeExists",
        "attributeType",
    ];
    let is_operator = |(key, value): &(Value, Value)| {
        key.as_str().is_some_and(|key| OPERATORS.contains(&key)) && !matches!(value, Value::Map(map) if !map.is_empty())
    };
    value.as_map().is_some_and(|map| map.snapshot().iter().any(is_operator))
}

/// Reads a query.
pub(super) fn read(query: &Value) -> RowCondition {
    clause(query, "", 0)
}

fn clause(query: &Value, place: &str, depth: usize) -> RowCondition {
    let Value::Map(map) = query else { return not_read(place, eco_format!("a query that is a {}", query.type_name())) };
    if depth > DEEPEST {
        return not_read(place, eco_format!("a query nested deeper than {DEEPEST} levels (limit `filter depth`)"));
    }
    // `must` and its like without the `bool` around them are what templates build up.
    if map.snapshot().iter().any(|(key, _)| matches!(key.as_str(), Some("must" | "should" | "must_not" | "filter"))) {
        return compound(map, place, depth);
    }
    let mut parts = Vec::new();
    for (key, value) in map.snapshot() {
        let key = key.to_string();
        let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
        parts.extend(match (key.as_str(), &value) {
            ("bool", Value::Map(inner)) => vec![compound(inner, &place, depth + 1)],
            ("match_all", _) => vec![RowCondition::All(Vec::new())],
            ("match_none", _) => vec![RowCondition::Any(Vec::new())],
            ("term" | "terms" | "terms_set" | "match" | "match_phrase", Value::Map(fields)) => {
                terms(&key, fields, &place)
            }
            ("exists", Value::Map(inner)) => vec![exists(inner, &place)],
            (other, value) => vec![not_read(&place, eco_format!("`{other}` of OpenSearch with {}", shown(value)))],
        });
    }
    if parts.len() == 1 { parts.remove(0) } else { RowCondition::All(parts) }
}

fn shown(value: &Value) -> Attribute {
    Attribute::from_value(value)
}

/// `must` and `filter`: all; `must_not`: none; `should`: one, unless it only ranks beside a `must`.
fn compound(map: &Map, place: &str, depth: usize) -> RowCondition {
    let at = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    let read = |key: &str| -> Vec<RowCondition> {
        let members = match map.get_str(key) {
            None => Vec::new(),
            Some(Value::Map(one)) => vec![Value::Map(one)],
            Some(other) => match other.members() {
                Some(members) => members,
                None => return vec![not_read(&at(key), eco_format!("a `{key}` that is a {}", other.type_name()))],
            },
        };
        members.iter().enumerate().map(|(n, member)| clause(member, &format!("{}[{n}]", at(key)), depth + 1)).collect()
    };
    let mut parts = read("must");
    parts.extend(read("filter"));
    let required = !parts.is_empty();
    parts.extend(read("must_not").into_iter().map(|part| RowCondition::Not(Box::new(part))));
    let should = read("should");
    match map.get_str("minimum_should_match").as_ref().map(ToString::to_string).as_deref() {
        None if should.is_empty() || required => {}
        None | Some("1") => parts.push(RowCondition::Any(should)),
        Some("0") => {}
        Some(other) => parts.push(not_read(&at("minimum_should_match"), eco_format!("`minimum_should_match` {other}"))),
    }
    for key in map.keys() {
        let key = key.to_string();
        const KNOWN: [&str; 7] = ["must", "filter", "must_not", "should", "minimum_should_match", "boost", "_name"];
        if !KNOWN.contains(&key.as_str()) {
            parts.push(not_read(&at(&key), eco_format!("`{key}` in a `bool`")));
        }
    }
    if parts.len() == 1 { parts.remove(0) } else { RowCondition::All(parts) }
}

/// `{"owner.keyword": "ann"}` and its longer forms.
fn terms(clause: &str, fields: &Map, place: &str) -> Vec<RowCondition> {
    let fields = fields.snapshot().into_iter().filter(|(key, _)| !matches!(key.as_str(), Some("boost" | "_name")));
    fields.map(|(field, wanted)| term(clause, &field.to_string(), &wanted, place)).collect()
}

fn term(clause: &str, field: &str, wanted: &Value, place: &str) -> RowCondition {
    let place = format!("{place}.{field}");
    let member = match clause {
        "term" => "value",
        "terms_set" => "terms",
        _ => "query",
    };
    let inner = wanted.as_map();
    let values = inner.and_then(|map| map.get_str(member)).unwrap_or_else(|| wanted.clone());
    let is_plain = inner.is_none_or(|map| map.keys().iter().all(|key| is_harmless(key, member)));
    if matches!(values, Value::Map(_)) || !is_plain || clause == "terms_set" && !one_is_enough(inner) {
        return not_read(&place, eco_format!("`{clause}` on `{field}` with {}", shown(wanted)));
    }
    let (values, listed) = match values.members() {
        Some(values) => (values, true),
        None => (vec![values], false),
    };
    let shown_values: Vec<_> = values.iter().map(|value| shown(value).to_string()).collect();
    let text = match shown_values.as_slice() {
        [one] if !listed => eco_format!("{clause} {field}: {one}"),
        many => eco_format!("{clause} {field}: [{}]", many.join(", ")),
    };
    let keyword = field.strip_suffix(".keyword");
    let name = keyword.unwrap_or(field);
    // Texts that are analyzed, and objects inside lists, whose members OpenSearch puts together.
    if keyword.is_none() && values.iter().any(|value| matches!(value, Value::String(_))) || name.contains('.') {
        return RowCondition::term(text, None, TermTest::NotRead(Unjudged::SearchMapping(field.into())));
    }
    let given = |(at, value): (usize, &Value)| Bound {
        name: if listed { eco_format!("{place}[{at}]") } else { place.as_str().into() },
        given: BoundValue::Value(Attribute::from_value(value)),
    };
    let values = values.iter().enumerate().map(given).collect();
    RowCondition::term(text, None, TermTest::OneOf { path: Path::of(name), values })
}

/// What does not change which rows are found. `case_insensitive` and `fuzziness` do.
fn is_harmless(key: &Value, member: &str) -> bool {
    const HARMLESS: [&str; 5] = ["boost", "_name", "operator", "minimum_should_match", "minimum_should_match_script"];
    key.as_str().is_some_and(|key| key == member || HARMLESS.contains(&key))
}

/// `"minimum_should_match_script": {"source": "1"}`, as Amplify writes it, or the plain number.
fn one_is_enough(inner: Option<&Map>) -> bool {
    let Some(inner) = inner else { return false };
    let script = inner.get_str("minimum_should_match_script");
    let source = script.and_then(|script| script.as_map()?.get_str("source"));
    let least = source.or_else(|| inner.get_str("minimum_should_match"));
    least.is_some_and(|least| least.to_string() == "1")
}

fn exists(inner: &Map, place: &str) -> RowCondition {
    match inner.get_str("field") {
        Some(Value::String(field)) => {
            let name = field.strip_suffix(".keyword").unwrap_or(&field);
            let test = match name.contains('.') {
                true => TermTest::NotRead(Unjudged::SearchMapping((&field).into())),
                false => TermTest::HasValue { path: Path::of(name) },
            };
            RowCondition::term(eco_format!("exists {field}"), None, test)
        }
        _ => not_read(place, "an `exists` without a field"),
    }
}
