//! `$util.list` (APPSYNC-VTL 1.10).

use super::{Env, Function, Overload, Status, Type, UtilError, overload};
use crate::code::Code;
use crate::value::method::by_units;
use crate::value::{List, Number, Text, Value, ledger};
use std::cmp::Ordering;

/// `sortList` leaves longer lists as they are.
const MAX_SORTED: usize = 1_000;

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "copyAndRetainAll",
        &[overload("(List, List) -> List", &[Type::List, Type::List], retain)],
        "A copy of the first list with only the members of the second; order and duplicates stay.",
        r#"$util.list.copyAndRetainAll(["a","b","a"],["a"]) -> [a, a]"#,
    ),
    function(
        "copyAndRemoveAll",
        &[overload("(List, List) -> List", &[Type::List, Type::List], remove)],
        "A copy of the first list without the members of the second.",
        r#"$util.list.copyAndRemoveAll(["id","title"],["id"]) -> [title]"#,
    ),
    function(
        "sortList",
        &[overload("(List, Boolean, String) -> List", &[Type::List, Type::Boolean, Type::String], sort)],
        "Sorted (true: descending) by a property of its maps, or by the scalars themselves; mixed types and more than 1,000 items stay as they are.",
        r#"$util.list.sortList([3,1,2], true, "any") -> [3, 2, 1]"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util.list", name, overloads, summary, example, status: Status::Documented, source: "1.10" }
}

fn items(value: &Value) -> Vec<Value> {
    ledger::members(value.as_list().map_or(0, List::len));
    value.members().unwrap_or_default()
}

fn copy(args: &[Value], keep_members: bool) -> Result<Value, UtilError> {
    if args[0].is_null() || args[1].is_null() {
        return Err(super::JavaError::new("java.lang.NullPointerException", "a list is null").into());
    }
    let others = items(&args[1]);
    let is_member = |item: &Value| {
        // The member is copied besides.
        ledger::members(others.len() + 4);
        ledger::spent().is_some() || others.iter().any(|other| other.java_equals(item))
    };
    Ok(items(&args[0]).into_iter().filter(|item| is_member(item) == keep_members).collect::<List>().into())
}

fn retain(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    copy(args, true)
}

fn remove(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    copy(args, false)
}

fn sort(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    if args[0].is_null() {
        return Ok(Value::Null);
    }
    let mut sorted = items(&args[0]);
    if sorted.len() > MAX_SORTED {
        env.note(Code::SortListLimit, "$util.list.sortList sorts at most 1,000 items: this list stays as it is");
        return Ok(args[0].clone());
    }
    let property = super::text(args, 2);
    let keys: Option<Vec<SortKey>> = sorted.iter().map(|item| SortKey::of(item, property)).collect();
    let Some(keys) = keys.filter(|keys| keys.iter().all(|key| key.is_like(&keys[0]))) else {
        return Ok(args[0].clone());
    };
    let descending = matches!(args[1], Value::Boolean(true));
    let mut pairs: Vec<_> = keys.into_iter().zip(sorted.drain(..)).collect();
    pairs.sort_by(|(left, _), (right, _)| if descending { right.compare(left) } else { left.compare(right) });
    Ok(pairs.into_iter().map(|(_, item)| item).collect::<List>().into())
}

/// What an item is sorted by.
enum SortKey {
    Number(Number),
    Text(Text),
    Boolean(bool),
}

impl SortKey {
    fn of(item: &Value, property: &str) -> Option<Self> {
        let value = match item {
            Value::Map(map) => map.get_str(property).unwrap_or_default(),
            item => item.clone(),
        };
        Some(match value {
            Value::Number(Number::Double(value)) if value.is_nan() => return None,
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text),
            Value::Boolean(value) => Self::Boolean(value),
            _ => return None,
        })
    }

    /// Whether both are of one class.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.class_name() == right.class_name(),
            (Self::Text(_), Self::Text(_)) | (Self::Boolean(_), Self::Boolean(_)) => true,
            _ => false,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.compare(right),
            (Self::Text(left), Self::Text(right)) => by_units(left, right),
            (Self::Boolean(left), Self::Boolean(right)) => left.cmp(right),
            _ => Ordering::Equal,
        }
    }
}
