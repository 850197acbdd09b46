//! OpenSearch queries in the documentation's form.

use super::{DEEPEST, list, pair};
use crate::value::{Map, Value, ledger};

/// The query; `None` for an unknown operator or a malformed filter.
pub fn of(filter: &Map, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let mut parts = Vec::new();
    for (key, value) in filter.snapshot() {
        ledger::step().ok()?;
        let key = key.as_str()?.to_owned();
        match key.as_str() {
            "and" => parts.push(pair("bool", pair("must", list(each(&value, depth)?)))),
            "or" => {
                let inner = Map::new();
                inner.put_str("should", list(each(&value, depth)?));
                inner.put_str("minimum_should_match", Value::int(1));
                parts.push(pair("bool", inner));
            }
            "not" => parts.push(pair("bool", pair("must_not", of(value.as_map()?, depth + 1)?))),
            field => {
                let operators = value.as_map()?.snapshot();
                let tests = operators.iter().map(|(operator, operand)| test(field, operator.as_str()?, operand));
                parts.push(joined(tests.collect::<Option<Vec<_>>>()?));
            }
        }
    }
    Some(joined(parts))
}

fn each(value: &Value, depth: usize) -> Option<Vec<Value>> {
    match value {
        Value::Map(map) => Some(vec![of(map, depth + 1)?]),
        value => value.members()?.iter().map(|member| of(member.as_map()?, depth + 1)).collect(),
    }
}

/// One stands by itself; more must all hold.
fn joined(mut parts: Vec<Value>) -> Value {
    if parts.len() == 1 { parts.remove(0) } else { pair("bool", pair("must", list(parts))) }
}

fn test(field: &str, operator: &str, operand: &Value) -> Option<Value> {
    let on_field = |kind: &str| pair(kind, pair(field, operand.clone()));
    let range = |bound: &str| pair("range", pair(field, pair(bound, operand.clone())));
    Some(match operator {
        "eq" => on_field("term"),
        "ne" => pair("bool", pair("must_not", on_field("term"))),
        "match" => on_field("match"),
        "matchPhrase" => on_field("match_phrase"),
        "matchPhrasePrefix" => on_field("match_phrase_prefix"),
        "multiMatch" => {
            let inner = Map::new();
            inner.put_str("query", operand.clone());
            inner.put_str("fields", list(vec![field.into()]));
            pair("multi_match", inner)
        }
        "exists" => match operand {
            Value::Boolean(false) => pair("bool", pair("must_not", pair("exists", pair("field", field)))),
            _ => pair("exists", pair("field", field)),
        },
        "wildcard" => on_field("wildcard"),
        "regexp" => on_field("regexp"),
        "gt" | "gte" | "lt" | "lte" => range(operator),
        "range" => {
            let bounds = operand.members()?;
            let [from, to] = bounds.as_slice() else { return None };
            let inner = Map::new();
            inner.put_str("gte", from.clone());
            inner.put_str("lte", to.clone());
            pair("range", pair(field, inner))
        }
        _ => return None,
    })
}
