//! `$util.map` (APPSYNC-VTL 1.11).

use super::{Env, Function, Status, Type, UtilError, overload};
use crate::value::{Map, Value, ledger};

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        namespace: "util.map",
        name: "copyAndRetainAllKeys",
        overloads: &[overload("(Map, List) -> Map", &[Type::Map, Type::List], retain)],
        summary: "A shallow copy with only these keys, in the map's order.",
        example: r#"$util.map.copyAndRetainAllKeys({"a":1,"b":2},["b","z"]) -> {b=2}"#,
        status: Status::Documented,
        source: "1.11",
    },
    Function {
        namespace: "util.map",
        name: "copyAndRemoveAllKeys",
        overloads: &[overload("(Map, List) -> Map", &[Type::Map, Type::List], remove)],
        summary: "A shallow copy without these keys.",
        example: r#"$util.map.copyAndRemoveAllKeys({"a":1,"b":2},["a"]) -> {b=2}"#,
        status: Status::Documented,
        source: "1.11",
    },
];

fn copy(args: &[Value], keep: bool) -> Result<Value, UtilError> {
    let (Value::Map(map), Value::List(keys)) = (&args[0], &args[1]) else {
        return Err(
            super::JavaError::new("java.lang.NullPointerException", "the map or the list of keys is null").into()
        );
    };
    let keys = keys.snapshot();
    let is_named = |key: &Value| {
        ledger::members(keys.len() + 4);
        ledger::spent().is_some() || keys.iter().any(|named| named.java_equals(key))
    };
    Ok(map.snapshot().into_iter().filter(|(key, _)| is_named(key) == keep).collect::<Map>().into())
}

fn retain(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    copy(args, true)
}

fn remove(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    copy(args, false)
}
