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
    let bodies = match body {
        Json::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    let mut errors: Vec<Json> = Vec::new();
    for body in bodies {
        match body.get("errors").and_then(Json::as_array) {
            Some(list) => errors.extend(list.iter().cloned()),
            None if ["message", "Message", "errorType", "__type"].iter().any(|name| body.get(*name).is_some()) => {
                errors.push(body.clone());
            }
            None => {}
        }
    }
    let Some(error) = errors.iter().find(|error| is_refusal(error)).or(errors.first()) else { return ResponseOutcome::Nothing };
    let text = |names: &[&str]| names.iter().find_map(|name| error.get(*name).and_then(Json::as_str));
    let request = request(text(&["errorType", "__type", "code"]), text(&["message", "Message"]));
    ResponseOutcome::Refused(Box::new(request), errors.len() - 1)
}

/// The request of an error alone: nothing else is known of it.
pub fn request(error_type: Option<&str>, message: Option<&str>) -> Request {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let observed = Observed { error_type: text(error_type), message: text(message), ..Observed::default() };
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
