//! The IAM layer: policies judged for `appsync:GraphQL` on a field (APPSYNC-VTL 7.4).

mod condition;
mod keys;
mod pattern;
mod policy;

pub use condition::{Key, holds};
pub use pattern::{matches, plain};
pub use policy::{Aside, Decision, Request, Unmet, judge_policies};

use super::evidence::Evidence;
use super::layer::{Layer, LayerName, State};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use policy::{list, statements};
use serde_json::Value as Json;

/// Judges the IAM layer of a request.
pub fn judge(evidence: &Evidence, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Iam, State::Passed);
    let told = evidence.observed.as_ref().and_then(|observed| observed.message.as_deref()).unwrap_or_default();
    let denied_text = told.contains("Permission denied");
    let is_iam = mode == Some(AuthType::Iam) || denied_text || mode.is_none() && !evidence.policies.is_empty();
    if !is_iam {
        return layer;
    }
    if evidence.policies.is_empty() {
        layer.state = State::Unknown;
        let finding = Finding::new(
            Code::PolicyMissing,
            "the caller's IAM policies are not known: give them (--policy) to see whether they allow appsync:GraphQL on the field.",
        );
        layer.findings.push(finding);
        if denied_text {
            layer.refuse(
                Finding::new(
                    Code::IamPermissionDenied,
                    format!(
                        "AppSync's {told:?} means that no IAM policy of the caller allows appsync:GraphQL on the field: give them (--policy), or add it."
                    ),
                )
                .at("observed.message")
                .actual(told)
                .wanted(format!("Allow appsync:GraphQL on types/{}/fields/{}", evidence.parent_type, evidence.field)),
            );
        }
        return layer;
    }
    let identity = evidence.identity.clone().unwrap_or_default();
    let account = identity.get("accountId").and_then(Json::as_str);
    let scope = evidence.header("authorization").and_then(|value| value.split("Credential=").nth(1)?.split('/').nth(2));
    let (parent, field) = (or(&evidence.parent_type, "Query"), or(&evidence.field, "FIELD"));
    let request = Request {
        action: "appsync:GraphQL",
        region: scope,
        account,
        api: evidence.api_id.as_deref().filter(|id| id.len() == 26),
        parent,
        field,
    };
    let arn = identity.get("userArn").and_then(Json::as_str).map(str::to_owned);
    let keys = keys::of(evidence);
    let mut aside = Aside::default();
    let decision = judge_policies(&evidence.policies, &request, &keys, &mut aside);
    let open = aside.open;
    let who = caller(evidence, arn.as_deref());
    let subject = format!("types/{parent}/fields/{field}");
    let wanted = format!("Allow appsync:GraphQL on {subject}");
    match decision {
        Decision::Allowed(name) => {
            if aside.open_deny {
                layer.state = State::Unknown;
            }
            layer.findings.push(
                Finding::new(Code::IamAllowed, format!("{name} allows appsync:GraphQL on {subject}."))
                    .at("policy")
                    .actual(name),
            );
        }
        Decision::Denied(name) => layer.refuse(
            Finding::new(
                Code::IamExplicitDeny,
                format!("{name} denies {who}appsync:GraphQL on {subject}: a deny wins over every allow. Narrow that statement."),
            )
            .at("policy")
            .actual(name)
            .wanted(wanted.as_str()),
        ),
        Decision::Implicit => {
            let mut message = format!(
                "no statement allows {who}appsync:GraphQL on {subject}: refused by IAM before any resolver runs. Allow it on arn:aws:appsync:REGION:ACCOUNT:apis/ID/{subject}."
            );
            let grants = granted(&evidence.policies);
            if !grants.is_empty() {
                message.push_str(&format!(" What they allow: {}.", grants.join("; ")));
            }
            if evidence.policies.iter().any(|policy| policy.to_string().contains("/resolvers/")) {
                message.push_str(" A resource ends in `resolvers/…`: AppSync's are `types/T/fields/F`.");
            }
            let finding = match aside.unmet.first() {
                None => Finding::new(Code::IamNotGranted, message).at("policy").actual("not granted").wanted(wanted.as_str()),
                Some(unmet) => Finding::new(
                    Code::IamConditionFailed,
                    format!(
                        "{} allows appsync:GraphQL on {subject} under the condition {} {}, and the request has {}: it does not count, and {message}",
                        unmet.statement,
                        unmet.test,
                        unmet.wanted.join(" or "),
                        unmet.actual.as_deref().map_or_else(|| "no such key".to_owned(), |actual| format!("{actual:?}"))
                    ),
                )
                .at(format!("policy.{}.Condition", unmet.statement))
                .actual(unmet.actual.clone())
                .wanted(unmet.wanted.join(" or ")),
            };
            if open.is_empty() {
                layer.refuse(finding);
            } else {
                layer.state = State::Unknown;
                layer.findings.push(finding);
            }
        }
    }
    if !open.is_empty() {
        layer.findings.push(
            Finding::new(
                Code::IamConditionNotJudged,
                format!(
                    "not judged, because what they compare is not known here: {}. Give it (identity, headers, request.now), or compare by hand.",
                    open.join("; ")
                ),
            )
            .at("policy")
            .actual(Json::from(open)),
        );
    }
    if let Some(boundary) = evidence.boundary.as_ref().filter(|_| layer.state != State::Refused) {
        let mut beside = Aside::default();
        let within = judge_policies(std::slice::from_ref(boundary), &request, &keys, &mut beside);
        let open = match within {
            Decision::Allowed(_) => beside.open_deny,
            Decision::Implicit => !beside.open.is_empty(),
            Decision::Denied(_) => false,
        };
        if open {
            layer.state = State::Unknown;
            layer.findings.push(
                Finding::new(
                    Code::IamConditionNotJudged,
                    format!(
                        "not judged, because what they compare is not known here: {} of the permissions boundary.",
                        beside.open.join("; ")
                    ),
                )
                .at("policy.permissionsBoundary")
                .actual(Json::from(beside.open)),
            );
        } else if !matches!(within, Decision::Allowed(_)) {
            layer.refuse(
                Finding::new(Code::IamBoundary, format!("the permissions boundary does not allow appsync:GraphQL on {subject}: what the policies grant beyond it does not count. Widen the boundary."))
                    .at("policy.permissionsBoundary")
                    .actual(match within {
                        Decision::Denied(name) => format!("denied by {name}"),
                        _ => "not granted".to_owned(),
                    })
                    .wanted(wanted),
            );
        }
    }
    layer
}

/// Who called, as far as the identity's ARN tells: Amplify's guest and user roles by these names. Ends in a blank.
fn caller(evidence: &Evidence, arn: Option<&str>) -> String {
    let Some(arn) = arn else { return String::new() };
    let amplify =
        ["unauthRole", "authRole"].into_iter().find(|name| evidence.roles.get(*name).is_some_and(|role| role == arn));
    let role = arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/'));
    match (amplify, role) {
        (Some(name), Some((role, _))) => format!("the {name} ({role}) "),
        (None, Some((role, session))) => format!("the role {role} (session {session}) "),
        _ => format!("{arn} "),
    }
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

/// What the policies allow of AppSync, as `action on resource`.
fn granted(policies: &[Json]) -> Vec<String> {
    let statements = policies.iter().flat_map(statements);
    let rows = statements.filter(|statement| statement.get("Effect").and_then(Json::as_str) == Some("Allow")).flat_map(
        |statement| {
            let named = |one: &str, other: &str| match statement.get(one) {
                Some(given) => list(Some(given)),
                None => list(statement.get(other)).iter().map(|text| format!("all but {text}")).collect(),
            };
            let (actions, resources) = (named("Action", "NotAction"), named("Resource", "NotResource"));
            actions.into_iter().map(move |action| format!("{action} on {}", resources.join(", ")))
        },
    );
    rows.take(20).collect()
}
