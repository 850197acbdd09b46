//! `vtl-eval fields`: what a project holds.

use super::args::FieldsArgs;
use super::exit::{CommandError, Exit};
use super::output;
use super::project::tell;
use crate::nearest::nearest;
use crate::project::{Project, find, load};
use crate::report::{FieldsReport, WrittenForm, differing_text, fields_text};
use crate::suite::differing;
use serde_json::json;
use std::path::Path;

/// Lists the fields of a project.
pub fn run(args: &FieldsArgs) -> Result<Exit, CommandError> {
    let (path, project) = args.from.load()?;
    let filter = args.field.as_deref();
    if args.names {
        let names: String = project.by_field.keys().map(|name| format!("{name}\n")).collect();
        output::write(&project.open.shown(&names), WrittenForm::Text, None)?;
        return Ok(Exit::Good);
    }
    if let Some(filter) = filter {
        known(&project, filter)?;
    }
    let wanted = |field: &str| filter.is_none_or(|filter| field == filter || field.split('.').next() == Some(filter));
    let report = FieldsReport::new(&path, &project, &wanted);
    tell(&project);
    if let Some(against) = &args.against {
        return differences(args, &project, against, &wanted);
    }
    output::colour(args.color);
    let json = args.list.is_json();
    let text = if json { output::json(&report)? } else { fields_text(&report, output::layout(args.verbose)) };
    output::write(&project.open.shown(&text), args.list.form(), args.list.output.as_deref())?;
    Ok(Exit::Good)
}

/// What another source of the same API has otherwise.
fn differences(
    args: &FieldsArgs,
    project: &Project,
    against: &Path,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Exit, CommandError> {
    let words = |error: crate::project::ProjectError| CommandError::new(error.to_string());
    let found = find(Some(against), Path::new(".")).map_err(words)?;
    let other = load(&found.path, &found.options(crate::project::LoadOptions::default())).map_err(words)?;
    let mut list = differing(project, &other);
    list.retain(|one| one.field.as_deref().is_none_or(wanted));
    let text = if args.list.is_json() {
        output::json(&json!({"schema": 1, "against": against.display().to_string(), "differences": list}))?
    } else {
        differing_text(&list, against)
    };
    output::colour(args.color);
    output::write(&other.open.shown(&project.open.shown(&text)), args.list.form(), args.list.output.as_deref())?;
    Ok(Exit::Good)
}

/// Whether a type or field of this name is there.
fn known(project: &Project, filter: &str) -> Result<(), CommandError> {
    if filter.contains('.') {
        return project.get(filter).map(|_| ()).map_err(|error| CommandError::new(error.to_string()));
    }
    let types: Vec<&str> = project.by_field.keys().filter_map(|field| field.split('.').next()).collect();
    if types.contains(&filter) {
        return Ok(());
    }
    let near = nearest(filter, types.iter().copied());
    let near = near.map_or_else(|| format!("there are {}", several(&types)), |near| format!("did you mean {near}?"));
    Err(CommandError::new(format!("no type {filter} has a resolver: {near}")))
}

fn several(types: &[&str]) -> String {
    let mut all = types.to_vec();
    all.dedup();
    all.join(", ")
}
