//! `vtl-eval matrix`: every field by every persona.

use super::args::{MatrixArgs, MatrixFormat};
use super::exit::{CommandError, Exit};
use super::project::{Opened, tell};
use super::say;
use super::{input, output};
use crate::open::OpenKind;
use crate::project::{LoadOptions, find, load};
use crate::report::{csv, matrix_html, matrix_text};
use crate::resolver::Resolvers;
use crate::suite::{CellDifference, Matrix, Personas, VerdictChange, compare};
use std::io::IsTerminal as _;
use std::path::Path;

/// Runs the matrix; with `--diff`, says what opened and closed.
pub fn run(args: &MatrixArgs) -> Result<Exit, CommandError> {
    let mut opened = args.from.open_in(Path::new("."))?;
    let personas = personas(args, &mut opened)?;
    let resolvers = opened.project;
    tell(&resolvers);
    let now = input::now(args.now.as_deref())?;
    let refused = personas.token_notes(now);
    for note in &refused {
        say::say(format!("note: persona {note}"));
    }
    let matrix = judged(&resolvers, &personas, now)?;
    let differences = match (&args.diff, &args.against) {
        (None, None) => None,
        (None, Some(path)) => Some(compare(&other(path, &personas, now)?, &matrix)),
        (Some(path), _) => {
            let old: Matrix = crate::json::typed(&input::read_text(path)?)
                .map_err(|error| CommandError::new(format!("{}: no matrix: {error}", path.display())))?;
            Some(compare(&old, &matrix))
        }
    };
    let text = drawn(args, &matrix, differences.as_deref());
    output::colour(args.color);
    output::write(&resolvers.open.shown(&text), args.format.form(), args.output.as_deref())?;
    if !personas.broken.is_empty() {
        let broken: Vec<String> = personas.broken.into_values().collect();
        return Err(CommandError::unread(&broken));
    }
    let opened = args.diff.is_some()
        && differences.is_some_and(|list| list.iter().any(|difference| difference.change == VerdictChange::Opened));
    for cell in matrix.cells.iter().filter(|cell| cell.output_refused && !args.strict) {
        say::say(format!(
            "note: {} for {} stands on output that AppSync would refuse: it is not valid JSON",
            cell.field, cell.persona
        ));
    }
    let doubted: Vec<_> = matrix.cells.iter().filter(|cell| args.strict && cell.doubted).collect();
    for cell in &doubted {
        say::say(format!(
            "note: {} for {} passed an unverified point, or stands on output that AppSync would refuse",
            cell.field, cell.persona
        ));
    }
    Ok(match opened {
        true => Exit::Denied,
        // Whatever the templates decide of a persona whose token is refused, it is of nobody's call.
        false if doubted.is_empty() && (refused.is_empty() || !args.strict) => Exit::Good,
        false => Exit::Error,
    })
}

/// The personas of the file that was given or configured; else those that the project itself suggests.
fn personas(args: &MatrixArgs, opened: &mut Opened) -> Result<Personas, CommandError> {
    let file = args.personas.clone().or_else(|| opened.config.as_ref()?.personas.clone());
    let mut personas = match &file {
        Some(file) => {
            let personas = Personas::read_within(file, args.from.allow_outside).map_err(CommandError::new)?;
            personas.notes.iter().for_each(|note| say::say(format!("note: {note}")));
            personas
        }
        None => {
            let made = Personas::made(&opened.project).map_err(CommandError::new)?;
            let names: Vec<&str> = made.personas.iter().map(|persona| persona.name.as_str()).collect();
            say::say(format!(
                "note: no personas were given, so these were made: {} (--personas FILE gives yours; `vtl-eval init` writes these down to begin with)",
                names.join(", ")
            ));
            made
        }
    };
    for persona in &personas.personas {
        super::secrets::learn_json(&serde_json::json!({"headers": persona.headers}));
    }
    for case in &personas.cases {
        super::secrets::learn_json(&serde_json::json!([case.args, case.source, case.result]));
    }
    personas.seed = args.seed.unwrap_or(0);
    if file.is_some() {
        account(opened, &personas)?;
    }
    Ok(personas)
}

/// Every cell, with a bar where there are many of them.
fn judged(resolvers: &Resolvers, personas: &Personas, now: i64) -> Result<Matrix, CommandError> {
    let cells = if personas.cases.is_empty() {
        resolvers.by_field.len() * personas.personas.len()
    } else {
        personas.cases.len()
    };
    let bar = if std::io::stderr().is_terminal() && cells > 2_000 {
        indicatif::ProgressBar::new(cells as u64)
    } else {
        indicatif::ProgressBar::hidden()
    };
    let matrix = Matrix::run(resolvers, personas, now, &|| bar.inc(1));
    bar.finish_and_clear();
    matrix.map_err(CommandError::new)
}

/// The matrix in the form that was asked for.
fn drawn(args: &MatrixArgs, matrix: &Matrix, differences: Option<&[CellDifference]>) -> String {
    match args.format {
        MatrixFormat::Text => output::drawn(matrix_text(matrix, differences, output::layout(args.verbose))),
        MatrixFormat::Csv => csv::matrix(matrix),
        MatrixFormat::Html => matrix_html(matrix, differences),
        MatrixFormat::Json => {
            let mut json = serde_json::to_value(matrix).unwrap_or_default();
            if let Some(differences) = differences {
                json["diff"] = serde_json::to_value(differences).unwrap_or_default();
            }
            format!("{json:#}\n")
        }
    }
}

/// The same personas on another source.
fn other(path: &Path, personas: &Personas, now: i64) -> Result<Matrix, CommandError> {
    let words = |error: crate::project::ProjectError| CommandError::new(error.to_string());
    let found = find(Some(path), Path::new(".")).map_err(words)?;
    let project = load(&found.path, &found.options(LoadOptions::default())).map_err(words)?;
    Matrix::run(&project, personas, now, &|| {}).map_err(CommandError::new)
}

/// Reads the project again with the account of the personas, where that is what it leaves open: nobody signs for an API of
/// another account.
fn account(opened: &mut Opened, personas: &Personas) -> Result<(), CommandError> {
    const NAME: &str = "AWS::AccountId";
    let is_open = opened.project.open.iter().any(|value| value.kind == OpenKind::Pseudo && value.name.ends_with(NAME));
    let Some(account) = personas.account().filter(|_| is_open) else { return Ok(()) };
    say::say(format!(
        "note: {NAME} is taken to be {account}, the account of the personas' roles (--parameters gives another)"
    ));
    opened.options.parameters.insert(NAME.to_owned(), account.into());
    opened.project = load(&opened.path, &opened.options).map_err(|error| CommandError::new(error.to_string()))?;
    Ok(())
}
