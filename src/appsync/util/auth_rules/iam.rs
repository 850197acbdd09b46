//! Rules for IAM callers: administrators and the roles of the identity pool (AMPLIFY-AUTH 4, iam).

use crate::message::quoted;
use super::caller::Caller;
use super::outcome::{RuleOutcome, show};
use crate::value::{List, Value};
use ecow::EcoString;

const ARN: &str = "identity.userArn";

/// One of the names in the role's ARN, unless it is a role of the identity pool.
pub(super) fn admin(caller: &Caller, roles: &[EcoString], strict: bool, pool_roles: &[Value]) -> RuleOutcome {
    let actual = caller.member("userArn");
    let wanted: List = roles.iter().map(|role| Value::string(role.clone())).collect();
    let wanted = Value::from(wanted);
    let Some(arn) = actual.as_str() else { return no_arn(caller, &actual, wanted) };
    // The template of today looks for the name anywhere in the ARN, that of tomorrow between `:assumed-role/` and `/`.
    let anchored = |role: &str| format!("{arn}/").contains(&format!(":assumed-role/{role}/"));
    // A blank entry would be a part of every ARN.
    let fits = |role: &&EcoString| {
        !role.trim().is_empty()
            && if strict { arn == role.as_str() || anchored(role) } else { arn.contains(role.as_str()) }
    };
    let Some(role) = roles.iter().find(fits) else {
        let how = if strict { "is of none" } else { "contains none" };
        let reason = format!("userArn {arn} {how} of the admin roles {}", show(&wanted), arn = quoted(&arn));
        return RuleOutcome::refused(reason).at(ARN, &actual, wanted);
    };
    if pool_roles.iter().chain(&caller.pool_roles).any(|pool| pool.as_str() == Some(arn)) {
        let reason =
            format!("userArn {arn} is a role of the identity pool, which is not an admin role although {role} fits", arn = quoted(&arn), role = quoted(&role));
        return RuleOutcome::refused(reason).at(ARN, &actual, wanted);
    }
    let how = if strict { "is of" } else { "contains" };
    RuleOutcome::granted(format!("userArn {arn} {how} the admin role {role}", arn = quoted(&arn), role = quoted(&role))).at(ARN, &actual, role.as_str())
}

/// This very role; for `private` also a signed-in identity of the pool.
pub(super) fn role(caller: &Caller, role: &Value, pool: Option<&Value>) -> RuleOutcome {
    let actual = caller.member("userArn");
    if !role.is_null() && actual.loosely_equals(role) {
        let reason = format!("userArn {} is the rule's roleArn", show(&actual));
        return RuleOutcome::granted(reason).at(ARN, &actual, role.clone());
    }
    let (own_pool, signed_in) = (caller.member("cognitoIdentityPoolId"), caller.member("cognitoIdentityAuthType"));
    let wanted_pool = pool.filter(|pool| !pool.is_null());
    let in_pool = wanted_pool.is_some_and(|pool| own_pool.loosely_equals(pool));
    if in_pool && signed_in.as_str() == Some("authenticated") {
        let reason = format!("the caller is an authenticated identity of the pool {}", show(&own_pool));
        return RuleOutcome::granted(reason).at("identity.cognitoIdentityPoolId", &own_pool, own_pool.clone());
    }
    let Some(arn) = actual.as_str() else { return no_arn(caller, &actual, role.clone()) };
    let mut reason = if role.is_null() {
        "the rule's roleArn is null: stash.authRole or stash.unauthRole was not given".to_owned()
    } else {
        format!("userArn {arn} is not the rule's roleArn {}", show(role), arn = quoted(&arn))
    };
    if in_pool {
        reason += &format!(", and cognitoIdentityAuthType is {}, not \"authenticated\"", show(&signed_in));
    } else if let Some(pool) = wanted_pool {
        reason += &format!(", and cognitoIdentityPoolId is {}, not {}", show(&own_pool), show(pool));
    }
    RuleOutcome::refused(reason).at(ARN, &actual, role.clone())
}

fn no_arn(caller: &Caller, actual: &Value, wanted: Value) -> RuleOutcome {
    let reason = match actual {
        _ if caller.identity.is_null() => "identity is null, so there is no userArn".to_owned(),
        Value::Null => "identity has no userArn".to_owned(),
        other => format!("userArn is {}, not a text", show(other)),
    };
    RuleOutcome::refused(reason).at(ARN, actual, wanted)
}
