//! The decision itself in a sentence: the statement that refused, the terms of its condition that decided, each with both
//! values and where they come from, and, where a term reads a variable, what made that what it is.

mod follow;
mod later;
mod state;
mod unfit;

pub use follow::written;

use super::Finished;
use super::allow::{condition, line, one_line, operand_value, skipped};
use super::test::Test;
use super::whence::{held_by, slip};
use crate::code::Code;
use crate::explain::why::validated;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, capital};
use crate::syntax::{NodeId, Slot};
use crate::trace::candidate::{Blocker, Candidate, Grant};
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;
use crate::value::method::Method;

/// Variables followed one behind the other.
const DEPTH: usize = 3;
/// Terms told of one condition.
const TERMS: usize = 3;

/// A refusal of which no cause was told yet.
pub fn refused(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Denied && run.decision.kind == DecisionKind::Unauthorized && found.is_empty() {
        found.extend(sentence(run));
    }
}

/// A refusal of a template written by hand that stands under no condition.
pub fn under_no_condition(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let node = run.decision.node.filter(|node| run.verdict == Verdict::Denied && run.recorder.index.chain(*node).is_empty());
    if let Some(node) = node.filter(|node| run.is_by_hand() && validated(run.recorder, *node).is_none()) {
        found.extend(unconditional(run, node));
    }
}

/// Why the statement that refused, or raised an error, ran; `None` where nothing did, or where it rests on what nobody gave.
pub fn sentence(run: &Finished<'_>) -> Option<Finding> {
    let ended = matches!(run.verdict, Verdict::Denied | Verdict::Error);
    let node = run.decision.node.filter(|_| ended)?;
    let Some(guard) = run.why.guards.first() else { return unconditional(run, node) };
    let mut leaves = Vec::new();
    guard.condition.decisive(guard.value, &mut leaves);
    if leaves.is_empty() || leaves.iter().flat_map(|leaf| &leaf.operands).any(|operand| operand.origins.is_open()) {
        return None;
    }
    // A flag that a loop over what nobody gave would have set is no fact.
    if leaves.iter().flat_map(|leaf| &leaf.operands).filter_map(|operand| operand.slot).any(|slot| set_in_open_loop(run, slot)) {
        return None;
    }
    let mut seen = Vec::new();
    let by = if validated(run.recorder, node).is_some() { "`$util.validate` on line" } else { "line" };
    let mut words = Message::of(
        "{} {} {}, because {}.",
        [
            Part::Text(by.to_owned()),
            Part::Place(line(run, node).to_string()),
            Part::Text(if run.verdict == Verdict::Error { "raised its error" } else { "refused" }.to_owned()),
            Part::Value(because(run, &guard.condition, guard.value, DEPTH, &mut seen) + &asked_because(run)),
        ],
    );
    // What stands in an `#else` ran because none of the branches before it did.
    let others = run.why.guards.iter().skip(1).filter(|other| !other.value && !guard.value).take(2);
    for other in others.filter(|other| beside(run, other.node, guard.node)) {
        words.and(Message::of("Nor did the branch before: {}.", [Part::Value(because(run, &other.condition, false, 1, &mut seen))]));
    }
    words.and(not_reached(run, node));
    let mut telling = to_be_met(run, &leaves);
    telling.extend(seen.iter());
    words.and(later::branch(run, node, guard).unwrap_or_else(|| advice(run, &telling)));
    let mut finding = Finding::new(Code::RefusedByTemplate, words);
    let read = telling.iter().flat_map(|leaf| &leaf.operands).find_map(|operand| Some((operand, operand.origins.context()?)));
    if let Some((operand, (path, ..))) = read {
        finding = finding.at(path).actual(super::json(&operand.value));
    }
    Some(finding)
}

/// Whether a statement that sets a variable stands in a loop over a part that nobody gave.
fn set_in_open_loop(run: &Finished<'_>, slot: Slot) -> bool {
    let open: Vec<_> = run.recorder.index.loops().filter(|each| run.recorder.values.origins(&each.list).is_open()).collect();
    !open.is_empty()
        && run.recorder.index.sets_of(slot).any(|set| run.recorder.index.chain(set.node).iter().any(|part| open.iter().any(|each| each.node == part.node())))
}

/// Guards behind the refusal that refuse too: the template had ended before them.
fn not_reached(run: &Finished<'_>, node: NodeId) -> Message {
    let begin = run.program.span(node).start;
    let later = super::deciding::refusals(run).into_iter().filter(|other| run.program.span(*other).start > begin);
    let asked = later.filter_map(|other| {
        let chain = run.recorder.index.chain(other);
        let branch = chain.iter().rev().find_map(|part| run.recorder.index.branch_at(part.node()))?;
        let mut caller = false;
        crate::trace::index::references(&branch.condition, &mut |reference| caller |= reference.asks_for_caller());
        (caller && !run.recorder.branches.contains_key(&branch.node)).then(|| format!("`{}` (line {})", run.program.one_line(branch.condition.node), line(run, branch.node)))
    });
    let asked: Vec<String> = asked.take(2).collect();
    let were = if asked.len() == 1 { "was" } else { "were" };
    if asked.is_empty() || !run.is_by_hand() { Message::default() } else { Message::of("{} behind it {} not evaluated.", [Part::Value(all_of(&asked)), Part::Text(were.to_owned())]) }
}

/// The condition around the one that refused, where it looks at what was sent or stored: else nobody would have been asked.
fn asked_because(run: &Finished<'_>) -> String {
    let (Some(inner), true) = (run.why.guards.first(), run.is_by_hand()) else { return String::new() };
    let mut around = run.why.guards.iter().skip(1).filter(|outer| outer.value && !beside(run, outer.node, inner.node));
    let reads = |condition: &Condition| {
        crate::trace::candidate::looked_at(condition).iter().any(|operand| operand.origins.context().is_some_and(|(path, ..)| super::owner::is_row(path)))
    };
    around.find(|outer| reads(&outer.condition)).map_or_else(String::new, |outer| format!("; it is asked because {}", because(run, &outer.condition, true, 0, &mut Vec::new())))
}

/// No condition stands around the refusal: everyone who comes that far is refused.
fn unconditional(run: &Finished<'_>, node: NodeId) -> Option<Finding> {
    if run.decision.kind != DecisionKind::Unauthorized || run.is_generated() {
        return None;
    }
    let mut words = Message::of(
        "line {} refuses everyone who comes that far: no condition stands around `{}`.",
        [Part::Place(line(run, node).to_string()), Part::Code(run.program.one_line(node))],
    );
    let ways = run.why.candidates.iter().filter(|candidate| candidate.grant == Grant::Return);
    for candidate in ways.take(2) {
        let Some(blocker) = &candidate.blocker else { continue };
        words.and(Message::of(
            "`{}` on line {} would have ended the template before it, but {}.",
            [
                Part::Code(run.program.one_line(candidate.node)),
                Part::Place(line(run, candidate.node).to_string()),
                Part::Value(because(run, &blocker.condition, !blocker.wanted, DEPTH, &mut Vec::new())),
            ],
        ));
    }
    if run.why.candidates.is_empty() {
        words.and("» Put the condition around it under which a caller is to be refused.");
    }
    Some(Finding::new(Code::UnconditionalRefusal, words).actual("unconditional"))
}

/// Whether two branches are of one `#if`.
fn beside(run: &Finished<'_>, one: NodeId, other: NodeId) -> bool {
    run.recorder.index.parts().any(|part| {
        let has = |node| part.node() == node || part.before().iter().any(|branch| branch.node == node);
        has(one) && has(other)
    })
}

/// Why a condition came out as it did: the terms that decided with their values, and what made the variables in them so.
pub fn because(run: &Finished<'_>, whole: &Condition, held: bool, depth: usize, seen: &mut Vec<Condition>) -> String {
    let mut deciding = Vec::new();
    whole.decisive(held, &mut deciding);
    let mut leaves = Vec::new();
    whole.leaves(&mut leaves);
    let mut said = Vec::new();
    for leaf in deciding.iter().take(TERMS) {
        seen.push((*leaf).clone());
        let (shown, came) = if leaves.len() == 1 { (whole, held) } else { (*leaf, leaf.holds.unwrap_or(held)) };
        let place = if leaves.len() == 1 {
            condition(run, shown)
        } else {
            let of = if deciding.len() > 1 { "with others" } else { "alone" };
            let skipped = skipped(run, whole).map_or_else(String::new, |words| format!("; {words}"));
            format!("`{}` (line {}, {of} of {} terms{skipped})", one_line(run.text(shown)), line(run, whole.node), leaves.len())
        };
        let values = values(run, leaf);
        let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
        let mut then = String::new();
        for operand in leaf.operands.iter().filter(|_| depth > 0).take(4) {
            if let Some(words) = follow::variable(run, operand, depth - 1, seen) {
                then.push_str(&format!("; {words}"));
            }
        }
        said.push(format!("{place} {}{values}{then}", if came { "held" } else { "did not hold" }));
    }
    said.join(", and ")
}

/// What stops a statement, with the values.
pub fn stopped_by(run: &Finished<'_>, blocker: &Blocker) -> Message {
    let because = because(run, &blocker.condition, !blocker.wanted, DEPTH, &mut Vec::new());
    Message::of("{}.", [Part::Code(because)])
}

/// The values that a term looked at, each once, with their places; what is written out in the term says itself.
fn values(run: &Finished<'_>, leaf: &Condition) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let sides = leaf.operands.iter().any(|operand| matches!(operand.role, OperandRole::Left | OperandRole::Right));
    for operand in leaf.operands.iter().filter(|operand| operand.is_evaluated() && !spelt(run, operand)) {
        // What a side was made of is told with the side.
        let inner = sides && operand.role == OperandRole::Part && operand.origins.context().is_some();
        let words = operand_value(run, operand);
        if !inner && !found.contains(&words) {
            found.push(words);
        }
    }
    found.truncate(4);
    found
}

/// Whether an operand's text is its value: a literal, or a text without anything to put in.
fn spelt(run: &Finished<'_>, operand: &Operand) -> bool {
    let text = run.program.source.slice(operand.span).trim();
    operand.literal || operand.value.as_str().is_some_and(|value| text.trim_matches(['"', '\'']) == value)
}

/// The terms to advise on: those of the nearest statement that would have let the caller through, else of the refusal.
fn to_be_met<'c>(run: &'c Finished<'_>, own: &[&'c Condition]) -> Vec<&'c Condition> {
    // A `#return` for another purpose is no rule that the caller failed, where the refusal has a condition of its own.
    let rule = |candidate: &&Candidate| !matches!(candidate.grant, Grant::Return);
    let blocker = run.why.candidates.iter().filter(rule).find_map(|candidate| candidate.blocker.as_ref());
    let mut found = Vec::new();
    match blocker {
        Some(blocker) => blocker.condition.decisive(!blocker.wanted, &mut found),
        None => found.extend_from_slice(own),
    }
    found
}

/// What to do, by what was compared; what was tried stands beside.
fn advice(run: &Finished<'_>, leaves: &[&Condition]) -> Message {
    if let Some(words) = leaves.iter().find_map(|leaf| of_time(run, leaf)) {
        return words;
    }
    if let Some(words) = empty_list(run) {
        return words;
    }
    if let Some(words) = leaves.iter().find_map(|leaf| not_verified(run, leaf)) {
        return words;
    }
    if let Some(words) = leaves.iter().find_map(|leaf| unfit::pattern(run, leaf)) {
        return words;
    }
    let words = differing(run, leaves);
    let words = if words.is_empty() { nothing_there(run, leaves) } else { words };
    if words.is_empty() { state::of_state(run, leaves) } else { words }
}

/// The flag would be set in a loop over a list that the template itself leaves empty: nobody can pass.
fn empty_list(run: &Finished<'_>) -> Option<Message> {
    let blocker = run.why.candidates.first()?.blocker.as_ref().filter(|blocker| blocker.empty_loop)?;
    let list = blocker.condition.operands.first()?;
    let grows = |slot| run.recorder.index.sites().grows(slot);
    let empty = list.value.members().is_some_and(|members| members.is_empty());
    if !empty || list.slot.is_some_and(grows) {
        return None;
    }
    if let Some((path, ..)) = list.origins.context().filter(|(path, ..)| path.starts_with("stash.")) {
        let path = path.to_owned();
        return Some(Message::from(format!("{path} is an empty list, so nobody gets through.")).cured("Have the step that puts it put what may pass."));
    }
    if list.origins.iter().any(|origin| origin.path().is_some()) {
        return None;
    }
    let each = run.recorder.index.loop_at(blocker.node)?;
    let own = super::nothing::compared(run, each);
    let own = own.first().map_or_else(String::new, |own| format!(", for this caller {own}"));
    Some(Message::from("That list is empty in the template itself, so nobody gets through.").cured(format!("Write into it what may pass{own}.")))
}

/// A comparison with the clock: how far apart the two are, and what would bring them together.
fn of_time(run: &Finished<'_>, leaf: &Condition) -> Option<Message> {
    let (clock, called) = super::allow::clock_side(run, leaf)?;
    let number = |operand: &Operand| match &operand.value {
        Value::Number(number) => Some(number.double_value()),
        _ => None,
    };
    let unit = if called == Method::NowEpochMilliSeconds { 1000.0 } else { 1.0 };
    if clock.origins.iter().any(|origin| origin.path().is_some_and(|path| path.claim_name().as_deref() == Some("auth_time"))) {
        let signed_in = run.claim("auth_time");
        // A token counts seconds (RFC 7519, 2: NumericDate).
        if called == Method::NowEpochMilliSeconds && let Value::Number(at) = &signed_in && at.double_value() < 1e11 {
            let since = number(clock)? + at.double_value();
            let ago = span((since / 1000.0 - at.double_value()).max(0.0));
            return Some(Message::of(
                "Milliseconds and seconds are mixed: `$util.time.nowEpochMilliSeconds()` counts milliseconds and auth_time ({}) seconds, as all times of a token do, so their difference is huge however new the sign-in is (it was {} before). » Take `$util.time.nowEpochSeconds()` there.",
                [Part::Value(super::text::show(&signed_in)), Part::Value(ago)],
            ));
        }
        return Some(Message::from(format!("The caller signed in {} before this request (auth_time), and refreshing a token does not change that time.", span(number(clock)? / unit))).cured("Sign in again."));
    }
    let mut sides = leaf.operands.iter().filter(|side| matches!(side.role, OperandRole::Left | OperandRole::Right));
    let other = sides.find(|side| !std::ptr::eq(*side, clock))?;
    let (path, ..) = other.origins.context()?;
    let (now, then) = (number(clock)? / unit, number(other)? / unit);
    let which = if then < now { "before" } else { "after" };
    let cure = match (path.starts_with("identity"), then > now) {
        (true, _) => "Take a new token.",
        (false, true) => "Call again once that time has come; write an earlier one there only if it should hold already.",
        (false, false) => "Write a later time there if it should still hold, or let the client ask for one that does.",
    };
    let subject = super::whence::subject(path);
    Some(Message::from(format!("{subject} lies {} {which} the time of the request ({}).", span((now - then).abs()), date(now)?)).cured(cure))
}

/// A time in seconds as a date.
fn date(seconds: f64) -> Option<String> {
    jiff::Timestamp::from_second(seconds as i64).ok().map(|time| time.to_string())
}

/// A span of time in the largest unit of which it has more than one.
fn span(seconds: f64) -> String {
    let units = [("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0)];
    let unit = units.into_iter().find(|(_, size)| seconds >= 2.0 * size);
    let (name, size) = unit.unwrap_or(("seconds", 1.0));
    format!("{} {name}", (seconds / size).floor())
}

/// `email_verified` is false for users of an external provider, unless its attribute is mapped
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-specifying-attribute-mapping.html>).
fn not_verified(run: &Finished<'_>, leaf: &Condition) -> Option<Message> {
    let verified = |operand: &&Operand| operand.origins.context().is_some_and(|(path, ..)| path.claim_name().as_deref() == Some("email_verified"));
    leaf.operands.iter().find(verified).filter(|operand| !operand.value.is_null())?;
    let identities = run.claim("identities");
    let provider = super::text::show(&identities);
    Some(if identities.is_null() {
        Message::from("The address of this user was never verified.").cured("Let the user verify it (the code that Cognito sends), and sign in again.")
    } else {
        Message::of(
            "The user comes from an external provider (identities is {}), and for such users Cognito leaves email_verified false unless the provider's attribute of that name is mapped to it. » Map email_verified in the provider's attribute mapping, and sign in again; or take the provider's word for its own users.",
            [Part::Value(provider)],
        )
    })
}

/// Where a term read a row, a parent or an argument in which nothing stands, nobody passes it.
fn nothing_there(run: &Finished<'_>, leaves: &[&Condition]) -> Message {
    let empty = |operand: &&Operand| {
        let empty = |value: &Value| value.is_null() || value.members().is_some_and(|list| list.is_empty());
        // What has no value of a member that is there is no empty place: a text, say, has no members.
        let place = operand.origins.context().filter(|(path, from, absent)| super::owner::is_row(path) && (*absent || empty(from)));
        place.is_some() && empty(&operand.value)
    };
    let Some(operand) = leaves.iter().flat_map(|leaf| &leaf.operands).find(empty) else { return Message::default() };
    let Some((path, _, absent)) = operand.origins.context() else { return Message::default() };
    if let Some(words) = nothing_equals_nothing(run, operand) {
        return words;
    }
    if let Some(words) = null_beside_claim(run, path, operand) {
        return words;
    }
    if path.starts_with("source.") && absent {
        return super::owner::of_parent(run, path);
    }
    if let Some(words) = sent_otherwise(run, path) {
        return words;
    }
    let holder = run.context(&["result"]);
    let members: Vec<String> = holder.as_map().map(|map| map.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).take(5).collect()).unwrap_or_default();
    let of_answer = path.strip_prefix("result.").is_some_and(|name| !name.contains(['.', '['])) && !members.is_empty() && absent;
    let (cause, cure) = match path.starts_with("args") {
        true => (Message::default(), "send it"),
        false if of_answer => (
            Message::of("The data source's answer has {}.", [Part::Value(all_of(&members))]),
            "let the answer have it (a row when it is created, a function in what it returns)",
        ),
        false => (Message::default(), "fill it in when the row is created, and on this one"),
    };
    let path = super::whence::subject(path);
    cause.cured(format!("While {path} is {}, nobody passes: {cure}, or let the rule treat that case by a condition of its own.", super::allow::state(operand)))
}

/// An argument that was left out differs from the caller's claim; of a caller without that claim it would not.
fn null_beside_claim(run: &Finished<'_>, path: &str, empty: &Operand) -> Option<Message> {
    let [guard] = run.why.guards.as_slice() else { return None };
    let mut leaves = Vec::new();
    guard.condition.leaves(&mut leaves);
    let [leaf] = leaves.as_slice() else { return None };
    let other = Test::of(run, leaf).beside(|side| side.span == empty.span)?;
    let (claim, ..) = super::claim_of(&other.origins).filter(|(claim, ..)| path.starts_with("args.") && !["sub", "username", "cognito:username"].contains(&claim.as_str()))?;
    if !matches!(Test::of(run, leaf), Test::Equal { equal: false, .. }) || other.value.as_str().is_none() {
        return None;
    }
    let name = path.trim_start_matches("args.").to_owned();
    let hole = Message::of("The other way round that is a hole: null equals null, so a caller whose token has no {} gets through by leaving {} out.", [Part::Name(claim), Part::Name(name.clone())]);
    Some(hole.cured(Message::of("Send {}: {}, and let the template refuse first where either is null.", [Part::Name(name), Part::Value(super::text::show(&other.value))])))
}

/// An operator of a list's argument (<https://docs.amplify.aws/gen1/react/build-a-backend/graphqlapi/query-data/>).
pub fn is_operator(name: &str) -> bool {
    ["eq", "ne", "lt", "le", "gt", "ge", "beginsWith", "between", "contains", "notContains", "in"].contains(&name)
}

/// The caller's value that a place was compared with; of a list of his values the first.
fn caller_compared_with(run: &Finished<'_>, path: &str) -> Option<Value> {
    let at_path = |operand: &Operand| operand.origins.context().is_some_and(|(own, ..)| own == path);
    run.failed().iter().find_map(|failed| {
        let other = failed.test.beside(at_path)?;
        let of_caller = other.origins.iter().any(|origin| origin.is_in("identity"));
        let value = other.value.members().map_or_else(|| Some(other.value.clone()), |all| all.first().cloned())?;
        (of_caller && value.as_str().is_some()).then_some(value)
    })
}

/// An argument that was sent with another operator than the template reads, `{ beginsWith: … }` for `{ eq: … }`.
fn sent_otherwise(run: &Finished<'_>, path: &str) -> Option<Message> {
    let (parent, operator) = path.rsplit_once('.').filter(|(parent, operator)| parent.starts_with("args.") && is_operator(operator))?;
    let sent = run.context(&parent.split('.').collect::<Vec<_>>());
    let entries = sent.as_map()?.snapshot();
    let (other, _) = entries.first()?;
    let name = parent.rsplit('.').next()?.to_owned();
    let words = Message::of(
        "The client sent {} as {}, and the template compares {} alone, which is not in it.",
        [Part::Name(name.clone()), Part::Value(super::text::show(&sent)), Part::Code(format!("`{operator}`"))],
    );
    let own = caller_compared_with(run, path).map_or_else(|| format!("Send `{name}` with {operator}, the caller's own value,"), |own| format!("Send `{name}: {{ {operator}: {} }}`, the caller's own,", super::text::show(&own)));
    let fills = run.is_of_amplify();
    Some(words.cured(format!("{own} in the place of {}{}.", other.as_str().unwrap_or_default(), if fills { format!(", or leave {name} out where the template fills the caller in") } else { String::new() })))
}

/// A term compared the empty place with another that is empty as well, and null equals null: to fill one alone does not help.
fn nothing_equals_nothing(run: &Finished<'_>, empty: &Operand) -> Option<Message> {
    let mut leaves = Vec::new();
    run.why.guards.iter().for_each(|guard| guard.condition.leaves(&mut leaves));
    let path = |operand: &Operand| operand.origins.context().filter(|_| operand.value.is_null()).map(|(path, ..)| path.to_string());
    let own = path(empty)?;
    let (leaf, one, other) = leaves.into_iter().find_map(|leaf| match Test::of(run, leaf) {
        Test::Equal { left, right, equal: true } => {
            let paths = (path(left)?, path(right)?);
            (paths.0 == own || paths.1 == own).then_some((leaf, left, right))
        }
        _ => None,
    })?;
    let words = |operand: &Operand| path(operand).map(|path| format!("{} is {}", super::whence::subject(&path), super::allow::state(operand))).unwrap_or_default();
    Some(Message::of(
        "{} and {}, and null equals null: {} held without anything to compare. » Both must be filled, with the same value.",
        [Part::Value(words(one)), Part::Value(words(other)), Part::Code(format!("`{}`", one_line(run.text(leaf))))],
    ))
}

fn differing(run: &Finished<'_>, leaves: &[&Condition]) -> Message {
    for leaf in leaves {
        let (left, right, verb) = match Test::of(run, leaf) {
            Test::Equal { left, right, equal: false } => (left, right, "must be"),
            Test::Contains { list, item, found: false } => (list, item, "must hold"),
            _ => continue,
        };
        let words = compared(run, left, right, verb);
        if !words.is_empty() {
            return words;
        }
    }
    Message::default()
}

fn compared(run: &Finished<'_>, left: &Operand, right: &Operand, verb: &str) -> Message {
    if let Some(how) = near(&left.value, &right.value) {
        return Message::from(format!("{}.", capital(&how))).cured("Write both alike.");
    }
    if let Some(words) = unfit::none_of_the_callers(left, right) {
        return words;
    }
    let list = |value: &Value| value.members().is_some();
    let (has, wants) = if left.literal || list(&right.value) { (right, left) } else { (left, right) };
    // A word that many claims have, such as a truth value, is no sign of the one that was meant.
    let telling = |value: &Value| value.as_str().is_some_and(|text| text.len() > 4 && !["true", "false"].contains(&text.to_lowercase().as_str()));
    if let Some(place) = held_by(run, &wants.value).filter(|_| telling(&wants.value)).filter(|place| !wants.origins.iter().any(|origin| origin.is_at(place))) {
        return Message::from(format!("The caller's {place} has the value {}:", super::text::show(&wants.value))).cured("compare that.");
    }
    let exact = |(_, from, absent): &(&crate::appsync::ContextPath, &Value, bool)| {
        !absent && (from.loosely_equals(&has.value) || list(from) && list(&has.value))
    };
    let place = has.origins.context().filter(exact).filter(|_| !wants.value.is_null());
    let Some((path, ..)) = place else { return Message::default() };
    // What would open another's row to the caller is no way through.
    let of_caller = wants.origins.context().filter(|(own, ..)| own.is_in("identity") && (path.is_in("result") || path.is_in("source")));
    if let Some((own, ..)) = of_caller.filter(|_| !list(&has.value) && !list(&wants.value)) {
        return Message::from("The row is another's:").cured(format!(
            "it is for callers whose {} is {}; nothing is wrong, unless the row has a wrong {}.",
            super::whence::subject(own).trim_start_matches("the "),
            super::text::show(&has.value),
            path.rsplit_once('.').map_or(&**path, |(_, field)| field)
        ));
    }
    // What would show a row to everybody is no way through: the template keeps such rows back.
    if wants.literal && !list(&has.value) && (path.is_in("result") || path.is_in("source")) {
        return Message::of("Only rows whose {} is {} get through here.", [Part::Name(path.rsplit_once('.').map_or(&**path, |(_, field)| field).to_owned()), Part::Value(super::text::show(&wants.value))])
            .cured("Nothing is wrong, unless this row should be one of them; then change it.");
    }
    let whole = if list(&has.value) { "must hold" } else { verb };
    Message::default().cured(format!(
        "To get through, {} {whole} {}, or the rule has to ask for something else.",
        super::whence::subject(path),
        super::text::show(&wants.value)
    ))
}

/// How two values, or one and a member of the other, are nearly the same.
fn near(left: &Value, right: &Value) -> Option<String> {
    let texts = |value: &Value| -> Vec<String> {
        let members = value.members().unwrap_or_else(|| vec![value.clone()]);
        members.iter().take(100).filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let (mine, others) = (texts(left), texts(right));
    mine.iter().find_map(|one| others.iter().find_map(|other| {
        let how = slip(one, other)?;
        let several = mine.len() > 1 || others.len() > 1;
        let which = if several { format!("{} and {}: ", crate::message::quoted(one), crate::message::quoted(other)) } else { String::new() };
        Some(format!("{which}{how}"))
    }))
}
