//! `vtl-eval resolver Type.field --from PATH`: a whole pipeline for one field.

use super::args::{Format, ResolverArgs};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::appsync::Given;
use crate::report::{JsonReport, PipelineReport, Report, render_diagnostic, render_pipeline, render_text};
use crate::resolver::{Answers, Resolver, Run, RunError, load, run as run_resolver};
use crate::trace::coverage::Coverage;
use crate::trace::grounds;
use crate::trace::suggest::{self, Again, Fixes};
use crate::trace::why::Why;
use crate::trace::{Question, Verdict, recorded};
use crate::value::{List, Map, Value};
use std::io::IsTerminal as _;

/// Runs the resolver of a field and reports.
pub fn run(args: &ResolverArgs) -> Result<Exit, CommandError> {
    let resolvers =
        load(&args.from.path, &args.from.options()?).map_err(|error| CommandError::new(error.to_string()))?;
    let resolver = resolvers.get(&args.field).map_err(CommandError::new)?;
    // What the project's own files replace, hide or miss concerns more than this field.
    for finding in resolvers.findings.iter().filter(|_| args.from.overrides.is_some()) {
        if finding.code.starts_with("override") || finding.code == "unused-template" {
            let word = if finding.code == "override" { "note" } else { "warning" };
            anstream::eprintln!("{word}: {}", finding.message);
        }
    }
    let input = input::build(&args.context)?;
    let answers = Answers {
        result: input.given.members.get_str("result"),
        by_function: input::results(args.results.as_deref())?,
    };
    let names = answers.by_function.keys();
    let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    resolvers.answer(&names).map_err(|message| CommandError::new(format!("--{message}")))?;
    let given = with_field(input.given, &resolver.field);
    let question = args.context.question();
    let explained = explain(resolver, &given, &answers, &question)?;
    let notes = explained.run.notes.clone();
    let (program, outcome, decision) = match explained.run.deciding.or(explained.run.steps.len().checked_sub(1)) {
        Some(at) => {
            let step = &explained.run.steps[at];
            (step.program, &step.outcome, step.decision)
        }
        None => {
            let why: Vec<&str> = notes.iter().map(|note| note.message.as_str()).collect();
            let why = if why.is_empty() { "its data source answers directly".to_owned() } else { why.join("; ") };
            return Err(CommandError::new(format!("{} has no template to run: {why}", resolver.field)));
        }
    };
    let coverage = explained.run.deciding.and_then(|at| explained.run.steps.get(at)).and_then(|step| {
        let mut coverage = Coverage::of(step.program, &question.watch);
        coverage.add(step.program, step.recorder.as_ref()?);
        Some(coverage)
    });
    let report = Report {
        program,
        outcome,
        verdict: explained.run.verdict,
        decision,
        watched: &question.watch,
        auth_type: given.auth_type,
        auth_type_derived: given.auth_type_derived,
        why: Some(&explained.why),
        coverage: coverage.as_ref(),
        input_notes: input.notes.into_iter().chain(notes).collect(),
    };
    let pipeline = PipelineReport::new(&resolver.field, &explained.run, &resolvers.findings);
    let layout = output::layout(args.context.verbose);
    let text = match args.context.format {
        Format::Text => render_text(&report, layout) + &render_pipeline(&pipeline, layout),
        Format::Json => output::json(&pipeline.with(JsonReport::new(&report)))?,
        Format::Html => crate::report::render_html(&report, Some(&pipeline)),
        Format::Aws => output::json(&crate::report::aws(outcome))?,
    };
    output::colour(args.context.color);
    output::write(&text, args.context.output.as_deref())?;
    // What was not evaluated, or what AppSync would have refused, leaves the verdict in doubt as much as an open point.
    let doubted = args.context.strict
        && (!explained.run.notes.is_empty()
            || explained.run.steps.iter().any(|step| output::doubted(&step.outcome.notes)));
    Ok(if doubted { Exit::Error } else { explained.run.verdict.into() })
}

/// A resolver that ran, explained.
struct Explained<'r> {
    run: Run<'r>,
    why: Why,
}

fn explain<'r>(
    resolver: &'r Resolver,
    given: &Given,
    answers: &Answers,
    question: &Question,
) -> Result<Explained<'r>, CommandError> {
    let failed = |error: RunError<'_>| match error {
        RunError::Parse(diagnostic) => {
            CommandError::new(render_diagnostic(diagnostic, std::io::stderr().is_terminal()))
        }
        RunError::Missing(message) => CommandError::new(message),
        RunError::Input(message) => CommandError::new(message),
    };
    let done = run_resolver(resolver, given, answers, &question.watch, true).map_err(failed)?;
    let mut fixes = Fixes::new();
    let mut why = Why::default();
    if let Some(step) = done.deciding.and_then(|at| done.steps.get(at))
        && let Some(recorder) = &step.recorder
    {
        (why, fixes) = recorded(step.program, &step.outcome, recorder, step.verdict, step.decision, question);
    }
    let quiet = done.quiet_hints(question, &why.hints);
    why.hints.extend(quiet);
    let again = Pipeline { resolver, answers, question };
    if done.verdict == Verdict::Denied {
        why.suggestions = suggest::find(given, &fixes, done.verdict, &again);
    } else if question.why_allowed && matches!(done.verdict, Verdict::Allowed | Verdict::Filtered) {
        // Each template that let the request through may have asked for something.
        let facts = done.steps.iter().filter_map(|step| {
            let recorder = step.recorder.as_ref()?;
            Some(recorded(step.program, &step.outcome, recorder, step.verdict, step.decision, question).0.grounds)
        });
        why.grounds = facts.flatten().collect();
        why.rests_on = grounds::prove(given, &why.grounds, done.verdict, &again);
    }
    Ok(Explained { run: done, why })
}

/// A whole resolver, to be run again.
struct Pipeline<'r> {
    resolver: &'r Resolver,
    answers: &'r Answers,
    question: &'r Question,
}

impl Pipeline<'_> {
    fn run(&self, changed: &Given, record: bool) -> Option<Run<'_>> {
        // A changed result is what the data sources answer.
        let result = changed.members.get_str("result").or_else(|| self.answers.result.clone());
        let answers = Answers { result, ..self.answers.clone() };
        run_resolver(self.resolver, changed, &answers, &self.question.watch, record).ok()
    }
}

impl Again for Pipeline<'_> {
    fn verdict(&self, changed: &Given) -> Option<Verdict> {
        self.run(changed, false).map(|run| run.verdict)
    }

    fn further(&self, changed: &Given) -> Fixes {
        let further = |run: &Run<'_>| {
            let step = run.steps.get(run.deciding?)?;
            let recorder = step.recorder.as_ref()?;
            Some(recorded(step.program, &step.outcome, recorder, step.verdict, step.decision, self.question).1)
        };
        self.run(changed, true).as_ref().and_then(further).unwrap_or_default()
    }
}

/// `$ctx.info` names the field, unless it was given.
fn with_field(given: Given, field: &str) -> Given {
    let (parent, name) = field.split_once('.').unwrap_or(("Query", field));
    let info = given.members.get_str("info").and_then(|info| info.as_map().cloned()).unwrap_or_default();
    for (key, value) in [("fieldName", name), ("parentTypeName", parent)] {
        if info.get_str(key).is_none_or(|value| value.is_null()) {
            info.put_str(key, value);
        }
    }
    if !info.contains_str("variables") {
        info.put_str("variables", Map::new());
        info.put_str("selectionSetList", Value::from(List::new(Vec::new())));
    }
    given.members.put_str("info", info);
    given
}
