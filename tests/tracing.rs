//! Tracing changes nothing; no suggestion is shown that does not hold; values are followed to where they came from.

use std::path::Path;
use vtl_eval::appsync::Given;
use vtl_eval::eval::evaluate;
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::trace::recorder::Recorder;
use vtl_eval::trace::{Question, Verdict, explain, judge, path};
use vtl_eval::value::from_json_str;

fn templates() -> Vec<(String, Program)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut add = |name: String, text: String| {
        if let Ok(program) = parse(&Source::new(name.as_str(), text)) {
            found.push((name, program));
        }
    };
    for sample in std::fs::read_dir(folder.join("templates")).unwrap() {
        let path = sample.unwrap().path().join("template.vtl");
        if let Ok(text) = std::fs::read_to_string(&path) {
            add(path.display().to_string(), text);
        }
    }
    let records = std::fs::read_to_string(folder.join("tests/conformance/velocity.jsonl")).unwrap();
    for (at, line) in records.lines().enumerate() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        add(format!("record {at}"), record["template"].as_str().unwrap().to_owned());
    }
    found
}

fn given(json: &str) -> Given {
    Given::new(from_json_str(json).unwrap().as_map().unwrap().clone())
}

const CONTEXT: &str = r#"{"arguments":{"id":"1","input":{"id":"1","owner":"ann","title":null}},"identity":{"sub":"s","username":"ann",
 "claims":{"sub":"s","username":"ann","cognito:groups":["admins"],"token_use":"access"}},"result":{"id":"1","owner":"s::ann","items":[]},
 "source":{"id":"1"},"stash":{"authRole":"a","unauthRole":"b","adminRoles":["x"]},"info":{"fieldName":"f","parentTypeName":"Query"}}"#;

#[test]
fn tracing_on_gives_the_same_outcome_as_tracing_off() {
    let given = given(CONTEXT);
    let mut compared = 0;
    for (name, program) in templates() {
        let run = |traced: bool| {
            let (context, env) = given.context().unwrap();
            let outcome = if traced {
                let mut recorder = Recorder::new(&program, &context.root);
                evaluate(&program, context, &env, &mut recorder)
            } else {
                evaluate(&program, context, &env, &mut ())
            };
            let vars: Vec<_> =
                outcome.variables(&program).map(|(name, value)| (name.to_owned(), value.to_json().ok())).collect();
            let (verdict, decision) = judge(&program, &outcome, "isAuthorized");
            let stash = outcome.context.get_str("stash").map(|stash| stash.to_json().ok());
            (
                outcome.output,
                vars,
                verdict,
                decision.node,
                stash,
                outcome.notes,
                format!("{:?}", outcome.env.out_errors),
            )
        };
        assert_eq!(run(false), run(true), "{name}");
        compared += 1;
    }
    assert!(compared > 1_000, "only {compared} templates");
}

#[test]
fn every_suggestion_holds() {
    let given = given(CONTEXT);
    let question = Question::default();
    let (mut denied, mut proved) = (0, 0);
    for (name, program) in templates() {
        let explained = explain(&program, &given, &question).unwrap();
        denied += usize::from(explained.verdict == Verdict::Denied);
        for suggestion in &explained.why.suggestions {
            let changed = path::apply(&given, &suggestion.changes).unwrap();
            let again = explain(&program, &changed, &question).unwrap();
            assert_eq!(again.verdict, suggestion.verdict, "{name}: {:?}", suggestion.changes);
            assert!(matches!(again.verdict, Verdict::Allowed | Verdict::Filtered), "{name}");
            assert!(suggestion.changes.len() <= 2);
            proved += 1;
        }
    }
    assert!(denied > 5 && proved > 3, "{denied} denied, {proved} suggestions");
}

/// The origins of the first candidate's operands, as paths.
fn origins(template: &str, context: &str) -> Vec<String> {
    let program = parse(&Source::new("t.vtl", template)).unwrap();
    let explained = explain(&program, &given(context), &Question::default()).unwrap();
    let blocker = explained.why.candidates[0].blocker.as_ref().expect("a candidate is blocked");
    let operands = vtl_eval::trace::candidate::looked_at(&blocker.condition);
    operands
        .iter()
        .flat_map(|operand| {
            operand.origins.iter().filter_map(|origin| origin.path().map(str::to_owned)).collect::<Vec<_>>()
        })
        .collect()
}

fn refused_unless(setup: &str, condition: &str) -> String {
    format!(
        "#set($isAuthorized = false)\n{setup}\n#if({condition})#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end"
    )
}

#[test]
fn values_are_followed_through_everything_that_templates_do() {
    let context = r#"{"identity":{"claims":{"team":"[\"red\"]","sub":"s"}},"arguments":{"input":{"owner":"bob"}},"stash":{"adminRoles":["x"]},"result":{"owners":["a","b"]}}"#;
    for (setup, condition, wanted) in [
        ("#set($a = $ctx.args.input.owner)\n#set($b = $a)", "$b == \"ann\"", "args.input.owner"),
        ("#set($me = \"$ctx.identity.claims.sub::x\")", "$me == \"ann\"", "identity.claims.sub"),
        (
            "#set($list = $util.parseJson($ctx.identity.claims.team))",
            "$list.contains(\"blue\")",
            "identity.claims.team",
        ),
        (
            "#set($none = $util.defaultIfNull($ctx.identity.claims.get(\"custom:x\"), []))",
            "$none.contains(\"a\")",
            "identity.claims[\"custom:x\"]",
        ),
        ("#foreach($role in $ctx.stash.adminRoles)#set($last = $role)#end", "$last == \"y\"", "stash.adminRoles[0]"),
        ("#set($all = [])\n$util.qr($all.addAll($ctx.result.owners))", "$all.contains(\"c\")", "result.owners"),
        ("$util.qr($ctx.stash.put(\"copy\", $ctx.args.input))", "$ctx.stash.copy.owner == \"ann\"", "args.input.owner"),
        ("#set($map = {\"k\": $ctx.identity.claims.sub})", "$map.k == \"ann\"", "identity.claims.sub"),
    ] {
        let found = origins(&refused_unless(setup, condition), context);
        assert!(found.iter().any(|path| path == wanted), "{setup} {condition}: {found:?}");
    }
}

#[test]
fn shapes_of_verdicts_name_what_decided() {
    let decide = |template: &str, context: &str| {
        let program = parse(&Source::new("t.vtl", template)).unwrap();
        let explained = explain(&program, &given(context), &Question::default()).unwrap();
        let line = explained.decision.node.map(|node| program.source.place(program.span(node).start).line);
        (explained.verdict, line, explained.why.candidates.len())
    };
    let empty = r#"{"identity":{"claims":{}}}"#;
    // Nobody set it; refused early; allowed with a filter; left by #return; decided elsewhere.
    assert_eq!(
        decide(
            "#set($isAuthorized=false)\n#if($ctx.args.x)\n#set($isAuthorized=true)\n#end\n#if(!$isAuthorized)\n$util.unauthorized()\n#end",
            empty
        ),
        (Verdict::Denied, Some(6), 1)
    );
    assert_eq!(decide("$util.unauthorized()\n#set($isAuthorized=true)", empty), (Verdict::Denied, Some(1), 1));
    assert_eq!(decide("$util.qr($ctx.stash.put(\"authFilter\",{\"or\":[1]}))\n#if(!$ctx.stash.authFilter)$util.unauthorized()#end", empty).0, Verdict::Filtered);
    assert_eq!(
        decide("#if($ctx.identity)\n#return({})\n#end\n$util.unauthorized()", empty),
        (Verdict::Allowed, Some(2), 0)
    );
    assert_eq!(decide("#set($isAuthorized=false)", empty).0, Verdict::Denied);
    assert_eq!(decide("plain", empty).0, Verdict::Completed);
}

#[test]
fn hostile_templates_are_explained_too() {
    let many = "#foreach($i in [1..900])#foreach($j in [1..900])#if($j == 0)#set($isAuthorized = true)#end#end#end\n#if(!$isAuthorized)$util.unauthorized()#end";
    let program = parse(&Source::new("t.vtl", many)).unwrap();
    let start = std::time::Instant::now();
    let explained = explain(&program, &given("{}"), &Question::default()).unwrap();
    assert!(matches!(explained.verdict, Verdict::Denied | Verdict::Error));
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
