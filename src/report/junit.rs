//! Cases as JUnit XML.

use super::page::escape;
use crate::suite::RanCase;
use std::fmt::Write;

/// One suite a file.
pub fn junit(cases: &[RanCase]) -> String {
    let failed = |case: &&RanCase| !case.differences.is_empty();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let mut files: Vec<_> = cases.iter().map(|case| &case.file).collect();
    files.dedup();
    for file in files {
        let own: Vec<&RanCase> = cases.iter().filter(|case| case.file == *file).collect();
        let seconds: f64 = own.iter().map(|case| case.time.as_secs_f64()).sum();
        let failures = own.iter().copied().filter(|case| failed(case)).count();
        let errors = own.iter().filter(|case| case.error.is_some()).count();
        let name = attribute(&file.display().to_string());
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{seconds:.3}\">",
            own.len()
        );
        for case in own {
            let _ = write!(
                out,
                "    <testcase classname=\"{name}\" name=\"{}\" time=\"{:.3}\"",
                attribute(&case.name),
                case.time.as_secs_f64()
            );
            match (&case.error, case.differences.is_empty()) {
                (Some(error), _) => {
                    let _ = writeln!(out, "><error message=\"{}\"/></testcase>", attribute(error));
                }
                (None, false) => {
                    let text = case.differences.join("\n");
                    let (message, text) = (attribute(&text), escape(&clean(&text)));
                    let _ = writeln!(out, "><failure message=\"{message}\">{text}</failure></testcase>");
                }
                (None, true) => out.push_str("/>\n"),
            }
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// The value of an attribute: an end of a line in it would be read as a blank.
fn attribute(text: &str) -> String {
    escape(&clean(text)).replace('\n', "&#10;")
}

/// XML has no control characters and no noncharacters (<https://www.w3.org/TR/xml/#charsets>).
fn clean(text: &str) -> String {
    let allowed = |letter: &char| match letter {
        '\n' | '\t' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        letter => !letter.is_control(),
    };
    text.chars().filter(allowed).collect()
}
