//! Conditions that cannot mean what they were written for: a star that is no pattern, another case, a session's ARN, a key that
//! this caller never has, addresses of the other family, private ones.

use super::known::Key;
use super::pattern::matches;
use crate::message::{Message, Part};
use crate::request::grants::ConditionTest;
use std::net::IpAddr;

/// What is wrong with a condition, for a caller with this value, and what to write instead.
pub fn misfit(test: &ConditionTest, actual: &Key) -> Option<Message> {
    // A set without members meets it whatever was meant.
    if test.operator.starts_with("ForAllValues:") {
        return None;
    }
    null(test, actual)
        .or_else(|| absent(test, actual))
        .or_else(|| guest(test, actual))
        .or_else(|| other_family(test, actual))
        .or_else(|| private(test, actual))
        .or_else(|| session(test, actual))
        .or_else(|| letters(test, actual))
}

/// `Null` asks whether the key is there at all, whatever its value
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null>).
fn null(test: &ConditionTest, actual: &Key) -> Option<Message> {
    if test.operator != "Null" {
        return None;
    }
    let of_session = test.key.eq_ignore_ascii_case("aws:TokenIssueTime");
    let (asks, has, cure) = match actual {
        Key::Absent => ("that the request has it", "it does not", if of_session { "Sign with temporary credentials (a role's session), or write \"true\", if long-lived keys are meant" } else { "Write \"true\", if requests without it are meant" }),
        Key::Known(_) | Key::Present => ("that the request does not have it", "it does", if of_session { "Write \"false\", if sessions of a role are meant: the credentials of every session have that key, and only a user's long-lived ones (AKIA…) have it not" } else { "Write \"false\", if requests with it are meant" }),
        Key::Unknown => return None,
    };
    Some(Message::of(
        "Null of {} is {}: that asks {}, and {}. » {}.",
        [
            Part::Code(test.key.clone()),
            Part::Value(test.wanted.join(" or ")),
            Part::Text(asks.to_owned()),
            Part::Text(has.to_owned()),
            Part::Text(cure.to_owned()),
        ],
    ))
}

/// A guest of an identity pool, where users who signed in are asked for, or the other way round.
fn guest(test: &ConditionTest, actual: &Key) -> Option<Message> {
    let Key::Known(values) = actual else { return None };
    let is_guest = values.first()? == "unauthenticated";
    if !test.key.eq_ignore_ascii_case("cognito-identity.amazonaws.com:amr") {
        return None;
    }
    Some(if is_guest {
        "The caller is a guest of the identity pool (cognitoIdentityAuthType unauthenticated). » Let the user sign in first, so that the pool hands out credentials of the role for signed-in users; if guests are meant to have it, allow it in the guests' role without that condition.".into()
    } else {
        Message::of(
            "The caller signed in (cognitoIdentityAuthType authenticated), by {}. » Write a value that these have, or leave the condition to the role's trust policy, where it belongs.",
            [Part::Value(values.get(1..).map(|rest| rest.join(", ")).unwrap_or_default())],
        )
    })
}

/// A key that callers of this kind never have
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).
fn absent(test: &ConditionTest, actual: &Key) -> Option<Message> {
    // What is negated, or asked only where the key is there, holds without it.
    let holds = ["Not", "IfExists"].iter().any(|part| test.operator.contains(part)) || test.operator == "Null";
    if *actual != Key::Absent || holds {
        return None;
    }
    let (who, cure) = match test.key.to_lowercase().as_str() {
        "aws:username" => ("only IAM users have that key, and the caller is the session of a role", "Ask for aws:PrincipalArn with the role's ARN, or for aws:userid (the role's id, a colon and the session's name)."),
        "aws:multifactorauthpresent" | "aws:multifactorauthage" => ("long-lived keys have no such key", "Sign with a session that was opened with MFA (aws sts get-session-token --serial-number … --token-code …), or write BoolIfExists, if such keys are meant to pass."),
        "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceorgid" | "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" => ("only calls that an AWS service makes for somebody have that key, and a client calls AppSync itself", "Leave that condition out of the statement for callers who sign themselves."),
        key if key == "aws:tagkeys" || key.starts_with("aws:requesttag/") => ("only calls that tag a resource have that key", "Ask for a tag of the caller (aws:PrincipalTag/…), or leave that condition out."),
        _ => return None,
    };
    Some(Message::from(format!("It can never be met: {who}.")).cured(cure))
}

/// The ARN of a session where the key has that of its role (the same page: `aws:PrincipalArn` of a role is the role's ARN).
fn session(test: &ConditionTest, actual: &Key) -> Option<Message> {
    let Key::Known(values) = actual else { return None };
    let own = values.first().filter(|_| test.key.eq_ignore_ascii_case("aws:PrincipalArn"))?;
    let name = own.split_once(":role/").map(|(_, path)| path.rsplit('/').next().unwrap_or(path))?;
    let of_session = |wanted: &&String| wanted.split_once(":assumed-role/").is_some_and(|(_, rest)| rest.split('/').next() == Some(name));
    test.wanted.iter().find(of_session)?;
    Some(Message::of(
        "aws:PrincipalArn of a session is its role's ARN, not the session's. » Write {} there.",
        [Part::Code(own.clone())],
    ))
}

/// Exact comparison where a pattern was meant, or another case
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String>).
fn letters(test: &ConditionTest, actual: &Key) -> Option<Message> {
    let Key::Known(values) = actual else { return None };
    let base = test.operator.rsplit(':').next().unwrap_or_default().trim_end_matches("IfExists");
    let like = match base {
        "StringEquals" => "StringLike",
        "StringNotEquals" => "StringNotLike",
        _ => return None,
    };
    // Where the value itself stands there, its letters are not what is wrong.
    let value = values.first().filter(|value| !test.wanted.contains(value))?;
    if let Some(wanted) = test.wanted.iter().find(|wanted| wanted.contains(['*', '?']) && matches(wanted, value)) {
        return Some(Message::of(
            "{} compares letter by letter, so the star of {} is a star and no pattern; as a pattern it would fit {}. » Write {} in its place.",
            [
                Part::Code(base.to_owned()),
                Part::Code(wanted.clone()),
                Part::Value(value.clone()),
                Part::Code(test.operator.replacen(base, like, 1)),
            ],
        ));
    }
    let wanted = test.wanted.iter().find(|wanted| wanted.eq_ignore_ascii_case(value))?;
    Some(Message::of(
        "{} and {} differ in case only, and {} compares exactly. » Write {} into the condition, or use {}IgnoreCase.",
        [
            Part::Code(wanted.clone()),
            Part::Value(value.clone()),
            Part::Code(base.to_owned()),
            Part::Code(value.clone()),
            Part::Code(base.to_owned()),
        ],
    ))
}

/// The caller's address, and those at which the ranges begin.
fn addresses(test: &ConditionTest, actual: &Key) -> Option<(IpAddr, Vec<IpAddr>)> {
    let Key::Known(values) = actual else { return None };
    let seen = values.first()?.parse().ok()?;
    let ranges: Vec<IpAddr> =
        test.wanted.iter().filter_map(|range| range.split('/').next()?.parse().ok()).collect();
    (!ranges.is_empty()).then_some((seen, ranges))
}

/// An address of the other family than those that a condition lists
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress>).
fn other_family(test: &ConditionTest, actual: &Key) -> Option<Message> {
    let (seen, ranges) = addresses(test, actual)?;
    if ranges.iter().any(|range| range.is_ipv6() == seen.is_ipv6()) {
        return None;
    }
    let (own, listed) = if seen.is_ipv6() { ("IPv6", "IPv4") } else { ("IPv4", "IPv6") };
    Some(Message::from(format!("The call came over {own}, which no {listed} range covers:")).cured(format!(
        "add the caller's {own} range to the condition beside the others, or call over {listed}."
    )))
}

/// Ranges of private addresses alone, for a caller who came with a public one: `aws:SourceIp` has public addresses only, and
/// `aws:VpcSourceIp` those behind an endpoint of a VPC
/// (<https://repost.aws/knowledge-center/iam-restrict-access-policy>;
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>).
fn private(test: &ConditionTest, actual: &Key) -> Option<Message> {
    let (seen, ranges) = addresses(test, actual)?;
    if !test.key.eq_ignore_ascii_case("aws:SourceIp") || is_private(&seen) || !ranges.iter().all(is_private) {
        return None;
    }
    let (is, bits) = (if ranges.len() == 1 { "is a range" } else { "are ranges" }, if seen.is_ipv6() { 128 } else { 32 });
    Some(
        Message::of(
            "{} {} of private addresses, and over its public endpoint AWS sees the public address alone ({}, of a NAT gateway perhaps), so no call that comes this way can meet it. » Write the public address into the condition instead (\"aws:SourceIp\": \"{}/{}\", if it stays the same, as a NAT gateway's does). Or make the API private, call it through its interface endpoint, and ask for aws:SourceVpce (the endpoint's id), or for the private range under aws:VpcSourceIp.",
            [
                Part::Value(test.wanted.join(", ")),
                Part::Text(is.to_owned()),
                Part::Value(seen.to_string()),
                Part::Code(seen.to_string()),
                Part::Code(bits.to_string()),
            ],
        ),
    )
}

/// RFC 1918, RFC 6598 and RFC 4193.
fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [first, second, ..] = four.octets();
            four.is_private() || first == 100 && (64..128).contains(&second)
        }
        IpAddr::V6(six) => six.is_unique_local(),
    }
}

/// A variable in a policy of the version that has none: its letters are compared
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>).
pub fn plain_variable(test: &ConditionTest, is_modern: bool) -> Option<Message> {
    let value = test.wanted.iter().find(|value| value.contains("${") && value.contains('}')).filter(|_| !is_modern)?;
    Some(Message::of(
        "The policy's Version is \"2008-10-17\" (or it has none, which is the same), in which {} is no variable but plain text, so its letters are compared. » Write `\"Version\": \"2012-10-17\"` at the policy's beginning; then the variable's value decides.",
        [Part::Code(value.clone())],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(operator: &str, key: &str, wanted: &[&str], actual: Key) -> Option<String> {
        let wanted = wanted.iter().map(|value| (*value).to_owned()).collect();
        let test = ConditionTest { operator: operator.to_owned(), key: key.to_owned(), wanted };
        misfit(&test, &actual).map(|words| words.to_string())
    }

    #[test]
    fn what_holds_without_its_key_is_not_told_as_never_met() {
        let never = |operator: &str| told(operator, "aws:username", &["ann"], Key::Absent).is_some_and(|words| words.contains("never be met"));
        assert!(never("StringEquals"));
        // The user guide: negated operators and `…IfExists` are true where the key is absent.
        assert!(!["StringNotEquals", "StringEqualsIfExists", "StringNotLike", "Null"].into_iter().any(never));
    }

    #[test]
    fn a_value_that_stands_in_the_condition_is_spelt_right() {
        let known = |value: &str| Key::Known(vec![value.to_owned()]);
        let of = |operator: &str, wanted: &[&str]| told(operator, "aws:PrincipalTag/team", wanted, known("ops-1"));
        assert!(of("StringEquals", &["ops-*"]).is_some_and(|words| words.contains("StringLike")));
        assert!(of("StringNotEquals", &["ops-*"]).is_some_and(|words| words.contains("StringNotLike")));
        assert_eq!(of("StringNotEquals", &["ops-*", "ops-1"]), None);
        assert_eq!(of("StringNotEquals", &["OPS-1", "ops-1"]), None);
    }
}
