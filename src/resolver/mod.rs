//! The run of a resolver: its templates one after another, as AppSync runs them.

mod pipeline;
mod stored;

pub use crate::project::{
    ResolverFunction, ResolverKind, LoadOptions, TemplateOrigin, Project as Resolvers, ProjectError, Resolver, Template, load, yaml,
};
use stored::{key_without_row, row_of_key};
pub use pipeline::{Answers, Half, Recording, ResolverRun, RunError, PipelineStep, run};
