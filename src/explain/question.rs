//! What is asked of a run.

use crate::rules::Ties;
use crate::trace::Absent;
use crate::value::Value;
use std::sync::Arc;

/// How deep an explanation goes. Each level costs more runs than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What was decided, and nothing else: one run without a recorder.
    Verdict,
    /// Why, where the caller was refused or nothing is known; else what was decided, and by which rules.
    Refusals,
    /// Why: guards, candidates and hints.
    Reasons,
    /// And what would have changed it, each proved by running again.
    #[default]
    Proofs,
}

/// What to look at beyond the context.
#[derive(Clone, Debug)]
pub struct Question {
    /// The variable to explain, without `$`.
    pub watch: String,
    /// Rows that a filter is judged against; a list without any says that the table has none, `None` that nobody gave them.
    pub records: Option<Vec<Value>>,
    /// Whether to say what an allow rests on.
    pub why_allowed: bool,
    /// Whether to say what the run reached.
    pub coverage: bool,
    /// How a part of the context is read that nobody gave.
    pub absent: Absent,
    /// Whether texts may hold values that are known only after a deployment: a test on one has no answer.
    pub open_values: bool,
    /// The rules from which the templates were made, if the project's model schema is known.
    pub rules: Option<Arc<Ties>>,
    /// How deep to go.
    pub depth: Depth,
}

impl Default for Question {
    fn default() -> Self {
        Self {
            watch: "isAuthorized".to_owned(),
            records: None,
            why_allowed: false,
            coverage: false,
            absent: Absent::default(),
            open_values: false,
            rules: None,
            depth: Depth::default(),
        }
    }
}
