//! The schema's authorization directives (APPSYNC-VTL 7.2).

use crate::appsync::AuthType;
use crate::nearest::nearest;
use graphql_parser::schema::{Definition, Directive, Document, InputValue, ObjectType, Type, TypeDefinition, TypeExtension, Value};
use std::collections::HashMap;

crate::message::sentence_error! {
    /// A schema that is not read.
    SchemaError
}

/// Schemas larger or nested deeper than this are refused.
const LARGEST: usize = 16 << 20;
const DEEPEST: usize = 64;

/// A directive that lets a mode in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectiveRule {
    /// As written: `@aws_iam`.
    pub name: String,
    /// The mode that it is for.
    pub mode: AuthType,
    /// `cognito_groups`; `None` without the argument.
    pub groups: Option<Vec<String>>,
    /// Whether it is `@aws_auth`, which AppSync ignores on an API with more than one mode.
    pub is_aws_auth: bool,
}

/// A directive whose name begins as AppSync's own do, and is none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// As written: `@aws_cognito_userpools`.
    pub written: String,
    /// The directive that is meant, if one is near.
    pub near: Option<&'static str>,
}

/// A field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Its directives.
    pub rules: Vec<DirectiveRule>,
    /// Directives that AppSync does not know.
    pub slips: Vec<Slip>,
    /// The mutations of `@aws_subscribe`.
    pub subscribes: Vec<String>,
    /// The type that it returns, without list and non-null.
    pub returns: String,
    /// What it returns, as written: `[Note!]!`.
    pub written: String,
    /// Where null may not stand in that, from the outermost list inwards: `[Note!]` is `[false, true]`.
    pub non_null: Vec<bool>,
    /// The arguments that a call cannot leave out.
    pub required: Vec<String>,
}

/// An object type.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Its directives.
    pub rules: Vec<DirectiveRule>,
    /// Directives that AppSync does not know.
    pub slips: Vec<Slip>,
    /// Its fields.
    pub fields: HashMap<String, Field>,
}

/// The object types of a schema by name.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// By name.
    pub types: HashMap<String, Object>,
    /// The object types of each union, and those that implement each interface.
    members: HashMap<String, Vec<String>>,
    /// The types of queries, mutations and subscriptions, where `schema { … }` names them otherwise.
    roots: HashMap<&'static str, String>,
}

impl Schema {
    /// Reads SDL.
    ///
    /// # Errors
    /// A sentence with the parser's message.
    pub fn read(sdl: &str) -> Result<Self, SchemaError> {
        if sdl.trim_start().starts_with('{') {
            return Err("the schema is JSON, as introspection gives it, which has no directives: give SDL (aws appsync get-introspection-schema --format SDL --include-directives)".into());
        }
        if sdl.len() > LARGEST {
            return Err(format!("the schema has {} bytes (limit {LARGEST})", sdl.len()).into());
        }
        let mut depth = 0_usize;
        for letter in sdl.chars() {
            match letter {
                '[' | '{' | '(' => depth += 1,
                ']' | '}' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                return Err(format!("the schema nests deeper than {DEEPEST} levels").into());
            }
        }
        let document: Document<'_, String> = graphql_parser::parse_schema(sdl)
            .map_err(|error| format!("the schema does not parse: {error}. Give SDL as the API has it."))?;
        let mut schema = Self::default();
        for definition in &document.definitions {
            match definition {
                Definition::TypeDefinition(TypeDefinition::Object(object)) => {
                    schema.add(object);
                }
                Definition::TypeExtension(TypeExtension::Object(extension)) => {
                    let known = schema.types.entry(extension.name.clone()).or_default();
                    known.rules.extend(rules(&extension.directives));
                    known.slips.extend(slips(&extension.directives));
                    for field in &extension.fields {
                        known.fields.insert(field.name.clone(), read_field(field));
                    }
                    schema.implements(&extension.name, &extension.implements_interfaces);
                }
                Definition::TypeDefinition(TypeDefinition::Union(union)) => {
                    schema.members.entry(union.name.clone()).or_default().extend(union.types.iter().cloned());
                }
                Definition::TypeExtension(TypeExtension::Union(union)) => {
                    schema.members.entry(union.name.clone()).or_default().extend(union.types.iter().cloned());
                }
                Definition::SchemaDefinition(names) => {
                    let names =
                        [("Query", &names.query), ("Mutation", &names.mutation), ("Subscription", &names.subscription)];
                    schema.roots.extend(names.into_iter().filter_map(|(root, name)| Some((root, name.clone()?))));
                }
                _ => {}
            }
        }
        Ok(schema)
    }

    /// The type's name in this schema: operations say `Query` where `schema { query: MyQuery }` has another name.
    pub fn type_name<'a>(&'a self, name: &'a str) -> &'a str {
        if self.types.contains_key(name) { name } else { self.roots.get(name).map_or(name, String::as_str) }
    }

    /// Whether a type is that of queries, mutations or subscriptions.
    pub fn is_root(&self, name: &str) -> bool {
        let plain = ["Query", "Mutation", "Subscription"];
        if self.roots.is_empty() { plain.contains(&name) } else { self.roots.values().any(|root| root == name) }
    }

    /// The object types that a value of this type can have: itself, the members of a union, what implements an interface.
    pub fn objects(&self, name: &str) -> Vec<&str> {
        match self.types.get_key_value(name) {
            Some((name, _)) => vec![name],
            None => self.members.get(name).into_iter().flatten().map(String::as_str).collect(),
        }
    }

    /// The object types of what a selection under this type is on; `on` is the type of the fragment around it.
    pub fn selected_on<'a>(&'a self, parent: &'a str, on: Option<&'a str>) -> Vec<&'a str> {
        let Some(on) = on else { return self.objects(parent) };
        let (of_fragment, possible) = (self.objects(on), self.objects(parent));
        of_fragment.into_iter().filter(|name| possible.is_empty() || possible.contains(name)).collect()
    }

    fn implements(&mut self, object: &str, interfaces: &[String]) {
        for interface in interfaces {
            let known = self.members.entry(interface.clone()).or_default();
            if !known.iter().any(|name| name == object) {
                known.push(object.to_owned());
            }
        }
    }

    fn add(&mut self, object: &ObjectType<'_, String>) {
        self.implements(&object.name, &object.implements_interfaces);
        let known = self.types.entry(object.name.clone()).or_default();
        known.rules.extend(rules(&object.directives));
        known.slips.extend(slips(&object.directives));
        for field in &object.fields {
            known.fields.insert(field.name.clone(), read_field(field));
        }
    }
}

fn read_field(field: &graphql_parser::schema::Field<'_, String>) -> Field {
    Field {
        rules: rules(&field.directives),
        slips: slips(&field.directives),
        subscribes: subscribes(&field.directives),
        returns: bare(&field.field_type),
        written: field.field_type.to_string(),
        non_null: non_null(&field.field_type),
        required: field.arguments.iter().filter(is_required).map(|argument| argument.name.clone()).collect(),
    }
}

fn is_required(argument: &&InputValue<'_, String>) -> bool {
    argument.default_value.is_none() && matches!(argument.value_type, Type::NonNullType(_))
}

fn bare(of: &Type<'_, String>) -> String {
    match of {
        Type::NamedType(name) => name.clone(),
        Type::ListType(inner) | Type::NonNullType(inner) => bare(inner),
    }
}

fn non_null(of: &Type<'_, String>) -> Vec<bool> {
    let (mut found, mut at, mut closed) = (Vec::new(), of, false);
    loop {
        match at {
            Type::NonNullType(inner) => (at, closed) = (inner, true),
            Type::ListType(inner) => {
                found.push(std::mem::take(&mut closed));
                at = inner;
            }
            Type::NamedType(_) => {
                found.push(closed);
                return found;
            }
        }
    }
}

fn rules(directives: &[Directive<'_, String>]) -> Vec<DirectiveRule> {
    let rule = |directive: &Directive<'_, String>| {
        let mode = match directive.name.as_str() {
            "aws_api_key" => AuthType::ApiKey,
            "aws_iam" => AuthType::Iam,
            "aws_oidc" => AuthType::Oidc,
            "aws_lambda" => AuthType::Lambda,
            "aws_cognito_user_pools" | "aws_auth" => AuthType::UserPool,
            _ => return None,
        };
        let groups =
            directive.arguments.iter().find(|(name, _)| name == "cognito_groups").map(|(_, value)| match value {
                Value::List(items) => items.iter().filter_map(text).collect(),
                one => text(one).into_iter().collect(),
            });
        Some(DirectiveRule { name: format!("@{}", directive.name), mode, groups, is_aws_auth: directive.name == "aws_auth" })
    };
    directives.iter().filter_map(rule).collect()
}

/// AppSync's own directives (AppSync developer guide: "Schema directives").
const OWN: &[&str] = &[
    "@aws_api_key",
    "@aws_iam",
    "@aws_oidc",
    "@aws_lambda",
    "@aws_cognito_user_pools",
    "@aws_auth",
    "@aws_subscribe",
    "@aws_publish",
];

fn slips(directives: &[Directive<'_, String>]) -> Vec<Slip> {
    let written = directives.iter().map(|directive| format!("@{}", directive.name));
    let unknown = written.filter(|name| name.to_lowercase().starts_with("@aws") && !OWN.contains(&name.as_str()));
    let near = |name: &str| {
        // `@aws_cognito` and `@aws_user_pools` are too short for a count of letters.
        let part = || OWN.iter().copied().find(|own| own.len() > 12 && own.contains(name.trim_start_matches("@aws_")));
        nearest(name, OWN.iter().copied()).or_else(part)
    };
    unknown.map(|written| Slip { near: near(&written), written }).collect()
}

fn subscribes(directives: &[Directive<'_, String>]) -> Vec<String> {
    let mutations = directives.iter().filter(|directive| directive.name == "aws_subscribe");
    let values = mutations.flat_map(|directive| &directive.arguments).filter(|(name, _)| name == "mutations");
    values
        .flat_map(|(_, value)| match value {
            Value::List(items) => items.iter().filter_map(text).collect::<Vec<_>>(),
            one => text(one).into_iter().collect(),
        })
        .collect()
}

fn text(value: &Value<'_, String>) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}
