//! What the function answered: its no, a failure, and answers that AppSync does not take.

use super::denied::{denied_fields, kind};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::evidence::Evidence;
use crate::request::layer::{Layer, State};
use crate::request::{front, token};
use serde_json::Value as Json;

/// An answer may have this many bytes.
const LARGEST: usize = 5 << 20;

/// Judges what the function answered.
pub(super) fn answered(evidence: &Evidence, answer: &Json, layer: &mut Layer) {
    let parsed = match answer {
        Json::String(text) => serde_json::from_str(text).unwrap_or_else(|_| answer.clone()),
        other => other.clone(),
    };
    let Some(map) = parsed.as_object() else {
        layer.refuse(
            Finding::new(
                Code::AuthorizerMalformed,
                Message::of(
                    "the authorizer's answer is {}, not a JSON object, which AppSync takes as a refusal: » let the function return an object whose isAuthorized is the outcome of its own check, a boolean.{}",
                    [Part::Value(kind(&parsed).to_owned()), Part::Text(after_mending(evidence, None))],
                ),
            )
            .at("authorizerResponse")
            .actual(parsed.clone())
            .wanted("an object with isAuthorized"),
        );
        return;
    };
    if let Some(finding) = written_as_text(evidence, answer, map) {
        layer.refuse(finding);
        return;
    }
    let size = parsed.to_string().len();
    if size > LARGEST {
        layer.refuse(
            Finding::new(
                Code::AuthorizerTooLarge,
                Message::of(
                    "the authorizer's answer has {} bytes, and AppSync takes 5 MB (5,242,880) at most: » put less into resolverContext, such as an id that the resolver looks up.",
                    [Part::Value(front::thousands(size))],
                ),
            )
            .at("authorizerResponse")
            .actual(size)
            .wanted(LARGEST),
        );
    }
    if let Some(finding) = map.get("isAuthorized").is_none().then(|| failed(evidence, map)).flatten() {
        layer.refuse(finding);
        return;
    }
    if let Some(finding) = refusing(evidence, map) {
        layer.refuse(finding);
    }
    denied_fields(evidence, map.get("deniedFields"), layer);
    // Who was refused by the answer gets no context.
    if layer.state != State::Refused || map.contains_key("resolverContext") {
        resolver_context(map.get("resolverContext"), layer);
    }
    layer.findings.extend(map.get("ttlOverride").and_then(odd_ttl));
}

/// An answer that would let the caller in, written as text, and AppSync refused: it reads an object
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>). A text that refuses
/// may be how somebody copied the answer.
fn written_as_text(evidence: &Evidence, answer: &Json, map: &serde_json::Map<String, Json>) -> Option<Finding> {
    let allows = map.get("isAuthorized") == Some(&Json::Bool(true));
    if !answer.is_string() || !allows || evidence.status() != Some(401) {
        return None;
    }
    Some(
        Finding::new(
            Code::AuthorizerMalformed,
            "the authorizer's answer is a text that holds JSON (JSON.stringify or json.dumps made it), not an object, so AppSync finds no isAuthorized in it and refuses. » Return the object itself: what its isAuthorized says is then the function's own decision.",
        )
        .at("authorizerResponse")
        .actual("a text")
        .wanted("an object with isAuthorized"),
    )
}

/// What `isAuthorized` refuses by.
fn refusing(evidence: &Evidence, map: &serde_json::Map<String, Json>) -> Option<Finding> {
    Some(match map.get("isAuthorized") {
        Some(Json::Bool(true)) => return None,
        Some(Json::Bool(false)) => said_no(evidence, map),
        Some(other) => Finding::new(
            Code::AuthorizerMalformed,
            Message::of(
                "isAuthorized is {}, which is not a boolean, so AppSync takes it as a refusal: » let the function return the outcome of its own check as a boolean, not as text or a number.{}",
                [Part::Value(other.to_string()), Part::Text(after_mending(evidence, map.get("ttlOverride")))],
            ),
        )
        .at("authorizerResponse.isAuthorized")
        .actual(other.clone())
        .wanted("a boolean"),
        None => no_answer(evidence, map),
    })
}

/// `ttlOverride` that is no number of seconds.
fn odd_ttl(ttl: &Json) -> Option<Finding> {
    if ttl.is_null() || ttl.is_u64() {
        return None;
    }
    Some(
        Finding::new(
            Code::AuthorizerTtl,
            Message::of(
                "ttlOverride is {}, not a whole number of seconds: answer 0 to 3600.",
                [Part::Value(ttl.to_string())],
            ),
        )
        .at("authorizerResponse.ttlOverride")
        .actual(ttl.clone()),
    )
}

/// The function's own no, and for how long AppSync keeps it.
fn said_no(evidence: &Evidence, map: &serde_json::Map<String, Json>) -> Finding {
    let own = map.get("ttlOverride").and_then(Json::as_i64);
    // The function's own word for it, where it gave one.
    let reason = ["reason", "message", "error", "why"].into_iter().find_map(|name| {
        let text = map.get("resolverContext")?.get(name)?.as_str().filter(|text| text.len() <= 200)?;
        Some(format!(" Its resolverContext has {name} {}.", quoted(text)))
    });
    let reason = reason.unwrap_or_default();
    let kept = own.or(evidence.api.authorizer_ttl);
    let over = match (own, evidence.api.authorizer_ttl) {
        (Some(own), Some(api)) if own != api => format!("ttlOverride {own} (over the API's TTL of {api})"),
        (Some(own), _) => format!("ttlOverride {own}"),
        (None, _) => format!("authorizerResultTtlInSeconds {}", evidence.api.answers_kept()),
    };
    let look = "Look at what the function compares the token with (prefix, case, environment), and at its log.";
    let words = match kept {
        Some(ttl) if ttl > 0 => Message::of(
            "the Lambda authorizer itself said isAuthorized: false, and with {} AppSync caches this answer for the same token for {} without asking again, so what was granted since stays unseen. » Wait that long, call with a new token, or let the function return ttlOverride: 0 with refusals.{} {}",
            [
                Part::Text(over.to_string()),
                Part::Value(token::span(ttl).to_string()),
                Part::Text(reason.to_string()),
                Part::Text(look.to_string()),
            ],
        ),
        _ => Message::of(
            "the Lambda authorizer itself said isAuthorized: false; no resolver ran.{} » {}",
            [Part::Text(reason.to_string()), Part::Text(look.to_string())],
        ),
    };
    Finding::new(Code::AuthorizerRefused, words)
        .at("authorizerResponse.isAuthorized")
        .actual(false)
        .wanted("true, if this caller may")
}

/// The function failed or took too long: it gave no answer, and that is no decision.
fn failed(evidence: &Evidence, map: &serde_json::Map<String, Json>) -> Option<Finding> {
    let text = |name: &str| map.get(name).and_then(Json::as_str).unwrap_or_default();
    let (kind, message) = (text("errorType"), text("errorMessage"));
    if kind.is_empty() && message.is_empty() || map.contains_key("resolverContext") {
        return None;
    }
    let late = message.contains("timed out") || kind.contains("Timedout");
    let after = message.split("timed out after ").nth(1).map_or("", |rest| rest.trim_end_matches('.'));
    let words = if late {
        Message::of(
            "the authorizer did not refuse, it failed: the function timed out after {}{}, and AppSync, which waits 10 seconds at most, refuses when there is no answer. » Find what is slow (a cold start, a call to another service without a shorter limit of its own), or give it more memory or provisioned concurrency; whether it would have let this caller in is not known.",
            [
                Part::Value((if after.is_empty() { "10 seconds" } else { after }).to_string()),
                Part::Value(if kind.is_empty() { String::new() } else { format!(" ({kind})") }),
            ],
        )
    } else {
        let on_connecting = (of_nothing(message) || of_empty_query(message)) && is_connecting(evidence);
        let said: Vec<&str> = [kind, message].into_iter().filter(|text| !text.is_empty()).collect();
        Message::of(
            "the authorizer did not refuse, it failed ({}), and AppSync refuses when there is no answer.{} » {}; whether it would have let this caller in is not known.",
            [
                Part::Value(said.join(": ")),
                Part::Text(if on_connecting { CONNECTING } else { "" }.to_owned()),
                Part::Text(if on_connecting { AT_CONNECTING } else { mend(kind, message) }.to_owned()),
            ],
        )
    };
    Some(
        Finding::new(Code::AuthorizerFailed, words)
            .at("authorizerResponse.errorMessage")
            .actual(message)
            .wanted("an answer within 10 seconds"),
    )
}

/// What the event lacks when a WebSocket connects (aws-amplify/amplify-category-api#2843).
const CONNECTING: &str = " It was called for the handshake of a WebSocket (operationName \"DeepDish:Connect\"), and there requestContext.queryString is null or empty: no query exists until a subscription starts.";
pub(super) const AT_CONNECTING: &str = "Guard that, before anything is parsed: where queryString is null or empty, or operationName is \"DeepDish:Connect\", check the token alone and answer by that; AppSync calls the function again for each subscription, with its query (an answer that is kept, ttlOverride, would stand for it)";

/// Whether a program failed on a member of nothing, as JavaScript and Python say it.
fn of_nothing(message: &str) -> bool {
    ["properties of null", "properties of undefined", "property of null", "NoneType"].iter().any(|words| message.contains(words)) || message.contains("of null (reading")
}

/// Whether a parser of GraphQL met the end of a text where a query was to be, as graphql-js and graphql-core say it.
fn of_empty_query(message: &str) -> bool {
    message.contains("Unexpected <EOF>")
}

/// Whether the function was called for a WebSocket's handshake.
pub(super) fn is_connecting(evidence: &Evidence) -> bool {
    let of_event = || {
        let context = evidence.authorizer_event.as_ref()?.get("requestContext")?;
        let connects = context.get("operationName").and_then(Json::as_str) == Some("DeepDish:Connect");
        Some(connects || context.get("queryString").is_some_and(Json::is_null))
    };
    let upgrades = || evidence.header("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
    let of_socket = || evidence.socket.as_ref().map_or_else(upgrades, |socket| !socket.acknowledged);
    of_event().unwrap_or_else(|| evidence.authorizer_event.is_none() && of_socket())
}

/// What to do about a function that failed: API Gateway's authorizers say no by throwing `Unauthorized`
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>), AppSync's by an answer;
/// Lambda itself takes 6 MB of an answer (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
fn mend(kind: &str, message: &str) -> &'static str {
    let word = message.trim().trim_end_matches('.').to_lowercase();
    if ["unauthorized", "unauthorised", "forbidden", "access denied", "not authorized", "unauthenticated"].contains(&word.as_str()) {
        "If that error is meant as a no (API Gateway's authorizers throw it), catch it and return {\"isAuthorized\": false} instead: AppSync takes a no as an answer only"
    } else if kind.contains("ResponseSizeTooLarge") {
        "Return less: isAuthorized and a small resolverContext, such as an id that the resolver looks up (Lambda takes 6 MB, AppSync 5 MB)"
    } else {
        "Read the function's log for that error and mend it"
    }
}

/// An answer without `isAuthorized`.
fn no_answer(evidence: &Evidence, map: &serde_json::Map<String, Json>) -> Finding {
    let looks = |key: &&String| {
        let name = key.to_lowercase();
        name.contains("authori") || name.contains("allow") || name == "auth" || name == "effect"
    };
    let words = match map.keys().find(looks) {
        Some(near) => Message::from(format!("It has {}, which AppSync does not read:", quoted(&near)))
            .cured("rename that member to isAuthorized (exactly so, a boolean), and return in it the outcome of the function's own check."),
        None => {
            let foreign = foreign_form(map);
            let cure = match map.get("context").and_then(Json::as_object).filter(|_| map.contains_key("policyDocument")) {
                Some(context) => {
                    let members: Vec<&str> = context.keys().map(String::as_str).take(5).collect();
                    format!("Return an object with isAuthorized, a boolean: the outcome that the function now writes as Effect; what stands in context ({}) goes into resolverContext, flat. A function that serves API Gateway too must tell them apart by the event (AppSync's has authorizationToken and requestContext.apiId).", members.join(", "))
                }
                None => "Return the outcome of the function's own check under that name, a boolean.".to_owned(),
            };
            Message::from(foreign.trim_start().to_owned()).cured(cure)
        }
    };
    let keys: Vec<&str> = map.keys().map(String::as_str).take(10).collect();
    Finding::new(
        Code::AuthorizerMalformed,
        Message::of(
            "the authorizer ran, but its answer has no isAuthorized, which AppSync takes as a refusal.", []).with(words).with(Message::from(after_mending(evidence, map.get("ttlOverride")).trim_start().to_owned())),
    )
    .at("authorizerResponse.isAuthorized")
    .actual(if keys.is_empty() { Json::Null } else { Json::from(keys) })
    .wanted("a boolean")
}

/// What keeps a mended function from being seen: answers are kept for a token, by default for 300 seconds
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_LambdaAuthorizerConfig.html>); of answers that AppSync cannot use
/// that is not documented.
fn after_mending(evidence: &Evidence, own: Option<&Json>) -> String {
    let own = own.and_then(Json::as_i64);
    let ttl = own.unwrap_or_else(|| evidence.api.answers_kept());
    let name = if own.is_some() { "ttlOverride" } else { "authorizerResultTtlInSeconds" };
    if ttl <= 0 {
        return String::new();
    }
    format!(" AppSync keeps an answer for the same token for {} ({name} {ttl}), this one too perhaps: try the mended function with a new token, or wait that long.", token::span(ttl))
}

/// Answers in another service's form.
fn foreign_form(map: &serde_json::Map<String, Json>) -> &'static str {
    let has = |name: &str| map.contains_key(name);
    if has("policyDocument") {
        " It has a policyDocument: that is the form of an API Gateway authorizer, and AppSync reads nothing of it."
    } else if has("statusCode") && !has("body") {
        " It has a statusCode, as a function behind API Gateway answers: AppSync reads no status, and 200 says nothing to it."
    } else if has("statusCode") || has("body") {
        " It is wrapped in statusCode and body, as for API Gateway: AppSync wants the bare object."
    } else {
        ""
    }
}

/// Members of `resolverContext` that are lists or maps: AppSync takes key-value pairs only
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>: nested keys are not
/// supported).
fn nested(map: &serde_json::Map<String, Json>) -> Option<Finding> {
    let nested: Vec<(&String, &Json)> = map.iter().filter(|(_, value)| value.is_object() || value.is_array()).collect();
    let (first, _) = nested.first()?;
    let shown = |value: &Json| if value.is_array() { "a list" } else { "a map" };
    let each: Vec<String> = nested.iter().take(8).map(|(name, value)| format!("{name} is {}", shown(value))).collect();
    let names: Vec<&String> = nested.iter().map(|(name, _)| *name).collect();
    Some(
        Finding::new(
            Code::ResolverContextNested,
            Message::of(
                "resolverContext must be flat: {}, and AppSync takes texts, numbers and booleans there only. » Give each part a key of its own, or write it as JSON text ({}: JSON.stringify({})), and read it in the template with $util.parseJson($ctx.identity.resolverContext.{}).",
                [
                    Part::Value(each.join(", ")),
                    Part::Code((*first).clone()),
                    Part::Code((*first).clone()),
                    Part::Code((*first).clone()),
                ],
            ),
        )
        .at("authorizerResponse.resolverContext")
        .actual(Json::from(names.into_iter().cloned().collect::<Vec<_>>())),
    )
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
            layer.findings.extend(nested(map));
        }
        Some(other) => layer.findings.push(
            Finding::new(
                Code::AuthorizerMalformed,
                Message::of("resolverContext is {}, not a map: answer a flat map of texts.", [Part::Value(kind(other).to_owned())]),
            )
                .at("authorizerResponse.resolverContext")
                .actual(other.clone()),
        ),
    }
}
