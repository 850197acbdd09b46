//! The field that an operation begins with, and all that was selected below it.

use super::directives::Gate;
use super::walk::{self, Closed, SchemaPlace};
use crate::appsync::AuthType;
use crate::request::evidence::Evidence;
use crate::request::operation::{RootField, Selected};
use crate::request::schema::{Field, Object, Schema};

/// The field of the operation that was called, and what was selected of it.
pub struct RootCall {
    /// `Query`, `Mutation` or `Subscription`; or the refused field's own type, where no more is known.
    pub parent: String,
    /// Its name.
    pub field: String,
    /// What was selected of it; empty when that is not known.
    pub selection: Vec<Selected>,
    /// Whether the refused field is one below it.
    pub is_above: bool,
}

impl RootCall {
    /// Of a refused field below the root types that of the body's operation, where that selects it: what else is closed on the
    /// way would refuse next.
    pub fn of(evidence: &Evidence, schema: &Schema) -> Self {
        let own = || Self {
            parent: evidence.parent_type.clone(),
            field: evidence.field.clone(),
            selection: evidence.selection.clone(),
            is_above: false,
        };
        if schema.is_root(&evidence.parent_type) {
            return own();
        }
        let Some(operation) = evidence.operation() else { return own() };
        let named = |one: &Named<'_>| one.0 == evidence.parent_type && one.2 == evidence.field;
        let of_root = |root: &RootField| {
            let (parent, object) = schema.types.get_key_value(schema.type_name(&operation.parent))?;
            let (name, field) = object.fields.get_key_value(&root.name)?;
            let selects = fields(schema, (parent, object, name, field), &root.selection).iter().any(named);
            let (parent, field) = (parent.clone(), name.clone());
            selects.then(|| Self { parent, field, selection: root.selection.clone(), is_above: true })
        };
        operation.fields.iter().find_map(of_root).unwrap_or_else(own)
    }

    /// What keeps a caller out. AppSync named a field below the root's: the root itself had let the caller in.
    pub fn closed(&self, gate: &Gate<'_>, schema: &Schema, mode: AuthType) -> Vec<Closed> {
        let mut found = walk::closed(gate, schema, mode, (&self.parent, &self.field), &self.selection);
        let itself = SchemaPlace::Field(self.parent.clone(), self.field.clone());
        found.retain(|one| !self.is_above || one.place != itself);
        found
    }
}

/// A type and one of its fields, each with its name.
pub type Named<'a> = (&'a str, &'a Object, &'a str, &'a Field);

/// The field that was called and those that were selected below it.
pub fn fields<'a>(schema: &'a Schema, first: Named<'a>, selection: &'a [Selected]) -> Vec<Named<'a>> {
    let mut all = vec![first];
    let mut open: Vec<(&str, &[Selected])> = vec![(first.3.returns.as_str(), selection)];
    while let Some((parent, selection)) = open.pop() {
        for one in selection {
            for parent in schema.selected_on(parent, one.on.as_deref()) {
                let Some((parent, object)) = schema.types.get_key_value(parent) else { continue };
                let Some((name, field)) = object.fields.get_key_value(&one.name) else { continue };
                if all.len() < 1000 {
                    all.push((parent, object, name, field));
                    open.push((field.returns.as_str(), &one.fields));
                }
            }
        }
    }
    all
}
