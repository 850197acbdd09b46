//! `$util.log` (APPSYNC-VTL 1.7).

use super::{Env, Function, Overload, Status, Type, UtilError, overload, void};
use crate::code::Code;
use crate::value::{Value, ledger};

/// Bytes of log that one request keeps (APPSYNC-VTL 1.7).
const MOST_LOGGED: usize = 1 << 20;

pub(super) static FUNCTIONS: &[Function] = &[
    function("info", &forms(info), r#"$util.log.info("id {}", 7) -> "#),
    function("debug", &forms(debug), r#"$util.log.debug("id {}", 7) -> "#),
    function("error", &forms(error), r#"$util.log.error("id {}", 7) -> "#),
];

const fn forms(call: super::Call) -> [Overload; 2] {
    let format =
        Overload { params: &[Type::String, Type::Any], variadic: true, signature: "(String, Object...) -> void", call };
    [overload("(Object) -> void", &[Type::Any], call), format]
}

const fn function(name: &'static str, overloads: &'static [Overload], example: &'static str) -> Function {
    Function {
        namespace: "util.log",
        name,
        overloads,
        summary: "Writes a line to the log; each {} takes the next argument as Java text.",
        example,
        status: Status::Documented,
        source: "1.7",
    }
}

fn info(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(write(env, "INFO", args))
}

fn debug(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(write(env, "DEBUG", args))
}

fn error(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(write(env, "ERROR", args))
}

fn write(env: &mut Env, level: &str, args: &[Value]) -> Value {
    let Some((first, rest)) = args.split_first() else { return void() };
    let first = first.to_string();
    let mut parts = first.split("{}");
    let mut line = format!("{level} {}", parts.next().unwrap_or(""));
    let mut values = rest.iter();
    for part in parts {
        line += &values.next().map_or("{}".to_owned(), Value::to_string);
        line += part;
        ledger::bytes(line.len());
        if line.len() > MOST_LOGGED || ledger::spent().is_some() {
            break;
        }
    }
    let left = MOST_LOGGED.saturating_sub(env.logged);
    if line.len() > left {
        env.note(Code::LogCut, "a request's logs are cut off at 1 MB");
        let end = (0..=left).rev().find(|at| line.is_char_boundary(*at));
        line.truncate(end.unwrap_or_default());
    }
    if left > 0 {
        env.logged += line.len();
        env.logs.push(line);
    }
    void()
}
