//! Quotes, operators and names of other languages.

use super::{StopPlace, line};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(super) fn find(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let finders = [foreign_letter, nested_quote, quote_in_call, claim_name, leading_mark, comma, operator, set_form, sum_in_call];
    finders.into_iter().find_map(|find| find(place))
}

/// Quotes and blanks that a word processor, a chat or a web page puts in place of the plain ones.
fn foreign_letter(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let letter = place.rest.chars().next()?;
    let before = place.before.chars().next_back();
    match letter {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => Some(place.error(
            format!("`{letter}` is a typographic quote; VTL takes only \" and '"),
            letter.len_utf8(),
            "write a plain \" around the text: an editor, a chat or a web page has replaced it",
        )),
        '‘' | '’' | '‚' | '‛' | '′' => Some(place.error(
            format!("`{letter}` is a typographic quote; VTL takes only \" and '"),
            letter.len_utf8(),
            "write a plain ' or \" around the text: an editor, a chat or a web page has replaced it",
        )),
        '`' => Some(place.error("a backtick is not a quote in VTL", 1, "write \" or ' around the text")),
        // `trim_start` has gone over a no-break space.
        _ => {
            let blank = before.filter(|letter| matches!(letter, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}'));
            let hidden = matches!(letter, '\u{200b}' | '\u{feff}' | '\u{2060}').then_some(letter);
            let letter = blank.or(hidden)?;
            let start = if blank.is_some() { place.at - letter.len_utf8() } else { place.at };
            let message = format!(
                "an invisible character (U+{:04X}) stands here, and VTL does not take it for a space",
                letter as u32
            );
            let span = Span::new(start, start + letter.len_utf8());
            let error = Diagnostic::error(place.source, "parse", message, span);
            Some(error.help("delete it and type a plain space: it comes from a web page or a word processor"))
        }
    }
}

/// `'it's'`, `"say "hi""`: the text ended earlier than was meant.
fn nested_quote(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let quote = place.before.chars().next_back().filter(|quote| matches!(quote, '"' | '\''))?;
    if !place.rest.starts_with(|letter: char| letter.is_alphanumeric()) {
        return None;
    }
    Some(ended_early(place, quote, place.at - 1))
}

/// `$util.error("say "hi"")`: reading stops at the bracket of the call, for it may be no call.
fn quote_in_call(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let mut rest = place.rest.strip_prefix('(')?;
    loop {
        let text = rest.trim_start();
        let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let inside = &text[1..];
        let end = inside.find(quote)?;
        let after = &inside[end + 1..];
        if after.starts_with(|letter: char| letter.is_alphanumeric()) {
            let at = place.source.text.len() - after.len() - 1;
            return Some(ended_early(place, quote, at));
        }
        rest = after.trim_start().strip_prefix(',')?;
    }
}

fn ended_early(place: &StopPlace<'_>, quote: char, at: usize) -> Diagnostic {
    let (kind, other) = if quote == '"' { ("double", "single") } else { ("single", "double") };
    let doubled =
        format!("inside {kind} quotes write {quote}{quote} for one quote, or use {other} quotes around the string");
    let escaped = place.source.text[..at].ends_with('\\');
    let (message, start) = match escaped {
        true => ("a backslash escapes no quote: the string ended here", at - 1),
        false => ("the string ends at this quote, but its text seems to go on", at),
    };
    Diagnostic::error(place.source, "parse", message, Span::new(start, at + 1)).help(doubled)
}

/// `$ctx.identity.cognito:groups`, `$claims.custom:role`.
fn claim_name(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let rest = place.rest.strip_prefix(':')?;
    let (chain, prefix) = place.before.rsplit_once('.')?;
    if !matches!(prefix, "cognito" | "custom") {
        return None;
    }
    let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(rest.len());
    let name = format!("{prefix}:{}", &rest[..end]);
    let root = chain.rfind('$').map_or("$ctx.identity.claims", |at| &chain[at..]);
    let root = if root.ends_with("identity") { format!("{root}.claims") } else { root.to_owned() };
    let message = format!("`{name}` cannot stand after a dot, because of its colon");
    let span = Span::new(place.at - prefix.len(), place.at + 1 + end);
    let error = Diagnostic::error(place.source, "parse", message, span);
    Some(error.help(format!("write {root}.get(\"{name}\")")))
}

/// `$ctx.source._bounds`: a name in VTL begins with a letter (Velocity 1.7 user guide, "Variables").
fn leading_mark(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let chain = place.before.strip_suffix('.')?;
    let length = place.rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(place.rest.len());
    let name = place.rest.get(..length).filter(|name| name.starts_with('_') || name.starts_with(|letter: char| letter.is_ascii_digit()))?;
    let start = chain.rfind('$')?;
    let root = &chain[start..];
    let mark = if name.starts_with('_') { "an underscore" } else { "a digit" };
    let message = format!("`{name}` cannot stand after a dot: a name in VTL begins with a letter, not with {mark}");
    Some(place.error(message, length, format!("write {root}.get(\"{name}\")")))
}

/// A comma before a closing bracket.
fn comma(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let closing = place.rest.chars().next().filter(|letter| matches!(letter, '}' | ']' | ')'))?;
    let comma = place.before.trim_end().strip_suffix(',')?.len();
    let what = match closing {
        '}' => "this map",
        ']' => "this list",
        _ => "this call",
    };
    let message = format!("{what} ends with a comma, which VTL does not allow");
    let error = Diagnostic::error(place.source, "parse", message, Span::new(comma, comma + 1));
    Some(error.help(format!("remove the comma before the `{closing}`")))
}

/// `=` for `==`, and operators that VTL has not.
fn operator(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let directive = place.directive()?;
    let compares = matches!(directive.name, "if" | "elseif");
    if place.rest.starts_with('=') && place.before.ends_with("==") {
        let message = "VTL has no `===`";
        let span = Span::new(place.at - 2, place.at + 1);
        return Some(Diagnostic::error(place.source, "parse", message, span).help("write `==`"));
    }
    if place.rest.starts_with('=') && compares {
        let message = format!("a single `=` does not compare: #{} needs `==`", directive.name);
        return Some(place.error(message, 1, "write `==`; only #set( $name = … ) assigns"));
    }
    if place.rest.starts_with('>') && place.before.ends_with('<') {
        return Some(place.error("VTL has no `<>`", 1, "write `!=`"));
    }
    let (found, help) = [
        (";", "no semicolon ends anything in VTL: remove it"),
        ("++", "write #set( $n = $n + 1 )"),
        ("+=", "write #set( $n = $n + … )"),
        ("-=", "write #set( $n = $n - … )"),
        (":=", "write one `=`"),
        ("=>", "VTL has no functions of its own"),
        ("new ", "no template makes Java objects; a map is {}, a list is []"),
        ("function", "VTL has no functions of its own"),
    ]
    .into_iter()
    .find(|(found, _)| place.rest.starts_with(found))?;
    let found = found.trim_end();
    Some(place.error(format!("did not expect `{found}` here"), found.len(), help))
}

/// `#set( x = 1 )`, `#set( $x == 1 )`, `#set( $x )`.
fn set_form(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let directive = place.directive().filter(|directive| directive.name == "set")?;
    let inside = place.before[directive.at..].split_once('(')?.1.trim();
    let word = line(place.rest).split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next()?;
    if inside.is_empty() && word.starts_with(|letter: char| letter.is_alphabetic()) {
        let help = format!("write #set( ${word} = … )");
        return Some(place.error(
            format!("the variable of #set begins with $, and `{word}` does not"),
            word.len(),
            help,
        ));
    }
    let is_reference = inside.starts_with('$') && !inside.contains([' ', '=', '(']);
    if is_reference && place.rest.starts_with("==") {
        return Some(place.error("#set assigns with a single `=`", 2, format!("write #set( {inside} = … )")));
    }
    if is_reference && !place.rest.starts_with('=') && !place.rest.starts_with(['+', '-', ':', '$']) {
        let message = format!("this #set does not say what {inside} becomes");
        let length = place.rest.chars().next().map_or(0, char::len_utf8);
        return Some(place.error(message, length, format!("write #set( {inside} = … )")));
    }
    None
}

/// `$f("a" + $b)`: arguments are values.
fn sum_in_call(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let inside = place.rest.strip_prefix('(')?;
    let inside = &inside[..inside.find(')').unwrap_or(inside.len())];
    let quoted = |at: usize| inside[..at].matches(['"', '\'']).count() % 2 == 1;
    let signs = ["+", "==", "&&", "||", " - ", " * "];
    let (at, sign) = signs
        .iter()
        .find_map(|sign| inside.match_indices(sign).map(|(at, _)| (at, *sign)).find(|(at, _)| !quoted(*at)))?;
    let start = place.at + 1 + at;
    let message = format!("an argument is one value, so `{}` cannot stand in a call", sign.trim());
    let span = Span::new(start, start + sign.len());
    let error = Diagnostic::error(place.source, "parse", message, span);
    Some(error.help("#set a variable to the expression first, and pass that; \"$a$b\" joins texts"))
}
