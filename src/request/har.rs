//! A browser's HAR: every AppSync request in it as a refusal report (APPSYNC-VTL 8).

use super::archive::{self, Kind};
use super::messages;
use super::operation::{self, Operation};
use super::witness::Held;
use base64::Engine as _;
use serde_json::{Map, Value as Json, json};
use std::io::Read;

/// More AppSync requests than this in one archive are refused.
const MOST_REQUESTS: usize = 10_000;

/// Gives `found` the refusal reports of a HAR, one a request and field, once it is read: each knows what the others prove.
///
/// # Errors
/// The HAR is broken, has more requests than the limit, or `found` failed.
pub fn read(reader: impl Read, found: &mut dyn FnMut(Json) -> Result<(), String>) -> Result<Kind, String> {
    let mut count = 0;
    let mut held = Held::default();
    let kind = archive::entries(reader, &mut |entry| {
        if !is_appsync(&entry) {
            held.other(&entry, headers(&entry, "/response/headers"), &response_text(&entry));
            return Ok(());
        }
        held.next();
        for report in entry_reports(&entry) {
            count += 1;
            if count > MOST_REQUESTS {
                return Err(format!("more than {MOST_REQUESTS} AppSync requests (limit `har requests`)"));
            }
            held.add(report, found)?;
        }
        Ok(())
    })?;
    held.flush(found)?;
    Ok(kind)
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
    if text(entry, "/request/method") == "OPTIONS" {
        return false;
    }
    let answer = headers(entry, "/response/headers");
    url.contains(".appsync-api.")
        || url.contains(".appsync-realtime-api.")
        || answer.contains_key("x-amzn-appsync-tokensconsumed")
        || (url.contains("/graphql") && !text(entry, "/request/postData/text").is_empty())
        || (url.contains("/graphql/realtime") && url.contains("header="))
}

fn entry_reports(entry: &Json) -> Vec<Json> {
    let mut sent = headers(entry, "/request/headers");
    let url = text(entry, "/request/url");
    let bare = url.split('?').next().unwrap_or(url).to_owned();
    let socket = socket_header(url, &sent);
    let websocket = socket.is_some() || bare.starts_with("ws");
    sent.extend(socket.unwrap_or_default());
    sent.extend(subscription_header(entry));
    // HTTP/2 has no host header; the signature's region is compared with it.
    let host = bare.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    sent.entry("host").or_insert_with(|| json!(host));
    let status = entry.pointer("/response/status").and_then(Json::as_u64).unwrap_or(0);
    let body: Json = serde_json::from_str(&response_text(entry)).unwrap_or_default();
    let time = text(entry, "/startedDateTime");
    let has_credential = sent.contains_key("authorization") || sent.contains_key("x-api-key");
    let about = json!({"url": bare, "time": time, "status": status, "webSocket": websocket});
    let one = |info: Json, arguments: Json, observed: Json| {
        let mut context = json!({
            "request": {"headers": sent, "now": time, "sanitized": !has_credential},
            "arguments": arguments,
            "observed": observed,
        });
        if !info.is_null() {
            context["info"] = info;
        }
        if let Some(identity) = identity(&sent) {
            context["identity"] = identity;
        }
        json!({"context": context, "request": about})
    };
    if status == 0 && !websocket {
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
    for (at, operation) in operations.iter().enumerate() {
        let answer = answers.get(at).or(answers.first().filter(|_| answers.len() == 1));
        let errors = answer
            .and_then(|answer| answer.get("errors").or_else(|| answer.pointer("/payload/errors")))
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default();
        for field in &operation.fields {
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
    found
}

/// `Not Authorized to access F on type T` in an error names a nested field.
fn refused_subject(error: Option<&Json>) -> Option<(String, String)> {
    let message = error?.get("message")?.as_str()?;
    let (_, rest) = message.split_once("Not Authorized to access ")?;
    let (field, parent) = rest.split_once(" on type ")?;
    Some((parent.trim().to_owned(), field.trim().to_owned()))
}

fn is_refusal(error: &Json) -> bool {
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

/// The credentials of a subscription stand in its `start` frame.
fn subscription_header(entry: &Json) -> Map<String, Json> {
    let frames = entry.get("_webSocketMessages").and_then(Json::as_array);
    let found = frames.into_iter().flatten().find_map(|frame| {
        let data: Json = serde_json::from_str(text(frame, "/data")).ok()?;
        data.pointer("/payload/extensions/authorization").and_then(Json::as_object).cloned()
    });
    found.unwrap_or_default().into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect()
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
    let claims = Json::Object(token.claims).to_string();
    let read = crate::appsync::identity::read(&claims, None, 0).ok()?;
    serde_json::from_str(&read.identity.to_json().ok()?).ok()
}

/// The credentials of a WebSocket: the `header` parameter, or the protocol `header-…`.
fn socket_header(url: &str, headers: &Map<String, Json>) -> Option<Map<String, Json>> {
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let parameter = query.split('&').find_map(|part| part.strip_prefix("header="));
    let protocol = headers.get("sec-websocket-protocol").and_then(Json::as_str).unwrap_or_default();
    let protocol = protocol.split(',').find_map(|part| part.trim().strip_prefix("header-"));
    let encoded = parameter.map(percent_decoded).or_else(|| protocol.map(str::to_owned))?;
    let plain: String = encoded.replace('-', "+").replace('_', "/").trim_end_matches('=').to_owned();
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(plain).ok()?;
    let map: Map<String, Json> = serde_json::from_slice(&bytes).ok()?;
    Some(map.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect())
}

/// `%41` as `A`.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The first refusal among a WebSocket's frames.
fn frame_error(entry: &Json) -> Option<Json> {
    let frames = entry.get("_webSocketMessages")?.as_array()?;
    frames.iter().find_map(|frame| {
        let data: Json = serde_json::from_str(text(frame, "/data")).ok()?;
        data.pointer("/payload/errors/0").cloned().filter(|error| {
            let message = error.get("message").and_then(Json::as_str).unwrap_or_default();
            messages::find(message).is_some() || message.contains("Not Authorized") || error.get("errorType").is_some()
        })
    })
}

/// The operations of an entry's body and frames.
fn operations(entry: &Json) -> Vec<Operation> {
    let sent = text(entry, "/request/postData/text");
    // A body of `application/graphql` is the document itself.
    let body: Json = serde_json::from_str(sent).unwrap_or_else(|_| json!({"query": sent}));
    let mut list = match body {
        Json::Array(list) => list,
        Json::Null => Vec::new(),
        one => vec![one],
    };
    // A subscription's operation stands in the `start` frame.
    for frame in entry.get("_webSocketMessages").and_then(Json::as_array).into_iter().flatten() {
        let data: Json = serde_json::from_str(text(frame, "/data")).unwrap_or_default();
        if let Some(inner) = data.pointer("/payload/data").and_then(Json::as_str)
            && let Ok(inner) = serde_json::from_str(inner)
        {
            list.push(inner);
        }
    }
    list.iter().filter_map(operation::read).collect()
}
