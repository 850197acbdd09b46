//! Requests rebuilt from their events, which may come in any order and mixed with those of others.

use super::counts::{Counts, Skip};
use super::header_list;
use super::time::time;
use super::function::{FunctionSays, Invocations};
use super::event::{Body, LogEvent, LONGEST_TEXT, Read};
use crate::request::answer::KeptAnswer;
use crate::request::firewall_log::FirewallSays;
use crate::request::messages;
use indexmap::IndexMap;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// Requests kept open at once: the events of one may come in any order within this window.
const MOST_OPEN: usize = 20_000;
/// Bytes that they may hold together.
const MOST_BYTES: usize = 64 << 20;
/// What one takes besides its texts.
const A_REQUEST: usize = 500;
/// Requests that are known to have begun at once.
const MOST_BEGUN: usize = 50;
/// Entries kept of one request.
const MOST_ENTRIES: usize = 2_000;
/// Traced fields kept of one request.
const MOST_TRACED: usize = 1_000;
/// Requests remembered that have left the window: so many of the last, and up to as many before them.
const MOST_GONE: usize = 1 << 19;
/// What a report of one entry may take: its own text, the local one, and where they differ.
const AN_ENTRY: usize = 32 << 10;

/// An evaluated template, as it stands in the log.
#[derive(Debug)]
pub struct Mapping {
    /// The entry's JSON.
    pub text: Box<str>,
    /// When it was logged.
    pub time: Option<i64>,
    /// Whether it has errors.
    pub failed: bool,
}

/// What the log says of one request.
#[derive(Debug, Default)]
pub struct LoggedRequest {
    /// AppSync's id.
    pub id: String,
    /// The HTTP status, if a summary was logged.
    pub status: Option<u64>,
    /// How long it took (the summary's `latency`), in milliseconds.
    pub took: Option<u64>,
    /// The API's id, by the summary.
    pub api: Option<String>,
    /// Whether it came to be executed.
    pub executed: bool,
    /// When it began.
    pub start: Option<i64>,
    /// Fields that were resolved: type and name.
    pub traced: Vec<(String, String)>,
    /// The evaluated templates.
    pub mappings: Vec<Mapping>,
    /// `Request Headers: …`
    pub request_headers: Option<String>,
    /// `Response Headers: …`
    pub response_headers: Option<String>,
    /// A line with a message of AppSync's own, such as `Signature expired: …`.
    pub message: Option<String>,
    /// What the Lambda authorizer was called with and answered, by its own log.
    pub function: Option<FunctionSays>,
    /// Its last answer to the same token, where it was not called for this request.
    pub kept: Option<KeptAnswer>,
    /// What a web ACL did with it, where it went no further.
    pub firewall: Option<FirewallSays>,
    /// When its first event was logged.
    pub first: Option<i64>,
    /// `GraphQL Query: …`
    pub query: Option<String>,
    /// Entries of which a part is missing.
    pub cut: u32,
    /// Entries that were not kept.
    pub dropped: u32,
    /// What is kept of it.
    pub bytes: usize,
    /// The tick at which its last event came.
    seen: u64,
}

impl LoggedRequest {
    /// What a report of it may take.
    pub fn weight(&self) -> usize {
        self.bytes + self.mappings.len() * AN_ENTRY
    }

    fn text(&mut self, text: &str) -> usize {
        let slot = if text.starts_with("Request Headers:") {
            &mut self.request_headers
        } else if text.starts_with("Response Headers:") {
            &mut self.response_headers
        } else if text.starts_with("GraphQL ") {
            &mut self.query
        } else if messages::find(text).is_some_and(|known| !messages::is_foreign(known.code)) {
            &mut self.message
        } else {
            return 0;
        };
        let slot = slot.get_or_insert_default();
        *slot = text.to_owned();
        text.len()
    }
}

/// The requests whose events are still coming in.
#[derive(Debug, Default)]
pub struct Window {
    wanted: Option<String>,
    open: IndexMap<String, LoggedRequest>,
    bytes: usize,
    gone: Gone,
    /// The request whose text entry may go on in the next line.
    last_text: Option<String>,
    /// How often the clock ticked, where a log is followed.
    tick: u64,
    /// The invocations of the Lambda authorizer, where its log stands among AppSync's.
    functions: Invocations,
    /// The requests that have no summary yet: where it is one, a function that begins is called for it.
    begun: Vec<String>,
    /// The time of a heading, `# 2026-09-14T09:00:10Z`: of the lines below it that have none.
    heading: Option<i64>,
}

impl Window {
    /// A window on this request only, or on all.
    pub fn of(wanted: Option<String>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Takes what was read of one event; requests that leave the window are done.
    pub fn take(&mut self, read: Read, place: &dyn Fn() -> String, counts: &mut Counts, done: &mut Vec<LoggedRequest>) {
        counts.read += 1;
        match read {
            Ok(event) => self.event(event, place, counts),
            Err((why, text)) => {
                if self.of_function(text.as_deref()) {
                    counts.skip(why, place);
                    return;
                }
                let goes_on = matches!(why, Skip::NoEvent | Skip::Cut | Skip::Broken)
                    && text.as_ref().is_some_and(|text| !text.contains("\"logType\""));
                match self.last_text.clone().filter(|_| goes_on) {
                    Some(request) => {
                        self.go_on(&request, &text.unwrap_or_default());
                        counts.skip(Skip::Continued, place);
                    }
                    None => {
                        self.last_text = None;
                        counts.skip(why, place);
                    }
                }
            }
        }
        if self.open.len() > MOST_OPEN || self.bytes > MOST_BYTES && self.open.len() > 1 {
            self.make_room(done);
        }
    }

    /// The oldest requests leave, a quarter of what fits: taken one by one, each would move all that come after it.
    fn make_room(&mut self, done: &mut Vec<LoggedRequest>) {
        let (most, most_bytes) = (MOST_OPEN - MOST_OPEN / 4, MOST_BYTES - MOST_BYTES / 4);
        let (mut leaving, mut bytes) = (0, self.bytes);
        while self.open.len() - leaving > most || bytes > most_bytes && self.open.len() - leaving > 1 {
            let Some((_, request)) = self.open.get_index(leaving) else { break };
            bytes = bytes.saturating_sub(request.bytes);
            leaving += 1;
        }
        self.bytes = bytes;
        for (id, request) in self.open.drain(..leaving) {
            self.gone.insert(&id);
            done.push(request);
        }
    }

    /// What is still open is done.
    pub fn end(&mut self, done: &mut Vec<LoggedRequest>) {
        done.extend(std::mem::take(&mut self.open).into_values());
        self.bytes = 0;
    }

    /// The clock of a log that is followed ticks: requests are done that ended (their summary came) and got nothing since, or
    /// of which nothing came for so many ticks.
    pub fn tick(&mut self, quiet: u64, done: &mut Vec<LoggedRequest>) {
        self.tick += 1;
        let now = self.tick;
        let is_done = |request: &LoggedRequest| {
            let age = now - request.seen;
            age > quiet || request.status.is_some() && age > 1
        };
        let ids: Vec<String> = self.open.values().filter(|one| is_done(one)).map(|one| one.id.clone()).collect();
        for id in ids {
            let Some(request) = self.open.shift_remove(&id) else { continue };
            self.bytes = self.bytes.saturating_sub(request.bytes);
            self.gone.insert(&id);
            done.push(request);
        }
    }

    /// A file ended: its last line goes on nowhere.
    pub fn end_of_file(&mut self) {
        self.last_text = None;
    }

    /// Whether a line without an id is a function's, or a heading, which is remembered.
    fn of_function(&mut self, text: Option<&str>) -> bool {
        let Some(text) = text else { return false };
        if let Some(time) = text.trim_start().strip_prefix("# ").and_then(|rest| time(rest.split_whitespace().next()?)) {
            (self.heading, self.last_text) = (Some(time), None);
            return true;
        }
        self.functions.go_on(text)
    }

    /// What the authorizer's log says of a request that ended.
    fn join_function(&mut self, id: &str) {
        self.begun.retain(|begun| begun != id);
        let Some(request) = self.open.get_mut(id) else { return };
        let masked = request.request_headers.as_deref().map(header_list::read_all).unwrap_or_default().masked;
        let tail = masked.get("authorization").map(String::as_str);
        let says = self.functions.of_request(id, tail, request.status);
        if request.status == Some(401) {
            request.kept = tail.filter(|_| says.is_none()).and_then(|tail| self.functions.kept(tail));
            request.function = says;
        }
    }

    fn event(&mut self, event: LogEvent, place: &dyn Fn() -> String, counts: &mut Counts) {
        self.last_text = None;
        let event = LogEvent { time: event.time.or(self.heading), ..event };
        if let Body::Function(text) = &event.body {
            let only = if let [only] = self.begun.as_slice() { Some(only.as_str()) } else { None };
            self.functions.take(&event.request, event.time, text, only);
            counts.skip(Skip::NoEvent, place);
            return;
        }
        let (id, ends) = (event.request.clone(), matches!(event.body, Body::Summary { .. }));
        self.request_event(event, place, counts);
        if ends {
            self.join_function(&id);
        } else if self.begun.len() < MOST_BEGUN && !self.begun.contains(&id) && self.open.get(&id).is_some_and(|one| one.status.is_none()) {
            self.begun.push(id);
        }
    }

    fn request_event(&mut self, event: LogEvent, place: &dyn Fn() -> String, counts: &mut Counts) {
        if self.wanted.as_ref().is_some_and(|wanted| *wanted != event.request) {
            counts.skip(Skip::OtherRequest, place);
            return;
        }
        if !self.open.contains_key(&event.request) {
            if self.gone.contains(&event.request) {
                counts.skip(Skip::Late, place);
                return;
            }
            counts.forgotten = self.gone.forgotten;
            let bytes = A_REQUEST + 2 * event.request.len();
            let request = LoggedRequest { id: event.request.clone(), bytes, ..LoggedRequest::default() };
            self.bytes += request.bytes;
            self.open.insert(event.request.clone(), request);
        }
        let Some(request) = self.open.get_mut(&event.request) else { return };
        let before = request.bytes;
        request.seen = self.tick;
        request.first = request.first.or(event.time);
        if matches!(event.body, Body::Text(_)) {
            self.last_text = Some(event.request);
        }
        let skipped = request.take(event.body, event.time, counts);
        self.bytes += request.bytes - before;
        match skipped {
            Some(why) => counts.skip(why, place),
            None => counts.used += 1,
        }
    }

    /// A further line of a query; further lines of headers say nothing.
    fn go_on(&mut self, request: &str, text: &str) {
        let Some(request) = self.open.get_mut(request) else { return };
        let Some(query) = &mut request.query else { return };
        if query.len() + text.len() < LONGEST_TEXT {
            query.push('\n');
            query.push_str(text);
            request.bytes += text.len() + 1;
            self.bytes += text.len() + 1;
        }
    }
}

impl LoggedRequest {
    /// Adds what an event says; or why it counts for nothing.
    fn take(&mut self, body: Body, time: Option<i64>, counts: &mut Counts) -> Option<Skip> {
        match body {
            Body::Mapping { text, failed } if self.mappings.len() < MOST_ENTRIES => {
                self.bytes += text.len() + 50;
                self.mappings.push(Mapping { text, time, failed });
            }
            Body::Mapping { .. } => {
                self.dropped += 1;
                return Some(Skip::TooMany);
            }
            Body::Summary { status, took, api } => {
                self.api = api.or(self.api.take());
                self.status = status.or(self.status);
                self.took = took.or(self.took);
            }
            Body::Execution(start) => {
                self.executed = true;
                self.start = start.or(self.start);
            }
            Body::Tracing { parent, field } => {
                if self.traced.len() < MOST_TRACED {
                    self.bytes += parent.len() + field.len() + 50;
                    self.traced.push((parent, field));
                }
            }
            Body::Firewall(text) => {
                self.bytes += text.len();
                self.firewall = serde_json::from_str(&text).ok().and_then(|json| FirewallSays::read(&json));
            }
            Body::Text(text) => self.bytes += self.text(&text),
            Body::Function(_) => {}
            Body::Cut => {
                self.cut += 1;
                return Some(Skip::Cut);
            }
            Body::Unknown(kind) => counts.unknown_type(&kind),
        }
        None
    }
}

/// The requests that have left the window, as far as they are remembered.
#[derive(Debug)]
struct Gone {
    most: usize,
    hasher: RandomState,
    last: HashSet<u64>,
    before: HashSet<u64>,
    /// Those that are not remembered any more.
    forgotten: u64,
}

impl Default for Gone {
    fn default() -> Self {
        Self { most: MOST_GONE, hasher: RandomState::new(), last: HashSet::new(), before: HashSet::new(), forgotten: 0 }
    }
}

impl Gone {
    fn insert(&mut self, id: &str) {
        if self.last.len() >= self.most {
            self.forgotten += self.before.len() as u64;
            self.before = std::mem::take(&mut self.last);
        }
        self.last.insert(self.hasher.hash_one(id));
    }

    fn contains(&self, id: &str) -> bool {
        let hash = self.hasher.hash_one(id);
        self.last.contains(&hash) || self.before.contains(&hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_that_left_are_remembered_and_the_others_counted() {
        let mut gone = Gone { most: 2, ..Gone::default() };
        ["a", "b", "c", "d", "e"].iter().for_each(|id| gone.insert(id));
        assert_eq!(["a", "b", "c", "d", "e", "f"].map(|id| gone.contains(id)), [false, false, true, true, true, false]);
        assert_eq!(gone.forgotten, 2);
    }
}
