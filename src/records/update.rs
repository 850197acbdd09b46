//! Update expressions, as far as their text alone says that DynamoDB refuses them: a reserved word for an attribute, a comma
//! with nothing behind it, a clause that comes twice
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>).

use super::expression::ExpressionError;
use super::refusal::DataRefusal;
use super::reserved::is_reserved;
use crate::source::Span;
use ecow::{EcoString, eco_format};

/// The words that begin a clause.
const CLAUSES: [&str; 4] = ["SET", "REMOVE", "ADD", "DELETE"];

/// What is wrong with the text of an update expression, and the placeholders of names and of values that it uses.
#[must_use]
pub fn of_update(text: &str) -> (Vec<DataRefusal>, Vec<EcoString>) {
    let (mut refusals, mut used) = (Vec::new(), Vec::new());
    refusals.extend(syntax(text).map(DataRefusal::Syntax));
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let placeholder = matches!(first, '#' | ':');
        let name = &rest[usize::from(placeholder)..];
        let end = name.find(|letter: char| !is_part(letter)).unwrap_or(name.len());
        if end == 0 {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = (&name[..end], &name[end..]);
        let called = after.trim_start().starts_with('(');
        if placeholder {
            used.push(EcoString::from(&rest[..end + 1]));
        } else if !called && clause(word).is_none() && is_reserved(word) {
            refusals.push(DataRefusal::ReservedWord(word.into()));
        }
        rest = after;
    }
    (refusals, used)
}

/// The attributes, as they are written, that the SET clause of an update gives a value to.
#[must_use]
pub fn set_by(text: &str) -> Vec<&str> {
    let pieces = pieces(text);
    let mut in_set = false;
    let mut found = Vec::new();
    for ((_, name), (_, next)) in pieces.iter().zip(pieces.iter().skip(1)) {
        in_set = clause(name).map_or(in_set, |clause| clause == "SET");
        if in_set && *next == "=" {
            found.push(*name);
        }
    }
    found
}

/// What DynamoDB reads as no update, at the first such place.
fn syntax(text: &str) -> Option<ExpressionError> {
    let error = |at: usize, message: EcoString, help: EcoString| ExpressionError {
        message,
        help: Some(help),
        span: Span::new(at, at + 1),
        at: text[..at].chars().count(),
        text: text.into(),
    };
    let pieces = pieces(text);
    let (start, first) = *pieces.first()?;
    if clause(first).is_none() {
        let help = "begin with SET, REMOVE, ADD or DELETE".into();
        return Some(error(start, "this is no clause of an update".into(), help));
    }
    let mut seen: Vec<&str> = Vec::new();
    for (place, (at, piece)) in pieces.iter().enumerate() {
        let next = pieces.get(place + 1).map(|(_, next)| *next);
        if let Some(clause) = clause(piece) {
            if seen.contains(&clause) {
                let help = "join what both set, with a comma between".into();
                return Some(error(*at, eco_format!("the \"{clause}\" section can only be used once"), help));
            }
            seen.push(clause);
        }
        match (*piece, next) {
            (",", None | Some(",")) => return Some(error(*at, "nothing stands behind this comma".into(), "remove it".into())),
            (",", Some(after)) if clause(after).is_some() => {
                return Some(error(*at, "a clause stands behind this comma".into(), "remove it".into()));
            }
            (":" | "#", Some(after)) if after.starts_with(is_part) => {
                let help = eco_format!("write {piece}{after}");
                return Some(error(*at, eco_format!("`{piece}` stands alone"), help));
            }
            _ => {}
        }
    }
    None
}

/// Words, placeholders and signs, each with its place.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(first) = text[at..].chars().next() {
        let head = if is_part(first) { 0 } else { first.len_utf8() };
        let rest = &text[at + head..];
        let word = match head == 0 || matches!(first, '#' | ':') {
            true => rest.find(|letter: char| !is_part(letter)).unwrap_or(rest.len()),
            false => 0,
        };
        if !first.is_whitespace() {
            found.push((at, &text[at..at + head + word]));
        }
        at += head + word;
    }
    found
}

fn clause(word: &str) -> Option<&'static str> {
    CLAUSES.into_iter().find(|clause| clause.eq_ignore_ascii_case(word))
}

fn is_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_set_writes() {
        assert_eq!(set_by("SET #o = :me, title=:t REMOVE note ADD hits :one"), ["#o", "title"]);
        assert!(set_by("ADD hits :one").is_empty());
    }

    #[test]
    fn what_is_no_update_is_told_at_its_place() {
        for (text, wanted) in [
            ("SET title = :title,", Some((18, "nothing stands behind this comma"))),
            ("SET title = :title, , kind = :kind", Some((18, "nothing stands behind this comma"))),
            ("SET title = :title, REMOVE draft", Some((18, "a clause stands behind this comma"))),
            ("set title = : title", Some((12, "`:` stands alone"))),
            ("SET title = :title SET kind = :kind", Some((19, "the \"SET\" section can only be used once"))),
            ("title = :title", Some((0, "this is no clause of an update"))),
            ("SET title = :title, #kind.#parts[0] = list_append(:a, #kind) REMOVE draft, note ADD hits :one", None),
            ("\n  remove draft", None),
            ("", None),
        ] {
            let found = syntax(text).map(|error| (error.at, error.message.to_string()));
            let wanted = wanted.map(|(at, message)| (at, message.to_owned()));
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn a_reserved_word_is_none_of_a_clause_or_a_function() {
        for (text, wanted, used) in [
            ("SET name = :name, #at = :at", Some("name"), [":name", "#at", ":at"].as_slice()),
            ("set title = if_not_exists(title, :t) REMOVE notes[0].kind ADD hits :one", None, &[":t", ":one"]),
            ("ADD tags.Status :tag", Some("Status"), &[":tag"]),
            ("DELETE members :é", None, &[]),
        ] {
            let (refusals, placeholders) = of_update(text);
            let word = refusals.into_iter().find_map(|refusal| match refusal {
                DataRefusal::ReservedWord(word) => Some(word),
                _ => None,
            });
            assert_eq!(word.as_deref(), wanted, "{text}");
            assert_eq!(placeholders, used, "{text}");
        }
    }
}
