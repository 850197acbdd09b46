//! Compact tokens inside a text: a header's line, a cookie, an address, rows of a browser's storage.

/// A token, and what stands before it.
#[derive(Clone, Copy, Debug)]
pub struct Located<'a> {
    /// The last characters before it: they may name it.
    pub before: &'a str,
    /// The token, bare.
    pub token: &'a str,
}

/// Whether a character may stand in a compact token.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// All tokens of a text, each once: three or five parts, the first of which begins as `{"` does in base64.
pub fn find(text: &str) -> Vec<Located<'_>> {
    let mut found: Vec<Located<'_>> = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find("eyJ").map(|begin| at + begin) {
        let rest = &text[begin..];
        let length = rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len());
        at = begin + length.max(3);
        let token = rest[..length].trim_end_matches('.');
        if !begins(&text[..begin]) || !matches!(token.split('.').count(), 3 | 5) {
            continue;
        }
        let before = text[..begin].char_indices().rev().take(48).last().map_or("", |(from, _)| &text[from..begin]);
        if found.iter().all(|known| known.token != token) {
            found.push(Located { before, token });
        }
    }
    found
}

/// Whether a token may begin after this: not inside a word, but after the `%20` of an address.
fn begins(before: &str) -> bool {
    let escaped = before.len() >= 3
        && before.is_char_boundary(before.len() - 3)
        && before[before.len() - 3..].starts_with('%')
        && before[before.len() - 2..].chars().all(|digit| digit.is_ascii_hexdigit());
    escaped || before.chars().next_back().is_none_or(|letter| !is_letter(letter))
}

/// A token that a terminal or a mail broke into lines, in one piece. A text with several tokens is none.
pub fn joined(text: &str) -> Option<String> {
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let whole = |piece: &str| piece.split('.').count() >= 3;
    let broken = pieces.len() > 1
        && text.starts_with("eyJ")
        && pieces.iter().all(|piece| piece.chars().all(|letter| is_letter(letter) || matches!(letter, '=' | '+' | '/')))
        && !pieces.iter().skip(1).any(|piece| piece.starts_with("eyJ") && whole(piece));
    broken.then(|| pieces.concat())
}

/// Blanks that are not seen: those of Unicode, and marks that other programs leave.
pub fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{FEFF}' | '\u{200B}' | '\u{200C}' | '\u{200D}' | '\u{2060}')
}

/// A text without the fence that Markdown puts around it (``` on lines of their own), and without blanks around it.
pub fn unfenced(text: &str) -> &str {
    let text = unarrowed(text).trim_matches(is_blank);
    let inside = || {
        let (info, rest) = text.strip_prefix("```")?.split_once('\n')?;
        let inside = rest.trim_end().strip_suffix("```")?;
        (!info.trim().contains(char::is_whitespace) && !inside.contains("```")).then(|| inside.trim_matches(is_blank))
    };
    inside().unwrap_or(text)
}

/// The text after the arrow that a console puts before an object.
pub fn unarrowed(text: &str) -> &str {
    text.trim_start_matches(|letter| is_blank(letter) || matches!(letter, '▶' | '▸' | '►' | '▾' | '▼'))
}

/// The text after a header's name, `Bearer` and quotes: what may be a token broken into lines.
pub fn unlabelled(text: &str) -> &str {
    let mut text = unfenced(text);
    for label in ["-H", "--header"] {
        text = text.strip_prefix(label).unwrap_or(text).trim_start();
    }
    let quotes: &[char] = &[
        '"', '\'', '`', ';', ',', '\\', ' ', '\n', '\r', '\t', '\u{201C}', '\u{201D}', '\u{201E}', '\u{2018}', '\u{2019}', '\u{AB}', '\u{BB}',
    ];
    text = text.trim_matches(quotes);
    if let Some((name, value)) = text.split_once(':')
        && name.trim().eq_ignore_ascii_case("authorization")
    {
        text = value.trim_matches(quotes);
    }
    match text.get(..6) {
        Some(prefix) if prefix.eq_ignore_ascii_case("bearer") => {
            let rest = &text[6..];
            rest.strip_prefix("%20").unwrap_or(rest).trim_matches(quotes)
        }
        _ => text,
    }
}
