//! What methods share: their answers, what they make of their arguments, and their limits.

use super::{Called, MAX_ITEMS, MAX_STRING, MethodOutcome, Stop};
use crate::value::ledger::{self, Limit};
use crate::value::{JavaError, List, Number, Value};
use std::cmp::Ordering;

pub(super) fn give(value: impl Into<Value>) -> MethodOutcome {
    Ok(Called::Value(value.into()))
}

pub(super) fn int(value: i32) -> MethodOutcome {
    give(Value::int(value))
}

/// A size as Java's `int`.
pub(super) fn size(value: usize) -> MethodOutcome {
    int(i32::try_from(value).unwrap_or(i32::MAX))
}

/// An argument for a parameter of type `int`.
pub(super) fn int_arg(value: &Value) -> Result<i32, Stop> {
    match value {
        Value::Number(Number::Integer(value)) => Ok(*value),
        _ => Err(Stop::Missing),
    }
}

/// An argument for a parameter of type `String`; `None` is `null`.
pub(super) fn text_arg(value: &Value) -> Result<Option<&str>, Stop> {
    match value {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        _ => Err(Stop::Missing),
    }
}

/// An argument for a parameter of type `Collection`; `None` is `null`. An array is no collection.
pub(super) fn collection_arg(value: &Value) -> Result<Option<Vec<Value>>, Stop> {
    match value {
        Value::List(list) if !list.is_array() => {
            list.check()?;
            ledger::members(list.len());
            Ok(Some(list.snapshot()))
        }
        Value::View(view) => {
            ledger::entries(view.map.len());
            Ok(Some(view.snapshot()))
        }
        Value::Null => Ok(None),
        _ => Err(Stop::Missing),
    }
}

/// The argument, or the `NullPointerException` that Java throws for `null`.
pub(super) fn non_null<T>(value: Option<T>, message: &str) -> Result<T, JavaError> {
    value.ok_or_else(|| JavaError::new("java.lang.NullPointerException", message))
}

/// Where the first such item is. What is found after a limit was reached is never used.
pub(super) fn position(items: &[Value], wanted: &Value) -> Option<usize> {
    ledger::members(items.len());
    items.iter().take_while(|_| ledger::spent().is_none()).position(|item| item.java_equals(wanted))
}

pub(super) fn contains(items: &[Value], wanted: &Value) -> bool {
    position(items, wanted).is_some()
}

pub(super) fn unsupported() -> Stop {
    JavaError::new("java.lang.UnsupportedOperationException", "").into()
}

/// The error of a text longer than [`MAX_STRING`].
pub fn string_too_long() -> JavaError {
    ledger::spend(Limit::StringLength(MAX_STRING))
}

/// Whether a list of so many items may be made; counts the work of it.
pub(super) fn room_for(items: usize) -> Result<(), JavaError> {
    if items > MAX_ITEMS {
        return Err(ledger::spend(Limit::ListLength(MAX_ITEMS)));
    }
    ledger::members(items);
    ledger::check()
}

/// The `ClassCastException` of comparing with a value of another class.
pub(super) fn class_cast(value: &Value, wanted: &str) -> JavaError {
    let class = value.class_name();
    let message = format!(
        "class {class} cannot be cast to class {wanted} \
         ({class} and {wanted} are in module java.base of loader 'bootstrap')"
    );
    JavaError::new("java.lang.ClassCastException", message)
}

/// The order of two things as Java's `compareTo` of numbers tells it.
pub(super) fn sign(order: std::cmp::Ordering) -> i32 {
    order as i32
}

/// `toArray()` and `toArray(Object…)`: what fits into the array given is put there, with a null after it.
pub(super) fn to_array(items: Vec<Value>, into: &[Value]) -> MethodOutcome {
    let class = "[Ljava.lang.Object;";
    match into {
        [Value::List(array)] if array.is_array() => {
            if !items.iter().all(|item| array.takes(item)) {
                return Err(JavaError::new("java.lang.ArrayStoreException", "").into());
            }
            if items.len() > array.len() {
                return give(List::array_of(array.class_name(), items));
            }
            let end = std::iter::once(Value::Null).take(array.len() - items.len());
            for (at, item) in items.into_iter().chain(end).enumerate() {
                array.set(at, item);
            }
            give(array.clone())
        }
        [Value::Null] => Ok(non_null(None, "")?),
        into => to_array(items, &[List::array_of(class, into.to_vec()).into()]),
    }
}

/// Whether a text of so many bytes may be made; counts the work of it.
pub(super) fn fits(bytes: usize) -> Result<(), Stop> {
    if bytes > MAX_STRING {
        return Err(string_too_long().into());
    }
    ledger::copied(bytes);
    Ok(())
}

/// `Character.isWhitespace`: Unicode's separators except the non-breaking ones, and some control characters.
pub(super) fn is_whitespace(character: char) -> bool {
    match character {
        '\u{9}'..='\u{d}' | '\u{1c}'..='\u{1f}' | ' ' => true,
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        other => !other.is_ascii() && other.is_whitespace(),
    }
}

/// `Double.compare`: `-0.0` below `0.0`, `NaN` equal to itself and above all.
pub(super) fn compare_doubles(left: f64, right: f64) -> Ordering {
    match (left.is_nan(), right.is_nan()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => left.total_cmp(&right),
    }
}

/// An argument for a parameter of type `long`.
pub(super) fn long_arg(value: &Value) -> Result<i64, Stop> {
    match value {
        Value::Number(Number::Integer(value)) => Ok(i64::from(*value)),
        Value::Number(Number::Long(value)) => Ok(*value),
        _ => Err(Stop::Missing),
    }
}

/// An argument for a parameter of type `double`.
pub(super) fn double_arg(value: &Value) -> Result<f64, Stop> {
    match value {
        Value::Number(Number::Double(value)) => Ok(*value),
        other => long_arg(other).map(|value| value as f64),
    }
}

pub(super) fn number_format(message: impl Into<String>) -> Stop {
    JavaError::new("java.lang.NumberFormatException", message).into()
}
