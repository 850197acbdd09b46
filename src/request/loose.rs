//! Reads what has another kind than it should have as if it were not there: one odd member of an archive takes no other with
//! it.

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::Serialize;
use std::fmt::Formatter;
use std::marker::PhantomData;

/// An object in a list, or what stands there in its place.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Loose<T>(pub T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

/// An object; what is none is the default.
pub fn object<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    optional(deserializer).map(Option::unwrap_or_default)
}

/// An object, if it is one.
pub fn optional<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(WantedMember::<T>(PhantomData))
}

/// A list of objects; what is none is empty.
pub fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(LooseList(PhantomData))
}

struct WantedMember<T>(PhantomData<T>);

struct LooseList<T>(PhantomData<T>);

/// What every kind but the wanted one comes to.
macro_rules! odd {
    () => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for WantedMember<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<T>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    odd!();
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for LooseList<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = list.next_element()? {
            found.push(item);
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }

    odd!();
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize as Derived;

    #[derive(Debug, Default, Derived)]
    #[serde(default)]
    struct Outer {
        #[serde(deserialize_with = "optional")]
        inner: Option<Inner>,
        #[serde(deserialize_with = "list")]
        items: Vec<Loose<Inner>>,
    }

    #[derive(Debug, Default, Derived)]
    #[serde(default)]
    struct Inner {
        a: serde_json::Value,
    }

    #[test]
    fn what_has_another_kind_is_as_if_it_were_not_there() {
        let read = |text: &str| serde_json::from_str::<Outer>(text).unwrap();
        let good = read(r#"{"inner": {"a": 1}, "items": [{"a": 2}, null, 5, [6], {"b": 3}]}"#);
        assert_eq!(good.inner.unwrap().a, 1);
        assert_eq!(good.items.iter().map(|item| item.0.a.clone()).collect::<Vec<_>>(), [2.into(), ().into(), ().into(), ().into(), serde_json::Value::Null]);
        for odd in ["null", "5", "-5", "1.5", "true", "\"x\"", "[1, {}]"] {
            assert!(read(&format!("{{\"inner\": {odd}}}")).inner.is_none(), "{odd}");
        }
        assert!(read(r#"{"items": {"a": [1]}}"#).items.is_empty());
        assert!(serde_json::from_str::<Outer>(r#"{"inner": {"a": 1]}"#).is_err());
    }
}
