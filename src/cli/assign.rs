//! A part of the context as it is typed: JSON, a file, or member by member: `id=1`, `tags:=["a"]`, `input.id=1`.

use super::exit::CommandError;
use super::{input, secrets};
use crate::request::secret::names_secret;
use crate::value::{Map, Value, from_given};
use std::path::Path;

/// Names of a member that is typed, at most: as deep as JSON is read.
const DEEPEST: usize = 127;

/// What an option that may be repeated gives; `None` where it was not given.
///
/// # Errors
/// No JSON, no file, or a whole beside members; the option is named.
pub fn value(name: &str, given: &[String]) -> Result<Option<Value>, CommandError> {
    let mut whole: Option<Value> = None;
    for option in given {
        learn(name, option);
        let Some((path, value)) = assignment(name, option)? else {
            if whole.is_some() {
                return Err(CommandError::new(format!(
                    "--{name} {option}: a whole object stands first and once, and members (id=1) after it"
                )));
            }
            whole = Some(input::option_json(name, option)?);
            continue;
        };
        let map = match whole.get_or_insert_with(|| Map::new().into()) {
            Value::Map(map) => map.clone(),
            other => {
                return Err(CommandError::new(format!(
                    "--{name} {option}: a member cannot be put into a {}",
                    other.type_name()
                )));
            }
        };
        put(&map, &path, value);
    }
    Ok(whole)
}

/// Remembers what is typed as a credential, before anything is said of the option: a header's value, a password.
fn learn(name: &str, option: &str) {
    if input::is_inline(option) {
        return;
    }
    if let Some((key, value)) = option.split_once(['=', ':'])
        && (name == "headers" || names_secret(key))
    {
        secrets::learn(value.trim_start_matches([':', '=', ' ']));
    }
}

/// `name=text` or `name:=JSON`; `None` for JSON itself and for files.
fn assignment(name: &str, option: &str) -> Result<Option<(Vec<String>, Value)>, CommandError> {
    if input::is_inline(option) || Path::new(option).exists() {
        return Ok(None);
    }
    let Some((path, text)) = option.split_once('=') else {
        return match option.split_once(':') {
            Some((key, text))
                if !key.is_empty()
                    && key.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
                    && !text.contains(['/', '\\']) =>
            {
                Err(CommandError::new(format!(
                    "--{name} {option}: neither JSON nor a file; a member is typed as {key}={text} (a text) or {key}:={text} (JSON)"
                )))
            }
            _ => Ok(None),
        };
    };
    let (path, json) = path.strip_suffix(':').map_or((path, false), |path| (path, true));
    let named = |part: &str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'))
    };
    if !path.split('.').all(named) {
        return Ok(None);
    }
    if path.split('.').count() > DEEPEST {
        return Err(CommandError::new(format!(
            "--{name}: a member inside of more than {DEEPEST} others is none that JSON can hold"
        )));
    }
    let value = if json {
        from_given(text).map_err(|error| {
            CommandError::new(format!(
                "--{name} {path}:={text}: after `:=` stands JSON, and this is not: {} (a text without quotes goes after `=` alone)",
                error.message
            ))
        })?
    } else {
        Value::from(text)
    };
    Ok(Some((path.split('.').map(str::to_owned).collect(), value)))
}

fn put(map: &Map, path: &[String], value: Value) {
    match path {
        [] => {}
        [last] => {
            map.put_str(last, value);
        }
        [first, rest @ ..] => {
            let inner = map.get_str(first).and_then(|inner| inner.as_map().cloned()).unwrap_or_default();
            put(&inner, rest, value);
            map.put_str(first, inner);
        }
    }
}
