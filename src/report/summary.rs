//! What stands first in every report: the cause and the cure, each in a line.

use super::words::{changes, tag};
use crate::explain::{Explanation, Suggestion};
use crate::finding::Finding;
use crate::trace::Verdict;

/// The first finding, taken apart.
#[derive(Debug)]
pub struct FirstLines {
    /// Why it was decided so.
    pub cause: String,
    /// Its code, to be dimmed.
    pub tag: String,
    /// What to do about it.
    pub cure: Option<String>,
}

impl FirstLines {
    /// Of one template or a pipeline: its first hint, and the first change that was tried.
    pub fn of(report: &Explanation) -> Option<Self> {
        let why = report.why.as_ref()?;
        let mut summary = Self::of_finding(why.hints.first()?);
        if summary.cure.is_none()
            && let Some(suggestion) = why.suggestions.iter().find(|one| !another_caller(one))
        {
            let outcome = if suggestion.verdict == Verdict::Filtered { "it is allowed, with a filter" } else { "it is allowed" };
            summary.cure = Some(format!("{}: {outcome} (checked by evaluating again)", changes(&suggestion.changes)));
        }
        Some(summary)
    }

    /// Of a finding: its first sentence is the cause, what follows the cure.
    pub fn of_finding(finding: &Finding) -> Self {
        let message = finding.message.to_string();
        let (cause, cure) = first_sentence(&message);
        let cure = (!cure.is_empty()).then(|| cure.to_owned());
        Self { cause: cause.to_owned(), tag: tag(finding), cure }
    }
}

/// With another name the caller would be somebody else, which is no cure.
fn another_caller(suggestion: &Suggestion) -> bool {
    let names = ["sub", "username", "cognito:username"];
    suggestion.changes.iter().any(|change| {
        let member = ["identity.sub", "identity.username"].iter().any(|path| change.path.is_in(path));
        member || change.path.claim_name().is_some_and(|claim| names.contains(&claim.as_str()))
    })
}

/// A text's first sentence, and the rest. What stands in quotation marks or backticks ends no sentence.
fn first_sentence(text: &str) -> (&str, &str) {
    let (mut quoted, mut coded) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' if !coded => quoted = !quoted,
            '`' if !quoted => coded = !coded,
            '.' | '?' | '!' if !quoted && !coded => {
                let rest = &text[at + 1..];
                let begins = |first: char| first.is_uppercase() || matches!(first, '`' | '"' | '-' | '(');
                if rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(begins)) {
                    return (&text[..=at], rest.trim_start());
                }
            }
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::first_sentence;

    #[test]
    fn a_sentence_ends_outside_of_quotes() {
        let text = "claim a is \"x. Y\", not `b. C`. Rename it. Or not.";
        assert_eq!(first_sentence(text), ("claim a is \"x. Y\", not `b. C`.", "Rename it. Or not."));
        assert_eq!(first_sentence("no cure"), ("no cure", ""));
        assert_eq!(first_sentence("version 1.2 is old."), ("version 1.2 is old.", ""));
    }
}
