//! The run of a resolver: its templates one after another, as AppSync runs them.

mod pipeline;

pub use crate::project::{
    ResolverFunction, ResolverKind, LoadOptions, TemplateOrigin, Project as Resolvers, ProjectError, Resolver, Template, load, yaml,
};
pub use pipeline::{Answers, Half, Recording, ResolverRun, RunError, PipelineStep, run};
