//! The request layer: credentials, their form, expiry, issuer and client (APPSYNC-VTL 4.7, 7.1, 8.3, 8.4).

use super::evidence::{Evidence, time};
use super::layer::{Layer, LayerName, State};
use super::messages;
use super::token::{self, Token};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use serde_json::Value as Json;

/// The clock may differ by this many seconds (SigV4).
const SKEW: i64 = 300;

/// Judges the credentials of a request.
pub fn judge(evidence: &Evidence) -> Layer {
    let mut layer = Layer::new(LayerName::Request, State::Passed);
    let key = evidence.header("x-api-key");
    let authorization = evidence.authorization();
    match (key, authorization) {
        (None, None) => no_credential(evidence, &mut layer),
        (key, authorization) => {
            if let (Some(_), Some(_)) = (key, authorization) {
                layer.findings.push(
                    Finding::new(
                        Code::TwoCredentials,
                        "both x-api-key and Authorization were sent: the key probably wins, so the caller is nobody in particular. Send one of them.",
                    )
                    .at("request.headers.x-api-key")
                    .actual("x-api-key and Authorization")
                    .wanted("one of them"),
                );
            }
            if let Some(key) = key {
                api_key(evidence, key, &mut layer);
            }
            if let Some((value, bearer)) = authorization.filter(|_| key.is_none()) {
                self::authorization(evidence, value, bearer, &mut layer);
            }
        }
    }
    observed(evidence, &mut layer);
    layer
}

fn no_credential(evidence: &Evidence, layer: &mut Layer) {
    let refused_here = evidence.observed.as_ref().is_some_and(|observed| {
        let told = observed.message.as_deref().and_then(messages::find);
        matches!(
            told.map(|told| told.code),
            Some(Code::NoValidCredential | Code::TokenMalformed | Code::SignatureMissing)
        )
    });
    let finding = Finding::new(Code::NoCredential, "neither an Authorization header nor an x-api-key was sent: sign the user in before the call, or configure the client's mode and key.")
        .at("request.headers.authorization");
    if refused_here && evidence.identity.is_none() && !evidence.sanitized {
        layer.refuse(finding);
    } else if evidence.identity.is_some() || evidence.sanitized || evidence.headers.is_empty() {
        layer.state = State::Unknown;
        layer.findings.push(Finding::new(
            Code::CredentialsUnknown,
            "the headers hold no credential: what was sent is not known (browsers take it out of HAR exports). Export the HAR with sensitive data, or give the headers.",
        ));
    } else {
        layer.refuse(finding);
    }
}

/// The last four characters of an API key: what may be shown of it.
fn tail(key: &str) -> String {
    let tail: String = key.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    format!("…{tail}")
}

fn api_key(evidence: &Evidence, key: &str, layer: &mut Layer) {
    let path = "request.headers.x-api-key";
    if token::read(key.trim_start_matches("Bearer ")).is_ok() {
        layer.refuse(
            Finding::new(
                Code::TokenInApiKey,
                "the x-api-key header holds a JWT: send a token in the Authorization header, and no x-api-key beside it.",
            )
            .at(path)
            .actual("a JWT")
            .wanted("an API key (da2-…)"),
        );
        return;
    }
    let shown = tail(key);
    if evidence.api.is_known() && !evidence.api.modes().contains(&AuthType::ApiKey) {
        layer.refuse(not_configured(evidence, AuthType::ApiKey).at(path));
        return;
    }
    if !key.starts_with("da2-") {
        layer.findings.push(
            Finding::new(Code::KeyForm, "the API key does not begin with da2-, as AppSync's keys do: it may be API Gateway's. Take the one of the API (aws appsync list-api-keys).")
                .at(path)
                .actual(shown.as_str()),
        );
    }
    let Some(keys) = &evidence.api.keys else { return };
    let text = |entry: &Json, names: &[&str]| -> Option<String> {
        names.iter().find_map(|name| entry.get(*name).and_then(Json::as_str)).map(str::to_owned)
    };
    let same = |entry: &&Json| {
        let known = entry.as_str().map(str::to_owned).or_else(|| text(entry, &["id", "key", "apiKey"]));
        known.is_some_and(|known| known == key || known.ends_with(key.trim_start_matches("da2-")))
    };
    let Some(entry) = keys.iter().find(same) else {
        layer.refuse(
            Finding::new(
                Code::KeyUnknown,
                format!(
                    "the API key {shown} is none of this API's {} keys: another API's, or a deleted one. Take one that the API has (aws appsync list-api-keys).",
                    keys.len()
                ),
            )
            .at(path)
            .actual(shown.as_str()),
        );
        return;
    };
    let expires = ["expires", "expiresAt", "expiry"].iter().find_map(|name| entry.get(*name)).and_then(time);
    match (expires, evidence.now) {
        (Some(expires), Some(now)) if expires <= now => layer.refuse(
            Finding::new(
                Code::KeyExpired,
                format!(
                    "the API key {shown} expired at {}: create a new one, or extend it (at most 365 days).",
                    token::moment(expires)
                ),
            )
            .at(path)
            .actual(expires)
            .wanted(format!("> {now}")),
        ),
        (Some(expires), None) => {
            layer.state = State::Unknown;
            layer.findings.push(
                Finding::new(
                    Code::ExpiryUnknown,
                    format!(
                        "the API key {shown} expires at {}: the request's own time is not known (pass --now).",
                        token::moment(expires)
                    ),
                )
                .at(path)
                .actual(expires),
            );
        }
        _ => {}
    }
}

fn not_configured(evidence: &Evidence, mode: AuthType) -> Finding {
    let modes: Vec<&str> = evidence.api.modes().into_iter().map(AuthType::as_str).collect();
    Finding::new(
        Code::ModeNotConfigured,
        format!("the credential is for {mode}, which this API does not have: it has {}. Send a credential for one of these, or add the mode to the API.", modes.join(", ")),
    )
    .actual(mode.as_str())
    .wanted(serde_json::Value::from(modes))
}

fn authorization(evidence: &Evidence, value: &str, bearer: bool, layer: &mut Layer) {
    let path = "request.headers.authorization";
    let modes = evidence.api.modes();
    let has = |mode| modes.contains(&mode);
    let known = evidence.api.is_known();
    if value.starts_with("AWS4-HMAC-SHA256") {
        // Only an API without IAM tries to read a signature as a JWT (A2).
        let told = messages::find(evidence.told()).map(|told| told.code);
        if known && !has(AuthType::Iam) || !known && told == Some(Code::TokenMalformed) {
            let theirs = if known { names(&modes) } else { "user pools or OIDC".to_owned() };
            layer.refuse(
                Finding::new(
                    Code::Sigv4WithoutIam,
                    format!("the request is signed with SigV4 (IAM), and the API has no IAM mode: it has {theirs}. Send the token of one of these in the Authorization header, or add IAM to the API."),
                )
                .at(path)
                .actual("AWS4-HMAC-SHA256 …")
                .wanted(theirs),
            );
            return;
        }
        signature(evidence, value, layer);
        return;
    }
    if value.starts_with("da2-") {
        layer.refuse(
            Finding::new(
                Code::KeyInAuthorization,
                format!(
                    "the Authorization header holds an API key ({}): send a key in the x-api-key header.",
                    tail(value)
                ),
            )
            .at(path)
            .actual("an API key")
            .wanted("x-api-key: da2-…"),
        );
        return;
    }
    match token::read(value) {
        Err(message) => {
            let lambda = if known {
                has(AuthType::Lambda)
            } else {
                evidence.auth_type == Some(AuthType::Lambda) || evidence.authorizer.is_some()
            };
            if lambda {
                return;
            }
            let refused =
                known || evidence.observed.as_ref().is_some_and(|observed| matches!(observed.status, Some(401)));
            let finding = Finding::new(
                Code::TokenMalformed,
                format!("the Authorization header is {message}. Send the token as it was issued."),
            )
            .at(path)
            .actual(scheme(value))
            .wanted("a JWT, as it was issued");
            if refused {
                layer.refuse(finding);
            } else {
                layer.state = State::Unknown;
                layer.findings.push(finding);
            }
        }
        Ok(token) => jwt(evidence, &token, bearer, layer),
    }
    let doubled = value.get(..7).is_some_and(|prefix| prefix.eq_ignore_ascii_case("bearer "));
    if value.starts_with('"') || value.contains(char::is_whitespace) || doubled {
        layer.refuse(
            Finding::new(
                Code::TokenHasExtras,
                "the token has quotes, blanks or a second prefix around it: send it bare.",
            )
            .at(path)
            .actual(scheme(value))
            .wanted("bare token"),
        );
    }
}

/// The prefix as it was sent, however often: `Bearer `, `bearer `, `Bearer Bearer `.
fn prefix(evidence: &Evidence) -> String {
    let value = evidence.header("authorization").unwrap_or_default().trim_start();
    let mut end = 0;
    while value.get(end..end + 7).is_some_and(|word| word.eq_ignore_ascii_case("bearer ")) {
        end += 7;
    }
    value[..end].to_owned()
}

/// The first word of a header: never the token.
fn scheme(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) if scheme.len() < 20 => format!("{scheme} …"),
        _ => format!("{} characters", value.chars().count()),
    }
}

fn names(modes: &[AuthType]) -> String {
    modes.iter().map(|mode| mode.as_str()).collect::<Vec<_>>().join(", ")
}

fn jwt(evidence: &Evidence, token: &Token, bearer: bool, layer: &mut Layer) {
    let path = "request.headers.authorization";
    let modes = evidence.api.modes();
    if evidence.api.is_known()
        && !modes.iter().any(|mode| matches!(mode, AuthType::UserPool | AuthType::Oidc | AuthType::Lambda))
    {
        let mode = if token.is_cognito() { AuthType::UserPool } else { AuthType::Oidc };
        layer.refuse(not_configured(evidence, mode).at(path));
        return;
    }
    for finding in token.algorithm_refused().into_iter().chain(token.use_refused()) {
        layer.refuse(finding);
    }
    issuer(evidence, token, layer);
    client(evidence, token, layer);
    for (refused, finding) in token.times(evidence.now) {
        if refused {
            layer.refuse(finding);
        } else {
            if layer.state == State::Passed {
                layer.state = State::Unknown;
            }
            layer.findings.push(finding);
        }
    }
    if bearer {
        let refused = evidence.observed.as_ref().is_some_and(|observed| observed.status == Some(401));
        let finding = Finding::new(
            Code::BearerPrefix,
            "the Authorization header begins with `Bearer `: AppSync wants the bare token for user pools and OIDC, and older APIs refuse the prefix (Amplify sends none).",
        )
        .at(path)
        .actual(prefix(evidence))
        .wanted("bare token");
        if refused && layer.state != State::Refused {
            layer.refuse(finding);
        } else {
            layer.findings.push(finding);
        }
    }
}

/// The issuer; with OIDC as the only mode AppSync does not compare it (7.1).
fn issuer(evidence: &Evidence, token: &Token, layer: &mut Layer) {
    let Some(issuer) = token.text("iss") else {
        layer.refuse(
            Finding::new(Code::TokenWithoutIssuer, "the token has no iss claim: AppSync cannot tell who issued it. Send a token of the API's user pool or provider.")
                .at("token.iss"),
        );
        return;
    };
    let trimmed = |text: &str| text.trim_end_matches('/').to_owned();
    let known = &evidence.api.issuers;
    if known.is_empty() {
        let only_pools = evidence.api.is_known() && evidence.api.modes() == [AuthType::UserPool];
        if only_pools && !token.is_cognito() {
            layer.refuse(
                Finding::new(
                    Code::IssuerMismatch,
                    format!("the token is of {issuer}, and the API takes tokens of a Cognito user pool only: send one of these, or add OIDC with this issuer to the API."),
                )
                .at("token.iss")
                .actual(issuer)
                .wanted("a Cognito user pool"),
            );
        }
        return;
    }
    if known.iter().any(|known| trimmed(known) == trimmed(issuer) || issuer.ends_with(&format!("/{known}"))) {
        return;
    }
    if evidence.api.is_known() && evidence.api.modes() == [AuthType::Oidc] {
        layer.findings.push(
            Finding::new(Code::IssuerNotCompared, format!("the token is of {issuer}, not of {}: with OIDC as its only mode AppSync does not compare it, with a second mode it does.", known.join(", ")))
                .at("token.iss")
                .actual(issuer),
        );
        return;
    }
    let wanted = known.join(" or ");
    let region = |text: &str| {
        text.strip_prefix("https://cognito-idp.").and_then(|rest| rest.split('.').next()).map(str::to_owned)
    };
    let words = match (region(issuer), known.first().and_then(|known| region(known))) {
        (Some(mine), Some(theirs)) if mine != theirs => format!("a user pool in {mine}, the API's is in {theirs}"),
        (Some(_), Some(_)) => "another user pool (another environment's or branch's?)".to_owned(),
        _ => "another issuer".to_owned(),
    };
    layer.refuse(
        Finding::new(
            Code::IssuerMismatch,
            format!("the token is of {issuer}: {words}. The API takes tokens of {wanted}: configure the client with that, or add this issuer to the API."),
        )
        .at("token.iss")
        .actual(issuer)
        .wanted(wanted),
    );
}

/// The client id: each setting is a pattern that `aud`, `client_id` or `azp` must match.
fn client(evidence: &Evidence, token: &Token, layer: &mut Layer) {
    let wanted = &evidence.api.audiences;
    let clients = token.clients();
    if wanted.is_empty() || evidence.api.is_known() && evidence.api.modes() == [AuthType::Lambda] {
        return;
    }
    if !wanted.iter().any(|setting| token.is_for(setting)) {
        let claim = token.client_claim();
        layer.refuse(
            Finding::new(
                Code::ClientMismatch,
                format!(
                    "the token was issued to {} ({claim}), and the API takes {} only: sign in with such a client, or change the API's client id pattern.",
                    clients.join(", "),
                    wanted.join(" or ")
                ),
            )
            .at(format!("token.{claim}"))
            .actual(serde_json::Value::from(clients.clone()))
            .wanted(wanted.join(" or ")),
        );
    }
}

/// SigV4: the scope's service, the session token of temporary keys, the clock.
fn signature(evidence: &Evidence, value: &str, layer: &mut Layer) {
    let path = "request.headers.authorization";
    let credential =
        value.split("Credential=").nth(1).and_then(|rest| rest.split([',', ' ']).next()).unwrap_or_default();
    let parts: Vec<&str> = credential.split('/').collect();
    let [key, _, region, service, ..] = parts.as_slice() else {
        layer.refuse(
            Finding::new(
                Code::SignatureMalformed,
                "the SigV4 header has no complete Credential scope (key/date/region/service/aws4_request): sign it with a library.",
            )
            .at(path),
        );
        return;
    };
    if *service != "appsync" {
        layer.refuse(
            Finding::new(
                Code::SignatureScope,
                format!(
                    "the request is signed for the service {service:?}; AppSync's is \"appsync\": sign it for that."
                ),
            )
            .at(path)
            .actual(*service)
            .wanted("appsync"),
        );
    }
    let host = evidence.header("host").unwrap_or_default();
    let theirs = host.split(".appsync-api.").nth(1).and_then(|rest| rest.split('.').next());
    if let Some(theirs) = theirs.filter(|theirs| theirs != region) {
        layer.refuse(
            Finding::new(
                Code::SignatureScope,
                format!("the request is signed for {region}, the API is in {theirs}: sign it for the API's region."),
            )
            .at(path)
            .actual(*region)
            .wanted(theirs),
        );
    }
    if key.starts_with("ASIA") && !evidence.headers.is_empty() && evidence.header("x-amz-security-token").is_none() {
        layer.refuse(
            Finding::new(
                Code::SessionTokenMissing,
                "the access key is temporary (ASIA…), and no x-amz-security-token was sent: sign with all three parts of the credentials.",
            )
            .at("request.headers.x-amz-security-token"),
        );
    }
    let signed = evidence.header("x-amz-date").and_then(amz_date);
    if let (Some(signed), Some(now)) = (signed, evidence.now)
        && (now - signed).abs() > SKEW
    {
        layer.refuse(
            Finding::new(
                Code::ClockSkew,
                format!(
                    "the request was signed {} from its own time, and more than five minutes are refused: set the clock.",
                    token::span(now - signed)
                ),
            )
            .at("request.headers.x-amz-date")
            .actual(signed)
            .wanted(now),
        );
    }
}

/// `20261102T060618Z`
fn amz_date(text: &str) -> Option<i64> {
    let parsed = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    parsed.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok().map(|time| time.timestamp().as_second())
}

/// What the client saw, where it comes from this layer.
fn observed(evidence: &Evidence, layer: &mut Layer) {
    let Some(observed) = &evidence.observed else { return };
    if observed.status == Some(0) {
        layer.state = State::Unknown;
        layer.findings.insert(
            0,
            Finding::new(
                Code::NoResponse,
                "the browser has no response: the network or CORS failed. That is no refusal by AppSync, or one whose answer was hidden because it had no CORS headers: repeat the request outside the browser.",
            )
            .at("observed.httpStatus")
            .actual(0),
        );
        return;
    }
    let text = observed.message.as_deref().unwrap_or_default();
    let kind = observed.error_type.as_deref().unwrap_or_default();
    let told = messages::find(text).or_else(|| messages::find(kind));
    let Some(told) = told else {
        if matches!(observed.status, Some(401 | 403)) && layer.state != State::Refused && evidence.iam.is_empty() {
            layer.findings.push(
                Finding::new(
                    Code::RefusedBeforeGraphql,
                    "the status says that the request was refused before any field was resolved, and nothing is known of it that is wrong. Look at the answer's body for AppSync's message, and give the API's modes and pool (--api).",
                )
                .actual(observed.status),
            );
        }
        return;
    };
    let key = evidence.header("x-api-key").filter(|_| told.code == Code::KeyOrAuthorizerRefused);
    if told.layer != Some(LayerName::Request) && key.is_none() || super::mode::bearer_is_reserved(evidence) {
        return;
    }
    // The authorizer layer tells whether the token matched.
    if evidence.api.token_pattern.is_some() && super::mode::selected(evidence) == Some(AuthType::Lambda) {
        return;
    }
    let foreign = messages::is_foreign(told.code);
    let whose = if foreign { "the message" } else { "AppSync's message" };
    let mut finding = Finding::new(told.code, format!("{whose} {text:?} means: {}", told.meaning))
        .at("observed.message")
        .actual(text);
    if let Some(key) = key {
        finding.message.and(format!("The key that was sent ends in {}.", tail(key)));
        finding =
            finding.at("request.headers.x-api-key").actual(tail(key)).wanted("a key of this API that has not expired");
    }
    let token = evidence.authorization().and_then(|(value, _)| token::read(value).ok());
    if let Some(exp) = token.and_then(|token| token.time("exp")).filter(|_| told.code == Code::TokenExpired) {
        finding.message.and(format!("It expired at {}.", token::moment(exp)));
        finding = finding.at("token.exp").actual(exp).wanted("> the request's time");
        layer.findings.retain(|known| known.code != Code::ExpiryUnknown);
    }
    if foreign {
        // Not AppSync's words: what the request looked like did not matter.
        layer.state = State::Unknown;
    }
    let already = layer.state == State::Refused;
    layer.refuse(finding);
    if key.is_some() && !already {
        layer.blame(Code::TwoCredentials);
    }
    // AppSync could not read the token: its prefix comes before its times.
    if told.code == Code::TokenMalformed {
        layer.blame(Code::BearerPrefix);
    }
}
