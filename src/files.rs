//! Files of text, and what lies below a folder: read one way everywhere.

mod failed;
mod real;

pub use failed::{missing, open, unread, unwritten};
pub use real::{real, real_or_same};

use crate::message;
use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

crate::message::sentence_error! {
    /// A file that cannot be read as text.
    TextError
}

/// Folders looked into below a folder.
const DEEPEST: usize = 16;

/// Files and folders looked at below a folder.
const MOST: usize = 200_000;

/// More of one file is not read.
const LARGEST: u64 = 64 << 20;

/// More of a text that is no JSON is not read whole: as a tree it takes many times as much. Logs and lines of `batch` are read
/// one by one.
const LARGEST_OTHER: usize = 16 << 20;

/// A text that is not looked through for its members: whatever they are, they are few.
const SMALL: usize = 1 << 20;

/// Bytes that the values of a file may take.
const MOST_VALUES: usize = 160 << 20;

/// What a member of an object or a list takes, and what these take themselves.
const A_MEMBER: usize = 64;
const A_LIST: usize = 32;
const AN_OBJECT: usize = 64;

/// The files that were read, as they were named, where somebody wants to know: the command, which writes over none of them.
static READ: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);

/// Remembers from now on which files are read.
pub fn remember() {
    *READ.lock().unwrap_or_else(PoisonError::into_inner) = Some(HashSet::new());
}

/// A file is read.
pub fn reading(path: &Path) {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(read) = read.as_mut() {
        read.insert(path.to_owned());
    }
}

/// Whether a file was read, since that is remembered.
pub fn was_read(path: &Path) -> bool {
    let read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((read, path)) = read.as_ref().zip(real(path).ok()) else { return false };
    // Where a name leads is looked up when somebody asks: most runs write no file.
    read.iter().any(|read| real(read).is_ok_and(|read| read == path))
}

/// Reads a file of text. A byte order mark before it, as some editors write it, is left out.
///
/// # Errors
/// A sentence with the file's name: it cannot be read, or is no UTF-8.
pub fn read_text(path: &Path) -> Result<String, TextError> {
    let failed = |why: &dyn std::fmt::Display| TextError(format!("cannot read {}: {why}", message::path(path)));
    reading(path);
    let whole = |file: std::fs::File| {
        let size = file.metadata().map_or(0, |data| data.len());
        bounded(file, size)
    };
    let bytes = open(path).and_then(whole).map_err(|error| failed(&unread(path, error)))?;
    decode(bytes).map_err(|error| failed(&error))
}

/// All bytes of a file, a pipe or a device, up to a budget: `/dev/zero` has no end. With the `size` that it says to have, it is
/// read at once, and not by pieces that grow.
///
/// # Errors
/// It cannot be read, or holds more.
pub fn bounded(input: impl Read, size: u64) -> io::Result<Vec<u8>> {
    // One byte more, for the end to be seen; a size that is wrong takes no more than is read of it.
    let mut bytes = Vec::with_capacity(size.min(LARGEST) as usize + 1);
    input.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it holds more than {LARGEST} bytes, the most that is read")));
    }
    Ok(bytes)
}

/// The text of a file's bytes, without a byte order mark.
///
/// # Errors
/// Why they are no UTF-8.
pub fn decode(mut bytes: Vec<u8>) -> Result<String, TextError> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err("it is UTF-16, as some shells write it: save it as UTF-8".into());
    }
    if bytes.starts_with("\u{FEFF}".as_bytes()) {
        bytes.drain(..3);
    }
    let first: Vec<u8> = bytes.iter().take(8).copied().collect();
    let text = String::from_utf8(bytes).map_err(|error| match of_bytes(&first) {
        Some(what) => TextError(format!("it is {what}, not a text")),
        None => TextError(format!("not valid UTF-8: {}", error.utf8_error())),
    })?;
    let is_json = text.trim_start().starts_with(['{', '[']);
    match values_of(&text) {
        0 if !is_json && text.len() > LARGEST_OTHER => {
            Err(TextError(format!("it holds {} bytes, and at most {LARGEST_OTHER} are read of what is no JSON", text.len())))
        }
        bytes if bytes > MOST_VALUES => Err(TextError(format!(
            "its members would take some {} MB as values, and at most {} MB are read",
            bytes >> 20,
            MOST_VALUES >> 20
        ))),
        _ => Ok(text),
    }
}

/// What the members of a JSON text take at least, once it is read: a megabyte of `[],` is some eighty of values. Nothing for a
/// short text, or one that is no JSON.
pub fn values_of(text: &str) -> usize {
    if text.len() < SMALL || !text.trim_start().starts_with(['{', '[']) {
        return 0;
    }
    members_of(text)
}

/// The same of a text that is JSON, however short it is: for one of many.
pub fn members_of(text: &str) -> usize {
    let (mut taken, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => taken = taken.saturating_add(AN_OBJECT),
            b'[' => taken = taken.saturating_add(A_LIST),
            b',' => taken = taken.saturating_add(A_MEMBER),
            _ => {}
        }
    }
    taken
}

/// What a file of bytes is, by those that it begins with.
fn of_bytes(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 7] = [
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"GIF8", "a picture"),
        (b"RIFF", "a picture or a sound"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x1F\x8B", "packed with gzip"),
        (b"%PDF", "a PDF"),
    ];
    KINDS.iter().find(|(begin, _)| head.starts_with(begin)).map(|(_, what)| *what)
}

/// The files in a folder and those below it whose names are wanted, in the order of their names. Hidden folders and
/// `node_modules` are left out. A pipe, a device and a link to nothing are among them: who reads the files with
/// [`read_ordinary`] says that they were not read.
///
/// # Errors
/// A folder cannot be read.
pub fn below(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut walk = FolderWalk { wanted, found: Vec::new(), seen: HashSet::new(), left: MOST };
    walk.look(folder, 0)?;
    Ok(walk.found)
}

/// Reads an ordinary file of text: one that was found, not named. A pipe or a device would be waited for.
///
/// # Errors
/// As [`read_text`], and where it is none.
pub fn read_ordinary(path: &Path) -> Result<String, TextError> {
    match std::fs::metadata(path) {
        Ok(data) if !data.is_file() => Err(TextError(format!("cannot read {}: not an ordinary file", message::path(path)))),
        _ => read_text(path),
    }
}

struct FolderWalk<'w> {
    wanted: &'w dyn Fn(&str) -> bool,
    found: Vec<PathBuf>,
    /// Folders that were looked into: links may lead in a circle, or many times to one folder.
    seen: HashSet<PathBuf>,
    left: usize,
}

impl FolderWalk<'_> {
    fn look(&mut self, folder: &Path, depth: usize) -> io::Result<()> {
        if !self.seen.insert(real(folder)?) {
            return Ok(());
        }
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            self.left = self.left.checked_sub(1).ok_or_else(|| {
                io::Error::other(format!("more than {MOST} files and folders (limit `project files`)"))
            })?;
            paths.push(entry?.path());
        }
        paths.sort();
        for path in paths {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !path.is_dir() {
                if (self.wanted)(&name) {
                    self.found.push(path);
                }
            } else if depth < DEEPEST && !name.starts_with('.') && name != "node_modules" {
                self.look(&path, depth + 1)?;
            }
        }
        Ok(())
    }
}
