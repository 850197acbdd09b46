//! The pipeline of a field, explained by the template that decided.

use super::mended;
use super::mended_pipeline::MendedPipeline;
use super::rerun_budget;
use super::doubt::Recorded;
use super::readings::{Doubt, Sway, readings};
use super::doubted::is_doubt;
use super::hint::Finished;
use super::hint::carried::replaced;
use super::hint::steps::{self, Steps};
use super::rules;
use super::suggest::{Fixes, Rerun, StillWanted, Tried};
use super::template::{coverage, prove, reasons, still_wanted, undecided, watched};
use super::hint::text::show;
use super::why::{Fate, Why, stash_filter};
use super::{Absent, Depth, Explanation, Pipeline, Question, StepSummary, Unexplained, held_back};
use crate::appsync::{Given, ThrownError};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::eval::{End, Note};
use crate::message::{Message, Part};
use crate::resolver::{Answers, Half, Recording, Resolver, ResolverRun, PipelineStep, run};
use crate::syntax::{NodeId, Program};
use crate::trace::Verdict;
use crate::trace::places::KnownPlaces;
use crate::trace::recorder::Keep;
use crate::value::Value;
use std::cell::OnceCell;
use std::sync::Arc;

pub(super) fn explain<'r>(
    resolver: &'r Resolver,
    answers: &Answers,
    given: &Given,
    question: &Question,
    places: &KnownPlaces<'r>,
) -> Result<Explanation, Unexplained> {
    let rerun = Changed { resolver, answers, question, places, decided: OnceCell::new() };
    let open = question.absent == Absent::Open || question.open_values;
    let recording = (open || question.depth != Depth::Verdict).then(|| rerun.recording(Keep::All, &[]));
    let mut done = run(resolver, given, answers, &question.watch, recording.as_ref())?;
    let readings = readings(done.verdict, &doubts(&done), &SwayedResolver { changed: &rerun, given });
    // Where no template decides, the last one stands for the pipeline: it ran through.
    let Some(at) = done.deciding.or(done.steps.len().checked_sub(1)) else {
        return Err(nothing_ran(resolver, done.notes));
    };
    rerun.decided.get_or_init(|| Arc::clone(done.steps[at].program));
    let as_null = done.verdict;
    let lets_in = as_null != Verdict::Denied && readings.is_empty();
    let mut reasoned = match question.depth {
        Depth::Refusals => reasons_of_one(&done.steps[at], lets_in, question),
        _ => reasons_of_steps(resolver, &mut done, at, question),
    };
    let place = at.min(reasoned.len().saturating_sub(1));
    if let Some((why, _)) = reasoned.get_mut(place) {
        try_mended(&rerun, given, &done, why);
    }
    let grounds: Vec<_> = reasoned.iter_mut().flat_map(|(why, _)| std::mem::take(&mut why.grounds)).collect();
    let why = reasoned.into_iter().nth(place).map(|(mut why, fixes)| {
        done.verdict = undecided(&mut why, done.verdict, readings.clone(), |at| recorded(&done.steps, at));
        if question.depth == Depth::Proofs {
            // Each template that let the request through may have asked for something.
            why.grounds = grounds;
            prove(&mut why, done.verdict, given, &fixes, &rerun);
        }
        why
    });
    if !readings.is_empty() {
        done.verdict = Verdict::Unknown;
    }
    let rules = rules::behind_pipeline(&resolver.field, given, answers, question, (&done, as_null));
    let pipeline = summaries(resolver, &mut done, as_null, question);
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
        compared: None,
        rules,
    })
}

/// Whether calls that AppSync does not have are what refused is asked of the pipeline with its calls corrected.
fn try_mended(rerun: &Changed<'_, '_>, given: &Given, done: &ResolverRun<'_>, why: &mut Why) {
    let Changed { resolver, answers, question, .. } = *rerun;
    let Some(mended) = MendedPipeline::of(resolver, done, why, question) else { return };
    // The steps beside the deciding one have their part only where more than the refusal is asked for.
    let depth = if question.depth == Depth::Refusals { Depth::Refusals } else { Depth::Reasons };
    let question = Question { depth, ..mended::question(question) };
    let again = || explain(&mended.resolver, answers, given, &question, &KnownPlaces::default()).ok();
    if let Some(explained) = rerun_budget::rerun(again) {
        mended.weigh(why, &explained);
    }
}

/// No template ran, and why.
fn nothing_ran(resolver: &Resolver, notes: Vec<Note>) -> Unexplained {
    let why = match notes.is_empty() {
        true => "its data source answers directly".into(),
        false => Message::list(notes.iter().map(|note| note.message.clone()), "; "),
    };
    Unexplained::NothingRan { field: resolver.field.clone(), why, notes }
}

/// The pipeline as it ran, without what belongs to the deciding template.
fn summaries(resolver: &Resolver, done: &mut ResolverRun<'_>, as_null: Verdict, question: &Question) -> Pipeline {
    let undecided = done.verdict == Verdict::Unknown;
    let mut steps: Vec<StepSummary> = done.steps.iter().map(|step| summary(step, question)).collect();
    for (at, step) in steps.iter_mut().enumerate() {
        step.verdict = match step.verdict {
            // Read as absent it refuses; with what was not given it may not.
            Verdict::Denied if undecided && done.deciding == Some(at) => Verdict::Unknown,
            // A flag that nothing asks for refuses nobody: the pipeline went on.
            Verdict::Denied if done.deciding != Some(at) && matches!(done.steps[at].outcome.end, End::Completed) => Verdict::Completed,
            verdict => verdict,
        };
    }
    Pipeline {
        field: resolver.field.clone(),
        steps,
        deciding: done.deciding,
        as_null,
        filter: std::mem::take(&mut done.filter),
        result: std::mem::take(&mut done.result),
        errors: if undecided { Vec::new() } else { errors(&resolver.field, &done.steps) },
        appended: done.steps.iter().flat_map(|step| step.outcome.env.out_errors.iter().map(|error| error.message.clone())).collect(),
    }
}

/// Why the deciding step refused, alone; nothing where the caller was let in.
fn reasons_of_one(step: &PipelineStep<'_>, lets_in: bool, question: &Question) -> Vec<(Why, Fixes)> {
    (!lets_in).then(|| step_reasons(step, question)).flatten().into_iter().collect()
}

/// Why each step decided as it did; nothing where only the verdict is asked for.
fn reasons_of_steps(resolver: &Resolver, done: &mut ResolverRun<'_>, deciding: usize, question: &Question) -> Vec<(Why, Fixes)> {
    if question.depth == Depth::Verdict {
        return Vec::new();
    }
    let mut reasoned: Vec<_> = done.steps.iter().filter_map(|step| step_reasons(step, question)).collect();
    // Each step was recorded, or none was.
    if reasoned.len() == done.steps.len() {
        others(resolver, done, deciding, question, &mut reasoned);
        done.notes.extend(other_notes(done, deciding));
        // What did not run explains more than a note does.
        let (not_run, notes) = std::mem::take(&mut done.notes).into_iter().partition(|note| note.code == Code::OldVersion);
        done.notes = notes;
        let findings = Vec::into_iter(not_run).map(|note| Finding::new(note.code, note.message).at("version"));
        reasoned[deciding].0.hints.splice(0..0, findings);
    }
    reasoned
}

/// The tests on what nobody gave.
fn doubts(done: &ResolverRun<'_>) -> Vec<Doubt> {
    let of = |(at, step): (usize, &PipelineStep<'_>)| -> Vec<Doubt> {
        step.recorder.iter().flat_map(|recorder| &recorder.doubts).map(|node| (at, *node)).collect()
    };
    done.steps.iter().enumerate().flat_map(of).collect()
}

fn recorded<'a>(steps: &'a [PipelineStep<'_>], at: usize) -> Option<Recorded<'a>> {
    let step = steps.get(at)?;
    Some(Recorded { program: step.program, outcome: &step.outcome, recorder: step.recorder.as_ref()? })
}

fn step_reasons(step: &PipelineStep<'_>, question: &Question) -> Option<(Why, Fixes)> {
    let recorder = step.recorder.as_ref()?;
    Some(reasons(step.program, &step.outcome, recorder, step.concluded(), question))
}

fn summary(step: &PipelineStep<'_>, question: &Question) -> StepSummary {
    StepSummary {
        program: Arc::clone(step.program),
        slot: step.slot.map(str::to_owned),
        index: step.index,
        half: step.half,
        verdict: step.verdict,
        node: step.decision.node,
        asks_for_all: step.half == Half::Request && asks_for_all(step.outcome.output.as_str()),
        notes: step.outcome.notes.clone(),
        coverage: step.recorder.as_ref().and_then(|recorder| coverage(step.program, recorder, question)),
    }
}

/// Whether a request is a DynamoDB Query without a filter: every row that it scans is among its items.
fn asks_for_all(output: &str) -> bool {
    // Of most requests that is seen without a tree; a name may be written with escapes.
    output.contains(['\\', 'Q']) && crate::json::read(output).is_ok_and(|request| {
        request.get("operation").is_some_and(|name| name == "Query") && request.get("filter").is_none()
    })
}

/// What the steps beside the deciding one have to say of the decision.
fn others(resolver: &Resolver, done: &ResolverRun<'_>, at: usize, question: &Question, reasoned: &mut [(Why, Fixes)]) {
    let mut hints = std::mem::take(&mut reasoned[at].0.hints);
    let mut function = 0;
    let mut functions = Vec::new();
    let mut before = None;
    for step in &done.steps {
        if !(step.half == Half::Response && before == Some(Half::Request)) {
            function += 1;
        }
        before = Some(step.half);
        functions.push(function);
    }
    let finished = done.steps.iter().zip(&*reasoned).filter_map(|(step, (why, _))| {
        let recorder = step.recorder.as_ref()?;
        Some(Finished::new(step.program, &step.outcome, recorder, step.concluded(), watched(question), why))
    });
    let half = done.steps.iter().map(|step| step.half).collect();
    let later = not_run(resolver, done.steps[at].program);
    let steps = Steps { all: finished.collect(), at, verdict: done.verdict, function: functions, half, result: done.result.clone(), later };
    steps::add(&steps, &mut hints);
    let refused = reasoned.iter().position(|(why, _)| matches!(why.carrying.fate, Fate::Refused | Fate::Narrowed));
    if let Some(asks) = done.unused {
        let of_filter = [Code::FilterMatchesNothing, Code::FilterLeavesOut, Code::FilterKeepsAll];
        hints.retain(|hint| !of_filter.contains(&hint.code));
        hints.insert(0, filter_unused(&done.steps, at, asks));
    }
    let replaced = refused.and_then(|step| replaced::behind_failure(&steps.all.iter().take(step + 1).collect::<Vec<_>>()));
    reasoned[at].0.hints = hints;
    if done.unused.is_some() {
        (reasoned[at].0.rows, reasoned[at].0.filter_parts) = (Vec::new(), Vec::new());
    }
    let goes_on = !matches!(done.verdict, Verdict::Denied | Verdict::Error | Verdict::Filtered);
    if goes_on && reasoned[at].0.carrying.fate == Fate::Goes {
        let worst = (0..reasoned.len()).max_by_key(|step| reasoned[*step].0.carrying.fate);
        if let Some(step) = worst.filter(|step| reasoned[*step].0.carrying.fate != Fate::Goes) {
            let mut carrying = std::mem::take(&mut reasoned[step].0.carrying);
            let of_term = |one: &&mut Finding| matches!(one.code, Code::ConditionTermFailed | Code::FilterLeavesOut);
            if let (Some(first), Some(words)) = (carrying.findings.iter_mut().find(of_term), replaced) {
                let cause = first.message.cause().with(words.cause());
                first.message = cause.cured(words.cure());
            }
            for finding in &mut carrying.findings {
                let mut message = Message::of("In {}:", [Part::Place(done.steps[step].program.source.name.to_string())]);
                message.and(std::mem::take(&mut finding.message));
                finding.message = message;
            }
            reasoned[at].0.carrying = carrying;
        }
    }
}

/// A filter stands in the stash, and the request for the rows does not carry it.
fn filter_unused(steps: &[PipelineStep<'_>], put: usize, asks: usize) -> Finding {
    let message = Message::of(
        "Wider than it looks: {} puts {} into stash.authFilter, and the request of {} carries no filter, so every row comes back, whosever it is. » Put `$ctx.stash.authFilter` into the filter of that request (`\"filter\": $util.transform.toDynamoDBFilterExpression($ctx.stash.authFilter)`).",
        [
            Part::Place(steps[put].program.source.name.to_string()),
            Part::Value(show(&stash_filter(&steps[put].outcome))),
            Part::Place(steps[asks].program.source.name.to_string()),
        ],
    );
    Finding::new(Code::FilterUnused, message).at("stash.authFilter").certainty(Certainty::Certain)
}

/// The templates behind the one that decided: where it refused, none of them ran.
fn not_run<'r>(resolver: &'r Resolver, deciding: &Arc<Program>) -> Vec<&'r Arc<Program>> {
    let programs = resolver.templates().filter_map(|template| template.program().ok());
    programs.skip_while(|program| !Arc::ptr_eq(program, deciding)).skip(1).collect()
}

/// Of the other steps, the notes that make a verdict less sure.
fn other_notes(done: &ResolverRun<'_>, deciding: usize) -> Vec<Note> {
    let others = done.steps.iter().enumerate().filter(|(at, _)| *at != deciding).map(|(_, step)| step);
    let named = |step: &PipelineStep<'_>, note: &Note| {
        let place = note.node.map(|node| step.program.place(node));
        let line = place.map_or(String::new(), |place| format!(", line {}", place.line));
        let place = Message::of("{}", [Part::Place(format!("{}{line}", step.program.source.name))]);
        let message = Message::joined("{}: {}", [place, note.message.clone()]);
        Note::new(note.code, message)
    };
    let doubts = |step: &PipelineStep<'_>| -> Vec<Note> {
        step.outcome.notes.iter().filter(|note| is_doubt(note.code)).map(|note| named(step, note)).collect()
    };
    others.flat_map(doubts).collect()
}

/// What AppSync's answer has under `errors`: what any template appended, in the order of the calls, then what ended the
/// field (APPSYNC-VTL 3.9, 4.4).
fn errors(field: &str, steps: &[PipelineStep<'_>]) -> Vec<Value> {
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
struct Changed<'k, 'r> {
    resolver: &'r Resolver,
    answers: &'k Answers,
    question: &'k Question,
    places: &'k KnownPlaces<'r>,
    /// The template that decided the run that is explained.
    decided: OnceCell<Arc<Program>>,
}

impl<'k, 'r> Changed<'k, 'r> {
    fn run(&self, changed: &Given, record: Option<&Recording<'_, 'r>>) -> Option<ResolverRun<'r>> {
        // A changed result is what the data sources answer.
        let result = changed.members.get_str("result").or_else(|| self.answers.result.clone());
        let answers = Answers { result, ..self.answers.clone() };
        run(self.resolver, changed, &answers, &self.question.watch, record).ok()
    }

    fn recording(&self, keep: Keep, swayed: &[Doubt]) -> Recording<'k, 'r> {
        let Question { absent, open_values, .. } = *self.question;
        Recording { places: self.places, absent, open_values, swayed: swayed.to_vec(), keep }
    }
}

/// A whole resolver, to be run again with tests coming out the other way.
struct SwayedResolver<'k, 'r> {
    changed: &'k Changed<'k, 'r>,
    given: &'k Given,
}

impl Sway for SwayedResolver<'_, '_> {
    fn swayed(&self, tests: &[Doubt]) -> Option<(Verdict, Vec<Doubt>)> {
        rerun_budget::rerun(|| {
            let done = self.changed.run(self.given, Some(&self.changed.recording(Keep::Doubts, tests)))?;
            Some((done.verdict, doubts(&done)))
        })
    }
}

impl Rerun for Changed<'_, '_> {
    fn verdict(&self, changed: Given) -> Option<Verdict> {
        rerun_budget::rerun(|| self.run(&changed, None).map(|run| run.verdict))
    }

    fn tried(&self, changed: Given, of: NodeId, suffices: &dyn Fn(Verdict) -> bool) -> Option<Tried> {
        let still = |run: &ResolverRun<'_>| {
            let step = run.steps.get(run.deciding.filter(|_| !suffices(run.verdict))?)?;
            let recorder = step.recorder.as_ref()?;
            let own = self.decided.get().is_none_or(|decided| Arc::ptr_eq(decided, step.program));
            let still = still_wanted(step.program, &step.outcome, recorder, step.concluded(), self.question, own.then_some(of));
            let at = |because: Message| Message::joined("in {}, {}", [place_of(step), because]);
            Some(StillWanted { because: if own { still.because } else { still.because.map(at) }, ..still })
        };
        rerun_budget::rerun(|| {
            let run = self.run(&changed, Some(&self.recording(Keep::All, &[])))?;
            Some(Tried { verdict: run.verdict, still: still(&run).unwrap_or_default() })
        })
    }

    fn held_back(&self, changed: Given) -> Option<Message> {
        self.question.records.as_ref()?;
        rerun_budget::rerun(|| {
            let run = self.run(&changed, Some(&self.recording(Keep::All, &[])))?;
            run.steps.iter().find_map(|step| {
                let recorder = step.recorder.as_ref()?;
                let words = held_back::by_data(step.program, &step.outcome, recorder, step.concluded(), watched(self.question))?;
                Some(Message::joined("in {}, {}", [place_of(step), words]))
            })
        })
    }
}

/// The name of a step's template.
fn place_of(step: &PipelineStep<'_>) -> Message {
    Message::of("{}", [Part::Place(step.program.source.name.to_string())])
}
