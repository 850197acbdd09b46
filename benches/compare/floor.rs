//! The floor: what a person would write by hand for benches/data/auth.vtl, with the same decisions and the same output,
//! white space included. It knows the template's constants and the shape of its context, so no interpreter can reach it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The part of a context that the template looks at.
#[derive(Clone, Deserialize)]
pub struct Context {
    arguments: Map<String, Value>,
    identity: Identity,
    #[serde(default)]
    stash: Map<String, Value>,
}

#[derive(Clone, Deserialize)]
struct Identity {
    claims: Map<String, Value>,
}

#[derive(Serialize)]
struct Request<'a> {
    version: &'a str,
    payload: Payload<'a>,
}

#[derive(Serialize)]
struct Payload<'a> {
    authorized: bool,
    filter: Option<&'a Value>,
    key: Map<String, Value>,
}

const RULES: [(&str, [&str; 2]); 2] =
    [("cognito:groups", ["platform-admin", "support"]), ("custom:roles", ["auditor", "editor"])];

/// The template's output for a User Pool caller; `None` if it refuses.
pub fn evaluate(mut context: Context) -> Option<String> {
    let mut out = String::with_capacity(512);
    let claims = &context.identity.claims;
    let (mut authorized, mut key, mut filter) = (false, Map::new(), Vec::new());
    context.stash.insert("hasAuth".into(), true.into());
    out.push_str("\n  ");
    for (claim, groups) in RULES {
        out.push_str("    ");
        authorized |= in_group(claims.get(claim), &groups, &mut context.stash, &mut out);
    }
    out.push_str("    ");
    out.push_str("  ");
    out.push_str("  ");
    if !authorized {
        let owner = context.arguments.get("owner").filter(|owner| !owner.is_null()).cloned();
        let owner = owner.unwrap_or_else(|| "___none___".into());
        out.push_str("    ");
        for claim in ["sub", "username", "cognito:username"].map(|name| claims.get(name)) {
            out.push_str("      ");
            if let Some(claim) = claim.filter(|claim| !claim.is_null() && claim.as_str() != Some("")) {
                out.push_str("        ");
                if *claim == owner {
                    authorized = true;
                    out.push_str("          \n        ");
                    key.insert("owner".into(), claim.clone());
                } else {
                    out.push_str("          \n        ");
                    filter.push(json!({"owner": {"eq": claim}}));
                }
                out.push_str("      ");
            }
            out.push_str("    ");
        }
        out.push_str("    ");
        if !filter.is_empty() && !authorized {
            out.push_str("      \n          ");
            context.stash.insert("authFilter".into(), json!({"or": filter}));
            authorized = true;
        }
        out.push_str("  ");
    }
    if !authorized {
        return None;
    }
    let payload = Payload { authorized, filter: context.stash.get("authFilter"), key };
    out.push_str(&serde_json::to_string(&Request { version: "2018-05-29", payload }).ok()?);
    out.push('\n');
    Some(out)
}

fn in_group(claim: Option<&Value>, groups: &[&str], stash: &mut Map<String, Value>, out: &mut String) -> bool {
    let parsed;
    let members = match claim {
        Some(Value::String(text)) if text.starts_with('[') && text.ends_with(']') => {
            parsed = serde_json::from_str::<Vec<Value>>(text).unwrap_or_default();
            &parsed[..]
        }
        Some(one @ Value::String(_)) => std::slice::from_ref(one),
        Some(Value::Array(list)) => list,
        _ => &[],
    };
    out.push_str("      ");
    if matches!(claim, Some(Value::String(_))) {
        out.push_str("                ");
        out.push_str("      ");
    }
    out.push_str("      ");
    let mut found = false;
    for member in members {
        out.push_str("        ");
        if member.as_str().is_some_and(|member| groups.contains(&member)) {
            stash.insert("matchedGroup".into(), member.clone());
            out.push_str("          \n          ");
            found = true;
            break;
        }
        out.push_str("      ");
    }
    found
}
