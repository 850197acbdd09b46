//! A browser's HAR: every AppSync request in it (APPSYNC-VTL 8).

use crate::json::text;
use super::answer::single_values;
use super::archive::{self, ArchiveKind, HarError};
use super::entry::{bare, credentials, headers, host, is_appsync, is_refusal, operations, response_text};
use super::exchange::{entry_requests, took};
use super::foreign;
use super::frames::Frames;
use super::gathered::Request;
use super::history::{Credential, History, Past, keyed_alone};
use super::member::{Member, MemberOrigin, MemberValue};
use super::observed::Preflight;
use super::socket::Subscription;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::io::Read;

pub use super::entry::identity;

/// More AppSync requests than this in one archive are refused.
const MOST_REQUESTS: usize = 10_000;

/// Gives `found` the requests of a HAR, one for each field, while it is read. Where `history` is `None`, what
/// came before is all that is known of the others.
///
/// # Errors
/// The HAR is broken, has more requests than the limit, or `found` failed.
pub fn read(
    reader: impl Read,
    history: Option<&History>,
    found: &mut dyn FnMut(Request) -> Result<(), HarError>,
) -> Result<ArchiveKind, HarError> {
    let (mut count, mut at) = (0, 0);
    let mut so_far = History::default();
    let mut preflights = HashMap::new();
    let mut lone = None;
    let kind = archive::entries(reader, &mut |entry| {
        if text(&entry, "/request/method") == "OPTIONS" {
            preflights.insert(bare(text(&entry, "/request/url")).to_owned(), preflight(&entry));
            lone = lone_preflight(&entry).or(lone.take());
            return Ok(());
        }
        if history.is_none()
            && let Some(past) = past(&entry)
        {
            so_far.push(past);
        }
        let known = history.unwrap_or(&so_far);
        let place = at;
        if !is_appsync(&entry) {
            at += usize::from(past(&entry).is_some());
            return Ok(());
        }
        at += 1;
        let others = known.about(place);
        for mut request in entry_requests(&entry) {
            count += 1;
            if count > MOST_REQUESTS {
                return Err(format!("more than {MOST_REQUESTS} AppSync requests (limit `har requests`)").into());
            }
            request.others.clone_from(&others);
            let url = bare(text(&entry, "/request/url"));
            let before = preflights.get(url).cloned();
            request.preflight = before.or_else(|| history?.preflight(url, start_of(&entry)?, took(&entry)?));
            found(request)?;
        }
        Ok(())
    })?;
    let foreign = history.unwrap_or(&so_far).foreign();
    if count == 0 && !foreign.is_empty() {
        // Nothing reached AppSync: the refusals of others are all that there is to tell.
        let mut request = Request::default();
        request.about.url = foreign.first().map(|past| past.host.clone());
        request.others = foreign;
        request.set(Member::Request, MemberValue::new(json!({}), MemberOrigin::Har));
        request.set(Member::Sanitized, MemberValue::new(json!(true), MemberOrigin::Har));
        found(request)?;
    } else if let Some(request) = lone.filter(|_| count == 0) {
        found(request)?;
    }
    Ok(kind)
}

/// What is known of a request whose preflight alone is in a file: of AppSync's, or of a GraphQL server's at a name of its own.
fn lone_preflight(entry: &Json) -> Option<Request> {
    let url = text(entry, "/request/url");
    let path = bare(url);
    if !url.contains(".appsync-api.") && !path.ends_with("/graphql") && !path.ends_with("/event") {
        return None;
    }
    let mut request = Request::default();
    request.about.url = Some(path.to_owned());
    request.about.time = Some(text(entry, "/startedDateTime").to_owned());
    request.preflight = Some(Preflight { alone: true, ..preflight(entry) });
    request.set(Member::Request, MemberValue::new(json!({}), MemberOrigin::Har));
    request.set(Member::Sanitized, MemberValue::new(json!(true), MemberOrigin::Har));
    Some(request)
}

/// The requests of a HAR, for what they prove of each other.
///
/// # Errors
/// The HAR is broken.
pub fn history(reader: impl Read) -> Result<History, HarError> {
    let (mut history, mut count) = (History::default(), 0);
    archive::entries(reader, &mut |entry| {
        if text(&entry, "/request/method") == "OPTIONS" {
            if let Some(at) = start_of(&entry) {
                history.push_preflight(bare(text(&entry, "/request/url")), at, preflight(&entry));
            }
            return Ok(());
        }
        if let Some(past) = past(&entry) {
            count += 1;
            if count > MOST_REQUESTS {
                return Err(format!("more than {MOST_REQUESTS} AppSync requests (limit `har requests`)").into());
            }
            history.push(past);
        }
        Ok(())
    })?;
    history.join_preflights();
    Ok(history)
}

/// When an entry began, in milliseconds since 1970.
fn start_of(entry: &Json) -> Option<i64> {
    text(entry, "/startedDateTime").parse::<jiff::Timestamp>().ok().map(|time| time.as_millisecond())
}

/// What an entry proves: of AppSync's, or another service's refusal.
fn past(entry: &Json) -> Option<Past> {
    let url = text(entry, "/request/url");
    let status = entry.pointer("/response/status").and_then(Json::as_u64).unwrap_or(0);
    let at = start_of(entry);
    let host = host(url).to_owned();
    if !is_appsync(entry) {
        let body = response_text(entry);
        if let Some(session) = foreign::session(entry, &body) {
            return Some(Past { at, host, status, ..session });
        }
        if let Some(foreign) = foreign::refusal(entry, &body) {
            return Some(Past { at, host, status, foreign: Some(foreign), ..Past::default() });
        }
        let failed = Some(foreign::failure(entry)?);
        let took = took(entry).map(|took| took.max(0.0) as u64);
        return Some(Past { at, host, status, took, failed, ..Past::default() });
    }
    let frames = Frames::of(entry);
    let (sent, socket) = credentials(entry, &frames);
    let body: Json = serde_json::from_str(&response_text(entry)).unwrap_or_default();
    let refused = body.get("errors").and_then(Json::as_array).into_iter().flatten().any(is_refusal);
    let operations = operations(entry, &frames);
    let operation = operations.first();
    let first = operation.and_then(|one| one.fields.first());
    let passed = match &socket {
        Some(socket) => socket.acknowledged && socket.subscription != Subscription::Refused,
        None => status == 200 && !refused && !body.is_null(),
    };
    let redirect = headers(entry, "/response/headers").get("location").and_then(Json::as_str).filter(|_| (300..400).contains(&status)).map(str::to_owned);
    Some(Past {
        at,
        host,
        redirect,
        credential: Credential::of(&sent),
        alone: keyed_alone(|name| sent.contains_key(name)),
        field: operation.zip(first).map(|(one, field)| format!("{}.{}", one.parent, field.name)),
        selection: first.map(|field| field.selection.iter().map(|one| one.name.clone()).collect()).unwrap_or_default(),
        arguments: first.and_then(|field| field.arguments.as_object().cloned()).unwrap_or_default(),
        answered: first.and_then(|field| body.get("data")?.get(&field.alias)).map(single_values).unwrap_or_default(),
        status,
        passed,
        field_passed: passed,
        socket: socket.is_some(),
        channel: channel(entry, url),
        signed: sent.get("x-amz-date").and_then(Json::as_str).map(str::to_owned),
        took: took(entry).map(|took| took.max(0.0) as u64),
        ..Past::default()
    })
}

/// The channel that events were published to, as an Event API's body names it.
fn channel(entry: &Json, url: &str) -> Option<String> {
    let body = || serde_json::from_str::<Json>(text(entry, "/request/postData/text")).ok();
    let named = url.split(['?', '#']).next()?.ends_with("/event").then(body)??;
    named.get("channel").and_then(Json::as_str).map(str::to_owned)
}

/// What a browser asked before the request, and what it was allowed.
fn preflight(entry: &Json) -> Preflight {
    let header = |side: &str, name: &str| headers(entry, side).get(name).and_then(Json::as_str).map(str::to_owned);
    Preflight {
        asked: header("/request/headers", "access-control-request-headers"),
        allowed: header("/response/headers", "access-control-allow-headers"),
        origin: entry.pointer("/response/headers").map(|_| header("/response/headers", "access-control-allow-origin").is_some()),
        status: entry.pointer("/response/status").and_then(Json::as_u64),
        location: header("/response/headers", "location"),
        waf: header("/response/headers", "x-amzn-errortype").is_some_and(|kind| kind.contains("WAFForbidden")),
        cloudfront: header("/response/headers", "x-cache").is_some_and(|cache| cache.to_lowercase().contains("error from cloudfront")),
        gateway: ["apigw-requestid", "x-amz-apigw-id", "x-amz-apigw-request-id"].into_iter().any(|name| header("/response/headers", name).is_some()),
        server: header("/response/headers", "server"),
        alone: false,
    }
}
