//! A key that AppSync refused and that passed at the same API at another time of the same file: then it is known there.

use super::super::evidence::Evidence;
use super::super::history::{Past, related};
use super::super::token;
use super::key::SentKey;
use super::key_text::PATH;
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// A key was sent, and of AppSync's answer no more is known than the status.
pub(super) fn without_words(evidence: &Evidence, key: &SentKey<'_>) -> Finding {
    if let Some(finding) = judge(evidence, key, "") {
        return finding;
    }
    let (or_no_mode, look) = if evidence.api.modes().contains(&AuthType::ApiKey) {
        ("", "")
    } else {
        (", or the API has no API_KEY mode", ", and look at the API's modes (aws appsync get-graphql-api, --api)")
    };
    Finding::new(
        Code::KeyOrAuthorizerRefused,
        Message::of(
            "a credential was sent, the API key ending in {}, and AppSync answered HTTP 401 before any field: the key is unknown to this API or has expired{}. » List the API's keys (aws appsync list-api-keys), compare their ends and expires with this one{}.",
            [Part::Value(key.shown()), Part::Text(or_no_mode.to_owned()), Part::Text(look.to_owned())],
        ),
    )
    .certainty(Certainty::Likely)
    .at(PATH)
    .actual(key.shown())
    .wanted("a key of this API that has not expired")
}

/// What is left for a key that passed before, or after.
pub(super) fn judge(evidence: &Evidence, key: &SentKey<'_>, said: &str) -> Option<Finding> {
    let here = |past: &&Past| past.same && past.passed && (past.host == evidence.url_host() || related(&past.host, evidence.url_host()));
    let mut passed = evidence.others.iter().filter(here);
    let later = passed.clone().find(|past| past.later);
    let past = later.or_else(|| passed.next())?;
    let span = past.at.zip(evidence.now).map(|(at, now)| token::span(at / 1000 - now));
    let said = if said.is_empty() { String::new() } else { format!(" AppSync says {}.", quoted(said)) };
    let shown = Part::Value(key.shown());
    if let Some(message) = besides(evidence, key, &said) {
        return Some(Finding::new(Code::KeyOrAuthorizerRefused, message).certainty(Certainty::Likely).at("request.headers.authorization").actual("x-api-key and Authorization").wanted("one of them"));
    }
    let message = match (past.later, span) {
        (true, Some(span)) => Message::of(
            "the API key ending in {} was refused, and passed at the same API {} later, at {}: so it is a key of this API, and had not expired.{} Either it had only just been created or extended, or this request was refused for another reason than its key. » Send the request again as it was; if it is refused still, compare it with the one that passed (host, headers, operation).",
            [shown, Part::Value(span), Part::Value(past.clock()), Part::Text(said)],
        ),
        (false, Some(span)) => Message::of(
            "the API key ending in {} passed at the same API {} before, at {}: so AppSync knew it then, and the API has API_KEY.{} If the key is the reason, it expired or was deleted in between. » Look whether it is still there and when it expires (aws appsync list-api-keys), extend it or send another; if it is in date, compare this request with the one that passed.",
            [shown, Part::Value(span), Part::Value(past.clock()), Part::Text(said)],
        ),
        (_, None) => Message::of(
            "the API key ending in {} passed at the same API at another time: so it is a key of this API.{} If the key is the reason, it expired, was deleted or was created in between. » Look whether it is still there and when it expires (aws appsync list-api-keys); if it is in date, compare this request with the one that passed.",
            [shown, Part::Text(said)],
        ),
    };
    Some(Finding::new(Code::KeyOrAuthorizerRefused, message).certainty(Certainty::Likely).at(PATH).actual(key.shown()))
}

/// The key passed alone, and was refused with an Authorization header beside it: that is the difference that is seen. AWS does
/// not document which of the two counts (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>).
fn besides(evidence: &Evidence, key: &SentKey<'_>, said: &str) -> Option<Message> {
    let tail = evidence.masked.get("authorization");
    if evidence.header("authorization").is_none() && tail.is_none() {
        return None;
    }
    let here = |past: &&Past| past.same && past.passed && past.alone && (past.host == evidence.url_host() || related(&past.host, evidence.url_host()));
    let passed: Vec<&Past> = evidence.others.iter().filter(here).collect();
    let after = passed.iter().find(|past| past.later);
    let past = after.or_else(|| passed.first())?;
    let ending = tail.filter(|tail| !tail.is_empty()).map_or_else(String::new, |tail| format!(" (ending in {tail})"));
    let key_is = if after.is_some() {
        "The key passed later, so it had not expired."
    } else {
        "The key may have expired in between, but this difference is what is seen."
    };
    Some(Message::of(
        "two credentials were sent: the API key ending in {}, and an Authorization header{} besides. The same key passed alone at {}, at the same API.{} {} Which of two credentials counts AWS does not document. » Send only one of them: the key alone for public calls (an interceptor or a client's default header may add Authorization), or the token alone for callers who are signed in.",
        [
            Part::Value(key.shown()),
            Part::Text(ending),
            Part::Value(past.clock()),
            Part::Text(said.to_owned()),
            Part::Text(key_is.to_owned()),
        ],
    ))
}
