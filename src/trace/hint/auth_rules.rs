//! The rules that `$util.authRules` judged, each with its own reason (AMPLIFY-AUTH 2).

use super::text::show;
use super::{Scene, json};
use crate::appsync::util::RuleOutcome;
use crate::finding::Finding;
use crate::trace::{DecisionKind, Verdict};

/// Why each rule did not grant the request: those for the caller's mode first.
pub fn rules(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if scene.verdict != Verdict::Denied || scene.decision.kind != DecisionKind::AuthRules {
        return;
    }
    let Some(call) = scene.outcome.env.auth_rules.last() else { return };
    if call.rules.is_empty() {
        found.push(Finding::new("auth-rules-empty", "the list of rules is empty: no rule is for this operation."));
    }
    let other_mode = |rule: &&RuleOutcome| rule.path.as_deref() == Some("authType");
    let (others, own): (Vec<_>, Vec<_>) =
        call.rules.iter().filter(|rule| !rule.granted).partition(|rule| other_mode(rule));
    for rule in own.into_iter().chain(others) {
        let values = match rule.path.as_deref() {
            Some(path) => format!(" ({path} is {}, the rule wants {})", show(&rule.actual), show(&rule.wanted)),
            None => String::new(),
        };
        let mut finding = Finding::new("auth-rule", format!("{}{values}.", rule.reason))
            .actual(json(&rule.actual))
            .wanted(json(&rule.wanted));
        finding.path = rule.path.clone();
        found.push(finding);
    }
}
