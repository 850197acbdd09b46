//! A place in the context, such as `identity.claims["cognito:groups"]` or `args.input.tags[0]`.

use crate::value::{List, Map, Value};
use ecow::EcoString;
use serde::{Serialize, Serializer};
use std::fmt;
use std::hash::BuildHasher as _;
use std::ops::Deref;
use std::str::FromStr;

/// A place in the context, in the one form that findings, suggestions and reports write. Cheap to clone; reads as its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContextPath(EcoString);

/// Bytes of a member's name in a path: a longer one is cut, and told from others by its hash. Every value that a run makes can
/// hold a path, and a name can have megabytes.
const LONGEST: usize = 256;

/// A text that is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a path of the context, such as args.id or identity.claims[\"cognito:groups\"]")]
pub struct NotAPath;

/// One step of a path.
enum ContextStep {
    Name(EcoString),
    Index(usize),
}

impl ContextStep {
    fn value(&self) -> Value {
        match self {
            Self::Name(name) => Value::string(name.as_str()),
            Self::Index(at) => Value::int(i32::try_from(*at).unwrap_or(i32::MAX)),
        }
    }
}

impl ContextPath {
    /// The caller's mode, `$util.authType()`: beside the context, and changed like a part of it.
    pub const AUTH_TYPE: Self = Self(EcoString::inline("authType"));

    /// A claim of the caller's token.
    pub fn claim(name: &str) -> Self {
        Self(EcoString::from("identity.claims")).join(&name.into())
    }

    /// The place of a member: `.name` where that reads as one, else `["name"]`, `[0]` for an index.
    #[must_use]
    pub fn join(&self, key: &Value) -> Self {
        let parent = &self.0;
        let Value::String(name) = key else {
            return Self(match key {
                Value::Number(number) => ecow::eco_format!("{parent}[{number}]"),
                // What it holds may have no end.
                Value::List(_) | Value::Map(_) | Value::View(_) => ecow::eco_format!("{parent}[…]"),
                other => ecow::eco_format!("{parent}[{other}]"),
            });
        };
        if name.len() > LONGEST {
            return self.join_long(name);
        }
        let plain = !name.as_bytes().first().is_none_or(u8::is_ascii_digit)
            && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
        Self(match (parent.is_empty(), plain) {
            // `$ctx.arguments` and `$ctx.args` are one object: it goes by the name that templates use.
            (true, _) if name == "arguments" => EcoString::inline("args"),
            (true, _) => name.into(),
            (false, true) => joined([parent, ".", name, ""]),
            // Most names stand in quotation marks as they are.
            (false, false) if !name.bytes().any(is_escaped) => joined([parent, "[\"", name, "\"]"]),
            (false, false) => ecow::eco_format!("{parent}[{}]", serde_json::Value::from(name.as_str())),
        })
    }

    #[cold]
    fn join_long(&self, name: &str) -> Self {
        let begin = (0..=LONGEST - 64).rev().find_map(|end| name.get(..end)).unwrap_or_default();
        let hash = rustc_hash::FxBuildHasher.hash_one(name);
        self.join(&Value::string(format!("{begin}…{hash:016x}")))
    }

    /// The member of the context that it begins with: `args`, `identity`.
    pub fn root(&self) -> &str {
        self.0.split(['.', '[']).next().unwrap_or_default()
    }

    /// Whether it is this place or one inside it.
    pub fn is_in(&self, place: &str) -> bool {
        let rest = self.0.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// The claim that it is or lies in.
    pub fn claim_name(&self) -> Option<String> {
        let rest = self.0.strip_prefix("identity.claims")?;
        if let Some(name) = rest.strip_prefix('.') {
            return Some(name.split(['.', '[']).next().unwrap_or(name).to_owned());
        }
        let quoted = rest.strip_prefix('[')?;
        serde_json::Deserializer::from_str(quoted).into_iter::<String>().next()?.ok()
    }

    /// The claim itself, where this is one of its items.
    #[must_use]
    pub fn whole_claim(&self) -> Self {
        self.claim_name().map_or_else(|| self.clone(), |name| Self::claim(&name))
    }

    /// The members behind the claim that it lies in, `.length` of a list: that such a member is absent says nothing of the claim.
    /// Empty for the claim itself and for one of its items.
    #[must_use]
    pub fn below_claim(&self) -> &str {
        let rest = self.0.strip_prefix(&*self.whole_claim().0).unwrap_or_default();
        if rest.starts_with('.') { rest } else { "" }
    }

    /// What stands there; null where nothing does.
    pub fn lookup(&self, context: &Map) -> Value {
        let Some(keys) = keys(&self.0) else { return Value::Null };
        let mut at = Value::Map(context.clone());
        for key in rooted(context, &keys) {
            at = match (&at, &key) {
                (Value::Map(map), key) => map.get(key).unwrap_or_default(),
                (Value::List(list), Value::Number(index)) => index_of(index).and_then(|at| list.get(at)).unwrap_or_default(),
                _ => Value::Null,
            };
        }
        at
    }

    /// Puts a value there, and what is missing on the way; `None` if the path leads nowhere.
    pub fn set(&self, context: &Map, value: Value) -> Option<()> {
        match self.parent(context)? {
            (Value::Map(map), key) => {
                map.put(key, value);
            }
            (Value::List(list), Value::Number(index)) => {
                list.set(index_of(&index)?, value)?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Adds a value to the list there, or makes one; `None` if something else stands there.
    pub fn add(&self, context: &Map, value: Value) -> Option<()> {
        let (Value::Map(map), key) = self.parent(context)? else { return None };
        match map.get(&key).unwrap_or_default() {
            Value::List(list) => list.push(value),
            Value::Null => {
                map.put(key, List::new(vec![value]).into());
            }
            _ => return None,
        }
        Some(())
    }

    /// Takes away what stands there; `None` if nothing does.
    pub fn remove(&self, context: &Map) -> Option<()> {
        match self.parent(context)? {
            (Value::Map(map), key) => map.remove(&key).map(drop),
            (Value::List(list), Value::Number(index)) => list.remove(index_of(&index)?).map(drop),
            _ => None,
        }
    }

    /// The container that the last step is in, made where there is none, and that step.
    fn parent(&self, context: &Map) -> Option<(Value, Value)> {
        let keys = rooted(context, &keys(&self.0)?);
        let (last, parents) = keys.split_last()?;
        let mut at = Value::Map(context.clone());
        for key in parents {
            at = match (&at, key) {
                (Value::Map(map), key) => match map.get(key).unwrap_or_default() {
                    Value::Null => {
                        let made = Map::new();
                        map.put(key.clone(), made.clone().into());
                        made.into()
                    }
                    found => found,
                },
                (Value::List(list), Value::Number(index)) => list.get(index_of(index)?)?,
                _ => return None,
            };
        }
        Some((at, last.clone()))
    }
}

/// Parts of a path as one: every value that a recorded run follows has one, so nothing is formatted.
fn joined(parts: [&str; 4]) -> EcoString {
    let mut path = EcoString::with_capacity(parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| path.push_str(part));
    path
}

/// Whether JSON writes a letter otherwise (RFC 8259, section 7).
fn is_escaped(letter: u8) -> bool {
    matches!(letter, b'"' | b'\\' | 0..=0x1f)
}

fn index_of(number: &crate::value::Number) -> Option<usize> {
    usize::try_from(number.int_value()).ok()
}

/// The steps as this context has them: it may have `arguments` where templates say `args`.
fn rooted(context: &Map, keys: &[ContextStep]) -> Vec<Value> {
    let mut keys: Vec<Value> = keys.iter().map(ContextStep::value).collect();
    if let Some(first) = keys.first_mut().filter(|first| first.as_str() == Some("args"))
        && context.contains_str("arguments")
    {
        *first = "arguments".into();
    }
    keys
}

/// `a.b["c d"][0]` to its steps.
fn keys(path: &str) -> Option<Vec<ContextStep>> {
    let mut keys = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let mut stream = serde_json::Deserializer::from_str(inside).into_iter::<serde_json::Value>();
            let key = stream.next()?.ok()?;
            rest = inside.get(stream.byte_offset()..)?.strip_prefix(']')?;
            keys.push(match key {
                serde_json::Value::String(text) => ContextStep::Name(text.into()),
                serde_json::Value::Number(number) => ContextStep::Index(usize::try_from(number.as_u64()?).ok()?),
                _ => return None,
            });
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            keys.push(ContextStep::Name(name.get(..end)?.into()));
            rest = name.get(end..)?;
        }
    }
    Some(keys)
}

impl FromStr for ContextPath {
    type Err = NotAPath;

    fn from_str(text: &str) -> Result<Self, NotAPath> {
        let keys = keys(text).ok_or(NotAPath)?;
        Ok(keys.iter().fold(Self::default(), |path, key| path.join(&key.value())))
    }
}

impl fmt::Display for ContextPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Deref for ContextPath {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<ContextPath> for String {
    fn from(path: ContextPath) -> Self {
        path.0.into()
    }
}

impl From<&ContextPath> for String {
    fn from(path: &ContextPath) -> Self {
        path.to_string()
    }
}

impl PartialEq<str> for ContextPath {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for ContextPath {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Serialize for ContextPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::from_json_str;

    fn path(text: &str) -> ContextPath {
        text.parse().unwrap()
    }

    #[test]
    fn one_form_stands_for_one_place() {
        for (written, shown) in [
            (r#"identity.claims["sub"]"#, "identity.claims.sub"),
            (r#"identity.claims["cognito:groups"][0]"#, r#"identity.claims["cognito:groups"][0]"#),
            ("arguments.id", "args.id"),
            ("", ""),
        ] {
            assert_eq!(path(written).to_string(), shown);
        }
        for no in ["a[", "a[true]", "a[-1]", "a[1"] {
            assert_eq!(no.parse::<ContextPath>(), Err(NotAPath), "{no}");
        }
    }

    #[test]
    fn claims_are_known_by_name() {
        assert_eq!(ContextPath::claim("cognito:groups").to_string(), r#"identity.claims["cognito:groups"]"#);
        assert_eq!(path(r#"identity.claims["a]b"][1]"#).claim_name().unwrap(), "a]b");
        assert_eq!(path("identity.claims.groups[1]").whole_claim(), "identity.claims.groups");
        assert_eq!(path("identity.username").claim_name(), None);
        assert!(path("args.input.id").is_in("args.input") && !path("args.inputs").is_in("args.input"));
        assert_eq!(path("result[0].owner").root(), "result");
    }

    #[test]
    fn what_stands_there_is_read_and_changed() {
        let context = from_json_str(r#"{"arguments":{"tags":["a","b"]},"result":null}"#).unwrap();
        let map = context.as_map().unwrap().clone();
        assert_eq!(path("args.tags[1]").lookup(&map).as_str(), Some("b"));
        assert!(path("args.tags[2]").lookup(&map).is_null() && path("stash.x.y").lookup(&map).is_null());
        path("result.owner").set(&map, "ann".into()).unwrap();
        path("args.tags").add(&map, "c".into()).unwrap();
        path("args.tags[0]").remove(&map).unwrap();
        assert_eq!(path("result.owner.name").set(&map, Value::Null), None, "a text has no members");
        assert_eq!(context.to_json().unwrap(), r#"{"arguments":{"tags":["b","c"]},"result":{"owner":"ann"}}"#);
    }
}
