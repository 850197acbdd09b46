//! A comment between brackets, where Velocity 1.7 takes none: `#set( $x = { "a": 1, ## one` (tests/oracle).

use super::StopPlace;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The comment in the line where reading stopped, if it stands between brackets that are closed further on.
pub(super) fn find(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let text = &*place.source.text;
    let open = opening(place.before)?;
    let line = place.rest.lines().next().unwrap_or_default();
    let at = place.at + mark(line)?;
    let length = if text[at..].starts_with("#*") { 2 } else { text[at..].lines().next().unwrap_or_default().trim_end().len() };
    closes(&text[open..]).then(|| {
        Diagnostic::error(place.source, "parse", "a comment cannot stand between brackets", Span::new(at, at + length))
            .help("Velocity 1.7 takes no comment there: put it on a line of its own in front of the statement")
    })
}

/// Where the innermost bracket that is open begins, as far as brackets alone tell.
fn opening(before: &str) -> Option<usize> {
    let mut depth = 0;
    before.char_indices().rev().find_map(|(at, letter)| match letter {
        ')' | ']' | '}' => {
            depth += 1;
            None
        }
        '(' | '[' | '{' if depth == 0 => Some(at),
        '(' | '[' | '{' => {
            depth -= 1;
            None
        }
        _ => None,
    })
}

/// Where in a line a comment begins, outside of its texts.
fn mark(line: &str) -> Option<usize> {
    let mut quote = None;
    line.char_indices().find_map(|(at, letter)| match (quote, letter) {
        (Some(open), _) => {
            if letter == open {
                quote = None;
            }
            None
        }
        (None, '"' | '\'') => {
            quote = Some(letter);
            None
        }
        (None, '#') if line[at..].starts_with("##") || line[at..].starts_with("#*") => Some(at),
        _ => None,
    })
}

/// Whether a bracket is closed before the next directive begins, comments and texts left out.
fn closes(text: &str) -> bool {
    let (mut depth, mut quote, mut at) = (0_usize, None, 0);
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '#') if rest.starts_with("##") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            (None, '#') if rest.starts_with("#*") => {
                at += rest.find("*#").map_or(rest.len(), |end| end + 2);
                continue;
            }
            (None, '#') => return false,
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return true;
                }
            }
            _ => {}
        }
        at += letter.len_utf8();
    }
    false
}
