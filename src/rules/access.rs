//! Who may do what by the rules alone: one row for each field, mode and rule.

use super::model::{ModelField, Model, ModelType};
use super::purpose::{Purpose, Purposes};
use super::rule::{Operation, Rule};
use serde::Serialize;

/// What a rule does for its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessGrant {
    /// It lets them in.
    Allow,
    /// It lets them see the rows that are theirs.
    Filter,
    /// It lets them write these fields.
    Fields,
    /// It lets them in where the row, the input or the source is theirs.
    Conditional,
}

/// What a rule lets its callers do.
#[derive(Clone, Debug)]
pub struct Access {
    /// `Type.field`
    pub field: String,
    /// The operation; none of a field of the project's own.
    pub operation: Option<Operation>,
    /// The rule, as a place in the model's.
    pub rule: usize,
    /// What it does.
    pub grant: AccessGrant,
    /// The fields that it is about; none is all.
    pub fields: Option<Vec<String>>,
}

/// The rows of a model, in the order of the fields.
pub fn access(model: &Model, purposes: &Purposes) -> Vec<Access> {
    let mut rows = Vec::new();
    for (field, purpose) in purposes {
        match purpose {
            Purpose::Operation { model: name, operation } => {
                if let Some(of) = model.types.get(name) {
                    rows.extend(of_operation(model, of, field, *operation));
                }
            }
            Purpose::Relation { parent, field: name, model: other } => {
                if let Some(of) = model.types.get(other) {
                    rows.extend(of_relation(model, of, field));
                }
                rows.extend(of_field(model, parent, name, field));
            }
            Purpose::Field { parent, field: name } | Purpose::Custom { parent, field: name } => {
                rows.extend(of_field(model, parent, name, field));
            }
        }
    }
    rows
}

fn of_operation(model: &Model, of: &ModelType, field: &str, operation: Operation) -> Vec<Access> {
    let mut rows = Vec::new();
    for at in model.all_rules(of) {
        let Some(rule) = model.rules.get(at) else { continue };
        // The old transformer has a say of a field's rules in the field alone, and of groups in a row none in subscriptions.
        let old = model.old && (rule.field.is_some() || operation == Operation::Listen && rule.groups_field.is_some());
        if !model.has_say(of, at, operation) || old {
            continue;
        }
        let names = model.fields_of(of, at, operation);
        let all = names.len() == of.fields.len() || model.old || operation == Operation::Delete;
        let fields = (!all).then(|| names.into_iter().map(str::to_owned).collect());
        let grant = grant(rule, operation, all);
        rows.push(Access { field: field.to_owned(), operation: Some(operation), rule: at, grant, fields });
    }
    rows
}

fn grant(rule: &Rule, operation: Operation, all: bool) -> AccessGrant {
    match operation {
        _ if operation.reads() && rule.is_dynamic() => AccessGrant::Filter,
        _ if operation.reads() => AccessGrant::Allow,
        Operation::Create | Operation::Update if !all => AccessGrant::Fields,
        _ if rule.is_dynamic() => AccessGrant::Conditional,
        _ => AccessGrant::Allow,
    }
}

/// A relation is read by whoever may read anything of the model that it leads to (AMPLIFY-AUTH 4, relation).
fn of_relation(model: &Model, of: &ModelType, field: &str) -> Vec<Access> {
    let mut rows = Vec::new();
    for at in model.all_rules(of) {
        let Some(rule) = model.rules.get(at) else { continue };
        if Operation::READ.into_iter().any(|operation| model.has_say(of, at, operation)) {
            let grant = if rule.is_dynamic() { AccessGrant::Filter } else { AccessGrant::Allow };
            let operation = Some(Operation::List);
            rows.push(Access { field: field.to_owned(), operation, rule: at, grant, fields: None });
        }
    }
    rows
}

/// A field with rules of its own. Those of a query or mutation compare nobody with a row: there is none, so that only rules
/// that name whom they let in have a say (AMPLIFY-AUTH 4; the transformer warns of it).
fn of_field(model: &Model, parent: &str, name: &str, field: &str) -> Vec<Access> {
    let Some(of) = model.types.get(parent) else { return Vec::new() };
    let Some(own) = of.fields.get(name).filter(|own| own.has_auth) else { return Vec::new() };
    let row = |at: usize, rule: &Rule| {
        let grant = if rule.is_dynamic() { AccessGrant::Conditional } else { AccessGrant::Allow };
        let operation = of.is_model.then_some(Operation::Get);
        Access { field: field.to_owned(), operation, rule: at, grant, fields: None }
    };
    let says = |rule: &Rule| if of.is_model { rule.operations.iter().any(|one| one.reads()) } else { !ignored(of, own, rule) };
    let rules = own.rules.iter().filter_map(|at| Some((*at, model.rules.get(*at)?)));
    rules.filter(|(_, rule)| says(rule)).map(|(at, rule)| row(at, rule)).collect()
}

/// Whether the transformer drops a rule: one that compares with a row, where there is none. The field of a conversation is
/// the exception: its owner is whoever began it.
pub(super) fn ignored(of: &ModelType, field: &ModelField, rule: &Rule) -> bool {
    !of.is_model && rule.is_dynamic() && field.route.as_deref() != Some("conversation")
}
