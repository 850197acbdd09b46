//! A filter of the stash in words: which field has to hold which value.

use crate::message::{any_of};
use crate::explain::hint::text::show;
use crate::value::Value;

/// Levels that are looked into.
const DEEPEST: usize = 10;
/// Terms told.
const MOST: usize = 4;

/// Operators of a filter in words.
const WORDS: [(&str, &str); 3] = [("eq", "is"), ("contains", "has"), ("in", "is one of")];

/// What a filter asks of each row, as alternatives; `None` where it has none that can be read.
pub fn alternatives(filter: &Value) -> Option<String> {
    let mut found = Vec::new();
    terms(filter, 0, &mut found);
    found.dedup();
    let more = if found.len() > MOST { " or one of the others" } else { "" };
    found.truncate(MOST);
    (!found.is_empty()).then(|| format!("{}{more}", any_of(&found)))
}

/// Whether a filter is a query of OpenSearch, whose rows are the documents of an index.
pub fn is_search(filter: &Value) -> bool {
    filter.as_map().is_some_and(|map| map.get_str("bool").is_some())
}

fn terms(filter: &Value, depth: usize, found: &mut Vec<String>) {
    if depth > DEEPEST || found.len() > MOST {
        return;
    }
    for item in filter.members().unwrap_or_default() {
        terms(&item, depth + 1, found);
    }
    for (key, value) in filter.as_map().map(crate::value::Map::snapshot).unwrap_or_default() {
        match key.as_str().unwrap_or_default() {
            "and" | "or" | "bool" | "should" | "must" | "filter" => terms(&value, depth + 1, found),
            "terms_set" | "terms" | "term" | "match" | "match_phrase" => {
                for (field, wanted) in value.as_map().map(crate::value::Map::snapshot).unwrap_or_default() {
                    let inner = |name: &str| wanted.as_map().and_then(|map| map.get_str(name));
                    let wanted = inner("terms").or_else(|| inner("value")).or_else(|| inner("query")).unwrap_or_else(|| wanted.clone());
                    found.push(format!("{} holds {}", field.as_str().unwrap_or_default(), one_of(&wanted)));
                }
            }
            field => {
                for (operator, wanted) in value.as_map().map(crate::value::Map::snapshot).unwrap_or_default() {
                    let operator = operator.as_str().unwrap_or_default().to_owned();
                    let word = WORDS.iter().find(|(name, _)| *name == operator).map_or(operator.as_str(), |(_, word)| word);
                    found.push(format!("{field} {word} {}", show(&wanted)));
                }
            }
        }
    }
}

fn one_of(wanted: &Value) -> String {
    match wanted.members() {
        Some(all) if all.len() == 1 => show(&all[0]),
        Some(all) => format!("one of {}", all.iter().map(show).collect::<Vec<_>>().join(", ")),
        None => show(wanted),
    }
}
