//! Brackets: a list without its own, a call that is closed too early or not at all, values without a comma between them.

use super::StopPlace;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

/// A bracket that stands open, and the bytes before it that call something.
struct OpenBracket {
    bracket: u8,
    at: usize,
    /// Where the reference before the bracket begins, if it calls one.
    call: Option<usize>,
}

/// What the brackets around a place are.
struct Around {
    /// Open at the place, outermost first.
    open: Vec<OpenBracket>,
    /// The last call that was closed before it: where it begins, its bracket, where it ends.
    closed: Option<(usize, usize, usize)>,
}

pub(super) fn find(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let StopPlace { source, at, rest, .. } = *place;
    if let Some(error) = never_ended(place).or_else(|| between_arguments(place)).or_else(|| cut_short(place)) {
        return Some(error);
    }
    let around = around(&source.text, place.directive()?.at, at);
    let inner = around.open.last()?;
    if let Some(error) = between_values(place, inner.bracket) {
        return Some(error);
    }
    match inner.bracket {
        b'{' => list_without_brackets(source, inner.at, at),
        b'(' if inner.call.is_none() && rest.starts_with(',') => {
            let (call, bracket, end) = around.closed?;
            // Only blanks may stand between the call's end and the place.
            source.text[end..at].trim().is_empty().then(|| closed_early(source, call, bracket, end, at))
        }
        b'(' if inner.call.is_none() && (never_closed(rest) || on_next_line(&source.text[inner.at..at], rest)) => {
            Some(left_open(place, inner.at, &source.text[place.directive()?.at..inner.at]))
        }
        _ => None,
    }
}

/// The parenthesis of a directive that nothing closes.
fn left_open(place: &StopPlace<'_>, open: usize, directive: &str) -> Diagnostic {
    let StopPlace { source, at, rest, .. } = *place;
    let line = |at: usize| source.place(at as u32).line;
    let end = at + rest.chars().next().map_or(0, char::len_utf8);
    let directive = directive.trim_end();
    let last = source.text[..at].trim_end().len();
    let (message, help) = if line(open) == line(at) {
        (format!("the parenthesis of this {directive} is still open here"), "a `)` is missing before this".to_owned())
    } else {
        (
            format!("the parenthesis that line {} opens after {directive} is still open here", line(open)),
            format!("write `)` at the end of line {}", line(last.saturating_sub(1))),
        )
    };
    let error = Diagnostic::error(source, "parse", message, Span::new(at, end));
    error.label(Span::new(open, open + 1), if line(open) == line(at) { "opened here" } else { "" }).help(help)
}

/// `#set($a = {"x": 1)`: a map or a list that a parenthesis cuts short.
fn cut_short(place: &StopPlace<'_>) -> Option<Diagnostic> {
    /// Further than this nobody looks for the bracket that is missing.
    const FAR: usize = 2_000;
    let text = &*place.source.text;
    let start = place.directive()?.at;
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut quote = None;
    for (at, letter) in text.get(start..)?.char_indices().take(FAR).map(|(at, letter)| (start + at, letter)) {
        match (letter, quote) {
            (letter, Some(known)) if letter == known => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(letter),
            ('(' | '[' | '{', None) => open.push((letter, at)),
            (')', None) => match open.pop()? {
                ('(', _) if open.is_empty() => return None,
                ('(', _) => {}
                (bracket, opened) if at >= place.at => {
                    let (what, closing) = if bracket == '{' { ("map", '}') } else { ("list", ']') };
                    let message = format!("the {what} that `{bracket}` opens is not closed before this `)`");
                    let error = Diagnostic::error(place.source, "parse", message, Span::new(at, at + 1));
                    return Some(error.label(Span::new(opened, opened + 1), "").help(format!("write `{closing}` before it")));
                }
                _ => return None,
            },
            (']' | '}', None) => {
                open.pop();
            }
            _ => {}
        }
    }
    None
}

/// `["a" "b"]`, `{"a" = 1}`: what stands between two values is missing, or is another mark.
fn between_values(place: &StopPlace<'_>, bracket: u8) -> Option<Diagnostic> {
    let before = place.before.trim_end();
    let ended = before.ends_with(VALUE_ENDS) && before.len() < place.before.len();
    if bracket == b'[' && ended && place.rest.starts_with(VALUE_BEGINS) {
        return Some(place.error("a comma is missing between two values of this list", 1, "write [\"a\", \"b\"]"));
    }
    let behind = behind_value(place.rest);
    let mark = Span::new(place.at + behind, place.at + behind + 1);
    let (message, help) = match (bracket, &place.rest.as_bytes()[behind..]) {
        (b'{', [b'=', after, ..]) if *after != b'=' => {
            ("a map has `:` between key and value, and no `=`", "write {\"key\": value}")
        }
        (b'{', [b';', ..]) => ("a map has a comma between its members, and no `;`", "write `,`"),
        _ => return None,
    };
    Some(Diagnostic::error(place.source, "parse", message, mark).help(help))
}

/// What a value that stands in brackets may begin and end with.
const VALUE_BEGINS: [char; 5] = ['"', '\'', '$', '[', '{'];
const VALUE_ENDS: [char; 5] = ['"', '\'', ')', ']', '}'];

/// How many bytes the value that a text begins with has, with the blanks behind it.
fn behind_value(rest: &str) -> usize {
    let end = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => rest[1..].find(quote).map_or(rest.len(), |end| end + 2),
        _ => rest.find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '$' | '.' | '_' | '-'))).unwrap_or(rest.len()),
    };
    end + rest[end..].len() - rest[end..].trim_start().len()
}

/// `$util.error("a" "b")`: two arguments of a call without a comma between them.
fn between_arguments(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let inner = place.rest.strip_prefix('(')?;
    let mut at = inner.len() - inner.trim_start().len();
    while inner[at..].starts_with(['"', '\'']) {
        at += behind_value(&inner[at..]);
        let rest = &inner[at..];
        if rest.starts_with(VALUE_BEGINS) && inner[..at].ends_with(char::is_whitespace) {
            let span = Span::new(place.at + 1 + at, place.at + 2 + at);
            let message = "a comma is missing between two arguments of this call";
            return Some(Diagnostic::error(place.source, "parse", message, span).help("write $util.error(\"a\", \"b\")"));
        }
        at += rest.strip_prefix(',').map(|rest| 1 + rest.len() - rest.trim_start().len())?;
    }
    None
}

/// `"a": $util.toJson($ctx.args.x}`: a printed call that its line does not close.
fn never_ended(place: &StopPlace<'_>) -> Option<Diagnostic> {
    let line = place.before.rfind('\n').map_or(0, |end| end + 1);
    let call = place.rest.starts_with(['}', ']']).then(|| place.before[line..].rfind("$").map(|at| line + at))??;
    let start = place.before[line..].rfind("$util").map_or(call, |at| line + at);
    let open = start + place.before[start..].find('(')?;
    let inner = &place.before[open..];
    let count = |mark: char| inner.matches(mark).count();
    if count('(') != count(')') + 1 || inner.contains(['"', '\'', '{', '[']) || place.before[..start].ends_with('(') {
        return None;
    }
    let name = &place.before[start..open];
    let error = place.error(format!("the bracket of {name}( … ) is still open here"), 1, "a `)` is missing before this");
    Some(error.label(Span::new(open, open + 1), "opened here"))
}

/// Whether a directive's parenthesis stays open: another directive begins here, or text that no `)` follows on its line.
fn never_closed(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default();
    let text = &line[..line.find('#').unwrap_or(line.len())];
    text.is_empty() || text.starts_with(|letter: char| letter.is_alphanumeric()) && !text.contains([')', '"', '\''])
}

/// Whether a value ended with its line, and the next line begins another one: nothing joins them.
fn on_next_line(before: &str, rest: &str) -> bool {
    let value = before.trim_end();
    let ended = value.ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '"' | '\'' | ')' | ']' | '}'));
    ended && before[value.len()..].contains('\n') && rest.starts_with(['{', '[', '$', '"'])
}

fn around(text: &str, start: usize, at: usize) -> Around {
    let bytes = text.as_bytes();
    let mut around = Around { open: Vec::new(), closed: None };
    let mut here = start;
    while here < at {
        match bytes[here] {
            quote @ (b'"' | b'\'') => here += bytes[here + 1..at].iter().position(|byte| *byte == quote).unwrap_or(at),
            bracket @ (b'(' | b'[' | b'{') => {
                let head = text[start..here]
                    .rfind(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-' | '$')));
                let head = head.map_or(start, |found| start + found + 1);
                let call = (bracket == b'(' && bytes.get(head) == Some(&b'$')).then_some(head);
                around.open.push(OpenBracket { bracket, at: here, call });
            }
            b')' | b']' | b'}' => {
                if let Some(OpenBracket { call: Some(call), at: bracket, .. }) = around.open.pop() {
                    around.closed = Some((call, bracket, here + 1));
                }
            }
            _ => {}
        }
        here += 1;
    }
    around
}

/// `{"fields": a,b}`: a list that has lost its brackets and quotes.
fn list_without_brackets(source: &Source, open: usize, at: usize) -> Option<Diagnostic> {
    let before = source.text[open..at].trim_end().strip_suffix(',')?;
    let value = before[before.rfind([':', ','])? + 1..].trim();
    let rest = &source.text[at..];
    let run = &rest[..rest.find([':', '}', ']', ')', '\n']).unwrap_or(rest.len())];
    // With a colon after it, it is the next key.
    if rest[run.len()..].starts_with(':') || value.is_empty() || value.ends_with([']', '}']) {
        return None;
    }
    let start = open + before.rfind(value)?;
    let quoted = |word: &str| {
        let word = word.trim();
        if word.starts_with(['"', '\'', '$', '[', '{']) || word.parse::<f64>().is_ok() {
            word.to_owned()
        } else {
            format!("\"{word}\"")
        }
    };
    let items: Vec<_> = std::iter::once(value).chain(run.split(',')).map(quoted).collect();
    let mut help = format!("a list stands in brackets and a text in quotes: [{}]", items.join(", "));
    if items.iter().any(|item| !source.text.contains(item)) {
        // Bare words stand for something: AWS's article on "Unauthorized" has `xxxxx,yyyyy` here.
        help.push_str(". In an excerpt these words stand for names of your own: take the whole template from your API (aws appsync get-resolver) or from the build folder");
    }
    let span = Span::new(start, at + run.trim_end().len());
    Some(
        Diagnostic::error(source, "parse", "several values stand here without the brackets of a list", span).help(help),
    )
}

/// `$util.f($x), [])`: one bracket too many, and the call ends before its last arguments.
fn closed_early(source: &Source, call: usize, bracket: usize, end: usize, at: usize) -> Diagnostic {
    let name = &source.text[call..bracket];
    let given = source.text[bracket + 1..end - 1].trim();
    // A second `$` is accepted, and always a slip.
    let meant = format!("${}", given.trim_start_matches('$'));
    let rest = &source.text[at..];
    let line = rest.lines().next().unwrap_or_default();
    let more = line.trim_start_matches(',').split(')').next().unwrap_or_default().trim();
    let argument = if given.starts_with('$') { meant.as_str() } else { given };
    let mut help = format!("put all arguments into one pair of brackets: {name}({argument}, {more})");
    // The line that AWS's article prints; Amplify's templates read the claim from the token.
    if name.ends_with("defaultIfNull") && argument.ends_with(".claim") {
        help.push_str(&format!(
            ". Amplify's own line, of which AWS's article on \"Unauthorized\" prints a part, reads the token: {name}($ctx.identity.claims.get({argument}), {more})"
        ));
    }
    let token = Span::new(at, at + 1);
    Diagnostic::error(source, "parse", format!("{name}( … ) is closed before this: a bracket is too many"), token)
        .label(Span::new(end - 1, end), format!("closes {name}("))
        .help(help)
}
