//! The list of headers of a text entry (APPSYNC-VTL 6.1).

use crate::request::answer::masked_tail;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The headers of a request, as AppSync logs them: credentials masked, `[****abcdef]`, and none left out.
#[derive(Debug, Default)]
pub struct Sent {
    /// Those with their values, names in lower case.
    pub headers: Map<String, Json>,
    /// The masked ones, with the last letters of their values.
    pub masked: BTreeMap<String, String>,
    /// Whether the list is there to its end.
    pub complete: bool,
}

/// `{name=[value], other=[value]}`, names in lower case. A value that was masked is left out.
pub fn read(text: &str) -> Map<String, Json> {
    read_all(text).headers
}

/// The same, with what was masked.
pub fn read_all(text: &str) -> Sent {
    let inside = text.split_once('{').map_or("", |(_, inside)| inside).trim_end();
    let whole = inside.strip_suffix('}');
    let mut rest = whole.unwrap_or(inside);
    let mut found = Sent { complete: whole.is_some(), ..Sent::default() };
    while let Some((name, after)) = rest.split_once('=') {
        let (value, more) = match after.strip_prefix('[') {
            Some(listed) => listed.split_once("],").unwrap_or((listed.strip_suffix(']').unwrap_or(listed), "")),
            None => after.split_once(", ").unwrap_or((after, "")),
        };
        let name = name.trim().to_lowercase();
        let value = value.trim();
        if name.is_empty() || value.is_empty() {
            rest = more;
            continue;
        }
        match masked_tail(value) {
            Some(tail) => drop(found.masked.insert(name, tail.to_owned())),
            None => drop(found.headers.insert(name, Json::from(value))),
        }
        rest = more;
    }
    found
}
