//! Small questions to an object.

use super::lenient::FOLDED;
use crate::value::{Map, Value};

/// A member that is not null.
pub fn member(map: &Map, name: &str) -> Option<Value> {
    map.get_str(name).filter(|value| !value.is_null())
}

/// The first of these members that is not null.
pub fn first(map: &Map, names: &[&str]) -> Option<Value> {
    names.iter().find_map(|name| member(map, name))
}

/// A member that is an object.
pub fn object(map: &Map, name: &str) -> Option<Map> {
    member(map, name)?.as_map().cloned()
}

/// A member's text.
pub fn text(map: &Map, name: &str) -> Option<String> {
    member(map, name)?.as_str().map(str::to_owned)
}

/// Whether one of these members is there.
pub fn has(map: &Map, names: &[&str]) -> bool {
    names.iter().any(|name| map.contains_str(name))
}

/// The names of the members.
pub fn names(map: &Map) -> Vec<String> {
    map.keys().iter().map(ToString::to_string).collect()
}

/// Where something that the console did not show stands.
pub fn folded(value: &Value) -> Option<String> {
    match value {
        Value::Map(map) => map.snapshot().into_iter().find_map(|(key, value)| {
            let inner = folded(&value)?;
            Some(if inner.is_empty() { key.to_string() } else { format!("{key}.{inner}") })
        }),
        Value::List(list) => list.snapshot().iter().find_map(folded),
        value => (value.as_str() == Some(FOLDED)).then(String::new),
    }
}
