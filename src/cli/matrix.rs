//! `vtl-eval matrix`: every field by every persona.

use super::args::{MatrixArgs, MatrixFormat};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::report::{csv, matrix_html, matrix_text};
use crate::suite::{Change, Matrix, Personas, compare};
use std::io::IsTerminal as _;

/// Runs the matrix; with `--diff`, says what opened and closed.
pub fn run(args: &MatrixArgs) -> Result<Exit, CommandError> {
    let (_, resolvers) = args.from.load()?;
    let mut personas = Personas::read(&args.personas).map_err(CommandError::new)?;
    personas.seed = args.seed.unwrap_or(0);
    for finding in &resolvers.findings {
        anstream::eprintln!("note: {}", finding.message);
    }
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
    for note in personas.token_notes(input::now(args.now.as_deref())?) {
        anstream::eprintln!("note: persona {note}");
    }
    let matrix = Matrix::run(&resolvers, &personas, input::now(args.now.as_deref())?, &|| bar.inc(1));
    bar.finish_and_clear();
    let matrix = matrix.map_err(CommandError::new)?;
    let differences = match &args.diff {
        None => None,
        Some(path) => {
            let old: Matrix = crate::json::typed(&input::read_text(path)?)
                .map_err(|error| CommandError::new(format!("{}: no matrix: {error}", path.display())))?;
            Some(compare(&old, &matrix))
        }
    };
    let text = match args.format {
        MatrixFormat::Text => matrix_text(&matrix, differences.as_deref(), output::layout(args.verbose)),
        MatrixFormat::Csv => csv::matrix(&matrix),
        MatrixFormat::Html => matrix_html(&matrix, differences.as_deref()),
        MatrixFormat::Json => {
            let mut json = serde_json::to_value(&matrix).unwrap_or_default();
            if let Some(differences) = &differences {
                json["diff"] = serde_json::to_value(differences).unwrap_or_default();
            }
            format!("{json:#}\n")
        }
    };
    output::colour(args.color);
    output::write(&resolvers.open.shown(&text), args.output.as_deref())?;
    let opened = differences.is_some_and(|list| list.iter().any(|difference| difference.change == Change::Opened));
    let doubted: Vec<_> = matrix.cells.iter().filter(|cell| args.strict && cell.doubted).collect();
    for cell in &doubted {
        anstream::eprintln!(
            "note: {} for {} passed an unverified point, or stands on output that AppSync would refuse",
            cell.field,
            cell.persona
        );
    }
    Ok(match opened {
        true => Exit::Denied,
        false if doubted.is_empty() => Exit::Good,
        false => Exit::Error,
    })
}
