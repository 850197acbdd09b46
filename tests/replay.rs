//! Logs made by running our own resolvers give back the verdicts that made them, in every form, faults mixed in.

use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use vtl_eval::eval::End;
use vtl_eval::resolver::{Answers, Half, LoadOptions, load, run};
use vtl_eval::suite::Personas;
use vtl_eval::trace::Verdict;

const NOTES: &str = "templates/notes-api/manifest.json";

/// A request as AppSync would log it.
struct Logged {
    id: String,
    denied: bool,
    claims: Json,
    lines: Vec<String>,
}

fn requests() -> Vec<Logged> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let resolvers = load(&root.join(NOTES), &LoadOptions::default()).unwrap();
    let personas = Personas::read(&root.join("templates/notes-api/personas.json")).unwrap();
    let mut found = Vec::new();
    for (at, case) in personas.cases.iter().enumerate() {
        let id = format!("6f1d2c3b-0000-4000-8000-{at:012}");
        let (given, result) = personas.given(case, 1_700_000_000_000).unwrap();
        let answers = Answers { result, ..Answers::default() };
        let resolver = resolvers.get(&case.field).unwrap();
        let done = run(resolver, &given, &answers, "isAuthorized", false).unwrap();
        let (parent, field) = case.field.split_once('.').unwrap();
        let mut lines = Vec::new();
        for step in &done.steps {
            let function = step.index.and_then(|index| {
                resolver
                    .functions
                    .iter()
                    .find(|function| Some(function.slot.as_str()) == step.slot && function.index == index)
            });
            let unit = step.slot == Some("unit");
            let kind = match (step.half, unit) {
                (Half::Before, _) => "BeforeMapping",
                (Half::After, _) => "AfterMapping",
                (Half::Request, true) => "RequestMapping",
                (Half::Response, true) => "ResponseMapping",
                (Half::Request, false) => "RequestFunctionMapping",
                (Half::Response, false) => "ResponseFunctionMapping",
            };
            let json = |name: &str| -> Json {
                let value = step.outcome.context.get_str(name).unwrap_or_default();
                serde_json::from_str(&value.to_json().unwrap()).unwrap()
            };
            let (errors, text) = match &step.outcome.end {
                End::Thrown { error, .. } => (
                    vec![format!("CustomTemplateException(message={}, errorType={})", error.message, error.error_type)],
                    String::new(),
                ),
                _ => (Vec::new(), step.outcome.output.clone()),
            };
            lines.push(
                json!({"logType": kind, "path": [field], "fieldName": field, "parentType": parent, "requestId": id,
                    "resolverArn": format!("arn:aws:appsync:eu-west-1:1:apis/x/types/{parent}/fields/{field}"),
                    "functionName": function.map(|function| function.name.as_str()),
                    "context": {"arguments": json("arguments"), "stash": json("stash"), "result": json("result"), "prev": json("prev"), "outErrors": []},
                    "fieldInError": !errors.is_empty(), "errors": errors, "transformedTemplate": text, "odd key": 1})
                .to_string(),
            );
        }
        lines.push(json!({"logType": "ExecutionSummary", "requestId": id, "duration": 1}).to_string());
        lines.push(json!({"logType": "RequestSummary", "requestId": id, "statusCode": 200}).to_string());
        let persona = personas.persona(&case.persona).unwrap();
        let claims = persona.claims.clone().unwrap_or(Json::Null);
        found.push(Logged { id, denied: done.verdict == Verdict::Denied, claims, lines });
    }
    found
}

/// Two requests at a time, their lines in turn.
fn interleaved(requests: &[Logged]) -> Vec<String> {
    let mut lines = Vec::new();
    for pair in requests.chunks(2) {
        let longest = pair.iter().map(|request| request.lines.len()).max().unwrap_or(0);
        for at in 0..longest {
            lines.extend(pair.iter().filter_map(|request| request.lines.get(at).cloned()));
        }
    }
    lines
}

fn faulty(lines: &[String]) -> Vec<String> {
    let mut out: Vec<String> = lines.iter().map(|line| format!("2026-11-02T06:06:18.956Z {line}")).collect();
    out.insert(3, "{\"logType\":\"RequestMapping\",\"path\":[\"cut".to_owned());
    out.insert(
        5,
        "{\"logType\":\"SomethingNew\",\"requestId\":\"6f1d2c3b-0000-4000-8000-000000000000\",\"x\":1}".to_owned(),
    );
    out.insert(7, "START of something else".to_owned());
    out.push(
        "6f1d2c3b-0000-4000-8000-0000000000aa Response Headers: {x-amzn-ErrorType=UnauthorizedException}".to_owned(),
    );
    out.push(
        json!({"logType": "RequestSummary", "requestId": "6f1d2c3b-0000-4000-8000-0000000000aa", "statusCode": 401})
            .to_string(),
    );
    out
}

fn replay(file: &Path, identities: &Path, more: &[&str]) -> (Vec<Json>, Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vtl-eval"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "replay",
            file.to_str().unwrap(),
            "--from",
            NOTES,
            "--ndjson",
            "--identities",
            identities.to_str().unwrap(),
        ])
        .args(more)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (rows, output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vtl-eval-replay-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn every_form_gives_back_the_verdicts() {
    let requests = requests();
    let lines = interleaved(&requests);
    let folder = folder("forms");
    let identities = folder.join("identities.json");
    let callers: serde_json::Map<String, Json> =
        requests.iter().filter(|one| !one.claims.is_null()).map(|one| (one.id.clone(), one.claims.clone())).collect();
    std::fs::write(&identities, Json::Object(callers).to_string()).unwrap();
    let events: Vec<Json> = lines.iter().map(|line| json!({"timestamp": 1, "message": line})).collect();
    let insights: Vec<Json> = lines
        .iter()
        .map(|line| json!([{"field": "@timestamp", "value": "x"}, {"field": "@message", "value": line}]))
        .collect();
    let mut csv = "@timestamp,@message\n".to_owned();
    lines.iter().for_each(|line| csv.push_str(&format!("x,\"{}\"\n", line.replace('"', "\"\""))));
    let prefixed: Vec<String> = lines
        .iter()
        .map(|line| {
            let json: Json = serde_json::from_str(line).unwrap();
            format!("{} {line}", json["requestId"].as_str().unwrap())
        })
        .collect();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, faulty(&lines).join("\n").as_bytes()).unwrap();
    for (name, content, extra) in [
        ("plain.log", lines.join("\n").into_bytes(), 0),
        ("prefixed.log", prefixed.join("\n").into_bytes(), 0),
        ("export.log", faulty(&lines).join("\n").into_bytes(), 1),
        ("export.gz", gz.finish().unwrap(), 1),
        ("events.json", json!({"events": events, "searchedLogStreams": []}).to_string().into_bytes(), 0),
        ("insights.json", json!({"results": insights, "status": "Complete"}).to_string().into_bytes(), 0),
        ("insights.csv", csv.into_bytes(), 0),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, content).unwrap();
        let (rows, code, errors) = replay(&file, &identities, &[]);
        assert_eq!(rows.len(), requests.len() + extra, "{name}: {errors}");
        assert_eq!(code, Some(0), "{name}: nothing opened: {errors}");
        for request in &requests {
            let row = rows
                .iter()
                .find(|row| row["requestId"] == request.id.as_str())
                .unwrap_or_else(|| panic!("{name}: {}", request.id));
            assert_eq!(row["verdict"] == "denied", request.denied, "{name}: {row:#}");
            assert_eq!(row["change"], Json::Null, "{name}: the local templates decide alike: {row:#}");
            for entry in row["entries"].as_array().unwrap() {
                assert_ne!(entry["comparison"]["result"], "different", "{name}: {entry:#}");
            }
        }
        if extra == 1 {
            let refused = rows.iter().find(|row| row["status"] == 401).unwrap();
            assert_eq!((&refused["verdict"], &refused["layer"]), (&json!("denied"), &json!("request")));
            assert!(errors.contains("1 cut"), "{errors}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_template_that_opens_something_exits_with_2() {
    let requests = requests();
    let folder = folder("opened");
    let log = folder.join("a.log");
    // The log says refused; these templates let it through: the caller is a moderator now.
    let denied: Vec<&Logged> = requests.iter().filter(|request| request.denied && !request.claims.is_null()).collect();
    assert!(!denied.is_empty());
    std::fs::write(&log, denied.iter().flat_map(|request| request.lines.clone()).collect::<Vec<_>>().join("\n"))
        .unwrap();
    let identities = folder.join("identities.json");
    let callers: serde_json::Map<String, Json> = denied
        .iter()
        .map(|one| (one.id.clone(), json!({"sub": "x", "token_use": "access", "cognito:groups": ["Moderators"]})))
        .collect();
    std::fs::write(&identities, Json::Object(callers).to_string()).unwrap();
    let (rows, code, _) = replay(&log, &identities, &[]);
    assert_eq!(code, Some(2));
    assert_eq!(rows[0]["change"], "opened");
    // Without an identity nothing that depends on it is judged.
    std::fs::write(&identities, "{}").unwrap();
    let (rows, code, _) = replay(&log, &identities, &[]);
    assert_eq!(code, Some(0));
    let why = rows[0]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .any(|entry| entry["comparison"]["why"].as_str().is_some_and(|why| why.contains("--identities")));
    assert!(why, "{:#}", rows[0]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_summary_names_what_stands_behind_many_refusals() {
    let requests = requests();
    let folder = folder("summary");
    let log = folder.join("a.log");
    std::fs::write(&log, interleaved(&requests).join("\n")).unwrap();
    let run = |format: &str, more: &[&str]| {
        let claims = r#"{"sub":"x","token_use":"access","cognito:groups":["moderators"]}"#;
        let output = Command::new(env!("CARGO_BIN_EXE_vtl-eval"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["replay", log.to_str().unwrap(), "--from", NOTES, "--claims", claims, "--format", format])
            .args(more)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let report: Json = serde_json::from_str(&run("json", &[])).unwrap();
    let first = &report["refusals"][0];
    assert_eq!(first["field"], "Mutation.deleteNote");
    assert!(first["cause"].as_str().unwrap().contains("group-case-mismatch"), "{first:#}");
    assert_eq!(first["caller"], "groups moderators");
    assert!(run("text", &[]).contains("Mutation.deleteNote"));
    assert!(run("csv", &[]).starts_with("count,field,cause,caller,reason"));
    assert!(run("html", &[]).contains("</html>"));
    for format in ["text", "json", "csv", "html"] {
        let text = run(format, &["--redact"]);
        assert!(!text.contains("has group") && !text.contains("ann-1"), "{format}: {text}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
