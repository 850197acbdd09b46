//! What stands first in every report: the cause and the cure, each in a line.

use super::words::{changes, tag};
use crate::explain::{Explanation, InputChange, Op, Suggestion};
use crate::code::Code;
use crate::finding::Finding;
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
        let words = why.let_through.clone().filter(|_| matches!(report.verdict, Verdict::Allowed | Verdict::Filtered))?;
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
            let mut letters = words.chars();
            let first = letters.next().map(char::to_uppercase).into_iter().flatten().collect::<String>();
            self.cure = Some(format!("{first}{}: {outcome} (checked by evaluating again)", letters.as_str()));
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
        let short = if first.len() > SHORT { first.split("; ").next().unwrap_or(first) } else { first };
        (!stands).then(|| short.to_owned())
    }

    /// Of a finding: the cure begins with the first sentence that says what to do, what stands before it is the cause.
    pub fn of_finding(finding: &Finding) -> Self {
        let message = finding.message.to_string();
        let (cause, cure) = cause_and_cure(&message);
        let cure = (!cure.is_empty()).then_some(cure);
        Self { cause, code: finding.code, tag: tag(finding), cure, path: finding.path.clone() }
    }
}

/// Bytes that a second reason may have as a whole.
const SHORT: usize = 240;

/// Whether a change is one that somebody would make: what the client sends, and a membership. Another owner in the row, or
/// another name of the caller, proves what the rule compares, and cures nothing.
fn can_be_done(change: &InputChange) -> bool {
    let member = change.op == Op::Add && ["identity.claims", "stash.adminRoles"].iter().any(|place| change.path.is_in(place));
    member || change.path.is_in("args")
}

/// How an instruction begins.
const VERBS: [&str; 110] = [
    "Add", "Allow", "Append", "Ask", "Attach", "Begin", "Build", "Call", "Change", "Check", "Choose", "Close", "Compare",
    "Convert", "Copy", "Correct", "Create", "Cut", "Declare", "Decode", "Delete", "Deploy", "Do", "Drop", "Empty", "Enable",
    "Escape", "Export", "Fetch", "Fill", "Find", "Get", "Give", "Go", "Guard", "Have", "Initialise", "Insert", "Invoke",
    "Issue", "Join", "Keep", "Leave", "Let", "List", "Log", "Look", "Make", "Map", "Mend", "Move", "Name", "Narrow", "Never",
    "Override", "Parse", "Pass", "Place", "Point", "Print", "Provide", "Push", "Put", "Query", "Quote", "Raise", "Read",
    "Rebuild", "Refresh", "Refuse", "Register", "Remove", "Rename", "Repair", "Replace", "Restrict", "Retry", "Return",
    "Rotate", "Run", "Save", "Say", "See", "Select", "Send", "Serve", "Set", "Show", "Sign", "Split", "Start", "Stop",
    "Store", "Subscribe", "Switch", "Take", "Test", "Trim", "Try", "Turn", "Update", "Upgrade", "Use", "Wait", "Widen",
    "Wrap", "Write", "Unset", "Count", "Correlate",
];

/// How a part of a sentence begins that tells what to do, behind a colon or a semicolon: words that are verbs there.
const CLAUSES: [&str; 66] = [
    "add", "allow", "append", "ask", "attach", "build", "call", "change", "choose", "close", "compare", "convert", "correct",
    "create", "cut", "decide", "declare", "delete", "deploy", "do", "drop", "export", "fetch", "fill", "give", "go", "have",
    "insert", "keep", "leave", "let", "load", "look", "make", "mend", "move", "parse", "pass", "prefer", "provide", "put",
    "raise", "read", "refuse", "register", "remove", "rename", "repair", "replace", "require", "return", "rewrite", "see",
    "select", "send", "set", "show", "sign", "spell", "split", "store", "subscribe", "take", "test", "use", "write",
];

/// Words before which one of [`CLAUSES`] is no verb.
const NOUNS: [&str; 8] = ["is", "was", "are", "were", "of", "by", "has", "and"];

/// How a sentence begins that tells what to do under a condition.
const CONDITIONS: [&str; 10] =
    ["If this caller should", "If the caller should", "To get through", "To let", "Where the caller should", "If both", "Only the one whom", "While", "Whoever should", "Names are compared"];

/// Whether a sentence says what to do.
fn instructs(sentence: &str) -> bool {
    let word = sentence.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    VERBS.contains(&word) || CONDITIONS.iter().any(|begin| sentence.starts_with(begin))
}

/// What stands before the first sentence that says what to do, and that sentence with all behind it. The first sentence is
/// the cause, whatever it begins with; where none says what to do, the part of one behind a colon may.
pub fn cause_and_cure(text: &str) -> (String, String) {
    let mut rest = first_sentence(text).1;
    while !rest.is_empty() && !instructs(rest) {
        rest = first_sentence(rest).1;
    }
    let before = text.get(..text.len() - rest.len()).unwrap_or(text);
    if let Some(at) = clause(text).filter(|_| rest.is_empty()) {
        let (cause, cure) = text.split_at(at);
        let mut letters = cure.chars();
        let first = letters.next().map(char::to_uppercase).into_iter().flatten().collect::<String>();
        return (format!("{}.", cause.trim_end_matches([' ', ':', ';'])), format!("{first}{}", letters.as_str()));
    }
    (before.trim_end().to_owned(), rest.to_owned())
}

/// Where the first part of a sentence begins that says what to do.
fn clause(text: &str) -> Option<usize> {
    outside(text).find_map(|(at, letter)| {
        let rest = text.get(at + 1..)?.strip_prefix(' ').filter(|_| matches!(letter, ':' | ';'))?;
        let mut words = rest.split(' ');
        let (verb, next) = (words.next()?.trim_end_matches([',', ';', ':']), words.next().unwrap_or_default());
        (CLAUSES.contains(&verb) && !NOUNS.contains(&next)).then_some(at + 2)
    })
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
    use super::{cause_and_cure, first_sentence};

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

    fn apart(text: &str) -> [String; 2] {
        let (cause, cure) = cause_and_cure(text);
        [cause, cure]
    }

    #[test]
    fn a_cure_begins_with_what_to_do() {
        let text = "Nothing was checked. All stands in a block that was skipped. Refuse other modes. They come by IAM.";
        assert_eq!(
            apart(text),
            ["Nothing was checked. All stands in a block that was skipped.", "Refuse other modes. They come by IAM."]
        );
        assert_eq!(apart("It is so. It stays so."), ["It is so. It stays so.", ""]);
        assert_eq!(apart("Write it."), ["Write it.", ""]);
        let text = "no entry of [\"a\",\"bc… is in it (the ARN is \"x\"). Add it.";
        assert_eq!(apart(text), ["no entry of [\"a\",\"bc… is in it (the ARN is \"x\").", "Add it."]);
    }

    #[test]
    fn a_cure_may_stand_behind_a_colon() {
        assert_eq!(apart("The key is taken by \"a: add b\": choose another key."), ["The key is taken by \"a: add b\".", "Choose another key."]);
        assert_eq!(apart("It is false: read is absent; store of x is it."), ["It is false: read is absent; store of x is it.", ""]);
        assert_eq!(apart("It fails: send it. The rest is right. Look at it."), ["It fails: send it. The rest is right.", "Look at it."]);
        assert_eq!(apart("It fails. Send it: go on."), ["It fails.", "Send it: go on."]);
        assert_eq!(apart(r#""a\"" is not "a". Cut it off: `.replace('"', "")`."#), [r#""a\"" is not "a"."#, r#"Cut it off: `.replace('"', "")`."#]);
    }
}
