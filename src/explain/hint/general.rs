//! The decision itself in a sentence, for a reader whom no other rule tells anything: the condition, both of its sides with
//! where they come from, and which of its terms nobody came to.

use crate::message::{Message, Part};
use super::Finished;
use super::allow::{condition, line, one_line, operand_value};
use super::test::Test;
use super::whence::{held_by, slip};
use crate::code::Code;
use crate::explain::why::validated;
use crate::finding::Finding;
use crate::trace::candidate::{Candidate, Grant};
use crate::trace::condition::{Condition, Operand, Shape};
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;

/// A refusal of which no cause was told yet.
pub fn refused(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let by_rule = matches!(run.decision.kind, DecisionKind::Unauthorized);
    let (Verdict::Denied, true, Some(node)) = (run.verdict, by_rule, run.decision.node) else { return };
    if !found.is_empty() {
        return;
    }
    let guard = run.why.guards.first();
    // A `#return` for another purpose is no rule that the caller failed, where the refusal has a condition of its own.
    let rule = |candidate: &&Candidate| guard.is_none() || !matches!(candidate.grant, Grant::Return);
    let blocker = run.why.candidates.iter().filter(rule).find_map(|candidate| candidate.blocker.as_ref());
    let decided = blocker.map(|one| (&one.condition, !one.wanted)).or_else(|| Some((&guard?.condition, guard?.value)));
    let Some((judged, held)) = decided else { return };
    let all = terms(judged);
    if leaves(&all).into_iter().flat_map(|leaf| &leaf.operands).any(|operand| operand.origins.is_open()) {
        return;
    }
    // Of an OR that held, the term that made it hold; of an AND that did not, the one that failed.
    let telling: Vec<&Condition> = all.iter().copied().filter(|term| decides(judged, term, held)).collect();
    let values = values(run, if telling.is_empty() { &all } else { &telling });
    if values.is_empty() {
        return;
    }
    let by = if validated(run.recorder, node).is_some() { "`$util.validate` on line" } else { "line" };
    let mut words = Message::of(
        "{} {} refused, because {} {}: {}.",
        [
            Part::Text(by.to_owned()),
            Part::Place(line(run, node).to_string()),
            Part::Code(condition(run, judged)),
            Part::Text((if held { "held" } else { "did not hold" }).to_owned()),
            Part::Value(values.join(", ")),
        ],
    );
    for term in all.iter().filter(|term| term.holds.is_none()) {
        words.and(Message::of(
            "Its term `{}` was not evaluated: the first term had decided.",
            [Part::Code(one_line(run.text(term)))],
        ));
    }
    let leaves = leaves(if telling.is_empty() { &all } else { &telling });
    words.and(advice(run, &leaves, judged, held).trim_start());
    let mut finding = Finding::new(Code::RefusedByTemplate, words);
    let read = leaves.iter().flat_map(|leaf| &leaf.operands).find_map(|operand| Some((operand, operand.origins.context()?)));
    if let Some((operand, (path, ..))) = read {
        finding = finding.at(path).actual(super::json(&operand.value));
    }
    found.push(finding);
}

/// The terms of a condition: what `&&` and `||` join.
fn terms(condition: &Condition) -> Vec<&Condition> {
    match condition.shape {
        Shape::All | Shape::Any => condition.parts.iter().flat_map(terms).collect(),
        Shape::Not if matches!(condition.parts.first().map(|part| part.shape), Some(Shape::All | Shape::Any)) => {
            condition.parts.iter().flat_map(terms).collect()
        }
        _ => vec![condition],
    }
}

fn leaves<'c>(terms: &[&'c Condition]) -> Vec<&'c Condition> {
    let mut found = Vec::new();
    terms.iter().for_each(|term| term.leaves(&mut found));
    found
}

/// Whether a term made the whole what it is.
fn decides(whole: &Condition, term: &Condition, held: bool) -> bool {
    match whole.shape {
        Shape::Any if held => term.holds == Some(true),
        Shape::All if !held => term.holds == Some(false),
        _ => term.holds.is_some(),
    }
}

/// The values that terms looked at, each once, with their places.
fn values(run: &Finished<'_>, terms: &[&Condition]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for operand in leaves(terms).into_iter().flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal && operand.is_evaluated()) {
        let words = operand_value(run, operand);
        if !found.contains(&words) {
            found.push(words);
        }
    }
    found.truncate(4);
    found
}

/// What to do, by what was compared.
fn advice(run: &Finished<'_>, leaves: &[&Condition], judged: &Condition, held: bool) -> String {
    for leaf in leaves {
        if let Test::Equal { left, right, equal: false } | Test::Contains { list: left, item: right, found: false } =
            Test::of(run, leaf)
        {
            return compared(run, left, right);
        }
    }
    let way = if held { "does not hold" } else { "holds" };
    format!(" Only a request in which `{}` {way} gets through: change what is compared, or the rule.", one_line(run.text(judged)))
}

fn compared(run: &Finished<'_>, left: &Operand, right: &Operand) -> String {
    if let (Some(one), Some(other)) = (left.value.as_str(), right.value.as_str())
        && let Some(how) = slip(one, other)
    {
        let mut letters = how.chars();
        let first = letters.next().map(char::to_uppercase).into_iter().flatten().collect::<String>();
        return format!(" {first}{}: write both alike.", letters.as_str());
    }
    let list = |value: &Value| value.members().is_some();
    let (has, wants) = if left.literal || list(&right.value) { (right, left) } else { (left, right) };
    if let Some(place) = held_by(run, &wants.value).filter(|place| !wants.origins.iter().any(|origin| origin.is_at(place))) {
        return format!(" The caller's {place} has the value {}: compare that.", super::text::show(&wants.value));
    }
    let Some((path, ..)) = has.origins.context().filter(|_| !wants.value.is_null()) else { return String::new() };
    let whole = if list(&has.value) { "must hold" } else { "must be" };
    format!(
        " To get through, {} {whole} {}, or the rule has to ask for something else.",
        super::whence::subject(path),
        super::text::show(&wants.value)
    )
}
