//! Files of text, and what lies below a folder: read one way everywhere.

use std::io;
use std::path::{Path, PathBuf};

crate::message::sentence_error! {
    /// A file that cannot be read as text.
    TextError
}

/// Folders looked into below a folder.
const DEEPEST: usize = 16;

/// Reads a file of text. A byte order mark before it, as some editors write it, is left out.
///
/// # Errors
/// A sentence with the file's name: it cannot be read, or is no UTF-8.
pub fn read_text(path: &Path) -> Result<String, TextError> {
    let failed = |why: &dyn std::fmt::Display| TextError(format!("cannot read {}: {why}", path.display()));
    decode(std::fs::read(path).map_err(|error| failed(&error))?).map_err(|error| failed(&error))
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
            if wanted(name) {
                found.push(path);
            }
        } else if depth < DEEPEST && !name.starts_with('.') && name != "node_modules" {
            walk(&path, depth + 1, wanted, found)?;
        }
    }
    Ok(())
}
