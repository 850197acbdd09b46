//! Cases as JUnit XML.

use super::page::escape;
use crate::suite::Ran;
use std::fmt::Write;

/// One suite a file.
pub fn junit(cases: &[Ran]) -> String {
    let failed = |case: &&Ran| !case.differences.is_empty();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let mut files: Vec<_> = cases.iter().map(|case| &case.file).collect();
    files.dedup();
    for file in files {
        let own: Vec<&Ran> = cases.iter().filter(|case| case.file == *file).collect();
        let seconds: f64 = own.iter().map(|case| case.time.as_secs_f64()).sum();
        let failures = own.iter().copied().filter(|case| failed(case)).count();
        let errors = own.iter().filter(|case| case.error.is_some()).count();
        let name = escape(&file.display().to_string());
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{seconds:.3}\">",
            own.len()
        );
        for case in own {
            let _ = write!(
                out,
                "    <testcase classname=\"{name}\" name=\"{}\" time=\"{:.3}\"",
                escape(&clean(&case.name)),
                case.time.as_secs_f64()
            );
            match (&case.error, case.differences.is_empty()) {
                (Some(error), _) => {
                    let _ = writeln!(out, "><error message=\"{}\"/></testcase>", escape(&clean(error)));
                }
                (None, false) => {
                    let text = escape(&clean(&case.differences.join("\n")));
                    let _ = writeln!(out, "><failure message=\"{text}\">{text}</failure></testcase>");
                }
                (None, true) => out.push_str("/>\n"),
            }
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// XML has no control characters.
fn clean(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}
