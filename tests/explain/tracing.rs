//! Tracing changes nothing; no suggestion is shown that does not hold; values are followed to where they came from.

use crate::support::clock::{ENOUGH, timed};
use crate::support::generator::Generator;
use serde_json::Value as Json;
use std::path::Path;
use std::sync::Arc;
use vtl_eval::appsync::{AuthType, Given};
use vtl_eval::eval::{End, Event, Observer, evaluate};
use vtl_eval::explain::{Explanation, Question, Subject, change};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::trace::recorder::Recorder;
use vtl_eval::trace::{Conclusion, Verdict, judge};
use vtl_eval::value::{Value, from_json_str};

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

/// What a run left behind, as far as anybody can see it.
fn explain(program: &Program, given: &Given, question: &Question) -> Explanation {
    vtl_eval::explain::explain(Subject::Template(&Arc::new(program.clone())), given, question).unwrap()
}

fn seen(program: &Program, given: &Given, traced: bool) -> String {
    let (context, env) = given.context().unwrap();
    let outcome = if traced {
        let mut recorder = Recorder::new(program, &context.root);
        evaluate(program, context, &env, &mut recorder)
    } else {
        evaluate(program, context, &env, &mut ())
    };
    let vars: Vec<_> =
        outcome.variables(program).map(|(name, value)| (name.to_owned(), value.to_json().ok())).collect();
    let Conclusion { verdict, decision } = judge(program, &outcome, "isAuthorized");
    let env = &outcome.env;
    format!(
        "{:?}",
        (
            &outcome.output,
            &outcome.end,
            vars,
            (verdict, decision.node),
            Value::Map(outcome.context.clone()).to_json().ok(),
            &outcome.notes,
            (&env.out_errors, &env.logs, &env.extensions),
        )
    )
}

#[test]
fn tracing_on_gives_the_same_outcome_as_tracing_off() {
    let same = |name: &str, program: &Program, given: &Given| {
        assert_eq!(seen(program, given, false), seen(program, given, true), "{name}");
    };
    let fixed = given(CONTEXT);
    let mut compared = 0;
    for (name, program) in templates() {
        same(&name, &program, &fixed);
        compared += 1;
    }
    assert!(compared > 1_000, "only {compared} templates");
    let mut generator = Generator::new(4);
    for _ in 0..2_000 {
        let text = generator.template();
        let Ok(program) = parse(&Source::new("generated.vtl", text.as_str())) else { continue };
        same(&text, &program, &fixed);
        compared += 1;
    }
    for _ in 0..1_000 {
        let (text, (context, mode)) = (generator.rules(), generator.caller());
        let program =
            parse(&Source::new("rules.vtl", text.as_str())).unwrap_or_else(|error| panic!("{text}{}", error.message));
        same(&text, &program, &Given { auth_type: AuthType::parse(mode), ..given(&context.to_string()) });
        compared += 1;
    }
    assert!(compared > 3_000, "only {compared} templates");
}

/// Makes a change that a report suggests in the input that a user has: JSON, and the mode.
fn make(change: &Json, context: &mut Json, mode: &mut String) {
    let (op, path, value) = (change["op"].as_str().unwrap(), change["path"].as_str().unwrap(), &change["value"]);
    if path == "authType" {
        *mode = value.as_str().unwrap().to_owned();
        // Whoever calls with a key has no identity.
        if mode == "API Key Authorization" {
            context["identity"] = Json::Null;
        }
        return;
    }
    // As JavaScript reads it: `identity.claims["cognito:groups"][0]`.
    let keys: Vec<String> = path
        .replace("[\"", ".")
        .replace("\"]", "")
        .replace('[', ".")
        .replace(']', "")
        .split('.')
        .map(|key| if key == "args" { "arguments".to_owned() } else { key.to_owned() })
        .collect();
    let (last, parents) = keys.split_last().unwrap();
    let mut at = context;
    for key in parents {
        at = if at.is_array() { &mut at[key.parse::<usize>().unwrap()] } else { &mut at[key.as_str()] };
    }
    match (op, at) {
        ("add", at) => match &mut at[last.as_str()] {
            Json::Array(list) => list.push(value.clone()),
            empty => *empty = Json::Array(vec![value.clone()]),
        },
        ("set", Json::Array(list)) => list[last.parse::<usize>().unwrap()] = value.clone(),
        ("set", at) => at[last.as_str()] = value.clone(),
        ("remove", Json::Array(list)) => drop(list.remove(last.parse::<usize>().unwrap())),
        ("remove", at) => drop(at.as_object_mut().unwrap().remove(last)),
        other => panic!("{other:?}"),
    }
}

/// Whoever follows a suggestion gets what it promises: the shown JSON, applied to the input, through the public API.
#[test]
fn every_suggestion_that_is_shown_holds_for_whoever_follows_it() {
    let (mut generator, mut denied, mut helped, mut followed) = (Generator::new(5), 0, 0, 0);
    for _ in 0..1_000 {
        let (text, (context, mode)) = (generator.rules(), generator.caller());
        let template = vtl_eval::Template::parse("rules.vtl", &text).unwrap();
        let ask = |context: &Json, mode: &str| {
            let context = vtl_eval::Context::from_json(&context.to_string()).unwrap();
            let context = context.auth_type(AuthType::parse(mode).unwrap());
            serde_json::to_value(vtl_eval::explain(&template, &context).unwrap()).unwrap()
        };
        let report = ask(&context, mode);
        let suggestions = report["suggestions"].as_array().unwrap();
        assert!(suggestions.is_empty() || report["verdict"] == "denied");
        denied += usize::from(report["verdict"] == "denied");
        helped += usize::from(!suggestions.is_empty());
        for suggestion in suggestions {
            let (mut context, mut mode) = (context.clone(), mode.to_owned());
            let changes = suggestion["changes"].as_array().unwrap();
            assert!((1..=2).contains(&changes.len()));
            changes.iter().for_each(|change| make(change, &mut context, &mut mode));
            let verdict = ask(&context, &mode)["verdict"].clone();
            assert_eq!(verdict, suggestion["verdict"], "{text}\n{context}\n{changes:?}");
            assert!(verdict == "allowed" || verdict == "filtered", "{text}\n{changes:?}");
            followed += 1;
        }
    }
    println!("{denied} denied, {helped} with a suggestion, {followed} suggestions followed");
    assert!(denied > 400 && helped * 3 > denied && followed > 300, "{denied} {helped} {followed}");
}

#[test]
fn every_suggestion_holds() {
    let given = given(CONTEXT);
    let question = Question::default();
    let (mut denied, mut proved) = (0, 0);
    for (name, program) in templates() {
        let explained = explain(&program, &given, &question);
        denied += usize::from(explained.verdict == Verdict::Denied);
        for suggestion in &explained.why.as_ref().unwrap().suggestions {
            let changed = change::apply(&given, &suggestion.changes).unwrap();
            let again = explain(&program, &changed, &question);
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
    let explained = explain(&program, &given(context), &Question::default());
    let blocker = explained.why.as_ref().unwrap().candidates[0].blocker.as_ref().expect("a candidate is blocked");
    let operands = vtl_eval::trace::candidate::looked_at(&blocker.condition);
    operands
        .iter()
        .flat_map(|operand| {
            operand.origins.iter().filter_map(|origin| origin.path().map(ToString::to_string)).collect::<Vec<_>>()
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
        let explained = explain(&program, &given(context), &Question::default());
        let line = explained.decision.node.map(|node| program.source.place(program.span(node).start).line);
        (explained.verdict, line, explained.why.as_ref().unwrap().candidates.len())
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
    let (explained, took) = timed(|| explain(&program, &given("{}"), &Question::default()));
    assert!(matches!(explained.verdict, Verdict::Denied | Verdict::Error));
    assert!(took < ENOUGH, "{took:?} of the processor");
}

/// What an allow rests on, as paths; each fact is proved here once more, and nothing else of the context is one.
fn grounds(template: &str, context: &str, mode: AuthType) -> Vec<String> {
    let program = parse(&Source::new("t.vtl", template)).unwrap();
    let given = Given { auth_type: Some(mode), ..given(context) };
    let question = Question { why_allowed: true, ..Question::default() };
    let explained = explain(&program, &given, &question);
    assert!(matches!(explained.verdict, Verdict::Allowed | Verdict::Filtered), "{template}");
    let paths = explained.why.as_ref().unwrap().rests_on.iter().map(|fact| {
        let without = change::apply(&given, &fact.changes).unwrap();
        let verdict = explain(&program, &without, &question).verdict;
        assert_eq!(verdict, fact.verdict);
        assert!(!matches!(verdict, Verdict::Allowed | Verdict::Filtered), "{template}: {:?}", fact.changes);
        fact.changes[0].path.to_string()
    });
    paths.collect()
}

/// AMPLIFY-AUTH 4: what each kind of rule looks at is what its allow rests on.
#[test]
fn an_allow_rests_on_what_its_rule_looks_at() {
    use AuthType::{ApiKey, Iam, UserPool};
    let sample = |name: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("templates/{name}/template.vtl"));
        std::fs::read_to_string(file).unwrap()
    };
    let groups = r#"{"identity":{"claims":{"sub":"1","cognito:groups":["Guests","Editors"]}}}"#;
    let admins = "identity.claims[\"cognito:groups\"]";
    assert_eq!(grounds(&sample("static-groups"), groups, UserPool), [format!("{admins}[1]"), "authType".to_owned()]);
    let owner = r#"{"identity":{"claims":{"sub":"1","username":"ann"}},"arguments":{"input":{"id":"7"}},"result":{"id":"7","owner":"1::ann"}}"#;
    let update = refused_unless(
        "#set($me = \"${ctx.identity.claims.sub}::${ctx.identity.claims.username}\")",
        "$util.authType() == \"User Pool Authorization\" && $ctx.result.owner == $me",
    );
    let mut rests = grounds(&update, owner, UserPool);
    rests.sort();
    assert_eq!(rests, ["authType", "identity.claims.sub", "identity.claims.username", "result.owner"]);
    // On create the caller becomes the owner: nothing of the input is needed.
    let mut rests = grounds(&sample("owner"), owner, UserPool);
    rests.sort();
    assert_eq!(rests, ["authType", "identity.claims.sub", "identity.claims.username"]);
    let arn = "arn:aws:sts::1:assumed-role/auth/CognitoIdentityCredentials";
    let iam = format!(
        r#"{{"identity":{{"userArn":"{arn}","accountId":"1"}},"stash":{{"authRole":"{arn}","unauthRole":"arn:guest","adminRoles":["ops"]}}}}"#
    );
    let mut rests = grounds(&sample("iam-roles"), &iam, Iam);
    rests.sort();
    assert_eq!(rests, ["authType", "identity.userArn", "stash.authRole"]);
    let admin = r#"{"identity":{"userArn":"arn:aws:sts::1:assumed-role/ops/me"},"stash":{"authRole":"a","unauthRole":"b","adminRoles":["dev","ops"]}}"#;
    let mut rests = grounds(&sample("iam-roles"), admin, Iam);
    rests.sort();
    assert_eq!(rests, ["authType", "identity.userArn", "stash.adminRoles[1]"]);
    let key = "#set($isAuthorized = false)\n#if($util.authType() == \"API Key Authorization\")#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end";
    assert_eq!(grounds(key, r#"{"identity":null}"#, ApiKey), ["authType"]);
}

/// Through variables, from what kept a refusal from running, and of a filter.
#[test]
fn the_facts_of_an_allow_are_followed() {
    let context =
        r#"{"identity":{"claims":{"sub":"s","team":"red","roles":["b","a"]}},"arguments":{"team":"red","x":1}}"#;
    for (template, wanted) in [
        // The variable that decides was computed from another.
        (
            "#set($ok = $ctx.identity.claims.team == $ctx.args.team)\n#set($isAuthorized = $ok == true)\n#if(!$isAuthorized)$util.unauthorized()#end",
            &["args.team", "identity.claims.team"][..],
        ),
        // The refusal was not reached.
        ("#if($ctx.identity.claims.team != \"red\")$util.unauthorized()#end", &["identity.claims.team"]),
        // The loop went on behind the item that allowed.
        (
            "#set($isAuthorized = false)\n#foreach($role in $ctx.identity.claims.roles)#if($role == \"b\")#set($isAuthorized = true)#end#end\n#if(!$isAuthorized)$util.unauthorized()#end",
            &["identity.claims.roles[0]"],
        ),
        // Two ways in: none of the two facts is needed.
        (
            "#set($isAuthorized = false)\n#if($ctx.identity.claims.sub == \"s\")#set($isAuthorized = true)#end\n#if($ctx.args.x == 1)#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end",
            &[],
        ),
        (
            "#if($ctx.identity.claims.sub)$util.qr($ctx.stash.put(\"authFilter\", {\"owner\": $ctx.identity.claims.sub}))#end\n#if(!$ctx.stash.authFilter)$util.unauthorized()#end",
            &["identity.claims.sub"],
        ),
    ] {
        let mut found = grounds(template, context, AuthType::UserPool);
        found.sort();
        assert_eq!(found, wanted, "{template}");
    }
}

/// What ran is read off the events: what stands behind a `#break`, a `#return` or an error in the same turn did not.
#[test]
fn lines_that_ran_are_told_from_those_that_did_not() {
    let context = r#"{"arguments":{"list":[1,2],"none":[]}}"#;
    for (template, wanted) in [
        ("#foreach($i in $ctx.args.list)\n#set($a = 1)\n#break\n#set($b = 1)\n#end\n#set($c = 1)", &[1, 2, 3, 6][..]),
        (
            "#foreach($i in $ctx.args.list)\n#if($i == 2)\n#break\n#end\n#set($b = 1)\n#end\n#set($c = 1)",
            &[1, 2, 3, 5, 7],
        ),
        ("#foreach($i in $ctx.args.list)\n#if($i == 1)\n#break\n#end\n#set($b = 1)\n#end\n#set($c = 1)", &[1, 2, 3, 7]),
        ("#foreach($i in $ctx.args.none)\n#set($a = 1)\n#end\n$ctx.args.x", &[1, 4]),
        ("#foreach($i in $ctx.args.nope)\n#set($a = 1)\n#break\n#end\n#set($c = 1)", &[1, 5]),
        ("#set($a = 1)\n#return({})\n#set($b = 1)", &[1, 2]),
        ("#set($a = 1)\n#if($a)\n#stop\n#end\n#set($b = 1)", &[1, 2, 3]),
        (
            "#foreach($i in $ctx.args.list)\n#foreach($j in $ctx.args.list)\n#break\n#end\n#set($a = 1)\n#end",
            &[1, 2, 3, 5],
        ),
        (
            "#foreach($i in $ctx.args.list)\n#set($a = 1)\n#if($i == 2)\n$util.unauthorized()\n#end\n#set($b = 1)\n#end\n#set($c = 1)",
            &[1, 2, 3, 4, 6],
        ),
    ] {
        let program = parse(&Source::new("t.vtl", template)).unwrap();
        let question = Question { coverage: true, ..Question::default() };
        let explained = explain(&program, &given(context), &question);
        let coverage = explained.coverage.unwrap();
        let line = |node| program.source.place(program.span(node).start).line;
        let mut ran: Vec<_> =
            coverage.statements.iter().filter(|(_, count)| **count > 0).map(|(node, _)| line(*node)).collect();
        ran.extend(coverage.branches.iter().filter(|(_, (yes, no))| yes + no > 0).map(|(node, _)| line(*node)));
        ran.sort_unstable();
        assert_eq!(ran, wanted, "{template}");
    }
}

/// A condition that refuses decides, and is reached when it is come to; one that first holds in a late turn has held.
#[test]
fn conditions_are_counted_as_they_are_judged() {
    let list = (0..70).map(|at| at.to_string()).collect::<Vec<_>>().join(",");
    let context = format!(r#"{{"arguments":{{"list":[{list}]}}}}"#);
    let coverage = |template: &str| {
        let program = parse(&Source::new("t.vtl", template)).unwrap();
        let question = Question { coverage: true, ..Question::default() };
        explain(&program, &given(&context), &question).coverage.unwrap()
    };
    let late = coverage("#foreach($i in $ctx.args.list)#if($i == 68)a#end#end");
    assert_eq!(late.branches.values().copied().collect::<Vec<_>>(), [(1, 69)]);
    for (template, reached) in [
        ("#if(!$util.unauthorized())a#end", (1, 1)),
        ("#if(true)a#elseif(!$util.unauthorized())b#end", (0, 1)),
        ("#if(false)a#elseif(!$util.unauthorized())b#end", (1, 1)),
        ("#set($x = [$util.unauthorized()])", (1, 1)),
        ("#foreach($i in [$util.unauthorized()])a#end", (1, 1)),
        ("#stop#foreach($i in [$util.unauthorized()])a#end", (0, 1)),
    ] {
        assert_eq!(coverage(template).deciding_counts(), reached, "{template}");
    }
}

/// Whoever does not listen is told nothing.
#[test]
fn an_observer_that_is_off_is_told_nothing() {
    struct Off;
    impl Observer for Off {
        fn enabled(&self) -> bool {
            false
        }
        fn event(&mut self, event: Event<'_>) {
            panic!("{event:?}");
        }
    }
    let template = "#set($x = [1])#foreach($i in $x)#if($i == 1 || $i)$util.qr($x.add($i))#break#end#end#set($x[0] = 2)#set($x = $n)$x.size()#return($x)";
    let program = parse(&Source::new("t.vtl", template)).unwrap();
    let (context, env) = given(r#"{"arguments":{}}"#).context().unwrap();
    let outcome = evaluate(&program, context, &env, &mut Off);
    assert!(matches!(outcome.end, End::Returned { .. }), "{:?}", outcome.end);
}
