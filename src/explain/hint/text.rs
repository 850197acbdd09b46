//! Words for values in sentences.

use crate::value::Value;

/// Letters of a value that are shown.
const MOST: usize = 120;

/// A value as it is shown in a sentence: JSON, cut where it grows long. A map or a list is cut between its values: of a part of one
/// nobody could say any more that it is a secret's.
pub fn show(value: &Value) -> String {
    let text = value.to_json().unwrap_or_else(|_| "…".into());
    let Some((at, _)) = text.char_indices().nth(MOST) else { return text };
    let at = if text.starts_with(['{', '[']) { between_values(&text[..at]) } else { at };
    format!("{}…", &text[..at])
}

/// The last place of a text of JSON at which no value has begun.
fn between_values(text: &str) -> usize {
    let (mut inside, mut escaped, mut last) = (false, false, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            '{' | '[' | ',' | ':' if !inside => last = at + 1,
            _ => {}
        }
    }
    last
}

/// Whether a text has this name in it, set apart from other letters and digits: "channel" has no "ann" in it.
pub fn has_name(text: &str, name: &str) -> bool {
    let letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    !name.is_empty() && text.match_indices(name).any(|(at, _)| !letter(text[..at].chars().next_back()) && !letter(text[at + name.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::{has_name, show};
    use crate::value::Value;

    #[test]
    fn a_map_is_cut_between_its_values() {
        let shown = |json: serde_json::Value| show(&Value::from(&json));
        let long = "a".repeat(100);
        assert_eq!(shown(serde_json::json!({"note": long, "password": "horse battery staple"})), format!("{{\"note\":\"{long}\",…"));
        assert_eq!(shown(serde_json::json!([1, "a\"b,c".repeat(40)])), "[1,…");
        assert_eq!(shown(serde_json::json!("a".repeat(200))), format!("\"{}…", "a".repeat(119)));
        assert_eq!(shown(serde_json::json!({"a": [1]})), "{\"a\":[1]}");
    }

    #[test]
    fn a_name_stands_apart() {
        for text in ["ann", "USER#ann", "{\"S\":\"ann\"}", "ann-1", "channel ann"] {
            assert!(has_name(text, "ann"), "{text}");
        }
        for text in ["channel", "planning", "anna", "", "joann"] {
            assert!(!has_name(text, "ann"), "{text}");
        }
        assert!(!has_name("x", ""));
    }
}
