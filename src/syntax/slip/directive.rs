//! Words behind a `#` that are no directive and were meant as one: `#esle`, `#elsif`.

use super::StopPlace;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Directives of which a letter too many, too few or out of its place still shows which was meant. Shorter ones are like too much else.
const LONG: [&str; 3] = ["else", "elseif", "foreach"];

/// The directive that such a word was meant to be.
pub(in crate::syntax) fn near(word: &str) -> Option<&'static str> {
    match word {
        // Other languages have these.
        "elif" | "elsif" | "elsef" | "elsIf" | "elsf" => Some("elseif"),
        "else" | "elseif" | "foreach" | "Else" | "ELSE" | "Foreach" | "FOREACH" | "ForEach" => None,
        _ if word.eq_ignore_ascii_case("elseif") => Some("elseif"),
        _ => LONG.into_iter().find(|name| word.len().abs_diff(name.len()) < 2 && strsim::osa_distance(name, word) == 1),
    }
}

/// `#elsif( $a == $b )`: Velocity takes it for a macro's call, whose arguments compare nothing.
pub(super) fn find(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let start = place.before.rfind('#')?;
    let rest = place.before.get(start + 1..)?;
    let length = rest.find(|letter: char| !letter.is_ascii_alphanumeric())?;
    let (word, inside) = rest.split_at(length);
    let meant = near(word)?;
    let open = inside.trim_start().starts_with('(') && inside.matches('(').count() > inside.matches(')').count();
    let span = Span::new(start, start + 1 + length);
    open.then(|| {
        let message = format!("#{word} is not a directive, so what stands in its parentheses is no condition");
        Diagnostic::error(place.source, "parse", message, span).help(format!("write #{meant}( … )"))
    })
}
