//! Static findings as text and SARIF.

use crate::message::counted;
use crate::code::Code;
use crate::code::Severity;
use crate::suite::Spot;
use rustc_hash::FxHashMap;
use super::safe::line;
use super::style::{AnsiColor, Style};
use serde_json::{Value as Json, json};
use std::fmt::Write;
use std::path::Path;

const FAINT: Style = Style::new().dimmed();

/// As often as this a finding is told once, with how many there are more.
const MANY: usize = 4;

/// One line a finding; the same one in many places is one line, unless all are wanted.
pub fn text(found: &[Spot], templates: usize, verbose: bool) -> String {
    let mut out = String::new();
    let mut same: FxHashMap<(Code, String), usize> = FxHashMap::default();
    for spot in found {
        *same.entry((spot.code, spot.message.to_string())).or_default() += 1;
    }
    for spot in found {
        let count = same.get_mut(&(spot.code, spot.message.to_string()));
        let more = match count {
            Some(0) => continue,
            Some(count) if *count >= MANY && !verbose => std::mem::take(count) - 1,
            _ => 0,
        };
        let more = if more == 0 { String::new() } else { format!(" and {more} more (--verbose shows them)") };
        let (word, colour) = match spot.severity {
            Severity::Error => ("error", AnsiColor::Red),
            Severity::Warning => ("warning", AnsiColor::Yellow),
            Severity::Note => ("note", AnsiColor::Cyan),
        };
        let style = colour.on_default();
        let _ =
            writeln!(out, "{}: {style}{word}{style:#}: {}  {FAINT}[{}]{FAINT:#}{more}", place(spot), spot.message, spot.code);
    }
    let count = |severity| found.iter().filter(|spot| spot.severity == severity).count();
    let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    let notes = if notes == 0 { String::new() } else { format!(", {}", counted(notes, "note")) };
    let _ = writeln!(
        out,
        "{}: {}, {}{notes}",
        counted(templates, "template"),
        counted(errors, "error"),
        counted(warnings, "warning")
    );
    out
}

/// `file:line:column`, or `file: template:line:column` for a template that stands inside the file.
fn place(spot: &Spot) -> String {
    let template = spot.template.as_ref().map_or(String::new(), |template| format!(": {template}"));
    let at = spot.line.zip(spot.column).map_or(String::new(), |(line, column)| format!(":{line}:{column}"));
    line(&format!("{}{template}{at}", spot.file))
}

/// SARIF 2.1.0 (OASIS), for code hosts. Of a template that stands inside another file, the lines are its own: they are
/// part of the logical location, and no region of the file.
pub fn sarif(found: &[Spot]) -> Json {
    let mut codes: Vec<Code> = found.iter().map(|spot| spot.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let result = |spot: &Spot| {
        let mut location = json!({"physicalLocation": {"artifactLocation": {"uri": uri(&spot.file)}}});
        let mut text = spot.message.to_string();
        match (&spot.template, spot.line, spot.column) {
            (Some(template), Some(line), Some(column)) => {
                location["logicalLocations"] = json!([{"fullyQualifiedName": template}]);
                text = format!("{template}:{line}:{column}: {text}");
            }
            (None, Some(line), Some(column)) => {
                location["physicalLocation"]["region"] = json!({"startLine": line, "startColumn": column});
            }
            _ => {}
        }
        json!({
            "ruleId": spot.code,
            "ruleIndex": codes.binary_search(&spot.code).unwrap_or_default(),
            "level": spot.severity,
            "message": {"text": text},
            "locations": [location],
        })
    };
    let rule = |code: &Code| {
        let (entry, docs) = (code.entry(), format!("{}/blob/main/docs", env!("CARGO_PKG_REPOSITORY")));
        let page = format!("{}\n\n{}\n\n`vtl-eval explain {code}` shows it in a terminal.", entry.meaning, code.markdown().unwrap_or_default());
        json!({
            "id": code,
            "shortDescription": {"text": entry.meaning},
            "fullDescription": {"text": entry.meaning},
            "help": {"text": page, "markdown": page},
            "helpUri": format!("{docs}/{}", code.place()),
            "defaultConfiguration": {"level": entry.severity},
        })
    };
    json!({
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": {"driver": {
                "name": "vtl-eval",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": codes.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": found.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

/// A path as a URI reference (RFC 3986): what a URI cannot hold is encoded.
fn uri(path: &str) -> String {
    let mut out = String::new();
    if Path::new(path).is_absolute() {
        out.push_str("file://");
        if !path.starts_with('/') {
            out.push('/');
        }
    } else if path.split(['/', '\\']).next().is_some_and(|first| first.contains(':')) {
        // Without it the colon would end a scheme.
        out.push_str("./");
    }
    for byte in path.bytes() {
        match byte {
            b'\\' if cfg!(windows) => out.push('/'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' | b'@' | b'+' => {
                out.push(byte.into());
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uri_references() {
        for (path, wanted) in [
            ("resolvers/Query.a.req.vtl", "resolvers/Query.a.req.vtl"),
            ("my api/100%/ä.vtl", "my%20api/100%25/%C3%A4.vtl"),
            ("a:b/c.vtl", "./a:b/c.vtl"),
            ("/tmp/a[1].vtl", "file:///tmp/a%5B1%5D.vtl"),
        ] {
            assert_eq!(uri(path), wanted);
        }
    }
}
