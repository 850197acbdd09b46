//! What text entries say: headers, and the fields that a query asks for (APPSYNC-VTL 6.1).

use super::request::Request;
use crate::request::operation;
use serde_json::{Map, Value as Json};

/// `{name=[value], other=[value]}`, names in lower case. A value that was masked is left out.
pub fn read(text: &str) -> Map<String, Json> {
    let inside = text.split_once('{').map_or("", |(_, inside)| inside);
    let mut rest = inside.trim_end().strip_suffix('}').unwrap_or(inside);
    let mut found = Map::new();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, more) = match after.strip_prefix('[') {
            Some(listed) => listed.split_once("],").unwrap_or((listed.strip_suffix(']').unwrap_or(listed), "")),
            None => after.split_once(", ").unwrap_or((after, "")),
        };
        let name = name.trim().to_lowercase();
        if !name.is_empty() && !is_masked(value) {
            found.insert(name, Json::from(value.trim()));
        }
        rest = more;
    }
    found
}

/// Whether AppSync may mask credentials in its logs is not documented: what looks masked is not known, rather than wrong.
fn is_masked(value: &str) -> bool {
    let word = value.trim().trim_matches(['<', '>', '[', ']']).to_lowercase();
    value.contains("***") || matches!(word.as_str(), "redacted" | "masked" | "hidden" | "sensitive" | "xxx" | "")
}

/// The fields at the root of the logged query, as `Type.field`.
pub fn fields(request: &Request) -> Vec<String> {
    let Some(text) = &request.query else { return Vec::new() };
    let text = text.split_once(':').map_or("", |(_, text)| text);
    let (query, after) = text.rsplit_once(", Operation:").unwrap_or((text, ""));
    let operation = after.split(',').next().unwrap_or_default().trim();
    let operation = (!matches!(operation, "" | "null")).then_some(operation);
    operation::fields(query, operation)
}
