//! Parse, evaluate, and evaluate with a recording observer, on the sample in benches/data.

use divan::{Bencher, black_box};
use vtl_eval::appsync::{AuthType, Context, Env};
use vtl_eval::eval::{Event, Observer, evaluate};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::value::from_json_str;

const TEMPLATE: &str = include_str!("data/auth.vtl");
const CONTEXT: &str = include_str!("data/auth.context.json");

fn main() {
    divan::main();
}

fn program() -> Program {
    parse(&Source::new("auth.vtl", TEMPLATE)).expect("the sample parses")
}

fn context() -> (Context, Env) {
    let members = from_json_str(CONTEXT).expect("the sample's context is JSON");
    let context = Context::from_members(members.as_map().expect("an object")).expect("a context");
    let mut env = Env::default();
    context.prepare(&mut env, Some(AuthType::UserPool));
    (context, env)
}

/// Keeps every event, as a trace would.
struct Recorder(Vec<String>);

impl Observer for Recorder {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Assign { node, slot, .. } = event {
            self.0.push(format!("{node:?} {slot:?}"));
        }
    }
}

#[divan::bench]
fn parse_template() -> Program {
    parse(&Source::new("auth.vtl", black_box(TEMPLATE))).expect("the sample parses")
}

#[divan::bench]
fn evaluate_bare(bencher: Bencher) {
    let program = program();
    bencher.with_inputs(context).bench_local_values(|(context, env)| evaluate(&program, context, &env, &mut ()).output);
}

#[divan::bench]
fn evaluate_recording(bencher: Bencher) {
    let program = program();
    bencher.with_inputs(context).bench_local_values(|(context, env)| {
        let mut recorder = Recorder(Vec::new());
        (evaluate(&program, context, &env, &mut recorder).output, recorder.0)
    });
}
