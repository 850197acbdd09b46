//! What AppSync rendered against what the local template renders.

use crate::message::Message;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::Value as Json;

/// Differences told of one entry.
const MOST_TOLD: usize = 20;
/// Letters shown of a text.
const MOST_SHOWN: usize = 2_000;

/// Whether the local template renders what AppSync logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "result")]
pub enum EntryComparison {
    /// The same text, or the same JSON but for generated ids and times.
    Equal,
    /// Another text: the deployed resolver is probably older than the files.
    Different {
        /// What AppSync logged.
        logged: String,
        /// What the local template renders.
        local: String,
        /// Place by place; at most 20.
        diff: Vec<EntryDifference>,
    },
    /// It cannot be told.
    NotComparable {
        /// Why.
        why: Message,
    },
}

/// A place where they differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryDifference {
    /// Such as `$.key.id.S`, or `line 3`.
    pub path: String,
    /// What AppSync logged; null when nothing is there.
    pub logged: Json,
    /// What the local template renders; null when nothing is there.
    pub local: Json,
}

/// Compares. `again` is what the local template renders at another time and with other random numbers: what differs
/// between the two local texts is generated, and may differ from the logged one too.
pub fn compare(logged: &str, local: &str, again: impl FnOnce() -> String) -> EntryComparison {
    if logged.trim() == local.trim() || same_but_for_blanks(logged, local) {
        return EntryComparison::Equal;
    }
    let mut diff = Vec::new();
    match (serde_json::from_str::<Json>(logged), serde_json::from_str::<Json>(local)) {
        (Ok(left), Ok(right)) => {
            if left == right {
                return EntryComparison::Equal;
            }
            let again = serde_json::from_str(&again()).unwrap_or_else(|_| right.clone());
            places("$", Some(&left), Some(&right), Some(&again), &mut diff);
            if diff.is_empty() {
                return EntryComparison::Equal;
            }
        }
        _ if again() != local => {
            let why = "the text is not valid JSON and holds generated ids or times".into();
            return EntryComparison::NotComparable { why };
        }
        _ => {
            let (mut left, mut right) = (logged.trim().lines(), local.trim().lines());
            for number in 1.. {
                let (logged, local) = (left.next(), right.next());
                if logged.is_none() && local.is_none() {
                    break;
                }
                if logged.map(str::trim) != local.map(str::trim) {
                    let shown = |line: Option<&str>| line.map_or(Json::Null, |line| Json::from(cut(line)));
                    diff.push(EntryDifference {
                        path: format!("line {number}"),
                        logged: shown(logged),
                        local: shown(local),
                    });
                    if diff.len() == MOST_TOLD {
                        break;
                    }
                }
            }
            if diff.is_empty() {
                return EntryComparison::Equal;
            }
        }
    }
    EntryComparison::Different { logged: cut(logged), local: cut(local), diff }
}

/// Whether both are JSON and differ only in the blanks between its parts, as they mostly do: told without two trees.
fn same_but_for_blanks(logged: &str, local: &str) -> bool {
    let (mut left, mut right) = (JsonMarks::of(logged), JsonMarks::of(local));
    let same = loop {
        match (left.next(), right.next()) {
            (None, None) => break true,
            (one, other) if one != other => break false,
            _ => {}
        }
    };
    let is_json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
    same && is_json(logged) && is_json(local)
}

/// The bytes of a JSON text but for the blanks outside of its strings.
struct JsonMarks<'t> {
    bytes: std::str::Bytes<'t>,
    quoted: bool,
    escaped: bool,
}

impl<'t> JsonMarks<'t> {
    fn of(text: &'t str) -> Self {
        Self { bytes: text.bytes(), quoted: false, escaped: false }
    }
}

impl Iterator for JsonMarks<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let byte = if self.quoted {
            self.bytes.next()?
        } else {
            self.bytes.find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))?
        };
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = self.quoted,
            b'"' => self.quoted = !self.quoted,
            _ => {}
        }
        Some(byte)
    }
}

fn places(path: &str, logged: Option<&Json>, local: Option<&Json>, again: Option<&Json>, found: &mut Vec<EntryDifference>) {
    if found.len() >= MOST_TOLD {
        return;
    }
    match (logged, local) {
        (Some(Json::Object(left)), Some(Json::Object(right))) => {
            let again = again.and_then(Json::as_object);
            for name in left.keys().chain(right.keys().filter(|name| !left.contains_key(*name))) {
                let again = again.and_then(|again| again.get(name));
                places(&format!("{path}.{name}"), left.get(name), right.get(name), again, found);
            }
        }
        (Some(Json::Array(left)), Some(Json::Array(right))) => {
            let again = again.and_then(Json::as_array);
            for at in 0..left.len().max(right.len()) {
                let again = again.and_then(|again| again.get(at));
                places(&format!("{path}[{at}]"), left.get(at), right.get(at), again, found);
            }
        }
        (logged, local) if logged == local => {}
        (Some(Json::Number(left)), Some(Json::Number(right)))
            if (left.is_f64() || right.is_f64()) && left.as_f64() == right.as_f64() => {}
        (Some(logged), Some(local)) if again.is_some_and(|again| generated(logged, local, again)) => {}
        (logged, local) => found.push(EntryDifference { path: path.to_owned(), logged: shown(logged), local: shown(local) }),
    }
}

/// A place where two local runs differ holds a generated value; the logged one must be of its kind.
fn generated(logged: &Json, local: &Json, again: &Json) -> bool {
    if local == again {
        return false;
    }
    match (logged, local) {
        (Json::String(logged), Json::String(local)) => kind(logged) == kind(local),
        (Json::Number(_), Json::Number(_)) => true,
        _ => false,
    }
}

#[derive(PartialEq)]
enum TextKind {
    Id,
    Time,
    Number,
    Other,
}

fn kind(text: &str) -> TextKind {
    if text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4 {
        TextKind::Id
    } else if text.parse::<jiff::Timestamp>().is_ok() {
        TextKind::Time
    } else if text.parse::<f64>().is_ok() {
        TextKind::Number
    } else {
        TextKind::Other
    }
}

fn shown(json: Option<&Json>) -> Json {
    match json {
        None => Json::Null,
        Some(Json::String(text)) => Json::from(cut(text)),
        Some(json @ (Json::Array(_) | Json::Object(_))) => Json::from(cut(&json.to_string())),
        Some(json) => json.clone(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(logged: &str, local: &str, again: &str) -> Vec<String> {
        match compare(logged, local, || again.to_owned()) {
            EntryComparison::Different { diff, .. } => diff.into_iter().map(|one| one.path).collect(),
            EntryComparison::Equal => Vec::new(),
            EntryComparison::NotComparable { why } => vec![why.to_string()],
        }
    }

    #[test]
    fn only_what_two_local_runs_do_not_agree_on_may_differ() {
        let id = |id: &str, at: &str| format!(r#"{{"id":"{id}","owner":"o1","at":"{at}"}}"#);
        let one = id("6f1d2c3b-0000-4000-8000-000000000000", "2026-01-01T00:00:00Z");
        let two = id("7f1d2c3b-0000-4000-8000-000000000000", "2026-01-02T00:00:00Z");
        assert!(diff(&one, &two, &id("8f1d2c3b-0000-4000-8000-000000000000", "2026-01-03T00:00:00Z")).is_empty());
        // The same ids in both local runs came with the request: they are somebody's.
        assert_eq!(diff(&one, &two, &two), ["$.id", "$.at"]);
        // Of another kind.
        assert_eq!(diff(&id("x", "2026-01-01T00:00:00Z"), &one, &two), ["$.id"]);
    }

    #[test]
    fn members_in_any_order_and_numbers_by_value() {
        assert!(diff(r#"{"a":1,"b":2.0}"#, r#"{"b":2,"a":1}"#, "").is_empty());
        assert_eq!(diff(r#"{"a":9007199254740993}"#, r#"{"a":9007199254740992}"#, ""), ["$.a"]);
        assert_eq!(diff(r#"{"a":[1,2]}"#, r#"{"a":[1],"b":null}"#, ""), ["$.a[1]", "$.b"]);
    }

    #[test]
    fn blanks_between_parts_do_not_count() {
        for (logged, local, same) in [
            (r#"{"a": [1, "b c"]}"#, r#"{ "a":[1,"b c"] }"#, true),
            (r#"{"a": "b\" c"}"#, r#"{"a":"b\" c"}"#, true),
            (r#"{"a": "b c"}"#, r#"{"a": "bc"}"#, false),
            ("[1 2]", "[12]", false),
            ("not json", "notjson", false),
        ] {
            assert_eq!(same_but_for_blanks(logged, local), same, "{logged} {local}");
        }
    }

    #[test]
    fn texts_line_by_line() {
        assert_eq!(diff("a\nb\nc", "a\nx\nc", "a\nx\nc"), ["line 2"]);
        assert!(diff("now 1", "now 2", "now 3")[0].contains("generated"));
    }
}
