//! What is wrong with rules, and between rules and the templates that they should have become.

mod build;
mod model;

use crate::message::Message;
use super::tie::Ties;
use crate::code::Code;
use crate::project::Project;

/// One thing that is wrong, at a line of the model schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFinding {
    /// What it means (docs/hints.md).
    pub code: Code,
    /// The line of the model schema.
    pub line: u32,
    /// What it is about: `Post`, `Post.secret`, `Mutation.updatePost`.
    pub about: String,
    /// One or two sentences: what is so, and what to do.
    pub message: Message,
}

/// Everything that is wrong, in the order of the schema; with a project, between rules and templates too.
pub fn findings(ties: &Ties, project: Option<&Project>) -> Vec<RuleFinding> {
    let mut found = model::findings(ties);
    if let Some(project) = project {
        found.extend(build::findings(ties, project));
    }
    found.sort_by(|left, right| (left.line, left.about.as_str()).cmp(&(right.line, right.about.as_str())));
    found.dedup();
    found
}
