//! `$util.time` (APPSYNC-VTL 1.9): the clock is the environment's. Java's format patterns are not there yet.

use super::{Env, Function, Overload, Status, Type, UtilError, overload, text};
use crate::value::{Number, Value};
use jiff::Timestamp;

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "nowISO8601",
        &[overload("() -> String", &[], now_iso)],
        "Now, in UTC, with milliseconds.",
        "$util.time.nowISO8601() -> 2018-02-06T19:01:35.749Z",
    ),
    function(
        "nowEpochSeconds",
        &[overload("() -> long", &[], now_seconds)],
        "Now, in seconds since 1970.",
        "$util.time.nowEpochSeconds() -> 1517943695",
    ),
    function(
        "nowEpochMilliSeconds",
        &[overload("() -> long", &[], now_millis)],
        "Now, in milliseconds since 1970.",
        "$util.time.nowEpochMilliSeconds() -> 1517943695750",
    ),
    function(
        "parseISO8601ToEpochMilliSeconds",
        &[overload("(String) -> Long", &[Type::String], parse_iso)],
        "Milliseconds since 1970 of an ISO 8601 time with an offset; null, with note U8, if it is none.",
        r#"$util.time.parseISO8601ToEpochMilliSeconds("2018-02-01T17:21:05.180+08:00") -> 1517476865180"#,
    ),
    function(
        "epochMilliSecondsToSeconds",
        &[overload("(long) -> long", &[Type::Long], to_seconds)],
        "Whole seconds.",
        "$util.time.epochMilliSecondsToSeconds(1999) -> 1",
    ),
    function(
        "epochMilliSecondsToISO8601",
        &[overload("(long) -> String", &[Type::Long], to_iso)],
        "The time in UTC, with milliseconds.",
        "$util.time.epochMilliSecondsToISO8601(0) -> 1970-01-01T00:00:00.000Z",
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util.time", name, overloads, summary, example, status: Status::Documented, source: "1.9" }
}

fn long(args: &[Value]) -> i64 {
    match &args[0] {
        Value::Number(number) => Number::long_value(number),
        _ => 0,
    }
}

fn iso(env: &mut Env, millis: i64) -> Value {
    match Timestamp::from_millisecond(millis) {
        Ok(time) => Value::string(time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()),
        Err(_) => {
            env.note("U8", format!("{millis} milliseconds are out of the calendar's range: null is assumed"));
            Value::Null
        }
    }
}

fn now_iso(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    let now = env.now_millis;
    Ok(iso(env, now))
}

fn now_seconds(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::long(env.now_millis.div_euclid(1000)))
}

fn now_millis(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::long(env.now_millis))
}

fn parse_iso(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(match text(args, 0).parse::<Timestamp>() {
        Ok(time) => Value::long(time.as_millisecond()),
        Err(_) => {
            env.note("U8", "$util.time.parseISO8601ToEpochMilliSeconds was given no ISO 8601 time: null is assumed");
            Value::Null
        }
    })
}

fn to_seconds(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::long(long(args).div_euclid(1000)))
}

fn to_iso(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(iso(env, long(args)))
}
