//! A filter against rows: which rows it lets through, and what stopped each of the others (AMPLIFY-AUTH 5, shape 3).

use crate::value::{List, Map, Value};

/// A row, and each alternative of the filter against it.
#[derive(Clone, Debug)]
pub struct RowMatch {
    /// The row's place among the records.
    pub row: usize,
    /// Whether the filter lets it through; `None` if it uses an operator that is not known.
    pub matches: Option<bool>,
    /// The comparisons, in the order of the filter.
    pub tests: Vec<FieldTest>,
}

/// One comparison of a filter with a row.
#[derive(Clone, Debug)]
pub struct FieldTest {
    /// Such as `owner`.
    pub field: String,
    /// Such as `eq`.
    pub operator: String,
    /// What the filter wants.
    pub wanted: Value,
    /// What the row has; null when it has none.
    pub actual: Value,
    /// Whether the row has the field at all.
    pub present: bool,
    /// `None` if the operator is not known.
    pub holds: Option<bool>,
}

/// Judges each row by a filter in Amplify's form: `{"or": [{"owner": {"eq": "…"}}, …]}`, `and`, `not`, nested.
pub fn judge(filter: &Value, rows: &[Value]) -> Vec<RowMatch> {
    let judge_row = |(row, record): (usize, &Value)| {
        let mut tests = Vec::new();
        let matches = node(filter, record, &mut tests, 0);
        RowMatch { row, matches, tests }
    };
    rows.iter().enumerate().map(judge_row).collect()
}

fn node(filter: &Value, row: &Value, tests: &mut Vec<FieldTest>, depth: usize) -> Option<bool> {
    let Value::Map(map) = filter else { return None };
    if depth > 50 {
        return None;
    }
    let mut all = Some(true);
    for (key, value) in map.snapshot() {
        let name = key.as_str().unwrap_or_default().to_owned();
        let holds = match name.as_str() {
            "or" | "should" => any(&value, row, tests, depth),
            "and" | "must" | "filter" => every(&value, row, tests, depth),
            "not" | "must_not" => node(&value, row, tests, depth + 1).map(|holds| !holds),
            "bool" => node(&value, row, tests, depth + 1),
            "terms_set" | "terms" if !has_lists(&value) => None,
            "terms_set" | "terms" | "term" | "match" => search_terms(&value, row, tests),
            _ => field(&name, &value, row, tests),
        };
        all = both(all, holds);
    }
    all
}

fn both(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn any(list: &Value, row: &Value, tests: &mut Vec<FieldTest>, depth: usize) -> Option<bool> {
    let results: Vec<_> = list.members()?.iter().map(|part| node(part, row, tests, depth + 1)).collect();
    if results.contains(&Some(true)) { Some(true) } else { results.iter().all(Option::is_some).then_some(false) }
}

fn every(list: &Value, row: &Value, tests: &mut Vec<FieldTest>, depth: usize) -> Option<bool> {
    list.members()?.iter().map(|part| node(part, row, tests, depth + 1)).fold(Some(true), both)
}

/// The fields of an OpenSearch clause, each with what is looked for in it; how much a clause weighs, and how it is called, are no
/// fields (<https://docs.opensearch.org/latest/query-dsl/term/terms/>: `boost`, `_name`).
pub fn looked_for(fields: &Map) -> Vec<(String, Value)> {
    let own = |key: &Value| key.as_str().filter(|key| !matches!(*key, "boost" | "_name")).map(str::to_owned);
    let inner = |wanted: Value| wanted.as_map().and_then(|map| map.get_str("terms")).unwrap_or(wanted);
    fields.snapshot().into_iter().filter_map(|(key, wanted)| Some((own(&key)?, inner(wanted)))).collect()
}

/// Whether each field has a list, which is all that `terms` and `terms_set` take.
fn has_lists(fields: &Value) -> bool {
    fields.as_map().is_some_and(|map| looked_for(map).iter().all(|(_, wanted)| wanted.members().is_some()))
}

/// OpenSearch's form: `{"owner.keyword": {"terms": […]}}`, `{"owner": […]}`, `{"owner": "…"}`; one of them is enough.
fn search_terms(fields: &Value, row: &Value, tests: &mut Vec<FieldTest>) -> Option<bool> {
    let mut all = Some(true);
    for (name, terms) in looked_for(fields.as_map()?) {
        let name = name.strip_suffix(".keyword").unwrap_or(&name);
        let terms = terms.members().unwrap_or_else(|| vec![terms.clone()]);
        let has = row.as_map().and_then(|row| row.get_str(name)).unwrap_or_default();
        let values = has.members().unwrap_or_else(|| vec![has.clone()]);
        let holds = values.iter().any(|value| terms.iter().any(|term| same(value, term)));
        let present = row.as_map().is_some_and(|row| row.contains_str(name));
        tests.push(FieldTest {
            field: name.to_owned(),
            operator: "in".to_owned(),
            wanted: List::new(terms).into(),
            actual: has,
            present,
            holds: Some(holds),
        });
        all = both(all, Some(holds));
    }
    all
}

fn field(name: &str, wanted: &Value, row: &Value, tests: &mut Vec<FieldTest>) -> Option<bool> {
    let key: Value = name.into();
    let (actual, present) = match row {
        Value::Map(map) => (map.get(&key).unwrap_or_default(), map.contains_key(&key)),
        _ => (Value::Null, false),
    };
    let operators = match wanted {
        Value::Map(map) => map.snapshot(),
        value => vec![("eq".into(), value.clone())],
    };
    let mut all = Some(true);
    for (operator, wanted) in operators {
        let operator = operator.as_str().unwrap_or_default().to_owned();
        let holds = compare(&operator, &actual, &wanted);
        tests.push(FieldTest { field: name.to_owned(), operator, wanted, actual: actual.clone(), present, holds });
        all = both(all, holds);
    }
    all
}

/// One operator of a DynamoDB filter (APPSYNC-VTL, transform helpers).
fn compare(operator: &str, actual: &Value, wanted: &Value) -> Option<bool> {
    let order = || match (actual, wanted) {
        (Value::Number(left), Value::Number(right)) => Some(left.compare(right)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    };
    let one_of = |list: &Value, item: &Value| list.members().map(|list| list.iter().any(|each| same(each, item)));
    Some(match operator {
        "eq" => same(actual, wanted),
        "ne" => !same(actual, wanted),
        "in" => one_of(wanted, actual)?,
        "notIn" => !one_of(wanted, actual)?,
        "contains" => contains(actual, wanted),
        "notContains" => !contains(actual, wanted),
        "beginsWith" => {
            matches!((actual, wanted), (Value::String(text), Value::String(head)) if text.starts_with(head.as_str()))
        }
        "attributeExists" => actual.is_null() != matches!(wanted, Value::Boolean(true)),
        "containsAny" => wanted.members()?.iter().any(|one| contains(actual, one)),
        "between" => {
            let [low, high] = wanted.members()?.try_into().ok()?;
            compare("ge", actual, &low)? && compare("le", actual, &high)?
        }
        "lt" => order().is_some_and(std::cmp::Ordering::is_lt),
        "le" => order().is_some_and(std::cmp::Ordering::is_le),
        "gt" => order().is_some_and(std::cmp::Ordering::is_gt),
        "ge" => order().is_some_and(std::cmp::Ordering::is_ge),
        _ => return None,
    })
}

/// As DynamoDB: the type counts, a number's spelling does not.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.compare(right).is_eq(),
        (left, right) => left.type_name() == right.type_name() && left.loosely_equals(right),
    }
}

fn contains(actual: &Value, wanted: &Value) -> bool {
    match (actual, wanted) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::List(list), wanted) => list.snapshot().iter().any(|item| same(item, wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::from_json_str;

    fn matches(filter: &str, row: &str) -> Option<bool> {
        judge(&from_json_str(filter).unwrap(), &[from_json_str(row).unwrap()])[0].matches
    }

    #[test]
    fn alternatives_and_operators() {
        let filter = r#"{"or":[{"owner":{"eq":"ann"}},{"group":{"in":["a","b"]}},{"groups":{"contains":"a"}}]}"#;
        assert_eq!(matches(filter, r#"{"owner":"ann"}"#), Some(true));
        assert_eq!(matches(filter, r#"{"owner":"bob","group":"b"}"#), Some(true));
        assert_eq!(matches(filter, r#"{"groups":["c","a"]}"#), Some(true));
        assert_eq!(matches(filter, r#"{"owner":"Ann"}"#), Some(false));
        assert_eq!(matches(filter, "{}"), Some(false));
        let search =
            r#"{"bool":{"should":[{"terms_set":{"owner.keyword":{"terms":["ann","s"]}}},{"terms":{"groups":["a"]}}]}}"#;
        assert_eq!(matches(search, r#"{"owner":"s"}"#), Some(true));
        assert_eq!(matches(search, r#"{"owner":"bob","groups":["a"]}"#), Some(true));
        assert_eq!(matches(search, r#"{"owner":"bob","groups":["b"]}"#), Some(false));
        assert_eq!(matches(r#"{"and":[{"n":{"gt":1}},{"not":{"n":{"eq":3}}}]}"#, r#"{"n":2}"#), Some(true));
    }

    #[test]
    fn types_count_and_unknown_operators_are_no_answer() {
        assert_eq!(matches(r#"{"n":{"eq":"7"}}"#, r#"{"n":7}"#), Some(false));
        assert_eq!(matches(r#"{"n":{"sounds":"7"}}"#, r#"{"n":7}"#), None);
    }
}
