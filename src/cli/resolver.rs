//! `vtl-eval resolver Type.field --from PATH`: a whole pipeline for one field.

use super::args::{Format, ResolverArgs};
use super::exit::{CommandError, Exit};
use super::say;
use super::{context, input, output, secrets};
use crate::code::Code;
use crate::explain::{Question, Subject, compare, explain};
use crate::project::ResolverFunction;
use crate::report::{PipelineJson, aws, render_pipeline, render_pipeline_html, render_text};
use crate::resolver::Answers;
use crate::rules::Ties;
use crate::trace::Verdict;
use crate::value::Value;
use std::sync::Arc;

/// Runs the resolver of a field and reports.
pub fn run(args: &ResolverArgs) -> Result<Exit, CommandError> {
    let (_, resolvers) = args.from.load()?;
    let named =
        if args.from.path.is_none() { "; the project was found from here upward: --from names another" } else { "" };
    let resolver = resolvers.get(&args.field).map_err(|error| CommandError::new(format!("{error}{named}")))?;
    // What the project's own files replace, hide or miss concerns more than this field.
    for finding in resolvers.findings.iter().filter(|_| args.from.overrides.is_some()) {
        if matches!(finding.code, Code::Override | Code::OverrideShadowsNewer) || finding.code == Code::UnusedTemplate {
            let word = if finding.code == Code::Override { "note" } else { "warning" };
            say::say(format!("{word}: {}", finding.message));
        }
    }
    let input = context::build(&args.context)?;
    let answers = Answers {
        result: input.given.members.get_str("result"),
        by_function: input::results(args.results.as_deref())?,
        ..Answers::default()
    };
    let names = answers.by_function.keys();
    let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    resolvers.answer(&names).map_err(|error| CommandError::new(format!("--{error}")))?;
    let asks = |function: &&ResolverFunction| !function.data_source.is_none();
    if answers.result.is_some() && !resolver.functions.iter().any(|function| asks(&function)) {
        say::say(format!(
            "note: --result is not used: {} asks no data source (NONE answers with the request's own payload)",
            resolver.field
        ));
    }
    let question = args.context.question(&input);
    let given = input.given.for_field(&resolver.field);
    let question =
        Question { coverage: true, open_values: !resolvers.open.is_empty(), rules: rules(&resolvers), ..question };
    let mut explanation = explain(Subject::Resolver(resolver, &answers), &given, &question)?;
    explanation.notes.splice(0..0, input.notes);
    if let Some(option) = &args.context.compare {
        let other = context::other(option, &given)?;
        explanation.compare(compare(Subject::Resolver(resolver, &answers), &given, &other, &question)?);
    }
    let layout = output::layout(args.context.verbose);
    let sources = resolvers.about(&resolver.field);
    let text = secrets::drawn(&mut explanation, args.context.format.form(), |explanation| {
        Ok::<_, CommandError>(match args.context.format {
            Format::Text => {
                output::drawn(render_text(explanation, layout) + &render_pipeline(explanation, &sources, layout))
            }
            Format::Json => output::json(&PipelineJson::new(explanation, &sources))?,
            Format::Html => render_pipeline_html(explanation, &sources),
            Format::Aws => output::json(&aws(&explanation.outcome))?,
        })
    })?;
    output::colour(args.context.color);
    output::write(&resolvers.open.shown(&text), args.context.format.form(), args.context.output.as_deref())?;
    if args.context.why_allowed && !matches!(explanation.verdict, Verdict::Allowed | Verdict::Filtered) {
        say::say("note: --why-allowed has nothing to say: the verdict is not an allow".to_string());
    }
    Ok(if args.context.strict && explanation.is_doubted() { Exit::Error } else { explanation.verdict.into() })
}

/// The rules of the project, where its model schema can be read; where it cannot, that is said.
pub(super) fn rules(project: &crate::project::Project) -> Option<Arc<Ties>> {
    match Ties::of_project(project)? {
        Ok(ties) => Some(Arc::new(ties)),
        Err(error) => {
            say::say(format!("note: {error}"));
            None
        }
    }
}
