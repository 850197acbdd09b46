//! `vtl-eval TEMPLATE`: the main job.

use super::args::{Cli, Format, MainArgs};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::explain::{Question, Subject, compare, explain};
use crate::nearest::nearest;
use crate::report::{JsonReport, aws, render_html, render_text};
use crate::source::Source;
use crate::syntax::parse;
use clap::CommandFactory as _;
use std::path::Path;
use std::sync::Arc;

/// Runs one template and reports.
pub fn run(args: &MainArgs) -> Result<Exit, CommandError> {
    let Some(path) = &args.template else { return Err(CommandError::new("no template given")) };
    let args = &args.context;
    if path.is_dir() {
        let name = path.display();
        return Err(CommandError::new(format!(
            "{name} is a folder: name a template in it, or run a field's pipeline with `vtl-eval resolver TYPE.FIELD --from {name}`"
        )));
    }
    let text =
        if path.exists() || path == Path::new("-") { input::read_text(path)? } else { return Err(no_file(path)) };
    let source = Source::new(path.display().to_string(), text);
    let program = Arc::new(parse(&source).map_err(CommandError::Diagnostic)?);
    let input = input::build(args)?;
    let coverage = match args.format {
        Format::Json | Format::Html => true,
        Format::Text => args.verbose,
        Format::Aws => false,
    };
    let question = Question { coverage, ..args.question() };
    let mut explanation = explain(Subject::Template(&program), &input.given, &question)?;
    explanation.notes.splice(0..0, input.notes);
    if let Some(option) = &args.compare {
        let other = input::other(option, &input.given)?;
        explanation.compare(compare(Subject::Template(&program), &input.given, &other, &question)?);
    }
    let text = match args.format {
        Format::Text => render_text(&explanation, output::layout(args.verbose)),
        Format::Json => output::json(&JsonReport::new(&explanation))?,
        Format::Html => render_html(&explanation),
        Format::Aws => output::json(&aws(&explanation.outcome))?,
    };
    output::colour(args.color);
    output::write(&text, args.output.as_deref())?;
    Ok(if args.strict && explanation.is_doubted() { Exit::Error } else { explanation.verdict.into() })
}

/// What stands first is a template's file or a subcommand: a mistyped subcommand looks like a file that is not there.
fn no_file(path: &Path) -> CommandError {
    let name = path.to_string_lossy();
    let command = Cli::command();
    let near = nearest(&name, command.get_subcommands().map(clap::Command::get_name));
    let advice = near.map_or(String::new(), |near| format!("; did you mean the command `{near}`?"));
    CommandError::new(format!("cannot read {name}: no such file{advice}"))
}
