//! Tests that let through whom they do not mean: a beginning of a group's name, an identity that every guest has, a term that
//! always holds, one row of the caller's own that opens a whole list.

use super::super::deciding::Guards;
use super::super::test::{Test, call};
use super::super::text::show;
use super::super::{Finished, json};
use super::nulls::at;
use super::width::everybody_has;
use super::words::{condition, line, name, values};
use super::Leaf;
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand, Shape};
use crate::value::Value;
use crate::value::method::Method;

/// `$group.startsWith("admin")`: a longer name that begins so, or ends so, is another group.
pub fn part_of_group(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.condition.holds == Some(true)) {
        let Some((method @ (Method::StartsWith | Method::EndsWith), group, part)) = call(run, leaf.condition) else { continue };
        let of_groups = group.origins.context().is_some_and(|(path, ..)| path.is_in("identity.groups") || path.claim_name().is_some_and(|claim| claim == "cognito:groups"));
        if !of_groups || !part.literal || group.value.loosely_equals(&part.value) || part.value.as_str().is_none_or(|text| text.ends_with([':', '/', '-', '_'])) {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: {} let the caller through by the group {}, whose name only {} {}: every group that does passes, whatever it is for. » Compare the whole name (`== {}`), and name each group that is meant.",
            [
                Part::Code(condition(run, leaf.condition)),
                Part::Value(show(&group.value)),
                Part::Text(if method == Method::StartsWith { "begins with" } else { "ends with" }.to_owned()),
                Part::Value(show(&part.value)),
                Part::Value(show(&part.value)),
            ],
        );
        found.push(at(Finding::new(Code::SubstringMatch, message), group).wanted(json(&part.value)));
        return;
    }
}

/// The pool's id is only asked for being there, and the caller is a guest, who has one as well
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html>: unauthenticated identities).
pub fn guest_has_it(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let kind = run.context(&["identity", "cognitoIdentityAuthType"]);
    if kind.as_str() != Some("unauthenticated") {
        return;
    }
    for leaf in leaves {
        let (Test::Missing { what, missing: false } | Test::Truth(what)) = leaf.test else { continue };
        let Some((path, ..)) = what.origins.context().filter(|(path, ..)| ["identity.cognitoIdentityId", "identity.cognitoIdentityPoolId"].contains(&&***path)) else { continue };
        let message = Message::of(
            "Wider than it looks: {} only asks whether {} is there, and every guest of the identity pool has one: this caller has not signed in (cognitoIdentityAuthType is {}). » Ask for `$ctx.identity.cognitoIdentityAuthType == \"authenticated\"`.",
            [Part::Code(condition(run, leaf.condition)), Part::Place(path.to_string()), Part::Value(show(&kind))],
        );
        found.push(at(Finding::new(Code::EveryCaller, message), what));
        return;
    }
}

/// The scope that Cognito gives to everybody who signs in.
const OWN_ACCOUNT: &str = "aws.cognito.signin.user.admin";

/// A scope of everybody's that is taken for an administrator's: it lets a user manage his own account
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html>: reserved scopes).
pub fn scope_of_everybody(_: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        let (one, other) = match leaf.test {
            Test::Contains { list, item, found: true } => (list, item),
            Test::Equal { left, right, equal: true } => (left, right),
            _ => continue,
        };
        let is_scope = |operand: &Operand| operand.literal && operand.value.as_str() == Some(OWN_ACCOUNT);
        if !is_scope(one) && !is_scope(other) {
            continue;
        }
        let claim = if is_scope(one) { other } else { one };
        // Something else of the caller was asked for as well.
        let of_identity = |operand: &Operand| operand.origins.iter().any(|origin| origin.is_in("identity"));
        if leaves.iter().any(|beside| beside.condition.node != leaf.condition.node && beside.condition.operands.iter().any(of_identity)) {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: the scope {} is no administrator's. It lets a user manage his own account, and Cognito puts it into every access token of a sign-in through its own API (the SDKs, Amplify), so any signed-in user passes. » Ask for a group (`$ctx.identity.claims.get(\"cognito:groups\").contains(…)`), or for a scope of your own resource server.",
            [Part::Value(show(&OWN_ACCOUNT.into()))],
        );
        found.push(at(Finding::new(Code::EveryCaller, message), claim));
        return;
    }
}

/// A term of an OR that holds for whoever calls, so that no other term of it matters.
pub fn always_holds(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.passed.condition.node != leaf.condition.node) {
        let Some(what) = had_by_all(leaf.condition, leaf.test) else { continue };
        let mut all = Vec::new();
        leaf.passed.condition.leaves(&mut all);
        let others: Vec<_> = all.into_iter().filter(|other| other.node != leaf.condition.node && other.holds == Some(false)).collect();
        if !alternates(&leaf.passed.condition, leaf.condition) || others.is_empty() {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: `{}` in {} holds for whoever calls, as every request has {}, and one term of an OR is enough: {} is never what decides. » Take that term out, or join it with `&&`.",
            [
                Part::Code(run.text(leaf.condition).to_owned()),
                Part::Code(condition(run, &leaf.passed.condition)),
                Part::Name(what.origins.context().map_or_else(|| name(run, what), |(path, ..)| path.to_string())),
                Part::Code(others.first().map_or_else(String::new, |other| format!("`{}`", run.text(other)))),
            ],
        );
        found.push(at(Finding::new(Code::EveryCaller, message), what));
        return;
    }
}

/// What a term that holds asks for, where every caller has it.
fn had_by_all<'c>(condition: &'c Condition, test: Test<'c>) -> Option<&'c Operand> {
    match test {
        Test::Missing { what, missing: false } if condition.holds == Some(false) => Some(what).filter(|what| everybody_has(what)),
        Test::Truth(what) if condition.holds == Some(true) => Some(what).filter(|what| everybody_has(what)),
        Test::Other if condition.holds == Some(true) => {
            condition.operands.iter().find(|operand| operand.origins.context().is_some_and(|(path, ..)| path.is_in("identity.sourceIp")))
        }
        _ => None,
    }
}

/// Whether this part stands in an OR.
fn alternates(whole: &Condition, part: &Condition) -> bool {
    let inside = |one: &Condition| {
        let mut all = Vec::new();
        one.leaves(&mut all);
        all.iter().any(|leaf| leaf.node == part.node)
    };
    whole.shape == Shape::Any && inside(whole) || whole.parts.iter().any(|one| inside(one) && alternates(one, part))
}

/// A flag that one row sets, and an answer with all rows.
pub fn one_row_for_all(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let items = rows(&run.context(&["result"]));
    if run.verdict != Verdict::Allowed || items.len() < 2 || run.rendered().map(|answer| rows(&answer).len()) != Some(items.len()) {
        return;
    }
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards == Guards::Grant && leaf.condition.holds == Some(true)) {
        let Test::Equal { left, right, equal: true } = leaf.test else { continue };
        let own = [(left, right), (right, left)].into_iter().find_map(|(row, caller)| {
            let of_caller = caller.origins.context().is_some_and(|(path, ..)| path.is_in("identity"));
            row.origins.context().filter(|(path, ..)| of_caller && path.is_in("result")).map(|(path, ..)| (path, caller))
        });
        let (Some((path, caller)), Some(_)) = (own, run.recorder.index.loop_around(leaf.passed.statement)) else { continue };
        let Some(member) = path.rsplit_once("].").map(|(_, member)| member) else { continue };
        let others = others(&items, member, &caller.value);
        if others.is_empty() {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: one row of the caller's own opens the whole list. Line {} granted because of {} ({}), and the answer has every row, {} among them. » Put the rows that pass into a list of their own and answer with that, or ask the table for the caller's rows only.",
            [
                Part::Place(line(run, leaf.passed.statement).to_string()),
                Part::Code(condition(run, leaf.condition)),
                Part::Value(values(run, leaf.condition).join(", ")),
                Part::Value(others.join(", ")),
            ],
        );
        found.push(Finding::new(Code::WholeList, message).at("result.items").actual(items.len()));
        return;
    }
}

/// The rows of a page, or of a list.
fn rows(value: &Value) -> Vec<Value> {
    let page = value.as_map().and_then(|map| map.get_str("items"));
    page.as_ref().unwrap_or(value).members().filter(|_| value.as_map().is_none() || page.is_some()).unwrap_or_default()
}

/// The rows whose member is another value than the caller's.
fn others(items: &[Value], member: &str, mine: &Value) -> Vec<String> {
    let value = |item: &Value| {
        let path: ContextPath = member.parse().ok()?;
        Some(path.lookup(item.as_map()?)).filter(|value| !value.is_null() && !value.loosely_equals(mine))
    };
    items.iter().enumerate().filter_map(|(at, item)| Some(format!("items[{at}] ({member} {})", show(&value(item)?)))).take(3).collect()
}
