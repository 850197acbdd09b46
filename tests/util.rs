//! `$util` by examples: each file of tests/inputs/util holds calls, what they give, and the source of that.

use serde_json::Value as Json;
use std::path::Path;
use vtl_eval::appsync::{Context, Env};
use vtl_eval::eval::{End, evaluate};
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;

/// 2018-02-06T19:01:35.750Z, the documentation's moment.
const NOW: i64 = 1_517_943_695_750;

fn call(expression: &str) -> Json {
    let program = parse(&Source::new("call", format!("#return({expression})"))).unwrap();
    let env = Env { now_millis: NOW, ..Env::default() };
    let outcome = evaluate(&program, Context::empty(), &env, &mut ());
    match outcome.end {
        End::Returned { value, .. } => serde_json::from_str(&value.to_json().unwrap()).unwrap(),
        other => panic!("{expression}: {other:?}"),
    }
}

#[test]
fn calls_give_what_the_sources_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs/util");
    let mut checked = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let cases: Vec<Json> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in cases {
            let expression = case["call"].as_str().unwrap();
            assert_eq!(call(expression), case["gives"], "{expression} ({}, {})", case["source"], path.display());
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} calls");
}
