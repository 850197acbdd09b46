//! What a template rendered, as AppSync reads it.

use crate::value::{Value, from_given, from_json_str};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// A rendered text.
#[derive(Clone, Debug)]
pub enum Rendered {
    /// JSON.
    Json(Value),
    /// JSON but for a comma before a closing bracket, which AppSync accepts (at this byte of the text).
    TrailingComma(Value, usize),
    /// Nothing but blanks.
    Empty,
    /// An object has this key twice, which AppSync refuses.
    Duplicate(String),
    /// Not JSON: the byte where reading stopped, and what the reader says.
    Not(usize, String),
}

impl Rendered {
    /// The value, if AppSync takes it.
    pub fn value(&self) -> Option<Value> {
        match self {
            Self::Json(value) | Self::TrailingComma(value, _) => Some(value.clone()),
            _ => None,
        }
    }
}

/// Reads what a template rendered. Trailing commas are accepted: many published templates that run have them.
pub fn read(text: &str) -> Rendered {
    if text.trim_ascii_start().trim_start().is_empty() {
        return Rendered::Empty;
    }
    if let Ok(value) = from_given(text) {
        return Rendered::Json(value);
    }
    match from_json_str(text) {
        Ok(value) => duplicate(text).map_or(Rendered::Json(value), Rendered::Duplicate),
        Err(_) => match without_trailing_commas(text) {
            Some((mended, at)) if from_json_str(&mended).is_ok() => {
                Rendered::TrailingComma(from_json_str(&mended).unwrap_or_default(), at)
            }
            // AppSync reads over those commas, so it stops behind them. A blank in the place of each: places stay what they are.
            Some((mended, _)) => stopped(&mended),
            None => stopped(text),
        },
    }
}

/// Where reading stopped.
fn stopped(text: &str) -> Rendered {
    match serde_json::from_str::<serde_json::Value>(text) {
        Err(error) => {
            let line = error.line().saturating_sub(1);
            let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            let at = (before + error.column().saturating_sub(1)).min(text.len());
            Rendered::Not(at, error.to_string())
        }
        Ok(_) => Rendered::Not(text.len(), "a number is too long".to_owned()),
    }
}

/// The text with its trailing commas as blanks, and the place of the first one.
fn without_trailing_commas(text: &str) -> Option<(String, usize)> {
    let (mut inside, mut escaped, mut comma, mut first) = (false, false, None, None);
    let mut bytes = text.as_bytes().to_vec();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => (inside, comma) = (!inside, None),
            _ if inside => {}
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(comma) = comma.take() {
                    bytes[comma] = b' ';
                    first = first.or(Some(comma));
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
    }
    Some((String::from_utf8(bytes).ok()?, first?))
}

/// The first key that an object has twice.
fn duplicate(text: &str) -> Option<String> {
    let error = serde_json::from_str::<Unique>(text).err()?.to_string();
    let (_, name) = error.split_once("twice: ")?;
    Some(name.rsplit_once(" at line").map_or(name, |(name, _)| name).to_owned())
}

/// JSON whose objects have each key once.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(UniqueVisitor)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Unique;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(A::Error::custom(format!("twice: {key}")));
            }
            map.next_value::<Unique>()?;
            seen.insert(key);
        }
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Unique, A::Error> {
        while list.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }
    fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }
    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_appsync_takes_and_what_it_does_not() {
        assert!(matches!(read(" {\"a\": [1, 2]} "), Rendered::Json(_)));
        assert!(matches!(read("{\"a\": [1, 2,], }"), Rendered::TrailingComma(_, 11)));
        assert!(matches!(read("{\"a\": \",}\" ,}"), Rendered::TrailingComma(_, 11)));
        assert!(matches!(read(" \n "), Rendered::Empty));
        assert!(matches!(read("{\"a\": {\"b\": 1, \"b\": 2}}"), Rendered::Duplicate(key) if key == "b"));
        assert!(matches!(read("{\"a\": NO-1}"), Rendered::Not(6, _)), "{:?}", read("{\"a\": NO-1}"));
        assert!(matches!(read("{\"a\": 1} }"), Rendered::Not(9, _)), "{:?}", read("{\"a\": 1} }"));
    }
}
