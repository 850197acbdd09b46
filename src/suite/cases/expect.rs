//! What a case expects, beside what came: a subset match, and differences that can be read.

use crate::message::quoted;
use crate::eval::End;
use crate::explain::Explanation;
use crate::value::Value;
use serde_json::{Map as JsonMap, Value as Json, json};

/// The member of a case that says what it wants.
pub const EXPECT: &str = "expect";

/// What `expect` may name.
pub const EXPECTED: [&str; 9] =
    ["verdict", "error", "output", "returned", "stash", "vars", "decision", "hint", "rules"];

fn json_of(value: &Value) -> Json {
    value.to_json().ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// The facts of a run, by the names that `expect` may use.
pub fn facts(ran: &Explanation) -> Json {
    let outcome = &ran.outcome;
    let (returned, error) = match &outcome.end {
        End::Returned { value, .. } => (json_of(value), Json::Null),
        End::Thrown { error, .. } => (Json::Null, json_of(&error.entry(None).into())),
        End::Failed(failure) => (Json::Null, json!({"message": failure.message, "errorType": "MappingTemplate"})),
        End::Completed => (Json::Null, Json::Null),
    };
    let vars: JsonMap<String, Json> =
        outcome.variables(&ran.program).map(|(name, value)| (name.to_owned(), json_of(value))).collect();
    let line = ran.decision.node.map(|node| ran.place(node).line);
    let codes: Vec<&str> = ran.why.iter().flat_map(|why| &why.hints).map(|hint| hint.code.as_str()).collect();
    json!({
        "verdict": ran.verdict,
        "error": error,
        "output": outcome.output,
        "returned": returned,
        "stash": json_of(&outcome.context.get_str("stash").unwrap_or_default()),
        "vars": vars,
        "decision": {"line": line, "kind": ran.decision.kind},
        "hint": codes,
        "rules": ran.rules.as_ref().map(|rules| rules.granted().into_iter().map(|rule| rule.id).collect::<Vec<_>>()),
    })
}

/// Whether a fact is what was expected of it.
pub fn agrees(path: &str, expected: &Json, actual: &Json) -> bool {
    let mut found = Vec::new();
    compare(path, expected, actual, &mut found);
    found.is_empty()
}

/// A subset match: maps by their members, everything else exactly; a hint is one of the codes; an output may be given
/// as JSON.
pub fn compare(path: &str, expected: &Json, actual: &Json, found: &mut Vec<String>) {
    let inner = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (path, expected, actual) {
        ("hint", Json::String(code), Json::Array(codes)) => {
            if !codes.iter().any(|known| known.as_str() == Some(code)) {
                found.push(format!("hint: expected {code}, the hints are {}", Json::from(codes.clone()), code = quoted(&code)));
            }
        }
        ("output", expected, Json::String(text)) if !expected.is_string() => match serde_json::from_str::<Json>(text) {
            Ok(parsed) => compare("output ", expected, &parsed, found),
            Err(error) => found.push(format!("output: expected JSON, but it is not valid ({error})")),
        },
        ("output", Json::String(expected), Json::String(actual)) => {
            if expected.trim() != actual.trim() {
                found.push(difference(path, expected.trim(), actual.trim(), true));
            }
        }
        (_, Json::Object(expected), Json::Object(actual)) => {
            for (key, value) in expected {
                match actual.get(key) {
                    Some(actual) => compare(&inner(key), value, actual, found),
                    None if value.is_null() => {}
                    None => found.push(format!("{}: expected {value}, it is absent", inner(key))),
                }
            }
        }
        ("", Json::Null, _) => {}
        (_, expected, actual) if expected == actual => {}
        (_, Json::Number(left), Json::Number(right)) if left.as_f64() == right.as_f64() => {}
        (_, Json::String(expected), Json::String(actual)) => found.push(difference(path, expected, actual, true)),
        _ => found.push(difference(path, &expected.to_string(), &actual.to_string(), false)),
    }
}

/// One difference: on one line while that can be read, else the lines that differ.
fn difference(path: &str, expected: &str, actual: &str, text: bool) -> String {
    let one_line = |text: &str| !text.contains('\n') && text.chars().count() <= 60;
    if one_line(expected) && one_line(actual) {
        return match text {
            true => format!("{path}: expected {expected}, got {actual}", expected = quoted(expected), actual = quoted(actual)),
            false => format!("{path}: expected {expected}, got {actual}"),
        };
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - same;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let mut out = format!("{path}: - is what was expected, + what came");
    if same > 0 {
        out += &format!("\n    {}", old[same - 1]);
    }
    for (sign, lines) in [('-', &old), ('+', &new)] {
        for line in &lines[same..lines.len() - tail] {
            out += &format!("\n  {sign} {line}");
        }
    }
    if tail > 0 {
        out += &format!("\n    {}", old[old.len() - tail]);
    }
    out
}
