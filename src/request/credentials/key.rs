//! An API key: its form, whether it is one of the API's, and its expiry
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#api-key-authorization>).

use super::super::api::Form;
use super::super::evidence::{Evidence, time};
use super::super::event;
use super::super::history;
use super::super::layer::{Layer, State};
use super::super::token;
use super::key_text::{self, PATH};
use super::{mock, not_configured};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use serde_json::Value as Json;


/// A key that was sent, whole or masked.
pub(super) struct SentKey<'a> {
    whole: Option<&'a str>,
    tail: &'a str,
}

impl<'a> SentKey<'a> {
    /// The key of a request.
    pub(super) fn of(evidence: &'a Evidence) -> Option<Self> {
        if let Some(key) = evidence.header("x-api-key") {
            return Some(Self { whole: Some(key), tail: key });
        }
        evidence.masked.get("x-api-key").map(|tail| Self { whole: None, tail })
    }

    pub(super) fn shown(&self) -> String {
        match (self.whole, self.tail) {
            (Some(key), _) => history::tail(key),
            (None, "") => "****".to_owned(),
            (None, tail) => format!("****{tail}"),
        }
    }

    /// Whether it is the one of Amplify's local mock.
    pub(super) fn is_of_mock(&self) -> bool {
        self.whole.is_some_and(mock::is_own_key)
    }

    /// Whether it is among the API's keys that were given.
    pub(super) fn is_listed(&self, evidence: &Evidence) -> bool {
        evidence.api.keys.iter().flatten().any(|entry| value(entry).is_some_and(|known| self.is(known)))
    }

    fn is(&self, known: &str) -> bool {
        match self.whole {
            Some(key) => known == key || known.ends_with(key.trim_start_matches("da2-")) && key.len() > 8,
            None => !self.tail.is_empty() && known.ends_with(self.tail),
        }
    }
}

/// A known key's value, if its entry has one.
fn value(entry: &Json) -> Option<&str> {
    let named = || ["id", "key", "apiKey"].iter().find_map(|name| entry.get(*name).and_then(Json::as_str));
    // CloudFormation's `ApiKeyId` is a token of the template, not a value.
    entry.as_str().or_else(named)
}

fn expires(entry: &Json) -> Option<i64> {
    ["expires", "expiresAt", "expiry"].iter().find_map(|name| entry.get(*name)).and_then(time)
}

/// When an expired key is deleted: it is kept for 60 days
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_ApiKey.html>: `deletes`).
fn deletes(entry: &Json) -> Option<i64> {
    entry.get("deletes").and_then(time)
}

/// An IAM access key id (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>: AKIA, ASIA).
fn is_access_key(value: &str) -> bool {
    let form = value.len() == 20 && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    form && ["AKIA", "ASIA"].iter().any(|prefix| value.starts_with(prefix))
}

/// What `Ref` gives of an `AWS::AppSync::ApiKey`
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-apikey.html#aws-resource-appsync-apikey-return-values>).
fn is_arn(value: &str) -> bool {
    value.trim().starts_with("arn:") && value.contains(":appsync:") && value.contains("/apikey")
}

fn arn() -> Finding {
    Finding::new(
        Code::KeyForm,
        "the x-api-key header holds the ARN of an API key (arn:aws:appsync:…/apikey/…), not the key itself, so AppSync knows no such key. » Send its value, which begins with da2-: in CloudFormation `!GetAtt` with the attribute ApiKey in the place of `!Ref`, in the CDK attrApiKey of the CfnApiKey (or apiKey of the GraphqlApi), in Terraform the resource's key.",
    )
    .at(PATH)
    .actual("an ARN")
    .wanted("da2-…")
}

fn access_key() -> Finding {
    Finding::new(
        Code::KeyForm,
        "the x-api-key header holds the id of an IAM access key (AKIA… or ASIA…), not an API key: AppSync's keys begin with da2- and belong to the API (aws appsync list-api-keys). » Send one of these; an access key goes to a signer, with its secret, and only where the API has AWS_IAM: take it out of this client.",
    )
    .at(PATH)
    .actual("an IAM access key id")
    .wanted("da2-…")
}

/// A key that was deleted after its expiry: its value cannot be had again.
fn gone(shown: &str, entry: &Json, now: i64, only: &str) -> Finding {
    let expired = expires(entry).map_or_else(String::new, |at| format!("expired at {} and ", token::moment(at)));
    let at = deletes(entry).unwrap_or(now);
    Finding::new(
        Code::KeyExpired,
        Message::of(
            "the API key ending in {} {}was deleted at {}, {} before the request (AppSync keeps an expired key for 60 days): a deleted key cannot be brought back. » Create a new key (aws appsync create-api-key, at most 365 days) and put it into this client.{}",
            [
                Part::Value(shown.to_string()),
                Part::Text(expired.to_string()),
                Part::Value(token::moment(at).to_string()),
                Part::Value(token::span(now - at).to_string()),
                Part::Text(only.to_string()),
            ],
        ),
    )
    .at(PATH)
    .actual(at)
    .wanted(format!("> {now}"))
}

pub(super) fn judge(evidence: &Evidence, key: &SentKey<'_>, layer: &mut Layer) {
    if let Some(finding) = key.whole.and_then(key_text::whole_secret) {
        layer.refuse(finding);
        return;
    }
    if key.whole.is_some_and(|key| token::read(key.trim_start_matches("Bearer ")).is_ok()) {
        layer.refuse(
            Finding::new(
                Code::TokenInApiKey,
                "the x-api-key header holds a JWT: » send a token in the Authorization header, and no x-api-key beside it.",
            )
            .at(PATH)
            .actual("a JWT")
            .wanted("an API key (da2-…)"),
        );
        return;
    }
    if evidence.api.is_known() && !evidence.api.modes().contains(&AuthType::ApiKey) {
        let mut finding = not_configured(evidence, AuthType::ApiKey).at(PATH);
        finding.message.and(Message::of(
            "It stands in x-api-key and ends in {}.",
            [Part::Value(key.shown().to_string())],
        ));
        layer.refuse(finding);
        return;
    }
    if let Some(finding) = key.whole.and_then(|whole| key_text::joined(whole, &evidence.sent)).or_else(|| key.whole.and_then(key_text::dressed)).or_else(|| quoted_tail(evidence, key)) {
        layer.refuse(finding);
        return;
    }
    if key.is_of_mock() {
        // At the mock it is the right one.
        if !mock::is_called(evidence) {
            layer.refuse(mock::own_key_deployed(key.shown(), PATH));
        }
        return;
    }
    if key.whole.is_some_and(is_arn) {
        layer.refuse(arn());
        return;
    }
    if key.whole.is_some_and(is_access_key) {
        layer.refuse(access_key());
        return;
    }
    layer.findings.extend(other_form(key));
    let Some(keys) = &evidence.api.keys else {
        if key.whole.is_none() && layer.state == State::Passed {
            layer.state = State::Unknown;
        }
        if evidence.observed.is_none() && layer.state == State::Passed {
            layer.state = State::Unknown;
            layer.findings.push(unlisted(evidence, key));
        }
        return;
    };
    among(evidence, key, keys, layer);
}

/// AppSync refused a key that is among those given, and in date.
pub(super) fn fits(evidence: &Evidence, key: &SentKey<'_>) -> Option<Finding> {
    if let Some(finding) = event::namespace_refused(evidence, AuthType::ApiKey) {
        return Some(finding);
    }
    let keys = evidence.api.keys.as_ref()?;
    let entry = keys.iter().find(|entry| value(entry).is_some_and(|known| key.is(known)))?;
    let (until, now) = (expires(entry)?, evidence.now?);
    let api = evidence.api.id.as_deref().map_or_else(String::new, |id| format!(" --api-id {id}"));
    let host = match evidence.url_host() {
        "" => "the URL that was called".to_owned(),
        host => host.to_owned(),
    };
    (until > now).then(|| {
        Finding::new(
            Code::KeyOrAuthorizerRefused,
            Message::of(
                "AppSync refused the API key ending in {} (HTTP {}), and by the list that was given it is one of this API's, in date until {}: so the API that was called is not the one of the list, or the key was deleted since the list was made. » Compare {} with the API's own URL (uris of aws appsync get-graphql-api{}), and list its keys anew (aws appsync list-api-keys{}); schema and resolvers play no part in a 401.",
                [
                    Part::Value(key.shown()),
                    Part::Value(evidence.status().unwrap_or(401).to_string()),
                    Part::Value(token::moment(until)),
                    Part::Place(host),
                    Part::Code(api.clone()),
                    Part::Code(api),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at(PATH)
        .actual(key.shown())
        .wanted("a key of the API that was called")
    })
}

/// A key that is not of AppSync's form
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#api-key-authorization>: `da2-…`), and what it looks
/// like: API Gateway makes keys of 40 letters and digits
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-key-with-console.html>).
fn other_form(key: &SentKey<'_>) -> Option<Finding> {
    let sent = key.whole.filter(|key| !key.starts_with("da2-"))?;
    let letters = sent.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let parts: Vec<usize> = sent.split('-').map(str::len).collect();
    let what = if parts == [8, 4, 4, 4, 12] {
        "it is a UUID, the id of something else"
    } else if letters && sent.len() == 26 && !sent.bytes().any(|byte| byte.is_ascii_uppercase()) {
        "it looks like the API's id"
    } else if letters && sent.len() == 40 {
        "it looks like a key of API Gateway, which counts at its own APIs alone"
    } else {
        "it may be another service's (API Gateway's), or a name or description of the key"
    };
    Some(
        Finding::new(
            Code::KeyForm,
            Message::of(
                "what was sent in x-api-key (ending in {}) does not begin with da2-, as AppSync's keys do, so it is no key of this API: {}. » Send the key's own value (da2-…), as aws appsync list-api-keys shows it.",
                [Part::Value(key.shown()), Part::Text(what.to_owned())],
            ),
        )
        .at(PATH)
        .actual(key.shown())
        .wanted("da2-…"),
    )
}

/// The key against those of the API.
fn among(evidence: &Evidence, key: &SentKey<'_>, keys: &[Json], layer: &mut Layer) {
    match keys.iter().find(|entry| value(entry).is_some_and(|known| key.is(known))) {
        Some(_) if evidence.api.other_host(evidence.url_host()).is_some() => {
            layer.refuse(of_other_api(evidence, key));
        }
        Some(entry) => expiry(evidence, key, entry, false, layer),
        // A template has keys without values: of a single one its expiry tells.
        None => match keys {
            [only] if value(only).is_none() => expiry(evidence, key, only, true, layer),
            _ if key.tail.is_empty() && all_expired(evidence, keys).is_some() => {
                layer.findings.clear();
                all_expired(evidence, keys).into_iter().for_each(|finding| layer.refuse(finding));
            }
            _ if keys.iter().any(|entry| value(entry).is_none()) || key.tail.is_empty() => {
                if layer.state == State::Passed {
                    layer.state = State::Unknown;
                }
            }
            _ => match keys.iter().filter_map(value).find_map(|known| cut(key, known)) {
                Some(finding) => layer.refuse(finding),
                None => unknown(evidence, key, keys, layer),
            },
        },
    }
}

/// The key of the API that was given, sent to another API's endpoint.
fn of_other_api(evidence: &Evidence, key: &SentKey<'_>) -> Finding {
    let called = evidence.url_host();
    let own = evidence.api.other_host(called).unwrap_or_default();
    let region = |host: &str| host.split(".amazonaws.").next().and_then(|head| head.rsplit('.').next()).unwrap_or_default().to_owned();
    let regions = match (region(own), region(called)) {
        (mine, theirs) if mine != theirs => format!(" (in {mine}, not in {theirs})"),
        _ => String::new(),
    };
    Finding::new(
        Code::KeyOfOtherApi,
        Message::of(
            "the API key ending in {} is a key of the API at {}{}, by {}, and the request went to {}, another API, which does not know it. » Call the endpoint that the key belongs to, with the configuration of one and the same deployment, or send a key of the API that is called.",
            [
                Part::Value(key.shown()),
                Part::Place(own.to_owned()),
                Part::Text(regions),
                Part::Text(evidence.api.whence()),
                Part::Place(called.to_owned()),
            ],
        ),
    )
    .at("request.url")
    .actual(called)
    .wanted(own)
}

/// How the API's known keys end.
pub(super) fn ends(evidence: &Evidence) -> Vec<String> {
    let end = |known: &str| known.chars().skip(known.chars().count().saturating_sub(6)).collect();
    evidence.api.keys.iter().flatten().filter_map(value).map(end).take(5).collect()
}

/// A key that was refused by another API than the one that was given: a key is good for its own API alone.
pub(super) fn called_another(evidence: &Evidence, key: &SentKey<'_>) -> Option<Finding> {
    let called = evidence.url_host();
    let own = evidence.api.other_host(called)?;
    Some(
        Finding::new(
            Code::KeyOfOtherApi,
            Message::of(
                "the request went to {}, and {} is of the API at {}: an API key is good for its own API alone, so the key ending in {}, if it is of that API, is unknown where it was sent. » Call the endpoint that the key belongs to, with the configuration of one and the same deployment; if the key is meant for the API that was called, look it up there (aws appsync list-api-keys).",
                [
                    Part::Place(called.to_owned()),
                    Part::Text(evidence.api.whence()),
                    Part::Place(own.to_owned()),
                    Part::Value(key.shown()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("request.url")
        .actual(called)
        .wanted(own),
    )
}

/// The key looks as it should, and nothing else is known of it.
fn unlisted(evidence: &Evidence, key: &SentKey<'_>) -> Finding {
    let api = evidence.api.id.as_deref().unwrap_or("<apiId>");
    let region = evidence.region().map_or_else(String::new, |region| format!(" --region {region}"));
    let id = if evidence.api.id.is_some() { "" } else { " (the id stands in the API's settings or ARN; it is not the first label of the host)" };
    Finding::new(
        Code::KeysNotGiven,
        Message::of(
            "whether the API key ending in {} exists and has not expired cannot be told: it stands in the right header, and the list of the API's keys is not given, nor an answer of AppSync. » Look it up with aws appsync list-api-keys --api-id {}{}{}, compare its id and expires, and give that answer as the API's apiKeys (--api).",
            [
                Part::Value(key.shown()),
                Part::Code(api.to_owned()),
                Part::Text(region),
                Part::Text(id.to_owned()),
            ],
        ),
    )
    .at(PATH)
    .actual(key.shown())
    .wanted("an entry of the API's keys that has not expired")
}

/// Whichever of the keys it was: all had expired.
fn all_expired(evidence: &Evidence, keys: &[Json]) -> Option<Finding> {
    let now = evidence.now?;
    let all: Option<Vec<i64>> = keys.iter().map(|entry| expires(entry).filter(|at| *at <= now)).collect();
    let all = all.filter(|all| !all.is_empty())?;
    let shown: Vec<String> = keys
        .iter()
        .zip(&all)
        .take(5)
        .map(|(entry, at)| {
            let name = value(entry).map_or_else(|| "one".to_owned(), |key| format!("…{}", history::tail(key)));
            format!("{name} at {}", token::moment(*at))
        })
        .collect();
    Some(
        Finding::new(
            Code::KeyExpired,
            Message::of(
                "an API key was sent, masked without its last letters, and whichever it was had expired: all keys of this API had expired ({}) before the request at {}. Extend one (aws appsync update-api-key --expires, at most 365 days ahead), which keeps its value until it is deleted, or create a new key.",
                [Part::Value(shown.join(", ")), Part::Value(token::moment(now))],
            ),
        )
        .at(PATH)
        .actual(all.into_iter().max().unwrap_or_default())
        .wanted(format!("> {now}")),
    )
}

/// A key of which a part is missing, or that is written in another case.
fn cut(key: &SentKey<'_>, known: &str) -> Option<Finding> {
    let sent = key.whole.filter(|sent| sent.len() >= 12)?;
    let (have, want) = (sent.chars().count(), known.chars().count());
    let what = if known.len() > sent.len() && known.starts_with(sent) {
        format!("is the beginning of the API's key ending in {}: it has {have} characters and the key has {want}, so its end is missing", history::tail(known))
    } else if known.len() > sent.len() && known.ends_with(sent) {
        format!("is the end of the API's key ending in {}: it has {have} characters and the key has {want}, so its beginning is missing", history::tail(known))
    } else if sent != known && sent.eq_ignore_ascii_case(known) {
        format!("differs from the API's key ending in {} in the case of its letters only, and case counts", history::tail(known))
    } else {
        return None;
    };
    Some(
        Finding::new(
            Code::KeyUnknown,
            Message::of(
                "the API key that was sent {}. » Send the whole key, as aws appsync list-api-keys shows it.",
                [Part::Text(what)],
            ),
        )
        .at(PATH)
        .actual(format!("{have} characters"))
        .wanted(format!("{want} characters")),
    )
}

/// Of a masked key the last letters are shown: a quotation mark there was sent with it (`docker --env-file` keeps the quotes of
/// `KEY="da2-…"`: <https://docs.docker.com/reference/cli/docker/container/run/#env>).
fn quoted_tail(evidence: &Evidence, key: &SentKey<'_>) -> Option<Finding> {
    let bare = key.tail.strip_suffix(['"', '\'', '`']).filter(|_| key.whole.is_none())?;
    let known = evidence.api.keys.iter().flatten().filter_map(value).any(|known| !bare.is_empty() && known.ends_with(bare));
    let right = if known { ", and without it that is the end of a key of this API" } else { "" };
    let message = Message::of(
        "the API key was sent with quotation marks around it: by AppSync's log it ends in {}, quotation mark and all{}. AppSync takes them for a part of the key, so it knows no such key. » Send the bare key, without quotes: take them out of the variable (an .env file that Docker's --env-file reads keeps them, and so does a YAML or shell value that is quoted twice), or strip them in the code.",
        [Part::Value(key.shown()), Part::Text(right.to_owned())],
    );
    Some(Finding::new(Code::KeyForm, message).at(PATH).actual(key.shown()).wanted("da2-…"))
}

fn unknown(evidence: &Evidence, key: &SentKey<'_>, keys: &[Json], layer: &mut Layer) {
    // As many letters as the log shows of the one that was sent, so that both can be compared by eye.
    let letters = if key.whole.is_none() { key.tail.chars().count().clamp(4, 8) } else { 4 };
    let end = |known: &str| known.chars().skip(known.chars().count().saturating_sub(letters)).collect::<String>();
    let known: Vec<String> = keys.iter().filter_map(value).map(end).take(5).collect();
    let file = evidence.api.form;
    let theirs = match (known.as_slice(), keys.len()) {
        ([], _) => "the API has no key".to_owned(),
        ([one], 1) if matches!(file, Form::Exports | Form::Outputs) => {
            format!("the key of this API in {} ends in {one}", file.name())
        }
        ([one], 1) => format!("its only key ends in {one}"),
        (some, _) => format!("its keys end in {}", all_of(some)),
    };
    let merged = if evidence.api.merged.is_some() {
        " This is a merged API, which has an endpoint and keys of its own: a key of one of its source APIs counts at that source only."
    } else {
        ""
    };
    let build = match file {
        Form::Exports | Form::Outputs => {
            "Send that one: ship the client with the present configuration (an old bundle in a cache or service worker keeps the old key)"
        }
        _ => {
            "Send a key of this API in this client, and in every build or cached configuration that still has the other"
        }
    };
    let finding = Finding::new(
        Code::KeyUnknown,
        Message::of(
            "the API key ending in {} is not one of this API's ({}): it is another API's, or one that was deleted.{} » {}; aws appsync list-api-keys tells which there are.",
            [
                Part::Name(key.shown().to_string()),
                Part::Text(theirs.to_string()),
                Part::Text(merged.to_owned()),
                Part::Text(build.to_string()),
            ],
        ),
    )
    .at(PATH)
    .actual(key.shown())
    .wanted(Json::from(known));
    let partial = matches!(file, Form::Exports | Form::Outputs);
    if partial && !evidence.observed.as_ref().is_some_and(super::super::Observed::is_refusal) {
        layer.state = State::Unknown;
        layer.findings.push(finding.certainty(Certainty::Likely));
    } else {
        layer.refuse(finding.certainty(if partial { Certainty::Likely } else { Certainty::Certain }));
    }
}

fn expiry(evidence: &Evidence, key: &SentKey<'_>, entry: &Json, inferred: bool, layer: &mut Layer) {
    let shown = key.shown();
    let only = if inferred {
        " That it is this key is inferred from there being only one: its value is not in the file."
    } else {
        ""
    };
    match (expires(entry), evidence.now) {
        (Some(_), Some(now)) if deletes(entry).is_some_and(|gone| gone <= now) => {
            layer.refuse(gone(&shown, entry, now, only));
        }
        (Some(expires), Some(now)) if expires <= now => layer.refuse(
            Finding::new(
                Code::KeyExpired,
                Message::of(
                    "the API key ending in {} expired at {}, {} before the request: » extend it (aws appsync update-api-key --expires, or `Expires` in the template; at most 365 days), which keeps its value until it is deleted, or create a new key.{}",
                    [
                        Part::Value(shown.to_string()),
                        Part::Value(token::moment(expires).to_string()),
                        Part::Value(token::span(now - expires).to_string()),
                        Part::Text(only.to_string()),
                    ],
                ),
            )
            .certainty(if inferred { Certainty::Likely } else { Certainty::Certain })
            .at(PATH)
            .actual(expires)
            .wanted(format!("> {now}")),
        ),
        (Some(expires), None) => {
            layer.state = State::Unknown;
            layer.findings.push(
                Finding::new(
                    Code::ExpiryUnknown,
                    Message::of(
                        "the API key ending in {} expires at {}: whether it had expired is not known without the request's own time (pass --now).",
                        [
                            Part::Value(shown.to_string()),
                            Part::Value(token::moment(expires).to_string()),
                        ],
                    ),
                )
                .at(PATH)
                .actual(expires),
            );
        }
        _ => {}
    }
}
