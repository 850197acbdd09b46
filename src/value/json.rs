//! JSON in and out of values, without a tree in between.

use super::entries::Entries;
use super::ledger::{self, Charge, Limit, Walk};
use super::{JavaError, List, MAX_DEPTH, Map, Number, Value, View};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;
use std::fmt;

/// Integers of so many digits fit into 64 bits.
const SAFE_DIGITS: usize = 18;

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
    /// The bound that was met, where it may well be JSON.
    pub limit: Option<Limit>,
}

/// How deep serde_json reads.
const DEEPEST: usize = 128;

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
        let limit = match message.as_str() {
            "recursion limit exceeded" => Some(Limit::JsonDepth(DEEPEST)),
            "number out of range" => Some(Limit::JsonNumber),
            _ => None,
        };
        let message = limit.map_or(message, |limit| limit.to_string());
        Self { message, line: error.line(), column: error.column(), limit }
    }
}

/// Reads a JSON text. Integers become the smallest of `Integer`, `Long`, `BigInteger`; all other numbers `Double`.
///
/// # Errors
/// The text is no JSON, nests deeper than serde_json's limit of 128, or has a number beyond `Double`'s range of 308 digits.
pub fn from_json_str(text: &str) -> Result<Value, JsonError> {
    let read = serde_json::from_str(text)?;
    Ok(if has_long_integer(text.as_bytes()) { whole(text)? } else { read })
}

/// Reads what a user gave: like [`from_json_str`], but an object that has a key twice is an error, as in every reader of files.
///
/// # Errors
/// Those of [`from_json_str`], and the key.
pub fn from_given(text: &str) -> Result<Value, JsonError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = given(&mut json)?;
    json.end()?;
    Ok(if has_long_integer(text.as_bytes()) { whole(text)? } else { read })
}

/// [`from_given`] as a member of a larger type, without the integers beyond 64 bits.
///
/// # Errors
/// Those of the deserializer, and a key that stands twice.
pub fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Reader { unique: true }.deserialize(deserializer)
}

/// Reads what a template rendered, as AppSync does: like [`from_json_str`], but commas before a closing bracket are left
/// out. The second part is where the first of them stood.
///
/// # Errors
/// Those of [`from_json_str`].
pub fn from_rendered(text: &str) -> Result<(Value, Option<usize>), JsonError> {
    from_json_str(text).map(|value| (value, None)).or_else(|error| {
        let (mended, first) = without_last_commas(text).ok_or(error.clone())?;
        from_json_str(&mended).map(|value| (value, Some(first))).map_err(|_| error)
    })
}

/// The text with a blank for each comma that only blanks part from a closing bracket, and where the first one stood.
fn without_last_commas(text: &str) -> Option<(String, usize)> {
    let mut mended = String::with_capacity(text.len());
    // The comma that only blanks have followed so far, and the character before it that is no blank.
    let (mut comma, mut before, mut quoted, mut escaped, mut first) = (None, '{', false, false, None);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '}' | ']' if !quoted && let Some(last) = comma => {
                mended.replace_range(last..=last, " ");
                first = first.or(Some(last));
            }
            _ => {}
        }
        comma = match letter {
            ',' if !quoted && !matches!(before, '{' | '[') => Some(at),
            letter if letter.is_ascii_whitespace() => comma,
            _ => None,
        };
        if !letter.is_ascii_whitespace() {
            before = letter;
        }
        mended.push(letter);
    }
    first.map(|first| (mended, first))
}

/// Whether a text may hold an integer beyond 64 bits, for which serde_json gives a `Double`: what is read without
/// [`from_json_str`] must be read again by it.
pub fn has_long_integer(text: &[u8]) -> bool {
    let digit = |at: &usize| text.get(*at).is_some_and(u8::is_ascii_digit);
    // A run of 19 digits covers one of every 19 places.
    (SAFE_DIGITS..text.len()).step_by(SAFE_DIGITS + 1).any(|at| {
        let before = (0..=at).rev().take_while(digit).count();
        before > 0 && before + (at + 1..).take_while(digit).count() > SAFE_DIGITS
    })
}

/// Reads what is known to be JSON, keeping every integer whole.
fn whole(text: &str) -> Result<Value, serde_json::Error> {
    let text = text.trim_ascii();
    ledger::bytes(text.len());
    unspent::<serde_json::Error>()?;
    let is_integer = || text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    Ok(match text.as_bytes().first() {
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            List::new(items.iter().map(|item| whole(item.get())).collect::<Result<_, _>>()?).into()
        }
        Some(b'{') => {
            let entries: indexmap::IndexMap<String, &RawValue> = serde_json::from_str(text)?;
            let entries = entries.into_iter().map(|(key, value)| Ok((Value::string(key), whole(value.get())?)));
            entries.collect::<Result<Map, serde_json::Error>>()?.into()
        }
        _ if text.len() > SAFE_DIGITS && is_integer() => {
            let number = Number::read_integer(text).map_err(de::Error::custom)?;
            number.into()
        }
        _ => serde_json::from_str(text)?,
    })
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader { unique: false }.deserialize(deserializer)
    }
}

#[derive(Clone, Copy)]
struct Reader {
    /// Whether a key that stands twice in an object is an error; else the last one counts, as with Jackson.
    unique: bool,
}

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
        // A container is more work than what stands in it: it is allocated, counted, and given back.
        ledger::work(CONTAINER);
        let (mut list, room) = (Vec::new(), Charge::default());
        while let Some(item) = items.next_element_seed(self)? {
            unspent()?;
            if list.len() == list.capacity() {
                // While it grows there are two.
                room.set(3 * list.capacity() * size_of::<Value>());
            }
            list.push(item);
        }
        drop(room);
        Ok(List::new(list).into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        ledger::work(CONTAINER);
        let (mut read, mut held, room) = (Entries::default(), 0, Charge::default());
        while let Some(key) = entries.next_key_seed(MemberKey)? {
            if self.unique && read.get(&key).is_some() {
                return Err(de::Error::custom(format_args!("the key {key} stands twice in one object: take one of the two out")));
            }
            let value = entries.next_value_seed(self)?;
            unspent()?;
            read.insert(key, value);
            if read.footprint() != held {
                held = read.footprint();
                // While it grows there are two.
                room.set(held + held / 2);
            }
        }
        drop(room);
        Ok(Map::of(read).into())
    }
}

/// Steps for a list or an object beside those for its members.
const CONTAINER: u64 = 2;

/// A member's name, made a value at once.
struct MemberKey;

impl<'de> DeserializeSeed<'de> for MemberKey {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberKey {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a member's name")
    }
    fn visit_str<E: de::Error>(self, name: &str) -> Result<Value, E> {
        Ok(Value::string(name))
    }
}

/// Reading ends where the evaluation that reads has used up what it may.
fn unspent<E: de::Error>() -> Result<(), E> {
    ledger::step().map_err(E::custom)
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
            Value::Number(number) => match RawValue::from_string(number.to_string()) {
                Ok(raw) => raw.serialize(serializer),
                Err(_) => serializer.serialize_str(&number.to_string()),
            },
            Value::String(text) => serializer.serialize_str(text),
            Value::List(list) => list.read(|items| self.items(items, serializer)),
            Value::View(view) => self.items(&view.snapshot(), serializer),
            Value::Map(map) => map.read(|entries| {
                let mut out = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries.iter() {
                    self.entry::<S>(key, value, &mut out)?;
                }
                out.end()
            }),
            Value::Entry(entry) => {
                let mut out = serializer.serialize_map(Some(1))?;
                self.entry::<S>(entry.key(), &entry.value(), &mut out)?;
                out.end()
            }
            // Velocity's loop state is a map of what templates put there.
            Value::Loop(each) => each.members().read(|entries| {
                let mut out = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries.iter() {
                    self.entry::<S>(key, value, &mut out)?;
                }
                out.end()
            }),
            Value::Iterator(_) | Value::LoopInfo(_) | Value::Namespace(_) => {
                serializer.serialize_str(&self.value.to_string())
            }
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
        let mut text = Vec::with_capacity(256);
        let mut writer = serde_json::Serializer::with_formatter(&mut text, Jackson);
        self.serialize(&mut writer).map_err(|_| JavaError::too_deep())?;
        // Each letter is looked at for what must be escaped: four times the work of a copy.
        ledger::copied(text.len().saturating_mul(3));
        String::from_utf8(text).map_err(|_| JavaError::too_deep())
    }

    /// How many bytes it has as text, roughly; the most that a walk looks at where it has no end.
    pub fn text_size(&self) -> usize {
        match self {
            Self::Null => 0,
            Self::String(text) => text.len(),
            other => {
                let mut walk = Walk::new();
                match other.measure(0, &mut walk) {
                    Ok(()) => walk.seen(),
                    Err(_) => Walk::BYTES,
                }
            }
        }
    }

    /// Whether the value can be written as JSON: values that share their parts can be small in memory and endless as text.
    ///
    /// # Errors
    /// The limit that it would hit.
    pub fn fits_json(&self) -> Result<(), JavaError> {
        self.measure(0, &mut Walk::new()).map_err(ledger::spend)
    }

    fn measure(&self, depth: usize, walk: &mut Walk) -> Result<(), Limit> {
        walk.visit(depth)?;
        match self {
            Self::String(text) => walk.text(text.len()),
            Self::Number(number) => {
                number.count();
                Ok(())
            }
            Self::List(list) => list.read(|items| items.iter().try_for_each(|item| item.measure(depth + 1, walk))),
            Self::Map(map) | Self::View(View { map, .. }) => map.read(|entries| {
                entries.iter().try_for_each(|(key, value)| {
                    // A key becomes a text, whatever it holds.
                    key.measure(depth + 1, walk)?;
                    value.measure(depth + 1, walk)
                })
            }),
            Self::Entry(entry) => {
                entry.key().measure(depth + 1, walk)?;
                entry.value().measure(depth + 1, walk)
            }
            Self::Loop(each) => Self::Map(each.members().clone()).measure(depth, walk),
            _ => Ok(()),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_rendered_may_end_with_commas() {
        for (text, read, first) in [
            (r#"{"a": 1}"#, r#"{"a":1}"#, None),
            (r#"{"a": 1,}"#, r#"{"a":1}"#, Some(7)),
            ("[1, [2 , \n], {\"b\": \"é,}\",}\t,\n]", r#"[1,[2],{"b":"é,}"}]"#, Some(7)),
            (r#"{"a": "\",]", "b": [",]",]}"#, r#"{"a":"\",]","b":[",]"]}"#, Some(24)),
        ] {
            let (value, found) = from_rendered(text).unwrap();
            assert_eq!((value.to_json().unwrap().as_str(), found), (read, first), "{text}");
        }
        for text in ["{,}", "[1,,]", "[,1]", r#"{"a" 1,}"#, "", r#"{"a": 1,"#, "1,"] {
            assert_eq!(from_rendered(text).unwrap_err(), from_json_str(text).unwrap_err(), "{text}");
        }
    }

    #[test]
    fn integers_stay_whole_at_any_length() {
        // Classes as Jackson's `JsonNode.numberValue` gives them, and as the reader of Velocity's harness does.
        let texts = [
            ("2147483647", "java.lang.Integer"),
            ("-2147483648", "java.lang.Integer"),
            ("2147483648", "java.lang.Long"),
            ("9223372036854775807", "java.lang.Long"),
            ("-9223372036854775808", "java.lang.Long"),
            ("9223372036854775808", "java.math.BigInteger"),
            ("-9223372036854775809", "java.math.BigInteger"),
            ("18446744073709551616", "java.math.BigInteger"),
            ("123456789012345678901234567890", "java.math.BigInteger"),
        ];
        for (text, class) in texts {
            for json in [text.to_owned(), format!("  {text}\n")] {
                let value = from_json_str(&json).unwrap();
                assert_eq!((value.class_name(), value.to_string().as_str()), (class, text));
            }
            let nested = format!(r#"{{"a":[{text},{{"b":{text}}}],"s":"{text}","d":1.5}}"#);
            let value = from_json_str(&nested).unwrap();
            assert_eq!(value.to_json().unwrap(), nested);
        }
        assert_eq!(from_json_str("100000000000000000000.0").unwrap().class_name(), "java.lang.Double");
        assert_eq!(from_json_str("1E400").unwrap_err().line, 1);
    }

    #[test]
    fn an_integer_of_a_million_digits_is_refused() {
        let error = from_json_str(&format!("[{}]", "9".repeat(1_000_000))).unwrap_err();
        assert_eq!(error.message, "number out of range (limit `json number`)");
        assert!(from_json_str(&"9".repeat(308)).is_ok());
    }

    #[test]
    fn finds_long_integers_wherever_they_stand() {
        for length in 0..40 {
            for before in 0..45 {
                let text = format!("{}{}{}", "x".repeat(before), "7".repeat(length), "y".repeat(before % 7));
                assert_eq!(has_long_integer(text.as_bytes()), length > SAFE_DIGITS, "{text}");
            }
        }
    }
}
