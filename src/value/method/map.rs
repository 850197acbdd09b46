//! `java.util.LinkedHashMap`, its views and entries, iterators, and `$foreach`.

use super::Method as M;
use super::{
    Called, Outcome, Stop, collection_arg, contains, give, int, non_null, object, size, to_array, unsupported,
};
use crate::value::{Entry, Iter, Loop, Map, Value, View, ViewKind};
use std::rc::Rc;

pub(super) const METHODS: &[super::Entry] = &[
    (M::Clear, &[0]),
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

pub(super) const LOOP_METHODS: &[super::Entry] = &[
    (M::Equals, &[1]),
    (M::GetCount, &[0]),
    (M::GetFirst, &[0]),
    (M::GetHasNext, &[0]),
    (M::GetIndex, &[0]),
    (M::GetLast, &[0]),
    (M::GetParent, &[0]),
    (M::GetTopmost, &[0]),
    (M::HasNext, &[0]),
    (M::HashCode, &[0]),
    (M::IsFirst, &[0]),
    (M::IsLast, &[0]),
    (M::ToString, &[0]),
];

const ITERATOR_OF_NULL: &str = r#"Cannot invoke "java.util.Collection.iterator()" because "c" is null"#;

fn or_null(value: Option<Value>) -> Outcome {
    give(value.unwrap_or_default())
}

pub(super) fn call(map: &Map, method: M, args: &[Value]) -> Outcome {
    let view = |kind| give(Value::View(View { map: map.clone(), kind }));
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
        (M::PutAll, [other]) => match other {
            Value::Map(other) => {
                for (key, value) in other.snapshot() {
                    map.put(key, value);
                }
                Ok(Called::Void)
            }
            Value::Null => Ok(non_null(None, r#"Cannot invoke "java.util.Map.size()" because "m" is null"#)?),
            _ => Err(Stop::Missing),
        },
        (M::PutIfAbsent, [key, value]) => match map.get(key) {
            None | Some(Value::Null) => {
                map.put(key.clone(), value.clone());
                give(Value::Null)
            }
            Some(old) => give(old),
        },
        (M::Remove, [key]) => or_null(map.remove(key)),
        (M::Remove, [key, value]) => {
            let same = map.get(key).is_some_and(|old| old.java_equals(value));
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
            if same {
                map.put(key.clone(), value.clone());
            }
            give(same)
        }
        (M::ContainsValue, [value]) => give(contains(&map.values(), value)),
        (M::Clear, []) => {
            map.clear();
            Ok(Called::Void)
        }
        _ => object(&Value::Map(map.clone()), method, args),
    }
}

pub(super) fn call_view(view: &View, method: M, args: &[Value]) -> Outcome {
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
        (M::Remove, [item]) => match key_of(view, item) {
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
        (M::ToArray, into) => to_array(view.snapshot(), into),
        _ => object(&Value::View(view.clone()), method, args),
    }
}

/// The key of the first entry that a view shows as this item.
fn key_of(view: &View, item: &Value) -> Option<Value> {
    match view.kind {
        ViewKind::Keys => view.map.contains_key(item).then(|| item.clone()),
        ViewKind::Values => {
            view.map.snapshot().into_iter().find(|(_, value)| value.java_equals(item)).map(|(key, _)| key)
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
fn keep(view: &View, items: &Value, wanted: bool) -> Outcome {
    let items = non_null(collection_arg(items)?, "")?;
    let mut changed = false;
    for (key, item) in view.map.keys().into_iter().zip(view.snapshot()) {
        if contains(&items, &item) != wanted {
            view.map.remove(&key);
            changed = true;
        }
    }
    give(changed)
}

pub(super) fn call_entry(entry: &Entry, method: M, args: &[Value]) -> Outcome {
    match (method, args) {
        (M::GetKey, []) => give(entry.key().clone()),
        (M::GetValue, []) => give(entry.value()),
        (M::SetValue, [value]) => give(entry.set_value(value.clone())),
        _ => object(&Value::Entry(entry.clone()), method, args),
    }
}

pub(super) fn call_iterator(iter: &Iter, method: M, args: &[Value]) -> Outcome {
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

pub(super) fn call_loop(each: &Rc<Loop>, method: M, args: &[Value]) -> Outcome {
    match (method, args) {
        (M::GetIndex, []) => int(each.index.get()),
        (M::GetCount, []) => int(each.index.get().saturating_add(1)),
        (M::HasNext | M::GetHasNext, []) => give(each.has_next.get()),
        (M::IsFirst | M::GetFirst, []) => give(each.index.get() < 1),
        (M::IsLast | M::GetLast, []) => give(!each.has_next.get()),
        (M::GetParent, []) => give(each.parent.clone()),
        (M::GetTopmost, []) => give(topmost(each)),
        _ => object(&Value::Loop(each.clone()), method, args),
    }
}

/// The outermost loop around this one, itself if there is none.
pub(in crate::value) fn topmost(each: &Rc<Loop>) -> Value {
    let mut outermost = each;
    while let Value::Loop(parent) = &outermost.parent {
        outermost = parent;
    }
    Value::Loop(outermost.clone())
}

#[cfg(test)]
mod tests {
    /// What Apache Velocity 1.7 on Java 17 answered.
    const ANSWERS: &str = r##"
{"a": 1, "b": "two", "n": null} ¦  ¦ size ¦  ¦ <Integer:3>
{"a": 1, "b": "two", "n": null} ¦  ¦ isEmpty ¦  ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ clear ¦  ¦ <String:> ¦ <{}>
{"a": 1, "b": "two", "n": null} ¦  ¦ hashCode ¦  ¦ <Integer:115452>
{"a": 1, "b": "two", "n": null} ¦  ¦ toString ¦  ¦ <String:{a=1, b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦  ¦ keySet ¦  ¦ <LinkedHashMap$LinkedKeySet:[a, b, n]>
{"a": 1, "b": "two", "n": null} ¦  ¦ values ¦  ¦ <LinkedHashMap$LinkedValues:[1, two, null]>
{"a": 1, "b": "two", "n": null} ¦  ¦ entrySet ¦  ¦ <LinkedHashMap$LinkedEntrySet:[a=1, b=two, n=null]>
{"a": 1, "b": "two", "n": null} ¦  ¦ get ¦ "a" ¦ <Integer:1>
{"a": 1, "b": "two", "n": null} ¦  ¦ get ¦ "n" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ get ¦ "z" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ get ¦ 1 ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ get ¦ null ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ get ¦  ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ get ¦ [1] ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ getOrDefault ¦ "a", 9 ¦ <Integer:1>
{"a": 1, "b": "two", "n": null} ¦  ¦ getOrDefault ¦ "z", 9 ¦ <Integer:9>
{"a": 1, "b": "two", "n": null} ¦  ¦ getOrDefault ¦ "n", 9 ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ getOrDefault ¦ "z", null ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ getOrDefault ¦ "z" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ put ¦ "a", 5 ¦ <Integer:1> ¦ <{a=5, b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦  ¦ put ¦ "z", 5 ¦ <none> ¦ <{a=1, b=two, n=null, z=5}>
{"a": 1, "b": "two", "n": null} ¦  ¦ put ¦ "a", null ¦ <Integer:1> ¦ <{a=null, b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦  ¦ put ¦ null, 1 ¦ <none> ¦ <{a=1, b=two, n=null, null=1}>
{"a": 1, "b": "two", "n": null} ¦  ¦ put ¦ 1, "x" ¦ <none> ¦ <{a=1, b=two, n=null, 1=x}>
{"a": 1, "b": "two", "n": null} ¦  ¦ put ¦ "a" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ put ¦ [1], 2 ¦ <none> ¦ <{a=1, b=two, n=null, [1]=2}>
{"a": 1, "b": "two", "n": null} ¦  ¦ putAll ¦ {"z": 1, "a": 0} ¦ <String:> ¦ <{a=0, b=two, n=null, z=1}>
{"a": 1, "b": "two", "n": null} ¦  ¦ putAll ¦ {} ¦ <String:>
{"a": 1, "b": "two", "n": null} ¦  ¦ putAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Map.size()" because "m" is null>
{"a": 1, "b": "two", "n": null} ¦  ¦ putAll ¦ [1] ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ putIfAbsent ¦ "a", 9 ¦ <Integer:1>
{"a": 1, "b": "two", "n": null} ¦  ¦ putIfAbsent ¦ "n", 9 ¦ <none> ¦ <{a=1, b=two, n=9}>
{"a": 1, "b": "two", "n": null} ¦  ¦ putIfAbsent ¦ "z", 9 ¦ <none> ¦ <{a=1, b=two, n=null, z=9}>
{"a": 1, "b": "two", "n": null} ¦  ¦ putIfAbsent ¦ "z", null ¦ <none> ¦ <{a=1, b=two, n=null, z=null}>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ "a" ¦ <Integer:1> ¦ <{b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ "z" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ "n" ¦ <none> ¦ <{a=1, b=two}>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ null ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ "a", 1 ¦ <Boolean:true> ¦ <{b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ "a", 2 ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ "a", "1" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ "n", null ¦ <Boolean:true> ¦ <{a=1, b=two}>
{"a": 1, "b": "two", "n": null} ¦  ¦ remove ¦ "z", null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ containsKey ¦ "a" ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦  ¦ containsKey ¦ "n" ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦  ¦ containsKey ¦ "z" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ containsKey ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ containsKey ¦ 1 ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ containsValue ¦ 1 ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦  ¦ containsValue ¦ "1" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ containsValue ¦ null ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦  ¦ equals ¦ {"n": null, "a": 1, "b": "two"} ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦  ¦ equals ¦ {"a": 1} ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ equals ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ equals ¦ [1] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ replace ¦ "a", 7 ¦ <Integer:1> ¦ <{a=7, b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦  ¦ replace ¦ "z", 7 ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ replace ¦ "n", 7 ¦ <none> ¦ <{a=1, b=two, n=7}>
{"a": 1, "b": "two", "n": null} ¦  ¦ replace ¦ "a", 1, 8 ¦ <Boolean:true> ¦ <{a=8, b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦  ¦ replace ¦ "a", 2, 8 ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ replace ¦ "n", null, 8 ¦ <Boolean:true> ¦ <{a=1, b=two, n=8}>
{"a": 1, "b": "two", "n": null} ¦  ¦ replace ¦ "z", null, 8 ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦  ¦ nope ¦  ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ contains ¦ "a" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ add ¦ "a" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ length ¦  ¦ <none>
{"a": 1, "b": "two", "n": null} ¦  ¦ has ¦ "a" ¦ <none>
{} ¦  ¦ size ¦  ¦ <Integer:0>
{} ¦  ¦ isEmpty ¦  ¦ <Boolean:true>
{} ¦  ¦ hashCode ¦  ¦ <Integer:0>
{} ¦  ¦ toString ¦  ¦ <String:{}>
{} ¦  ¦ equals ¦ {} ¦ <Boolean:true>
{} ¦  ¦ get ¦ "a" ¦ <none>
{"k": [1, {"x": null}], "\u00e9": 2.5, "t": true, "L": 3000000000} ¦  ¦ hashCode ¦  ¦ <Integer:-220960733>
{"k": [1, {"x": null}], "\u00e9": 2.5, "t": true, "L": 3000000000} ¦  ¦ toString ¦ 
    ¦ <String:{k=[1, {x=null}], é=2.5, t=true, L=3000000000}>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ size ¦  ¦ <Integer:3>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ isEmpty ¦  ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ clear ¦  ¦ <String:> ¦ <{}>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ toString ¦  ¦ <String:[a, b, n]>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ toArray ¦  ¦ <Array:[a, b, n]>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ contains ¦ "a" ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ contains ¦ 1 ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ contains ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ contains ¦ "two" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ containsAll ¦ ["a", "b"] ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ containsAll ¦ [1] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ containsAll ¦ [] ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ containsAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.iterator()" because "c" is null>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ add ¦ "x" ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ add ¦ null ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ addAll ¦ ["x"] ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ addAll ¦ [] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ addAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.iterator()" because "c" is null>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ remove ¦ "a" ¦ <Boolean:true> ¦ <{b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ remove ¦ 1 ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ remove ¦ "z" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ remove ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ removeAll ¦ ["a", 1] ¦ <Boolean:true> ¦ <{b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ removeAll ¦ ["q"] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ removeAll ¦ null ¦ <!java.lang.NullPointerException: >
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ retainAll ¦ ["a", 1] ¦ <Boolean:true> ¦ <{a=1}>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ retainAll ¦ [] ¦ <Boolean:true> ¦ <{}>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ retainAll ¦ null ¦ <!java.lang.NullPointerException: >
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ get ¦ 0 ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ equals ¦ ["a"] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ equals ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ containsAll ¦ "x" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ getFirst ¦  ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ hashCode ¦  ¦ <Integer:305>
{"a": 1, "b": "two", "n": null} ¦ values ¦ size ¦  ¦ <Integer:3>
{"a": 1, "b": "two", "n": null} ¦ values ¦ isEmpty ¦  ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ clear ¦  ¦ <String:> ¦ <{}>
{"a": 1, "b": "two", "n": null} ¦ values ¦ toString ¦  ¦ <String:[1, two, null]>
{"a": 1, "b": "two", "n": null} ¦ values ¦ toArray ¦  ¦ <Array:[1, two, null]>
{"a": 1, "b": "two", "n": null} ¦ values ¦ contains ¦ "a" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ contains ¦ 1 ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ values ¦ contains ¦ null ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ values ¦ contains ¦ "two" ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ values ¦ containsAll ¦ ["a", "b"] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ containsAll ¦ [1] ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ values ¦ containsAll ¦ [] ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ values ¦ containsAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.iterator()" because "c" is null>
{"a": 1, "b": "two", "n": null} ¦ values ¦ add ¦ "x" ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ values ¦ add ¦ null ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ values ¦ addAll ¦ ["x"] ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ values ¦ addAll ¦ [] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ addAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.iterator()" because "c" is null>
{"a": 1, "b": "two", "n": null} ¦ values ¦ remove ¦ "a" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ remove ¦ 1 ¦ <Boolean:true> ¦ <{b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦ values ¦ remove ¦ "z" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ remove ¦ null ¦ <Boolean:true> ¦ <{a=1, b=two}>
{"a": 1, "b": "two", "n": null} ¦ values ¦ removeAll ¦ ["a", 1] ¦ <Boolean:true> ¦ <{b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦ values ¦ removeAll ¦ ["q"] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ removeAll ¦ null ¦ <!java.lang.NullPointerException: >
{"a": 1, "b": "two", "n": null} ¦ values ¦ retainAll ¦ ["a", 1] ¦ <Boolean:true> ¦ <{a=1}>
{"a": 1, "b": "two", "n": null} ¦ values ¦ retainAll ¦ [] ¦ <Boolean:true> ¦ <{}>
{"a": 1, "b": "two", "n": null} ¦ values ¦ retainAll ¦ null ¦ <!java.lang.NullPointerException: >
{"a": 1, "b": "two", "n": null} ¦ values ¦ get ¦ 0 ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ values ¦ equals ¦ ["a"] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ equals ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ values ¦ containsAll ¦ "x" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ values ¦ getFirst ¦  ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ size ¦  ¦ <Integer:3>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ isEmpty ¦  ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ clear ¦  ¦ <String:> ¦ <{}>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ toString ¦  ¦ <String:[a=1, b=two, n=null]>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ toArray ¦  ¦ <Array:[a=1, b=two, n=null]>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ contains ¦ "a" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ contains ¦ 1 ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ contains ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ contains ¦ "two" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ containsAll ¦ ["a", "b"] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ containsAll ¦ [1] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ containsAll ¦ [] ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ containsAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.iterator()" because "c" is null>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ add ¦ "x" ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ add ¦ null ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ addAll ¦ ["x"] ¦ <!java.lang.UnsupportedOperationException: >
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ addAll ¦ [] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ addAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.iterator()" because "c" is null>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ remove ¦ "a" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ remove ¦ 1 ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ remove ¦ "z" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ remove ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ removeAll ¦ ["a", 1] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ removeAll ¦ ["q"] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ removeAll ¦ null ¦ <!java.lang.NullPointerException: >
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ retainAll ¦ ["a", 1] ¦ <Boolean:true> ¦ <{}>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ retainAll ¦ [] ¦ <Boolean:true> ¦ <{}>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ retainAll ¦ null ¦ <!java.lang.NullPointerException: >
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ get ¦ 0 ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ equals ¦ ["a"] ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ equals ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ containsAll ¦ "x" ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ getFirst ¦  ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ entrySet ¦ hashCode ¦  ¦ <Integer:115452>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ getKey ¦  ¦ <String:a>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ getValue ¦  ¦ <Integer:1>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ toString ¦  ¦ <String:a=1>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ hashCode ¦  ¦ <Integer:96>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ setValue ¦ 9 ¦ <Integer:1> ¦ <{a=9, b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ setValue ¦ null ¦ <Integer:1> ¦ <{a=null, b=two, n=null}>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ setValue ¦  ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ equals ¦ null ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ equals ¦ "a" ¦ <Boolean:false>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ key ¦  ¦ <none>
{"a": 1, "b": "two", "n": null} ¦ entry ¦ getKey ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦ iterator ¦ hasNext ¦  ¦ <Boolean:true>
{"a": 1, "b": "two", "n": null} ¦ iterator ¦ next ¦  ¦ <Integer:1>
{"a": 1, "b": "two", "n": null} ¦ iterator ¦ next ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦ iterator ¦ nope ¦  ¦ <none>
{} ¦ iterator ¦ hasNext ¦  ¦ <Boolean:false>
{} ¦ iterator ¦ next ¦  ¦ <!java.util.NoSuchElementException: >
{"a": 1, "b": "two", "n": null} ¦  ¦ size ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦  ¦ keySet ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦  ¦ values ¦ "a"
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦  ¦ isEmpty ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦  ¦ clear ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦  ¦ toString ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ size ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦ keySet ¦ iterator ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
{"a": 1, "b": "two", "n": null} ¦ iterator ¦ hasNext ¦ 1
    ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"##;

    #[test]
    fn answers_as_java_does() {
        super::super::tests::check(ANSWERS);
    }
}
