//! The conditions and filters that a template's request carries, as they are written: the expression, what its names stand for,
//! and what stands behind each value. They may be printed in the request itself, or be made as maps before.

use super::super::subject::CheckSubject;
use super::written::{WrittenRequest, members, printed};
use crate::records::{Carried, CarriedRole, read};
use crate::syntax::visit::{References, Visit};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Reference, Slot, Statement};
use crate::value::method::Method;
use crate::value::{Map, Value};

/// The objects of a request that hold rows back, or refuse a write.
const PARTS: [(&str, CarriedRole); 2] = [("filter", CarriedRole::Filter), ("condition", CarriedRole::Condition)];

/// An expression of a request.
pub struct WrittenExpression<'p> {
    /// What it is for.
    pub role: CarriedRole,
    /// The expression.
    pub text: String,
    /// What its names stand for.
    names: Vec<(String, String)>,
    /// What stands behind each value: `:me` and the expression or what is printed.
    pub values: Vec<(String, BoundTo<'p>)>,
}

/// What stands behind a value of an expression.
#[derive(Clone, Copy)]
pub enum BoundTo<'p> {
    /// It is printed in its place.
    Printed(&'p Reference),
    /// It is the member of a map.
    Member(&'p Expression),
}

impl<'p> BoundTo<'p> {
    /// Its place.
    pub fn node(self) -> NodeId {
        match self {
            Self::Printed(reference) => reference.node,
            Self::Member(expression) => expression.node,
        }
    }

    /// Whether it looks at a part of the context, itself or through variables.
    pub fn reads(self, subject: &CheckSubject<'p>, part: &str) -> bool {
        match self {
            Self::Printed(reference) => reads(subject, reference, part),
            Self::Member(expression) => subject.reads(expression, part),
        }
    }

    /// The reference that gives it, without what types it: `$util.dynamodb.toDynamoDBJson( … )`.
    pub fn reference(self) -> Option<&'p Reference> {
        let whole = match self {
            Self::Printed(reference) => reference,
            Self::Member(expression) => as_reference(expression)?,
        };
        let typed = whole.function.is_some_and(|function| function.namespace == "util.dynamodb");
        match whole.last_call() {
            Some((_, [only])) if typed => as_reference(only),
            _ => Some(whole),
        }
    }
}

fn as_reference(expression: &Expression) -> Option<&Reference> {
    match &expression.kind {
        Kind::Reference(reference) => Some(reference),
        _ => expression.quoted_reference(),
    }
}

fn reads<'p>(subject: &CheckSubject<'p>, reference: &'p Reference, part: &str) -> bool {
    let mut found = subject.path_of(reference).is_some_and(|path| path.first() == Some(&part));
    for step in &reference.steps {
        if let crate::syntax::StepKind::Method { args, .. } = &step.kind {
            found |= args.iter().any(|arg| subject.reads(arg, part));
        }
    }
    let sets = reference.variable().and_then(|slot| subject.sets.get(&slot));
    found || sets.into_iter().flatten().any(|set| subject.reads(&set.value, part))
}

/// The expressions of a template's request.
pub fn expressions<'p>(subject: &CheckSubject<'p>) -> Vec<WrittenExpression<'p>> {
    let mut found = Vec::new();
    for (part, role) in PARTS {
        found.extend(in_text(subject, part, role));
        for slot in printed_as(subject, part) {
            let maps = subject.sets.get(&slot).into_iter().flatten().filter_map(|set| of_map(&set.value, role));
            found.extend(maps);
        }
    }
    found
}

/// The variables that are printed as this member of the request: `"condition": $util.toJson($condition)`.
pub fn printed_as(subject: &CheckSubject<'_>, part: &str) -> Vec<Slot> {
    let mut found = Vec::new();
    printed(&subject.program.body, &mut |reference, at| {
        if at.whole_value().is_some_and(|(_, member)| member == part) {
            found.extend(variable(reference));
        }
    });
    found
}

/// The variable that is printed, itself or as JSON.
fn variable(reference: &Reference) -> Option<Slot> {
    match reference.last_call() {
        Some((Some(Method::ToJson), [only])) if reference.function.is_some() => as_reference(only).filter(|inner| inner.steps.is_empty())?.variable(),
        _ => reference.variable().filter(|_| reference.steps.is_empty()),
    }
}

/// What stands in the text of the request itself.
fn in_text<'p>(subject: &CheckSubject<'p>, part: &str, role: CarriedRole) -> Vec<WrittenExpression<'p>> {
    let all = members(&subject.program.body);
    let inside = |around: &[String], last: &str| matches!(around, [.., outer, own] if outer == part && own == last);
    let texts = all.iter().filter(|member| member.name == "expression" && member.constant && member.around.last().is_some_and(|own| own == part));
    let names = all.iter().filter(|member| member.constant && inside(&member.around, "expressionNames"));
    let names: Vec<_> = names.filter_map(|member| Some((member.name.clone(), member.text.clone()?))).collect();
    let mut values = Vec::new();
    printed(&subject.program.body, &mut |reference, at: &WrittenRequest| {
        let Some((_, member)) = at.whole_value() else { return };
        match at.around() {
            [.., outer, own] if outer == part && own == "expressionValues" => values.push((member.to_owned(), BoundTo::Printed(reference))),
            [.., outer, own, name] if outer == part && own == "expressionValues" => values.push((name.clone(), BoundTo::Printed(reference))),
            [.., own] if own == part && member == "expressionValues" => {
                values.extend(variable(reference).into_iter().flat_map(|slot| of_values(subject, slot)));
            }
            _ => {}
        }
    });
    let made = |text: &str| WrittenExpression { role, text: text.to_owned(), names: names.clone(), values: values.clone() };
    texts.filter_map(|member| member.text.as_deref().map(made)).collect()
}

/// What a variable with values holds: by its maps, and by `put`.
fn of_values<'p>(subject: &CheckSubject<'p>, slot: Slot) -> Vec<(String, BoundTo<'p>)> {
    let sets = subject.sets.get(&slot).into_iter().flatten();
    let mut found: Vec<_> = sets.flat_map(|set| entries(&set.value)).map(|(name, value)| (name, BoundTo::Member(value))).collect();
    References(|reference: &'p Reference| {
        if let (true, Some((Some(Method::Put), [Expression { kind: Kind::String(name), .. }, value]))) = (reference.variable() == Some(slot), reference.last_call()) {
            found.push((name.to_string(), BoundTo::Member(value)));
        }
    })
    .program(subject.program);
    found
}

/// The members of a map that is written out.
fn entries(value: &Expression) -> Vec<(String, &Expression)> {
    let Kind::Map(entries) = &value.kind else { return Vec::new() };
    entries.iter().filter_map(|(key, value)| Some((constant(key)?, value))).collect()
}

/// A text with nothing put into it; one with a `#` is a template of its own to Velocity, as `"#o = :me"` is.
fn constant(value: &Expression) -> Option<String> {
    match &value.kind {
        Kind::String(text) => Some(text.to_string()),
        Kind::Interpolated { body, .. } => {
            let text: Option<String> = body.iter().map(|statement| match statement {
                Statement::Text(text) => Some(text.as_str()),
                _ => None,
            }).collect();
            text.map(|text| text.trim_end().to_owned())
        }
        _ => None,
    }
}

/// `{"expression": "#o = :me", "expressionNames": {…}, "expressionValues": {…}}`
pub fn of_map(value: &Expression, role: CarriedRole) -> Option<WrittenExpression<'_>> {
    let own = entries(value);
    let member = |wanted: &str| own.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    let text = constant(member("expression")?)?;
    let names = member("expressionNames").map(entries).unwrap_or_default();
    let names = names.into_iter().filter_map(|(name, value)| Some((name, constant(value)?)));
    let values = member("expressionValues").map(entries).unwrap_or_default();
    Some(WrittenExpression {
        role,
        text: text.trim().to_owned(),
        names: names.collect(),
        values: values.into_iter().map(|(name, value)| (name, BoundTo::Member(value))).collect(),
    })
}

impl WrittenExpression<'_> {
    /// The expression as the data source would read it, each value a text that stands for it.
    pub fn read(&self) -> Option<Carried> {
        let map = |pairs: Vec<(&str, Value)>| {
            let map = Map::new();
            for (name, value) in pairs {
                map.put_str(name, value);
            }
            Value::Map(map)
        };
        let typed = |name: &str| map(vec![("S", Value::string(name))]);
        let names = map(self.names.iter().map(|(name, value)| (name.as_str(), Value::string(value.as_str()))).collect());
        let values = map(self.values.iter().map(|(name, _)| (name.as_str(), typed(name))).collect());
        let whole = map(vec![("expression", Value::string(self.text.as_str())), ("expressionNames", names), ("expressionValues", values)]);
        let request = match self.role {
            CarriedRole::Condition => vec![("operation", Value::string("DeleteItem")), ("key", map(vec![("id", typed("id"))])), ("condition", whole)],
            _ => vec![("operation", Value::string("Scan")), ("filter", whole)],
        };
        read(&map(request)).carried.into_iter().next()
    }
}
