//! Why the library could not do what it was asked for.

use crate::explain::Unexplained;
use std::fmt;

/// What went wrong, in the manner of [`std::io::ErrorKind`].
///
/// ```
/// let error = vtl_eval::Context::from_json("[]").unwrap_err();
/// assert_eq!(error.kind(), vtl_eval::ErrorKind::Input);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A template does not parse.
    Template,
    /// A context, token, report or persona is not what it should be.
    Input,
    /// A project could not be read.
    Project,
    /// The project has no such field.
    UnknownField,
    /// The field has no template to run: its data source answers, or JavaScript does.
    NothingToRun,
}

/// Why the library could not do what it was asked for: a kind, and a sentence that says where and what to do.
///
/// ```
/// use vtl_eval::{ErrorKind, Template};
///
/// let error = Template::parse("t.vtl", "#if($x)").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Template);
/// assert_eq!(error.line(), Some(1));
/// ```
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    line: Option<u32>,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), line: None }
    }

    pub(super) fn input(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Input, message.to_string())
    }

    pub(super) fn template(diagnostic: &crate::diagnostic::Diagnostic) -> Self {
        let place = diagnostic.place();
        let message = format!("{}:{}:{}: {}", diagnostic.file(), place.line, place.column, diagnostic.message);
        Self { line: Some(place.line), ..Self::new(ErrorKind::Template, message) }
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The line of the template, where it is the template that is wrong.
    pub fn line(&self) -> Option<u32> {
        self.line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<Unexplained> for Error {
    fn from(error: Unexplained) -> Self {
        match error {
            Unexplained::Parse(diagnostic) => Self::template(&diagnostic),
            Unexplained::Missing(message) => Self::new(ErrorKind::Project, message),
            Unexplained::Input(error) => Self::input(error.to_string()),
            nothing @ Unexplained::NothingRan { .. } => Self::new(ErrorKind::NothingToRun, nothing.to_string()),
        }
    }
}
