//! A browser's HAR: every AppSync request in it (APPSYNC-VTL 8).

use super::answer::Answer;
use super::archive::{self, ArchiveKind, HarError};
use super::gathered::{Request, RequestAbout};
use super::history::{Credential, History, Past};
use super::member::{Member, MemberOrigin, MemberValue};
use super::observed::{Observed, Preflight};
use super::operation::{self, GraphqlOperation};
use super::socket::{self, Socket, Subscription};
use super::{foreign, messages, whole};
use base64::Engine as _;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::io::Read;

/// More AppSync requests than this in one archive are refused.
const MOST_REQUESTS: usize = 10_000;

/// Fields of one request that are judged (limit `har fields`), and bytes that their reports may have together.
const MOST_FIELDS: usize = 500;
const MOST_BYTES: usize = 64 << 20;

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
        let others = known.about(place);
        for mut request in entry_requests(&entry) {
            count += 1;
            if count > MOST_REQUESTS {
                return Err(format!("more than {MOST_REQUESTS} AppSync requests (limit `har requests`)").into());
            }
            request.others.clone_from(&others);
            request.preflight = preflights.get(bare(text(&entry, "/request/url"))).cloned();
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
fn preflight(entry: &Json) -> Preflight {
    let header = |side: &str, name: &str| headers(entry, side).get(name).and_then(Json::as_str).map(str::to_owned);
    Preflight {
        asked: header("/request/headers", "access-control-request-headers"),
        allowed: header("/response/headers", "access-control-allow-headers"),
    }
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
fn answer(entry: &Json) -> Answer {
    let headers = headers(entry, "/response/headers");
    let kind = headers.get("content-type").and_then(Json::as_str).unwrap_or_default().to_owned();
    let body = response_text(entry);
    let size = entry.pointer("/response/content/size").and_then(Json::as_i64);
    let html = kind.contains("text/html") || body.trim_start().to_lowercase().starts_with("<html");
    let empty = body.is_empty() && size.is_none_or(|size| size == 0);
    Answer { headers, html, empty: Some(empty) }
}

/// The requests of an entry, one for each field.
fn entry_requests(entry: &Json) -> Vec<Request> {
    let entry = &Exchange::of(entry);
    let status = entry.status;
    if status == 0 && !entry.websocket && !entry.alone {
        let message = Some("no response".to_owned());
        return vec![entry.request(Some(Observed { status: Some(0), message, ..Observed::default() }))];
    }
    let operations = operations(entry.json);
    if operations.is_empty() {
        let first = entry.answers.first().and_then(|answer| answer.pointer("/errors/0").cloned());
        let error = frame_error(entry.json).or(first);
        return vec![entry.request(entry.observed(error.as_ref()))];
    }
    let mut found = Vec::new();
    // Each field has a request of its own, with the whole body in it.
    let most = (MOST_BYTES / (entry.body.len() + 1024)).clamp(1, MOST_FIELDS);
    let all: usize = operations.iter().map(|operation| operation.fields.len()).sum();
    for (at, operation) in operations.iter().enumerate() {
        let answer = entry.answers.get(at).or(entry.answers.first().filter(|_| entry.answers.len() == 1));
        for field in operation.fields.iter().take(most.saturating_sub(found.len())) {
            found.push(entry.of_field(operation, field, answer));
        }
    }
    if all > found.len() {
        let left = all - found.len();
        let message = format!("{left} more fields of this request were not judged (limit `har fields`)");
        found.push(entry.request(Some(Observed {
            status: Some(status),
            message: Some(message),
            ..Observed::default()
        })));
    }
    found
}

/// An entry, with what all its fields have in common.
struct Exchange<'e> {
    json: &'e Json,
    /// The request, without what is a field's own.
    common: Request,
    /// The body that was sent.
    body: &'e str,
    /// The answer's body, or those of a batch.
    answers: Vec<Json>,
    status: u64,
    websocket: bool,
    /// A request that was copied alone (snippet.rs) has no answer, and nothing was taken out of it.
    alone: bool,
}

impl<'e> Exchange<'e> {
    fn of(entry: &'e Json) -> Self {
        let (sent, socket) = credentials(entry);
        let body: Json = serde_json::from_str(&response_text(entry)).unwrap_or_default();
        let mut exchange = Self {
            json: entry,
            common: Request::default(),
            body: text(entry, "/request/postData/text"),
            answers: match body {
                Json::Array(list) => list,
                one => vec![one],
            },
            status: entry.pointer("/response/status").and_then(Json::as_u64).unwrap_or(0),
            websocket: socket.is_some(),
            alone: entry.pointer("/response/status").is_none_or(Json::is_null),
        };
        exchange.gather(sent, socket);
        exchange
    }

    /// What all fields have in common.
    fn gather(&mut self, mut sent: Map<String, Json>, socket: Option<Socket>) {
        let url = text(self.json, "/request/url");
        // HTTP/2 has no host header; the signature's region is compared with it.
        sent.entry("host").or_insert_with(|| json!(host(url)));
        let time = text(self.json, "/startedDateTime");
        let request = &mut self.common;
        request.about = RequestAbout {
            url: Some(bare(url).to_owned()),
            time: Some(time.to_owned()),
            status: Some(self.status),
            web_socket: Some(self.websocket),
        };
        (request.answer, request.socket) = (answer(self.json), socket);
        let identity = identity_text(&sent).and_then(|text| MemberValue::read(&text, MemberOrigin::Token).ok());
        request.send(sent);
        let hidden = !request.has_credential() && !self.alone;
        let mut set = |member, json| request.set(member, MemberValue::new(json, MemberOrigin::Har));
        set(Member::Request, json!({}));
        set(Member::Arguments, json!({}));
        set(Member::Now, json!(time));
        set(Member::Sanitized, json!(hidden));
        set(Member::Url, json!(bare(url)));
        set(Member::Address, self.json.get("serverIPAddress").cloned().unwrap_or_default());
        if !self.body.is_empty() {
            set(Member::Body, json!(self.body));
        }
        if let Some(identity) = identity {
            request.set(Member::Identity, identity);
        }
    }

    /// The request, of which this was seen.
    fn request(&self, observed: Option<Observed>) -> Request {
        self.common.clone().with_observed(observed)
    }

    /// What was seen; nothing where there is no answer at all.
    fn observed(&self, error: Option<&Json>) -> Option<Observed> {
        (!self.alone).then(|| observed(self.status, error))
    }

    /// The request of one field.
    fn of_field(&self, operation: &GraphqlOperation, field: &operation::RootField, answer: Option<&Json>) -> Request {
        let errors = answer.and_then(|answer| answer.get("errors").or_else(|| answer.pointer("/payload/errors")));
        let errors = errors.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let own = || {
            errors.iter().filter(|error| {
                let first = error.pointer("/path/0").and_then(Json::as_str);
                first.is_none_or(|first| first == field.alias)
            })
        };
        // A field may have several errors: a refusal tells more than what follows from it.
        let frame = frame_error(self.json).filter(|_| self.websocket);
        let own = own().find(|error| is_refusal(error)).or_else(|| own().next()).or(frame.as_ref());
        let (parent, name) = refused_subject(own).unwrap_or_else(|| (operation.parent.clone(), field.name.clone()));
        let mut seen = self.observed(own);
        if let (None, Some(data), Some(seen)) = (own, answer.and_then(|answer| answer.pointer("/data")), &mut seen) {
            seen.empty = empty(&data[field.alias.as_str()]).map(str::to_owned);
        }
        let mut info = json!({"parentTypeName": parent, "fieldName": name, "variables": operation.variables});
        // Of a nested field the selection is not that of the operation's field.
        if name == field.name && parent == operation.parent {
            info["selectionSetList"] = json!(operation::paths(&field.selection));
            info["selectionSetGraphQL"] = json!(operation::text(&field.selection));
        }
        let mut request = self.request(seen);
        request.set(Member::Arguments, MemberValue::of_marked(&field.arguments, MemberOrigin::Har));
        request.set(Member::Info, MemberValue::of_marked(&info, MemberOrigin::Har));
        request
    }
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

fn observed(status: u64, error: Option<&Json>) -> Observed {
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
    let member = |name: &str| error.and_then(|error| error.get(name)?.as_str()).map(str::to_owned);
    Observed { status: Some(status), error_type: member("errorType"), message: member("message"), empty: None }
}

/// `$ctx.identity` of the token that was sent.
pub fn identity(headers: &Map<String, Json>) -> Option<Json> {
    serde_json::from_str(&identity_text(headers)?).ok()
}

/// The same as JSON text, in which integers beyond 64 bits are whole.
fn identity_text(headers: &Map<String, Json>) -> Option<String> {
    let claims = super::token::claims(headers.get("authorization")?.as_str()?)?;
    crate::appsync::identity::of_claims(claims, None, 0).identity.to_json().ok()
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
