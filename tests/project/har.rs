//! HAR files in the forms that browsers and clients write, read from files and from standard input; nothing secret is shown
//! by any command that reads a token, a log or a HAR.

use crate::support::command::command;
use crate::support::files::folder;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value as Json, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Output, Stdio};

const API: &str = "https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com/graphql";
const SOCKET: &str = "wss://abcdefghijklmnopqrstuvwxyz.appsync-realtime-api.eu-west-1.amazonaws.com/graphql";
const SIGNATURE: &str = "c2VjcmV0LXNpZ25hdHVyZS1vZi1hLXRva2Vu";
const KEY: &str = "da2-secretsecretsecretsecretse";
const FROM: &str = "tests/inputs/har/api/manifest.json";

fn token(claims: &Json) -> String {
    crate::support::callers::token(claims, SIGNATURE)
}

fn access(groups: &Json) -> String {
    token(
        &json!({"sub": "s-1", "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01", "client_id": "a", "token_use": "access", "username": "kim", "cognito:groups": groups, "iat": 1_700_000_000, "exp": 1_700_003_600}),
    )
}

/// An entry: a body that was sent, and what came back.
fn entry(headers: &Json, body: &str, status: u64, answer: &Json) -> Json {
    let headers: Vec<Json> =
        headers.as_object().unwrap().iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({"startedDateTime": "2023-11-14T22:30:00.000Z",
        "request": {"method": "POST", "url": API, "headers": headers, "postData": {"mimeType": "application/json", "text": body}},
        "response": {"status": status, "headers": [], "content": {"mimeType": "application/json", "text": answer.to_string()}}})
}

fn har(entries: Vec<Json>) -> String {
    json!({"log": {"version": "1.2", "entries": entries}}).to_string()
}

fn query(query: &str) -> String {
    json!({"query": query, "variables": {"email": "kim@example.com"}}).to_string()
}

fn denied(path: &[&str], field: &str, parent: &str) -> Json {
    json!({"path": path, "data": null, "errorType": "Unauthorized", "errorInfo": null, "locations": [], "message": format!("Not Authorized to access {field} on type {parent}")})
}

fn run(args: &[&str], input: Option<&[u8]>) -> Output {
    let mut child =
        command().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let bytes = input.unwrap_or_default().to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    output
}

/// A file beside the others of its test.
fn file(name: &str, text: &str) -> PathBuf {
    thread_local! {
        static FOLDER: PathBuf = folder("har-forms", &[]);
    }
    let path = FOLDER.with(|folder| folder.join(name));
    std::fs::write(&path, text).unwrap();
    path
}

/// Field, verdict, layer and first hint of each request; by a file, typed, and on standard input the same.
fn rows(label: &str, har: &str, options: &[&str]) -> Vec<(Json, Json, Json, Json)> {
    let path = file(&format!("{label}.har"), har);
    let mut answers = Vec::new();
    for (name, input) in [(path.to_str().unwrap(), None), ("-", Some(har.as_bytes())), (har, None)] {
        let mut args = vec!["diagnose", name, "--format", "json"];
        args.extend(options);
        let output = run(&args, input);
        assert!(matches!(output.status.code(), Some(0 | 2 | 3)), "{label} {name}: {output:?}");
        answers.push(serde_json::from_slice::<Json>(&output.stdout).unwrap());
    }
    assert_eq!(answers[0], answers[1], "{label}: a file and standard input");
    assert_eq!(answers[0], answers[2], "{label}: a file and what is typed");
    let row = |row: &Json| {
        (row["field"].clone(), row["verdict"].clone(), row["layer"].clone(), row["hints"][0]["code"].clone())
    };
    answers[0]["requests"].as_array().unwrap().iter().map(row).collect()
}

fn one(field: &str, verdict: &str, layer: &str, code: &str) -> (Json, Json, Json, Json) {
    (json!(field), json!(verdict), json!(layer), json!(code))
}

/// C10 and C19 of the diagnosis table: with the templates the hint says which group, which claim.
#[test]
fn resolver_denials_with_the_templates() {
    let sent = json!({"authorization": access(&json!(["moderators"]))});
    let refused = json!({"data": {"mine": null}, "errors": [denied(&["mine"], "listNotes", "Query")]});
    let c10 = har(vec![entry(&sent, &query("{ mine: listNotes { id } }"), 200, &refused)]);
    assert_eq!(rows("c10", &c10, &[]), [one("Query.listNotes", "denied", "resolver", "field-refused")]);
    assert_eq!(
        rows("c10", &c10, &["--from", FROM]),
        [one("Query.listNotes", "denied", "resolver", "group-case-mismatch")]
    );
    let refused = json!({"data": {"myProfile": null}, "errors": [denied(&["myProfile"], "myProfile", "Query")]});
    let c19 =
        har(vec![entry(&sent, &query("query Q($email: String) { myProfile(email: $email) { id } }"), 200, &refused)]);
    assert_eq!(rows("c19", &c19, &["--from", FROM]), [one("Query.myProfile", "denied", "resolver", "claim-absent")]);
    let output = run(&["diagnose", "-", "--from", FROM], Some(c19.as_bytes()));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("access token") && text.contains("ID token") && text.contains("email"), "{text}");
}

/// Bodies in base64, `application/graphql`, batches, and bodies that are broken.
#[test]
fn bodies_in_every_form() {
    let sent = json!({"authorization": access(&json!([]))});
    let refused = json!({"data": {"listNotes": null}, "errors": [denied(&["listNotes"], "listNotes", "Query")]});
    let expected = [one("Query.listNotes", "denied", "resolver", "no-groups")];
    let mut packed = entry(&sent, &query("{ listNotes { id } }"), 200, &json!(null));
    packed["response"]["content"] = json!({"encoding": "base64", "text": STANDARD.encode(refused.to_string())});
    assert_eq!(rows("base64", &har(vec![packed.clone()]), &["--from", FROM]), expected);
    let mut graphql = entry(&sent, "{ listNotes { id } }", 200, &refused);
    graphql["request"]["postData"]["mimeType"] = json!("application/graphql");
    assert_eq!(rows("graphql", &har(vec![graphql]), &["--from", FROM]), expected);
    // Broken base64 and a body that is no query: the request is judged, what it asked is not known.
    packed["response"]["content"]["text"] = json!("!!!");
    packed["response"]["status"] = json!(401);
    let found = rows("broken-base64", &har(vec![packed]), &[]);
    assert_eq!((&found[0].1, &found[0].2), (&json!("denied"), &json!("request")), "{found:?}");
    let found = rows(
        "no-query",
        &har(vec![entry(
            &sent,
            "{ listNotes { id",
            401,
            &json!({"errors": [{"errorType": "UnauthorizedException", "message": "Token has expired."}]}),
        )]),
        &[],
    );
    assert_eq!(found, [(json!(null), json!("denied"), json!("request"), json!("token-expired"))]);
    // A batch: answers in order; one answer for all when the whole was refused.
    let batch =
        json!([{"query": "{ serverTime }"}, {"query": "{ a: listNotes { id } b: myProfile(email: \"k@example.com\") { id } }"}]).to_string();
    let answers = json!([{"data": {"serverTime": "1"}}, {"data": {"a": null, "b": null}, "errors": [denied(&["b"], "myProfile", "Query"), denied(&["a"], "listNotes", "Query")]}]);
    let found = rows("batch", &har(vec![entry(&sent, &batch, 200, &answers)]), &["--from", FROM]);
    assert_eq!(found[0].1, "allowed", "{found:?}");
    assert_eq!(
        found[1..],
        [
            one("Query.listNotes", "denied", "resolver", "no-groups"),
            one("Query.myProfile", "denied", "resolver", "claim-absent")
        ]
    );
    let all = json!({"errors": [{"errorType": "UnauthorizedException", "message": "Token has expired."}]});
    let found = rows("batch-401", &har(vec![entry(&sent, &batch, 401, &all)]), &[]);
    let expired = |field: &str| one(field, "denied", "request", "token-expired");
    assert_eq!(found, [expired("Query.serverTime"), expired("Query.listNotes"), expired("Query.myProfile")]);
    // Fewer answers than operations.
    let found =
        rows("batch-short", &har(vec![entry(&sent, &batch, 200, &json!([{"data": {"serverTime": "1"}}]))]), &[]);
    assert_eq!(found.len(), 3);
}

/// The `header` parameter of a WebSocket: padded, bare and URL-safe base64, percent-coded or not; keys, tokens, signatures.
#[test]
fn the_credentials_of_a_web_socket() {
    let refusal = json!({"type": "connection_error", "payload": {"errors": [{"errorType": "UnauthorizedException", "message": "You are not authorized to make this call.", "errorCode": 401}]}}).to_string();
    // Bytes that are `+` and `/` in one alphabet and `-` and `_` in the other.
    let key = json!({"host": "h", "x-api-key": KEY, "note": "??>>~~ÿÿ"}).to_string();
    let forms = [
        STANDARD.encode(&key).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"),
        STANDARD.encode(&key),
        URL_SAFE_NO_PAD.encode(&key),
    ];
    for (at, form) in forms.iter().enumerate() {
        let socket = json!({"startedDateTime": "2023-11-14T22:30:00.000Z", "request": {"method": "GET", "url": format!("{SOCKET}?header={form}&payload=e30="), "headers": []}, "response": {"status": 101, "headers": [], "content": {}}, "_webSocketMessages": [{"type": "receive", "data": refusal}]});
        let found = rows(&format!("socket-{at}"), &har(vec![socket]), &[]);
        assert_eq!(found, [(json!(null), json!("denied"), json!("request"), json!("key-or-authorizer-refused"))]);
    }
    let signed = json!({"host": "h", "Authorization": "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20231114/us-east-1/appsync/aws4_request, SignedHeaders=host, Signature=0123456789abcdef0123456789abcdef", "x-amz-date": "20231114T223000Z", "x-amz-security-token": "session-token-of-example"});
    let socket = json!({"startedDateTime": "2023-11-14T22:30:00.000Z", "request": {"method": "GET", "url": SOCKET, "headers": [{"name": "Sec-WebSocket-Protocol", "value": format!("graphql-ws, header-{}", URL_SAFE_NO_PAD.encode(signed.to_string()))}]}, "response": {"status": 101}, "_webSocketMessages": [{"type": "receive", "data": json!({"payload": {"errors": [{"errorType": "UnauthorizedException", "message": "Permission denied"}]}}).to_string()}]});
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": "arn:aws:appsync:us-east-1:*:*"}}).to_string();
    // Signed for another region than the host's: wrong by itself; the policy is not what is read first.
    let found = rows("socket-signed", &har(vec![socket]), &["--policy", &policy]);
    assert_eq!(found[0].1, "denied", "{found:?}");
    // The `start` frame's operation and its own credential.
    let start = json!({"id": "1", "type": "start", "payload": {"data": json!({"query": "subscription { onNote { id } }"}).to_string(), "extensions": {"authorization": {"Authorization": access(&json!([]))}}}}).to_string();
    let error = json!({"type": "error", "id": "1", "payload": {"errors": [{"errorType": "Unauthorized", "message": "Not Authorized to access onNote on type Subscription"}]}}).to_string();
    let socket = json!({"startedDateTime": "2023-11-14T22:30:00.000Z", "request": {"method": "GET", "url": SOCKET, "headers": []}, "response": {"status": 101}, "_webSocketMessages": [{"type": "send", "data": start}, {"type": "receive", "data": error}]});
    let api = json!({"default": "API_KEY", "additional": ["AMAZON_COGNITO_USER_POOLS"]}).to_string();
    let found = rows("socket-start", &har(vec![socket]), &["--api", &api]);
    assert_eq!(found, [one("Subscription.onNote", "denied", "mode", "mode-needs-directive")]);
}

/// Exit code 1, and a message, whichever way it came; standard input that is no HAR is a refusal report.
#[test]
fn what_is_broken_on_standard_input() {
    let whole = har(vec![entry(
        &json!({"x-api-key": KEY}),
        &query("{ listNotes { id } }"),
        401,
        &json!({"errors": [{"message": "You are not authorized to make this call."}]}),
    )]);
    let deep = format!("{{\"log\":{{\"entries\":[{{\"request\":{{\"headers\":{}", "[".repeat(100_000));
    for (text, told) in [
        (&whole[..whole.len() / 2], "cannot be read"),
        (&whole[..whole.len() - 1], "cannot be read"),
        (deep.as_str(), "cannot be read"),
        ("{\"log\": {\"entries\": [{\"request\": 5}]}}", "no AppSync request"),
        ("{\"log\": {}}", "log.entries"),
        ("{\"log\": {\"entries\": []}}", "no AppSync request"),
        ("{\"context\": [", "neither a HAR nor a refusal report"),
        ("[]", "JSON object"),
        ("", "neither a HAR nor a refusal report"),
    ] {
        let output = run(&["diagnose", "-"], Some(text.as_bytes()));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{}: {error}", &text[..text.len().min(60)]);
        assert!(error.contains(told), "{}: {error}", &text[..text.len().min(60)]);
        assert!(!error.contains(KEY));
    }
    let with_mark = [b"\xEF\xBB\xBF \r\n", whole.as_bytes()].concat();
    assert_eq!(run(&["diagnose", "-"], Some(&with_mark)).status.code(), Some(2));
    let report =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inputs/diagnose/expired-token.json")).unwrap();
    let output = run(&["diagnose", "-", "--format", "json"], Some(&report));
    assert_eq!(output.status.code(), Some(2));
    // An inline report, and a token given beside it.
    let expired = access(&json!([]));
    let report = json!({"context": {"info": {"parentTypeName": "Query", "fieldName": "x"}}}).to_string();
    let output = run(&["diagnose", &report, "--claims", &expired, "--now", "1800000000"], None);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.code() == Some(2) && text.contains("token-expired"), "{text}");
}

/// Every command that reads a token, a HAR or a log, in every form that it writes.
#[test]
fn nothing_secret_is_shown_by_any_command() {
    let compact = access(&json!(["moderators"]));
    let bearer = format!("Bearer {compact}");
    let signature = "AWS4-HMAC-SHA256 Credential=AKIASECRETACCESSKEY/20231114/eu-west-1/appsync/aws4_request, SignedHeaders=host, Signature=0123456789abcdef0123456789abcdef";
    let session = "session-token-that-nobody-may-see";
    let opaque = "my-own-scheme opaque-lambda-secret";
    let secrets = [
        SIGNATURE,
        &compact[..],
        KEY,
        "AKIASECRETACCESSKEY",
        "0123456789abcdef0123456789abcdef",
        session,
        "opaque-lambda-secret",
    ];
    let by_header = json!({"data": {"byHeader": null}, "errors": [{"path": ["byHeader"], "errorType": "Unauthorized", "message": "refused"}]});
    let mut entries = Vec::new();
    for sent in [
        json!({"authorization": compact}),
        json!({"authorization": bearer}),
        json!({"Authorization": format!("\"{compact}\"")}),
        json!({"x-api-key": KEY}),
        json!({"x-api-key": KEY, "authorization": compact}),
        json!({"x-api-key": bearer}),
        json!({"authorization": KEY}),
        json!({"authorization": signature, "x-amz-security-token": session}),
        json!({"authorization": opaque}),
        json!({"authorization": compact, "cookie": format!("session={session}")}),
    ] {
        // The template reads the header and puts it into its error: the worst case.
        entries.push(entry(&sent, &query("{ byHeader }"), 200, &by_header));
        for message in ["Unable to parse JWT token.", "You are not authorized to make this call.", "Permission denied"]
        {
            let refused = json!({"errors": [{"errorType": "UnauthorizedException", "message": message}]});
            entries.push(entry(&sent, &query("{ listNotes { id } }"), 401, &refused));
        }
    }
    let har = file("secrets.har", &har(entries));
    let report = file("secrets.json", &json!({"context": {"request": {"headers": {"authorization": compact, "x-api-key": KEY}}, "info": {"parentTypeName": "Query", "fieldName": "byHeader"}}}).to_string());
    let token_file = file("secrets.token", &bearer);
    let personas = file(
        "secrets-personas.json",
        &json!({"personas": [{"name": "kim", "claimsFile": token_file.to_str().unwrap()}]}).to_string(),
    );
    let cases = file("secrets.vtltest.json", &json!({"template": concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inputs/har/api/resolvers/groups.vtl"), "cases": [{"name": "kim", "claimsFile": token_file.to_str().unwrap(), "expect": {"verdict": "allowed"}}]}).to_string());
    let identities =
        file("secrets-identities.json", &json!({"6f1d2c3b-0000-4000-8000-000000000001": compact}).to_string());
    let (har, report, token_file) = (har.to_str().unwrap(), report.to_str().unwrap(), token_file.to_str().unwrap());
    let template = "tests/inputs/har/api/resolvers/groups.vtl";
    let log = "tests/inputs/replay/notes.log";
    let notes = "templates/notes-api/manifest.json";
    let commands: Vec<(Vec<&str>, &[&str])> = vec![
        (vec!["diagnose", har, "--from", FROM], &["text", "json", "html"]),
        (vec!["diagnose", har, "--from", FROM, "--verbose"], &["text", "json", "html"]),
        (vec!["diagnose", report, "--from", FROM, "--verbose"], &["text", "json", "html"]),
        (vec!["diagnose", report, "--claims", &compact], &["text", "json", "html"]),
        (vec!["token", token_file], &["text", "json", "html"]),
        (vec!["token", &compact], &["text", "json", "html"]),
        (vec![template, "--claims", &compact, "--verbose"], &["text", "json", "html", "aws"]),
        (vec![template, "--claims", token_file, "--why-allowed"], &["text", "json", "html"]),
        (vec!["resolver", "Query.listNotes", "--from", FROM, "--claims", &compact], &["text", "json", "html"]),
        (vec!["matrix", "--from", FROM, "--personas", personas.to_str().unwrap()], &["text", "json", "csv", "html"]),
        (vec!["replay", log, "--from", notes, "--claims", &compact], &["text", "json", "csv", "html"]),
        (
            vec!["replay", log, "--from", notes, "--identities", identities.to_str().unwrap()],
            &["text", "json", "csv", "html"],
        ),
        (vec!["test", cases.to_str().unwrap()], &[]),
    ];
    for (command, formats) in commands {
        let forms: Vec<Vec<&str>> =
            if formats.is_empty() { vec![vec![]] } else { formats.iter().map(|form| vec!["--format", form]).collect() };
        for form in forms {
            let args: Vec<&str> = command.iter().copied().chain(form.iter().copied()).collect();
            let output = run(&args, None);
            let shown = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            let name = args.iter().filter(|arg| arg.len() < 100).copied().collect::<Vec<_>>().join(" ");
            assert!(matches!(output.status.code(), Some(0 | 2 | 3)), "{name}: {shown}");
            assert!(shown.len() > 40, "{name} says nothing: {shown}");
            for secret in secrets {
                assert!(
                    !shown.contains(secret),
                    "{name} shows {secret}:\n{}",
                    shown.lines().find(|line| line.contains(secret)).unwrap_or_default()
                );
            }
            // The template of `byHeader` says what was sent: that is hidden, and not left out by chance.
            assert!(
                !name.contains("diagnose") || name.contains("claims") || shown.contains("[secret]"),
                "{name}: {shown}"
            );
            if form.contains(&"json") {
                assert!(serde_json::from_slice::<Json>(&output.stdout).is_ok(), "{name}: no JSON any more");
            }
        }
    }
    // `batch` reads contexts; it says nothing of their headers.
    let line = json!({"id": 1, "templateFile": template, "context": {"identity": {"claims": {"sub": "s"}}, "request": {"headers": {"authorization": compact, "x-api-key": KEY}}}}).to_string();
    let output = run(&["batch", "--trace"], Some(line.as_bytes()));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("\"denied\""), "{shown}");
    assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
}

/// An error that refused nobody is not counted as a refusal.
#[test]
fn errors_are_counted_apart_from_refusals() {
    let key = json!({"x-api-key": "da2-q7w2e9r4t6y1u3i8o5p0a2s4d6"});
    let broken = json!({"errors": [{"errorType": "MalformedHttpRequestException", "message": "Unable to parse GraphQL query."}]});
    let refused = json!({"errors": [{"errorType": "UnauthorizedException", "message": "You are not authorized to make this call."}]});
    let summary = |entries: Vec<Json>| {
        let output = run(&["diagnose", "-"], Some(har(entries).as_bytes()));
        String::from_utf8(output.stdout).unwrap().lines().next().unwrap().to_owned()
    };
    let error = || entry(&key, &query("query { notes { id"), 400, &broken);
    let refusal = || entry(&key, &query("query { notes { id } }"), 401, &refused);
    assert_eq!(
        summary(vec![error(), error()]),
        "2 requests to AppSync: 0 refused, 2 failed, 0 unknown, 0 without a refusal"
    );
    assert_eq!(
        summary(vec![error(), refusal()]),
        "2 requests to AppSync: 1 refused, 1 failed, 0 unknown, 0 without a refusal"
    );
    assert_eq!(summary(vec![refusal(), refusal()]), "2 requests to AppSync: 2 refused, 0 unknown, 0 without a refusal");
}
