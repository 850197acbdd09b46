//! Files of text, and what lies below a folder: read one way everywhere.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

crate::message::sentence_error! {
    /// A file that cannot be read as text.
    TextError
}

/// Folders looked into below a folder.
const DEEPEST: usize = 16;

/// More of one file is not read.
const LARGEST: u64 = 64 << 20;

/// Reads a file of text. A byte order mark before it, as some editors write it, is left out.
///
/// # Errors
/// A sentence with the file's name: it cannot be read, or is no UTF-8.
pub fn read_text(path: &Path) -> Result<String, TextError> {
    let failed = |why: &dyn std::fmt::Display| TextError(format!("cannot read {}: {why}", path.display()));
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    decode(bounded(file).map_err(|error| failed(&error))?).map_err(|error| failed(&error))
}

/// All bytes of a file, a pipe or a device, up to a budget: `/dev/zero` has no end.
///
/// # Errors
/// It cannot be read, or holds more.
pub fn bounded(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
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
    String::from_utf8(bytes).map_err(|error| format!("not valid UTF-8: {}", error.utf8_error()).into())
}

/// The files in a folder and those below it whose names are wanted, in the order of their names. Hidden folders and
/// `node_modules` are left out.
///
/// # Errors
/// A folder cannot be read.
pub fn below(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(folder, 0, wanted, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, depth: usize, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !path.is_dir() {
            // A pipe or a device in a folder would be waited for.
            if wanted(name) && path.is_file() {
                found.push(path);
            }
        } else if depth < DEEPEST && !name.starts_with('.') && name != "node_modules" {
            walk(&path, depth + 1, wanted, found)?;
        }
    }
    Ok(())
}
