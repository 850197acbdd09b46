//! The run of a resolver: its templates one after another, as AppSync runs them.

mod pipeline;

pub use crate::project::{
    Function, ResolverKind, LoadOptions, Origin, Project as Resolvers, ProjectError, Resolver, Template, load, yaml,
};
pub use pipeline::{Answers, Half, Recording, Run, RunError, PipelineStep, run};
