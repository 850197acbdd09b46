//! Refusals of other services that stand in the same HAR: API Gateway, S3, STS and Cognito have words of their own.

use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::Evidence;
use crate::request::history::{Foreign, Past};

/// Refusals of other services, for a file in which AppSync refused nothing.
pub(super) fn refusals(evidence: &Evidence) -> Vec<Finding> {
    let about = |past: &Past| {
        let one = past.foreign.as_ref()?;
        let what = format!("{}'s own ({} {}: {})", one.service, past.status, one.code, one.message);
        let reached = if evidence.url.is_none() {
            "no request of this file reached AppSync".to_owned()
        } else if evidence.status() == Some(200) {
            "AppSync refused nothing here: its own call was answered with HTTP 200".to_owned()
        } else {
            "that is not AppSync's refusal".to_owned()
        };
        Some(
            Finding::new(
                Code::RefusedElsewhere,
                Message::of(
                    "{}; the refusal of {} {} is {}.", [Part::Text(reached.to_string()), Part::Text(past.host.to_string()), Part::Text(one.call.to_string()), Part::Text(what.to_string())]).with(cure(one))
                .with("The GraphQL API needs no change for it."),
            )
            .at("others"),
        )
    };
    evidence.others.iter().filter_map(about).collect()
}

/// What to do about another service's refusal
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>;
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>;
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>).
fn cure(one: &Foreign) -> &'static str {
    let says = |word: &str| one.message.contains(word) || one.code.contains(word);
    match one.service.as_str() {
        "API Gateway" if says("Missing Authentication Token") || says("MissingAuthenticationToken") => {
            "There it usually means that the path, method or stage does not exist, or that the method wants IAM and the call is not signed."
        }
        "API Gateway" => "» Look at that API's authorizer, resource policy and stage.",
        "Amazon S3" => {
            "The role that signed lacks s3:GetObject (or PutObject) on that key, often because it is the private/ prefix of another identity: » store it under public/ or protected/, or allow the role to read that prefix."
        }
        "STS" => {
            "» Look at the role's trust policy: its principal must be the token's provider, and its conditions (aud, sub) must fit the token."
        }
        "Cognito Identity" if says("InvalidIdentityPoolConfiguration") => {
            "» Give the identity pool its roles (one for signed-in users, and one for guests where it lets them in), each with a trust policy that names this pool."
        }
        "Cognito Identity" => {
            "» Look at the identity pool: whether it lets guests in (unauthenticated identities, with a role for them), and whether it knows the token's provider and client; or sign the user in before."
        }
        service if service.starts_with("Cognito") => "» Sign the user in again, and look at the app client and the user's state.",
        _ => "The role that signed lacks the action of that service (its message names it): » allow it to that role, or switch that feature of the app off.",
    }
}
