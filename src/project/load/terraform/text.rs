//! Values in texts.

use serde_json::Value as Json;

/// A value as text.
pub fn text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}
