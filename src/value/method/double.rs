//! `java.lang.Double`.

use super::Method as M;
use super::args::{compare_doubles, double_arg, long_arg, number_format};
use super::{MethodOutcome, Stop, give, int, non_null, scientific, sign, text_arg, to_text};
use crate::value::{Number, Value};
use std::cmp::Ordering;

pub(super) const METHODS: &[super::Entry] = &[
    (M::ByteValue, &[0]),
    (M::Compare, &[2]),
    (M::CompareTo, &[1]),
    (M::DoubleToLongBits, &[1]),
    (M::DoubleToRawLongBits, &[1]),
    (M::DoubleValue, &[0]),
    (M::Equals, &[1]),
    (M::FloatValue, &[0]),
    (M::HashCode, &[0, 1]),
    (M::IntValue, &[0]),
    (M::IsFinite, &[1]),
    (M::IsInfinite, &[0, 1]),
    (M::IsNaN, &[0, 1]),
    (M::LongBitsToDouble, &[1]),
    (M::LongValue, &[0]),
    (M::Max, &[2]),
    (M::Min, &[2]),
    (M::ParseDouble, &[1]),
    (M::ShortValue, &[0]),
    (M::Sum, &[2]),
    (M::ToHexString, &[1]),
    (M::ToString, &[0, 1]),
    (M::ValueOf, &[1]),
];

/// The methods of `Double` that other numbers have not.
pub(super) fn double(value: f64, method: M, args: &[Value]) -> MethodOutcome {
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
        (M::DoubleToLongBits | M::DoubleToRawLongBits, [value]) => {
            let value = double_arg(value)?;
            let bits = if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() };
            give(Value::long(bits as i64))
        }
        (M::LongBitsToDouble, [bits]) => give(Value::double(f64::from_bits(long_arg(bits)? as u64))),
        (M::ToHexString, [value]) => give(Value::string(hex_string(double_arg(value)?))),
        (M::HashCode, [value]) => int(Number::Double(double_arg(value)?).java_hash()),
        (M::ToString, [value]) => give(Value::string(to_text(&Value::double(double_arg(value)?))?)),
        _ => Err(Stop::Missing),
    }
}

/// `Double.toHexString`
pub(super) fn hex_string(value: f64) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    match value.is_finite() {
        true => format!("{sign}{}", scientific::hexadecimal(value, None)),
        false => Number::Double(value).to_string(),
    }
}

/// `Math.max` and `Math.min`: `NaN` if either is, and `-0.0` is less than `0.0`.
fn extreme(left: f64, right: f64, wanted: Ordering) -> MethodOutcome {
    let chosen = match left.is_nan() || right.is_nan() {
        true => f64::NAN,
        false if left.total_cmp(&right) == wanted => left,
        false => right,
    };
    give(Value::double(chosen))
}

fn parse_double(text: Option<&str>) -> MethodOutcome {
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
