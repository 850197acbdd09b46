//! Many templates, one field: where resolvers come from, and how a pipeline of them runs.

mod amplify;
mod cloudformation;
mod intrinsics;
mod load;
mod manifest;
mod pipeline;
mod saved;
mod stack_files;
pub mod yaml;

pub use load::{LoadError, LoadOptions, load};
pub use pipeline::{Answers, Half, Run, RunError, Step, run};

use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::nearest::nearest;
use crate::source::Source;
use crate::syntax::{Program, parse};
use indexmap::IndexMap;
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Where a template's text is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
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
    origin: Origin,
    program: OnceLock<Result<Arc<Program>, Box<Diagnostic>>>,
}

impl Template {
    /// A template of this name, text and origin.
    fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>, origin: Origin) -> Arc<Self> {
        Arc::new(Self { source: Source::new(name, text), origin, program: OnceLock::new() })
    }

    /// The template in a file, by a name that says more than the path.
    fn read(name: impl Into<Arc<str>>, path: &Path) -> Result<Arc<Self>, LoadError> {
        Ok(Self::new(name, load::read(path)?, Origin::File(path.to_owned())))
    }

    /// Where its text is from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Why there is no text, if the template is not there: who needs it must not take it for an empty one.
    pub fn missing(&self) -> Option<&str> {
        match &self.origin {
            Origin::Missing(message) => Some(message),
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

/// Whether a resolver has functions of its own or is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Before template, functions, after template.
    Pipeline,
    /// One data source.
    Unit,
}

/// A function of a pipeline.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name, to which `--results` may give an answer.
    pub name: String,
    /// Amplify's slot (`auth`, `postAuth` …), `main`, or `unit`.
    pub slot: String,
    /// Its place in the slot.
    pub index: u32,
    /// The data source's type, such as `NONE` or `AMAZON_DYNAMODB`.
    pub data_source: String,
    /// The request half.
    pub request: Option<Arc<Template>>,
    /// The response half.
    pub response: Option<Arc<Template>>,
    /// `APPSYNC_JS` for a function that is no VTL, [`NOT_READ`] for one that was not there.
    pub runtime: Option<String>,
}

/// Stands for the runtime of a function that a pipeline names and the source does not have.
pub const NOT_READ: &str = "not read";

impl Function {
    /// A function of which only the id is known: what it decides is unknown.
    fn not_read(id: &str, index: u32) -> Self {
        Self {
            name: id.to_owned(),
            slot: "main".to_owned(),
            index,
            data_source: "UNKNOWN".to_owned(),
            request: None,
            response: None,
            runtime: Some(NOT_READ.to_owned()),
        }
    }

    /// It runs on another runtime than VTL's.
    fn is_javascript(&self) -> bool {
        self.runtime.as_deref().is_some_and(|runtime| runtime != NOT_READ)
    }
}

/// What resolves one field.
#[derive(Clone, Debug)]
pub struct Resolver {
    /// `Type.field`
    pub field: String,
    /// Pipeline or unit.
    pub kind: Kind,
    /// Runs before the functions.
    pub before: Option<Arc<Template>>,
    /// Runs after them.
    pub after: Option<Arc<Template>>,
    /// In the order in which they run.
    pub functions: Vec<Function>,
    /// `APPSYNC_JS` for a resolver whose own halves are no VTL.
    pub runtime: Option<String>,
}

impl Resolver {
    /// Its templates, in the order in which they run.
    pub fn templates(&self) -> impl Iterator<Item = &Arc<Template>> {
        let functions = self.functions.iter().flat_map(|function| function.request.iter().chain(&function.response));
        self.before.iter().chain(functions).chain(&self.after)
    }
}

/// Every resolver that a source has.
#[derive(Debug, Default)]
pub struct Resolvers {
    /// By `Type.field`.
    pub by_field: IndexMap<String, Resolver>,
    /// What a user should know of the source: shadowed files, files that nothing uses, JavaScript.
    pub findings: Vec<Finding>,
}

impl Resolvers {
    /// The resolver of a field.
    ///
    /// # Errors
    /// There is none; the message names near ones.
    pub fn get(&self, field: &str) -> Result<&Resolver, String> {
        self.by_field.get(field).ok_or_else(|| {
            let names = self.by_field.keys().map(String::as_str);
            let near = nearest(field, names).or_else(|| {
                let name = field.rsplit('.').next().unwrap_or(field);
                self.by_field.keys().map(String::as_str).find(|known| known.rsplit('.').next() == Some(name))
            });
            match near {
                Some(near) => format!("no resolver for {field}; did you mean {near}?"),
                None => format!(
                    "no resolver for {field}: there are {} others (such as {})",
                    self.by_field.len(),
                    self.by_field.keys().take(3).cloned().collect::<Vec<_>>().join(", ")
                ),
            }
        })
    }

    /// What a user should know of the source as far as it concerns a field.
    pub fn about(&self, field: &str) -> Vec<&Finding> {
        let concerns = |finding: &&Finding| finding.path.as_deref().is_some_and(|path| path.contains(field));
        self.findings.iter().filter(concerns).collect()
    }

    /// Whether answers by function name are for functions that there are.
    ///
    /// # Errors
    /// A name that no function has.
    pub fn answer(&self, names: &[&str]) -> Result<(), String> {
        let known: Vec<&str> =
            self.by_field.values().flat_map(|resolver| &resolver.functions).map(|one| one.name.as_str()).collect();
        let Some(odd) = names.iter().find(|name| !known.contains(name)) else { return Ok(()) };
        let near =
            nearest(odd, known.iter().copied()).map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        Err(format!("results: no function has the name {odd:?}{near}"))
    }

    /// Every template once, in the order of the fields.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let mut seen = FxHashSet::default();
        self.by_field
            .values()
            .flat_map(Resolver::templates)
            .filter(move |template| seen.insert(Arc::as_ptr(template)))
            .map(AsRef::as_ref)
    }

    fn add(&mut self, resolver: Resolver) {
        let js = resolver.functions.iter().filter(|function| function.is_javascript()).map(|function| &function.name);
        let names: Vec<_> = js.cloned().collect();
        if !names.is_empty() || resolver.runtime.is_some() {
            let what = if names.is_empty() { "its own halves".to_owned() } else { names.join(", ") };
            self.findings.push(
                Finding::new(
                    "javascript-resolver",
                    format!("{}: {what} run on APPSYNC_JS, which is not VTL and is not evaluated", resolver.field),
                )
                .at(resolver.field.clone()),
            );
        }
        if self.by_field.contains_key(&resolver.field) {
            let message = format!(
                "{} has more than one resolver here (two APIs?); the last one is used: name one template with --from",
                resolver.field
            );
            self.findings.push(Finding::new("duplicate-field", message).at(resolver.field.clone()));
        }
        self.by_field.insert(resolver.field.clone(), resolver);
    }
}
