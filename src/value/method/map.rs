//! `java.util.LinkedHashMap`, its views and entries, and iterators.

use super::Method as M;
use super::{
    Called, MethodOutcome, Stop, collection_arg, contains, give, non_null, object, room_for, size, to_array, unsupported,
};
use crate::value::ledger;
use crate::value::{MapEntry, Iter, Map, Value, View, ViewKind};

pub(super) const METHODS: &[super::Entry] = &[
    (M::Clear, &[0]),
    (M::Clone, &[0]),
    (M::ContainsKey, &[1]),
    (M::ContainsValue, &[1]),
    (M::EntrySet, &[0]),
    (M::Equals, &[1]),
    (M::Get, &[1]),
    (M::GetOrDefault, &[2]),
    (M::HashCode, &[0]),
    (M::IsEmpty, &[0]),
    (M::KeySet, &[0]),
    (M::Put, &[2]),
    (M::PutAll, &[1]),
    (M::PutIfAbsent, &[2]),
    (M::Remove, &[1, 2]),
    (M::Replace, &[2, 3]),
    (M::Size, &[0]),
    (M::ToString, &[0]),
    (M::Values, &[0]),
];

pub(super) const VIEW_METHODS: &[super::Entry] = &[
    (M::Add, &[1]),
    (M::AddAll, &[1]),
    (M::Clear, &[0]),
    (M::Contains, &[1]),
    (M::ContainsAll, &[1]),
    (M::Equals, &[1]),
    (M::HashCode, &[0]),
    (M::IsEmpty, &[0]),
    (M::Iterator, &[0]),
    (M::Remove, &[1]),
    (M::RemoveAll, &[1]),
    (M::RetainAll, &[1]),
    (M::Size, &[0]),
    (M::ToArray, &[0, 1, 2, 3]),
    (M::ToString, &[0]),
];

pub(super) const ENTRY_METHODS: &[super::Entry] = &[
    (M::Equals, &[1]),
    (M::GetKey, &[0]),
    (M::GetValue, &[0]),
    (M::HashCode, &[0]),
    (M::SetValue, &[1]),
    (M::ToString, &[0]),
];

pub(super) const ITERATOR_METHODS: &[super::Entry] = &[
    (M::Equals, &[1]),
    (M::HasNext, &[0]),
    (M::HashCode, &[0]),
    (M::Next, &[0]),
    (M::Remove, &[0]),
    (M::ToString, &[0]),
];

const ITERATOR_OF_NULL: &str = r#"Cannot invoke "java.util.Collection.iterator()" because "c" is null"#;

fn or_null(value: Option<Value>) -> MethodOutcome {
    give(value.unwrap_or_default())
}

pub(super) fn call(map: &Map, method: M, args: &[Value]) -> MethodOutcome {
    let view = |kind| give(Value::View(View { map: map.clone(), kind }));
    // A key is looked through: it is hashed.
    args.first().into_iter().for_each(Value::count);
    match (method, args) {
        (M::Get, [key]) => or_null(map.get(key)),
        (M::Put, [key, value]) => or_null(map.put(key.clone(), value.clone())),
        (M::ContainsKey, [key]) => give(map.contains_key(key)),
        (M::Size, []) => size(map.len()),
        (M::IsEmpty, []) => give(map.is_empty()),
        (M::KeySet, []) => view(ViewKind::Keys),
        (M::Values, []) => view(ViewKind::Values),
        (M::EntrySet, []) => view(ViewKind::Entries),
        (M::GetOrDefault, [key, default]) => give(map.get(key).unwrap_or_else(|| default.clone())),
        (M::PutAll, [other]) => put_all(map, other),
        (M::PutIfAbsent, [key, value]) => match map.get(key) {
            None | Some(Value::Null) => {
                map.put(key.clone(), value.clone());
                give(Value::Null)
            }
            Some(old) => give(old),
        },
        (M::Remove, [key]) => {
            ledger::members(map.len());
            or_null(map.remove(key))
        }
        (M::Remove, [key, value]) => {
            let same = map.get(key).is_some_and(|old| old.java_equals(value));
            ledger::members(map.len());
            ledger::check()?;
            if same {
                map.remove(key);
            }
            give(same)
        }
        (M::Replace, [key, value]) => match map.contains_key(key) {
            true => or_null(map.put(key.clone(), value.clone())),
            false => give(Value::Null),
        },
        (M::Replace, [key, old, value]) => {
            let same = map.get(key).is_some_and(|current| current.java_equals(old));
            ledger::check()?;
            if same {
                map.put(key.clone(), value.clone());
            }
            give(same)
        }
        (M::Clone, []) => {
            room_for(map.len())?;
            give(map.shallow_copy())
        }
        (M::ContainsValue, [value]) => give(contains_value(map, value)),
        (M::Clear, []) => {
            map.clear();
            Ok(Called::Void)
        }
        _ => object(&Value::Map(map.clone()), method, args),
    }
}

fn contains_value(map: &Map, value: &Value) -> bool {
    ledger::entries(map.len());
    map.read(|entries| entries.iter().any(|(_, held)| ledger::spent().is_none() && held.java_equals(value)))
}

fn put_all(map: &Map, other: &Value) -> MethodOutcome {
    match other {
        Value::Map(other) => {
            room_for(other.len())?;
            // Each is hashed, and found its place.
            ledger::work(other.len() as u64);
            for (key, value) in other.snapshot() {
                map.put(key, value);
                ledger::check()?;
            }
            Ok(Called::Void)
        }
        Value::Null => Ok(non_null(None, r#"Cannot invoke "java.util.Map.size()" because "m" is null"#)?),
        _ => Err(Stop::Missing),
    }
}

pub(super) fn call_view(view: &View, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::Size, []) => size(view.map.len()),
        (M::IsEmpty, []) => give(view.map.is_empty()),
        (M::Contains, [item]) => give(key_of(view, item).is_some()),
        (M::ContainsAll, [items]) => {
            let items = non_null(collection_arg(items)?, ITERATOR_OF_NULL)?;
            give(items.iter().all(|item| key_of(view, item).is_some()))
        }
        (M::Iterator, []) => match Iter::over(&Value::View(view.clone())) {
            Some(iter) => give(Value::Iterator(iter)),
            None => Err(Stop::Missing),
        },
        (M::Remove, [item]) => match key_of(view, item).filter(|_| ledger::spent().is_none()) {
            Some(key) => {
                view.map.remove(&key);
                give(true)
            }
            None => give(false),
        },
        (M::RemoveAll, [items]) => keep(view, items, false),
        (M::RetainAll, [items]) => keep(view, items, true),
        (M::Add, [_]) => Err(unsupported()),
        (M::AddAll, [items]) => match non_null(collection_arg(items)?, ITERATOR_OF_NULL)?.is_empty() {
            true => give(false),
            false => Err(unsupported()),
        },
        (M::Clear, []) => {
            view.map.clear();
            Ok(Called::Void)
        }
        (M::ToArray, into) => {
            room_for(view.map.len())?;
            to_array(view.snapshot(), into)
        }
        _ => object(&Value::View(view.clone()), method, args),
    }
}

/// The key of the first entry that a view shows as this item.
fn key_of(view: &View, item: &Value) -> Option<Value> {
    match view.kind {
        ViewKind::Keys => view.map.contains_key(item).then(|| item.clone()),
        ViewKind::Values => {
            ledger::entries(view.map.len());
            view.map.read(|entries| entries.iter().find(|(_, value)| value.java_equals(item)).map(|(key, _)| key.clone()))
        }
        ViewKind::Entries => match item {
            Value::Entry(entry) => {
                let same = view.map.get(entry.key()).is_some_and(|value| value.java_equals(&entry.value()));
                same.then(|| entry.key().clone())
            }
            _ => None,
        },
    }
}

/// `retainAll` and `removeAll`, writing through to the map.
fn keep(view: &View, items: &Value, wanted: bool) -> MethodOutcome {
    let items = non_null(collection_arg(items)?, "")?;
    let mut changed = false;
    for (key, item) in view.map.keys().into_iter().zip(view.snapshot()) {
        let found = contains(&items, &item);
        ledger::check()?;
        if found != wanted {
            ledger::entries(view.map.len());
            view.map.remove(&key);
            changed = true;
        }
    }
    give(changed)
}

pub(super) fn call_entry(entry: &MapEntry, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::GetKey, []) => give(entry.key().clone()),
        (M::GetValue, []) => give(entry.value()),
        (M::SetValue, [value]) => give(entry.set_value(value.clone())),
        _ => object(&Value::Entry(entry.clone()), method, args),
    }
}

pub(super) fn call_iterator(iter: &Iter, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::HasNext, []) => give(iter.has_next()),
        (M::Next, []) => give(iter.next()?),
        (M::Remove, []) => {
            iter.remove()?;
            Ok(Called::Void)
        }
        _ => object(&Value::Iterator(iter.clone()), method, args),
    }
}

#[cfg(test)]
mod tests {
    /// What Apache Velocity 1.7 on Java 17 answered.
    const ANSWERS: &str = include_str!("answers/map.txt");

    #[test]
    fn answers_as_java_does() {
        super::super::tests::check(ANSWERS);
    }
}
