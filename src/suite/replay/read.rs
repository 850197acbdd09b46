//! Log events from the forms in which people have them: CLI answers, Logs Insights results, exports, plain lines.

use serde_json::Value as Json;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// CloudWatch cuts events at 1 MB: longer lines are no events.
const LONGEST: usize = 4 << 20;
/// A JSON document is read whole; larger ones must be exported as lines.
const LARGEST_DOCUMENT: u64 = 1 << 30;

/// One log event.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A JSON entry, with the request's id if it stood before it.
    Entry(Option<String>, Json),
    /// A line of text of a request.
    Text(String, String),
}

/// What was read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Events of AppSync.
    pub events: u64,
    /// Entries cut off in the middle.
    pub cut: u64,
    /// Lines that are no events.
    pub other: u64,
}

/// Reads events and hands them on.
#[derive(Debug, Default)]
pub struct Reader {
    /// What was read so far.
    pub counts: Counts,
}

impl Reader {
    /// Reads a file in whichever form it has; `-` is standard input.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn file(&mut self, path: &Path, event: &mut dyn FnMut(Event)) -> Result<(), String> {
        let place = |error: std::io::Error| format!("{}: {error}", path.display());
        if path == Path::new("-") {
            return self.stream(Box::new(BufReader::new(std::io::stdin())), event).map_err(place);
        }
        let file = std::fs::File::open(path).map_err(place)?;
        let size = file.metadata().map_err(place)?.len();
        let mut input: Box<dyn BufRead> = Box::new(BufReader::with_capacity(1 << 16, file));
        let magic = input.fill_buf().map_err(place)?;
        if magic.starts_with(&[0x1f, 0x8b]) {
            input = Box::new(BufReader::with_capacity(1 << 16, flate2::bufread::MultiGzDecoder::new(input)));
        }
        let head = input.fill_buf().map_err(place)?;
        let head = String::from_utf8_lossy(&head[..head.len().min(4096)]).into_owned();
        let compact: String = head.chars().filter(|letter| !letter.is_whitespace()).take(200).collect();
        let document = compact.starts_with("{\"events\"")
            || compact.starts_with("{\"results\"")
            || compact.starts_with("{\"searchedLogStreams\"")
            || compact.starts_with("{\"nextForwardToken\"")
            || compact.starts_with("[");
        if document {
            if size > LARGEST_DOCUMENT {
                return Err(format!(
                    "{}: a JSON document of {size} bytes is too large to read whole: export the log as lines",
                    path.display()
                ));
            }
            let mut text = String::new();
            input.read_to_string(&mut text).map_err(place)?;
            return match serde_json::from_str(&text) {
                Ok(json) => {
                    self.document(&json, event);
                    Ok(())
                }
                Err(error) => Err(format!("{}: {error}", path.display())),
            };
        }
        if head.lines().next().is_some_and(|line| line.contains("@message")) {
            return self.csv(input, event).map_err(|error| format!("{}: {error}", path.display()));
        }
        self.stream(input, event).map_err(place)
    }

    /// `filter-log-events`, `get-log-events`, and Logs Insights results.
    fn document(&mut self, json: &Json, event: &mut dyn FnMut(Event)) {
        let events = json.get("events").or_else(|| json.get("results")).unwrap_or(json);
        for row in events.as_array().into_iter().flatten() {
            let message = match row {
                Json::Object(map) => map.get("message").or_else(|| map.get("@message")).and_then(Json::as_str),
                Json::Array(cells) => cells
                    .iter()
                    .find(|cell| cell.get("field").and_then(Json::as_str) == Some("@message"))
                    .and_then(|cell| cell.get("value")?.as_str()),
                _ => None,
            };
            match message {
                Some(message) => self.line(message, event),
                None => self.counts.other += 1,
            }
        }
    }

    fn csv(&mut self, input: Box<dyn BufRead>, event: &mut dyn FnMut(Event)) -> Result<(), csv::Error> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let column = reader.headers()?.iter().position(|name| name == "@message").unwrap_or(0);
        for record in reader.records() {
            match record {
                Ok(record) => self.line(record.get(column).unwrap_or_default(), event),
                Err(_) => self.counts.other += 1,
            }
        }
        Ok(())
    }

    fn stream(&mut self, mut input: Box<dyn BufRead>, event: &mut dyn FnMut(Event)) -> std::io::Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut input).take(LONGEST as u64).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(());
            }
            if read == LONGEST && line.last() != Some(&b'\n') {
                self.counts.cut += 1;
                // The rest of the line is no event either.
                skip_line(&mut input)?;
                continue;
            }
            self.line(&String::from_utf8_lossy(&line), event);
        }
    }

    /// `[timestamp ][request id ]message`
    fn line(&mut self, line: &str, event: &mut dyn FnMut(Event)) {
        let mut rest = line.trim();
        if rest.is_empty() {
            return;
        }
        let mut id = None;
        for _ in 0..2 {
            let Some((word, more)) = rest.split_once(char::is_whitespace) else { break };
            if is_time(word) {
                rest = more.trim_start();
            } else if is_id(word) {
                id = Some(word.to_owned());
                rest = more.trim_start();
            }
        }
        if rest.starts_with('{') {
            match serde_json::from_str::<Json>(rest) {
                Ok(json) if json.get("message").is_some() && json.get("logType").is_none() => {
                    let inner = json.get("message").and_then(Json::as_str).unwrap_or_default().to_owned();
                    if inner.len() < rest.len() {
                        self.line(&inner, event);
                    }
                }
                Ok(json) => {
                    self.counts.events += 1;
                    event(Event::Entry(id, json));
                }
                Err(error) if error.is_eof() => self.counts.cut += 1,
                Err(_) => self.counts.other += 1,
            }
        } else if let Some(id) = id {
            self.counts.events += 1;
            event(Event::Text(id, rest.to_owned()));
        } else {
            self.counts.other += 1;
        }
    }
}

fn skip_line(input: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                input.consume(at + 1);
                return Ok(());
            }
            None => {
                let length = buffer.len();
                input.consume(length);
            }
        }
    }
}

fn is_time(word: &str) -> bool {
    word.len() >= 19 && word.as_bytes().get(4) == Some(&b'-') && word.as_bytes().get(10) == Some(&b'T')
}

fn is_id(word: &str) -> bool {
    word.len() == 36
        && word
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}
