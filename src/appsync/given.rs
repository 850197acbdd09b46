//! Everything that a caller supplies for one evaluation, kept pristine, so that it can be evaluated again and changed.

use super::context::ContextError;
use super::{AuthType, Context, Env};
use crate::value::{List, Map, Value};

/// What to evaluate with. A run never changes it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The members of the context, such as AWS's EvaluateMappingTemplate takes.
    pub members: Map,
    /// The caller's mode.
    pub auth_type: Option<AuthType>,
    /// Whether the mode was derived from the identity's shape.
    pub auth_type_derived: bool,
    /// The clock, in milliseconds since 1970.
    pub now_millis: i64,
    /// The seed of ids and random numbers.
    pub seed: u64,
    /// `Type.field`, where it is known from elsewhere than `$ctx.info`, such as from a template's name.
    pub field: Option<String>,
    /// Whether the caller was made up, and no token was given: what the claims lack may stand in it.
    pub caller_tried: bool,
}

impl Given {
    /// For this field: `$ctx.info` names it, unless it was given.
    #[must_use]
    pub fn for_field(self, field: &str) -> Self {
        let (parent, name) = field.split_once('.').unwrap_or(("Query", field));
        let info = self.members.get_str("info").and_then(|info| info.as_map().cloned()).unwrap_or_default();
        for (key, value) in [("fieldName", name), ("parentTypeName", parent)] {
            if info.get_str(key).is_none_or(|value| value.is_null()) {
                info.put_str(key, value);
            }
        }
        if !info.contains_str("variables") {
            info.put_str("variables", Map::new());
            info.put_str("selectionSetList", Value::from(List::new(Vec::new())));
        }
        self.members.put_str("info", info);
        self
    }

    /// These members, with the mode derived from the identity.
    pub fn new(members: Map) -> Self {
        let auth_type = members.get_str("identity").and_then(|identity| AuthType::guess(&identity));
        Self { auth_type_derived: auth_type.is_some(), members, auth_type, ..Self::default() }
    }

    /// A fresh context and its surroundings for one run.
    ///
    /// # Errors
    /// A sentence that names the member of the wrong type.
    pub fn context(&self) -> Result<(Context, Env), ContextError> {
        self.context_of(self.members.deep_copy())
    }

    /// The same for the only run that this is made for, without a copy.
    ///
    /// # Errors
    /// A sentence that names the member of the wrong type.
    pub fn into_context(self) -> Result<(Context, Env), ContextError> {
        self.context_of(self.members.clone())
    }

    fn context_of(&self, members: Map) -> Result<(Context, Env), ContextError> {
        // A request with an API key has no identity, and that is known (devguide, resolver-context-reference, "Identity").
        if self.auth_type == Some(AuthType::ApiKey) && !members.contains_str("identity") {
            members.put_str("identity", Value::Null);
        }
        let context = Context::from_members(&members)?;
        let mut env = Env { now_millis: self.now_millis, seed: self.seed, caller_tried: self.caller_tried, ..Env::default() };
        context.prepare(&mut env, self.auth_type);
        if env.field_name.is_empty()
            && let Some((parent, field)) = self.field.as_deref().and_then(|field| field.split_once('.'))
        {
            (env.parent_type, env.field_name) = (parent.into(), field.into());
        }
        Ok((context, env))
    }
}
