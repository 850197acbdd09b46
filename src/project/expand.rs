//! What substitutions may make: a text that names another twice, which names another twice, means billions.

use super::root::Root;
use serde_json::Value as Json;

/// What an open value is called that would have been too long.
pub const TOO_MUCH: &str = "an expression that makes too much (limit `expansion`)";

/// What the work for one value counts, in characters.
const EACH: usize = 32;

/// What a value, and what a member of an object costs in memory beside its characters.
const VALUE: usize = 40;
const MEMBER: usize = 80;

/// The bytes of a value with all that is in it: small values that are shared a million times weigh more than their
/// characters.
fn weight(json: &Json) -> usize {
    match json {
        Json::String(text) => VALUE + text.len(),
        Json::Array(items) => VALUE + items.iter().map(weight).sum::<usize>(),
        Json::Object(map) => {
            VALUE + map.iter().map(|(key, value)| MEMBER + key.len() + weight(value)).sum::<usize>()
        }
        _ => VALUE,
    }
}

impl Root {
    /// Counts a value that was put in the place of another; none where that is more than a project may have.
    pub fn expanded(&self, value: Json) -> Option<Json> {
        self.expand(weight(&value) + EACH).then_some(value)
    }

    /// Whether texts of these lengths may be put together.
    pub fn may_join(&self, items: usize, separator: usize) -> bool {
        self.expand(items.saturating_mul(separator))
    }
}
