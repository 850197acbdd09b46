//! Who asks, as the rules see it.

use super::outcome::{RuleOutcome, show};
use crate::appsync::{AuthType, ContextPath, Env};
use crate::value::Value;

/// What the rules may know of a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// How the caller was authorized; `None` if nobody said.
    pub auth_type: Option<AuthType>,
    /// `$ctx.identity`
    pub identity: Value,
    /// `$ctx.arguments`
    pub arguments: Value,
    /// The roles of the identity pool, as far as the stash has them.
    pub pool_roles: Vec<Value>,
}

impl Caller {
    /// The caller of this evaluation.
    pub fn of(env: &Env) -> Self {
        Self {
            auth_type: env.auth_type,
            identity: env.identity.clone(),
            arguments: env.arguments.clone(),
            pool_roles: ["authRole", "unauthRole"].map(|role| member(&env.stash, role)).into(),
        }
    }

    /// A member of `$ctx.identity`; null through null, as in a template.
    pub(super) fn member(&self, name: &str) -> Value {
        member(&self.identity, name)
    }

    /// A claim of the token.
    pub(super) fn claim(&self, name: &str) -> Value {
        member(&self.member("claims"), name)
    }

    /// A part of an identity claim: `username` falls back to `cognito:username` (AMPLIFY-AUTH 4, owner).
    pub(super) fn identity_claim(&self, name: &str) -> Value {
        match self.claim(name) {
            Value::Null if name == "username" => self.claim("cognito:username"),
            value => value,
        }
    }

    /// The rule needs a claim that the caller does not have.
    pub(super) fn lacks(&self, name: &str) -> RuleOutcome {
        let reason = if self.identity.is_null() {
            format!("identity is null, so there is no claim {name}")
        } else if self.member("claims").is_null() {
            format!("identity has no claims, so there is no claim {name}")
        } else if name == "username" {
            "the token has neither the claim username nor cognito:username".to_owned()
        } else {
            format!("the token has no claim {name}")
        };
        RuleOutcome::refused(reason).at(ContextPath::claim(name), &Value::Null, Value::Null)
    }

    /// The claim is there and is not what the rule wants.
    pub(super) fn mismatch(&self, name: &str, actual: &Value, what: &str, wanted: Value) -> RuleOutcome {
        let reason = format!("claim {name} {} {what}", show(actual));
        RuleOutcome::refused(reason).at(ContextPath::claim(name), actual, wanted)
    }
}

/// A member of a map; null of anything else.
pub(super) fn member(value: &Value, name: &str) -> Value {
    value.as_map().and_then(|map| map.get_str(name)).unwrap_or_default()
}
