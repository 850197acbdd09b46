//! The template and its input: parts not given, values kept, references unset, calls unknown.

use crate::message::{Message, Part, quoted};
use super::text::show;
use super::whence::subject;
use super::{Finished, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::trace::Verdict;
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind};
use crate::trace::candidate::looked_at;
use crate::trace::condition::Operand;
use crate::trace::index::Node;
use crate::trace::recorder::{Change, NullSet};
use crate::value::Value;

/// A part of the context that nobody supplied was read. Where the caller is let through and no condition looked at it, it only
/// fills the request: the note says so.
pub fn not_given(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let passes = matches!(run.verdict, Verdict::Allowed | Verdict::Filtered);
    for note in run.outcome.notes.iter().filter(|note| note.code == Code::NotGiven) {
        let path = note.message.place().unwrap_or_default();
        if passes && !is_judged(run, path) {
            continue;
        }
        found.push(Finding::new(Code::NotGiven, note.message.clone()).at(path));
    }
}

/// Whether a condition looked at a part of the context.
fn is_judged(run: &Finished<'_>, path: &str) -> bool {
    let records = run.recorder.branches.values().flatten();
    records.flat_map(|record| looked_at(&record.condition)).any(|operand| operand.origins.iter().any(|origin| origin.is_in(path)))
}

/// The variable was true, and another statement took it back.
pub fn revoked(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let (Some((granted, node)), Verdict::Denied) = (run.why.revoked, run.verdict) else { return };
    let line = |node| run.program.line(node);
    let guard =
        run.why.guards.iter().find(|guard| run.recorder.index.chain(node).iter().any(|part| part.node() == guard.node));
    let looked = guard.map_or_else(Vec::new, |guard| looked_at(&guard.condition));
    let because = guard.map_or(String::new(), |guard| format!(", because of `{}`", run.text(&guard.condition)));
    let mut hint = Finding::new(
        Code::AuthorizationRevoked,
        Message::of(
            "a rule authorized the caller: ${} was set to true at line {}. Line {} took it back{}.",
            [
                Part::Text(run.watched.to_string()),
                Part::Place(line(granted).to_string()),
                Part::Place(line(node).to_string()),
                Part::Text(because.to_string()),
            ],
        ),
    );
    if let Some((path, value, _)) = looked.iter().find_map(|operand| operand.origins.context()) {
        hint = hint.at(path).actual(json(value));
    }
    found.push(hint);
}

/// The data source answered with an error that the template passes on.
pub fn data_source_error(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let kind = run.context(&["error", "type"]);
    let name = kind.as_str().unwrap_or_default();
    if !name.contains("ConditionalCheckFailed") || run.verdict != Verdict::Error {
        found.extend(thrown_on(run));
        return;
    }
    found.push(
        Finding::new(
            Code::ConditionFailed,
            Message::of(
                "DynamoDB refused the write with {}: its condition did not hold for the stored row. In old resolvers that condition carries the owner and group checks (the row belongs to someone else), besides existence and version.",
                [
                    Part::Name(name.to_string()),
                ],
            ),
        )
        .at("error.type")
        .actual(name),
    );
}

/// The data source failed, and a statement under a condition on that alone ended the template: no rule refused anybody.
fn thrown_on(run: &Finished<'_>) -> Option<Finding> {
    let error = run.context(&["error"]);
    let said = error.as_map()?.get_str("message")?.as_str()?.to_owned();
    let kind = error.as_map()?.get_str("type").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let (node, guard) = (run.decision.node?, run.why.guards.first().filter(|guard| guard.value)?);
    let of_error = |operand: &&crate::trace::condition::Operand| operand.literal || operand.origins.iter().all(|origin| origin.is_in("error"));
    let asked = looked_at(&guard.condition);
    if kind.contains("TransactionCanceled") || asked.is_empty() || !asked.iter().all(of_error) || asked.iter().all(|operand| operand.literal) {
        return None;
    }
    let shown = if kind.is_empty() { said.clone() } else { format!("{kind}: {said}") };
    let line = Part::Place(run.program.line(node).to_string());
    let mut message = match run.verdict {
        Verdict::Error => Message::of("the data source failed ({}), and line {} throws that error on: no rule of this template refused anybody.", [Part::Value(shown), line]),
        Verdict::Denied => Message::of(
            "the data source failed ({}), and line {} answers with a refusal whatever that error is (`{}`): nobody's rights were asked there.",
            [Part::Value(shown), line, Part::Code(run.text(&guard.condition).to_owned())],
        ),
        _ => return None,
    };
    message.and(source_cure(&kind, &said));
    Some(Finding::new(Code::SourceFailed, message).at("error").actual(json(&error)))
}

/// Where to look for what a data source said; the types are AppSync's
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/troubleshooting-and-common-mistakes.html>).
fn source_cure(kind: &str, said: &str) -> &'static str {
    if said.contains("is not authorized to perform") {
        "» It is the data source's own role that lacks the permission, not the caller's: widen its policy."
    } else if kind.starts_with("Lambda:") {
        "» Read the function's own log (CloudWatch): why it threw stands there; what it may refuse is in its code."
    } else if ["Throughput", "Throttling", "LimitExceeded"].iter().any(|word| kind.contains(word)) {
        "» Send it again later, or give the table or the service more capacity."
    } else {
        "» Mend what the data source's message names, in the request that was sent to it (what the request template renders)."
    }
}

/// The data source failed, and what is missing because of it was taken for a refusal.
pub fn failed_source(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let error = run.context(&["error"]);
    let missing = run.context(&["result"]).is_null();
    let text = |name: &str| error.as_map().and_then(|map| map.get_str(name)).and_then(|value| value.as_str().map(str::to_owned));
    let Some(said) = text("message").filter(|_| missing && run.verdict == Verdict::Denied) else { return };
    let read = run.failed().iter().flat_map(|failed| &failed.condition.operands).any(|operand| {
        operand.origins.iter().any(|origin| origin.path().is_some_and(|path| path.is_in("result")))
    });
    if !read {
        return;
    }
    let kind = text("type").map_or(String::new(), |kind| format!("{kind}: "));
    let message = Message::of(
        "the data source failed ({}), so result is null, and the template refuses as if the caller had no right to it. » Raise the error first: {}.",
        [
            Part::Value(format!("{kind}{said}")),
            Part::Code("`#if($ctx.error) $util.error($ctx.error.message, $ctx.error.type) #end`".to_owned()),
        ],
    );
    let mut finding = Finding::new(Code::SourceFailed, message).at("result").actual(json(&error));
    if said.contains("is not authorized to perform") {
        finding.message.and("It is the data source's own role that lacks the permission, not the caller's: widen its policy.");
    }
    found.push(finding);
}

/// The data source failed, and the template neither raises that nor looks at it
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-changelog.html>: from version 2018-05-29 the
/// response template is run, and has to raise the error itself).
pub fn error_not_raised(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let error = run.context(&["error"]);
    let text = |name: &str| error.as_map().and_then(|map| map.get_str(name)).and_then(|value| value.as_str().map(str::to_owned));
    let (Some(said), Verdict::Allowed | Verdict::Completed) = (text("message"), run.verdict) else { return };
    let reads = |reference: &&crate::syntax::Reference| {
        super::allow::static_path(reference).is_some_and(|path| path.first().is_none_or(|first| ["error"].contains(first)))
    };
    if run.recorder.index.references.iter().any(reads) {
        return;
    }
    let kind = text("type").unwrap_or_default();
    let condition = kind.contains("ConditionalCheckFailed") || kind.contains("TransactionCanceled");
    let what = match condition {
        true => "a condition on the stored row did not hold, and nothing was written: in such conditions stand the checks of owner and groups, besides existence and version",
        false => "the data source failed",
    };
    let shown = if kind.is_empty() { said } else { format!("{kind}: {said}") };
    let message = Message::of(
        "No rule of this template refused the caller: {} ({}). Under version 2018-05-29 that is only put into $ctx.error, and this template never looks at it: {}. » Raise it first: {}.",
        [
            Part::Text(what.to_owned()),
            Part::Value(shown),
            Part::Text(if is_function(run) { "the pipeline goes on to the next function as if nothing had failed" } else { "the client sees null and no error" }.to_owned()),
            Part::Code("`#if($ctx.error) $util.error($ctx.error.message, $ctx.error.type) #end`".to_owned()),
        ],
    );
    found.push(Finding::new(Code::ErrorNotRaised, message).at("error").actual(json(&error)));
}

/// Whether the template is a pipeline function's own: it is named `Type.field.function.res.vtl`, or there was a function before it.
fn is_function(run: &Finished<'_>) -> bool {
    let name: &str = &run.program.source.name;
    let parts = name.strip_suffix(".res.vtl").map_or(0, |name| name.split('.').count());
    parts > 2 || !run.context(&["prev", "result"]).is_null()
}

/// What an HTTP data source answered, where that was an error and the template's output hides it.
pub fn behind(run: &Finished<'_>) -> Option<Message> {
    let judged = run.recorder.branches.values().flatten();
    let operands: Vec<_> = judged.flat_map(|record| looked_at(&record.condition)).collect();
    let read = operands.iter().find(|operand| operand.origins.context().is_some_and(|(path, ..)| path.ends_with("result.statusCode")))?;
    let Value::Number(status) = &read.value else { return None };
    let (path, ..) = read.origins.context().filter(|_| status.double_value() >= 400.0)?;
    let names: Vec<&str> = path.trim_end_matches(".statusCode").split('.').chain(["body"]).collect();
    let body = run.context(&names);
    let role = if body.as_str().is_some_and(|body| body.contains("is not authorized to perform")) { ", so it is the data source's own role that lacks a permission, and not the caller" } else { "" };
    Some(Message::of(
        "The service behind this field refused: it answered HTTP {} ({}) with {}{}. The template hides that behind an error of its own.",
        [Part::Value(show(&read.value)), Part::Place(path.to_string()), Part::Value(show(&body)), Part::Text(role.to_owned())],
    ))
}

/// The service behind the field answered with an HTTP error, and the template hands that on.
pub fn refused_behind(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    let of_status = |operand: &&crate::trace::condition::Operand| {
        operand.origins.context().is_some_and(|(path, ..)| path.ends_with("result.statusCode"))
    };
    let guards = run.why.guards.iter().flat_map(|guard| looked_at(&guard.condition));
    let Some(read) = guards.into_iter().find(|operand| of_status(operand)) else { return };
    let Value::Number(status) = &read.value else { return };
    let Some((path, ..)) = read.origins.context().filter(|_| status.double_value() >= 400.0) else { return };
    let holder = path.trim_end_matches(".statusCode").to_owned();
    let names: Vec<&str> = holder.split('.').chain(["body"]).collect();
    let body = run.context(&names);
    let node = run.decision.node.map_or_else(String::new, |node| format!(" on line {}", super::allow::line(run, node)));
    if !matches!(status.double_value() as i64, 401 | 403) && says_refusal(run) {
        found.push(called_refusal(run, read, path, &body, node));
        return;
    }
    let message = Message::of(
        "the service behind this field refused, not a rule of AppSync: it answered HTTP {} ({}), with {}, and the template only hands that on{}. » Look for the reason there, and give the caller what that service asks for; nothing in the token, the schema or this template has to change.",
        [
            Part::Value(show(&read.value)),
            Part::Place(path.to_string()),
            Part::Value(show(&body)),
            Part::Text(node),
        ],
    );
    found.push(Finding::new(Code::SourceFailed, message).at(path).actual(json(&read.value)));
}

/// Whether the statement that decided calls it a refusal: `$util.unauthorized()`, `$util.error("Unauthorized", …)`.
fn says_refusal(run: &Finished<'_>) -> bool {
    let node = run.decision.node.and_then(|node| run.recorder.index.node(node));
    let Some(Node::Reference(reference) | Node::Step { reference, .. }) = node else { return false };
    run.program.says_in(|visit| visit.reference(reference), &["unauthorized", "forbidden", "not authorized"])
}

/// A status that is no refusal (RFC 9110, 15.5: 401 and 403 are), which the template calls one.
fn called_refusal(run: &Finished<'_>, read: &crate::trace::condition::Operand, path: &str, body: &Value, node: String) -> Finding {
    let what = match &read.value {
        Value::Number(status) if matches!(status.double_value() as i64, 404 | 410) => ", which says that what was asked for was not found there",
        Value::Number(status) if status.double_value() >= 500.0 => ", which says that the service itself failed",
        _ => "",
    };
    let guard = run.why.guards.first().map_or_else(String::new, |guard| format!(" ({})", super::allow::condition(run, &guard.condition)));
    let message = Message::of(
        "Nobody was refused: the service behind this field answered HTTP {} ({}), with {}{}, and the template calls every other status \"Unauthorized\"{}{}. » Look at what was asked of the service; and let the template say what happened: null for 404, \"Unauthorized\" for 401 and 403 alone, for the rest an error of its own with the service's words.",
        [
            Part::Value(show(&read.value)),
            Part::Place(path.to_owned()),
            Part::Value(show(body)),
            Part::Text(what.to_owned()),
            Part::Text(node),
            Part::Code(guard),
        ],
    );
    Finding::new(Code::SourceFailed, message).at(path).actual(json(&read.value))
}

/// The service answered with a success that is not the one number which the template waits for (RFC 9110, 15.3: all of 2xx are).
pub fn success_refused(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    for failed in run.failed() {
        let of_status = |operand: &&crate::trace::condition::Operand| {
            operand.origins.context().is_some_and(|(path, ..)| path.ends_with("statusCode"))
        };
        let Some(read) = failed.condition.operands.iter().find(of_status) else { continue };
        let Value::Number(status) = &read.value else { continue };
        let (status, Some((path, ..))) = (status.double_value(), read.origins.context()) else { continue };
        if !(200.0..300.0).contains(&status) {
            continue;
        }
        let code = super::allow::one_line(run.program.source.slice(read.span));
        let message = Message::of(
            "the service behind this field answered HTTP {} ({}), which is a success: what was asked for was done, and nobody refused it. Line {} waits for one number, {}, and takes every other answer for a refusal. » Accept all of them ({}), call $util.unauthorized() for 401 and 403 alone, and raise the rest with $util.error. Do not simply send the request again: it was carried out.",
            [
                Part::Value(show(&read.value)),
                Part::Place(path.to_string()),
                Part::Place(super::allow::line(run, failed.condition.node).to_string()),
                Part::Code(format!("`{}`", super::allow::one_line(run.text(failed.condition)))),
                Part::Code(format!("`{code} >= 200 && {code} < 300`")),
            ],
        );
        found.push(Finding::new(Code::SuccessRefused, message).at(path).actual(json(&read.value)));
        return;
    }
}

/// `#set` with null kept an older value, and that value was looked at.
pub fn kept_value(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.recorder.kept.is_empty() {
        return;
    }
    for failed in run.failed() {
        // In a loop, where the row before had the value: nothing would have been no more equal than that was.
        let of_row = |kept: &NullSet| {
            failed.candidate.is_some() && matches!(failed.test, super::test::Test::Equal { equal: false, .. }) && run.recorder.index.loop_around(kept.node).is_some()
        };
        for operand in &failed.condition.operands {
            let kept = operand.slot.and_then(|slot| super::null_set::left(run, slot, failed.condition, failed.turns));
            let Some(kept) = kept.filter(|kept| !operand.value.is_null() && !of_row(kept)) else { continue };
            let place = run.program.place(kept.node);
            let nothing = kept.origins.context().filter(|(_, value, absent)| *absent || value.is_null());
            let why = nothing.map_or_else(String::new, |(path, _, absent)| {
                format!("{} is {}, so ", subject(path), if absent { "absent" } else { "null" })
            });
            let mut message = Message::of(
                "${} is still {} from {}: {}the #set at line {} had null at its right side, which AppSync ignores.",
                [
                    Part::Name(run.program.name(kept.slot).to_string()),
                    Part::Value(show(&operand.value)),
                    Part::Place(before(run, kept)),
                    Part::Text(why),
                    Part::Place(place.line.to_string()),
                ],
            );
            message.and(instead_of_null(run, kept, operand));
            found.push(Finding::new(Code::NullSetKept, message).actual(json(&operand.value)));
        }
    }
}

/// The line whose value stayed, where it is another one.
fn before(run: &Finished<'_>, kept: &NullSet) -> String {
    let set = |change: &&Change| change.slot == Some(kept.slot) && change.container.is_none() && change.path.is_none() && change.node != kept.node;
    let line = |change: &Change| super::allow::line(run, change.node);
    run.recorder.changes.iter().rfind(set).map_or_else(|| "before".to_owned(), |change| format!("line {}", line(change)))
}

/// What to write so that an absent value replaces the old one; with a word where that was the client's own choice.
fn instead_of_null(run: &Finished<'_>, kept: &NullSet, operand: &Operand) -> Message {
    let Some(Node::Set(set)) = run.recorder.index.node(kept.node) else { return Message::default() };
    let code = run.program.one_line(set.value.node);
    let name = run.program.name(kept.slot).to_owned();
    let sent = operand.origins.context().is_some_and(|(path, ..)| super::whence::is_client(path));
    let in_loop = run.recorder.index.loop_around(kept.node).is_some();
    match (sent, in_loop) {
        (true, _) => Message::of(
            "That value is what the client sent, so whoever sends the one that is wanted passes without it. » Set ${} from this place alone: {}.",
            [Part::Name(name.clone()), Part::Code(format!("`#set(${name} = $util.defaultIfNull({code}, \"\"))`"))],
        ),
        (false, true) => Message::of(
            "» Give it a default, so that no turn keeps the value of the turn before: {}.",
            [Part::Code(format!("`#set(${name} = $util.defaultIfNull({code}, \"\"))`"))],
        ),
        (false, false) => Message::of(
            "» Give it a default, and let the check refuse that one: {}.",
            [Part::Code(format!("`#set(${name} = $util.defaultIfNull({code}, \"\"))`"))],
        ),
    }
}

/// A reference in single quotes is its own text: in double quotes it makes the text no literal.
pub fn single_quotes(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for operand in run.failed().iter().flat_map(|failed| looked_at(failed.condition)).filter(|operand| operand.literal) {
        let code = run.program.source.slice(operand.span);
        found.extend(operand.value.as_str().and_then(|text| quoted_reference(run, code, text)));
    }
}

/// The same in what a variable was set to. In double quotes a text with a reference is no plain one.
fn in_single_quotes(run: &Finished<'_>, value: &Expression) -> Option<Finding> {
    match &value.kind {
        Kind::String(text) => quoted_reference(run, run.program.source.slice(run.program.span(value.node)), text),
        _ => None,
    }
}

/// A text with this reference in it, which a `#set` has in single quotes: what is printed in its place, and what it would be.
pub fn set_in_single_quotes(run: &Finished<'_>, text: &str) -> Option<Message> {
    let PrintedName { path, .. } = PrintedName::of(text)?;
    let mark = text[text.find('$')?..].split(path).next().map(|begin| format!("{begin}{path}{}", if begin.ends_with('{') { "}" } else { "" }))?;
    // In double quotes a text with a reference is no plain one.
    let set = run.recorder.index.sets().find(|set| matches!(&set.value.kind, Kind::String(held) if held.contains(&mark)))?;
    let variable = || run.program.slot(path).and_then(|slot| run.outcome.variable(slot)).cloned();
    let read = |reference: &&crate::syntax::Reference| run.program.text(reference.node).trim_matches(['$', '{', '}', '!']) == path;
    let value = variable().or_else(|| run.recorder.index.references.iter().copied().find(read).map(|reference| run.recorder.values.latest(reference)));
    let value = value.filter(|value| !value.is_null());
    let has = value.map_or_else(String::new, |value| format!(" ({mark} is {} there)", show(&value)));
    let message = Message::of(
        "the text on line {} stands in single quotes, in which Velocity replaces nothing, so {} stands there literally, as it is written{}. » Write that text in double quotes; in SQL hand the value over by `variableMap` (`:ME` and \"variableMap\": {\":ME\": …}), which needs no quotes.",
        [Part::Place(super::allow::line(run, set.node).to_string()), Part::Code(format!("`{mark}`")), Part::Value(has)],
    );
    Some(message)
}

fn quoted_reference(run: &Finished<'_>, code: &str, text: &str) -> Option<Finding> {
    let PrintedName { name, path, .. } = PrintedName::of(text)?;
    let value = match name {
        "ctx" | "context" => run.context(&path.split('.').skip(1).collect::<Vec<_>>()),
        _ => run.outcome.variable(run.program.slot(name)?).cloned().unwrap_or_default(),
    };
    let has = if value.is_null() { String::new() } else { format!(" (${path} is {})", show(&value)) };
    let message = Message::of(
        "{} stands in single quotes, in which Velocity replaces nothing: it is compared as the literal text {}{}. » Write it in double quotes, or without any.",
        [Part::Code(format!("`{code}`")), Part::Value(quoted(text).to_string()), Part::Text(has)],
    );
    Some(Finding::new(Code::SingleQuotes, message).actual(text))
}

/// `!a == b`: the `!` is nearer to `a` than `==` is.
pub fn negated_side(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let judged = run.recorder.branches.values().filter_map(|records| records.last());
    let mut leaves = Vec::new();
    judged.for_each(|judged| judged.condition.leaves(&mut leaves));
    for leaf in leaves {
        let Some(Node::Expression(expression)) = run.recorder.index.node(leaf.node) else { continue };
        let Kind::Compare(comparison @ (ComparisonOperator::Equal | ComparisonOperator::NotEqual), sides) = &expression.kind else { continue };
        let Kind::Not(negated) = &sides.0.kind else { continue };
        // `!a == false` is clumsy, and meant.
        if matches!(sides.1.kind, Kind::Boolean(_) | Kind::Not(_)) {
            continue;
        }
        let [left, right] = [negated.node, sides.1.node].map(|node| run.program.one_line(node));
        let held = if leaf.holds == Some(true) { "held" } else { "did not hold" };
        let other = if matches!(comparison, ComparisonOperator::Equal) { "!=" } else { "==" };
        let guards = |one: &super::deciding::Passed| one.guards == super::deciding::Guards::Refusal && one.condition.node == leaf.node;
        let passes = leaf.holds == Some(false) && run.passed().iter().any(guards);
        let message = Message::of(
            "line {}: {} negates {} alone, because `!` binds tighter than a comparison, and compares that true or false with {}, so it {}, whatever the two are{}. » Write {}.",
            [
                Part::Place(super::allow::line(run, leaf.node).to_string()),
                Part::Code(format!("`{}`", run.text(leaf))),
                Part::Code(format!("`{left}`")),
                Part::Code(format!("`{right}`")),
                Part::Text(held.to_owned()),
                Part::Text(if passes { ": nobody is ever refused by it" } else { "" }.to_owned()),
                Part::Code(format!("`{left} {other} {right}`")),
            ],
        );
        found.push(Finding::new(Code::NegatedSide, message));
    }
}

/// A reference without a value was printed into a text that is compared.
pub fn unset_reference(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for operand in run.failed().iter().flat_map(|failed| looked_at(failed.condition)) {
        for value in operand.value.members().unwrap_or_else(|| vec![operand.value.clone()]) {
            let Some(text) = value.as_str().filter(|_| !operand.literal) else { continue };
            let quoted = operand.slot.and_then(|slot| run.recorder.index.sets_of(slot).find_map(|set| in_single_quotes(run, &set.value)));
            if let Some(finding) = quoted {
                found.push(finding);
            } else if let Some(message) = printed(run, text) {
                found.push(Finding::new(Code::UnsetReferenceInText, message).actual(text));
            }
        }
    }
}

/// What is said of a text with a reference's own text in it.
fn printed(run: &Finished<'_>, text: &str) -> Option<Message> {
    let name = PrintedName::of(text)?.name;
    run.program.slot(name).filter(|_| !name.is_empty())?;
    let quoted_text = Part::Value(quoted(text).to_string());
    if matches!(name, "ctx" | "context") {
        return of_context(run, text).map(|words| name_run_on(run, text).unwrap_or(words));
    }
    Some(match name_run_on(run, text) {
        Some(message) => message,
        None if !sets(run, name) => Message::of(
            "{} is the text that stands in the template: nothing sets {}, so Velocity leaves the reference as it is written, and it is compared as a text. If it is a placeholder that the deployment replaces, it was not replaced: » give it its value there (Serverless: `substitutions`) and deploy again; or write the value into the template.",
            [quoted_text, Part::Code(format!("${name}"))],
        ),
        None => Message::of(
            "{} has the text of {} in it: the variable had no value when the string was made.",
            [quoted_text, Part::Code(format!("${name}"))],
        ),
    })
}

/// A place of the context that has no value, in a text: Velocity prints the reference itself.
fn of_context(run: &Finished<'_>, text: &str) -> Option<Message> {
    let PrintedName { path, .. } = PrintedName::of(text)?;
    let (_, place) = path.split_once('.')?;
    if !run.context(&place.split('.').collect::<Vec<_>>()).is_null() {
        return None;
    }
    if let Some(words) = longer_claim(run, path, text) {
        return Some(words);
    }
    let message = Message::of(
        "{} has the text of {} in it: {} has no value, and Velocity leaves such a reference in a text as it is written, so that text was compared. » Compare the reference without quotes, and refuse first where it is null.",
        [Part::Value(quoted(text).to_string()), Part::Code(format!("`${path}`")), Part::Place(subject(place))],
    );
    Some(message)
}

/// `$ctx.identity.claims.https://example.com/role`: a member's name ends before `:` and `/`, and the claim whose name goes on there
/// is in the token (Velocity 1.7 user guide, "Properties": letters, digits, `-` and `_`).
fn longer_claim(run: &Finished<'_>, path: &str, text: &str) -> Option<Message> {
    let (_, asked) = path.split_once("claims.")?;
    let written = text.get(text.find(asked)?..)?;
    let claims = run.context(&["identity", "claims"]);
    let (name, value) = claims.as_map()?.snapshot().into_iter().find_map(|(key, value)| {
        let key = key.as_str().filter(|key| key.len() > asked.len() && written.starts_with(*key))?;
        Some((key.to_owned(), value))
    })?;
    let message = Message::of(
        "{} is the reference as it is written, a literal text: Velocity ends a member's name before `{}`, reads `${}`, which has no value, and prints the rest behind it. The token does have the claim {} ({}). » Read it by its name in quotes: `$ctx.identity.claims.get({})`.",
        [
            Part::Value(quoted(text).to_string()),
            Part::Code(name.chars().nth(asked.chars().count()).map_or_else(String::new, String::from)),
            Part::Code(path.to_owned()),
            Part::Name(name.clone()),
            Part::Value(show(&value)),
            Part::Value(quoted(&name).to_string()),
        ],
    );
    Some(message)
}

/// A reference as it stands in a printed text. Velocity takes letters, digits, `_` and `-` as part of a name (Velocity 1.7 user
/// guide, "Variables"), and a `.` with letters behind it as a member.
struct PrintedName<'t> {
    /// `tenant-` of `$tenant-lyon` where that is the name.
    name: &'t str,
    /// The name with its members.
    path: &'t str,
    /// Whether neither `!` nor `{` stands before it.
    is_plain: bool,
}

impl<'t> PrintedName<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let (_, rest) = text.split_once('$')?;
        let bare = rest.trim_start_matches('!').trim_start_matches('{');
        let ends = |letters: &str| bare.find(|letter: char| !(letter.is_ascii_alphanumeric() || letters.contains(letter))).unwrap_or(bare.len());
        Some(Self { name: &bare[..ends("_-")], path: bare[..ends("_-.")].trim_end_matches('.'), is_plain: bare.len() == rest.len() })
    }
}

/// A variable with a value, and behind it letters that Velocity reads as more of its name: `$tenant-$site`.
pub fn name_run_on(run: &Finished<'_>, text: &str) -> Option<Message> {
    let PrintedName { name, path, is_plain } = PrintedName::of(text)?;
    if matches!(name, "util" | "utils") {
        return None;
    }
    if matches!(name, "ctx" | "context") {
        let meant = member_run_on(run, path).filter(|_| is_plain)?;
        return Some(not_meant(text, path, &meant));
    }
    let has_value = |name: &str| run.program.slot(name).and_then(|slot| run.outcome.variable(slot)).is_some_and(|value| !value.is_null());
    // The longest variable with a value that the author may have meant.
    let meant = if has_value(name) { (path.len() > name.len()).then_some(name) } else { (1..name.len()).rev().filter_map(|end| name.get(..end)).find(|name| has_value(name)) };
    meant.filter(|_| is_plain).map(|meant| not_meant(text, path, meant))
}

/// A member of the context with a value, and behind it letters that belong to its name for Velocity: `ctx.stash.apiId-`.
fn member_run_on(run: &Finished<'_>, path: &str) -> Option<String> {
    let (holder, last) = path.rsplit_once('.')?;
    let members: Vec<&str> = holder.split('.').skip(1).collect();
    let holder_value = run.context(&members);
    let has_value = |name: &&str| holder_value.as_map().and_then(|map| map.get_str(name)).is_some_and(|value| !value.is_null());
    let meant = (1..last.len()).rev().filter_map(|end| last.get(..end)).find(has_value)?;
    Some(format!("{holder}.{meant}"))
}

/// What a reference that runs on was meant to be, `path` as Velocity reads it and `meant` as its author did.
fn not_meant(text: &str, path: &str, meant: &str) -> Message {
    let why = if path[meant.len()..].starts_with('-') { " (a hyphen belongs to the name)" } else { "" };
    Message::of(
        "{} is not what its author meant: Velocity reads {} as one reference{}, which has no value, so its own text stands there. » Write {} to end the name.",
        [
            Part::Value(quoted(text).to_string()),
            Part::Code(format!("`${path}`")),
            Part::Text(why.to_owned()),
            Part::Code(format!("`${{{meant}}}{}`", &path[meant.len()..])),
        ],
    )
}

/// Whether any statement of the template gives this variable a value.
fn sets(run: &Finished<'_>, name: &str) -> bool {
    let Some(slot) = run.program.slot(name) else { return false };
    run.recorder.index.is_assigned(slot)
}
