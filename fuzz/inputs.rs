//! What must hold for any input of each format: an end, with an answer or a sentence, and a report that can be drawn and
//! holds no control character. The fuzz targets call this, and tests/safety/fuzzing.rs with the seeds.

use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vtl_eval::appsync::{Given, identity};
use vtl_eval::eval::Limits;
use vtl_eval::explain::{Question, Subject, explain};
use vtl_eval::paste::{self, Ask};
use vtl_eval::project::{LoadOptions, load, yaml};
use vtl_eval::report::{self, DiagnosisJson, FieldsReport, JsonReport, Layout, TokenReport, WrittenForm};
use vtl_eval::request::schema::Schema;
use vtl_eval::request::{Request, har as archive, token as tokens};
use vtl_eval::rules::Model;
use vtl_eval::source::Source;
use vtl_eval::suite::replay::{Judge, Replay};
use vtl_eval::suite::{CaseFile, Refusal, diagnose, updated};
use vtl_eval::syntax::parse;
use vtl_eval::value::{Value, from_given};

/// A format by its name, with what must hold for it.
pub type Format = (&'static str, fn(&str));

/// Each of them.
pub const FORMATS: [Format; 13] = [
    ("context", context),
    ("token", token),
    ("claims", claims),
    ("har", har),
    ("log", log),
    ("cloudformation", cloudformation),
    ("yaml", yaml_text),
    ("serverless", serverless),
    ("hcl", hcl),
    ("sdl", sdl),
    ("policy", policy),
    ("cases", cases),
    ("frame", frame),
];

const TEMPLATE: &str = "#set($isAuthorized = false)#if($ctx.identity.username == 'ann' || $ctx.args.id == $ctx.source.id)#set($isAuthorized = true)#end$util.toJson($ctx)#if(!$isAuthorized)$util.unauthorized()#end";

/// Small limits, so that thousands of inputs run in a second.
fn limits() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| Limits::set_defaults(Some(32 << 20), Some(50_000)));
}

/// A folder of this process, emptied for each input: files are read by their paths.
fn folder(files: &[(&str, &str)]) -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: usize = NUMBER.fetch_add(1, Ordering::Relaxed);
    }
    let name = OWN.with(|own| format!("vtl-eval-fuzz-{}-{own}", std::process::id()));
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = base.join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for inputs");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("an input");
    }
    folder
}

/// A text as it would be written holds nothing that a terminal obeys.
fn drawn(text: &str) {
    let written = report::safe(text, WrittenForm::Text, false);
    let odd = written.chars().find(|letter| letter.is_control() && !matches!(letter, '\n' | '\t'));
    assert_eq!(odd, None);
}

/// The same for JSON, which stays JSON.
fn drawn_json(text: &str) {
    let written = report::safe(text, WrittenForm::Json, false);
    assert_eq!(serde_json::from_str::<Json>(&written).ok(), serde_json::from_str::<Json>(text).ok());
    assert!(!written.chars().any(|letter| letter.is_control() && letter != '\n'));
}

/// A context as JSON.
pub fn context(input: &str) {
    limits();
    let Ok(Value::Map(members)) = from_given(input) else { return };
    let program = parse(&Source::new("fuzz", TEMPLATE)).expect("our own template");
    let question = Question { why_allowed: true, ..Question::default() };
    if let Ok(explained) = explain(Subject::Template(&program.into()), &Given::new(members), &question) {
        drawn(&report::render_text(&explained, Layout { verbose: true, ..Layout::default() }));
        drawn_json(&serde_json::to_string(&JsonReport::new(&explained)).expect("a report is JSON"));
    }
}

/// A token in any wrapping.
pub fn token(input: &str) {
    let Ok((token, _, _)) = tokens::pasted(input, &Ask::default()) else { return };
    if let Ok(told) = TokenReport::new(input, &token, Some("https://a"), Some("b"), Some(1_700_000_000), None) {
        drawn(&report::token_text(&told, Layout::default()));
        drawn(&report::token_html(&told));
        drawn_json(&serde_json::to_string(&told).expect("a report is JSON"));
    }
}

/// Claims, identities and sessions.
pub fn claims(input: &str) {
    if let Ok(read) = identity::read(input, None, 1_700_000_000) {
        read.identity.to_json().ok();
    }
    let _ = paste::kind(input);
}

fn judged(request: Request) {
    let Ok(refusal) = Refusal::of(request) else { return };
    let Ok(diagnosis) = diagnose(&refusal, None) else { return };
    drawn(&report::diagnosis_text(&diagnosis, &refusal, Layout { verbose: true, ..Layout::default() }));
    drawn_json(&serde_json::to_string(&DiagnosisJson::new(&diagnosis, &refusal)).expect("a report is JSON"));
}

fn reported(report: &Json) {
    if let Ok(request) = Request::of_report(report) {
        judged(request);
    }
}

/// A HAR, each request of which is judged.
pub fn har(input: &str) {
    limits();
    archive::read(input.as_bytes(), None, &mut |request| {
        judged(request);
        Ok(())
    })
    .ok();
}

/// A frame of a WebSocket, sent and received.
pub fn frame(input: &str) {
    let message = |way: &str| json!({"type": way, "time": 1, "opcode": 1, "data": input});
    let entry = json!({
        "startedDateTime": "2026-05-01T10:00:00Z",
        "request": {"method": "GET", "headers": [], "url": "wss://x.appsync-realtime-api.eu-west-1.amazonaws.com/graphql?header=e30=&payload=e30="},
        "response": {"status": 101, "headers": [], "content": {}},
        "_webSocketMessages": [message("send"), message("receive")],
    });
    har(&json!({"log": {"entries": [entry]}}).to_string());
}

/// AppSync's log, in any form.
pub fn log(input: &str) {
    limits();
    let folder = folder(&[("log", input)]);
    let judge = Judge::default();
    let mut replay = Replay::new(&judge, None);
    let mut done = |report| {
        drawn_json(&serde_json::to_string(&report).expect("a report is JSON"));
        Ok(())
    };
    replay.read(&folder.join("log"), &mut done).and_then(|()| replay.end(&mut done)).ok();
}

fn project(name: &str, input: &str) {
    let folder = folder(&[(name, input), ("s.graphql", "type Query { a: String }"), ("a.vtl", "$util.unauthorized()")]);
    match load(&folder, &LoadOptions::default()) {
        Ok(project) => {
            let told = FieldsReport::new(&folder, &project, &|_| true);
            drawn(&report::fields_text(&told, Layout { verbose: true, ..Layout::default() }));
        }
        Err(error) => drawn(&error.to_string()),
    }
}

/// A template of CloudFormation, as JSON or YAML.
pub fn cloudformation(input: &str) {
    project(if input.trim_start().starts_with('{') { "stack.json" } else { "stack.yaml" }, input);
}

/// YAML alone.
pub fn yaml_text(input: &str) {
    if let Ok(json) = yaml::read(input) {
        drop(json.to_string());
    }
}

/// `serverless.yml`.
pub fn serverless(input: &str) {
    project("serverless.yml", input);
}

/// Terraform.
pub fn hcl(input: &str) {
    project("main.tf", input);
}

/// A schema: of the API, and with the model's rules.
pub fn sdl(input: &str) {
    Schema::read(input).ok();
    Model::read(Path::new("schema.graphql"), input).ok();
    let context = json!({"schema": input, "identity": {"claims": {"sub": "a"}}, "info": {"parentTypeName": "Query", "fieldName": "a"},
        "apiConfig": {"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["AWS_IAM"]}});
    reported(&json!({"authType": "User Pool Authorization", "context": context}));
}

/// A policy of IAM.
pub fn policy(input: &str) {
    let Ok(policy) = serde_json::from_str::<Json>(input) else { return };
    let context = json!({"policy": policy, "info": {"parentTypeName": "Query", "fieldName": "a"},
        "identity": {"userArn": "arn:aws:sts::111122223333:assumed-role/r/s", "accountId": "111122223333", "username": "r"},
        "apiConfig": {"default": "AWS_IAM", "apiId": "x", "region": "eu-west-1", "accountId": "111122223333"}});
    reported(&json!({"authType": "IAM Authorization", "context": context}));
}

/// A file of cases, run and brought up to date.
pub fn cases(input: &str) {
    limits();
    let name = if input.trim_start().starts_with('{') { "c.vtltest.json" } else { "c.vtltest.yaml" };
    let folder = folder(&[(name, input), ("t.vtl", TEMPLATE)]);
    let Ok(mut file) = CaseFile::read(&folder.join(name)) else { return };
    file.may_lack_expect = true;
    let ran = file.run(None, None, &|| Duration::ZERO);
    drawn(&report::junit(&ran));
    if let Ok(Some(text)) = updated(&file, &ran) {
        assert!(yaml::read(&text).is_ok(), "what is written can be read");
    }
}
