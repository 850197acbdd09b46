//! `Integer`, `Long`, `Double`, `BigInteger`, `BigDecimal` and `Boolean`, with the static methods that a template can
//! reach through a value: `$x.parseInt("5")`.

use super::Method as M;
use super::{Outcome, Stop, class_cast, give, int, int_arg, non_null, object, sign, text_arg, to_text};
use crate::value::{JavaError, Number, Value};
use bigdecimal::BigDecimal;
use num_bigint::{BigInt, Sign};
use std::cmp::Ordering;
use std::rc::Rc;

pub(super) const INTEGER_METHODS: &[super::Entry] = &[
    (M::ByteValue, &[0]),
    (M::Compare, &[2]),
    (M::CompareTo, &[1]),
    (M::DoubleValue, &[0]),
    (M::Equals, &[1]),
    (M::HashCode, &[0, 1]),
    (M::IntValue, &[0]),
    (M::LongValue, &[0]),
    (M::Max, &[2]),
    (M::Min, &[2]),
    (M::ParseInt, &[1, 2]),
    (M::ShortValue, &[0]),
    (M::Signum, &[1]),
    (M::Sum, &[2]),
    (M::ToBinaryString, &[1]),
    (M::ToHexString, &[1]),
    (M::ToOctalString, &[1]),
    (M::ToString, &[0, 1, 2]),
    (M::ValueOf, &[1, 2]),
];

pub(super) const LONG_METHODS: &[super::Entry] = &[
    (M::ByteValue, &[0]),
    (M::Compare, &[2]),
    (M::CompareTo, &[1]),
    (M::DoubleValue, &[0]),
    (M::Equals, &[1]),
    (M::HashCode, &[0, 1]),
    (M::IntValue, &[0]),
    (M::LongValue, &[0]),
    (M::Max, &[2]),
    (M::Min, &[2]),
    (M::ParseLong, &[1, 2]),
    (M::ShortValue, &[0]),
    (M::Signum, &[1]),
    (M::Sum, &[2]),
    (M::ToBinaryString, &[1]),
    (M::ToHexString, &[1]),
    (M::ToOctalString, &[1]),
    (M::ToString, &[0, 1, 2]),
    (M::ValueOf, &[1, 2]),
];

pub(super) const DOUBLE_METHODS: &[super::Entry] = &[
    (M::ByteValue, &[0]),
    (M::Compare, &[2]),
    (M::CompareTo, &[1]),
    (M::DoubleValue, &[0]),
    (M::Equals, &[1]),
    (M::HashCode, &[0, 1]),
    (M::IntValue, &[0]),
    (M::IsFinite, &[1]),
    (M::IsInfinite, &[0, 1]),
    (M::IsNaN, &[0, 1]),
    (M::LongValue, &[0]),
    (M::Max, &[2]),
    (M::Min, &[2]),
    (M::ParseDouble, &[1]),
    (M::ShortValue, &[0]),
    (M::Sum, &[2]),
    (M::ToString, &[0, 1]),
    (M::ValueOf, &[1]),
];

pub(super) const BIG_METHODS: &[super::Entry] = &[
    (M::Abs, &[0]),
    (M::Add, &[1]),
    (M::ByteValue, &[0]),
    (M::CompareTo, &[1]),
    (M::Divide, &[1]),
    (M::DoubleValue, &[0]),
    (M::Equals, &[1]),
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
    (M::ToString, &[0]),
    (M::ValueOf, &[1]),
];

pub(super) const BOOLEAN_METHODS: &[super::Entry] = &[
    (M::BooleanValue, &[0]),
    (M::Compare, &[2]),
    (M::CompareTo, &[1]),
    (M::Equals, &[1]),
    (M::HashCode, &[0, 1]),
    (M::ParseBoolean, &[1]),
    (M::ToString, &[0, 1]),
    (M::ValueOf, &[1]),
];

/// The longest `BigInteger` that multiplication may make, in bits.
const MAX_BITS: u64 = 1_000_000;

pub(super) fn call(number: &Number, method: M, args: &[Value]) -> Outcome {
    match (method, args) {
        (M::IntValue, []) => int(number.int_value()),
        (M::LongValue, []) => give(Value::long(number.long_value())),
        (M::DoubleValue, []) => give(Value::double(number.double_value())),
        // Java narrows a Double to an int first, all others bit by bit.
        (M::ByteValue, []) => int(i32::from(number.int_value() as i8)),
        (M::ShortValue, []) => int(i32::from(number.int_value() as i16)),
        (M::CompareTo, [other]) => compare_to(number, other),
        (M::Equals, [_]) | (M::HashCode | M::ToString, []) => object(&Value::Number(number.clone()), method, args),
        _ => match number {
            Number::Integer(_) => integer(method, args),
            Number::Long(_) => long(method, args),
            Number::Double(value) => double(*value, method, args),
            Number::BigInteger(value) => big_integer(value, method, args),
            Number::BigDecimal(value) => big_decimal(value, method, args),
        },
    }
}

fn compare_to(number: &Number, other: &Value) -> Outcome {
    let parameter = match number {
        Number::Integer(_) => r#"Cannot read field "value" because "anotherInteger" is null"#,
        Number::Long(_) => r#"Cannot read field "value" because "anotherLong" is null"#,
        Number::Double(_) => r#"Cannot read field "value" because "anotherDouble" is null"#,
        Number::BigInteger(_) | Number::BigDecimal(_) => r#"Cannot read field "signum" because "val" is null"#,
    };
    match (number, other) {
        (_, Value::Null) => Ok(non_null(None, parameter)?),
        (Number::Integer(left), Value::Number(Number::Integer(right))) => int(sign(left.cmp(right))),
        (Number::Long(left), Value::Number(Number::Long(right))) => int(sign(left.cmp(right))),
        (Number::Double(left), Value::Number(Number::Double(right))) => int(sign(compare_doubles(*left, *right))),
        (Number::BigInteger(left), Value::Number(Number::BigInteger(right))) => int(sign(left.cmp(right))),
        (Number::BigDecimal(left), Value::Number(Number::BigDecimal(right))) => int(sign(left.cmp(right))),
        _ => Err(class_cast(other, number.class_name()).into()),
    }
}

/// `Double.compare`: `-0.0` below `0.0`, `NaN` equal to itself and above all.
fn compare_doubles(left: f64, right: f64) -> Ordering {
    match (left.is_nan(), right.is_nan()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => left.total_cmp(&right),
    }
}

/// An argument for a parameter of type `long`.
fn long_arg(value: &Value) -> Result<i64, Stop> {
    match value {
        Value::Number(Number::Integer(value)) => Ok(i64::from(*value)),
        Value::Number(Number::Long(value)) => Ok(*value),
        _ => Err(Stop::Missing),
    }
}

/// An argument for a parameter of type `double`.
fn double_arg(value: &Value) -> Result<f64, Stop> {
    match value {
        Value::Number(Number::Double(value)) => Ok(*value),
        other => long_arg(other).map(|value| value as f64),
    }
}

fn bool_arg(value: &Value) -> Result<bool, Stop> {
    match value {
        Value::Boolean(value) => Ok(*value),
        _ => Err(Stop::Missing),
    }
}

/// The static methods of `Integer`.
fn integer(method: M, args: &[Value]) -> Outcome {
    match (method, args) {
        (M::ValueOf, [Value::Number(value)]) => int(int_arg(&Value::Number(value.clone()))?),
        (M::ParseInt | M::ValueOf, [text]) => parse_int(text_arg(text)?, 10),
        (M::ParseInt | M::ValueOf, [text, radix]) => parse_int(text_arg(text)?, int_arg(radix)?),
        (M::Max, [left, right]) => int(int_arg(left)?.max(int_arg(right)?)),
        (M::Min, [left, right]) => int(int_arg(left)?.min(int_arg(right)?)),
        (M::Sum, [left, right]) => int(int_arg(left)?.wrapping_add(int_arg(right)?)),
        (M::Compare, [left, right]) => int(sign(int_arg(left)?.cmp(&int_arg(right)?))),
        (M::Signum, [value]) => int(int_arg(value)?.signum()),
        (M::HashCode, [value]) => int(int_arg(value)?),
        (M::ToBinaryString, [value]) => give(Value::string(format!("{:b}", int_arg(value)?))),
        (M::ToHexString, [value]) => give(Value::string(format!("{:x}", int_arg(value)?))),
        (M::ToOctalString, [value]) => give(Value::string(format!("{:o}", int_arg(value)?))),
        (M::ToString, [value]) => give(Value::string(int_arg(value)?.to_string())),
        (M::ToString, [value, radix]) => to_string(i64::from(int_arg(value)?), int_arg(radix)?),
        _ => Err(Stop::Missing),
    }
}

/// The static methods of `Long`.
fn long(method: M, args: &[Value]) -> Outcome {
    match (method, args) {
        (M::ValueOf, [value @ Value::Number(_)]) => give(Value::long(long_arg(value)?)),
        (M::ParseLong | M::ValueOf, [text]) => parse_long(text_arg(text)?, 10),
        (M::ParseLong | M::ValueOf, [text, radix]) => parse_long(text_arg(text)?, int_arg(radix)?),
        (M::Max, [left, right]) => give(Value::long(long_arg(left)?.max(long_arg(right)?))),
        (M::Min, [left, right]) => give(Value::long(long_arg(left)?.min(long_arg(right)?))),
        (M::Sum, [left, right]) => give(Value::long(long_arg(left)?.wrapping_add(long_arg(right)?))),
        (M::Compare, [left, right]) => int(sign(long_arg(left)?.cmp(&long_arg(right)?))),
        (M::Signum, [value]) => int(sign(long_arg(value)?.cmp(&0))),
        (M::HashCode, [value]) => int(Number::Long(long_arg(value)?).java_hash()),
        (M::ToBinaryString, [value]) => give(Value::string(format!("{:b}", long_arg(value)?))),
        (M::ToHexString, [value]) => give(Value::string(format!("{:x}", long_arg(value)?))),
        (M::ToOctalString, [value]) => give(Value::string(format!("{:o}", long_arg(value)?))),
        (M::ToString, [value]) => give(Value::string(long_arg(value)?.to_string())),
        (M::ToString, [value, radix]) => to_string(long_arg(value)?, int_arg(radix)?),
        _ => Err(Stop::Missing),
    }
}

/// The methods of `Double` that other numbers have not.
fn double(value: f64, method: M, args: &[Value]) -> Outcome {
    match (method, args) {
        (M::IsNaN, []) => give(value.is_nan()),
        (M::IsInfinite, []) => give(value.is_infinite()),
        (M::IsNaN, [value]) => give(double_arg(value)?.is_nan()),
        (M::IsInfinite, [value]) => give(double_arg(value)?.is_infinite()),
        (M::IsFinite, [value]) => give(double_arg(value)?.is_finite()),
        (M::ValueOf, [value @ Value::Number(_)]) => give(Value::double(double_arg(value)?)),
        (M::ParseDouble | M::ValueOf, [text]) => parse_double(text_arg(text)?),
        (M::Max, [left, right]) => extreme(double_arg(left)?, double_arg(right)?, Ordering::Greater),
        (M::Min, [left, right]) => extreme(double_arg(left)?, double_arg(right)?, Ordering::Less),
        (M::Sum, [left, right]) => give(Value::double(double_arg(left)? + double_arg(right)?)),
        (M::Compare, [left, right]) => int(sign(compare_doubles(double_arg(left)?, double_arg(right)?))),
        (M::HashCode, [value]) => int(Number::Double(double_arg(value)?).java_hash()),
        (M::ToString, [value]) => give(Value::String(to_text(&Value::double(double_arg(value)?))?)),
        _ => Err(Stop::Missing),
    }
}

/// `Math.max` and `Math.min`: `NaN` if either is, and `-0.0` is less than `0.0`.
fn extreme(left: f64, right: f64, wanted: Ordering) -> Outcome {
    let chosen = match left.is_nan() || right.is_nan() {
        true => f64::NAN,
        false if left.total_cmp(&right) == wanted => left,
        false => right,
    };
    give(Value::double(chosen))
}

fn big_integer(value: &BigInt, method: M, args: &[Value]) -> Outcome {
    let big = |value: BigInt| give(Value::Number(Number::BigInteger(Rc::new(value))));
    match (method, args) {
        (M::Negate, []) => return big(-value),
        (M::Abs, []) => return big(BigInt::from(value.magnitude().clone())),
        (M::Signum, []) => return int(signum(value.sign())),
        (M::ValueOf, [value]) => return big(BigInt::from(long_arg(value)?)),
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

fn big_decimal(value: &BigDecimal, method: M, args: &[Value]) -> Outcome {
    let big = |value: BigDecimal| give(Value::Number(Number::BigDecimal(Rc::new(value))));
    match (method, args) {
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
    // Adding lines both up to one scale: 1e999999999 + 1 would be a number of a thousand million digits.
    let (scale, other_scale) = (value.fractional_digit_count(), other.fractional_digit_count());
    let digits = value.digits().max(other.digits()).saturating_add(scale.abs_diff(other_scale));
    if matches!(method, M::Add | M::Subtract | M::Multiply) && digits > MAX_BITS / 4 {
        return Err(JavaError::new("java.lang.ArithmeticException", "Overflow").into());
    }
    match method {
        M::Add => big(value + other),
        M::Subtract => big(value - other),
        M::Multiply => big(value * other),
        M::Max => big(if value >= other { value.clone() } else { other.clone() }),
        _ => big(if value <= other { value.clone() } else { other.clone() }),
    }
}

fn signum(sign: Sign) -> i32 {
    match sign {
        Sign::Minus => -1,
        Sign::NoSign => 0,
        Sign::Plus => 1,
    }
}

pub(super) fn call_boolean(value: bool, method: M, args: &[Value]) -> Outcome {
    let is_true = |text: Option<&str>| text.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    match (method, args) {
        (M::BooleanValue, []) => give(value),
        (M::CompareTo, [other]) => match other {
            Value::Boolean(other) => int(sign(value.cmp(other))),
            Value::Null => Ok(non_null(None, r#"Cannot read field "value" because "b" is null"#)?),
            other => Err(class_cast(other, "java.lang.Boolean").into()),
        },
        (M::ValueOf, [Value::Boolean(value)]) => give(*value),
        (M::ParseBoolean | M::ValueOf, [text]) => give(is_true(text_arg(text)?)),
        (M::Compare, [left, right]) => int(sign(bool_arg(left)?.cmp(&bool_arg(right)?))),
        (M::HashCode, [value]) => int(if bool_arg(value)? { 1231 } else { 1237 }),
        (M::ToString, [value]) => give(if bool_arg(value)? { "true" } else { "false" }),
        _ => object(&Value::Boolean(value), method, args),
    }
}

fn number_format(message: impl Into<String>) -> Stop {
    JavaError::new("java.lang.NumberFormatException", message).into()
}

fn parse_int(text: Option<&str>, radix: i32) -> Outcome {
    let (text, radix) = to_parse(text, radix)?;
    let value = digits(text, radix).and_then(|value| i32::try_from(value).ok());
    int(value.ok_or_else(|| bad_input(text, radix))?)
}

fn parse_long(text: Option<&str>, radix: i32) -> Outcome {
    let (text, radix) = to_parse(text, radix)?;
    let value = digits(text, radix).and_then(|value| i64::try_from(value).ok());
    give(Value::long(value.ok_or_else(|| bad_input(text, radix))?))
}

/// Checks what Java checks before it looks at the digits.
fn to_parse(text: Option<&str>, radix: i32) -> Result<(&str, u32), Stop> {
    let text = text.ok_or_else(|| number_format("Cannot parse null string"))?;
    match u32::try_from(radix) {
        Ok(valid @ 2..=36) => Ok((text, valid)),
        _ if radix < 2 => Err(number_format(format!("radix {radix} less than Character.MIN_RADIX"))),
        _ => Err(number_format(format!("radix {radix} greater than Character.MAX_RADIX"))),
    }
}

fn bad_input(text: &str, radix: u32) -> Stop {
    let under = if radix == 10 || text.is_empty() { String::new() } else { format!(" under radix {radix}") };
    number_format(format!("For input string: \"{text}\"{under}"))
}

/// The value of a sign and digits.
fn digits(text: &str, radix: u32) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    let mut sum = 0i128;
    for character in digits.chars() {
        sum = sum.checked_mul(i128::from(radix))?.checked_add(i128::from(digit(character, radix)?))?;
    }
    Some(if negative { -sum } else { sum })
}

/// `Character.digit`: also the digits of other scripts.
fn digit(character: char, radix: u32) -> Option<u32> {
    const ZEROS: [char; 12] = [
        '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{e50}',
        '\u{17e0}', '\u{ff10}',
    ];
    if character.is_ascii() {
        return character.to_digit(radix);
    }
    let value = ZEROS.iter().find_map(|zero| (character as u32).checked_sub(*zero as u32).filter(|value| *value < 10));
    value.filter(|value| *value < radix)
}

fn to_string(value: i64, radix: i32) -> Outcome {
    // Java takes 10 for a radix that it does not know.
    let radix = u64::try_from(radix).ok().filter(|radix| (2..=36).contains(radix)).unwrap_or(10);
    let mut rest = value.unsigned_abs();
    let mut out = Vec::new();
    loop {
        out.push(u32::try_from(rest % radix).ok().and_then(|digit| char::from_digit(digit, 36)).unwrap_or('0'));
        rest /= radix;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    give(Value::string(out.into_iter().rev().collect::<String>()))
}

fn parse_double(text: Option<&str>) -> Outcome {
    let text = non_null(text, r#"Cannot invoke "String.trim()" because "in" is null"#)?;
    let text = text.trim_matches(|character: char| character <= ' ');
    if text.is_empty() {
        return Err(number_format("empty String"));
    }
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = match rest {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        _ => {
            let hexadecimal = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X"));
            let bare = |text| <str>::strip_suffix(text, ['d', 'D', 'f', 'F']).unwrap_or(text);
            match hexadecimal {
                Some(rest) => hexadecimal_double(bare(rest)),
                // Rust also reads words such as `inf`; Java wants digits.
                None if rest.starts_with(|first: char| first.is_ascii_digit() || first == '.') => {
                    bare(rest).parse().ok()
                }
                None => None,
            }
        }
    };
    match value {
        Some(value) => give(Value::double(if negative { -value } else { value })),
        None => Err(number_format(format!("For input string: \"{text}\""))),
    }
}

/// What follows `0x` in a hexadecimal floating point number: digits, a point, `p` and a power of two.
fn hexadecimal_double(text: &str) -> Option<f64> {
    let (mantissa, power) = text.split_once(['p', 'P'])?;
    let power: i32 = power.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0;
    for character in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(character.to_digit(16)?);
    }
    let places = i32::try_from(fraction.len()).ok()?.checked_mul(4)?;
    Some(value * 2f64.powi(power.checked_sub(places)?))
}

#[cfg(test)]
mod tests {
    /// What Apache Velocity 1.7 on Java 17 answered.
    const ANSWERS: &str = r##"
5 ¦  ¦ toString ¦  ¦ <String:5>
5 ¦  ¦ hashCode ¦  ¦ <Integer:5>
5 ¦  ¦ intValue ¦  ¦ <Integer:5>
5 ¦  ¦ longValue ¦  ¦ <Long:5>
5 ¦  ¦ doubleValue ¦  ¦ <Double:5.0>
5 ¦  ¦ byteValue ¦  ¦ <Integer:5>
5 ¦  ¦ shortValue ¦  ¦ <Integer:5>
5 ¦  ¦ nope ¦  ¦ <none>
5 ¦  ¦ equals ¦ 5 ¦ <Boolean:true>
5 ¦  ¦ equals ¦ 5.0 ¦ <Boolean:false>
5 ¦  ¦ equals ¦ 3000000000 ¦ <Boolean:false>
5 ¦  ¦ equals ¦ "5" ¦ <Boolean:false>
5 ¦  ¦ equals ¦ null ¦ <Boolean:false>
5 ¦  ¦ compareTo ¦ 6 ¦ <Integer:-1>
5 ¦  ¦ compareTo ¦ 5 ¦ <Integer:0>
5 ¦  ¦ compareTo ¦ 4 ¦ <Integer:1>
5 ¦  ¦ compareTo ¦ 5.0
    ¦ <!java.lang.ClassCastException: class java.lang.Double cannot be cast to class java.lang.Integer…>
5 ¦  ¦ compareTo ¦ null
    ¦ <!java.lang.NullPointerException: Cannot read field "value" because "anotherInteger" is null>
5 ¦  ¦ compareTo ¦ 3000000000
    ¦ <!java.lang.ClassCastException: class java.lang.Long cannot be cast to class java.lang.Integer (…>
5 ¦  ¦ parseInt ¦ "42" ¦ <Integer:42>
5 ¦  ¦ parseInt ¦ "-42" ¦ <Integer:-42>
5 ¦  ¦ parseInt ¦ "+42" ¦ <Integer:42>
5 ¦  ¦ parseInt ¦ "x" ¦ <!java.lang.NumberFormatException: For input string: "x">
5 ¦  ¦ parseInt ¦ "" ¦ <!java.lang.NumberFormatException: For input string: "">
5 ¦  ¦ parseInt ¦ " 5" ¦ <!java.lang.NumberFormatException: For input string: " 5">
5 ¦  ¦ parseInt ¦ "5.0" ¦ <!java.lang.NumberFormatException: For input string: "5.0">
5 ¦  ¦ parseInt ¦ "2147483648" ¦ <!java.lang.NumberFormatException: For input string: "2147483648">
5 ¦  ¦ parseInt ¦ "-2147483648" ¦ <Integer:-2147483648>
5 ¦  ¦ parseInt ¦ null ¦ <!java.lang.NumberFormatException: Cannot parse null string>
5 ¦  ¦ parseInt ¦ 5 ¦ <none>
5 ¦  ¦ parseInt ¦ "ff", 16 ¦ <Integer:255>
5 ¦  ¦ parseInt ¦ "zz", 36 ¦ <Integer:1295>
5 ¦  ¦ parseInt ¦ "9", 8 ¦ <!java.lang.NumberFormatException: For input string: "9" under radix 8>
5 ¦  ¦ parseInt ¦ "1", 1 ¦ <!java.lang.NumberFormatException: radix 1 less than Character.MIN_RADIX>
5 ¦  ¦ parseInt ¦ "1", 99 ¦ <!java.lang.NumberFormatException: radix 99 greater than Character.MAX_RADIX>
5 ¦  ¦ parseInt ¦ "-" ¦ <!java.lang.NumberFormatException: For input string: "-">
5 ¦  ¦ parseInt ¦ "+" ¦ <!java.lang.NumberFormatException: For input string: "+">
5 ¦  ¦ parseInt ¦ "\u0661" ¦ <Integer:1>
5 ¦  ¦ parseInt ¦ "99999999999" ¦ <!java.lang.NumberFormatException: For input string: "99999999999">
5 ¦  ¦ valueOf ¦ "42" ¦ <Integer:42>
5 ¦  ¦ valueOf ¦ 7 ¦ <Integer:7>
5 ¦  ¦ valueOf ¦ "x" ¦ <!java.lang.NumberFormatException: For input string: "x">
5 ¦  ¦ valueOf ¦ null ¦ <!java.lang.NumberFormatException: Cannot parse null string>
5 ¦  ¦ valueOf ¦ "ff", 16 ¦ <Integer:255>
5 ¦  ¦ valueOf ¦ 3000000000 ¦ <none>
5 ¦  ¦ valueOf ¦ 1.5 ¦ <none>
5 ¦  ¦ toBinaryString ¦ 10 ¦ <String:1010>
5 ¦  ¦ toBinaryString ¦ -1 ¦ <String:11111111111111111111111111111111>
5 ¦  ¦ toHexString ¦ 255 ¦ <String:ff>
5 ¦  ¦ toHexString ¦ -1 ¦ <String:ffffffff>
5 ¦  ¦ toOctalString ¦ 8 ¦ <String:10>
5 ¦  ¦ max ¦ 1, 2 ¦ <Integer:2>
5 ¦  ¦ min ¦ 1, 2 ¦ <Integer:1>
5 ¦  ¦ sum ¦ 1, 2 ¦ <Integer:3>
5 ¦  ¦ max ¦ 1, 3000000000 ¦ <none>
5 ¦  ¦ max ¦ 1.0, 2 ¦ <none>
5 ¦  ¦ sum ¦ 2147483647, 1 ¦ <Integer:-2147483648>
5 ¦  ¦ toString ¦ 7 ¦ <String:7>
5 ¦  ¦ toString ¦ 255, 16 ¦ <String:ff>
5 ¦  ¦ signum ¦ -3 ¦ <Integer:-1>
5 ¦  ¦ abs ¦ -3 ¦ <none>
5 ¦  ¦ compare ¦ 1, 2 ¦ <Integer:-1>
5 ¦  ¦ compare ¦ 1, 1 ¦ <Integer:0>
5 ¦  ¦ parseLong ¦ "5" ¦ <none>
5 ¦  ¦ parseDouble ¦ "5" ¦ <none>
5 ¦  ¦ isNaN ¦  ¦ <none>
5 ¦  ¦ hashCode ¦ 9 ¦ <Integer:9>
-3 ¦  ¦ toString ¦  ¦ <String:-3>
-3 ¦  ¦ hashCode ¦  ¦ <Integer:-3>
-3 ¦  ¦ intValue ¦  ¦ <Integer:-3>
-3 ¦  ¦ byteValue ¦  ¦ <Integer:-3>
300 ¦  ¦ byteValue ¦  ¦ <Integer:44>
300 ¦  ¦ shortValue ¦  ¦ <Integer:300>
3000000000 ¦  ¦ toString ¦  ¦ <String:3000000000>
3000000000 ¦  ¦ hashCode ¦  ¦ <Integer:-1294967296>
3000000000 ¦  ¦ intValue ¦  ¦ <Integer:-1294967296>
3000000000 ¦  ¦ longValue ¦  ¦ <Long:3000000000>
3000000000 ¦  ¦ doubleValue ¦  ¦ <Double:3.0E9>
3000000000 ¦  ¦ byteValue ¦  ¦ <Integer:0>
3000000000 ¦  ¦ shortValue ¦  ¦ <Integer:24064>
3000000000 ¦  ¦ equals ¦ 3000000000 ¦ <Boolean:true>
3000000000 ¦  ¦ equals ¦ 5 ¦ <Boolean:false>
3000000000 ¦  ¦ compareTo ¦ 3000000001 ¦ <Integer:-1>
3000000000 ¦  ¦ compareTo ¦ 5
    ¦ <!java.lang.ClassCastException: class java.lang.Integer cannot be cast to class java.lang.Long (…>
3000000000 ¦  ¦ compareTo ¦ null
    ¦ <!java.lang.NullPointerException: Cannot read field "value" because "anotherLong" is null>
3000000000 ¦  ¦ parseLong ¦ "42" ¦ <Long:42>
3000000000 ¦  ¦ parseLong ¦ "x" ¦ <!java.lang.NumberFormatException: For input string: "x">
3000000000 ¦  ¦ parseLong ¦ "9223372036854775808"
    ¦ <!java.lang.NumberFormatException: For input string: "9223372036854775808">
3000000000 ¦  ¦ parseLong ¦ null ¦ <!java.lang.NumberFormatException: Cannot parse null string>
3000000000 ¦  ¦ parseLong ¦ "5L" ¦ <!java.lang.NumberFormatException: For input string: "5L">
3000000000 ¦  ¦ parseLong ¦ "" ¦ <!java.lang.NumberFormatException: For input string: "">
3000000000 ¦  ¦ parseLong ¦ "ff", 16 ¦ <Long:255>
3000000000 ¦  ¦ valueOf ¦ "42" ¦ <Long:42>
3000000000 ¦  ¦ valueOf ¦ 5 ¦ <Long:5>
3000000000 ¦  ¦ valueOf ¦ 3000000000 ¦ <Long:3000000000>
3000000000 ¦  ¦ valueOf ¦ 1.5 ¦ <none>
3000000000 ¦  ¦ valueOf ¦ null ¦ <!java.lang.NumberFormatException: Cannot parse null string>
3000000000 ¦  ¦ max ¦ 1, 3000000000 ¦ <Long:3000000000>
3000000000 ¦  ¦ min ¦ 1, 2 ¦ <Long:1>
3000000000 ¦  ¦ sum ¦ 1, 2 ¦ <Long:3>
3000000000 ¦  ¦ toString ¦ 5 ¦ <String:5>
3000000000 ¦  ¦ toString ¦ 255, 16 ¦ <String:ff>
3000000000 ¦  ¦ toBinaryString ¦ 5 ¦ <String:101>
3000000000 ¦  ¦ toHexString ¦ -1 ¦ <String:ffffffffffffffff>
3000000000 ¦  ¦ parseInt ¦ "5" ¦ <none>
3000000000 ¦  ¦ signum ¦ -5 ¦ <Integer:-1>
3000000000 ¦  ¦ compare ¦ 1, 2 ¦ <Integer:-1>
3000000000 ¦  ¦ valueOf ¦ "ff", 16 ¦ <Long:255>
3000000000 ¦  ¦ hashCode ¦ 3000000000 ¦ <Integer:-1294967296>
3000000000 ¦  ¦ toHexString ¦ 3000000000 ¦ <String:b2d05e00>
1.5 ¦  ¦ toString ¦  ¦ <String:1.5>
1.5 ¦  ¦ hashCode ¦  ¦ <Integer:1073217536>
1.5 ¦  ¦ intValue ¦  ¦ <Integer:1>
1.5 ¦  ¦ longValue ¦  ¦ <Long:1>
1.5 ¦  ¦ doubleValue ¦  ¦ <Double:1.5>
1.5 ¦  ¦ byteValue ¦  ¦ <Integer:1>
1.5 ¦  ¦ shortValue ¦  ¦ <Integer:1>
1.5 ¦  ¦ isNaN ¦  ¦ <Boolean:false>
1.5 ¦  ¦ isInfinite ¦  ¦ <Boolean:false>
1.5 ¦  ¦ isNaN ¦ 1.0 ¦ <Boolean:false>
1.5 ¦  ¦ isNaN ¦ 1 ¦ <Boolean:false>
1.5 ¦  ¦ isInfinite ¦ 1.0 ¦ <Boolean:false>
1.5 ¦  ¦ isFinite ¦ 1.0 ¦ <Boolean:true>
1.5 ¦  ¦ isFinite ¦  ¦ <none>
1.5 ¦  ¦ equals ¦ 1.5 ¦ <Boolean:true>
1.5 ¦  ¦ equals ¦ 1 ¦ <Boolean:false>
1.5 ¦  ¦ compareTo ¦ 2.5 ¦ <Integer:-1>
1.5 ¦  ¦ compareTo ¦ 1.5 ¦ <Integer:0>
1.5 ¦  ¦ compareTo ¦ 0.5 ¦ <Integer:1>
1.5 ¦  ¦ compareTo ¦ 1
    ¦ <!java.lang.ClassCastException: class java.lang.Integer cannot be cast to class java.lang.Double…>
1.5 ¦  ¦ compareTo ¦ null
    ¦ <!java.lang.NullPointerException: Cannot read field "value" because "anotherDouble" is null>
1.5 ¦  ¦ parseDouble ¦ "2.50" ¦ <Double:2.5>
1.5 ¦  ¦ parseDouble ¦ "1e3" ¦ <Double:1000.0>
1.5 ¦  ¦ parseDouble ¦ "x" ¦ <!java.lang.NumberFormatException: For input string: "x">
1.5 ¦  ¦ parseDouble ¦ "" ¦ <!java.lang.NumberFormatException: empty String>
1.5 ¦  ¦ parseDouble ¦ " 7 " ¦ <Double:7.0>
1.5 ¦  ¦ parseDouble ¦ "NaN" ¦ <Double:NaN>
1.5 ¦  ¦ parseDouble ¦ "-Infinity" ¦ <Double:-Infinity>
1.5 ¦  ¦ parseDouble ¦ "inf" ¦ <!java.lang.NumberFormatException: For input string: "inf">
1.5 ¦  ¦ parseDouble ¦ "5d" ¦ <Double:5.0>
1.5 ¦  ¦ parseDouble ¦ "5f" ¦ <Double:5.0>
1.5 ¦  ¦ parseDouble ¦ "0x1p3" ¦ <Double:8.0>
1.5 ¦  ¦ parseDouble ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.trim()" because "in" is null>
1.5 ¦  ¦ parseDouble ¦ "1e999" ¦ <Double:Infinity>
1.5 ¦  ¦ parseDouble ¦ "+.5" ¦ <Double:0.5>
1.5 ¦  ¦ parseDouble ¦ "5." ¦ <Double:5.0>
1.5 ¦  ¦ parseDouble ¦ "." ¦ <!java.lang.NumberFormatException: For input string: ".">
1.5 ¦  ¦ parseDouble ¦ "1_0" ¦ <!java.lang.NumberFormatException: For input string: "1_0">
1.5 ¦  ¦ parseDouble ¦ "   " ¦ <!java.lang.NumberFormatException: empty String>
1.5 ¦  ¦ valueOf ¦ "2.5" ¦ <Double:2.5>
1.5 ¦  ¦ valueOf ¦ 5 ¦ <Double:5.0>
1.5 ¦  ¦ valueOf ¦ 2.5 ¦ <Double:2.5>
1.5 ¦  ¦ valueOf ¦ 3000000000 ¦ <Double:3.0E9>
1.5 ¦  ¦ valueOf ¦ "x" ¦ <!java.lang.NumberFormatException: For input string: "x">
1.5 ¦  ¦ valueOf ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.trim()" because "in" is null>
1.5 ¦  ¦ max ¦ 1, 2 ¦ <Double:2.0>
1.5 ¦  ¦ min ¦ 1.5, 2 ¦ <Double:1.5>
1.5 ¦  ¦ sum ¦ 1, 2.5 ¦ <Double:3.5>
1.5 ¦  ¦ max ¦ 1.0, 2.0 ¦ <Double:2.0>
1.5 ¦  ¦ toString ¦ 2.5 ¦ <String:2.5>
1.5 ¦  ¦ toString ¦ 2 ¦ <String:2.0>
1.5 ¦  ¦ compare ¦ 1.0, 2.0 ¦ <Integer:-1>
1.5 ¦  ¦ compare ¦ 1, 2 ¦ <Integer:-1>
1.5 ¦  ¦ hashCode ¦ 1.5 ¦ <Integer:1073217536>
1.5 ¦  ¦ parseInt ¦ "5" ¦ <none>
1.5 ¦  ¦ round ¦  ¦ <none>
-0.0 ¦  ¦ toString ¦  ¦ <String:-0.0>
-0.0 ¦  ¦ hashCode ¦  ¦ <Integer:-2147483648>
-0.0 ¦  ¦ equals ¦ 0.0 ¦ <Boolean:false>
-0.0 ¦  ¦ compareTo ¦ 0.0 ¦ <Integer:-1>
-0.0 ¦  ¦ max ¦ 0.0, -0.0 ¦ <Double:0.0>
-0.0 ¦  ¦ min ¦ 0.0, -0.0 ¦ <Double:-0.0>
1e+300 ¦  ¦ intValue ¦  ¦ <Integer:2147483647>
1e+300 ¦  ¦ longValue ¦  ¦ <Long:9223372036854775807>
1e+300 ¦  ¦ hashCode ¦  ¦ <Integer:-164130400>
1e+300 ¦  ¦ byteValue ¦  ¦ <Integer:-1>
-2.7 ¦  ¦ intValue ¦  ¦ <Integer:-2>
-2.7 ¦  ¦ longValue ¦  ¦ <Long:-2>
-2.7 ¦  ¦ shortValue ¦  ¦ <Integer:-2>
18446744073709551615 ¦  ¦ toString ¦  ¦ <String:18446744073709551615>
18446744073709551615 ¦  ¦ hashCode ¦  ¦ <Integer:-32>
18446744073709551615 ¦  ¦ intValue ¦  ¦ <Integer:-1>
18446744073709551615 ¦  ¦ longValue ¦  ¦ <Long:-1>
18446744073709551615 ¦  ¦ doubleValue ¦  ¦ <Double:1.8446744073709552E19>
18446744073709551615 ¦  ¦ signum ¦  ¦ <Integer:1>
18446744073709551615 ¦  ¦ negate ¦  ¦ <BigInteger:-18446744073709551615>
18446744073709551615 ¦  ¦ abs ¦  ¦ <BigInteger:18446744073709551615>
18446744073709551615 ¦  ¦ equals ¦ 5 ¦ <Boolean:false>
18446744073709551615 ¦  ¦ compareTo ¦ 5
    ¦ <!java.lang.ClassCastException: class java.lang.Integer cannot be cast to class java.math.BigInt…>
18446744073709551615 ¦  ¦ add ¦ 5 ¦ <none>
18446744073709551615 ¦  ¦ compareTo ¦ 18446744073709551615 ¦ <Integer:0>
18446744073709551615 ¦  ¦ add ¦ 18446744073709551615 ¦ <BigInteger:36893488147419103230>
18446744073709551615 ¦  ¦ subtract ¦ 18446744073709551615 ¦ <BigInteger:0>
18446744073709551615 ¦  ¦ multiply ¦ 18446744073709551615
    ¦ <BigInteger:340282366920938463426481119284349108225>
18446744073709551615 ¦  ¦ divide ¦ 18446744073709551615 ¦ <BigInteger:1>
18446744073709551615 ¦  ¦ mod ¦ 18446744073709551615 ¦ <BigInteger:0>
18446744073709551615 ¦  ¦ remainder ¦ 18446744073709551615 ¦ <BigInteger:0>
18446744073709551615 ¦  ¦ max ¦ 18446744073709551614 ¦ <BigInteger:18446744073709551615>
18446744073709551615 ¦  ¦ min ¦ 18446744073709551614 ¦ <BigInteger:18446744073709551614>
18446744073709551615 ¦  ¦ add ¦ null
    ¦ <!java.lang.NullPointerException: Cannot read field "signum" because "val" is null>
18446744073709551615 ¦  ¦ equals ¦ 18446744073709551615 ¦ <Boolean:true>
18446744073709551615 ¦  ¦ valueOf ¦ 5 ¦ <BigInteger:5>
18446744073709551615 ¦  ¦ byteValue ¦  ¦ <Integer:-1>
18446744073709551615 ¦  ¦ shortValue ¦  ¦ <Integer:-1>
18446744073709551615 ¦  ¦ divide ¦ 0 ¦ <none>
true ¦  ¦ toString ¦  ¦ <String:true>
true ¦  ¦ hashCode ¦  ¦ <Integer:1231>
true ¦  ¦ booleanValue ¦  ¦ <Boolean:true>
true ¦  ¦ equals ¦ true ¦ <Boolean:true>
true ¦  ¦ equals ¦ "true" ¦ <Boolean:false>
true ¦  ¦ equals ¦ null ¦ <Boolean:false>
true ¦  ¦ compareTo ¦ false ¦ <Integer:1>
true ¦  ¦ compareTo ¦ true ¦ <Integer:0>
true ¦  ¦ compareTo ¦ null ¦ <!java.lang.NullPointerException: Cannot read field "value" because "b" is null>
true ¦  ¦ compareTo ¦ "true"
    ¦ <!java.lang.ClassCastException: class java.lang.String cannot be cast to class java.lang.Boolean…>
true ¦  ¦ parseBoolean ¦ "TRUE" ¦ <Boolean:true>
true ¦  ¦ parseBoolean ¦ "yes" ¦ <Boolean:false>
true ¦  ¦ parseBoolean ¦ null ¦ <Boolean:false>
true ¦  ¦ parseBoolean ¦ true ¦ <none>
true ¦  ¦ valueOf ¦ "true" ¦ <Boolean:true>
true ¦  ¦ valueOf ¦ true ¦ <Boolean:true>
true ¦  ¦ valueOf ¦ null ¦ <Boolean:false>
true ¦  ¦ valueOf ¦ "x" ¦ <Boolean:false>
true ¦  ¦ compare ¦ true, false ¦ <Integer:1>
true ¦  ¦ toString ¦ false ¦ <String:false>
true ¦  ¦ hashCode ¦ false ¦ <Integer:1237>
true ¦  ¦ nope ¦  ¦ <none>
false ¦  ¦ toString ¦  ¦ <String:false>
false ¦  ¦ hashCode ¦  ¦ <Integer:1237>
false ¦  ¦ compareTo ¦ true ¦ <Integer:-1>
5 ¦  ¦ intValue ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
5 ¦  ¦ hashCode ¦ "x" ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
5 ¦  ¦ toString ¦ "x" ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
1.5 ¦  ¦ isNaN ¦ "x" ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
1.5 ¦  ¦ isNaN ¦ 1, 2 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
true ¦  ¦ booleanValue ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
true ¦  ¦ toString ¦ "x" ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
true ¦  ¦ hashCode ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"##;

    #[test]
    fn answers_as_java_does() {
        super::super::tests::check(ANSWERS);
    }
}
