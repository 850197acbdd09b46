//! Meaning to bytes: one renderer a format. Nothing here evaluates.

mod check;
mod coverage;
mod diagnosis;
mod diagnostic;
mod fold;
mod html;
mod json;
mod junit;
mod matrix;
mod page;
mod pipeline;
mod replay;
mod rows;
mod text;
mod token;
mod words;

pub use check::{sarif, text as check_text};
pub use coverage::{html as coverage_html, json as coverage_json, lcov as coverage_lcov, text as coverage_text};
pub use diagnosis::{Diagnosed, DiagnosisJson, html as diagnosis_html, text as diagnosis_text};
pub use diagnostic::render as render_diagnostic;
pub use html::render as render_html;
pub use json::{AwsReport, BatchRow, JsonReport, aws};
pub use junit::junit;
pub use matrix::{csv as matrix_csv, html as matrix_html, text as matrix_text};
pub use pipeline::{PipelineJson, PipelineReport, render as render_pipeline};
pub use replay::{ReplayRows, counts as replay_counts, csv as replay_csv, html as replay_html, text as replay_text};
pub use text::{Layout, render as render_text};
pub use token::{TokenReport, html as token_html, text as token_text};

use crate::appsync::AuthType;
use crate::eval::{Note, Outcome};
use crate::source::Place;
use crate::syntax::{NodeId, Program};
use crate::trace::coverage::Coverage;
use crate::trace::why::Why;
use crate::trace::{Decision, Verdict};

/// One template's result, ready to be drawn.
#[derive(Debug)]
pub struct Report<'a> {
    /// The template.
    pub program: &'a Program,
    /// What became of it.
    pub outcome: &'a Outcome,
    /// The verdict.
    pub verdict: Verdict,
    /// What decided it.
    pub decision: Decision,
    /// The variable whose writes are shown.
    pub watched: &'a str,
    /// The mode, if one is known.
    pub auth_type: Option<AuthType>,
    /// Whether the mode was derived from the identity's shape.
    pub auth_type_derived: bool,
    /// Why, if the run was recorded.
    pub why: Option<&'a Why>,
    /// What the run reached, if it was asked for.
    pub coverage: Option<&'a Coverage>,
    /// Notes of the input, before those of the run.
    pub input_notes: Vec<Note>,
}

impl Report<'_> {
    /// All notes: the input's, then what was not given, then the others in the order of the run.
    fn notes(&self) -> impl Iterator<Item = &Note> {
        let missing = |note: &&Note| note.code == "not-given";
        let (first, rest) = (self.outcome.notes.iter(), self.outcome.notes.iter());
        first.filter(missing).chain(&self.input_notes).chain(rest.filter(move |note| !missing(note)))
    }

    /// Line and column of a node.
    fn place(&self, node: NodeId) -> Place {
        self.program.source.place(self.program.span(node).start)
    }

    /// The source of a node on one line, whole.
    fn code(&self, node: NodeId) -> String {
        fold::one_line(self.program.text(node))
    }

    fn verdict_word(&self) -> &'static str {
        match self.verdict {
            Verdict::Allowed => "ALLOWED",
            Verdict::Denied => "DENIED",
            Verdict::Filtered => "FILTERED",
            Verdict::Completed => "COMPLETED",
            Verdict::Error => "ERROR",
        }
    }
}
