//! How SQL tests a column of a row. Nothing is known of a table's collation: what depends on it is left open.
//!
//! <https://www.postgresql.org/docs/current/functions-comparison.html>: a comparison with null is neither true nor false, and
//! such a row is not found. <https://www.postgresql.org/docs/current/functions-matching.html>: LIKE.

use super::super::attribute::Attribute;
use super::super::condition::{Comparator, SqlHow};
use super::super::judged::{Side, SideValue};
use super::super::unjudged::Unjudged;
use bigdecimal::BigDecimal;
use std::cmp::Ordering;
use std::str::FromStr;

/// Letters of a text that LIKE is tried on.
const LONGEST: usize = 4_096;

/// Whether a test holds with these values.
pub(in crate::records) fn holds(how: SqlHow, wanted: bool, sides: &[Side]) -> Result<bool, Unjudged> {
    let mut values = Vec::with_capacity(sides.len());
    for side in sides {
        values.push(match &side.found {
            SideValue::Value(value) => value,
            // A row as it was given need not have every column of its table.
            SideValue::Absent => return Err(Unjudged::AttributeNotGiven(side.text.clone())),
            SideValue::Unknown(why) => return Err(why.clone()),
        });
    }
    let [first, rest @ ..] = values.as_slice() else { return Err(Unjudged::Sql) };
    if how == SqlHow::Null {
        return Ok((**first == Attribute::Null) == wanted);
    }
    // Null is equal to nothing, and different from nothing.
    if **first == Attribute::Null {
        return Ok(false);
    }
    let known: Vec<&Attribute> = rest.iter().copied().filter(|value| **value != Attribute::Null).collect();
    let nulls = known.len() < rest.len();
    let held = match how {
        _ if known.is_empty() && nulls => return Ok(false),
        SqlHow::Truth => truth(first)?,
        SqlHow::Compare(comparator) => compare(comparator, first, known.first().ok_or(Unjudged::Sql)?)?,
        SqlHow::Like { any_case } => like(first, known.first().ok_or(Unjudged::Sql)?, any_case)?,
        SqlHow::In => one_of(first, &known)?,
        SqlHow::Between => match known.as_slice() {
            [low, high] => {
                compare(Comparator::GreaterOrEqual, first, low)? && compare(Comparator::LessOrEqual, first, high)?
            }
            _ if wanted => return Ok(false),
            // `NOT BETWEEN NULL AND 5` holds beyond the bound that is known.
            _ => return Err(Unjudged::Sql),
        },
        SqlHow::Null => return Err(Unjudged::Sql),
    };
    // `NOT IN` with a null in its list finds nothing.
    Ok(held == wanted && (wanted || !nulls))
}

fn truth(value: &Attribute) -> Result<bool, Unjudged> {
    match value {
        Attribute::Boolean(value) => Ok(*value),
        Attribute::Number(number) => Ok(*number != BigDecimal::default()),
        _ => Err(Unjudged::Sql),
    }
}

fn one_of(value: &Attribute, list: &[&Attribute]) -> Result<bool, Unjudged> {
    let mut open = None;
    for wanted in list {
        match same(value, wanted) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(why) => open = Some(why),
        }
    }
    open.map_or(Ok(false), Err)
}

fn compare(comparator: Comparator, left: &Attribute, right: &Attribute) -> Result<bool, Unjudged> {
    let order = |test: fn(Ordering) -> bool| ordered(left, right).map(test);
    match comparator {
        Comparator::Equal => same(left, right),
        Comparator::NotEqual => same(left, right).map(|same| !same),
        Comparator::Less => order(Ordering::is_lt),
        Comparator::LessOrEqual => order(Ordering::is_le),
        Comparator::Greater => order(Ordering::is_gt),
        Comparator::GreaterOrEqual => order(Ordering::is_ge),
    }
}

/// Texts that differ in case or in blanks at the end may be equal, by the collation.
fn same(left: &Attribute, right: &Attribute) -> Result<bool, Unjudged> {
    if let (Attribute::String(one), Attribute::String(other)) = (left, right) {
        let folded = |text: &str| text.trim_end().to_lowercase();
        return if one == other {
            Ok(true)
        } else if folded(one) == folded(other) || !one.is_ascii() || !other.is_ascii() {
            Err(Unjudged::SqlCollation)
        } else {
            Ok(false)
        };
    }
    match (number(left), number(right)) {
        (Some(one), Some(other)) => Ok(one == other),
        _ => Err(Unjudged::Sql),
    }
}

fn number(value: &Attribute) -> Option<BigDecimal> {
    match value {
        Attribute::Number(number) => Some(number.clone()),
        Attribute::Boolean(value) => Some(BigDecimal::from(u8::from(*value))),
        Attribute::String(text) if text.len() < 40 => BigDecimal::from_str(text).ok(),
        _ => None,
    }
}

/// Numbers, and dates as ISO 8601 writes them; the order of other texts is the collation's.
fn ordered(left: &Attribute, right: &Attribute) -> Result<Ordering, Unjudged> {
    match (left, right) {
        (Attribute::String(one), Attribute::String(other)) => match (date(one), date(other)) {
            (Some(one), Some(other)) => Ok(one.cmp(&other)),
            _ => Err(Unjudged::SqlCollation),
        },
        _ => match (number(left), number(right)) {
            (Some(one), Some(other)) => Ok(one.cmp(&other)),
            _ => Err(Unjudged::Sql),
        },
    }
}

/// A date, or a date and a time in UTC or without a zone.
fn date(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_date = [0, 1, 2, 3, 5, 6, 8, 9].into_iter().all(digit) && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    let rest = text.get(10..)?;
    let is_time = rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'T' | b' ' | b':' | b'.' | b'Z'));
    (is_date && is_time).then(|| text.trim_end_matches('Z').replace('T', " "))
}

fn like(value: &Attribute, pattern: &Attribute, any_case: bool) -> Result<bool, Unjudged> {
    let (Attribute::String(text), Attribute::String(pattern)) = (value, pattern) else { return Err(Unjudged::Sql) };
    if text.len() > LONGEST || pattern.len() > LONGEST {
        return Err(Unjudged::Sql);
    }
    let folded = |text: &str| text.to_lowercase();
    match (fits(text, pattern), fits(&folded(text), &folded(pattern))) {
        (true, _) => Ok(true),
        (false, true) if any_case => Ok(true),
        (false, true) => Err(Unjudged::SqlCollation),
        (false, false) => Ok(false),
    }
}

/// `%` stands for any letters, `_` for one, and `\` takes the next as it is. One way back is enough: to the last `%`.
fn fits(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern = steps(pattern);
    let (mut at, mut step, mut back) = (0, 0, None);
    while at < text.len() {
        match pattern.get(step) {
            Some(LikeStep::Any) => {
                back = Some((step, at));
                step += 1;
            }
            Some(LikeStep::One) => (at, step) = (at + 1, step + 1),
            Some(LikeStep::Letter(letter)) if text.get(at) == Some(letter) => (at, step) = (at + 1, step + 1),
            _ => {
                let Some((any, from)) = back else { return false };
                back = Some((any, from + 1));
                (at, step) = (from + 1, any + 1);
            }
        }
    }
    pattern.get(step..).is_some_and(|rest| rest.iter().all(|step| *step == LikeStep::Any))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LikeStep {
    Any,
    One,
    Letter(char),
}

fn steps(pattern: &str) -> Vec<LikeStep> {
    let mut letters = pattern.chars();
    let mut found = Vec::new();
    while let Some(letter) = letters.next() {
        found.push(match letter {
            '%' => LikeStep::Any,
            '_' => LikeStep::One,
            '\\' => LikeStep::Letter(letters.next().unwrap_or('\\')),
            letter => LikeStep::Letter(letter),
        });
    }
    found
}
