//! `java.lang.String`.

use super::args::{fits, is_whitespace};
use super::Method as M;
use super::units::{
    byte_at, char_at, code_point_at, code_point_before, code_point_count, from_units, index_of, length,
    offset_by_code_points, slice, tail,
};
use super::{
    Called, MethodOutcome, Stop, class_cast, give, int, int_arg, non_null, object, room_for, size,
    text_arg, to_text,
};
use super::{bytes, format, lines};
use crate::value::regex::{self, JavaRegex};
use crate::value::{JavaError, List, Text, Value};
use ecow::EcoString;
use std::cmp::Ordering;
use std::rc::Rc;

pub(super) const METHODS: &[super::Entry] = &[
    (M::CharAt, &[1]),
    (M::CodePointAt, &[1]),
    (M::CodePointBefore, &[1]),
    (M::CodePointCount, &[2]),
    (M::CompareTo, &[1]),
    (M::CompareToIgnoreCase, &[1]),
    (M::Concat, &[1]),
    (M::Contains, &[1]),
    (M::ContentEquals, &[1]),
    (M::EndsWith, &[1]),
    (M::Equals, &[1]),
    (M::EqualsIgnoreCase, &[1]),
    (M::Format, &[1, 2, 3, 4, 5, 6, 7, 8]),
    (M::Formatted, &[0, 1, 2, 3, 4, 5, 6, 7]),
    (M::GetBytes, &[0, 1]),
    (M::HashCode, &[0]),
    (M::Indent, &[1]),
    (M::IndexOf, &[1, 2]),
    (M::Intern, &[0]),
    (M::IsBlank, &[0]),
    (M::IsEmpty, &[0]),
    (M::Join, &[1, 2, 3, 4, 5, 6, 7, 8]),
    (M::LastIndexOf, &[1, 2]),
    (M::Length, &[0]),
    (M::Matches, &[1]),
    (M::OffsetByCodePoints, &[2]),
    (M::RegionMatches, &[4, 5]),
    (M::Repeat, &[1]),
    (M::Replace, &[2]),
    (M::ReplaceAll, &[2]),
    (M::ReplaceFirst, &[2]),
    (M::Split, &[1, 2]),
    (M::StartsWith, &[1, 2]),
    (M::Strip, &[0]),
    (M::StripIndent, &[0]),
    (M::StripLeading, &[0]),
    (M::StripTrailing, &[0]),
    (M::SubSequence, &[2]),
    (M::Substring, &[1, 2]),
    (M::ToLowerCase, &[0]),
    (M::ToString, &[0]),
    (M::ToUpperCase, &[0]),
    (M::ToCharArray, &[0]),
    (M::TranslateEscapes, &[0]),
    (M::Trim, &[0]),
    (M::ValueOf, &[1]),
];

pub(super) fn call(text: &Text, method: M, args: &[Value]) -> MethodOutcome {
    match method {
        M::Length | M::IsEmpty | M::IsBlank | M::CharAt | M::CodePointAt | M::CodePointBefore | M::CodePointCount | M::OffsetByCodePoints | M::GetBytes | M::ToCharArray | M::IndexOf | M::LastIndexOf => units(text, method, args),
        M::ContentEquals | M::RegionMatches | M::Contains | M::StartsWith | M::EndsWith | M::EqualsIgnoreCase | M::CompareTo | M::CompareToIgnoreCase | M::Matches | M::Equals => asked(text, method, args),
        M::Split | M::Replace | M::ReplaceAll | M::ReplaceFirst | M::Format | M::Formatted | M::Join => patterned(text, method, args),
        _ => made(text, method, args),
    }
}

/// What a text is made of: how long it is, what stands where.
fn units(text: &Text, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::Length, []) => size(length(text)),
        (M::IsEmpty, []) => give(text.is_empty()),
        (M::IsBlank, []) => give(is_blank(text)),
        (M::CharAt, [index]) => char_at(text, int_arg(index)?),
        (M::CodePointAt, [index]) => code_point_at(text, int_arg(index)?),
        (M::CodePointBefore, [index]) => code_point_before(text, int_arg(index)?),
        (M::CodePointCount, [begin, end]) => code_point_count(text, int_arg(begin)?, int_arg(end)?),
        (M::OffsetByCodePoints, [index, points]) => offset_by_code_points(text, int_arg(index)?, int_arg(points)?),
        (M::GetBytes, []) => {
            room_for(text.len())?;
            give(bytes::bytes(text.bytes()))
        }
        // A null fits two overloads, so Velocity finds none.
        (M::GetBytes, [Value::Null]) => Ok(Called::Missing),
        (M::GetBytes, [charset]) => {
            room_for(text.len())?;
            bytes::encoded(text, text_arg(charset)?.unwrap_or_default())
        }
        (M::IndexOf | M::LastIndexOf, [wanted]) => index_of(text, method, wanted, None),
        (M::IndexOf | M::LastIndexOf, [wanted, from]) => index_of(text, method, wanted, Some(int_arg(from)?)),
        // Java's `char` prints like a string of one.
        (M::ToCharArray, []) => {
            room_for(length(text))?;
            let letters = text.encode_utf16().map(|unit| Value::string(from_units(&[unit])));
            give(List::array_of("[C", letters.collect()))
        }
        _ => object(&Value::String(text.clone()), method, args),
    }
}

/// What is asked of a text: whether it is like another.
fn asked(text: &Text, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::ContentEquals, [other]) => {
            let other =
                non_null(text_arg(other)?, r#"Cannot invoke "java.lang.CharSequence.length()" because "cs" is null"#)?;
            give(other == text.as_str())
        }
        (M::RegionMatches, [start, other, other_start, length]) => {
            let starts = (int_arg(start)?, int_arg(other_start)?);
            region_matches(text, text_arg(other)?, starts, int_arg(length)?, false)
        }
        (M::RegionMatches, [Value::Boolean(fold), start, other, other_start, length]) => {
            let starts = (int_arg(start)?, int_arg(other_start)?);
            region_matches(text, text_arg(other)?, starts, int_arg(length)?, *fold)
        }
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
        (M::Matches, [pattern]) => give(compile(text_arg(pattern)?)?.matches_whole(text)?),
        (M::Equals, [other]) => give(other.as_str() == Some(text)),
        _ => object(&Value::String(text.clone()), method, args),
    }
}

/// What follows a pattern: format, split, replace, join.
fn patterned(text: &Text, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::Format, [pattern, args @ ..]) => {
            let pattern = text_arg(pattern)?;
            format::format(non_null(pattern, "")?, args)
        }
        (M::Formatted, args) => format::format(text, args),
        (M::Split, [pattern]) => split(text, text_arg(pattern)?, 0),
        (M::Split, [pattern, limit]) => split(text, text_arg(pattern)?, int_arg(limit)?),
        (M::Replace, [target, replacement]) => {
            // The types of both decide before a null does.
            text_arg(replacement)?;
            replace(text, chars(target, "target")?, chars(replacement, "replacement")?)
        }
        (M::ReplaceAll | M::ReplaceFirst, [pattern, replacement]) => {
            let (pattern, replacement) = (text_arg(pattern)?, text_arg(replacement)?);
            let regex = compile(pattern)?;
            let Some(replacement) = replacement else {
                return match regex.find(text)? {
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
            let replaced = replaced?;
            fits(replaced.len())?;
            give(Value::string(replaced))
        }
        (M::Join, [delimiter, parts @ ..]) => join(text_arg(delimiter)?, parts),
        _ => object(&Value::String(text.clone()), method, args),
    }
}

/// Texts made of a text.
fn made(text: &Text, method: M, args: &[Value]) -> MethodOutcome {
    match (method, args) {
        (M::Indent, [by]) => lines::indent(text, int_arg(by)?),
        (M::StripIndent, []) => lines::strip_indent(text),
        (M::TranslateEscapes, []) => lines::translate_escapes(text),
        (M::Substring, [begin]) => {
            let units = length(text);
            slice(text, int_arg(begin)?, i32::try_from(units).unwrap_or(i32::MAX), units)
        }
        (M::Substring | M::SubSequence, [begin, end]) => slice(text, int_arg(begin)?, int_arg(end)?, length(text)),
        (M::Concat, [other]) => {
            let other = non_null(text_arg(other)?, r#"Cannot invoke "String.isEmpty()" because "str" is null"#)?;
            fits(text.len() + other.len())?;
            give(Value::string([text.as_str(), other].into_iter().collect::<EcoString>()))
        }
        // Of a locale, which no template has.
        (M::ToLowerCase | M::ToUpperCase, [Value::Null]) => Ok(non_null(None, "")?),
        (M::ToLowerCase, []) => {
            let lower = text.to_lowercase();
            fits(lower.len())?;
            give(Value::string(lower))
        }
        (M::ToUpperCase, []) => {
            let upper = text.to_uppercase();
            fits(upper.len())?;
            give(Value::string(upper))
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
            give(Value::string(if text.is_empty() { String::new() } else { text.repeat(times) }))
        }
        // Of no characters: Java's `char[]`, written one by one.
        (M::ValueOf, []) => give(""),
        (M::ValueOf, [value]) => give(Value::string(to_text(value)?)),
        (M::Intern | M::ToString, []) => give(Value::String(text.clone())),
        _ => object(&Value::String(text.clone()), method, args),
    }
}


/// `regionMatches`: whether as many code units from both starts on are the same, or the same but for their case.
fn region_matches(text: &str, other: Option<&str>, starts: (i32, i32), length: i32, fold: bool) -> MethodOutcome {
    let other = non_null(other, r#"Cannot read field "value" because "other" is null"#)?;
    let units = |text: &str, start: i32| -> Option<Vec<u16>> {
        let start = usize::try_from(start).ok()?;
        let units: Vec<u16> = text.encode_utf16().collect();
        // A negative length is no more than nothing.
        let end = start.checked_add(usize::try_from(length).unwrap_or(0))?;
        (start <= units.len()).then(|| units.get(start..end).map(<[u16]>::to_vec))?
    };
    let (Some(left), Some(right)) = (units(text, starts.0), units(other, starts.1)) else { return give(false) };
    give(left == right || fold && folded(&from_units(&left)).eq(folded(&from_units(&right))))
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

fn replace(text: &Text, target: &str, replacement: &str) -> MethodOutcome {
    if target.is_empty() {
        let units = length(text);
        fits(text.len().saturating_add(replacement.len().saturating_mul(units + 1)))?;
        let mut out = EcoString::from(replacement);
        for unit in text.encode_utf16() {
            out.push(char::from_u32(u32::from(unit)).unwrap_or('?'));
            out.push_str(replacement);
        }
        // With nothing put between them, the halves of a surrogate pair stay together.
        return give(if replacement.is_empty() { Value::String(text.clone()) } else { Value::string(out) });
    }
    if replacement.len() > target.len() {
        let more = (replacement.len() - target.len()).saturating_mul(text.matches(target).count());
        fits(text.len().saturating_add(more))?;
    }
    give(Value::string(text.replace(target, replacement)))
}

fn compile(pattern: Option<&str>) -> Result<Rc<JavaRegex>, Stop> {
    let pattern = non_null(pattern, r#"Cannot invoke "String.isEmpty()" because "this.pattern" is null"#)?;
    Ok(regex::compile(pattern)?)
}

fn split(text: &str, pattern: Option<&str>, limit: i32) -> MethodOutcome {
    let pattern = non_null(pattern, r#"Cannot invoke "String.length()" because "regex" is null"#)?;
    let parts = regex::compile(pattern).and_then(|regex| regex.split(text, limit))?;
    give(List::array(parts.into_iter().map(Value::string).collect()))
}

/// `String.join(delimiter, parts)`: of a collection or an array, or of strings written one by one.
fn join(delimiter: Option<&str>, parts: &[Value]) -> MethodOutcome {
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
    give(Value::string(out))
}

/// `isBlank()`: nothing but white space.
pub(in crate::value) fn is_blank(text: &str) -> bool {
    text.chars().all(is_whitespace)
}

#[cfg(test)]
mod tests {
    /// What Apache Velocity 1.7 on Java 17 answered.
    const ANSWERS: &str = include_str!("answers/string.txt");

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
