//! Null helpers and defaults (APPSYNC-VTL 1.5).

use crate::message::{Message, Part};
use super::{Env, Function, Overload, Status, Type, UtilError, overload};
use crate::code::Code;
use crate::value::Value;

use Type::{Any, TextOrContainer};

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "isNull",
        &[overload("(Object) -> Boolean", &[Any], is_null)],
        "Whether the value is null or undefined.",
        r#"$util.isNull("") -> false"#,
    ),
    function(
        "isNullOrEmpty",
        &[overload("(String) -> Boolean", &[TextOrContainer], is_null_or_empty)],
        "Whether the value is null or the empty string. For a list or map (note U7): whether it is empty.",
        r#"$util.isNullOrEmpty(" ") -> false"#,
    ),
    function(
        "isNullOrBlank",
        &[overload("(String) -> Boolean", &[TextOrContainer], is_null_or_blank)],
        "Whether the value is null or has only white space. For a list or map (note U7): whether it is empty.",
        r#"$util.isNullOrBlank("  ") -> true"#,
    ),
    function(
        "defaultIfNull",
        &[overload("(Object, Object) -> Object", &[Any, Any], default_if_null)],
        "The first value unless it is null; the empty string, 0 and false stay.",
        "$util.defaultIfNull(0, 9) -> 0",
    ),
    function(
        "defaultIfNullOrEmpty",
        &[overload("(String, String) -> String", &[TextOrContainer, TextOrContainer], default_if_null_or_empty)],
        "The first value unless it is null or empty.",
        r#"$util.defaultIfNullOrEmpty("", "x") -> x"#,
    ),
    function(
        "defaultIfNullOrBlank",
        &[overload("(String, String) -> String", &[TextOrContainer, TextOrContainer], default_if_null_or_blank)],
        "The first value unless it is null or blank.",
        r#"$util.defaultIfNullOrBlank(" ", "d") -> d"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util", name, overloads, summary, example, status: Status::Documented, source: "1.5" }
}

fn is_null(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(args[0].is_null().into())
}

fn is_null_or_empty(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(lacks(env, "isNullOrEmpty", args, str::is_empty).into())
}

fn is_null_or_blank(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(lacks(env, "isNullOrBlank", args, is_blank).into())
}

fn default_if_null(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(args[usize::from(args[0].is_null())].clone())
}

fn default_if_null_or_empty(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(args[usize::from(lacks(env, "defaultIfNullOrEmpty", args, str::is_empty))].clone())
}

fn default_if_null_or_blank(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(args[usize::from(lacks(env, "defaultIfNullOrBlank", args, is_blank))].clone())
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_java_whitespace)
}

/// Java's `Character.isWhitespace`: Unicode's spaces without the non-breaking ones, and five control characters more.
fn is_java_whitespace(letter: char) -> bool {
    match letter {
        '\u{1c}'..='\u{1f}' => true,
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        letter => letter.is_whitespace(),
    }
}

/// Whether the first argument lacks a value. Lists and maps lack one when they are empty.
fn lacks(env: &mut Env, name: &str, args: &[Value], text_lacks: fn(&str) -> bool) -> bool {
    if let Some(container) = args.iter().find(|arg| !matches!(arg, Value::Null | Value::String(_))) {
        let type_name = container.type_name();
        env.note(
            Code::U7,
            Message::of(
                "{} is documented for strings and was given a {}: empty or not is assumed to count",
                [Part::Code(format!("$util.{name}")), Part::Text(type_name.to_owned())],
            ),
        );
    }
    match &args[0] {
        Value::Null => true,
        Value::String(text) => text_lacks(text),
        Value::Map(map) => map.is_empty(),
        value => value.members().is_some_and(|members| members.is_empty()),
    }
}
