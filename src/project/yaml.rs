//! YAML to JSON, with CloudFormation's short tags (`!Sub x`) in their long form (`{"Fn::Sub": "x"}`).

use rustc_hash::FxHashMap;
use saphyr::Scalar;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

crate::message::sentence_error! {
    /// Why a text of YAML or JSON is not read, and in which line.
    YamlError
}

/// Nodes nested deeper than this are refused (limit `yaml depth`).
const DEEPEST: usize = 200;

/// More nodes than this are refused (limit `yaml nodes`).
const MOST: usize = 1_000_000;

/// More nodes than this that stand in for an alias are refused (limit `yaml aliases`): a few lines can mean billions. A text
/// counts once more for each [`LONG`] bytes.
const MOST_ALIASED: usize = 100_000;
const LONG: usize = 256;

/// Reads the first document of a text. JSON is YAML too, but serde_json's messages are better: it is tried first.
///
/// # Errors
/// A sentence with the place.
pub fn read(text: &str) -> Result<Json, YamlError> {
    let (json, twice) = read_noting(text)?;
    match twice.into_iter().next() {
        Some(first) => Err(first.into()),
        None => Ok(json),
    }
}

/// Reads the first document of a text, in which keys may stand twice: a sentence for each, and the last one counts.
///
/// # Errors
/// A sentence with the place.
pub fn read_noting(text: &str) -> Result<(Json, Vec<String>), YamlError> {
    if text.trim_start().starts_with(['{', '[']) {
        let read = crate::json::read(text).map(|json| (json, Vec::new()));
        return read.map_err(|error| format!("not valid JSON: {error}").into());
    }
    let mut whole = Cow::Borrowed(text);
    for _ in 0..BRACES {
        let (line, message) = match parse(&whole)? {
            ParsedDocument::Read(builder) => return Ok((builder.root.unwrap_or_default(), builder.twice)),
            ParsedDocument::Not { line, message } => (line, message),
        };
        // People close a flow collection at the margin, which other readers of YAML let pass.
        let Some(indented) = brace_indented(&whole, line) else { return Err(not_yaml(text, &message)) };
        whole = Cow::Owned(indented);
    }
    Err(not_yaml(text, "too many braces stand before the margin of what they close"))
}

/// Braces that are moved in one document.
const BRACES: usize = 100;

/// A document, or the line (from 1) on which it is none.
enum ParsedDocument {
    Read(Box<Builder>),
    Not { line: usize, message: String },
}

fn parse(text: &str) -> Result<ParsedDocument, YamlError> {
    let mut builder = Box::<Builder>::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => return Ok(ParsedDocument::Not { line: error.marker().line(), message: error.to_string() }),
        };
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        builder.take(event, span.start.line())?;
    }
    Ok(ParsedDocument::Read(builder))
}

/// The text with a line farther in that begins with a closing brace; none where that line begins otherwise.
fn brace_indented(text: &str, line: usize) -> Option<String> {
    let (before, own) = (line.checked_sub(2)?, line - 1);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let start = lines.get(own)?.trim_start();
    if !start.starts_with(['}', ']']) {
        return None;
    }
    let margin = |line: &str| line.len() - line.trim_start().len();
    let wanted = lines[..=before].iter().rfind(|line| !line.trim().is_empty()).map_or(0, |line| margin(line)) + 1;
    if wanted <= margin(lines[own]) {
        return None;
    }
    Some(format!("{}{}{start}{}", lines[..own].concat(), " ".repeat(wanted), lines[own + 1..].concat()))
}

/// What is wrong, and which line is a mark that another tool replaces, if one is.
fn not_yaml(text: &str, message: &str) -> YamlError {
    let marks = [("{{", "}}"), ("<%", "%>"), ("@@", "@@")];
    let is_mark = |line: &str| marks.iter().any(|(begin, end)| line.len() > 4 && line.starts_with(begin) && line.ends_with(end));
    let found = text.lines().map(str::trim).enumerate().find(|(_, line)| is_mark(line) && line.len() <= 80);
    let mark = found.map_or_else(String::new, |(at, line)| {
        format!("; line {} is `{line}`, a mark that another tool replaces: name the file that it writes", at + 1)
    });
    format!("not valid YAML: {message}{mark}").into()
}

/// Puts a document together from what the parser says, within the limits.
#[derive(Default)]
struct Builder {
    open: Vec<OpenCollection>,
    /// What anchors stand for, and of how many nodes it is.
    anchors: FxHashMap<usize, (Json, usize)>,
    root: Option<Json>,
    twice: Vec<String>,
    nodes: usize,
    aliased: usize,
    /// What long texts count beyond a node.
    heavy: usize,
    /// Nodes kept a second time, for anchors.
    anchored: usize,
}

/// A collection that has begun.
struct OpenCollection {
    anchor: usize,
    tag: Option<String>,
    /// How many nodes there were before it.
    before: usize,
    inside: Inside,
}

enum Inside {
    Sequence(Vec<Json>),
    Mapping { map: Map<String, Json>, lines: FxHashMap<String, usize>, key: Option<String> },
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), YamlError> {
        match event {
            Event::Alias(anchor) => {
                let (_, weight) = self.anchors.get(&anchor).ok_or_else(|| format!("line {line}: an unknown alias"))?;
                self.nodes += weight;
                self.aliased += weight;
                self.check(line)?;
                let value = self.anchors.get(&anchor).map(|(value, _)| value.clone()).unwrap_or_default();
                self.put(value, line);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.nodes += 1;
                let weight = 1 + text.len() / LONG;
                let value = scalar(text, style, tag.as_ref());
                self.heavy += weight - 1;
                self.anchor(anchor, &value, weight);
                self.put(value, line);
            }
            Event::SequenceStart(anchor, tag) => self.begin(anchor, tag, Inside::Sequence(Vec::new())),
            Event::MappingStart(anchor, tag) => {
                let inside = Inside::Mapping { map: Map::new(), lines: FxHashMap::default(), key: None };
                self.begin(anchor, tag, inside);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(line),
            _ => {}
        }
        self.check(line)
    }

    fn check(&self, line: usize) -> Result<(), YamlError> {
        if self.open.len() > DEEPEST {
            return Err(format!("line {line}: it nests deeper than {DEEPEST} levels (limit `yaml depth`)").into());
        }
        if self.nodes > MOST || self.anchored > MOST {
            return Err(format!("line {line}: it has more than {MOST} nodes (limit `yaml nodes`)").into());
        }
        if self.aliased > MOST_ALIASED {
            let what = format!("its aliases stand for more than {MOST_ALIASED} nodes (limit `yaml aliases`)");
            return Err(format!("line {line}: {what}").into());
        }
        Ok(())
    }

    fn begin(&mut self, anchor: usize, tag: Option<Cow<'_, Tag>>, inside: Inside) {
        self.open.push(OpenCollection { anchor, tag: own(tag.as_ref()), before: self.nodes + self.heavy, inside });
        self.nodes += 1;
    }

    fn end(&mut self, line: usize) {
        let Some(OpenCollection { anchor, tag, before, inside }) = self.open.pop() else { return };
        let value = match inside {
            Inside::Sequence(items) => Json::Array(items),
            Inside::Mapping { map, .. } => Json::Object(merged(map)),
        };
        let value = tagged(tag.as_deref(), value);
        self.anchor(anchor, &value, self.nodes + self.heavy - before);
        self.put(value, line);
    }

    fn anchor(&mut self, anchor: usize, value: &Json, weight: usize) {
        if anchor > 0 {
            self.anchored += weight;
            // Past the limit, the next check ends it.
            let kept = if self.anchored > MOST { Json::Null } else { value.clone() };
            self.anchors.insert(anchor, (kept, weight));
        }
    }

    /// A value in its place: an item, a key, what a key stands for, or the document.
    fn put(&mut self, value: Json, line: usize) {
        match self.open.last_mut().map(|open| &mut open.inside) {
            None => self.root = Some(value),
            Some(Inside::Sequence(items)) => items.push(value),
            Some(Inside::Mapping { map, lines, key }) => match key.take() {
                Some(key) => {
                    map.insert(key, value);
                }
                None => {
                    let name = match value {
                        Json::String(text) => text,
                        other => other.to_string(),
                    };
                    if let Some(first) = lines.insert(name.clone(), line).filter(|_| name != "<<") {
                        self.twice.push(format!("line {line}: the key {name} stands already in line {first}"));
                    }
                    *key = Some(name);
                }
            },
        }
    }
}

/// `<<: *anchor` gives the members that the mapping has not of its own (<https://yaml.org/type/merge.html>).
fn merged(mut map: Map<String, Json>) -> Map<String, Json> {
    let more = match map.get("<<") {
        Some(Json::Object(_) | Json::Array(_)) => map.shift_remove("<<"),
        _ => None,
    };
    let all = match more {
        Some(Json::Array(items)) => items,
        other => other.into_iter().collect(),
    };
    for (key, value) in all.into_iter().filter_map(|one| one.as_object().cloned()).flatten() {
        map.entry(key).or_insert(value);
    }
    map
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Json {
    if let Some(tag) = own(tag) {
        return tagged(Some(&tag), Json::from(text.as_ref()));
    }
    match Scalar::parse_from_cow_and_metadata(text.clone(), style, tag) {
        Some(Scalar::Null) => Json::Null,
        Some(Scalar::Boolean(value)) => Json::from(value),
        Some(Scalar::Integer(value)) => Json::from(value),
        Some(Scalar::FloatingPoint(value)) => Json::from(value.into_inner()),
        Some(Scalar::String(text)) => Json::from(text.as_ref()),
        None => Json::from(text.as_ref()),
    }
}

/// A tag of the document's own, such as `!Sub`; YAML's own are none.
fn own(tag: Option<&Cow<'_, Tag>>) -> Option<String> {
    tag.filter(|tag| !tag.is_yaml_core_schema()).map(|tag| tag.suffix.clone())
}

/// CloudFormation's short tags in their long form.
fn tagged(tag: Option<&str>, value: Json) -> Json {
    let Some(tag) = tag else { return value };
    let (name, value) = match (tag, value) {
        ("Ref" | "Condition", value) => (tag.to_owned(), value),
        ("GetAtt", Json::String(text)) => {
            let (resource, attribute) = text.split_once('.').unwrap_or((&text, ""));
            ("Fn::GetAtt".to_owned(), Json::from(vec![resource, attribute]))
        }
        (name, value) => (format!("Fn::{name}"), value),
    };
    Map::from_iter([(name, value)]).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_tags_become_long_ones() {
        let text = "a: !Sub '${X}-y'\nb: !GetAtt Api.ApiId\nc: !Join ['-', [!Ref P, q]]\nd: |\n  line 1\n  line 2\n";
        let wanted = json!({
            "a": {"Fn::Sub": "${X}-y"},
            "b": {"Fn::GetAtt": ["Api", "ApiId"]},
            "c": {"Fn::Join": ["-", [{"Ref": "P"}, "q"]]},
            "d": "line 1\nline 2\n",
        });
        assert_eq!(read(text).unwrap(), wanted);
    }

    #[test]
    fn what_grows_without_end_meets_a_limit_with_a_name() {
        let bomb: String = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
            let before = level - 1;
            format!("{text}a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n")
        });
        assert!(read(&bomb).unwrap_err().to_string().contains("limit `yaml aliases`"));
        for deep in ["[".repeat(50_000), "- ".repeat(50_000), "{a: ".repeat(50_000), "? ".repeat(50_000)] {
            let message = read(&format!("a:\n {deep}")).unwrap_err().to_string();
            // The parser itself stops at 255 open brackets.
            assert!(message.contains("limit `yaml depth`") || message.contains("recursion limit"), "{message}");
        }
        // Brackets at the start are read as JSON, which has its own limit.
        assert!(read(&"[".repeat(50_000)).unwrap_err().to_string().contains("recursion limit"));
        assert!(read(&format!("a: [{}]", "x,".repeat(1_100_000))).unwrap_err().to_string().contains("limit `yaml nodes`"));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a,".repeat(1_000));
        assert!(read(&long).unwrap_err().to_string().contains("limit `yaml aliases`"));
        let many: String = (0..150).map(|at| format!("&a{at} [")).collect();
        let nested = format!("a: {many}{}{}", "1,".repeat(20_000), "]".repeat(150));
        assert!(read(&nested).unwrap_err().to_string().contains("limit `yaml nodes`"));
        assert!(read("a: &x [1, 2]\nb: *x\n").unwrap()["b"] == json!([1, 2]));
        assert!(read("a: *nobody\n").is_err());
    }

    #[test]
    fn a_key_that_stands_twice_is_named_with_both_lines() {
        let message = read("a:\n  b: 1\n  c: [x, {b: 2}]\n  b: 3\n").unwrap_err().to_string();
        assert_eq!(message, "line 4: the key b stands already in line 2");
        let (json, twice) = read_noting("a: 1\nb: 2\na: 3\n").unwrap();
        assert_eq!((&json["a"], twice.len()), (&json!(3), 1));
        assert!(read("- a: 1\n- a: 2\n").is_ok());
    }

    #[test]
    fn merge_keys_give_what_the_mapping_has_not_of_its_own() {
        let text = "base: &base {a: 1, b: 2}\nown:\n  <<: *base\n  b: 3\n";
        assert_eq!(read(text).unwrap()["own"], json!({"a": 1, "b": 3}));
    }

    #[test]
    fn errors_are_errors() {
        assert!(read("a: [b").is_err());
        assert!(read("{").is_err());
    }
}
