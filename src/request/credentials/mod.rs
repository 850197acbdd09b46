//! The request layer: what stands before AppSync, then the credentials, their form, expiry, issuer and client
//! (APPSYNC-VTL 4.7, 7.1, 8.3, 8.4).

mod absent;
mod accident;
mod agrees;
mod around;
mod canonical;
mod claims;
mod cookie;
mod ending;
mod foreign_header;
mod incomplete;
pub mod issuer;
mod jwt;
mod key;
mod key_passed;
mod key_text;
mod mock;
mod opaque;
mod region;
mod same_provider;
mod signature;
mod unparsed;
pub mod unread;
mod error_message;

use super::answer::product;
use super::evidence::Evidence;
use super::layer::{Layer, LayerName, State};
use super::on_the_way::{OnTheWay, titled};
use super::{event, front, messages, socket_judge};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, any_of, quoted};
pub use accident::is_placeholder;
pub use signature::http_date;
use key::SentKey;

/// Judges the credentials of a request.
pub fn judge(evidence: &Evidence) -> Layer {
    let mut layer = Layer::new(LayerName::Request, State::Passed);
    if let Some((state, finding)) = front::judge(evidence).or_else(|| socket_judge::judge(evidence)) {
        layer.state = state;
        layer.findings.push(finding);
        return layer;
    }
    credentials(evidence, &mut layer);
    unread::unsettle(evidence, &mut layer);
    error_message::judge(evidence, &mut layer);
    socket_judge::whose(evidence, &mut layer);
    layer
}

fn credentials(evidence: &Evidence, layer: &mut Layer) {
    let mut placeholders = accident::placeholders(evidence).into_iter().chain(ending::placeholders(evidence));
    if let Some(finding) = placeholders.next() {
        let other = placeholders.next();
        if other.is_some() || evidence.header("x-api-key").is_none() || finding.path.as_deref() == Some(key_text::PATH) {
            layer.refuse(finding);
            layer.findings.extend(other);
            return;
        }
        layer.findings.push(finding);
    }
    if let Some(finding) = accident::glued(evidence).filter(|_| evidence.header("x-api-key").is_none()) {
        layer.refuse(finding);
        return;
    }
    let key = SentKey::of(evidence);
    let authorization = evidence.authorization();
    let masked = evidence.masked.get("authorization");
    if key.is_none() && authorization.is_none() && masked.is_none() {
        no_credential(evidence, layer);
        return;
    }
    if key.is_some() && (authorization.is_some() || masked.is_some()) {
        layer.findings.push(two_credentials(evidence));
    }
    if let Some(key) = &key {
        key::judge(evidence, key, layer);
    } else if let Some((value, bearer)) = authorization {
        self::authorization(evidence, value, bearer, layer);
    } else {
        masked_credential(evidence, layer);
    }
}

/// Two credentials came: the client sent both, or something on the way added one.
fn two_credentials(evidence: &Evidence) -> Finding {
    let message = match &evidence.on_the_way {
        Some(OnTheWay::Added { came, tail }) => Message::of(
            "AppSync got two credentials, and the browser sent one: something on the way adds {} (it ends in {} in AppSync's log). AWS does not document which counts (the key probably wins, so the caller is nobody in particular). » Take it out where it is added (a proxy, the origin's custom headers of a distribution, a service worker), or call AppSync's own URL.",
            [Part::Name(titled(came).to_owned()), Part::Value(tail.clone())],
        ),
        _ if messages::find(evidence.error_message()).is_some_and(|known| known.modes == [AuthType::UserPool, AuthType::Oidc]) => Message::of(
            "two credentials were sent, x-api-key and Authorization, and AppSync's words ({}) are of a token: it read that one, and not the key. » Send only one of them: the token for users who are signed in, a valid key for public calls.",
            [Part::Value(quoted(evidence.error_message()).to_string())],
        ),
        _ => "two credentials were sent, x-api-key and Authorization: AWS does not document which counts (the key probably wins, so the caller is nobody in particular). » Send only one of them: the token for users who are signed in, a valid key for public calls.".into(),
    };
    Finding::new(Code::TwoCredentials, message)
        .at("request.headers.x-api-key")
        .actual("x-api-key and Authorization")
        .wanted("one of them")
}

/// A credential of which only a mask is there: it was sent, and no more is known of it.
fn masked_credential(evidence: &Evidence, layer: &mut Layer) {
    let signed = evidence.header("x-amz-date").is_some();
    if signed {
        let unrecognized =
            evidence.says("UnrecognizedClient") || evidence.says("security token included in the request is invalid");
        let complete = evidence.log.as_ref().is_some_and(|log| log.complete);
        let token = "x-amz-security-token";
        if unrecognized && complete && evidence.header(token).is_none() && !evidence.masked.contains_key(token) {
            layer.refuse(
                Finding::new(
                    Code::SessionTokenMissing,
                    Message::of(
                        "the request is signed but carries no session token: AppSync answered HTTP {} UnrecognizedClientException, and the log's list of headers, which is complete, has authorization and x-amz-date but no x-amz-security-token. The credentials of a role are temporary (ASIA…) and unknown without their token: » give it (sessionToken) to the signer, so that it is sent and signed. The access key is masked, so if it begins with AKIA it is instead deleted, inactive or another partition's.",
                        [
                            Part::Value(evidence.status().unwrap_or(403).to_string()),
                        ],
                    ),
                )
                .at("request.headers.x-amz-security-token"),
            );
            return;
        }
    }
    if let Some(finding) = masked_without_mode(evidence, signed) {
        layer.refuse(finding);
        return;
    }
    // A log's time is AppSync's own.
    let refused = matches!(evidence.status(), Some(400 | 401 | 403));
    if signed && refused && evidence.log.is_some() && signature::clock(evidence, layer) {
        return;
    }
    layer.state = State::Unknown;
    let tail = evidence.masked.get("authorization").map_or("", String::as_str);
    let shown = if tail.is_empty() { "[****]".to_owned() } else { format!("[****{tail}]") };
    let what = if signed { "a SigV4 signature (there is an x-amz-date)" } else { "a token" };
    let other = evidence.log.as_ref().and_then(|log| log.other.as_deref()).filter(|_| !signed);
    let other = other.map_or_else(String::new, |end| format!(" The token that was given ends in {end}, so it is not the one that was sent."));
    layer.findings.push(
        Finding::new(
            Code::CredentialMasked,
            Message::of(
                "a credential was sent, {}: authorization={} stands masked in the log, so its claims and times are not known.{}{} » Give the token that ends so (--claims, --identities), or the client's answer with AppSync's message.",
                [
                    Part::Text(what.to_string()),
                    Part::Value(shown.to_string()),
                    Part::Value(other),
                    Part::Text(may_have_refused(evidence, signed)),
                ],
            ),
        )
        .at("request.headers.authorization")
        .actual(shown),
    );
}

/// What of a token AppSync may have refused, where it answered 401 and no words of its own are known
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>).
fn may_have_refused(evidence: &Evidence, signed: bool) -> String {
    if signed || evidence.status() != Some(401) || !evidence.error_message().is_empty() {
        return String::new();
    }
    let issuers = &evidence.api.issuers;
    let theirs = if issuers.is_empty() { String::new() } else { format!(" (the API's: {})", any_of(issuers)) };
    let lambda = if super::evidence::may_be(evidence, AuthType::Lambda) { ", or a Lambda authorizer refused it" } else { "" };
    format!(" Which of its checks it failed cannot be told: it may have expired (exp), be of another issuer{theirs}, of another client or audience (aud, client_id), or malformed{lambda}; schema and resolvers had no part in it.")
}

/// A masked credential of a kind that the API does not take: the log's list of headers is complete, so without x-amz-date it
/// is no signature (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
fn masked_without_mode(evidence: &Evidence, signed: bool) -> Option<Finding> {
    let modes = evidence.api.modes();
    let complete = evidence.log.as_ref().is_some_and(|log| log.complete);
    let refused = matches!(evidence.status(), Some(400 | 401 | 403));
    if !complete || !refused || !evidence.api.is_known() {
        return None;
    }
    if signed {
        return (!modes.contains(&AuthType::Iam)).then(|| without_iam(evidence, &modes));
    }
    let takes = |mode: &AuthType| matches!(mode, AuthType::UserPool | AuthType::Oidc | AuthType::Lambda);
    if modes.iter().any(takes) {
        return None;
    }
    let iam = modes.contains(&AuthType::Iam);
    let proof = if iam {
        "it is not signed with SigV4 (the log's list of headers, which is complete, has no x-amz-date)"
    } else {
        "it stands in Authorization"
    };
    let cure = if iam {
        "Sign the request (SigV4, service appsync, with credentials that are allowed appsync:GraphQL), or give the API the mode whose token the client sends, with that mode's directive on the fields"
    } else {
        "Send the key in x-api-key, or give the API the mode whose token the client sends, with that mode's directive on the fields"
    };
    Some(
        Finding::new(
            Code::ModeNotConfigured,
            Message::of(
                "a token was sent, and the API takes none: authorization stands masked in the log, {}, and the API has {} only. » {}.",
                [
                    Part::Text(proof.to_string()),
                    Part::Name(AuthType::api_names(&modes).to_string()),
                    Part::Text(cure.to_string()),
                ],
            ),
        )
        .at("request.headers.authorization")
        .actual("a token")
        .wanted(AuthType::api_names(&modes)),
    )
}

fn no_credential(evidence: &Evidence, layer: &mut Layer) {
    // A merged API calls its sources for a caller whom it had accepted.
    if evidence.error_message().contains(event::SOURCE_ROLE) {
        return;
    }
    let refused_here = evidence.observed.as_ref().is_some_and(|observed| {
        let known = observed.message.as_deref().and_then(messages::find);
        matches!(
            known.map(|known| known.code),
            Some(Code::NoValidCredential | Code::TokenMalformed | Code::SignatureMissing)
        )
    });
    if let Some(finding) = front::lost(evidence).or_else(|| accident::elsewhere(evidence)).or_else(|| accident::misnamed(evidence)).or_else(|| absent::why(evidence)) {
        layer.refuse(finding);
        return;
    }
    let modes = evidence.api.modes();
    let complete = evidence.log.as_ref().is_some_and(|log| log.complete);
    let said_missing = said_missing(evidence);
    // What tools blank out in an export was sent, where AppSync's words are of a credential that it read.
    let blank = evidence.observed.is_none() || refused_here || evidence.error_message().is_empty() && evidence.status() == Some(401);
    let empty = ["authorization", "x-api-key"].into_iter().find(|name| evidence.headers.get(*name).and_then(serde_json::Value::as_str).is_some_and(|value| blank && value.trim().is_empty()));
    let proof = if let Some(name) = empty {
        return layer.refuse(empty_header(name, &modes));
    } else if complete {
        "no credential reached AppSync: the log's list of headers has neither authorization nor x-api-key, and AppSync masks a credential there (authorization=[****]), it does not leave it out"
    } else if let Some(said) = &said_missing {
        said
    } else {
        "no credential was sent: there is neither an Authorization header nor an x-api-key"
    };
    if let Some(finding) = front::stripped(evidence).or_else(|| front::unsigned(evidence)) {
        layer.refuse(finding);
        return;
    }
    let finding = not_sent(evidence, proof, &modes);
    let proven = complete || evidence.preflight.as_ref().is_some_and(super::evidence::Preflight::proves_none);
    // What a browser takes out of an export leaves no credential of another name in its place.
    let hidden = evidence.sanitized && said_missing.is_none() && finding.code != Code::CredentialElsewhere;
    if proven || refused_here && evidence.identity.is_none() && !hidden {
        layer.refuse(finding);
    } else if evidence.log.as_ref().is_some_and(|log| log.status.is_some()) && evidence.url.is_none() {
        layer.state = State::Unknown;
        layer.findings.push(log_without_headers(evidence));
    } else if evidence.identity.is_some() || evidence.sanitized || evidence.headers.is_empty() {
        layer.state = State::Unknown;
        layer.findings.push(not_shown(evidence));
    } else {
        layer.refuse(finding);
    }
}

/// AppSync's own word that there was no header, of a request whose export may have left one out.
fn said_missing(evidence: &Evidence) -> Option<String> {
    let text = evidence.sanitized.then(|| messages::missing_header(evidence.error_message()))??;
    let passed = evidence.others.iter().find(|past| past.passed && past.host == evidence.url_host());
    let passed = passed.map_or_else(String::new, |past| format!(" (another call passed at {}, so a credential was there then)", past.clock()));
    let set = if asked_for(evidence) == Some("authorization") {
        "; the browser's preflight names authorization, so the page did set it: its value was empty, or something between the page and AppSync took it out (a proxy, an extension)"
    } else {
        ""
    };
    Some(format!("AppSync itself says {}, so no Authorization header came with this request, whatever the export leaves out{passed}{set}", quoted(text)))
}

/// Neither header was sent.
fn not_sent(evidence: &Evidence, proof: &str, modes: &[AuthType]) -> Finding {
    let has = if modes.is_empty() { String::new() } else { format!(" The API's modes are {}.", AuthType::api_names(modes)) };
    let other = foreign_header::name(evidence);
    let beside = other.map_or_else(|| cookie::session(evidence), |name| {
        format!(". What looks like a credential stands in {name}, which AppSync does not read: it reads only Authorization, x-api-key and the headers of a signature")
    });
    let only_lambda = evidence.api.has_only(AuthType::Lambda);
    let uncalled = if only_lambda { ". So the Lambda authorizer was never called" } else { "" };
    let code = if other.is_some() { Code::CredentialElsewhere } else { Code::NoCredential };
    let finding = Finding::new(
        code,
        Message::of(
            "{}{}{}{}. » {}.{}",
            [
                Part::Text(proof.to_string()),
                Part::Text(format!("{}{}", not_cors(evidence), through_proxy(evidence))),
                Part::Name(beside),
                Part::Text(uncalled.to_owned()),
                Part::Text(if only_lambda { TO_AUTHORIZER } else { send(modes) }.to_owned()),
                Part::Text(has.to_string()),
            ],
        ),
    );
    finding.at(format!("request.headers.{}", other.unwrap_or("authorization"))).wanted(wanted_credential(modes))
}

/// Where a Lambda authorizer finds what it is to judge.
const TO_AUTHORIZER: &str = "Send the token that the function is to judge in Authorization: it gets that as event.authorizationToken, and other headers, once it is called, in event.requestHeaders";

/// A proxy on the way (`Via`, RFC 9110, 7.6.3), which may have taken the credential out; CloudFront stands before every API.
fn through_proxy(evidence: &Evidence) -> String {
    let proxy = evidence.header("via").and_then(|via| via.split(',').map(str::trim).find(|one| !one.to_lowercase().contains("cloudfront") && one.contains(' ')));
    proxy.map_or_else(String::new, |proxy| format!(". The request came through a proxy (via {}), which may have dropped the header: compare with a request that passed without it, and let the proxy pass Authorization on or leave AppSync's host alone", product(proxy)))
}

/// What was sent is not in the material.
fn not_shown(evidence: &Evidence) -> Finding {
    let words = if evidence.url.is_some() || evidence.sanitized {
        "the headers hold no credential: what was sent is not known (browsers take it out of HAR exports). » Export the HAR with sensitive data, or give the headers."
    } else {
        "no credential was given with the request's headers, so what was sent is not known. » Give the headers (request.headers), or a HAR with sensitive data."
    };
    let mut message = Message::from(words);
    message.and(either(evidence));
    message.and(announced(evidence));
    Finding::new(Code::CredentialsUnknown, message)
}

/// What AppSync's words mean under each mode of the API that says them, where it is not known which was used.
fn either(evidence: &Evidence) -> &'static str {
    let has = |mode| super::evidence::may_be(evidence, mode);
    let said = messages::find(evidence.error_message()).is_some_and(|known| known.code == Code::KeyOrAuthorizerRefused);
    match (said, has(AuthType::ApiKey), has(AuthType::Lambda)) {
        (true, true, true) => "AppSync says these words of an API key that it does not know or that has expired, and of a Lambda authorizer that refused: which of the two cannot be told without the headers. If x-api-key was sent, compare it with `aws appsync list-api-keys`; if a token, look into the authorizer's log for `isAuthorized`.",
        (true, true, false) => "AppSync says these words of an API key that it does not know or that has expired: compare the one that was sent with `aws appsync list-api-keys`.",
        (true, false, true) => "AppSync says these words of a Lambda authorizer that refused: look into its log for `isAuthorized`.",
        _ => "",
    }
}

/// The header with a credential that a browser's preflight names.
fn asked_for(evidence: &Evidence) -> Option<&'static str> {
    let asked = evidence.preflight.as_ref().and_then(|preflight| preflight.asked.clone()).unwrap_or_default().to_lowercase();
    ["authorization", "x-api-key"].into_iter().find(|name| asked.split(',').any(|one| one.trim() == *name))
}

/// A browser's preflight names the headers that were going to be sent, and no export takes them out of it.
fn announced(evidence: &Evidence) -> Message {
    asked_for(evidence).map_or_else(Message::default, |name| {
        Message::of("That one was sent is certain: the browser's preflight asked for {}.", [Part::Name(name.to_owned())])
    })
}

/// Which credential to send, and how to come by it.
fn send(modes: &[AuthType]) -> &'static str {
    match modes {
        [AuthType::ApiKey] => "Send the key in x-api-key (look whether the client's configuration or environment variable for it is empty)",
        [AuthType::Iam] => "Sign the request (SigV4, service appsync), once the credentials are there",
        modes if !modes.is_empty() && !modes.contains(&AuthType::ApiKey) => "Sign the user in and await the session before the call, and send its token in Authorization",
        _ => "Sign the user in and await the session before the call, and send its token in Authorization, or send the key in x-api-key",
    }
}

/// What the API takes.
fn wanted_credential(modes: &[AuthType]) -> &'static str {
    match modes {
        [AuthType::ApiKey] => "a key in x-api-key",
        [AuthType::Iam] => "AWS4-HMAC-SHA256 …",
        modes if !modes.is_empty() && !modes.contains(&AuthType::ApiKey) => "a token in Authorization",
        _ => "a token in Authorization, or a key in x-api-key",
    }
}

/// A header that is there and holds nothing.
fn empty_header(name: &str, modes: &[AuthType]) -> Finding {
    let title = if name == "authorization" { "Authorization" } else { name };
    Finding::new(
        Code::NoCredential,
        Message::of(
            "the {} header is there and empty, so no credential was sent: the client built it before there was anything to put in. » {}.",
            [Part::Name(title.to_owned()), Part::Text(send(modes).to_owned())],
        ),
    )
    .at(format!("request.headers.{name}"))
    .actual("")
    .wanted(wanted_credential(modes))
}

/// That the browser's preflight passed: the refusal is AppSync's own, and no matter of CORS.
fn not_cors(evidence: &Evidence) -> String {
    let answered = matches!(evidence.status(), Some(400 | 401 | 403));
    let Some(preflight) = evidence.preflight.as_ref().filter(|_| answered) else { return String::new() };
    let names = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
    let asked = names(&preflight.asked);
    let none = if asked.contains("authorization") || asked.contains("x-api-key") {
        ""
    } else {
        " and did not even ask for such a header"
    };
    format!(" (it is not CORS: the browser's preflight was let through{none}, and the call itself reached AppSync)")
}

/// A log with verbose content off has no headers.
fn log_without_headers(evidence: &Evidence) -> Finding {
    let status = evidence.status().unwrap_or(401);
    Finding::new(
        Code::LogIncomplete,
        Message::of(
            "AppSync ended this request before any field ran (statusCode {}), but why the log cannot tell: it has no request headers, because verbose content is off or a part is missing, so neither the credential nor AppSync's message is in it. » Set excludeVerboseContent to false for a while (credentials are then logged masked), or look at the client's answer: its message says whether the credential was missing, expired or wrong, and its x-amzn-requestid finds this line.",
            [
                Part::Value(status.to_string()),
            ],
        ),
    )
}

fn authorization(evidence: &Evidence, value: &str, bearer: bool, layer: &mut Layer) {
    let path = "request.headers.authorization";
    let modes = evidence.api.modes();
    let known = evidence.api.is_known();
    if value.starts_with("AWS4-HMAC-SHA256") {
        // Only an API without IAM tries to read a signature as a JWT (A2).
        let code = messages::find(evidence.error_message()).map(|code| code.code);
        if known && !modes.contains(&AuthType::Iam) || !known && code == Some(Code::TokenMalformed) {
            layer.refuse(without_iam(evidence, &modes));
            return;
        }
        signature::judge(evidence, value, layer);
        return;
    }
    if value.starts_with("da2-") {
        layer.refuse(
            Finding::new(
                Code::KeyInAuthorization,
                Message::of(
                    "the Authorization header holds an API key (ending in {}), and AppSync reads keys only from x-api-key: » send it there, and no Authorization beside it.",
                    [
                        Part::Value(super::history::tail(value).to_string()),
                    ],
                ),
            )
            .at(path)
            .actual("an API key")
            .wanted("x-api-key: da2-…"),
        );
        return;
    }
    jwt::judge(evidence, value, bearer, layer);
}

/// A signature on an API without IAM.
fn without_iam(evidence: &Evidence, modes: &[AuthType]) -> Finding {
    let theirs = if modes.is_empty() { "user pools or OIDC".to_owned() } else { AuthType::api_names(modes) };
    let source = if modes.is_empty() { String::new() } else { format!(" ({})", evidence.api.whence()) };
    let field = if evidence.field.is_empty() {
        "the field".to_owned()
    } else {
        evidence.field_path()
    };
    let own = match modes.first() {
        Some(AuthType::ApiKey) => "the API key in x-api-key",
        Some(AuthType::Lambda) => "the Lambda authorizer's token",
        Some(AuthType::UserPool) => "the signed-in user's ID token or access token bare in Authorization, without x-amz-date and x-amz-security-token",
        _ => "the token of one of these in Authorization",
    };
    let add = super::event::add_mode(evidence, AuthType::Iam).unwrap_or_else(|| {
        format!("if the caller is meant to sign, add AWS_IAM as an additional mode, put @aws_iam beside what {field} and the types it returns have today, and allow its role appsync:GraphQL")
    });
    Finding::new(
        Code::Sigv4WithoutIam,
        Message::of(
            "the request is signed with SigV4, and the API has no AWS_IAM mode: it has {} only{}, so a signature is not a credential here. » Send {}; or, {}.",
            [
                Part::Name(theirs.to_string()),
                Part::Text(source.to_string()),
                Part::Text(own.to_string()),
                Part::Text(add),
            ],
        ),
    )
    .at("request.headers.authorization")
    .actual("AWS4-HMAC-SHA256 …")
    .wanted(theirs)
}

fn not_configured(evidence: &Evidence, mode: AuthType) -> Finding {
    let modes: Vec<&str> = evidence.api.modes().into_iter().map(AuthType::as_str).collect();
    if let Some(add) = super::event::add_mode(evidence, mode) {
        let takes = super::event::takes(evidence);
        return Finding::new(
            Code::ModeNotConfigured,
            Message::of(
                "the credential is one of {}, and this Event API has {} only (authProviders){}. » Send a credential for one of these; or, {}. Schema, directives and resolvers play no part.",
                [
                    Part::Name(mode.api_name().to_owned()),
                    Part::Name(AuthType::api_names(&evidence.api.modes())),
                    Part::Text(takes),
                    Part::Text(add),
                ],
            ),
        )
        .actual(mode.as_str())
        .wanted(serde_json::Value::from(modes));
    }
    let add = "add the mode to the API".to_owned();
    Finding::new(
        Code::ModeNotConfigured,
        Message::of(
            "the credential is for {}, which this API does not have: it has {}. » Send a credential for one of these, or {}.",
            [
                Part::Name(mode.to_string()),
                Part::Name(modes.join(", ")),
                Part::Text(add),
            ],
        ),
    )
    .actual(mode.as_str())
    .wanted(serde_json::Value::from(modes))
}
