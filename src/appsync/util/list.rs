//! `$util.list` (APPSYNC-VTL 1.10).

use super::{Env, Function, Overload, Status, Type, UtilError, overload};
use crate::value::{List, Value};
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
    value.members().unwrap_or_default()
}

fn copy(args: &[Value], keep_members: bool) -> Result<Value, UtilError> {
    if args[0].is_null() || args[1].is_null() {
        return Err(super::JavaError::new("java.lang.NullPointerException", "a list is null").into());
    }
    let others = items(&args[1]);
    let is_member = |item: &Value| others.iter().any(|other| other.java_equals(item));
    Ok(items(&args[0]).into_iter().filter(|item| is_member(item) == keep_members).collect::<List>().into())
}

fn retain(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    copy(args, true)
}

fn remove(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    copy(args, false)
}

fn sort(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let mut sorted = items(&args[0]);
    if sorted.len() > MAX_SORTED {
        env.note("sort-list-limit", "$util.list.sortList sorts at most 1,000 items: this list stays as it is");
        return Ok(args[0].clone());
    }
    let property = super::text(args, 2);
    let key = |item: &Value| match item {
        Value::Map(map) => map.get_str(property).unwrap_or_default(),
        item => item.clone(),
    };
    let mut comparable = true;
    let mut compare = |left: &Value, right: &Value| match (key(left), key(right)) {
        (Value::Number(left), Value::Number(right)) if left.class_name() == right.class_name() => left.compare(&right),
        (Value::String(left), Value::String(right)) => left.cmp(&right),
        (Value::Boolean(left), Value::Boolean(right)) => left.cmp(&right),
        _ => {
            comparable = false;
            Ordering::Equal
        }
    };
    let descending = matches!(args[1], Value::Boolean(true));
    sorted.sort_by(|left, right| if descending { compare(right, left) } else { compare(left, right) });
    Ok(if comparable { List::new(sorted).into() } else { args[0].clone() })
}
