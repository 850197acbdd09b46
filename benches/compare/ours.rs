//! Our side of benches/compare/run.py: rates of the same work that the other engines do, as one JSON object.
//!
//! `cargo bench --bench compare -- TEMPLATE CONTEXTS`: the first context is timed; all are decided. With `WORK TIMES` behind
//! them that work alone runs so many times, for benches/compare/instructions.py to count.

mod floor;

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

fn floor_context(line: &str) -> floor::Context {
    serde_json::from_str(line).expect("a context")
}

/// The output, or null if the template refused.
fn decision(outcome: &Outcome) -> Option<&str> {
    match outcome.end {
        End::Completed | End::Returned { .. } => Some(&outcome.output),
        End::Thrown { .. } | End::Failed(_) => None,
    }
}

/// Runs a second, the best of five rounds after a warm-up.
fn rate(mut work: impl FnMut()) -> u64 {
    let mut round = |length: Duration| {
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < length {
            for _ in 0..16 {
                work();
            }
            count += 16;
        }
        f64::from(count) / start.elapsed().as_secs_f64()
    };
    round(Duration::from_millis(500));
    (0..5).map(|_| round(Duration::from_millis(300))).fold(0.0, f64::max) as u64
}

/// One kind of work and its name. What the refused context is for is left out where none is refused.
type Work<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn main() {
    let args: Vec<_> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [template, contexts, counted @ ..] = args.as_slice() else {
        println!("usage: python3 benches/compare/run.py");
        return;
    };
    let template = std::fs::read_to_string(template).expect("the template can be read");
    let contexts = std::fs::read_to_string(contexts).expect("the contexts can be read");
    let source = Source::new("template.vtl", template);
    let program = Arc::new(parse(&source).expect("the template parses"));

    let outcomes: Vec<_> = contexts.lines().map(|line| run(&program, &members(line))).collect();
    let first = contexts.lines().next().expect("a context");
    let refused = contexts.lines().zip(&outcomes).find(|(_, outcome)| decision(outcome).is_none());
    let given = |line| Given { auth_type: Some(AuthType::UserPool), ..Given::new(members(line)) };
    let (pristine, first_given) = (members(first), given(first));
    let question = Question::default();
    let explained =
        |given: &Given| drop(black_box(explain(Subject::Template(&program), given, &question).map(|done| done.why)));
    let mut works: Vec<Work> = vec![
        ("evaluate", Box::new(|| drop(black_box(run(&program, &pristine.deep_copy()))))),
        ("json", Box::new(|| drop(black_box(run(&program, &members(first)))))),
        ("read", Box::new(|| drop(black_box(members(first))))),
        ("parse", Box::new(|| drop(black_box(parse(&source))))),
        ("explain", Box::new(|| explained(&first_given))),
    ];
    if let Ok(typed) = serde_json::from_str::<floor::Context>(first) {
        works.push(("floor", Box::new(move || drop(black_box(floor::evaluate(typed.clone()))))));
        works.push(("floorJson", Box::new(|| drop(black_box(floor::evaluate(floor_context(first)))))));
    }
    if let Some((line, _)) = refused {
        let (given, members) = (given(line), members(line));
        works.push(("explainRefused", Box::new(move || explained(&given))));
        let program = program.clone();
        works.push(("evaluateRefused", Box::new(move || drop(black_box(run(&program, &members.deep_copy()))))));
    }
    if let [name, times] = counted {
        let (_, work) = works.iter_mut().find(|(known, _)| known == name).expect("one of the works");
        (0..times.parse().expect("a number")).for_each(|_| work());
        return;
    }
    for (line, outcome) in contexts.lines().zip(&outcomes) {
        let by_hand = floor::evaluate(floor_context(line));
        assert_eq!(by_hand.as_deref(), decision(outcome), "the floor differs for {line}");
    }
    let rates = works.iter_mut().map(|(name, work)| ((*name).to_owned(), rate(work).into()));
    let mut rates: serde_json::Map<_, _> = rates.collect();
    rates.insert("decisions".into(), outcomes.iter().map(decision).collect());
    println!("{}", serde_json::Value::from(rates));
}
