//! A browser's HAR: every AppSync request in it as a refusal report (APPSYNC-VTL 8).

use super::archive::{self, ArchiveKind, HarError};
use super::history::{Credential, History, Past};
use super::operation::{self, GraphqlOperation};
use super::socket::{self, Socket, Subscription};
use super::{foreign, messages};
use base64::Engine as _;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::io::Read;

/// More AppSync requests than this in one archive are refused.
const MOST_REQUESTS: usize = 10_000;

/// Fields of one request that are judged (limit `har fields`), and bytes that their reports may have together.
const MOST_FIELDS: usize = 500;
const MOST_BYTES: usize = 64 << 20;

/// Gives `found` the refusal reports of a HAR, one a request and field, while it is read. Where `history` is `None`, what
/// came before is all that is known of the others.
///
/// # Errors
/// The HAR is broken, has more requests than the limit, or `found` failed.
pub fn read(
    reader: impl Read,
    history: Option<&History>,
    found: &mut dyn FnMut(Json) -> Result<(), HarError>,
) -> Result<ArchiveKind, HarError> {
    let (mut count, mut at) = (0, 0);
    let mut so_far = History::default();
    let mut preflights = HashMap::new();
    let kind = archive::entries(reader, &mut |entry| {
        if text(&entry, "/request/method") == "OPTIONS" {
            preflights.insert(bare(text(&entry, "/request/url")).to_owned(), preflight(&entry));
            return Ok(());
        }
        if history.is_none()
            && let Some(past) = past(&entry)
        {
            so_far.push(past);
        }
        let known = history.unwrap_or(&so_far);
        let place = at;
        at += usize::from(past(&entry).is_some());
        if !is_appsync(&entry) {
            return Ok(());
        }
        let others = serde_json::to_value(known.about(place)).unwrap_or_default();
        for mut report in entry_reports(&entry) {
            count += 1;
            if count > MOST_REQUESTS {
                return Err(format!("more than {MOST_REQUESTS} AppSync requests (limit `har requests`)").into());
            }
            report["context"]["others"] = others.clone();
            if let Some(preflight) = preflights.get(bare(text(&entry, "/request/url"))) {
                report["context"]["preflight"] = preflight.clone();
            }
            found(report)?;
        }
        Ok(())
    })?;
    let foreign = history.unwrap_or(&so_far).foreign();
    if count == 0 && !foreign.is_empty() {
        // Nothing reached AppSync: the refusals of others are all that there is to tell.
        let url = foreign.first().map_or(Json::Null, |past| json!(past.host));
        let context = json!({"others": foreign, "request": {"headers": {}, "sanitized": true}});
        found(json!({"context": context, "request": {"url": url}}))?;
    }
    Ok(kind)
}

/// The requests of a HAR, for what they prove of each other.
///
/// # Errors
/// The HAR is broken.
pub fn history(reader: impl Read) -> Result<History, HarError> {
    let (mut history, mut count) = (History::default(), 0);
    archive::entries(reader, &mut |entry| {
        if let Some(past) = past(&entry).filter(|_| text(&entry, "/request/method") != "OPTIONS") {
            count += 1;
            if count > MOST_REQUESTS {
                return Err(format!("more than {MOST_REQUESTS} AppSync requests (limit `har requests`)").into());
            }
            history.push(past);
        }
        Ok(())
    })?;
    Ok(history)
}

/// What an entry proves: of AppSync's, or another service's refusal.
fn past(entry: &Json) -> Option<Past> {
    let url = text(entry, "/request/url");
    let status = entry.pointer("/response/status").and_then(Json::as_u64).unwrap_or(0);
    let at = text(entry, "/startedDateTime").parse::<jiff::Timestamp>().ok().map(|time| time.as_millisecond());
    let host = host(url).to_owned();
    if !is_appsync(entry) {
        let foreign = foreign::refusal(entry, &response_text(entry))?;
        return Some(Past { at, host, status, foreign: Some(foreign), ..Past::default() });
    }
    let (sent, socket) = credentials(entry);
    let body: Json = serde_json::from_str(&response_text(entry)).unwrap_or_default();
    let refused = body.get("errors").and_then(Json::as_array).into_iter().flatten().any(is_refusal);
    let operations = operations(entry);
    let operation = operations.first();
    let first = operation.and_then(|one| one.fields.first());
    let passed = match &socket {
        Some(socket) => socket.acknowledged && socket.subscription != Subscription::Refused,
        None => status == 200 && !refused && !body.is_null(),
    };
    Some(Past {
        at,
        host,
        credential: Credential::of(&sent),
        field: operation.zip(first).map(|(one, field)| format!("{}.{}", one.parent, field.name)),
        selection: first.map(|field| field.selection.iter().map(|one| one.name.clone()).collect()).unwrap_or_default(),
        arguments: first.and_then(|field| field.arguments.as_object().cloned()).unwrap_or_default(),
        status,
        passed,
        socket: socket.is_some(),
        ..Past::default()
    })
}

fn bare(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

fn host(url: &str) -> &str {
    bare(url).split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// What a browser asked before the request, and what it was allowed.
fn preflight(entry: &Json) -> Json {
    let asked = headers(entry, "/request/headers").remove("access-control-request-headers");
    let allowed = headers(entry, "/response/headers").remove("access-control-allow-headers");
    json!({"asked": asked, "allowed": allowed, "status": entry.pointer("/response/status")})
}

fn text<'a>(json: &'a Json, pointer: &str) -> &'a str {
    json.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

fn headers(json: &Json, pointer: &str) -> Map<String, Json> {
    let list = json.pointer(pointer).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().map(|header| (text(header, "/name").to_lowercase(), json!(text(header, "/value")))).collect()
}

/// By its host, by AppSync's headers, or by a GraphQL body at `/graphql`.
fn is_appsync(entry: &Json) -> bool {
    let url = text(entry, "/request/url");
    if text(entry, "/request/method") == "OPTIONS" || foreign::service(host(url)).is_some() {
        return false;
    }
    let answer = headers(entry, "/response/headers");
    url.contains(".appsync-api.")
        || url.contains(".appsync-realtime-api.")
        || answer.contains_key("x-amzn-appsync-tokensconsumed")
        || (url.contains("/graphql") && !text(entry, "/request/postData/text").is_empty())
        || (url.contains("/graphql") && url.starts_with("ws"))
        || (url.contains("/graphql/realtime") && url.contains("header="))
}

/// The headers with the credential that is judged, and what is known of a WebSocket. A connection and each subscription
/// have credentials of their own; the start frame's are judged once the connection was acknowledged.
fn credentials(entry: &Json) -> (Map<String, Json>, Option<Socket>) {
    let mut sent = headers(entry, "/request/headers");
    let url = text(entry, "/request/url");
    let read = socket::header(url, &sent);
    if read.is_none() && !url.starts_with("ws") {
        return (sent, None);
    }
    let mut socket = frames(entry);
    socket.host = host(url).to_owned();
    socket.path = bare(url)
        .split("//")
        .nth(1)
        .and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()))
        .unwrap_or_default();
    let protocols = sent.get("sec-websocket-protocol").and_then(Json::as_str).unwrap_or_default();
    let plain = protocols.split(',').map(str::trim).filter(|one| !one.is_empty() && !one.starts_with("header-"));
    socket.protocols = plain.map(str::to_owned).collect();
    match read {
        None => {}
        Some(Err(fault)) => (socket.has_header, socket.header_fault) = (true, Some(fault.into())),
        Some(Ok(map)) => {
            socket.has_header = true;
            socket.header_host = map.get("host").and_then(Json::as_str).map(str::to_owned);
            sent.extend(map);
        }
    }
    if socket.acknowledged
        && let Some(own) = start_header(entry)
    {
        let connection = Credential::of(&sent);
        let start = Credential::of(&own);
        socket.of_start = true;
        if let (Some(connection), Some(start)) = (connection, start)
            && !connection.is(&start)
        {
            socket.connection = Some(connection.shown);
        }
        for name in ["authorization", "x-api-key", "x-amz-date", "x-amz-security-token", "host"] {
            sent.remove(name);
        }
        sent.extend(own);
    }
    // A frame that has no credential of its own: the connection's does not count for it.
    if socket.acknowledged && !socket.of_start && socket.subscription == Subscription::Refused {
        let starts = texts(entry).any(|(came, data)| !came && is_start(&data));
        if starts {
            socket.bare_start = Credential::of(&sent).map(|connection| connection.shown);
        }
    }
    (sent, Some(socket))
}

/// The frames of a WebSocket, as text.
fn texts(entry: &Json) -> impl Iterator<Item = (bool, Json)> + '_ {
    let frames = entry.get("_webSocketMessages").and_then(Json::as_array);
    frames.into_iter().flatten().filter_map(|frame| {
        let data: Json = serde_json::from_str(text(frame, "/data")).ok()?;
        Some((text(frame, "/type") != "send", data))
    })
}

/// Whether a frame asks for something that is authorized by itself.
fn is_start(data: &Json) -> bool {
    matches!(text(data, "/type"), "start" | "subscribe" | "publish")
}

/// The id of the subscription that was refused first: a socket carries many, each with a credential of its own.
fn refused_id(entry: &Json) -> Option<Json> {
    let refused = |data: &Json| matches!(text(data, "/type"), "error" | "subscribe_error" | "publish_error");
    texts(entry).find(|(came, data)| *came && refused(data)).and_then(|(_, data)| data.get("id").cloned())
}

fn frames(entry: &Json) -> Socket {
    let mut socket = Socket::default();
    let refused = refused_id(entry);
    let other = |data: &Json| refused.as_ref().is_some_and(|id| data.get("id").is_some_and(|own| own != id));
    let mut channels: HashMap<String, String> = HashMap::new();
    for (came, data) in texts(entry) {
        let kind = text(&data, "/type");
        socket.received += usize::from(came);
        // Whatever is said of a subscription comes after the connection was accepted.
        socket.acknowledged |= came && matches!(kind, "connection_ack" | "start_ack" | "error" | "data" | "subscribe_success" | "subscribe_error" | "publish_success" | "publish_error");
        match (came, kind) {
            (false, "connection_init") => socket.init = true,
            (false, "subscribe" | "publish") => {
                let channel = data.get("channel").and_then(Json::as_str).unwrap_or_default().to_owned();
                channels.insert(text(&data, "/id").to_owned(), channel.clone());
                if !other(&data) {
                    socket.channel = Some(channel).filter(|channel| !channel.is_empty());
                }
            }
            (true, "subscribe_success") if other(&data) => {
                socket.accepted.extend(channels.get(text(&data, "/id")).cloned());
            }
            (true, "start_ack" | "subscribe_success") => socket.subscription = Subscription::Accepted,
            (true, "error" | "subscribe_error" | "publish_error") => socket.subscription = Subscription::Refused,
            _ => {}
        }
    }
    socket
}

/// The credentials of a subscription stand in its `start` frame; in that of an Event API beside its channel.
fn start_header(entry: &Json) -> Option<Map<String, Json>> {
    let of = |data: &Json| {
        let own = data.pointer("/payload/extensions/authorization").or_else(|| data.get("authorization"));
        own.and_then(Json::as_object).cloned()
    };
    let sent = || texts(entry).filter(|(came, data)| !came && is_start(data)).map(|(_, data)| data);
    // Of several subscriptions the one that was refused; one without a credential has none.
    let own = refused_id(entry).and_then(|id| sent().find(|data| data.get("id") == Some(&id)));
    match own {
        Some(data) => of(&data).map(socket::lower),
        None => sent().find_map(|data| of(&data)).map(socket::lower),
    }
}

/// The answer's own marks.
fn answer(entry: &Json) -> Json {
    let headers = headers(entry, "/response/headers");
    let kind = headers.get("content-type").and_then(Json::as_str).unwrap_or_default().to_owned();
    let body = response_text(entry);
    let size = entry.pointer("/response/content/size").and_then(Json::as_i64);
    let html = kind.contains("text/html") || body.trim_start().to_lowercase().starts_with("<html");
    let empty = body.is_empty() && size.is_none_or(|size| size == 0);
    json!({"headers": headers, "html": html, "empty": empty})
}

fn entry_reports(entry: &Json) -> Vec<Json> {
    let (mut sent, socket) = credentials(entry);
    let url = text(entry, "/request/url");
    let websocket = socket.is_some();
    // HTTP/2 has no host header; the signature's region is compared with it.
    sent.entry("host").or_insert_with(|| json!(host(url)));
    let status = entry.pointer("/response/status").and_then(Json::as_u64).unwrap_or(0);
    // A request that was copied alone (snippet.rs) has no answer, and nothing was taken out of it.
    let alone = entry.pointer("/response/status").is_none_or(Json::is_null);
    let observed = |status, error: Option<&Json>| if alone { Json::Null } else { observed(status, error) };
    let body: Json = serde_json::from_str(&response_text(entry)).unwrap_or_default();
    let time = text(entry, "/startedDateTime");
    let has_credential = sent.contains_key("authorization") || sent.contains_key("x-api-key");
    let about = json!({"url": bare(url), "time": time, "status": status, "webSocket": websocket});
    let answer_marks = answer(entry);
    let address = entry.get("serverIPAddress").cloned().unwrap_or_default();
    let sent_body = text(entry, "/request/postData/text");
    let one = |info: Json, arguments: Json, observed: Json| {
        let mut context = json!({
            "request": {"headers": sent, "now": time, "sanitized": !has_credential && !alone},
            "arguments": arguments,
            "observed": observed,
            "answer": answer_marks,
            "url": bare(url),
            "address": address,
            "socket": socket,
        });
        if !sent_body.is_empty() {
            context["body"] = json!(sent_body);
        }
        if !info.is_null() {
            context["info"] = info;
        }
        if let Some(identity) = identity(&sent) {
            context["identity"] = identity;
        }
        json!({"context": context, "request": about})
    };
    if status == 0 && !websocket && !alone {
        let observed = json!({"httpStatus": 0, "message": "no response"});
        return vec![one(Json::Null, json!({}), observed)];
    }
    let operations = operations(entry);
    let answers = match &body {
        Json::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    if operations.is_empty() {
        let error =
            frame_error(entry).or_else(|| answers.first().and_then(|answer| answer.pointer("/errors/0").cloned()));
        return vec![one(Json::Null, json!({}), observed(status, error.as_ref()))];
    }
    let mut found = Vec::new();
    // Each field has a report of its own, with the whole body in it.
    let most = (MOST_BYTES / (sent_body.len() + 1024)).clamp(1, MOST_FIELDS);
    let all: usize = operations.iter().map(|operation| operation.fields.len()).sum();
    for (at, operation) in operations.iter().enumerate() {
        let answer = answers.get(at).or(answers.first().filter(|_| answers.len() == 1));
        let errors = answer
            .and_then(|answer| answer.get("errors").or_else(|| answer.pointer("/payload/errors")))
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default();
        for field in operation.fields.iter().take(most.saturating_sub(found.len())) {
            let own = || {
                errors.iter().filter(|error| {
                    let first = error.pointer("/path/0").and_then(Json::as_str);
                    first.is_none_or(|first| first == field.alias)
                })
            };
            // A field may have several errors: a refusal tells more than what follows from it.
            let frame = frame_error(entry).filter(|_| websocket);
            let own = own().find(|error| is_refusal(error)).or_else(|| own().next()).or(frame.as_ref());
            let (parent, name) = refused_subject(own).unwrap_or_else(|| (operation.parent.clone(), field.name.clone()));
            let mut seen = observed(status, own);
            if let (None, Some(data)) = (own, answer.and_then(|answer| answer.pointer("/data"))) {
                seen["empty"] = json!(empty(&data[field.alias.as_str()]));
            }
            let mut info = json!({"parentTypeName": parent, "fieldName": name, "variables": operation.variables});
            // Of a nested field the selection is not that of the operation's field.
            if name == field.name && parent == operation.parent {
                info["selectionSetList"] = json!(operation::paths(&field.selection));
                info["selectionSetGraphQL"] = json!(operation::text(&field.selection));
            }
            found.push(one(info, field.arguments.clone(), seen));
        }
    }
    if all > found.len() {
        let left = all - found.len();
        let message = format!("{left} more fields of this request were not judged (limit `har fields`)");
        found.push(one(Json::Null, json!({}), json!({"httpStatus": status, "message": message})));
    }
    found
}

/// `Not Authorized to access F on type T` in an error names a nested field.
fn refused_subject(error: Option<&Json>) -> Option<(String, String)> {
    let message = error?.get("message")?.as_str()?;
    let (_, rest) = message.split_once("Not Authorized to access ")?;
    let (field, parent) = rest.split_once(" on type ")?;
    Some((parent.trim().to_owned(), field.trim().to_owned()))
}

pub(super) fn is_refusal(error: &Json) -> bool {
    let kind = error.get("errorType").and_then(Json::as_str).unwrap_or_default();
    kind.contains("Unauthorized") || refused_subject(Some(error)).is_some()
}

/// What is missing of a field that came without an error.
fn empty(data: &Json) -> Option<&'static str> {
    match data {
        Json::Null => Some("null"),
        data if data.get("items").and_then(Json::as_array).is_some_and(Vec::is_empty) => Some("items"),
        _ => None,
    }
}

/// The body of an answer; some browsers write it as base64.
fn response_text(entry: &Json) -> String {
    let body = text(entry, "/response/content/text");
    if text(entry, "/response/content/encoding") != "base64" {
        return body.to_owned();
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(body).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn observed(status: u64, error: Option<&Json>) -> Json {
    // A WebSocket's error carries the status that a request would have had; older servers say 400 (4.7).
    let code = error.and_then(|error| error.get("errorCode")).and_then(Json::as_u64).filter(|_| status == 101);
    let unauthorized = error
        .and_then(|error| error.get("errorType"))
        .and_then(Json::as_str)
        .is_some_and(|kind| kind.ends_with("UnauthorizedException"));
    let status = match code {
        Some(_) if unauthorized => 401,
        Some(code) => code,
        None => status,
    };
    let member = |name: &str| error.and_then(|error| error.get(name)).cloned().unwrap_or_default();
    json!({"httpStatus": status, "errorType": member("errorType"), "message": member("message")})
}

/// `$ctx.identity` of the token that was sent.
pub fn identity(headers: &Map<String, Json>) -> Option<Json> {
    let value = headers.get("authorization")?.as_str()?;
    let token = super::token::read(value).ok()?;
    let read = crate::appsync::identity::of_claims((&Json::Object(token.claims)).into(), None, 0);
    serde_json::from_str(&read.identity.to_json().ok()?).ok()
}

/// The first refusal among a WebSocket's frames; an Event API's errors stand beside the frame's type.
fn frame_error(entry: &Json) -> Option<Json> {
    texts(entry).filter(|(came, _)| *came).find_map(|(_, data)| {
        let error = data.pointer("/payload/errors/0").or_else(|| data.pointer("/errors/0")).cloned()?;
        let message = error.get("message").and_then(Json::as_str).unwrap_or_default();
        let known = messages::find(message).is_some() || message.contains("Not Authorized");
        let refused = text(&data, "/type").ends_with("error");
        (known || refused || error.get("errorType").is_some()).then_some(error)
    })
}

/// The operations of an entry's body and frames.
fn operations(entry: &Json) -> Vec<GraphqlOperation> {
    let sent = text(entry, "/request/postData/text");
    // A body of `application/graphql` is the document itself.
    let body: Json = serde_json::from_str(sent).unwrap_or_else(|_| json!({"query": sent}));
    let mut list = match body {
        Json::Array(list) => list,
        Json::Null => Vec::new(),
        one => vec![one],
    };
    // A subscription's operation stands in the `start` frame.
    for (_, data) in texts(entry).filter(|(came, _)| !came) {
        if let Some(inner) = data.pointer("/payload/data").and_then(Json::as_str)
            && let Ok(inner) = serde_json::from_str(inner)
        {
            list.push(inner);
        }
    }
    list.iter().filter_map(operation::read).collect()
}
