//! `vtl-eval fields`: what a project holds.

use super::args::{FieldsArgs, ListFormat};
use super::exit::{CommandError, Exit};
use super::output;
use crate::nearest::nearest;
use crate::project::Project;
use crate::report::{FieldsReport, fields_text};

/// Lists the fields of a project.
pub fn run(args: &FieldsArgs) -> Result<Exit, CommandError> {
    let (path, project) = args.from.load()?;
    let filter = args.field.as_deref();
    if let Some(filter) = filter {
        known(&project, filter)?;
    }
    let wanted = |field: &str| filter.is_none_or(|filter| field == filter || field.split('.').next() == Some(filter));
    let report = FieldsReport::new(&path, &project, &wanted);
    for finding in &project.findings {
        anstream::eprintln!("note: {}", finding.message);
    }
    output::colour(args.color);
    let json = args.json || args.format == ListFormat::Json;
    let text = if json { output::json(&report)? } else { fields_text(&report, output::layout(args.verbose)) };
    output::write(&project.open.shown(&text), args.output.as_deref())?;
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
