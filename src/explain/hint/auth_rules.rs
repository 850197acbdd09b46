//! The rules that `$util.authRules` judged, each with its own reason (AMPLIFY-AUTH 2).

use super::text::show;
use super::{Finished, json};
use crate::appsync::util::{AuthRulesCall, RuleOutcome};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::{DecisionKind, Verdict};
use crate::value::{List, Value};
use ecow::EcoString;

/// Why the call refused the request: what overruled the rules, those for the caller, those for others.
pub fn rules(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied || run.decision.kind != DecisionKind::AuthRules {
        return;
    }
    let Some(call) = run.outcome.env.auth_rules.last() else { return };
    found.extend(overruled(call));
    found.extend(no_rule_for_mode(run, call));
    let (own, others): (Vec<_>, Vec<_>) = call.rules.iter().filter(|rule| !rule.granted).partition(|rule| rule.applies);
    for rule in own.into_iter().chain(others) {
        let mut finding = Finding::new(Code::AuthRule, Message::of(
            "rule {}: {}.",
            [
                Part::Text((rule.index + 1).to_string()),
                Part::Text(rule.reason.to_string()),
            ],
        ))
            .actual(json(&rule.actual));
        finding.path = rule.path.clone().or_else(|| (!rule.applies).then(|| "authType".to_owned()));
        found.push(finding.wanted(json(&rule.wanted)));
    }
}

/// None of the rules is for the caller's mode.
fn no_rule_for_mode(run: &Finished<'_>, call: &AuthRulesCall) -> Option<Finding> {
    let mode = run.auth_type()?.as_str();
    let none = !call.rules.is_empty() && call.rules.iter().all(|rule| !rule.applies);
    none.then(|| {
        Finding::new(
            Code::ModeHasNoRule,
            Message::of(
                "$util.authType() is \"{}\", and none of the rules is for that mode. » Add a rule for it, or call with another one.",
                [
                    Part::Text(mode.to_string()),
                ],
            ),
        )
        .at("authType")
        .actual(mode)
    })
}

/// What refused although a rule granted something, or because there was none to judge.
fn overruled(call: &AuthRulesCall) -> Option<Finding> {
    let reason = call.reason.as_ref()?;
    if call.denied_fields.is_empty() {
        let code = if call.rules.is_empty() { Code::AuthRulesEmpty } else { Code::AuthRulesOverruled };
        return Some(Finding::new(code, Message::of("{}.", [Part::Text(reason.to_string())])));
    }
    let list = |fields: &[EcoString]| Value::from(fields.iter().cloned().map(Value::string).collect::<List>());
    let granting = |rule: &RuleOutcome| {
        let fields = list(rule.allowed_fields.as_deref()?);
        rule.granted.then(|| format!("rule {} allows {}", rule.index + 1, show(&fields)))
    };
    let allowed: Vec<_> = call.rules.iter().filter_map(granting).collect();
    let message = Message::of(
        "{}: {}.",
        [Part::Text(reason.to_string()), Part::Text(allowed.join("; ").to_string())],
    );
    Some(Finding::new(Code::AuthRulesFields, message).at("args.input").actual(json(&list(&call.denied_fields))))
}
