//! The IAM layer: policies judged for `appsync:GraphQL` on a field (APPSYNC-VTL 7.4).

use super::evidence::Evidence;
use super::layer::{Layer, LayerName, State};
use crate::appsync::AuthType;
use crate::finding::Finding;
use serde_json::Value as Json;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// `appsync:GraphQL`
    pub action: &'a str,
    /// The resource, `None` parts being unknown: partition, region, account, API.
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
    pub actual: String,
    /// What the policy wants.
    pub wanted: Vec<String>,
}

/// What could not be judged, and what was judged and did not hold.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// Statements with a condition that depends on what is not known.
    pub open: Vec<String>,
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

/// `*` is any run of characters, `?` one.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut seen, mut star, mut back) = (0, 0, None, 0);
    while seen < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some(at);
                back = seen;
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => match star {
                Some(star) => {
                    back += 1;
                    (at, seen) = (star + 1, back);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
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

fn list(value: Option<&Json>) -> Vec<String> {
    match value {
        Some(Json::String(one)) => vec![one.clone()],
        Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn covers(statement: &Json, request: &Request<'_>) -> bool {
    let action = |pattern: &String| matches(&pattern.to_lowercase(), &request.action.to_lowercase());
    let resource = |pattern: &String| matches(pattern, &request.resource(pattern));
    let actions = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(_), _) => list(statement.get("Action")).iter().any(action),
        (None, Some(_)) => !list(statement.get("NotAction")).iter().any(action),
        _ => false,
    };
    let resources = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(_), _) => list(statement.get("Resource")).iter().any(resource),
        (None, Some(_)) => !list(statement.get("NotResource")).iter().any(resource),
        _ => false,
    };
    actions && resources
}

/// A statement's conditions: `None` if one cannot be judged here. Which one did not hold, and which was open.
fn conditions(
    name: &str,
    statement: &Json,
    keys: &dyn Fn(&str) -> Option<String>,
    open: &mut Vec<String>,
    unmet: &mut Vec<Unmet>,
) -> Option<bool> {
    let Some(map) = statement.get("Condition").and_then(Json::as_object) else { return Some(true) };
    let mut all = Some(true);
    for (operator, tests) in map {
        for (key, wanted) in tests.as_object().into_iter().flatten() {
            let wanted = list(Some(wanted));
            let holds = condition(operator, keys(key), &wanted);
            match holds {
                None => open.push(format!("{operator} {key}")),
                Some(false) => unmet.push(Unmet {
                    statement: name.to_owned(),
                    test: format!("{operator} {key}"),
                    actual: keys(key).unwrap_or_default(),
                    wanted,
                }),
                Some(true) => {}
            }
            all = match (all, holds) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
    }
    all
}

fn condition(operator: &str, actual: Option<String>, wanted: &[String]) -> Option<bool> {
    let (base, if_exists) = match operator.strip_suffix("IfExists") {
        Some(base) => (base, true),
        None => (operator, false),
    };
    let base = base.strip_prefix("ForAnyValue:").unwrap_or(base);
    if base == "Null" {
        return None;
    }
    let Some(actual) = actual else { return if if_exists { Some(true) } else { None } };
    let any = |test: &dyn Fn(&str) -> bool| wanted.iter().any(|wanted| test(wanted));
    Some(match base {
        "StringEquals" | "ArnEquals" if base == "StringEquals" => any(&|wanted| wanted == actual),
        "StringNotEquals" => !any(&|wanted| wanted == actual),
        "StringEqualsIgnoreCase" => any(&|wanted| wanted.eq_ignore_ascii_case(&actual)),
        "StringLike" | "ArnLike" | "ArnEquals" => any(&|wanted| matches(wanted, &actual)),
        "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => !any(&|wanted| matches(wanted, &actual)),
        "Bool" => any(&|wanted| wanted.eq_ignore_ascii_case(&actual)),
        _ => return None,
    })
}

/// Judges policies together: an explicit deny wins, then an allow, else it is denied. Conditions that cannot be judged
/// count as met for a deny's warning and as unmet for an allow; both are named.
pub fn judge_policies(
    policies: &[Json],
    request: &Request<'_>,
    keys: &dyn Fn(&str) -> Option<String>,
    aside: &mut Aside,
) -> Decision {
    let mut allowed = None;
    let mut denied = None;
    for (at, policy) in policies.iter().enumerate() {
        let statements = match policy.get("Statement") {
            Some(Json::Array(many)) => many.clone(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        };
        for (index, statement) in statements.iter().enumerate() {
            if !covers(statement, request) {
                continue;
            }
            let sid = statement.get("Sid").and_then(Json::as_str).map(str::to_owned);
            let name = sid.unwrap_or_else(|| format!("policy {} statement {}", at + 1, index + 1));
            let effect = statement.get("Effect").and_then(Json::as_str).unwrap_or_default();
            let (mut open, mut unmet) = (Vec::new(), Vec::new());
            match (effect, conditions(&name, statement, keys, &mut open, &mut unmet)) {
                (_, None) => aside.open.push(format!("{name} ({effect}: {})", open.join(", "))),
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

/// Judges the IAM layer of a request.
pub fn judge(evidence: &Evidence, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Iam, State::Passed);
    let told = evidence.observed.as_ref().and_then(|observed| observed.message.as_deref()).unwrap_or_default();
    let denied_text = told.contains("Permission denied");
    let is_iam = mode == Some(AuthType::Iam) || denied_text || mode.is_none() && !evidence.policies.is_empty();
    if !is_iam {
        return layer;
    }
    if evidence.policies.is_empty() {
        layer.state = State::Unknown;
        let finding = Finding::new(
            "policy-missing",
            "the caller's IAM policies are not known: give them (--policy) to see whether they allow appsync:GraphQL on the field.",
        );
        layer.findings.push(finding);
        if denied_text {
            layer.refuse(
                Finding::new(
                    "iam-permission-denied",
                    format!(
                        "AppSync's {told:?} means that no IAM policy of the caller allows appsync:GraphQL on the field."
                    ),
                )
                .at("observed.message")
                .actual(told)
                .wanted(format!("Allow appsync:GraphQL on types/{}/fields/{}", evidence.parent_type, evidence.field)),
            );
        }
        return layer;
    }
    let identity = evidence.identity.clone().unwrap_or_default();
    let account = identity.get("accountId").and_then(Json::as_str);
    let scope = evidence.header("authorization").and_then(|value| value.split("Credential=").nth(1)?.split('/').nth(2));
    let (parent, field) = (or(&evidence.parent_type, "Query"), or(&evidence.field, "FIELD"));
    let request = Request {
        action: "appsync:GraphQL",
        region: scope,
        account,
        api: evidence.api_id.as_deref().filter(|id| id.len() == 26),
        parent,
        field,
    };
    let arn = identity.get("userArn").and_then(Json::as_str).map(str::to_owned);
    let account_text = account.map(str::to_owned);
    let region = scope.map(str::to_owned);
    let keys = |key: &str| match key.to_lowercase().as_str() {
        "aws:principalarn" => arn.clone(),
        "aws:principalaccount" | "aws:sourceaccount" => account_text.clone(),
        "aws:requestedregion" => region.clone(),
        "aws:sourceip" => None,
        _ => None,
    };
    let mut aside = Aside::default();
    let decision = judge_policies(&evidence.policies, &request, &keys, &mut aside);
    let open = aside.open;
    let who = caller(evidence, arn.as_deref());
    let subject = format!("types/{parent}/fields/{field}");
    let wanted = format!("Allow appsync:GraphQL on {subject}");
    match decision {
        Decision::Allowed(name) => {
            layer.findings.push(
                Finding::new("iam-allowed", format!("{name} allows appsync:GraphQL on {subject}."))
                    .at("policy")
                    .actual(name),
            );
        }
        Decision::Denied(name) => layer.refuse(
            Finding::new(
                "iam-explicit-deny",
                format!("{name} denies {who}appsync:GraphQL on {subject}: a deny wins over every allow."),
            )
            .at("policy")
            .actual(name)
            .wanted(wanted.as_str()),
        ),
        Decision::Implicit => {
            let mut message = format!(
                "no statement allows {who}appsync:GraphQL on {subject}: refused by IAM before any resolver runs."
            );
            let grants = granted(&evidence.policies);
            if !grants.is_empty() {
                message.push_str(&format!(" What they allow: {}.", grants.join("; ")));
            }
            if evidence.policies.iter().any(|policy| policy.to_string().contains("/resolvers/")) {
                message.push_str(" A resource ends in `resolvers/…`: AppSync's are `types/T/fields/F`.");
            }
            let finding = match aside.unmet.first() {
                None => Finding::new("iam-not-granted", message).at("policy").actual("not granted").wanted(wanted.as_str()),
                Some(unmet) => Finding::new(
                    "iam-condition-failed",
                    format!(
                        "{} allows appsync:GraphQL on {subject} under the condition {} {}, and the request has {:?}: it does not count, and {message}",
                        unmet.statement,
                        unmet.test,
                        unmet.wanted.join(" or "),
                        unmet.actual
                    ),
                )
                .at(format!("policy.{}.Condition", unmet.statement))
                .actual(unmet.actual.as_str())
                .wanted(unmet.wanted.join(" or ")),
            };
            if open.is_empty() {
                layer.refuse(finding);
            } else {
                layer.state = State::Unknown;
                layer.findings.push(finding);
            }
        }
    }
    if !open.is_empty() {
        layer.findings.push(
            Finding::new(
                "iam-condition-not-judged",
                format!("the conditions of {} depend on what is not known here.", open.join(", ")),
            )
            .at("policy")
            .actual(Json::from(open)),
        );
    }
    if let Some(boundary) = evidence.boundary.as_ref().filter(|_| layer.state != State::Refused) {
        let within = judge_policies(std::slice::from_ref(boundary), &request, &keys, &mut Aside::default());
        if !matches!(within, Decision::Allowed(_)) {
            layer.refuse(
                Finding::new("iam-boundary", format!("the permissions boundary does not allow appsync:GraphQL on {subject}: what the policies grant beyond it does not count."))
                    .at("policy.permissionsBoundary")
                    .actual(match within {
                        Decision::Denied(name) => format!("denied by {name}"),
                        _ => "not granted".to_owned(),
                    })
                    .wanted(wanted),
            );
        }
    }
    layer
}

/// Who called, as far as the identity's ARN tells: Amplify's guest and user roles by these names. Ends in a blank.
fn caller(evidence: &Evidence, arn: Option<&str>) -> String {
    let Some(arn) = arn else { return String::new() };
    let amplify =
        ["unauthRole", "authRole"].into_iter().find(|name| evidence.roles.get(*name).is_some_and(|role| role == arn));
    let role = arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/'));
    match (amplify, role) {
        (Some(name), Some((role, _))) => format!("the {name} ({role}) "),
        (None, Some((role, session))) => format!("the role {role} (session {session}) "),
        _ => format!("{arn} "),
    }
}

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

/// What the policies allow of AppSync, as `action on resource`.
fn granted(policies: &[Json]) -> Vec<String> {
    let statements =
        policies.iter().filter_map(|policy| policy.get("Statement")).flat_map(|statements| match statements {
            Json::Array(many) => many.clone(),
            one => vec![one.clone()],
        });
    let rows = statements.filter(|statement| statement.get("Effect").and_then(Json::as_str) == Some("Allow")).flat_map(
        |statement| {
            let resources = list(statement.get("Resource"));
            let actions = list(statement.get("Action"));
            actions.into_iter().map(move |action| format!("{action} on {}", resources.join(", ")))
        },
    );
    rows.take(20).collect()
}
