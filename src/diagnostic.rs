//! Messages as data: what is wrong, where, and what to do. Nothing here draws.

pub use crate::code::Severity;
use crate::source::{Source, Span};

/// A place in the source with words for it.
#[derive(Clone, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub message: String,
}

/// One message about one source.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code such as `parse`.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The first label is the place; others explain.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// The text that the labels point into.
    pub source: Source,
    /// Whether a block is still open at the end of the text.
    pub is_unclosed: bool,
}

impl Diagnostic {
    /// An error at one place.
    pub fn error(source: &Source, code: &'static str, message: impl Into<String>, span: Span) -> Self {
        let labels = vec![Label { span, message: String::new() }];
        Self { severity: Severity::Error, code, message: message.into(), labels, help: None, source: source.clone(), is_unclosed: false }
    }

    /// Adds advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A block is still open at the end.
    pub fn unclosed(mut self) -> Self {
        self.is_unclosed = true;
        self
    }

    /// Adds a second place.
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// The name of the text.
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// Where the first label begins.
    pub fn place(&self) -> crate::source::Place {
        self.source.place(self.labels.first().map_or(0, |label| label.span.start))
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = self.place();
        write!(out, "{} at {}:{}:{}", self.message, self.source.name, place.line, place.column)
    }
}

impl std::error::Error for Diagnostic {}
