//! `$util.rds` (APPSYNC-VTL 1.15, FIELD-FACTS): the raw answer of the RDS Data API to rows.
//!
//! The forms are those of AWS's own recorded answers: <https://github.com/localstack/appsync-utils> (`toJsonObject` in its
//! snapshots); a cell is a `Field` of the RDS Data API.

use super::{Env, Function, Overload, Status, Type, UtilError, overload, text};
use crate::code::Code;
use crate::value::{JavaError, List, Map, Value, from_json_str};

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "toJsonString",
        &[overload("(String) -> String", &[Type::String], to_string)],
        "The rows of each statement, as JSON text: see toJsonObject.",
        r#"$util.rds.toJsonString('{"sqlStatementResults":[{"numberOfRecordsUpdated":1}]}') -> "[[{}]]""#,
    ),
    function(
        "toJsonObject",
        &[overload("(String) -> Object", &[Type::String], to_object)],
        "The rows of each statement: a list for each statement, of objects keyed by the column's label; a cell that is NULL is left out, and a statement that answers without rows has one empty object.",
        r#"$util.rds.toJsonObject('{"sqlStatementResults":[{"numberOfRecordsUpdated":1}]}') -> [[{}]]"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util.rds", name, overloads, summary, example, status: Status::Documented, source: "1.15" }
}

fn to_object(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let whole = from_json_str(text(args, 0)).map_err(|error| {
        JavaError::new("java.lang.IllegalArgumentException", format!("$util.rds: not valid JSON of the RDS Data API: {error}"))
    })?;
    let results = member(&whole, "sqlStatementResults").members().unwrap_or_else(|| {
        env.note(
            Code::U13,
            "$util.rds was given no `sqlStatementResults`: the raw answer of the RDS Data API has them",
        );
        Vec::new()
    });
    Ok(results.iter().map(|result| rows(env, result)).collect::<List>().into())
}

fn to_string(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    env.note(Code::U13, "$util.rds.toJsonString is taken to give the text of what toJsonObject gives: only toJsonObject's form was recorded");
    super::made(to_object(env, args)?.to_json()?)
}

fn member(value: &Value, name: &str) -> Value {
    value.as_map().and_then(|map| map.get_str(name)).unwrap_or_default()
}

/// The rows of one statement; a statement without `records`, such as an UPDATE, has one empty row.
fn rows(env: &mut Env, statement: &Value) -> Value {
    let Some(records) = statement.as_map().and_then(|map| map.get_str("records")) else {
        return List::new(vec![Map::new().into()]).into();
    };
    let (Some(records), Some(columns)) = (records.members(), member(statement, "columnMetadata").members()) else {
        env.note(Code::U13, "$util.rds was given records without their columns, or null for them: no rows are assumed");
        return List::new(Vec::new()).into();
    };
    let keys: Vec<Value> = columns.iter().map(key).collect();
    let mut rows = Vec::with_capacity(records.len());
    for record in &records {
        let cells = record.members().unwrap_or_default();
        if cells.len() != keys.len() {
            env.note(
                Code::U13,
                "$util.rds was given a row with more or fewer cells than columns: what has no partner is left out",
            );
        }
        let known = keys.iter().zip(&cells).filter_map(|(key, cell)| Some((key.clone(), field(cell)?)));
        rows.push(known.collect::<Map>().into());
    }
    List::new(rows).into()
}

/// A column's key: its label, which an SQL alias sets, else its name.
fn key(column: &Value) -> Value {
    let label = member(column, "label");
    if label.is_null() { member(column, "name") } else { label }
}

/// The value of a cell, a `Field` of the RDS Data API; `None` for NULL.
fn field(cell: &Value) -> Option<Value> {
    // A Field is a union; a writer of JSON may still say `"isNull": false` beside the value.
    let said = |(kind, value): &(Value, Value)| kind.as_str() != Some("isNull") || !matches!(value, Value::Boolean(false));
    let (kind, value) = cell.as_map()?.snapshot().into_iter().find(said)?;
    match kind.as_str() {
        Some("isNull" | "null") => None,
        Some("arrayValue") => Some(array(&value)),
        _ => Some(value).filter(|value| !value.is_null()),
    }
}

/// An `ArrayValue`: values of one kind, or arrays of them; one without members is an empty list.
fn array(value: &Value) -> Value {
    let first = value.as_map().and_then(|map| map.snapshot().into_iter().next());
    match first {
        Some((kind, arrays)) if kind.as_str() == Some("arrayValues") => {
            arrays.members().unwrap_or_default().iter().map(array).collect::<List>().into()
        }
        Some((_, values)) => values,
        None => List::new(Vec::new()).into(),
    }
}
