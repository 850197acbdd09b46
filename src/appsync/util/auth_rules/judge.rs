//! One rule and one caller: which code judges it.

use super::subject::RuleSubject;
use super::caller::Caller;
use super::outcome::{RuleOutcome, kept};
use super::rule::{RuleKind, AuthRule};
use super::{groups, iam, owner};
use crate::value::Value;

/// Judges a rule that is understood. `pool_roles` are the role ARNs that the other rules name.
pub(super) fn judge(rule: &AuthRule, caller: &Caller, subject: RuleSubject<'_>, pool_roles: &[Value]) -> RuleOutcome {
    let outcome = match caller.auth_type {
        None => RuleOutcome::void("how the caller was authorized is not known, so no rule can grant").at(
            "authType",
            &Value::Null,
            rule.mode.as_str(),
        ),
        Some(mode) if mode != rule.mode => RuleOutcome::void(format!(
            "the rule is for {}, the caller came by {mode}",
            rule.mode
        ))
        .at("authType", &mode.as_str().into(), rule.mode.as_str()),
        Some(mode) => match &rule.kind {
            RuleKind::Anyone => RuleOutcome::granted(format!("the rule is for whoever comes by {mode}")).at(
                "authType",
                &mode.as_str().into(),
                mode.as_str(),
            ),
            RuleKind::Admin { roles, strict } => iam::admin(caller, roles, *strict, pool_roles),
            RuleKind::Role { arn, pool } => iam::role(caller, arn, pool.as_ref()),
            RuleKind::StaticGroups { claim, groups } => groups::fixed(caller, claim, groups),
            RuleKind::DynamicGroups { claim, field } => groups::dynamic(caller, claim, field, subject),
            RuleKind::Owner { claim, field } => owner::judge(caller, claim, field, subject),
        },
    };
    RuleOutcome { allowed_fields: rule.allowed_fields.clone(), ..outcome }
}

/// The outcome of a rule at its place in the list.
pub(super) fn placed(index: usize, rule: &Value, outcome: RuleOutcome) -> RuleOutcome {
    RuleOutcome { index, rule: kept(rule), ..outcome }
}
