//! What a template is run with, from the object that JavaScript gives.

use crate::api::Failure;
use serde::Deserialize;
use serde_json::value::RawValue;
use vtl_eval::{AuthType, Context};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given<'a> {
    #[serde(borrow)]
    claims: Option<&'a RawValue>,
    #[serde(borrow)]
    identity: Option<&'a RawValue>,
    token: Option<String>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    stash: Option<&'a RawValue>,
    #[serde(borrow)]
    prev: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    info: Option<&'a RawValue>,
    #[serde(borrow)]
    request: Option<&'a RawValue>,
    #[serde(borrow)]
    records: Option<&'a RawValue>,
    auth_type: Option<String>,
    watch: Option<String>,
    /// Milliseconds since 1970.
    now: Option<i64>,
}

/// Reads it: one caller (`claims`, `identity` or `token`), and single members over those of `context`.
///
/// # Errors
/// A member that is not what it should be, or that nothing knows.
pub fn read(given: &str) -> Result<Context, Failure> {
    let given: Given<'_> = serde_json::from_str(given).map_err(Failure::input)?;
    let caller = match (&given.claims, &given.identity, &given.token) {
        (Some(claims), None, None) => Some(Context::with_claims(claims.get())?),
        (None, Some(identity), None) => Some(Context::with_identity(identity.get())?),
        (None, None, Some(token)) => Some(Context::with_token(token)?),
        (None, None, None) => None,
        _ => return Err(Failure::input("one caller is wanted: claims, identity or token")),
    };
    let mut context = match (caller, given.context) {
        (None, None) => Context::from_json("{}")?,
        (None, Some(whole)) => Context::from_json(whole.get())?,
        (Some(caller), None) => caller,
        (Some(caller), Some(whole)) => caller.over(&Context::from_json(whole.get())?),
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
            context = context.member(name, value.get())?;
        }
    }
    if let Some(rows) = given.records {
        context = context.records(rows.get())?;
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
