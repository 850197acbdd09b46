//! `$util.toJson`, `$util.parseJson` (APPSYNC-VTL 1.1).

use crate::message::{Message, Part};
use super::{Env, Function, Status, Type, UtilError, overload};
use crate::code::Code;
use crate::value::{JavaError, JsonError, List, Map, Value, from_json_str};

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        namespace: "util",
        name: "toJson",
        overloads: &[overload("(Object) -> String", &[Type::Any], to_json)],
        summary: "Compact JSON text in insertion order; null and undefined give null. The selection set of $ctx.info is left out.",
        example: r#"$util.toJson({"a":1,"b":[true,null]}) -> {"a":1,"b":[true,null]}"#,
        status: Status::Documented,
        source: "1.1",
    },
    Function {
        namespace: "util",
        name: "parseJson",
        overloads: &[overload("(String) -> Object", &[Type::String], parse_json)],
        summary: "JSON text to a map, list or scalar; null for null and, with note U8, for what is not valid JSON.",
        example: r#"$util.parseJson("3") -> 3"#,
        status: Status::Documented,
        source: "1.1",
    },
];

fn to_json(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let value = match &env.info {
        Some(info) => without_selection(&args[0], info, 0),
        None => args[0].clone(),
    };
    super::made(value.to_json()?)
}

/// A value whose `$ctx.info` lacks its selection set; the value itself where there is nothing to leave out.
fn without_selection(value: &Value, info: &Map, depth: usize) -> Value {
    match value {
        Value::Map(map) if map.same(info) => {
            let copy = map.shallow_copy();
            copy.remove(&"selectionSetList".into());
            copy.remove(&"selectionSetGraphQL".into());
            copy.into()
        }
        // Only the context holds its info, at its top or one list or map below.
        Value::Map(map) if depth < 3 && holds(&map.values(), info) => map
            .snapshot()
            .into_iter()
            .map(|(key, value)| (key, without_selection(&value, info, depth + 1)))
            .collect::<Map>()
            .into(),
        Value::List(list) if depth < 3 && holds(&list.snapshot(), info) => {
            list.snapshot().iter().map(|item| without_selection(item, info, depth + 1)).collect::<List>().into()
        }
        value => value.clone(),
    }
}

fn holds(values: &[Value], info: &Map) -> bool {
    values.iter().any(|value| matches!(value, Value::Map(map) if map.same(info) || map.get_str("info").is_some()))
}

fn parse_json(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let Some(text) = args[0].as_str() else {
        env.note(Code::U8, "$util.parseJson was given null: null is assumed");
        return Ok(Value::Null);
    };
    match from_json_str(text) {
        Ok(value) => Ok(value),
        // JSON that is not read here is not taken for null: a guard would decide by it.
        Err(JsonError { limit: Some(limit), .. }) => Err(JavaError::from(limit).into()),
        Err(error) => {
            env.note(Code::U8, Message::of("$util.parseJson was given what is not valid JSON ({}): null is assumed", [Part::Text(error.to_string())]));
            Ok(Value::Null)
        }
    }
}
