//! `$util.time` (APPSYNC-VTL 1.9): the clock is the environment's.

use crate::message::{Message, Part};
use super::time_format::PatternError;
use super::time_format::{Pattern, Zone};
use super::{Env, Function, Overload, Status, Type, UtilError, overload, text};
use crate::code::Code;
use crate::value::{Number, Value, ledger};
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
    function(
        "nowFormatted",
        &[
            overload("(String) -> String", &[Type::String], now_formatted),
            overload("(String, String) -> String", &[Type::String, Type::String], now_formatted),
        ],
        "Now in a pattern of Java's DateTimeFormatter, in UTC or in a zone such as +08:00 or Australia/Perth.",
        r#"$util.time.nowFormatted("yyyy-MM-dd HH:mm:ssZ") -> 2018-02-06 19:01:35+0000"#,
    ),
    function(
        "parseFormattedToEpochMilliSeconds",
        &[
            overload("(String, String) -> Long", &[Type::String, Type::String], parse_formatted),
            overload("(String, String, String) -> Long", &[Type::String, Type::String, Type::String], parse_formatted),
        ],
        "Milliseconds since 1970 of a text in a pattern; the zone stands in the text or is the third argument.",
        r#"$util.time.parseFormattedToEpochMilliSeconds("2018-02-02 01:19:22+0800", "yyyy-MM-dd HH:mm:ssZ") -> 1517505562000"#,
    ),
    function(
        "epochMilliSecondsToFormatted",
        &[
            overload("(long, String) -> String", &[Type::Long, Type::String], to_formatted),
            overload("(long, String, String) -> String", &[Type::Long, Type::String, Type::String], to_formatted),
        ],
        "A time in a pattern, in UTC or in a zone.",
        r#"$util.time.epochMilliSecondsToFormatted(1517943695750, "yyyy-MM-dd HH:mm:ssZ") -> 2018-02-06 19:01:35+0000"#,
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

/// The work of reading or writing a time, in steps.
const A_TIME: u64 = 10;

fn iso(env: &mut Env, millis: i64) -> Value {
    ledger::work(A_TIME);
    match Timestamp::from_millisecond(millis) {
        Ok(time) => Value::string(time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()),
        Err(_) => {
            env.note(Code::U8, Message::of(
                "{} milliseconds are out of the calendar's range: null is assumed",
                [Part::Value(millis.to_string())],
            ));
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
    ledger::work(A_TIME);
    Ok(match text(args, 0).parse::<Timestamp>() {
        Ok(time) => Value::long(time.as_millisecond()),
        Err(_) => {
            env.note(
                Code::U8,
                "$util.time.parseISO8601ToEpochMilliSeconds was given no ISO 8601 time: null is assumed",
            );
            Value::Null
        }
    })
}

fn to_seconds(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::long(long(args).div_euclid(1000)))
}

fn to_iso(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    if long(args).rem_euclid(1000) == 0 {
        super::unverified(env, "$util.time.epochMilliSecondsToISO8601 is taken to show milliseconds that are zero");
    }
    Ok(iso(env, long(args)))
}

fn now_formatted(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let now = env.now_millis;
    let written = formatted(now, text(args, 0), args.get(1));
    Ok(or_null(env, written))
}

fn to_formatted(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let written = formatted(long(args), text(args, 1), args.get(2));
    Ok(or_null(env, written))
}

fn formatted(millis: i64, pattern: &str, name: Option<&Value>) -> Result<Value, PatternError> {
    ledger::work(A_TIME);
    let time = Timestamp::from_millisecond(millis).map_err(|error| error.to_string())?;
    let zone = Zone::parse(name.and_then(Value::as_str).unwrap_or("Z"))?;
    Ok(Value::string(Pattern::parse(pattern)?.format(&time.to_zoned_datetime(zone.rules.clone()), &zone)?))
}

fn parse_formatted(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    ledger::work(A_TIME);
    let read = || {
        let zone = args.get(2).and_then(Value::as_str).map(Zone::parse).transpose()?;
        let time = Pattern::parse(text(args, 1))?.read(text(args, 0), zone.as_ref())?;
        Ok(Value::long(time.as_millisecond()))
    };
    let read = read();
    Ok(or_null(env, read))
}

/// What AppSync does with a bad pattern, zone or text is not verified: null is our choice.
fn or_null(env: &mut Env, result: Result<Value, PatternError>) -> Value {
    result.unwrap_or_else(|message| {
        env.note(Code::U8, Message::of("$util.time: {}: null is assumed", [Part::Text(message.to_string())]));
        Value::Null
    })
}
