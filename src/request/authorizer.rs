//! The Lambda authorizer's answer (APPSYNC-VTL 7.5).

use super::evidence::Evidence;
use super::layer::{Layer, LayerName, State};
use crate::appsync::AuthType;
use crate::finding::Finding;
use serde_json::Value as Json;

/// An answer may have this many bytes.
const LARGEST: usize = 5 << 20;

/// Judges the answer for the refused field.
pub fn judge(evidence: &Evidence, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Authorizer, State::Passed);
    let Some(answer) = &evidence.authorizer else {
        if mode == Some(AuthType::Lambda) {
            layer.state = State::Unknown;
            layer.findings.push(Finding::new(
                "authorizer-unknown",
                "what the Lambda authorizer answered is not known: give its response (--authorizer), or read the function's log.",
            ));
            let told = evidence.observed.as_ref().and_then(|observed| observed.message.as_deref()).unwrap_or_default();
            let status = evidence.observed.as_ref().and_then(|observed| observed.status);
            if told.contains("You are not authorized to make this call")
                || status == Some(401) && told == "Unauthorized"
            {
                layer.refuse(
                    Finding::new("authorizer-refused", format!("AppSync's {told:?} on a Lambda-authorized request means that the function refused, failed, or gave no isAuthorized."))
                        .at("authorizerResponse.isAuthorized")
                        .wanted(true),
                );
            }
        }
        return layer;
    };
    if mode.is_some_and(|mode| mode != AuthType::Lambda)
        && evidence.header("authorization").is_some()
        && evidence.auth_type.is_some_and(|mode| mode != AuthType::Lambda)
    {
        layer.findings.push(Finding::new(
            "authorizer-not-called",
            "the request did not come as Lambda authorization, so this answer did not count.",
        ));
        return layer;
    }
    let parsed = match answer {
        Json::String(text) => serde_json::from_str(text).unwrap_or_else(|_| answer.clone()),
        other => other.clone(),
    };
    let Some(map) = parsed.as_object() else {
        layer.refuse(
            Finding::new(
                "authorizer-malformed",
                "the authorizer's answer is no JSON object: AppSync takes that as a refusal.",
            )
            .at("authorizerResponse")
            .actual(parsed.clone())
            .wanted("{\"isAuthorized\": true}"),
        );
        return layer;
    };
    if parsed.to_string().len() > LARGEST {
        layer.refuse(
            Finding::new("authorizer-too-large", "the authorizer's answer is larger than 5 MB.")
                .at("authorizerResponse"),
        );
    }
    match map.get("isAuthorized") {
        Some(Json::Bool(true)) => {}
        Some(Json::Bool(false)) => layer.refuse(
            Finding::new("authorizer-refused", "the Lambda authorizer itself said isAuthorized: false; no resolver ran. Look at what the function compares the token with (prefix, case, environment), and at its log.")
                .at("authorizerResponse.isAuthorized")
                .actual(false)
                .wanted(true),
        ),
        Some(other) => layer.refuse(
            Finding::new("authorizer-malformed", format!("isAuthorized is {other}, which is no boolean: AppSync takes that as a refusal."))
                .at("authorizerResponse.isAuthorized")
                .actual(other.clone())
                .wanted(true),
        ),
        None => {
            let near = map.keys().find(|key| key.eq_ignore_ascii_case("isAuthorized"));
            let words = near.map_or(String::new(), |near| format!(" It has {near:?}: the name must be exact."));
            layer.refuse(
                Finding::new("authorizer-malformed", format!("the authorizer's answer has no isAuthorized: AppSync takes that as a refusal.{words}"))
                    .at("authorizerResponse.isAuthorized")
                    .wanted(true),
            );
        }
    }
    denied_fields(evidence, map.get("deniedFields"), &mut layer);
    resolver_context(map.get("resolverContext"), &mut layer);
    if let Some(ttl) = map.get("ttlOverride").filter(|ttl| !ttl.is_null())
        && ttl.as_u64().is_none()
    {
        layer.findings.push(
            Finding::new("authorizer-ttl", format!("ttlOverride is {ttl}, not a whole number of seconds."))
                .at("authorizerResponse.ttlOverride")
                .actual(ttl.clone()),
        );
    }
    if layer.state == State::Refused && map.get("ttlOverride").and_then(Json::as_u64).unwrap_or(1) > 0 {
        layer.findings.push(Finding::new("authorizer-cached", "answers are cached by token until their TTL ends: after a change, call with a new token or a ttlOverride of 0."));
    }
    layer
}

/// ARNs, or `Type.field`.
fn denied_fields(evidence: &Evidence, denied: Option<&Json>, layer: &mut Layer) {
    let Some(denied) = denied.filter(|denied| !denied.is_null()) else { return };
    let Some(list) = denied.as_array() else {
        layer.findings.push(
            Finding::new("authorizer-malformed", "deniedFields is no list.")
                .at("authorizerResponse.deniedFields")
                .actual(denied.clone()),
        );
        return;
    };
    let subject = format!("{}.{}", evidence.parent_type, evidence.field);
    for entry in list.iter().filter_map(Json::as_str) {
        let named = match entry.split_once("/types/") {
            Some((_, rest)) => rest.replacen("/fields/", ".", 1),
            None => entry.to_owned(),
        };
        if named == subject {
            layer.refuse(
                Finding::new(
                    "field-denied-by-authorizer",
                    format!(
                        "the authorizer lists {entry} in deniedFields: the field is null, whatever its resolver gives."
                    ),
                )
                .at("authorizerResponse.deniedFields")
                .actual(entry)
                .wanted(format!("{subject} not listed")),
            );
        } else if named.eq_ignore_ascii_case(&subject) {
            layer.state = if layer.state == State::Refused { State::Refused } else { State::Unknown };
            layer.findings.push(
                Finding::new("denied-field-case", format!("deniedFields has {entry}, which differs from {subject} in case only: whether AppSync compares case is not verified."))
                    .at("authorizerResponse.deniedFields")
                    .actual(entry),
            );
        }
    }
}

/// A flat map: nested values do not reach templates.
fn resolver_context(context: Option<&Json>, layer: &mut Layer) {
    match context {
        None | Some(Json::Null) => layer.findings.push(
            Finding::new(
                "no-resolver-context",
                "the answer has no resolverContext: templates see no identity beyond that.",
            )
            .at("authorizerResponse.resolverContext"),
        ),
        Some(Json::Object(map)) => {
            let nested: Vec<&String> =
                map.iter().filter(|(_, value)| value.is_object() || value.is_array()).map(|(key, _)| key).collect();
            if !nested.is_empty() {
                layer.findings.push(
                    Finding::new(
                        "resolver-context-nested",
                        format!(
                            "resolverContext must be flat: {nested:?} hold lists or maps, which AppSync does not take."
                        ),
                    )
                    .at("authorizerResponse.resolverContext")
                    .actual(Json::from(nested.into_iter().cloned().collect::<Vec<_>>())),
                );
            }
        }
        Some(other) => layer.findings.push(
            Finding::new("authorizer-malformed", "resolverContext is no map.")
                .at("authorizerResponse.resolverContext")
                .actual(other.clone()),
        ),
    }
}
