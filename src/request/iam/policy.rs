//! Policy documents judged for one request (IAM user guide: "Policy evaluation logic").

use super::condition::{Key, holds};
use super::pattern::{Piece, Unresolved, fits, matches, resolve};
use serde_json::Value as Json;

/// What is asked for: an action on a field. `None` is not known.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// `appsync:GraphQL`
    pub action: &'a str,
    /// The API's region.
    pub region: Option<&'a str>,
    /// The account.
    pub account: Option<&'a str>,
    /// The API's id.
    pub api: Option<&'a str>,
    /// The type.
    pub parent: &'a str,
    /// The field.
    pub field: &'a str,
}

/// A condition that kept a statement from counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The statement.
    pub statement: String,
    /// The operator and key: `StringEquals aws:PrincipalAccount`.
    pub test: String,
    /// What the request has.
    pub actual: Option<String>,
    /// What the policy wants.
    pub wanted: Vec<String>,
}

/// What could not be judged, and what was judged and did not hold.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// Statements that depend on what is not known: `name (Effect: operator key wanted)`.
    pub open: Vec<String>,
    /// Whether one of them would deny.
    pub open_deny: bool,
    /// Allows that a condition kept from counting.
    pub unmet: Vec<Unmet>,
}

/// What policies say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it.
    Allowed(String),
    /// A statement denies it.
    Denied(String),
    /// None allows it.
    Implicit,
}

impl Request<'_> {
    /// The ARN as a pattern must match it; what is unknown is taken from the pattern itself, if that has no wildcard there.
    fn resource(&self, pattern: &str) -> String {
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        let own = |at: usize| parts.get(at).copied().filter(|part| !part.contains(['*', '?']) && !part.is_empty());
        let api = parts.get(5).and_then(|rest| rest.strip_prefix("apis/")).and_then(|rest| rest.split('/').next());
        let api = self.api.or(api.filter(|part| !part.contains(['*', '?']))).unwrap_or("API");
        format!(
            "arn:{}:appsync:{}:{}:apis/{api}/types/{}/fields/{}",
            own(1).unwrap_or("aws"),
            self.region.or(own(3)).unwrap_or("region"),
            self.account.or(own(4)).unwrap_or("account"),
            self.parent,
            self.field
        )
    }
}

/// One value or several; numbers and booleans as their text.
pub(super) fn list(value: Option<&Json>) -> Vec<String> {
    let text = |value: &Json| match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Some(Json::Array(many)) => many.iter().filter_map(text).collect(),
        Some(one) => text(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The statements of a document.
pub(super) fn statements(policy: &Json) -> &[Json] {
    match policy.get("Statement") {
        Some(Json::Array(many)) => many,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// Whether a statement is about the request; `Err` names the variable that it depends on.
fn covers(statement: &Json, request: &Request<'_>, modern: bool, keys: &dyn Fn(&str) -> Key) -> Result<bool, String> {
    let action = |pattern: &String| matches(&pattern.to_lowercase(), &request.action.to_lowercase());
    let actions = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(given), _) => list(Some(given)).iter().any(action),
        (None, Some(given)) => !list(Some(given)).iter().any(action),
        _ => false,
    };
    if !actions {
        return Ok(false);
    }
    let (given, not) = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(given), _) => (given, false),
        (None, Some(given)) => (given, true),
        _ => return Ok(false),
    };
    let mut open = None;
    for pattern in list(Some(given)).into_iter().flat_map(completed) {
        match resolve(&pattern, modern, keys) {
            Ok(pieces) if fits(&pieces, &request.resource(&pattern)) => return Ok(!not),
            Err(Unresolved::Unknown(pieces, name)) if fits(&pieces, &request.resource(&pattern)) => open = Some(name),
            Ok(_) | Err(_) => {}
        }
    }
    open.map_or(Ok(not), |name| Err(format!("{} {name}", if not { "NotResource" } else { "Resource" })))
}

/// A resource, and, of an ARN with fewer than six parts, all that begin so.
fn completed(pattern: String) -> Vec<String> {
    let parts = pattern.split(':').count();
    if pattern.starts_with("arn:") && parts < 6 {
        let longer = pattern.clone() + &":*".repeat(6 - parts);
        vec![pattern, longer]
    } else {
        vec![pattern]
    }
}

/// A statement's conditions: `None` if one cannot be judged here. Which one did not hold, and which was open.
fn conditions(
    name: &str,
    statement: &Json,
    modern: bool,
    keys: &dyn Fn(&str) -> Key,
    open: &mut Vec<String>,
    unmet: &mut Vec<Unmet>,
) -> Option<bool> {
    let Some(map) = statement.get("Condition").and_then(Json::as_object) else { return Some(true) };
    let mut all = Some(true);
    for (operator, tests) in map {
        for (key, wanted) in tests.as_object().into_iter().flatten() {
            let wanted = list(Some(wanted));
            let actual = keys(key);
            let result = one_condition(operator, key, &actual, &wanted, modern, keys);
            match result {
                None => open.push(format!("{operator} {key} {}", wanted.join(" or "))),
                Some(false) => unmet.push(Unmet {
                    statement: name.to_owned(),
                    test: format!("{operator} {key}"),
                    actual: match actual {
                        Key::Known(values) => Some(values.join(", ")),
                        _ => None,
                    },
                    wanted,
                }),
                Some(true) => {}
            }
            all = match (all, result) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
    }
    all
}

fn one_condition(
    operator: &str,
    key: &str,
    actual: &Key,
    wanted: &[String],
    modern: bool,
    keys: &dyn Fn(&str) -> Key,
) -> Option<bool> {
    let (mut patterns, mut unknown): (Vec<Vec<Piece>>, bool) = (Vec::new(), false);
    for text in wanted {
        match resolve(text, modern, keys) {
            Ok(pattern) => patterns.push(pattern),
            // A value that cannot be made equals nothing.
            Err(Unresolved::Absent) => {}
            Err(Unresolved::Unknown(..)) => unknown = true,
        }
    }
    let result = holds(operator, actual, &patterns);
    // Of a role's session the path (`role/path/name`) is not known.
    let with_path = |text: &String| text.split_once(":role/").is_some_and(|(_, name)| name.contains('/'));
    let role = |values: &[String]| values.iter().any(|value| value.contains(":role/"));
    let path = key.eq_ignore_ascii_case("aws:PrincipalArn")
        && matches!(actual, Key::Known(values) if role(values))
        && wanted.iter().any(with_path);
    // A value that is not known might be the one that fits.
    let nothing_fits = Some(operator.contains("Not"));
    if (unknown || path) && result == nothing_fits { None } else { result }
}

/// Judges policies together: an explicit deny wins, then an allow, else it is denied. A statement that cannot be judged
/// counts for neither; it is named in `aside`.
pub fn judge_policies(
    policies: &[Json],
    request: &Request<'_>,
    keys: &dyn Fn(&str) -> Key,
    aside: &mut Aside,
) -> Decision {
    let mut allowed = None;
    let mut denied = None;
    for (at, policy) in policies.iter().enumerate() {
        let modern = policy.get("Version").and_then(Json::as_str) == Some("2012-10-17");
        for (index, statement) in statements(policy).iter().enumerate() {
            let sid = statement.get("Sid").and_then(Json::as_str).filter(|sid| !sid.is_empty()).map(str::to_owned);
            let name = sid.unwrap_or_else(|| format!("policy {} statement {}", at + 1, index + 1));
            let effect = statement.get("Effect").and_then(Json::as_str).unwrap_or_default();
            let (mut open, mut unmet) = (Vec::new(), Vec::new());
            let covered = covers(statement, request, modern, keys);
            if covered == Ok(false) {
                continue;
            }
            let met = conditions(&name, statement, modern, keys, &mut open, &mut unmet);
            let met = match covered {
                Err(variable) if met != Some(false) => {
                    open.push(variable);
                    None
                }
                _ => met,
            };
            match (effect, met) {
                ("Allow" | "Deny", None) => {
                    aside.open_deny |= effect == "Deny";
                    aside.open.push(format!("{name} ({effect}: {})", open.join(", ")));
                }
                ("Deny", Some(true)) => denied = denied.or(Some(name)),
                ("Allow", Some(true)) => allowed = allowed.or(Some(name)),
                ("Allow", Some(false)) => aside.unmet.extend(unmet),
                _ => {}
            }
        }
    }
    match (denied, allowed) {
        (Some(name), _) => Decision::Denied(name),
        (None, Some(name)) => Decision::Allowed(name),
        (None, None) => Decision::Implicit,
    }
}
