//! `java.lang.Integer` and `java.lang.Long`.

use super::Method as M;
use super::args::{long_arg, number_format};
use super::{MethodOutcome, Stop, give, int, int_arg, sign, text_arg};
use crate::value::{JavaError, Number, Value};

/// The methods of both classes, with those of one.
macro_rules! methods {
    ($($own:expr,)*) => {
        &[
            (M::BitCount, &[1]),
            (M::ByteValue, &[0]),
            (M::Compare, &[2]),
            (M::CompareTo, &[1]),
            (M::CompareUnsigned, &[2]),
            (M::Decode, &[1]),
            (M::DivideUnsigned, &[2]),
            (M::DoubleValue, &[0]),
            (M::Equals, &[1]),
            (M::FloatValue, &[0]),
            (M::HashCode, &[0, 1]),
            (M::HighestOneBit, &[1]),
            (M::IntValue, &[0]),
            (M::LongValue, &[0]),
            (M::LowestOneBit, &[1]),
            (M::Max, &[2]),
            (M::Min, &[2]),
            (M::NumberOfLeadingZeros, &[1]),
            (M::NumberOfTrailingZeros, &[1]),
            (M::RemainderUnsigned, &[2]),
            (M::Reverse, &[1]),
            (M::ReverseBytes, &[1]),
            (M::RotateLeft, &[2]),
            (M::RotateRight, &[2]),
            (M::ShortValue, &[0]),
            (M::Signum, &[1]),
            (M::Sum, &[2]),
            (M::ToBinaryString, &[1]),
            (M::ToHexString, &[1]),
            (M::ToOctalString, &[1]),
            (M::ToString, &[0, 1, 2]),
            (M::ToUnsignedString, &[1, 2]),
            (M::ValueOf, &[1, 2]),
            $($own,)*
        ]
    };
}

pub(super) const INTEGER_METHODS: &[super::Entry] =
    methods![(M::ParseInt, &[1, 2]), (M::ParseUnsignedInt, &[1, 2]), (M::ToUnsignedLong, &[1]),];

pub(super) const LONG_METHODS: &[super::Entry] = methods![(M::ParseLong, &[1, 2]), (M::ParseUnsignedLong, &[1, 2]),];

/// The static methods that `Integer` and `Long` share, in the width of each.
macro_rules! shared {
    ($name:ident, $signed:ty, $unsigned:ty, $arg:ident, $variant:path, $parse:path, $parse_unsigned:path) => {
        fn $name(method: M, args: &[Value]) -> MethodOutcome {
            let number = |value: $signed| give(Value::Number($variant(value)));
            let parsed = |text: &Value, radix: i32, signed: bool| {
                let (text, radix) = to_parse(text_arg(text)?, radix)?;
                let value = match signed {
                    true => digits(text, radix).and_then(|value| <$signed>::try_from(value).ok()),
                    // Bits that only an unsigned number has become the sign.
                    false if text.starts_with('-') => return Err(unsigned_minus(text)),
                    false => digits(text, radix).and_then(|value| Some(<$unsigned>::try_from(value).ok()? as $signed)),
                };
                number(value.ok_or_else(|| bad_input(text, radix))?)
            };
            let by_zero = || Stop::from(JavaError::new("java.lang.ArithmeticException", "/ by zero"));
            match (method, args) {
                (M::ValueOf, [value @ Value::Number(_)]) => number($arg(value)?),
                ($parse | M::ValueOf, [text]) => parsed(text, 10, true),
                ($parse | M::ValueOf, [text, radix]) => parsed(text, typed(text, radix)?, true),
                ($parse_unsigned, [text]) => parsed(text, 10, false),
                ($parse_unsigned, [text, radix]) => parsed(text, typed(text, radix)?, false),
                (M::Decode, [text]) => {
                    let value = decode(text_arg(text)?)?.and_then(|value| <$signed>::try_from(value).ok());
                    number(value.ok_or_else(|| bad_input(text.as_str().unwrap_or_default(), 10))?)
                }
                (M::Max, [left, right]) => number($arg(left)?.max($arg(right)?)),
                (M::Min, [left, right]) => number($arg(left)?.min($arg(right)?)),
                (M::Sum, [left, right]) => number($arg(left)?.wrapping_add($arg(right)?)),
                (M::Compare, [left, right]) => int(sign($arg(left)?.cmp(&$arg(right)?))),
                (M::CompareUnsigned, [left, right]) => {
                    int(sign(($arg(left)? as $unsigned).cmp(&($arg(right)? as $unsigned))))
                }
                (M::DivideUnsigned, [left, right]) => {
                    let (left, right) = ($arg(left)? as $unsigned, $arg(right)? as $unsigned);
                    number(left.checked_div(right).ok_or_else(by_zero)? as $signed)
                }
                (M::RemainderUnsigned, [left, right]) => {
                    let (left, right) = ($arg(left)? as $unsigned, $arg(right)? as $unsigned);
                    number(left.checked_rem(right).ok_or_else(by_zero)? as $signed)
                }
                (M::Signum, [value]) => int($arg(value)?.signum() as i32),
                (M::BitCount, [value]) => int($arg(value)?.count_ones() as i32),
                (M::NumberOfLeadingZeros, [value]) => int($arg(value)?.leading_zeros() as i32),
                (M::NumberOfTrailingZeros, [value]) => int($arg(value)?.trailing_zeros() as i32),
                (M::HighestOneBit, [value]) => {
                    let value = $arg(value)? as $unsigned;
                    number(value.checked_ilog2().map_or(0, |bit| (1 as $unsigned) << bit) as $signed)
                }
                (M::LowestOneBit, [value]) => {
                    let value = $arg(value)?;
                    number(value & value.wrapping_neg())
                }
                (M::Reverse, [value]) => number($arg(value)?.reverse_bits()),
                (M::ReverseBytes, [value]) => number($arg(value)?.swap_bytes()),
                // Java, too, takes the distance modulo the width.
                (M::RotateLeft, [value, by]) => {
                    number($arg(value)?.rotate_left(int_arg(by)?.rem_euclid(<$signed>::BITS as i32) as u32))
                }
                (M::RotateRight, [value, by]) => {
                    number($arg(value)?.rotate_right(int_arg(by)?.rem_euclid(<$signed>::BITS as i32) as u32))
                }
                (M::HashCode, [value]) => int($variant($arg(value)?).java_hash()),
                (M::ToBinaryString, [value]) => give(Value::string(format!("{:b}", $arg(value)?))),
                (M::ToHexString, [value]) => give(Value::string(format!("{:x}", $arg(value)?))),
                (M::ToOctalString, [value]) => give(Value::string(format!("{:o}", $arg(value)?))),
                (M::ToString, [value]) => give(Value::string($arg(value)?.to_string())),
                (M::ToString, [value, radix]) => {
                    let value = $arg(value)?;
                    to_string(value < 0, u64::from(value.unsigned_abs()), int_arg(radix)?)
                }
                (M::ToUnsignedString, [value]) => give(Value::string(($arg(value)? as $unsigned).to_string())),
                (M::ToUnsignedString, [value, radix]) => {
                    to_string(false, u64::from($arg(value)? as $unsigned), int_arg(radix)?)
                }
                _ => Err(Stop::Missing),
            }
        }
    };
}

shared!(integers, i32, u32, int_arg, Number::Integer, M::ParseInt, M::ParseUnsignedInt);
shared!(longs, i64, u64, long_arg, Number::Long, M::ParseLong, M::ParseUnsignedLong);

/// The static methods of `Integer`.
pub(super) fn integer(method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::ToUnsignedLong, [value]) => give(Value::long(i64::from(int_arg(value)? as u32))),
        _ => integers(method, args),
    }
}

/// The static methods of `Long`.
pub(super) fn long(method: M, args: &[Value]) -> MethodOutcome {
    longs(method, args)
}

/// The radix, once the other argument has the right type, too.
fn typed(text: &Value, radix: &Value) -> Result<i32, Stop> {
    text_arg(text)?;
    int_arg(radix)
}

fn unsigned_minus(text: &str) -> Stop {
    number_format(format!("Illegal leading minus sign on unsigned string {text}."))
}

/// `decode`: a sign, then `0x`, `#` or `0` for the radix, and digits. `None` if the digits are none.
fn decode(text: Option<&str>) -> Result<Option<i128>, Stop> {
    let text = text.ok_or_else(|| JavaError::new("java.lang.NullPointerException", ""))?;
    let (sign, rest) = match text.as_bytes().first() {
        None => return Err(number_format("Zero length string")),
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    };
    let prefixes = [("0x", 16), ("0X", 16), ("#", 16)];
    let (digits_of, radix) =
        match prefixes.iter().find_map(|(prefix, radix)| Some((rest.strip_prefix(prefix)?, *radix))) {
            Some(found) => found,
            None if rest.len() > 1 && rest.starts_with('0') => (&rest[1..], 8),
            None => (rest, 10),
        };
    if digits_of.starts_with(['-', '+']) {
        return Err(number_format("Sign character in wrong position"));
    }
    Ok(digits(digits_of, radix).map(|value| sign * value))
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

fn to_string(negative: bool, mut rest: u64, radix: i32) -> MethodOutcome {
    // Java takes 10 for a radix that it does not know.
    let radix = u64::try_from(radix).ok().filter(|radix| (2..=36).contains(radix)).unwrap_or(10);
    let mut out = Vec::new();
    loop {
        out.push(u32::try_from(rest % radix).ok().and_then(|digit| char::from_digit(digit, 36)).unwrap_or('0'));
        rest /= radix;
        if rest == 0 {
            break;
        }
    }
    if negative {
        out.push('-');
    }
    give(Value::string(out.into_iter().rev().collect::<String>()))
}
