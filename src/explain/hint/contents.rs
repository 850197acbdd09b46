//! Whether there is anything in a value.

use super::Finished;
use crate::value::{Value, from_json_str};

/// Whether what `#return` gave holds no data: null, or brackets without anything in them, also as text.
pub fn empties(value: &Value) -> bool {
    match value.as_str() {
        Some(text) => from_json_str(text).is_ok_and(|inside| inside.as_str().is_none() && !is_data(&inside) && !matches!(inside, Value::Boolean(_) | Value::Number(_))),
        None => !is_data(value) && !matches!(value, Value::Boolean(_) | Value::Number(_)),
    }
}

/// Whether there is anything in a value.
pub fn is_data(value: &Value) -> bool {
    match value {
        Value::Map(map) => map.values().iter().any(is_data),
        _ => value.members().map_or_else(|| !value.is_null(), |all| !all.is_empty()),
    }
}

/// Whether what `#return` gives is what the client sees: in a response template, and not in a step of Amplify's, which ends with an
/// empty map to let the next one run.
pub fn is_answer(run: &Finished<'_>) -> bool {
    run.is_by_hand() && run.program.source.is_response()
}
