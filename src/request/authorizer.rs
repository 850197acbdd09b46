//! The Lambda authorizer's answer (APPSYNC-VTL 7.5).

use super::evidence::Evidence;
use super::layer::{Layer, LayerName, State};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use serde_json::Value as Json;

/// An answer may have this many bytes.
const LARGEST: usize = 5 << 20;

/// Judges the answer for the refused field.
pub fn judge(evidence: &Evidence, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Authorizer, State::Passed);
    if mode == Some(AuthType::Lambda) && !token_pattern(evidence, &mut layer) {
        return layer;
    }
    let Some(answer) = &evidence.authorizer else {
        if mode == Some(AuthType::Lambda) {
            layer.state = State::Unknown;
            layer.findings.push(Finding::new(
                Code::AuthorizerUnknown,
                "what the Lambda authorizer answered is not known: give its response (--authorizer), or read the function's log.",
            ));
            let told = evidence.observed.as_ref().and_then(|observed| observed.message.as_deref()).unwrap_or_default();
            let status = evidence.observed.as_ref().and_then(|observed| observed.status);
            if told.contains("You are not authorized to make this call")
                || status == Some(401) && told == "Unauthorized"
            {
                layer.refuse(
                    Finding::new(Code::AuthorizerRefused, format!("AppSync's {told:?} on a Lambda-authorized request means that the function refused, failed, or gave no isAuthorized: read its log."))
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
            Code::AuthorizerNotCalled,
            "the request did not come as Lambda authorization, so this answer did not count: look at the layer mode.",
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
                Code::AuthorizerMalformed,
                "the authorizer's answer is no JSON object: AppSync takes that as a refusal. Answer {\"isAuthorized\": true}.",
            )
            .at("authorizerResponse")
            .actual(parsed.clone())
            .wanted("{\"isAuthorized\": true}"),
        );
        return layer;
    };
    if parsed.to_string().len() > LARGEST {
        layer.refuse(
            Finding::new(
                Code::AuthorizerTooLarge,
                "the authorizer's answer is larger than 5 MB: put less into resolverContext.",
            )
            .at("authorizerResponse"),
        );
    }
    match map.get("isAuthorized") {
        Some(Json::Bool(true)) => {}
        Some(Json::Bool(false)) => layer.refuse(
            Finding::new(Code::AuthorizerRefused, "the Lambda authorizer itself said isAuthorized: false; no resolver ran. Look at what the function compares the token with (prefix, case, environment), and at its log.")
                .at("authorizerResponse.isAuthorized")
                .actual(false)
                .wanted(true),
        ),
        Some(other) => layer.refuse(
            Finding::new(Code::AuthorizerMalformed, format!("isAuthorized is {other}, which is no boolean: AppSync takes that as a refusal. Answer true or false."))
                .at("authorizerResponse.isAuthorized")
                .actual(other.clone())
                .wanted(true),
        ),
        None => {
            let near = map.keys().find(|key| key.eq_ignore_ascii_case("isAuthorized"));
            let words = near.map_or_else(|| foreign_form(map), |near| format!(" It has {near:?}: the name must be exact."));
            let keys: Vec<&str> = map.keys().map(String::as_str).take(10).collect();
            layer.refuse(
                Finding::new(Code::AuthorizerMalformed, format!("the authorizer's answer has no isAuthorized: AppSync takes that as a refusal.{words} Answer {{\"isAuthorized\": true}}."))
                    .at("authorizerResponse.isAuthorized")
                    .actual(if keys.is_empty() { Json::Null } else { Json::from(keys) })
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
            Finding::new(
                Code::AuthorizerTtl,
                format!("ttlOverride is {ttl}, not a whole number of seconds: answer 0 to 3600."),
            )
            .at("authorizerResponse.ttlOverride")
            .actual(ttl.clone()),
        );
    }
    if layer.state == State::Refused && map.get("ttlOverride").and_then(Json::as_u64).unwrap_or(1) > 0 {
        layer.findings.push(Finding::new(Code::AuthorizerCached, "answers are cached by token until their TTL ends: after a change, call with a new token or a ttlOverride of 0."));
    }
    layer
}

/// ARNs, or `Type.field`.
fn denied_fields(evidence: &Evidence, denied: Option<&Json>, layer: &mut Layer) {
    let Some(denied) = denied.filter(|denied| !denied.is_null()) else { return };
    let Some(list) = denied.as_array() else {
        layer.findings.push(
            Finding::new(Code::AuthorizerMalformed, "deniedFields is no list: answer a list of Type.field.")
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
                    Code::FieldDeniedByAuthorizer,
                    format!(
                        "the authorizer lists {entry} in deniedFields: the field is null, whatever its resolver gives. Take it out of the list."
                    ),
                )
                .at("authorizerResponse.deniedFields")
                .actual(entry)
                .wanted(format!("{subject} not listed")),
            );
        } else if named.contains('*') && super::iam::matches(&named, &subject) {
            layer.findings.push(
                Finding::new(Code::DeniedFieldWildcard, format!("deniedFields has {entry}: AWS documents whole names only (an ARN, or Type.field); whether a wildcard denies {subject} is not verified. Write whole names."))
                    .at("authorizerResponse.deniedFields")
                    .actual(entry)
                    .wanted(format!("{subject} not listed")),
            );
        } else if named.eq_ignore_ascii_case(&subject) {
            layer.state = if layer.state == State::Refused { State::Refused } else { State::Unknown };
            layer.findings.push(
                Finding::new(Code::DeniedFieldCase, format!("deniedFields has {entry}, which differs from {subject} in case only: whether AppSync compares case is not verified. Write it as the schema does."))
                    .at("authorizerResponse.deniedFields")
                    .actual(entry)
                    .wanted(format!("{subject} not listed")),
            );
        }
    }
}

/// The pattern that a token must match before the function is asked (7.1); true when it goes on.
fn token_pattern(evidence: &Evidence, layer: &mut Layer) -> bool {
    let (Some(pattern), Some(value)) = (&evidence.api.token_pattern, evidence.header("authorization")) else {
        return true;
    };
    let Ok(regex) = fancy_regex::Regex::new(pattern) else {
        layer.findings.push(
            Finding::new(
                Code::AuthorizerTokenPatternUnreadable,
                "identityValidationExpression is no regular expression that can be read here: test the token against it by hand.",
            )
            .at("apiConfig.identityValidationExpression")
            .actual(pattern.as_str()),
        );
        return true;
    };
    if regex.is_match(value).unwrap_or(true) {
        return true;
    }
    layer.refuse(
        Finding::new(
            Code::AuthorizerTokenPattern,
            format!("the token does not match the API's identityValidationExpression {pattern:?}: AppSync refuses it without asking the Lambda authorizer. Change the token's form, or the expression."),
        )
        .at("apiConfig.identityValidationExpression")
        .actual(pattern.as_str())
        .wanted("a token that matches it"),
    );
    false
}

/// Answers in another service's form.
fn foreign_form(map: &serde_json::Map<String, Json>) -> String {
    let has = |name: &str| map.contains_key(name);
    if has("policyDocument") {
        " It has a policyDocument: that is the form of an API Gateway authorizer, AppSync's is {\"isAuthorized\": true}.".to_owned()
    } else if has("statusCode") || has("body") {
        " It is wrapped in statusCode and body, as for API Gateway: AppSync wants the bare object.".to_owned()
    } else if let Some(error) = map.get("errorMessage").or_else(|| map.get("errorType")) {
        format!(" The function itself failed (errorMessage {error}): look at its log.")
    } else {
        String::new()
    }
}

/// A flat map: nested values do not reach templates.
fn resolver_context(context: Option<&Json>, layer: &mut Layer) {
    match context {
        None | Some(Json::Null) => layer.findings.push(
            Finding::new(
                Code::NoResolverContext,
                "the answer has no resolverContext: templates find nothing of the caller in $ctx.identity.resolverContext, and APIs are known to refuse every field without it. Answer with one, if only {}.",
            )
            .at("authorizerResponse.resolverContext")
            .wanted(serde_json::json!({})),
        ),
        Some(Json::Object(map)) => {
            let nested: Vec<&String> =
                map.iter().filter(|(_, value)| value.is_object() || value.is_array()).map(|(key, _)| key).collect();
            if !nested.is_empty() {
                layer.findings.push(
                    Finding::new(
                        Code::ResolverContextNested,
                        format!(
                            "resolverContext must be flat: {nested:?} hold lists or maps, which AppSync does not take. Write them as JSON text."
                        ),
                    )
                    .at("authorizerResponse.resolverContext")
                    .actual(Json::from(nested.into_iter().cloned().collect::<Vec<_>>())),
                );
            }
        }
        Some(other) => layer.findings.push(
            Finding::new(Code::AuthorizerMalformed, "resolverContext is no map: answer a flat map of texts.")
                .at("authorizerResponse.resolverContext")
                .actual(other.clone()),
        ),
    }
}
