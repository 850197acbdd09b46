//! Parse errors in a person's words.

use super::Rule;
use super::nesting::Outline;
use super::slip;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use pest::error::{Error, InputLocation};

/// A directive that Velocity has and AppSync has not.
pub(super) fn unsupported(source: &Source, span: Span) -> Diagnostic {
    let name = source.slice(span).trim_start_matches(['#', '{']).trim_end_matches('}');
    let name = if name.starts_with('@') { "@" } else { name };
    Diagnostic::error(source, "unsupported-directive", format!("AppSync has no #{name}"), span)
        .help("AppSync runs #set, #if, #foreach, #break, #stop and #return; write the template without this directive")
}

/// Turns pest's failure into words.
pub(super) fn explain(source: &Source, outline: &Outline, failure: &Error<Rule>) -> Diagnostic {
    if let Some(span) = outline.unsupported {
        return unsupported(source, span);
    }
    let at = match failure.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    // pest may have looked at what follows a `#` before it gave up.
    let at = if source.text[..at].ends_with('#') { at - 1 } else { at };
    let rest = source.text.get(at..).unwrap_or("");
    if rest.trim_start().is_empty() {
        return at_the_end(source, outline, at);
    }
    if let Some(stray) = outline.stray.iter().find(|stray| stray.span.start as usize == at) {
        return slip::stray(source, stray);
    }
    if let Some(second) = outline.second_else.iter().find(|second| second.span.start as usize == at) {
        return slip::second_else(source, second);
    }
    if let Some(slip) = slip::find(source, outline, at) {
        return slip;
    }
    if rest.starts_with("#elseif") {
        let span = Span::new(at, at + "#elseif".len());
        return Diagnostic::error(source, "parse", "this #elseif has no condition", span)
            .help("write #elseif( … ), or #else if nothing is asked");
    }
    if rest.starts_with("#else") || rest.starts_with("#{else") {
        let span = Span::new(at, at + 5);
        return Diagnostic::error(source, "parse", "an #else has gone before: nothing but #end may follow it", span);
    }
    // Blanks are not what was not expected, but what comes after them.
    let at = at + rest.len() - rest.trim_start().len();
    let rest = rest.trim_start();
    let token = token(rest);
    if source.text[..at].ends_with("\\\"") {
        let message = "a backslash escapes no quote: the string ended here";
        return Diagnostic::error(source, "parse", message, Span::new(at - 2, at))
            .help("inside double quotes write \"\" for one quote, or use single quotes around the string");
    }
    let span = Span::new(at, at + token.len());
    let (message, help) = not_expected(token.trim_end(), rest);
    Diagnostic::error(source, "parse", message, span).help(help)
}

/// What is wrong with a token that nothing could be made of, and what to write; `rest` begins with it.
fn not_expected(shown: &str, rest: &str) -> (String, &'static str) {
    match shown.chars().next() {
        Some('"' | '\'') if !closed(rest) => {
            ("this string is not closed".to_owned(), "add the closing quote; a quote inside is written twice")
        }
        Some('"') => {
            (unexpected(shown), "a backslash escapes no quote in VTL: inside double quotes write \"\" for one quote")
        }
        Some('-') => (
            unexpected(shown),
            "a minus glued to a digit belongs to the number, and to a name before it: put blanks around it",
        ),
        Some('[') => (
            unexpected(shown),
            "an index is a string, an integer or a $reference; to print a bracket after a reference write ${name}[",
        ),
        Some('=') if rest.starts_with("==") => (
            unexpected("=="),
            "the arguments of a call are references and literals, and compare nothing: #set( $same = … == … ) first, and hand $same to the call",
        ),
        Some('=') if !rest.starts_with("==") => {
            (unexpected(shown), "a comparison is written with `==`; a single `=` stands in #set only")
        }
        Some('?') => (
            unexpected(shown),
            "VTL has no `? :`; use #if and #else, or set the comparison itself, which is true or false",
        ),
        Some('.') => (unexpected(shown), "methods are called on references only; #set the value to a variable first"),
        Some('|') if rest.starts_with("||") => (
            unexpected("||"),
            "arguments, lists and maps hold values, no operators: for a default write $util.defaultIfNull( $value, … ), a condition goes into a variable first (#set( $either = … || … ))",
        ),
        Some('&') if rest.starts_with("&&") => (
            unexpected("&&"),
            "arguments, lists and maps hold values, no operators: a condition goes into a variable first (#set( $both = … && … ))",
        ),
        Some('&' | '|') => (unexpected(shown), "write && and ||"),
        Some('$' | '#') if rest.len() == 1 => (
            format!("a lone `{shown}` ends the template"),
            "Velocity 1.7 refuses a `$` or `#` as the very last character",
        ),
        Some(_) if matches!(shown, "true" | "false") => {
            (unexpected(shown), "no variable can have this name, and Velocity does not print it: #set a variable to it")
        }
        Some(_) if matches!(shown, "in" | "includes" | "contains") => {
            (unexpected(shown), "VTL has no such operator: whether a list has a value is asked by $list.contains( $value )")
        }
        Some(letter) if letter.is_ascii_alphabetic() => {
            (unexpected(shown), "a variable begins with $, a text stands in quotes, operators are lower case")
        }
        Some('<' | '>' | '=' | '!' | '+' | '*' | '/' | '%') => (
            unexpected(shown),
            "the arguments of a call take values, no operators: compute it first (#set($ok = …)) and hand in the variable",
        ),
        _ => (unexpected(shown), "see docs/language.md for what may stand here"),
    }
}

fn unexpected(token: &str) -> String {
    format!("did not expect `{token}` here")
}

fn at_the_end(source: &Source, outline: &Outline, at: usize) -> Diagnostic {
    let end = Span::new(at, at);
    match outline.open.last() {
        Some(open) => {
            let (word, place) = (source.slice(open.span), source.place(open.span.start));
            let message = format!("this {word} at {}:{} has no #end", place.line, place.column);
            let help = if source.text.contains("#else if") {
                "add #end where its block ends; `#else if` is an #else and text: write #elseif"
            } else {
                "add #end where its block ends"
            };
            let others = slip::also_open(source, outline).unwrap_or_default();
            Diagnostic::error(source, "parse", message, end)
                .label(open.span, "opened here")
                .unclosed()
                .help(format!("{help}{others}"))
        }
        None => Diagnostic::error(source, "parse", "the template ends in the middle of a directive or reference", end)
            .help("a bracket or a quote is left open"),
    }
}

/// What stands at the failure: a word, or one character.
fn token(rest: &str) -> &str {
    let word = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(rest.len());
    if word > 0 { &rest[..word] } else { &rest[..rest.chars().next().map_or(0, char::len_utf8)] }
}

/// Whether a text that begins with a quote closes it.
fn closed(rest: &str) -> bool {
    let quote = rest.as_bytes()[0];
    rest.as_bytes()[1..].contains(&quote)
}
