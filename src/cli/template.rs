//! `vtl-eval TEMPLATE`: the main job.

use super::args::{Format, MainArgs};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::report::{JsonReport, Report, aws, render_html, render_text};
use crate::source::Source;
use crate::syntax::parse;
use crate::trace::{Explained, explain};

/// Runs one template and reports.
pub fn run(args: &MainArgs) -> Result<Exit, CommandError> {
    let Some(path) = &args.template else { return Err(CommandError::new("no template given")) };
    let args = &args.context;
    let source = Source::new(path.display().to_string(), input::read_text(path)?);
    let program = parse(&source).map_err(CommandError::Diagnostic)?;
    let input = input::build(args)?;
    let question = args.question();
    let explained = explain(&program, &input.given, &question).map_err(CommandError::new)?;
    let Explained { outcome, verdict, decision, why, .. } = explained;
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
    let text = match args.format {
        Format::Text => render_text(&report, output::layout(args.verbose)),
        Format::Json => output::json(&JsonReport::new(&report))?,
        Format::Html => render_html(&report),
        Format::Aws => output::json(&aws(&outcome))?,
    };
    output::colour(args.color);
    output::write(&text, args.output.as_deref())?;
    Ok(if args.strict && output::doubted(&outcome.notes) { Exit::Error } else { verdict.into() })
}
