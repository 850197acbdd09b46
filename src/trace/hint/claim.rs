//! Claims: absent, of another form, of another type.

use super::test::Test;
use super::text::show;
use super::{Scene, claim_of, json};
use crate::finding::Finding;
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::trace::origin::Origin;
use crate::value::{Value, from_json_str};

/// Claims that only an access token has.
const ACCESS_ONLY: [&str; 5] = ["client_id", "scope", "username", "version", "device_key"];
/// Claims that both Cognito tokens have.
const BOTH: [&str; 10] =
    ["sub", "iss", "iat", "exp", "auth_time", "jti", "origin_jti", "event_id", "token_use", "cognito:groups"];

/// A claim that a rule reads is not in the token.
pub fn absent(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if scene.verdict == Verdict::Allowed {
        return;
    }
    let mut seen: Vec<(String, &Operand)> = Vec::new();
    let failed = scene.failed();
    for failed in &failed {
        for operand in &failed.condition.operands {
            for origin in operand.origins.iter() {
                let Origin::Context { path, value, .. } = origin else { continue };
                let Some(claim) = super::claim_name(path) else { continue };
                if value.is_null() && !claim.ends_with("groups") && seen.iter().all(|(known, _)| *known != claim) {
                    seen.push((claim.clone(), operand));
                    if operand.value.is_null() || operand.value.members().is_some_and(|list| list.is_empty()) {
                        found.push(about(scene, &claim, path, wanted(&failed.test, operand)));
                    }
                }
            }
        }
    }
}

fn wanted(test: &Test<'_>, operand: &Operand) -> Value {
    let other = match test {
        Test::Equal { left, right, .. } if left.span == operand.span => right,
        Test::Equal { left, .. } => left,
        Test::Contains { list, item, .. } if list.span == operand.span => item,
        Test::Contains { list, .. } => list,
        _ => return Value::Null,
    };
    other.value.clone()
}

fn about(scene: &Scene<'_>, claim: &str, path: &str, wanted: Value) -> Finding {
    let token_use = scene.claim("token_use");
    let advice = match token_use.as_str() {
        Some("access") if !ACCESS_ONLY.contains(&claim) && !BOTH.contains(&claim) => {
            " token_use is \"access\": custom and profile claims stand in the ID token. Send the ID token, or add the claim to access tokens with a pre-token-generation trigger of version 2."
        }
        Some("id") if ACCESS_ONLY.contains(&claim) => {
            " token_use is \"id\": this claim stands in the access token only (an ID token has cognito:username)."
        }
        Some(_) => {
            " The token was issued without it: check the attribute, or the trigger that adds it, and sign in again."
        }
        None => " The token carries no such claim.",
    };
    Finding::new("claim-absent", format!("claim {claim} is absent.{advice}")).at(path).wanted(json(&wanted))
}

/// Another claim's name differs from the one that is read only in case or in a prefix.
pub fn name_near(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let claims = scene.context(&["identity", "claims"]);
    let Some(claims) = claims.as_map() else { return };
    let absent: Vec<_> =
        found.iter().filter(|hint| matches!(&*hint.code, "claim-absent" | "no-groups")).cloned().collect();
    for hint in absent {
        let Some(path) = &hint.path else { continue };
        let Some(name) = super::claim_name(path) else { continue };
        let bare = |text: &str| text.rsplit([':', '/']).next().unwrap_or(text).to_lowercase();
        let near = |key: &Value| key.as_str().is_some_and(|key| key != name && bare(key) == bare(&name));
        if let Some(key) = claims.keys().iter().find(|key| near(key)) {
            found.push(
                Finding::new(
                    "claim-name-near",
                    format!("the token has no claim {name}, but it has {}: the names must be the same.", show(key)),
                )
                .at(path.clone())
                .actual(json(key))
                .wanted(name),
            );
        }
    }
}

/// A claim is a string that holds JSON, or is compared as if it were a list.
pub fn json_string(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for failed in scene.failed() {
        encoded(&failed.test, found);
    }
}

/// [`json_string`] for one test.
pub fn encoded(test: &Test<'_>, found: &mut Vec<Finding>) {
    let sides = match test {
        Test::Contains { list, item, found: false } => [(list, item), (item, list)],
        Test::Equal { left, right, equal: false } => [(left, right), (right, left)],
        _ => return,
    };
    for (mine, other) in sides {
        let Some((claim, path, _)) = claim_of(&mine.origins) else { continue };
        // The string may itself be the only element of a list that the template made of it.
        let inner = match mine.value.members() {
            Some(list) if list.len() == 1 => list.into_iter().next().unwrap_or_default(),
            _ => mine.value.clone(),
        };
        let parsed = inner.as_str().filter(|text| text.trim_start().starts_with(['[', '{'])).map(from_json_str);
        if let Some(Ok(parsed @ (Value::List(_) | Value::Map(_)))) = parsed {
            let holds = parsed.members().is_some_and(|list| list.iter().any(|item| item.loosely_equals(&other.value)));
            let inside = if holds { " The value that the rule wants is in it." } else { "" };
            found.push(
                Finding::new(
                    "claim-is-json-string",
                    format!(
                        "claim {claim} is a string that holds JSON, {}, not a {}: the rule compares the whole string with {}.{inside} Parse it with $util.parseJson, or have the token trigger issue a real list.",
                        show(&inner),
                        if matches!(parsed, Value::List(_)) { "list" } else { "map" },
                        show(&other.value)
                    ),
                )
                .at(path.clone())
                .actual(json(&inner))
                .wanted(json(&other.value)),
            );
        } else if matches!(test, Test::Equal { .. })
            && mine.value.members().is_some_and(|list| list.iter().any(|item| item.loosely_equals(&other.value)))
        {
            found.push(
                Finding::new(
                    "list-compared-with-string",
                    format!(
                        "claim {claim} is the list {}, and == compares it as text with {}: that is never equal. Use .contains().",
                        show(&mine.value),
                        show(&other.value)
                    ),
                )
                .at(path.clone())
                .actual(json(&mine.value))
                .wanted(json(&other.value)),
            );
        }
        let split = inner.as_str().filter(|text| text.contains(','));
        if let (Some(text), Value::String(wanted)) = (split, &other.value)
            && text.split(',').any(|part| part.trim() == wanted.as_str())
            && text != wanted.as_str()
        {
            found.push(
                Finding::new(
                    "claim-is-comma-list",
                    format!(
                        "claim {claim} is one string, {}, with several names in it: the rule wants {} by itself.",
                        show(&inner),
                        show(&other.value)
                    ),
                )
                .at(path)
                .actual(text)
                .wanted(wanted.as_str()),
            );
        }
    }
}

/// The value is in a list inside the list.
pub fn nested_list(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for failed in scene.failed() {
        let Test::Contains { list, item, found: false } = &failed.test else { continue };
        let inside = list.value.members().unwrap_or_default().into_iter().find(|inner| {
            inner.members().is_some_and(|inner| inner.iter().any(|each| each.loosely_equals(&item.value)))
        });
        if inside.is_some() {
            let path = list.origins.context().map(|(path, ..)| path.to_owned());
            let mut hint = Finding::new(
                "nested-list",
                format!(
                    "{} is in a list inside the list {}: .add(list) nests where .addAll(list) was meant.",
                    show(&item.value),
                    show(&list.value)
                ),
            )
            .actual(json(&list.value))
            .wanted(json(&item.value));
            hint.path = path;
            found.push(hint);
        }
    }
}

/// A number where the other side is a string, and the like.
pub fn type_mismatch(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for failed in scene.failed() {
        let (left, right) = match &failed.test {
            Test::Equal { left, right, equal: false } => (&left.value, &right.value),
            Test::Contains { list, item, found: false } => {
                for other in list.value.members().unwrap_or_default() {
                    differ(scene, &failed, &item.value, &other, found);
                }
                continue;
            }
            _ => continue,
        };
        differ(scene, &failed, left, right, found);
    }
}

fn differ(scene: &Scene<'_>, failed: &super::Failed<'_>, left: &Value, right: &Value, found: &mut Vec<Finding>) {
    let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Boolean(_));
    if !scalar(left) || !scalar(right) || left.type_name() == right.type_name() || left.to_string() != right.to_string()
    {
        return;
    }
    let path = failed.condition.operands.iter().find_map(|operand| operand.origins.context());
    let mut hint = Finding::new(
        "type-mismatch",
        format!(
            "`{}` compares {} ({}) with {} ({}): they look alike, but their types differ.",
            scene.text(failed.condition),
            show(left),
            left.type_name(),
            show(right),
            right.type_name()
        ),
    )
    .actual(json(left))
    .wanted(json(right));
    hint.path = path.map(|(path, ..)| path.to_owned());
    found.push(hint);
}

/// `contains` on a string is a substring test: it lets through more than it says, also when it allowed.
pub fn substring(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for failed in scene.failed() {
        let Test::Contains { list, item, found: matched } = &failed.test else { continue };
        let (Value::String(text), Value::String(part)) = (&list.value, &item.value) else { continue };
        let Some((path, ..)) = list.origins.context() else { continue };
        if !matched || text == part || part.is_empty() {
            continue;
        }
        found.push(
            Finding::new(
                "substring-match",
                format!(
                    "`{}` looks for {} anywhere in the text {}: a substring, so longer names match too.",
                    scene.text(failed.condition),
                    show(&item.value),
                    show(&list.value)
                ),
            )
            .at(path)
            .actual(text.as_str())
            .wanted(part.as_str()),
        );
    }
}
