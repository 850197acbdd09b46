//! The body of a response, or an error of it, as a refusal report: what people copy from a browser's preview or a log.

use super::har::is_refusal;
use serde_json::{Value as Json, json};

/// What a response told.
#[derive(Debug)]
pub enum ResponseTold {
    /// A refusal report of its first refusal, and how many other errors it has.
    Refused(Json, usize),
    /// No errors.
    Nothing,
}

/// Reads a body, an error, or a list of either.
pub fn read(body: &Json) -> ResponseTold {
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
    let Some(error) = errors.iter().find(|error| is_refusal(error)).or(errors.first()) else { return ResponseTold::Nothing };
    let text = |names: &[&str]| names.iter().find_map(|name| error.get(*name).and_then(Json::as_str));
    ResponseTold::Refused(report(text(&["errorType", "__type", "code"]), text(&["message", "Message"])), errors.len() - 1)
}

/// A refusal report of an error alone: of the request nothing is known.
pub fn report(error_type: Option<&str>, message: Option<&str>) -> Json {
    json!({"context": {
        "observed": {"errorType": error_type, "message": message},
        "request": {"headers": {}, "sanitized": true},
    }})
}

/// `UnauthorizedException: Valid authorization header not provided.` as type and message.
pub fn split(text: &str) -> (Option<&str>, &str) {
    match text.split_once(": ") {
        Some((kind, message)) if kind.ends_with("Exception") && !kind.contains(' ') => (Some(kind), message),
        _ => (None, text),
    }
}
