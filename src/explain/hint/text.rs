//! Words for values in sentences.

use crate::value::Value;

/// A value as it is shown in a sentence: JSON, cut where it grows long.
pub fn show(value: &Value) -> String {
    let text = value.to_json().unwrap_or_else(|_| "…".into());
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
