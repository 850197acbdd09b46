//! The JSON of an entry: its members as a tree, and its context, which templates read, as values at once.

use crate::json::Tree;
use crate::request::{MemberOrigin, MemberValue, whole};
use crate::value::{Map, Value, given, has_long_integer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Error, Map as JsonMap, Value as Json, json};
use std::fmt;

/// The member that templates read.
const CONTEXT: &str = "context";

/// An entry as it was logged.
#[derive(Debug, Default)]
pub struct LoggedJson {
    /// Its members, but for the context.
    pub members: Json,
    /// What the template was given; `None` where the entry has nothing of the kind. Integers of any length are whole.
    pub context: Option<Value>,
}

impl LoggedJson {
    /// Reads an entry. What is no JSON has no members.
    pub fn read(text: &str) -> Self {
        // What is read straight into a tree rounds integers beyond 64 bits.
        if has_long_integer(text.as_bytes()) {
            return Self::with_care(text);
        }
        Self::at_once(text).unwrap_or_else(|_| Self::with_care(text))
    }

    fn at_once(text: &str) -> Result<Self, Error> {
        let mut json = serde_json::Deserializer::from_str(text);
        let read = (&mut json).deserialize_map(LoggedMembers)?;
        json.end().map(|()| read)
    }

    /// Reads an entry by a tree: one with integers that a tree rounds, one that is no JSON, or one with a key that stands twice.
    fn with_care(text: &str) -> Self {
        let mut members = tree(text);
        let exact = tree(&whole::marked(text));
        let context = members.as_object_mut().and_then(|members| members.remove(CONTEXT));
        let exact = exact.get(CONTEXT).filter(|exact| whole::is_marked(exact)).cloned();
        let context = exact.or(context).map(|context| MemberValue::of_marked(&context, MemberOrigin::Log).value());
        Self { members, context }
    }

    /// A member of the context.
    pub fn given(&self, name: &str) -> Option<Value> {
        self.context.as_ref()?.as_map()?.get_str(name)
    }

    /// What a template was given, where it was given anything.
    pub fn context(&self) -> Option<&Map> {
        self.context.as_ref()?.as_map()
    }
}

/// An entry's JSON. A key that stands twice leaves it open what the template was given: it has no context then.
fn tree(text: &str) -> Json {
    match crate::json::read(text) {
        Ok(json) => json,
        Err(error) => {
            let mut json: Json = serde_json::from_str(text).unwrap_or_default();
            if let Some(entry) = json.as_object_mut().filter(|_| error.is_data()) {
                entry.remove(CONTEXT);
                entry.insert("fault".to_owned(), json!(error.to_string()));
            }
            json
        }
    }
}

/// Reads the members of an entry, each key once.
struct LoggedMembers;

impl<'de> Visitor<'de> for LoggedMembers {
    type Value = LoggedJson;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an entry of a log")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<LoggedJson, A::Error> {
        let (mut members, mut context) = (JsonMap::new(), None);
        while let Some(key) = entries.next_key::<String>()? {
            if key == CONTEXT && context.is_none() {
                context = Some(entries.next_value_seed(AsValue)?);
                continue;
            }
            match members.entry(key) {
                Entry::Vacant(place) if place.key() != CONTEXT => {
                    place.insert(entries.next_value_seed(Tree)?);
                }
                _ => return Err(A::Error::custom("a key stands twice")),
            }
        }
        Ok(LoggedJson { members: Json::Object(members), context })
    }
}

/// Reads a value as templates see it.
struct AsValue;

impl<'de> DeserializeSeed<'de> for AsValue {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        given(from)
    }
}

/// A value as a tree, whose numbers round integers beyond 64 bits.
pub fn as_tree(value: &Value) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Json, Option<String>) {
        let LoggedJson { members, context } = LoggedJson::read(text);
        (members, context.map(|context| context.to_json().expect("it is not deep")))
    }

    #[test]
    fn the_context_is_kept_apart_and_whole() {
        let text = r#"{"logType": "RequestMapping", "context": {"arguments": {"n": 7, "of": [1.5, null]}}, "errors": []}"#;
        let context = r#"{"arguments":{"n":7,"of":[1.5,null]}}"#;
        assert_eq!(read(text), (json!({"logType": "RequestMapping", "errors": []}), Some(context.to_owned())));
        let long = r#"{"context": {"n": 123456789012345678901234567890}, "errors": []}"#;
        assert_eq!(read(long), (json!({"errors": []}), Some(r#"{"n":123456789012345678901234567890}"#.to_owned())));
        assert_eq!(read(r#"{"errors": []}"#), (json!({"errors": []}), None));
    }

    // RFC 8259, section 4: which of two members of one name counts is open.
    #[test]
    fn an_entry_with_a_key_that_stands_twice_has_no_context() {
        for text in [r#"{"context": {"a": 1, "a": 2}}"#, r#"{"context": {}, "context": {}}"#, r#"{"a": 1, "context": {}, "a": 2}"#] {
            let (members, context) = read(text);
            assert!(members["fault"].as_str().is_some_and(|fault| fault.contains("stands twice in one object")), "{text}");
            assert_eq!(context, None, "{text}");
        }
        for text in ["", "[1]", "{\"context\": {}", "nul"] {
            assert_eq!(read(text).1, None, "{text}");
        }
    }

    #[test]
    fn a_value_becomes_the_tree_that_it_was_read_from() {
        let text = r#"{"a":[1,-2,9223372036854775807,1.5,1e3,true,null,"x\n",{"b":{}}],"long":123456789012345678901234567890}"#;
        let value = crate::value::from_given(text).expect("it is valid");
        assert_eq!(as_tree(&value), serde_json::from_str::<Json>(text).expect("it is valid"));
    }
}
