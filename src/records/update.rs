//! Update expressions, as far as their text alone says that DynamoDB refuses them: a reserved word for an attribute
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>).

use super::refusal::DataRefusal;
use super::reserved::is_reserved;
use ecow::EcoString;

/// The words that begin a clause.
const CLAUSES: [&str; 4] = ["SET", "REMOVE", "ADD", "DELETE"];

/// What is wrong with the text of an update expression, and the placeholders of names and of values that it uses.
#[must_use]
pub fn of_update(text: &str) -> (Vec<DataRefusal>, Vec<EcoString>) {
    let (mut refusals, mut used) = (Vec::new(), Vec::new());
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
        let clause = CLAUSES.iter().any(|clause| clause.eq_ignore_ascii_case(word));
        if placeholder {
            used.push(EcoString::from(&rest[..end + 1]));
        } else if !called && !clause && is_reserved(word) {
            refusals.push(DataRefusal::ReservedWord(word.into()));
        }
        rest = after;
    }
    (refusals, used)
}

fn is_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

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
