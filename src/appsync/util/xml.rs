//! `$util.xml` (APPSYNC-VTL 1.17): elements become keys, several of a name a list, numeric text numbers.

use super::{Env, Function, Overload, Status, Type, UtilError, overload, text};
use crate::code::Code;
use crate::value::{JavaError, List, Map, Value, from_json_str, ledger};
use roxmltree::{Document, Node, ParsingOptions};

/// Elements and attributes of one document.
const MOST_NODES: u32 = 100_000;
/// Elements inside each other.
const DEEPEST: usize = 200;

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "toMap",
        &[overload("(String) -> Map", &[Type::String], to_map)],
        "The document as a map.",
        r#"$util.xml.toMap("<o><i>1</i><i>2</i></o>") -> {o={i=[1, 2]}}"#,
    ),
    function(
        "toJsonString",
        &[
            overload("(String) -> String", &[Type::String], to_json),
            overload("(String, Boolean) -> String", &[Type::String, Type::Boolean], to_encoded),
        ],
        "The document as JSON text; with true, that text as a quoted JSON string.",
        r#"$util.xml.toJsonString("<o><i>1</i></o>") -> {"o":{"i":1}}"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util.xml", name, overloads, summary, example, status: Status::Documented, source: "1.17" }
}

fn to_map(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    if args[0].is_null() {
        return Ok(Value::Null);
    }
    let failed =
        |message: String| JavaError::new("java.lang.IllegalArgumentException", format!("$util.xml: {message}"));
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let source = text(args, 0);
    // Reading a letter of XML is the work of copying some.
    ledger::bytes(source.len().saturating_mul(16));
    ledger::check()?;
    if depth(source) > DEEPEST {
        return Err(failed(format!("elements nest deeper than {DEEPEST} (limit `xml depth`)")).into());
    }
    let document = Document::parse_with_options(source, options).map_err(|error| failed(error.to_string()))?;
    let root = document.root_element();
    if root.descendants().filter(Node::is_element).any(|node| !written(node).1.is_empty()) {
        env.note(Code::XmlAttributes, "XML attributes become plain keys: AppSync's form is not verified");
    }
    let map = Map::new();
    map.put_str(written(root).0, element(root));
    Ok(map.into())
}

/// How deep elements nest, roughly: open tags less closed ones. roxmltree itself recurses.
fn depth(source: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for part in source.split('<').skip(1) {
        if part.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !part.starts_with(['!', '?']) && !part.split('>').next().is_some_and(|tag| tag.ends_with('/')) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

fn element(node: Node<'_, '_>) -> Value {
    let words: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    let words = words.trim();
    let children: Vec<_> = node.children().filter(Node::is_element).collect();
    let (_, attributes) = written(node);
    if children.is_empty() && attributes.is_empty() {
        return scalar(words);
    }
    let map = Map::new();
    for (name, value) in attributes {
        map.put_str(name, scalar(&value));
    }
    for child in children {
        let name: Value = written(child).0.into();
        let value = element(child);
        match map.get(&name) {
            None => {
                map.put(name, value);
            }
            Some(Value::List(list)) => list.push(value),
            Some(first) => {
                map.put(name, List::new(vec![first, value]).into());
            }
        }
    }
    if !words.is_empty() {
        map.put_str("content", scalar(words));
    }
    map.into()
}

/// The name of an element and its attributes as they stand in the text, prefixes and `xmlns` included: org.json, whose form
/// the specification takes for AppSync's, knows no namespaces.
fn written<'x>(node: Node<'x, '_>) -> (&'x str, Vec<(&'x str, String)>) {
    let text = node.document().input_text().get(node.range()).unwrap_or_default();
    let blank = |letter: char| letter.is_ascii_whitespace();
    let tag = text.strip_prefix('<').unwrap_or(text);
    let (name, mut rest) = tag.split_at(tag.find(|letter| blank(letter) || matches!(letter, '/' | '>')).unwrap_or(0));
    let mut resolved = node.attributes();
    let mut attributes = Vec::new();
    while !rest.trim_start().starts_with(['>', '/'])
        && let Some((key, more)) = rest.trim_start().split_once('=')
    {
        let more = more.trim_start();
        let Some(quote) = more.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { break };
        let Some((value, after)) = more[1..].split_once(quote) else { break };
        rest = after;
        let key = key.trim_end();
        // The parser resolves entities; it keeps declarations of namespaces to itself.
        let value = if key == "xmlns" || key.starts_with("xmlns:") {
            value.to_owned()
        } else {
            resolved.next().map_or_else(String::new, |attribute| attribute.value().to_owned())
        };
        attributes.push((key, value));
    }
    (name, attributes)
}

/// Numeric text is a number, `true` and `false` are booleans.
fn scalar(words: &str) -> Value {
    match from_json_str(words) {
        Ok(value @ (Value::Number(_) | Value::Boolean(_))) => value,
        _ => words.into(),
    }
}

fn to_json(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let map = to_map(env, args)?;
    if map.is_null() { Ok(Value::Null) } else { super::made(map.to_json()?) }
}

fn to_encoded(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let plain = to_json(env, args)?;
    if matches!(args[1], Value::Boolean(true)) { super::made(plain.to_json()?) } else { Ok(plain) }
}
