//! `$util.rds` (APPSYNC-VTL 1.15): the raw answer of the RDS Data API to rows.

use super::{Env, Function, Overload, Status, Type, UtilError, overload, text};
use crate::code::Code;
use crate::value::{JavaError, List, Map, Value, from_json_str};

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "toJsonString",
        &[overload("(String) -> String", &[Type::String], to_string)],
        "The rows of each statement, as JSON text: a list for each statement, of objects keyed by column.",
    ),
    function(
        "toJsonObject",
        &[overload("(String) -> Object", &[Type::String], to_object)],
        "The rows of each statement: a list for each statement, of objects keyed by column.",
    ),
];

const fn function(name: &'static str, overloads: &'static [Overload], summary: &'static str) -> Function {
    let example = r#"$util.rds.toJsonObject('{"sqlStatementResults":[{"numberOfRecordsUpdated":1}]}') -> [[]]"#;
    Function { namespace: "util.rds", name, overloads, summary, example, status: Status::Documented, source: "1.15" }
}

fn to_object(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    env.note(Code::U13, "$util.rds gives one list a statement, keyed by column name: AppSync's form is not verified");
    let whole = from_json_str(text(args, 0)).map_err(|error| {
        JavaError::new("java.lang.IllegalArgumentException", format!("$util.rds: no JSON of the RDS Data API: {error}"))
    })?;
    let results = member(&whole, "sqlStatementResults").members().unwrap_or_default();
    let differs = |column: &Value| {
        let (name, label) = (member(column, "name"), member(column, "label"));
        !label.is_null() && !name.is_null() && !name.loosely_equals(&label)
    };
    if results.iter().any(|result| member(result, "columnMetadata").members().unwrap_or_default().iter().any(differs)) {
        super::unverified(env, "$util.rds is taken to key rows by the column's name, not by its label (an SQL alias)");
    }
    Ok(results.iter().map(rows).collect::<List>().into())
}

fn to_string(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::string(to_object(env, args)?.to_json()?))
}

fn member(value: &Value, name: &str) -> Value {
    value.as_map().and_then(|map| map.get_str(name)).unwrap_or_default()
}

fn rows(statement: &Value) -> Value {
    let columns: Vec<Value> = member(statement, "columnMetadata")
        .members()
        .unwrap_or_default()
        .iter()
        .map(|column| {
            let name = member(column, "name");
            if name.as_str().is_some_and(|name| !name.is_empty()) { name } else { member(column, "label") }
        })
        .collect();
    let records = member(statement, "records").members().unwrap_or_default();
    let row = |record: &Value| {
        let cells = record.members().unwrap_or_default();
        Value::from(columns.iter().cloned().zip(cells.iter().map(cell)).collect::<Map>())
    };
    records.iter().map(row).collect::<List>().into()
}

fn cell(cell: &Value) -> Value {
    let Value::Map(map) = cell else { return Value::Null };
    match map.snapshot().into_iter().next() {
        Some((key, value)) if !matches!(key.as_str(), Some("isNull" | "null")) => value,
        _ => Value::Null,
    }
}
