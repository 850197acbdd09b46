//! `java.util.ArrayList`, and arrays as Velocity wraps them.

use super::Method as M;
use super::args::compare_doubles;
use super::units::by_units;
use super::{
    Called, MAX_ITEMS, MethodOutcome, Stop, class_cast, collection_arg, contains, give, int, int_arg, non_null, object,
    position, room_for, size, to_array, unsupported,
};
use crate::value::ledger::{self, Limit};
use crate::value::{Iter, JavaError, List, Number, Value};
use std::cmp::Ordering;

pub(super) const METHODS: &[super::Entry] = &[
    (M::Add, &[1, 2]),
    (M::AddAll, &[1, 2]),
    (M::Clear, &[0]),
    (M::Clone, &[0]),
    (M::Contains, &[1]),
    (M::ContainsAll, &[1]),
    (M::EnsureCapacity, &[1]),
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
    (M::Sort, &[1]),
    (M::SubList, &[2]),
    (M::ToArray, &[0, 1, 2, 3]),
    (M::ToString, &[0]),
    (M::TrimToSize, &[0]),
];

const ITERATOR_OF_NULL: &str = r#"Cannot invoke "java.util.Collection.iterator()" because "c" is null"#;
const ARRAY_OF_NULL: &str = r#"Cannot invoke "java.util.Collection.toArray()" because "c" is null"#;

pub(super) fn call(list: &List, method: M, args: &[Value]) -> MethodOutcome {
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
        (M::Add, [index, item]) => add_at(list, int_arg(index)?, item),
        (M::AddAll, [items]) => add_all(list, list.len(), non_null(collection_arg(items)?, of_null(list))?),
        (M::AddAll, [index, items]) => add_all_at(list, int_arg(index)?, collection_arg(items)?),
        (M::Set, [index, item]) => set(list, int_arg(index)?, item),
        (M::Remove, [item]) => remove(list, item),
        (M::RemoveAll, [items]) => keep(list, items, false),
        (M::RetainAll, [items]) => keep(list, items, true),
        (M::Contains, [item]) => give(list.read(|items| contains(items, item))),
        (M::ContainsAll, [items]) => {
            let (wanted, items) = (non_null(collection_arg(items)?, ITERATOR_OF_NULL)?, list.snapshot());
            give(wanted.iter().all(|item| contains(&items, item)))
        }
        (M::IndexOf, [item]) => found(list.read(|items| position(items, item))),
        (M::LastIndexOf, [item]) => {
            ledger::members(list.len());
            found(list.read(|items| items.iter().rposition(|other| other.java_equals(item))))
        }
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
        (M::EnsureCapacity | M::TrimToSize | M::Clone, _) if list.class_name() == "java.util.ArrayList" => {
            array_list(list, method, args)
        }
        (M::Sort, [Value::Null]) => sort(list),
        (M::Equals, [other]) => {
            other.check()?;
            object(&Value::List(list.clone()), method, args)
        }
        (M::ToArray, into) => {
            room_for(list.len())?;
            to_array(list.snapshot(), into)
        }
        _ => object(&Value::List(list.clone()), method, args),
    }
}

/// What `ArrayList` alone has of these.
fn array_list(list: &List, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::EnsureCapacity, [capacity]) => {
            int_arg(capacity)?;
            Ok(Called::Void)
        }
        (M::TrimToSize, []) => Ok(Called::Void),
        (M::Clone, []) => {
            room_for(list.len())?;
            give(List::new(list.snapshot()))
        }
        _ => object(&Value::List(list.clone()), method, args),
    }
}

fn add_at(list: &List, at: i32, item: &Value) -> MethodOutcome {
    let position = usize::try_from(at).ok().filter(|at| *at <= list.len());
    if !list.is_array() {
        position.ok_or_else(|| out_of_range_for_add(list, at))?;
    }
    room(list, 1)?;
    ledger::members(list.len().saturating_sub(position.unwrap_or_default()));
    match usize::try_from(at) {
        Ok(at) if list.insert(at, item.clone()) => Ok(Called::Void),
        _ => Err(out_of_range_for_add(list, at)),
    }
}

fn add_all_at(list: &List, at: i32, items: Option<Vec<Value>>) -> MethodOutcome {
    let position = usize::try_from(at).ok().filter(|at| *at <= list.len());
    let position = position.ok_or_else(|| out_of_range_for_add(list, at))?;
    add_all(list, position, non_null(items, of_null(list))?)
}

/// What Java says of null in the place of items.
fn of_null(list: &List) -> &'static str {
    if list.is_array() { ITERATOR_OF_NULL } else { ARRAY_OF_NULL }
}

fn set(list: &List, at: i32, item: &Value) -> MethodOutcome {
    let Some(position) = list_index(list, at) else { return Err(out_of_bounds(list, at)) };
    if !list.takes(item) {
        return Err(JavaError::new("java.lang.IllegalArgumentException", "array element type mismatch").into());
    }
    give(list.set(position, item.clone()).unwrap_or_default())
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
    Ok(room_for_more(list, more)?)
}

/// At the end an item is put without looking at the others.
fn room_for_more(list: &List, more: usize) -> Result<(), JavaError> {
    let all = list.len().saturating_add(more);
    if all > MAX_ITEMS { Err(ledger::spend(Limit::ListLength(MAX_ITEMS))) } else { Ok(()) }
}

fn add_all(list: &List, position: usize, items: Vec<Value>) -> MethodOutcome {
    if items.is_empty() {
        return give(false);
    }
    room(list, items.len())?;
    room_for(list.len() + items.len())?;
    let mut all = list.snapshot();
    let tail = all.split_off(position.min(all.len()));
    all.extend(items);
    all.extend(tail);
    list.replace(all);
    give(true)
}

fn remove(list: &List, item: &Value) -> MethodOutcome {
    if let Ok(index) = int_arg(item) {
        if list.is_array() || list.is_fixed() && list_index(list, index).is_some() {
            return Err(unsupported());
        }
        ledger::members(list.len());
        return match list_index(list, index).and_then(|at| list.remove(at)) {
            Some(old) => give(old),
            None => Err(out_of_bounds(list, index)),
        };
    }
    match position(&list.snapshot(), item) {
        None => give(false),
        Some(_) if list.is_fixed() => Err(unsupported()),
        Some(at) => {
            list.remove(at);
            give(true)
        }
    }
}

/// `retainAll` and `removeAll`.
fn keep(list: &List, items: &Value, wanted: bool) -> MethodOutcome {
    let items = non_null(collection_arg(items)?, "")?;
    let mut all = list.snapshot();
    ledger::members(all.len());
    all.retain(|item| ledger::spent().is_none() && contains(&items, item) == wanted);
    ledger::check()?;
    if all.len() == list.len() {
        return give(false);
    }
    if list.is_fixed() {
        return Err(unsupported());
    }
    list.replace(all);
    give(true)
}

/// `sort(null)`: in the natural order, which only strings, booleans and numbers of one class have.
fn sort(list: &List) -> MethodOutcome {
    let mut items = list.snapshot();
    for pair in items.windows(2) {
        let comparable =
            pair.iter().all(|item| matches!(item, Value::String(_) | Value::Boolean(_) | Value::Number(_)));
        match pair {
            [left, right] if left.is_null() || right.is_null() => return Ok(non_null(None, "")?),
            [left, right] if !comparable || left.class_name() != right.class_name() => {
                return Err(class_cast(right, left.class_name()).into());
            }
            _ => {}
        }
    }
    ledger::sorting(items.len());
    items.sort_by(natural);
    // An order that a limit cut short is none.
    ledger::check()?;
    match list.is_fixed() {
        true => items.into_iter().enumerate().for_each(|(at, item)| drop(list.set(at, item))),
        false => list.replace(items),
    }
    Ok(super::Called::Void)
}

/// `compareTo` of two values of one class.
fn natural(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::String(left), Value::String(right)) => by_units(left, right),
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(right),
        (Value::Number(Number::Double(left)), Value::Number(Number::Double(right))) => compare_doubles(*left, *right),
        (Value::Number(left), Value::Number(right)) => left.compare(right),
        _ => Ordering::Equal,
    }
}

fn found(position: Option<usize>) -> MethodOutcome {
    int(position.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1))
}

/// A live view: it shows changes of its list, and its list shows changes of it.
fn sub_list(list: &List, from: i32, to: i32) -> MethodOutcome {
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
    const ANSWERS: &str = include_str!("answers/list.txt");

    #[test]
    fn answers_as_java_does() {
        super::super::tests::check(ANSWERS);
    }
}
