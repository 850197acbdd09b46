//! The forms that other programs rely on: members of the JSON of `resolver`, `matrix`, `test` and `check`, and exit codes.

use crate::support::command::command;
use crate::support::files::temporary;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

const NOTES: &str = "templates/notes-api/manifest.json";
const PERSONAS: &str = "templates/notes-api/personas.json";

fn run(args: &[&str]) -> (Option<i32>, String) {
    let mut command = command();
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn json(args: &[&str], code: i32) -> Json {
    let (ended, text) = run(args);
    assert_eq!(ended, Some(code), "{args:?}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
}

/// The object has these members (and may have more).
fn has(json: &Json, members: &str) {
    for member in members.split_whitespace() {
        assert!(json.get(member).is_some(), "{member} is not in {json:#}");
    }
}

#[test]
fn the_report_of_a_pipeline() {
    let claims = r#"{"sub":"bob","token_use":"access","cognito:groups":["moderators"]}"#;
    let base =
        ["resolver", "Mutation.deleteNote", "--from", NOTES, "--claims", claims, "--result", r#"{"owner":"ann"}"#];
    let report = json(&[&base[..], &["--format", "json"]].concat(), 2);
    assert_eq!(report["schema"], 1);
    has(
        &report,
        "template verdict authType authTypeDerived output returned isReturned error outErrors logs extensions stash vars notes
         decision writes candidates hints suggestions field filter steps",
    );
    has(&report["error"], "message errorType data errorInfo path locations");
    has(&report["decision"], "kind at guards");
    has(&report["decision"]["at"], "file line column text");
    has(&report["decision"]["guards"][0], "at condition value operands");
    has(&report["decision"]["guards"][0]["operands"][0], "expr value origin");
    has(&report["candidates"][0], "at blockedBy passed of reached");
    has(&report["hints"][0], "code message path actual wanted");
    has(&report["suggestions"][0], "changes verdict");
    has(&report["suggestions"][0]["changes"][0], "op path value");
    for step in report["steps"].as_array().unwrap() {
        has(step, "template slot index half verdict");
        assert!(["request", "response", "before", "after"].contains(&step["half"].as_str().unwrap()));
    }
}

#[test]
fn cells_cases_and_findings() {
    let matrix = json(&["matrix", "--from", NOTES, "--personas", PERSONAS, "--format", "json"], 0);
    let file: Json = serde_json::from_str(&std::fs::read_to_string(PERSONAS).unwrap()).unwrap();
    let cells = matrix["cells"].as_array().unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!((&matrix["schema"], cells.len()), (&json!(1), cases.len()), "one cell a case");
    for (cell, case) in cells.iter().zip(cases) {
        has(cell, "field persona variant verdict decidedBy filter reason");
        assert_eq!((&cell["field"], &cell["persona"]), (&case["field"], &case["persona"]), "in the order of the cases");
        let verdicts = ["allowed", "denied", "filtered", "completed", "error", "unknown"];
        assert!(verdicts.contains(&cell["verdict"].as_str().unwrap()));
        assert!(!cell["reason"].as_str().unwrap().contains('\n'), "one line");
        if !cell["decidedBy"].is_null() {
            has(&cell["decidedBy"], "template slot half line");
        }
    }
    let result = json(&["test", "templates", "--format", "json"], 0);
    has(&result, "schema passed failed cases");
    has(&result["cases"][0], "file name passed error differences facts");
    let coverage = json(&["test", "templates", "--coverage", "json"], 0);
    has(&coverage["templates"][0], "template file lines conditions decisions");
    let checked = json(&["check", "tests/inputs", "--format", "json"], 2);
    has(&checked["findings"][0], "file template line column severity code message");
}

/// 0 allowed, filtered or completed; 2 denied; 3 another error, or a doubt under `--strict`; 1 the work could not be done.
#[test]
fn exit_codes_of_a_pipeline() {
    let folder: PathBuf = temporary("exit");
    let _ = std::fs::remove_dir_all(&folder);
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let templates = [
        ("allowed", "#set($isAuthorized = true)\n#if(!$isAuthorized)$util.unauthorized()#end\n{}", 0, 0),
        ("filtered", "$util.qr($ctx.stash.put(\"authFilter\", {\"owner\": {\"eq\": \"a\"}}))\n{}", 0, 0),
        ("completed", "{}", 0, 0),
        ("denied", "$util.unauthorized()", 2, 2),
        ("error", "$util.error(\"no\")", 3, 3),
        ("failed", "#set($list = [1])\n$util.qr($list.get(5))\n{}", 3, 3),
        ("unknown", "$util.isNul(1)\n{}", 0, 3),
        ("noJson", "{\"a\": }", 0, 3),
        ("nothing", "#if(false){}#end", 0, 3),
        ("longNumber", "{\"a\": 1e999999}", 0, 3),
        ("comma", "{\"a\": [1, 2,],}", 0, 0),
        ("method", "#set($text = \"a\")$util.qr($text.nope())\n{}", 0, 3),
        ("open", "#if(null == $ctx.args.none)#end\n{}", 0, 3),
        ("broken", "#if(", 1, 1),
    ];
    let mut pipelines = serde_json::Map::new();
    for (name, text, ..) in templates {
        write(&format!("resolvers/{name}.vtl"), text);
        let function = json!({"name": name, "slot": "auth", "dataSource": {"type": "NONE"}, "request": {"file": format!("{name}.vtl")}});
        pipelines.insert(format!("Query.{name}"), json!({"kind": "PIPELINE", "functions": [function]}));
    }
    let javascript = json!({"name": "js", "dataSource": {"type": "NONE"}, "runtime": "APPSYNC_JS"});
    pipelines.insert(
        "Query.javascript".to_owned(),
        json!({"kind": "PIPELINE", "before": {"file": "completed.vtl"}, "functions": [javascript]}),
    );
    write("manifest.json", &json!({"pipelines": pipelines}).to_string());
    let from = folder.join("manifest.json");
    let code = |field: &str, more: &[&str]| {
        run(&[&["resolver", &format!("Query.{field}"), "--from", from.to_str().unwrap()][..], more].concat()).0
    };
    for (name, _, plain, strict) in templates.into_iter().chain([("javascript", "", 0, 3)]) {
        assert_eq!(code(name, &[]), Some(plain), "{name}");
        assert_eq!(code(name, &["--strict"]), Some(strict), "{name} --strict");
    }
    // The same table for the other commands that evaluate.
    for (name, text, plain, strict) in templates {
        let file = folder.join(format!("resolvers/{name}.vtl"));
        let file = file.to_str().unwrap();
        assert_eq!(run(&[file, "--context", "{}"]).0, Some(plain), "{name} alone");
        assert_eq!(run(&[file, "--context", "{}", "--strict"]).0, Some(strict), "{name} alone --strict");
        let verdict = match plain {
            1 => continue,
            2 => "denied",
            3 => "error",
            _ if matches!(name, "allowed" | "filtered") => name,
            _ => "completed",
        };
        let doubted = plain == 0 && strict == 3;
        let case = json!({"template": format!("resolvers/{name}.vtl"),
            "cases": [{"name": "one", "context": {"arguments": {}}, "expect": {"verdict": verdict}}]});
        write("case.vtltest.json", &case.to_string());
        let case = folder.join("case.vtltest.json");
        let (tested, said) = run(&["test", case.to_str().unwrap()]);
        assert_eq!(tested, Some(0), "test {name}");
        let refused = matches!(name, "noJson" | "longNumber" | "unknown");
        assert_eq!(said.contains("stands on output that AppSync would refuse"), refused, "test {name}: {said}");
        // Whether an error passed an open point as well is no matter here.
        if plain == 3 {
            continue;
        }
        let wanted = if doubted { 3 } else { 0 };
        assert_eq!(run(&["test", case.to_str().unwrap(), "--strict"]).0, Some(wanted), "test {name} --strict");
        let cell = json!({"personas": [{"name": "key", "authType": "API Key Authorization", "identity": null}],
            "cases": [{"persona": "key", "field": format!("Query.{name}"), "args": {}}]});
        write("personas.json", &cell.to_string());
        let personas = folder.join("personas.json");
        let matrix = ["matrix", "--from", from.to_str().unwrap(), "--personas", personas.to_str().unwrap()];
        assert_eq!(run(&matrix).0, Some(0), "matrix {name}");
        assert_eq!(run(&[&matrix[..], &["--strict"]].concat()).0, Some(wanted), "matrix {name} --strict");
        let report = json!({"template": text, "authType": "API Key Authorization", "context": {"identity": null, "arguments": {}}});
        let strict = run(&["diagnose", &report.to_string(), "--strict"]).0;
        assert_eq!(strict == Some(3), doubted, "diagnose {name} --strict: {strict:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
