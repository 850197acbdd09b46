//! Parse, evaluate, and evaluate with a recording observer, on the sample in benches/data; and how the cost grows with the
//! template, its nesting and the data: a rate that stays the same is linear growth.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use vtl_eval::appsync::{AuthType, Context, Env};
use vtl_eval::eval::{Event, Limits, Observer, evaluate, evaluate_within};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::value::{List, Map, Value, from_json_str};

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

/// The sample so often that it has this many bytes.
fn text(bytes: usize) -> String {
    TEMPLATE.repeat(bytes.div_ceil(TEMPLATE.len()))
}

#[divan::bench(args = [1_000, 10_000, 100_000, 1_000_000])]
fn parse_by_bytes(bencher: Bencher, bytes: usize) {
    let source = Source::new("long.vtl", text(bytes));
    bencher
        .counter(BytesCount::of_str(source.text.as_ref()))
        .bench_local(|| parse(black_box(&source)).expect("the sample parses"));
}

#[divan::bench(args = [1_000, 10_000, 100_000, 1_000_000])]
fn evaluate_by_bytes(bencher: Bencher, bytes: usize) {
    let program = parse(&Source::new("long.vtl", text(bytes))).expect("the sample parses");
    bencher
        .counter(BytesCount::of_str(program.source.text.as_ref()))
        .with_inputs(context)
        .bench_local_values(|(context, env)| evaluate(&program, context, &env, &mut ()).output);
}

#[divan::bench(args = [2, 20, 100, 190])]
fn parse_and_evaluate_by_nesting(bencher: Bencher, depth: usize) {
    let text = "#if($util.isNull($ctx.args.none))".repeat(depth) + "x" + &"#end".repeat(depth);
    let source = Source::new("deep.vtl", text);
    bencher.counter(ItemsCount::new(depth)).with_inputs(context).bench_local_values(|(context, env)| {
        let program = parse(&source).expect("the nest parses");
        evaluate(&program, context, &env, &mut ()).output
    });
}

/// A loop over so many items that compares each and keeps every second one, with the limit on iterations raised.
#[divan::bench(args = [10, 100, 1_000, 10_000, 100_000])]
fn loop_by_items(bencher: Bencher, items: usize) {
    let template = "#set($kept = [])#foreach($item in $ctx.args.items)#if($item.on)$util.qr($kept.add($item.id))#end#end$kept.size()";
    let program = parse(&Source::new("loop.vtl", template)).expect("the loop parses");
    let limits = Limits { iterations: items, ..Limits::default() };
    let input = || {
        let item = |at: usize| {
            let item = Map::new();
            item.put_str("id", Value::string(format!("item-{at}")));
            item.put_str("on", at.is_multiple_of(2));
            Value::from(item)
        };
        let args = Map::new();
        args.put_str("items", (0..items).map(item).collect::<List>());
        let members = Map::new();
        members.put_str("arguments", args);
        Context::from_members(&members).expect("a context")
    };
    bencher
        .counter(ItemsCount::new(items))
        .with_inputs(input)
        .bench_local_values(|context| evaluate_within(&program, context, &Env::default(), &limits, &mut ()).output);
}
