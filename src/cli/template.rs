//! `vtl-eval TEMPLATE`: the main job.

use super::args::{Format, MainArgs};
use super::exit::{CommandError, Exit};
use super::input;
use crate::report::{JsonReport, Layout, Report, render_text};
use crate::source::Source;
use crate::syntax::parse;
use crate::trace::{Explained, Question, explain};
use std::io::Write as _;
use std::path::Path;

/// Runs one template and reports.
pub fn run(args: &MainArgs) -> Result<Exit, CommandError> {
    let Some(path) = &args.template else { return Err(CommandError::new("no template given")) };
    let source = Source::new(path.display().to_string(), input::read_text(path)?);
    let program = parse(&source).map_err(CommandError::Diagnostic)?;
    let input = input::build(args)?;
    let question = Question {
        watch: args.watch.trim_start_matches('$').to_owned(),
        records: Vec::new(),
        why_allowed: args.why_allowed,
    };
    let explained = explain(&program, &input.given, &question).map_err(CommandError::new)?;
    let Explained { outcome, verdict, decision, why } = explained;
    let report = Report {
        program: &program,
        outcome: &outcome,
        verdict,
        decision,
        watched: &question.watch,
        auth_type: input.given.auth_type,
        auth_type_derived: input.given.auth_type_derived,
        why: Some(&why),
        input_notes: input.notes,
    };
    colour(args.color);
    let text = match args.format {
        Format::Text => render_text(&report, layout(args.verbose)),
        Format::Json => {
            let report = JsonReport::new(&report);
            serde_json::to_string_pretty(&report).map_err(|error| CommandError::new(error.to_string()))? + "\n"
        }
    };
    write(&text, args.output.as_deref())?;
    let doubted = args.strict && outcome.notes.iter().any(|note| is_doubt(note.code));
    Ok(if doubted { Exit::Error } else { verdict.into() })
}

/// Whether a note says that the result rests on something unverified.
fn is_doubt(code: &str) -> bool {
    let register = code.strip_prefix('U').is_some_and(|number| number.parse::<u32>().is_ok());
    register || matches!(code, "unknown-function" | "missing-method" | "no-overload" | "inferred")
}

/// Follows `--color`; `auto` asks the terminal and the usual variables.
fn colour(choice: clap::ColorChoice) {
    match choice {
        clap::ColorChoice::Auto => {}
        clap::ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// The terminal's width, within reason.
fn layout(verbose: bool) -> Layout {
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    Layout { width: width.clamp(40, 120), verbose }
}

fn write(text: &str, file: Option<&Path>) -> Result<(), CommandError> {
    match file {
        Some(path) => {
            let plain = anstream::adapter::strip_str(text).to_string();
            std::fs::write(path, plain)
                .map_err(|error| CommandError::new(format!("cannot write {}: {error}", path.display())))
        }
        None => {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes())?;
            Ok(out.flush()?)
        }
    }
}
