//! What resolves a field: a resolver, its functions, and the halves that each has.

use serde::{Serialize, Serializer};
use super::data_source::DataSource;
use super::slot::PipelineSlot;
use super::template::Template;
use std::sync::Arc;

/// Whether a resolver has functions of its own or is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolverKind {
    /// Before template, functions, after template.
    Pipeline,
    /// One data source.
    Unit,
}

impl ResolverKind {
    /// Reads AppSync's name of a kind.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "PIPELINE" => Some(Self::Pipeline),
            "UNIT" => Some(Self::Unit),
            _ => None,
        }
    }
}

impl Serialize for ResolverKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Pipeline => "PIPELINE",
            Self::Unit => "UNIT",
        })
    }
}

/// What the halves of a resolver or a function are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runtime {
    /// Mapping templates.
    #[default]
    Vtl,
    /// `APPSYNC_JS`: named, never evaluated.
    JavaScript,
    /// The source names the function and does not have it: what it decides is unknown.
    NotRead,
}

impl Runtime {
    /// Reads AppSync's name of a runtime: all but VTL's own are JavaScript's.
    pub(crate) fn named(name: Option<&str>) -> Self {
        match name {
            None | Some("" | "VTL") => Self::Vtl,
            Some(_) => Self::JavaScript,
        }
    }
}

/// A function of a pipeline.
#[derive(Clone, Debug)]
pub struct ResolverFunction {
    /// Its name, to which `--results` may give an answer.
    pub name: String,
    /// Its part in the pipeline.
    pub slot: PipelineSlot,
    /// Its place in the slot.
    pub index: u32,
    /// Where its request goes.
    pub data_source: DataSource,
    /// The request half.
    pub request: Option<Arc<Template>>,
    /// The response half.
    pub response: Option<Arc<Template>>,
    /// What its halves are written in.
    pub runtime: Runtime,
    /// The JavaScript of a function that is no VTL, if it was at hand.
    pub code: Option<Arc<Template>>,
}

impl ResolverFunction {
    /// A function of which only the id is known: what it decides is unknown.
    pub(crate) fn not_read(id: &str, index: u32) -> Self {
        Self {
            name: id.to_owned(),
            slot: PipelineSlot::Main,
            index,
            data_source: DataSource::unknown(),
            request: None,
            response: None,
            runtime: Runtime::NotRead,
            code: None,
        }
    }
}

/// What resolves one field.
#[derive(Clone, Debug)]
pub struct Resolver {
    /// `Type.field`
    pub field: String,
    /// Pipeline or unit.
    pub kind: ResolverKind,
    /// Runs before the functions.
    pub before: Option<Arc<Template>>,
    /// Runs after them.
    pub after: Option<Arc<Template>>,
    /// In the order in which they run.
    pub functions: Vec<ResolverFunction>,
    /// What its own halves are written in.
    pub runtime: Runtime,
    /// The JavaScript of its own halves, if it was at hand.
    pub code: Option<Arc<Template>>,
    /// The keys of its cache (`$context.identity.sub` …); none when the resolver is not cached.
    pub caching_keys: Option<Vec<String>>,
}

impl Resolver {
    /// A resolver with one data source and no functions.
    pub(crate) fn unit(field: String, function: ResolverFunction) -> Self {
        let (runtime, code) = (function.runtime, function.code.clone());
        Self {
            field,
            kind: ResolverKind::Unit,
            before: None,
            after: None,
            functions: vec![function],
            runtime,
            code,
            caching_keys: None,
        }
    }

    /// A pipeline of these functions.
    pub(crate) fn pipeline(field: String, functions: Vec<ResolverFunction>) -> Self {
        Self {
            field,
            kind: ResolverKind::Pipeline,
            before: None,
            after: None,
            functions,
            runtime: Runtime::Vtl,
            code: None,
            caching_keys: None,
        }
    }

    /// Its templates, in the order in which they run.
    pub fn templates(&self) -> impl Iterator<Item = &Arc<Template>> {
        let functions = self.functions.iter().flat_map(|function| function.request.iter().chain(&function.response));
        self.before.iter().chain(functions).chain(&self.after)
    }
}
