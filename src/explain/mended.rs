//! A refusal beside a call that AppSync does not have: whether the right call would have let the request through is asked of the
//! template with its calls corrected. Where that refuses all the same, its cause stands first.

use super::hint::corrected::{Corrected, corrected};
use super::hint::Finished;
use super::why::Why;
use super::{Explanation, Question};
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::source::Source;
use crate::syntax::visit::{Visit, walk_expression};
use crate::syntax::{Expression, ExpressionKind, Program, parse};
use crate::trace::Verdict;
use std::sync::Arc;

/// The template with its calls corrected, where a refusal was laid to one of them.
pub(super) struct Mended {
    /// What it is then.
    pub program: Arc<Program>,
    calls: Vec<String>,
}

impl Mended {
    /// Of a run that refused, with what was found of it.
    pub fn of(run: &Finished<'_>, why: &Why) -> Option<Self> {
        why.hints.first().filter(|first| first.code.is_call() && run.verdict == Verdict::Denied)?;
        let Corrected { source, calls } = corrected(run)?;
        Some(Self { program: Arc::new(parse(&source).ok()?), calls })
    }

    /// Puts what refuses the corrected template first.
    pub fn weigh(&self, why: &mut Why, mended: &Explanation) {
        weigh(&self.calls, why, mended);
    }
}

/// Puts what refuses with these calls corrected first.
pub(super) fn weigh(calls: &[String], why: &mut Why, mended: &Explanation) {
    let of_mended = mended.why.as_ref().filter(|why| mended.verdict == Verdict::Denied || mended.verdict == Verdict::Error && why.by_hand);
    let Some(hints) = of_mended.map(|why| &why.hints) else { return };
    let Some(first) = hints.first().filter(|first| !first.code.leaves_open() && !first.code.is_call()) else { return };
    let known = why.hints.iter().position(|hint| hint.message == first.message);
    let cause = match known {
        Some(at) => why.hints.remove(at),
        None => in_spite(calls, first),
    };
    // What a step wrote only for want of the right call is gone with it.
    let gone = |hint: &Finding| hint.code == Code::StepWrote && !hints.iter().any(|other| other.code == hint.code && other.path == hint.path);
    for hint in why.hints.iter_mut().filter(|hint| hint.code.is_call() || gone(hint)) {
        let beside = "Mending it alone does not help: with the right call this request is refused as well.";
        hint.message = hint.message.cause().with(beside).cured(hint.message.cure());
    }
    why.hints.insert(0, cause);
}

/// What comes to light only behind the corrected calls.
fn in_spite(calls: &[String], first: &Finding) -> Finding {
    let calls: Vec<String> = calls.iter().map(|call| format!("`{call}(…)`")).collect();
    let words = Message::of("Refused even with {} in the place of the call that AppSync does not have:", [Part::Code(all_of(&calls))]);
    Finding { message: words.with(first.message.clone()), ..first.clone() }
}

/// Whether a branch that is written as it was meant lets this caller through: what the template is then stands beside each hint.
pub(super) fn with_branches(then: Vec<Option<Arc<Program>>>, hints: &mut [Finding], refuses: impl Fn(&Arc<Program>) -> bool) {
    for (hint, program) in hints.iter_mut().zip(then) {
        let Some(program) = program else { continue };
        let with = if refuses(&program) { "This caller is refused with it as well." } else { "With it this caller is let through (tried)." };
        let mut cure = hint.message.cure();
        cure.and(with);
        hint.message = hint.message.cause().cured(cure);
    }
}

/// A template whose test asks for a key as it stands there, where a hint would have that: whether the refusal runs then.
pub(super) fn with_key(run: &Finished<'_>, finding: &Finding) -> Option<Arc<Program>> {
    let key = finding.wanted.as_str().filter(|_| finding.code == Code::CheckSkipped)?;
    let path = finding.path.as_deref()?;
    let holder = path.strip_suffix(&format!(".{key}")).or_else(|| path.strip_suffix(&format!("[{}]", quoted(key))))?;
    let map = holder.parse::<ContextPath>().ok()?.lookup(&run.outcome.context);
    let keys = map.as_map().filter(|map| !map.contains_str(key))?.keys();
    let near = keys.iter().filter_map(|own| own.as_str()).find(|own| own.trim().eq_ignore_ascii_case(key.trim()))?;
    let mut text = run.program.source.text.to_string();
    let mut places = literals(run.program, key);
    places.sort_unstable_by_key(|(start, _)| std::cmp::Reverse(*start));
    for (start, end) in places {
        let mended = text.get(start..end)?.replace(key, near);
        text.replace_range(start..end, &mended);
    }
    parse(&Source::new(run.program.source.name.clone(), text)).ok().map(Arc::new)
}

/// Where a template has this text as a string of its code.
fn literals(program: &Program, wanted: &str) -> Vec<(usize, usize)> {
    let mut search = LiteralSearch { program, wanted, found: Vec::new() };
    search.program(program);
    search.found
}

struct LiteralSearch<'s, 'p> {
    program: &'p Program,
    wanted: &'s str,
    found: Vec<(usize, usize)>,
}

impl<'p> Visit<'p> for LiteralSearch<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        if matches!(&expression.kind, ExpressionKind::String(text) if &**text == self.wanted) {
            let span = self.program.span(expression.node);
            self.found.push((span.start as usize, span.end as usize));
        }
        walk_expression(self, expression);
    }
}

/// How deep the corrected template is explained: its cause is all that counts.
pub(super) fn question(question: &Question) -> Question {
    Question { depth: super::Depth::Refusals, coverage: false, why_allowed: false, rules: None, ..question.clone() }
}
