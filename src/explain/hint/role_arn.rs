//! The ARN of a role is compared with that of its session.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>: who assumed a role is
//! `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, and the role itself `arn:aws:iam::ACCOUNT:role/PATH/ROLE`.

use super::test::Test;
use super::text::show;
use super::{Finished, iam, json};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::Value;

/// The account and the role that an ARN names, and its session where it is one.
fn role(arn: &str) -> Option<(&str, &str, Option<&str>)> {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(_), Some(service), Some(_), Some(account), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    match service {
        // A role's path is no part of its session's ARN.
        "iam" => rest.strip_prefix("role/").map(|path| (account, path.rsplit('/').next().unwrap_or(path), None)),
        "sts" => iam::assumed_role(arn).map(|(role, session)| (account, role, Some(session))),
        _ => None,
    }
}

/// The right role, by the ARN of the role or of another of its sessions.
pub fn of_session(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed || run.auth_type() != Some(AuthType::Iam) {
        return;
    }
    for failed in run.failed() {
        let (side, other) = match failed.test {
            Test::Equal { left, right, equal: false } => (left, right),
            Test::Contains { list, item, found: false } => (item, list),
            _ => continue,
        };
        let is_mine = |operand: &Operand| operand.origins.iter().any(|origin| origin.is_at("identity.userArn"));
        let (mine, wanted) = if is_mine(side) { (side, other) } else { (other, side) };
        // What the pool or the deployment fills has rules of its own.
        if !is_mine(mine) || wanted.origins.iter().any(|origin| origin.is_in("stash")) {
            continue;
        }
        let Some(arn) = mine.value.as_str() else { continue };
        let Some((account, name, Some(session))) = role(arn) else { continue };
        let names = wanted.value.members().unwrap_or_else(|| vec![wanted.value.clone()]);
        let same = |value: &&Value| value.as_str().and_then(role).is_some_and(|(theirs, known, _)| theirs == account && known == name);
        let Some(known) = names.iter().find(same).and_then(Value::as_str) else { continue };
        let begins = arn.strip_suffix(session).unwrap_or(arn);
        let what = match role(known) {
            Some((.., Some(_))) => "another session of the same role",
            _ => "that role's own ARN",
        };
        // Amplify asks whether the caller's ARN contains what custom-roles.json names.
        let (how, cure) = if run.is_generated() {
            ("it contains no such part", Message::of("Write the role's name alone into custom-roles.json, `\"adminRoleNames\": [{}]`, and push.", [Part::Value(quoted(name).to_string())]))
        } else {
            let code = format!("`$ctx.identity.userArn.startsWith({})`", quoted(begins));
            ("it is compared whole", Message::of("Compare it without the session's name: {}, with the slash at the end.", [Part::Code(code)]))
        };
        let message = Message::of(
            "identity.userArn is {}, and the template wants {}, {}: it is the right role, but under IAM userArn is the ARN of the assumed role's session (sts, with the session's name {} at its end), and {}.",
            [
                Part::Value(quoted(arn).to_string()),
                Part::Value(quoted(known).to_string()),
                Part::Text(what.to_owned()),
                Part::Value(quoted(session).to_string()),
                Part::Text(how.to_owned()),
            ],
        )
        .cured(cure);
        found.push(Finding::new(Code::IamSessionArn, message).at("identity.userArn").actual(arn).wanted(json(&wanted.value)));
        return;
    }
}

/// A role's name is compared with `username`, which under IAM is the role's id and the session's name
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>, `AWS_IAM`): the name stands in the ARN.
pub fn by_username(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed || run.auth_type() != Some(AuthType::Iam) {
        return;
    }
    let arn = run.context(&["identity", "userArn"]);
    let Some((arn, (name, session))) = arn.as_str().and_then(|arn| Some((arn, iam::assumed_role(arn)?))) else { return };
    for failed in run.failed() {
        let (side, other) = match failed.test {
            Test::Equal { left, right, equal: false } => (left, right),
            Test::Contains { list, item, found: false } => (item, list),
            _ => continue,
        };
        let is_mine = |operand: &Operand| operand.origins.iter().any(|origin| origin.is_at("identity.username"));
        let (mine, wanted) = if is_mine(side) { (side, other) } else { (other, side) };
        let names = wanted.value.members().unwrap_or_else(|| vec![wanted.value.clone()]);
        if !is_mine(mine) || is_mine(wanted) || !names.iter().any(|value| value.as_str() == Some(name)) {
            continue;
        }
        let begins = arn.strip_suffix(session).unwrap_or(arn);
        let message = Message::of(
            "line {}: `{}` compares identity.username ({}) with the name of a role, {}. It is this caller's role, but under IAM username is the role's id and the session's name; the role's name stands in identity.userArn ({}). » Compare that: {}, with the slash at the end.",
            [
                Part::Place(run.program.line(failed.condition.node).to_string()),
                Part::Code(run.text(failed.condition).to_owned()),
                Part::Value(show(&mine.value)),
                Part::Value(quoted(name).to_string()),
                Part::Value(quoted(arn).to_string()),
                Part::Code(format!("`$ctx.identity.userArn.startsWith({})`", quoted(begins))),
            ],
        );
        found.push(Finding::new(Code::MemberNotInMode, message).at("identity.username").actual(json(&mine.value)).wanted(name));
        return;
    }
}
