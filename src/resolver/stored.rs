//! What a table answers to a request for one row, by the rows that are known to be stored.

use crate::records::{Attribute, Row};
use crate::value::Value;

/// The answer of a GetItem, or of a DeleteItem that asks for nothing beside the key: the row with that key. AppSync gives the
/// deleted row as the result (<https://docs.aws.amazon.com/appsync/latest/devguide/js-resolver-reference-dynamodb.html>).
/// A key without a value is no row's, so the answer to it is null; of another key whose row was not given nothing is known.
pub fn row_of_key(request: &Value, rows: &[Value]) -> Option<Value> {
    let request = request.as_map()?;
    let operation = request.get_str("operation")?;
    match operation.as_str()? {
        "GetItem" => {}
        "DeleteItem" if request.get_str("condition").is_none() => {}
        _ => return None,
    }
    let key = Row::typed(request.get_str("key")?.as_map()?);
    if key.attributes().any(|(_, value)| matches!(value, Attribute::Null)) {
        return Some(Value::Null);
    }
    rows.iter().find(|row| Row::read(row).is_some_and(|row| row.has_key(&key))).map(|row| row.deep_copy(&mut 1_000_000))
}

/// The key that is asked for, where rows of the same kind were given and none has it: whether the table has one is not known.
pub fn key_without_row(request: &Value, rows: &[Value]) -> Option<Value> {
    let request = request.as_map()?;
    request.get_str("operation").filter(|operation| operation.as_str() == Some("GetItem"))?;
    let asked = request.get_str("key")?;
    let key = Row::typed(asked.as_map()?);
    let of_kind = |row: &Value| Row::read(row).is_some_and(|row| key.attributes().all(|(name, _)| row.get(name).is_some()));
    rows.iter().any(of_kind).then_some(asked)
}
