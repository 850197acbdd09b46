//! JSON as people hand it in, read one way everywhere: an object that has a key twice is an error. Readers differ in which of
//! the two counts (RFC 8259, section 4), so whatever was answered would be of a file that others read otherwise.
//!
//! What a template reads while it runs (`$util.parseJson`) is AppSync's matter, and not read here.

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Error, Map, Number, Value as Json};
use std::fmt;

/// Reads a JSON text.
///
/// # Errors
/// It is no JSON, or an object in it has a key twice.
pub fn read(text: &str) -> Result<Json, Error> {
    slice(text.as_bytes())
}

/// Reads a JSON text from its bytes.
///
/// # Errors
/// Those of [`read`].
pub fn slice(text: &[u8]) -> Result<Json, Error> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = Tree.deserialize(&mut json)?;
    json.end().map(|()| read)
}

/// Reads a JSON text into a type of its own.
///
/// # Errors
/// Those of [`read`], and what the type does not take.
pub fn typed<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let tree = read(text)?;
    // From the text where it is something else: its errors name their line.
    serde_json::from_value(tree).or_else(|_| serde_json::from_str(text))
}

/// Whether a text is JSON that has no key twice in one object: for readers with a tree of their own.
///
/// # Errors
/// Those of [`read`].
pub fn check(text: &str) -> Result<(), Error> {
    read(text).map(|_| ())
}

/// The text at a pointer, or none.
pub fn text<'a>(json: &'a Json, pointer: &str) -> &'a str {
    json.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// The first key that stands twice in the outermost object of a text.
pub fn doubled(text: &[u8]) -> Option<String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    json.deserialize_map(Doubled).ok().flatten()
}

/// Reads the keys of an object, and leaves out what stands behind them.
struct Doubled;

impl<'de> Visitor<'de> for Doubled {
    type Value = Option<String>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<String>, A::Error> {
        let (mut known, mut twice) = (std::collections::HashSet::new(), None);
        while let Some((key, _)) = entries.next_entry::<String, serde::de::IgnoredAny>()? {
            if twice.is_none() && known.contains(&key) {
                twice = Some(key);
            } else {
                known.insert(key);
            }
        }
        Ok(twice)
    }
}

/// A time of somebody else's within bounds: what is computed with it, in seconds or milliseconds, overflows nowhere. Beyond
/// them are other ages than ours, in either direction.
pub fn bounded_time(number: i64) -> i64 {
    const MOST: i64 = 1 << 52;
    number.clamp(-MOST, MOST)
}

/// Builds a tree whose objects have each key once: for readers of a larger type.
pub struct Tree;

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Json, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree {
    type Value = Json;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }
    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            match map.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(entries.next_value_seed(Self)?);
                }
                Entry::Occupied(known) => {
                    let key = Json::from(known.key().as_str());
                    return Err(A::Error::custom(format_args!(
                        "the key {key} stands twice in one object: take one of the two out"
                    )));
                }
            }
        }
        Ok(Json::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_once_in_an_object() {
        for (text, key) in [
            (r#"{"a": 1, "a": 2}"#, "a"),
            (r#"[{"b": {"x": null, "y": 0, "x": null}}]"#, "x"),
            // The same key, written in two ways.
            (r#"{"k\u00e9": 1, "ké": 1}"#, "ké"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("the key {key:?} stands twice in one object")), "{error}");
            assert!(error.contains(" at line 1 column "), "{error}");
            assert!(typed::<Json>(text).is_err());
        }
    }

    #[test]
    fn everything_else_is_read_as_ever() {
        for text in [
            r#"{"a": [1, -2, 18446744073709551615, 1.5, 1e3, "x\n", true, null, {"a": {"a": {}}}], "b": []}"#,
            "null",
            " \"text\" ",
            "[]",
            "123456789012345678901234567890",
        ] {
            assert_eq!(read(text).unwrap(), serde_json::from_str::<Json>(text).unwrap(), "{text}");
        }
        for text in ["", "{", "[1,]", "{} {}", "{'a': 1}", "nul"] {
            assert_eq!(read(text).unwrap_err().to_string(), serde_json::from_str::<Json>(text).unwrap_err().to_string());
        }
    }
}
