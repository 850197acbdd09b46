//! Subscription filters: the disjunctive normal form of a GraphQL filter (APPSYNC-VTL 1.18.4).

use super::FilterError;
use super::{DEEPEST, list, pair};
use crate::value::{Map, Value, ledger};

/// Groups that an expansion may grow to.
const MOST_GROUPS: usize = 10_000;

/// Filters that must hold together.
type Group = Vec<Value>;

/// The groups of which one must match. Errors: a malformed filter, or one that grows too large.
pub fn of(filter: &Map, ignored: &[Value], rules: Option<&Map>) -> Result<Value, FilterError> {
    let mut groups = expand(filter, ignored, 0)?;
    let alternatives = rules.map_or_else(|| Ok(Vec::new()), each_rule)?;
    if !alternatives.is_empty() {
        if groups.is_empty() {
            groups.push(Group::new());
        }
        groups = product(groups, &alternatives)?;
    }
    groups.retain(|group| !group.is_empty());
    Ok(list(groups.into_iter().map(|group| pair("filters", list(group))).collect()))
}

fn each_rule(rules: &Map) -> Result<Vec<Group>, FilterError> {
    let mut found = Vec::new();
    for (field, operators) in rules.snapshot() {
        found.extend(field_alternatives(&field.to_string(), &operators)?);
    }
    Ok(found)
}

/// The groups of a filter: its members in key order, the first outermost.
fn expand(filter: &Map, ignored: &[Value], depth: usize) -> Result<Vec<Group>, FilterError> {
    if depth > DEEPEST {
        return Err(format!("the filter nests deeper than {DEEPEST} levels (limit `filter depth`)").into());
    }
    let mut groups = vec![Group::new()];
    for (key, value) in filter.snapshot() {
        ledger::work(4);
        ledger::check().map_err(|limit| limit.message)?;
        let name = key.to_string();
        let alternatives = match name.as_str() {
            "and" | "or" => {
                let members = match &value {
                    Value::Map(map) => vec![Value::Map(map.clone())],
                    value => value.members().ok_or_else(|| format!("`{name}` wants a list"))?,
                };
                let mut all = Vec::new();
                let mut together = vec![Group::new()];
                for member in &members {
                    let Value::Map(map) = member else { return Err(format!("`{name}` wants a list of maps").into()) };
                    let mut inner = expand(map, ignored, depth + 1)?;
                    inner.retain(|group| !group.is_empty());
                    if name == "or" {
                        all.extend(inner);
                    } else if !inner.is_empty() {
                        together = product(together, &inner)?;
                    }
                }
                if name == "or" { all } else { together }
            }
            _ if is_ignored(ignored, &key) => continue,
            field => field_alternatives(field, &value)?,
        };
        if !alternatives.is_empty() {
            groups = product(groups, &alternatives)?;
        }
    }
    Ok(groups)
}

fn is_ignored(ignored: &[Value], field: &Value) -> bool {
    ledger::members(ignored.len());
    ignored.iter().any(|other| other.java_equals(field))
}

/// Operators on one field are alternatives.
fn field_alternatives(field: &str, operators: &Value) -> Result<Vec<Group>, FilterError> {
    let Value::Map(operators) = operators else { return Err(format!("field `{field}` wants a map of operators").into()) };
    let filter = |(operator, value): (Value, Value)| {
        let map = Map::new();
        map.put_str("fieldName", field);
        map.put_str("operator", operator);
        map.put_str("value", value);
        vec![Value::from(map)]
    };
    Ok(operators.snapshot().into_iter().map(filter).collect())
}

fn product(groups: Vec<Group>, alternatives: &[Group]) -> Result<Vec<Group>, FilterError> {
    if groups.len().saturating_mul(alternatives.len()) > MOST_GROUPS {
        return Err(format!("the filter expands to more than {MOST_GROUPS} groups (limit `filter groups`)").into());
    }
    let members: usize = groups.iter().chain(alternatives).map(Vec::len).sum();
    ledger::members(members.saturating_mul(groups.len().min(alternatives.len())));
    ledger::check().map_err(|limit| limit.message)?;
    let joined = |group: &Group| {
        let group = group.clone();
        alternatives.iter().map(move |more| group.iter().chain(more).cloned().collect()).collect::<Vec<Group>>()
    };
    Ok(groups.iter().flat_map(joined).collect())
}
