//! Strings as Java counts them, in UTF-16 code units. Half a surrogate pair becomes `?`, as Java writes it out.

use super::Method as M;
use super::{MethodOutcome, Stop, give, int, int_arg, non_null, size};
use crate::value::ledger;
use crate::value::{JavaError, Text, Value};
use ecow::EcoString;
use std::cmp::Ordering;

/// `length()`: how many UTF-16 code units the text has.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The order of texts by code unit, as far as they were looked at once a limit is reached.
pub fn by_units(left: &str, right: &str) -> Ordering {
    // What is alike at the beginning is alike in either form.
    if ledger::spent().is_some() {
        return Ordering::Equal;
    }
    ledger::bytes(left.len().min(right.len()));
    let same = left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count();
    let from =
        (0..=same).rev().find(|at| left.is_char_boundary(*at) && right.is_char_boundary(*at)).unwrap_or_default();
    tail(left, from).encode_utf16().cmp(tail(right, from).encode_utf16())
}

/// Code units as text.
pub(super) fn from_units(units: &[u16]) -> EcoString {
    char::decode_utf16(units.iter().copied()).map(|unit| unit.unwrap_or('?')).collect()
}

/// The byte where the code unit of this index begins, and whether that is between two characters: for the second half
/// of a surrogate pair the byte of the *next* character is given, and false. The end of the text if out of range.
pub(super) fn byte_at(text: &str, unit: usize) -> (usize, bool) {
    if text.is_ascii() {
        return (unit.min(text.len()), true);
    }
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units >= unit {
            return (byte, units == unit);
        }
        units += character.len_utf16();
    }
    (text.len(), units <= unit)
}

/// The text from a byte on.
pub(super) fn tail(text: &str, byte: usize) -> &str {
    text.get(byte..).unwrap_or_default()
}

pub(super) fn head(text: &str, byte: usize) -> &str {
    text.get(..byte).unwrap_or(text)
}

pub(super) fn index_error(message: String) -> Stop {
    JavaError::new("java.lang.StringIndexOutOfBoundsException", message).into()
}

pub(super) fn char_at(text: &str, index: i32) -> MethodOutcome {
    let unit = usize::try_from(index).ok().and_then(|at| match text.is_ascii() {
        true => text.as_bytes().get(at).map(|byte| char::from(*byte)),
        false => text.encode_utf16().nth(at).map(|unit| char::from_u32(u32::from(unit)).unwrap_or('?')),
    });
    match unit {
        Some(unit) => give(Value::String(std::iter::once(unit).collect())),
        // Java keeps texts of Latin-1 and other texts apart, and words the exception differently.
        None if text.chars().all(|unit| unit <= '\u{ff}') => {
            Err(index_error(format!("String index out of range: {index}")))
        }
        None => Err(index_error(format!("index {index}, length {}", length(text)))),
    }
}

pub(super) fn code_point_at(text: &str, index: i32) -> MethodOutcome {
    let at = usize::try_from(index).ok().filter(|at| *at < length(text));
    let Some(at) = at else {
        return Err(index_error(format!("index {index}, length {}", length(text))));
    };
    let point = match byte_at(text, at) {
        (byte, true) => tail(text, byte).chars().next().map(u32::from),
        (_, false) => text.encode_utf16().nth(at).map(u32::from),
    };
    int(point.and_then(|point| i32::try_from(point).ok()).unwrap_or_default())
}

pub(super) fn slice(text: &Text, begin: i32, end: i32, units: usize) -> MethodOutcome {
    let range = match (usize::try_from(begin), usize::try_from(end)) {
        (Ok(begin), Ok(end)) if begin <= end && end <= units => begin..end,
        _ => return Err(index_error(format!("begin {begin}, end {end}, length {units}"))),
    };
    let part = match (byte_at(text, range.start), byte_at(text, range.end)) {
        ((0, true), (end, true)) if end == text.len() => return give(Value::String(text.clone())),
        ((begin, true), (end, true)) => text.get(begin..end).unwrap_or_default().into(),
        _ => {
            let units: Vec<u16> = text.encode_utf16().collect();
            from_units(units.get(range).unwrap_or_default())
        }
    };
    give(Value::string(part))
}

/// `indexOf` and `lastIndexOf` of a string or a code point.
pub(super) fn index_of(text: &str, method: M, wanted: &Value, from: Option<i32>) -> MethodOutcome {
    let last = method == M::LastIndexOf;
    let mut buffer = [0; 4];
    let needle = match wanted {
        Value::String(needle) => needle.as_str(),
        Value::Null => {
            let message = match (last, from) {
                (false, None) => r#"Cannot invoke "String.coder()" because "str" is null"#,
                _ => r#"Cannot read field "value" because "tgtStr" is null"#,
            };
            return Ok(non_null(None, message)?);
        }
        code => {
            let code = int_arg(code)?;
            match u32::try_from(code).ok().and_then(char::from_u32) {
                Some(character) => &*character.encode_utf8(&mut buffer),
                None => return index_of_half(text, last, code, from),
            }
        }
    };
    let from_text = matches!(wanted, Value::String(_));
    let found = match last {
        false => {
            let from = usize::try_from(from.unwrap_or(0)).unwrap_or(0);
            let units = length(text);
            if from >= units {
                return match needle.is_empty() && from_text {
                    true => size(units),
                    false => int(-1),
                };
            }
            if needle.is_empty() {
                return size(from);
            }
            let start = byte_at(text, from).0;
            tail(text, start).find(needle).map(|byte| start + byte)
        }
        true => {
            let Ok(from) = usize::try_from(from.unwrap_or(i32::MAX)) else { return int(-1) };
            if needle.is_empty() {
                return size(from.min(length(text)));
            }
            // A match may begin at `from` at the latest, so it ends a needle's length later.
            let mut start = byte_at(text, from);
            if !start.1 {
                start.0 = start.0.saturating_sub(1);
            }
            let mut end = (start.0 + needle.len()).min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            head(text, end).rfind(needle)
        }
    };
    match found {
        Some(byte) => size(length(head(text, byte))),
        None => int(-1),
    }
}

/// Looks for half of a surrogate pair, which only `int` arguments can name.
fn index_of_half(text: &str, last: bool, code: i32, from: Option<i32>) -> MethodOutcome {
    let Ok(code) = u16::try_from(code) else { return int(-1) };
    let units: Vec<u16> = text.encode_utf16().collect();
    let start = usize::try_from(from.unwrap_or(if last { i32::MAX } else { 0 }));
    let found = match (last, start) {
        (false, start) => {
            let start = start.unwrap_or(0);
            units.iter().enumerate().skip(start).find(|(_, unit)| **unit == code).map(|(at, _)| at)
        }
        (true, Ok(start)) => units.iter().take(start.saturating_add(1)).rposition(|unit| *unit == code),
        (true, Err(_)) => None,
    };
    int(found.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1))
}

fn out_of_bounds() -> Stop {
    JavaError::new("java.lang.IndexOutOfBoundsException", "").into()
}

/// `codePointBefore(index)`
pub(super) fn code_point_before(text: &str, index: i32) -> MethodOutcome {
    let units: Vec<u16> = text.encode_utf16().collect();
    let before = usize::try_from(index).ok().filter(|at| *at > 0).and_then(|at| units.get(..at));
    let Some(before) = before else {
        return Err(index_error(format!("Index {index} out of bounds for length {}", units.len())));
    };
    let pair = before.get(before.len().saturating_sub(2)..).unwrap_or_default();
    let point = match char::decode_utf16(pair.iter().copied()).last() {
        Some(Ok(character)) => u32::from(character),
        Some(Err(half)) => u32::from(half.unpaired_surrogate()),
        None => 0,
    };
    int(i32::try_from(point).unwrap_or_default())
}

/// `codePointCount(begin, end)`
pub(super) fn code_point_count(text: &str, begin: i32, end: i32) -> MethodOutcome {
    let units: Vec<u16> = text.encode_utf16().collect();
    let range = (usize::try_from(begin), usize::try_from(end));
    let part = if let (Ok(begin), Ok(end)) = range { units.get(begin..end) } else { None };
    size(char::decode_utf16(part.ok_or_else(out_of_bounds)?.iter().copied()).count())
}

/// `offsetByCodePoints(index, points)`
pub(super) fn offset_by_code_points(text: &str, index: i32, points: i32) -> MethodOutcome {
    let units: Vec<u16> = text.encode_utf16().collect();
    let at = usize::try_from(index).ok().filter(|at| *at <= units.len()).ok_or_else(out_of_bounds)?;
    let (before, after) = units.split_at(at);
    let wanted = points.unsigned_abs() as usize;
    let lengths = |part: &[u16]| -> Vec<usize> {
        let points = char::decode_utf16(part.iter().copied());
        points.map(|point| point.map_or(1, char::len_utf16)).collect()
    };
    let lengths = if points >= 0 { lengths(after) } else { lengths(before).into_iter().rev().collect() };
    let steps: usize = lengths.get(..wanted).ok_or_else(out_of_bounds)?.iter().sum();
    size(if points >= 0 { at + steps } else { at - steps })
}
