//! A value that fits nothing of what it was held against: another end than a pattern wants, none of the caller's own names.

use super::super::Finished;
use super::super::allow::line;
use super::super::text::show;
use super::super::whence::{is_client, subject};
use crate::message::{Message, Part, any_of, capital, quoted};
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::value::method::Method;

/// Names that are shown.
const MOST: usize = 6;

/// `matches` that did not hold, where the pattern ends in a plain text and the value in another.
pub fn pattern(run: &Finished<'_>, leaf: &Condition) -> Option<Message> {
    if leaf.holds != Some(false) || !run.recorder.index.calls_in(leaf.node, &[Method::Matches]) {
        return None;
    }
    // `$util.matches(pattern, text)`, and `text.matches(pattern)`.
    let of = |role| leaf.operands.iter().filter(move |operand: &&Operand| operand.role == role);
    let pattern = of(OperandRole::Argument).next()?;
    let value = of(OperandRole::Receiver).next().or_else(|| of(OperandRole::Argument).nth(1))?;
    let (path, ..) = value.origins.context()?;
    let (text, end) = (value.value.as_str()?, plain_end(pattern.value.as_str()?)?);
    if text.ends_with(&end) {
        return None;
    }
    let own = end.chars().next().and_then(|first| text.rfind(first)).and_then(|at| text.get(at..)).unwrap_or(text);
    Some(
        Message::of(
            "{} ends in {}, and the pattern on line {} wants {} there.",
            [
                Part::Name(capital(&subject(path))),
                Part::Value(quoted(own).to_string()),
                Part::Place(line(run, leaf.node).to_string()),
                Part::Value(quoted(&end).to_string()),
            ],
        )
        .cured("If such a value should pass, let the pattern take it too."),
    )
}

/// The plain text in which a pattern ends: `@acme.com` of `^[a-z]+@acme\.com$`.
fn plain_end(pattern: &str) -> Option<String> {
    let letters: Vec<char> = pattern.strip_suffix('$').unwrap_or(pattern).chars().collect();
    // Of alternatives each has its own end, and so has what stands in a group.
    if letters.iter().any(|letter| "|()".contains(*letter)) {
        return None;
    }
    let (mut end, mut at) = (Vec::new(), letters.len());
    while let Some(letter) = at.checked_sub(1).and_then(|last| letters.get(last)) {
        let before = |back: usize| at.checked_sub(back).and_then(|place| letters.get(place)).copied();
        match (before(2), *letter, before(3)) {
            // An escaped letter is a class of letters, and another sign is itself.
            (Some('\\'), sign, other) if !sign.is_alphanumeric() && other != Some('\\') => {
                end.push(sign);
                at -= 2;
            }
            (Some('\\'), ..) => break,
            (Some(sign), ']', Some('[')) => {
                end.push(sign);
                at -= 3;
            }
            (_, letter, _) if letter.is_alphanumeric() || "@-_ #:/,;=&%".contains(letter) => {
                end.push(letter);
                at -= 1;
            }
            _ => break,
        }
    }
    end.reverse();
    (end.len() > 1).then(|| end.into_iter().collect())
}

/// What the client asked for is none of the names that the token has, or that were cut out of a claim.
pub fn none_of_the_callers(list: &Operand, item: &Operand) -> Option<Message> {
    let (claim, ..) = list.origins.context().filter(|(path, ..)| path.starts_with("identity"))?;
    let (sent, ..) = item.origins.context().filter(|(path, ..)| is_client(path))?;
    let names: Vec<String> = list.value.members()?.iter().filter(|name| name.as_str().is_some_and(|name| !name.is_empty())).take(MOST).map(show).collect();
    let asked = show(&item.value);
    (!names.is_empty() && item.value.as_str().is_some()).then(|| {
        Message::from(format!("{} {asked} is none of the caller's ({}: {}).", capital(&subject(sent)), subject(claim), names.join(", ")))
            .cured(format!("Ask for {}, or have {asked} added to {} if it is the caller's too.", any_of(&names), subject(claim)))
    })
}

#[cfg(test)]
mod tests {
    use super::plain_end;

    #[test]
    fn a_pattern_ends_in_plain_text_or_not() {
        for (pattern, end) in [
            (r"^[a-z]+@acme\.com$", Some("@acme.com")),
            (r"^[^@]+@harbour[.]example$", Some("@harbour.example")),
            (r".*-admin", Some("-admin")),
            (r"a|b@acme.com", None),
            (r"[a-z]+", None),
            (r"x\d", None),
            (r"abc?", None),
        ] {
            assert_eq!(plain_end(pattern).as_deref(), end, "{pattern}");
        }
    }
}
