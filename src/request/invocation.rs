//! Whether AppSync may invoke the Lambda authorizer at all: by the function's resource-based policy, or by the answer that
//! AppSync gives when it may not (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>;
//! aws-cdk#19239: 400 BadRequestException).

use crate::message::{Message, Part};
use super::evidence::Evidence;
use super::iam::matches;
use super::messages;
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use serde_json::Value as Json;

const ACTION: &str = "lambda:InvokeFunction";
const SERVICE: &str = "appsync.amazonaws.com";

/// That AppSync may not invoke it.
pub(super) fn judge(evidence: &Evidence) -> Option<Finding> {
    let function = evidence.api.authorizer.as_deref();
    let own = own_arn(evidence);
    let cure = |alone: &str| {
        // For this API alone, beside what other APIs were granted.
        let source = own.as_deref().map_or_else(String::new, |arn| format!(" --source-arn {arn}"));
        let other = alone.contains("aws:SourceArn");
        let keep = if other { ", beside the statement that is there, which the other API needs" } else { "" };
        let statement = evidence.api.id.as_deref().filter(|_| other).map_or_else(|| "appsync".to_owned(), |id| format!("appsync-{id}"));
        let parts: Vec<&str> = function.unwrap_or("FUNCTION").splitn(8, ':').collect();
        let name = parts.get(..7).map_or_else(|| parts.join(":"), |head| head.join(":"));
        let qualifier = parts.get(7).map_or_else(String::new, |one| format!(" --qualifier {one}"));
        Message::of(
            "{} » Grant it in the function's resource-based policy{}: aws lambda add-permission --function-name {}{} --statement-id {} --principal {} --action {}{} (in templates an AWS::Lambda::Permission or aws_lambda_permission), on the same version or alias that authorizerUri names.",
            [
                Part::Text(alone.to_owned()),
                Part::Text(keep.to_owned()),
                Part::Name(name),
                Part::Name(qualifier),
                Part::Code(statement),
                Part::Code(SERVICE.to_owned()),
                Part::Code(ACTION.to_owned()),
                Part::Code(source),
            ],
        )
    };
    if let Some(policy) = &evidence.authorizer_policy {
        if let Some(finding) = denied(policy, function) {
            return Some(finding);
        }
        let why = refused(policy, evidence)?;
        let words = cure(&format!("AppSync may not invoke the Lambda authorizer, so it never ran: {why}."));
        return Some(Finding::new(Code::AuthorizerNotInvocable, words).at("authorizerPolicy").wanted(SERVICE));
    }
    // HTTP's own words for the status say no more than the status (RFC 9110, 15.5.1).
    let silent = matches!(evidence.error_message(), "" | "Bad Request");
    // Words of no table, on an API that takes nothing but a function's tokens.
    let alone = evidence.api.has_only(AuthType::Lambda) && evidence.socket.is_none();
    let bad = evidence.is_bad_request() && (silent || alone && messages::find(evidence.error_message()).is_none());
    // Nobody gave the headers, and no other credential is taken.
    let bare = evidence.headers.is_empty() && evidence.masked.is_empty() && evidence.api.has_only(AuthType::Lambda);
    let sent = bare || evidence.header("authorization").is_some() || evidence.masked.contains_key("authorization");
    if !bad || !sent || evidence.authorizer.is_some() || !takes_it_alone(evidence) {
        return None;
    }
    let mut words = cure(
        "a 400 BadRequestException with a credential that only AWS_LAMBDA takes is what AppSync answers when it may not invoke the authorizer: the function never ran.",
    );
    let said = if silent { "The answer has no message" } else { "Its words are in no table of AppSync's" };
    words.and(Message::of(
        "{}, so check it with aws lambda get-policy, and in the function's own log, which should hold no invocation{}.",
        [Part::Text(said.to_owned()), Part::Text(evidence.now.map_or_else(String::new, |now| format!(" at {}", super::history::clock(now))))],
    ));
    Some(
        Finding::new(Code::AuthorizerNotInvocable, words)
            .certainty(Certainty::Likely)
            .at("observed.errorType")
            .wanted(SERVICE),
    )
}

/// The API's ARN, where all of it is known.
fn own_arn(evidence: &Evidence) -> Option<String> {
    let (id, account, region) = (evidence.api.id.as_deref()?, evidence.api.account.as_deref()?, evidence.region()?);
    let partition = match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    Some(format!("arn:{partition}:appsync:{region}:{account}:apis/{id}"))
}

/// Whether no other mode of the API takes what was sent: the only mode is the function's, or the token is no JWT and no
/// signature (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>).
fn takes_it_alone(evidence: &Evidence) -> bool {
    let modes = evidence.api.modes();
    let opaque = evidence.authorization().is_some_and(|(value, bearer)| {
        !bearer && !value.starts_with("AWS4-") && !value.starts_with("da2-") && super::token::read(value).is_err()
    });
    // Of a masked header the value is not known: a JWT and a signature would want modes of their own.
    let jwt = modes.iter().any(|mode| matches!(mode, AuthType::UserPool | AuthType::Oidc));
    let masked = evidence.masked.contains_key("authorization") && evidence.header("x-amz-date").is_none() && !jwt;
    if masked && modes.contains(&AuthType::Lambda) {
        return true;
    }
    evidence.api.has_only(AuthType::Lambda) || modes.contains(&AuthType::Lambda) && opaque && evidence.header("x-api-key").is_none()
}

/// The statements of a function's policy, as a document or as `get-policy` has it.
fn statements(policy: &Json) -> Option<Vec<Json>> {
    let text = policy.get("Policy").or_else(|| policy.get("policy")).unwrap_or(policy);
    let document = match text {
        Json::String(text) => serde_json::from_str(text).ok()?,
        other => other.clone(),
    };
    Some(match document.get("Statement")? {
        Json::Array(many) => many.clone(),
        one => vec![one.clone()],
    })
}

/// Why the policy lets AppSync not in; `None` when it does.
fn refused(policy: &Json, evidence: &Evidence) -> Option<String> {
    let statements = statements(policy)?;
    let mut others = Vec::new();
    let mut reason = None;
    for one in statements.iter().filter(|one| one.get("Effect").and_then(Json::as_str) == Some("Allow")) {
        if !texts(one.get("Action")).iter().any(|action| matches(&action.to_lowercase(), &ACTION.to_lowercase())) {
            continue;
        }
        let principal = one.get("Principal");
        let services = match principal {
            Some(Json::String(all)) => vec![all.clone()],
            Some(map) => texts(map.get("Service")),
            None => Vec::new(),
        };
        if !services.iter().any(|service| service == SERVICE || service == "*") {
            others.extend(services);
            continue;
        }
        let source = source_arn(one);
        let id = evidence.api.id.as_deref();
        match (source, id) {
            (Some(source), Some(id)) if !source.contains(id) && !source.ends_with('*') => {
                reason = reason.or_else(|| Some(format!(
                    "the function's policy allows {ACTION} to {SERVICE} for {source} only (aws:SourceArn), and this API is {id}"
                )));
                continue;
            }
            _ => {}
        }
        if let Some(theirs) = other_account(one, evidence) {
            reason = reason.or(Some(theirs));
            continue;
        }
        // AppSync refused, and whether it meets another condition cannot be told: where nothing else allows it, that is it.
        if let Some((operator, key)) = other_condition(one).filter(|_| evidence.status() == Some(400)) {
            reason = reason.or_else(|| Some(format!("the function's policy allows {ACTION} to {SERVICE} under a condition on {key} ({operator}) alone, which a call of AppSync's does not seem to meet: ask for aws:SourceArn with the API's ARN in its place")));
            continue;
        }
        match evidence.api.authorizer.as_deref().and_then(|called| elsewhere(&texts(one.get("Resource")), called)) {
            Some(why) => reason = reason.or(Some(why)),
            None => return None,
        }
    }
    if reason.is_some() {
        return reason;
    }
    others.dedup();
    Some(if others.is_empty() {
        format!("the function's policy has no statement that allows {ACTION} to {SERVICE}")
    } else {
        format!("the function's policy allows {ACTION} to {}, not to {SERVICE}", others.join(", "))
    })
}

/// That a permission is on another function, version or alias than the one that is called: it holds for the ARN that it was
/// given to, with its qualifier or without
/// (<https://docs.aws.amazon.com/lambda/latest/dg/using-aliases.html#versioning-permissions-alias>).
fn elsewhere(resources: &[String], called: &str) -> Option<String> {
    if resources.is_empty() || resources.iter().any(|pattern| matches(pattern, called)) {
        return None;
    }
    let theirs = resources.first()?;
    let parts = |arn: &str| {
        let parts: Vec<String> = arn.splitn(8, ':').map(str::to_owned).collect();
        (parts.get(..7).map(|head| head.join(":")), parts.get(7).cloned())
    };
    let ((mine, own), (other, qualifier)) = (parts(called), parts(theirs));
    if mine != other || mine.is_none() {
        return Some(format!("the function's policy allows {ACTION} to {SERVICE} on {theirs}, and authorizerUri is {called}, another function"));
    }
    let has = |one: &Option<String>| one.as_ref().map_or_else(|| "the unqualified function, without a qualifier".to_owned(), |one| format!("the alias or version {one}"));
    Some(format!(
        "its policy allows {ACTION} to {SERVICE} on {} ({theirs}), and authorizerUri names {} ({called}), for which that permission does not count",
        has(&qualifier),
        has(&own)
    ))
}

/// One text, or a list of them.
fn texts(json: Option<&Json>) -> Vec<String> {
    match json {
        Some(Json::String(one)) => vec![one.clone()],
        Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// That a statement is for APIs of another account: by `aws:SourceAccount`, or by the account in `aws:SourceArn`
/// (<https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>).
fn other_account(statement: &Json, evidence: &Evidence) -> Option<String> {
    let number = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let own = evidence.api.account.as_deref().filter(|own| number(own))?;
    let (key, wanted) = match condition(statement, "aws:SourceAccount", &["StringEquals", "StringLike", "StringEqualsIgnoreCase"]) {
        Some(values) => ("aws:SourceAccount", values),
        None => ("aws:SourceArn", vec![source_arn(statement)?.split(':').nth(4)?.to_owned()]),
    };
    if wanted.iter().any(|wanted| matches(wanted, own)) || !wanted.iter().all(|wanted| number(wanted)) {
        return None;
    }
    Some(format!("the function's policy allows {ACTION} to {SERVICE} for the account {} only ({key}), and this API is in {own}", wanted.join(", ")))
}

/// A condition of a statement on another key than those that AppSync's calls carry
/// (<https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>: `aws:SourceArn` and `aws:SourceAccount`).
fn other_condition(statement: &Json) -> Option<(String, String)> {
    let known = ["aws:sourcearn", "aws:sourceaccount"];
    statement.get("Condition")?.as_object()?.iter().find_map(|(operator, test)| {
        let key = test.as_object()?.keys().find(|key| !known.contains(&key.to_lowercase().as_str()))?;
        Some((operator.clone(), key.clone()))
    })
}

/// What a statement wants of a key, under one of these operators.
fn condition(statement: &Json, key: &str, operators: &[&str]) -> Option<Vec<String>> {
    operators.iter().find_map(|operator| {
        let test = statement.get("Condition")?.get(*operator)?.as_object()?;
        Some(texts(Some(test.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?.1)))
    })
}

/// A deny without a condition that is about AppSync: it wins over whatever is allowed.
fn denied(policy: &Json, function: Option<&str>) -> Option<Finding> {
    let about = |one: &&Json| {
        let principal = match one.get("Principal") {
            Some(Json::String(all)) => vec![all.clone()],
            Some(map) => texts(map.get("Service")),
            None => Vec::new(),
        };
        one.get("Effect").and_then(Json::as_str) == Some("Deny")
            && one.get("Condition").is_none()
            && principal.iter().any(|service| service == SERVICE || service == "*")
            && texts(one.get("Action")).iter().any(|action| matches(&action.to_lowercase(), &ACTION.to_lowercase()))
    };
    let statements = statements(policy)?;
    let one = statements.iter().find(about)?;
    let sid = one.get("Sid").and_then(Json::as_str);
    let words = Message::of(
        "AppSync may not invoke the Lambda authorizer, so it never ran: {} in the function's policy denies {} to {}, and a deny wins over every allow. » Take it out (aws lambda remove-permission --function-name {} --statement-id {}), or give it a condition that spares AppSync.",
        [
            Part::Name(sid.map_or_else(|| "a statement".to_owned(), |sid| format!("the statement {sid}"))),
            Part::Text(ACTION.to_owned()),
            Part::Text(SERVICE.to_owned()),
            Part::Name(function.unwrap_or("FUNCTION").to_owned()),
            Part::Name(sid.unwrap_or("SID").to_owned()),
        ],
    );
    Some(Finding::new(Code::AuthorizerNotInvocable, words).at("authorizerPolicy").wanted(SERVICE))
}

/// The API that a statement is for.
fn source_arn(statement: &Json) -> Option<&str> {
    ["ArnLike", "ArnEquals", "StringLike", "StringEquals"].into_iter().find_map(|operator| {
        let test = statement.get("Condition")?.get(operator)?.as_object()?;
        test.iter().find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn"))?.1.as_str()
    })
}
