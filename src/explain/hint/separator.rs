//! A separator that Java reads as a regular expression, and that is meant as it is written.
//!
//! `split`, `replaceAll` and `replaceFirst` of a text take a regular expression
//! (<https://docs.oracle.com/javase/8/docs/api/java/lang/String.html#split-java.lang.String->): `split("|")` cuts between all
//! letters, and `split(".")` leaves nothing.

use super::allow::{line, operand_name as name};
use super::test::Test;
use super::text::show;
use super::{Failed, Finished, nothing};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::syntax::{ExpressionKind as Kind, Reference};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::Value;
use crate::value::method::Method;

/// What means something of its own in a regular expression.
const SPECIAL: [char; 14] = ['|', '.', '*', '+', '?', '^', '$', '(', ')', '[', ']', '{', '}', '\\'];

/// A call with such a separator.
struct Cut<'p> {
    reference: &'p Reference,
    separator: String,
    /// The text that was to be cut.
    text: String,
    /// What it would have become by the separator as it is written.
    meant: Vec<String>,
}

/// The caller's value is among the parts as they were meant, or there were no parts at all.
pub fn is_pattern(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for cut in run.recorder.index.references.iter().copied().filter_map(|reference| cut(run, reference)) {
        let Some((wanted, item)) = run.failed().iter().find_map(|failed| wanted(run, failed, &cut)) else { continue };
        let (place, code) = (line(run, cut.reference.node), run.program.one_line(cut.reference.node));
        let (_, origins) = run.recorder.values.receiver(cut.reference);
        let path = origins.context().map(|(path, ..)| path.to_string());
        let mended = format!("[{}]", cut.separator);
        let mended = if cut.separator.chars().count() == 1 && !"^\\[]".contains(&cut.separator) { mended } else { escaped(&cut.separator) };
        let message = Message::of(
            "{} (line {}) does not cut at {}: it takes a regular expression, and there {}{}, so {} was compared with {}, though it is one of the parts of {}. » Write {}.",
            [
                Part::Code(format!("`{code}`")),
                Part::Place(place.to_string()),
                Part::Value(quoted(&cut.separator).to_string()),
                Part::Code(format!("`{}`", cut.separator)),
                Part::Text(meaning(&cut.separator).to_owned()),
                Part::Value(wanted),
                Part::Text(item),
                Part::Value(show(&Value::string(cut.text.clone()))),
                Part::Code(format!("`{}`", code.replacen(&quoted(&cut.separator).to_string(), &quoted(&mended).to_string(), 1))),
            ],
        );
        let finding = Finding::new(Code::SeparatorIsPattern, message).actual(cut.text.as_str());
        found.push(path.into_iter().fold(finding, |finding, path| finding.at(path)));
    }
}

/// `split(",")` of "a, b" leaves the blank before the second part.
pub fn leaves_blanks(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for reference in run.recorder.index.references.iter().copied() {
        let Some((Some(Method::Split), [separator])) = reference.last_call() else { continue };
        let Kind::String(separator) = &separator.kind else { continue };
        if separator.contains(SPECIAL) || separator.contains(' ') {
            continue;
        }
        let became = run.recorder.values.latest(reference);
        let parts: Vec<String> = became.members().unwrap_or_default().iter().filter_map(|part| part.as_str().map(str::to_owned)).collect();
        if !parts.iter().any(|part| part.starts_with(' ')) {
            continue;
        }
        let (receiver, _) = run.recorder.values.receiver(reference);
        let text = receiver.as_str().unwrap_or_default().to_owned();
        let meant = parts.iter().map(|part| part.trim().to_owned()).collect();
        let cut = Cut { reference, separator: separator.to_string(), text, meant };
        // The part that is the one but for its blank says more than those before it.
        let (the_part, others): (Vec<_>, Vec<_>) = run.failed().iter().partition(|failed| failed.test.differs_by_blanks());
        let Some((wanted, item, at)) = the_part.into_iter().chain(others).find_map(|failed| wanted(run, failed, &cut).map(|(wanted, item)| (wanted, item, line(run, failed.condition.node)))) else { continue };
        let message = Message::of(
            "`{}` (line {}) leaves the blank behind each {} in the part that follows: {} became {}, so {} was compared with {}{} and not found. » Cut the blank as well, `.split(\"{} *\")` (split takes a regular expression), or let what makes that text leave the blanks out.",
            [
                Part::Code(run.program.one_line(reference.node)),
                Part::Place(line(run, reference.node).to_string()),
                Part::Value(quoted(&cut.separator).to_string()),
                Part::Value(show(&Value::string(cut.text.clone()))),
                Part::Value(show(&became)),
                Part::Value(wanted),
                Part::Value(item),
                Part::Place(format!(" on line {at}")),
                Part::Text(cut.separator.clone()),
            ],
        );
        found.push(Finding::new(Code::ValuesNearlyEqual, message).actual(cut.text.as_str()));
        return;
    }
}

/// A call that was made with a separator which is another one as a regular expression.
fn cut<'p>(run: &Finished<'p>, reference: &'p Reference) -> Option<Cut<'p>> {
    let (Some(method), args) = reference.last_call()? else { return None };
    let Kind::String(separator) = &args.first()?.kind else { return None };
    if !separator.contains(SPECIAL) || separator.chars().any(char::is_alphanumeric) || separator.contains('[') {
        return None;
    }
    let (receiver, _) = run.recorder.values.receiver(reference);
    let text = receiver.as_str().filter(|text| text.contains(separator.as_str()))?.to_owned();
    let meant: Vec<String> = match (method, args) {
        (Method::Split, [_]) => text.split(separator.as_str()).map(|part| part.trim().to_owned()).collect(),
        (Method::ReplaceAll | Method::ReplaceFirst, [_, with]) => {
            let Kind::String(with) = &with.kind else { return None };
            vec![text.replacen(separator.as_str(), with, if method == Method::ReplaceAll { usize::MAX } else { 1 })]
        }
        _ => return None,
    };
    let became = run.recorder.values.latest(reference);
    let parts = became.members().unwrap_or_else(|| vec![became.clone()]);
    let same = parts.len() == meant.len() && parts.iter().zip(&meant).all(|(part, meant)| part.as_str() == Some(meant.as_str()));
    (!same).then_some(Cut { reference, separator: separator.to_string(), text, meant })
}

/// What was looked for among the parts, and what it was held against in their place.
fn wanted(run: &Finished<'_>, failed: &Failed<'_>, cut: &Cut<'_>) -> Option<(String, String)> {
    let is_part = |value: &Value| value.as_str().is_some_and(|text| cut.meant.iter().any(|part| part == text));
    match &failed.test {
        Test::EmptyLoop(_) => {
            let words = nothing::compared(run, nothing::walked(run, failed.condition.node)?);
            let part = words.into_iter().find(|words| cut.meant.iter().any(|part| words.starts_with(&quoted(part).to_string())))?;
            Some((part, "nothing".to_owned()))
        }
        Test::Equal { left, right, equal: false } => {
            let (own, other) = if is_part(&left.value) { (left, right) } else { (right, left) };
            is_part(&own.value).then(|| (named(run, own), show(&other.value)))
        }
        Test::Contains { list, item, found: false } => {
            is_part(&item.value).then(|| (named(run, item), show(&list.value)))
        }
        _ => None,
    }
}

/// A value with its place; a literal is its own.
fn named(run: &Finished<'_>, operand: &Operand) -> String {
    let (value, place) = (show(&operand.value), name(run, operand));
    if value == place { value } else { format!("{value} ({place})") }
}

/// What a separator does as a regular expression.
fn meaning(separator: &str) -> &'static str {
    match separator {
        "|" | "||" => " stands between two choices that are both empty, which fit between any two letters: the text falls into its single letters",
        "." => " stands for any letter: all of the text is a separator, and nothing is left",
        "$" | "^" => " stands for an end of the text, so nothing is cut",
        _ => " has a meaning of its own",
    }
}

/// Each letter by itself, whatever it means.
fn escaped(separator: &str) -> String {
    separator.chars().map(|letter| if letter == '^' || letter == '\\' { format!("\\{letter}") } else { format!("[{letter}]") }).collect()
}
