//! `$util.dynamodb`: AppSync's typed values (APPSYNC-VTL 1.14). Numbers stay JSON numbers, and null is `{"NULL":null}`.

use super::{Env, Function, Overload, Status, Type, UtilError, overload, text};
use crate::value::ledger::{self, Limit, Walk};
use crate::value::{List, Map, Value, from_json_str};

use Type::{Any, Boolean, Number, String};

const fn function(name: &'static str, overloads: &'static [Overload], summary: &'static str) -> Function {
    let example = r#"$util.dynamodb.toStringJson("k") -> {"S":"k"}"#;
    Function {
        namespace: "util.dynamodb",
        name,
        overloads,
        summary,
        example,
        status: Status::Documented,
        source: "1.14",
    }
}

/// Every helper `x` has a twin `xJson` that gives the same as JSON text.
macro_rules! with_twins {
    ($($name:literal, $params:expr, $from:literal, $make:path, $summary:literal;)* and $($single:expr;)*) => {
        &[
            $(
                function($name, &[overload(concat!("(", $from, ") -> Map"), $params, |env, args| noted(env, args, $make))], $summary),
                function(
                    concat!($name, "Json"),
                    &[overload(concat!("(", $from, ") -> String"), $params, |env, args| json(noted(env, args, $make)?))],
                    $summary,
                ),
            )*
            $($single,)*
        ]
    };
}

/// Key, bucket, region and perhaps a version.
macro_rules! s3_forms {
    ($call:expr, $to:literal) => {
        [
            overload(concat!("(String, String, String) -> ", $to), &[String, String, String], $call),
            overload(concat!("(String, String, String, String) -> ", $to), &[String, String, String, String], $call),
        ]
    };
}

pub(super) static FUNCTIONS: &[Function] = with_twins! {
    "toDynamoDB", &[Any], "Object", any, "Any value in its typed form; lists become L, never a set.";
    "toString", &[String], "String", string, "A string: S.";
    "toStringSet", &[Type::List], "List", string_set, "A set of strings: SS.";
    "toNumber", &[Number], "Number", number, "A number: N.";
    "toNumberSet", &[Type::List], "List", number_set, "A set of numbers: NS.";
    "toBinary", &[String], "String", binary, "Base64 text, neither encoded nor checked: B.";
    "toBinarySet", &[Type::List], "List", binary_set, "A set of base64 texts: BS.";
    "toBoolean", &[Boolean], "Boolean", boolean, "A boolean: BOOL.";
    "toNull", &[], "", null, "Null: NULL.";
    "toList", &[Type::List], "List", any_or_null, "A list: L.";
    "toMap", &[Type::Map], "Map", any_or_null, "A map: M.";
    "toMapValues", &[Type::Map], "Map", map_values, "A map whose values are typed, without the M around it.";
    and
    function("toS3Object", &s3_forms!(|_, args| s3(args), "Map"), "A link to an S3 object as a typed string.");
    function("toS3ObjectJson", &s3_forms!(|_, args| json(s3(args)?), "String"), "A link to an S3 object as JSON text.");
    function(
        "fromS3ObjectJson",
        &[overload("(String) -> Map", &[String], from_s3)],
        "Reads such a link back: key, bucket, region, version.",
    );
};

fn json(value: Value) -> Result<Value, UtilError> {
    super::made(value.to_json()?)
}

/// What helpers make of null is not documented, and the empty string was once refused.
fn noted(env: &mut Env, args: &[Value], make: fn(&[Value]) -> Result<Value, UtilError>) -> Result<Value, UtilError> {
    if args.first().is_some_and(Value::is_null) {
        super::unverified(
            env,
            "a $util.dynamodb helper was given null: toDynamoDB gives {\"NULL\":null}, the others null",
        );
    }
    make(args)
}

fn typed(name: &str, value: Value) -> Value {
    let map = Map::new();
    map.put_str(name, value);
    map.into()
}

/// The argument under a type name; null stays null (our choice: APPSYNC-VTL 1.14).
fn plain(name: &str, args: &[Value]) -> Result<Value, UtilError> {
    Ok(if args[0].is_null() { Value::Null } else { typed(name, args[0].clone()) })
}

fn string(args: &[Value]) -> Result<Value, UtilError> {
    plain("S", args)
}

fn string_set(args: &[Value]) -> Result<Value, UtilError> {
    plain("SS", args)
}

fn number(args: &[Value]) -> Result<Value, UtilError> {
    plain("N", args)
}

fn number_set(args: &[Value]) -> Result<Value, UtilError> {
    plain("NS", args)
}

fn binary(args: &[Value]) -> Result<Value, UtilError> {
    plain("B", args)
}

fn binary_set(args: &[Value]) -> Result<Value, UtilError> {
    plain("BS", args)
}

fn boolean(args: &[Value]) -> Result<Value, UtilError> {
    plain("BOOL", args)
}

fn null(_: &[Value]) -> Result<Value, UtilError> {
    Ok(typed("NULL", Value::Null))
}

/// A value in its typed form. Of one that has no end nothing is made, and the evaluation ends.
pub(super) fn in_typed_form(value: &Value) -> Value {
    convert(value, 0, &mut Walk::new()).map_err(ledger::spend).unwrap_or_default()
}

fn any(args: &[Value]) -> Result<Value, UtilError> {
    Ok(convert(&args[0], 0, &mut Walk::new()).map_err(ledger::spend)?)
}

fn any_or_null(args: &[Value]) -> Result<Value, UtilError> {
    if args[0].is_null() { Ok(Value::Null) } else { any(args) }
}

fn map_values(args: &[Value]) -> Result<Value, UtilError> {
    match &args[0] {
        Value::Map(map) => Ok(values(map, 0, &mut Walk::new()).map_err(ledger::spend)?.into()),
        _ => Ok(Value::Null),
    }
}

fn values(map: &Map, depth: usize, walk: &mut Walk) -> Result<Map, Limit> {
    map.snapshot().into_iter().map(|(key, value)| Ok((key, convert(&value, depth + 1, walk)?))).collect()
}

fn convert(value: &Value, depth: usize, walk: &mut Walk) -> Result<Value, Limit> {
    walk.visit(depth)?;
    Ok(match value {
        Value::Null => typed("NULL", Value::Null),
        Value::Boolean(_) => typed("BOOL", value.clone()),
        Value::Number(_) => typed("N", value.clone()),
        Value::Map(map) => typed("M", values(map, depth, walk)?.into()),
        Value::List(_) | Value::View(_) => {
            let items = value.members().unwrap_or_default();
            typed("L", items.iter().map(|item| convert(item, depth + 1, walk)).collect::<Result<List, _>>()?.into())
        }
        other => typed("S", Value::string(other.to_string())),
    })
}

fn s3(args: &[Value]) -> Result<Value, UtilError> {
    let link = Map::new();
    for (name, value) in ["key", "bucket", "region", "version"].into_iter().zip(args) {
        link.put_str(name, value.clone());
    }
    Ok(typed("S", Value::string(typed("s3", link.into()).to_json()?)))
}

fn from_s3(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let read = |text: &str| from_json_str(text).ok().and_then(|value| value.as_map().cloned());
    let Some(outer) = read(text(args, 0)) else { return Ok(Value::Null) };
    // The documentation passes the whole attribute, the value itself is {"s3": …}: both are read.
    let link = match outer.get_str("S").as_ref().and_then(Value::as_str).and_then(read) {
        Some(inner) => {
            super::unverified(env, "$util.dynamodb.fromS3ObjectJson is taken to read a whole attribute too");
            inner
        }
        None => outer,
    };
    Ok(link.get_str("s3").unwrap_or_default())
}
