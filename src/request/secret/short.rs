//! Secrets of few letters: taken out where they stand alone, as their letters are in words as well.

use super::MASK;

/// Shorter ones are looked for in quotation marks alone.
const WORD: usize = 4;
/// Of these letters with a digit among them as well.
const MIXED: usize = 3;
/// Shorter ones are a member of many reports: only the member that is named as a secret is taken out.
pub const QUOTED: usize = 2;

/// What stands around a value in a report.
const QUOTES: [(&str, &str); 4] = [("\"", "\""), ("'", "'"), ("&quot;", "&quot;"), ("&#39;", "&#39;")];

/// Takes a value out of a text where it is a word of its own, or a whole text in quotation marks; whether it was there.
pub fn take_out(text: &mut String, value: &str) -> bool {
    let mut found = false;
    if value.len() >= QUOTED {
        for (open, close) in QUOTES {
            let whole = format!("{open}{value}{close}");
            if text.contains(&whole) {
                *text = text.replace(&whole, &format!("{open}{MASK}{close}"));
                found = true;
            }
        }
    }
    let is_word = value.len() >= WORD || value.len() >= MIXED && value.bytes().any(|byte| byte.is_ascii_digit());
    is_word && words(text, value) || found
}

fn words(text: &mut String, value: &str) -> bool {
    let places: Vec<usize> =
        text.match_indices(value).map(|(at, _)| at).filter(|at| stands_alone(text, *at, value.len())).collect();
    for at in places.iter().rev() {
        text.replace_range(*at..at.saturating_add(value.len()), MASK);
    }
    !places.is_empty()
}

/// Whether what stands there is no part of a word, of a path or of a name with dots.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let joins = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '/' | '\\' | '-');
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at.saturating_add(length)..).unwrap_or_default();
    let mut last = before.chars().rev();
    let mut next = after.chars();
    let begins = match last.next() {
        Some('.') => !last.next().is_some_and(joins),
        letter => !letter.is_some_and(joins),
    };
    // `\"` ends a text within a text: of JSON in JSON, or in a page.
    let unescaped = after.trim_start_matches('\\');
    let closes = unescaped.len() < after.len() && QUOTES.iter().any(|(_, close)| unescaped.starts_with(close));
    let ends = closes || match next.next() {
        Some('.') => !next.next().is_some_and(joins),
        letter => !letter.is_some_and(joins),
    };
    begins && ends
}

#[cfg(test)]
mod tests {
    use super::take_out;

    #[test]
    fn words_of_their_own_and_what_is_quoted() {
        let taken = |text: &str, value: &str| {
            let mut text = text.to_owned();
            take_out(&mut text, value);
            text
        };
        assert_eq!(taken("wrong tiger. tigers, a/tiger/b tiger.vtl \"tiger\"", "tiger"), "wrong [secret]. tigers, a/tiger/b tiger.vtl \"[secret]\"");
        assert_eq!(taken("x9 is 'x9' and x9y", "x9"), "x9 is '[secret]' and x9y");
        assert_eq!(taken("pin 471 of 4711", "471"), "pin [secret] of 4711");
        assert_eq!(taken("aété été.", "été"), "aété [secret].");
        assert_eq!(taken("not \"not\"", "not"), "not \"[secret]\"");
        assert_eq!(taken(r#"{\"p\":\"pw1!\"}"#, "pw1!"), r#"{\"p\":\"[secret]\"}"#);
        assert_eq!(taken(r"\&quot;pw1!\&quot; \\\&quot;pw1!\\\&quot; c:\pw1!\a", "pw1!"), r"\&quot;[secret]\&quot; \\\&quot;[secret]\\\&quot; c:\pw1!\a");
    }
}
