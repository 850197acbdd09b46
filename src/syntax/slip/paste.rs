//! Whole texts that are no template: JavaScript, a schema, a web page, an answer of the AWS CLI, a template still escaped,
//! a merge that nobody finished. Velocity would print them as they stand, and AppSync would refuse that as no JSON.

use crate::message::{any_of};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use serde_json::Value as Json;

/// An error if the whole text is something else than a template.
pub(in crate::syntax) fn whole(source: &Source) -> Option<Diagnostic> {
    let text = &*source.text;
    if text.contains('\0') && text.matches('\0').count() * 3 > text.len() {
        let message = "every other character is a NUL: this is UTF-16, read as if it were UTF-8";
        return Some(Diagnostic::error(source, "parse", message, Span::new(0, text.chars().next().map_or(0, char::len_utf8))).help("save the file as UTF-8"));
    }
    let start = first(text)?;
    conflict(source).or_else(|| escaped(source)).or_else(|| document(source, start)).or_else(|| code(source, start))
}

/// Where the first line stands that is no comment of JavaScript or of a schema; `None` in a text without any.
fn first(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        let note = bare.starts_with("//")
            || bare.starts_with("/*")
            || bare.starts_with("* ")
            || matches!(bare, "*" | "*/" | "#" | "'use strict'" | "'use strict';")
            || bare.starts_with("# ");
        if !bare.is_empty() && !note {
            return Some(at + line.len() - line.trim_start().len());
        }
        at += line.len();
    }
    None
}

fn error(source: &Source, at: usize, message: String, help: &str) -> Diagnostic {
    let line = source.text[at..].lines().next().unwrap_or_default();
    Diagnostic::error(source, "parse", message, Span::new(at, at + line.trim_end().len())).help(help)
}

/// The beginning of a line, short enough to be shown.
fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end();
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// `<<<<<<< HEAD … ======= … >>>>>>> branch`
fn conflict(source: &Source) -> Option<Diagnostic> {
    let text = &*source.text;
    let mark = |mark: &str, from: usize| {
        let mut found = text[from..].match_indices(mark).map(|(at, _)| from + at);
        found.find(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
    };
    // Whoever deleted the first mark has the other two still.
    let ours = mark("<<<<<<< ", 0);
    let middle = mark("=======\n", ours.unwrap_or(0)).or_else(|| mark("=======\r", ours.unwrap_or(0)))?;
    let theirs = mark(">>>>>>> ", middle)?;
    let ours = ours.unwrap_or(theirs);
    let message = format!("a merge conflict was left in this template: `{}`", shown(&text[ours..]));
    let help = "keep one of the two versions, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>";
    Some(error(source, ours, message, help))
}

/// A template as it stands in JSON: `"#if( $x )\n  \"a\" …"`, with or without the quotes around it.
fn escaped(source: &Source) -> Option<Diagnostic> {
    let text = source.text.trim();
    let is_string = text.starts_with('"') && text.ends_with('"') && text.contains("\\n");
    let whole = is_string && serde_json::from_str::<String>(text).is_ok_and(|inner| inner.contains(['#', '$', '{']));
    let bare = || {
        !text.contains('\n')
            && text.contains("\\n")
            && (text.contains("\\\"") || directives(text))
            && serde_json::from_str::<String>(&format!("\"{text}\"")).is_ok()
    };
    if !whole && !bare() {
        return None;
    }
    let at = source.text.len() - source.text.trim_start().len();
    let message = "this is a template inside a JSON string: its quotes and line ends are still escaped".to_owned();
    Some(error(source, at, message, "decode it first, for example by `jq -r` on the file that holds the string"))
}

/// Directives with `\n` between them, where the text has no quote that would be escaped.
fn directives(text: &str) -> bool {
    text.starts_with('#') && ["\\n#end", "\\n#else", ")\\n"].iter().any(|mark| text.contains(mark))
}

/// JSON that holds templates or a context, and is none itself.
fn document(source: &Source, start: usize) -> Option<Diagnostic> {
    let text = &*source.text;
    let names = ["MappingTemplate\"", "\"Resources\"", "\"claims\""];
    if !text[start..].starts_with('{') || !names.iter().any(|name| text.contains(name)) {
        return None;
    }
    let json: Json = serde_json::from_str(text).ok()?;
    let inner = json.get("resolver").or_else(|| json.get("functionConfiguration")).unwrap_or(&json);
    let templates = ["requestMappingTemplate", "responseMappingTemplate"].into_iter();
    let held = templates.filter(|name| inner[*name].is_string()).collect::<Vec<_>>();
    let (what, help) = if !held.is_empty() {
        (
            "an answer of the AWS CLI",
            format!("the template is the text of its {}; `--from` reads such answers as they are", any_of(&held)),
        )
    } else if json["Resources"].is_object() {
        (
            "a CloudFormation template",
            "give it with `--from`, and name the field: vtl-eval resolver Query.field".to_owned(),
        )
    } else if json["identity"]["claims"].is_object() {
        ("a context", "give it with `--context`, beside the template".to_owned())
    } else {
        return None;
    };
    Some(error(source, start, format!("this is {what}, not a template"), &help))
}

/// JavaScript, GraphQL and HTML, by how their first line begins.
fn code(source: &Source, start: usize) -> Option<Diagnostic> {
    let text = &source.text[start..];
    let line = text.lines().next().unwrap_or_default().trim_end();
    let begins = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
    let lower = line.to_ascii_lowercase();
    let (what, help) = if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        ("a web page", "a download that needed a login often leaves one: fetch the template again")
    } else if lower.starts_with("<?xml") {
        ("an XML document", "S3 and API Gateway answer so when something is refused: fetch the template again")
    } else if begins(&["AWSTemplateFormatVersion:", "Resources:"]) {
        ("a CloudFormation template", "give it with `--from`, and name the field: vtl-eval resolver Query.field")
    } else if begins(&["def ", "import ", "from "]) && text.contains("def ") && text.contains("):\n") {
        ("Python", "a Lambda function is not evaluated; vtl-eval evaluates mapping templates only")
    } else if begins(&[
        "import {",
        "import * as ",
        "export function ",
        "export async function ",
        "export const ",
        "export default ",
    ]) || begins(&["function request(", "function response(", "module.exports", "exports.handler"])
        || begins(&["const ", "let ", "var "]) && line.contains(" = ") && line.ends_with([';', '{', '('])
    {
        ("JavaScript", "a resolver on APPSYNC_JS has no VTL; vtl-eval evaluates mapping templates only")
    } else if is_definition(line) {
        ("a GraphQL schema", "give it with `--schema`, beside the template")
    } else if begins(&["query ", "mutation ", "subscription ", "query{", "query(", "mutation(", "subscription("])
        && line.contains(['{', '('])
    {
        ("a GraphQL operation", "vtl-eval evaluates the template that answers it")
    } else {
        return None;
    };
    Some(error(source, start, format!("this is {what} (`{}`), not a template", shown(line)), help))
}

/// `type Note @model {`, `schema {`, `enum Role {`, `scalar AWSDate`.
fn is_definition(line: &str) -> bool {
    let line = line.strip_prefix("extend ").unwrap_or(line);
    let Some((word, rest)) = line.split_once(' ') else { return line == "schema{" };
    let name = rest.trim_start().split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).next();
    let named = name.is_some_and(|name| name.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    match word {
        "type" | "interface" | "enum" | "input" => named && (rest.contains(['{', '@']) || !rest.trim().contains(' ')),
        "union" => named && rest.contains('='),
        "scalar" => named && !rest.trim().contains(' '),
        "schema" => rest.trim_start().starts_with(['{', '@']),
        "directive" => rest.starts_with('@'),
        _ => false,
    }
}
