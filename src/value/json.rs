//! JSON in and out of values, without a tree in between.

use super::{JavaError, List, MAX_DEPTH, Map, Number, Value};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use std::fmt;

/// Members that a value may have as JSON text.
const MOST_MEMBERS: usize = 1_000_000;

/// Bytes of text that a value may hold as JSON.
const MOST_BYTES: usize = 64 << 20;

/// Why a text is no JSON, with its place (line and column from 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}, column {column}")]
pub struct JsonError {
    /// What is wrong.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
        let message = match message.as_str() {
            "recursion limit exceeded" => "nested deeper than 128 levels (limit `json depth`)".to_owned(),
            _ => message,
        };
        Self { message, line: error.line(), column: error.column() }
    }
}

/// Reads a JSON text. Integers become the smallest of `Integer`, `Long`, `BigInteger`; all other numbers `Double`, also
/// integers beyond 64 bits, which Java would keep whole (docs/compatibility.md).
///
/// # Errors
/// The text is no JSON, or nests deeper than serde_json's limit of 128.
pub fn from_json_str(text: &str) -> Result<Value, JsonError> {
    serde_json::from_str(text).map_err(JsonError::from)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader.deserialize(deserializer)
    }
}

struct Reader;

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(i32::try_from(value).map_or(Value::long(value), Value::int))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Ok(Number::parse_integer(&value.to_string()).into()),
        }
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::double(value))
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::string(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Reader)? {
            list.push(item);
        }
        Ok(List::new(list).into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let map = Map::new();
        while let Some(key) = entries.next_key::<std::borrow::Cow<'de, str>>()? {
            let value = entries.next_value_seed(Reader)?;
            map.put(Value::string(&*key), value);
        }
        Ok(map.into())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Writer { value: self, depth: 0 }.serialize(serializer)
    }
}

/// Compact text as Jackson writes it: control characters have upper-case digits.
struct Jackson;

impl serde_json::ser::Formatter for Jackson {
    fn write_char_escape<W: ?Sized + std::io::Write>(
        &mut self,
        out: &mut W,
        escape: serde_json::ser::CharEscape,
    ) -> std::io::Result<()> {
        match escape {
            serde_json::ser::CharEscape::AsciiControl(byte) => write!(out, "\\u{byte:04X}"),
            other => serde_json::ser::CompactFormatter.write_char_escape(out, other),
        }
    }
}

/// One level of a value on its way to JSON; cycles end at [`MAX_DEPTH`].
struct Writer<'a> {
    value: &'a Value,
    depth: usize,
}

impl Writer<'_> {
    fn items<S: Serializer>(&self, items: &[Value], serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(items.len()))?;
        for value in items {
            sequence.serialize_element(&Writer { value, depth: self.depth + 1 })?;
        }
        sequence.end()
    }

    fn entry<S: Serializer>(&self, key: &Value, value: &Value, map: &mut S::SerializeMap) -> Result<(), S::Error> {
        let writer = Writer { value, depth: self.depth + 1 };
        match key {
            Value::String(key) => map.serialize_entry(key.as_str(), &writer),
            key => map.serialize_entry(&key.to_string(), &writer),
        }
    }
}

impl Serialize for Writer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.depth > MAX_DEPTH {
            return Err(S::Error::custom(format!("value nested deeper than {MAX_DEPTH} levels (limit `value depth`)")));
        }
        match self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Boolean(value) => serializer.serialize_bool(*value),
            Value::Number(Number::Integer(value)) => serializer.serialize_i32(*value),
            Value::Number(Number::Long(value)) => serializer.serialize_i64(*value),
            Value::Number(Number::Double(value)) if !value.is_finite() => {
                serializer.serialize_str(&self.value.to_string())
            }
            // Java's text of a number is valid JSON and keeps what the template saw, such as 1.0E7.
            Value::Number(number) => match serde_json::value::RawValue::from_string(number.to_string()) {
                Ok(raw) => raw.serialize(serializer),
                Err(_) => serializer.serialize_str(&number.to_string()),
            },
            Value::String(text) => serializer.serialize_str(text),
            Value::List(list) => self.items(&list.snapshot(), serializer),
            Value::View(view) => self.items(&view.snapshot(), serializer),
            Value::Map(map) => {
                let entries = map.snapshot();
                let mut out = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in &entries {
                    self.entry::<S>(key, value, &mut out)?;
                }
                out.end()
            }
            Value::Entry(entry) => {
                let mut out = serializer.serialize_map(Some(1))?;
                self.entry::<S>(&entry.key, &entry.value(), &mut out)?;
                out.end()
            }
            // Velocity's loop state is a map of what templates put there: nothing.
            Value::Loop(_) => serializer.serialize_map(Some(0))?.end(),
            Value::Iterator(_) | Value::Namespace(_) => serializer.serialize_str(&self.value.to_string()),
        }
    }
}

impl Value {
    /// Compact JSON text in insertion order.
    ///
    /// # Errors
    /// The value nests deeper than [`MAX_DEPTH`] (usually it contains itself), or has too many members.
    pub fn to_json(&self) -> Result<String, JavaError> {
        self.fits_json()?;
        let mut text = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut text, Jackson);
        self.serialize(&mut writer).map_err(|_| JavaError::too_deep())?;
        String::from_utf8(text).map_err(|_| JavaError::too_deep())
    }

    /// Whether the value can be written as JSON: values that share their parts can be small in memory and endless as text.
    ///
    /// # Errors
    /// The limit that it would hit.
    pub fn fits_json(&self) -> Result<(), JavaError> {
        let mut left = Room { members: MOST_MEMBERS, bytes: MOST_BYTES };
        if self.fits(0, &mut left) {
            return Ok(());
        }
        let message = match left {
            Room { members: 0, .. } => {
                format!("value has more than {MOST_MEMBERS} members as JSON (limit `value size`)")
            }
            Room { bytes: 0, .. } => format!("value has more than {MOST_BYTES} bytes as JSON (limit `value size`)"),
            _ => return Err(JavaError::too_deep()),
        };
        Err(JavaError::new("java.lang.OutOfMemoryError", message))
    }

    fn fits(&self, depth: usize, left: &mut Room) -> bool {
        if depth > MAX_DEPTH || left.members == 0 || left.bytes == 0 {
            return false;
        }
        left.members -= 1;
        match self {
            Self::String(text) => {
                left.bytes = left.bytes.saturating_sub(text.len());
                left.bytes > 0
            }
            Self::List(list) => list.all(&mut |item| item.fits(depth + 1, left)),
            Self::Map(map) => map.all(&mut |value| value.fits(depth + 1, left)),
            Self::View(view) => view.map.all(&mut |value| value.fits(depth + 1, left)),
            Self::Entry(entry) => entry.value().fits(depth + 1, left),
            _ => true,
        }
    }
}

/// What may still be written.
struct Room {
    members: usize,
    bytes: usize,
}

impl From<&serde_json::Value> for Value {
    /// The value that reading the same JSON would have given.
    fn from(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Boolean(*value),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) => i32::try_from(value).map_or_else(|_| Self::long(value), Self::int),
                (None, Some(value)) if number.is_f64() => Self::double(value),
                _ => from_json_str(&number.to_string()).unwrap_or_default(),
            },
            Json::String(text) => Self::string(text.as_str()),
            Json::Array(items) => items.iter().map(Self::from).collect::<List>().into(),
            Json::Object(map) => {
                map.iter().map(|(key, value)| (key.as_str().into(), Self::from(value))).collect::<Map>().into()
            }
        }
    }
}
