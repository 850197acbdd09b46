//! `java.math.BigInteger` and `BigDecimal`: their commonest methods.

use super::Method as M;
use super::args::long_arg;
use super::{MethodOutcome, Stop, give, int, int_arg, non_null};
use crate::value::number::MAX_BITS;
use crate::value::{JavaError, Number, Value};
use bigdecimal::BigDecimal;
use num_bigint::{BigInt, Sign};
use std::rc::Rc;

pub(super) const METHODS: &[super::Entry] = &[
    (M::Abs, &[0]),
    (M::Add, &[1]),
    (M::ByteValue, &[0]),
    (M::CompareTo, &[1]),
    (M::Divide, &[1]),
    (M::DoubleValue, &[0]),
    (M::Equals, &[1]),
    (M::FloatValue, &[0]),
    (M::HashCode, &[0]),
    (M::IntValue, &[0]),
    (M::LongValue, &[0]),
    (M::Max, &[1]),
    (M::Min, &[1]),
    (M::Mod, &[1]),
    (M::Multiply, &[1]),
    (M::Negate, &[0]),
    (M::Remainder, &[1]),
    (M::ShortValue, &[0]),
    (M::Signum, &[0]),
    (M::Subtract, &[1]),
    (M::ToString, &[0, 1]),
    (M::ValueOf, &[1]),
];

pub(super) fn integer(value: &BigInt, method: M, args: &[Value]) -> MethodOutcome {
    let big = |value: BigInt| give(Value::Number(Number::BigInteger(Rc::new(value))));
    match (method, args) {
        (M::Negate, []) => return big(-value),
        (M::Abs, []) => return big(BigInt::from(value.magnitude().clone())),
        (M::Signum, []) => return int(signum(value.sign())),
        (M::ValueOf, [value]) => return big(BigInt::from(long_arg(value)?)),
        (M::ToString, [radix]) => {
            let radix = u32::try_from(int_arg(radix)?).ok().filter(|radix| (2..=36).contains(radix)).unwrap_or(10);
            return give(Value::string(value.to_str_radix(radix)));
        }
        (M::Add | M::Subtract | M::Multiply | M::Divide | M::Remainder | M::Mod | M::Max | M::Min, [_]) => {}
        _ => return Err(Stop::Missing),
    }
    let other = match args {
        [Value::Number(Number::BigInteger(other))] => other.as_ref(),
        [Value::Null] => return Ok(non_null(None, r#"Cannot read field "signum" because "val" is null"#)?),
        _ => return Err(Stop::Missing),
    };
    let arithmetic = |message: &str| Err(JavaError::new("java.lang.ArithmeticException", message).into());
    match method {
        M::Add => big(value + other),
        M::Subtract => big(value - other),
        M::Multiply if value.bits().saturating_add(other.bits()) > MAX_BITS => {
            arithmetic("BigInteger would overflow supported range")
        }
        M::Multiply => big(value * other),
        M::Max => big(value.max(other).clone()),
        M::Min => big(value.min(other).clone()),
        M::Mod if other.sign() != Sign::Plus => arithmetic("BigInteger: modulus not positive"),
        _ if other.sign() == Sign::NoSign => arithmetic("BigInteger divide by zero"),
        M::Divide => big(value / other),
        M::Mod => big(((value % other) + other) % other),
        _ => big(value % other),
    }
}

pub(super) fn decimal(value: &BigDecimal, method: M, args: &[Value]) -> MethodOutcome {
    let big = |value: BigDecimal| give(Value::Number(Number::BigDecimal(Rc::new(value))));
    match (method, args) {
        // Of a `MathContext`, which no template has.
        (M::Negate | M::Abs, [Value::Null]) => return Ok(non_null(None, "")?),
        (M::Negate, []) => return big(-value),
        (M::Abs, []) => return big(value.abs()),
        (M::Signum, []) => return int(signum(value.sign())),
        (M::Add | M::Subtract | M::Multiply | M::Max | M::Min, [_]) => {}
        _ => return Err(Stop::Missing),
    }
    let other = match args {
        [Value::Number(Number::BigDecimal(other))] => other.as_ref(),
        [Value::Null] => return Ok(non_null(None, "")?),
        _ => return Err(Stop::Missing),
    };
    let (left, right) = (Number::BigDecimal(Rc::new(value.clone())), Number::BigDecimal(Rc::new(other.clone())));
    let result = match method {
        M::Add => left.add(&right),
        M::Subtract => left.subtract(&right),
        M::Multiply => left.multiply(&right),
        M::Max => Ok(if value >= other { left } else { right }),
        _ => Ok(if value <= other { left } else { right }),
    };
    give(result.map_err(|error| JavaError::new("java.lang.ArithmeticException", error.to_string()))?)
}

fn signum(sign: Sign) -> i32 {
    match sign {
        Sign::Minus => -1,
        Sign::NoSign => 0,
        Sign::Plus => 1,
    }
}
