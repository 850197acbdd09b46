//! A policy document as IAM reads it, and what it would not accept (IAM user guide: "Grammar of the IAM JSON policy
//! language"). What is not understood is kept as a flaw: such a document decides nothing here.

use crate::message::{Message, quoted};
use super::kind::PolicyKind;
use super::template::TemplateText;
use crate::nearest::nearest;
use serde_json::{Map, Value as Json};

/// What IAM would not accept of a document.
#[derive(Clone, Debug)]
pub struct PolicyFlaw {
    /// What it is, and what to do about it; without a full stop.
    pub message: Message,
}

impl<M: Into<Message>> From<M> for PolicyFlaw {
    fn from(message: M) -> Self {
        Self { message: message.into() }
    }
}

/// A document.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What it limits or grants.
    pub kind: PolicyKind,
    /// The name that it was given under.
    pub name: Option<String>,
    /// Its number among those given, from 1.
    pub number: usize,
    /// Whether it has variables: they came with the version 2012-10-17.
    pub is_modern: bool,
    /// Its statements.
    pub statements: Vec<PolicyStatement>,
    /// What IAM would not accept, or what is not understood.
    pub flaws: Vec<PolicyFlaw>,
    /// Whether it is a role's trust policy.
    pub is_trust: bool,
}

/// `Effect`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Allow
    Allow,
    /// Deny
    Deny,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct PolicyStatement {
    /// Its `Sid`, or which it is.
    pub name: String,
    /// Its effect.
    pub effect: Effect,
    /// `Action` or `NotAction`.
    pub action: Clause,
    /// `Resource` or `NotResource`.
    pub resource: Clause,
    /// All must hold.
    pub conditions: Vec<ConditionTest>,
}

/// An element that has a form with `Not`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clause {
    /// Whether it is the form with `Not`.
    pub not: bool,
    /// Its patterns.
    pub patterns: Vec<String>,
    /// What in it is no text but a template's function: of it only the literal parts are known.
    pub open: Vec<TemplateText>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionTest {
    /// `StringEquals`, with its qualifiers.
    pub operator: String,
    /// `aws:SourceIp`
    pub key: String,
    /// The values.
    pub wanted: Vec<String>,
}

const ELEMENTS: &[&str] =
    &["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal"];

impl Policy {
    /// Reads a document.
    pub fn read(map: &Map<String, Json>, kind: PolicyKind, name: Option<String>, number: usize) -> Self {
        let list = match map.get("Statement") {
            Some(Json::Array(many)) => many.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let (is_modern, mut flaws) = match map.get("Version").map(|version| version.as_str()) {
            None | Some(Some("2008-10-17")) => (false, Vec::new()),
            Some(Some("2012-10-17")) => (true, Vec::new()),
            Some(other) => {
                let seen = other.map_or_else(|| map["Version"].to_string(), |text| quoted(&text).to_string());
                (
                    true,
                    vec![
                        Message::from(format!("`Version` is {seen}, and IAM knows only \"2012-10-17\" and \"2008-10-17\":"))
                            .cured("correct it to \"2012-10-17\"")
                            .into(),
                    ],
                )
            }
        };
        flaws.extend(map.keys().filter_map(|name| document_slip(name)));
        // A trust policy has principals and is about STS.
        let is_trust = !list.is_empty() && list.iter().all(|one| one.get("Principal").is_some() && speaks_of_sts(one));
        let mut statements = Vec::new();
        for (index, one) in list.iter().enumerate() {
            let sid = one.get("Sid").and_then(Json::as_str).filter(|sid| !sid.is_empty());
            let name = sid.map_or_else(|| format!("policy {number} statement {}", index + 1), str::to_owned);
            match statement(one, &name) {
                Ok(statement) => statements.push(statement),
                Err(flaw) => flaws.push(flaw),
            }
        }
        Self { kind, name, number, is_modern, statements, flaws, is_trust }
    }

    /// Its name, or which it is.
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("policy {}", self.number))
    }
}

/// The elements of a document (IAM user guide: "Grammar of the IAM JSON policy language").
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];

/// The element of a document that was meant by a name which is nearly one.
pub fn meant(name: &str) -> Option<&'static str> {
    let near = nearest(name, DOCUMENT).filter(|near| near.len() > 2);
    near.filter(|near| *near != name)
}

fn document_slip(name: &str) -> Option<PolicyFlaw> {
    let near = meant(name)?;
    Some(Message::from(format!("it has `{name}`, which is no element of a policy document:")).cured(format!("write `{near}`")).into())
}

fn speaks_of_sts(statement: &Json) -> bool {
    list(statement.get("Action")).0.iter().all(|action| action.starts_with("sts:"))
}

/// A statement, or what IAM would not accept of it.
fn statement(json: &Json, name: &str) -> Result<PolicyStatement, PolicyFlaw> {
    let Some(map) = json.as_object() else { return Err(format!("{name} is not an object").into()) };
    if let Some(unknown) = map.keys().find(|key| !ELEMENTS.contains(&key.as_str())) {
        let near = nearest(unknown, ELEMENTS.iter().copied());
        let near = near.map_or(String::new(), |near| format!(": did you mean `{near}`?"));
        return Err(format!("{name} has `{unknown}`, which is not an element of a statement{near}").into());
    }
    if map.contains_key("Principal") || map.contains_key("NotPrincipal") {
        return Err(format!(
            "{name} has a `Principal`, which only the policies of resources have: AppSync's APIs have none, and IAM does not take it in the policy of a role or user"
        ).into());
    }
    let effect = match map.get("Effect").and_then(Json::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        other => return Err(effect_flaw(name, other, map).into()),
    };
    let action = clause(map, "Action", "NotAction", name)?;
    if let Some(odd) =
        action.patterns.iter().find(|action| !action.contains(':') && !action.trim_matches('*').is_empty())
    {
        return Err(Message::from(format!("{name} has the action {}, which names no service:", quoted(odd))).cured(format!("write \"appsync:{odd}\"")).into());
    }
    let resource = clause(map, "Resource", "NotResource", name)?;
    let conditions = match map.get("Condition") {
        None => Vec::new(),
        Some(Json::Object(operators)) => tests(operators, name)?,
        Some(_) => return Err(format!("the `Condition` of {name} is not an object").into()),
    };
    Ok(PolicyStatement { name: name.to_owned(), effect, action, resource, conditions })
}

fn effect_flaw(name: &str, seen: Option<&str>, map: &Map<String, Json>) -> Message {
    let knows = "IAM knows only \"Allow\" and \"Deny\", in this spelling";
    let Some(seen) = seen else {
        return match map.get("Effect") {
            None => format!("{name} has no `Effect`: {knows}").into(),
            Some(other) => format!("{name} has the `Effect` {other}: {knows}").into(),
        };
    };
    match nearest(seen, ["Allow", "Deny"]) {
        Some(near) => {
            let resource = list(map.get("Resource")).0.join(", ");
            let then = if resource.is_empty() { String::new() } else { format!("; then it is about {resource}") };
            Message::from(format!("{name} has the `Effect` {}, and {knows}: a misspelt effect makes the policy invalid.", quoted(seen)))
                .cured(format!("Correct it to {}{then}", quoted(near)))
        }
        None => Message::from(format!("{name} has the `Effect` {}, and {knows}:", quoted(seen))).cured("correct it"),
    }
}

/// An element in one of its two forms; exactly one must be there.
fn clause(map: &Map<String, Json>, plain: &str, not: &str, name: &str) -> Result<Clause, PolicyFlaw> {
    let (given, is_not) = match (map.get(plain), map.get(not)) {
        (Some(given), None) => (given, false),
        (None, Some(given)) => (given, true),
        (Some(_), Some(_)) => return Err(format!("{name} has both `{plain}` and `{not}`: IAM takes one of them").into()),
        (None, None) => return Err(format!("{name} has neither `{plain}` nor `{not}`").into()),
    };
    let (patterns, open) = list(Some(given));
    if patterns.is_empty() && open.is_empty() {
        return Err(format!("{name} has an empty `{}`", if is_not { not } else { plain }).into());
    }
    Ok(Clause { not: is_not, patterns, open })
}

fn tests(operators: &Map<String, Json>, name: &str) -> Result<Vec<ConditionTest>, PolicyFlaw> {
    let mut all = Vec::new();
    for (operator, keys) in operators {
        if let Some(meant) = super::operator::misspelt(operator) {
            return Err(Message::from(format!("{name} has the condition operator {}, which IAM does not have:", quoted(operator)))
                .cured(format!("correct it to {meant}"))
                .into());
        }
        let Some(keys) = keys.as_object() else {
            return Err(format!("the condition `{operator}` of {name} is not an object of keys").into());
        };
        for (key, wanted) in keys {
            let (wanted, open) = list(Some(wanted));
            if let Some(open) = open.first() {
                return Err(format!(
                    "the condition `{operator}` `{key}` of {name} has the value {}, which is not a text", open.shown
                ).into());
            }
            all.push(ConditionTest { operator: operator.clone(), key: key.clone(), wanted });
        }
    }
    Ok(all)
}

/// One value or several, numbers and booleans as their text; and what is none of these.
fn list(value: Option<&Json>) -> (Vec<String>, Vec<TemplateText>) {
    let many = match value {
        Some(Json::Array(many)) => many.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let (mut texts, mut open) = (Vec::new(), Vec::new());
    for one in many {
        match one {
            Json::String(text) => texts.push(text.clone()),
            Json::Bool(_) | Json::Number(_) => texts.push(one.to_string()),
            other => open.push(TemplateText::of(other)),
        }
    }
    (texts, open)
}
