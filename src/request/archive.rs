//! Reads a HAR entry by entry, so that memory does not grow with the archive.

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

use crate::message::quoted;
use super::loose::{self, Loose};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::fmt::Formatter;
use std::io::Read;

crate::message::sentence_error! {
    /// A HAR that is not read to its end.
    HarError
}

/// A text in an archive is cut after this many bytes: AppSync's answers have at most 5 MB.
pub const LONGEST_TEXT: usize = 8 << 20;

/// Names of the objects around the entries that are compared: a HAR has six.
const MOST_NAMES: usize = 1_000;

/// Entries of one archive: a day of browsing has a quarter of them.
const MOST_ENTRIES: usize = 80_000;

/// What is wrong with a key that an object has twice.
const TWICE: &str = "stands twice in one object: take one of the two out";

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// It has `log.entries`; all were given.
    Har,
    /// It is something else, or broken before `log.entries` began.
    Other,
}

/// The parts of an entry that are read.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct ArchiveEntry {
    started_date_time: Json,
    time: Json,
    #[serde(deserialize_with = "loose::object")]
    timings: Timings,
    #[serde(deserialize_with = "loose::object")]
    request: ArchiveRequest,
    #[serde(deserialize_with = "loose::object")]
    response: Response,
    #[serde(rename = "serverIPAddress")]
    address: Json,
    #[serde(rename = "_error")]
    error: Json,
    #[serde(rename = "_webSocketMessages")]
    #[serde(deserialize_with = "loose::list")]
    frames: Vec<Loose<Frame>>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Timings {
    wait: Json,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct ArchiveRequest {
    method: Json,
    url: Json,
    #[serde(deserialize_with = "loose::list")]
    headers: Vec<Loose<Header>>,
    #[serde(deserialize_with = "loose::optional")]
    post_data: Option<Content>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Response {
    status: Json,
    #[serde(rename = "_error")]
    error: Json,
    #[serde(deserialize_with = "loose::list")]
    headers: Vec<Loose<Header>>,
    #[serde(deserialize_with = "loose::optional")]
    content: Option<Content>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Header {
    name: Json,
    value: Json,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Content {
    text: Json,
    encoding: Json,
    #[serde(rename = "mimeType")]
    mime_type: Json,
    size: Json,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Frame {
    r#type: Json,
    data: Json,
    time: Json,
}

/// Gives each entry to `found`, trimmed to what a diagnosis reads.
///
/// # Errors
/// The archive is broken after its entries began (truncated, nested too deeply, of wrong types), or `found` failed.
pub fn entries(reader: impl Read, found: &mut dyn FnMut(Json) -> Result<(), HarError>) -> Result<ArchiveKind, HarError> {
    let mut begun = Begun::Nothing;
    let mut json = serde_json::Deserializer::from_reader(Shortened::new(reader));
    let read = ArchiveMember { names: &["log", "entries"], begun: &mut begun, found }
        .deserialize(&mut json)
        .and_then(|()| json.end());
    match read {
        Ok(()) if begun == Begun::Entries => Ok(ArchiveKind::Har),
        Err(error) if begun == Begun::Entries => Err(error.to_string().into()),
        Err(error) if begun == Begun::Log && error.to_string().contains(TWICE) => Err(error.to_string().into()),
        // What is no JSON at all is for its reader to say.
        Err(error) if begun == Begun::Log && !error.is_data() => Ok(ArchiveKind::Other),
        _ if begun == Begun::Log => Err("a HAR without a list `log.entries`: save it again, with all requests in it".to_owned().into()),
        _ => Ok(ArchiveKind::Other),
    }
}

/// What of an archive was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    Nothing,
    /// An object `log`.
    Log,
    /// Its list `entries`.
    Entries,
}

/// Walks down `names` and reads the list that stands there.
struct ArchiveMember<'a> {
    names: &'a [&'static str],
    begun: &'a mut Begun,
    found: &'a mut dyn FnMut(Json) -> Result<(), HarError>,
}

impl<'de> DeserializeSeed<'de> for ArchiveMember<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.names.is_empty() { deserializer.deserialize_seq(self) } else { deserializer.deserialize_map(self) }
    }
}

impl<'de> Visitor<'de> for ArchiveMember<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if self.names.is_empty() { "a list of entries" } else { "a HAR (log.entries)" })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((wanted, rest)) = self.names.split_first() else { return Err(A::Error::custom("not a list of entries")) };
        if rest.is_empty() {
            *self.begun = Begun::Log;
        }
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if seen.len() < MOST_NAMES && !seen.insert(name.clone()) {
                return Err(A::Error::custom(format_args!("the key {} {TWICE}", quoted(&name))));
            }
            if name == *wanted {
                map.next_value_seed(ArchiveMember { names: rest, begun: self.begun, found: self.found })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        *self.begun = Begun::Entries;
        let mut count = 0;
        while let Some(Loose(entry)) = list.next_element::<Loose<ArchiveEntry>>()? {
            count += 1;
            if count > MOST_ENTRIES {
                return Err(A::Error::custom(format_args!("more than {MOST_ENTRIES} entries (limit `har entries`)")));
            }
            let entry = serde_json::to_value(entry).map_err(A::Error::custom)?;
            (self.found)(entry).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// Cuts the texts of a JSON stream that are longer than [`LONGEST_TEXT`], and takes a byte order mark off.
struct Shortened<R> {
    inner: std::io::BufReader<R>,
    first: bool,
    in_text: bool,
    /// Bytes of the text so far.
    length: usize,
    cutting: bool,
    /// How many bytes of an escape are still to come; 5 for `u` and four digits.
    escape: u8,
    /// The digits of a `\u` escape.
    unit: u32,
    /// Whether the last character was the first half of a surrogate pair.
    half: bool,
}

impl<R: Read> Shortened<R> {
    fn new(inner: R) -> Self {
        let inner = std::io::BufReader::with_capacity(1 << 16, inner);
        Self { inner, first: true, in_text: false, length: 0, cutting: false, escape: 0, unit: 0, half: false }
    }

    /// Whether a byte stays.
    fn keeps(&mut self, byte: u8) -> bool {
        if !self.in_text {
            if byte == b'"' {
                (self.in_text, self.length, self.cutting, self.half) = (true, 0, false, false);
            }
            return true;
        }
        self.length += 1;
        if self.escape > 0 {
            if self.escape == 5 && byte != b'u' {
                self.escape = 0;
                self.half = false;
            } else {
                self.escape -= 1;
                self.unit = if byte == b'u' && self.escape == 4 {
                    0
                } else {
                    self.unit << 4 | char::from(byte).to_digit(16).unwrap_or(0)
                };
                self.half = self.escape == 0 && (0xD800..0xDC00).contains(&self.unit);
            }
            return !self.cutting;
        }
        if byte == b'"' {
            self.in_text = false;
            return true;
        }
        // Cut between characters only: not inside UTF-8, not inside a surrogate pair.
        if self.length > LONGEST_TEXT && !self.half && byte & 0xC0 != 0x80 {
            self.cutting = true;
        }
        if byte == b'\\' {
            self.escape = 5;
        } else {
            self.half = false;
        }
        !self.cutting
    }
}

impl<R: Read> Read for Shortened<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.inner.read(buffer)?;
            if read == 0 {
                return Ok(0);
            }
            let mut kept = 0;
            for at in 0..read {
                let Some(byte) = buffer.get(at).copied() else { break };
                // Outside texts JSON is ASCII: only a byte order mark, at the very beginning, is not.
                let mark = self.first && matches!(byte, 0xEF | 0xBB | 0xBF);
                self.first &= mark;
                if !mark
                    && self.keeps(byte)
                    && let Some(place) = buffer.get_mut(kept)
                {
                    *place = byte;
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}
