//! Logs made by running our own resolvers give back the verdicts that made them, in every form, faults mixed in.

use crate::support::command::command;
use crate::support::files::folder;
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use vtl_eval::appsync::Given;
use vtl_eval::eval::{End, evaluate};
use vtl_eval::resolver::{LoadOptions, ResolverKind, Resolvers, Template, load};
use vtl_eval::suite::Personas;
use vtl_eval::suite::replay::{Counts, Judge, Replay, RequestReport, Skip};
use vtl_eval::value::{Value, from_json_str};

const NOTES: &str = "templates/notes-api/manifest.json";
const FIRST: i64 = 1_793_599_578_956;

/// A request as AppSync would log it.
#[derive(Clone)]
struct Logged {
    id: String,
    denied: bool,
    claims: Json,
    lines: Vec<String>,
}

/// Whether the stash is logged as it was before a template ran, or after: it is not documented.
#[derive(Clone, Copy, PartialEq)]
enum Stash {
    Before,
    After,
}

fn notes() -> Resolvers {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(NOTES), &LoadOptions::default()).unwrap()
}

fn json_of(value: &Value) -> Json {
    serde_json::from_str(&value.to_json().unwrap()).unwrap()
}

/// Runs a field template by template and writes what AppSync logs of each.
struct Field<'a> {
    resolvers: &'a Resolvers,
    name: &'a str,
    id: String,
    given: Given,
    result: Json,
    stash: Stash,
}

impl Field<'_> {
    /// The entries, and whether the field was refused.
    fn run(&self) -> (Vec<String>, bool) {
        let resolver = self.resolvers.get(self.name).unwrap();
        let unit = resolver.kind == ResolverKind::Unit;
        let mut state = State { stash: json!({}), previous: Json::Null, lines: Vec::new(), denied: false };
        let ended = |state: &mut State,
                     kind: &str,
                     function: Option<&str>,
                     template: &Option<std::sync::Arc<Template>>,
                     result: Json| {
            template.as_deref().map(|template| self.half(state, kind, function, template, result))
        };
        match ended(&mut state, "BeforeMapping", None, &resolver.before, Json::Null) {
            Some(None) => return (state.lines, state.denied),
            Some(Some(output)) => state.previous = output,
            None => {}
        }
        for function in &resolver.functions {
            let (request, response) = match unit {
                true => ("RequestMapping", "ResponseMapping"),
                false => ("RequestFunctionMapping", "ResponseFunctionMapping"),
            };
            let Some(asked) = ended(&mut state, request, Some(&function.name), &function.request, Json::Null).flatten()
            else {
                return (state.lines, state.denied);
            };
            let answer = match function.data_source.kind.as_str() {
                "NONE" => asked["payload"].clone(),
                _ => self.result.clone(),
            };
            match ended(&mut state, response, Some(&function.name), &function.response, answer) {
                Some(None) => return (state.lines, state.denied),
                Some(Some(output)) => state.previous = output,
                None => {}
            }
        }
        let previous = state.previous.clone();
        let _ = ended(&mut state, "AfterMapping", None, &resolver.after, previous);
        (state.lines, state.denied)
    }

    /// One template; `None` when it ended the field.
    fn half(
        &self,
        state: &mut State,
        kind: &str,
        function: Option<&str>,
        template: &Template,
        result: Json,
    ) -> Option<Json> {
        let members = self.given.members.shallow_copy();
        members.put_str("stash", Value::from(&state.stash));
        members.put_str("result", Value::from(&result));
        members.put_str("prev", Value::from(&json!({"result": state.previous})));
        let given = Given { members, ..self.given.clone() };
        let (context, env) = given.context().unwrap();
        let outcome = evaluate(template.program().unwrap(), context, &env, &mut ());
        let before = state.stash.clone();
        state.stash = json_of(&outcome.context.get_str("stash").unwrap());
        let (errors, text) = match &outcome.end {
            End::Thrown { error, .. } => {
                state.denied = error.is_refusal();
                let (message, kind) = (&error.message, &error.error_type);
                (
                    vec![format!(
                        "CustomTemplateException(message={message}, errorType={kind}, data=null, errorInfo=null)"
                    )],
                    String::new(),
                )
            }
            End::Failed(failure) => panic!("{}: {}", template.name(), failure.message),
            End::Returned { value, .. } => (Vec::new(), value.to_json().unwrap()),
            End::Completed => (Vec::new(), outcome.output.clone()),
        };
        let (parent, field) = self.name.split_once('.').unwrap();
        state.lines.push(
            json!({"logType": kind, "path": [field], "fieldName": field, "parentType": parent, "requestId": self.id,
                "resolverArn": format!("arn:aws:appsync:eu-west-1:1:apis/x/types/{parent}/fields/{field}"),
                "functionName": function,
                "context": {"arguments": json_of(&self.given.members.get_str("arguments").unwrap()),
                    "stash": if self.stash == Stash::Before { &before } else { &state.stash },
                    "result": result, "prev": {"result": state.previous}, "outErrors": []},
                "fieldInError": !errors.is_empty(), "errors": errors, "transformedTemplate": text, "odd key": 1})
            .to_string(),
        );
        errors.is_empty().then(|| from_json_str(&text).map_or(Json::Null, |value| json_of(&value)))
    }
}

struct State {
    stash: Json,
    previous: Json,
    lines: Vec<String>,
    denied: bool,
}

fn requests_with(stash: Stash) -> Vec<Logged> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let resolvers = notes();
    let personas = Personas::read(&root.join("templates/notes-api/personas.json")).unwrap();
    let mut found = Vec::new();
    for (at, case) in personas.cases.iter().enumerate() {
        let id = format!("6f1d2c3b-0000-4000-8000-{at:012}");
        let caller = personas.read_persona(personas.persona(&case.persona).unwrap()).unwrap().caller;
        let (given, result) = personas.given(case, &caller, 1_700_000_000_000).unwrap();
        let result = result.map_or(Json::Null, |result| json_of(&result));
        let field = Field { resolvers: &resolvers, name: &case.field, id: id.clone(), given, result, stash };
        let (mut lines, denied) = field.run();
        lines.push(json!({"logType": "ExecutionSummary", "requestId": id, "duration": 1}).to_string());
        lines.push(json!({"logType": "RequestSummary", "requestId": id, "statusCode": 200}).to_string());
        let persona = personas.persona(&case.persona).unwrap();
        let claims = persona.claims.clone().unwrap_or(Json::Null);
        found.push(Logged { id, denied, claims, lines });
    }
    assert!(found.iter().any(|request| request.denied) && found.iter().any(|request| !request.denied));
    found
}

fn requests() -> Vec<Logged> {
    requests_with(Stash::Before)
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
    let output = command()
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

/// Callers by request id, as `--identities` takes them.
fn callers(requests: &[Logged]) -> Map<String, Json> {
    let identity = |claims: &Json| match claims.is_null() {
        true => Json::Null,
        false => json_of(&vtl_eval::appsync::identity::read(&claims.to_string(), None, 0).unwrap().identity),
    };
    requests.iter().map(|one| (one.id.clone(), identity(&one.claims))).collect()
}

/// Reads logs with the library.
fn judged(judge: &Judge<'_>, files: &[PathBuf]) -> (Vec<RequestReport>, Counts) {
    let mut replay = Replay::new(judge, None);
    let mut reports = Vec::new();
    let mut done = |report: RequestReport| {
        reports.push(report);
        Ok(())
    };
    files.iter().for_each(|file| replay.read(file, &mut done).unwrap());
    replay.end(&mut done).unwrap();
    (reports, replay.counts)
}

fn adds_up(counts: &Counts) {
    let skipped: u64 = counts.skipped.values().map(|skipped| skipped.count).sum();
    assert_eq!(counts.read, counts.used + skipped, "{counts:?}");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

fn quoted(line: &str) -> String {
    format!("\"{}\"", line.replace('"', "\"\""))
}

/// The same events in every form in which people have them: name, content, whether faults are mixed in.
fn forms(lines: &[String]) -> Vec<(&'static str, Vec<u8>, bool)> {
    let events: Vec<Json> = lines
        .iter()
        .map(|line| json!({"logStreamName": "s", "timestamp": FIRST, "message": line, "eventId": "1"}))
        .collect();
    let cells: Vec<Json> = lines
        .iter()
        .map(|line| json!([{"field": "@timestamp", "value": "2026-11-02 06:06:18.956"}, {"field": "@message", "value": line}]))
        .collect();
    let objects: Vec<Json> = lines
        .iter()
        .map(|line| json!({"@timestamp": "2026-11-02 06:06:18.956", "@message": serde_json::from_str::<Json>(line).unwrap()}))
        .collect();
    let each =
        |line: &dyn Fn(&str) -> String| lines.iter().map(|one| line(one)).collect::<Vec<_>>().join("\n").into_bytes();
    let id = |line: &str| serde_json::from_str::<Json>(line).unwrap()["requestId"].as_str().unwrap().to_owned();
    let (one, two) = events.split_at(events.len() / 2);
    let firehose = |events: &[Json]| {
        json!({"messageType": "DATA_MESSAGE", "owner": "1", "subscriptionFilters": ["f"], "logEvents": events})
            .to_string()
    };
    let faults = faulty(lines);
    let (first, second) = faults.split_at(faults.len() / 2);
    let pretty = json!({"events": events, "searchedLogStreams": [{"logStreamName": "s"}]});
    let mut members = gzip(&(first.join("\n") + "\n"));
    members.extend(gzip(&second.join("\n")));
    vec![
        ("plain.log", each(&str::to_owned), false),
        ("prefixed.log", each(&|line| format!("{} {line}", id(line))), false),
        ("tail.log", each(&|line| format!("2026-11-02T06:06:18.956000+00:00 stream-1 {line}")), false),
        ("console.log", each(&|line| format!("2026-11-02 06:06:18.956 {line}")), false),
        ("cli.txt", each(&|line| format!("EVENTS\t3764\t{FIRST}\tstream\t{line}\t{FIRST}")), false),
        ("wrapped.ndjson", each(&|line| json!({"timestamp": FIRST, "message": line}).to_string()), false),
        ("export.log", faults.join("\n").into_bytes(), true),
        ("windows.log", (String::from("\u{feff}") + &faults.join("\r\n")).into_bytes(), true),
        ("export.gz", gzip(&faults.join("\n")), true),
        ("members.gz", members, true),
        ("events.json", json!({"events": events, "searchedLogStreams": []}).to_string().into_bytes(), false),
        ("pretty.json", serde_json::to_vec_pretty(&pretty).unwrap(), false),
        (
            "pages.json",
            format!(
                "{}\n{}",
                json!({"events": one, "nextForwardToken": "f/1"}),
                json!({"nextBackwardToken": "b", "events": two})
            )
            .into_bytes(),
            false,
        ),
        ("array.json", Json::from(events.clone()).to_string().into_bytes(), false),
        (
            "insights.json",
            json!({"results": cells, "statistics": {"recordsMatched": 1}, "status": "Complete"})
                .to_string()
                .into_bytes(),
            false,
        ),
        ("console.json", serde_json::to_vec_pretty(&objects).unwrap(), false),
        ("firehose", (firehose(one) + &firehose(two)).into_bytes(), false),
        ("firehose.gz", gzip(&(firehose(one) + "\n" + &firehose(two))), false),
        (
            "insights.csv",
            format!(
                "@timestamp,@message\n{}",
                lines.iter().map(|line| format!("2026-11-02 06:06:18.956,{}\n", quoted(line))).collect::<String>()
            )
            .into_bytes(),
            false,
        ),
        (
            "console.csv",
            format!(
                "timestamp,message\n{}",
                lines.iter().map(|line| format!("{FIRST},{}\n", quoted(line))).collect::<String>()
            )
            .into_bytes(),
            false,
        ),
    ]
}

fn gives_back(name: &str, requests: &[Logged], rows: &[RequestReport]) {
    for request in requests {
        let row =
            rows.iter().find(|row| row.request_id == request.id).unwrap_or_else(|| panic!("{name}: {}", request.id));
        assert_eq!(row.verdict.to_string(), if request.denied { "denied" } else { "ok" }, "{name}: {row:#?}");
        assert_eq!(row.change, None, "{name}: the local templates decide alike: {row:#?}");
        for entry in &row.entries {
            let result = serde_json::to_value(&entry.comparison).unwrap();
            assert_eq!(result["result"], "equal", "{name}: {entry:#?}");
        }
    }
}

#[test]
fn every_form_gives_back_the_verdicts() {
    let folder = folder("forms", &[]);
    let resolvers = notes();
    for stash in [Stash::Before, Stash::After] {
        let requests = requests_with(stash);
        let judge = Judge { resolvers: Some(&resolvers), identities: callers(&requests), ..Judge::default() };
        let lines = interleaved(&requests);
        for (name, content, faults) in forms(&lines) {
            let file = folder.join(name);
            std::fs::write(&file, content).unwrap();
            let (rows, counts) = judged(&judge, &[file]);
            assert_eq!(rows.len(), requests.len() + usize::from(faults), "{name}: {counts:?}");
            gives_back(name, &requests, &rows);
            adds_up(&counts);
            assert!(counts.warnings.is_empty(), "{name}: {counts:?}");
            // In the order in which they first appear, whichever core was first.
            let order: Vec<&str> = rows.iter().map(|row| row.request_id.as_str()).take(2).collect();
            assert_eq!(order, [requests[0].id.as_str(), requests[1].id.as_str()], "{name}");
            if faults {
                let refused = rows.iter().find(|row| row.status == Some(401)).unwrap();
                assert_eq!(refused.verdict.to_string(), "denied");
                assert_eq!(serde_json::to_value(refused.layer).unwrap(), "request");
                assert_eq!((counts.skipped(Skip::Cut), counts.skipped(Skip::NoEvent)), (1, 1), "{name}: {counts:?}");
                assert!(counts.skipped[&Skip::Cut].first.ends_with(&format!("{name}:4")), "{counts:?}");
                assert_eq!(counts.unknown_types["SomethingNew"], 1);
            } else {
                assert_eq!((counts.read, counts.used), (lines.len() as u64, lines.len() as u64), "{name}");
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn several_files_folders_and_standard_input() {
    let folder = folder("several", &[]);
    let requests = requests();
    let resolvers = notes();
    let judge = Judge { resolvers: Some(&resolvers), identities: callers(&requests), ..Judge::default() };
    let mut lines = interleaved(&requests);
    // Out of order: the summaries first.
    lines.sort_by_key(|line| !line.contains("RequestSummary"));
    let (one, two) = lines.split_at(lines.len() / 2);
    let parts = [folder.join("a/000000.gz"), folder.join("b/000000.gz")];
    for (part, lines) in parts.iter().zip([one, two]) {
        std::fs::create_dir_all(part.parent().unwrap()).unwrap();
        std::fs::write(part, gzip(&lines.join("\n"))).unwrap();
    }
    for files in [parts.to_vec(), vec![folder.clone()]] {
        let (rows, counts) = judged(&judge, &files);
        assert_eq!((rows.len(), counts.used), (requests.len(), lines.len() as u64));
        gives_back("several", &requests, &rows);
    }
    for content in [
        lines.join("\n").into_bytes(),
        gzip(&lines.join("\n")),
        json!({"events": lines.iter().map(|line| json!({"message": line})).collect::<Vec<_>>()})
            .to_string()
            .into_bytes(),
    ] {
        let mut child = command()
            .args(["replay", "-", "--ndjson"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&content).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), requests.len());
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A request of listNotes by a signed-in user, with these lines more.
fn lines_of(file: &Path, lines: &[String]) -> PathBuf {
    std::fs::write(file, lines.join("\n")).unwrap();
    file.to_owned()
}

#[test]
fn cut_and_late_entries_are_never_taken_for_a_success() {
    let folder = folder("cut", &[]);
    let resolvers = notes();
    let mut requests = requests();
    let at = requests.iter().position(|request| request.denied).unwrap();
    let denied = requests.swap_remove(at);
    let refusal = denied.lines.iter().position(|line| line.contains("Not Authorized")).unwrap();
    let mut lines = denied.lines.clone();
    // The entry of the refusal is cut behind its request id.
    let end = lines[refusal].find("requestId").unwrap() + 60;
    lines[refusal].truncate(end);
    let judge = Judge { resolvers: Some(&resolvers), ..Judge::default() };
    let (rows, counts) = judged(&judge, &[lines_of(&folder.join("a.log"), &lines)]);
    assert_eq!((rows[0].verdict.to_string().as_str(), counts.skipped(Skip::Cut)), ("unknown", 1), "{:#?}", rows[0]);
    assert!(rows[0].notes[0].contains("cut"), "{:?}", rows[0].notes);
    // An entry that comes when its request has left the window is named, and is no request of its own.
    let mut lines = vec![denied.lines[0].clone()];
    let summary = |at: usize| format!("{{\"logType\":\"RequestSummary\",\"requestId\":\"r{at}\",\"statusCode\":200}}");
    lines.extend((0..20_001).map(summary));
    lines.push(denied.lines[1].clone());
    let (rows, counts) = judged(&judge, &[lines_of(&folder.join("a.log"), &lines)]);
    assert_eq!((rows.len(), counts.skipped(Skip::Late)), (20_002, 1));
    adds_up(&counts);
    // A damaged gzip file and a document that ends in the middle say so; what stands before is used.
    let text = interleaved(&requests).join("\n");
    let mut gz = gzip(&text);
    gz.truncate(gz.len() - 20);
    std::fs::write(folder.join("a.gz"), gz).unwrap();
    let events: Vec<Json> = text.lines().map(|line| json!({"message": line})).collect();
    let mut document = json!({"events": events}).to_string();
    document.truncate(document.len() - 40);
    std::fs::write(folder.join("a.json"), document).unwrap();
    for name in ["a.gz", "a.json"] {
        let (rows, counts) = judged(&judge, &[folder.join(name)]);
        assert!(!rows.is_empty(), "{name}");
        assert!(counts.warnings[0].contains("was not read"), "{name}: {counts:?}");
        adds_up(&counts);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A user pool token of AppSync's kind that expired in 2020, its signature made up.
fn token() -> String {
    let claims = json!({"sub": "ann-1", "token_use": "access", "username": "ann", "exp": 1_600_000_000, "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x"});
    crate::support::callers::token(&claims, "c2lnbmF0dXJlLW9mLWFubg")
}

#[test]
fn credentials_are_never_printed() {
    let folder = folder("secrets", &[]);
    let (token, key, cookie) = (token(), "da2-abcdefghijklmnopqrstuvwxyz", "session=verysecretcookie");
    let id = "6f1d2c3b-0000-4000-8000-0000000000aa";
    let mut lines = vec![
        format!(
            "{id} Request Headers: {{host=[abc.appsync-api.eu-west-1.amazonaws.com], authorization=[{token}], cookie=[{cookie}], x-api-key=[{key}]}}"
        ),
        format!("{id} Response Headers: {{X-Amzn-Requestid=[{id}], x-amzn-ErrorType=UnauthorizedException}}"),
        json!({"logType": "ExecutionSummary", "requestId": id, "startTime": "2026-11-02T06:06:18.956Z"}).to_string(),
    ];
    // A template that prints its headers, an error that repeats them, and a field of the log that holds them.
    for at in 0..2 {
        lines.push(json!({"logType": "BeforeMapping", "requestId": id, "path": ["deleteNote", &token, at], "fieldName": "deleteNote", "parentType": "Mutation", "functionName": key,
            "context": {"arguments": {"id": "n1"}, "stash": {}}, "fieldInError": true, "transformedTemplate": format!("{{\"a\": \"{token} {cookie}\", \"{key}\": 1}}"),
            "errors": [format!("Unauthorized {token} {cookie} {key} Bearer abcdefghijkl")]}).to_string());
    }
    for status in [200, 401] {
        let mut lines = lines.clone();
        lines.push(json!({"logType": "RequestSummary", "requestId": id, "statusCode": status}).to_string());
        let log = lines_of(&folder.join("a.log"), &lines);
        for more in [
            &["--format", "text"][..],
            &["--format", "json"],
            &["--format", "csv"],
            &["--format", "html"],
            &["--ndjson"],
        ] {
            let output =
                command().args(["replay", log.to_str().unwrap(), "--from", NOTES]).args(more).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
            assert!(text.contains("Mutation.deleteNote") || status == 401, "{more:?}: {text}");
            for secret in [token.as_str(), key, "verysecretcookie", "c2lnbmF0dXJl", "abcdefghijkl"] {
                assert!(!text.contains(secret), "{status} {more:?}: {secret}: {text}");
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_refusal_before_execution_has_the_findings_of_diagnose() {
    let folder = folder("early", &[]);
    let id = "6f1d2c3b-0000-4000-8000-0000000000aa";
    let summary = |status: u64| json!({"logType": "RequestSummary", "requestId": id, "statusCode": status}).to_string();
    let expired = [
        format!("2026-11-02T06:06:18.956Z {id} Request Headers: {{authorization=[{}]}}", token()),
        format!(
            "2026-11-02T06:06:18.956Z {}",
            json!({"logType": "ExecutionSummary", "requestId": id, "startTime": "2026-11-02T06:06:18.956Z"})
        ),
        summary(401),
    ];
    let judge = Judge::default();
    let (rows, _) = judged(&judge, &[lines_of(&folder.join("a.log"), &expired)]);
    assert_eq!(
        (rows[0].verdict.to_string().as_str(), rows[0].cause.map(|cause| cause.to_string()).as_deref()),
        ("denied", Some("token-expired")),
        "{:#?}",
        rows[0]
    );
    // Headers that were masked, or not logged at all, are not taken for missing or malformed ones.
    let masked = vec![format!("{id} Request Headers: {{authorization=[****]}}"), summary(401)];
    for (lines, cause) in [(masked, "credential-masked"), (vec![summary(401)], "log-incomplete")] {
        let (rows, _) = judged(&judge, &[lines_of(&folder.join("a.log"), &lines)]);
        assert_eq!(rows[0].cause.map(|cause| cause.to_string()).as_deref(), Some(cause), "{:#?}", rows[0]);
        assert_eq!(serde_json::to_value(rows[0].layer).unwrap(), "request");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_field_without_a_mapping_entry() {
    let folder = folder("missing", &[]);
    let resolvers = notes();
    let requests = requests();
    // A request of two fields over several lines, of which one has no entry.
    let request = requests.iter().find(|request| !request.denied).unwrap();
    let mut lines: Vec<String> =
        format!("{} GraphQL Query: query Q {{\n  listNotes {{ items {{ id }} }}\n  serverTime\n}}, Operation: Q, Variables: {{}}", request.id)
            .lines()
            .map(str::to_owned)
            .collect();
    lines.extend(request.lines.iter().cloned());
    let log = lines_of(&folder.join("a.log"), &lines);
    let judge = Judge { resolvers: Some(&resolvers), identities: callers(&requests), ..Judge::default() };
    let (rows, counts) = judged(&judge, std::slice::from_ref(&log));
    assert_eq!(counts.skipped(Skip::Continued), 3, "{counts:?}");
    let facts = |row: &RequestReport| {
        (row.verdict.to_string(), row.fields.clone(), row.cause.map(|cause| cause.to_string()).unwrap_or_default())
    };
    let mode = |row: &RequestReport| serde_json::to_value(row.layer).unwrap();
    assert_eq!(
        facts(&rows[0]),
        ("denied".to_owned(), vec!["Query.serverTime".to_owned()], "no-mapping-entry".to_owned())
    );
    assert_eq!(mode(&rows[0]), "mode");
    // With the schema the layer of diagnose tells which directive.
    let schema = "type Query { listNotes: NotePage serverTime: String @aws_cognito_user_pools(cognito_groups: [\"Clocks\"]) } type NotePage { items: [Note] } type Note { id: ID }";
    let known = json!({"schema": schema, "apiConfig": {"default": "AMAZON_COGNITO_USER_POOLS"}});
    let known = vtl_eval::request::Request::of_report(&known).unwrap();
    let judge = Judge { resolvers: Some(&resolvers), identities: callers(&requests), known, ..Judge::default() };
    let (rows, _) = judged(&judge, &[log]);
    assert_eq!(facts(&rows[0]).2, "directive-excludes-groups", "{:#?}", rows[0]);
    // Alone it may as well be a query that is not valid, or a lower log level: not known.
    let alone = [lines[..4].to_vec(), lines[lines.len() - 2..].to_vec()].concat();
    let judge = Judge { resolvers: Some(&resolvers), ..Judge::default() };
    let (rows, _) = judged(&judge, &[lines_of(&folder.join("a.log"), &alone)]);
    assert_eq!((facts(&rows[0]).0.as_str(), mode(&rows[0])), ("unknown", json!(null)));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// An API of one field with this request template.
fn api(folder: &Path, template: &str) -> Resolvers {
    std::fs::create_dir_all(folder.join("resolvers")).unwrap();
    std::fs::write(folder.join("resolvers/a.vtl"), template).unwrap();
    std::fs::write(folder.join("resolvers/b.vtl"), "{\"filter\": $util.toJson($ctx.stash.authFilter)}").unwrap();
    let manifest = json!({"pipelines": {"Query.f": {"kind": "PIPELINE", "functions": [
        {"name": "one", "slot": "auth", "index": 1, "dataSource": {"name": "N", "type": "NONE"}, "request": {"file": "a.vtl"}, "response": null},
        {"name": "two", "slot": "main", "index": 0, "dataSource": {"name": "T", "type": "AMAZON_DYNAMODB"}, "request": {"file": "b.vtl"}, "response": null}]}}});
    std::fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
    load(&folder.join("manifest.json"), &LoadOptions::default()).unwrap()
}

fn logged(resolvers: &Resolvers, now_millis: i64, seed: u64, stash: Stash, folder: &Path) -> PathBuf {
    let members = vtl_eval::value::Map::new();
    members.put_str("arguments", Value::from(&json!({"id": "6f1d2c3b-1111-4000-8000-000000000000"})));
    let given = Given { members, now_millis, seed, ..Given::default() };
    let field = Field {
        resolvers,
        name: "Query.f",
        id: "6f1d2c3b-0000-4000-8000-0000000000aa".to_owned(),
        given,
        result: json!([]),
        stash,
    };
    lines_of(&folder.join("a.log"), &field.run().0)
}

#[test]
fn generated_ids_and_times_may_differ_and_nothing_else() {
    let folder = folder("generated", &[]);
    let template = |kind: &str| {
        format!(
            "{{\"id\": \"$util.autoId()\", \"at\": \"$util.time.nowISO8601()\", \"n\": $util.time.nowEpochSeconds(), \"arg\": \"$ctx.args.id\", \"kind\": \"{kind}\"}}"
        )
    };
    let resolvers = api(&folder, &template("old"));
    let log = logged(&resolvers, FIRST, 7, Stash::Before, &folder);
    let judge = |resolvers| Judge { resolvers: Some(resolvers), ..Judge::default() };
    let (rows, _) = judged(&judge(&resolvers), std::slice::from_ref(&log));
    assert!(
        rows[0].entries.iter().all(|entry| serde_json::to_value(&entry.comparison).unwrap()["result"] == "equal"),
        "{rows:#?}"
    );
    let newer = api(&folder, &template("new").replace("$ctx.args.id", "7f1d2c3b-1111-4000-8000-000000000000"));
    let (rows, _) = judged(&judge(&newer), &[log]);
    let found = serde_json::to_value(&rows[0].entries[0].comparison).unwrap();
    let places: Vec<&str> =
        found["diff"].as_array().unwrap().iter().map(|place| place["path"].as_str().unwrap()).collect();
    assert_eq!(places, ["$.arg", "$.kind"], "an id that came with the request is no generated one: {found:#}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_filter_that_is_gone_opens_rows() {
    let folder = folder("filter", &[]);
    let set =
        |owner: &str| format!("$util.qr($ctx.stash.put(\"authFilter\", {{\"owner\": {{\"eq\": \"{owner}\"}}}})){{}}");
    for stash in [Stash::Before, Stash::After] {
        let resolvers = api(&folder, &set("ann"));
        let log = logged(&resolvers, FIRST, 1, stash, &folder);
        for (template, change) in [
            (set("ann"), None),
            ("{}".to_owned(), Some("opened")),
            ("#if(false)".to_owned() + &set("ann") + "#end{}", Some("opened")),
            (set("bob"), Some("changed")),
        ] {
            let resolvers = api(&folder, &template);
            let judge = Judge { resolvers: Some(&resolvers), ..Judge::default() };
            let (rows, _) = judged(&judge, std::slice::from_ref(&log));
            assert_eq!(
                rows[0].change.map(|change| change.to_string()).as_deref(),
                change,
                "{template}: {:#?}",
                rows[0]
            );
        }
        let open = api(&folder, "{}");
        let log = logged(&open, FIRST, 1, stash, &folder);
        let resolvers = api(&folder, &set("ann"));
        let judge = Judge { resolvers: Some(&resolvers), ..Judge::default() };
        let (rows, _) = judged(&judge, &[log]);
        assert_eq!(rows[0].change.map(|change| change.to_string()).as_deref(), Some("closed"), "{:#?}", rows[0]);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What may happen to a line on its way.
#[derive(Clone, Debug)]
enum Fault {
    Cut(usize),
    Byte(usize, u8),
    Twice,
    Swap,
    Text(String),
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        any::<usize>().prop_map(Fault::Cut),
        (
            any::<usize>(),
            prop_oneof![
                Just(b'"'),
                Just(b'{'),
                Just(b'}'),
                Just(b'['),
                Just(0xff),
                Just(b'\\'),
                Just(b' '),
                any::<u8>()
            ]
        )
            .prop_map(|(at, byte)| Fault::Byte(at, byte)),
        Just(Fault::Twice),
        Just(Fault::Swap),
        "\\PC{0,40}".prop_map(Fault::Text),
    ]
}

fn damaged(lines: &[String], faults: &[(usize, Fault)]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = lines.iter().map(|line| line.clone().into_bytes()).collect();
    for (at, fault) in faults {
        let at = at % lines.len();
        match fault {
            Fault::Cut(end) => {
                let end = end % lines[at].len().max(1);
                lines[at].truncate(end);
            }
            Fault::Byte(place, byte) if !lines[at].is_empty() && !matches!(byte, b'\n' | b'\r') => {
                let place = place % lines[at].len();
                lines[at][place] = *byte;
            }
            Fault::Byte(..) => {}
            Fault::Twice => lines.insert(at, lines[at].clone()),
            Fault::Swap => lines.swap(at, 0),
            Fault::Text(text) => lines.insert(at, text.replace('\n', " ").into_bytes()),
        }
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// No line is lost from the counts, and none ends the run.
    #[test]
    fn damaged_lines_are_counted(faults in proptest::collection::vec((any::<usize>(), fault()), 1..12)) {
        let requests = requests();
        let resolvers = notes();
        let judge = Judge { resolvers: Some(&resolvers), identities: callers(&requests), ..Judge::default() };
        let folder = folder("damaged", &[]);
        let lines = damaged(&interleaved(&requests), &faults);
        let seen = lines.iter().filter(|line| !String::from_utf8_lossy(line).trim().is_empty()).count() as u64;
        let file = folder.join("a.log");
        // A first line that is sound, so that the form is that of lines.
        std::fs::write(&file, [b"START\n".to_vec(), lines.join(&b'\n')].concat()).unwrap();
        let (_, counts) = judged(&judge, std::slice::from_ref(&file));
        adds_up(&counts);
        prop_assert_eq!(counts.read, seen + 1);
        // As a whole file of any form: whatever it is taken for, it ends, and the counts add up.
        for (name, content, _) in forms(&interleaved(&requests)).into_iter().filter(|(_, content, _)| content.first() != Some(&0x1f)) {
            let text: Vec<String> = String::from_utf8(content).unwrap().lines().map(str::to_owned).collect();
            let file = folder.join(name);
            std::fs::write(&file, damaged(&text, &faults).join(&b'\n')).unwrap();
            let (_, counts) = judged(&Judge::default(), &[file]);
            adds_up(&counts);
        }
    }
}

#[test]
fn a_template_that_opens_something_exits_with_2() {
    let requests = requests();
    let folder = folder("opened", &[]);
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
    let folder = folder("summary", &[]);
    let log = folder.join("a.log");
    std::fs::write(&log, interleaved(&requests).join("\n")).unwrap();
    let run = |format: &str, more: &[&str]| {
        let claims = r#"{"sub":"x","token_use":"access","cognito:groups":["moderators"]}"#;
        let output = command()
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

/// What the schema says against a request that passed stands in the text, though nothing was refused.
#[test]
fn a_note_of_a_request_that_passed_is_shown() {
    let folder = folder("notes-shown", &[]);
    let log = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reports/before/040-nested-address-closed-to-the-key.log");
    let shown = |directive: &str| {
        let schema = folder.join("schema.graphql");
        let text = format!(
            "type Query {{ getOrder(id: ID!): Order {directive} }} type Order @aws_api_key {{ id: ID! drop: Drop }} type Drop @aws_api_key {{ street: String city: String }}"
        );
        std::fs::write(&schema, text).unwrap();
        let api = r#"{"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["API_KEY"]}"#;
        let output = command()
            .args(["replay", log.to_str().unwrap(), "--schema", schema.to_str().unwrap(), "--api", api])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let closed = shown("@aws_cognito_user_pools");
    assert!(closed.starts_with("1 request, 0 refused") && closed.contains("That is not what is deployed"), "{closed}");
    let open = shown("@aws_api_key");
    assert!(open.starts_with("1 request, 0 refused") && !open.contains("Requests"), "{open}");
    std::fs::remove_dir_all(&folder).unwrap();
}
