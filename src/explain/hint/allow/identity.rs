//! Tests of the identity that hold for more callers than they seem to ask for.

use crate::message::{Message, Part, quoted};
use super::super::deciding::Guards;
use super::super::test::{Test, order};
use super::super::text::show;
use super::super::{Finished, is_group_like, json};
use super::Leaf;
use super::nulls::at;
use super::words::{condition, line, name, name as name_of, one_line, state};
use crate::code::Code;
use crate::explain::why::stash_filter;
use crate::finding::Finding;
use crate::syntax::ExpressionKind as Kind;
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::Value;

/// `.contains` on a text finds parts of longer names.
pub fn part_of_text(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Test::Contains { list, item, found: true } = leaf.test else { continue };
        let (Value::String(text), Value::String(part)) = (&list.value, &item.value) else { continue };
        let Some((path, ..)) = list.origins.context() else { continue };
        if part.is_empty() || is_whole(text, part) {
            continue;
        }
        let then = match leaf.passed.guards {
            Guards::Refusal => format!(
                "so `{}` on line {} did not run",
                run.program.one_line(leaf.passed.statement),
                line(run, leaf.passed.statement)
            ),
            Guards::Grant => format!("so line {} granted", line(run, leaf.passed.statement)),
            Guards::Output => "so what stands behind it was rendered".to_owned(),
            Guards::Return => format!("so `#return` on line {} ran", line(run, leaf.passed.statement)),
        };
        let from = if item.literal { String::new() } else { format!(" ({})", name(run, item)) };
        let message = Message::of(
            "Wider than it looks: {} looks for {}{} anywhere inside {} {}, which is a text and not a list: it is found there as a part of a longer name, {}.",
            [
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Value(show(&item.value)),
                Part::Text(from.to_string()),
                Part::Name(name(run, list).to_string()),
                Part::Value(show(&list.value)),
                Part::Text(then.to_string()),
                ],
        );
        let message = message.with(cure(run, path, item, text, &one_line(run.program.source.slice(list.span))));
        found.push(at(Finding::new(Code::SubstringMatch, message), list).wanted(part.as_str()));
    }
}

/// Whether a part stands in a text by itself, between separators.
pub fn is_whole(text: &str, part: &str) -> bool {
    let inside = |letter: char| letter.is_alphanumeric() || ['-', '_', '.'].contains(&letter);
    text.match_indices(part).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(inside) && !after.is_some_and(inside)
    })
}

fn cure(run: &Finished<'_>, path: &str, item: &Operand, text: &str, code: &str) -> Message {
    if item.origins.context().is_some_and(|(path, ..)| path.starts_with("stash.adminRoles")) {
        return "Every role with that in its name is taken for an admin role: » write the whole name with its surroundings (`:assumed-role/<role>/`) into custom-roles.json.".into();
    }
    if path == "identity.userArn" && item.value.as_str().is_some_and(|part| part.contains("assumed-role/")) {
        return "» Write the role's whole name with both its borders (`:assumed-role/<role>/`), or compare the whole userArn.".into();
    }
    if path == "identity.userArn" {
        let kind = run.context(&["identity", "cognitoIdentityAuthType"]);
        if kind.is_null() && run.context(&["identity", "cognitoIdentityId"]).is_null() {
            return by_role(item, code, text);
        }
        let guest = if kind.as_str() == Some("unauthenticated") {
            "The caller is a guest (cognitoIdentityAuthType is \"unauthenticated\"): » test `$ctx.identity.cognitoIdentityAuthType`, or compare the whole userArn."
        } else {
            "» Test `$ctx.identity.cognitoIdentityAuthType`, or compare the whole userArn."
        };
        return guest.into();
    }
    // A scope claim has its scopes between blanks, one or more (RFC 6749, 3.3; RFC 8693, 4.2).
    if super::super::claim_name(path).as_deref() == Some("scope") {
        let wanted = show(&item.value);
        let wanted = if item.literal { wanted } else { one_line(run.program.source.slice(item.span)) };
        return Message::from("A scope claim is one text, with its scopes between blanks:").cured(format!("split it and compare each (`#foreach($scope in {code}.split(\" \"))` with `$scope == {wanted}`), with the scope's whole name."));
    }
    if text.trim_start().starts_with('[') {
        return Message::from("The text holds a JSON list:").cured(format!("parse it first (`$util.parseJson({code})`), or store a list, so that whole names are compared."));
    }
    if let Some(ending) = item.value.as_str().filter(|part| part.starts_with('@') && text.contains('@')) {
        return Message::default().cured(format!("Ask for the end of the address: `{code}.endsWith(\"{ending}\")`, or for a group that an administrator gives."));
    }
    match [",", ";", "|", " "].into_iter().find(|mark| text.contains(mark)) {
        Some(mark) => Message::default().cured(format!(
            "Split the text and compare whole parts (`#foreach($one in {code}.split(\"{mark}\"))` with `==`), or make it a list."
        )),
        None => "» Make it a list, in which contains compares whole elements, or compare the whole text with `==`.".into(),
    }
}

/// No identity pool gave these credentials, so nothing of one is there to test: a role's name, or a user's, is told from longer ones by
/// what stands on both its sides (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>).
fn by_role(item: &Operand, code: &str, arn: &str) -> Message {
    let name = item.value.as_str().unwrap_or("<role>").trim_matches(['/', ':']).to_owned();
    let (before, after) = if arn.contains(":assumed-role/") { (":assumed-role/", "/") } else { ("/", "") };
    let test = match after {
        "" => format!("`{code}.endsWith(\"{before}{name}\")`"),
        after => format!("`{code}.contains(\"{before}{name}{after}\")`"),
    };
    Message::of("» Compare the role's whole name, with what stands on both its sides: {}; or the whole userArn.", [Part::Code(test)])
}

/// `<` and the like order numbers only: with a text or nothing on one side they are always false.
pub fn order_of_text(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let Some(odd) = order(run, leaf.condition) else { continue };
        let what = match &odd.value {
            Value::String(_) => format!("the text {}", show(&odd.value)),
            _ => state(odd),
        };
        if let Some((node, unset)) = odd.slot.filter(|_| odd.value.is_null()).and_then(|slot| of_unset(run, slot)) {
            let message = Message::of(
                "Wider than it looks: {} is always false, because {} is {}: line {} makes it of `{}`, and ${} is never set, so the call gives nothing and `{}` on line {} never runs, whoever calls. » Write `#set(${} = 0)` above it, and refuse when the value is absent.",
                [
                    Part::Text(condition(run, leaf.condition).to_string()),
                    Part::Name(name(run, odd).to_string()),
                    Part::Text(what.to_string()),
                    Part::Place(line(run, node).to_string()),
                    Part::Code(one_line(run.program.text(node)).trim_start_matches("#set(").trim_end_matches(')').trim().to_string()),
                    Part::Text(unset.to_string()),
                    Part::Code(run.program.one_line(leaf.passed.statement).to_string()),
                    Part::Place(line(run, leaf.passed.statement).to_string()),
                    Part::Text(unset.to_string()),
                ],
            );
            found.push(at(Finding::new(Code::OrderOfText, message), odd));
            continue;
        }
        if let Some(words) = super::super::sized::asked_as_member(run, odd) {
            let message = Message::joined("Wider than it looks: {} {}", [Message::of("{}", [Part::Code(condition(run, leaf.condition))]), words]);
            found.push(at(Finding::new(Code::OrderOfText, message), odd));
            continue;
        }
        if let Some(message) = of_twin(run, leaf, odd, &what) {
            found.push(at(Finding::new(Code::OrderOfText, message), odd));
            continue;
        }
        let code = one_line(run.program.source.slice(odd.span));
        let cure = if leaf.condition.operands.iter().all(|side| is_time(&side.value)) {
            in_milliseconds(&code)
        } else {
            format!("Convert it to a number first, for example `#set($n = 0)#set($n = $n.parseInt({code}))`")
        };
        let message = Message::of(
            "Wider than it looks: {} is always false, because {} is {} and Velocity orders numbers only, so `{}` on line {} never runs, whatever the value. » {}, and refuse when it is absent.",
            [
                Part::Text(condition(run, leaf.condition)),
                Part::Name(name(run, odd)),
                Part::Text(what),
                Part::Code(run.program.one_line(leaf.passed.statement)),
                Part::Place(line(run, leaf.passed.statement).to_string()),
                Part::Text(cure),
            ],
        );
        found.push(at(Finding::new(Code::OrderOfText, message), odd));
    }
}

/// A member beside an absent one whose name differs in case only: its path, and its value.
fn twin_of(run: &Finished<'_>, odd: &Operand) -> Option<(String, String)> {
    let (path, ..) = odd.origins.context().filter(|_| odd.value.is_null())?;
    let whole = path.to_string();
    let (holder, asked) = whole.rsplit_once('.')?;
    let members = run.context(&holder.split('.').collect::<Vec<_>>());
    let twin = members.as_map()?.snapshot().into_iter().find(|(key, value)| {
        let is_twin = |key: &str| key != asked && key.eq_ignore_ascii_case(asked);
        key.as_str().is_some_and(is_twin) && !value.is_null()
    })?;
    Some((format!("{holder}.{}", twin.0.as_str()?), show(&twin.1)))
}

/// The side that is absent stands beside it under a name of another case.
fn of_twin(run: &Finished<'_>, leaf: &Leaf<'_>, odd: &Operand, what: &str) -> Option<Message> {
    let (twin, value) = twin_of(run, odd)?;
    Some(Message::of(
        "Wider than it looks: {} is always false, because {} is {}, and Velocity orders numbers only, so `{}` on line {} never runs. There it is named {} ({}), and names are compared exactly, upper and lower case too. » Read {}.",
        [
            Part::Text(condition(run, leaf.condition)),
            Part::Name(name(run, odd)),
            Part::Text(what.to_owned()),
            Part::Code(run.program.one_line(leaf.passed.statement)),
            Part::Place(line(run, leaf.passed.statement).to_string()),
            Part::Name(twin.clone()),
            Part::Value(value),
            Part::Code(format!("`$ctx.{twin}`")),
        ],
    ))
}

/// How moments are compared
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/time-helpers-in-util-time.html>).
pub fn in_milliseconds(code: &str) -> String {
    format!("Compare the times as numbers: `$util.time.parseISO8601ToEpochMilliSeconds({code})` with `$util.time.nowEpochMilliSeconds()`")
}

/// `2026-01-31T00:00:00Z`
pub fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default().as_bytes();
    text.len() >= 10 && text[..4].iter().all(u8::is_ascii_digit) && text[4] == b'-' && text[7] == b'-'
}

/// The `#set` that makes a variable of a call on another one that nothing sets, and that one's name.
fn of_unset<'p>(run: &Finished<'p>, slot: crate::syntax::Slot) -> Option<(crate::syntax::NodeId, &'p str)> {
    let index = &run.recorder.index;
    let set = index.sets_of(slot).next()?;
    let Kind::Reference(made) = &set.value.kind else { return None };
    let root = made.variable().filter(|_| !made.steps.is_empty())?;
    (!index.is_assigned(root)).then(|| (set.node, run.program.name(root)))
}

/// `defaultAuthStrategy` is the API's own setting, the same for every caller.
pub fn default_strategy(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let of = |operand: &&Operand| {
            operand.origins.context().is_some_and(|(path, ..)| path == "identity.defaultAuthStrategy")
        };
        // Generated templates only ask whether it is there, to tell a user pool's identity from others.
        if matches!(leaf.test, Test::Missing { .. }) {
            continue;
        }
        let Some(read) = leaf.condition.operands.iter().find(of) else { continue };
        let message = Message::of(
            "Wider than it looks: {} asks for identity.defaultAuthStrategy, which is {} for every user-pool caller: it repeats the default action of the API (defaultAction) and says nothing about the user. » Test a group (cognito:groups) or a claim instead.",
            [Part::Text(condition(run, leaf.condition).to_string()), Part::Value(show(&read.value))],
        );
        found.push(at(Finding::new(Code::DefaultStrategy, message), read));
    }
}

/// Only asked whether there is any group at all.
pub fn any_group(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let of_groups = |operand: &Operand| {
        operand.origins.context().is_some_and(|(path, ..)| {
            path == "identity.groups" || super::super::claim_name(path).is_some_and(|claim| is_group_like(run, &claim))
        })
    };
    let named = leaves.iter().any(|leaf| {
        matches!(leaf.test, Test::Contains { .. } | Test::Equal { .. })
            && leaf.condition.operands.iter().any(&of_groups)
    });
    for leaf in leaves {
        let Test::Missing { what, missing: false } = leaf.test else { continue };
        // What the request or a later test is made of is no mere membership.
        let used = what.origins.context().is_some_and(|(path, ..)| is_used(run, path, what));
        // Something that was made of the claim, and asked for being there, names no membership either way.
        let made_of_it = matches!(what.value, Value::Map(_));
        if named || !of_groups(what) || used || made_of_it {
            continue;
        }
        if what.value.is_null() {
            found.push(at(asked_of_null(run, leaf, what), what));
            continue;
        }
        let members = what.value.members().unwrap_or_default();
        let pool = members.iter().filter_map(Value::as_str).find(|name| {
            let mut parts = name.splitn(3, '_');
            matches!((parts.next(), parts.next(), parts.next()), (Some(region), Some(_), Some(_)) if region.matches('-').count() >= 2)
        });
        let everybody = pool.map_or(String::new(), |name| {
            let provider = name.rsplit('_').next().unwrap_or(name);
            format!(" Cognito itself adds {name} to everybody who signs in with {provider}.", name = quoted(&name))
        });
        let message = Message::of(
            "Wider than it looks: {} only asks whether there is any group: {} is {}, and no membership is named anywhere.{} » Test for the group that is meant, for example `.contains(\"<group>\")`.",
            [
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Name(name(run, what).to_string()),
                Part::Value(show(&what.value)),
                Part::Text(everybody.to_string()),
            ],
        );
        found.push(at(Finding::new(Code::AnyGroup, message), what));
    }
}

/// Whether the claim that was asked for is read again, beyond tests of its being there.
fn is_used(run: &Finished<'_>, path: &str, what: &Operand) -> bool {
    let Some(text) = what.value.as_str() else { return false };
    !path.is_empty() && !text.is_empty() && run.outcome.output.contains(text)
}

/// `isEmpty()` of nothing is null, which counts as false: who has no group at all gets through.
fn asked_of_null(run: &Finished<'_>, leaf: &Leaf<'_>, what: &Operand) -> Finding {
    Finding::new(
        Code::CheckSkipped,
        Message::of(
            "Wider than it looks: {} is {}, so {} has no value and counts as false: it stops nobody who is in no group at all. » Ask `$util.isNullOrEmpty(…)`, and test for the group that is meant.",
            [
                Part::Name(name(run, what).to_string()),
                Part::Text(state(what).to_string()),
                Part::Text(condition(run, leaf.condition).to_string()),
            ],
        ),
    )
}

/// A subscription that its argument lets in: events come only where the mutation selects that field.
pub fn subscription(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !run.is_subscription() {
        return;
    }
    for leaf in leaves {
        let Test::Equal { left, right, equal: true } = leaf.test else { continue };
        let argument = |side: &&Operand| {
            side.origins.context().and_then(|(path, ..)| path.strip_prefix("args.").map(str::to_owned))
        };
        let Some((side, field)) = [left, right].into_iter().find_map(|side| Some((side, argument(&side)?))) else {
            continue;
        };
        let other = if std::ptr::eq(side, left) { right } else { left };
        let message = Message::of(
            "Allowed: the argument {} is {}, as is {} ({}). AppSync compares that argument with the field {} of the mutation's answer, and a field that the mutation did not select counts as null: the mutation must select {}, or no event arrives.",
            [
                Part::Name(field.to_string()),
                Part::Value(show(&side.value)),
                Part::Name(name(run, other).to_string()),
                Part::Text(condition(run, leaf.condition).to_string()),
                Part::Name(field.to_string()),
                Part::Name(field.to_string()),
            ],
        );
        found.push(at(Finding::new(Code::SelectArgument, message), side).wanted(json(&other.value)));
        return;
    }
}

/// A rule that takes `sub::username` and its halves met a row that holds the username alone.
pub fn name_alone(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let (sub, name) = (run.context(&["identity", "sub"]), run.context(&["identity", "username"]));
    if sub.is_null() || name.is_null() || sub.loosely_equals(&name) {
        return;
    }
    for leaf in leaves {
        let Test::Contains { list, item, found: true } = leaf.test else { continue };
        let members = list.value.members().unwrap_or_default();
        let halves = members.iter().any(|member| member.loosely_equals(&sub));
        if !halves || !item.value.loosely_equals(&name) || item.origins.context().is_none() {
            continue;
        }
        let message = Message::of(
            "Allowed: {} is {}, the caller's username alone, without the sub ({}), and {} takes either half. Whoever is given that username after this user is deleted gets through too: » store sub::username on the row where that matters.",
            [
                Part::Name(name_of(run, item).to_string()),
                Part::Value(show(&item.value)),
                Part::Value(show(&sub)),
                Part::Text(condition(run, leaf.condition).to_string()),
            ],
        );
        found.push(at(Finding::new(Code::NameAlone, message), item).wanted(json(&sub)));
        return;
    }
}

/// Amplify lets every IAM caller through that does not come from an identity pool, where IAM may call the API at all: no rule of
/// a model is about it (<https://docs.amplify.aws/react/build-a-backend/data/customize-authz/>: IAM; `enableIamAuthorizationMode`).
pub fn any_principal(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let asks = |name: &str| leaves.iter().find(|leaf| {
        matches!(leaf.test, Test::Missing { what, missing: true } if what.origins.context().is_some_and(|(path, ..)| *path == *format!("identity.{name}")))
    });
    let (Some(leaf), Some(_)) = (asks("cognitoIdentityPoolId"), asks("cognitoIdentityId")) else { return };
    if run.verdict != Verdict::Allowed {
        return;
    }
    let filter = if stash_filter(run.outcome).is_null() { ", and no filter on an owner is set for it" } else { "" };
    let message = Message::of(
        "Allowed as any IAM caller: line {} lets through whoever comes by IAM without an identity pool (cognitoIdentityPoolId and cognitoIdentityId are null), so the model's rules do not bind {}{}. Its IAM policy alone decides. » If it should not have this, take appsync:GraphQL on the field out of that role's policy, or deny it there; the rules of the model change nothing for it.",
        [
            Part::Place(line(run, leaf.condition.node).to_string()),
            Part::Name(show(&run.context(&["identity", "userArn"]))),
            Part::Text(filter.to_owned()),
        ],
    );
    found.push(Finding::new(Code::AnyPrincipal, message).at("identity.cognitoIdentityPoolId"));
}
