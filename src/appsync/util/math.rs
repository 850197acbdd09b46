//! `$util.math` (APPSYNC-VTL 1.12).

use super::{Env, Function, JavaError, Overload, Status, Type, UtilError, overload};
use crate::code::Code;
use crate::value::{Number, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "roundNum",
        &[overload("(Double) -> Integer", &[Type::Number], round)],
        "To the nearest integer, halves up.",
        "$util.math.roundNum(2.4) -> 2",
    ),
    function(
        "minVal",
        &[overload("(Double, Double) -> Double", &[Type::Number, Type::Number], min)],
        "The smaller one, as a Double.",
        "$util.math.minVal(1.5, 2.0) -> 1.5",
    ),
    function(
        "maxVal",
        &[overload("(Double, Double) -> Double", &[Type::Number, Type::Number], max)],
        "The larger one, as a Double.",
        "$util.math.maxVal(1.5, 2.0) -> 2.0",
    ),
    function(
        "randomDouble",
        &[overload("() -> Double", &[], random)],
        "At least 0, below 1; from --seed.",
        "$util.math.randomDouble() -> random",
    ),
    function(
        "randomWithinRange",
        &[overload("(Integer, Integer) -> Integer", &[Type::Integer, Type::Integer], within)],
        "At least the first, below the second (note U32); from --seed.",
        "$util.math.randomWithinRange(1, 7) -> random",
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util.math", name, overloads, summary, example, status: Status::Documented, source: "1.12" }
}

fn number(env: &mut Env, args: &[Value], at: usize) -> Result<f64, UtilError> {
    match &args[at] {
        Value::Number(number) => {
            if !matches!(number, Number::Double(_)) {
                env.note(
                    Code::U32,
                    "$util.math is documented for Double and was given another number: it is taken as a Double",
                );
            }
            Ok(number.double_value())
        }
        _ => Err(JavaError::new("java.lang.NullPointerException", "a number is null").into()),
    }
}

fn round(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let number = number(env, args, 0)?;
    let below = number.floor();
    let rest = number - below;
    if rest == 0.5 {
        env.note(Code::U32, "$util.math.roundNum was given a half: it is taken to round up, as Java's Math.round");
    }
    Ok(Value::int(if rest < 0.5 { below } else { below + 1.0 } as i32))
}

fn min(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::double(number(env, args, 0)?.min(number(env, args, 1)?)))
}

fn max(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::double(number(env, args, 0)?.max(number(env, args, 1)?)))
}

fn random(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    Ok(Value::double((env.random() >> 11) as f64 / (1_u64 << 53) as f64))
}

fn within(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let (Value::Number(low), Value::Number(high)) = (&args[0], &args[1]) else {
        return Err(JavaError::new("java.lang.NullPointerException", "a bound is null").into());
    };
    env.note(Code::U32, "$util.math.randomWithinRange is taken to exclude its upper bound");
    let (low, span) = (low.long_value(), high.long_value() - low.long_value());
    let offset = if span > 0 { (env.random() % span as u64) as i64 } else { 0 };
    Ok(Value::int((low + offset) as i32))
}
