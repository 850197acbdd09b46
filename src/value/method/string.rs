//! `java.lang.String`. Indexes count UTF-16 code units; half a surrogate pair becomes `?`, as Java writes it out.

use super::Method as M;
use super::{
    MAX_STRING, Outcome, Stop, class_cast, give, int, int_arg, non_null, object, size, string_too_long, text_arg,
    to_text,
};
use crate::value::regex::{self, JavaRegex, RegexError};
use crate::value::{JavaError, List, Value};
use ecow::EcoString;
use std::cmp::Ordering;

pub(super) const METHODS: &[super::Entry] = &[
    (M::CharAt, &[1]),
    (M::CodePointAt, &[1]),
    (M::CompareTo, &[1]),
    (M::CompareToIgnoreCase, &[1]),
    (M::Concat, &[1]),
    (M::Contains, &[1]),
    (M::EndsWith, &[1]),
    (M::Equals, &[1]),
    (M::EqualsIgnoreCase, &[1]),
    (M::HashCode, &[0]),
    (M::IndexOf, &[1, 2]),
    (M::Intern, &[0]),
    (M::IsBlank, &[0]),
    (M::IsEmpty, &[0]),
    (M::Join, &[1, 2, 3, 4, 5, 6, 7, 8]),
    (M::LastIndexOf, &[1, 2]),
    (M::Length, &[0]),
    (M::Matches, &[1]),
    (M::Repeat, &[1]),
    (M::Replace, &[2]),
    (M::ReplaceAll, &[2]),
    (M::ReplaceFirst, &[2]),
    (M::Split, &[1, 2]),
    (M::StartsWith, &[1, 2]),
    (M::Strip, &[0]),
    (M::StripLeading, &[0]),
    (M::StripTrailing, &[0]),
    (M::SubSequence, &[2]),
    (M::Substring, &[1, 2]),
    (M::ToLowerCase, &[0]),
    (M::ToString, &[0]),
    (M::ToUpperCase, &[0]),
    (M::ToCharArray, &[0]),
    (M::Trim, &[0]),
    (M::ValueOf, &[1]),
];

pub(super) fn call(text: &EcoString, method: M, args: &[Value]) -> Outcome {
    match (method, args) {
        (M::Length, []) => size(length(text)),
        (M::IsEmpty, []) => give(text.is_empty()),
        (M::IsBlank, []) => give(is_blank(text)),
        (M::CharAt, [index]) => char_at(text, int_arg(index)?),
        (M::CodePointAt, [index]) => code_point_at(text, int_arg(index)?),
        (M::IndexOf | M::LastIndexOf, [wanted]) => index_of(text, method, wanted, None),
        (M::IndexOf | M::LastIndexOf, [wanted, from]) => index_of(text, method, wanted, Some(int_arg(from)?)),
        (M::Contains, [part]) => give(text.contains(chars(part, "s")?)),
        (M::StartsWith, [prefix]) => {
            let prefix = non_null(text_arg(prefix)?, r#"Cannot invoke "String.length()" because "prefix" is null"#)?;
            give(text.starts_with(prefix))
        }
        (M::StartsWith, [prefix, offset]) => {
            let (prefix, offset) = (text_arg(prefix)?, int_arg(offset)?);
            if offset < 0 {
                return give(false);
            }
            let prefix = non_null(prefix, r#"Cannot invoke "String.length()" because "prefix" is null"#)?;
            let rest = usize::try_from(offset).ok().filter(|at| *at <= length(text));
            give(rest.is_some_and(|at| match byte_at(text, at) {
                (byte, true) => tail(text, byte).starts_with(prefix),
                (_, false) => prefix.is_empty(),
            }))
        }
        (M::EndsWith, [suffix]) => {
            let suffix = non_null(text_arg(suffix)?, r#"Cannot invoke "String.length()" because "suffix" is null"#)?;
            give(text.ends_with(suffix))
        }
        (M::EqualsIgnoreCase, [other]) => match text_arg(other)? {
            Some(other) => give(length(text) == length(other) && folded(text).eq(folded(other))),
            None => give(false),
        },
        (M::CompareTo, [other]) => match other {
            Value::String(other) => int(compare(text, other)),
            Value::Null => Ok(non_null(None, r#"Cannot read field "value" because "anotherString" is null"#)?),
            other => Err(class_cast(other, "java.lang.String").into()),
        },
        (M::CompareToIgnoreCase, [other]) => {
            let other = non_null(text_arg(other)?, r#"Cannot read field "value" because "s2" is null"#)?;
            int(compare_ignoring_case(text, other))
        }
        (M::Substring, [begin]) => {
            let units = length(text);
            slice(text, int_arg(begin)?, i32::try_from(units).unwrap_or(i32::MAX), units)
        }
        (M::Substring | M::SubSequence, [begin, end]) => slice(text, int_arg(begin)?, int_arg(end)?, length(text)),
        (M::Split, [pattern]) => split(text, text_arg(pattern)?, 0),
        (M::Split, [pattern, limit]) => split(text, text_arg(pattern)?, int_arg(limit)?),
        (M::Concat, [other]) => {
            let other = non_null(text_arg(other)?, r#"Cannot invoke "String.isEmpty()" because "str" is null"#)?;
            fits(text.len() + other.len())?;
            give(Value::String([text.as_str(), other].into_iter().collect()))
        }
        (M::Replace, [target, replacement]) => {
            // The types of both decide before a null does.
            text_arg(replacement)?;
            replace(text, chars(target, "target")?, chars(replacement, "replacement")?)
        }
        (M::ReplaceAll | M::ReplaceFirst, [pattern, replacement]) => {
            let (pattern, replacement) = (text_arg(pattern)?, text_arg(replacement)?);
            let regex = compile(pattern)?;
            let Some(replacement) = replacement else {
                return match regex.find(text).map_err(regex_error)? {
                    // With no match Java never looks at the replacement, except that `replaceFirst` checks it first.
                    false if method == M::ReplaceAll => give(Value::String(text.clone())),
                    _ if method == M::ReplaceFirst => Ok(non_null(None, "replacement")?),
                    _ => Ok(non_null(None, r#"Cannot invoke "String.length()" because "replacement" is null"#)?),
                };
            };
            let replaced = match method {
                M::ReplaceAll => regex.replace_all(text, replacement),
                _ => regex.replace_first(text, replacement),
            };
            let replaced = replaced.map_err(regex_error)?;
            fits(replaced.len())?;
            give(Value::string(replaced))
        }
        (M::Matches, [pattern]) => give(compile(text_arg(pattern)?)?.matches_whole(text).map_err(regex_error)?),
        (M::ToLowerCase, []) => {
            let lower = text.to_lowercase();
            fits(lower.len())?;
            give(Value::String(lower))
        }
        (M::ToUpperCase, []) => {
            let upper = text.to_uppercase();
            fits(upper.len())?;
            give(Value::String(upper))
        }
        // Java's `char` prints like a string of one.
        (M::ToCharArray, []) => {
            let letters = text.encode_utf16().map(|unit| Value::String(from_units(&[unit])));
            give(List::array_of("[C", letters.collect()))
        }
        (M::Trim, []) => give(text.trim_matches(|unit: char| unit <= ' ')),
        (M::Strip, []) => give(text.trim_matches(is_whitespace)),
        (M::StripLeading, []) => give(text.trim_start_matches(is_whitespace)),
        (M::StripTrailing, []) => give(text.trim_end_matches(is_whitespace)),
        (M::Repeat, [count]) => {
            let count = int_arg(count)?;
            let Ok(times) = usize::try_from(count) else {
                let message = format!("count is negative: {count}");
                return Err(JavaError::new("java.lang.IllegalArgumentException", message).into());
            };
            fits(text.len().saturating_mul(times))?;
            give(Value::String(if text.is_empty() { EcoString::new() } else { text.repeat(times) }))
        }
        (M::Join, [delimiter, parts @ ..]) => join(text_arg(delimiter)?, parts),
        (M::ValueOf, [value]) => give(Value::String(to_text(value)?)),
        (M::Intern | M::ToString, []) => give(Value::String(text.clone())),
        (M::Equals, [other]) => give(other.as_str() == Some(text)),
        _ => object(&Value::String(text.clone()), method, args),
    }
}

/// An argument for a parameter of type `CharSequence` that may not be null.
fn chars<'a>(value: &'a Value, parameter: &str) -> Result<&'a str, Stop> {
    let text = text_arg(value)?;
    Ok(match text {
        Some(text) => text,
        None => non_null(
            None,
            &format!(r#"Cannot invoke "java.lang.CharSequence.toString()" because "{parameter}" is null"#),
        )?,
    })
}

fn fits(bytes: usize) -> Result<(), Stop> {
    if bytes > MAX_STRING { Err(string_too_long().into()) } else { Ok(()) }
}

/// `length()`: how many UTF-16 code units the text has.
fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// Code units as text.
fn from_units(units: &[u16]) -> EcoString {
    char::decode_utf16(units.iter().copied()).map(|unit| unit.unwrap_or('?')).collect()
}

/// The byte where the code unit of this index begins, and whether that is between two characters: for the second half
/// of a surrogate pair the byte of the *next* character is given, and false. The end of the text if out of range.
fn byte_at(text: &str, unit: usize) -> (usize, bool) {
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
fn tail(text: &str, byte: usize) -> &str {
    text.get(byte..).unwrap_or_default()
}

fn head(text: &str, byte: usize) -> &str {
    text.get(..byte).unwrap_or(text)
}

fn index_error(message: String) -> Stop {
    JavaError::new("java.lang.StringIndexOutOfBoundsException", message).into()
}

fn char_at(text: &str, index: i32) -> Outcome {
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

fn code_point_at(text: &str, index: i32) -> Outcome {
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

fn slice(text: &EcoString, begin: i32, end: i32, units: usize) -> Outcome {
    let range = match (usize::try_from(begin), usize::try_from(end)) {
        (Ok(begin), Ok(end)) if begin <= end && end <= units => begin..end,
        _ => return Err(index_error(format!("begin {begin}, end {end}, length {units}"))),
    };
    let part = match (byte_at(text, range.start), byte_at(text, range.end)) {
        ((0, true), (end, true)) if end == text.len() => text.clone(),
        ((begin, true), (end, true)) => text.get(begin..end).unwrap_or_default().into(),
        _ => {
            let units: Vec<u16> = text.encode_utf16().collect();
            from_units(units.get(range).unwrap_or_default())
        }
    };
    give(Value::String(part))
}

/// `indexOf` and `lastIndexOf` of a string or a code point.
fn index_of(text: &str, method: M, wanted: &Value, from: Option<i32>) -> Outcome {
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
fn index_of_half(text: &str, last: bool, code: i32, from: Option<i32>) -> Outcome {
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

/// `Character.toLowerCase(Character.toUpperCase(c))` of every character.
fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|character| {
        if character.is_ascii() {
            return character.to_ascii_lowercase();
        }
        // Java maps one character to one here: a mapping to several does not count.
        let mut upper = character.to_uppercase();
        let upper = match (upper.next(), upper.next()) {
            (Some(upper), None) => upper,
            _ => character,
        };
        upper.to_lowercase().next().unwrap_or(upper)
    })
}

fn compare(left: &str, right: &str) -> i32 {
    for (left, right) in left.encode_utf16().zip(right.encode_utf16()) {
        if left != right {
            return i32::from(left) - i32::from(right);
        }
    }
    difference(left, right)
}

fn compare_ignoring_case(left: &str, right: &str) -> i32 {
    for (left, right) in folded(left).zip(folded(right)) {
        if left != right {
            return left as i32 - right as i32;
        }
    }
    difference(left, right)
}

/// The difference of the lengths.
fn difference(left: &str, right: &str) -> i32 {
    let (left, right) = (length(left), length(right));
    let distance = i32::try_from(left.abs_diff(right)).unwrap_or(i32::MAX);
    if left.cmp(&right) == Ordering::Less { -distance } else { distance }
}

fn replace(text: &EcoString, target: &str, replacement: &str) -> Outcome {
    if target.is_empty() {
        let units = length(text);
        fits(text.len().saturating_add(replacement.len().saturating_mul(units + 1)))?;
        let mut out = EcoString::from(replacement);
        for unit in text.encode_utf16() {
            out.push(char::from_u32(u32::from(unit)).unwrap_or('?'));
            out.push_str(replacement);
        }
        // With nothing put between them, the halves of a surrogate pair stay together.
        return give(Value::String(if replacement.is_empty() { text.clone() } else { out }));
    }
    if replacement.len() > target.len() {
        let more = (replacement.len() - target.len()).saturating_mul(text.matches(target).count());
        fits(text.len().saturating_add(more))?;
    }
    give(Value::String(text.replace(target, replacement)))
}

fn compile(pattern: Option<&str>) -> Result<JavaRegex, Stop> {
    let pattern = non_null(pattern, r#"Cannot invoke "String.isEmpty()" because "this.pattern" is null"#)?;
    Ok(regex::compile(pattern).map_err(regex_error)?)
}

fn split(text: &str, pattern: Option<&str>, limit: i32) -> Outcome {
    let pattern = non_null(pattern, r#"Cannot invoke "String.length()" because "regex" is null"#)?;
    let parts = regex::compile(pattern).and_then(|regex| regex.split(text, limit)).map_err(regex_error)?;
    give(List::array(parts.into_iter().map(Value::string).collect()))
}

/// The exception that Java throws for this, or one of our own for what only we cannot do.
fn regex_error(error: RegexError) -> JavaError {
    let class = match &error {
        RegexError::Syntax(_) => "java.util.regex.PatternSyntaxException",
        RegexError::Replacement(_) => "java.lang.IllegalArgumentException",
        RegexError::Group(_) => "java.lang.IndexOutOfBoundsException",
        RegexError::Unsupported(_) => "vtl_eval.UnsupportedRegex",
        RegexError::BacktrackLimit => "vtl_eval.RegexLimit",
    };
    JavaError::new(class, error.to_string())
}

/// `String.join(delimiter, parts)`: of a collection or an array, or of strings written one by one.
fn join(delimiter: Option<&str>, parts: &[Value]) -> Outcome {
    let parts = match parts {
        [Value::Null] => return Err(Stop::Missing),
        [only] => match only {
            Value::String(_) => vec![only.clone()],
            _ => only.members().ok_or(Stop::Missing)?,
        },
        parts => {
            for part in parts {
                text_arg(part)?;
            }
            parts.to_vec()
        }
    };
    let delimiter = non_null(delimiter, "")?;
    let mut out = EcoString::new();
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            out.push_str(delimiter);
        }
        match part {
            Value::String(text) => out.push_str(text),
            Value::Null => out.push_str("null"),
            other => return Err(class_cast(other, "java.lang.CharSequence").into()),
        }
        fits(out.len())?;
    }
    give(Value::String(out))
}

/// `isBlank()`: nothing but white space.
pub(in crate::value) fn is_blank(text: &str) -> bool {
    text.chars().all(is_whitespace)
}

/// `Character.isWhitespace`: Unicode's separators except the non-breaking ones, and some control characters.
fn is_whitespace(character: char) -> bool {
    match character {
        '\u{9}'..='\u{d}' | '\u{1c}'..='\u{1f}' | ' ' => true,
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        other => !other.is_ascii() && other.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    /// What Apache Velocity 1.7 on Java 17 answered.
    const ANSWERS: &str = r##"
"abc" ¦  ¦ length ¦  ¦ <Integer:3>
"abc" ¦  ¦ isEmpty ¦  ¦ <Boolean:false>
"abc" ¦  ¦ isBlank ¦  ¦ <Boolean:false>
"abc" ¦  ¦ hashCode ¦  ¦ <Integer:96354>
"abc" ¦  ¦ toString ¦  ¦ <String:abc>
"abc" ¦  ¦ intern ¦  ¦ <String:abc>
"abc" ¦  ¦ trim ¦  ¦ <String:abc>
"abc" ¦  ¦ strip ¦  ¦ <String:abc>
"abc" ¦  ¦ toLowerCase ¦  ¦ <String:abc>
"abc" ¦  ¦ toUpperCase ¦  ¦ <String:ABC>
"abc" ¦  ¦ charAt ¦ 0 ¦ <String:a>
"abc" ¦  ¦ charAt ¦ 2 ¦ <String:c>
"abc" ¦  ¦ charAt ¦ 5 ¦ <!java.lang.StringIndexOutOfBoundsException: String index out of range: 5>
"abc" ¦  ¦ charAt ¦ -1 ¦ <!java.lang.StringIndexOutOfBoundsException: String index out of range: -1>
"abc" ¦  ¦ charAt ¦ "0" ¦ <none>
"abc" ¦  ¦ charAt ¦ null ¦ <none>
"abc" ¦  ¦ charAt ¦ 3000000000 ¦ <none>
"abc" ¦  ¦ charAt ¦ 0.0 ¦ <none>
"abc" ¦  ¦ codePointAt ¦ 1 ¦ <Integer:98>
"abc" ¦  ¦ codePointAt ¦ 3 ¦ <!java.lang.StringIndexOutOfBoundsException: index 3, length 3>
"abc" ¦  ¦ codePointAt ¦ -1 ¦ <!java.lang.StringIndexOutOfBoundsException: index -1, length 3>
"abc" ¦  ¦ indexOf ¦ "c" ¦ <Integer:2>
"abc" ¦  ¦ indexOf ¦ "z" ¦ <Integer:-1>
"abc" ¦  ¦ indexOf ¦ "" ¦ <Integer:0>
"abc" ¦  ¦ indexOf ¦ 98 ¦ <Integer:1>
"abc" ¦  ¦ indexOf ¦ "a", 1 ¦ <Integer:-1>
"abc" ¦  ¦ indexOf ¦ "", 9 ¦ <Integer:3>
"abc" ¦  ¦ indexOf ¦ 97, -5 ¦ <Integer:0>
"abc" ¦  ¦ indexOf ¦ 97, 1 ¦ <Integer:-1>
"abc" ¦  ¦ indexOf ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.coder()" because "str" is null>
"abc" ¦  ¦ indexOf ¦ 1.0 ¦ <none>
"abc" ¦  ¦ indexOf ¦ true ¦ <none>
"abc" ¦  ¦ indexOf ¦ null, 1
    ¦ <!java.lang.NullPointerException: Cannot read field "value" because "tgtStr" is null>
"abc" ¦  ¦ indexOf ¦ "a", null ¦ <none>
"abc" ¦  ¦ indexOf ¦ 3000000000 ¦ <none>
"abc" ¦  ¦ lastIndexOf ¦ "c" ¦ <Integer:2>
"abc" ¦  ¦ lastIndexOf ¦ "" ¦ <Integer:3>
"abc" ¦  ¦ lastIndexOf ¦ "a", -1 ¦ <Integer:-1>
"abc" ¦  ¦ lastIndexOf ¦ "b", 5 ¦ <Integer:1>
"abc" ¦  ¦ lastIndexOf ¦ 99 ¦ <Integer:2>
"abc" ¦  ¦ lastIndexOf ¦ 99, 1 ¦ <Integer:-1>
"abc" ¦  ¦ lastIndexOf ¦ "", 1 ¦ <Integer:1>
"abc" ¦  ¦ lastIndexOf ¦ "", -1 ¦ <Integer:-1>
"abc" ¦  ¦ lastIndexOf ¦ null
    ¦ <!java.lang.NullPointerException: Cannot read field "value" because "tgtStr" is null>
"abc" ¦  ¦ contains ¦ "b" ¦ <Boolean:true>
"abc" ¦  ¦ contains ¦ "" ¦ <Boolean:true>
"abc" ¦  ¦ contains ¦ "x" ¦ <Boolean:false>
"abc" ¦  ¦ contains ¦ 1 ¦ <none>
"abc" ¦  ¦ contains ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.lang.CharSequence.toString()" because "s" …>
"abc" ¦  ¦ startsWith ¦ "ab" ¦ <Boolean:true>
"abc" ¦  ¦ startsWith ¦ "bc", 1 ¦ <Boolean:true>
"abc" ¦  ¦ startsWith ¦ "bc", -1 ¦ <Boolean:false>
"abc" ¦  ¦ startsWith ¦ "", 3 ¦ <Boolean:true>
"abc" ¦  ¦ startsWith ¦ "", 4 ¦ <Boolean:false>
"abc" ¦  ¦ startsWith ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.length()" because "prefix" is null>
"abc" ¦  ¦ startsWith ¦ 1 ¦ <none>
"abc" ¦  ¦ endsWith ¦ "bc" ¦ <Boolean:true>
"abc" ¦  ¦ endsWith ¦ "" ¦ <Boolean:true>
"abc" ¦  ¦ endsWith ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.length()" because "suffix" is null>
"abc" ¦  ¦ endsWith ¦ 3 ¦ <none>
"abc" ¦  ¦ equals ¦ "abc" ¦ <Boolean:true>
"abc" ¦  ¦ equals ¦ 1 ¦ <Boolean:false>
"abc" ¦  ¦ equals ¦ null ¦ <Boolean:false>
"abc" ¦  ¦ equals ¦  ¦ <none>
"abc" ¦  ¦ equals ¦ "a", "b" ¦ <none>
"abc" ¦  ¦ equalsIgnoreCase ¦ "ABC" ¦ <Boolean:true>
"abc" ¦  ¦ equalsIgnoreCase ¦ null ¦ <Boolean:false>
"abc" ¦  ¦ equalsIgnoreCase ¦ 1 ¦ <none>
"abc" ¦  ¦ compareTo ¦ "abd" ¦ <Integer:-1>
"abc" ¦  ¦ compareTo ¦ "ab" ¦ <Integer:1>
"abc" ¦  ¦ compareTo ¦ "abcd" ¦ <Integer:-1>
"abc" ¦  ¦ compareTo ¦ "B" ¦ <Integer:31>
"abc" ¦  ¦ compareTo ¦ 1
    ¦ <!java.lang.ClassCastException: class java.lang.Integer cannot be cast to class java.lang.String…>
"abc" ¦  ¦ compareTo ¦ null
    ¦ <!java.lang.NullPointerException: Cannot read field "value" because "anotherString" is null>
"abc" ¦  ¦ compareToIgnoreCase ¦ "ABD" ¦ <Integer:-1>
"abc" ¦  ¦ compareToIgnoreCase ¦ "abc" ¦ <Integer:0>
"abc" ¦  ¦ compareToIgnoreCase ¦ null
    ¦ <!java.lang.NullPointerException: Cannot read field "value" because "s2" is null>
"abc" ¦  ¦ substring ¦ 1 ¦ <String:bc>
"abc" ¦  ¦ substring ¦ 3 ¦ <String:>
"abc" ¦  ¦ substring ¦ 4 ¦ <!java.lang.StringIndexOutOfBoundsException: begin 4, end 3, length 3>
"abc" ¦  ¦ substring ¦ -1 ¦ <!java.lang.StringIndexOutOfBoundsException: begin -1, end 3, length 3>
"abc" ¦  ¦ substring ¦ 99 ¦ <!java.lang.StringIndexOutOfBoundsException: begin 99, end 3, length 3>
"abc" ¦  ¦ substring ¦ 1, 2 ¦ <String:b>
"abc" ¦  ¦ substring ¦ 1, 9 ¦ <!java.lang.StringIndexOutOfBoundsException: begin 1, end 9, length 3>
"abc" ¦  ¦ substring ¦ 2, 1 ¦ <!java.lang.StringIndexOutOfBoundsException: begin 2, end 1, length 3>
"abc" ¦  ¦ substring ¦ -1, 2 ¦ <!java.lang.StringIndexOutOfBoundsException: begin -1, end 2, length 3>
"abc" ¦  ¦ substring ¦ "1" ¦ <none>
"abc" ¦  ¦ substring ¦ 1.0 ¦ <none>
"abc" ¦  ¦ substring ¦ 3000000000 ¦ <none>
"abc" ¦  ¦ substring ¦ null ¦ <none>
"abc" ¦  ¦ substring ¦ 99, 99 ¦ <!java.lang.StringIndexOutOfBoundsException: begin 99, end 99, length 3>
"abc" ¦  ¦ substring ¦  ¦ <none>
"abc" ¦  ¦ substring ¦ 0, 1, 2 ¦ <none>
"abc" ¦  ¦ subSequence ¦ 0, 2 ¦ <String:ab>
"abc" ¦  ¦ subSequence ¦ 1, 9 ¦ <!java.lang.StringIndexOutOfBoundsException: begin 1, end 9, length 3>
"abc" ¦  ¦ concat ¦ "d" ¦ <String:abcd>
"abc" ¦  ¦ concat ¦ "" ¦ <String:abc>
"abc" ¦  ¦ concat ¦ 1 ¦ <none>
"abc" ¦  ¦ concat ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.isEmpty()" because "str" is null>
"abc" ¦  ¦ replace ¦ "b", "x" ¦ <String:axc>
"abc" ¦  ¦ replace ¦ "", "-" ¦ <String:-a-b-c->
"abc" ¦  ¦ replace ¦ "b", "" ¦ <String:ac>
"abc" ¦  ¦ replace ¦ "b", 1 ¦ <none>
"abc" ¦  ¦ replace ¦ null, "x"
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.lang.CharSequence.toString()" because "tar…>
"abc" ¦  ¦ replace ¦ "b", null
    ¦ <!java.lang.NullPointerException: Cannot invoke "java.lang.CharSequence.toString()" because "rep…>
"abc" ¦  ¦ replace ¦ "b" ¦ <none>
"abc" ¦  ¦ replaceAll ¦ "[ab]", "x" ¦ <String:xxc>
"abc" ¦  ¦ replaceAll ¦ "(b)", "<$1>" ¦ <String:a<b>c>
"abc" ¦  ¦ replaceAll ¦ "[", "" ¦ <!java.util.regex.PatternSyntaxException…>
"abc" ¦  ¦ replaceAll ¦ "b", "$"
    ¦ <!java.lang.IllegalArgumentException: Illegal group reference: group index is missing>
"abc" ¦  ¦ replaceAll ¦ "b", "\\" ¦ <!java.lang.IllegalArgumentException: character to be escaped is missing>
"abc" ¦  ¦ replaceAll ¦ "b", "$9" ¦ <!java.lang.IndexOutOfBoundsException: No group 9>
"abc" ¦  ¦ replaceAll ¦ "", "-" ¦ <String:-a-b-c->
"abc" ¦  ¦ replaceAll ¦ null, "x"
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.isEmpty()" because "this.pattern" is null>
"abc" ¦  ¦ replaceAll ¦ "b", null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.length()" because "replacement" is null>
"abc" ¦  ¦ replaceAll ¦ "z", null ¦ <String:abc>
"abc" ¦  ¦ replaceAll ¦ 1, "x" ¦ <none>
"abc" ¦  ¦ replaceFirst ¦ "[ab]", "x" ¦ <String:xbc>
"abc" ¦  ¦ replaceFirst ¦ "(", "" ¦ <!java.util.regex.PatternSyntaxException…>
"abc" ¦  ¦ replaceFirst ¦ null, ""
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.isEmpty()" because "this.pattern" is null>
"abc" ¦  ¦ matches ¦ "a.c" ¦ <Boolean:true>
"abc" ¦  ¦ matches ¦ "a" ¦ <Boolean:false>
"abc" ¦  ¦ matches ¦ "*" ¦ <!java.util.regex.PatternSyntaxException…>
"abc" ¦  ¦ matches ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.isEmpty()" because "this.pattern" is null>
"abc" ¦  ¦ matches ¦ 1 ¦ <none>
"abc" ¦  ¦ split ¦ "b" ¦ <Array:[a, c]>
"abc" ¦  ¦ split ¦ "" ¦ <Array:[a, b, c]>
"abc" ¦  ¦ split ¦ "x" ¦ <Array:[abc]>
"abc" ¦  ¦ split ¦ null
    ¦ <!java.lang.NullPointerException: Cannot invoke "String.length()" because "regex" is null>
"abc" ¦  ¦ split ¦ 1 ¦ <none>
"abc" ¦  ¦ repeat ¦ 3 ¦ <String:abcabcabc>
"abc" ¦  ¦ repeat ¦ 0 ¦ <String:>
"abc" ¦  ¦ repeat ¦ -1 ¦ <!java.lang.IllegalArgumentException: count is negative: -1>
"abc" ¦  ¦ repeat ¦ "3" ¦ <none>
"abc" ¦  ¦ repeat ¦ null ¦ <none>
"abc" ¦  ¦ repeat ¦ 3000000000 ¦ <none>
"abc" ¦  ¦ forName ¦ "java.lang.String" ¦ <none>
"abc" ¦  ¦ nope ¦  ¦ <none>
"abc" ¦  ¦ length ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"abc" ¦  ¦ size ¦  ¦ <none>
"abc" ¦  ¦ Length ¦  ¦ <none>
"abc" ¦  ¦ valueOf ¦ 5 ¦ <String:5>
"abc" ¦  ¦ valueOf ¦ true ¦ <String:true>
"abc" ¦  ¦ valueOf ¦ "x" ¦ <String:x>
"abc" ¦  ¦ valueOf ¦ 1.5 ¦ <String:1.5>
"abc" ¦  ¦ valueOf ¦ [1, 2] ¦ <String:[1, 2]>
"abc" ¦  ¦ valueOf ¦ 3000000000 ¦ <String:3000000000>
"abc" ¦  ¦ valueOf ¦ null ¦ <String:null>
"abc" ¦  ¦ join ¦ ",", ["a", "b"] ¦ <String:a,b>
"abc" ¦  ¦ join ¦ ",", ["a", 1]
    ¦ <!java.lang.ClassCastException: class java.lang.Integer cannot be cast to class java.lang.CharSe…>
"abc" ¦  ¦ join ¦ ",", [] ¦ <String:>
"abc" ¦  ¦ join ¦ null, ["a"] ¦ <!java.lang.NullPointerException: >
"abc" ¦  ¦ join ¦ ",", null ¦ <none>
"abc" ¦  ¦ join ¦ ",", "a" ¦ <String:a>
"abc" ¦  ¦ join ¦ ",", ["a", null] ¦ <String:a,null>
"abc" ¦  ¦ isEmpty ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"" ¦  ¦ length ¦  ¦ <Integer:0>
"" ¦  ¦ isEmpty ¦  ¦ <Boolean:true>
"" ¦  ¦ isBlank ¦  ¦ <Boolean:true>
"" ¦  ¦ hashCode ¦  ¦ <Integer:0>
"" ¦  ¦ trim ¦  ¦ <String:>
"" ¦  ¦ toUpperCase ¦  ¦ <String:>
"" ¦  ¦ split ¦ "," ¦ <Array:[]>
"" ¦  ¦ charAt ¦ 0 ¦ <!java.lang.StringIndexOutOfBoundsException: String index out of range: 0>
"" ¦  ¦ indexOf ¦ "" ¦ <Integer:0>
"" ¦  ¦ lastIndexOf ¦ "" ¦ <Integer:0>
"" ¦  ¦ substring ¦ 0 ¦ <String:>
"" ¦  ¦ substring ¦ 1 ¦ <!java.lang.StringIndexOutOfBoundsException: begin 1, end 0, length 0>
"" ¦  ¦ replace ¦ "", "x" ¦ <String:x>
"" ¦  ¦ repeat ¦ 5 ¦ <String:>
"" ¦  ¦ matches ¦ "" ¦ <Boolean:true>
"" ¦  ¦ codePointAt ¦ 0 ¦ <!java.lang.StringIndexOutOfBoundsException: index 0, length 0>
"" ¦  ¦ equals ¦ "" ¦ <Boolean:true>
"  a b\t\n" ¦  ¦ isBlank ¦  ¦ <Boolean:false>
"  a b\t\n" ¦  ¦ trim ¦  ¦ <String:a b>
"  a b\t\n" ¦  ¦ strip ¦  ¦ <String:a b>
"  a b\t\n" ¦  ¦ stripLeading ¦  ¦ <String:a b\t\n>
"  a b\t\n" ¦  ¦ stripTrailing ¦  ¦ <String:  a b>
"  a b\t\n" ¦  ¦ length ¦  ¦ <Integer:7>
"  a b\t\n" ¦  ¦ split ¦ " " ¦ <Array:[, , a, b\t\n]>
"  a b\t\n" ¦  ¦ split ¦ "\\s+" ¦ <Array:[, a, b]>
" \u3000\u2003 x\u0001\u00a0" ¦  ¦ isBlank ¦  ¦ <Boolean:false>
" \u3000\u2003 x\u0001\u00a0" ¦  ¦ trim ¦  ¦ <String:\u3000\u2003 x\u0001\u00a0>
" \u3000\u2003 x\u0001\u00a0" ¦  ¦ strip ¦  ¦ <String:x\u0001\u00a0>
" \u3000\u2003 x\u0001\u00a0" ¦  ¦ stripLeading ¦  ¦ <String:x\u0001\u00a0>
" \u3000\u2003 x\u0001\u00a0" ¦  ¦ stripTrailing ¦  ¦ <String: \u3000\u2003 x\u0001\u00a0>
" \u3000\t" ¦  ¦ isBlank ¦  ¦ <Boolean:true>
" \u3000\t" ¦  ¦ trim ¦  ¦ <String:\u3000>
" \u3000\t" ¦  ¦ strip ¦  ¦ <String:>
" \u3000\t" ¦  ¦ stripLeading ¦  ¦ <String:>
" \u3000\t" ¦  ¦ stripTrailing ¦  ¦ <String:>
"a,b,,c,," ¦  ¦ split ¦ "," ¦ <Array:[a, b, , c]>
"a,b,,c,," ¦  ¦ split ¦ ",", 0 ¦ <Array:[a, b, , c]>
"a,b,,c,," ¦  ¦ split ¦ ",", -1 ¦ <Array:[a, b, , c, , ]>
"a,b,,c,," ¦  ¦ split ¦ ",", 2 ¦ <Array:[a, b,,c,,]>
"a,b,,c,," ¦  ¦ split ¦ ",", 9 ¦ <Array:[a, b, , c, , ]>
"a,b,,c,," ¦  ¦ split ¦ ",", "2" ¦ <none>
"a,b,,c,," ¦  ¦ split ¦ ",", null ¦ <none>
"a,b,,c,," ¦  ¦ replace ¦ ",", ";" ¦ <String:a;b;;c;;>
"a,b,,c,," ¦  ¦ lastIndexOf ¦ "," ¦ <Integer:7>
"a,b,,c,," ¦  ¦ lastIndexOf ¦ ",", 4 ¦ <Integer:4>
"a,b,,c,," ¦  ¦ indexOf ¦ ",", 2 ¦ <Integer:3>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ length ¦  ¦ <Integer:7>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ hashCode ¦  ¦ <Integer:1463676293>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ toUpperCase ¦  ¦ <String:HÉ😀XSSİ>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ toLowerCase ¦  ¦ <String:hé😀xßi̇>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ charAt ¦ 1 ¦ <String:é>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ charAt ¦ 5 ¦ <String:ß>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ charAt ¦ 8
    ¦ <!java.lang.StringIndexOutOfBoundsException: index 8, length 7>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ codePointAt ¦ 2 ¦ <Integer:128512>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ codePointAt ¦ 3 ¦ <Integer:56832>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ indexOf ¦ "x" ¦ <Integer:4>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ indexOf ¦ "\u00df" ¦ <Integer:5>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ indexOf ¦ 128512 ¦ <Integer:2>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ indexOf ¦ 120 ¦ <Integer:4>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ indexOf ¦ 57344 ¦ <Integer:-1>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ lastIndexOf ¦ "x" ¦ <Integer:4>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ lastIndexOf ¦ 128512 ¦ <Integer:2>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ lastIndexOf ¦ 128512, 1 ¦ <Integer:-1>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ lastIndexOf ¦ "x", 3 ¦ <Integer:-1>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ indexOf ¦ "x", 5 ¦ <Integer:-1>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ indexOf ¦ "x", 4 ¦ <Integer:4>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ substring ¦ 1 ¦ <String:é😀xßİ>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ substring ¦ 4 ¦ <String:xßİ>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ substring ¦ 0, 2 ¦ <String:hé>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ substring ¦ 4, 6 ¦ <String:xß>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ substring ¦ 0, 9
    ¦ <!java.lang.StringIndexOutOfBoundsException: begin 0, end 9, length 7>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ substring ¦ 2, 4 ¦ <String:😀>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ replace ¦ "", "-" ¦ <String:-h-é-?-?-x-ß-İ->
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ replace ¦ "\ud83d\ude00", "!" ¦ <String:hé!xßİ>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ startsWith ¦ "x", 4 ¦ <Boolean:true>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ compareTo ¦ "h\u00e9\uffff" ¦ <Integer:-10178>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ compareTo ¦ "h\u00e9\ud83d\ude01" ¦ <Integer:-1>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ equalsIgnoreCase ¦ "H\u00c9\ud83d\ude00X\u00dfI" ¦ <Boolean:true>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ equalsIgnoreCase ¦ "H\u00c9\ud83d\ude00X\u00dfi" ¦ <Boolean:true>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ compareToIgnoreCase ¦ "H\u00c9\ud83d\ude00Y" ¦ <Integer:-1>
"h\u00e9\ud83d\ude00x\u00df\u0130" ¦  ¦ contains ¦ "\ud83d\ude00" ¦ <Boolean:true>
"\u0391\u03a3 \u03a3" ¦  ¦ toLowerCase ¦  ¦ <String:ας σ>
"\u0391\u03a3 \u03a3" ¦  ¦ toUpperCase ¦  ¦ <String:ΑΣ Σ>
"\u017f\u212a\ud801\udc00" ¦  ¦ toLowerCase ¦  ¦ <String:ſk𐐨>
"\u017f\u212a\ud801\udc00" ¦  ¦ toUpperCase ¦  ¦ <String:SK𐐀>
"\u017f\u212a\ud801\udc00" ¦  ¦ equalsIgnoreCase ¦ "sk\ud801\udc28" ¦ <Boolean:true>
"\u017f\u212a\ud801\udc00" ¦  ¦ compareToIgnoreCase ¦ "sk\ud801\udc28" ¦ <Integer:0>
"\u017f\u212a\ud801\udc00" ¦  ¦ compareToIgnoreCase ¦ "SK\ud801\udc28" ¦ <Integer:0>
"\ufb01\u0149\u01c5\u1e9e" ¦  ¦ toLowerCase ¦  ¦ <String:ﬁŉǆß>
"\ufb01\u0149\u01c5\u1e9e" ¦  ¦ toUpperCase ¦  ¦ <String:FIʼNǄẞ>
"aaaa" ¦  ¦ replace ¦ "aa", "b" ¦ <String:bb>
"aaaa" ¦  ¦ replaceAll ¦ "a*?", "x" ¦ <String:xaxaxaxax>
"aaaa" ¦  ¦ lastIndexOf ¦ "aa" ¦ <Integer:2>
"aaaa" ¦  ¦ split ¦ "a" ¦ <Array:[]>
"aaaa" ¦  ¦ split ¦ "a", -1 ¦ <Array:[, , , , ]>
"abc" ¦  ¦ trim ¦ "x" ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"abc" ¦  ¦ toLowerCase ¦ "en" ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"abc" ¦  ¦ hashCode ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"abc" ¦  ¦ toString ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"abc" ¦  ¦ intern ¦ 1 ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"abc" ¦  ¦ join ¦ "," ¦ <String:>
"abc" ¦  ¦ join ¦ ",", "a", "b" ¦ <String:a,b>
"abc" ¦  ¦ join ¦ ",", {"a": 1} ¦ <none>
"abc" ¦  ¦ join ¦ ",", 1 ¦ <none>
"abc" ¦  ¦ replace ¦ "b", ["x"] ¦ <none>
"abc" ¦  ¦ split ¦ "b", 1.5 ¦ <none>
"abc" ¦  ¦ split ¦ "b", 1, 2 ¦ <none>
"abc" ¦  ¦ charAt ¦ 0, 1 ¦ <none>
"abc" ¦  ¦ isBlank ¦ "x" ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"abc" ¦  ¦ concat ¦ "a", "b" ¦ <none>
"abc" ¦  ¦ compareTo ¦  ¦ <none>
"abc" ¦  ¦ strip ¦ " " ¦ <!java.lang.IllegalArgumentException: wrong number of arguments>
"abc" ¦  ¦ equals ¦ ["abc"] ¦ <Boolean:false>
"baac" ¦  ¦ replaceFirst ¦ "a*", "x" ¦ <String:xbaac>
"baac" ¦  ¦ replaceAll ¦ "(?<=a)", "-" ¦ <String:ba-a-c>
"##;

    #[test]
    fn answers_as_java_does() {
        super::super::tests::check(ANSWERS);
    }

    /// Java finds an empty match also where the last match ended.
    const EMPTY_MATCHES: &str = r##"
"aaaa" ¦  ¦ replaceAll ¦ "a*", "x" ¦ <String:xx>
"baac" ¦  ¦ replaceAll ¦ "a*", "x" ¦ <String:xbxxcx>
"baac" ¦  ¦ split ¦ "a*" ¦ <Array:[b, , c]>
"baac" ¦  ¦ split ¦ "a*", -1 ¦ <Array:[b, , c, ]>
"baac" ¦  ¦ replaceAll ¦ "b|", "x" ¦ <String:xxaxaxcx>
"##;

    #[test]
    fn finds_empty_matches_as_java_does() {
        super::super::tests::check(EMPTY_MATCHES);
    }
}
