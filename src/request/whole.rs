//! Integers beyond 64 bits in JSON that is read into a tree, whose numbers would round them: they are marked while the text is
//! read, and stay whole as text.

use serde_json::Value as Json;
use std::borrow::Cow;

/// Begins a text that is an integer: a noncharacter, which no text holds (Unicode, section 23.7).
const MARK: char = '\u{FDD0}';

/// The JSON with each integer beyond 64 bits as a marked text.
pub fn marked(json: &str) -> Cow<'_, str> {
    if !crate::value::has_long_integer(json.as_bytes()) || json.contains(MARK) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    let (mut rest, mut quoted) = (json, false);
    while let Some(letter) = rest.chars().next() {
        if !quoted && (letter == '-' || letter.is_ascii_digit()) {
            let end = rest.find(|letter: char| !matches!(letter, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
            let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
            let fits = number.contains(['.', 'e', 'E']) || number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok();
            if fits {
                out.push_str(number);
            } else {
                out.extend(['"', MARK]);
                out.push_str(number);
                out.push('"');
            }
            rest = after;
            continue;
        }
        out.push(letter);
        rest = &rest[letter.len_utf8()..];
        match letter {
            '\\' if quoted => {
                if let Some(next) = rest.chars().next() {
                    out.push(next);
                    rest = &rest[next.len_utf8()..];
                }
            }
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    Cow::Owned(out)
}

/// Whether something in it is marked.
pub fn is_marked(json: &Json) -> bool {
    match json {
        Json::String(text) => text.starts_with(MARK),
        Json::Array(items) => items.iter().any(is_marked),
        Json::Object(map) => map.values().any(is_marked),
        _ => false,
    }
}

/// The tree with marked integers as the numbers that it can hold.
pub fn rounded(json: &Json) -> Json {
    match json {
        Json::String(text) => match text.strip_prefix(MARK) {
            Some(digits) => digits.parse::<f64>().map_or(Json::Null, Json::from),
            None => json.clone(),
        },
        Json::Array(items) => items.iter().map(rounded).collect(),
        Json::Object(map) => Json::Object(map.iter().map(|(name, value)| (name.clone(), rounded(value))).collect()),
        other => other.clone(),
    }
}

/// The tree with marked integers as texts of their digits, for what draws a tree and not a text.
pub fn spelled(json: &Json) -> Json {
    match json {
        Json::String(text) => Json::from(text.trim_start_matches(MARK)),
        Json::Array(items) => items.iter().map(spelled).collect(),
        Json::Object(map) => Json::Object(map.iter().map(|(name, value)| (name.clone(), spelled(value))).collect()),
        other => other.clone(),
    }
}

/// The JSON text with marked integers as integers.
pub fn text(json: &Json) -> String {
    plain(&json.to_string())
}

/// The same over several lines, for people.
pub fn pretty(json: &Json) -> String {
    plain(&format!("{json:#}"))
}

/// Marked texts of a JSON text as the integers that they are.
fn plain(json: &str) -> String {
    let mut out = String::new();
    for (at, part) in json.split(&format!("\"{MARK}")).enumerate() {
        match part.split_once('"').filter(|_| at > 0) {
            Some((digits, rest)) => {
                out.push_str(digits);
                out.push_str(rest);
            }
            None => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 8259, section 6: a JSON integer has no limit of its own.
    #[test]
    fn long_integers_are_marked_and_come_back_whole() {
        let json = r#"{"a":123456789012345678901234567890,"b":[-99999999999999999999,18446744073709551615],"c":"12345678901234567890123","d":1e30,"e":"\\"}"#;
        let tree: Json = serde_json::from_str(&marked(json)).unwrap();
        assert!(is_marked(&tree));
        assert_eq!(text(&tree), json.replace("1e30", "1e+30"));
        assert_eq!(rounded(&tree)["a"].as_f64(), Some(123456789012345678901234567890.0));
        assert!(pretty(&tree).contains("\n  \"a\": 123456789012345678901234567890,"));
        assert_eq!(rounded(&tree)["c"], "12345678901234567890123");
        assert!(matches!(marked(r#"{"a": 7}"#), Cow::Borrowed(_)));
    }
}
