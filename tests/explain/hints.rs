//! Each hint is shown by a case that earns it, and silent in one that does not; each is documented.

use crate::support::command::command;
use crate::support::files::{folder, temporary};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::Path;
use vtl_eval::appsync::{AuthType, Given};
use vtl_eval::code::ALL;
use vtl_eval::explain::{Question, Subject, explain};
use vtl_eval::resolver::{Answers, LoadOptions, load};
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::value::Value;

fn hints(name: &str, template: &str, context: &Json, mode: &str, records: &Json) -> Vec<String> {
    let program = parse(&Source::new(name, template)).unwrap_or_else(|error| panic!("{template}: {}", error.message));
    let members = Value::from(context).as_map().unwrap().clone();
    let given = Given { auth_type: AuthType::parse(mode), ..Given::new(members) };
    let records = records.as_array().map(|rows| rows.iter().map(Value::from).collect());
    let question = Question { records, ..Question::default() };
    let explained = explain(Subject::Template(&program.into()), &given, &question).unwrap();
    explained.hints().iter().map(|hint| hint.code.as_str().to_string()).collect()
}

/// As [`hints`], of a pipeline whose functions have these request halves.
fn hints_of_steps(templates: &[Json], context: &Json, mode: &str) -> Vec<String> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut functions = Vec::new();
    for (at, template) in templates.iter().enumerate() {
        let file = format!("step{at}.req.vtl");
        functions.push(serde_json::json!({"name": format!("step{at}"), "slot": "main", "index": at,
            "dataSource": {"name": "NONE", "type": "NONE"}, "request": {"file": file}, "response": null}));
        files.push((format!("resolvers/{file}"), template.as_str().unwrap().to_owned()));
    }
    let pipelines = serde_json::json!({"pipelines": {"Query.f": {"kind": "PIPELINE", "functions": functions}}});
    files.push(("manifest.json".to_owned(), pipelines.to_string()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder("steps", &files);
    let project = load(&folder.join("manifest.json"), &LoadOptions::default()).unwrap();
    let members = Value::from(context).as_map().unwrap().clone();
    let given = Given { auth_type: AuthType::parse(mode), ..Given::new(members) };
    let subject = Subject::Resolver(&project.by_field["Query.f"], &Answers::default());
    let explained = explain(subject, &given, &Question::default()).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    explained.hints().iter().map(|hint| hint.code.as_str().to_string()).collect()
}

#[test]
fn each_hint_is_shown_and_silent() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<Json> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("tests/inputs/hints/cases.json")).unwrap()).unwrap();
    let documented = std::fs::read_to_string(folder.join("docs/hints.md")).unwrap();
    for case in &cases {
        let code = case["hint"].as_str().unwrap();
        let mode = case["mode"].as_str().unwrap_or("User Pool Authorization");
        let hints = |template: &str, context: &Json, mode: &str, records: &Json| match case["steps"].as_array() {
            Some(steps) => hints_of_steps(steps, context, mode),
            None => hints(case["name"].as_str().unwrap_or("case.vtl"), template, context, mode, records),
        };
        let template = case["template"].as_str().unwrap_or_default();
        let shown = hints(template, &case["shown"], mode, &case["records"]);
        assert!(shown.iter().any(|known| known == code), "{code} is not shown, but {shown:?}");
        let silent_mode = case["silentMode"].as_str().unwrap_or(mode);
        let silent_template = case["silentTemplate"].as_str().unwrap_or(template);
        let silent = hints(silent_template, &case["silent"], silent_mode, &case["records"]);
        assert!(!silent.iter().any(|known| known == code), "{code} is not silent: {silent:?}");
        assert!(documented.contains(&format!("`{code}`")), "{code} is not in docs/hints.md");
    }
    assert!(cases.len() >= 60, "only {} cases", cases.len());
}

/// Each code of the source is documented, and has a case that shows it and one that does not.
#[test]
fn every_code_of_the_source_is_documented_shown_and_silent() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
    let cases: Vec<Json> = serde_json::from_str(&read("tests/inputs/hints/cases.json")).unwrap();
    let documented = read("docs/hints.md");
    let (mut codes, mut missing) = (BTreeSet::new(), BTreeSet::new());
    let folders = ["src/explain/hint", "src/explain/hint/allow", "src/explain/hint/carried", "src/explain/hint/steps"];
    let files = folders.iter().flat_map(|name| std::fs::read_dir(folder.join(name)).unwrap());
    for file in files.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(file).unwrap();
        // What a hint is made of: a code that is asked for, or stands in a unit test, is made elsewhere.
        let made = text.split("#[cfg(test)]").next().unwrap_or_default().replace("== Code::", "");
        let named = made.split("Code::").skip(1);
        let name = |rest: &str| rest.chars().take_while(|letter| letter.is_alphanumeric()).collect::<String>();
        let names: Vec<String> = named.map(name).collect();
        let code = ALL.iter().filter(|code| names.contains(&format!("{code:?}")));
        codes.extend(code.map(|code| code.as_str().to_owned()));
    }
    for code in &codes {
        let earned = |case: &Json| case["hint"] == **code && case["shown"].is_object() && case["silent"].is_object();
        if !cases.iter().any(earned) || !documented.contains(&format!("`{code}`")) {
            missing.insert(code);
        }
    }
    assert!(missing.is_empty(), "not documented, shown and silent: {missing:?}");
    assert!(codes.len() >= 50, "{codes:?}");
}

/// A second hint beside the true one misleads: each sample earns exactly what a person would say of it.
#[test]
fn samples_earn_one_hint_and_no_false_one() {
    for (sample, claims, wanted) in [
        ("static-groups", "deny-no-groups", "no-groups"),
        ("static-groups", "deny-api-key", "no-block-for-mode"),
        ("owner", "deny-same-name-other-sub", "owner-other-sub"),
        ("owner", "deny-other-user", "not-owner"),
        ("field-lists", "deny-clerk-sends-price", "field-not-allowed"),
        ("iam-roles", "deny-other-session-name", "iam-session-name"),
        ("iam-roles", "deny-guest", "iam-other-role"),
    ] {
        let folder = format!("templates/{sample}");
        let output = command()
            .arg(format!("{folder}/template.vtl"))
            .args(["--context", &format!("{folder}/case.json"), "--claims", &format!("{folder}/claims/{claims}.json")])
            .args(["--format", "json"])
            .output()
            .unwrap();
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        let codes: Vec<_> = report["hints"].as_array().unwrap().iter().map(|hint| &hint["code"]).collect();
        assert_eq!(codes, [wanted], "{sample} {claims}");
    }
}

/// Templates as a careful author writes them, and a caller whom each is meant to let through: "wider than it looks" and
/// advice of any kind would be wrong.
#[test]
fn what_is_well_written_earns_no_hint() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs/hints/well_written.json");
    let cases: Vec<Json> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let claims = serde_json::json!({"sub": "s-1", "cognito:username": "mia", "token_use": "id", "email": "mia@acme.example",
        "email_verified": true, "cognito:groups": ["Admins", "Staff"], "custom:tenant": "blue", "custom:level": "7"});
    for case in &cases {
        let mut context = serde_json::json!({"arguments": {}, "source": null, "result": null, "prev": null, "stash": {},
            "identity": {"sub": "s-1", "username": "mia", "groups": ["Admins", "Staff"], "claims": claims}});
        for (name, member) in case["context"].as_object().into_iter().flatten() {
            context[name] = member.clone();
        }
        let template = case["template"].as_str().unwrap();
        let found = hints("case.vtl", template, &context, "User Pool Authorization", &Json::Null);
        assert!(found.is_empty(), "{}: {found:?}", case["name"]);
    }
    assert!(cases.len() >= 19, "{}", cases.len());
}

/// AMPLIFY-AUTH 3, F2 and F3: the template that redacts is not the one that decides; the resolver's report tells it.
#[test]
fn a_resolver_tells_that_a_field_is_redacted() {
    let folder = temporary("redacted");
    std::fs::create_dir_all(folder.join("resolvers")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let function = serde_json::json!({"name": "iban", "slot": "main", "index": 1, "dataSource": {"name": "NONE_DS", "type": "NONE"},
        "request": {"file": "Payout.iban.req.vtl"}, "response": {"file": "Payout.iban.res.vtl"}});
    let manifest = serde_json::json!({"pipelines": {"Payout.iban": {"kind": "PIPELINE", "functions": [function]}}});
    write("manifest.json", &manifest.to_string());
    write(
        "resolvers/Payout.iban.req.vtl",
        "#set($isAuthorized = false)\n#if($ctx.identity)#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end\n{\"version\":\"2018-05-29\",\"payload\":{}}",
    );
    write(
        "resolvers/Payout.iban.res.vtl",
        "#if($util.defaultIfNull($ctx.source.get(\"__operation\"), null) == \"Mutation\")\n$util.toJson(null)\n#else\n$util.toJson($ctx.source.iban)\n#end",
    );
    let codes = |source: &str| {
        let output = command()
            .args(["resolver", "Payout.iban", "--format", "json", "--claims", "{\"sub\":\"1\"}", "--source", source])
            .arg("--from")
            .arg(folder.join("manifest.json"))
            .output()
            .unwrap();
        let report: Json = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(report["verdict"], "allowed");
        report["hints"].as_array().unwrap().iter().map(|hint| hint["code"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes(r#"{"__operation":"Mutation","iban":"x"}"#), ["field-redacted"]);
    assert!(codes(r#"{"iban":null}"#).is_empty());
    std::fs::remove_dir_all(folder).unwrap();
}
