//! What a row of a document holds.

use super::counts::Skip;
use super::time::json_time;
use serde_json::Value as Json;

/// Members that hold rows.
pub(super) const ROWS: [&str; 3] = ["events", "results", "logEvents"];
/// Rows in rows end here.
const DEEPEST: u32 = 8;

/// A message, or why there is none, with its time.
type FoundMessage = (Result<String, Skip>, Option<i64>);

/// What a row holds: a message, an entry itself, or rows of its own.
pub(super) fn rows(row: &Json, depth: u32, found: &mut Vec<FoundMessage>) {
    let none = (Err(Skip::NoMessage), None);
    if depth > DEEPEST {
        found.push(none);
        return;
    }
    let text = |message: &Json| match message {
        Json::String(text) => Ok(text.clone()),
        Json::Object(_) => Ok(message.to_string()),
        _ => Err(Skip::NoMessage),
    };
    match row {
        Json::String(text) => found.push((Ok(text.clone()), None)),
        Json::Object(map) => {
            if map.contains_key("logType") || map.contains_key("mappingTemplateType") {
                found.push((Ok(row.to_string()), map.get("@timestamp").and_then(json_time)));
            } else if let Some(message) = map.get("message").or_else(|| map.get("@message")) {
                let time = map.get("timestamp").or_else(|| map.get("@timestamp")).and_then(json_time);
                found.push((text(message), time));
            } else if let Some(inner) = ROWS.iter().find_map(|name| map.get(*name)?.as_array()) {
                inner.iter().for_each(|row| rows(row, depth + 1, found));
            } else if map.contains_key("requestId") {
                found.push((Ok(row.to_string()), None));
            } else {
                found.push(none);
            }
        }
        Json::Array(cells) => {
            let cell = |name: &str| {
                let named = |cell: &&Json| cell.get("field").and_then(Json::as_str) == Some(name);
                cells.iter().find(named).and_then(|cell| cell.get("value"))
            };
            match cell("@message") {
                Some(message) => found.push((text(message), cell("@timestamp").and_then(json_time))),
                None => found.push(none),
            }
        }
        _ => found.push(none),
    }
}
