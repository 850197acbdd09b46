//! Directives of the schema: what `diagnose` makes of random schemas, selections and modes, against a second implementation in
//! the plainest words
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>: a field's
//! directives replace its type's; without either only the default mode gets in; the type that a field returns is asked too).

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use vtl_eval::report::DiagnosisJson;
use vtl_eval::suite::{Refusal, diagnose};

/// AppSync's name, the directive, and what a report calls the mode.
const MODES: [(&str, &str, &str); 5] = [
    ("API_KEY", "@aws_api_key", "API Key Authorization"),
    ("AWS_IAM", "@aws_iam", "IAM Authorization"),
    ("AMAZON_COGNITO_USER_POOLS", "@aws_cognito_user_pools", "User Pool Authorization"),
    ("OPENID_CONNECT", "@aws_oidc", "Open ID Connect Authorization"),
    ("AWS_LAMBDA", "@aws_lambda", "Lambda Authorization"),
];

/// How many random schemas are judged: 300, or as many as `SCHEMA_CASES` says.
fn cases() -> u32 {
    std::env::var("SCHEMA_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

/// A field: its directives, and the type that it returns (none: a text).
#[derive(Clone, Debug)]
struct Field {
    modes: Vec<usize>,
    returns: Option<usize>,
}

/// A type: its directives and its fields, `f10` and `f11` of `T1`; the first is `Query`.
#[derive(Clone, Debug)]
struct Type {
    modes: Vec<usize>,
    fields: Vec<Field>,
}

/// What is asked for: a field, and what of the type that it returns.
#[derive(Clone, Debug)]
struct Asked {
    field: usize,
    below: Vec<Asked>,
}

fn directives() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![2 => Just(Vec::new()), 3 => prop::collection::btree_set(0..MODES.len(), 1..4).prop_map(|set| set.into_iter().collect())]
}

fn schema() -> impl Strategy<Value = Vec<Type>> {
    let field = (directives(), prop::option::of(1..4_usize)).prop_map(|(modes, returns)| Field { modes, returns });
    let one = (directives(), prop::collection::vec(field, 1..4)).prop_map(|(modes, fields)| Type { modes, fields });
    prop::collection::vec(one, 4)
}

fn asked() -> impl Strategy<Value = Asked> {
    let leaf = (0..4_usize).prop_map(|field| Asked { field, below: Vec::new() });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (0..4_usize, prop::collection::vec(inner, 0..3)).prop_map(|(field, below)| Asked { field, below })
    })
}

/// The selection as the schema has it: no field that it does not have, and something of every object, if it has a text.
fn fitted(schema: &[Type], of: usize, asked: &Asked, depth: usize) -> Asked {
    let field = asked.field % schema[of].fields.len();
    let below = match schema[of].fields[field].returns {
        None => Vec::new(),
        Some(next) if asked.below.is_empty() || depth == 0 => {
            // The first text of the type, if it has one.
            let text = schema[next].fields.iter().position(|one| one.returns.is_none());
            text.map(|field| Asked { field, below: Vec::new() }).into_iter().collect()
        }
        Some(next) => asked.below.iter().map(|one| fitted(schema, next, one, depth - 1)).collect(),
    };
    Asked { field, below }
}

fn name(of: usize) -> String {
    if of == 0 { "Query".to_owned() } else { format!("T{of}") }
}

fn words(modes: &[usize]) -> String {
    modes.iter().map(|mode| format!(" {}", MODES[*mode].1)).collect()
}

fn sdl(schema: &[Type]) -> String {
    let mut text = String::new();
    for (of, one) in schema.iter().enumerate() {
        text += &format!("type {}{} {{\n", name(of), words(&one.modes));
        for (at, field) in one.fields.iter().enumerate() {
            let returns = field.returns.map_or_else(|| "String".to_owned(), |next| format!("[{}!]", name(next)));
            text += &format!("  f{of}{at}: {returns}{}\n", words(&field.modes));
        }
        text += "}\n";
    }
    text
}

/// Whether something is selected of every object, as GraphQL wants it.
fn is_whole(schema: &[Type], of: usize, asked: &Asked) -> bool {
    match schema[of].fields[asked.field].returns {
        None => true,
        Some(next) => !asked.below.is_empty() && asked.below.iter().all(|one| is_whole(schema, next, one)),
    }
}

/// The selection of a type's fields.
fn query(schema: &[Type], of: usize, asked: &[Asked]) -> String {
    let one = |asked: &Asked| {
        let below = match schema[of].fields[asked.field].returns {
            Some(next) => format!(" {}", query(schema, next, &asked.below)),
            None => String::new(),
        };
        format!("f{of}{}{below}", asked.field)
    };
    format!("{{ {} }}", asked.iter().map(one).collect::<Vec<_>>().join(" "))
}

/// Whether a mode gets all that was asked for.
fn naive(schema: &[Type], default: usize, mode: usize, of: usize, asked: &Asked) -> bool {
    let field = &schema[of].fields[asked.field];
    let rules = if field.modes.is_empty() { &schema[of].modes } else { &field.modes };
    let let_in = if rules.is_empty() { mode == default } else { rules.contains(&mode) };
    let_in && asked.below.iter().all(|one| naive(schema, default, mode, field.returns.unwrap(), one))
}

/// The layer of the mode, as `diagnose` tells it.
fn judged(schema: &[Type], default: usize, modes: &[usize], mode: usize, asked: &Asked) -> Json {
    let additional: Vec<&str> = modes.iter().filter(|one| **one != default).map(|one| MODES[*one].0).collect();
    let field = &schema[0].fields[asked.field];
    let selection = field.returns.map_or_else(String::new, |next| query(schema, next, &asked.below));
    let report = json!({"authType": MODES[mode].2, "context": {
        "info": {"parentTypeName": "Query", "fieldName": format!("f0{}", asked.field), "selectionSetGraphQL": selection},
        "apiConfig": {"default": MODES[default].0, "additional": additional, "defaultAction": "ALLOW"},
        "schema": sdl(schema),
    }});
    let refusal = Refusal::read(&report).unwrap();
    let diagnosis = diagnose(&refusal, None).unwrap();
    serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap()["layers"][1].clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn directives_decide_as_in_a_naive_reading(schema in schema(), asked in asked(), default in 0..5_usize, more in prop::collection::vec(0..5_usize, 0..3)) {
        let asked = fitted(&schema, 0, &asked, 3);
        if !is_whole(&schema, 0, &asked) {
            return Ok(());
        }
        let modes: Vec<usize> = std::iter::once(default).chain(more).collect();
        for mode in modes.iter().copied() {
            let expected = if naive(&schema, default, mode, 0, &asked) { "passed" } else { "refused" };
            let layer = judged(&schema, default, &modes, mode, &asked);
            prop_assert_eq!(layer["state"].as_str().unwrap(), expected, "{} {}\n{}\n{}", MODES[mode].0, query(&schema, 0, std::slice::from_ref(&asked)), sdl(&schema), layer);
        }
    }
}
