//! Blocks: conditions without parentheses, an `#end` too many or missing, two `#else`.

use super::{StopPlace, line};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use crate::syntax::nesting::{Outline, SecondElse, Stray};

/// Directives that need their parentheses.
const WITH_PARENTHESES: [&str; 3] = ["elseif", "if", "foreach"];

pub(super) fn find(place: &StopPlace<'_>, _: &Outline) -> Option<Diagnostic> {
    without_parentheses(place).or_else(|| left_open(place))
}

/// `#if $x`, `#foreach $i in $list`.
fn without_parentheses(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let text = &*place.source.text;
    // Reading stops at the directive, after its name, or at what stands there.
    let start = match place.rest.starts_with('#') {
        true => place.at,
        false => place.before.trim_end().rfind('#')?,
    };
    let rest = &text[start + 1..];
    let name = WITH_PARENTHESES.into_iter().find(|name| rest.starts_with(name))?;
    let after = &rest[name.len()..];
    let meant = line(after);
    if !after.starts_with([' ', '\t']) || after.trim_start().starts_with('(') || meant.is_empty() {
        return None;
    }
    if place.at > start && !text[start + 1 + name.len()..place.at].trim().is_empty() {
        return None;
    }
    // A single reference ends at the next blank, and the block's text begins there.
    let operator = |word: &str| ["==", "!=", "&&", "||", "<", ">", "<=", ">=", "in"].contains(&word);
    let one = meant.split_whitespace().nth(1).is_none_or(|word| !operator(word)) && meant.starts_with(['$', '!']);
    let meant = if one { meant.split_whitespace().next().unwrap_or(meant) } else { meant };
    let shown = if meant.chars().count() < 60 { meant } else { "…" };
    let (what, span) = match name {
        "foreach" => ("the variable and the list", "foreach".len()),
        name => ("the condition", name.len()),
    };
    let message = format!("{what} of #{name} must stand in parentheses");
    let span = Span::new(start, start + 1 + span);
    Some(Diagnostic::error(place.source, "parse", message, span).help(format!("write #{name}( {shown} )")))
}

/// `#if( $util.isNull($x) a #end`: a parenthesis is missing.
fn left_open(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let rest = place.rest;
    let (name, open) = match rest.strip_prefix('#') {
        Some(directive) => {
            let names = ["set", "if", "elseif", "foreach", "return"];
            let name = names.into_iter().find(|name| directive.starts_with(name))?;
            let open = directive[name.len()..].starts_with([' ', '(']).then(|| rest.find('('))??;
            (format!("#{name}"), open)
        }
        None if rest.starts_with('(') => ("this call".to_owned(), 0),
        None => return None,
    };
    let line = rest[open..].lines().next().unwrap_or_default();
    let missing = unclosed(line)?;
    let span = Span::new(place.at + open, place.at + open + 1);
    let closing = if missing == 1 { "a `)` is missing".to_owned() } else { format!("{missing} `)` are missing") };
    let message = format!("the parenthesis of {name} is not closed on its line");
    Some(Diagnostic::error(place.source, "parse", message, span).help(format!("{closing}: count them from here on")))
}

/// How many parentheses a line leaves open; `None` if it closes the first one, or ends in the middle of a text.
fn unclosed(line: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    for letter in line.chars() {
        match (letter, quote) {
            (letter, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => quote = Some(letter),
            ('(', None) => depth += 1,
            (')', None) => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return None;
                }
            }
            // Brackets of a list or map may go over lines.
            ('{' | '[', None) if !line.contains(['}', ']']) => return None,
            _ => {}
        }
    }
    (quote.is_none() && depth > 0).then_some(depth)
}

/// An `#end`, `#else` or `#elseif` outside every block.
pub(in crate::syntax) fn stray(source: &Source, stray: &Stray) -> Diagnostic {
    let word = source.slice(stray.span);
    let message = format!("this {word} belongs to no #if or #foreach");
    let error = Diagnostic::error(source, "parse", message, stray.span);
    let at = |span: Span| {
        let place = source.place(span.start);
        format!("{} at {}:{}", source.slice(span), place.line, place.column)
    };
    let foreign = ["#for(", "#for (", "#while(", "#while (", "#unless(", "#unless ("]
        .into_iter()
        .find(|name| source.text[..stray.span.start as usize].contains(name));
    match (&stray.closed, foreign) {
        (_, Some(name)) => {
            let name = name.trim_end_matches(['(', ' ']);
            error.help(format!("VTL has no {name}: its loop is #foreach( $item in $list ), its condition #if"))
        }
        (Some((open, end)), None) => error.label(*end, "the block before it ends here").help(format!(
            "{} was closed by the {} before: remove one of the two",
            at(*open),
            at(*end)
        )),
        (None, None) => error.help("remove it, or put the directive that it belongs to before it"),
    }
}

/// An `#else` or `#elseif` after the `#else` of the same block.
pub(in crate::syntax) fn second_else(source: &Source, second: &SecondElse) -> Diagnostic {
    let word = source.slice(second.span);
    let help = match word.contains("elseif") {
        true => format!("put this {word} before the #else: the first branch that holds is taken, #else comes last"),
        false => format!("remove this {word}, or make the #else before it an #elseif( … )"),
    };
    let message = "an #else has gone before: nothing but #end may follow it";
    Diagnostic::error(source, "parse", message, second.span).label(second.first, "the #else").help(help)
}

/// The blocks that are open beside the innermost, and where they were opened.
pub(in crate::syntax) fn also_open(source: &Source, outline: &Outline) -> Option<String> {
    let (_, outer) = outline.open.split_last()?;
    let places: Vec<_> = outer
        .iter()
        .rev()
        .take(5)
        .map(|open| {
            let place = source.place(open.span.start);
            format!("{} at {}:{}", source.slice(open.span), place.line, place.column)
        })
        .collect();
    let dots = if outer.len() > places.len() { ", …" } else { "" };
    (!outer.is_empty())
        .then(|| format!(". Also open: {}{dots}; each needs its #end. Is this an excerpt?", places.join(", ")))
}
