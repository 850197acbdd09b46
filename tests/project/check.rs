//! `vtl-eval check`: every finding, in every kind of source, and its SARIF.

use crate::support::command::{json, run};
use crate::support::files::{folder, temporary};
use serde_json::{Value as Json, json};
use std::path::Path;

/// `code file template line` of each finding, the file relative to the folder.
fn rows(folder: &Path, report: &Json) -> Vec<String> {
    let row = |spot: &Json| {
        let file = Path::new(spot["file"].as_str().unwrap());
        let file = file.strip_prefix(folder).unwrap_or(file).display();
        let template = spot["template"].as_str().unwrap_or("-");
        format!("{} {file} {template} {}", spot["code"].as_str().unwrap(), spot["line"])
    };
    report["findings"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn check_finds_what_can_never_work() {
    let folder = temporary("check");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("bad.vtl");
    std::fs::write(&file, "#if($util.authType() == \"Cognito\")$util.isNul($x)#end\n#if(false)a#end").unwrap();
    let report = json(&["check", file.to_str().unwrap(), "--format", "json"], 2);
    let codes: Vec<_> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["never-holds", "unknown-function", "never-holds"]);
    let sarif = json(&["check", file.to_str().unwrap(), "--format", "sarif"], 2);
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][1]["ruleId"], "unknown-function");
    assert_eq!(run(&["check", "templates"]).status.code(), Some(0));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Every kind of finding: a template that shows it, and a near one that does not.
#[test]
fn each_static_finding_shows_and_keeps_silent() {
    let folder = temporary("check-each");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("one.vtl");
    let docs = include_str!("../../docs/check.md");
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = run(&["check", file.to_str().unwrap(), "--modes", "iam,user-pool", "--format", "json"]);
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        let errors = findings.iter().any(|finding| finding["severity"] == "error");
        assert_eq!(output.status.code(), Some(if errors { 2 } else { 0 }), "{text}");
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (code, shows, silent) in [
        ("does-not-parse", "#if($ctx.args.a)x", "#if($ctx.args.a)x#end"),
        ("unknown-function", "$util.isNul($ctx.args.a)", "$util.isNull($ctx.args.a)"),
        ("unknown-method", "$ctx.args.a.includes(1)", "$ctx.args.a.contains(1)"),
        (
            "never-set",
            "#if($isAdmin)$util.unauthorized()#end",
            "#set($isAdmin = $ctx.args.a)#if($isAdmin)$util.unauthorized()#end",
        ),
        (
            "never-holds",
            "#if($util.authType() == \"AMAZON_COGNITO_USER_POOLS\")x#end",
            "#if($util.authType() == \"User Pool Authorization\")x#end",
        ),
        ("never-holds", "#if(false)#set($isAuthorized = true)#end", "#if(true)#set($isAuthorized = true)#end"),
        (
            "never-reached",
            "#return\n#set($isAuthorized = true)",
            "#if($ctx.args.a)#return#end\n#set($isAuthorized = true)",
        ),
        (
            "never-reached",
            "$util.unauthorized()\n$util.toJson($ctx.result)",
            "#if($ctx.args.a)$util.unauthorized()#end\n$util.toJson($ctx.result)",
        ),
        (
            "substring-match",
            "#if($ctx.identity.claims.get(\"custom:team\").contains(\"a\"))x#end",
            "#if($ctx.identity.claims.get(\"cognito:groups\").contains(\"a\"))x#end",
        ),
        (
            "substring-match",
            "#if($ctx.identity.username.contains(\"a\"))x#end",
            "#if($ctx.identity.username == \"a\")x#end",
        ),
        (
            "mode-without-branch",
            "#if($util.authType() == \"User Pool Authorization\")a#else$util.unauthorized()#end",
            "#if($util.authType() == \"User Pool Authorization\")a#elseif($util.authType() == \"IAM Authorization\")b#else$util.unauthorized()#end",
        ),
    ] {
        assert!(docs.contains(&format!("`{code}`")), "docs/check.md does not tell of {code}");
        assert!(check(shows).contains(&code.to_owned()), "{code}: {shows}: {:?}", check(shows));
        assert!(!check(silent).contains(&code.to_owned()), "{code}: {silent}: {:?}", check(silent));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Templates inside stacks, manifests, Amplify builds and saved answers are checked under their own names, each once.
#[test]
fn every_kind_of_source_is_checked() {
    let bad = "{}\n$util.isNul(1)";
    let none = json!({"Type": "AWS::AppSync::DataSource", "Properties": {"Name": "local", "Type": "NONE"}});
    let stack = json!({"Parameters": {"call": {"Default": "isNull"}}, "Resources": {
        "Source": none,
        "Inline": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "a", "DataSourceName": "local",
            "RequestMappingTemplate": bad, "ResponseMappingTemplate": {"Fn::Sub": "$util.${call}($ctx.result)"}}},
        "File": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "b", "DataSourceName": "local",
            "RequestMappingTemplateS3Location": "s3://bucket/b.req.vtl", "ResponseMappingTemplateS3Location": "s3://bucket/gone.vtl"}},
        "Idle": {"Type": "AWS::AppSync::FunctionConfiguration", "Properties": {"Name": "idle", "DataSourceName": "local",
            "RequestMappingTemplate": "{}", "ResponseMappingTemplate": "{}"}},
        "Js": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "c", "DataSourceName": "local",
            "Runtime": {"Name": "APPSYNC_JS"}, "Code": "export …"}}}});
    let path = folder("stack", &[("api.json", &stack.to_string()), ("b.req.vtl", bad)]);
    let found = [
        "unknown-function b.req.vtl - 2",
        "unknown-function api.json Query.a.req.vtl 2",
        "missing-template  - null",
        "javascript-resolver  - null",
        "unused-function  - null",
    ];
    let report = json(&["check", path.to_str().unwrap(), "--format", "json"], 2);
    assert_eq!(rows(&path, &report), found, "{report:#}");
    assert_eq!(report["files"], 3, "two inline ones and a file");
    // A parameter is part of the text.
    let one = path.join("api.json");
    let wrong =
        json(&["check", one.to_str().unwrap(), "--parameters", r#"{"call": "isNull2"}"#, "--format", "json"], 2);
    assert!(rows(&path, &wrong).contains(&"unknown-function api.json Query.a.res.vtl 1".to_owned()), "{wrong:#}");
    let text = String::from_utf8(run(&["check", one.to_str().unwrap()]).stdout).unwrap();
    assert!(text.contains("api.json: Query.a.req.vtl:2:1: error: AppSync has no $util.isNul"), "{text}");
    std::fs::remove_dir_all(&path).unwrap();

    let manifest = json!({"pipelines": {"Query.a": {"kind": "PIPELINE", "before": {"file": "a.vtl"},
        "functions": [{"request": {"file": "a.vtl"}, "response": {"file": "ok.vtl"}}]}}})
    .to_string();
    let saved = json!({"resolvers": [{"typeName": "Query", "fieldName": "a", "kind": "UNIT", "dataSourceName": "NONE",
        "requestMappingTemplate": bad, "responseMappingTemplate": "{}"}]})
    .to_string();
    for (name, files, wanted) in [
        (
            "manifest",
            vec![("manifest.json", manifest.as_str()), ("resolvers/a.vtl", bad), ("resolvers/ok.vtl", "{}")],
            vec!["unknown-function resolvers/a.vtl - 2"],
        ),
        (
            "amplify",
            vec![("build/resolvers/Query.a.auth.1.req.vtl", bad), ("build/resolvers/other.vtl", "{}")],
            vec![
                "unknown-function build/resolvers/Query.a.auth.1.req.vtl - 2",
                "unused-template build/resolvers/other.vtl - null",
            ],
        ),
        ("saved", vec![("Query.json", saved.as_str())], vec!["unknown-function Query.json Query.a.req.vtl 2"]),
    ] {
        let path = folder(name, &files);
        let report = json(&["check", path.to_str().unwrap(), "--format", "json"], 2);
        assert_eq!(rows(&path, &report), wanted, "{name}: {report:#}");
        std::fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn what_cannot_be_checked_is_an_error_that_helps() {
    let path = folder(
        "bad",
        &[("empty/readme.txt", ""), ("list.json", "[]"), ("broken.yaml", "a: ["), ("half/manifest.json", "{")],
    );
    for (name, words) in [
        ("empty", "no templates found"),
        ("list.json", "no resolvers in it"),
        ("broken.yaml", "not valid YAML"),
        ("half", "not valid JSON"),
        ("nowhere", "no such file or folder"),
    ] {
        let output = run(&["check", path.join(name).to_str().unwrap()]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), message.contains(words)), (Some(1), true), "{name}: {message}");
        assert!(message.contains(name) || name == "empty", "{message}");
    }
    let output = run(&["check", "templates", "--modes", "congito"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("user-pool"));
    std::fs::remove_dir_all(&path).unwrap();
}

/// The properties that SARIF 2.1.0 requires (3.13.2, 3.14.6, 3.19.8, 3.27.11, 3.49.3) and those that code hosts need. The
/// whole schema judges in `tests/sarif`.
#[test]
fn sarif_has_what_the_standard_requires() {
    let stack = json!({"Resources": {"A": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "a",
        "DataSourceName": "x", "RequestMappingTemplate": "$util.isNul(1)", "ResponseMappingTemplateS3Location": "s3://b/gone.vtl"}}}});
    let path = folder("sarif", &[("my api.json", &stack.to_string()), ("a b.vtl", "#if(false)$util.isNull(2)#end")]);
    let log = json(&["check", path.to_str().unwrap(), "--format", "sarif"], 2);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!((&run["tool"]["driver"]["name"], &run["columnKind"]), (&json!("vtl-eval"), &json!("unicodeCodePoints")));
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3, "{log:#}");
    for result in results {
        assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()), "{result:#}");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.contains(' ') && uri.starts_with("file:///"), "{uri}");
        if let Some(region) = place.get("region") {
            assert!(region["startLine"].as_u64().unwrap() >= 1 && region["startColumn"].as_u64().unwrap() >= 1);
        }
    }
    // The lines of a template inside a stack are not the stack's.
    let inside = results.iter().find(|result| result["ruleId"] == "unknown-function").unwrap();
    assert!(inside["locations"][0]["physicalLocation"].get("region").is_none(), "{inside:#}");
    assert_eq!(inside["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "Query.a.req.vtl");
    assert!(inside["message"]["text"].as_str().unwrap().starts_with("Query.a.req.vtl:1:1: "));
    std::fs::remove_dir_all(&path).unwrap();
}

/// A comment is for no mode, a string in the code is; a variable set inside a string is set; a block in one is looked at.
#[test]
fn the_tree_is_searched_and_not_the_text() {
    let refusal = "#if(!$util.authType())\n$util.qr([$util.unauthorized()])\n#end\n";
    let folder = folder(
        "tree",
        &[
            ("comment.vtl", &format!("## IAM Authorization\n{refusal}")),
            ("list.vtl", &format!("#set($modes = [\"IAM Authorization\"])\n{refusal}")),
            ("set.vtl", "#set($text = \"#set($x = 1)$x\")"),
            ("block.vtl", "#set($text = \"#if(false)a#end\")"),
        ],
    );
    let report = json(&["check", folder.to_str().unwrap(), "--modes", "iam", "--format", "json"], 0);
    assert_eq!(rows(&folder, &report), ["never-holds block.vtl - 1", "mode-without-branch comment.vtl - 3"]);
}

/// The schema of a project stands beside its templates, not always above them: `graphql/` and `resolvers/`. Outside of the
/// project nothing is read.
#[test]
fn a_schema_beside_the_templates_tells_what_is_sent() {
    let request = "{ \"version\": \"2018-05-29\", \"operation\": \"GetItem\",\n  \"key\": { \"id\": { \"S\": \"$ctx.args.at\" } } }";
    let schema = "type Query { kite(at: AWSDate!): String }";
    for (where_, marked, found) in [
        ("api/graphql/schema.graphql", true, false),
        ("api/schema.graphql", true, false),
        ("schema.graphql", true, false),
        ("schema.graphql", false, true),
        ("api/.hidden/schema.graphql", true, true),
    ] {
        let path = folder("beside", &[("api/resolvers/Query.kite.req.vtl", request), (where_, schema)]);
        if marked {
            std::fs::write(path.join("vtl-eval.toml"), "").unwrap();
        }
        for checked in ["api/resolvers", "api/resolvers/Query.kite.req.vtl"] {
            let report = json(&["check", path.join(checked).to_str().unwrap(), "--format", "json"], 0);
            let told = rows(&path, &report);
            assert_eq!(told.iter().any(|row| row.starts_with("text-in-quotes")), found, "{where_} {checked}: {told:?}");
        }
        std::fs::remove_dir_all(&path).unwrap();
    }
}

/// `defaultMappingTemplates` of version 1 of the plugin stands for each half that a resolver leaves out.
#[test]
fn halves_that_the_plugin_has_by_default_are_not_missing() {
    let settings = |usual: &str| {
        format!(
            "service: s\nprovider: {{name: aws}}\nplugins: [serverless-appsync-plugin]\ncustom:\n  appSync:\n    name: a\n    \
             authenticationType: API_KEY\n{usual}    mappingTemplates:\n      - {{type: Query, field: kite, dataSource: none, request: kite.vtl}}\n    \
             dataSources: [{{type: NONE, name: none}}]\n"
        )
    };
    let usual = "    defaultMappingTemplates: {response: all.vtl}\n";
    let path = folder(
        "usual",
        &[
            ("serverless.yml", &settings(usual)),
            ("schema.graphql", "type Query { kite: String }"),
            ("mapping-templates/kite.vtl", "{\"version\": \"2018-05-29\", \"payload\": {}}"),
            ("mapping-templates/all.vtl", "$util.toJson($ctx.result)"),
        ],
    );
    let found = || rows(&path, &json_of(&run(&["check", path.to_str().unwrap(), "--format", "json"])));
    assert_eq!(found(), Vec::<String>::new());
    std::fs::write(path.join("serverless.yml"), settings("")).unwrap();
    assert_eq!(found(), ["missing-template  - null"]);
    std::fs::write(path.join("serverless.yml"), settings("    defaultMappingTemplates: {response: false}\n")).unwrap();
    assert_eq!(found(), Vec::<String>::new());
    std::fs::remove_dir_all(&path).unwrap();
}

fn json_of(output: &std::process::Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap()
}
