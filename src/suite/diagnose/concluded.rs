//! What is left where nobody gave the values: a token that passed and then did not, a role that may do one thing and not another.

use super::passed::{away, in_date, is_here, same_field, same_token, shown, what};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::history::{CredentialKind, Past, clock, related};
use crate::request::layer::{Layer, LayerName, State};
use crate::request::{Evidence, event, messages, token};

/// Draws the conclusion that the other requests of the file leave, where no cause is certain.
pub(super) fn conclude(evidence: &Evidence, mode: Option<AuthType>, layers: &mut [Layer]) {
    let certain =
        |layer: &Layer| layer.state == State::Refused && layer.findings.iter().any(|one| !one.code.is_doubt());
    let drawn = |layer: &Layer| layer.state == State::Refused && layer.findings.first().is_some_and(|first| first.path.as_deref() == Some("others"));
    if layers.iter().any(|layer| certain(layer) || drawn(layer)) || evidence.status() != Some(401) {
        return;
    }
    // The same field later tells most: then the schema is in order as well.
    let drawn = taken_at_other_times(evidence).or_else(|| not_its_time(evidence)).or_else(|| expired(evidence)).or_else(|| key_ended(evidence));
    if let Some(finding) = drawn {
        let request = layers.iter_mut().find(|layer| layer.layer == LayerName::Request);
        request.into_iter().for_each(|layer| layer.refuse(finding.clone()));
        return;
    }
    if let Some(finding) = not_allowed(evidence, mode) {
        let iam = layers.iter_mut().find(|layer| layer.layer == LayerName::Iam);
        iam.into_iter().for_each(|layer| layer.refuse(finding.clone()));
        // Request and mode were passed as far as that goes: what they say of themselves is no cause.
        layers
            .iter_mut()
            .filter(|layer| layer.layer == LayerName::Request && layer.state == State::Refused)
            .for_each(|layer| layer.state = State::Unknown);
    }
}

/// The same token passed in the same file, and its end was ahead when it was refused: then it had not run out, whatever else it
/// was. Of an OIDC provider's a time to live of the API may have ended in between
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_OpenIDConnectConfig.html>: iatTTL, authTTL).
fn not_its_time(evidence: &Evidence) -> Option<Finding> {
    let past = same_token(evidence)?;
    let (exp, now) = in_date(evidence)?;
    let token = token::read(evidence.authorization()?.0).ok()?;
    let modes = evidence.api.modes();
    let has = |mode: AuthType| modes.is_empty() || modes.contains(&mode);
    let of_function = messages::find(evidence.error_message()).is_some_and(|known| known.code == Code::KeyOrAuthorizerRefused);
    let place = if evidence.socket.is_some() { "the connection (the object with its host and headers, the frame it stands in)" } else { "the operation, a second header beside it, what stands between" };
    let (more, look) = if of_function && has(AuthType::Lambda) {
        (", or, if the API has a Lambda authorizer, its no to this request, for it sees the operation too", "look into the authorizer's log of that moment, if there is one")
    } else if !token.is_cognito() && has(AuthType::Oidc) && !past.later && !of_function {
        (", or a time to live of the API had ended in between (iatTTL or authTTL, which count from iat and auth_time)", "compare iat and auth_time with the API's iatTTL and authTTL (aws appsync get-graphql-api)")
    } else {
        ("", "a fresh token would change nothing")
    };
    let message = Message::of(
        "{} passed {}, {} this refusal, and its exp ({}) was still {} ahead: it had not expired, and issuer, client and signature are in order. What refused is something in which the two requests differ ({}), or it was of that moment (the API's settings just changed){}.",
        [
            Part::Value(shown(past)),
            Part::Text(what(past)),
            Part::Text(away(evidence, past)),
            Part::Value(token::moment(exp)),
            Part::Value(token::span(exp - now)),
            Part::Text(place.to_owned()),
            Part::Text(more.to_owned()),
        ],
    );
    let cure = format!("Compare the two requests: URL, headers, and the end of Authorization in AppSync's log; {look}.");
    Some(Finding::new(Code::RefusedBeforeGraphql, message.cured(cure)).certainty(Certainty::Likely).at("others"))
}

/// AppSync's `Permission denied` for an access key that was let in to the very same field at another time of the file: no statement
/// for it is missing. What IAM decides may depend on conditions, and changes take a while to count everywhere
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>).
pub(super) fn allowed_at_other_times(evidence: &Evidence, layer: LayerName, first: &Finding) -> Option<Finding> {
    let about = [Code::IamPermissionDenied, Code::IamNotGranted, Code::PolicyMissing];
    if layer != LayerName::Iam || !about.contains(&first.code) {
        return None;
    }
    let past = same_field(evidence)?;
    let field = evidence.field_path();
    let given = if first.code == Code::IamNotGranted { " So the policies that were given are not all that it has, or older ones." } else { "" };
    let message = Message::of(
        "AppSync refused {} to {}, and the same key passed for that very field at {}, {}: the role is allowed it, so no statement for it is missing.{} What refused differs between the two requests: a condition of a policy (aws:SourceIp, aws:CurrentTime, a tag), a policy, boundary or SCP that was changed in between (IAM takes a while to apply a change everywhere), or another field of this operation.",
        [
            Part::Name(field),
            Part::Value(shown(past)),
            Part::Value(past.clock()),
            Part::Text(away(evidence, past)),
            Part::Text(given.to_owned()),
        ],
    );
    let cure = "Compare address, time and document of the two requests with the conditions of the role's policies, and look in CloudTrail for a change of these policies between the two; do not widen the policy for this field.";
    Some(Finding::new(Code::IamPermissionDenied, message.cured(cure)).certainty(Certainty::Likely).at("others"))
}

/// The same token passed for the same field after it was refused: nothing of the token, the API or the field is wrong for good.
fn taken_at_other_times(evidence: &Evidence) -> Option<Finding> {
    let past = same_field(evidence).filter(|past| past.later && !past.socket && past.host == evidence.url_host())?;
    past.credential.as_ref().filter(|one| one.kind == CredentialKind::Token)?;
    let message = Message::of(
        "{} passed {} after this, for the same field at the same host: token, issuer, client and schema are in order, so what refused it was of that moment (a clock that was behind, the API's settings just changed, an authorizer's answer, a proxy on the way); which it was is not in the material. » Let the client try once more after a 401, and compare the two answers' headers.",
        [Part::Value(shown(past)), Part::Text(what(past))],
    );
    Some(Finding::new(Code::RefusedBeforeGraphql, message).certainty(Certainty::Likely).at("others"))
}

/// The same token passed before, and another passes after: most likely it ran out in between.
fn expired(evidence: &Evidence) -> Option<Finding> {
    let is_token = |past: &&Past| past.came_with(CredentialKind::Token);
    let mut same = evidence.others.iter().filter(|past| past.same && past.passed && is_here(evidence, past)).filter(is_token);
    // What passes afterwards has not run out.
    if same.clone().any(|past| past.later) {
        return None;
    }
    let before = same.by_ref().max_by_key(|past| past.at)?;
    let wanted = evidence.field_path();
    let field = (!evidence.field.is_empty()).then_some(wanted);
    let after = evidence.others.iter().find(|past| {
        let alike = field.is_none() || past.field == field;
        !past.same
            && past.passed
            && past.later
            && alike
            && past.came_with(CredentialKind::Token)
    });
    let shown = before.credential.as_ref().map_or("the token", |one| one.shown.as_str());
    let then = evidence.now.map_or_else(|| "this request".to_owned(), clock);
    let next = after.map_or_else(String::new, |past| {
        let next = past.credential.as_ref().map_or("another", |one| one.shown.as_str());
        format!("; {next} passed the same query at {}", past.clock())
    });
    Some(
        Finding::new(
            Code::TokenExpired,
            Message::of(
                "{} most likely expired between {}, when it still passed, and {}, when it was refused{}. So pool, client and schema are in order: » let the client refresh shortly before exp, not after the refusal. Its exp (or an iatTTL of the API) is not in the file: the token, or AppSync's message, would settle it.",
                [
                    Part::Text(shown.to_string()),
                    Part::Value(before.clock().to_string()),
                    Part::Value(then.to_string()),
                    Part::Text(next.to_string()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("others"),
    )
}

/// The same key passed before: it expired or was deleted in between, or the API lost its mode.
fn key_ended(evidence: &Evidence) -> Option<Finding> {
    let key = |past: &&Past| past.came_with(CredentialKind::Key);
    // Of an Event API's channels one namespace takes what another refuses.
    let channel = event::asked(evidence).and_then(|asked| asked.channel);
    let same = |past: &&Past| past.same && past.passed && past.channel == channel && related(&past.host, evidence.url_host());
    let keyed = || evidence.others.iter().filter(same).filter(key);
    // What passes afterwards is there still.
    let before = keyed().max_by_key(|past| past.at).filter(|_| !keyed().any(|past| past.later))?;
    let shown = before.credential.as_ref().map_or("the same API key", |one| one.shown.as_str());
    let then = evidence.now.map_or_else(|| "then".to_owned(), clock);
    Some(
        Finding::new(
            Code::KeyExpired,
            Message::of(
                "{} most likely expired or was deleted between {}, when it still passed, and {}, when it was refused. » List the API's keys with their expires (aws appsync list-api-keys): extend it (aws appsync update-api-key --expires, at most 365 days ahead), which keeps its value, or, if it is gone, create a new key and put that into the client.",
                [Part::Value(shown.to_owned()), Part::Value(before.clock()), Part::Value(then)],
            ),
        )
        .certainty(Certainty::Likely)
        .at("others"),
    )
}

/// A signed request refused with 401 UnauthorizedException: a bad signature or an expired session would be 400 or 403.
fn not_allowed(evidence: &Evidence, mode: Option<AuthType>) -> Option<Finding> {
    let signed = mode == Some(AuthType::Iam)
        && (evidence.masked.contains_key("authorization") || evidence.header("authorization").is_some());
    let open =
        evidence.iam.is_empty() && evidence.error_message().is_empty() && evidence.error_type() == "UnauthorizedException";
    if !signed || !open {
        return None;
    }
    let subject = if evidence.field.is_empty() {
        "this field".to_owned()
    } else {
        evidence.field_path()
    };
    let resource = if evidence.field.is_empty() {
        String::new()
    } else {
        format!(" on types/{}/fields/{}", evidence.parent_type, evidence.field)
    };
    let api = evidence.api.id.as_deref().map_or_else(String::new, |id| format!(" of API {id}"));
    let passed = evidence.others.iter().find(|past| {
        past.passed
            && past.host == evidence.url_host()
            && past.credential.as_ref().is_none_or(|one| one.kind == CredentialKind::Signature)
    });
    let proof = passed.map_or_else(String::new, |past| {
        format!(
            " ({} passed at {}, presumably signed by the same role)",
            past.field.as_deref().unwrap_or("another signed request"),
            past.clock()
        )
    });
    Some(
        Finding::new(
            Code::IamPermissionDenied,
            Message::of(
                "the role that signs may most likely not call {}: the request is signed{}, and it got 401 UnauthorizedException, which is what a missing appsync:GraphQL permission gives; faults of the signing itself come as 400 or 403. » Allow the role appsync:GraphQL{}{}; its policies (--policy) would settle it.",
                [
                    Part::Text(subject.to_string()),
                    Part::Text(proof.to_string()),
                    Part::Text(resource.to_string()),
                    Part::Text(api.to_string()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("policy"),
    )
}
