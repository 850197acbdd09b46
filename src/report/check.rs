//! Static findings as text and SARIF.

use crate::suite::{Severity, Spot};
use anstyle::{AnsiColor, Style};
use serde_json::{Value as Json, json};
use std::fmt::Write;

const FAINT: Style = Style::new().dimmed();

/// One line a finding.
pub fn text(found: &[Spot], files: usize) -> String {
    let mut out = String::new();
    for spot in found {
        let (word, colour) = match spot.severity {
            Severity::Error => ("error", AnsiColor::Red),
            Severity::Warning => ("warning", AnsiColor::Yellow),
        };
        let style = colour.on_default();
        let _ = writeln!(
            out,
            "{}:{}:{}: {style}{word}{style:#}: {}  {FAINT}[{}]{FAINT:#}",
            spot.file, spot.line, spot.column, spot.message, spot.code
        );
    }
    let errors = found.iter().filter(|spot| spot.severity == Severity::Error).count();
    let _ = writeln!(out, "{files} templates: {errors} errors, {} warnings", found.len() - errors);
    out
}

/// SARIF 2.1.0, for code hosts.
pub fn sarif(found: &[Spot]) -> Json {
    let mut codes: Vec<&str> = found.iter().map(|spot| spot.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let result = |spot: &Spot| {
        json!({
            "ruleId": spot.code,
            "level": spot.severity,
            "message": {"text": spot.message},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": spot.file},
                "region": {"startLine": spot.line, "startColumn": spot.column},
            }}],
        })
    };
    json!({
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": {"driver": {
                "name": "vtl-eval",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| json!({"id": code})).collect::<Vec<_>>(),
            }},
            "results": found.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}
