//! A WebSocket: its handshake, and what its frames say (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>).

use super::heard::Heard;
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

crate::message::sentence_error! {
    /// Why the credentials of a handshake cannot be read.
    HeaderError
}

/// A handshake and its frames.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Socket {
    /// The host that it was opened on.
    pub host: String,
    /// The path.
    pub path: String,
    /// `Sec-WebSocket-Protocol` as it was sent, but for `header-…`.
    pub protocols: Vec<String>,
    /// The host named in `header=`.
    pub header_host: Option<String>,
    /// Why the `header` parameter cannot be read.
    pub header_fault: Option<String>,
    /// Whether the credentials came in `header=` or the sub-protocol.
    pub has_header: bool,
    /// Whether they came in the sub-protocol `header-…`.
    #[serde(default)]
    pub by_protocol: bool,
    /// Whether the URL has `header=` and no `payload=` beside it.
    #[serde(default)]
    pub lacks_payload: bool,
    /// `connection_init` was sent.
    pub init: bool,
    /// The name of a credential in its payload.
    #[serde(default)]
    pub init_credential: Option<String>,
    /// `connection_ack` came.
    pub acknowledged: bool,
    /// How many frames came.
    pub received: usize,
    /// The last start frame's answer.
    pub subscription: Subscription,
    /// Whether the credential that is judged is that of the start frame.
    pub of_start: bool,
    /// What the connection's credential was, where the start frame has another.
    pub connection: Option<String>,
    /// What the connection's credential was, where the start frame that was refused has none at all.
    #[serde(default)]
    pub bare_start: Option<String>,
    /// An API key that AppSync took on this connection, where the start frame has another.
    #[serde(default)]
    pub good_key: Option<String>,
    /// Whether the start frame has a credential and no host beside it.
    #[serde(default)]
    pub start_lacks_host: bool,
    /// Whether the start frame has its operation as the plain protocol does, in `payload.query`, and no `payload.data`.
    #[serde(default)]
    pub start_plain: bool,
    /// SHA-256 of the start frame's `payload.data`, in hexadecimal: what a signature of it is over.
    #[serde(default)]
    pub start_hash: Option<String>,
    /// The length of that text in bytes.
    #[serde(default)]
    pub start_bytes: usize,
    /// Whether another start frame of this connection with the same credential was accepted.
    #[serde(default)]
    pub twin_accepted: bool,
    /// The same of an Event API's frame with `<`, `>` and `&` written as `\u003c`, `\u003e` and `\u0026`, where it has any.
    #[serde(default)]
    pub escaped_hash: Option<String>,
    /// When an error ended a subscription that had been accepted (`start_ack`), in seconds since 1970.
    #[serde(default)]
    pub ended: Option<i64>,
    /// Seconds between the last frame that came and the connection's end, where they are more than the keep-alive that AppSync
    /// promised (`connectionTimeoutMs`), with that.
    #[serde(default)]
    pub quiet: Option<(i64, i64)>,
    /// The channel of an Event API's frame.
    pub channel: Option<String>,
    /// Other channels that were subscribed to over the same connection.
    pub accepted: Vec<String>,
    /// The channels of an Event API that were accepted, and what came over them.
    #[serde(default)]
    pub heard: Vec<Heard>,
}

/// What became of a subscription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subscription {
    /// None was asked for, or its answer is not there.
    #[default]
    Unknown,
    /// `start_ack`.
    Accepted,
    /// `error`.
    Refused,
}

impl Socket {
    /// Reads what the HAR's reader wrote.
    pub fn read(json: &Json) -> Self {
        serde_json::from_value(json.clone()).unwrap_or_default()
    }

    /// Where the credential that is judged stands, if not in a header.
    pub fn place(&self) -> Option<&'static str> {
        match (self.of_start, self.is_event()) {
            (true, true) => Some("authorization of the subscribe or publish frame"),
            (true, false) => Some("extensions.authorization of the start frame"),
            (false, _) => self.has_header.then(|| self.header_place()),
        }
    }

    /// Where the handshake has its credentials.
    pub fn header_place(&self) -> &'static str {
        if self.by_protocol { "the sub-protocol header-… of the handshake" } else { "header= of the handshake" }
    }

    /// Whether it is of an Event API.
    pub fn is_event(&self) -> bool {
        self.path.starts_with("/event") || self.protocols.iter().any(|one| one == "aws-appsync-event-ws")
    }
}

/// A parameter of the URL as it stands there.
pub fn parameter<'u>(url: &'u str, name: &str) -> Option<&'u str> {
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

/// The credentials of a handshake: the `header` parameter, or the sub-protocol `header-…`; base64, with either alphabet,
/// with or without padding.
///
/// # Errors
/// Why they cannot be read.
pub fn header(url: &str, headers: &Map<String, Json>) -> Option<Result<Map<String, Json>, HeaderError>> {
    let parameter = parameter(url, "header");
    let protocol = headers.get("sec-websocket-protocol").and_then(Json::as_str).unwrap_or_default();
    let protocol = protocol.split(',').find_map(|part| part.trim().strip_prefix("header-"));
    let encoded = parameter.map(percent_decoded).or_else(|| protocol.map(str::to_owned))?;
    let plain: String = encoded.replace('-', "+").replace('_', "/").trim_end_matches('=').to_owned();
    let read = || {
        let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(&plain).map_err(|_| not_base64(&encoded))?;
        let map: Map<String, Json> = serde_json::from_slice(&bytes).map_err(|_| not_json(&bytes))?;
        Ok(lower(map))
    };
    Some(read())
}

/// Whether a text is an object as Python prints one, or JavaScript's own notation: in single quotes.
fn single_quoted(text: &str) -> bool {
    let inner = text.trim().strip_prefix('{').unwrap_or_default().trim_start();
    inner.starts_with('\'')
}

/// Why what should be base64 is none.
fn not_base64(encoded: &str) -> &'static str {
    let text = encoded.trim();
    if serde_json::from_str::<Map<String, Json>>(text).is_ok() {
        "holds the JSON itself, which was not encoded in base64"
    } else if single_quoted(text) {
        "holds an object in single quotes (as Python prints a dict), which is neither JSON nor encoded in base64"
    } else if matches!(text, "undefined" | "null" | "[object Object]") {
        "holds a word that a variable without a value, or an object, was turned into"
    } else {
        "is not valid base64"
    }
}

/// Why what was decoded is no JSON object.
fn not_json(bytes: &[u8]) -> &'static str {
    let Ok(text) = std::str::from_utf8(bytes) else { return "does not decode to a JSON object" };
    let inner = serde_json::from_str::<Json>(text);
    if text.contains('\0') {
        "decodes to text with a zero behind each letter (UTF-16), where UTF-8 is wanted"
    } else if single_quoted(text) {
        "decodes to an object in single quotes (as Python prints a dict), and JSON has double quotes"
    } else if text.trim() == "[object Object]" {
        "decodes to [object Object]: the object was not turned into JSON first"
    } else if matches!(inner, Ok(Json::String(_))) {
        "decodes to a JSON text and not to an object: it was turned into JSON twice"
    } else if text.trim_start().starts_with("eyJ") {
        "decodes to base64 again, or to a token alone: it was encoded twice, or is no object"
    } else if text.trim_start().starts_with("{") {
        "decodes to what begins like an object and is no valid JSON"
    } else {
        "does not decode to a JSON object"
    }
}

/// Header names in lower case.
pub fn lower(map: Map<String, Json>) -> Map<String, Json> {
    map.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect()
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
