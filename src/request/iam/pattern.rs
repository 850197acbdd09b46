//! Wildcards, ARNs and policy variables (IAM user guide: "IAM JSON policy elements: Resource", "Variables and tags").

use super::known::Key;
use crate::request::grants::Unit;

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// This character.
    Letter(char),
    /// `*`: any run of characters.
    Any,
    /// `?`: one character.
    One,
}

/// Why a pattern has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The request does not have the variable's key: what holds it matches nothing.
    Absent,
    /// It is not known; the pattern with `*` in its place, and the variable.
    Unknown(Vec<Piece>, String),
}

/// A pattern without variables.
pub fn plain(text: &str) -> Vec<Piece> {
    let piece = |letter| match letter {
        '*' => Piece::Any,
        '?' => Piece::One,
        other => Piece::Letter(other),
    };
    text.chars().map(piece).collect()
}

/// The text that a pattern is for operators which know no wildcards.
pub fn literal(pattern: &[Piece]) -> String {
    let letter = |piece: &Piece| match piece {
        Piece::Any => '*',
        Piece::One => '?',
        Piece::Letter(letter) => *letter,
    };
    pattern.iter().map(letter).collect()
}

/// A pattern with its `${key}` and `${key, 'default'}` put in; `${*}`, `${?}` and `${$}` are the characters themselves.
/// A value that is put in has no wildcards. Only policies of the version 2012-10-17 have variables.
///
/// # Errors
/// A variable has no value, or none that is known.
pub fn resolve(text: &str, modern: bool, keys: &dyn Fn(&str) -> Key) -> Result<Vec<Piece>, Unresolved> {
    let mut pattern = Vec::new();
    let (mut rest, mut unknown) = (text, None);
    while let Some(at) = rest.find("${").filter(|_| modern) {
        let Some(end) = rest[at..].find('}') else { break };
        pattern.extend(plain(&rest[..at]));
        let inner = &rest[at + 2..at + end];
        rest = &rest[at + end + 1..];
        if let "*" | "?" | "$" = inner {
            pattern.extend(inner.chars().map(Piece::Letter));
            continue;
        }
        let (name, default) = match inner.split_once(',') {
            Some((name, default)) => (name.trim(), Some(default.trim().trim_matches('\''))),
            None => (inner.trim(), None),
        };
        match keys(name) {
            Key::Known(values) if values.len() == 1 => pattern.extend(values[0].chars().map(Piece::Letter)),
            Key::Absent => match default {
                Some(default) => pattern.extend(default.chars().map(Piece::Letter)),
                None => return Err(Unresolved::Absent),
            },
            _ => {
                pattern.push(Piece::Any);
                unknown = unknown.or(Some(format!("${{{name}}}")));
            }
        }
    }
    pattern.extend(plain(rest));
    match unknown {
        None => Ok(pattern),
        Some(name) => Err(Unresolved::Unknown(pattern, name)),
    }
}

/// Whether a text is of a pattern.
pub fn fits(pattern: &[Piece], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut seen, mut star, mut back) = (0, 0, None, 0);
    while seen < text.len() {
        match pattern.get(at) {
            Some(Piece::Any) => {
                star = Some(at);
                back = seen;
                at += 1;
            }
            Some(piece) if *piece == Piece::One || *piece == Piece::Letter(text[seen]) => {
                at += 1;
                seen += 1;
            }
            _ => match star {
                Some(star) => {
                    back += 1;
                    (at, seen) = (star + 1, back);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|piece| *piece == Piece::Any)
}

/// Whether a text with holes is of a pattern: `None` where that depends on what stands in a hole.
pub fn fits_units(pattern: &[Piece], text: &[Unit]) -> Option<bool> {
    // A character that no policy has: only a wildcard takes it. `?` is one character, so a hole is taken to be several.
    const UNLIKE: &str = "\u{F0000}\u{F0000}\u{F0000}\u{F0000}\u{F0000}\u{F0000}\u{F0000}\u{F0000}";
    let mut filled = String::new();
    for unit in text {
        match unit {
            Unit::Letter(letter) => filled.push(*letter),
            Unit::Hole => filled.push_str(UNLIKE),
        }
    }
    if fits(pattern, &filled) {
        return Some(true);
    }
    if can_be(pattern, text) { None } else { Some(false) }
}

/// Whether some text in the holes makes it fit: the places of the pattern that are reached, unit by unit.
pub fn can_be(pattern: &[Piece], text: &[Unit]) -> bool {
    let mut at = vec![false; pattern.len() + 1];
    at[0] = true;
    skip_stars(pattern, &mut at);
    for unit in text {
        match unit {
            Unit::Letter(letter) => {
                let mut next = vec![false; pattern.len() + 1];
                for (place, piece) in pattern.iter().enumerate().filter(|(place, _)| at[*place]) {
                    match piece {
                        Piece::Any => next[place] = true,
                        Piece::One => next[place + 1] = true,
                        Piece::Letter(own) => next[place + 1] |= own == letter,
                    }
                }
                at = next;
            }
            // Any number of characters: what is reached stays reached.
            Unit::Hole => {
                for place in 0..pattern.len() {
                    let part = !matches!(pattern[place], Piece::Letter(':' | '/'));
                    at[place + 1] |= at[place] && part;
                }
            }
        }
        skip_stars(pattern, &mut at);
    }
    at[pattern.len()]
}

fn skip_stars(pattern: &[Piece], at: &mut [bool]) {
    for (place, piece) in pattern.iter().enumerate() {
        at[place + 1] |= at[place] && *piece == Piece::Any;
    }
}

/// `*` is any run of characters, `?` one.
pub fn matches(pattern: &str, text: &str) -> bool {
    fits(&plain(pattern), text)
}

/// Whether a resource's field is a part of a name with a star.
pub fn is_part(name: &str) -> bool {
    name.contains('*') && !name.trim_matches('*').is_empty()
}

/// Which names it takes: "begins with `update`".
pub fn which(name: &str) -> String {
    let begin = name.trim_end_matches('*');
    let end = name.trim_start_matches('*');
    match (begin.contains(['*', '?']), end.contains(['*', '?'])) {
        (false, _) => format!("begins with `{begin}`"),
        (_, false) => format!("ends with `{end}`"),
        _ => format!("fits `{name}`"),
    }
}

/// `ArnLike`: each of the six parts between colons is compared by itself.
pub fn arn_fits(pattern: &[Piece], arn: &str) -> bool {
    let colon = |piece: &Piece| *piece == Piece::Letter(':');
    let patterns: Vec<_> = pattern.splitn(6, colon).collect();
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    patterns.len() == parts.len() && patterns.iter().zip(parts).all(|(pattern, part)| fits(pattern, part))
}
