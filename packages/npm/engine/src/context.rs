//! What a template is run with, from the object that JavaScript gives.

use crate::api::Failure;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use vtl_eval::{AuthType, Context};

/// A member that is there, be it null: absent and null are two things.
fn there<'de, D: Deserializer<'de>>(member: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(member).map(Some)
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    claims: Option<Value>,
    #[serde(deserialize_with = "there")]
    identity: Option<Value>,
    token: Option<String>,
    context: Option<Value>,
    args: Option<Value>,
    #[serde(deserialize_with = "there")]
    source: Option<Value>,
    #[serde(deserialize_with = "there")]
    result: Option<Value>,
    stash: Option<Value>,
    #[serde(deserialize_with = "there")]
    prev: Option<Value>,
    #[serde(deserialize_with = "there")]
    error: Option<Value>,
    info: Option<Value>,
    request: Option<Value>,
    records: Option<Value>,
    auth_type: Option<String>,
    watch: Option<String>,
    /// Milliseconds since 1970.
    now: Option<i64>,
}

/// Reads it: one caller (`claims`, `identity` or `token`), and single members over those of `context`.
///
/// # Errors
/// A member that is not what it should be, or that nothing knows.
pub fn read(given: Value) -> Result<Context, Failure> {
    let given: Given = serde_json::from_value(given).map_err(Failure::input)?;
    let caller = match (&given.claims, &given.identity, &given.token) {
        (Some(claims), None, None) => Some(Context::with_claims(&claims.to_string())?),
        (None, Some(identity), None) => Some(Context::with_identity(&identity.to_string())?),
        (None, None, Some(token)) => Some(Context::with_token(token)?),
        (None, None, None) => None,
        _ => return Err(Failure::input("one caller is wanted: claims, identity or token")),
    };
    let mut context = match (caller, given.context) {
        (None, None) => Context::from_json("{}")?,
        (None, Some(whole)) => Context::from_json(&whole.to_string())?,
        (Some(caller), None) => caller,
        (Some(caller), Some(whole)) => caller.over(&Context::from_json(&whole.to_string())?),
    };
    let members = [
        ("arguments", given.args),
        ("source", given.source),
        ("result", given.result),
        ("stash", given.stash),
        ("prev", given.prev),
        ("error", given.error),
        ("info", given.info),
        ("request", given.request),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            context = context.member(name, &value.to_string())?;
        }
    }
    if let Some(rows) = given.records {
        context = context.records(&rows.to_string())?;
    }
    if let Some(mode) = &given.auth_type {
        let known = AuthType::parse(mode);
        context = context.auth_type(known.ok_or_else(|| Failure::input(format!("{mode} is not a mode of AppSync")))?);
    }
    if let Some(variable) = &given.watch {
        context = context.watch(variable);
    }
    Ok(context.now_millis(given.now.unwrap_or_default()))
}
