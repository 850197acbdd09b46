//! Guards that are written in a way that never refuses, and tests that more callers pass than they seem to ask for.

use crate::value::method::Method;
use crate::message::{Message, Part};
use super::super::Finished;
use super::super::{claim_of, json};
use super::super::deciding::Guards;
use super::super::test::{Test, call};
use super::super::text::show;
use super::super::whence::is_client;
use super::Leaf;
use super::nulls::at;
use super::words::{condition, line, name, one_line, state, text_behind};
use crate::appsync::address::is_bare_domain;
use crate::code::Code;
use crate::finding::Finding;
use crate::syntax::ExpressionKind as Kind;
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::{Node, references};
use crate::value::Value;

/// The refusal that a leaf kept from running, in words.
fn refusal(run: &Finished<'_>, leaf: &Leaf<'_>) -> String {
    let statement = leaf.passed.statement;
    format!("`{}` on line {}", run.program.one_line(statement), line(run, statement))
}

/// `….contains("x") == false`, where what it is called on is absent: null equals neither true nor false.
pub fn null_is_not_false(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards == Guards::Refusal && !leaf.passed.held) {
        let Test::Equal { left, right, equal: false } = leaf.test else { continue };
        let (call, literal) = if right.literal { (left, right) } else { (right, left) };
        let Value::Boolean(wanted) = literal.value else { continue };
        if !literal.literal || !call.value.is_null() || leaf.condition.holds != Some(false) {
            continue;
        }
        // Only where the refusal waited for this comparison to hold.
        let mut demands = Vec::new();
        leaf.passed.condition.demands(true, &mut demands);
        if !demands.iter().any(|(part, truth)| *truth && part.node == leaf.condition.node) {
            continue;
        }
        if let Some(finding) = member_of_text(run, leaf, call, wanted) {
            found.push(at(finding, call));
            continue;
        }
        let absent = name_of_root(run, call);
        let code = one_line(run.program.source.slice(call.span));
        let cure = if wanted { format!("#if({code})") } else { format!("#if(!{code})") };
        let message = Message::of(
            "Wider than it looks: {} did not hold, because {}, so its left side is null, and null equals neither true nor false: {} did not run. Whoever lacks it gets through. » Write `{}`, which takes null for false.",
            [
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Text(absent.to_string()),
                Part::Text(refusal(run, leaf).to_string()),
                Part::Text(cure.to_string()),
            ],
        );
        found.push(at(Finding::new(Code::NullIsNotFalse, message), call));
    }
}

/// The member was asked of a text, such as the body that an HTTP service answered: a text has no members, whatever JSON it holds.
fn member_of_text(run: &Finished<'_>, leaf: &Leaf<'_>, call: &Operand, wanted: bool) -> Option<Finding> {
    let code = one_line(run.program.source.slice(call.span));
    let (place, text) = text_behind(run, call)?;
    let member = code.rsplit('.').next()?.trim_end_matches('}');
    let sense = if wanted { format!("#if($read.{member})") } else { format!("#if(!$read.{member} || $read.{member} == false)") };
    let message = Message::of(
        "Wider than it looks: {} is a text ({}), and a text has no member {}, so {} is null, {} did not hold, and {} did not run, whatever the text says. » Parse it first, and refuse unless it says yes: `#set($read = $util.parseJson($ctx.{}))`, then `{}`.",
        [
            Part::Place(place.clone()),
            Part::Value(show(&text.as_str().into())),
            Part::Name(member.to_owned()),
            Part::Code(format!("`{code}`")),
            Part::Text(condition(run, leaf.condition).to_string()),
            Part::Text(refusal(run, leaf).to_string()),
            Part::Place(place),
            Part::Code(sense),
        ],
    );
    Some(Finding::new(Code::NullIsNotFalse, message))
}

fn name_of_root(run: &Finished<'_>, operand: &Operand) -> String {
    match operand.origins.context() {
        Some((path, _, absent)) => {
            let path = super::super::whence::subject(path);
            format!("{path} is {}", if absent { "absent" } else { "null" })
        }
        None => format!("{} is null", name(run, operand)),
    }
}

/// The side of a comparison that is the clock, or was computed of it, with the function that was asked.
pub fn clock_side<'c>(run: &Finished<'_>, whole: &'c Condition) -> Option<(&'c Operand, Method)> {
    let Some(Node::Expression(expression)) = run.recorder.index.node(whole.node) else { return None };
    let Kind::Compare(_, both) = &expression.kind else { return None };
    let clock_of = |side: &Operand| {
        // A variable is what it was set from.
        let set = side.slot.and_then(|slot| run.recorder.index.sets_of(slot).next());
        let own = if side.role == OperandRole::Left { &both.0 } else { &both.1 };
        let mut found = None;
        references(set.map_or(own, |set| &set.value), &mut |reference| {
            let clock = |called: &Method| matches!(called, Method::NowEpochSeconds | Method::NowEpochMilliSeconds);
            found = found.or_else(|| reference.called().filter(clock));
        });
        found
    };
    let mut sides = whole.operands.iter().filter(|side| matches!(side.role, OperandRole::Left | OperandRole::Right));
    sides.find_map(|side| Some((side, clock_of(side)?)))
}

/// A time in seconds against one in milliseconds: the one that is not the clock is some thousand times too small or large.
pub fn time_units(run: &Finished<'_>, whole: &Condition) -> Option<Finding> {
    // From here on a number of seconds would be a date after the year 5000.
    const FROM: f64 = 1e11;
    let (clock, called) = clock_side(run, whole)?;
    let mut sides = whole.operands.iter().filter(|side| matches!(side.role, OperandRole::Left | OperandRole::Right));
    let other = sides.find(|side| !std::ptr::eq(*side, clock) && side.origins.context().is_some())?;
    let Value::Number(number) = &other.value else { return None };
    let (millis, large) = (called == Method::NowEpochMilliSeconds, number.double_value() >= FROM);
    let (mine, theirs, cure) = match (millis, large) {
        (true, false) => ("milliseconds", "seconds", "$util.time.nowEpochSeconds()"),
        (false, true) => ("seconds", "milliseconds", "$util.time.nowEpochMilliSeconds()"),
        _ => return None,
    };
    let message = Message::of(
        "line {}: {} compares the time in {} with {}, {}, which is in {}, so it comes out the same whatever the time is. » Compare with `{}`, or store {}.",
        [
            Part::Place(line(run, whole.node).to_string()),
            Part::Text(condition(run, whole).to_string()),
            Part::Text(mine.to_string()),
            Part::Name(name(run, other).to_string()),
            Part::Value(show(&other.value)),
            Part::Text(theirs.to_string()),
            Part::Text(cure.to_string()),
            Part::Text(mine.to_string()),
        ],
    );
    let path = other.origins.context().map(|(path, ..)| path.to_string()).unwrap_or_default();
    Some(Finding::new(Code::TimeUnits, message).at(path).actual(json(&other.value)))
}

/// A time in seconds against one in milliseconds let the caller through.
pub fn units(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Some(mut finding) = time_units(run, leaf.condition) else { continue };
        let mut message = crate::message::Message::of("Wider than it looks:", []);
        message.and(finding.message);
        finding.message = message;
        found.push(finding);
    }
}

/// A guard did not hold because a text differs from the wanted one in upper and lower case only.
pub fn case_differs(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards == Guards::Refusal && !leaf.passed.held) {
        let Test::Equal { left, right, equal: false } = leaf.test else { continue };
        let (Some(one), Some(other)) = (left.value.as_str(), right.value.as_str()) else { continue };
        if leaf.condition.holds != Some(false) || one == other || !one.eq_ignore_ascii_case(other) {
            continue;
        }
        let what = if right.literal { left } else { right };
        let message = Message::of(
            "Wider than it looks: {} did not hold, because {} is {} and {} is compared with: they differ in upper and lower case only, so {} did not run and the rest of the test was not asked. » Write both alike.",
            [
                Part::Code(condition(run, &leaf.passed.condition)),
                Part::Name(name(run, what)),
                Part::Value(show(&what.value)),
                Part::Value(show(if right.literal { &right.value } else { &left.value })),
                Part::Code(refusal(run, leaf)),
            ],
        );
        found.push(at(Finding::new(Code::CheckSkipped, message), what));
        return;
    }
}

/// An address or a host is tested by an ending that does not begin at its border.
pub fn ending_not_anchored(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.condition.holds == Some(true)) {
        let Some((Method::EndsWith, whole, part)) = call(run, leaf.condition) else { continue };
        let (Some(text), Some(ending)) = (whole.value.as_str(), part.value.as_str()) else { continue };
        let before = text.strip_suffix(ending).and_then(|rest| rest.chars().next_back());
        let cut = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '-');
        if !part.literal || !cut || !is_bare_domain(ending) || !text.contains('@') {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: {} held, because {} is {}, whose end is {}, but its domain is another one: the text is only a part of it. » Write the `@` too: `.endsWith(\"@{}\")`.",
            [
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Name(name(run, whole).to_string()),
                Part::Value(show(&whole.value)),
                Part::Value(show(&part.value)),
                Part::Text(ending.to_string()),
            ],
        );
        found.push(at(Finding::new(Code::EndingNotAnchored, message), whole).actual(text));
    }
}

/// The address that let the caller in was never verified.
pub fn address_not_verified(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for (claim, verified) in [("email", "email_verified"), ("phone_number", "phone_number_verified")] {
        let state = run.claim(verified);
        if !matches!(&state, Value::Boolean(false)) && state.as_str() != Some("false") {
            continue;
        }
        let of_claim = |operand: &&Operand| claim_of(&operand.origins).is_some_and(|(name, ..)| name == claim);
        let compares = |leaf: &&Leaf<'_>| match leaf.test {
            Test::Equal { equal, .. } => equal,
            Test::Contains { found, .. } => found,
            _ => call(run, leaf.condition).is_some() && leaf.condition.holds == Some(true),
        };
        let read = leaves.iter().filter(compares).find_map(|leaf| Some((leaf, leaf.condition.operands.iter().find(of_claim)?)));
        let Some((leaf, operand)) = read else { continue };
        let message = Message::of(
            "Wider than it looks: {} let the caller through by the claim {}, {}, and {} is false: it is not verified, so whoever signs up can write any {}. » Ask for `$ctx.identity.claims.{}` too, or let the user pool verify it.",
            [
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Name(claim.to_string()),
                Part::Value(show(&operand.value)),
                Part::Text(verified.to_string()),
                Part::Name(claim.to_string()),
                Part::Text(verified.to_string()),
            ],
        );
        found.push(at(Finding::new(Code::AddressNotVerified, message), operand));
    }
}

/// What the client sent is compared with the row, and nothing of who it is has a part in the template.
pub fn row_named_by_client(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if reads_identity(run) {
        return;
    }
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards != Guards::Return) {
        let Test::Equal { left, right, equal: true } = leaf.test else { continue };
        let of = |side: &Operand, test: fn(&str) -> bool| side.origins.context().is_some_and(|(path, ..)| test(path));
        let is_row = |path: &str| ["result.", "source.", "prev."].iter().any(|root| path.starts_with(root));
        let (sent, row) = match (of(left, is_client), of(right, is_client)) {
            (true, false) => (left, right),
            (false, true) => (right, left),
            _ => continue,
        };
        if !of(row, is_row) || sent.value.is_null() {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: {} compares {}, {}, which the client writes itself, with {}, {}, and nothing of the identity is read: whoever names the right value gets through. » Compare the row with the caller, `$ctx.identity.sub` or `$ctx.identity.username`.",
            [
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Name(name(run, sent).to_string()),
                Part::Value(show(&sent.value)),
                Part::Name(name(run, row).to_string()),
                Part::Text(state(row).to_string()),
            ],
        );
        found.push(at(Finding::new(Code::RowNamedByClient, message), sent));
        return;
    }
}

/// Whether any statement of the template reads who calls.
pub fn reads_identity(run: &Finished<'_>) -> bool {
    run.recorder.index.references.iter().any(|reference| {
        reference.asks_for_caller() || reference.passes("authType")
    })
}
