//! The body of a response, or an error of it, as a request: what people copy from a browser's preview or a log.

use super::entry::is_refusal;
use super::gathered::Request;
use super::member::{Member, MemberOrigin, MemberValue};
use super::observed::Observed;
use serde_json::{Value as Json, json};

/// What a response told.
#[derive(Debug)]
pub enum ResponseOutcome {
    /// The request of its first refusal, and how many other errors it has.
    Refused(Box<Request>, usize),
    /// No errors.
    Nothing,
}

/// Reads a body, an error, or a list of either.
pub fn read(body: &Json) -> ResponseOutcome {
    let mut errors: Vec<Json> = Vec::new();
    gather(body, 0, &mut errors);
    let Some(error) = errors.iter().find(|error| is_refusal(error)).or(errors.first()) else { return ResponseOutcome::Nothing };
    ResponseOutcome::Refused(Box::new(of_error(error)), errors.len() - 1)
}

/// The errors of a body: its own, those of a list of bodies, of a WebSocket's frame, or of a body that is a text of JSON.
fn gather(body: &Json, depth: u32, errors: &mut Vec<Json>) {
    if depth > 4 {
        return;
    }
    match body {
        Json::Array(list) => list.iter().for_each(|one| gather(one, depth + 1, errors)),
        Json::String(text) => {
            if let Ok(inner) = serde_json::from_str::<Json>(text) {
                gather(&inner, depth + 1, errors);
            }
        }
        _ => match body.get("errors").or_else(|| body.pointer("/payload/errors")).and_then(Json::as_array) {
            Some(list) => errors.extend(list.iter().cloned()),
            None if ["message", "Message", "errorType", "__type"].iter().any(|name| body.get(*name).is_some()) => {
                errors.push(body.clone());
            }
            None => {}
        },
    }
}

/// The request of one error. Amplify's client writes a text of its own over AppSync's answer and keeps that in
/// `originalError` (<https://github.com/aws-amplify/amplify-js/blob/295405692a1f8ca503fb77a7f007f76e1fba11cd/packages/api-graphql/src/utils/errors/repackageAuthError.ts>);
/// mobile clients keep the type in `extensions`.
fn of_error(error: &Json) -> Request {
    let at = |paths: &[&str]| paths.iter().find_map(|path| error.pointer(path));
    let text = |paths: &[&str]| at(paths).and_then(Json::as_str);
    let mut observed = Observed {
        error_type: text(&["/errorType", "/__type", "/code", "/extensions/errorType", "/originalError/name"]).map(str::to_owned),
        message: text(&["/message", "/Message"]).map(str::to_owned),
        extension: text(&["/extensions/code"]).map(str::to_owned),
        status: at(&["/originalError/$metadata/httpStatusCode", "/originalError/response/status", "/$metadata/httpStatusCode"])
            .and_then(Json::as_u64),
        ..Observed::default()
    };
    // It writes so of a refused credential and of a refused socket, never of a field.
    if text(&["/recoverySuggestion"]).is_some_and(|advice| advice.contains("\"authMode\"")) {
        observed.error_type = Some("UnauthorizedException".to_owned());
    }
    of_observed(observed)
}

/// The request of an answer that was printed with its headers, `{status, headers, content: {text}}`.
pub fn printed(answer: &Json) -> ResponseOutcome {
    let status = answer.get("status").and_then(Json::as_u64);
    let header = |name: &str| {
        let headers = answer.get("headers")?.as_array()?;
        let found = headers.iter().find(|header| header["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)));
        found?.get("value")?.as_str().map(|value| value.split(':').next().unwrap_or_default().to_owned())
    };
    let body = answer.pointer("/content/text").and_then(Json::as_str).unwrap_or_default();
    let read = read(&serde_json::from_str(body).unwrap_or_default());
    match read {
        ResponseOutcome::Refused(request, others) => {
            let seen = request.observed.unwrap_or_default();
            let observed = Observed { status, error_type: seen.error_type.clone().or_else(|| header("x-amzn-errortype")), ..seen };
            ResponseOutcome::Refused(Box::new(of_observed(observed)), others)
        }
        ResponseOutcome::Nothing if status.is_some_and(|status| status >= 400) => {
            let message = (!body.is_empty() && !body.starts_with('<')).then(|| body.to_owned());
            let observed = Observed { status, error_type: header("x-amzn-errortype"), message, ..Observed::default() };
            ResponseOutcome::Refused(Box::new(of_observed(observed)), 0)
        }
        ResponseOutcome::Nothing => ResponseOutcome::Nothing,
    }
}

/// The request of an error alone: nothing else is known of it.
pub fn request(error_type: Option<&str>, message: Option<&str>) -> Request {
    let text = |text: Option<&str>| text.map(str::to_owned);
    of_observed(Observed { error_type: text(error_type), message: text(message), ..Observed::default() })
}

fn of_observed(observed: Observed) -> Request {
    let mut request = Request::default().with_observed(Some(observed));
    request.set(Member::Request, MemberValue::new(json!({}), MemberOrigin::Answer));
    request.set(Member::Sanitized, MemberValue::new(json!(true), MemberOrigin::Answer));
    request
}

/// `UnauthorizedException: Valid authorization header not provided.` as type and message.
pub fn split(text: &str) -> (Option<&str>, &str) {
    match text.split_once(": ") {
        Some((kind, message)) if kind.ends_with("Exception") && !kind.contains(' ') => (Some(kind), message),
        _ => (None, text),
    }
}
