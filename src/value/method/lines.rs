//! `indent`, `stripIndent` and `translateEscapes` of `java.lang.String`.

use super::args::{fits, is_whitespace};
use super::{MethodOutcome, Stop, give};
use crate::value::{JavaError, Value};

/// The text with its lines, which `\n`, `\r` or both end, ended by `\n`.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// How many characters of white space a line begins with.
fn margin(line: &str) -> usize {
    line.chars().take_while(|character| is_whitespace(*character)).count()
}

fn without_first(line: &str, count: usize) -> &str {
    line.char_indices().nth(count).map_or("", |(at, _)| &line[at..])
}

pub(super) fn indent(text: &str, by: i32) -> MethodOutcome {
    let text = normal(text);
    let width = by.unsigned_abs() as usize;
    let more = if by > 0 { width.saturating_mul(text.lines().count()) } else { 0 };
    fits(text.len().saturating_add(more))?;
    let mut indented = String::with_capacity(text.len() + more + 1);
    for line in text.lines() {
        match by > 0 {
            true => indented.extend(std::iter::repeat_n(' ', width).chain(line.chars())),
            false => indented.push_str(without_first(line, margin(line).min(width))),
        }
        indented.push('\n');
    }
    give(Value::string(indented))
}

pub(super) fn strip_indent(text: &str) -> MethodOutcome {
    let text = normal(text);
    fits(text.len())?;
    let closed = text.ends_with('\n');
    let blank = |line: &str| margin(line) == line.chars().count();
    let margins = text.lines().filter(|line| !blank(line)).map(margin);
    let last = text.lines().last().filter(|line| blank(line)).map(|line| line.chars().count());
    let outdent = if closed { 0 } else { margins.chain(last).min().unwrap_or(0) };
    let mut stripped = String::with_capacity(text.len());
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            stripped.push('\n');
        }
        if !blank(line) {
            stripped.push_str(without_first(line, outdent).trim_end_matches(is_whitespace));
        }
    }
    if closed {
        stripped.push('\n');
    }
    give(Value::string(stripped))
}

pub(super) fn translate_escapes(text: &str) -> MethodOutcome {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        out.push(match rest.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('s') => ' ',
            Some('t') => '\t',
            Some(same @ ('\'' | '"' | '\\')) => same,
            Some(first @ '0'..='7') => {
                let mut code = u32::from(first) - u32::from('0');
                let more = if first <= '3' { 2 } else { 1 };
                for _ in 0..more {
                    let Some(digit) = rest.peek().and_then(|next| next.to_digit(8)) else { break };
                    code = code * 8 + digit;
                    rest.next();
                }
                char::from_u32(code).unwrap_or('?')
            }
            Some('\n') => continue,
            Some('\r') => {
                rest.next_if_eq(&'\n');
                continue;
            }
            other => return Err(invalid(other)),
        });
    }
    give(Value::string(out))
}

fn invalid(escape: Option<char>) -> Stop {
    let escape = escape.unwrap_or('\0');
    let message = format!("Invalid escape sequence: \\{escape} \\\\u{:04X}", escape as u32);
    JavaError::new("java.lang.IllegalArgumentException", message).into()
}
