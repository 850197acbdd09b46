//! Types, patterns, and the caller's mode (APPSYNC-VTL 1.6).

use super::{Env, Function, JavaError, Overload, Status, Type, UtilError, overload, text};
use crate::code::Code;
use crate::value::{Value, regex};

use Type::{Any, String};

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "typeOf",
        &[overload("(Object) -> String", &[Any], type_of)],
        "Null, Number, String, Map, List, Boolean, or Object for anything else.",
        "$util.typeOf([]) -> List",
    ),
    function(
        "matches",
        &[overload("(String, String) -> Boolean", &[String, String], matches)],
        "Whether the Java regular expression (first) matches the whole text; AppSync may search instead (note U6 where that differs).",
        r#"$util.matches("^[a-z]+$", "abc") -> true"#,
    ),
    function(
        "isString",
        &[overload("(Object) -> Boolean", &[Any], is_string)],
        "Whether it is a String.",
        r#"$util.isString("1") -> true"#,
    ),
    function(
        "isNumber",
        &[overload("(Object) -> Boolean", &[Any], is_number)],
        "Whether it is a Number.",
        "$util.isNumber(1) -> true",
    ),
    function(
        "isBoolean",
        &[overload("(Object) -> Boolean", &[Any], is_boolean)],
        "Whether it is a Boolean.",
        "$util.isBoolean(false) -> true",
    ),
    function(
        "isList",
        &[overload("(Object) -> Boolean", &[Any], is_list)],
        "Whether it is a List; a key set is none.",
        "$util.isList([]) -> true",
    ),
    function(
        "isMap",
        &[overload("(Object) -> Boolean", &[Any], is_map)],
        "Whether it is a Map.",
        "$util.isMap({}) -> true",
    ),
    function(
        "authType",
        &[overload("() -> String", &[], auth_type)],
        "How the caller was authorized: API Key, IAM, User Pool, Open ID Connect or Lambda Authorization.",
        "$util.authType() -> User Pool Authorization",
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util", name, overloads, summary, example, status: Status::Documented, source: "1.6" }
}

fn type_of(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(match &args[0] {
        Value::Null => "Null",
        Value::Number(_) => "Number",
        Value::String(_) => "String",
        Value::Map(_) => "Map",
        Value::List(list) if !list.is_array() => "List",
        Value::Boolean(_) => "Boolean",
        _ => "Object",
    }
    .into())
}

fn matches(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    if args[0].is_null() || args[1].is_null() {
        return Err(JavaError::new("java.lang.NullPointerException", "$util.matches was given null").into());
    }
    let java = |error: regex::RegexError| JavaError::from(error);
    let pattern = regex::compile(text(args, 0)).map_err(java)?;
    let whole = pattern.matches_whole(text(args, 1)).map_err(java)?;
    if !whole && pattern.find(text(args, 1)).map_err(java)? {
        env.note(
            Code::U6,
            "$util.matches is taken as a match of the whole text; a search within it would be true here",
        );
    }
    Ok(whole.into())
}

fn is_string(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(matches!(args[0], Value::String(_)).into())
}

fn is_number(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(matches!(args[0], Value::Number(_)).into())
}

fn is_boolean(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(matches!(args[0], Value::Boolean(_)).into())
}

fn is_list(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(matches!(&args[0], Value::List(list) if !list.is_array()).into())
}

fn is_map(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(matches!(args[0], Value::Map(_)).into())
}

fn auth_type(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    let Some(mode) = env.auth_type else {
        env.note(Code::U18, "$util.authType() was asked and no mode is known: pass --auth-type or --claims");
        return Ok(Value::Null);
    };
    Ok(mode.as_str().into())
}
