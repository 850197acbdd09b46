//! Words for values in sentences.

use crate::value::Value;

/// A value as it is shown in a sentence: JSON, cut where it grows long.
pub fn show(value: &Value) -> String {
    let text = value.to_json().unwrap_or_else(|_| "…".into());
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Whether a text has this name in it, set apart from other letters and digits: "channel" has no "ann" in it.
pub fn has_name(text: &str, name: &str) -> bool {
    let letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    !name.is_empty() && text.match_indices(name).any(|(at, _)| !letter(text[..at].chars().next_back()) && !letter(text[at + name.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::has_name;

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
