//! A quick look over a template before it is parsed: how its blocks and brackets nest.
//!
//! It refuses what would make the parser recurse too deeply, and knows which block is left open, for better errors.

use super::MAX_NESTING;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

/// What the look over found.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Directives that open a block which nothing ends, innermost last.
    pub open: Vec<OpenBlock>,
    /// `#end`, `#else`, `#elseif` outside every block.
    pub stray: Vec<Stray>,
    /// `#else` and `#elseif` after an `#else`.
    pub second_else: Vec<SecondElse>,
    /// The block that ended last: its directive and its `#end`.
    closed: Option<(Span, Span)>,
    /// The first directive that AppSync has not.
    pub unsupported: Option<Span>,
}

/// A block that is open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OpenBlock {
    /// The directive.
    pub span: Span,
    /// Its `#else`.
    otherwise: Option<Span>,
}

/// An `#end`, `#else` or `#elseif` outside every block.
#[derive(Debug)]
pub(super) struct Stray {
    /// The word.
    pub span: Span,
    /// The block that ended last before it: its directive and its `#end`.
    pub closed: Option<(Span, Span)>,
}

/// An `#else` or `#elseif` after an `#else` of the same block.
#[derive(Debug)]
pub(super) struct SecondElse {
    /// The word.
    pub span: Span,
    /// The `#else` before it.
    pub first: Span,
}

impl Outline {
    fn begin(&mut self, span: Span) {
        self.open.push(OpenBlock { span, otherwise: None });
    }

    fn end(&mut self, span: Span) {
        match self.open.pop() {
            Some(open) => self.closed = Some((open.span, span)),
            None => self.stray.push(Stray { span, closed: self.closed }),
        }
    }

    fn otherwise(&mut self, span: Span, is_else: bool) {
        match self.open.last_mut() {
            None => self.stray.push(Stray { span, closed: self.closed }),
            Some(OpenBlock { otherwise: Some(first), .. }) => {
                self.second_else.push(SecondElse { span, first: *first });
            }
            Some(open) => open.otherwise = is_else.then_some(span),
        }
    }
}

/// Looks the template over.
pub(super) fn outline(source: &Source) -> Result<Outline, Box<Diagnostic>> {
    let bytes = source.text.as_bytes();
    let mut outline = Outline::default();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'\\' => at += 2,
            b'#' => at = hash(bytes, at, &mut outline),
            b'$' => {
                at += 1;
                while at < bytes.len() && (is_word(bytes[at]) || matches!(bytes[at], b'-' | b'.' | b'!' | b'{')) {
                    at += 1;
                }
            }
            _ => {
                at += 1;
                continue;
            }
        }
        // What follows a directive's or a reference's name in brackets is code; everything else is text.
        if matches!(bytes[start], b'#' | b'$') && matches!(bytes.get(at), Some(b'(' | b'[')) {
            at = code(source, at)?;
        }
        if outline.open.len() > MAX_NESTING {
            return Err(too_deep(source, outline.open.pop().unwrap_or_default().span));
        }
    }
    Ok(outline)
}

/// Reads from a `#`: a comment, raw text, or a directive's name with the blanks after it.
fn hash(bytes: &[u8], start: usize, outline: &mut Outline) -> usize {
    let rest = &bytes[start + 1..];
    let until = |marker: &[u8]| {
        let found = rest.windows(marker.len()).skip(1).position(|window| window == marker);
        start + 1 + found.map_or(rest.len(), |at| at + 1 + marker.len())
    };
    match rest.first() {
        Some(b'#') => return start + 2 + comment(&rest[1..], |text| text.starts_with(b"\n") || text.starts_with(b"\r")),
        Some(b'*') => return (start + 4 + comment(&rest[1..], |text| text.starts_with(b"*#"))).min(bytes.len()),
        Some(b'[') if rest.get(1) == Some(&b'[') => return until(b"]]#"),
        _ => {}
    }
    let braced = rest.first() == Some(&b'{');
    let name_start = start + 1 + usize::from(braced);
    let mut end = name_start;
    while end < bytes.len() && (is_word(bytes[end]) || bytes[end] == b'@') {
        end += 1;
    }
    let name = &bytes[name_start..end];
    if braced && bytes.get(end) == Some(&b'}') {
        end += 1;
    } else if braced {
        return start + 1;
    }
    let span = Span::new(start, end);
    match name {
        b"if" | b"foreach" | b"literal" => outline.begin(span),
        b"end" => outline.end(span),
        b"else" | b"elseif" => outline.otherwise(span, name == b"else"),
        b"macro" | b"parse" | b"include" | b"define" | b"evaluate" => {
            outline.unsupported.get_or_insert(span);
        }
        [b'@', _, ..] if bytes.get(end) == Some(&b'(') => {
            outline.unsupported.get_or_insert(span);
        }
        b"" => return start + 1,
        _ => {}
    }
    while end < bytes.len() && bytes[end].is_ascii_whitespace() {
        end += 1;
    }
    if bytes.get(end) == Some(&b'(') { end } else { span.end as usize }
}

/// How much of a text is a comment that ends where `ends` says so. In it `#**` takes the next byte along, and `#*` is a pair.
fn comment(text: &[u8], ends: fn(&[u8]) -> bool) -> usize {
    let mut at = 0;
    while at < text.len() && !ends(&text[at..]) {
        at += match &text[at..] {
            [b'#', b'*', b'*', after, ..] if *after != b'#' => 4,
            [b'#', b'*', ..] => 2,
            _ => 1,
        };
    }
    at.min(text.len())
}

/// Reads over brackets and strings until the first bracket is closed.
fn code(source: &Source, start: usize) -> Result<usize, Box<Diagnostic>> {
    let bytes = source.text.as_bytes();
    let (mut depth, mut at) = (0_usize, start);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += 1;
                }
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(too_deep(source, Span::new(at, at + 1)));
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    Ok(at)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn too_deep(source: &Source, span: Span) -> Box<Diagnostic> {
    let message = format!("nested deeper than {MAX_NESTING} levels (limit `nesting`)");
    Box::new(Diagnostic::error(source, "limit", message, span).help("split the template, or close what is left open"))
}
