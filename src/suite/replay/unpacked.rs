//! In place of `packed.rs` where the library is built without the feature `cli`: gzip and CSV are named, not read.

use super::item::{Budget, PackedError, Sink};
use std::io::{self, BufRead, Read};

/// Why a gzip file is not read.
///
/// # Errors
/// Always.
pub fn unpacked(_: Box<dyn BufRead>) -> Result<Box<dyn Read>, PackedError> {
    Err("gzip is read only with the feature `cli`: unpack it first".into())
}

/// Why a table is not read.
///
/// # Errors
/// Never.
pub fn csv(_: Budget, _: usize, _: Option<usize>, _: &mut Sink<'_>) -> io::Result<Option<String>> {
    Ok(Some("CSV is read only with the feature `cli`: give the log as JSON or as lines".to_owned()))
}
