//! What stands first in every report: the cause and the cure, each in a line.

use super::words::{changes, tag};
use crate::explain::{Explanation, InputChange, Op, Suggestion};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, capital};
use crate::trace::Verdict;

/// The first finding, taken apart.
#[derive(Clone, Debug)]
pub struct FirstLines {
    /// Why it was decided so.
    pub cause: String,
    /// Its code.
    pub code: Code,
    /// The code as it stands in a text, to be dimmed.
    pub tag: String,
    /// What to do about it.
    pub cure: Option<String>,
    /// The place that it is about.
    path: Option<String>,
}

impl FirstLines {
    /// Of one template or a pipeline: its first hint, and the first change that was tried; of an allow without hints, how the
    /// template let the caller through.
    pub fn of(report: &Explanation) -> Option<Self> {
        let why = report.why.as_ref()?;
        if let Some(first) = why.hints.first() {
            return Some(Self::of_finding(first).proved(report));
        }
        let words = why.let_through.clone().filter(|_| matches!(report.verdict, Verdict::Allowed | Verdict::Filtered | Verdict::Completed))?;
        Some(Self { cure: None, cause: words.to_string(), ..Self::of_finding(&Finding::new(Code::LetThrough, words)) })
    }

    /// With the first change that was tried, where the finding tells no cure; the sentence where none helps.
    #[must_use]
    pub fn proved(mut self, report: &Explanation) -> Self {
        let Some(why) = report.why.as_ref().filter(|_| self.cure.is_none()) else { return self };
        let plain = self.code == Code::RefusedByTemplate;
        // Another rule's wish is no cure of what this finding tells.
        let place = |one: &&Suggestion| {
            plain || one.changes.iter().all(|change| self.path.as_deref().is_some_and(|path| path.starts_with(&*change.path) || change.path.starts_with(path)))
        };
        if let Some(suggestion) = why.suggestions.iter().filter(place).find(|one| one.changes.iter().all(can_be_done)) {
            let outcome = if suggestion.verdict == Verdict::Filtered { "it is allowed, with a filter" } else { "it is allowed" };
            let words = changes(&suggestion.changes);
            self.cure = Some(format!("{}: {outcome} (checked by evaluating again)", capital(&words)));
        }
        self
    }

    /// Why the statement that refused ran, where the cause does not tell it: the condition with its values.
    pub fn decided(report: &Explanation, cause: &str) -> Option<String> {
        let decided = report.why.as_ref().filter(|_| matches!(report.verdict, Verdict::Denied | Verdict::Error))?.decided.as_ref()?;
        let message = decided.message.to_string();
        let first = first_sentence(&message).0;
        let stands = decided.code == Code::UnconditionalRefusal || cause.contains(first);
        // What set the variables stands beneath, where the cause does not tell it.
        let short = if first.len() > SHORT { first_part(first) } else { first };
        (!stands).then(|| short.to_owned())
    }

    /// What is certain beside a verdict that is unknown: a name that is mistyped, which stands second.
    pub fn beside_unknown(hints: &[Finding]) -> Option<&Finding> {
        let [first, second, ..] = hints else { return None };
        (!first.code.is_near_name() && second.code.is_near_name()).then_some(second)
    }

    /// What it is called: what AppSync accepts caused nothing.
    pub fn label(&self) -> &'static str {
        if self.code == Code::TrailingComma { "note" } else { "cause" }
    }

    /// Of a finding.
    pub fn of_finding(finding: &Finding) -> Self {
        let (cause, cure) = apart(&finding.message);
        let cure = (!cure.is_empty()).then_some(cure);
        Self { cause, code: finding.code, tag: tag(finding), cure, path: finding.path.clone() }
    }
}

/// What stands before the first semicolon that is in no parentheses.
fn first_part(sentence: &str) -> &str {
    let balanced = |at: usize| sentence[..at].matches('(').count() == sentence[..at].matches(')').count();
    sentence.match_indices("; ").map(|(at, _)| at).find(|at| balanced(*at)).map_or(sentence, |at| &sentence[..at])
}

/// Bytes that a second reason may have as a whole.
const SHORT: usize = 240;

/// Whether a change is one that somebody would make: what the client sends, and a membership. Another owner in the row, or
/// another name of the caller, proves what the rule compares, and cures nothing.
fn can_be_done(change: &InputChange) -> bool {
    let member = change.op == Op::Add && ["identity.claims", "stash.adminRoles"].iter().any(|place| change.path.is_in(place));
    member || change.path.is_in("args")
}

/// A message's cause and its cure, each a sentence of its own.
pub fn apart(message: &Message) -> (String, String) {
    let (cause, cure) = (message.cause().to_string(), message.cure().to_string());
    if cure.is_empty() {
        return (cause, cure);
    }
    let cause = match cause.trim_end().strip_suffix([':', ';']) {
        Some(cause) => format!("{cause}."),
        None => cause.trim_end().to_owned(),
    };
    (cause, capital(cure.trim_start()))
}

/// A text's first sentence, and the rest.
fn first_sentence(text: &str) -> (&str, &str) {
    for (at, _) in outside(text).filter(|(_, letter)| matches!(letter, '.' | '?' | '!')) {
        let rest = &text[at + 1..];
        let begins = |first: char| first.is_uppercase() || matches!(first, '`' | '"' | '-' | '(');
        if rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(begins)) {
            return (&text[..=at], rest.trim_start());
        }
    }
    (text, "")
}

/// The letters of a text that stand outside of quotation marks, backticks and parentheses, which end no sentence. A parenthesis
/// that is never closed is none, and a value that was cut off (`…`) has no quotation mark at its end.
fn outside(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quoted, mut coded, mut inside, mut escaped) = (false, false, 0_usize, false);
    text.char_indices().filter(move |(at, letter)| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match letter {
            '\\' if quoted => escaped = true,
            '"' if !coded => quoted = !quoted,
            '…' if quoted && !text[at + letter.len_utf8()..].starts_with('"') => quoted = false,
            '`' if !quoted => coded = !coded,
            '(' if !quoted && !coded && text[*at..].contains(')') => inside += 1,
            ')' if !quoted && !coded => inside = inside.saturating_sub(1),
            _ => return !quoted && !coded && inside == 0,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::{apart, first_sentence};
    use crate::message::{Message, Part};

    #[test]
    fn a_sentence_ends_outside_of_quotes() {
        let text = "claim a is \"x. Y\", not `b. C`. Rename it. Or not.";
        assert_eq!(first_sentence(text), ("claim a is \"x. Y\", not `b. C`.", "Rename it. Or not."));
        let text = "it is another's own (400: Not configured. Check the roles.). Look at it (see x. Y. Then stop.";
        assert_eq!(
            first_sentence(text),
            ("it is another's own (400: Not configured. Check the roles.).", "Look at it (see x. Y. Then stop.")
        );
        assert_eq!(first_sentence("no cure"), ("no cure", ""));
        assert_eq!(first_sentence("version 1.2 is old."), ("version 1.2 is old.", ""));
    }

    #[test]
    fn a_cure_is_a_sentence_of_its_own() {
        let both = |message: Message| apart(&message);
        let words = |cause: &str, cure: &str| (cause.to_owned(), cure.to_owned());
        assert_eq!(both("It is so. It stays so.".into()), words("It is so. It stays so.", ""));
        assert_eq!(both("Nothing was checked. » Refuse other modes. Or not.".into()), words("Nothing was checked.", "Refuse other modes. Or not."));
        let key = Message::of("The key is taken by {}: » choose another key.", [Part::Value("\"a: add b\"".into())]);
        assert_eq!(both(key), words("The key is taken by \"a: add b\".", "Choose another key."));
        assert_eq!(both("» Write it.".into()), words("", "Write it."));
    }
}
