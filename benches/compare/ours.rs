//! Our side of benches/compare/run.py: rates of the same work that the other engines do, as one JSON object.
//!
//! `cargo bench --bench compare -- TEMPLATE CONTEXTS`: the first context is timed; all are decided.

mod floor;

use serde_json::json;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vtl_eval::appsync::{AuthType, Context, Env, Given};
use vtl_eval::eval::{End, Outcome, evaluate};
use vtl_eval::explain::{Question, Subject, explain};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::value::{Map, Value, from_json_str};

fn members(json: &str) -> Map {
    from_json_str(json).ok().as_ref().and_then(Value::as_map).cloned().expect("a context is a JSON object")
}

fn run(program: &Program, members: &Map) -> Outcome {
    let context = Context::from_members(members).expect("a context");
    let mut env = Env::default();
    context.prepare(&mut env, Some(AuthType::UserPool));
    evaluate(program, context, &env, &mut ())
}

/// The output, or null if the template refused.
fn decision(outcome: &Outcome) -> Option<&str> {
    match outcome.end {
        End::Completed | End::Returned { .. } => Some(&outcome.output),
        End::Thrown { .. } | End::Failed(_) => None,
    }
}

/// Runs a second, the best of five rounds after a warm-up.
fn rate<T>(mut work: impl FnMut() -> T) -> u64 {
    let mut round = |length: Duration| {
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < length {
            for _ in 0..16 {
                black_box(work());
            }
            count += 16;
        }
        f64::from(count) / start.elapsed().as_secs_f64()
    };
    round(Duration::from_millis(500));
    (0..5).map(|_| round(Duration::from_millis(300))).fold(0.0, f64::max) as u64
}

fn main() {
    let args: Vec<_> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [template, contexts] = args.as_slice() else {
        println!("usage: python3 benches/compare/run.py");
        return;
    };
    let template = std::fs::read_to_string(template).expect("the template can be read");
    let contexts = std::fs::read_to_string(contexts).expect("the contexts can be read");
    let source = Source::new("template.vtl", template);
    let program = Arc::new(parse(&source).expect("the template parses"));

    let floor_context = |line: &str| serde_json::from_str::<floor::Context>(line).expect("a context");
    let outcomes: Vec<_> = contexts.lines().map(|line| run(&program, &members(line))).collect();
    for (line, outcome) in contexts.lines().zip(&outcomes) {
        let by_hand = floor::evaluate(floor_context(line));
        assert_eq!(by_hand.as_deref(), decision(outcome), "the floor differs for {line}");
    }

    let first = contexts.lines().next().expect("a context");
    let refused = contexts.lines().zip(&outcomes).find(|(_, outcome)| decision(outcome).is_none());
    let given = |line| Given { auth_type: Some(AuthType::UserPool), ..Given::new(members(line)) };
    let (pristine, typed, first_given) = (members(first), floor_context(first), given(first));
    let question = Question::default();
    let explained =
        |given: &Given| explain(Subject::Template(&program), given, &question).map(|explained| explained.why);
    let rates = json!({
        "decisions": outcomes.iter().map(decision).collect::<Vec<_>>(),
        "evaluate": rate(|| run(&program, &pristine.deep_copy())),
        "json": rate(|| run(&program, &members(first))),
        "parse": rate(|| parse(&source)),
        "explain": rate(|| explained(&first_given)),
        "explainRefused": refused.map(|(line, _)| given(line)).map(|given| rate(|| explained(&given))),
        "evaluateRefused": refused.map(|(line, _)| members(line)).map(|members| rate(|| run(&program, &members.deep_copy()))),
        "floor": rate(|| floor::evaluate(typed.clone())),
        "floorJson": rate(|| floor::evaluate(floor_context(first))),
    });
    println!("{rates}");
}
