//! One template, explained.

use super::hint::Finished;
use super::suggest::{self, Fixes, Rerun};
use super::why::{Why, why};
use super::{Depth, Explanation, Question, Unexplained, grounds};
use crate::appsync::Given;
use crate::eval::{Outcome, evaluate};
use crate::syntax::Program;
use crate::trace::coverage::Coverage;
use crate::trace::recorder::Recorder;
use crate::trace::{Decision, Verdict, judge};
use std::sync::Arc;

pub(super) fn explain(program: &Arc<Program>, given: &Given, question: &Question) -> Result<Explanation, Unexplained> {
    let template = Template { program, question };
    if question.depth == Depth::Verdict {
        let outcome = template.run(given)?;
        return Ok(Explanation::bare(program, given, outcome, &question.watch));
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
    match verdict {
        Verdict::Denied => why.suggestions = suggest::find(given, fixes, verdict, rerun),
        Verdict::Allowed | Verdict::Filtered => {
            why.rests_on = grounds::prove(given, &why.grounds, verdict, rerun);
        }
        Verdict::Completed | Verdict::Error => {}
    }
}

/// Why a recorded run ended as it did, and what would be wanted next.
pub(super) fn reasons(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    (verdict, decision): (Verdict, Decision),
    question: &Question,
) -> (Why, Fixes) {
    let (watched, records) = (question.watch.as_str(), question.records.as_slice());
    let mut why = why(program, outcome, recorder, verdict, decision, watched, records);
    let run = Finished { program, outcome, recorder, verdict, decision, watched, records, why: &why };
    let fixes = suggest::fixes(&run, &why.hints);
    if question.why_allowed && matches!(verdict, Verdict::Allowed | Verdict::Filtered) {
        why.grounds = grounds::facts(&run);
    }
    (why, fixes)
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
struct Template<'t> {
    program: &'t Arc<Program>,
    question: &'t Question,
}

impl Template<'_> {
    fn run(&self, given: &Given) -> Result<Outcome, Unexplained> {
        let (mut context, env) = given.context().map_err(Unexplained::Input)?;
        context.watched = vec![self.question.watch.clone()];
        Ok(evaluate(self.program, context, &env, &mut ()))
    }

    fn recorded(&self, given: &Given) -> Result<(Explanation, Fixes), Unexplained> {
        let (mut context, env) = given.context().map_err(Unexplained::Input)?;
        context.watched = vec![self.question.watch.clone()];
        let mut recorder = Recorder::new(self.program, &context.root);
        let outcome = evaluate(self.program, context, &env, &mut recorder);
        let judged = judge(self.program, &outcome, &self.question.watch);
        let (why, fixes) = reasons(self.program, &outcome, &recorder, judged, self.question);
        let coverage = coverage(self.program, &recorder, self.question);
        let bare = Explanation::bare(self.program, given, outcome, &self.question.watch);
        Ok((Explanation { why: Some(why), coverage, ..bare }, fixes))
    }
}

impl Rerun for Template<'_> {
    fn verdict(&self, changed: &Given) -> Option<Verdict> {
        let outcome = self.run(changed).ok()?;
        Some(judge(self.program, &outcome, &self.question.watch).0)
    }

    fn wanted(&self, changed: &Given) -> Fixes {
        self.recorded(changed).map_or_else(|_| Fixes::new(), |(_, fixes)| fixes)
    }
}
