//! "It works for her, not for me": the same request by two callers, and what differed first.

mod elsewhere;
mod fork;
mod given;
mod words;

pub use fork::{Fork, ForkKind, Seen};
pub use given::{ComparedCaller, mode_of_other};
pub use words::names;

use super::filter;
use super::why::stash_filter;
use super::hint::carried;
use super::hint::carried::apart::{self, TermFork};
use super::{Depth, Question, Subject, Unexplained, explain};
use crate::appsync::Given;
use crate::message::Message;
use crate::resolver::{Answers, Recording, run};
use crate::trace::places::KnownPlaces;
use crate::trace::recorder::{Memory, Recorder};
use crate::trace::{Verdict, judge};
use crate::value::Value;
use fork::RanFor;

/// Two callers of one request: this one, and the other one.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Who they are.
    pub callers: [ComparedCaller; 2],
    /// What each of them gets.
    pub verdicts: [Verdict; 2],
    /// The layer before the templates at which they parted, if it was one of those.
    pub layer: Option<&'static str>,
    /// What went two ways first.
    pub fork: Option<Fork>,
    /// The term at the data source that did, where no statement of the templates did.
    pub term: Option<TermFork>,
    /// Where the values come from that made it so: those that differ.
    pub sources: Vec<Sourced>,
    /// The rows that each of them gets, by name, where rows were given.
    pub rows: Option<[Vec<String>; 2]>,
    /// In a sentence, why the other caller was refused too, where another statement did that.
    pub refused_elsewhere: Message,
    /// All of that in words.
    pub message: Message,
}

/// A place of the context that holds another value for the other caller.
#[derive(Clone, Debug)]
pub struct Sourced {
    /// Such as `identity.claims["cognito:groups"]`.
    pub path: String,
    /// What stands there for each; `None` where nothing does.
    pub values: [Option<Value>; 2],
}

/// Runs a subject for both callers and tells what differs.
///
/// # Errors
/// It could not be run for one of them.
pub fn compare(
    subject: Subject<'_>,
    given: &Given,
    other: &Given,
    question: &Question,
) -> Result<Comparison, Unexplained> {
    let bare = Question { depth: Depth::Verdict, ..question.clone() };
    let verdict = |given: &Given| match subject {
        Subject::Template(_) => explain(subject, given, &bare).map(|explained| explained.verdict),
        Subject::Resolver(resolver, all) => {
            let own = answers(all, given);
            explain(Subject::Resolver(resolver, &own), given, &bare).map(|explained| explained.verdict)
        }
    };
    let verdicts = [verdict(given)?, verdict(other)?];
    let (mine, theirs) = (ran(subject, given, question)?, ran(subject, other, question)?);
    let fork = fork::find(&mine, &theirs);
    let sources = fork.as_ref().map_or_else(Vec::new, |fork| given::sources(fork, [given, other]));
    let records = question.records.as_deref().unwrap_or_default();
    let by_term = || mine.iter().zip(&theirs).find_map(|(mine, theirs)| apart::find(mine.program, &mine.outcome, &theirs.outcome, records));
    let term = if fork.as_ref().is_none_or(|fork| fork.kind == ForkKind::Value) { by_term() } else { None };
    let rows = rows(&mine, question).zip(rows(&theirs, question)).map(<[_; 2]>::from);
    let callers = [ComparedCaller::of(given), ComparedCaller::of(other)];
    let refused_elsewhere = elsewhere::refused(&mine, &theirs, verdicts, &names(callers.each_ref()));
    let mut found = Comparison { callers, verdicts, layer: None, fork, term, sources, rows, refused_elsewhere, message: Message::default() };
    found.message = words::message(&found, mine.len() > 1);
    Ok(found)
}

impl Comparison {
    /// Of two callers who parted before any template ran, or by what the templates do not show: told in these words.
    pub fn elsewhere(given: [&Given; 2], verdicts: [Verdict; 2], layer: Option<&'static str>, why: Message) -> Self {
        let callers = given.map(ComparedCaller::of);
        let mut found =
            Self { callers, verdicts, layer, fork: None, term: None, sources: Vec::new(), rows: None, refused_elsewhere: Message::default(), message: Message::default() };
        found.message = words::message(&found, false);
        found.message.and(why);
        found
    }

    /// With the verdicts of the whole request, which more than the templates decides.
    #[must_use]
    pub fn of_request(mut self, verdicts: [Verdict; 2], many: bool) -> Self {
        self.verdicts = verdicts;
        self.message = words::message(&self, many);
        self
    }
}

/// What the data sources answer to a caller: of two reports each has its own.
fn answers(all: &Answers, given: &Given) -> Answers {
    let result = given.members.get_str("result").or_else(|| all.result.clone());
    Answers { result, ..all.clone() }
}

/// The templates as they run for one caller, recorded.
fn ran<'s>(subject: Subject<'s>, given: &Given, question: &Question) -> Result<Vec<RanFor<'s>>, Unexplained> {
    match subject {
        Subject::Template(program) => {
            let (mut context, env) = given.context().map_err(Unexplained::Input)?;
            context.watched = vec![question.watch.clone()];
            let mut recorder = Recorder::after(program, &context.root, Memory::default(), Vec::new());
            let outcome = crate::eval::evaluate(program, context, &env, &mut recorder);
            let decision = judge(program, &outcome, &question.watch).decision;
            Ok(vec![RanFor { program, recorder, outcome, decision }])
        }
        Subject::Resolver(resolver, all) => {
            let done = run(resolver, given, &answers(all, given), &question.watch, Some(&Recording::of(&KnownPlaces::default())))?;
            let step = |step: crate::resolver::PipelineStep<'s>| {
                Some(RanFor {
                    program: step.program,
                    recorder: step.recorder?,
                    outcome: step.outcome,
                    decision: step.decision,
                })
            };
            Ok(done.steps.into_iter().filter_map(step).collect())
        }
    }
}

/// The names of the rows that a caller gets, where a filter leaves out some for anybody.
fn rows(steps: &[RanFor<'_>], question: &Question) -> Option<Vec<String>> {
    let records = question.records.as_deref().filter(|records| !records.is_empty())?;
    let stash = steps.last().map(|ran| stash_filter(&ran.outcome)).unwrap_or_default();
    let kept = match stash.is_null() {
        false => filter::judge(&stash, records).iter().map(|row| row.matches != Some(false)).collect(),
        true => steps.iter().find_map(|ran| carried::kept(ran.program, &ran.outcome, records))?,
    };
    let name = |(at, row): (usize, &Value)| {
        let values = row.as_map().map(|map| map.values()).unwrap_or_default();
        let first = values.iter().find(|value| matches!(value, Value::String(_) | Value::Number(_)));
        first.map_or_else(|| format!("records[{at}]"), super::hint::text::show)
    };
    Some(records.iter().enumerate().filter(|(at, _)| kept[*at]).map(name).collect())
}
