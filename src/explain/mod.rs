//! The explanation of a resolver, in one place: [`explain`] runs a subject (a template, or the whole pipeline of a field)
//! with what was given and tells what was decided, by what, how near every other way came, and what would have changed it.
//!
//! Every command and the library call [`explain`]; `report` draws an [`Explanation`] and decides nothing.

mod answer_open;
mod by_hand;
mod rerun_budget;
pub mod change;
pub mod doubt;
pub mod compare;
mod doubted;
mod explanation;
pub mod filter;
mod flags;
pub mod grounds;
mod held_back;
mod mended;
mod mended_pipeline;
mod next;
pub mod hint;
mod pipeline;
mod question;
mod readings;
mod reasons;
mod rows_open;
pub mod rules;
pub mod suggest;
mod template;
pub mod why;

pub use crate::trace::Absent;
pub use change::{InputChange, Op, Suggestion};
pub use compare::{Comparison, compare};
pub use explanation::{Explanation, Pipeline, StepSummary, Unexplained};
pub use question::{Depth, Question};
pub use suggest::Rerun;

use crate::appsync::Given;
use crate::resolver::{Answers, Resolver};
use crate::syntax::Program;
use crate::trace::places::KnownPlaces;
use std::sync::Arc;

/// What is explained.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'s> {
    /// One template.
    Template(&'s Arc<Program>),
    /// The pipeline of a field, with what its data sources answer.
    Resolver(&'s Resolver, &'s Answers),
}

/// Runs a subject with what was given and explains what it decided, as deep as the question asks.
///
/// # Errors
/// The subject could not be run at all: see [`Unexplained`].
pub fn explain(subject: Subject<'_>, given: &Given, question: &Question) -> Result<Explanation, Unexplained> {
    rerun_budget::begin();
    match subject {
        Subject::Template(program) => template::explain(program, given, question),
        Subject::Resolver(resolver, answers) => pipeline::explain(resolver, answers, given, question, &KnownPlaces::default()),
    }
}

/// As [`explain`], of a pipeline whose templates others run too: where these have what is found once.
///
/// # Errors
/// Those of [`explain`].
pub fn explain_among<'r>(
    (resolver, answers): (&'r Resolver, &Answers),
    given: &Given,
    question: &Question,
    places: &KnownPlaces<'r>,
) -> Result<Explanation, Unexplained> {
    rerun_budget::begin();
    pipeline::explain(resolver, answers, given, question, places)
}
