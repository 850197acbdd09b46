//! `test --update`: what was decided, written into the `expect` of each case (docs/testing.md).
//!
//! Only members that `expect` names are written, and in YAML only the values that differ: comments and layout stay.

use super::case::CaseError;
use super::case::{CaseFile, RanCase};
use super::expect::{EXPECT, agrees};
use crate::resolver::yaml;
use saphyr::{LoadableYamlNode as _, MarkedYaml, Scalar, YamlData};
use serde_json::{Map, Value as Json, json};
use std::ops::Range;

/// The text of a case file whose cases expect what was decided; `None` if they do already.
///
/// # Errors
/// It is YAML of a form in which a value cannot be replaced by itself.
pub fn updated(file: &CaseFile, ran: &[RanCase]) -> Result<Option<String>, CaseError> {
    let mut wanted = file.json.clone();
    let cases = wanted.get_mut("cases").and_then(Json::as_array_mut);
    for (at, case) in cases.into_iter().flatten().enumerate() {
        if let Some(done) = ran.iter().find(|done| done.at == at && done.error.is_none()) {
            let expected = case.get(EXPECT).cloned().unwrap_or_default();
            case[EXPECT] = fresh("", &expected, &done.facts);
        }
    }
    if wanted == file.json {
        return Ok(None);
    }
    if file.text.trim_start().starts_with(['{', '[']) {
        return Ok(Some(format!("{wanted:#}\n")));
    }
    let text = rewritten(&file.text, &file.json, &wanted)?;
    // Whatever the edits did: nothing but the expectations may have changed.
    if yaml::read(&text).map_err(String::from)? == wanted { Ok(Some(text)) } else { Err(NOT_ALONE.into()) }
}

const NOT_ALONE: &str =
    "--update cannot replace a value of its `expect` alone (an anchor?): write what the failures show by hand";

/// An expectation with the facts in the place of what differs. Whoever expected nothing gets the verdict.
fn fresh(path: &str, expected: &Json, fact: &Json) -> Json {
    match (expected, fact) {
        (Json::Object(members), Json::Object(facts)) if !members.is_empty() => {
            let inner = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let member = |(key, value): (&String, &Json)| {
                (key.clone(), fresh(&inner(key), value, facts.get(key).unwrap_or(&Json::Null)))
            };
            members.iter().map(member).collect::<Map<_, _>>().into()
        }
        (Json::Null | Json::Object(_), Json::Object(facts)) if path.is_empty() => {
            json!({"verdict": facts.get("verdict")})
        }
        _ if agrees(path, expected, fact) => expected.clone(),
        _ if path == "hint" => fact.get(0).cloned().unwrap_or_default(),
        // An output that was expected as JSON stays JSON where it is some.
        (expected, Json::String(text)) if path == "output" && !expected.is_string() => {
            serde_json::from_str(text).unwrap_or_else(|_| fact.clone())
        }
        // Blanks around an output do not count: neither are they written.
        (_, Json::String(text)) if path == "output" => text.trim().into(),
        _ => fact.clone(),
    }
}

/// The YAML with the values replaced that differ.
fn rewritten(text: &str, before: &Json, after: &Json) -> Result<String, CaseError> {
    let documents = MarkedYaml::load_from_str(text).map_err(|error| error.to_string())?;
    let mut edits = Edits { text, bytes: text.char_indices().map(|(at, _)| at).collect(), edits: Vec::new() };
    edits.bytes.push(text.len());
    let cases = documents.first().and_then(|root| member(root, "cases"));
    let YamlData::Sequence(nodes) = &cases.ok_or(NOT_ALONE)?.1.data else { return Err(NOT_ALONE.into()) };
    let list = |json: &Json| json.get("cases").and_then(Json::as_array).cloned().unwrap_or_default();
    for ((node, before), after) in nodes.iter().zip(list(before)).zip(list(after)) {
        let (Some(after), before) = (after.get(EXPECT), before.get(EXPECT).cloned().unwrap_or_default()) else {
            continue;
        };
        match member(node, EXPECT) {
            None => edits.insert(node, after)?,
            Some((key, value)) if before.is_null() => edits.fill(key, value, after),
            Some((_, value)) => edits.replace(value, &before, after),
        }
    }
    Ok(edits.applied())
}

/// A member of a mapping: the nodes of its key and value.
fn member<'n, 'i>(node: &'n MarkedYaml<'i>, name: &str) -> Option<(&'n MarkedYaml<'i>, &'n MarkedYaml<'i>)> {
    let YamlData::Mapping(entries) = &node.data else { return None };
    entries.iter().find(|(key, _)| matches!(&key.data, YamlData::Value(Scalar::String(text)) if text == name))
}

/// Replacements of parts of a text.
struct Edits<'t> {
    text: &'t str,
    /// The byte of each character: the parser counts characters.
    bytes: Vec<usize>,
    edits: Vec<(Range<usize>, String)>,
}

impl Edits<'_> {
    fn byte(&self, character: usize) -> usize {
        self.bytes.get(character).copied().unwrap_or(self.text.len())
    }

    /// The bytes of a node: to its bracket, or to the end of its last value. The parser's own mark of a collection ends
    /// before the bracket, or behind the comments that follow.
    fn range(&self, node: &MarkedYaml<'_>) -> Range<usize> {
        let start = self.byte(node.span.start.index());
        let last = match &node.data {
            YamlData::Sequence(items) => items.last(),
            YamlData::Mapping(entries) => entries.iter().next_back().map(|(_, value)| value),
            _ => None,
        };
        let inner = last.map(|last| self.range(last).end);
        let end = match self.text[start..].chars().next() {
            Some(open @ ('{' | '[')) => {
                let from = inner.unwrap_or(start + 1);
                let close = if open == '{' { '}' } else { ']' };
                self.text[from..].find(close).map_or(from, |at| from + at + 1)
            }
            Some('*') => self.byte(node.span.end.index()),
            _ => inner.unwrap_or_else(|| self.byte(node.span.end.index())),
        };
        start..start + self.text[start..end.max(start)].trim_end().len()
    }

    /// Replaces what differs, as deep inside as it can.
    fn replace(&mut self, node: &MarkedYaml<'_>, before: &Json, after: &Json) {
        if before == after {
            return;
        }
        let range = self.range(node);
        let alias = self.text[range.start..].starts_with('*');
        if let (YamlData::Mapping(_), Json::Object(old), Json::Object(new)) = (&node.data, before, after)
            && !alias
            && old.keys().eq(new.keys())
        {
            for (key, value) in new {
                if let Some((_, node)) = member(node, key) {
                    self.replace(node, &old[key], value);
                }
            }
            return;
        }
        self.edits.push((self.header(node, range.start)..range.end, flow(after)));
    }

    /// Where a text begins in the file: a block text's mark leaves out its `|` or `>`.
    fn header(&self, node: &MarkedYaml<'_>, start: usize) -> usize {
        let sign = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-');
        let before = self.text[..start].trim_end().trim_end_matches(sign);
        let block = before.strip_suffix(['|', '>']).is_some_and(|rest| rest.trim_end().ends_with(':'));
        if block && matches!(&node.data, YamlData::Value(Scalar::String(_))) { before.len() - 1 } else { start }
    }

    /// Gives a member that stands there without a value its value.
    fn fill(&mut self, key: &MarkedYaml<'_>, value: &MarkedYaml<'_>, after: &Json) {
        let (key, value) = (self.range(key), self.range(value));
        if value.is_empty() {
            let colon = self.text[key.end..].find(':').map_or(key.end, |at| key.end + at + 1);
            self.edits.push((colon..colon, format!(" {}", flow(after))));
        } else {
            self.edits.push((value, flow(after)));
        }
    }

    /// Adds `expect` behind the last member of a case.
    fn insert(&mut self, case: &MarkedYaml<'_>, after: &Json) -> Result<(), CaseError> {
        let YamlData::Mapping(entries) = &case.data else { return Err(NOT_ALONE.into()) };
        let whole = self.range(case);
        let words = format!("{EXPECT}: {}", flow(after));
        if self.text[whole.clone()].starts_with('{') {
            let comma = if entries.is_empty() { "" } else { ", " };
            self.edits.push((whole.end - 1..whole.end - 1, format!("{comma}{words}")));
            return Ok(());
        }
        let first = entries.iter().next().map_or(whole.start, |(key, _)| self.range(key).start);
        let line = self.text[..first].rfind('\n').map_or(0, |at| at + 1);
        let indent = " ".repeat(self.text[line..first].chars().count());
        let end = self.text[whole.end..].find('\n').map_or(self.text.len(), |at| whole.end + at);
        self.edits.push((end..end, format!("\n{indent}{words}")));
        Ok(())
    }

    fn applied(mut self) -> String {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(self.text.len());
        let mut done = 0;
        for (range, words) in &self.edits {
            out += self.text.get(done..range.start).unwrap_or_default();
            out += words;
            done = range.end;
        }
        out + self.text.get(done..).unwrap_or_default()
    }
}

/// JSON in YAML's flow style, words without quotes where nothing else could be meant.
fn flow(json: &Json) -> String {
    match json {
        Json::String(text) if is_plain(text) => text.clone(),
        Json::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| format!("{}: {}", flow(&json!(key)), flow(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn is_plain(text: &str) -> bool {
    let word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | ' ' | '.' | '/');
    let constants = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(word)
        && !constants.contains(&text.to_ascii_lowercase().as_str())
}
