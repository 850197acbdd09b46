//! Serverless's variables: `${self:…}`, `${file(…):…}`, `${opt:stage, 'dev'}` and the like
//! (<https://www.serverless.com/framework/docs/guides/variables>).

use super::super::SourcePlace;
use super::leave_open;
use crate::open::{OpenKind, OpenValues};
use crate::project::{TOO_MUCH, yaml};
use serde_json::{Map, Value as Json};
use std::cell::{Cell, RefCell};
use std::path::Path;

/// Variables in variables.
const DEEPEST: usize = 40;

/// Values put into the place of variables: a few lines can mean billions. [`Root::expanded`](crate::project::Root) counts
/// their characters.
const MOST: u32 = 300_000;

/// What reading a file, and parsing a byte of it, counts like.
const FILE: usize = 4 << 10;
const PARSED: usize = 16;

pub struct Variables<'a> {
    place: &'a SourcePlace<'a>,
    path: &'a Path,
    json: Json,
    pub open: RefCell<OpenValues>,
    steps: Cell<u32>,
}

impl<'a> Variables<'a> {
    pub fn new(place: &'a SourcePlace<'a>, path: &'a Path, json: Json) -> Self {
        Self { place, path, json, open: RefCell::default(), steps: Cell::new(0) }
    }

    /// The parts of the file that matter, with their variables settled.
    pub fn whole(&self) -> Json {
        let mut found = Map::new();
        for name in ["appSync", "resources"] {
            if let Some(value) = self.json.get(name) {
                found.insert(name.to_owned(), self.settle(value, 0));
            }
        }
        if let Some(own) = self.member(&self.json, "custom.appSync", 0) {
            found.insert("custom".to_owned(), serde_json::json!({ "appSync": own }));
        }
        found.into()
    }

    fn settle(&self, json: &Json, depth: usize) -> Json {
        self.steps.set(self.steps.get().saturating_add(1));
        if depth > DEEPEST || self.steps.get() > MOST || self.place.root.is_expanded() {
            return Json::Null;
        }
        match json {
            Json::String(text) => self.text(text, depth),
            Json::Array(items) => items.iter().map(|item| self.settle(item, depth + 1)).collect(),
            Json::Object(map) => map
                .iter()
                .map(|(name, value)| {
                    let name = match self.text(name, depth) {
                        Json::String(name) => name,
                        _ => name.clone(),
                    };
                    // CloudFormation's own `${…}` stand in there.
                    let value = if name == "Fn::Sub" { value.clone() } else { self.settle(value, depth + 1) };
                    (name, value)
                })
                .collect::<Map<_, _>>()
                .into(),
            other => other.clone(),
        }
    }

    /// A text with its variables; one that is a single variable keeps that one's type.
    fn text(&self, whole: &str, depth: usize) -> Json {
        if !whole.contains("${") {
            return Json::from(whole);
        }
        let mut out = String::new();
        let mut rest = whole;
        while let Some(start) = rest.find("${") {
            let Some(length) = end(&rest[start..]) else { break };
            let inner = &rest[start + 2..start + length - 1];
            let value = if is_variable(inner) { self.variable(inner, depth + 1) } else { None };
            if start == 0 && length == rest.len() && out.is_empty() {
                return value.unwrap_or_else(|| Json::from(whole));
            }
            out.push_str(&rest[..start]);
            match value {
                Some(value) => out.push_str(&plain(&value)),
                None => out.push_str(&rest[start..start + length]),
            }
            rest = &rest[start + length..];
        }
        out.push_str(rest);
        Json::from(out)
    }

    /// A variable: its sources separated by commas, the first that has a value. None if it is no variable of Serverless.
    fn variable(&self, inner: &str, depth: usize) -> Option<Json> {
        self.steps.set(self.steps.get().saturating_add(1));
        if depth > DEEPEST || self.steps.get() > MOST || self.place.root.is_expanded() {
            return Some(self.leave_open(inner, OpenKind::Expression));
        }
        let mut known = None;
        if let Some(found) = self.first(inner, depth, &mut known) {
            let within = self.place.root.expanded(found);
            return Some(within.unwrap_or_else(|| self.leave_open(TOO_MUCH, OpenKind::Expression)));
        }
        let (name, kind) = known.unwrap_or_else(|| (self.shown(inner), OpenKind::Expression));
        Some(self.leave_open(&name, kind))
    }

    /// The first source that has a value; `known` is the first that is looked up at deployment.
    fn first(&self, inner: &str, depth: usize, known: &mut Option<(String, OpenKind)>) -> Option<Json> {
        for source in sources(inner) {
            let source = plain(&self.text(source.trim(), depth));
            match self.source(&source, depth) {
                Ok(Some(value)) if !value.is_null() => {
                    let name = source.rsplit([':', '.']).next().unwrap_or_default();
                    self.place.root.fill_in(name, &value, false);
                    return Some(value);
                }
                Ok(_) => {}
                // What is looked up at deployment may have a value, so what follows does not count.
                Err(kind) => *known = known.take().or(Some((self.shown(&source), kind))),
            }
        }
        None
    }

    fn leave_open(&self, name: &str, kind: OpenKind) -> Json {
        leave_open(self.place, &mut self.open.borrow_mut(), name, kind, self.path)
    }

    fn shown(&self, text: &str) -> String {
        self.open.borrow().shown(text).into_owned()
    }

    fn source(&self, source: &str, depth: usize) -> Result<Option<Json>, OpenKind> {
        if let Some(quoted) = source.strip_prefix(['\'', '"']) {
            return Ok(Some(Json::from(quoted.trim_end_matches(['\'', '"']))));
        }
        if let Some(path) = source.strip_prefix("self:") {
            return Ok(self.member(&self.json, path, depth));
        }
        if let Some(rest) = source.strip_prefix("file(") {
            return Ok(self.file(rest, depth));
        }
        let given = |name: &str| self.place.given.value(&[source, name]).cloned();
        match source.split_once(':') {
            // The options of the command line, which nobody gave: what follows after the comma counts.
            Some(("opt", name)) => Ok(given(name)),
            Some(("sls", "stage")) => Ok(given("stage").or_else(|| self.stage(depth))),
            Some(("param", name)) => {
                let own = given(name).or_else(|| self.member(&self.json, &format!("params.default.{name}"), depth));
                own.map(Some).ok_or(OpenKind::Parameter)
            }
            Some(("env", name)) => given(name).map(Some).ok_or(OpenKind::Parameter),
            Some(("aws", name)) => given(name).map(Some).ok_or(OpenKind::Pseudo),
            Some((kind, name)) if kind.starts_with("cf") => given(name).map(Some).ok_or(OpenKind::Import),
            Some((_, name)) => given(name).map(Some).ok_or(OpenKind::Lookup),
            None => match source {
                "true" => Ok(Some(Json::from(true))),
                "false" => Ok(Some(Json::from(false))),
                "null" => Ok(None),
                number if number.parse::<i64>().is_ok() => Ok(number.parse::<i64>().ok().map(Json::from)),
                _ => Err(OpenKind::Expression),
            },
        }
    }

    /// The stage of the command line, else the provider's, else `dev`.
    fn stage(&self, depth: usize) -> Option<Json> {
        let own = self.member(&self.json, "provider.stage", depth);
        own.filter(|stage| !stage.is_null()).or_else(|| Some(Json::from("dev")))
    }

    /// A member by its path; what stands there is settled.
    fn member(&self, json: &Json, path: &str, depth: usize) -> Option<Json> {
        let mut at = self.place.root.expanded(json.clone())?;
        for part in path.split('.').filter(|part| !part.is_empty()) {
            if let Json::String(text) = &at {
                at = self.text(text, depth + 1);
            }
            at = match &at {
                Json::Array(items) => items.get(part.parse::<usize>().ok()?)?.clone(),
                other => other.get(part)?.clone(),
            };
        }
        Some(self.settle(&at, depth + 1))
    }

    /// `file(path):member`, for files of YAML, JSON and text.
    fn file(&self, rest: &str, depth: usize) -> Option<Json> {
        let (path, member) = rest.split_once(')')?;
        let folder = self.path.parent().unwrap_or_else(|| Path::new("."));
        let file = folder.join(path.trim().trim_matches(['\'', '"']));
        let text = self.place.root.text(&file).ok()?;
        // A file that names itself many times is read and parsed each time.
        if !self.place.root.expand(FILE.saturating_add(text.len().saturating_mul(PARSED))) {
            return None;
        }
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending {
            "yml" | "yaml" | "json" => {
                let json = yaml::read(&text).ok()?;
                self.member(&json, member.trim_start_matches([':', '.']), depth)
            }
            "js" | "ts" | "cjs" | "mjs" => None,
            _ => Some(Json::from(text)),
        }
    }
}

/// Serverless's variables have a source before a colon or a bracket; `${Table}` is CloudFormation's or VTL's.
fn is_variable(inner: &str) -> bool {
    let inner = inner.trim_start();
    inner.starts_with("file(")
        || inner.starts_with("strToBool(")
        || inner.split_once(':').is_some_and(|(source, _)| {
            let known = ["self", "opt", "env", "sls", "param", "aws", "ssm", "s3", "cf", "git", "terraform"];
            let name = source.split(['(', '.']).next().unwrap_or_default();
            known.contains(&name)
        })
}

/// The length of a variable with its braces, those of variables inside it counted.
fn end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The parts between commas that stand in no bracket or quote.
fn sources(inner: &str) -> Vec<&str> {
    let (mut found, mut depth, mut quote, mut start) = (Vec::new(), 0_usize, None, 0);
    for (at, letter) in inner.char_indices() {
        match letter {
            '\'' | '"' if quote.is_none() => quote = Some(letter),
            _ if quote == Some(letter) => quote = None,
            _ if quote.is_some() => {}
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&inner[start..]);
    found
}

fn plain(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}
