//! Fields whose request asks a table for rows without a filter. What is not among the items does not exist then: a template
//! that refuses where rows were scanned and none is left refuses nobody. Amplify's `get` is such a field, for whoever may read
//! every row.

use crate::value::method::Method;
use crate::explain::Pipeline;
use crate::project::Resolver;
use crate::syntax::{Expression, ExpressionKind as Kind, Program, Reference, Step, StepKind};
use serde_json::{Value as Json, json};

/// The two answers that there can be, one row or none; nothing where the data source could leave out rows, or a template
/// looks into them.
pub fn answers(resolver: &Resolver, pipeline: &Pipeline) -> Option<[Json; 2]> {
    let asking = resolver.functions.iter().filter(|function| !function.data_source.is_none()).count();
    let unfiltered = pipeline.steps.iter().filter(|step| step.asks_for_all).count();
    let blind = resolver.templates().all(|template| template.program().is_ok_and(|program| is_blind(program)));
    (asking == 1 && unfiltered == 1 && blind)
        .then(|| [json!({"items": [], "scannedCount": 0}), json!({"items": [{"id": "1"}], "scannedCount": 1})])
}

/// A row with a value for whatever the templates read of the field's own row.
pub fn source(resolver: &Resolver) -> Json {
    let mut row = serde_json::Map::new();
    for program in resolver.templates().filter_map(|template| template.program().ok()) {
        for reference in program.references() {
            let names: Vec<&str> = reference.steps.iter().map_while(name).collect();
            let read = match names.as_slice() {
                ["source", name, ..] => Some((*name).to_owned()),
                ["source"] => key(reference.steps.get(1)),
                _ => None,
            };
            row.extend(read.map(|name| (name, json!("1"))));
        }
    }
    row.into()
}

/// The literal key of `.get("owner")`.
fn key(step: Option<&Step>) -> Option<String> {
    match &step?.kind {
        StepKind::Method { args, .. } => match args.first() {
            Some(Expression { kind: Kind::String(text), .. }) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a template only counts the rows of an answer, and passes them on.
fn is_blind(program: &Program) -> bool {
    program.references().into_iter().all(|reference| !reads_rows(program, reference))
}

fn reads_rows(program: &Program, reference: &Reference) -> bool {
    let names: Vec<&str> = reference.steps.iter().map_while(name).collect();
    // The row itself may stand behind the name of the list: `$ctx.result.items[0]`.
    let whole = reference.steps.len() <= names.len() + 1;
    let names = names.strip_prefix(&["prev"]).unwrap_or(&names);
    match names {
        ["result", "items", last] if matches!(Method::parse(last), Some(Method::IsEmpty | Method::Size)) => false,
        ["result", "scannedCount" | "nextToken", ..] => false,
        ["result", ..] => {
            let before = &program.source.text[..program.span(reference.node).start as usize];
            let whole = whole && matches!(names, ["result"] | ["result", "items"]);
            !(whole && before.trim_end().ends_with("toJson("))
        }
        _ => false,
    }
}

fn name(step: &Step) -> Option<&str> {
    match &step.kind {
        StepKind::Method { method: Some(Method::Get), .. } => None,
        StepKind::Property(name) | StepKind::Method { name, .. } => Some(name.as_str()),
        StepKind::Index(Expression { kind: Kind::String(text), .. }) => Some(text.as_str()),
        _ => None,
    }
}
