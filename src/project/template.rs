//! A template of a project: its text, where that is from, and the program once it is needed.

use crate::diagnostic::Diagnostic;
use crate::source::{FilledValue, Source};
use crate::syntax::{Program, parse};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Where a template's text is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateOrigin {
    /// A file of its own.
    File(PathBuf),
    /// It stands inside this file: a stack, or a saved answer.
    Inline(PathBuf),
    /// It is ours: for what AppSync or Amplify do without a template that could be read.
    StandIn,
    /// The source names it and does not have it; the text says where it was looked for.
    Missing(String),
}

/// A template, compiled when it is first needed and then shared.
#[derive(Debug)]
pub struct Template {
    source: Source,
    origin: TemplateOrigin,
    program: OnceLock<Result<Arc<Program>, Box<Diagnostic>>>,
}

impl Template {
    /// A template of this name, text and origin.
    pub(crate) fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>, origin: TemplateOrigin) -> Arc<Self> {
        Arc::new(Self { source: Source::new(name, text), origin, program: OnceLock::new() })
    }

    /// The same, with what parameters of the deployment put into its text.
    pub(crate) fn filled(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>, origin: TemplateOrigin, filled: Vec<FilledValue>) -> Arc<Self> {
        Arc::new(Self { source: Source::new(name, text).with_filled(filled), origin, program: OnceLock::new() })
    }

    /// Where its text is from.
    pub fn origin(&self) -> &TemplateOrigin {
        &self.origin
    }

    /// Why there is no text, if the template is not there: who needs it must not take it for an empty one.
    pub fn missing(&self) -> Option<&str> {
        match &self.origin {
            TemplateOrigin::Missing(message) => Some(message),
            _ => None,
        }
    }

    /// Its name: a file, or the place that holds it.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The program.
    ///
    /// # Errors
    /// The template does not parse.
    pub fn program(&self) -> Result<&Arc<Program>, &Diagnostic> {
        self.program.get_or_init(|| parse(&self.source).map(Arc::new)).as_ref().map_err(AsRef::as_ref)
    }
}
