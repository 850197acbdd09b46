//! A row of a table, and what is known of it.

use super::attribute::{Attribute, type_and_content};
use super::condition::{Path, PathStep};
use super::judged::SideValue;
use super::unjudged::Unjudged;
use crate::value::{Map, Value};
use ecow::EcoString;
use indexmap::IndexMap;

/// A row: its attributes, as DynamoDB would hold them.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    attributes: IndexMap<EcoString, Attribute>,
    /// Whether an attribute that is not here is known to be absent.
    complete: bool,
}

/// How an array of a row without types is taken where an index leads into it: it may be a list or a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArrayReading {
    /// As either: what stands at the place is not known.
    Open,
    /// As a list.
    List,
    /// As a set, which has no places.
    Set,
}

/// What a condition is judged on.
#[derive(Clone, Copy, Debug)]
pub enum RowSubject<'r> {
    /// No row was given: what needs one is unknown.
    NotGiven,
    /// It is known that there is no such row.
    NoRow,
    /// This row.
    Row(&'r Row),
}

impl Row {
    /// Reads a row in either form: with types if every attribute has one, such as `{"id": {"S": "1"}}`, else without.
    /// `None` if it is no map.
    pub fn read(value: &Value) -> Option<Self> {
        let map = value.as_map()?;
        let entries = map.snapshot();
        let is_typed = !entries.is_empty() && entries.iter().all(|(_, value)| has_type(value));
        Some(if is_typed { Self::typed(map) } else { Self::plain(map) })
    }

    /// Reads a row without types, as templates see it.
    pub fn plain(map: &Map) -> Self {
        Self::from_entries(map, Attribute::from_plain)
    }

    /// Reads a row with types, as DynamoDB's API and AppSync's requests have it.
    pub fn typed(map: &Map) -> Self {
        Self::from_entries(map, Attribute::from_typed)
    }

    fn from_entries(map: &Map, read: fn(&Value) -> Attribute) -> Self {
        let entries = map.snapshot().into_iter();
        let attributes = entries.filter_map(|(key, value)| Some((key.as_str()?.into(), read(&value)))).collect();
        Self { attributes, complete: true }
    }

    /// The same row, of which only a part was given: other attributes may be there, so nothing is known to be absent.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.complete = false;
        self
    }

    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }

    /// The attributes with their names.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &Attribute)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether every attribute of this key is in the row with the same value.
    pub fn has_key(&self, key: &Self) -> bool {
        let same =
            |(name, value): (&EcoString, &Attribute)| self.get(name).is_some_and(|own| own.same(value) == Some(true));
        !key.attributes.is_empty() && key.attributes.iter().all(same)
    }

    /// This row with the attributes of another over it.
    pub(super) fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.attributes.extend(other.attributes.iter().map(|(name, value)| (name.clone(), value.clone())));
        both.complete &= other.complete;
        both
    }

    /// Whether two rows have the same attributes, apart from those to ignore; `None` if that is not known.
    pub(super) fn same(&self, other: &Self, ignored: &[EcoString]) -> Option<bool> {
        let seen = |row: &Self| {
            let kept = row.attributes.iter().filter(|(name, _)| !ignored.contains(name));
            Attribute::Map(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
        };
        if self.complete && other.complete { seen(self).same(&seen(other)) } else { None }
    }

    /// What stands at a path; an array that may be a set is taken as `array` says.
    pub(super) fn find(&self, path: &Path, array: ArrayReading) -> SideValue {
        let mut at: Option<&Attribute> = None;
        for (depth, step) in path.steps.iter().enumerate() {
            let next = match (step, at) {
                (PathStep::Name { written, name: None }, _) => return SideValue::Unknown(Unjudged::NameUndefined(written.clone())),
                (PathStep::Name { name: Some(name), .. }, None) if depth == 0 => match self.get(name) {
                    None if !self.complete => return SideValue::Unknown(Unjudged::AttributeNotGiven(name.clone())),
                    attribute => attribute,
                },
                (PathStep::Name { name: Some(name), .. }, Some(Attribute::Map(map))) => map.get(name),
                (PathStep::Index(index), Some(Attribute::List(items))) => items.get(*index),
                // A set has no places.
                (PathStep::Index(index), Some(Attribute::ListOrSet(items))) if *index < items.len() => match array {
                    ArrayReading::Open => return SideValue::Unknown(Unjudged::ListOrSet),
                    ArrayReading::List => items.get(*index),
                    ArrayReading::Set => None,
                },
                _ => None,
            };
            match next {
                None => return SideValue::Absent,
                Some(Attribute::Unreadable(what)) => return SideValue::Unknown(Unjudged::Unreadable(what.clone())),
                found => at = found,
            }
        }
        at.map_or(SideValue::Absent, |value| SideValue::Value(value.clone()))
    }
}

/// Whether a value looks like DynamoDB's `{"S": "…"}`.
fn has_type(value: &Value) -> bool {
    type_and_content(value).is_some() && !matches!(Attribute::from_typed(value), Attribute::Unreadable(_))
}

impl RowSubject<'_> {
    /// What stands at a path.
    pub(super) fn find(self, path: &Path, array: ArrayReading) -> SideValue {
        match self {
            Self::NotGiven => SideValue::Unknown(Unjudged::RowNotGiven),
            Self::NoRow => Row { attributes: IndexMap::new(), complete: true }.find(path, array),
            Self::Row(row) => row.find(path, array),
        }
    }
}
