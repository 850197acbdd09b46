//! Log events from the forms in which people have them, read one by one: no file is held whole.

use super::counts::Skip;
use super::item::{Budget, LogItem, Sink, is_data};
use super::{document, packed};
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// CloudWatch cuts events at 1 MB; JSON in JSON doubles its quotes: longer lines are no events.
const LONGEST: usize = 4 << 20;
/// A line that has no end after so many bytes ends the reading.
const ENDLESS: u64 = 256 << 20;
const BUFFER: usize = 1 << 18;
/// Bytes looked at to tell the form.
const HEAD: usize = 4096;

/// Every log of what was named: a folder (an S3 export) stands for all files in it.
///
/// # Errors
/// A folder cannot be read.
pub fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path == Path::new("-") || !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    crate::files::below(path, &|_| true).map_err(|error| crate::files::unread(path, error))
}

/// Why a file that was found in a named folder is not read: it would be waited for, or is no part of the folder.
pub fn passed_by(named: &Path, file: &Path) -> Option<&'static str> {
    if named == file {
        return None;
    }
    let inside = || crate::files::real(named).ok().zip(crate::files::real(file).ok()).is_some_and(|(top, file)| file.starts_with(top));
    match std::fs::metadata(file) {
        Ok(data) if !data.is_file() => Some("not an ordinary file"),
        Err(_) => Some("a link that leads to nothing"),
        Ok(_) if !inside() => Some("a link that leads out of the folder: name its file"),
        Ok(_) => None,
    }
}

/// Reads a file in whichever form it has; `-` is standard input. Gives what kept it from being read to its end.
///
/// # Errors
/// The file cannot be read, or the sink ended it.
pub fn read(path: &Path, sink: &mut Sink<'_>) -> io::Result<Option<String>> {
    let raw: Box<dyn Read> =
        if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(crate::files::open(path)?) };
    let mut input: Box<dyn BufRead> = Box::new(BufReader::with_capacity(BUFFER, raw));
    if head(&mut input)?.starts_with(&[0x1f, 0x8b]) {
        input = match packed::unpacked(input) {
            Ok(unpacked) => Box::new(BufReader::with_capacity(BUFFER, unpacked)),
            Err(missing) => return Ok(Some(missing.into())),
        };
    }
    // A member of a gzip file that ends early still has lines before that.
    let first = match head(&mut input) {
        Ok(first) => first,
        Err(error) => return Ok(Some(error.to_string())),
    };
    if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
        return Ok(Some("UTF-16: save it as UTF-8".to_owned()));
    }
    if first.starts_with(&[0xef, 0xbb, 0xbf]) {
        input.consume(3);
    }
    match form(&String::from_utf8_lossy(&first)) {
        InputForm::Document => document::read(Budget::over(input), sink),
        InputForm::Csv { message, time } => packed::csv(Budget::over(input), message, time, sink),
        InputForm::Lines => lines(input, sink),
    }
}

/// The first bytes, left in the buffer.
fn head(input: &mut Box<dyn BufRead>) -> io::Result<Vec<u8>> {
    let buffer = input.fill_buf()?;
    if buffer.len() >= HEAD {
        return Ok(buffer[..HEAD].to_vec());
    }
    // A pipe hands over little at a time.
    let mut start = buffer.to_vec();
    let length = start.len();
    input.consume(length);
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if start.is_empty() => return Err(error),
            Err(_) => break,
        };
        if buffer.is_empty() || start.len() >= HEAD {
            break;
        }
        start.extend_from_slice(buffer);
        let length = buffer.len();
        input.consume(length);
    }
    let head = start[..start.len().min(HEAD)].to_vec();
    let rest = std::mem::replace(input, Box::new(io::empty()));
    *input = Box::new(BufReader::with_capacity(BUFFER, io::Cursor::new(start).chain(rest)));
    Ok(head)
}

enum InputForm {
    Document,
    Csv { message: usize, time: Option<usize> },
    Lines,
}

/// Members with which answers of the CLI, Logs Insights results and subscription records begin.
const DOCUMENTS: [&str; 12] = [
    "events",
    "results",
    "searchedLogStreams",
    "nextToken",
    "nextForwardToken",
    "nextBackwardToken",
    "queryLanguage",
    "statistics",
    "status",
    "encryptionKey",
    "messageType",
    "logEvents",
];

fn form(head: &str) -> InputForm {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let first = head.lines().next().unwrap_or_default().trim();
    let compact: String = head.chars().filter(|letter| !letter.is_whitespace()).take(64).collect();
    if ["[{", "[[", "[]", "[\""].iter().any(|start| compact.starts_with(start)) || first == "{" {
        return InputForm::Document;
    }
    if let Some(rest) = compact.strip_prefix("{\"") {
        let key = rest.split('"').next().unwrap_or_default();
        return if DOCUMENTS.contains(&key) { InputForm::Document } else { InputForm::Lines };
    }
    let columns: Vec<&str> = first.split(',').map(|name| name.trim().trim_matches('"')).collect();
    let column = |names: [&str; 2]| columns.iter().position(|name| names.contains(name));
    match column(["@message", "message"]) {
        Some(message) => InputForm::Csv { message, time: column(["@timestamp", "timestamp"]) },
        None => InputForm::Lines,
    }
}

/// Lines, of which none may be too long.
fn lines(mut input: Box<dyn BufRead>, sink: &mut Sink<'_>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = match (&mut input).take(LONGEST as u64).read_until(b'\n', &mut line) {
            Ok(read) => read,
            Err(error) if is_data(&error) => {
                if !line.is_empty() {
                    sink(LogItem { message: Err(Skip::Cut), time: None, line: number })?;
                }
                return Ok(Some(format!("{error}: what follows line {number} was not read")));
            }
            Err(error) => return Err(error),
        };
        if read == 0 {
            break;
        }
        if read == LONGEST && line.last() != Some(&b'\n') {
            sink(LogItem { message: Err(Skip::TooLong), time: None, line: number })?;
            match skip_line(&mut input) {
                Err(error) if is_data(&error) => return Ok(Some(format!("{error}: what follows line {number} was not read"))),
                ended => ended?,
            }
            continue;
        }
        let text = str::from_utf8(&line).map_or_else(|_| String::from_utf8_lossy(&line), Cow::Borrowed);
        if !text.trim().is_empty() {
            sink(LogItem { message: Ok(text.trim_end().to_owned()), time: None, line: number })?;
        }
    }
    Ok(None)
}

/// Goes to the end of a line of which nothing is kept; one without end ends the reading.
fn skip_line(input: &mut dyn BufRead) -> io::Result<()> {
    let mut skipped = 0;
    loop {
        let buffer = input.fill_buf()?;
        let (length, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(length);
        skipped += length as u64;
        if ended {
            return Ok(());
        }
        if skipped > ENDLESS {
            let why = format!("a line of more than {ENDLESS} bytes, the most that is read of one");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
    }
}
