//! What the steps of a pipeline beside the deciding one did, where that bears on the decision: allows that are too wide, calls
//! that do not exist, output that AppSync refuses, a filter that was replaced, and what the decision read of what they wrote.

mod answered;
mod client;
mod earlier;
mod elsewhere;
mod filter;
mod handed;
mod order;
mod overwritten;
mod unread;
mod wrote;

use crate::value::method::Method;
use super::{Finished, contents, quiet};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::resolver::Half;
use crate::syntax::Program;
use crate::trace::condition::Condition;
use crate::trace::index::Node;
use crate::trace::recorder::Change;
use crate::trace::Verdict;
use crate::value::Value;
use std::sync::Arc;
use std::rc::Rc;

/// What is wider about a step's allow than it seems: it counts whichever step decided last.
const WIDE: [Code; 16] = [
    Code::NullEqualsNull,
    Code::CheckSkipped,
    Code::PlaceholderMatches,
    Code::TextIsTrue,
    Code::ClientDecides,
    Code::OrderOfText,
    Code::DefaultStrategy,
    Code::AnyGroup,
    Code::NothingChecked,
    Code::ReturnBeforeCheck,
    Code::AdminReturn,
    Code::EveryCaller,
    Code::WholeList,
    Code::NeverSet,
    Code::NullSetKept,
    Code::SubstringMatch,
];

/// What is wide about a step that decided nothing, and let everybody on.
const OF_ALL: [Code; 5] = [Code::AppendedOnly, Code::TermNotSent, Code::FlagNotRead, Code::TermsDiscarded, Code::ClientFilter];

/// What ends a request behind every allow.
const OUTPUT: [Code; 3] = [Code::OutputRefused, Code::SubscriptionFilterRefused, Code::OutputNothing];

/// A pipeline that ran, each step with its reasons.
pub struct Steps<'a> {
    /// In order.
    pub all: Vec<Finished<'a>>,
    /// The deciding one.
    pub at: usize,
    /// The verdict of the pipeline.
    pub verdict: Verdict,
    /// The functions that the steps belong to: equal numbers are the halves of one.
    pub function: Vec<usize>,
    /// Which half each step is.
    pub half: Vec<Half>,
    /// What the field answers.
    pub result: Value,
    /// The templates behind the deciding one, in the order in which they would run.
    pub later: Vec<&'a Arc<Program>>,
}

/// A value that a step put into the stash, the arguments or the source.
struct Wrote<'s, 'a> {
    step: &'s Finished<'a>,
    change: &'s Change,
    /// The place that was written.
    place: String,
    /// The place that was read: the same, or inside it.
    read: &'s str,
}

/// Puts what other steps have to say among the deciding one's hints.
pub fn add(steps: &Steps<'_>, hints: &mut Vec<Finding>) {
    let refused = matches!(steps.verdict, Verdict::Denied | Verdict::Error);
    let mut first = Vec::new();
    if refused {
        if let Some(wrote) = wrote::wrote(steps, hints) {
            first.push(wrote);
        }
    } else {
        others(steps, &mut first, hints);
        first.extend(overwritten::overwritten(steps));
        first.extend(handed::client_decides(steps));
        first.extend(unread::decision(steps));
        first.extend(unread::filter_removed(steps));
        first.extend(elsewhere::fails_open(steps));
        first.extend(elsewhere::other_row(steps));
        first.extend(filter::replaced(steps));
        wrote::by_whom(steps, hints);
    }
    first.retain(|new| !hints.iter().any(|known| known.message == new.message));
    hints.splice(0..0, first);
    if !refused {
        super::order::order(hints);
    }
}

/// What the other steps' own hints have to say of an allow.
fn others(steps: &Steps<'_>, first: &mut Vec<Finding>, hints: &mut Vec<Finding>) {
    let others = steps.all.iter().enumerate().filter(|(at, _)| *at != steps.at);
    for (_, step) in others {
        for hint in &step.why.hints {
            let named = || Finding { message: of_step(step, &hint.message), ..hint.clone() };
            let quiet = quiet::CODES.contains(&hint.code);
            if hint.code == Code::EmptiedByRule && contents::empties(&steps.result) {
                first.push(named());
                continue;
            }
            if quiet && !hints.iter().any(|known| known.code == hint.code) {
                hints.push(hint.clone());
            } else if OUTPUT.contains(&hint.code) && !may_be_empty(steps, step, hint.code) {
                first.push(Finding { message: wrote::with_writer_of_near(steps, step, named().message), ..named() });
            } else if step.verdict == Verdict::Allowed && (WIDE.contains(&hint.code) || hint.code.is_call()) || OF_ALL.contains(&hint.code) {
                hints.push(named());
            }
        }
    }
}

/// A before template may print nothing.
fn may_be_empty(steps: &Steps<'_>, step: &Finished<'_>, code: Code) -> bool {
    let first = steps.all.first().is_some_and(|first| std::ptr::eq(first.program, step.program));
    code == Code::OutputNothing && first
}

fn of_step(step: &Finished<'_>, message: &Message) -> Message {
    let mut named = Message::of("In {}:", [Part::Place(step.program.source.name.to_string())]);
    named.and(message.clone());
    named
}

/// Where a change in the context led to: `stash.role`.
fn target(change: &Change) -> Option<String> {
    Some(change.path.as_ref()?.join(change.values.first()?).to_string())
}

/// Whether a place is this one, or what it stands in.
fn encloses(place: &str, path: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn is_removal(step: &Finished<'_>, change: &Change) -> bool {
    matches!(step.recorder.index.node(change.node), Some(Node::Step { reference, at })
        if reference.steps[at].kind.calls(Method::Remove))
}

/// The conditions that decided a step, whichever way.
fn conditions(step: &Finished<'_>) -> Vec<Rc<Condition>> {
    let mut all: Vec<Rc<Condition>> = step.why.guards.iter().map(|guard| guard.condition.clone()).collect();
    let blockers = step.why.candidates.iter().filter_map(|candidate| candidate.blocker.as_ref());
    all.extend(blockers.map(|blocker| Rc::new(blocker.condition.clone())));
    if !matches!(step.verdict, Verdict::Denied | Verdict::Error) {
        all.extend(step.passed().iter().map(|one| one.condition.clone()));
    }
    all
}
