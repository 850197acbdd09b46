//! Owners: the value stored on a row, or sent, against the caller's.

mod argument;
mod empty;
pub use empty::of_parent;
mod forms;
mod other;
mod printed;

pub use argument::{is_identity_id, subscription_argument};
pub use forms::{composite, explain, formats, part_of_key, typed_twice};
use empty::EmptyPlace;
pub use other::{fills_in, is_principal, other_owner};
pub use printed::{reference_on_row, without_its_form, without_single_rows};
use crate::message::{Message, Part};
use crate::explain::hint::test::{Test, call};
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{default_for, whence};
use crate::explain::hint::{Finished, claim_of, is_group_like, json, names_groups};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::value::Value;
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::method::Method;

/// The two sides of a test in which a claim meets a value of the row, the input or the source: (row's, caller's). A default in
/// the place of an absent value says nothing of an owner.
pub(super) fn sides<'a>(test: &Test<'a>) -> Option<(&'a Operand, &'a Operand)> {
    met(test).filter(|(row, caller)| !is_default(row) && !is_default(caller))
}

/// Whether a value took the place of an absent one.
pub fn is_default(operand: &Operand) -> bool {
    !operand.value.is_null() && default_for(&operand.origins, &operand.value).is_some()
}

/// [`sides`], where either may be a default.
pub(super) fn met<'a>(test: &Test<'a>) -> Option<(&'a Operand, &'a Operand)> {
    let (left, right) = match test {
        Test::Equal { left, right, equal: false } => (*left, *right),
        Test::Contains { list, item, found: false } => (*list, *item),
        _ => return None,
    };
    let of_row = |operand: &Operand| operand.origins.iter().any(|origin| origin.path().is_some_and(|path| is_row(path)));
    let (row, caller) = match (of_row(left), of_row(right)) {
        (true, false) => (left, right),
        (false, true) => (right, left),
        _ => return None,
    };
    let of_identity = |path: &str| path.starts_with("identity");
    caller.origins.iter().any(|origin| origin.path().is_some_and(|path| of_identity(path))).then_some((row, caller))
}

/// Whether a path leads into a row, the parent, the input or an earlier answer.
pub fn is_row(path: &str) -> bool {
    ["result", "source", "args", "prev"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.starts_with(['.', '['])))
}

/// The data source found no row: what the rule compares with is null.
pub fn row_missing(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Denied | Verdict::Error) || found.iter().any(|hint| hint.path.as_deref() == Some("result")) {
        return;
    }
    let failed = run.failed();
    let operands = failed.iter().flat_map(|failed| &failed.condition.operands);
    let mut places = operands.filter_map(|operand| operand.origins.context());
    let rows = ["result", "prev.result", "source"];
    let found_row = places.find_map(|(path, value, absent)| {
        rows.into_iter().find(|row| path == row && value.is_null()).map(|row| (row, absent))
    });
    let Some((row, absent)) = found_row else { return };
    if let Some(finding) = no_parent(run, row).or_else(|| before_its_answer(run, row)).or_else(|| in_request_half(run, row)).or_else(|| under_another_value(run, row)) {
        found.push(finding);
        return;
    }
    if !failed.iter().flat_map(|failed| &failed.condition.operands).any(|operand| operand.origins.iter().any(|origin| origin.is_in("identity"))) {
        found.extend(for_everybody(run, row, absent));
        return;
    }
    if run.verdict != Verdict::Denied {
        return;
    }
    let input = run.context(&["args", "input"]);
    let key = input.as_map().and_then(|input| input.get_str("id")).unwrap_or_default();
    let sought = if key.is_null() { String::new() } else { format!(" (id {})", show(&key)) };
    // Of a mutation the steps behind the check would run, and write the row.
    let end = if run.outcome.env.parent_type == "Query" {
        "; a query may also answer null there (`#if($util.isNull($ctx.result)) #return #end` before the check)"
    } else {
        ""
    };
    found.push(
        Finding::new(
            Code::RowMissing,
            Message::of(
                "{} is null: there is no row with this key{}. The rule compares the caller with the row, and without one nobody is authorized: a row that does not exist is refused like someone else's. » Look at the key that was asked for, and create the row first{}.",
                [
                    Part::Place(row.to_string()),
                    Part::Text(sought.to_string()),
                    Part::Text(end.to_owned()),
                ],
            ),
        )
        .at(row)
        .wanted("a row")
        // That the data source found nothing was given; a row that nobody gave may be there.
        .certainty(if absent { Certainty::Possible } else { Certainty::Certain }),
    );
}

/// A refusal that asks for nothing but the row: it refuses whoever calls, where there is none.
fn for_everybody(run: &Finished<'_>, row: &str, absent: bool) -> Option<Finding> {
    let guard = run.why.guards.first().filter(|_| !absent || run.verdict == Verdict::Denied)?;
    let message = Message::of(
        "{} is null: the data source found no row with the key that was asked for, and `{}` (line {}) refuses then, whoever calls. That the caller lacks a right, it does not say. » Look whether the row is there, under exactly this key (the request template and its arguments say which), and create it, if it stands for what the caller may do.",
        [Part::Place(row.to_owned()), Part::Code(run.text(&guard.condition).to_owned()), Part::Place(run.program.line(guard.condition.node).to_string())],
    );
    let certainty = if absent { Certainty::Possible } else { Certainty::Certain };
    Some(Finding::new(Code::RowMissing, message).at(row).wanted("a row").certainty(certainty))
}

/// The template renders the request itself, and runs before its data source is asked
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>: `result`).
fn in_request_half(run: &Finished<'_>, row: &str) -> Option<Finding> {
    let asks = row == "result" && !run.program.source.is_response() && run.program.writes_json("operation");
    let text = |name: &str| format!("`{name}`");
    asks.then(|| {
        let message = Message::of(
            "$ctx.result is null because this is the request template: it runs before the data source is asked, so there is no row to compare with and whoever calls is refused. » Put the test into the request, as a {} of the write; a read is checked in its response template ({}). After a write that would be too late.",
            [Part::Code(text("condition")), Part::Code(text("$ctx.result"))],
        );
        Finding::new(Code::RowMissing, message).at("result").certainty(Certainty::Certain)
    })
}

/// The look-up found nothing, and a row that was given names the caller, by a value that is not the only one of his that a key can
/// be made of.
fn under_another_value(run: &Finished<'_>, row: &str) -> Option<Finding> {
    let (at, name, stored, place) = run.records.iter().enumerate().find_map(|(at, record)| {
        record.as_map()?.snapshot().into_iter().find_map(|(name, stored)| {
            let place = super::whence::held_by(run, &stored)?;
            Some((at, name.as_str()?.to_owned(), stored, place))
        })
    })?;
    let others = ["sub", "username"].into_iter().map(|name| (name, run.context(&["identity", name])));
    let (other, value) = others.into_iter().find(|(_, value)| value.as_str().is_some() && !value.loosely_equals(&stored))?;
    if row == "source" || !matches!(place.as_str(), "identity.sub" | "identity.username") {
        return None;
    }
    let message = Message::of(
        "{} is null: the look-up found no row, although one that names the caller is there: records[{}] has {} {}, the caller's {}. So the key was most likely made of another of the caller's values, such as identity.{}, which is {}. » Make the key of `$ctx.{}`, as the rows are written; the row and the check are right.",
        [
            Part::Place(row.to_owned()),
            Part::Text(at.to_string()),
            Part::Name(name),
            Part::Value(show(&stored)),
            Part::Place(place.clone()),
            Part::Text(other.to_owned()),
            Part::Value(show(&value)),
            Part::Place(place),
        ],
    );
    Some(Finding::new(Code::RowMissing, message).at(row).wanted("a row").certainty(Certainty::Likely))
}

/// `$ctx.source` of a root field: it is the answer of a parent field, and a root field has none
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>).
fn no_parent(run: &Finished<'_>, row: &str) -> Option<Finding> {
    let parent = run.outcome.env.parent_type.as_str();
    let root = matches!(parent, "Query" | "Mutation" | "Subscription");
    (row == "source" && root).then(|| {
        let message = Message::of(
            "source is null, as it always is on a field of {}: it holds the answer of the parent field, and a root field has no parent. So the comparison with it refuses everybody. » Ask it on a field of the type that has that value, below such a parent; here look the value up first (a function of a pipeline), and compare with that.",
            [Part::Name(parent.to_owned())],
        );
        Finding::new(Code::RowMissing, message).at("source").certainty(Certainty::Certain)
    })
}

/// The input has the owner's key with null: `containsKey` holds, so the template does not fill in the caller.
pub fn null_key(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    let judged = run.recorder.branches.values().flatten().filter(|branch| !branch.taken);
    for branch in judged {
        let mut leaves = Vec::new();
        branch.condition.leaves(&mut leaves);
        for leaf in leaves.into_iter().filter(|leaf| leaf.holds == Some(true)) {
            let Some((Method::ContainsKey, holder, key)) = call(run, leaf) else { continue };
            let (Some((place, ..)), Some(key)) = (holder.origins.context(), key.value.as_str()) else { continue };
            let held = holder.value.as_map().and_then(|map| map.get_str(key));
            if !place.starts_with("args") || held.is_none_or(|value| !value.is_null()) {
                continue;
            }
            let path = format!("{}.{key}", place.replacen("args", "arguments", 1));
            let message = Message::of(
                "{} was sent as null, and so {} (line {}) holds: the template fills in the caller only where the key is absent, and null is nobody. » Leave {} out of the input (clients often send null for every unset optional), and the caller is filled in.",
                [
                    Part::Place(path.clone()),
                    Part::Code(format!("`{}`", run.text(leaf))),
                    Part::Place(run.program.line(leaf.node).to_string()),
                    Part::Name(key.to_owned()),
                ],
            );
            found.push(Finding::new(Code::OwnerNull, message).at(path));
            return;
        }
    }
}

/// `$ctx.result` in the request half of a function: its data source was not asked yet, and the row that a function before it
/// loaded is in `$ctx.prev.result`
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>).
fn before_its_answer(run: &Finished<'_>, row: &str) -> Option<Finding> {
    let before = run.context(&["prev", "result"]);
    // In the response half a null result is what the data source answered.
    let held = before.as_map().filter(|map| row == "result" && !map.is_empty() && !run.program.source.is_response())?;
    let failed = run.failed();
    let (operand, member) = failed.iter().flat_map(|failed| &failed.condition.operands).find_map(|operand| {
        let text = run.program.source.slice(operand.span);
        let member = text.trim_end_matches('}').rsplit_once("result.").map(|(_, member)| member)?;
        held.contains_str(member).then(|| (operand, member.to_owned()))
    })?;
    let value = held.get_str(&member)?;
    let other = failed.iter().flat_map(|failed| &failed.condition.operands).find(|one| one.span != operand.span);
    let same = if other.is_some_and(|other| other.value.loosely_equals(&value)) { ", which is what it is compared with" } else { "" };
    let message = Message::of(
        "{} is null because $ctx.result is not there yet: the request half of a function runs before its data source is asked. What the function before it answered is in $ctx.prev.result, and its {} is {}{}. » Write `$ctx.prev.result.{}`.",
        [
            Part::Code(run.program.source.slice(operand.span).to_owned()),
            Part::Name(member.clone()),
            Part::Value(show(&value)),
            Part::Text(same.to_owned()),
            Part::Name(member),
        ],
    );
    Some(Finding::new(Code::ValueElsewhere, message).at("result").wanted(json(&value)))
}

/// The row has no owner, or the input has the key with null.
pub fn null_or_absent(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for failed in run.failed() {
        let nothing = |row: &Operand| row.value.is_null() || is_default(row);
        let Some((row, caller)) = met(&failed.test).filter(|(row, _)| nothing(row)) else { continue };
        let missing = whence(&row.origins, &row.value).absent;
        let first = row.origins.context().map(|(path, _, absent)| (path.to_string(), absent));
        let Some((path, absent)) = missing.map(|path| (path, true)).filter(|_| !row.value.is_null()).or(first) else {
            continue;
        };
        let same_place = [Code::MemberNameNear, Code::ValueElsewhere, Code::OwnerAbsent, Code::OwnerNull, Code::NullItem];
        if found.iter().any(|hint| same_place.contains(&hint.code) && hint.path.as_deref() == Some(&path)) {
            continue;
        }
        // A name that runs on in a text was never meant as a place of its own.
        if found.iter().any(|hint| hint.code == Code::UnsetReferenceInText && row.value.as_str().is_some_and(|text| hint.actual == text)) {
            continue;
        }
        // One text beside one text is an attribute, whatever it is called, unless Amplify made a rule for groups of it.
        let of_attribute = |claim: &str| run.is_by_hand() && !names_groups(claim) && run.claim(claim).as_str().is_some() && matches!(failed.test, Test::Equal { .. });
        let of_groups = claim_of(&caller.origins).is_some_and(|(claim, ..)| is_group_like(run, &claim) && !of_attribute(&claim));
        if of_groups {
            found.push(no_group(run, &path, absent, caller));
            continue;
        }
        let listed = matches!(failed.test, Test::Contains { list, .. } if std::ptr::eq(list, row));
        let place = EmptyPlace { path: &path, absent, listed, caller };
        let Some((code, words)) = place.words(run) else { continue };
        let message = Message::of("{} is {}:", [Part::Place(path.clone()), Part::Text(if absent { "absent" } else { "null" }.to_owned())])
            .with(words)
            .with(place.caller_is(run))
            .with(place.beside(run));
        found.push(Finding::new(code, message).at(path.as_str()).wanted(json(&caller.value)));
    }
}

/// The row or the input names no group.
fn no_group(run: &Finished<'_>, path: &str, absent: bool, caller: &Operand) -> Finding {
    let claim = claim_of(&caller.origins).map_or_else(|| "the caller's groups".to_owned(), |(claim, ..)| format!("claim {claim}"));
    let groups = claim_of(&caller.origins).map_or_else(|| caller.value.clone(), |(claim, ..)| run.claim(&claim));
    let (holder, field) = path.rsplit_once('.').unwrap_or(("", path));
    let keys: Vec<&str> = holder.split('.').collect();
    let names: Vec<String> = run.context(&keys).as_map().map_or_else(Vec::new, |map| {
        map.keys().iter().filter_map(|key| key.as_str()).take(8).map(str::to_owned).collect()
    });
    let has = if names.is_empty() { String::new() } else { format!(" ({holder} has {})", names.join(", ")) };
    let state = if absent { format!("absent{has}") } else { "null".to_owned() };
    if path.starts_with("args.") && !path.starts_with("args.input") {
        return group_not_sent(path, (&claim, &groups), absent);
    }
    let message = Message::of(
        "{} is {}, so none of the caller's groups ({} is {}) can be in it, and nobody passes. » Write {} when the row is created and fill it in on this one; the join row of a many-to-many relation, which holds its two keys only, needs a {} field of its own or a rule that reads no row.",
        [
            Part::Name(path.to_string()),
            Part::Text(state.to_string()),
            Part::Name(claim.to_string()),
            Part::Value(show(&groups)),
            Part::Name(field.to_string()),
            Part::Name(field.to_string()),
        ],
    );
    Finding::new(Code::GroupAbsent, message).at(path).wanted(json(&groups))
}

/// The client named no group in an argument of its own: no row has a part in it.
fn group_not_sent(path: &str, (claim, groups): (&str, &Value), absent: bool) -> Finding {
    let field = path.trim_start_matches("args.").to_owned();
    let own = groups.members().and_then(|all| all.first().cloned());
    let message = Message::of(
        "the argument {} was {}, so none of the caller's groups ({} is {}) is it.",
        [Part::Name(field.clone()), Part::Text(if absent { "not sent" } else { "sent as null" }.to_owned()), Part::Name(claim.to_owned()), Part::Value(show(groups))],
    );
    let cure = match own {
        Some(own) => Message::of("Send {}: {}, one of the caller's own groups.", [Part::Name(field), Part::Value(show(&own))]),
        None => Message::from(format!("Send {field}.")),
    };
    Finding::new(Code::GroupAbsent, message.cured(cure)).at(path).wanted(json(groups))
}

/// What a line of the template wrote, no client sent in another form.
pub fn without_written(found: &mut Vec<Finding>) {
    let written: Vec<Option<String>> = found.iter().filter(|hint| hint.code == Code::WrittenBeforeCheck).map(|hint| hint.path.clone()).collect();
    found.retain(|hint| hint.code != Code::OwnerFormatMismatch || hint.path.is_none() || !written.contains(&hint.path));
}
