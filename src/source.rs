//! A text with a name, and places in it.

use std::sync::Arc;

/// A template's text and the name that messages call it by.
#[derive(Clone, Debug)]
pub struct Source {
    /// File name, or what stands for it.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    /// What parameters of a deployment put into the text.
    pub filled: Arc<[FilledValue]>,
    lines: Arc<LineIndex>,
}

/// A value that stands in a text because a parameter of a deployment has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledValue {
    /// The parameter.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether that is the parameter's default.
    pub is_default: bool,
}

impl Source {
    /// A source of this name and text.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Self { name: name.into(), lines: Arc::new(LineIndex::new(&text)), text, filled: Arc::default() }
    }

    /// The same text, with what parameters put into it.
    #[must_use]
    pub fn with_filled(self, filled: Vec<FilledValue>) -> Self {
        Self { filled: filled.into(), ..self }
    }

    /// The parameter that has this value in the text.
    pub fn parameter_of(&self, value: &str) -> Option<&FilledValue> {
        self.filled.iter().find(|filled| filled.value == value)
    }

    /// Whether it is named as the response half of a resolver or function: `Query.get.res.vtl`, `get.response.vtl`.
    pub fn is_response(&self) -> bool {
        let name = self.name.to_lowercase();
        [".res.", ".response.", ".response-"].iter().any(|mark| name.contains(mark)) || name.ends_with(".response")
    }

    /// Line and column of a byte offset, both from 1.
    pub fn place(&self, offset: u32) -> Place {
        self.lines.place(&self.text, offset)
    }

    /// The text of a span; empty if the span is none of this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

/// Byte offsets `start..end` in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// Whether the other lies within this one.
    pub fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// Line and column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// Where lines begin. `\n`, `\r\n` and a lone `\r` end a line, as in Velocity.
#[derive(Debug)]
struct LineIndex(Vec<u32>);

impl LineIndex {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at as u32 + 1);
            }
        }
        Self(starts)
    }

    fn place(&self, text: &str, offset: u32) -> Place {
        let line = self.0.partition_point(|start| *start <= offset).max(1);
        let start = self.0[line - 1] as usize;
        let column = text.get(start..offset as usize).map_or(0, |before| before.chars().count());
        Place { line: line as u32, column: column as u32 + 1 }
    }
}

/// A text without its line breaks, and with single blanks.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
