//! Rows that name nobody and claims that are absent, which let the caller in: the comparison with him stands beside, and was not made,
//! or was made with a default that passes.

use super::super::Finished;
use super::super::deciding::Passed;
use super::super::test::{Test, call};
use super::super::text::show;
use super::super::whence::{absent_claim, default_for, subject};
use super::Leaf;
use super::nulls::at;
use super::words::{condition, line, name, state};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{Expression, NodeId, Reference};
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand, Shape};
use crate::trace::index::{NodePart, references};
use crate::trace::origin::Origin;
use crate::value::Value;
use crate::value::method::Method;

/// What is not there, and let the caller in.
enum Nothing<'p> {
    /// The value that is null or empty, and what else would have been asked.
    Named { what: &'p Operand, behind: NodeId },
    /// All of nothing is had by everybody.
    AllOf(&'p Operand),
    /// A default stands in its place: the place, and what has the default.
    Default { place: String, side: &'p Operand, of_caller: bool },
}

/// A value that is missing let the caller in, and no other test that was passed asks who he is.
pub fn passes(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Allowed || run.is_of_amplify() || !found.is_empty() {
        return;
    }
    for leaf in leaves {
        // Of an AND that held, or an OR that did not, no one term is enough.
        if alone(&leaf.passed.condition, leaf.condition.node) != Some(leaf.passed.held) {
            continue;
        }
        let Some(nothing) = nothing(run, leaf) else { continue };
        if leaves.iter().any(|other| other.condition.node != leaf.condition.node && asks_caller(other)) {
            return;
        }
        found.push(finding(run, leaf, &nothing));
        return;
    }
}

/// What a condition comes to by one leaf, whatever the others are.
pub(super) fn alone(whole: &Condition, leaf: NodeId) -> Option<bool> {
    if whole.node == leaf && whole.parts.is_empty() {
        return whole.holds;
    }
    let mut parts = whole.parts.iter().map(|part| alone(part, leaf));
    match whole.shape {
        Shape::Not => parts.next()?.map(|holds| !holds),
        Shape::All => parts.any(|part| part == Some(false)).then_some(false),
        Shape::Any => parts.any(|part| part == Some(true)).then_some(true),
        Shape::Leaf => None,
    }
}

/// Whether a test that was passed compares the caller with something: who has not what it wants is refused.
pub(super) fn asks_caller(leaf: &Leaf<'_>) -> bool {
    let mut decisive = Vec::new();
    leaf.passed.condition.decisive(leaf.passed.held, &mut decisive);
    let compares = !matches!(leaf.test, Test::Missing { .. } | Test::Truth(_) | Test::EmptyLoop(_));
    let of_caller = |side: &Operand| side.origins.iter().any(|origin| origin.is_in("identity") || matches!(origin, Origin::AuthType(_)));
    compares && decisive.iter().any(|one| one.node == leaf.condition.node) && leaf.condition.operands.iter().any(of_caller)
}

fn nothing<'p>(run: &Finished<'_>, leaf: &Leaf<'p>) -> Option<Nothing<'p>> {
    if let Some((Method::ContainsAll, _, list)) = call(run, leaf.condition).filter(|_| leaf.condition.holds == Some(true)) {
        return (is_empty(list) && is_asked(list)).then_some(Nothing::AllOf(list));
    }
    let missing = match leaf.test {
        Test::Missing { what, missing: true } => Some(what),
        Test::Truth(what) if what.value.is_null() && leaf.condition.holds == Some(false) => Some(what),
        Test::Equal { left, right, equal: true } if stands_for_nothing(right) => Some(left),
        Test::Equal { left, right, equal: true } if stands_for_nothing(left) => Some(right),
        _ => None,
    };
    if let Some(what) = missing {
        let behind = behind(run, leaf.condition, leaf.passed, what).filter(|_| is_asked(what))?;
        return Some(Nothing::Named { what, behind });
    }
    let (one, other) = match leaf.test {
        Test::Equal { left, right, equal: true } => (left, right),
        Test::Contains { list, item, found: true } => (list, item),
        _ => return None,
    };
    [(one, other), (other, one)].into_iter().find_map(|(side, beside)| default(run, side, beside))
}

/// Whether an operand is what an empty value is compared with: `""`, `0`, a name that nothing sets.
fn stands_for_nothing(side: &Operand) -> bool {
    let empty = side.value.is_null() || side.value.as_str() == Some("") || matches!(&side.value, Value::Number(_)) && show(&side.value) == "0";
    empty && side.origins.iter().all(|origin| origin.path().is_none())
}

fn is_empty(side: &Operand) -> bool {
    side.value.is_null() || side.value.as_str() == Some("") || side.value.members().is_some_and(|all| all.is_empty())
}

/// Whether a place says whom a row is for, or who the caller is: of what the client leaves out is told elsewhere.
fn is_asked(what: &Operand) -> bool {
    let Some((path, from, _)) = what.origins.context() else { return false };
    let nothing = from.is_null() || from.as_str() == Some("") || from.members().is_some_and(|all| all.is_empty());
    let of_row = ["result", "source", "prev"].iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.starts_with('.')));
    let claim = ["identity.claims[", "identity.claims.", "identity.groups"].iter().any(|place| path.starts_with(place));
    nothing && (of_row || claim)
}

/// What else asks the caller, and was not come to: another term of the condition, or a condition or loop that reads the same value.
fn behind(run: &Finished<'_>, leaf: &Condition, passed: &Passed, what: &Operand) -> Option<NodeId> {
    let mut terms = Vec::new();
    passed.condition.leaves(&mut terms);
    let of_identity = |node: NodeId| {
        let mut reads = false;
        run.recorder.index.references.iter().filter(|one| run.program.span(node).holds(run.program.span(one.node))).for_each(|one| reads |= one.passes("identity"));
        reads
    };
    if let Some(term) = terms.into_iter().find(|term| term.node != leaf.node && term.holds != Some(passed.held) && of_identity(term.node)) {
        return Some(term.node);
    }
    let text = super::one_line(run.program.source.slice(what.span));
    let place = text.trim_start_matches(['$', '!', '{']).trim_end_matches('}').to_owned();
    let reads_it = |reference: &Reference| {
        let own = super::one_line(run.program.text(reference.node));
        let own = own.trim_start_matches(['$', '!', '{']);
        own.strip_prefix(place.as_str()).is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_'))
    };
    let reads = |condition: &Expression| {
        let mut found = false;
        references(condition, &mut |reference| found |= reads_it(reference) && !reference.called().is_some_and(Method::asks_null));
        found
    };
    run.recorder.index.parts().find_map(|part| match part {
        NodePart::Loop(each) if reads(&each.list) => Some(each.list.node),
        NodePart::Branch { parts, at } => {
            let asked = &parts.branches[*at].condition;
            let other = asked.node != passed.condition.node && reads(asked) && of_identity(asked.node);
            other.then_some(asked.node)
        }
        _ => None,
    })
}

/// A default that was taken for what is absent, and that made the test come out: a text of the template, or the caller himself.
fn default<'p>(run: &Finished<'_>, side: &'p Operand, beside: &Operand) -> Option<Nothing<'p>> {
    let absent = |origin: &Origin| match origin {
        Origin::Context { path, value, absent, .. } if *absent || value.is_null() => Some(path.to_string()),
        _ => None,
    };
    let place = side.origins.iter().find_map(absent).filter(|_| !side.value.is_null())?;
    let of_row = ["result.", "source.", "prev."].iter().any(|root| place.starts_with(root));
    let claim = place.starts_with("identity.claims");
    let reads_caller = || run.recorder.index.references.iter().any(|reference| reference.passes("identity"));
    // The caller's own value in the place of the row's.
    let own = beside.origins.context().filter(|(path, ..)| path.starts_with("identity")).map(|(path, ..)| path.to_string());
    let of_caller = own.is_some_and(|own| side.origins.iter().any(|origin| origin.is_at(&own)));
    if of_caller {
        return of_row.then_some(Nothing::Default { place, side, of_caller });
    }
    let made = default_for(&side.origins, &side.value).is_some() && beside.literal;
    (made && (claim || of_row && reads_caller())).then_some(Nothing::Default { place, side, of_caller })
}

fn finding(run: &Finished<'_>, leaf: &Leaf<'_>, nothing: &Nothing<'_>) -> Finding {
    let held = if leaf.passed.held { "held" } else { "did not hold" };
    let judged = condition(run, leaf.condition);
    match nothing {
        Nothing::Named { what, behind } => {
            let of_claim = what.origins.context().is_some_and(|(path, ..)| path.starts_with("identity"));
            let whose = if of_claim { "whoever comes without it" } else { "every caller" };
            let cure = if of_claim {
                "Take that term out, and refuse where it is missing.".to_owned()
            } else {
                format!("If such rows are not meant for everybody, take that out, and refuse where {} is missing; if they are, nothing is wrong.", name(run, what))
            };
            let mut message = Message::of(
                "Wider than it looks: {} is {}, and that alone was enough ({}): what asks the caller, {} on line {}, has no part in it, so {} gets through.",
                [
                    Part::Name(name(run, what)),
                    Part::Text(state(what)),
                    Part::Code(judged),
                    Part::Code(if run.recorder.index.is_walked(*behind) { format!("the loop over `{}`", run.program.one_line(*behind)) } else { format!("`{}`", run.program.one_line(*behind)) }),
                    Part::Place(line(run, *behind).to_string()),
                    Part::Text(whose.to_owned()),
                ],
            );
            message = message.cured(cure);
            if of_claim {
                message.and(what.origins.context().map_or_else(Message::default, |(path, ..)| absent_claim(run, path)));
            }
            at(Finding::new(Code::CheckSkipped, message), what)
        }
        Nothing::AllOf(list) => {
            let message = Message::of(
                "Wider than it looks: {} is {}, and {} holds for every caller then: all of nothing is had by everybody. » Refuse when it is empty, before it is compared.",
                [Part::Name(name(run, list)), Part::Text(state(list)), Part::Code(judged)],
            );
            at(Finding::new(Code::CheckSkipped, message), list)
        }
        Nothing::Default { place, side, of_caller } => {
            let code = super::one_line(run.program.source.slice(side.span));
            let own = if *of_caller { ", which is the caller's own: he is compared with himself" } else { "" };
            let whose = if place.starts_with("identity") { "whoever comes without it" } else { "every caller" };
            let message = Message::of(
                "Wider than it looks: {} is absent, so {} is the default {}{}, and {} {} by that: {} gets through. » Take a default that lets nobody in, or refuse where {} is missing.",
                [
                    Part::Place(subject(place)),
                    Part::Code(format!("`{code}`")),
                    Part::Value(show(&side.value)),
                    Part::Text(own.to_owned()),
                    Part::Code(condition(run, &leaf.passed.condition)),
                    Part::Text(held.to_owned()),
                    Part::Text(whose.to_owned()),
                    Part::Place(subject(place)),
                ],
            );
            Finding::new(Code::CheckSkipped, message).at(place.clone())
        }
    }
}
