//! `java.util.ArrayList`, and arrays as Velocity wraps them.

use super::Method as M;
use super::{
    MAX_ITEMS, Outcome, Stop, collection_arg, contains, give, int, int_arg, list_too_long, non_null, object, size,
    to_array, unsupported,
};
use crate::value::{Iter, JavaError, List, Value};

pub(super) const METHODS: &[super::Entry] = &[
    (M::Add, &[1, 2]),
    (M::AddAll, &[1, 2]),
    (M::Clear, &[0]),
    (M::Contains, &[1]),
    (M::ContainsAll, &[1]),
    (M::Equals, &[1]),
    (M::Get, &[1]),
    (M::HashCode, &[0]),
    (M::IndexOf, &[1]),
    (M::IsEmpty, &[0]),
    (M::Iterator, &[0]),
    (M::LastIndexOf, &[1]),
    (M::Remove, &[1]),
    (M::RemoveAll, &[1]),
    (M::RetainAll, &[1]),
    (M::Set, &[2]),
    (M::Size, &[0]),
    (M::SubList, &[2]),
    (M::ToArray, &[0, 1, 2, 3]),
    (M::ToString, &[0]),
];

const ITERATOR_OF_NULL: &str = r#"Cannot invoke "java.util.Collection.iterator()" because "c" is null"#;
const ARRAY_OF_NULL: &str = r#"Cannot invoke "java.util.Collection.toArray()" because "c" is null"#;

pub(super) fn call(list: &List, method: M, args: &[Value]) -> Outcome {
    list.check()?;
    match (method, args) {
        (M::Get, [index]) => match list_index(list, int_arg(index)?).and_then(|at| list.get(at)) {
            Some(item) => give(item),
            None => Err(out_of_bounds(list, int_arg(index)?)),
        },
        (M::Size, []) => size(list.len()),
        (M::IsEmpty, []) => give(list.is_empty()),
        (M::Add, [item]) => {
            room(list, 1)?;
            list.push(item.clone());
            give(true)
        }
        (M::Add, [index, item]) => {
            let at = int_arg(index)?;
            let position = usize::try_from(at).ok().filter(|at| *at <= list.len());
            if !list.is_array() {
                position.ok_or_else(|| out_of_range_for_add(list, at))?;
            }
            room(list, 1)?;
            match usize::try_from(at) {
                Ok(at) if list.insert(at, item.clone()) => Ok(super::Called::Void),
                _ => Err(out_of_range_for_add(list, at)),
            }
        }
        (M::AddAll, [items]) => {
            let items =
                non_null(collection_arg(items)?, if list.is_array() { ITERATOR_OF_NULL } else { ARRAY_OF_NULL })?;
            add_all(list, list.len(), items)
        }
        (M::AddAll, [index, items]) => {
            let (at, items) = (int_arg(index)?, collection_arg(items)?);
            let position = usize::try_from(at).ok().filter(|at| *at <= list.len());
            let position = position.ok_or_else(|| out_of_range_for_add(list, at))?;
            let items = non_null(items, if list.is_array() { ITERATOR_OF_NULL } else { ARRAY_OF_NULL })?;
            add_all(list, position, items)
        }
        (M::Set, [index, item]) => {
            let at = int_arg(index)?;
            let Some(position) = list_index(list, at).filter(|position| *position < list.len()) else {
                return Err(out_of_bounds(list, at));
            };
            if !list.takes(item) {
                return Err(JavaError::new("java.lang.IllegalArgumentException", "array element type mismatch").into());
            }
            give(list.set(position, item.clone()).unwrap_or_default())
        }
        (M::Remove, [item]) => remove(list, item),
        (M::RemoveAll, [items]) => keep(list, items, false),
        (M::RetainAll, [items]) => keep(list, items, true),
        (M::Contains, [item]) => give(contains(&list.snapshot(), item)),
        (M::ContainsAll, [items]) => {
            let (wanted, items) = (non_null(collection_arg(items)?, ITERATOR_OF_NULL)?, list.snapshot());
            give(wanted.iter().all(|item| contains(&items, item)))
        }
        (M::IndexOf, [item]) => found(list.snapshot().iter().position(|other| other.java_equals(item))),
        (M::LastIndexOf, [item]) => found(list.snapshot().iter().rposition(|other| other.java_equals(item))),
        (M::SubList, [from, to]) => sub_list(list, int_arg(from)?, int_arg(to)?),
        (M::Clear, []) if list.is_fixed() && !list.is_empty() => Err(unsupported()),
        (M::Clear, []) => {
            list.replace(Vec::new());
            Ok(super::Called::Void)
        }
        (M::Iterator, []) => match Iter::over(&Value::List(list.clone())) {
            Some(iter) => give(Value::Iterator(iter)),
            None => Err(Stop::Missing),
        },
        (M::Equals, [other]) => {
            other.check()?;
            object(&Value::List(list.clone()), method, args)
        }
        (M::ToArray, into) => to_array(list.snapshot(), into),
        _ => object(&Value::List(list.clone()), method, args),
    }
}

fn list_index(list: &List, index: i32) -> Option<usize> {
    usize::try_from(index).ok().filter(|index| *index < list.len())
}

fn out_of_bounds(list: &List, index: i32) -> Stop {
    if list.is_array() {
        return JavaError::new("java.lang.ArrayIndexOutOfBoundsException", "").into();
    }
    let message = format!("Index {index} out of bounds for length {}", list.len());
    JavaError::new("java.lang.IndexOutOfBoundsException", message).into()
}

fn out_of_range_for_add(list: &List, index: i32) -> Stop {
    let message = format!("Index: {index}, Size: {}", list.len());
    JavaError::new("java.lang.IndexOutOfBoundsException", message).into()
}

/// Whether the list may grow by so many items.
fn room(list: &List, more: usize) -> Result<(), Stop> {
    if list.is_fixed() {
        return Err(unsupported());
    }
    if list.len().saturating_add(more) > MAX_ITEMS {
        return Err(list_too_long().into());
    }
    Ok(())
}

fn add_all(list: &List, position: usize, items: Vec<Value>) -> Outcome {
    if items.is_empty() {
        return give(false);
    }
    room(list, items.len())?;
    let mut all = list.snapshot();
    let tail = all.split_off(position.min(all.len()));
    all.extend(items);
    all.extend(tail);
    list.replace(all);
    give(true)
}

fn remove(list: &List, item: &Value) -> Outcome {
    if let Ok(index) = int_arg(item) {
        if list.is_fixed() {
            return Err(unsupported());
        }
        return match list_index(list, index).and_then(|at| list.remove(at)) {
            Some(old) => give(old),
            None => Err(out_of_bounds(list, index)),
        };
    }
    match list.snapshot().iter().position(|other| other.java_equals(item)) {
        None => give(false),
        Some(_) if list.is_fixed() => Err(unsupported()),
        Some(at) => {
            list.remove(at);
            give(true)
        }
    }
}

/// `retainAll` and `removeAll`.
fn keep(list: &List, items: &Value, wanted: bool) -> Outcome {
    let items = non_null(collection_arg(items)?, "")?;
    let mut all = list.snapshot();
    all.retain(|item| contains(&items, item) == wanted);
    if all.len() == list.len() {
        return give(false);
    }
    if list.is_fixed() {
        return Err(unsupported());
    }
    list.replace(all);
    give(true)
}

fn found(position: Option<usize>) -> Outcome {
    int(position.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1))
}

/// A live view: it shows changes of its list, and its list shows changes of it.
fn sub_list(list: &List, from: i32, to: i32) -> Outcome {
    let out_of_bounds = |message: String| Err(JavaError::new("java.lang.IndexOutOfBoundsException", message).into());
    let Ok(start) = usize::try_from(from) else {
        return out_of_bounds(format!("fromIndex = {from}"));
    };
    if usize::try_from(to).is_ok_and(|to| to > list.len()) {
        return out_of_bounds(format!("toIndex = {to}"));
    }
    match usize::try_from(to) {
        Ok(end) if start <= end => give(list.part(start..end).ok_or_else(JavaError::too_deep)?),
        _ => {
            let message = format!("fromIndex({from}) > toIndex({to})");
            Err(JavaError::new("java.lang.IllegalArgumentException", message).into())
        }
    }
}

#[cfg(test)]
mod tests {
    /// What Apache Velocity 1.7 on Java 17 answered.
    const ANSWERS: &str = r##"
[1, 2, 3] ¦  ¦ size ¦  ¦ <Integer:3>
[1, 2, 3] ¦  ¦ isEmpty ¦  ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ clear ¦  ¦ <String:> ¦ <[]>
[1, 2, 3] ¦  ¦ hashCode ¦  ¦ <Integer:30817>
[1, 2, 3] ¦  ¦ toString ¦  ¦ <String:[1, 2, 3]>
[1, 2, 3] ¦  ¦ toArray ¦  ¦ <Array:[1, 2, 3]>
[1, 2, 3] ¦  ¦ length ¦  ¦ <none>
[1, 2, 3] ¦  ¦ getFirst ¦  ¦ <none>
[1, 2, 3] ¦  ¦ add ¦ 4 ¦ <Boolean:true> ¦ <[1, 2, 3, 4]>
[1, 2, 3] ¦  ¦ add ¦ "x" ¦ <Boolean:true> ¦ <[1, 2, 3, x]>
[1, 2, 3] ¦  ¦ add ¦ null ¦ <Boolean:true> ¦ <[1, 2, 3, null]>
[1, 2, 3] ¦  ¦ add ¦ 0, "x" ¦ <String:> ¦ <[x, 1, 2, 3]>
[1, 2, 3] ¦  ¦ add ¦ 3, "x" ¦ <String:> ¦ <[1, 2, 3, x]>
[1, 2, 3] ¦  ¦ add ¦ 9, "x" ¦ <!java.lang.IndexOutOfBoundsException: Index: 9, Size: 3>
[1, 2, 3] ¦  ¦ add ¦ -1, "x" ¦ <!java.lang.IndexOutOfBoundsException: Index: -1, Size: 3>
[1, 2, 3] ¦  ¦ add ¦ "0", "x" ¦ <none>
[1, 2, 3] ¦  ¦ add ¦ null, 1 ¦ <none>
[1, 2, 3] ¦  ¦ add ¦ 1.0, 1 ¦ <none>
[1, 2, 3] ¦  ¦ add ¦  ¦ <none>
[1, 2, 3] ¦  ¦ add ¦ 1, 2, 3 ¦ <none>
[1, 2, 3] ¦  ¦ addAll ¦ [4, 5] ¦ <Boolean:true> ¦ <[1, 2, 3, 4, 5]>
[1, 2, 3] ¦  ¦ addAll ¦ [] ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ addAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.toArray()" because "c" is null>
[1, 2, 3] ¦  ¦ addAll ¦ "x" ¦ <none>
[1, 2, 3] ¦  ¦ addAll ¦ {"a": 1} ¦ <none>
[1, 2, 3] ¦  ¦ addAll ¦ 1, [8, 9] ¦ <Boolean:true> ¦ <[1, 8, 9, 2, 3]>
[1, 2, 3] ¦  ¦ addAll ¦ 9, [8] ¦ <!java.lang.IndexOutOfBoundsException: Index: 9, Size: 3>
[1, 2, 3] ¦  ¦ addAll ¦ -1, [8] ¦ <!java.lang.IndexOutOfBoundsException: Index: -1, Size: 3>
[1, 2, 3] ¦  ¦ addAll ¦ 1, null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.toArray()" because "c" is null>
[1, 2, 3] ¦  ¦ get ¦ 0 ¦ <Integer:1>
[1, 2, 3] ¦  ¦ get ¦ 3 ¦ <!java.lang.IndexOutOfBoundsException: Index 3 out of bounds for length 3>
[1, 2, 3] ¦  ¦ get ¦ 99 ¦ <!java.lang.IndexOutOfBoundsException: Index 99 out of bounds for length 3>
[1, 2, 3] ¦  ¦ get ¦ -1 ¦ <!java.lang.IndexOutOfBoundsException: Index -1 out of bounds for length 3>
[1, 2, 3] ¦  ¦ get ¦ "0" ¦ <none>
[1, 2, 3] ¦  ¦ get ¦ null ¦ <none>
[1, 2, 3] ¦  ¦ get ¦ 0.0 ¦ <none>
[1, 2, 3] ¦  ¦ get ¦ 3000000000 ¦ <none>
[1, 2, 3] ¦  ¦ get ¦  ¦ <none>
[1, 2, 3] ¦  ¦ set ¦ 0, "x" ¦ <Integer:1> ¦ <[x, 2, 3]>
[1, 2, 3] ¦  ¦ set ¦ 3, "x" ¦ <!java.lang.IndexOutOfBoundsException: Index 3 out of bounds for length 3>
[1, 2, 3] ¦  ¦ set ¦ -1, "x" ¦ <!java.lang.IndexOutOfBoundsException: Index -1 out of bounds for length 3>
[1, 2, 3] ¦  ¦ set ¦ 1, null ¦ <Integer:2> ¦ <[1, null, 3]>
[1, 2, 3] ¦  ¦ set ¦ "1", 5 ¦ <none>
[1, 2, 3] ¦  ¦ remove ¦ 1 ¦ <Integer:2> ¦ <[1, 3]>
[1, 2, 3] ¦  ¦ remove ¦ 9 ¦ <!java.lang.IndexOutOfBoundsException: Index 9 out of bounds for length 3>
[1, 2, 3] ¦  ¦ remove ¦ -1 ¦ <!java.lang.IndexOutOfBoundsException: Index -1 out of bounds for length 3>
[1, 2, 3] ¦  ¦ remove ¦ "2" ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ remove ¦ null ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ remove ¦ 2.0 ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ remove ¦ 3000000000 ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ remove ¦ [1] ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ removeAll ¦ [1, 3] ¦ <Boolean:true> ¦ <[2]>
[1, 2, 3] ¦  ¦ removeAll ¦ [] ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ removeAll ¦ null ¦ <!java.lang.NullPointerException: >
[1, 2, 3] ¦  ¦ removeAll ¦ 1 ¦ <none>
[1, 2, 3] ¦  ¦ retainAll ¦ [1, 9] ¦ <Boolean:true> ¦ <[1]>
[1, 2, 3] ¦  ¦ retainAll ¦ [1, 2, 3] ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ retainAll ¦ null ¦ <!java.lang.NullPointerException: >
[1, 2, 3] ¦  ¦ contains ¦ 2 ¦ <Boolean:true>
[1, 2, 3] ¦  ¦ contains ¦ "2" ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ contains ¦ 2.0 ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ contains ¦ null ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ containsAll ¦ [1, 2] ¦ <Boolean:true>
[1, 2, 3] ¦  ¦ containsAll ¦ [1, 9] ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ containsAll ¦ [] ¦ <Boolean:true>
[1, 2, 3] ¦  ¦ containsAll ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.util.Collection.iterator()" because "c" is null>
[1, 2, 3] ¦  ¦ containsAll ¦ "x" ¦ <none>
[1, 2, 3] ¦  ¦ containsAll ¦ {"a": 1} ¦ <none>
[1, 2, 3] ¦  ¦ indexOf ¦ 2 ¦ <Integer:1>
[1, 2, 3] ¦  ¦ indexOf ¦ "2" ¦ <Integer:-1>
[1, 2, 3] ¦  ¦ indexOf ¦ null ¦ <Integer:-1>
[1, 2, 3] ¦  ¦ lastIndexOf ¦ 3 ¦ <Integer:2>
[1, 2, 3] ¦  ¦ lastIndexOf ¦ 9 ¦ <Integer:-1>
[1, 2, 3] ¦  ¦ subList ¦ 0, 2 ¦ <ArrayList$SubList:[1, 2]>
[1, 2, 3] ¦  ¦ subList ¦ 1, 1 ¦ <ArrayList$SubList:[]>
[1, 2, 3] ¦  ¦ subList ¦ 0, 9 ¦ <!java.lang.IndexOutOfBoundsException: toIndex = 9>
[1, 2, 3] ¦  ¦ subList ¦ -1, 2 ¦ <!java.lang.IndexOutOfBoundsException: fromIndex = -1>
[1, 2, 3] ¦  ¦ subList ¦ 2, 1 ¦ <!java.lang.IllegalArgumentException: fromIndex(2) > toIndex(1)>
[1, 2, 3] ¦  ¦ subList ¦ "0", 1 ¦ <none>
[1, 2, 3] ¦  ¦ subList ¦ 4, 9 ¦ <!java.lang.IndexOutOfBoundsException: toIndex = 9>
[1, 2, 3] ¦  ¦ equals ¦ [1, 2, 3] ¦ <Boolean:true>
[1, 2, 3] ¦  ¦ equals ¦ [1, 2] ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ equals ¦ null ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ equals ¦ "x" ¦ <Boolean:false>
[1, 2, 3] ¦  ¦ join ¦ "," ¦ <none>
[1, 2, 3] ¦  ¦ iterator ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
[1, 2, 3] ¦  ¦ addFirst ¦ 1 ¦ <none>
[1, 2, 3] ¦  ¦ isEmpty ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
[1, 2, 3] ¦  ¦ indexOf ¦  ¦ <none>
[1, 2, 3] ¦  ¦ toArray ¦ 1 ¦ <Array:[1, 2, 3]>
[1, 2, 3] ¦  ¦ removeRange ¦ 0, 1 ¦ <none>
[] ¦  ¦ size ¦  ¦ <Integer:0>
[] ¦  ¦ isEmpty ¦  ¦ <Boolean:true>
[] ¦  ¦ hashCode ¦  ¦ <Integer:1>
[] ¦  ¦ toString ¦  ¦ <String:[]>
[] ¦  ¦ get ¦ 0 ¦ <!java.lang.IndexOutOfBoundsException: Index 0 out of bounds for length 0>
[] ¦  ¦ remove ¦ 0 ¦ <!java.lang.IndexOutOfBoundsException: Index 0 out of bounds for length 0>
[] ¦  ¦ equals ¦ [] ¦ <Boolean:true>
[] ¦  ¦ lastIndexOf ¦ 1 ¦ <Integer:-1>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ hashCode ¦  ¦ <Integer:-1250743388>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ toString ¦ 
    ¦ <String:[1, null, a, [1], {k=v}, true, false, 3000000000, 1.5]>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ indexOf ¦ null ¦ <Integer:1>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ contains ¦ [1] ¦ <Boolean:true>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ contains ¦ {"k": "v"} ¦ <Boolean:true>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ indexOf ¦ true ¦ <Integer:5>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ remove ¦ null
    ¦ <Boolean:true> ¦ <[1, a, [1], {k=v}, true, false, 3000000000, 1.5]>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ remove ¦ 3000000000
    ¦ <Boolean:true> ¦ <[1, null, a, [1], {k=v}, true, false, 1.5]>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ remove ¦ true
    ¦ <Boolean:true> ¦ <[1, null, a, [1], {k=v}, false, 3000000000, 1.5]>
[1, null, "a", [1], {"k": "v"}, true, false, 3000000000, 1.5] ¦  ¦ lastIndexOf ¦ 1.5 ¦ <Integer:8>
"a,b,a" ¦ split ¦ size ¦  ¦ <Integer:3>
"a,b,a" ¦ split ¦ isEmpty ¦  ¦ <Boolean:false>
"a,b,a" ¦ split ¦ clear ¦  ¦ <!java.lang.UnsupportedOperationException: >
"a,b,a" ¦ split ¦ length ¦  ¦ <none>
"a,b,a" ¦ split ¦ add ¦ "x" ¦ <!java.lang.UnsupportedOperationException: >
"a,b,a" ¦ split ¦ add ¦ 0, "x" ¦ <!java.lang.UnsupportedOperationException: >
"a,b,a" ¦ split ¦ get ¦ 0 ¦ <String:a>
"a,b,a" ¦ split ¦ get ¦ 3 ¦ <!java.lang.ArrayIndexOutOfBoundsException: >
"a,b,a" ¦ split ¦ get ¦ -1 ¦ <!java.lang.ArrayIndexOutOfBoundsException: >
"a,b,a" ¦ split ¦ get ¦ "0" ¦ <none>
"a,b,a" ¦ split ¦ set ¦ 0, "x" ¦ <String:a> ¦ <[x, b, a]>
"a,b,a" ¦ split ¦ set ¦ 9, "x" ¦ <!java.lang.ArrayIndexOutOfBoundsException: >
"a,b,a" ¦ split ¦ remove ¦ 0 ¦ <!java.lang.UnsupportedOperationException: >
"a,b,a" ¦ split ¦ remove ¦ "a" ¦ <!java.lang.UnsupportedOperationException: >
"a,b,a" ¦ split ¦ remove ¦ "zz" ¦ <Boolean:false>
"a,b,a" ¦ split ¦ contains ¦ "a" ¦ <Boolean:true>
"a,b,a" ¦ split ¦ contains ¦ "z" ¦ <Boolean:false>
"a,b,a" ¦ split ¦ contains ¦ null ¦ <Boolean:false>
"a,b,a" ¦ split ¦ indexOf ¦ "a" ¦ <Integer:0>
"a,b,a" ¦ split ¦ lastIndexOf ¦ "a" ¦ <Integer:2>
"a,b,a" ¦ split ¦ indexOf ¦ "z" ¦ <Integer:-1>
"a,b,a" ¦ split ¦ containsAll ¦ ["a", "b"] ¦ <Boolean:true>
"a,b,a" ¦ split ¦ addAll ¦ ["x"] ¦ <!java.lang.UnsupportedOperationException: >
"a,b,a" ¦ split ¦ addAll ¦ [] ¦ <Boolean:false>
"a,b,a" ¦ split ¦ removeAll ¦ ["a"] ¦ <!java.lang.UnsupportedOperationException: >
"a,b,a" ¦ split ¦ retainAll ¦ ["a"] ¦ <!java.lang.UnsupportedOperationException: >
"a,b,a" ¦ split ¦ removeAll ¦ ["z"] ¦ <Boolean:false>
"a,b,a" ¦ split ¦ subList ¦ 0, 2 ¦ <AbstractList$SubList:[a, b]>
"a,b,a" ¦ split ¦ subList ¦ 0, 9 ¦ <!java.lang.IndexOutOfBoundsException: toIndex = 9>
"a,b,a" ¦ split ¦ equals ¦ ["a", "b", "a"] ¦ <Boolean:false>
"a,b,a" ¦ split ¦ toArray ¦  ¦ <Array:[a, b, a]>
"a,b,a" ¦ split ¦ hashCode ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"a,b,a" ¦ split ¦ set ¦ 0, null ¦ <String:a> ¦ <[null, b, a]>
"a,b,a" ¦ split ¦ set ¦ 1, 5 ¦ <!java.lang.IllegalArgumentException: array element type mismatch>
"a,b,a" ¦ split ¦ join ¦ "," ¦ <none>
[1, 2, 3] ¦  ¦ size ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
[1, 2, 3] ¦  ¦ clear ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
[1, 2, 3] ¦  ¦ toString ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
[1, 2, 3] ¦  ¦ hashCode ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
[1, 2, 3] ¦  ¦ iterator ¦ 1, 2 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
[1, 2, 3] ¦  ¦ toArray ¦  ¦ <Array:[1, 2, 3]>
"##;

    #[test]
    fn answers_as_java_does() {
        super::super::tests::check(ANSWERS);
    }
}
