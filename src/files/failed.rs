//! Why a file could not be read or written: in our words, with what to do about it. The system's own words name neither.

use crate::message;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Opens a file to read it. A folder is none.
///
/// # Errors
/// Why it cannot be read, and what to do.
pub fn open(path: &Path) -> io::Result<File> {
    if path.is_dir() {
        return Err(unread(path, ErrorKind::IsADirectory.into()));
    }
    File::open(path).map_err(|error| unread(path, error))
}

/// An error of reading, in our words. What this program said itself stays as it is.
pub fn unread(path: &Path, error: io::Error) -> io::Error {
    let why = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => missing(path, "file"),
        ErrorKind::PermissionDenied => "you may not read it: change its permissions, or copy it to where you may".to_owned(),
        ErrorKind::IsADirectory => "it is a folder: name a file in it".to_owned(),
        ErrorKind::InvalidFilename => "no file can have this name (it is too long, or has a letter that none may have): check the path, and give what is no file on standard input (`-`)".to_owned(),
        _ => match error.raw_os_error() {
            Some(number) => format!("the system does not give it (its error {number}): check the path, or copy the file to another disk"),
            None => return error,
        },
    };
    io::Error::new(error.kind(), why)
}

/// An error of writing, in our words.
pub fn unwritten(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => missing(path, "folder to put it into"),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "you may not write there: change the permissions, or name another place".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full: make room, or name another place".to_owned(),
        ErrorKind::InvalidFilename => "no file can have this name (it is too long, or has a letter that none may have): name another".to_owned(),
        _ => match error.raw_os_error() {
            Some(number) => format!("the system does not take it (its error {number}): name another place"),
            None => error.to_string(),
        },
    }
}

/// That a path leads to nothing, and where it ends: at a folder that is not there, at a file, or in the last folder.
pub fn missing(path: &Path, what: &str) -> String {
    let above: Vec<&Path> = path.ancestors().skip(1).filter(|part| !part.as_os_str().is_empty()).collect();
    // The shortest one that is no folder is where the path ends.
    if let Some(end) = above.iter().rev().find(|part| !part.is_dir()) {
        let why = if end.exists() { "is a file, and no folder" } else { "is not there" };
        return format!("no such {what}: {} {why}; check the path", message::path(end));
    }
    let folder = super::real_or_same(above.first().copied().unwrap_or(Path::new(".")));
    format!("no such {what} in {}: check its name", message::path(&folder))
}
