//! `$util.http` (APPSYNC-VTL 1.16).

use crate::message::quoted;
use super::{Env, Function, Overload, Status, Type, UtilError, overload, text, void};
use crate::appsync::ThrownError;
use crate::value::{Map, Value};

/// Bytes of all headers that a request may add.
const MOST_BYTES: usize = 4 << 10;

/// Headers that belong to one connection.
const HOP: [&str; 10] = [
    "transfer-encoding",
    "connection",
    "host",
    "expect",
    "keep-alive",
    "upgrade",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "content-length",
];
/// Headers that AppSync sets itself.
const OWN: [&str; 8] = [
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "vary",
    "content-type",
];

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "copyHeaders",
        &[overload("(Map) -> Map", &[Type::Map], copy)],
        "A copy of the headers without those that belong to one connection, such as host and content-length.",
        r#"$util.http.copyHeaders({"host":"a","x":"b"}) -> {x=b}"#,
    ),
    function(
        "addResponseHeader",
        &[overload("(String, Object) -> void", &[Type::String, Type::Any], add)],
        "Adds a header to the response; a restricted name or a null value is ignored and appends a ResponseHeaderError.",
        r#"$util.http.addResponseHeader("itemsCount", 7) ->"#,
    ),
    function(
        "addResponseHeaders",
        &[overload("(Map) -> void", &[Type::Map], add_all)],
        "Adds several headers.",
        r#"$util.http.addResponseHeaders({"a":"b"}) ->"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util.http", name, overloads, summary, example, status: Status::Documented, source: "1.16" }
}

fn copy(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let Value::Map(map) = &args[0] else { return Ok(Value::Null) };
    let by_case = |key: &Value| {
        key.as_str().is_some_and(|name| !HOP.contains(&name) && HOP.contains(&name.to_ascii_lowercase().as_str()))
    };
    if map.keys().iter().any(by_case) {
        super::unverified(env, "$util.http.copyHeaders is taken to leave out headers whatever their case");
    }
    let kept =
        |(key, _): &(Value, Value)| key.as_str().is_none_or(|name| !HOP.contains(&name.to_ascii_lowercase().as_str()));
    Ok(map.snapshot().into_iter().filter(kept).collect::<Map>().into())
}

fn add(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    header(env, text(args, 0), &args[1]);
    Ok(void())
}

fn add_all(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    for (key, value) in args[0].as_map().map(Map::snapshot).unwrap_or_default() {
        header(env, key.as_str().unwrap_or_default(), &value);
    }
    Ok(void())
}

fn header(env: &mut Env, name: &str, value: &Value) {
    let lower = name.to_ascii_lowercase();
    let restricted = HOP.contains(&lower.as_str())
        || OWN.contains(&lower.as_str())
        || lower.starts_with("x-amzn-")
        || lower.starts_with("x-amz-");
    let size = |name: &str, value: &Value| name.len() + value.to_string().len();
    let others = env.response_headers.iter().filter(|(given, _)| !given.eq_ignore_ascii_case(name));
    let total = others.map(|(name, value)| size(name, value)).sum::<usize>() + size(name, value);
    let reason = if name.is_empty() || restricted || value.is_null() {
        "is restricted, empty or null"
    } else if total > MOST_BYTES {
        "makes the headers larger than 4 KB"
    } else {
        // The later definition wins.
        env.response_headers.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
        env.response_headers.push((name.into(), value.clone()));
        return;
    };
    let message = format!("the response header {name} {reason}, and was ignored", name = quoted(&name));
    env.append(ThrownError::new(message.as_str(), "ResponseHeaderError"));
}
