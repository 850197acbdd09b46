//! DynamoDB's typed values, from JSON with types (`{"S": "ann"}`) or without (`"ann"`), and how they compare.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>

use crate::value::{Map, Number, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bigdecimal::BigDecimal;
use ecow::{EcoString, eco_format};
use indexmap::IndexMap;
use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// DynamoDB nests 32 levels; deeper values are not read.
const DEEPEST: usize = 32;

/// An item has at most 400 KB, and so at most so many members.
const MOST_MEMBERS: usize = 400 * 1024;

/// Numbers have at most 38 digits; longer texts are not read, so that none takes long.
const LONGEST_NUMBER: usize = 400;

/// The decimal exponents of DynamoDB's numbers.
const EXPONENTS: std::ops::RangeInclusive<i64> = -130..=125;

/// A value of an attribute, or of a `:placeholder`.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// `S`
    String(EcoString),
    /// `N`
    Number(BigDecimal),
    /// `B`
    Binary(Vec<u8>),
    /// `BOOL`
    Boolean(bool),
    /// `NULL`: the attribute is there, and is null.
    Null,
    /// `SS`
    StringSet(Vec<EcoString>),
    /// `NS`
    NumberSet(Vec<BigDecimal>),
    /// `BS`
    BinarySet(Vec<Vec<u8>>),
    /// `L`
    List(Vec<Attribute>),
    /// `M`
    Map(IndexMap<EcoString, Attribute>),
    /// `L` or one of the sets: the JSON array of a row without types does not tell.
    ListOrSet(Vec<Attribute>),
    /// What is no value of DynamoDB's, in words.
    Unreadable(EcoString),
}

/// How the lists of JSON without types are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lists {
    /// As `$util.dynamodb.toDynamoDB` writes them: never a set (APPSYNC-VTL 1.14).
    Lists,
    /// As AppSync hands rows to templates: sets have become lists.
    ListsOrSets,
}

impl Attribute {
    /// Reads JSON with types, such as `{"S": "ann"}` or AppSync's `{"N": 5}`.
    pub fn from_typed(value: &Value) -> Self {
        typed(value, 0, &mut 0)
    }

    /// Reads a value of a row without types. Text counts as `S`, null as `NULL`, an array as a list or a set.
    pub fn from_plain(value: &Value) -> Self {
        plain(value, Lists::ListsOrSets, 0, &mut 0)
    }

    /// Reads a value as `$util.dynamodb.toDynamoDB` does.
    pub fn from_value(value: &Value) -> Self {
        plain(value, Lists::Lists, 0, &mut 0)
    }

    /// DynamoDB's name of the type, such as `SS`; `L` for what may be a set, `?` for what could not be read.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::String(_) => "S",
            Self::Number(_) => "N",
            Self::Binary(_) => "B",
            Self::Boolean(_) => "BOOL",
            Self::Null => "NULL",
            Self::StringSet(_) => "SS",
            Self::NumberSet(_) => "NS",
            Self::BinarySet(_) => "BS",
            Self::List(_) | Self::ListOrSet(_) => "L",
            Self::Map(_) => "M",
            Self::Unreadable(_) => "?",
        }
    }

    /// The members of a list or a set.
    pub fn members(&self) -> Option<Vec<Attribute>> {
        Some(match self {
            Self::List(items) | Self::ListOrSet(items) => items.clone(),
            Self::StringSet(items) => items.iter().cloned().map(Self::String).collect(),
            Self::NumberSet(items) => items.iter().cloned().map(Self::Number).collect(),
            Self::BinarySet(items) => items.iter().cloned().map(Self::Binary).collect(),
            _ => return None,
        })
    }

    /// DynamoDB's `=`: the same type and the same value, numbers by value; `None` if JSON without types does not tell.
    pub fn same(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Unreadable(_), _) | (_, Self::Unreadable(_)) => None,
            (Self::List(left), Self::List(right)) => all_same(left.iter().zip(right), left.len() == right.len()),
            (Self::Map(left), Self::Map(right)) => {
                let fits = left.len() == right.len() && left.keys().all(|key| right.contains_key(key));
                all_same(left.iter().filter_map(|(key, value)| Some((value, right.get(key)?))), fits)
            }
            (Self::ListOrSet(left), Self::List(right)) | (Self::List(right), Self::ListOrSet(left)) => {
                // Equal members leave it open whether these are a set, which no list is equal to.
                if all_same(left.iter().zip(right), left.len() == right.len()) == Some(false) {
                    Some(false)
                } else {
                    None
                }
            }
            (Self::ListOrSet(list), set) | (set, Self::ListOrSet(list)) if set.members().is_some() => {
                let equal = same_members(list, &set.members().unwrap_or_default());
                if equal == Some(false) { Some(false) } else { None }
            }
            (left, right) if is_set(left) && left.type_name() == right.type_name() => {
                same_members(&left.members().unwrap_or_default(), &right.members().unwrap_or_default())
            }
            (left, right) => Some(left == right),
        }
    }

    /// The order of two texts (by UTF-8 bytes), numbers (by value) or binaries (by unsigned bytes); other types have none.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::String(left), Self::String(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
            (Self::Number(left), Self::Number(right)) => Some(left.cmp(right)),
            (Self::Binary(left), Self::Binary(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }

    /// The value as a template would see it, without types.
    pub fn to_value(&self) -> Value {
        match self {
            Self::String(text) => Value::string(text.clone()),
            Self::Number(number) => number_value(number),
            Self::Binary(bytes) => Value::string(STANDARD.encode(bytes)),
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (Value::string(key.clone()), value.to_value()));
                entries.collect::<Map>().into()
            }
            Self::Null | Self::Unreadable(_) => Value::Null,
            list => {
                list.members().unwrap_or_default().iter().map(Self::to_value).collect::<crate::value::List>().into()
            }
        }
    }
}

fn number_value(number: &BigDecimal) -> Value {
    let text = number.normalized().to_plain_string();
    match text.contains('.') {
        true => Value::double(text.parse().unwrap_or(f64::NAN)),
        false => Number::parse_integer(&text).into(),
    }
}

fn is_set(value: &Attribute) -> bool {
    matches!(value, Attribute::StringSet(_) | Attribute::NumberSet(_) | Attribute::BinarySet(_))
}

/// Sets are not empty, hold one type of text, number or binary, and nothing twice.
fn may_be_set(items: &[Attribute]) -> bool {
    let texts = items.iter().all(|item| matches!(item, Attribute::String(_)));
    let numbers = items.iter().all(|item| matches!(item, Attribute::Number(_)));
    let twice = |(at, item): (usize, &Attribute)| items.iter().take(at).any(|before| before == item);
    !items.is_empty() && (texts || numbers) && (items.len() > 100 || !items.iter().enumerate().any(twice))
}

fn all_same<'a>(pairs: impl Iterator<Item = (&'a Attribute, &'a Attribute)>, fits: bool) -> Option<bool> {
    if !fits {
        return Some(false);
    }
    let mut known = true;
    for (left, right) in pairs {
        match left.same(right) {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// Whether two sets have the same members, in any order.
fn same_members(left: &[Attribute], right: &[Attribute]) -> Option<bool> {
    if left.len() != right.len() {
        return Some(false);
    }
    let key = |item: &Attribute| match item {
        Attribute::String(text) => Some(format!("S{text}")),
        Attribute::Number(number) => Some(format!("N{}", number.normalized())),
        Attribute::Binary(bytes) => Some(format!("B{}", STANDARD.encode(bytes))),
        _ => None,
    };
    let keys = |items: &[Attribute]| items.iter().map(key).collect::<Option<std::collections::BTreeSet<_>>>();
    Some(matches!((keys(left), keys(right)), (Some(left), Some(right)) if left == right))
}

fn unreadable(what: impl Into<EcoString>) -> Attribute {
    Attribute::Unreadable(what.into())
}

/// What is too deep or too large, counting the members on the way.
fn too_much(depth: usize, members: &mut usize) -> Option<Attribute> {
    *members += 1;
    if depth > DEEPEST {
        return Some(unreadable(eco_format!("a value nested deeper than {DEEPEST} levels")));
    }
    (*members > MOST_MEMBERS).then(|| unreadable("a value with more members than an item may have"))
}

fn plain(value: &Value, lists: Lists, depth: usize, members: &mut usize) -> Attribute {
    if let Some(refused) = too_much(depth, members) {
        return refused;
    }
    match value {
        Value::Null => Attribute::Null,
        Value::Boolean(value) => Attribute::Boolean(*value),
        Value::Number(number) => decimal(&number.to_string()),
        Value::String(text) => Attribute::String(text.into()),
        Value::Map(map) => entries(map, |value| plain(value, lists, depth + 1, members)),
        other => match other.members() {
            Some(items) => {
                let items: Vec<_> = items.iter().map(|item| plain(item, lists, depth + 1, members)).collect();
                if lists == Lists::ListsOrSets && may_be_set(&items) {
                    Attribute::ListOrSet(items)
                } else {
                    Attribute::List(items)
                }
            }
            None => unreadable(eco_format!("a {}, which is not a value of DynamoDB's", other.type_name())),
        },
    }
}

fn entries(map: &Map, mut read: impl FnMut(&Value) -> Attribute) -> Attribute {
    let entry = |(key, value): (Value, Value)| Some((EcoString::from(key.as_str()?), read(&value)));
    match map.snapshot().into_iter().map(entry).collect() {
        Some(entries) => Attribute::Map(entries),
        None => unreadable("a map with a key that is not a text"),
    }
}

/// The one member of a typed value: its type and what it holds.
pub(super) fn type_and_content(value: &Value) -> Option<(EcoString, Value)> {
    let map = value.as_map().filter(|map| map.len() == 1)?;
    let (key, content) = map.snapshot().pop()?;
    let name = EcoString::from(key.as_str()?);
    let known = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"].contains(&name.as_str());
    known.then_some((name, content))
}

fn typed(value: &Value, depth: usize, members: &mut usize) -> Attribute {
    if let Some(refused) = too_much(depth, members) {
        return refused;
    }
    let Some((name, content)) = type_and_content(value) else {
        return unreadable("a value without a DynamoDB type such as {\"S\": …}");
    };
    match (name.as_str(), &content) {
        ("S", Value::String(text)) => Attribute::String(text.into()),
        ("N", Value::Number(number)) => decimal(&number.to_string()),
        ("N", Value::String(text)) => decimal(text),
        ("B", Value::String(text)) => binary(text).map_or_else(unreadable, Attribute::Binary),
        ("BOOL", Value::Boolean(value)) => Attribute::Boolean(*value),
        ("NULL", Value::Null | Value::Boolean(true)) => Attribute::Null,
        ("L", list) if list.members().is_some() => {
            let items = list.members().unwrap_or_default();
            Attribute::List(items.iter().map(|item| typed(item, depth + 1, members)).collect())
        }
        ("M", Value::Map(map)) => entries(map, |value| typed(value, depth + 1, members)),
        ("SS" | "NS" | "BS", list) if list.members().is_some() => set(&name, &list.members().unwrap_or_default()),
        _ => unreadable(eco_format!("a {} under the type {name}", content.type_name())),
    }
}

fn set(name: &str, items: &[Value]) -> Attribute {
    let texts = || items.iter().map(|item| item.as_str().map(EcoString::from)).collect::<Option<Vec<_>>>();
    let wrong = || unreadable(eco_format!("a set {name} with a member of another type"));
    match name {
        "SS" => texts().map_or_else(wrong, Attribute::StringSet),
        "BS" => {
            let bytes = texts().and_then(|texts| texts.iter().map(|text| binary(text).ok()).collect());
            bytes.map_or_else(wrong, Attribute::BinarySet)
        }
        _ => {
            let number = |item: &Value| match item {
                Value::Number(_) | Value::String(_) => match decimal(&item.to_string()) {
                    Attribute::Number(number) => Some(number),
                    _ => None,
                },
                _ => None,
            };
            items.iter().map(number).collect::<Option<_>>().map_or_else(wrong, Attribute::NumberSet)
        }
    }
}

fn binary(text: &str) -> Result<Vec<u8>, EcoString> {
    STANDARD.decode(text).map_err(|_| "a binary that is not base64".into())
}

/// A number of DynamoDB's: up to 38 digits between 1E-130 and 9.9…E+125. Others are not read, so that comparing is quick.
fn decimal(text: &str) -> Attribute {
    let wrong = || unreadable("a number that DynamoDB cannot hold");
    if text.len() > LONGEST_NUMBER {
        return wrong();
    }
    let Ok(number) = BigDecimal::from_str(text) else { return wrong() };
    let (digits, scale) = number.as_bigint_and_exponent();
    if digits.magnitude().bits() == 0 {
        return Attribute::Number(BigDecimal::default());
    }
    let length = digits.magnitude().to_string().len() as i64;
    let exponent = length.saturating_sub(1).saturating_sub(scale);
    if !EXPONENTS.contains(&exponent) {
        return wrong();
    }
    let number = number.normalized();
    if number.digits() > 38 { wrong() } else { Attribute::Number(number) }
}

impl Display for Attribute {
    /// As JSON without types; a set between `<<` and `>>` as in PartiQL.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(what) => out.write_str(what),
            set if is_set(set) => {
                let items: Vec<_> = set.members().unwrap_or_default().iter().map(ToString::to_string).collect();
                write!(out, "<<{}>>", items.join(","))
            }
            Self::Number(number) => out.write_str(&number.to_plain_string()),
            other => out.write_str(&other.to_value().to_json().unwrap_or_default()),
        }
    }
}
