//! Who the two callers are, and where their values come from.

use super::{Fork, Sourced};
use crate::appsync::{AuthType, ContextPath, Given};
use crate::explain::hint::{claim_name, claim_path};
use crate::trace::origin::Origin;
use crate::value::Value;

/// Places told of.
const MOST: usize = 6;

/// A caller, as a sentence names them.
#[derive(Clone, Debug)]
pub struct ComparedCaller {
    /// A user name, a session's name, a `sub`; `None` where the identity has none.
    pub name: Option<String>,
    /// The mode.
    pub auth_type: Option<AuthType>,
    /// `token_use` of a user pool's token: `id` or `access`.
    pub token_use: Option<String>,
}

impl ComparedCaller {
    /// By what was given.
    pub fn of(given: &Given) -> Self {
        let identity = given.members.get_str("identity").unwrap_or_default();
        let member = |name: &str| text(identity.as_map()?.get_str(name)?);
        let claim = |name: &str| text(claim(given, name)?);
        let session = member("userArn").and_then(|arn| arn.rsplit_once('/').map(|(_, name)| name.to_owned()));
        let name = session
            .or_else(|| member("username"))
            .or_else(|| ["cognito:username", "username", "preferred_username", "email"].into_iter().find_map(claim))
            .or_else(|| member("sub"))
            .or_else(|| claim("sub"));
        Self { name, auth_type: given.auth_type, token_use: claim("token_use") }
    }
}

fn text(value: Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A claim of the caller; `None` where the token has none of this name.
fn claim(given: &Given, name: &str) -> Option<Value> {
    let identity = given.members.get_str("identity")?;
    let claims = identity.as_map()?.get_str("claims")?;
    let claims = claims.as_map()?;
    claims.contains_str(name).then(|| claims.get_str(name).unwrap_or_default())
}

/// The mode of the other caller: that of the first one, where both identities have one shape; else what the other one's
/// identity is of.
pub fn mode_of_other(mode: Option<AuthType>, identity: &Value, other: &Value) -> Option<AuthType> {
    let (guess, others) = (AuthType::guess(identity), AuthType::guess(other));
    if others.is_none() || guess == others { mode.or(others) } else { others }
}

/// What a caller's identity has at a place.
fn whole(given: &Given, path: &str) -> Option<Value> {
    let path = path.strip_prefix("identity").and_then(|_| path.parse::<ContextPath>().ok())?;
    Some(path.lookup(&given.members)).filter(|value| !value.is_null())
}

/// The places that the values of a fork come from, where they hold something else for the other caller.
pub fn sources(fork: &Fork, given: [&Given; 2]) -> Vec<Sourced> {
    let mut found: Vec<Sourced> = Vec::new();
    for seen in fork.seen.iter().filter(|seen| !seen.same()) {
        for origin in seen.origins.iter().flatten() {
            let Origin::Context { path, .. } = origin else { continue };
            let path = claim_path(path);
            let value = |at: usize| match claim_name(&path) {
                Some(name) => claim(given[at], &name),
                None => {
                    let read = seen.origins[at].iter().find_map(|origin| match origin {
                        Origin::Context { path: other, value, absent: false, .. } if other == path.as_str() => Some(value.clone()),
                        _ => None,
                    });
                    // Of an item that was read the whole list is told.
                    read.or_else(|| whole(given[at], &path))
                }
            };
            let values = [value(0), value(1)];
            let same = match &values {
                [Some(mine), Some(theirs)] => mine.loosely_equals(theirs),
                [mine, theirs] => mine.is_none() == theirs.is_none(),
            };
            if !same && found.len() < MOST && !found.iter().any(|known| known.path == path) {
                found.push(Sourced { path, values });
            }
        }
    }
    found
}
