//! A finding of `check` and its place.

use crate::message::Message;
use crate::code::{Code, Severity};
use crate::source::Span;
use crate::syntax::{NodeId, Program};
use serde::Serialize;

/// A finding and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// The file.
    pub file: String,
    /// The template, where it stands inside that file; line and column are then its own.
    pub template: Option<String>,
    /// From 1; none for what is about the whole source.
    pub line: Option<u32>,
    /// From 1.
    pub column: Option<u32>,
    /// How bad.
    pub severity: Severity,
    /// A stable code.
    pub code: Code,
    /// What is wrong and what to do.
    pub message: Message,
    /// What to write instead, where that is certain.
    #[serde(skip)]
    pub fix: Option<Fix>,
}

/// A text to put in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced, in bytes of the template.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Spot {
    /// At a node of a program; as bad as the table says.
    pub fn at(program: &Program, node: NodeId, code: Code, message: impl Into<Message>) -> Self {
        let place = program.place(node);
        Self {
            file: program.source.name.to_string(),
            template: None,
            line: Some(place.line),
            column: Some(place.column),
            severity: code.entry().severity,
            code,
            message: message.into(),
            fix: None,
        }
    }

    /// At the beginning of a template, which has no node to be at.
    pub fn at_start(program: &Program, code: Code, message: impl Into<Message>) -> Self {
        let spot = Self::at(program, NodeId(u32::MAX), code, message);
        Self { line: Some(1), column: Some(1), ..spot }
    }

    /// Where a text stands in a template that the program does not keep as a node, else at its beginning.
    pub fn at_text(program: &Program, text: &str, code: Code, message: impl Into<Message>) -> Self {
        let spot = Self::at_start(program, code, message);
        match program.source.text.find(text).map(|at| program.source.place(at as u32)) {
            Some(place) => Self { line: Some(place.line), column: Some(place.column), ..spot },
            None => spot,
        }
    }

    /// Worse, or less bad, than the table says.
    #[must_use]
    pub fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// With what to write instead.
    #[must_use]
    pub fn fix(self, span: Span, text: impl Into<String>) -> Self {
        Self { fix: Some(Fix { span, text: text.into() }), ..self }
    }
}
