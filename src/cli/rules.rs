//! `vtl-eval rules`: the `@auth` rules, who may do what, and the statements that they became.

use super::args::RulesArgs;
use super::exit::{CommandError, Exit};
use super::output;
use crate::nearest::nearest;
use crate::project::{Project, SchemaText};
use crate::report::{RulesReport, rules_text};
use crate::rules::{Model, Ties};

/// Tells the rules of a project or of a model schema alone.
pub fn run(args: &RulesArgs) -> Result<Exit, CommandError> {
    let (project, alone) = source(args)?;
    let schema = project.model.as_ref().or(alone.as_ref()).ok_or_else(|| {
        CommandError::new("the project has no model schema (SDL with @model and @auth): give it by --model")
    })?;
    let model = Model::of(schema).map_err(CommandError::new)?;
    let built = Some(&project).filter(|project| !project.by_field.is_empty());
    let ties = Ties::new(model, built);
    let filter = args.field.as_deref();
    if let Some(filter) = filter {
        known(&ties, filter)?;
    }
    let wanted =
        |parent: &str, field: Option<&str>| match filter.map(|filter| filter.split_once('.').unwrap_or((filter, ""))) {
            None => true,
            Some((name, "")) => parent == name,
            Some((name, own)) => parent == name && field == Some(own),
        };
    let report = RulesReport::new(&ties, built, &wanted);
    output::colour(args.color);
    let json = args.list.is_json();
    let text = if json { output::json(&report)? } else { rules_text(&report, output::layout(args.verbose)) };
    output::write(&project.open.shown(&text), args.list.form(), args.list.output.as_deref())?;
    Ok(Exit::Good)
}

/// The project; with `--model` and no `--from`, the schema alone is enough.
fn source(args: &RulesArgs) -> Result<(Project, Option<SchemaText>), CommandError> {
    if let (Some(file), None) = (&args.from.model, &args.from.path) {
        let text = crate::files::read_text(file).map_err(CommandError::new)?;
        return Ok((Project::default(), Some(SchemaText::new(file.clone(), text))));
    }
    let (_, project) = args.from.load()?;
    Ok((project, None))
}

/// Whether a type or field of this name has rules or is made of them.
fn known(ties: &Ties, filter: &str) -> Result<(), CommandError> {
    let types = ties.model.types.keys().cloned();
    let fields = ties.purposes.keys().cloned();
    let names: Vec<String> = types.chain(fields).collect();
    let has_field = filter
        .split_once('.')
        .is_some_and(|(parent, name)| ties.model.types.get(parent).is_some_and(|of| of.fields.contains_key(name)));
    if has_field || names.iter().any(|name| name == filter) {
        return Ok(());
    }
    let near = nearest(filter, names.iter().map(String::as_str));
    let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
    Err(CommandError::new(format!("the model schema has no {filter}{near}")))
}
