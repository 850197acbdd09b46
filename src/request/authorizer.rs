//! The Lambda authorizer's answer (APPSYNC-VTL 7.5).

use crate::message::{Message, Part, quoted, quoted_list};
use super::evidence::{Evidence, may_be};
use super::invocation;
use super::layer::{Layer, LayerName, State};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use serde_json::Value as Json;

/// An answer may have this many bytes.
const LARGEST: usize = 5 << 20;

/// AppSync calls no function for a longer token (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
const LONGEST_TOKEN: usize = 2_048;

/// Judges the answer for the refused field. A function that said no, one that failed, and one that never ran are three things.
pub fn judge(evidence: &Evidence, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Authorizer, State::Passed);
    if mode == Some(AuthType::Lambda) && !(token_length(evidence, &mut layer) && token_pattern(evidence, &mut layer)) {
        return layer;
    }
    if mode == Some(AuthType::Lambda)
        && let Some(finding) = invocation::judge(evidence)
    {
        layer.refuse(finding);
        return layer;
    }
    let Some(answer) = &evidence.authorizer else {
        if mode == Some(AuthType::Lambda) {
            unanswered(evidence, &mut layer);
        } else if mode.is_none() && may_be(evidence, AuthType::Lambda) {
            layer.state = State::Unknown;
        }
        return layer;
    };
    if mode.is_some_and(|mode| mode != AuthType::Lambda)
        && evidence.header("authorization").is_some()
        && evidence.auth_type.is_some_and(|mode| mode != AuthType::Lambda)
    {
        layer.findings.push(Finding::new(
            Code::AuthorizerNotCalled,
            "the request did not come as Lambda authorization, so this answer did not count: » look at the layer mode.",
        ));
        return layer;
    }
    answered(evidence, answer, &mut layer);
    layer
}

/// Judges what the function answered.
fn answered(evidence: &Evidence, answer: &Json, layer: &mut Layer) {
    let parsed = match answer {
        Json::String(text) => serde_json::from_str(text).unwrap_or_else(|_| answer.clone()),
        other => other.clone(),
    };
    let Some(map) = parsed.as_object() else {
        layer.refuse(
            Finding::new(
                Code::AuthorizerMalformed,
                Message::of(
                    "the authorizer's answer is {}, not a JSON object, which AppSync takes as a refusal: » let the function return an object whose isAuthorized is the outcome of its own check, a boolean.",
                    [Part::Value(kind(&parsed).to_owned())],
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
                    [Part::Value(super::front::thousands(size))],
                ),
            )
            .at("authorizerResponse")
            .actual(size)
            .wanted(LARGEST),
        );
    }
    if let Some(finding) = map.get("isAuthorized").is_none().then(|| failed(map)).flatten() {
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

/// What a value is, in words.
fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean alone",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// What `isAuthorized` refuses by.
fn refusing(evidence: &Evidence, map: &serde_json::Map<String, Json>) -> Option<Finding> {
    Some(match map.get("isAuthorized") {
        Some(Json::Bool(true)) => return None,
        Some(Json::Bool(false)) => said_no(evidence, map),
        Some(other) => Finding::new(
            Code::AuthorizerMalformed,
            Message::of(
                "isAuthorized is {}, which is not a boolean, so AppSync takes it as a refusal: » let the function return the outcome of its own check as a boolean, not as text or a number.",
                [Part::Value(other.to_string())],
            ),
        )
        .at("authorizerResponse.isAuthorized")
        .actual(other.clone())
        .wanted("a boolean"),
        None => no_answer(map),
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
        (None, api) => format!("authorizerResultTtlInSeconds {}", api.unwrap_or(300)),
    };
    let look = "Look at what the function compares the token with (prefix, case, environment), and at its log.";
    let words = match kept {
        Some(ttl) if ttl > 0 => Message::of(
            "the Lambda authorizer itself said isAuthorized: false, and with {} AppSync caches this answer for the same token for {} without asking again, so what was granted since stays unseen. » Wait that long, call with a new token, or let the function return ttlOverride: 0 with refusals.{} {}",
            [
                Part::Text(over.to_string()),
                Part::Value(super::token::span(ttl).to_string()),
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
fn failed(map: &serde_json::Map<String, Json>) -> Option<Finding> {
    let text = |name: &str| map.get(name).and_then(Json::as_str).unwrap_or_default();
    let (kind, message) = (text("errorType"), text("errorMessage"));
    if kind.is_empty() && message.is_empty() || map.contains_key("resolverContext") {
        return None;
    }
    let late = message.contains("timed out") || kind.contains("Timedout");
    let after = message.split("timed out after ").nth(1).map_or("", |rest| rest.trim_end_matches('.'));
    let words = if late {
        Message::of(
            "the authorizer did not refuse, it failed: the function timed out after {} ({}), and AppSync, which waits 10 seconds at most, refuses when there is no answer. » Find what is slow (a cold start, a call to another service without a shorter limit of its own), or give it more memory or provisioned concurrency; whether it would have let this caller in is not known.",
            [
                Part::Value((if after.is_empty() { "10 seconds" } else { after }).to_string()),
                Part::Value(kind.to_string()),
            ],
        )
    } else {
        Message::of(
            "the authorizer did not refuse, it failed ({}: {}), and AppSync refuses when there is no answer. » {}; whether it would have let this caller in is not known.",
            [Part::Value(kind.to_string()), Part::Value(message.to_string()), Part::Text(mend(kind, message).to_owned())],
        )
    };
    Some(
        Finding::new(Code::AuthorizerFailed, words)
            .at("authorizerResponse.errorMessage")
            .actual(message)
            .wanted("an answer within 10 seconds"),
    )
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
fn no_answer(map: &serde_json::Map<String, Json>) -> Finding {
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
            "the authorizer ran, but its answer has no isAuthorized, which AppSync takes as a refusal.", []).with(words),
    )
    .at("authorizerResponse.isAuthorized")
    .actual(if keys.is_empty() { Json::Null } else { Json::from(keys) })
    .wanted("a boolean")
}

/// Nobody gave the function's answer: what its log would settle.
fn unanswered(evidence: &Evidence, layer: &mut Layer) {
    layer.state = State::Unknown;
    layer.findings.push(Finding::new(
        Code::AuthorizerUnknown,
        "what the Lambda authorizer answered is not known: » give its response (--authorizer), or read the function's log.",
    ));
    let error = evidence.error_message();
    let refused = evidence.status() == Some(401) || error.contains("You are not authorized to make this call");
    let only = evidence.api.modes() == [AuthType::Lambda];
    if !refused
        || !error.is_empty() && error != "Unauthorized" && !error.contains("You are not authorized")
        || !only && error.is_empty()
    {
        return;
    }
    let said = if error.is_empty() { "this 401".to_owned() } else { format!("AppSync's {error}", error = quoted(&error)) };
    let at = evidence.now.map_or_else(String::new, |now| format!(" at {}", super::history::clock(now)));
    if let Some(finding) = late(evidence, &at).or_else(|| kept(evidence, &at)) {
        layer.refuse(finding);
        return;
    }
    // A function takes its time; a refusal without one does not.
    let asked = evidence.took.filter(|took| *took >= ASKED && evidence.log.is_some());
    if let Some(took) = asked {
        layer.refuse(
            Finding::new(
                Code::AuthorizerRefused,
                Message::of(
                    "a credential was sent and goes to the Lambda authorizer, so {} is the authorizer layer's; it took {} ms, so the function was most likely asked, and said no or failed. » Look into its own log{}: isAuthorized false is its decision about this token, an error or a timeout is a failure.",
                    [Part::Value(said), Part::Value(took.to_string()), Part::Value(at)],
                ),
            )
            .certainty(Certainty::Likely)
            .at("authorizerResponse.isAuthorized"),
        );
        return;
    }
    layer.refuse(
        Finding::new(
            Code::AuthorizerRefused,
            Message::of(
                "a credential was sent and goes to the Lambda authorizer, so {} is the authorizer layer's; whether the function said no, failed, or was not asked cannot be told without its answer. » Look into the function's own log{}: an invocation with isAuthorized false is its decision about this token, an error or timeout is a failure, and no invocation means a cached answer, a token over 2,048 characters or one that the identity validation expression rejects.",
                [
                    Part::Text(said.to_string()),
                    Part::Text(at.to_string()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("authorizerResponse.isAuthorized"),
    );
}

/// A refusal that took this many milliseconds was hardly given without asking the function.
const ASKED: u64 = 100;

/// How long AppSync keeps an answer where the API does not say, in seconds
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_LambdaAuthorizerConfig.html>).
const KEPT: i64 = 300;

/// A refusal that took no time, of a token that the function had refused shortly before: AppSync keeps the answer, a no too
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
fn kept(evidence: &Evidence, at: &str) -> Option<Finding> {
    let (took, now) = (evidence.took.filter(|took| *took < ASKED)?, evidence.now?);
    let ttl = evidence.api.authorizer_ttl.unwrap_or(KEPT);
    let before = |past: &&super::history::Past| {
        let age = past.at.map(|at| now - at.div_euclid(1000));
        past.same && !past.passed && !past.later && past.status == 401
            && age.is_some_and(|age| (0..=ttl).contains(&age))
            && past.took.is_some_and(|then| then >= ASKED && then / 4 >= took)
    };
    // The oldest of them was the one that asked.
    let past = evidence.others.iter().filter(before).min_by_key(|past| past.at)?;
    let until = past.at?.div_euclid(1000) + ttl;
    let of_api = if evidence.api.authorizer_ttl.is_some() { "authorizerResultTtlInSeconds" } else { "authorizerResultTtlInSeconds, by default" };
    Some(
        Finding::new(
            Code::AuthorizerCached,
            Message::of(
                "the Lambda authorizer was most likely not asked again: this refusal took {} ms, and the same token had been refused at {} after {} ms. AppSync keeps an answer, a no too, for {} s ({}, {}) for each token, here until {}, so what was granted since stays unseen. » Wait until then, or sign in anew (another token is asked about at once); for good let the function answer a no with ttlOverride: 0, or set the API's TTL lower. The function's own log should hold no call{}.",
                [
                    Part::Value(took.to_string()),
                    Part::Value(past.clock()),
                    Part::Value(past.took.unwrap_or_default().to_string()),
                    Part::Value(ttl.to_string()),
                    Part::Name(of_api.to_owned()),
                    Part::Value(super::token::span(ttl)),
                    Part::Value(super::history::clock(until)),
                    Part::Value(at.to_owned()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("authorizerResponse.isAuthorized"),
    )
}

/// AppSync waits this long for the function, in milliseconds
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
const LONGEST_WAIT: u64 = 10_000;

/// Who was refused after so long a time most likely was refused because no answer came.
fn late(evidence: &Evidence, at: &str) -> Option<Finding> {
    let took = evidence.took.filter(|took| (LONGEST_WAIT..LONGEST_WAIT + 3_000).contains(took))?;
    let function = evidence.api.authorizer.as_deref().and_then(|arn| arn.split(":function:").nth(1)).unwrap_or("the function");
    let passed = evidence.others.iter().find(|past| past.same && past.passed);
    let passed = passed.map_or_else(String::new, |past| format!(" The same credential passed at {}.", past.clock()));
    let ttl = match evidence.api.authorizer_ttl {
        Some(0) => ", and set authorizerResultTtlInSeconds above 0, so that not each request waits for it",
        _ => "",
    };
    Some(
        Finding::new(
            Code::AuthorizerFailed,
            Message::of(
                "the Lambda authorizer most likely did not answer in time: the refusal took {} s, and AppSync waits 10 s for the function and refuses without an answer, so the token was not judged.{} » Look into the log of {}{} (Task timed out, or a duration near 10 s), and make it faster: provisioned concurrency against cold starts, a limit of a few seconds on what it calls{}. A longer timeout of the function does not help.",
                [
                    Part::Value(format!("{}.{:03}", took / 1000, took % 1000)),
                    Part::Text(passed),
                    Part::Name(function.to_owned()),
                    Part::Text(at.to_owned()),
                    Part::Text(ttl.to_owned()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("took")
        .actual(took)
        .wanted("an answer within 10 seconds"),
    )
}

/// A token that is too long is refused without asking the function.
fn token_length(evidence: &Evidence, layer: &mut Layer) -> bool {
    let length = evidence.header("authorization").map_or(0, |value| value.chars().count());
    if length <= LONGEST_TOKEN {
        return true;
    }
    let groups = evidence.authorization().and_then(|(value, _)| {
        let jwt = &value[value.find("eyJ")?..];
        let token = super::token::read(jwt).ok()?;
        Some(token.claims.get("cognito:groups")?.as_array()?.len())
    });
    let why = groups
        .filter(|count| *count > 5)
        .map_or(String::new(), |count| format!(" Much of it are its {count} cognito:groups."));
    layer.refuse(
        Finding::new(
            Code::AuthorizerTokenTooLong,
            Message::of(
                "the Authorization header is {} characters long, and AppSync calls no Lambda authorizer for a token over 2,048: it refused by itself, the function never ran.{} » Send a shorter token: leave claims out of it (a pre-token-generation trigger), or send a short session id and let the function look the rest up.",
                [
                    Part::Value(super::front::thousands(length).to_string()),
                    Part::Text(why.to_string()),
                ],
            ),
        )
        .at("request.headers.authorization")
        .actual(length)
        .wanted("at most 2048 characters"),
    );
    false
}

/// ARNs, or `Type.field`.
fn denied_fields(evidence: &Evidence, denied: Option<&Json>, layer: &mut Layer) {
    let Some(denied) = denied.filter(|denied| !denied.is_null()) else { return };
    let Some(list) = denied.as_array() else {
        layer.findings.push(
            Finding::new(
                Code::AuthorizerMalformed,
                Message::of("deniedFields is {}, not a list: answer a list of texts such as Query.getNote.", [Part::Value(kind(denied).to_owned())]),
            )
                .at("authorizerResponse.deniedFields")
                .actual(denied.clone()),
        );
        return;
    };
    let subject = format!("{}.{}", evidence.parent_type, evidence.field);
    for entry in list.iter().filter_map(Json::as_str) {
        denied_entry(evidence, entry, &subject, layer);
    }
}

/// One entry of `deniedFields`.
fn denied_entry(evidence: &Evidence, entry: &str, subject: &str, layer: &mut Layer) {
    let named = match entry.split_once("/types/") {
        Some((_, rest)) => rest.replacen("/fields/", ".", 1),
        None => entry.to_owned(),
    };
    let unsure = |layer: &mut Layer, code: Code, message: Message| {
        layer.state = if layer.state == State::Refused { State::Refused } else { State::Unknown };
        layer.findings.push(listed(code, entry, subject, message));
    };
    if let Some(why) = names_none(evidence, entry) {
        let message = Message::of(
            "deniedFields has {}, {}, so nothing that AWS documents makes it deny {}: an entry names one field, whole, without wildcards. » Write {}, or the field's ARN with this API's id, and so for each field that is meant.",
            [Part::Value(quoted(entry).to_string()), Part::Text(why), Part::Name(subject.to_owned()), Part::Code(subject.to_owned())],
        );
        unsure(layer, Code::DeniedFieldName, message);
    } else if named == subject {
        layer.refuse(listed(
            Code::FieldDeniedByAuthorizer,
            entry,
            subject,
            Message::of(
                "the authorizer lists {} in deniedFields: the field is null, whatever its resolver gives. » If this caller should see it, let the function leave the entry out for such callers; otherwise it works as written, and the client can leave the field out of its query.",
                [Part::Value(entry.to_owned())],
            ),
        ));
    } else if named.contains('*') && super::iam::matches(&named, subject) {
        layer.findings.push(listed(
            Code::DeniedFieldWildcard,
            entry,
            subject,
            Message::of(
                "deniedFields has {}: AWS documents whole names only (an ARN, or Type.field); whether a wildcard denies {} is not verified. » Write whole names.",
                [Part::Value(entry.to_owned()), Part::Name(subject.to_owned())],
            ),
        ));
    } else if named.eq_ignore_ascii_case(subject) {
        let message = Message::of(
            "deniedFields has {}, which differs from {} in case only: whether AppSync compares case is not verified. » Write it as the schema does.",
            [Part::Value(entry.to_owned()), Part::Name(subject.to_owned())],
        );
        unsure(layer, Code::DeniedFieldCase, message);
    }
}

/// Why an entry of `deniedFields` that is meant for the field names none: AWS documents ARNs and `Type.field`
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
fn names_none(evidence: &Evidence, entry: &str) -> Option<String> {
    if entry == evidence.field {
        return Some("the field's name without its type".to_owned());
    }
    if entry == evidence.parent_type {
        return Some("the name of a type without a field".to_owned());
    }
    let (_, rest) = entry.split_once(":apis/")?;
    let (api, field) = rest.split_once("/types/")?;
    let own = evidence.api.id.as_deref()?;
    let same = field.replacen("/fields/", ".", 1) == format!("{}.{}", evidence.parent_type, evidence.field);
    (api != own && same).then(|| format!("an ARN of the API {api}, and this API is {own}"))
}

/// What is said of an entry of `deniedFields`.
fn listed(code: Code, entry: &str, subject: &str, message: Message) -> Finding {
    Finding::new(code, message)
        .at("authorizerResponse.deniedFields")
        .actual(entry)
        .wanted(format!("{subject} not listed"))
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
                Message::of(
                    "identityValidationExpression is {}, which is not a regular expression that can be read here: » test the token against it by hand, or correct the expression.",
                    [Part::Code(quoted(pattern).to_string())],
                ),
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
            Message::of(
                "the token does not match the API's identityValidationExpression {}{}: AppSync tests it before it calls the function, so the Lambda authorizer never ran. » Send the token in the form that was issued, or widen the expression if such tokens are valid.",
                [
                    Part::Code(pattern.to_string()),
                    Part::Value(first_misfit(pattern, value).to_string()),
                ],
            ),
        )
        .at("apiConfig.identityValidationExpression")
        .actual(pattern.as_str())
        .wanted("a token that matches it"),
    );
    false
}

/// Which letter is the first that a pattern does not take: the longest beginning that some ending could still complete is
/// not decidable in general, so only a pattern that ends in one class with a count is looked at.
fn first_misfit(pattern: &str, value: &str) -> String {
    let Some((head, class)) = pattern.trim_end_matches('$').rsplit_once('[') else { return String::new() };
    let Some((class, _)) = class.split_once(']') else { return String::new() };
    let (Ok(prefix), Ok(letter)) = (fancy_regex::Regex::new(head), fancy_regex::Regex::new(&format!("[{class}]")))
    else {
        return String::new();
    };
    let Ok(Some(found)) = prefix.find(value) else { return String::new() };
    let rest = &value[found.end()..];
    let misfit = rest.chars().find(|one| !letter.is_match(&one.to_string()).unwrap_or(true));
    // One letter of a token tells nothing.
    misfit.map_or_else(String::new, |one| format!(" (it has {one} where the expression takes [{class}])", one = quoted(&one.to_string())))
}

/// Answers in another service's form.
fn foreign_form(map: &serde_json::Map<String, Json>) -> &'static str {
    let has = |name: &str| map.contains_key(name);
    if has("policyDocument") {
        " It has a policyDocument: that is the form of an API Gateway authorizer, and AppSync reads nothing of it."
    } else if has("statusCode") || has("body") {
        " It is wrapped in statusCode and body, as for API Gateway: AppSync wants the bare object."
    } else {
        ""
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
                        Message::of(
                            "resolverContext must be flat: {} hold lists or maps, which AppSync does not take. » Write them as JSON text.",
                            [
                                Part::Value(quoted_list(&nested).to_string()),
                            ],
                        ),
                    )
                    .at("authorizerResponse.resolverContext")
                    .actual(Json::from(nested.into_iter().cloned().collect::<Vec<_>>())),
                );
            }
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
