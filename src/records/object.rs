//! Filters written as an object, as clients of Amplify send them and `$ctx.stash.authFilter` holds them:
//! `{"or": [{"owner": {"eq": "ann"}}, …]}`. AppSync makes DynamoDB expressions of them (`$util.transform`, APPSYNC-VTL 1.18.1),
//! so their terms are those of DynamoDB.

use super::attribute::Attribute;
use super::condition::{Bound, Comparator, RowCondition, BoundValue, RowOperand, Path, TermTest};
use super::unread::{DEEPEST, not_read};
use super::opensearch;
use crate::value::{Map, Value};
use ecow::{EcoString, eco_format};

/// Reads a filter object, or the query of OpenSearch that stands in its place. What is not understood becomes a term
/// that is not judged.
pub fn read(filter: &Value) -> RowCondition {
    match filter {
        Value::Map(map) if opensearch::is_query(map) => opensearch::read(filter),
        Value::Map(map) => all(map, "", 0),
        other => not_read("", eco_format!("a filter that is a {}", other.type_name())),
    }
}

fn all(map: &Map, place: &str, depth: usize) -> RowCondition {
    if depth > DEEPEST {
        return not_read(place, eco_format!("a filter nested deeper than {DEEPEST} levels (limit `filter depth`)"));
    }
    let mut parts = Vec::new();
    for (key, value) in map.snapshot() {
        let key = key.to_string();
        let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
        match key.as_str() {
            "and" => parts.push(group(&value, &place, depth, RowCondition::All)),
            "or" => parts.push(group(&value, &place, depth, RowCondition::Any)),
            "not" => parts.push(match &value {
                Value::Map(map) => RowCondition::Not(Box::new(all(map, &place, depth + 1))),
                _ => not_read(&place, "a `not` that is not a map"),
            }),
            field => parts.extend(operators(field, &value, &place)),
        }
    }
    if parts.len() == 1 { parts.remove(0) } else { RowCondition::All(parts) }
}

fn group(list: &Value, place: &str, depth: usize, join: fn(Vec<RowCondition>) -> RowCondition) -> RowCondition {
    let members = match list {
        Value::Map(map) => vec![Value::Map(map.clone())],
        other => other.members().unwrap_or_default(),
    };
    // What AppSync makes of an empty list is not documented: nothing at all, or a filter that no row passes.
    if members.is_empty() {
        return not_read(place, "an `and` or `or` without members");
    }
    let member = |(at, member): (usize, &Value)| match member {
        Value::Map(map) if !map.is_empty() => all(map, &format!("{place}[{at}]"), depth + 1),
        Value::Map(_) => not_read(&format!("{place}[{at}]"), "an empty member"),
        other => not_read(&format!("{place}[{at}]"), eco_format!("a {} in place of a map", other.type_name())),
    };
    join(members.iter().enumerate().map(member).collect())
}

fn operators(field: &str, value: &Value, place: &str) -> Vec<RowCondition> {
    let Value::Map(operators) = value else {
        return vec![not_read(
            place,
            eco_format!("the field `{field}` with a {} in place of operators", value.type_name()),
        )];
    };
    let path = RowOperand::Path(Path::of(field));
    let mut parts = Vec::new();
    for (operator, wanted) in operators.snapshot() {
        let operator = operator.to_string();
        let place = format!("{place}.{operator}");
        match (operator.as_str(), &wanted) {
            ("size", Value::Map(inner)) => {
                let size = RowOperand::Size(Box::new(path.clone()));
                for (operator, wanted) in inner.snapshot() {
                    let operator = operator.to_string();
                    parts.push(operate(&size, &operator, &wanted, &format!("{place}.{operator}")));
                }
            }
            _ => parts.push(operate(&path, &operator, &wanted, &place)),
        }
    }
    parts
}

fn bound(place: impl Into<EcoString>, value: &Value) -> RowOperand {
    RowOperand::Value(Bound { name: place.into(), given: BoundValue::Value(Attribute::from_value(value)) })
}

/// One operator on one field.
fn operate(operand: &RowOperand, operator: &str, wanted: &Value, place: &str) -> RowCondition {
    let shown = Attribute::from_value(wanted);
    let compared = |comparator: Comparator| {
        let test = TermTest::Compare { left: operand.clone(), comparator, right: bound(place, wanted) };
        RowCondition::term(eco_format!("{operand} {comparator} {shown}"), None, test)
    };
    let contains = || {
        let test = TermTest::Contains { operand: operand.clone(), part: bound(place, wanted) };
        RowCondition::term(eco_format!("contains({operand}, {shown})"), None, test)
    };
    match operator {
        "eq" => compared(Comparator::Equal),
        "ne" => compared(Comparator::NotEqual),
        "lt" => compared(Comparator::Less),
        "le" => compared(Comparator::LessOrEqual),
        "gt" => compared(Comparator::Greater),
        "ge" => compared(Comparator::GreaterOrEqual),
        "contains" => contains(),
        "notContains" => RowCondition::Not(Box::new(contains())),
        "beginsWith" => {
            let test = TermTest::BeginsWith { operand: operand.clone(), head: bound(place, wanted) };
            RowCondition::term(eco_format!("begins_with({operand}, {shown})"), None, test)
        }
        "between" => between(operand, wanted, place),
        "in" => one_of(operand, wanted, place),
        "notIn" => RowCondition::Not(Box::new(one_of(operand, wanted, place))),
        "attributeExists" => exists(operand, wanted, place),
        "attributeType" => has_type(operand, wanted, place),
        other => not_read(place, eco_format!("the operator `{other}` with {shown}")),
    }
}

fn between(operand: &RowOperand, wanted: &Value, place: &str) -> RowCondition {
    let bounds = wanted.members().unwrap_or_default();
    let [low, high] = bounds.as_slice() else { return not_read(place, "a `between` without two values") };
    let text = eco_format!("{operand} BETWEEN {} AND {}", Attribute::from_value(low), Attribute::from_value(high));
    let (low, high) = (bound(format!("{place}[0]"), low), bound(format!("{place}[1]"), high));
    RowCondition::term(text, None, TermTest::Between { operand: operand.clone(), low, high })
}

fn one_of(operand: &RowOperand, wanted: &Value, place: &str) -> RowCondition {
    let items = wanted.members().unwrap_or_default();
    if items.is_empty() {
        return not_read(place, "an `in` without values");
    }
    let shown: Vec<_> = items.iter().map(|item| Attribute::from_value(item).to_string()).collect();
    let list = items.iter().enumerate().map(|(at, item)| bound(format!("{place}[{at}]"), item)).collect();
    let text = eco_format!("{operand} IN ({})", shown.join(", "));
    RowCondition::term(text, None, TermTest::In { operand: operand.clone(), list })
}

fn exists(operand: &RowOperand, wanted: &Value, place: &str) -> RowCondition {
    match (operand, wanted) {
        (RowOperand::Path(path), Value::Boolean(wanted)) => {
            let name = if *wanted { "attribute_exists" } else { "attribute_not_exists" };
            RowCondition::term(eco_format!("{name}({path})"), None, TermTest::Exists { path: path.clone(), wanted: *wanted })
        }
        _ => not_read(place, "an `attributeExists` that is neither true nor false"),
    }
}

/// The names of types that clients send, and DynamoDB's.
fn has_type(operand: &RowOperand, wanted: &Value, place: &str) -> RowCondition {
    let code = match wanted.as_str() {
        Some("_null") => "NULL",
        Some("string") => "S",
        Some("stringSet") => "SS",
        Some("number") => "N",
        Some("numberSet") => "NS",
        Some("binary") => "B",
        Some("binarySet") => "BS",
        Some("bool" | "boolean") => "BOOL",
        Some("list") => "L",
        Some("map") => "M",
        _ => return not_read(place, eco_format!("the attribute type {}", Attribute::from_value(wanted))),
    };
    let test = TermTest::Type { operand: operand.clone(), name: bound(place, &code.into()) };
    RowCondition::term(eco_format!("attribute_type({operand}, {code})"), None, test)
}
