//! When an event was logged, in the forms in which logs write it.

use serde_json::Value as Json;

/// RFC 3339, Logs Insights' `2026-11-02 06:06:18.956` (UTC), or milliseconds since 1970.
pub fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.len() < 13 || !text.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    if let Ok(millis) = text.parse::<i64>() {
        return Some(crate::json::bounded_time(millis));
    }
    let zoned = text.parse::<jiff::Timestamp>().or_else(|_| format!("{text}Z").parse());
    zoned.ok().map(jiff::Timestamp::as_millisecond)
}

/// A time as text or number.
pub(super) fn json_time(json: &Json) -> Option<i64> {
    json.as_i64().map(crate::json::bounded_time).or_else(|| time(json.as_str()?))
}
