//! Exit codes and the errors that end the command.

use super::say;
use crate::diagnostic::Diagnostic;
use crate::explain::Unexplained;
use crate::files::unwritten;
use crate::report::render_diagnostic;
use crate::trace::Verdict;
use std::io;
use std::path::Path;

/// What a bare `vtl-eval` shows.
pub const USAGE: &str = "vtl-eval tells why AWS AppSync refused a request, offline, from the resolver's VTL templates. Begin with one of:
  vtl-eval TEMPLATE --claims token.txt            run a template as this caller: the verdict and why
  vtl-eval diagnose refused.har                   a refused request, layer by layer: a HAR, a response, a log, an error text
  vtl-eval token token.txt                        what a token says and what AppSync makes of it
Help: `vtl-eval --help`, `vtl-eval COMMAND --help`, and `vtl-eval explain \"the error text\"`.";

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

impl Exit {
    /// The exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Denied => 2,
            Self::Error => 3,
        }
    }
}

/// Why the command could not do its work: exit code 1.
#[derive(Debug)]
pub enum CommandError {
    /// A message.
    Message(String),
    /// A message about a place in a template.
    Diagnostic(Box<Diagnostic>),
    /// Nothing was asked: how to begin.
    Usage,
    /// The reader of the output is gone: no error.
    ClosedPipe,
}

impl CommandError {
    /// What a walk could not read, each in a line; the rest was read.
    pub fn unread(errors: &[String]) -> Self {
        let rest = &errors[1..];
        let more: String = rest.iter().map(|error| format!("\nerror: {error}")).collect();
        Self::Message(format!("{}{more}", errors[0]))
    }

    /// A message of these words.
    pub fn new(message: impl std::fmt::Display) -> Self {
        Self::Message(message.to_string())
    }

    /// Prints the error and gives the exit code.
    pub fn report(self) -> u8 {
        match self {
            Self::ClosedPipe => return 0,
            Self::Usage => say::say(USAGE),
            Self::Message(message) => say::say(format!("error: {message}")),
            Self::Diagnostic(diagnostic) => say::say(render_diagnostic(&diagnostic, true)),
        }
        1
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
            // What this program said itself, and what the system says of the output.
            _ if error.raw_os_error().is_none() => Self::new(error.to_string()),
            _ => Self::new(format!("cannot write: {}", unwritten(Path::new("-"), &error))),
        }
    }
}
