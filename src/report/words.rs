//! Words that several reports share: values, places, changes.

use super::fold::one_line;
use crate::code::{Certainty, Code};
use crate::explain::Explanation;
use crate::explain::hint::claim_name;
use crate::explain::suggest::ANY;
use crate::appsync::ContextPath;
use crate::explain::{InputChange, Op, Suggestion};
use crate::finding::Finding;
use crate::syntax::NodeId;
use crate::trace::origin::Origin;
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;

/// A value as a reader wants it in a line: JSON, cut where it grows long.
pub fn show(value: &Value) -> String {
    shorten(full(value), 100)
}

/// A text of at most so many letters; what is left out is marked.
pub fn shorten(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Where a value came from, in a few words.
pub fn place_of(report: &Explanation, origin: &Origin) -> String {
    match origin {
        Origin::Context { path, absent, open, .. } => {
            let name = claim_name(path).map_or_else(|| path.to_string(), |claim| format!("claim {claim}{}", path.below_claim()));
            match (open, absent) {
                (true, _) => format!("{name} was not given"),
                (false, true) => format!("{name} is absent"),
                (false, false) => name,
            }
        }
        Origin::AuthType(_) => "the caller's mode".to_owned(),
        Origin::Literal(node) => format!("line {}", report.place(*node).line),
    }
}

/// What a verdict means, as a legend says it.
pub fn of_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "a rule lets the caller in",
        Verdict::Filtered => "let in, rows are left out",
        Verdict::Completed => "no rule decides: open to whoever gets here",
        Verdict::Denied => "refused",
        Verdict::Error => "another error",
        Verdict::Unknown => "it rests on what was not given",
    }
}

/// Changes as one phrase.
pub fn changes(changes: &[InputChange]) -> String {
    changes.iter().map(change).collect::<Vec<_>>().join(", and ")
}

/// One change in words.
pub fn change(change: &InputChange) -> String {
    let place = change.path.claim_name().map_or_else(|| change.path.to_string(), |claim| format!("claim {claim}"));
    let value = show(&change.value);
    match change.op {
        Op::Set if is_any(&change.value) => format!("with any value in {place}"),
        Op::Add => format!("with {value} in {place}"),
        Op::Set if change.path == ContextPath::AUTH_TYPE => format!("called with {value}"),
        Op::Set => format!("with {place} = {value}"),
        Op::Remove => format!("without {place}"),
    }
}

/// Whether a value only stands for one that is there: no name or group is made up.
fn is_any(value: &Value) -> bool {
    let any = |value: &Value| value.as_str() == Some(ANY);
    any(value) || value.members().is_some_and(|all| matches!(all.as_slice(), [one] if any(one)))
}

/// A fact that an allow rests on.
pub fn fact(fact: &Suggestion) -> String {
    let error = if fact.verdict == Verdict::Error { " (without it: an error)" } else { "" };
    let mut words = Vec::new();
    for change in &fact.changes {
        let value = show(&change.value);
        let claim = change.path.claim_name();
        let item = change.path.strip_suffix(']').and_then(|path| path.rsplit_once('['));
        let list = item.filter(|(_, at)| at.chars().all(|digit| digit.is_ascii_digit())).map(|(list, _)| list);
        words.push(match (claim, list) {
            _ if change.path == ContextPath::AUTH_TYPE => format!("the call by {value}"),
            (Some(claim), Some(_)) => format!("{value} in claim {claim}"),
            (Some(claim), None) => format!("claim {claim} = {value}"),
            (None, Some(list)) => format!("{value} in {list}"),
            (None, None) => format!("{} = {value}", change.path),
        });
    }
    words.join(", ") + error
}

/// A value as JSON, whole.
pub fn full(value: &Value) -> String {
    value.to_json().unwrap_or_else(|error| error.message)
}

/// How it was decided; the deciding place follows.
pub fn decision(report: &Explanation) -> &'static str {
    let of_time = |why: &crate::explain::why::Why| why.hints.first().is_some_and(|first| first.code == Code::NotGiven && first.path.as_deref() == Some("now"));
    if report.verdict == Verdict::Unknown && !report.why.as_ref().is_some_and(of_time) {
        return match report.decision.kind {
            DecisionKind::Unauthorized | DecisionKind::AuthRules => "read as absent, it is refused at",
            DecisionKind::Error => "read as absent, it fails at",
            DecisionKind::Set => "read as absent, it is authorized at",
            DecisionKind::Return => "read as absent, it returns at",
            DecisionKind::NotSet | DecisionKind::Filter => "read as absent, it is not refused",
        };
    }
    match report.decision.kind {
        DecisionKind::Unauthorized => "refused at",
        DecisionKind::Error => "failed at",
        DecisionKind::Set => "authorized at",
        DecisionKind::Return => "returned at",
        DecisionKind::AuthRules => "decided by $util.authRules at",
        DecisionKind::Filter => "allowed with a filter on the rows: $ctx.stash.authFilter",
        DecisionKind::NotSet if report.verdict == Verdict::Denied => "never set to true; last set at",
        DecisionKind::NotSet if report.verdict == Verdict::Completed => match &report.why {
            Some(why) if !why.carrying.findings.is_empty() => "the template itself asks nothing: its request does",
            Some(why) if !why.hints.is_empty() || why.let_through.is_some() => "ran to its end, and no rule of its own refused",
            _ => "no authorization logic in this template",
        },
        DecisionKind::NotSet => "a refusal stands in this template and was not reached",
    }
}

/// A verdict as a headline.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "ALLOWED",
        Verdict::Denied => "DENIED",
        Verdict::Filtered => "FILTERED",
        Verdict::Completed => "COMPLETED",
        Verdict::Error => "ERROR",
        Verdict::Unknown => "UNKNOWN",
    }
}

/// The source of a node on one line, whole.
pub fn code_of(report: &Explanation, node: NodeId) -> String {
    one_line(report.program.text(node))
}

/// The code behind a finding, and how sure it is where it is no fact.
pub fn tag(finding: &Finding) -> String {
    match finding.certainty {
        Certainty::Certain => format!("[{}]", finding.code),
        certainty => format!("[{}, {certainty}]", finding.code),
    }
}
