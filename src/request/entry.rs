//! An entry of a HAR: its headers and credentials, the frames of a WebSocket, and what was asked in it.

use super::history::{Credential, CredentialKind};
use super::operation::{self, GraphqlOperation};
use super::socket::{self, Socket, Subscription};
use super::{address, digest, foreign, heard, messages, sent, whole};
use base64::Engine as _;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

/// A URL without its query.
pub fn bare(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

/// The host of a URL.
pub fn host(url: &str) -> &str {
    bare(url).split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// The text at a pointer, or none.
pub fn text<'a>(json: &'a Json, pointer: &str) -> &'a str {
    json.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
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
pub fn credentials(entry: &Json) -> (Map<String, Json>, Option<Socket>) {
    let mut sent = headers(entry, "/request/headers");
    let url = text(entry, "/request/url");
    let read = socket::header(url, &sent);
    if read.is_none() && !url.starts_with("ws") {
        return (sent, None);
    }
    let mut socket = frames(entry);
    place(entry, url, &sent, &mut socket);
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
        && let Some(own) = start_header(entry)
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
        let data = start_data(entry);
        let escaped = data.as_deref().filter(|data| socket.is_event() && data.contains(['<', '>', '&'])).map(escaped);
        socket.start_bytes = data.as_deref().map_or(0, str::len);
        socket.twin_accepted = twin_accepted(entry);
        socket.start_hash = data.and_then(|data| digest::sha256(&data));
        socket.escaped_hash = escaped.and_then(|data| digest::sha256(&data));
        for name in ["authorization", "x-api-key", "x-amz-date", "x-amz-security-token", "host"] {
            sent.remove(name);
        }
        sent.extend(own);
    }
    socket.start_plain = !socket.is_event() && texts(entry).any(|(came, data)| {
        let plain = data.pointer("/payload/query").is_some_and(Json::is_string) && data.pointer("/payload/data").is_none();
        !came && plain && matches!(text(&data, "/type"), "start" | "subscribe")
    });
    // A frame that has no credential of its own: the connection's does not count for it.
    if socket.acknowledged && !socket.of_start && socket.subscription == Subscription::Refused {
        let starts = texts(entry).any(|(came, data)| !came && is_start(&data));
        if starts {
            socket.bare_start = Credential::of(&sent).map(|connection| connection.shown);
        }
    }
    (sent, Some(socket))
}

/// Where a WebSocket was opened, with which sub-protocols, and how it ended.
fn place(entry: &Json, url: &str, sent: &Map<String, Json>, socket: &mut Socket) {
    (socket.quiet, socket.ended) = (quiet(entry), ended(entry));
    socket.host = host(url).to_owned();
    socket.path = bare(url)
        .split("//")
        .nth(1)
        .and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()))
        .unwrap_or_default();
    let protocols = sent.get("sec-websocket-protocol").and_then(Json::as_str).unwrap_or_default();
    let plain = protocols.split(',').map(str::trim).filter(|one| !one.is_empty() && !one.starts_with("header-"));
    socket.protocols = plain.map(str::to_owned).collect();
    if socket.is_event() {
        socket.heard = heard::of(texts(entry));
    }
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
            (false, "connection_init") => {
                socket.init = true;
                socket.init_credential = data.get("payload").and_then(|payload| sent::credential_inside(payload, 0)).map(str::to_owned);
            }
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

/// Whether a start frame that has the refused one's credential was accepted: then it is not the credential.
fn twin_accepted(entry: &Json) -> bool {
    let Some(refused) = refused_id(entry) else { return false };
    let sent: Vec<Json> = texts(entry).filter(|(came, data)| !came && is_start(data)).map(|(_, data)| data).collect();
    let credential = |data: &Json| data.pointer("/payload/extensions/authorization").or_else(|| data.get("authorization")).cloned();
    let Some(own) = sent.iter().find(|data| data.get("id") == Some(&refused)).and_then(credential) else { return false };
    let accepted: Vec<Json> = texts(entry)
        .filter(|(came, data)| *came && matches!(text(data, "/type"), "start_ack" | "subscribe_success"))
        .filter_map(|(_, data)| data.get("id").cloned())
        .collect();
    sent.iter().any(|data| data.get("id").is_some_and(|id| *id != refused && accepted.contains(id)) && credential(data).as_ref() == Some(&own))
}

/// When the start frame that is judged was sent (Chromium's HAR: seconds since 1970).
pub fn start_time(entry: &Json) -> Option<String> {
    let refused = refused_id(entry);
    let frames = entry.get("_webSocketMessages").and_then(Json::as_array)?;
    let seconds = frames.iter().filter(|frame| text(frame, "/type") == "send").find_map(|frame| {
        let data: Json = serde_json::from_str(text(frame, "/data")).ok()?;
        let own = is_start(&data) && refused.as_ref().is_none_or(|id| data.get("id") == Some(id));
        own.then(|| frame.get("time")?.as_f64()).flatten()
    })?;
    let time = jiff::Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()?;
    (seconds > 0.0).then(|| time.to_string())
}

/// A text of JSON with the letters escaped that mean something in HTML, as some writers of JSON do.
fn escaped(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// What the start frame that is judged asks for, as it was written: its signature is over this text. Of an Event API's frame
/// it is the channel and the events
/// (<https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html>).
fn start_data(entry: &Json) -> Option<String> {
    let sent = || texts(entry).filter(|(came, data)| !came && is_start(data)).map(|(_, data)| data);
    let refused = refused_id(entry);
    let own = sent().find(|data| refused.as_ref().is_none_or(|id| data.get("id") == Some(id)))?;
    if let Some(data) = own.pointer("/payload/data").and_then(Json::as_str) {
        return Some(data.to_owned());
    }
    own.get("channel")?;
    let signed = ["channel", "events"].into_iter().filter_map(|name| Some((name.to_owned(), own.get(name)?.clone())));
    serde_json::to_string(&signed.collect::<Map<String, Json>>()).ok()
}

/// When an error came for a subscription that had been accepted: for the same id, or, as it may be, for the connection.
fn ended(entry: &Json) -> Option<i64> {
    let frames = entry.get("_webSocketMessages").and_then(Json::as_array)?;
    let mut accepted: Vec<Json> = Vec::new();
    for frame in frames.iter().filter(|frame| text(frame, "/type") != "send") {
        let data: Json = serde_json::from_str(text(frame, "/data")).unwrap_or_default();
        let id = data.get("id").cloned();
        match text(&data, "/type") {
            "start_ack" | "subscribe_success" => accepted.extend(id),
            "error" | "connection_error" if id.as_ref().map_or(!accepted.is_empty(), |id| accepted.contains(id)) => {
                return frame.get("time").and_then(super::evidence::time);
            }
            _ => {}
        }
    }
    None
}

/// How long nothing came before a connection ended, where that is longer than the keep-alive that AppSync promised, both in
/// seconds (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>: a client should close a
/// connection on which no keep-alive came within `connectionTimeoutMs`).
fn quiet(entry: &Json) -> Option<(i64, i64)> {
    let frames = entry.get("_webSocketMessages").and_then(Json::as_array)?;
    let came = |frame: &&Json| text(frame, "/type") != "send";
    let last = frames.iter().filter(came).filter_map(|frame| frame.get("time")?.as_f64()).fold(f64::NAN, f64::max);
    let begun = text(entry, "/startedDateTime").parse::<jiff::Timestamp>().ok()?.as_millisecond() as f64 / 1000.0;
    let ended = begun + entry.get("time").and_then(Json::as_f64)? / 1000.0;
    let promised = texts(entry).find_map(|(came, data)| {
        (came && text(&data, "/type") == "connection_ack").then(|| data.pointer("/payload/connectionTimeoutMs")?.as_i64()).flatten()
    })?;
    let quiet = (ended - last) as i64;
    (last.is_finite() && promised > 0 && quiet >= promised / 1000).then_some((quiet, promised / 1000))
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

/// The first refusal among a WebSocket's frames; an Event API's errors stand beside the frame's type.
pub fn frame_error(entry: &Json) -> Option<Json> {
    texts(entry).filter(|(came, _)| *came).find_map(|(_, data)| {
        // Of a limit of the connection it is one object (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>).
        let one = data.pointer("/payload/errors").filter(|errors| errors.is_object());
        let error = one.or_else(|| data.pointer("/payload/errors/0")).or_else(|| data.pointer("/errors/0")).cloned()?;
        let message = error.get("message").and_then(Json::as_str).unwrap_or_default();
        let known = messages::find(message).is_some() || message.contains("Not Authorized");
        let refused = text(&data, "/type").ends_with("error");
        (known || refused || error.get("errorType").is_some()).then_some(error)
    })
}

/// The operations of an entry's body and frames.
pub fn operations(entry: &Json) -> Vec<GraphqlOperation> {
    let sent = text(entry, "/request/postData/text");
    // A body of `application/graphql` is the document itself.
    let body: Json = serde_json::from_str(&whole::marked(sent)).unwrap_or_else(|_| json!({"query": sent}));
    let mut list = match body {
        Json::Array(list) => list,
        Json::Null => Vec::new(),
        one => vec![one],
    };
    // A subscription's operation stands in the `start` frame.
    for (_, data) in texts(entry).filter(|(came, _)| !came) {
        if let Some(inner) = data.pointer("/payload/data").and_then(Json::as_str)
            && let Ok(inner) = serde_json::from_str(&whole::marked(inner))
        {
            list.push(inner);
        }
    }
    list.iter().filter_map(operation::read).collect()
}
