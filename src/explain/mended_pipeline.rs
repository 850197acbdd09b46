//! The same as `mended` for a pipeline: what was refused beside a call that AppSync does not have, asked of all its templates with
//! their calls corrected.

use super::hint::Finished;
use super::hint::corrected::corrected;
use super::mended;
use super::template::watched;
use super::why::Why;
use super::{Explanation, Question};
use crate::code::Code;
use crate::project::{Resolver, Template};
use crate::resolver::ResolverRun;
use crate::syntax::Program;
use crate::trace::Verdict;
use std::sync::Arc;

/// The pipeline with its calls corrected, where a refusal was laid to one of them, or to what another step wrote.
pub(super) struct MendedPipeline {
    /// What it is then.
    pub resolver: Resolver,
    calls: Vec<String>,
}

impl MendedPipeline {
    /// Of a run that refused, with what was found of its deciding step.
    pub fn of(resolver: &Resolver, done: &ResolverRun<'_>, why: &Why, question: &Question) -> Option<Self> {
        let lays = |code: Code| code.is_call() || code == Code::StepWrote;
        why.hints.first().filter(|first| lays(first.code) && done.verdict == Verdict::Denied)?;
        let (mut mended, mut calls) = (resolver.clone(), Vec::new());
        let wrong = done.steps.iter().filter(|step| step.outcome.notes.iter().any(|note| note.code.is_call()));
        for step in wrong {
            let none = Why::default();
            let run = Finished::new(step.program, &step.outcome, step.recorder.as_ref()?, step.concluded(), watched(question), &none);
            let right = corrected(&run)?;
            put(&mut mended, step.program, &right.source.text);
            calls.extend(right.calls.into_iter().filter(|call| !calls.contains(call)).collect::<Vec<_>>());
        }
        (!calls.is_empty()).then_some(Self { resolver: mended, calls })
    }

    /// Puts what refuses the corrected pipeline first.
    pub fn weigh(&self, why: &mut Why, mended: &Explanation) {
        mended::weigh(&self.calls, why, mended);
    }
}

/// Puts another text in the place of a program, wherever the resolver has it.
fn put(resolver: &mut Resolver, program: &Arc<Program>, text: &str) {
    let functions = resolver.functions.iter_mut().flat_map(|function| [&mut function.request, &mut function.response]);
    for half in functions.chain([&mut resolver.before, &mut resolver.after]) {
        if let Some(template) = half
            && template.program().is_ok_and(|own| Arc::ptr_eq(own, program))
        {
            *template = Template::new(template.name().to_owned(), text.to_owned(), template.origin().clone());
        }
    }
}
