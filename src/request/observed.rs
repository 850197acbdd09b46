//! What a client saw of a request, and what its browser asked before it.

use super::messages;
use serde::Deserialize;
use serde_json::Value as Json;

/// What the client saw.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The HTTP status.
    pub status: Option<u64>,
    /// `UnauthorizedException`, `Unauthorized` …
    pub error_type: Option<String>,
    /// The message.
    pub message: Option<String>,
    /// `extensions.code` of an error, which other GraphQL servers write.
    pub extension: Option<String>,
    /// What came back empty without an error: `null`, or `items`.
    pub empty: Option<String>,
    /// The answer's `data`, or what stood in the error's.
    pub data: Option<Json>,
    /// Whether the field came with a value and without an error, of an answer whose data is not kept.
    pub came: bool,
}

/// What a browser asked before a request, and what it was allowed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Preflight {
    /// `access-control-request-headers`
    pub asked: Option<String>,
    /// `access-control-allow-headers`
    pub allowed: Option<String>,
    /// Whether the answer has `access-control-allow-origin`, where its headers are known.
    pub origin: Option<bool>,
    /// Its HTTP status.
    pub status: Option<u64>,
    /// Where it was sent on to.
    pub location: Option<String>,
    /// Whether a CloudFront distribution answered it by an error of its own (`x-cache: Error from cloudfront`).
    pub cloudfront: bool,
    /// Whether API Gateway's marks stand on it.
    pub gateway: bool,
    /// Who answered it, as the answer's `server` says.
    pub server: Option<String>,
    /// Whether its file has no request behind it.
    pub alone: bool,
    /// Whether AWS WAF answered it (`x-amzn-errortype: WAFForbiddenException`).
    pub waf: bool,
}

impl Preflight {
    /// Whether the request that it was for had no credential: a preflight names each header that a browser does not send by
    /// itself (<https://fetch.spec.whatwg.org/#cors-preflight-fetch>), and export takes none of them out.
    pub fn proves_none(&self) -> bool {
        let asked = self.asked.as_deref().unwrap_or_default().to_lowercase();
        !asked.is_empty() && !asked.split(',').any(|name| matches!(name.trim(), "authorization" | "x-api-key"))
    }
}

impl Observed {
    /// Reads what a report on this field says was seen.
    pub fn read(json: &Json, field: &str) -> Option<Self> {
        let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
        let empty = || json.get("data").and_then(|data| emptiness(data, field, 0)).map(str::to_owned);
        (!json.is_null()).then(|| Self {
            status: json.get("httpStatus").and_then(Json::as_u64).or_else(|| status_in(text("message")?.as_str(), text("errorType").as_deref())),
            error_type: text("errorType"),
            message: text("message"),
            extension: json.pointer("/extensions/code").and_then(Json::as_str).map(str::to_owned),
            empty: text("empty").or_else(empty),
            data: json.get("data").cloned(),
            came: false,
        })
    }

    /// Whether the field came with data: what is deployed let the request in.
    pub fn has_data(&self) -> bool {
        let text = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
        let fields = || self.data.as_ref()?.as_object();
        let any = fields().is_some_and(|fields| fields.values().any(|value| !value.is_null()));
        self.status == Some(200) && text(&self.error_type) && text(&self.message) && (self.came || self.empty.is_none() && any)
    }

    /// Whether it is AppSync's 400 of what it cannot check (a header, a signature, an authorizer that it may not invoke): given
    /// before any field is looked at (aws-cdk#19239; aws-mobile-appsync-sdk-js#619).
    pub fn is_bad_request(&self) -> bool {
        // Without a status a message of some kind may be a field's own error.
        let bare = || matches!(self.message.as_deref(), None | Some("" | "Bad Request"));
        // 101 is the status of a WebSocket whose frame says it.
        let before = self.status.map_or_else(bare, |status| matches!(status, 400 | 101));
        before && self.error_type.as_deref().is_some_and(|kind| kind.contains("BadRequestException"))
    }

    /// Whether this is a refusal rather than another error or a success.
    pub fn is_refusal(&self) -> bool {
        let refused = |text: &String| {
            let text = text.to_lowercase();
            [
                "unauthorized",
                "not authorized",
                "permission denied",
                "forbidden",
                "expired",
                "not authorised",
                "parse jwt",
                "authorization header",
                "accessdenied",
                "unrecognizedclient",
                "invalidsignature",
                "security token",
                "waf",
                "sourcegraphql",
                "protocolerror",
                "subprotocolnotsupported",
            ]
            .iter()
            .any(|word| text.contains(word))
        };
        matches!(self.status, Some(401 | 403))
            || self.is_bad_request()
            || self.error_type.as_ref().is_some_and(refused)
            || self.message.as_ref().is_some_and(|text| refused(text) || messages::find(text).is_some())
    }
}

/// The status that a client shows in its own words alone (axios, Apollo, `ws`); of a data source's error it is not the answer's.
fn status_in(message: &str, kind: Option<&str>) -> Option<u64> {
    const CLIENTS: [&str; 6] = ["Error", "AxiosError", "ApolloError", "ServerError", "NetworkError", "TypeError"];
    const BEFORE: [&str; 3] = ["status code ", "Unexpected server response: ", "Response code "];
    if kind.is_some_and(|kind| !kind.is_empty() && !CLIENTS.contains(&kind)) {
        return None;
    }
    let (_, rest) = BEFORE.iter().find_map(|before| message.split_once(before))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|status| (400..600).contains(status))
}

/// What of an answer's `data` is empty: its one field, at the end of the path, is null, or a list without items.
fn emptiness(data: &Json, field: &str, depth: usize) -> Option<&'static str> {
    match data {
        Json::Null => (depth > 0).then_some("null"),
        Json::Array(items) => items.is_empty().then_some("items"),
        Json::Object(members) if depth < 8 => match members.get("items") {
            Some(items) => items.as_array().is_some_and(Vec::is_empty).then_some("items"),
            // The one field that the report is about may stand beside others.
            None if members.get(field).is_some_and(Json::is_null) => Some("null"),
            None if members.len() == 1 => members.values().next().and_then(|value| emptiness(value, field, depth + 1)),
            None => None,
        },
        _ => None,
    }
}

/// Whether an error of a data source is that of a condition which did not hold.
pub fn is_failed_condition(kind: &str) -> bool {
    ["ConditionalCheckFailed", "TransactionCanceled"].iter().any(|name| kind.contains(name))
}
