//! The pipeline of a field, explained by the template that decided.

use super::doubt::{self, Doubt, Recorded, Sway};
use super::hint::quiet;
use super::suggest::{Fixes, Rerun};
use super::template::{coverage, prove, reasons, undecided};
use super::why::Why;
use super::{Absent, Depth, Explanation, Pipeline, Question, StepSummary, Unexplained};
use crate::appsync::{Given, ThrownError};
use crate::eval::End;
use crate::finding::Finding;
use crate::resolver::{Answers, Recording, Resolver, Run, Step, run};
use crate::trace::Verdict;
use crate::value::Value;
use std::sync::Arc;

pub(super) fn explain(
    resolver: &Resolver,
    answers: &Answers,
    given: &Given,
    question: &Question,
) -> Result<Explanation, Unexplained> {
    let rerun = Changed { resolver, answers, question };
    let open = question.absent == Absent::Open || question.open_values;
    let recording = (open || question.depth != Depth::Verdict).then(|| rerun.recording(&[]));
    let mut done = run(resolver, given, answers, &question.watch, recording.as_ref())?;
    let readings = doubt::readings(done.verdict, &doubts(&done), &Again { changed: &rerun, given });
    // Where no template decides, the last one stands for the pipeline: it ran through.
    let Some(at) = done.deciding.or(done.steps.len().checked_sub(1)) else {
        let told: Vec<&str> = done.notes.iter().map(|note| note.message.as_str()).collect();
        let why = if told.is_empty() { "its data source answers directly".to_owned() } else { told.join("; ") };
        return Err(Unexplained::NothingRan { field: resolver.field.clone(), why, notes: done.notes });
    };
    let reasoned = done.steps.get(at).filter(|_| question.depth != Depth::Verdict);
    let reasoned = reasoned.and_then(|step| step_reasons(step, question));
    let why = reasoned.map(|(mut why, fixes)| {
        let quiet = quiet_hints(&done, at, question, &why.hints);
        why.hints.extend(quiet);
        done.verdict = undecided(&mut why, done.verdict, readings.clone(), |at| recorded(&done.steps, at));
        if question.depth == Depth::Proofs {
            if question.why_allowed {
                // Each template that let the request through may have asked for something.
                let grounds = done.steps.iter().filter_map(|step| Some(step_reasons(step, question)?.0.grounds));
                why.grounds = grounds.flatten().collect();
            }
            prove(&mut why, done.verdict, given, &fixes, &rerun);
        }
        why
    });
    if !readings.is_empty() {
        done.verdict = Verdict::Unknown;
    }
    let pipeline = Pipeline {
        field: resolver.field.clone(),
        steps: done.steps.iter().map(|step| summary(step, question)).collect(),
        deciding: done.deciding,
        filter: done.filter,
        result: done.result,
        errors: errors(&resolver.field, &done.steps),
    };
    let step = done.steps.swap_remove(at);
    let coverage = step.recorder.as_ref().and_then(|recorder| coverage(step.program, recorder, question));
    Ok(Explanation {
        program: Arc::clone(step.program),
        outcome: step.outcome,
        verdict: done.verdict,
        decision: step.decision,
        watched: question.watch.clone(),
        auth_type: given.auth_type,
        auth_type_derived: given.auth_type_derived,
        why,
        coverage,
        notes: done.notes,
        pipeline: Some(pipeline),
    })
}

/// The tests on what nobody gave.
fn doubts(done: &Run<'_>) -> Vec<Doubt> {
    let of = |(at, step): (usize, &Step<'_>)| -> Vec<Doubt> {
        step.recorder.iter().flat_map(|recorder| &recorder.doubts).map(|node| (at, *node)).collect()
    };
    done.steps.iter().enumerate().flat_map(of).collect()
}

fn recorded<'a>(steps: &'a [Step<'_>], at: usize) -> Option<Recorded<'a>> {
    let step = steps.get(at)?;
    Some(Recorded { program: step.program, outcome: &step.outcome, recorder: step.recorder.as_ref()? })
}

fn step_reasons(step: &Step<'_>, question: &Question) -> Option<(Why, Fixes)> {
    let recorder = step.recorder.as_ref()?;
    Some(reasons(step.program, &step.outcome, recorder, (step.verdict, step.decision), question))
}

fn summary(step: &Step<'_>, question: &Question) -> StepSummary {
    StepSummary {
        program: Arc::clone(step.program),
        slot: step.slot.map(str::to_owned),
        index: step.index,
        half: step.half,
        verdict: step.verdict,
        node: step.decision.node,
        notes: step.outcome.notes.clone(),
        coverage: step.recorder.as_ref().and_then(|recorder| coverage(step.program, recorder, question)),
    }
}

/// The hints of a redacted field and of filtered events (AMPLIFY-AUTH 3, F2 to F4) that templates other than the deciding
/// one earned, and that are not `told` yet.
fn quiet_hints(done: &Run<'_>, deciding: usize, question: &Question, told: &[Finding]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    if matches!(done.verdict, Verdict::Denied | Verdict::Error) {
        return found;
    }
    let others = done.steps.iter().enumerate().filter(|(at, _)| *at != deciding);
    for (why, _) in others.filter_map(|(_, step)| step_reasons(step, question)) {
        for hint in why.hints.into_iter().filter(|hint| quiet::CODES.contains(&hint.code)) {
            if !told.iter().chain(&found).any(|known| known.code == hint.code) {
                found.push(hint);
            }
        }
    }
    found
}

/// What AppSync's answer has under `errors`: what any template appended, in the order of the calls, then what ended the
/// field (APPSYNC-VTL 3.9, 4.4).
fn errors(field: &str, steps: &[Step<'_>]) -> Vec<Value> {
    let name = field.split_once('.').map_or(field, |(_, name)| name);
    let appended = steps.iter().flat_map(|step| step.outcome.env.out_errors.iter().cloned());
    let ended = steps.last().and_then(|step| match &step.outcome.end {
        End::Thrown { error, .. } => Some((**error).clone()),
        End::Failed(failure) => Some(ThrownError::new(failure.message.as_str(), "MappingTemplate")),
        _ => None,
    });
    appended.chain(ended).map(|error| error.entry(Some(name)).into()).collect()
}

/// A whole resolver, to be run again.
struct Changed<'r> {
    resolver: &'r Resolver,
    answers: &'r Answers,
    question: &'r Question,
}

impl Changed<'_> {
    fn run(&self, changed: &Given, record: Option<&Recording>) -> Option<Run<'_>> {
        // A changed result is what the data sources answer.
        let result = changed.members.get_str("result").or_else(|| self.answers.result.clone());
        let answers = Answers { result, ..self.answers.clone() };
        run(self.resolver, changed, &answers, &self.question.watch, record).ok()
    }

    fn recording(&self, swayed: &[Doubt]) -> Recording {
        Recording { absent: self.question.absent, open_values: self.question.open_values, swayed: swayed.to_vec() }
    }
}

/// A whole resolver, to be run again with tests coming out the other way.
struct Again<'r> {
    changed: &'r Changed<'r>,
    given: &'r Given,
}

impl Sway for Again<'_> {
    fn swayed(&self, tests: &[Doubt]) -> Option<(Verdict, Vec<Doubt>)> {
        let done = self.changed.run(self.given, Some(&self.changed.recording(tests)))?;
        Some((done.verdict, doubts(&done)))
    }
}

impl Rerun for Changed<'_> {
    fn verdict(&self, changed: &Given) -> Option<Verdict> {
        self.run(changed, None).map(|run| run.verdict)
    }

    fn wanted(&self, changed: &Given) -> Fixes {
        let wanted = |run: Run<'_>| Some(step_reasons(run.steps.get(run.deciding?)?, self.question)?.1);
        self.run(changed, Some(&self.recording(&[]))).and_then(wanted).unwrap_or_default()
    }
}
