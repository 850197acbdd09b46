//! An entry of a HAR as requests, one for each field that was asked for.

use super::answer::{Answer, masked_tail, single_values};
use crate::json::text;
use super::entry::{
    bare, credentials, headers, host, identity_text, is_refusal, operations, refused_subject, response_text,
};
use super::frames::Frames;
use super::gathered::{Request, RequestAbout};
use super::member::{Member, MemberOrigin, MemberValue};
use super::observed::Observed;
use super::operation::{self, GraphqlOperation};
use super::page;
use super::sent::HowSent;
use super::socket::Socket;
use super::subscriptions;
use serde_json::{Map, Value as Json, json};

/// Fields of one request that are judged (limit `har fields`), and bytes that their reports may have together.
const MOST_FIELDS: usize = 500;

const MOST_BYTES: usize = 64 << 20;

/// The requests of an entry, one for each field; of a WebSocket one for each subscription.
pub fn entry_requests(entry: &Json) -> Vec<Request> {
    match subscriptions::of(entry).as_slice() {
        [] => requests(entry),
        each => each.iter().flat_map(requests).collect(),
    }
}

fn requests(entry: &Json) -> Vec<Request> {
    let entry = &Exchange::of(entry);
    let status = entry.status;
    if status == 0 && !entry.websocket && !entry.alone {
        let message = Some("no response".to_owned());
        return vec![entry.request(Some(Observed { status: Some(0), message, ..Observed::default() }))];
    }
    let operations = operations(entry.json, &entry.frames);
    // An operation that asks for introspection alone has no field of its own.
    if operations.iter().all(|operation| operation.fields.is_empty()) {
        let first = entry.answers.first().and_then(|answer| answer.pointer("/errors/0").cloned());
        let error = entry.frames.error().cloned().or(first).or_else(|| not_taken(entry.answers.first()?));
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
    /// The frames of a WebSocket.
    frames: Frames,
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
        let frames = Frames::of(entry);
        let (sent, socket) = credentials(entry, &frames);
        let body: Json = serde_json::from_str(&response_text(entry)).unwrap_or_default();
        let mut exchange = Self {
            json: entry,
            frames,
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
        // A start frame is judged when it is sent, long after the handshake perhaps.
        let of_start = socket.as_ref().is_some_and(|socket| socket.of_start);
        let frame = of_start.then(|| self.frames.start_time()).flatten();
        let time = frame.as_deref().unwrap_or(text(self.json, "/startedDateTime"));
        let request = &mut self.common;
        request.about = RequestAbout {
            url: Some(bare(url).to_owned()),
            time: Some(time.to_owned()),
            status: Some(self.status),
            web_socket: Some(self.websocket),
        };
        (request.answer, request.socket) = (answer(self.json), socket);
        request.sent = HowSent::of(text(self.json, "/request/method"), url);
        let list = self.json.pointer("/request/headers").and_then(Json::as_array).into_iter().flatten();
        request.sent.twice = HowSent::named_twice(list.map(|header| text(header, "/name")));
        let has_cookie = sent.get("cookie").and_then(Json::as_str).is_some_and(|cookie| masked_tail(cookie).is_none() && cookie.contains('='));
        let identity = identity_text(&sent).and_then(|text| MemberValue::read(&text, MemberOrigin::Token).ok());
        request.send(sent);
        // A browser that takes credentials out of an export takes cookies out with them.
        let hidden = !request.has_credential() && !self.alone && !has_cookie;
        let mut set = |member, json| request.set(member, MemberValue::new(json, MemberOrigin::Har));
        set(Member::Request, json!({}));
        set(Member::Arguments, json!({}));
        set(Member::Now, json!(time));
        set(Member::Sanitized, json!(hidden));
        set(Member::Url, json!(bare(url)));
        set(Member::Took, took(self.json).into());
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
        let plain = error.is_none().then(|| plain_error(self.json, self.status, self.answers.first())).flatten();
        (!self.alone).then(|| observed(self.status, error.or(plain.as_ref())))
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
        let frame = self.frames.error().filter(|_| self.websocket);
        let own = own().find(|error| is_refusal(error)).or_else(|| own().next()).or(frame);
        // Some messages name the returned type beside the field of the operation itself; the path tells the two apart.
        let of_root = |name: &str| {
            let path = own.and_then(|error| error.get("path")?.as_array()).map(Vec::len);
            name == field.name && path == Some(1)
        };
        let (parent, name) = refused_subject(own)
            .filter(|(_, name)| !of_root(name))
            .unwrap_or_else(|| (operation.parent.clone(), field.name.clone()));
        let mut seen = self.observed(own);
        if let (None, Some(data), Some(seen)) = (own, answer.and_then(|answer| answer.pointer("/data")), &mut seen) {
            let value = &data[field.alias.as_str()];
            seen.empty = empty(value).map(str::to_owned);
            seen.came = !value.is_null();
        }
        let mut info = json!({"parentTypeName": parent, "fieldName": name, "variables": operation.variables});
        // Of a nested field the selection is not that of the operation's field.
        if name == field.name && parent == operation.parent {
            info["selectionSetList"] = json!(operation::paths(&field.selection));
            info["selectionSetGraphQL"] = json!(operation::text(&field.selection));
        }
        let mut request = self.request(seen);
        request.answer.values = answer.and_then(|answer| answer.get("data")?.get(&field.alias)).map(single_values).unwrap_or_default();
        request.set(Member::Arguments, MemberValue::of_marked(&field.arguments, MemberOrigin::Har));
        request.set(Member::Info, MemberValue::of_marked(&info, MemberOrigin::Har));
        request
    }
}

/// An Event API's answer to a publish of which no event was taken, as an error: it comes with HTTP 200
/// (<https://docs.aws.amazon.com/appsync/latest/eventapi/publish-http.html>: `failed` and `successful`).
fn not_taken(answer: &Json) -> Option<Json> {
    let list = |name: &str| answer.get(name).and_then(Json::as_array);
    let first = list("failed")?.first().filter(|_| list("successful").is_none_or(Vec::is_empty))?;
    let message = first.get("message").and_then(Json::as_str).unwrap_or_default();
    let refused = first.get("code").and_then(Json::as_u64) == Some(401) || message == "Unauthorized";
    let kind = if refused { "Unauthorized" } else { "EventNotTaken" };
    Some(json!({ "errorType": kind, "message": message }))
}

/// The answer's own marks.
fn answer(entry: &Json) -> Answer {
    let headers = headers(entry, "/response/headers");
    let kind = headers.get("content-type").and_then(Json::as_str).unwrap_or_default().to_owned();
    let body = response_text(entry);
    let size = entry.pointer("/response/content/size").and_then(Json::as_i64);
    let start = body.trim_start().get(..40).unwrap_or(&body).trim_start().to_lowercase();
    let html = kind.contains("text/html") || start.starts_with("<html") || start.starts_with("<!doctype html");
    let empty = body.is_empty() && size.is_none_or(|size| size == 0);
    let page = start.starts_with('<').then(|| page::text(&body));
    let size = size.and_then(|size| u64::try_from(size).ok());
    let left_out = size.filter(|size| body.is_empty() && *size > 0);
    // Chromium's own member.
    let error = ["/response/_error", "/_error"].into_iter().map(|pointer| text(entry, pointer)).find(|error| !error.is_empty()).map(str::to_owned);
    Answer { headers, html, values: Map::new(), page, empty: Some(empty), error, size, left_out }
}

/// An error of AppSync's own host that is not in GraphQL's form: `{"message"}`, with its type in a header or in `__type`, as
/// services of AWS answer (<https://docs.aws.amazon.com/appsync/latest/APIReference/CommonErrors.html>).
fn plain_error(entry: &Json, status: u64, answer: Option<&Json>) -> Option<Json> {
    let answer = answer.filter(|answer| status >= 400 && answer.get("errors").is_none())?;
    let own = host(text(entry, "/request/url")).contains(".appsync-");
    let headers = headers(entry, "/response/headers");
    let kind = headers.get("x-amzn-errortype").and_then(Json::as_str).or_else(|| answer.get("__type").and_then(Json::as_str));
    let kind = kind.filter(|_| own)?.split(':').next()?.rsplit('#').next()?.to_owned();
    let message = answer.get("message").or_else(|| answer.get("Message")).and_then(Json::as_str).unwrap_or_default();
    Some(json!({ "errorType": kind, "message": message }))
}

/// Milliseconds between the last byte that was sent and the first that came back; of an entry without timings the whole.
pub(super) fn took(entry: &Json) -> Option<f64> {
    let wait = entry.pointer("/timings/wait").and_then(Json::as_f64).filter(|wait| *wait > 0.0);
    wait.or_else(|| entry.get("time").and_then(Json::as_f64))
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
    let extension = error.and_then(|error| error.pointer("/extensions/code")).and_then(Json::as_str).map(str::to_owned);
    Observed { status: Some(status), error_type: member("errorType"), message: member("message"), extension, ..Observed::default() }
}

/// What is missing of a field that came without an error.
fn empty(data: &Json) -> Option<&'static str> {
    match data {
        Json::Null => Some("null"),
        data if data.get("items").and_then(Json::as_array).is_some_and(Vec::is_empty) => Some("items"),
        _ => None,
    }
}
