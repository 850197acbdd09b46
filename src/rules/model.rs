//! A model schema: its types, and its rules as Amplify reads them.

use super::rule::{Operation, Rule};
use crate::project::SchemaText;
use indexmap::IndexMap;
use std::path::PathBuf;

/// What a model schema says.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Its file; of several the first.
    pub file: PathBuf,
    /// Its text, which knows the file of each line.
    pub source: Option<SchemaText>,
    /// Its object types by name.
    pub types: IndexMap<String, ModelType>,
    /// All rules; types and fields have places in it.
    pub rules: Vec<Rule>,
    /// Whether it has a global rule: everything without rules is open to the API key.
    pub global_rule: bool,
    /// Whether it uses what only the old transformer knows.
    pub old: bool,
    /// What could not be read.
    pub faults: Vec<ModelFault>,
}

/// An `@auth` that could not be read.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum ModelFault {
    /// It has no `rules`.
    NoRules { place: String, line: u32 },
    /// A rule that is not known.
    NotRead { place: String, line: u32, what: String },
}

/// An object type.
#[derive(Clone, Debug, Default)]
pub struct ModelType {
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: u32,
    /// Whether it is a table.
    pub is_model: bool,
    /// Whether it has an `@auth`.
    pub has_auth: bool,
    /// Places in the model's rules.
    pub rules: Vec<usize>,
    /// Its fields by name.
    pub fields: IndexMap<String, ModelField>,
    /// The names that it gives its operations.
    pub names: Names,
    /// The queries of its indices, as far as they are named.
    pub queries: Vec<String>,
    /// Whether OpenSearch has its rows.
    pub searchable: bool,
    /// `@versioned`
    pub versioned: bool,
    /// Whether Amplify makes it: the type between two sides of `@manyToMany`, or of a conversation.
    pub made: bool,
}

/// A field.
#[derive(Clone, Debug)]
pub struct ModelField {
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: u32,
    /// The type that it gives, without list and non-null.
    pub returns: String,
    /// Whether it gives a list.
    pub is_list: bool,
    /// Whether it is never null.
    pub is_required: bool,
    /// `@primaryKey`
    pub is_key: bool,
    /// The directive that resolves it elsewhere: `function`, `sql`, `conversation` …
    pub route: Option<String>,
    /// How it leads to another model.
    pub relation: Option<Relation>,
    /// Names of queries by its indices.
    pub queries: Vec<String>,
    /// Whether it has an `@auth`.
    pub has_auth: bool,
    /// Places in the model's rules.
    pub rules: Vec<usize>,
}

/// How a field leads to another model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `@hasMany`
    HasMany,
    /// `@hasOne`
    HasOne,
    /// `@belongsTo`
    BelongsTo,
    /// `@manyToMany`, by the type of this name.
    ManyToMany(String),
    /// `@connection` of the old transformer.
    Connection,
}

/// The names of a model's operations; what is not named has Amplify's own name.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// `get`, `list`, `sync`; none where `@model` says nothing of queries.
    pub queries: Option<Vec<(String, Option<String>)>>,
    /// `create`, `update`, `delete`
    pub mutations: Option<Vec<(String, Option<String>)>>,
    /// `onCreate` and so on.
    pub subscriptions: Vec<(String, String)>,
    /// Whether there are none.
    pub subscriptions_off: bool,
    /// Whether nobody looks at rules for them.
    pub subscriptions_public: bool,
}

impl Model {
    /// The rules of a type, in the order of the text.
    pub fn rules_of<'m>(&'m self, places: &'m [usize]) -> impl Iterator<Item = &'m Rule> {
        places.iter().filter_map(|at| self.rules.get(*at))
    }

    /// The rules that hold for a field: its own, else its type's.
    pub fn rules_for<'m>(&'m self, of: &'m ModelType, field: &'m ModelField) -> &'m [usize] {
        if field.has_auth { &field.rules } else { &of.rules }
    }

    /// The types that Amplify makes of others: the one between both sides of `@manyToMany` has the rules of both; those of a
    /// conversation have the route's (Amplify documentation, "Many-to-many relationship", "Conversation").
    pub(super) fn add_made_types(&mut self) {
        let mut made: IndexMap<String, ModelType> = IndexMap::new();
        let mut add = |name: String, rules: &[usize], line: u32| {
            let of = made.entry(name.clone()).or_insert_with(|| ModelType {
                name,
                line,
                is_model: true,
                made: true,
                ..ModelType::default()
            });
            let new: Vec<_> = rules.iter().copied().filter(|rule| !of.rules.contains(rule)).collect();
            of.has_auth |= !new.is_empty();
            of.rules.extend(new);
        };
        for of in self.types.values() {
            for field in of.fields.values() {
                if let Some(Relation::ManyToMany(name)) = &field.relation {
                    add(upper(name), &of.rules, field.line);
                }
                if field.route.as_deref() == Some("conversation") {
                    add(format!("Conversation{}", upper(&field.name)), &field.rules, field.line);
                    add(format!("ConversationMessage{}", upper(&field.name)), &field.rules, field.line);
                }
            }
        }
        for (name, of) in made {
            self.types.entry(name).or_insert(of);
        }
    }

    /// What a rule lets its callers do on fields of a type: the fields, of those that it holds for.
    pub fn fields_of<'m>(&'m self, of: &'m ModelType, rule: usize, operation: Operation) -> Vec<&'m str> {
        let covers = self.rules.get(rule).is_some_and(|rule| rule.covers(operation));
        let holds = |field: &&ModelField| self.rules_for(of, field).contains(&rule);
        let fields = of.fields.values().filter(|_| covers).filter(holds);
        fields.map(|field| field.name.as_str()).collect()
    }

    /// Whether a rule has a say in an operation of a type. A type that Amplify made has no fields that are known here.
    pub fn has_say(&self, of: &ModelType, rule: usize, operation: Operation) -> bool {
        let Some(own) = self.rules.get(rule).filter(|own| own.covers(operation)) else { return false };
        if of.fields.is_empty() {
            return of.rules.contains(&rule);
        }
        if self.old {
            return own.field.is_none() || !operation.reads();
        }
        let fields = self.fields_of(of, rule, operation);
        // To delete a row takes the right to delete each of its fields (AMPLIFY-AUTH 4, field rules).
        if operation == Operation::Delete { self.deletes_all(of, own) } else { !fields.is_empty() }
    }

    /// Whether one of a rule's roles may delete every field of a type, be it by several rules.
    fn deletes_all(&self, of: &ModelType, rule: &Rule) -> bool {
        let roles = rule.roles();
        let all = |role: &String| {
            of.fields.values().all(|field| {
                let rules = self.rules_of(self.rules_for(of, field));
                rules.into_iter().any(|own| own.covers(Operation::Delete) && own.roles().contains(role))
            })
        };
        roles.iter().any(all)
    }

    /// Every rule of a type and its fields.
    pub fn all_rules(&self, of: &ModelType) -> Vec<usize> {
        let own = of.rules.iter().chain(of.fields.values().flat_map(|field| &field.rules));
        let mut all: Vec<usize> = own.copied().collect();
        all.dedup();
        all
    }
}

pub(super) fn upper(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
