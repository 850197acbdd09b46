//! Tokens and keys with an end of a line or a blank inside, as a terminal or a mail tears them: their rest has no shape.

use super::MASK;
use std::ops::Range;

/// A shorter rest is like a word.
const REST: usize = 12;
const REST_OF_KEY: usize = 6;
/// The letters of a key of AppSync, behind its mark.
const KEY: usize = 26;

const TOKEN_MARK: &str = "eyJ";
const KEY_MARK: &str = "da2-";

/// Takes them out of a text; whether any was there.
pub fn take_out(text: &mut String) -> bool {
    let mut found = false;
    for (mark, end) in [(TOKEN_MARK, end_of_token as fn(&str) -> Option<usize>), (KEY_MARK, end_of_key)] {
        let mut places: Vec<Range<usize>> = Vec::new();
        for (at, _) in text.match_indices(mark) {
            if places.last().is_some_and(|last| at < last.end) {
                continue;
            }
            if let Some(length) = text.get(at..).and_then(end) {
                places.push(at..at.saturating_add(length));
            }
        }
        found |= !places.is_empty();
        places.iter().rev().for_each(|place| text.replace_range(place.clone(), MASK));
    }
    found
}

/// Where a torn token ends that a text begins with; nothing of a whole one.
fn end_of_token(text: &str) -> Option<usize> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let mut rest = behind(text, is_letter);
    let mut is_torn = false;
    while let Some(next) = behind_tear(rest) {
        let after = behind(next, is_letter);
        let piece = before(next, after);
        // Another token stands for itself.
        if piece.len() < REST || !is_random(piece) || piece.starts_with(TOKEN_MARK) {
            break;
        }
        (rest, is_torn) = (after, true);
    }
    is_torn.then(|| before(text, rest).trim_end_matches('.').len())
}

/// Whether letters are of all kinds, or more of them capitals than in a name of several words.
fn is_random(piece: &str) -> bool {
    let count = |is: fn(&u8) -> bool| piece.as_bytes().iter().filter(|byte| is(byte)).count();
    let (capitals, small) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    capitals > 0 && small > 0 && (count(u8::is_ascii_digit) > 0 || capitals > piece.len() / 4)
}

/// Where a torn key of AppSync ends.
fn end_of_key(text: &str) -> Option<usize> {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let begun = text.strip_prefix(KEY_MARK)?;
    let rest = behind(begun, is_letter);
    let next = behind_tear(rest)?;
    let after = behind(next, is_letter);
    let piece = before(next, after);
    let is_rest = piece.len() >= REST_OF_KEY && before(begun, rest).len().saturating_add(piece.len()) <= KEY;
    (is_rest && piece.bytes().any(|byte| byte.is_ascii_digit())).then(|| before(text, after).len())
}

fn behind(text: &str, is_letter: impl Fn(char) -> bool) -> &str {
    text.trim_start_matches(is_letter)
}

/// What stands before the rest of a text.
fn before<'a>(text: &'a str, rest: &str) -> &'a str {
    text.strip_suffix(rest).unwrap_or_default()
}

/// What stands behind a tear, of whichever blanks, also those that have no width or are written as JSON or a report does.
fn behind_tear(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('=').unwrap_or(text);
    let whole = rest.len();
    loop {
        let is_tear = |letter: char| letter.is_whitespace() || matches!(letter, '│' | '␍' | '\u{200b}' | '\u{ad}');
        let next = rest.trim_start_matches(is_tear);
        let next = ["\\n", "\\r", "\\t", "\\u{d}", "\\u{2028}", "\\u{200b}", "\\u{ad}"].iter().find_map(|tear| next.strip_prefix(tear)).unwrap_or(next);
        if next.len() == rest.len() {
            return (rest.len() < whole).then_some(rest);
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::take_out;

    #[test]
    fn what_is_torn_is_taken_out_to_its_end() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.SiGNaTuReQxGjKaUoIiXs";
        for tear in ["\n", "\r\n   ", " ", "\t", "\u{2028}", "\u{200b}", "\u{ad}", "\\n", "=\n", "\n │ ", "␍\n", "\\u{2028}"] {
            for at in [12, 30, token.len() - 14] {
                let (begin, end) = token.split_at(at);
                let mut text = format!("token {begin}{tear}{end} is old, da2-q7w8e9r0t1y2\nu3i4o5p6a7s8d9 too");
                assert!(take_out(&mut text));
                assert_eq!(text, "token [secret] is old, [secret] too", "{tear:?} {at}");
            }
        }
        for whole in [token, &format!("{token}\n{token}"), &format!("{token} InvalidAccessTokenException"), &format!("{token} 4d5e6f70-1111-4222-8333"), "da2-abc is a key", "da2-abc"] {
            assert!(!take_out(&mut whole.to_owned()), "{whole}");
        }
    }
}
