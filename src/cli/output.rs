//! Where results go.

use super::exit::CommandError;
use crate::report::Layout;
use serde::Serialize;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes to a file, without styles, or to standard output.
pub fn write(text: &str, file: Option<&Path>) -> Result<(), CommandError> {
    match file {
        Some(path) => {
            let plain = anstream::adapter::strip_str(text).to_string();
            std::fs::write(path, plain)
                .map_err(|error| CommandError::new(format!("cannot write {}: {error}", path.display())))
        }
        // In one piece: what strips styles would write each piece between them.
        None if anstream::AutoStream::choice(&io::stdout()) == anstream::ColorChoice::Never => {
            let mut out = io::stdout().lock();
            out.write_all(anstream::adapter::strip_str(text).to_string().as_bytes())?;
            Ok(out.flush()?)
        }
        None => {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes())?;
            Ok(out.flush()?)
        }
    }
}

/// Pretty JSON with a line end.
pub fn json(value: &impl Serialize) -> Result<String, CommandError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| CommandError::new(error.to_string()))?;
    Ok(text + "\n")
}

/// Follows `--color`; `auto` asks the terminal and the usual variables.
pub fn colour(choice: clap::ColorChoice) {
    match choice {
        clap::ColorChoice::Auto => {}
        clap::ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// The terminal's width, within reason.
pub fn layout(verbose: bool) -> Layout {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    let width = width.unwrap_or(100);
    Layout { width: width.clamp(40, 120), verbose }
}
