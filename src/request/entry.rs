//! An entry of a HAR: its headers and credentials, the frames of a WebSocket, and what was asked in it.

use super::frames::Frames;
use super::history::{Credential, CredentialKind};
use super::operation::{self, GraphqlOperation};
use super::socket::{self, Socket, Subscription};
use super::{address, foreign, whole};
use crate::json::text;
use base64::Engine as _;
use serde_json::{Map, Value as Json, json};

/// A URL without its query.
pub fn bare(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

/// The host of a URL.
pub fn host(url: &str) -> &str {
    bare(url).split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// A list of headers as a map, names in lower case.
pub fn headers(json: &Json, pointer: &str) -> Map<String, Json> {
    let list = json.pointer(pointer).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let mut found: Map<String, Json> = Map::new();
    for header in list {
        let (name, value) = (text(header, "/name").to_lowercase(), text(header, "/value"));
        // A credential that was sent twice arrives as one text (RFC 9110, 5.3).
        let twice = matches!(name.as_str(), "authorization" | "x-api-key");
        let first = found.get(&name).and_then(Json::as_str).filter(|_| twice).map(|first| format!("{first}, {value}"));
        found.insert(name, first.map_or_else(|| json!(value), Json::from));
    }
    found
}

/// By its host, by AppSync's headers, or by a GraphQL body at `/graphql`.
pub fn is_appsync(entry: &Json) -> bool {
    let url = text(entry, "/request/url");
    if text(entry, "/request/method") == "OPTIONS" {
        return false;
    }
    if foreign::service(host(url)).is_some() {
        return address::is_management(host(url)) && asks_graphql(entry);
    }
    let answer = headers(entry, "/response/headers");
    url.contains(".appsync-api.")
        || url.contains(".appsync-realtime-api.")
        || answer.contains_key("x-amzn-appsync-tokensconsumed")
        || (url.contains("/graphql") && !text(entry, "/request/postData/text").is_empty())
        || (url.contains("/graphql") && url.starts_with("ws"))
        || (url.contains("/graphql/realtime") && url.contains("header="))
        || speaks_realtime(entry, url)
        || publishes(entry, url)
        || misses_path(entry, &answer)
}

/// Events for a channel, sent to the path of an Event API's HTTP endpoint, at whatever name it has
/// (<https://docs.aws.amazon.com/appsync/latest/eventapi/publish-http.html>).
fn publishes(entry: &Json, url: &str) -> bool {
    let body: Json = serde_json::from_str(text(entry, "/request/postData/text")).unwrap_or_default();
    url.split(['?', '#']).next().is_some_and(|path| path.ends_with("/event"))
        && body.get("channel").is_some_and(Json::is_string)
        && body.get("events").is_some_and(Json::is_array)
}

/// Whether the body is a request of GraphQL's.
fn asks_graphql(entry: &Json) -> bool {
    let body: Json = serde_json::from_str(text(entry, "/request/postData/text")).unwrap_or_default();
    body.get("query").and_then(Json::as_str).is_some_and(|query| query.contains('{'))
}

/// A query that went to another path of a custom domain: AWS answers that there is nothing, and no API Gateway is before it.
fn misses_path(entry: &Json, answer: &Map<String, Json>) -> bool {
    let nothing = entry.pointer("/response/status").and_then(Json::as_u64) == Some(404);
    let gateway = answer.keys().any(|name| name.contains("apigw"));
    nothing && !gateway && answer.contains_key("x-amzn-requestid") && asks_graphql(entry)
}

/// A WebSocket on any host with AppSync's sub-protocol and, in `header=`, the host that AppSync wants there.
fn speaks_realtime(entry: &Json, url: &str) -> bool {
    let sent = headers(entry, "/request/headers");
    let protocols = text_of(&sent, "sec-websocket-protocol");
    let spoken = protocols.split(',').any(|one| matches!(one.trim(), "graphql-ws" | "aws-appsync-event-ws"));
    spoken && url.starts_with("ws") && matches!(socket::header(url, &sent), Some(Ok(map)) if map.contains_key("host"))
}

fn text_of<'h>(headers: &'h Map<String, Json>, name: &str) -> &'h str {
    headers.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// The headers with the credential that is judged, and what is known of a WebSocket. A connection and each subscription
/// have credentials of their own; the start frame's are judged once the connection was acknowledged.
pub fn credentials(entry: &Json, frames: &Frames) -> (Map<String, Json>, Option<Socket>) {
    let mut sent = headers(entry, "/request/headers");
    let url = text(entry, "/request/url");
    let read = socket::header(url, &sent);
    if read.is_none() && !url.starts_with("ws") {
        return (sent, None);
    }
    let mut socket = frames.socket();
    (socket.quiet, socket.ended) = (frames.quiet(entry), frames.ended());
    place(url, &sent, &mut socket);
    if socket.is_event() {
        socket.heard = frames.heard();
    }
    let in_url = socket::parameter(url, "header").is_some();
    (socket.by_protocol, socket.lacks_payload) = (read.is_some() && !in_url, in_url && socket::parameter(url, "payload").is_none());
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
        && let Some(own) = frames.start_header()
    {
        let connection = Credential::of(&sent);
        let start = Credential::of(&own);
        socket.of_start = true;
        socket.start_lacks_host = start.is_some() && !socket.is_event() && !own.contains_key("host");
        if let (Some(connection), Some(start)) = (connection, start)
            && !connection.is(&start)
        {
            socket.good_key = (connection.kind == CredentialKind::Key && start.kind == CredentialKind::Key).then(|| connection.shown.clone());
            socket.connection = Some(connection.shown);
        }
        frames.describe_start(&mut socket);
        for name in ["authorization", "x-api-key", "x-amz-date", "x-amz-security-token", "host"] {
            sent.remove(name);
        }
        sent.extend(own);
    }
    socket.start_plain = !socket.is_event() && frames.is_plain();
    // A frame that has no credential of its own: the connection's does not count for it.
    if socket.acknowledged && !socket.of_start && socket.subscription == Subscription::Refused && frames.has_start() {
        socket.bare_start = Credential::of(&sent).map(|connection| connection.shown);
    }
    (sent, Some(socket))
}

/// Where a WebSocket was opened, with which sub-protocols.
fn place(url: &str, sent: &Map<String, Json>, socket: &mut Socket) {
    socket.host = host(url).to_owned();
    socket.path = bare(url)
        .split("//")
        .nth(1)
        .and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()))
        .unwrap_or_default();
    let protocols = sent.get("sec-websocket-protocol").and_then(Json::as_str).unwrap_or_default();
    let plain = protocols.split(',').map(str::trim).filter(|one| !one.is_empty() && !one.starts_with("header-"));
    socket.protocols = plain.map(str::to_owned).collect();
}

/// The body of an answer; some browsers write it as base64.
pub fn response_text(entry: &Json) -> String {
    let body = text(entry, "/response/content/text");
    if text(entry, "/response/content/encoding") != "base64" {
        return body.to_owned();
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(body).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `Not Authorized to access F on type T` in an error names a nested field.
pub fn refused_subject(error: Option<&Json>) -> Option<(String, String)> {
    let message = error?.get("message")?.as_str()?;
    let (_, rest) = message.split_once("Not Authorized to access ")?;
    let (field, parent) = rest.split_once(" on type ")?;
    let other = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    let parent = parent.trim_start_matches(other).split(other).next().unwrap_or_default();
    Some((parent.to_owned(), field.trim().to_owned()))
}

pub fn is_refusal(error: &Json) -> bool {
    let kind = error.get("errorType").and_then(Json::as_str).unwrap_or_default();
    kind.contains("Unauthorized") || refused_subject(Some(error)).is_some()
}

/// `$ctx.identity` of the token that was sent.
pub fn identity(headers: &Map<String, Json>) -> Option<Json> {
    serde_json::from_str(&identity_text(headers)?).ok()
}

/// The same as JSON text, in which integers beyond 64 bits are whole.
pub fn identity_text(headers: &Map<String, Json>) -> Option<String> {
    // An object of claims is no token when it is sent: AppSync makes no identity of it.
    let sent = headers.get("authorization")?.as_str().filter(|sent| !sent.trim_start().starts_with('{'))?;
    let claims = super::token::claims(sent)?;
    crate::appsync::identity::of_claims(claims, None, 0).identity.to_json().ok()
}

/// The operations of an entry's body and frames.
pub fn operations(entry: &Json, frames: &Frames) -> Vec<GraphqlOperation> {
    let sent = text(entry, "/request/postData/text");
    // A body of `application/graphql` is the document itself.
    let body: Json = serde_json::from_str(&whole::marked(sent)).unwrap_or_else(|_| json!({"query": sent}));
    let mut list = match body {
        Json::Array(list) => list,
        Json::Null => Vec::new(),
        one => vec![one],
    };
    list.extend(frames.operations().filter_map(|inner| serde_json::from_str(&whole::marked(inner)).ok()));
    list.iter().filter_map(operation::read).collect()
}
