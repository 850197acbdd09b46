//! The verdict of one template, by rules of which the first that fits decides (docs/verdicts.md).

use crate::value::method::Method;
use crate::eval::{End, Outcome};
use crate::syntax::visit::{References, Visit as _};
use crate::syntax::{Expression, ExpressionKind, NodeId, Program, Reference, Step, StepKind};
use super::stash::stash_put;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a template decided.
///
/// ```
/// assert_eq!(vtl_eval::Verdict::Denied.to_string(), "denied");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, Hash)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The request may go on.
    Allowed,
    /// The request is refused.
    Denied,
    /// The request may go on, with a filter over the rows.
    Filtered,
    /// The template ran to its end and has no authorization logic.
    Completed,
    /// The template ended with another error.
    Error,
    /// It rests on what nobody gave, and another value of that would give another verdict.
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Filtered => "filtered",
            Self::Completed => "completed",
            Self::Error => "error",
            Self::Unknown => "unknown",
        })
    }
}

/// How a part of the context is read that nobody gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absent {
    /// As null, with a note.
    #[default]
    Null,
    /// As anything: where that decides, the verdict is [`Verdict::Unknown`].
    Open,
}

/// What decided.
///
/// ```
/// let template = vtl_eval::Template::parse("t.vtl", "$util.unauthorized()")?;
/// let why = vtl_eval::explain(&template, &vtl_eval::Context::from_json("{}")?)?;
/// assert_eq!(why.decision().kind, vtl_eval::DecisionKind::Unauthorized);
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionKind {
    /// `$util.unauthorized()` or an error of type `Unauthorized` ran.
    Unauthorized,
    /// Another error.
    Error,
    /// The variable was set.
    Set,
    /// `#return`
    Return,
    /// `$ctx.stash.authFilter` was filled.
    Filter,
    /// Nothing set the variable.
    NotSet,
    /// `$util.authRules` gave the answer that the template refused by.
    AuthRules,
}

/// A verdict's reason: what kind, and the node where it fell.
#[derive(Clone, Copy, Debug)]
pub struct Decision {
    /// What decided.
    pub kind: DecisionKind,
    /// Where.
    pub node: Option<NodeId>,
}

/// What became of a run, and what decided it.
#[derive(Clone, Copy, Debug)]
pub struct Conclusion {
    /// What became of it.
    pub verdict: Verdict,
    /// What decided.
    pub decision: Decision,
}

/// Judges an outcome by the variable that is watched.
pub fn judge(program: &Program, outcome: &Outcome, watched: &str) -> Conclusion {
    let concluded = |verdict, kind, node| Conclusion { verdict, decision: Decision { kind, node } };
    match &outcome.end {
        End::Thrown { node, error } if error.is_refusal() => {
            let by_rules = outcome.env.auth_rules.last().is_some_and(|call| !call.authorized);
            let kind = if by_rules { DecisionKind::AuthRules } else { DecisionKind::Unauthorized };
            return concluded(Verdict::Denied, kind, Some(*node));
        }
        End::Thrown { node, .. } => return concluded(Verdict::Error, DecisionKind::Error, Some(*node)),
        End::Failed(failure) => return concluded(Verdict::Error, DecisionKind::Error, Some(failure.node)),
        End::Completed | End::Returned { .. } => {}
    }
    let slot = program.slot(watched);
    let last = outcome.writes.iter().rev().find(|write| Some(write.slot) == slot).map(|write| write.node);
    let value = slot.and_then(|slot| outcome.variable(slot));
    if matches!(value, Some(Value::Boolean(true))) {
        return concluded(Verdict::Allowed, DecisionKind::Set, last);
    }
    if has_filter(outcome) && touches_filter(program) {
        return concluded(Verdict::Filtered, DecisionKind::Filter, None);
    }
    let refuses = has_refusal(program);
    match &outcome.end {
        End::Returned { node, .. } if refuses => concluded(Verdict::Allowed, DecisionKind::Return, Some(*node)),
        _ if refuses => concluded(Verdict::Allowed, DecisionKind::NotSet, last),
        _ if last.is_some() => concluded(Verdict::Denied, DecisionKind::NotSet, last),
        _ => concluded(Verdict::Completed, DecisionKind::NotSet, None),
    }
}

/// Whether `$ctx.stash.authFilter` is there and not empty.
fn has_filter(outcome: &Outcome) -> bool {
    let stash = outcome.context.get_str("stash").unwrap_or_default();
    let filter = stash.as_map().and_then(|stash| stash.get_str("authFilter")).unwrap_or_default();
    match filter {
        Value::Null => false,
        Value::Map(map) => !map.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// Whether the template reads or fills `$ctx.stash.authFilter`, or hands the whole stash on: one that was given and that nobody reads
/// holds no row back.
pub fn touches_filter(program: &Program) -> bool {
    let look = || {
        let mut found = false;
        References(|reference| found |= names_filter(reference)).program(program);
        found
    };
    *program.traits.touches_filter.get_or_init(look)
}

/// Whether a reference names the filter, or may reach it by the stash or the context as a whole.
fn names_filter(reference: &Reference) -> bool {
    let is_stash = |step: &Step| matches!(&step.kind, StepKind::Property(name) if name == "stash");
    let whole = match reference.steps.as_slice() {
        [] => reference.is_whole_context(),
        [only] => is_stash(only),
        [first, next, ..] => is_stash(first) && !names_member(next),
    };
    whole || reference.passes("authFilter") || stash_put(reference) == Some("authFilter")
}

/// Whether a link of a chain names one member, so that no other is meant.
fn names_member(step: &Step) -> bool {
    let is_text = |part: &Expression| matches!(part.kind, ExpressionKind::String(_));
    match &step.kind {
        StepKind::Property(_) => true,
        StepKind::Method { method: Some(Method::Get | Method::Put), args, .. } => args.first().is_some_and(is_text),
        StepKind::Index(index) => is_text(index),
        StepKind::Method { .. } => false,
    }
}

/// Whether the template has a refusal statement: `$util.unauthorized()`, or `$util.error` or `$util.validate` with a literal
/// error type `Unauthorized` or `UnauthorizedException`.
pub fn has_refusal(program: &Program) -> bool {
    let look = || {
        let mut found = false;
        References(|reference| found |= is_refusal(reference)).program(program);
        found
    };
    *program.traits.has_refusal.get_or_init(look)
}

/// Whether a reference itself is a refusal statement.
pub fn is_refusal(reference: &Reference) -> bool {
    let args = reference.steps.iter().find_map(|step| match &step.kind {
        StepKind::Method { args, .. } => Some(args.as_slice()),
        _ => None,
    });
    let error_type = |at: usize| match args.and_then(|args| args.get(at)).map(|arg| &arg.kind) {
        Some(ExpressionKind::String(text)) => matches!(text.as_str(), "Unauthorized" | "UnauthorizedException"),
        _ => false,
    };
    match reference.util() {
        Some(Method::Unauthorized) => true,
        Some(Method::Error) => error_type(1),
        Some(Method::Validate) => error_type(2),
        _ => false,
    }
}

/// The condition of a `$util.validate(condition, message, …)`.
pub fn validated(reference: &Reference) -> Option<&Expression> {
    reference.util().filter(|called| *called == Method::Validate)?;
    reference.steps.iter().find_map(|step| match &step.kind {
        StepKind::Method { args, .. } => args.first(),
        _ => None,
    })
}
