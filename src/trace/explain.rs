//! A template and what was given, to an explanation.

use super::coverage::Coverage;
use super::grounds;
use super::hint::Scene;
use super::recorder::Recorder;
use super::suggest::{self, Again, Fixes};
use super::why::{Why, why};
use super::{Decision, Verdict, judge};
use crate::appsync::Given;
use crate::eval::{Outcome, evaluate};
use crate::syntax::Program;
use crate::value::Value;

/// What a template decided, and why.
#[derive(Debug)]
pub struct Explained {
    /// What the run left behind.
    pub outcome: Outcome,
    /// The verdict.
    pub verdict: Verdict,
    /// What decided it.
    pub decision: Decision,
    /// Why.
    pub why: Why,
    /// What the run reached, if it was asked for.
    pub coverage: Option<Coverage>,
}

/// What to look at beyond the context.
#[derive(Clone, Debug)]
pub struct Question {
    /// The variable to explain, without `$`.
    pub watch: String,
    /// Rows that a filter is judged against.
    pub records: Vec<Value>,
    /// Whether to say what an allow rests on.
    pub why_allowed: bool,
    /// Whether to say what the run reached.
    pub coverage: bool,
}

impl Default for Question {
    fn default() -> Self {
        Self { watch: "isAuthorized".to_owned(), records: Vec::new(), why_allowed: false, coverage: false }
    }
}

/// Runs a template and explains its verdict.
///
/// # Errors
/// A sentence that names the member of the context that has the wrong type.
pub fn explain(program: &Program, given: &Given, question: &Question) -> Result<Explained, String> {
    let (mut explained, fixes) = once(program, given, question)?;
    let again = Template { program, question };
    match explained.verdict {
        Verdict::Denied => {
            explained.why.suggestions = suggest::find(given, &fixes, explained.verdict, &again);
        }
        Verdict::Allowed | Verdict::Filtered => {
            explained.why.rests_on = grounds::prove(given, &explained.why.grounds, explained.verdict, &again);
        }
        Verdict::Completed | Verdict::Error => {}
    }
    Ok(explained)
}

/// A template alone, to be run again.
struct Template<'t> {
    program: &'t Program,
    question: &'t Question,
}

impl Again for Template<'_> {
    fn verdict(&self, changed: &Given) -> Option<Verdict> {
        let (mut context, env) = changed.context().ok()?;
        context.watched = vec![self.question.watch.clone()];
        let outcome = evaluate(self.program, context, &env, &mut ());
        Some(judge(self.program, &outcome, &self.question.watch).0)
    }

    fn further(&self, changed: &Given) -> Fixes {
        once(self.program, changed, self.question).map_or_else(|_| Fixes::new(), |(_, fixes)| fixes)
    }
}

/// One run with its explanation, and what would be wanted next.
fn once(program: &Program, given: &Given, question: &Question) -> Result<(Explained, Fixes), String> {
    let (mut context, env) = given.context()?;
    context.watched = vec![question.watch.clone()];
    let mut recorder = Recorder::new(program, &context.root);
    let outcome = evaluate(program, context, &env, &mut recorder);
    let (verdict, decision) = judge(program, &outcome, &question.watch);
    let (why, fixes) = recorded(program, &outcome, &recorder, verdict, decision, question);
    let coverage = question.coverage.then(|| {
        let mut coverage = Coverage::of(program, &question.watch);
        coverage.add(program, &recorder);
        coverage
    });
    Ok((Explained { outcome, verdict, decision, why, coverage }, fixes))
}

/// The explanation of a run that was recorded, and what would be wanted next.
pub fn recorded(
    program: &Program,
    outcome: &Outcome,
    recorder: &Recorder<'_>,
    verdict: Verdict,
    decision: Decision,
    question: &Question,
) -> (Why, Fixes) {
    let (watched, records) = (question.watch.as_str(), question.records.as_slice());
    let mut why = why(program, outcome, recorder, verdict, decision, watched, records);
    let scene = Scene { program, outcome, recorder, verdict, decision, watched, records, why: &why };
    let fixes = suggest::fixes(&scene, &why.hints);
    if question.why_allowed && matches!(verdict, Verdict::Allowed | Verdict::Filtered) {
        why.grounds = grounds::facts(&scene);
    }
    (why, fixes)
}
