//! `vtl-eval TEMPLATE`: the main job.

use super::args::{Format, MainArgs};
use super::exit::{CommandError, Exit};
use super::{context, input, output, say, secrets, typed};
use crate::appsync::Given;
use crate::code::Code;
use crate::eval::Note;
use crate::explain::{Question, Subject, compare, explain};
use crate::files::missing;
use crate::paste::PastedKind;
use crate::paste::template::{self, TemplateHalf};
use crate::project::SchemaText;
use crate::report::{JsonReport, aws, render_html, render_text};
use crate::rules::{Model, TemplateOf, Ties};
use crate::source::Source;
use crate::syntax::{Program, parse};
use crate::trace::Verdict;
use std::path::Path;
use std::sync::Arc;

/// Runs one template and reports.
pub fn run(args: &MainArgs) -> Result<Exit, CommandError> {
    let Some(path) = &args.template else {
        return Err(CommandError::Usage);
    };
    let half = args.half.map(TemplateHalf::from);
    let model = args.model.as_deref();
    let args = &args.context;
    if path.is_dir() {
        let name = path.display();
        return Err(CommandError::new(format!(
            "{name} is a folder: name a template in it, or run a field's pipeline with `vtl-eval resolver TYPE.FIELD --from {name}`"
        )));
    }
    let text =
        if path.exists() || path == Path::new("-") { input::read_text(path)? } else { return Err(no_file(path)) };
    let name = path.display().to_string();
    let shown = if name == "-" { "FILE" } else { name.as_str() };
    let taken = template::take(&text, shown, half)
        .map_err(|error| CommandError::new(format!("{}: {error}", input::shown_name(&name))))?;
    secrets::learn_template(&taken.text);
    let source = Source::new(name, taken.text);
    let program = Arc::new(parse(&source).map_err(CommandError::Diagnostic)?);
    let mut input = context::build(args)?;
    input.given.field = taken.field.or_else(|| field_of(path));
    if let Some(message) = taken.said {
        input.notes.insert(0, Note::new(Code::InputForm, message));
    }
    let coverage = match args.format {
        Format::Json | Format::Html => true,
        Format::Text => args.verbose,
        Format::Aws => false,
    };
    let rules = model.map(|model| rules(model, &input.given, path, &program)).transpose()?;
    let question = Question { coverage, rules, ..args.question(&input) };
    let mut explanation = explain(Subject::Template(&program), &input.given, &question)?;
    explanation.notes.splice(0..0, input.notes);
    if let Some(option) = &args.compare {
        let other = context::other(option, &input.given)?;
        explanation.compare(compare(Subject::Template(&program), &input.given, &other, &question)?);
    }
    let text = secrets::drawn(&mut explanation, args.format.form(), |explanation| {
        Ok::<_, CommandError>(match args.format {
            Format::Text => output::drawn(render_text(explanation, output::layout(args.verbose))),
            Format::Json => output::json(&JsonReport::new(explanation))?,
            Format::Html => render_html(explanation),
            Format::Aws => output::json(&aws(&explanation.outcome))?,
        })
    })?;
    output::colour(args.color);
    output::write(&text, args.format.form(), args.output.as_deref())?;
    if args.why_allowed && !matches!(explanation.verdict, Verdict::Allowed | Verdict::Filtered) {
        say::say("note: --why-allowed has nothing to say: the verdict is not an allow".to_string());
    }
    Ok(if args.strict && explanation.is_doubted() { Exit::Error } else { explanation.verdict.into() })
}

/// The rules of a model schema, tied to the template: its name tells where in a pipeline it stands.
fn rules(model: &Path, given: &Given, path: &Path, program: &Arc<Program>) -> Result<Arc<Ties>, CommandError> {
    let text = crate::files::read_text(model).map_err(CommandError::new)?;
    let model = Model::of(&SchemaText::new(model.to_owned(), text)).map_err(CommandError::new)?;
    let field = given.field.as_deref().ok_or_else(|| {
        CommandError::new(format!(
            "--model: the name of {} does not tell which field it resolves: name it as Amplify does, such as Query.listPosts.auth.1.req.vtl",
            path.display()
        ))
    })?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let ties = Ties::of_template(model, field, TemplateOf::of_file(&name), program);
    if ties.purposes.is_empty() {
        say::say(format!("note: no rule of the model schema is about {field}"));
    }
    Ok(Arc::new(ties))
}

/// `Type.field` of a generated template's name, such as `Query.listTodos.auth.1.req.vtl`.
fn field_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let mut parts = name.strip_suffix(".vtl")?.split('.');
    let (parent, field) = (parts.next()?, parts.next()?);
    let named =
        |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let half = ["req", "res", "request", "response", "before", "after"].contains(&field);
    let is_type = parent.starts_with(|first: char| first.is_ascii_uppercase());
    (is_type && !half && named(parent) && named(field)).then(|| format!("{parent}.{field}"))
}

/// What stands first is a template's file or a subcommand: a mistyped subcommand looks like a file that is not there.
fn no_file(path: &Path) -> CommandError {
    let name = path.to_string_lossy();
    if input::is_token(&name) {
        return CommandError::new(PastedKind::Token.sentence("FILE"));
    }
    let advice = typed::command_near(&name)
        .map_or(String::new(), |near| format!("; did you mean the command `{near}`? (`{}`)", typed::as_command(near)));
    let advice = if advice.is_empty() { input::near_file(path) } else { advice };
    let why = if advice.is_empty() { missing(path, "file") } else { format!("no such file{advice}") };
    CommandError::new(format!("cannot read {name}: {why}"))
}
