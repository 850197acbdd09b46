//! The schema's authorization directives (APPSYNC-VTL 7.2).

use crate::appsync::AuthType;
use graphql_parser::schema::{Definition, Directive, Document, ObjectType, Type, TypeDefinition, TypeExtension, Value};
use std::collections::HashMap;

/// Schemas larger or nested deeper than this are refused.
const LARGEST: usize = 16 << 20;
const DEEPEST: usize = 64;

/// A directive that lets a mode in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// As written: `@aws_iam`.
    pub name: String,
    /// The mode that it is for.
    pub mode: AuthType,
    /// `cognito_groups`; `None` without the argument.
    pub groups: Option<Vec<String>>,
    /// Whether it is `@aws_auth`, which AppSync ignores on an API with more than one mode.
    pub is_aws_auth: bool,
}

/// A field.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Its directives.
    pub rules: Vec<Rule>,
    /// The type that it returns, without list and non-null.
    pub returns: String,
}

/// An object type.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Its directives.
    pub rules: Vec<Rule>,
    /// Its fields.
    pub fields: HashMap<String, Field>,
}

/// The object types of a schema by name.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// By name.
    pub types: HashMap<String, Object>,
    /// The types of queries, mutations and subscriptions, where `schema { … }` names them otherwise.
    roots: HashMap<&'static str, String>,
}

impl Schema {
    /// Reads SDL.
    ///
    /// # Errors
    /// A sentence with the parser's message.
    pub fn read(sdl: &str) -> Result<Self, String> {
        if sdl.trim_start().starts_with('{') {
            return Err("the schema is JSON, as introspection gives it, which has no directives: give SDL (aws appsync get-introspection-schema --format SDL --include-directives)".to_owned());
        }
        if sdl.len() > LARGEST {
            return Err(format!("the schema has {} bytes (limit {LARGEST})", sdl.len()));
        }
        let mut depth = 0_usize;
        for letter in sdl.chars() {
            match letter {
                '[' | '{' | '(' => depth += 1,
                ']' | '}' | ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                return Err(format!("the schema nests deeper than {DEEPEST} levels"));
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
                    for field in &extension.fields {
                        known.fields.insert(field.name.clone(), read_field(field));
                    }
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

    fn add(&mut self, object: &ObjectType<'_, String>) {
        let known = self.types.entry(object.name.clone()).or_default();
        known.rules.extend(rules(&object.directives));
        for field in &object.fields {
            known.fields.insert(field.name.clone(), read_field(field));
        }
    }
}

fn read_field(field: &graphql_parser::schema::Field<'_, String>) -> Field {
    Field { rules: rules(&field.directives), returns: bare(&field.field_type) }
}

fn bare(of: &Type<'_, String>) -> String {
    match of {
        Type::NamedType(name) => name.clone(),
        Type::ListType(inner) | Type::NonNullType(inner) => bare(inner),
    }
}

fn rules(directives: &[Directive<'_, String>]) -> Vec<Rule> {
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
        Some(Rule { name: format!("@{}", directive.name), mode, groups, is_aws_auth: directive.name == "aws_auth" })
    };
    directives.iter().filter_map(rule).collect()
}

fn text(value: &Value<'_, String>) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}
