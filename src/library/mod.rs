//! The library's public face: a template or a project, what was given, why. Everything else of the crate serves these names
//! and may change between versions.

mod context;
mod error;
mod explanation;
mod judge;
mod project;
mod template;

pub use context::Context;
pub use error::{Error, ErrorKind};
pub use explanation::{Candidate, Decision, Explanation, Note, Suggestion};
pub use judge::{Diagnosis, Matrix, Problem, Token, check, diagnose, token};
pub use project::Project;
pub use template::{Template, evaluate, explain};
