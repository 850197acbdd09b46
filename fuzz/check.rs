//! What must hold for any input. The fuzz targets call this, and tests/safety/fuzzing.rs with the seeds.

use vtl_eval::appsync::Given;
use vtl_eval::eval::{End, Limits, Observer, Outcome, evaluate_within};
use vtl_eval::explain::{Question, Subject, explain};
use vtl_eval::report;
use vtl_eval::source::{Source, Span};
use vtl_eval::syntax::{Program, parse as read};
use vtl_eval::trace::recorder::Recorder;
use vtl_eval::value::{Value, from_json_str};

/// Small, so that thousands of inputs run in a second.
const LIMITS: Limits =
    Limits { iterations: 50, steps: 2_000, memory: 16 << 20, output: 20_000, string: 20_000, range: 1_000 };

/// Any text is a program, or an error that points into the text and can be drawn.
pub fn parse(text: &str) {
    let inside = |span: Span| text.get(span.start as usize..span.end as usize).is_some();
    match read(&Source::new("fuzz", text)) {
        Ok(program) => assert!(program.spans.iter().all(|span| inside(*span))),
        Err(error) => {
            assert!(error.labels.iter().all(|label| inside(label.span)), "{error}");
            report::render_diagnostic(&error, false);
        }
    }
}

/// Any template that parses, in any context, comes to an end: the same one whether it is watched or not, and it can be
/// explained. An input is `TEMPLATE NUL JSON`; without JSON the context is empty.
pub fn evaluate(input: &str) {
    let (template, json) = input.split_once('\0').unwrap_or((input, "{}"));
    let Ok(program) = read(&Source::new("fuzz", template)) else { return };
    let members = match from_json_str(json) {
        Ok(Value::Map(members)) => members,
        _ => return,
    };
    let given = Given::new(members);
    let Ok((context, _)) = given.context() else { return };
    let alone = run(&program, &given, &mut ());
    let watched = run(&program, &given, &mut Recorder::new(&program, &context.root));
    assert_eq!(told(&program, &alone), told(&program, &watched));
    // An explanation runs the template again, without the small limits.
    if !matches!(&alone.end, End::Failed(failure) if failure.class == "Limit") {
        explain(
            Subject::Template(&program.into()),
            &given,
            &Question { why_allowed: true, coverage: true, ..Question::default() },
        )
        .ok();
    }
}

fn run(program: &Program, given: &Given, observer: &mut impl Observer) -> Outcome {
    let (context, env) = given.context().expect("it was built once before");
    evaluate_within(program, context, &env, &LIMITS, observer)
}

/// What a user would see of an outcome.
fn told(program: &Program, outcome: &Outcome) -> impl PartialEq + std::fmt::Debug {
    let end = match &outcome.end {
        End::Completed => "completed".to_owned(),
        End::Returned { value, .. } => format!("returned {:?}", value.to_json()),
        End::Thrown { error, .. } => format!("thrown {:?}", Value::from(error.entry(None)).to_json()),
        End::Failed(failure) => format!("failed {failure:?}"),
    };
    let variables: Vec<_> =
        outcome.variables(program).map(|(name, value)| (name.to_owned(), value.to_json())).collect();
    let context = Value::Map(outcome.context.clone()).to_json();
    (outcome.output.clone(), end, variables, context, outcome.notes.clone(), outcome.env.logs.clone())
}
