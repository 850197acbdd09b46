//! The data of a pasted text: JSON, or an object as a console prints it.

use super::error::PasteError;
use super::lenient;
use crate::value::{JsonError, Value, from_given};

/// The values of a text that is data, one after the other; `None` where it is something else.
///
/// # Errors
/// It begins as data does and cannot be read.
pub fn read(text: &str) -> Option<Result<Vec<Value>, PasteError>> {
    Some(read_with_slip(text)?.map(|read| read.values))
}

/// The values of a text, one after the other.
pub(super) struct ReadData {
    pub(super) values: Vec<Value>,
    /// What is wrong with it that JSON does not take.
    pub(super) slip: Option<JsonError>,
}

/// As [`read`], with what JSON would not take.
///
/// # Errors
/// Those of [`read`].
pub(super) fn read_with_slip(text: &str) -> Option<Result<ReadData, PasteError>> {
    let text = super::tokens::unfenced(text);
    if !begins(text) {
        return None;
    }
    let strict = match from_given(text) {
        Ok(value) => return Some(Ok(ReadData { values: vec![value], slip: None })),
        Err(error) => error,
    };
    match lenient::values(text) {
        Ok(values) if !values.is_empty() => Some(Ok(ReadData { values, slip: Some(strict) })),
        _ => {
            let end = if strict.to_string().contains("EOF") { " (its end is missing: copy it whole)" } else { "" };
            Some(Err(format!("not valid JSON: {strict}{end}").into()))
        }
    }
}

/// Whether a text begins as data: a bracket, a quote before one, the name of a class, or headings of their own lines.
fn begins(text: &str) -> bool {
    let quoted = |text: &str| {
        let inside = text.trim_start_matches(['"', '\'']);
        inside.len() < text.len() && inside.trim_start().starts_with(['{', '[', '\\'])
    };
    if text.starts_with(['{', '[']) || quoted(text) || text.starts_with('"') && from_given(text).is_ok() {
        return true;
    }
    let Some(brace) = text.find(['{', '[']) else { return false };
    let before = &text[..brace];
    let class = !before.is_empty()
        && before.starts_with(|first: char| first.is_ascii_uppercase())
        && before.trim_end().chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    // `Token claims` is a heading where a rule of dashes stands below it.
    let ruled = before.lines().any(|line| line.trim().len() > 2 && line.trim().chars().all(|letter| matches!(letter, '-' | '=')));
    let words = |line: &str| line.split_whitespace().count() <= 4 && line.chars().all(|letter| letter.is_alphanumeric() || letter == ' ');
    let headed = before.lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.ends_with(':') || line.chars().all(|letter| !letter.is_lowercase()) || ruled && words(line)
    });
    class || headed && before.ends_with('\n')
}
