//! What came back, and what AppSync's log says of the same request.

use super::firewall_log::FirewallSays;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The answer's own marks: they tell who gave it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Answer {
    /// Header names in lower case.
    pub headers: Map<String, Json>,
    /// Whether its body is a page for people.
    pub html: bool,
    /// What it says of the field, as far as it is single values.
    pub values: Map<String, Json>,
    /// What a page or an XML document has of text.
    pub page: Option<String>,
    /// Whether it has no body at all, as far as that is known.
    pub empty: Option<bool>,
    /// The browser's own error where there is no answer (`net::ERR_…`).
    pub error: Option<String>,
    /// The bytes of its body.
    pub size: Option<u64>,
    /// The bytes of its body, where the file has not its text.
    pub left_out: Option<u64>,
}

impl Answer {
    /// Reads what the HAR's reader wrote.
    pub fn read(json: &Json) -> Self {
        serde_json::from_value(json.clone()).unwrap_or_default()
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Json::as_str)
    }

    /// What a server calls itself in such a header: a header may hold anything, and is not shown whole.
    pub fn product(&self, name: &str) -> Option<String> {
        self.header(name).map(product)
    }

    /// Whether CloudFront stood between, and whether it answered from its cache.
    pub fn cloudfront(&self) -> Option<CloudFront> {
        let cache = self.header("x-cache").unwrap_or_default().to_lowercase();
        let via = self.header("via").unwrap_or_default().to_lowercase();
        if cache.contains("cloudfront") || via.contains("cloudfront") || self.header("x-amz-cf-pop").is_some() {
            return Some(if cache.starts_with("hit") { CloudFront::Cache } else { CloudFront::Between });
        }
        None
    }

    /// Whether AppSync put its own marks on it.
    pub fn is_appsyncs(&self) -> bool {
        ["x-amzn-requestid", "x-amzn-errortype", "x-amzn-appsync-tokensconsumed"]
            .iter()
            .any(|name| self.headers.contains_key(*name))
    }
}

/// The name and version of a product (RFC 9110, 10.2.4), behind a proxy's protocol (7.6.3): the first words, and none that sets a value.
pub fn product(value: &str) -> String {
    const LONGEST: usize = 60;
    let words = if value.starts_with(|first: char| first.is_ascii_digit()) { 2 } else { 1 };
    let is_name = |word: &&str| word.len() <= LONGEST && word.chars().all(|letter| letter.is_alphanumeric() || "./-_+:[]".contains(letter));
    value.split([' ', ',', ';']).filter(|word| !word.is_empty()).take(words).take_while(is_name).collect::<Vec<_>>().join(" ")
}

/// CloudFront's part in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloudFront {
    /// It passed the request on.
    Between,
    /// It answered from its cache.
    Cache,
}

/// Members of an answer that are single values: what a subscription's arguments are compared with.
pub fn single_values(answer: &Json) -> Map<String, Json> {
    const MOST: usize = 40;
    const LONGEST: usize = 200;
    let short = |value: &Json| value.as_str().is_none_or(|text| text.len() <= LONGEST);
    let single = |value: &Json| (value.is_string() || value.is_number() || value.is_boolean()) && short(value);
    let members = answer.as_object().into_iter().flatten().filter(|(_, value)| single(value));
    members.take(MOST).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// An answer of the Lambda authorizer, by its own log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// When it was given, in milliseconds since 1970.
    pub at: Option<i64>,
    /// What it said.
    pub is_authorized: bool,
    /// Its `ttlOverride`, in seconds.
    pub ttl: Option<i64>,
}

/// What AppSync's log says of a request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LogSays {
    /// AppSync's id of the request.
    pub id: String,
    /// The headers that were sent, names in lower case, but for masked ones.
    pub headers: Map<String, Json>,
    /// Masked headers: name, and the last letters of the value.
    pub masked: BTreeMap<String, String>,
    /// Whether the list of headers was logged and is whole: then what is not in it was not sent.
    pub complete: bool,
    /// The HTTP status.
    pub status: Option<u64>,
    /// How long AppSync took, in milliseconds.
    pub took: Option<u64>,
    /// The API's id, by the summary's `graphQLAPIId`.
    pub api: Option<String>,
    /// `x-amzn-ErrorType`.
    pub error_type: Option<String>,
    /// A line of text with AppSync's own message.
    pub message: Option<String>,
    /// Whether it came to be executed.
    pub executed: bool,
    /// Fields with an entry of a template: name, and whether it refused there.
    pub entries: Vec<(String, bool)>,
    /// When it was logged, in milliseconds since 1970.
    pub time: Option<i64>,
    /// What a web ACL did with it, where it went no further.
    pub firewall: Option<FirewallSays>,
    /// The Lambda authorizer's last answer to the same token, where its own log has no call for this request.
    pub kept: Option<KeptAnswer>,
    /// Whether a line of it was cut.
    pub cut: bool,
    /// What was asked for, as `Type.field`.
    pub fields: Vec<String>,
    /// The end of a token that was given for the request, and is not the one that was sent by the mask's.
    pub other: Option<String>,
}

/// Why a log that was given says nothing of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unjoined {
    /// It has no entry of the request's id.
    NoEntry(String),
    /// The answer has no id; where the log has one request of about that time, when it was and how it ended.
    NoId(Option<(i64, u64)>),
}

impl LogSays {
    /// Reads what the log's reader wrote.
    pub fn read(json: &Json) -> Self {
        serde_json::from_value(json.clone()).unwrap_or_default()
    }
}

/// The last letters of a masked value, `[****abcdef]`; `None` of one that is not masked.
pub fn masked_tail(value: &str) -> Option<&str> {
    let within = |text: &'_ str, open: char, close: char| text.starts_with(open) && text.ends_with(close) && text.len() > 1;
    let mut inside = value.trim();
    // A quotation mark at the end alone was sent with the value.
    while within(inside, '[', ']') || within(inside, '"', '"') {
        inside = inside[1..inside.len() - 1].trim();
    }
    let rest = inside.trim_start_matches('*');
    if inside.len() - rest.len() >= 3 {
        return Some(rest);
    }
    let word = inside.trim_matches(['<', '>']).to_lowercase();
    matches!(word.as_str(), "redacted" | "masked" | "hidden" | "sensitive" | "xxx").then_some("")
}

#[cfg(test)]
mod tests {
    use super::masked_tail;

    // Recorded AWS output masks so: `x-api-key=[****abcdef]`, `authorization=[****]`.
    #[test]
    fn masks_are_told_from_values() {
        assert_eq!(masked_tail("[****abcdef]"), Some("abcdef"));
        assert_eq!(masked_tail("[****bcdef\"]"), Some("bcdef\""));
        assert_eq!(masked_tail("[\"****abcdef\"]"), Some("abcdef"));
        assert_eq!(masked_tail("****"), Some(""));
        assert_eq!(masked_tail("<redacted>"), Some(""));
        assert_eq!(masked_tail("da2-abc"), None);
        assert_eq!(masked_tail(""), None);
    }
}
