//! What was decided and why: owned, so that it outlives what it was made from.

use crate::message::Message;
use super::compare::Comparison;
use super::rules::Rules;
use crate::appsync::context::ContextError;
use super::why::Why;
use crate::appsync::{AuthType, Given};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::eval::{End, Note, Outcome};
use crate::finding::Finding;
use crate::resolver::{Half, RunError};
use crate::source::Place;
use crate::syntax::{NodeId, Program};
use crate::trace::coverage::Coverage;
use crate::trace::{Conclusion, Decision, Verdict};
use crate::value::Value;
use std::sync::Arc;
use thiserror::Error;

/// What a template or a pipeline decided, and why.
#[derive(Debug)]
pub struct Explanation {
    /// The template: of a pipeline the one that decided, or the last that ran where none did.
    pub program: Arc<Program>,
    /// What its run left behind.
    pub outcome: Outcome,
    /// The verdict on the whole subject.
    pub verdict: Verdict,
    /// What decided it.
    pub decision: Decision,
    /// The variable that was watched, without `$`.
    pub watched: String,
    /// The caller's mode, if one is known.
    pub auth_type: Option<AuthType>,
    /// Whether the mode was derived from the identity's shape.
    pub auth_type_derived: bool,
    /// Why; `None` where only the verdict was asked for.
    pub why: Option<Why>,
    /// What the template's run reached, if it was asked for.
    pub coverage: Option<Coverage>,
    /// What a reader must know beyond the notes of the template's own run.
    pub notes: Vec<Note>,
    /// What a pipeline adds.
    pub pipeline: Option<Pipeline>,
    /// The same request by another caller, where one was asked for.
    pub compared: Option<Comparison>,
    /// The rules behind it, where the project's model schema is known.
    pub rules: Option<Rules>,
}

/// A pipeline that ran.
#[derive(Debug)]
pub struct Pipeline {
    /// `Type.field`
    pub field: String,
    /// The templates that ran, in order; the deciding one's outcome stands in the [`Explanation`].
    pub steps: Vec<StepSummary>,
    /// The step that decided.
    pub deciding: Option<usize>,
    /// The verdict where what nobody gave is read as null.
    pub as_null: Verdict,
    /// The filter that was set: on the rows of a query, or on a subscription's events.
    pub filter: Value,
    /// The value of the field; null when it was refused.
    pub result: Value,
    /// What AppSync's answer has under `errors`.
    pub errors: Vec<Value>,
    /// The messages of the errors that its templates added, which ended nothing.
    pub appended: Vec<Value>,
}

/// One template of a pipeline that ran.
#[derive(Debug)]
pub struct StepSummary {
    /// The template.
    pub program: Arc<Program>,
    /// The function's slot; `before` and `after` have none.
    pub slot: Option<String>,
    /// The function's place in its slot.
    pub index: Option<u32>,
    /// Which half.
    pub half: Half,
    /// Its own verdict.
    pub verdict: Verdict,
    /// Where its own decision fell.
    pub node: Option<NodeId>,
    /// Whether it asks a table for rows by their key, and for no filter.
    pub asks_for_all: bool,
    /// Notes of its own run.
    pub notes: Vec<Note>,
    /// What its run reached, if it was asked for.
    pub coverage: Option<Coverage>,
}

/// Why a subject could not be run at all.
#[derive(Debug, Error)]
pub enum Unexplained {
    /// A template does not parse.
    #[error("a template does not parse: {}", .0.message)]
    Parse(Box<Diagnostic>),
    /// A template that the source names is not there: where it was looked for.
    #[error("{0}")]
    Missing(String),
    /// What was given has the wrong shape.
    #[error("{0}")]
    Input(ContextError),
    /// No template ran, so there is nothing to explain.
    #[error("{field} has no template to run: {why}")]
    NothingRan {
        /// `Type.field`
        field: String,
        /// In words.
        why: Message,
        /// What the run noted.
        notes: Vec<Note>,
    },
}

impl From<RunError<'_>> for Unexplained {
    fn from(error: RunError<'_>) -> Self {
        match error {
            RunError::Parse(diagnostic) => Self::Parse(Box::new(diagnostic.clone())),
            RunError::Missing(message) => Self::Missing(message.to_owned()),
            RunError::Input(message) => Self::Input(message),
        }
    }
}

impl Explanation {
    /// What the client gets in the place of data. Where the verdict is open, the answer is too.
    pub fn answer(&self) -> Option<String> {
        match &self.outcome.end {
            _ if self.verdict == Verdict::Unknown => None,
            End::Thrown { error, .. } => Some(error.message.to_string()),
            End::Failed(failure) => Some(failure.to_string()),
            _ => None,
        }
    }

    /// Whether a template added an error with this message to its answer, which ends nothing.
    pub fn appended(&self, message: &str) -> bool {
        let own = self.outcome.env.out_errors.iter().map(|error| &error.message);
        let of_steps = self.pipeline.iter().flat_map(|pipeline| &pipeline.appended);
        self.verdict != Verdict::Error && own.chain(of_steps).any(|said| said.as_str() == Some(message))
    }

    /// A run without reasons.
    pub fn bare(program: &Arc<Program>, given: &Given, outcome: Outcome, watched: &str) -> Self {
        let Conclusion { verdict, decision } = crate::trace::judge(program, &outcome, watched);
        Self {
            program: Arc::clone(program),
            outcome,
            verdict,
            decision,
            watched: watched.to_owned(),
            auth_type: given.auth_type,
            auth_type_derived: given.auth_type_derived,
            why: None,
            coverage: None,
            notes: Vec::new(),
            pipeline: None,
            compared: None,
            rules: None,
        }
    }

    /// All notes: those of the input and the pipeline, with what was not given before everything else.
    pub fn all_notes(&self) -> impl Iterator<Item = &Note> {
        let missing = |note: &&Note| note.code == Code::NotGiven;
        let (first, rest) = (self.outcome.notes.iter(), self.outcome.notes.iter());
        first.filter(missing).chain(&self.notes).chain(rest.filter(move |note| !missing(note)))
    }

    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The text that the template rendered.
    pub fn output(&self) -> &str {
        &self.outcome.output
    }

    /// The line of the template that decided, if one did.
    pub fn line(&self) -> Option<u32> {
        Some(self.place(self.decision.node?).line)
    }

    /// What a reader should look at, most telling first.
    pub fn hints(&self) -> &[Finding] {
        self.why.as_ref().map_or(&[], |why| &why.hints)
    }

    /// Without hints of these codes, which something that is known makes moot.
    #[must_use]
    pub fn without(mut self, codes: &[Code]) -> Self {
        if let Some(why) = &mut self.why {
            why.hints.retain(|hint| !codes.contains(&hint.code));
        }
        self
    }

    /// Line and column of a node of the template.
    pub fn place(&self, node: NodeId) -> Place {
        self.program.place(node)
    }

    /// With what differs for another caller: said first.
    pub fn compare(&mut self, comparison: Comparison) {
        let finding = Finding::new(Code::CallersDiffer, comparison.message.clone());
        self.why.get_or_insert_default().hints.insert(0, finding);
        self.compared = Some(comparison);
    }

    /// A template judged as the only one of its field: a response half that leaves rows out is a filter.
    #[must_use]
    pub fn into_whole_field(mut self) -> Self {
        if self.why.as_ref().is_some_and(|why| why.left_out.is_some()) {
            self.verdict = Verdict::Filtered;
        }
        self
    }
}
