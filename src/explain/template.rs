//! One template, explained.

use super::doubt::{self, Recorded};
use super::readings::{Doubt, Reading, Sway, readings};
use super::hint::{self, Finished, Watched};
use super::suggest::{self, Fixes, Rerun, StillWanted, TriedChanges, Tried};
use super::reasons::{why, wishes};
use super::why::Why;
use super::mended::{self, Mended};
use super::rerun_budget;
use super::rules::{self, Decided};
use super::{Absent, Depth, Explanation, Question, Unexplained, grounds, held_back};
use crate::appsync::context::ContextError;
use crate::appsync::{AuthType, Context, Env, Given};
use crate::code::{Code, Kind};
use crate::eval::{Outcome, evaluate};
use crate::finding::Finding;
use crate::message::Message;
use crate::rules::RanTemplate;
use crate::syntax::{NodeId, Program};
use crate::trace::coverage::Coverage;
use crate::trace::places::Places;
use crate::trace::recorder::{Keep, Memory, Recorder};
use crate::trace::{Conclusion, Verdict, judge};
use std::cell::OnceCell;
use std::sync::Arc;

pub(super) fn explain(program: &Arc<Program>, given: &Given, question: &Question) -> Result<Explanation, Unexplained> {
    let template = LoneTemplate { program, question, places: OnceCell::new() };
    if question.depth == Depth::Verdict {
        let outcome = template.run(given.context())?;
        let mut bare = Explanation::bare(program, given, outcome, &question.watch).with_output_note();
        let rerun = Swayed { template: &template, given };
        if question.absent == Absent::Open
            && let Some((verdict, doubts)) = rerun.swayed(&[])
            && !readings(verdict, &doubts, &rerun).is_empty()
        {
            bare.verdict = Verdict::Unknown;
        }
        return Ok(bare);
    }
    let (mut explanation, fixes) = template.recorded(given)?;
    if question.depth == Depth::Proofs {
        let verdict = explanation.verdict;
        if let Some(why) = &mut explanation.why {
            prove(why, verdict, given, &fixes, &template);
        }
    }
    Ok(explanation)
}

/// What would have changed the verdict, or what an allow rests on.
pub(super) fn prove(why: &mut Why, verdict: Verdict, given: &Given, fixes: &Fixes, rerun: &impl Rerun) {
    let by_change = match verdict {
        Verdict::Denied => true,
        Verdict::Error => why.by_hand,
        _ => false,
    };
    if by_change {
        let TriedChanges { suggestions, not_enough } = suggest::find(given, fixes, verdict, rerun);
        for hint in &mut why.hints {
            if let Some(short) = not_enough.iter().find(|short| short.is_cure_of(hint)) {
                hint.message.and(short.sentence());
            }
        }
        why.suggestions = suggestions;
    }
    match verdict {
        Verdict::Allowed | Verdict::Filtered => {
            why.rests_on = grounds::prove(given, &why.grounds, verdict, rerun);
        }
        Verdict::Denied | Verdict::Completed | Verdict::Error | Verdict::Unknown => {}
    }
}

/// Why a recorded run ended as it did, and what would be wanted next.
pub(super) fn reasons(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    concluded: Conclusion,
    question: &Question,
) -> (Why, Fixes) {
    let by_hand = concluded.verdict == Verdict::Error;
    let concluded = super::by_hand::concluded(outcome, recorder, concluded);
    let mut why = why(program, outcome, recorder, concluded, watched(question), question.depth == Depth::Proofs);
    why.by_hand = by_hand && concluded.verdict == Verdict::Denied;
    let run = Finished::new(program, outcome, recorder, concluded, watched(question), &why);
    // Only proofs try them.
    let fixes = if question.depth == Depth::Proofs { suggest::fixes(&run, &why.hints) } else { Fixes::default() };
    if question.why_allowed && matches!(concluded.verdict, Verdict::Allowed | Verdict::Filtered) {
        why.grounds = grounds::facts(&run);
    }
    (why, fixes)
}

/// What a question looks at in a run.
pub(super) fn watched(question: &Question) -> Watched<'_> {
    Watched { variable: &question.watch, records: question.records.as_deref() }
}

/// What a statement still wants after a recorded run with a change that did not suffice; of another template's run, what that wants. No other readings are asked for, as
/// those would be reruns in a rerun.
pub(super) fn still_wanted(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    concluded: Conclusion,
    question: &Question,
    of: Option<NodeId>,
) -> StillWanted {
    let concluded = super::by_hand::concluded(outcome, recorder, concluded);
    // Hints say only what the decision itself wants.
    if let Some(of) = of.filter(|of| concluded.decision.node != Some(*of)) {
        let why = wishes(program, outcome, recorder, concluded, watched(question), of);
        let run = Finished::new(program, outcome, recorder, concluded, watched(question), &why);
        if let Some(still) = suggest::of_one(&run, of) {
            return still;
        }
    }
    let why = why(program, outcome, recorder, concluded, watched(question), false);
    let run = Finished::new(program, outcome, recorder, concluded, watched(question), &why);
    let changes = suggest::fixes(&run, &why.hints).into_iter().find(|(node, _)| of.is_none_or(|of| *node == of)).map_or_else(Vec::new, |(_, wanted)| wanted);
    let places = why.guards.first().map_or_else(Vec::new, |guard| suggest::places(&guard.condition));
    StillWanted { changes, because: stopped_again(&run, &why), places }
}

/// What refuses still, where the statement that was wanted ran: what took its grant back, or else the refusal's own condition.
fn stopped_again(run: &Finished<'_>, why: &Why) -> Option<Message> {
    let taken_back = why.hints.iter().find(|hint| hint.code == Code::AuthorizationRevoked);
    taken_back.map(|hint| hint.message.cause()).or_else(|| hint::decided::sentence(run).map(|finding| finding.message.cause()))
}

/// What a recorded run reached, if it was asked for.
pub(super) fn coverage(program: &Program, recorder: &Recorder<'_>, question: &Question) -> Option<Coverage> {
    question.coverage.then(|| {
        let mut coverage = Coverage::of(program, &question.watch);
        coverage.add(&recorder.reached);
        coverage
    })
}

/// A template alone, to be run again.
struct LoneTemplate<'t> {
    program: &'t Arc<Program>,
    question: &'t Question,
    /// Known once something was recorded.
    places: OnceCell<Arc<Places<'t>>>,
}

impl<'t> LoneTemplate<'t> {
    fn run(&self, context: Result<(Context, Env), ContextError>) -> Result<Outcome, Unexplained> {
        let (mut context, env) = context.map_err(Unexplained::Input)?;
        context.watched = vec![self.question.watch.clone()];
        Ok(evaluate(self.program, context, &env, &mut ()))
    }

    fn record(&self, context: Result<(Context, Env), ContextError>) -> Result<(Outcome, Recorder<'t>), Unexplained> {
        let (mut context, env) = context.map_err(Unexplained::Input)?;
        context.watched = vec![self.question.watch.clone()];
        let mut recorder = self.recorder(&context, env.auth_type);
        Ok((evaluate(self.program, context, &env, &mut recorder), recorder))
    }

    fn recorded(&self, given: &Given) -> Result<(Explanation, Fixes), Unexplained> {
        let (outcome, recorder) = self.record(given.context())?;
        let judged = judge(self.program, &outcome, &self.question.watch);
        let (mut why, fixes) = reasons(self.program, &outcome, &recorder, judged, self.question);
        self.try_cures(given, (&outcome, &recorder, judged), &mut why);
        let doubts: Vec<_> = recorder.doubts.iter().map(|node| (0, *node)).collect();
        let readings = readings(judged.verdict, &doubts, &Swayed { template: self, given });
        let recorded = Recorded { program: self.program, outcome: &outcome, recorder: &recorder };
        let open = super::rows_open::find(&recorded, judged.verdict, &readings)
            .or_else(|| super::answer_open::find(&recorded, judged.verdict, &readings));
        let verdict = match open {
            Some(finding) => {
                why.hints.insert(0, finding);
                Verdict::Unknown
            }
            None => undecided(&mut why, judged.verdict, readings, |_| Some(recorded)),
        };
        let coverage = coverage(self.program, &recorder, self.question);
        let rules = given.field.as_ref().and_then(|field| {
            let judged = &outcome.env.auth_rules;
            let ran = [RanTemplate { program: self.program, reached: &recorder.reached, judged }];
            let result = given.members.get_str("result").filter(|row| !row.is_null());
            rules::behind(field, given, self.question, &Decided { verdict, ran: &ran, result })
        });
        let bare = Explanation::bare(self.program, given, outcome, &self.question.watch).with_output_note();
        Ok((Explanation { verdict, why: Some(why), coverage, rules, ..bare }, fixes))
    }

    /// What hints would have is tried where the template itself is to be put right: a call, or the name of a key.
    fn try_cures(&self, given: &Given, (outcome, recorder, judged): (&Outcome, &Recorder<'_>, Conclusion), why: &mut Why) {
        let concluded = super::by_hand::concluded(outcome, recorder, judged);
        let run = Finished::new(self.program, outcome, recorder, concluded, watched(self.question), why);
        let mended = Mended::of(&run, why);
        let with_keys: Vec<_> = why.hints.iter().map(|hint| mended::with_key(&run, hint)).collect();
        let with_branches: Vec<_> = why.hints.iter().map(|hint| hint::else_if::mended(&run, hint)).collect();
        let question = mended::question(self.question);
        if let Some(mended) = mended {
            let again = || explain(&mended.program, given, &question).ok();
            if let Some(explained) = rerun_budget::rerun(again) {
                mended.weigh(why, &explained);
            }
            return;
        }
        // A cure that would leave the verdict as it is is none.
        let question = Question { depth: Depth::Verdict, ..question };
        let refuses = |program: &Arc<Program>| {
            let then = rerun_budget::rerun(|| explain(program, given, &question).ok());
            then.is_none_or(|then| matches!(then.verdict, Verdict::Denied | Verdict::Error | Verdict::Unknown))
        };
        if matches!(judged.verdict, Verdict::Denied | Verdict::Error) {
            mended::with_branches(with_branches, &mut why.hints, refuses);
        }
        let mut idle = with_keys.into_iter().map(|program| program.is_some_and(|program| !refuses(&program)));
        why.hints.retain(|_| !idle.next().unwrap_or_default());
    }

    fn recorder(&self, context: &Context, mode: Option<AuthType>) -> Recorder<'t> {
        let open = match self.question.absent {
            Absent::Null => Vec::new(),
            Absent::Open => context.open(mode),
        };
        let places = self.places.get_or_init(|| Arc::new(Places::new(self.program)));
        Recorder::with(Arc::clone(places), self.program, &context.root, Memory::default(), open)
            .open_texts(self.question.open_values)
    }
}

/// The verdict where other readings are possible: there is none, they stand first, and nothing is said that holds in one of
/// them only.
pub(super) fn undecided<'a>(
    why: &mut Why,
    was: Verdict,
    readings: Vec<Reading>,
    of: impl Fn(usize) -> Option<Recorded<'a>>,
) -> Verdict {
    if readings.is_empty() {
        // Where nothing decides, no verdict hangs on it: what does count stands before it.
        if was == Verdict::Completed {
            why.hints.sort_by_key(|hint| hint.code == Code::NotGiven);
        }
        return was;
    }
    let mut mistyped = mistyped(&readings, &of);
    let mut hints = doubt::findings(was, &readings, of);
    // A slip between what was given stands there whatever the rest is.
    let slip = |hint: &Finding| {
        hint.code.is_near_name() && hint.code != Code::MemberNotInMode && hint.path.as_deref().is_some_and(|path| path.starts_with("identity"))
    };
    let holds = |hint: &Finding| hint.code.entry().kind != Kind::Cause || hint.code.is_call() || slip(hint);
    let asked = std::mem::take(&mut why.hints);
    for hint in asked.into_iter().filter(|hint| hint.code != Code::NotGiven && holds(hint)) {
        match slip(&hint) {
            true if mistyped.iter().any(|known| known.path == hint.path && known.code == hint.code) => {}
            true => mistyped.push(hint),
            false => hints.push(hint),
        }
    }
    // The reader of the first lines should not miss it.
    let behind = hints.len().min(1);
    hints.splice(behind..behind, mistyped);
    (why.hints, why.readings) = (hints, readings);
    Verdict::Unknown
}

/// The names that are mistyped in the tests which rest on what nobody gave.
fn mistyped<'a>(readings: &[Reading], of: &impl Fn(usize) -> Option<Recorded<'a>>) -> Vec<Finding> {
    let tests = || readings.iter().flat_map(|reading| &reading.tests);
    let mut steps: Vec<usize> = tests().map(|(step, _)| *step).collect();
    steps.dedup();
    let in_step = |step: usize| {
        let nodes: Vec<NodeId> = tests().filter(|(of, _)| *of == step).map(|(_, node)| *node).collect();
        of(step).map(|run| hint::mistyped::beside_open(run.program, run.outcome, run.recorder, &nodes)).unwrap_or_default()
    };
    steps.into_iter().flat_map(in_step).collect()
}

/// A template alone, to be run again with tests coming out the other way.
struct Swayed<'s, 't> {
    template: &'s LoneTemplate<'t>,
    given: &'s Given,
}

impl Sway for Swayed<'_, '_> {
    fn swayed(&self, tests: &[Doubt]) -> Option<(Verdict, Vec<Doubt>)> {
        rerun_budget::rerun(|| self.run(tests))
    }
}

impl Swayed<'_, '_> {
    fn run(&self, tests: &[Doubt]) -> Option<(Verdict, Vec<Doubt>)> {
        let LoneTemplate { program, question, .. } = *self.template;
        let (mut context, env) = self.given.context().ok()?;
        context.watched = vec![question.watch.clone()];
        let tests = tests.iter().map(|(_, node)| *node).collect();
        let mut recorder = self.template.recorder(&context, self.given.auth_type).swayed(tests).keeping(Keep::Doubts);
        let outcome = evaluate(program, context, &env, &mut recorder);
        let doubts = recorder.doubts.iter().map(|node| (0, *node)).collect();
        Some((judge(program, &outcome, &question.watch).verdict, doubts))
    }
}

impl Rerun for LoneTemplate<'_> {
    fn verdict(&self, changed: Given) -> Option<Verdict> {
        rerun_budget::rerun(|| {
            let outcome = self.run(changed.into_context()).ok()?;
            Some(judge(self.program, &outcome, &self.question.watch).verdict)
        })
    }

    fn tried(&self, changed: Given, of: NodeId, suffices: &dyn Fn(Verdict) -> bool) -> Option<Tried> {
        rerun_budget::rerun(|| {
            let (outcome, recorder) = self.record(changed.into_context()).ok()?;
            let judged = judge(self.program, &outcome, &self.question.watch);
            let still = match suffices(judged.verdict) {
                true => StillWanted::default(),
                false => still_wanted(self.program, &outcome, &recorder, judged, self.question, Some(of)),
            };
            Some(Tried { verdict: judged.verdict, still })
        })
    }

    fn held_back(&self, changed: Given) -> Option<Message> {
        self.question.records.as_ref()?;
        rerun_budget::rerun(|| {
            let (outcome, recorder) = self.record(changed.into_context()).ok()?;
            let judged = judge(self.program, &outcome, &self.question.watch);
            held_back::by_data(self.program, &outcome, &recorder, judged, watched(self.question))
        })
    }
}
