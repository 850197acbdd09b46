//! Claims: absent, of another form, of another type.

use super::test::Test;
use super::text::show;
use super::{Finished, claim_of, json};
use crate::code::Code;
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
pub fn absent(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    let mut seen: Vec<(String, &Operand)> = Vec::new();
    let failed = run.failed();
    for failed in &failed {
        for operand in &failed.condition.operands {
            for origin in operand.origins.iter() {
                let Origin::Context { path, value, .. } = origin else { continue };
                let Some(claim) = super::claim_name(path) else { continue };
                if value.is_null() && claim != "cognito:groups" && seen.iter().all(|(known, _)| *known != claim) {
                    seen.push((claim.clone(), operand));
                    if operand.value.is_null() || operand.value.members().is_some_and(|list| list.is_empty()) {
                        found.extend(name_near(run, &claim, path));
                        found.push(about(run, &claim, path, wanted(&failed.test, operand)));
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

fn about(run: &Finished<'_>, claim: &str, path: &str, wanted: Value) -> Finding {
    let token_use = run.claim("token_use");
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
    Finding::new(Code::ClaimAbsent, format!("claim {claim} is absent.{advice}")).at(path).wanted(json(&wanted))
}

/// Another claim's name differs from the one that is read only in case or in a prefix.
pub fn name_near(run: &Finished<'_>, name: &str, path: &str) -> Option<Finding> {
    let bare = |text: &str| text.rsplit([':', '/']).next().unwrap_or(text).to_lowercase();
    let pair = ["username", "cognito:username"];
    let near = |key: &str| {
        let same_claim = pair.contains(&key) && pair.contains(&name);
        let plural = |text: &str| bare(text).trim_end_matches('s').to_owned();
        key != name && !same_claim && plural(key) == plural(name)
    };
    let claims = run.context(&["identity", "claims"]);
    let keys = claims.as_map()?.keys();
    let key = keys.iter().find(|key| key.as_str().is_some_and(near))?;
    let has = key.as_str().map(|key| run.claim(key)).unwrap_or_default();
    Some(
        Finding::new(
            Code::ClaimNameNear,
            format!(
                "the token has no claim {name}, but it has {} ({}): the names must be the same.",
                show(key),
                show(&has)
            ),
        )
        .at(path)
        .actual(json(key))
        .wanted(name),
    )
}

/// A claim is a string that holds JSON, or is compared as if it were a list.
pub fn json_string(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        encoded(run, &failed.test, found);
        if let Test::EmptyLoop(list) = &failed.test {
            walked(list, found);
        }
    }
}

/// A loop over a claim that is a text: it has no items.
fn walked(list: &Operand, found: &mut Vec<Finding>) {
    let (Some((claim, path, _)), Some(text)) = (claim_of(&list.origins), list.value.as_str()) else { return };
    let holds_json = matches!(from_json_str(text), Ok(Value::List(_) | Value::Map(_)));
    let (code, words) = if holds_json {
        (Code::ClaimIsJsonString, "a string that holds JSON, not a list")
    } else {
        (Code::ClaimIsString, "a string, not a list")
    };
    found.push(
        Finding::new(
            code,
            format!(
                "claim {claim} is {}, {words}: the loop over it has no item, so no rule saw the names in it. Parse it with $util.parseJson, or have the token trigger issue a real list.",
                show(&list.value)
            ),
        )
        .at(path)
        .actual(text)
        .wanted("a list"),
    );
}

/// [`json_string`] for one test.
pub fn encoded(run: &Finished<'_>, test: &Test<'_>, found: &mut Vec<Finding>) {
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
                    Code::ClaimIsJsonString,
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
                    Code::ListComparedWithString,
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
        let Some(text) = inner.as_str().filter(|text| text.contains(',')) else { continue };
        if matches!(run.claim(&claim), Value::List(_)) {
            continue;
        }
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        let wants = other.value.members().unwrap_or_else(|| vec![other.value.clone()]);
        let wanted = wants.iter().filter_map(Value::as_str).find(|wanted| names.contains(wanted) && *wanted != text);
        if let Some(wanted) = wanted {
            found.push(
                Finding::new(
                    Code::ClaimIsCommaList,
                    format!(
                        "claim {claim} is one string, {}, with several names in it: the rule wants {} by itself.",
                        show(&inner),
                        show(&wanted.into())
                    ),
                )
                .at(path)
                .actual(text)
                .wanted(wanted),
            );
        }
    }
}

/// The value is in a list inside the list.
pub fn nested_list(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        let Test::Contains { list, item, found: false } = &failed.test else { continue };
        let inside = list.value.members().unwrap_or_default().into_iter().find(|inner| {
            inner.members().is_some_and(|inner| inner.iter().any(|each| each.loosely_equals(&item.value)))
        });
        if inside.is_some() {
            let path = list.origins.context().map(|(path, ..)| path.to_string());
            let mut hint = Finding::new(
                Code::NestedList,
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
pub fn type_mismatch(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        let (left, right) = match &failed.test {
            Test::Equal { left, right, equal: false } => (&left.value, &right.value),
            Test::Contains { list, item, found: false } => {
                for other in list.value.members().unwrap_or_default() {
                    differ(run, &failed, &item.value, &other, found);
                }
                continue;
            }
            _ => continue,
        };
        differ(run, &failed, left, right, found);
    }
}

fn differ(run: &Finished<'_>, failed: &super::Failed<'_>, left: &Value, right: &Value, found: &mut Vec<Finding>) {
    let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Boolean(_));
    if !scalar(left) || !scalar(right) || left.type_name() == right.type_name() || left.to_string() != right.to_string()
    {
        return;
    }
    let path = failed.condition.operands.iter().find_map(|operand| operand.origins.context());
    let mut hint = Finding::new(
        Code::TypeMismatch,
        format!(
            "`{}` compares {} ({}) with {} ({}): they look alike, but their types differ.",
            run.text(failed.condition),
            show(left),
            left.type_name(),
            show(right),
            right.type_name()
        ),
    )
    .actual(json(left))
    .wanted(json(right));
    hint.path = path.map(|(path, ..)| path.to_string());
    found.push(hint);
}

/// `contains` on a string is a substring test: it lets through more than it says, also when it allowed.
pub fn substring(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        let Test::Contains { list, item, found: matched } = &failed.test else { continue };
        let (Value::String(text), Value::String(part)) = (&list.value, &item.value) else { continue };
        let Some((path, ..)) = list.origins.context() else { continue };
        if !matched || text == part || part.is_empty() {
            continue;
        }
        found.push(
            Finding::new(
                Code::SubstringMatch,
                format!(
                    "`{}` looks for {} anywhere in the text {}: a substring, so longer names match too.",
                    run.text(failed.condition),
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
