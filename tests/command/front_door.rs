//! What people paste and mistype, and the answer that each must get: tests/inputs/front-door/*.toml, written before the code.
//! A case has the text of `pasted.txt` (`given`), the arguments (`run`) or those of its file, the exit codes that are right,
//! and what the output must hold. Tokens are built here, from claims, so that none is ever committed; none may be shown.

use crate::support::command::{command, encoded};
use crate::support::files::{read, temporary};
use serde::Deserialize;
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

#[derive(Deserialize)]
struct Table {
    run: Vec<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    given: Option<String>,
    /// The same as bytes, in hexadecimal digits.
    bytes: Option<String>,
    stdin: Option<String>,
    run: Option<Vec<String>>,
    exit: Codes,
    says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Codes {
    One(i32),
    Some(Vec<i32>),
}

/// What stands for a token in the table, and what of it must never be shown.
struct Words {
    values: Vec<(&'static str, String)>,
    secrets: Vec<String>,
}

/// Base64url without padding, as a token's parts have it.
fn part(text: &str) -> String {
    encoded(text).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

impl Words {
    fn new() -> Self {
        let pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example";
        let id = json!({
            "sub": "ann-1", "cognito:groups": ["Editors"], "iss": pool, "cognito:username": "ann", "aud": "client1",
            "token_use": "id", "auth_time": 1_700_000_000, "exp": 4_102_444_800_u64, "iat": 1_700_000_000,
            "email": "ann@example.com",
        });
        let access = json!({
            "sub": "ann-1", "cognito:groups": ["Editors"], "iss": pool, "client_id": "client1", "token_use": "access",
            "scope": "aws.cognito.signin.user.admin", "exp": 4_102_444_800_u64, "iat": 1_700_000_000, "username": "ann",
        });
        let other = json!({
            "sub": "auth0|ann", "cognito:groups": ["Editors"], "iss": "https://tenant.example.com/", "aud": "api",
            "exp": 4_102_444_800_u64, "iat": 1_700_000_000,
        });
        let machine = json!({
            "sub": "client1", "token_use": "access", "scope": "api/read", "iss": pool, "client_id": "client1", "version": 2,
            "exp": 4_102_444_800_u64, "iat": 1_700_000_000,
        });
        let profile = json!({"sub": "auth0|ann", "cognito:groups": ["Editors"], "iss": "https://tenant.example.com/",
            "aud": "client1", "nonce": "n", "exp": 4_102_444_800_u64, "iat": 1_700_000_000});
        let signature = part("the signature of a token, in sixteen words that no one may ever see in what is printed");
        let header = part(r#"{"kid":"k1","alg":"RS256"}"#);
        let token = |claims: &serde_json::Value| format!("{header}.{}.{signature}", part(&claims.to_string()));
        let sealed = part(r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#);
        let refresh = format!("{sealed}.{signature}.{}.{signature}.{}", part("nonce"), part("tag of it"));
        let secret = "nEvErShOwNsEcReTvAlUe0123456789abcdefABCDEF".to_owned();
        let wrapped: Vec<String> = token(&access).as_bytes().chunks(64).map(|line| lossy(line) + "\n").collect();
        let cut = token(&id).chars().take(header.len() + 1 + 41).collect();
        let handshake = json!({"host": "abc.appsync-api.eu-west-1.amazonaws.com", "Authorization": token(&access)});
        let values = vec![
            ("{{M2M}}", token(&machine)),
            ("{{HEADER64}}", encoded(&handshake.to_string())),
            ("{{ID}}", token(&id)),
            ("{{ID_CLAIMS}}", id.to_string()),
            ("{{ID_PAYLOAD}}", part(&id.to_string())),
            ("{{ID_CUT}}", cut),
            ("{{ACCESS}}", token(&access)),
            ("{{ACCESS_CLAIMS}}", access.to_string()),
            ("{{ACCESS_WRAPPED}}", wrapped.concat()),
            ("{{OIDC_ACCESS}}", token(&other)),
            ("{{OIDC_ID}}", token(&profile)),
            ("{{REFRESH}}", refresh),
            ("{{SECRET}}", secret.clone()),
            ("{{REPO}}", env!("CARGO_MANIFEST_DIR").to_owned()),
        ];
        let secrets = vec![signature[..24].to_owned(), part(&id.to_string())[..40].to_owned(), secret];
        Self { values, secrets }
    }

    fn put_in(&self, text: &str) -> String {
        self.values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The folder in which the cases run, with the files that they name.
fn folder(name: &str) -> PathBuf {
    let folder = temporary(&format!("front-{name}"));
    let file = |path: &str, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let template = "#set( $isAuthorized = false )\n#if( $ctx.identity.claims.get(\"cognito:groups\").contains(\"Editors\") )\n#set( $isAuthorized = true )\n#end\n#if( !$isAuthorized )\n$util.unauthorized()\n#end\nuser=$!ctx.identity.username use=$!ctx.identity.claims.token_use mode=$util.authType()\n";
    file("T.vtl", template);
    file("Query.listReports.auth.1.req.vtl", template);
    file("mode.vtl", "#set( $isAuthorized = true )mode=$util.authType()");
    file("args.vtl", "#set( $isAuthorized = true )id=$ctx.args.id tags=$ctx.args.tags");
    file(
        "body.json",
        r#"{"errors": [{"errorType": "Unauthorized", "message": "Not Authorized to access listReports on type Query"}]}"#,
    );
    file("policy.json", r#"{"Version": "2012-10-17", "Statement": []}"#);
    file("log.txt", "nothing\n");
    file("folder/README.md", "nothing\n");
    file("hars/x.har", r#"{"log": {"version": "1.2", "entries": []}}"#);
    file("personas.json", r#"{"personas": [{"name": "ann", "claimsFile": "pasted.txt"}]}"#);
    let none = json!({"pipelines": {"Query.none": {"kind": "UNIT", "functions": [{
        "name": "none", "slot": "unit", "index": 0, "dataSource": {"name": "NONE_DS", "type": "NONE"},
        "request": {"file": "Query.none.req.vtl"}, "response": {"file": "Query.none.res.vtl"},
    }]}}});
    file("none-api/manifest.json", &none.to_string());
    file("none-api/resolvers/Query.none.req.vtl", r#"{"version": "2018-05-29", "payload": {"id": "7"}}"#);
    file("none-api/resolvers/Query.none.res.vtl", "$util.toJson($ctx.result)");
    folder
}

/// What is wrong with the answer that a case gets.
fn wrong(case: &Case, table: &Table, words: &Words, folder: &Path) -> Vec<String> {
    let pasted = folder.join("pasted.txt");
    let _ = std::fs::remove_file(&pasted);
    if let Some(given) = &case.given {
        std::fs::write(&pasted, words.put_in(given)).unwrap();
    }
    if let Some(bytes) = &case.bytes {
        let byte = |at: usize| u8::from_str_radix(&bytes[at..at + 2], 16).unwrap();
        std::fs::write(&pasted, (0..bytes.len()).step_by(2).map(byte).collect::<Vec<_>>()).unwrap();
    }
    let args = case.run.as_ref().unwrap_or(&table.run).iter().map(|arg| words.put_in(arg));
    let mut child = command()
        .args(args)
        .current_dir(folder)
        .env("COLUMNS", "200")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(words.put_in(case.stdin.as_deref().unwrap_or_default()).as_bytes());
    let output = child.wait_with_output().unwrap();
    let shown = lossy(&output.stdout) + &lossy(&output.stderr);
    let code = output.status.code().unwrap_or(-1);
    let mut wrong = Vec::new();
    let good = match &case.exit {
        Codes::One(wanted) => *wanted == code,
        Codes::Some(wanted) => wanted.contains(&code),
    };
    if !good {
        wrong.push(format!("exit code {code}"));
    }
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    wrong.extend(case.says.iter().filter(|text| !flat.contains(text.as_str())).map(|text| format!("lacks {text:?}")));
    wrong.extend(words.secrets.iter().filter(|secret| shown.contains(*secret)).map(|_| "shows a secret".to_owned()));
    if !wrong.is_empty() {
        wrong.push(format!("it said: {}", flat.chars().take(400).collect::<String>()));
    }
    wrong
}

fn check(name: &str) {
    let table: Table = toml::from_str(&read(&format!("tests/inputs/front-door/{name}.toml"))).unwrap();
    let words = Words::new();
    let folder = folder(name);
    let failed: Vec<String> = table
        .case
        .iter()
        .filter_map(|case| {
            let wrong = wrong(case, &table, &words, &folder);
            (!wrong.is_empty()).then(|| format!("✗ {}\n    {}", case.name, wrong.join("\n    ")))
        })
        .collect();
    let _ = std::fs::remove_dir_all(&folder);
    let all = table.case.len();
    assert!(failed.is_empty(), "{name}: {} of {all} answered\n{}", all - failed.len(), failed.join("\n"));
}

#[test]
fn callers() {
    check("claims");
}

#[test]
fn templates() {
    check("templates");
}

#[test]
fn requests() {
    check("requests");
}

#[test]
fn typed() {
    check("typed");
}

#[test]
fn sessions() {
    check("sessions");
}

#[test]
fn refusals() {
    check("refusals");
}

#[test]
fn slips() {
    check("slips");
}
