//! AppSync's CloudWatch logs against local templates (APPSYNC-VTL 6): events are read one by one, requests are rebuilt in
//! a bounded window, and each is judged, on all cores with the feature `cli`; reports come in the order in which requests first appear.

mod before;
mod cause;
mod compare;
mod conclude;
mod counts;
mod decision;
mod document;
mod entry;
mod event;
mod function;
mod header_list;
mod headers;
mod hide;
mod input;
mod item;
mod judge;
mod logged_json;
#[cfg_attr(not(feature = "cli"), path = "unpacked.rs")]
mod packed;
mod report;
mod request;
mod row;
mod says;
mod summary;
mod time;
#[cfg(test)]
mod one_request;

pub use cause::LoggedCause;
pub use compare::{EntryComparison, EntryDifference};
pub use counts::{Counts, Skip, Skipped};
pub use entry::{Clock, LogEntry};
pub use decision::{LoggedDecision, Logged};
pub use judge::Judge;
pub use report::RequestReport;
pub use summary::{ChangedDecisions, Summary, SummaryRow};

use super::each::each;
use super::guard::guarded;
use crate::request::answer::LogSays;
use item::LogItem;
use request::{LoggedRequest, Window};
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

/// Bytes of memory that messages parsed at once may take.
const BATCH: usize = 4 << 20;
/// What a message takes beside its text, itself and as an event: a log may have millions of a single letter.
const BESIDE: usize = size_of::<LogItem>() + size_of::<(u64, Vec<event::Read>)>() + size_of::<event::Read>();
/// Requests judged at once, unless the input ends, and what their reports may take.
const JUDGED: usize = 256;
const JUDGED_BYTES: usize = 64 << 20;
/// What the requests may hold that are kept to be joined with what a browser saw.
const MOST_SAID: usize = 256 << 20;

/// Reads logs and judges what they hold.
pub struct Replay<'a> {
    /// What was read.
    pub counts: Counts,
    judge: &'a Judge<'a>,
    window: Window,
    batch: Vec<LogItem>,
    bytes: usize,
    ready: Vec<LoggedRequest>,
}

impl<'a> Replay<'a> {
    /// A replay with this judge; `request` is the only request that is wanted, if one is.
    pub fn new(judge: &'a Judge<'a>, request: Option<String>) -> Self {
        let window = Window::of(request);
        Self { counts: Counts::default(), judge, window, batch: Vec::new(), bytes: 0, ready: Vec::new() }
    }

    /// Reads a file, every file of a folder, or standard input for `-`.
    ///
    /// # Errors
    /// A file cannot be read, or `done` ended the reading.
    pub fn read(&mut self, path: &Path, done: &mut dyn FnMut(RequestReport) -> io::Result<()>) -> io::Result<()> {
        for file in input::files(path)? {
            let name = file.display().to_string();
            if let Some(why) = input::passed_by(path, &file) {
                self.counts.warnings.push(format!("{name}: {why}"));
                continue;
            }
            let warning = input::read(&file, &mut |item| {
                // The event has a copy of the text.
                self.bytes += 2 * item.message.as_ref().map_or(0, String::len) + BESIDE;
                self.batch.push(item);
                if self.bytes >= BATCH { self.flush(&name, done) } else { Ok(()) }
            })?;
            self.flush(&name, done)?;
            self.window.end_of_file();
            self.counts.warnings.extend(warning.map(|warning| format!("{name}: {warning}")));
        }
        Ok(())
    }

    /// Takes one line of a log that is still written.
    ///
    /// # Errors
    /// `done` ended it.
    pub fn line(&mut self, name: &str, line: u64, text: Result<String, Skip>, done: &mut dyn FnMut(RequestReport) -> io::Result<()>) -> io::Result<()> {
        self.batch.push(LogItem { message: text, time: None, line });
        self.flush(name, done)
    }

    /// The clock of a log that is followed ticks: judges requests that ended, or of which nothing came for `quiet` ticks.
    ///
    /// # Errors
    /// `done` ended it.
    pub fn tick(&mut self, quiet: u64, done: &mut dyn FnMut(RequestReport) -> io::Result<()>) -> io::Result<()> {
        self.window.tick(quiet, &mut self.ready);
        self.judge_ready(done)
    }

    /// Judges what is still open.
    ///
    /// # Errors
    /// `done` ended it.
    pub fn end(&mut self, done: &mut dyn FnMut(RequestReport) -> io::Result<()>) -> io::Result<()> {
        self.window.end(&mut self.ready);
        self.judge_ready(done)
    }

    fn flush(&mut self, name: &str, done: &mut dyn FnMut(RequestReport) -> io::Result<()>) -> io::Result<()> {
        self.bytes = 0;
        let parse = |item: LogItem| {
            let mut found = Vec::with_capacity(1);
            match &item.message {
                Ok(message) => event::parse(message, item.time, &mut found),
                Err(why) => found.push(Err((*why, None))),
            }
            (item.line, found)
        };
        let parsed: Vec<_> = each(std::mem::take(&mut self.batch), parse);
        for (line, events) in parsed {
            let place = || format!("{name}:{line}");
            for event in events {
                self.window.take(event, &place, &mut self.counts, &mut self.ready);
            }
            if self.ready.len() >= JUDGED {
                self.judge_ready(done)?;
            }
        }
        Ok(())
    }

    fn judge_ready(&mut self, done: &mut dyn FnMut(RequestReport) -> io::Result<()>) -> io::Result<()> {
        let ready = std::mem::take(&mut self.ready);
        // Only a request that ended before its execution asks for the others.
        let history = OnceLock::new();
        let others = |at| history.get_or_init(|| says::history(&ready)).about(at);
        let report = |at: usize| {
            let judged = guarded(|| self.judge.report(&ready[at], &|| others(at)));
            judged.unwrap_or_else(|why| {
                Some(RequestReport { request_id: ready[at].id.clone(), reason: why.to_string().into(), ..RequestReport::default() })
            })
        };
        let mut start = 0;
        while start < ready.len() {
            let end = start + at_once(&ready[start..]);
            for report in each((start..end).collect(), report).into_iter().flatten() {
                done(report)?;
            }
            start = end;
        }
        Ok(())
    }
}

/// How many of the first requests are judged at once: one at least.
fn at_once(requests: &[LoggedRequest]) -> usize {
    let mut weight = 0;
    let fits = |request: &&LoggedRequest| {
        weight += request.weight();
        weight <= JUDGED_BYTES
    };
    requests.iter().take(JUDGED).take_while(fits).count().max(1)
}

/// What logs say of each request, by its id.
#[derive(Default)]
struct Said {
    found: HashMap<String, LogSays>,
    bytes: usize,
}

impl Said {
    fn keep(&mut self, requests: &mut Vec<LoggedRequest>) -> io::Result<()> {
        for request in requests.drain(..) {
            self.bytes += request.bytes;
            if self.bytes > MOST_SAID {
                let why = format!(
                    "they hold more than {MOST_SAID} bytes of requests, the most that is kept beside a refusal: give the part of them around it"
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            self.found.insert(request.id.clone(), request.says());
        }
        Ok(())
    }
}

/// What logs say of each request, by its id: to join them with what a browser saw.
///
/// # Errors
/// A file cannot be read, or they hold more requests than are kept.
pub fn says(paths: &[std::path::PathBuf]) -> io::Result<HashMap<String, LogSays>> {
    let mut window = Window::of(None);
    let (mut counts, mut ready, mut said) = (Counts::default(), Vec::new(), Said::default());
    for path in paths {
        let failed = |file: &std::path::Path, error: &io::Error| io::Error::new(error.kind(), format!("cannot read {}: {error}", file.display()));
        for file in input::files(path).map_err(|error| failed(path, &error))? {
            if let Some(why) = input::passed_by(path, &file) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("cannot read {}: {why}", file.display())));
            }
            let unread = input::read(&file, &mut |item| {
                let mut events = Vec::with_capacity(1);
                if let Ok(message) = &item.message {
                    event::parse(message, item.time, &mut events);
                }
                for event in events {
                    window.take(event, &String::new, &mut counts, &mut ready);
                }
                said.keep(&mut ready)
            });
            if let Some(why) = unread.map_err(|error| failed(&file, &error))? {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("cannot read {}: {why}", file.display())));
            }
            window.end_of_file();
        }
    }
    window.end(&mut ready);
    said.keep(&mut ready)?;
    Ok(said.found)
}
