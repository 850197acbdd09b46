//! One message of a log to what it says of a request (APPSYNC-VTL 6.1): JSON entries and text lines, with or without a
//! time and the request's id before them.

use super::counts::Skip;
use super::function;
use super::item::is_too_much;
use super::row;
use super::time::time;
use crate::request::firewall_log::FirewallSays;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Text entries longer than this are kept in part.
pub(super) const LONGEST_TEXT: usize = 64 << 10;
/// Ids longer than this are none.
const LONGEST_ID: usize = 128;

/// What an event says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// `RequestSummary`, with the HTTP status and how long it took, in milliseconds.
    Summary {
        /// The HTTP status.
        status: Option<u64>,
        /// Milliseconds.
        took: Option<u64>,
        /// The API's id (`graphQLAPIId`).
        api: Option<String>,
    },
    /// `ExecutionSummary`, with its start.
    Execution(Option<i64>),
    /// `Tracing` of a field of this type.
    Tracing {
        /// The type.
        parent: String,
        /// The field.
        field: String,
    },
    /// An evaluated template, as it stands in the log.
    Mapping {
        /// The entry's JSON.
        text: Box<str>,
        /// Whether it has errors.
        failed: bool,
    },
    /// A line of a web ACL's log, as it stands there.
    Firewall(Box<str>),
    /// A line of a Lambda function's own log; the id is the invocation's.
    Function(Box<str>),
    /// A line of text.
    Text(Box<str>),
    /// An entry of which only the beginning is there.
    Cut,
    /// An entry of this type, which is not known.
    Unknown(String),
}

/// One event of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEvent {
    /// The request's id.
    pub request: String,
    /// When it was logged, in milliseconds since 1970.
    pub time: Option<i64>,
    /// What it says.
    pub body: Body,
}

/// An event, or why there is none; a text that may continue the one before it comes with it.
pub type Read = Result<LogEvent, (Skip, Option<String>)>;

/// Members by which an entry is told, whatever their types.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    #[serde(borrow, default)]
    log_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    mapping_template_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    status_code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    start_time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    latency: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "graphQLAPIId")]
    api_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    parent_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    field_name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    transformed_template: Option<&'a RawValue>,
    #[serde(borrow, default)]
    field_in_error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    errors: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "@message")]
    insights_message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    log_events: Option<&'a RawValue>,
    #[serde(borrow, default)]
    events: Option<&'a RawValue>,
    #[serde(borrow, default)]
    results: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "webaclId")]
    web_acl: Option<&'a RawValue>,
    #[serde(borrow, default)]
    http_request: Option<&'a RawValue>,
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
}

fn string(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

fn number(raw: Option<&RawValue>) -> Option<u64> {
    raw?.get().trim_matches('"').parse().ok()
}

/// Whether a JSON text has a key twice in one object.
fn twice(json: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok() && crate::json::check(json).is_err()
}

/// Reads a message; one that wraps others gives each.
pub fn parse(message: &str, time: Option<i64>, found: &mut Vec<Read>) {
    nested(message, time, 0, found);
}

fn nested(message: &str, time: Option<i64>, depth: u32, found: &mut Vec<Read>) {
    if let Some((id, text)) = function::of_lambda(message) {
        let text = beginning(text, LONGEST_TEXT);
        found.push(Ok(LogEvent { request: id.to_owned(), time: time.or_else(|| self::time(message.split_whitespace().next()?)), body: Body::Function(text.into()) }));
        return;
    }
    entry(message, time, depth, found);
}

/// A message that is none of Lambda's.
fn entry(message: &str, time: Option<i64>, depth: u32, found: &mut Vec<Read>) {
    let line = prefixes(message.trim(), time);
    let Line { id, rest, time } = &line;
    if !rest.starts_with('{') {
        found.push(line_of_text(&line, message));
        return;
    }
    let rest = without_trailing_time(rest);
    if is_too_much(rest) {
        found.push(Err((Skip::TooLong, None)));
        return;
    }
    let head = match serde_json::from_str::<Head<'_>>(rest) {
        Ok(head) => head,
        // A record whose quotes went wrong swallows the lines after it.
        Err(_) if depth == 0 && message.trim().contains('\n') => {
            message.lines().filter(|line| !line.trim().is_empty()).for_each(|line| nested(line, *time, 1, found));
            return;
        }
        Err(error) => {
            if error.is_data() && twice(rest) {
                found.push(Err((Skip::TwiceNamed, Some(beginning(message, LONGEST_TEXT).to_owned()))));
                return;
            }
            let why = if error.is_eof() { Skip::Cut } else { Skip::Broken };
            found.push(match id.clone().or_else(|| id_of_cut(rest)) {
                Some(request) => Ok(LogEvent { request, time: *time, body: Body::Cut }),
                None => Err((why, Some(beginning(message, LONGEST_TEXT).to_owned()))),
            });
            return;
        }
    };
    let kind = string(head.log_type).or_else(|| string(head.mapping_template_type)).map(|kind| kind.replace(' ', ""));
    let wraps = [head.message, head.insights_message, head.log_events, head.events, head.results];
    if kind.is_none() && depth < 3 && wraps.iter().any(Option::is_some) {
        let mut rows = Vec::new();
        row::rows(&serde_json::from_str(rest).unwrap_or_default(), 0, &mut rows);
        for (message, when) in rows {
            match message {
                Ok(message) => nested(&message, when.or(*time), depth + 1, found),
                Err(why) => found.push(Err((why, None))),
            }
        }
        return;
    }
    if let (Some(_), Some(sent)) = (head.web_acl, head.http_request) {
        found.push(of_firewall(sent, number(head.timestamp).and_then(|time| i64::try_from(time).ok()).or(*time), rest));
        return;
    }
    let own = string(head.request_id).filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    let Some(request) = own.or_else(|| id.clone()) else {
        found.push(Err((Skip::NoRequest, None)));
        return;
    };
    let body = body(&kind.unwrap_or_default(), &head, rest);
    found.push(Ok(LogEvent { request, time: *time, body }));
}

/// A line of a web ACL's log: of interest where the request went no further
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>).
fn of_firewall(sent: &RawValue, time: Option<i64>, text: &str) -> Read {
    let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let sent: serde_json::Value = serde_json::from_str(sent.get()).unwrap_or_default();
    let id = sent.get("requestId").and_then(serde_json::Value::as_str).filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    match (FirewallSays::read(&json), id) {
        (Some(_), Some(id)) => Ok(LogEvent { request: id.to_owned(), time, body: Body::Firewall(text.into()) }),
        (Some(_), None) => Err((Skip::NoRequest, None)),
        (None, _) => Err((Skip::LetOn, None)),
    }
}

/// A line that is no JSON.
fn line_of_text(line: &Line<'_>, message: &str) -> Read {
    match &line.id {
        Some(id) if is_of_function(line.rest) => {
            let text = beginning(line.rest, LONGEST_TEXT);
            Ok(LogEvent { request: id.clone(), time: line.time, body: Body::Function(text.into()) })
        }
        Some(id) => {
            let text = beginning(line.rest, LONGEST_TEXT);
            Ok(LogEvent { request: id.clone(), time: line.time, body: Body::Text(text.into()) })
        }
        None => Err((Skip::NoEvent, Some(beginning(message, LONGEST_TEXT).to_owned()))),
    }
}

/// What an event of this kind says.
fn body(kind: &str, head: &Head<'_>, text: &str) -> Body {
    match kind {
        "RequestSummary" => {
            let api = string(head.api_id).filter(|id| id.len() <= LONGEST_ID);
            Body::Summary { status: number(head.status_code), took: number(head.latency).map(|nanos| nanos / 1_000_000), api }
        }
        "ExecutionSummary" => Body::Execution(string(head.start_time).and_then(|text| self::time(&text))),
        "Tracing" => Body::Tracing {
            parent: string(head.parent_type).unwrap_or_default(),
            field: string(head.field_name).unwrap_or_default(),
        },
        kind if head.transformed_template.is_some() || kind.ends_with("Mapping") || kind.ends_with("Evaluation") => {
            let failed =
                head.field_in_error.is_some_and(|raw| matches!(raw.get(), "true" | "1" | "\"true\"" | "\"1\""))
                    || head.errors.is_some_and(|raw| !matches!(raw.get(), "[]" | "null" | "\"\"" | "{}"));
            Body::Mapping { text: text.into(), failed }
        }
        kind => Body::Unknown(kind.to_owned()),
    }
}

/// A line without what stands before its message.
struct Line<'a> {
    id: Option<String>,
    time: Option<i64>,
    rest: &'a str,
}

/// `[time ][stream ][request id ]message`, also as the CLI's text output has it.
fn prefixes(line: &str, known: Option<i64>) -> Line<'_> {
    let mut found = Line { id: None, time: known, rest: line };
    let mut strangers = if line.starts_with("EVENTS\t") { 5 } else { 1 };
    let mut rest = line;
    while !rest.starts_with('{') {
        let Some((word, more)) = rest.split_once(char::is_whitespace) else { break };
        let more = more.trim_start();
        if is_id(word)
            || TEXTS.iter().any(|start| more.starts_with(start)) && !TEXTS.iter().any(|start| rest.starts_with(start))
        {
            found.id = Some(beginning(word, LONGEST_ID).to_owned());
            found.rest = more;
            return found;
        }
        let clock = more.split_whitespace().next().unwrap_or_default();
        if let Some(time) = time(word) {
            (found.time, rest) = (Some(time), more);
            found.rest = rest;
        } else if let Some(time) = is_date(word).then(|| time(&format!("{word} {clock}"))).flatten() {
            rest = more.strip_prefix(clock).unwrap_or(more).trim_start();
            found.time = Some(time);
            found.rest = rest;
        } else if strangers > 0 {
            (strangers, rest) = (strangers - 1, more);
        } else {
            return found;
        }
    }
    if rest.starts_with('{') {
        found.rest = rest;
    }
    found
}

/// How text entries begin (APPSYNC-VTL 6.1).
const TEXTS: [&str; 10] = [
    "GraphQL Query:",
    "GraphQL Request:",
    "Request Headers:",
    "Response Headers:",
    "Begin Request",
    "Begin Execution",
    "End Field Execution",
    "End Request",
    "Tokens Consumed:",
    "Begin Tracing",
];

/// A line of a Lambda function's own log, which stands behind the invocation's id as AppSync's texts do behind the request's
/// (<https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html>: time, id and level, with tabs between them).
fn is_of_function(rest: &str) -> bool {
    rest.starts_with("Task timed out after ") || rest.split_once('\t').is_some_and(|(level, _)| matches!(level, "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL"))
}

/// The CLI's text output puts the event's time behind the message.
fn without_trailing_time(text: &str) -> &str {
    match text.rsplit_once('\t') {
        Some((before, after)) if after.len() == 13 && after.bytes().all(|byte| byte.is_ascii_digit()) => before,
        _ => text,
    }
}

/// The request that the beginning of an entry names.
fn id_of_cut(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("\"requestId\"")?;
    let id = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (id, _) = id.split_once('"')?;
    (!id.is_empty() && id.len() <= LONGEST_ID && !id.contains('\\')).then(|| id.to_owned())
}

/// The first bytes of a text, whole letters.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn is_id(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_date(word: &str) -> bool {
    word.len() == 10 && word.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 4 | 7))
}
