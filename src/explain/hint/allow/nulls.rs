//! Null and empty values that let a caller through.

use crate::message::{Message, Part};
use super::super::deciding::Guards;
use super::super::test::Test;
use super::super::text::show;
use super::super::whence::{PLACEHOLDER, absent_claim, is_client, subject, whence};
use super::super::{Finished, json};
use super::Leaf;
use super::words::{condition, line, name, one_line, state};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand, Shape};
use crate::trace::origin::Origin;
use crate::value::Value;

/// Null equals null: both sides of the comparison that let the caller through are missing.
pub fn both_null(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Test::Equal { left, right, equal: true } = leaf.test else { continue };
        if !left.value.is_null() || !right.value.is_null() || left.literal || right.literal {
            continue;
        }
        let mode = match run.auth_type() {
            Some(AuthType::ApiKey) => " A request with an API key has no identity at all.",
            _ => "",
        };
        let claim =
            [left, right].into_iter().find_map(|side| side.origins.context().map(|(path, ..)| absent_claim(run, path)));
        let mut message = Message::of(
            "Wider than it looks: {} compares two missing values, {} is {} and {} is {}, and in Velocity null equals null.{} Whoever lacks both gets through: » refuse when either is missing (`$util.isNull(…)`) before comparing.",
            [
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Name(name(run, left).to_string()),
                Part::Text(state(left).to_string()),
                Part::Name(name(run, right).to_string()),
                Part::Text(state(right).to_string()),
                Part::Text(mode.to_string()),
            ],
        );
        // Which token has the claim does not matter where a variable is nothing for everybody.
        message.and([left, right].into_iter().find_map(|side| never_set(run, side)).or(claim).unwrap_or_default());
        found.push(at(Finding::new(Code::NullEqualsNull, message), left));
    }
}

/// A missing value was looked for in a list that has null among its entries, which `contains` finds (Java: `Collection.contains`).
pub fn null_in_list(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Test::Contains { list, item, found: true } = leaf.test else { continue };
        if !item.value.is_null() || item.literal || !list.value.members().is_some_and(|all| all.iter().any(Value::is_null)) {
            continue;
        }
        let mut message = Message::of(
            "Wider than it looks: {} looks for a missing value, {} is {}, and {} has null among its entries ({}), which `contains` takes for the same. Whoever lacks it gets through: » refuse when it is missing (`$util.isNull(…)`), and keep null out of the list.",
            [
                Part::Code(condition(run, leaf.condition)),
                Part::Name(name(run, item)),
                Part::Text(state(item)),
                Part::Name(name(run, list)),
                Part::Value(show(&list.value)),
            ],
        );
        message.and(item.origins.context().map_or_else(Message::default, |(path, ..)| absent_claim(run, path)));
        found.push(at(Finding::new(Code::NullEqualsNull, message), item));
    }
}

/// `"$!a" == "$!b"`: nothing was printed on either side, or the same default, for nothing stands at any place that was read (Velocity
/// 1.7: a quiet reference without a value prints no text).
pub fn both_printed(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Test::Equal { left, right, equal: true } = leaf.test else { continue };
        let (Some(one), Some(other), Value::String(text)) = (nothing_behind(left), nothing_behind(right), &left.value) else { continue };
        if one == other || left.literal || right.literal {
            continue;
        }
        let shown = if text.is_empty() { "prints as an empty text".to_owned() } else { format!("became the same text {}", show(&left.value)) };
        let mut message = Message::of(
            "Wider than it looks: {} compares two missing values: {} is absent and {} is absent, each {}, and the two texts are equal. Whoever lacks both gets through: » compare the values themselves, without quotes or a default, and refuse first when either is missing (`$util.isNullOrEmpty(…)`).",
            [
                Part::Code(condition(run, leaf.condition)),
                Part::Place(subject(one)),
                Part::Place(subject(other)),
                Part::Text(shown),
            ],
        );
        message.and([one, other].into_iter().map(|path| absent_claim(run, path)).find(|words| !words.is_empty()).unwrap_or_default());
        found.push(at(Finding::new(Code::NullEqualsNull, message), left));
    }
}

/// The first of the places that a value was made of, where nothing stands at any of them.
fn nothing_behind(side: &Operand) -> Option<&str> {
    let mut first = None;
    for origin in side.origins.iter() {
        match origin {
            Origin::Context { path, value, absent, .. } if *absent || value.is_null() => first = first.or(Some(&**path)),
            Origin::Context { .. } | Origin::AuthType(_) => return None,
            _ => {}
        }
    }
    first
}

/// A variable that no statement sets, where one of nearly its name is set.
fn never_set(run: &Finished<'_>, side: &Operand) -> Option<Message> {
    let slot = side.slot.filter(|slot| !run.recorder.index.is_assigned(*slot))?;
    let name = run.program.name(slot);
    let sets: Vec<_> = run.recorder.index.sets().filter_map(|set| Some((run.program.name(set.target.variable()?), set.node))).collect();
    let near = crate::nearest::nearest(name, sets.iter().map(|(name, _)| *name))?;
    let (_, node) = sets.iter().find(|(name, _)| *name == near)?;
    Some(Message::of(
        "${} is null because no statement sets it: line {} sets ${}. » Write both alike.",
        [Part::Name(name.to_owned()), Part::Place(super::words::line(run, *node).to_string()), Part::Name(near.to_owned())],
    ))
}

/// A refusal names who may not (`#if($role == "guest") $util.unauthorized() #end`), and the value is absent, which equals none of the
/// names: whoever lacks it gets through, where nothing else asks who calls.
pub fn absent_not_named(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let of_identity = |side: &Operand| side.origins.iter().any(|origin| origin.is_in("identity"));
    let denies = |leaf: &Leaf<'_>| denied_names(leaf).is_some();
    // What another step put into the stash may be its answer.
    let of_step = |side: &Operand| side.origins.iter().any(|origin| origin.is_in("stash") || origin.is_in("prev"));
    let asks_more = leaves.iter().any(|leaf| leaf.condition.operands.iter().any(|side| of_identity(side) || of_step(side)) && !denies(leaf));
    if run.verdict != Verdict::Allowed || asks_more {
        return;
    }
    for leaf in leaves {
        let Some(what) = denied_names(leaf).filter(|what| what.value.is_null() && of_identity(what)) else { continue };
        let mut message = Message::of(
            "Wider than it looks: {} did not hold because {} is {}, and what is absent equals no text, so `{}` on line {} did not run: the test names who may not, and everybody without it gets through. » Name who may instead, and refuse when it is absent: `#if( !$may.contains($util.defaultIfNull(…, \"\")) )` with a list of the values that may.",
            [
                Part::Code(condition(run, leaf.condition)),
                Part::Name(name(run, what)),
                Part::Text(state(what)),
                Part::Code(run.program.one_line(leaf.passed.statement)),
                Part::Place(line(run, leaf.passed.statement).to_string()),
            ],
        );
        message.and(what.origins.context().map_or_else(Message::default, |(path, ..)| absent_claim(run, path)));
        found.push(at(Finding::new(Code::AbsentDiffers, message), what));
        return;
    }
}

/// `.isEmpty()` of what is not there is null, which counts as false (Velocity 1.7: a call on null is null): the refusal of an empty value
/// stops nobody who leaves it out.
pub fn empty_of_nothing(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let of_identity = |side: &Operand| side.origins.iter().any(|origin| origin.is_in("identity"));
    let asks_caller = leaves.iter().any(|leaf| leaf.condition.operands.iter().any(of_identity));
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards == Guards::Refusal && !leaf.passed.held && !asks_caller) {
        let Test::Missing { what, missing: false } = leaf.test else { continue };
        if !what.value.is_null() || what.origins.context().is_none() || leaf.passed.condition.node != leaf.condition.node {
            continue;
        }
        let code = one_line(run.program.source.slice(what.span));
        let message = Message::of(
            "Wider than it looks: {} is {}, so {} has no value and counts as false, and `{}` on line {} did not run: whoever leaves it out gets through. » Ask {}, which holds where it is absent as well.",
            [
                Part::Name(name(run, what)),
                Part::Text(state(what)),
                Part::Code(condition(run, leaf.condition)),
                Part::Code(run.program.one_line(leaf.passed.statement)),
                Part::Place(line(run, leaf.passed.statement).to_string()),
                Part::Code(format!("`$util.isNullOrEmpty({code})`")),
            ],
        );
        found.push(at(Finding::new(Code::CheckSkipped, message), what));
        return;
    }
}

/// What a refusal that did not run compares with names of its own: `$role == "guest"`, `["guest", "trial"].contains($role)`.
fn denied_names<'p>(leaf: &Leaf<'p>) -> Option<&'p Operand> {
    if leaf.passed.guards != Guards::Refusal || leaf.passed.held || leaf.condition.holds != Some(false) {
        return None;
    }
    let mut decisive = Vec::new();
    leaf.passed.condition.decisive(false, &mut decisive);
    decisive.iter().find(|one| one.node == leaf.condition.node)?;
    match leaf.test {
        Test::Equal { left, right, equal: false } if right.literal && right.value.as_str().is_some() => Some(left),
        Test::Equal { left, right, equal: false } if left.literal && left.value.as_str().is_some() => Some(right),
        Test::Contains { list, item, found: false } if list.value.members().is_some() && list.origins.context().is_none() => Some(item),
        _ => None,
    }
}

/// A guard was false because of a null, so that the comparison behind it was skipped and no refusal ran.
pub fn absent_differs(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards == Guards::Grant && leaf.passed.held) {
        let Test::Equal { left, right, equal: false } = leaf.test else { continue };
        let (what, other) = if right.literal { (left, right) } else { (right, left) };
        let of_identity = what.origins.context().is_some_and(|(path, ..)| path.starts_with("identity"));
        if leaf.condition.holds != Some(true) || !what.value.is_null() || other.value.is_null() || !of_identity {
            continue;
        }
        let absent = what.origins.context().map_or_else(Message::default, |(path, ..)| super::super::whence::absent_claim(run, path));
        let mut message = Message::of(
            "Wider than it looks: {} held because {} is {}, and what is absent differs from every text: the test names who may not, so everybody without it gets through (line {}). » Name who may instead, and refuse when it is absent: `#if( !$may.contains($util.defaultIfNull(…, \"\")) )` with a list of the values that may.",
            [
                Part::Code(condition(run, leaf.condition)),
                Part::Name(name(run, what)),
                Part::Text(state(what)),
                Part::Place(line(run, leaf.passed.statement).to_string()),
            ],
        );
        message.and(absent);
        found.push(at(Finding::new(Code::AbsentDiffers, message), what));
    }
}

/// A guard was false because of a null, so what stands behind it was not asked.
pub fn skipped(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards == Guards::Refusal && !leaf.passed.held) {
        let what = match leaf.test {
            Test::Missing { what, missing: true } => what,
            Test::Truth(what) if what.value.is_null() && leaf.condition.holds == Some(false) => what,
            Test::Equal { left, right, equal: true } if right.literal && right.value.is_null() => left,
            _ => continue,
        };
        if what.slot.is_some_and(|_| what.origins.is_empty()) {
            continue;
        }
        let Some(after) = unjudged(&leaf.passed.condition).or_else(|| inner(run, leaf)) else { continue };
        let subject = name(run, what);
        let message = Message::of(
            "Wider than it looks: {} did not hold, because {} is {}, so the comparison `{}` was skipped and `{}` on line {} did not run. Everybody gets through where {} is missing: » refuse then too (`$util.isNull(…) || …`), or see that it is always there.",
            [
                Part::Text(condition(run, &leaf.passed.condition).to_string()),
                Part::Text(subject.to_string()),
                Part::Text(state(what).to_string()),
                Part::Code(run.program.one_line(after).to_string()),
                Part::Code(run.program.one_line(leaf.passed.statement).to_string()),
                Part::Place(line(run, leaf.passed.statement).to_string()),
                Part::Text(subject.to_string()),
            ],
        );
        found.push(at(Finding::new(Code::CheckSkipped, message), what));
    }
}

/// A part of the condition that was not needed.
fn unjudged(whole: &Condition) -> Option<crate::syntax::NodeId> {
    if whole.shape != Shape::All {
        return None;
    }
    let mut leaves = Vec::new();
    whole.leaves(&mut leaves);
    leaves.iter().find(|leaf| leaf.holds.is_none()).map(|leaf| leaf.node)
}

/// A condition inside the block that was not entered.
fn inner(run: &Finished<'_>, leaf: &Leaf<'_>) -> Option<crate::syntax::NodeId> {
    let chain = run.recorder.index.chain(leaf.passed.statement);
    let at = chain.iter().position(|part| part.node() == leaf.passed.node)?;
    let branch = chain.get(at + 1..)?.iter().find_map(|part| run.recorder.index.branch_at(part.node()))?;
    Some(branch.condition.node)
}

/// The stand-in for an absent claim met the same stand-in on a row.
pub fn placeholder(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Test::Equal { left, right, equal: true } = leaf.test else { continue };
        let default = |side: &Operand| whence(&side.origins, &side.value).absent.filter(|_| !side.value.is_null());
        let (absent, row) = match (default(left), default(right)) {
            (Some(absent), None) => (absent, right),
            (None, Some(absent)) => (absent, left),
            _ => continue,
        };
        if row.literal || row.value.is_null() {
            continue;
        }
        let what = if row.value.as_str() == Some(PLACEHOLDER) { "the placeholder " } else { "" };
        let mut message = Message::of(
            "Wider than it looks: {} is absent, so the template took {}{} in its place, and {} is {} too, which {} takes for the same. Anyone without it gets through: » refuse when it is absent, and repair the rows that hold {}.",
            [
                Part::Text(subject(&absent).to_string()),
                Part::Text(what.to_string()),
                Part::Value(show(&row.value)),
                Part::Name(name(run, row).to_string()),
                Part::Value(show(&row.value)),
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Value(show(&row.value)),
            ],
        );
        message.and(absent_claim(run, &absent));
        found.push(at(Finding::new(Code::PlaceholderMatches, message), row));
    }
}

/// Any text is true in Velocity, an empty one and `"false"` included.
pub fn text_is_true(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Test::Truth(what) = leaf.test else { continue };
        let Value::String(text) = &what.value else { continue };
        let no = text.trim().is_empty() || ["false", "no", "0", "null", "none"].contains(&text.to_lowercase().as_str());
        let client = what.origins.context().is_some_and(|(path, ..)| is_client(path));
        if leaf.condition.holds != Some(true) || !no || client {
            continue;
        }
        let kind = if text.trim().is_empty() { "empty but not absent, " } else { "" };
        let code = one_line(run.program.source.slice(what.span));
        let cure = if text.trim().is_empty() {
            format!("Ask for a value: `!$util.isNullOrEmpty({code})`, or compare it with the one that is meant.")
        } else {
            format!("Compare it with the text that is meant (`{code} == \"true\"`, say), or have a boolean written there.")
        };
        let message = Message::of(
            "Wider than it looks: {} is {}, {}and `{}` (line {}) is true for everything but null and false, any text included{}. » {}",
            [
                Part::Name(name(run, what).to_string()),
                Part::Value(show(&what.value)),
                Part::Text(kind.to_string()),
                Part::Code(one_line(run.text(leaf.condition)).to_string()),
                Part::Place(line(run, leaf.condition.node).to_string()),
                Part::Text(left_out(run, leaf)),
                Part::Text(cure.to_string()),
            ],
        );
        found.push(at(Finding::new(Code::TextIsTrue, message), what));
    }
}

/// What did not run for it: a refusal, or a part of the request.
fn left_out(run: &Finished<'_>, leaf: &Leaf<'_>) -> String {
    let skipped = |node: &crate::syntax::NodeId| run.recorder.reached.began(*node) == 0;
    let behind = |node: crate::syntax::NodeId| run.recorder.index.chain(node).iter().any(|part| part.node() == leaf.passed.node);
    let (statement, is) = match leaf.passed.guards {
        Guards::Refusal => (Some(leaf.passed.statement), "did not run"),
        _ => (run.recorder.index.statements.iter().map(|(node, _)| *node).find(|node| behind(*node)), "was left out of the request"),
    };
    let Some(statement) = statement.filter(skipped) else { return String::new() };
    format!(", so `{}` on line {} {is}", run.program.one_line(statement), line(run, statement))
}

/// In Velocity only null and false are false: a list without items, and an answer whose `items` are none, are true
/// (<https://velocity.apache.org/engine/1.7/user-guide.html#conditionals>).
pub fn empty_is_true(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Test::Truth(what) = leaf.test else { continue };
        let code = one_line(run.program.source.slice(what.span));
        let inner = what.value.as_map().and_then(|map| map.get_str("items"));
        let (items, cure) = match (&what.value, &inner) {
            (Value::List(list), _) if list.is_empty() => ("a list without items".to_owned(), format!("{code}.isEmpty()")),
            (Value::Map(map), None) if map.is_empty() => ("a map without members".to_owned(), format!("{code}.isEmpty()")),
            (Value::Map(_), Some(Value::List(list))) if list.is_empty() => ("the answer of a Query or Scan that found nothing: a map, whose items are []".to_owned(), format!("{code}.items.isEmpty()")),
            _ => continue,
        };
        let then = match leaf.passed.guards {
            Guards::Refusal => format!("`{}` on line {} did not run", run.program.one_line(leaf.passed.statement), line(run, leaf.passed.statement)),
            _ => format!("line {} granted", line(run, leaf.passed.statement)),
        };
        let message = Message::of(
            "Wider than it looks: {} ({}) is {}, and in Velocity only null and false are false, so {} {} and {}: that nothing was found is never looked at. » Ask for it: `#if({})`.",
            [
                Part::Name(name(run, what)),
                Part::Value(show(&what.value)),
                Part::Text(items),
                Part::Code(condition(run, &leaf.passed.condition)),
                Part::Text((if leaf.passed.held { "held" } else { "did not hold" }).to_owned()),
                Part::Text(then),
                Part::Code(cure),
            ],
        );
        found.push(at(Finding::new(Code::EmptyIsTrue, message), what));
    }
}

/// A finding about what an operand read.
pub fn at(finding: Finding, operand: &Operand) -> Finding {
    let finding = match operand.origins.context() {
        Some((path, ..)) => finding.at(path),
        None => finding,
    };
    finding.actual(json(&operand.value))
}
