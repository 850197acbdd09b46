//! Static findings as GitHub's workflow commands: each stands at its line in a pull request
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).

use crate::code::Severity;
use crate::suite::Spot;
use std::fmt::Write;

/// One command a finding.
pub fn github(found: &[Spot]) -> String {
    let mut out = String::new();
    for spot in found {
        let command = match spot.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let _ = write!(out, "::{command} file={}", property(&spot.file));
        let mut text = spot.message.to_string();
        match (&spot.template, spot.line, spot.column) {
            // Lines of a template inside another file are not that file's.
            (Some(template), Some(line), Some(column)) => text = format!("{template}:{line}:{column}: {text}"),
            (None, Some(line), Some(column)) => {
                let _ = write!(out, ",line={line},col={column}");
            }
            _ => {}
        }
        let _ = writeln!(out, ",title={}::{}", property(spot.code.as_str()), data(&text));
    }
    out
}

/// What would end the command's text.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
