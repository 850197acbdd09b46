//! A word in the place of a credential of which a log shows the end alone: `x-api-key=[****efined]`.

use super::super::evidence::Evidence;
use super::accident;
use super::key;
use crate::code::Certainty;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// Fewer letters than this tell nothing of a longer word.
const SHORTEST: usize = 4;

/// What the last letters are the end of.
enum WordEnding {
    /// A whole word.
    Word(String),
    /// A place for a credential that was never filled in, in this form.
    Place(&'static str),
}

/// The masked headers whose end is that of such a word, in a request that was refused before any field.
pub(super) fn placeholders(evidence: &Evidence) -> Vec<Finding> {
    let refused = matches!(evidence.status(), Some(401 | 403));
    ["authorization", "x-api-key"].into_iter().filter(|_| refused).filter_map(|name| of_header(evidence, name)).collect()
}

fn of_header(evidence: &Evidence, name: &'static str) -> Option<Finding> {
    // Of a signature the log masks the letters of a digest.
    let tail = evidence.masked.get(name).filter(|_| name == "x-api-key" || evidence.header("x-amz-date").is_none())?;
    let ending = ending(tail)?;
    let ends = key::ends(evidence);
    if name == "x-api-key" && ends.iter().any(|known| known.ends_with(tail.as_str())) {
        return None;
    }
    let (stood, whole) = match ending {
        WordEnding::Word(word) => (format!("most likely it is the word {}", quoted(&word)), word),
        WordEnding::Place(form) => {
            let form = form.replace("KEY", if name == "x-api-key" { "KEY" } else { "TOKEN" });
            (format!("most likely it is a place that was never filled in, such as {form}"), form)
        }
    };
    let theirs = match ends.as_slice() {
        [only] if name == "x-api-key" => format!(" (the API's only key ends in {only})"),
        [_, ..] if name == "x-api-key" => format!(" (the API's keys end in {})", ends.join(", ")),
        _ => String::new(),
    };
    let what = if name == "x-api-key" { "no API key ends so" } else { "no token ends so" };
    let message = Message::of(
        "what came in {} ends in {} ({}=[****{}], as the log masks it): {}; {}{}.",
        [
            Part::Name(name.to_owned()),
            Part::Value(quoted(tail).to_string()),
            Part::Name(name.to_owned()),
            Part::Value(tail.clone()),
            Part::Text(stood),
            Part::Text(what.to_owned()),
            Part::Text(theirs),
        ],
    );
    let why = Message::joined("How it comes there: {}", [accident::why(evidence, name, &whole)?]);
    Some(accident::finding(evidence, name, message.with(why)).actual(format!("****{tail}")).certainty(Certainty::Likely))
}

/// Keys are `da2-` and small letters and digits, tokens are base64url (RFC 7515, 2): brackets end neither.
fn ending(tail: &str) -> Option<WordEnding> {
    let small = tail.to_lowercase();
    if let Some(word) = accident::WORDS.iter().find(|word| **word == small || small.len() >= SHORTEST && word.ends_with(&small)) {
        // A whole word stands as it was written.
        return Some(WordEnding::Word(if *word == small { tail.to_owned() } else { (*word).to_owned() }));
    }
    if small.len() >= SHORTEST && ["[object object]", "[object promise]", "[object undefined]"].iter().any(|word| word.ends_with(&small)) {
        return Some(WordEnding::Word("[object Object]".to_owned()));
    }
    let capitals = tail.len() >= SHORTEST && tail.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
    match tail {
        tail if tail.ends_with("}}") => Some(WordEnding::Place("{{API_KEY}}")),
        tail if tail.ends_with('}') => Some(WordEnding::Place("${API_KEY}")),
        tail if tail.ends_with('>') => Some(WordEnding::Place("<API_KEY>")),
        tail if tail.ends_with('%') => Some(WordEnding::Place("%API_KEY%")),
        tail if capitals && ["_KEY", "_TOKEN", "_JWT", "TOKEN"].iter().any(|word| word.ends_with(tail) || tail.ends_with(word)) => {
            Some(WordEnding::Place("YOUR_API_KEY"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::ending;

    #[test]
    fn the_end_of_a_word_is_known_and_that_of_a_key_or_token_is_not() {
        for tail in ["efined", "null", "bject]", "NaN", "alse", "I_KEY}", "PI_KEY", "iKey}}", "i-key>", "_TOKEN"] {
            assert!(ending(tail).is_some(), "{tail}");
        }
        for tail in ["4w9tqe", "xu65", "ed", "ned", "d", "", "Qx_kEY", "w-28xi", "YTREWQ"] {
            assert!(ending(tail).is_none(), "{tail}");
        }
    }
}
