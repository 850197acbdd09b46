//! The same request by a second caller: a token, claims, an identity, a second refusal report or a HAR in its place.

use super::{Diagnosis, Refusal, RefusalError, diagnose, templates};
use crate::appsync::{identity, jwt};
use crate::diagnostic::Diagnostic;
use crate::explain::compare::{ComparedCaller, Comparison, compare, mode_of_other, names};
use crate::finding::Finding;
use crate::message::{Message, quoted};
use crate::code::Code;
use crate::request::answer::Answer;
use crate::request::{Member, MemberOrigin, MemberValue, Request, har};
use crate::request::layer::{Layer, LayerName, State};
use crate::resolver::Resolvers;
use crate::trace::Verdict;
use serde_json::Value as Json;

/// What belongs to the first caller's request alone.
const OF_THE_FIRST: [Member; 2] = [Member::Policy, Member::Authorizer];

/// What a second refusal report may have of its own.
const OF_A_REPORT: [&str; 7] = ["context", "identity", "arguments", "request", "source", "result", "observed"];

/// The other caller's request.
///
/// # Errors
/// A sentence that says why it is none.
pub fn other(first: &Request, given: &Json) -> Result<Request, RefusalError> {
    if given.get("log").is_some_and(|log| log.get("entries").is_some()) {
        return Ok(merged(first, of_har(first, given)?));
    }
    if OF_A_REPORT.iter().any(|name| given.get(name).is_some()) && given.get("claims").is_none() {
        let other = Request::of_report(given).map_err(|why| format!("`compare`: {why}"))?;
        return Ok(merged(first, other));
    }
    let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
    let read = identity::read(&text, None, 0)?;
    let own = read.identity.to_json().map_err(|error| error.message)?;
    let mut other = Request::default();
    let own = MemberValue::read(&own, MemberOrigin::Compared).map_err(|error| error.to_string())?;
    other.set(Member::Identity, own);
    // A compact token is also the credential.
    if !jwt::bare(&text).0.starts_with(['{', 'n']) {
        other.send([("authorization".to_owned(), Json::from(text.trim()))]);
    }
    Ok(merged(first, other))
}

/// The first request with what the second one has in its place.
fn merged(first: &Request, other: Request) -> Request {
    let identity = |request: &Request| request.get(Member::Identity).map(MemberValue::value).unwrap_or_default();
    let mut merged = first.clone();
    for member in OF_THE_FIRST {
        merged.remove(member);
    }
    (merged.observed, merged.answer, merged.log) = (None, Answer::default(), None);
    // The first caller's credentials are not the other's.
    merged.without_credentials();
    let named = other.auth_type;
    merged.overlay(other);
    merged.auth_type = named.or_else(|| mode_of_other(first.auth_type, &identity(first), &identity(&merged)));
    merged
}

/// Of a HAR the last request of the same field.
fn of_har(first: &Request, har: &Json) -> Result<Request, RefusalError> {
    let text = har.to_string();
    let field = Refusal::alone(first.clone())?.evidence.field;
    let mut found = None;
    har::read(text.as_bytes(), None, &mut |one| {
        if Refusal::alone(one.clone()).is_ok_and(|refusal| refusal.evidence.field == field || field.is_empty()) {
            found = Some(one);
        }
        Ok(())
    })?;
    found.ok_or_else(|| format!("`compare`: this HAR has no request of the field {}", quoted(&field)).into())
}

/// Diagnoses a refusal; with another caller, what differs for that one stands first.
///
/// # Errors
/// As [`diagnose`].
pub fn diagnosed(refusal: &Refusal, resolvers: Option<&Resolvers>) -> Result<Diagnosis, Box<Diagnostic>> {
    let mut diagnosis = diagnose(refusal, resolvers)?;
    if let Some(other) = &refusal.other {
        add(&mut diagnosis, refusal, other, resolvers)?;
    }
    Ok(diagnosis)
}

/// Adds what differs for the other caller, before everything else.
fn add(
    diagnosis: &mut Diagnosis,
    refusal: &Refusal,
    other: &Refusal,
    resolvers: Option<&Resolvers>,
) -> Result<(), Box<Diagnostic>> {
    let theirs = diagnose(other, resolvers)?;
    let verdicts = [diagnosis.verdict, theirs.verdict].map(|verdict| verdict.unwrap_or(Verdict::Unknown));
    let given = [refusal.given(diagnosis.auth_type), other.given(theirs.auth_type)];
    let elsewhere = |layer: Option<&'static str>, why: Message| {
        Comparison::elsewhere([&given[0], &given[1]], verdicts, layer, why)
    };
    let names = names([&given[0], &given[1]].map(ComparedCaller::of).each_ref());
    let found = match parted(diagnosis, &theirs, &names) {
        Some((layer, why)) => elsewhere(Some(layer), why),
        None => {
            let run = templates::with_subject(refusal, resolvers, diagnosis.field.as_deref(), |subject, question| {
                let many = matches!(subject, crate::explain::Subject::Resolver(..));
                Some(compare(subject, &given[0], &given[1], question).ok()?.of_request(verdicts, many))
            });
            run.flatten().unwrap_or_else(|| elsewhere(None, Message::default()))
        }
    };
    let mut found = found;
    let advice = advice(diagnosis, &found);
    if !advice.is_empty() && found.message.cure().is_empty() {
        found.message = found.message.cause().cured(advice);
    }
    let finding = Finding::new(Code::CallersDiffer, found.message.clone());
    let place = diagnosis.layer.unwrap_or(LayerName::Resolver);
    if let Some(layer) = diagnosis.layers.iter_mut().find(|layer| layer.layer == place) {
        layer.findings.insert(0, finding.clone());
    }
    diagnosis.hints.insert(0, finding);
    if let Some(explained) = &mut diagnosis.resolver {
        explained.compare(found.clone());
    }
    diagnosis.compared = Some(found);
    Ok(())
}

/// What to do, where the first cause is about the very value in which the two differ.
fn advice(diagnosis: &Diagnosis, found: &Comparison) -> Message {
    let differ = found.verdicts[0] != found.verdicts[1] && diagnosis.verdict == Some(Verdict::Denied);
    let Some(first) = diagnosis.hints.first().filter(|_| differ && found.fork.is_some()) else { return Message::default() };
    let about = |path: &str| found.sources.iter().any(|source| source.path == path);
    match &first.path {
        Some(path) if about(path) => first.message.cure(),
        _ => Message::default(),
    }
}

/// The first layer before the templates that refused one of the two and let the other pass.
fn parted(mine: &Diagnosis, theirs: &Diagnosis, names: &[String; 2]) -> Option<(&'static str, Message)> {
    let name = |layer: LayerName| match layer {
        LayerName::Request => "request",
        LayerName::Mode => "mode",
        LayerName::Iam => "iam",
        LayerName::Authorizer => "authorizer",
        LayerName::Resolver | LayerName::Records => "",
    };
    let first_words = |layer: &Layer| layer.findings.first().map_or_else(Message::default, |finding| finding.message.clone());
    mine.layers.iter().zip(&theirs.layers).filter(|(layer, _)| !name(layer.layer).is_empty()).find_map(|(my, their)| {
        let layer = name(my.layer);
        let (refused, passed, why) = match (my.state, their.state) {
            (State::Refused, State::Passed) => (&names[0], &names[1], first_words(my)),
            (State::Passed, State::Refused) => (&names[1], &names[0], first_words(their)),
            _ => return None,
        };
        let mut words = Message::from(format!("At the layer {layer} {refused} was refused, and {passed} passed."));
        words.and(why);
        Some((layer, words))
    })
}
