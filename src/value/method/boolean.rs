//! `java.lang.Boolean`.

use super::Method as M;
use super::{MethodOutcome, Stop, class_cast, give, int, non_null, object, sign, text_arg};
use crate::value::Value;

pub(super) const METHODS: &[super::Entry] = &[
    (M::BooleanValue, &[0]),
    (M::Compare, &[2]),
    (M::CompareTo, &[1]),
    (M::Equals, &[1]),
    (M::HashCode, &[0, 1]),
    (M::LogicalAnd, &[2]),
    (M::LogicalOr, &[2]),
    (M::LogicalXor, &[2]),
    (M::ParseBoolean, &[1]),
    (M::ToString, &[0, 1]),
    (M::ValueOf, &[1]),
];

pub(super) fn call(value: bool, method: M, args: &[Value]) -> MethodOutcome {
    let is_true = |text: Option<&str>| text.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    match (method, args) {
        (M::BooleanValue, []) => give(value),
        (M::CompareTo, [other]) => match other {
            Value::Boolean(other) => int(sign(value.cmp(other))),
            Value::Null => Ok(non_null(None, r#"Cannot read field "value" because "b" is null"#)?),
            other => Err(class_cast(other, "java.lang.Boolean").into()),
        },
        (M::ValueOf, [Value::Boolean(value)]) => give(*value),
        (M::ParseBoolean | M::ValueOf, [text]) => give(is_true(text_arg(text)?)),
        (M::Compare, [left, right]) => int(sign(bool_arg(left)?.cmp(&bool_arg(right)?))),
        (M::LogicalAnd, [left, right]) => give(bool_arg(left)? & bool_arg(right)?),
        (M::LogicalOr, [left, right]) => give(bool_arg(left)? | bool_arg(right)?),
        (M::LogicalXor, [left, right]) => give(bool_arg(left)? ^ bool_arg(right)?),
        (M::HashCode, [value]) => int(if bool_arg(value)? { 1231 } else { 1237 }),
        (M::ToString, [value]) => give(if bool_arg(value)? { "true" } else { "false" }),
        _ => object(&Value::Boolean(value), method, args),
    }
}

fn bool_arg(value: &Value) -> Result<bool, Stop> {
    match value {
        Value::Boolean(value) => Ok(*value),
        _ => Err(Stop::Missing),
    }
}
