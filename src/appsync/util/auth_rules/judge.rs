//! One rule and one caller: which code judges it.

use super::caller::Caller;
use super::outcome::{RuleOutcome, kept};
use super::rule::{Kind, Rule};
use super::{groups, iam, owner};
use crate::value::{Map, Value};

/// What the rule is held against.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    /// No record yet: dynamic rules give filters.
    Query,
    /// No record yet: dynamic rules give filters on what a mutation will return.
    Subscription,
    /// The input of a create, with the owner fields that earlier rules added.
    Input(&'a Map),
    /// A record, and its place in the context.
    Record { record: &'a Value, path: &'static str },
}

impl Subject<'_> {
    /// The value of a field, and its place; `None` where there is no record.
    pub(super) fn field(self, name: &str) -> Option<(Value, String)> {
        match self {
            Self::Query | Self::Subscription => None,
            Self::Input(input) => Some((input.get_str(name).unwrap_or_default(), format!("args.input.{name}"))),
            Self::Record { record, path } => Some((super::caller::member(record, name), format!("{path}.{name}"))),
        }
    }
}

/// Judges a rule that is understood. `pool_roles` are the role ARNs that the other rules name.
pub(super) fn judge(rule: &Rule, caller: &Caller, subject: Subject<'_>, pool_roles: &[Value]) -> RuleOutcome {
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
            Kind::Anyone => RuleOutcome::granted(format!("the rule is for whoever comes by {mode}")).at(
                "authType",
                &mode.as_str().into(),
                mode.as_str(),
            ),
            Kind::Admin { roles, strict } => iam::admin(caller, roles, *strict, pool_roles),
            Kind::Role { arn, pool } => iam::role(caller, arn, pool.as_ref()),
            Kind::StaticGroups { claim, groups } => groups::fixed(caller, claim, groups),
            Kind::DynamicGroups { claim, field } => groups::dynamic(caller, claim, field, subject),
            Kind::Owner { claim, field } => owner::judge(caller, claim, field, subject),
        },
    };
    RuleOutcome { allowed_fields: rule.allowed_fields.clone(), ..outcome }
}

/// The outcome of a rule at its place in the list.
pub(super) fn placed(index: usize, rule: &Value, outcome: RuleOutcome) -> RuleOutcome {
    RuleOutcome { index, rule: kept(rule), ..outcome }
}
