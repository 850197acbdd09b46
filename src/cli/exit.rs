//! Exit codes and the errors that end the command.

use crate::diagnostic::Diagnostic;
use crate::explain::Unexplained;
use crate::report::render_diagnostic;
use crate::trace::Verdict;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// How the command ended when it could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Allowed, filtered, completed; or the work was done.
    Good,
    /// Denied.
    Denied,
    /// Another error, no verdict, or a doubt under `--strict`.
    Error,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Allowed | Verdict::Filtered | Verdict::Completed => Self::Good,
            Verdict::Denied => Self::Denied,
            Verdict::Error | Verdict::Unknown => Self::Error,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Good => 0,
            Exit::Denied => 2,
            Exit::Error => 3,
        })
    }
}

/// Why the command could not do its work: exit code 1.
#[derive(Debug)]
pub enum CommandError {
    /// A message.
    Message(String),
    /// A message about a place in a template.
    Diagnostic(Box<Diagnostic>),
    /// The reader of the output is gone: no error.
    ClosedPipe,
}

impl CommandError {
    /// A message of these words.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// Prints the error and gives the exit code.
    pub fn report(self) -> ExitCode {
        let text = match self {
            Self::ClosedPipe => return ExitCode::SUCCESS,
            Self::Message(message) => format!("error: {message}"),
            Self::Diagnostic(diagnostic) => render_diagnostic(&diagnostic, io::stderr().is_terminal()),
        };
        let _ = writeln!(anstream::stderr(), "{text}");
        ExitCode::FAILURE
    }
}

impl From<Unexplained> for CommandError {
    fn from(error: Unexplained) -> Self {
        match error {
            Unexplained::Parse(diagnostic) => Self::Diagnostic(diagnostic),
            other => Self::new(other.to_string()),
        }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::new(error.to_string()),
        }
    }
}
