//! The attacks of tests/hostile/secrets.txt: what a request carries must not come out, in any form of report.

use crate::support::command::{attacked, command, stderr, stdout};
use serde_json::{Value as Json, json};

const TABLE: &str = include_str!("../hostile/secrets.txt");
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InExIn0.eyJzdWIiOiJhMWIyYzMiLCJ0b2tlbl91c2UiOiJhY2Nlc3MifQ.Zm9yZ2VkLVNpZ25hdHVyZS1vZi1hLVRva2VuLTAx";
const KEY: &str = "da2-q7w2e9r4t6y1u3i8o5p0a2s4d6";
const REFRESH: &str = "rt.Xq71mZp0Lk29sVb8Nc3yTf5";
const PASSWORD: &str = "hunter2 & Söhne/99";
const CLIENT: &str = "1h57kf5cpq17m0eml12e8dk2opq";
const COOKIE: &str = "s3ss10n-9f8e7d6c5b4a39281706f5e4";

fn asked() -> Json {
    json!({
        "arguments": {"refreshToken": REFRESH, "input": {"password": PASSWORD, "id": "note-1"}},
        "stash": {"clientSecret": CLIENT},
        "identity": {"sub": "a", "username": "visible-user", "claims": {"sub": "a", "cognito:groups": ["Visible"]}},
        "request": {"headers": {"authorization": TOKEN, "x-api-key": KEY, "cookie": format!("session={COOKIE}; lang=en")}},
    })
}

/// What must not be there.
fn forbidden(word: &str) -> &'static str {
    match word {
        "TOKEN" => TOKEN,
        "TOKEN-CUT" => &TOKEN[..60],
        "TOKEN-END" => &TOKEN[TOKEN.len() - 20..],
        "TOKEN-64" => "ZXlKaGJHY2lPaUpTVXpJMU5pSXNJbXRwWkNJNkluRXhJbjA",
        "TOKEN-LOW" => "zm9yz2vklvnpz25hdhvyzs1v",
        "KEY" => KEY,
        "REFRESH" => REFRESH,
        "PASSWORD" => PASSWORD,
        "PASSWORD-64" => "dW50ZXIyICYgU8O2aG5l",
        "PASSWORD-URL" => "hunter2+%26+S%C3%B6hne%2F99",
        "CLIENT" => CLIENT,
        "COOKIE" => &COOKIE[..30],
        "LITERAL" => "bGl0ZXJhbHNpZ25hdHVyZTEyMw",
        other => panic!("{other}"),
    }
}

fn attacks() -> Vec<(&'static str, &'static str, &'static str)> {
    let lines: Vec<&str> = TABLE.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| {
        let (name, words) = pair[0].strip_prefix("== ")?.split_once(" -> ")?;
        Some((name, words, pair[1]))
    });
    pairs.collect()
}

/// Whether a text holds a secret, wrapped over lines or escaped as it may be.
fn holds(text: &str, secret: &str) -> bool {
    let plain = text.replace("&amp;", "&").replace("\\u00f6", "ö");
    let joined: String = plain.split_whitespace().filter(|word| *word != "│").collect();
    let bare: String = secret.split_whitespace().collect();
    plain.contains(secret) || joined.contains(&bare)
}

#[test]
fn no_secret_comes_out_of_a_report() {
    let attacks = attacks();
    assert!(attacks.len() >= 33, "{} attacks", attacks.len());
    let context = asked().to_string();
    let mut wrong = Vec::new();
    let forms = [&["--format", "json"][..], &["--verbose"], &["--format", "html"], &["--format", "aws"]];
    // Where the code is not optimised, JSON and one of the other forms in turn.
    let wanted = |at: usize, form: usize| !cfg!(debug_assertions) || form == 0 || at % 3 + 1 == form;
    for (at, (name, words, template)) in attacks.iter().enumerate() {
        for (_, form) in forms.into_iter().enumerate().filter(|(form, _)| wanted(at, *form)) {
            let mut command = command();
            let (_, text) = attacked(command.args(["-", "--context", &context]).args(form), template);
            let shown = words.split(' ').filter(|word| holds(&text, forbidden(word)));
            wrong.extend(shown.map(|word| format!("{name}: {word} in {form:?}")));
            let valid = form != ["--format", "json"] || !text.starts_with('{') || text.contains("error: ");
            if !valid && serde_json::from_str::<Json>(&text).is_err() {
                wrong.push(format!("{name}: no JSON"));
            }
        }
    }
    let lines: String = attacks
        .iter()
        .map(|(name, _, template)| json!({"id": name, "template": template, "context": asked()}).to_string() + "\n")
        .collect();
    let mut command = command();
    let (code, text) = attacked(command.arg("batch"), &lines);
    assert_eq!(code, Some(0), "{text}");
    let rows: Vec<&str> = text.lines().take(attacks.len()).collect();
    for ((name, words, _), row) in attacks.iter().zip(&rows) {
        let row_json: Json = serde_json::from_str(row).unwrap_or_else(|error| panic!("{name}: {error}: {row}"));
        assert_eq!(row_json["id"], json!(name));
        wrong.extend(
            words.split(' ').filter(|word| holds(row, forbidden(word))).map(|word| format!("{name}: {word} in batch")),
        );
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), attacks.len() * 5, wrong.join("\n"));
}

#[test]
fn what_is_hidden_is_said_and_can_be_shown() {
    let context = asked().to_string();
    let template =
        "$ctx.request.headers.authorization for $ctx.identity.username of $ctx.identity.claims.get('cognito:groups')";
    let report = |more: &[&str]| {
        let mut command = command();
        let (_, text) = attacked(command.args(["-", "--format", "json", "--context", &context]).args(more), template);
        serde_json::from_str::<Json>(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    let codes = |report: &Json| report["notes"].as_array().map_or(String::new(), |notes| json!(notes).to_string());
    let hidden = report(&[]);
    assert_eq!(hidden["output"], json!("[secret] for visible-user of [Visible]"), "claims are no secrets");
    assert!(codes(&hidden).contains("secrets-hidden"), "{hidden}");
    let shown = report(&["--show-secrets"]);
    assert!(shown["output"].as_str().is_some_and(|output| output.starts_with(TOKEN)));
    assert!(codes(&shown).contains("secrets-shown"), "{shown}");
}

#[test]
fn a_token_in_the_place_of_a_name_is_not_echoed() {
    for args in [
        vec![TOKEN],
        vec!["templates/static-groups/template.vtl", "--now", TOKEN],
        vec!["templates/static-groups/template.vtl", "--auth-type", TOKEN],
        vec!["templates/static-groups/template.vtl", "--context", TOKEN],
        vec!["templates/static-groups/template.vtl", "--headers", TOKEN],
        vec!["templates/static-groups/template.vtl", "--format", TOKEN],
        vec!["templates/static-groups/template.vtl", "--seed", TOKEN],
        vec!["templates/static-groups/template.vtl", TOKEN],
        vec!["resolver", TOKEN, "--from", "templates/notes-api"],
        vec!["resolver", "Query.listNotes", "--from", TOKEN],
        vec!["fields", TOKEN, "--from", "templates/notes-api"],
        vec!["test", TOKEN],
        vec!["check", TOKEN],
        vec!["diagnose", TOKEN],
        vec!["replay", TOKEN],
        vec!["token", TOKEN],
        vec!["batch", TOKEN],
        vec!["explain", TOKEN],
        vec!["util", TOKEN],
        vec!["completions", TOKEN],
        vec!["templates/static-groups/template.vtl", KEY, "--memory", KEY],
    ] {
        let output = command().args(&args).output().unwrap();
        let told = stdout(&output) + &stderr(&output);
        assert!(!holds(&told, TOKEN) && !holds(&told, KEY) && !told.contains(&TOKEN[40..70]), "{args:?}: {told}");
    }
}

/// A HAR's entry that was refused, by such a URL, with such headers and such a body of the answer.
fn refused(url: &str, body: &Json, answer: &Json, headers: &[(&str, &str)]) -> Json {
    let headers: Vec<Json> = headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({
        "startedDateTime": "2026-05-01T10:00:01.000Z",
        "request": {"method": "POST", "url": url, "headers": [{"name": "x-api-key", "value": KEY}],
            "postData": {"mimeType": "application/json", "text": body.to_string()}},
        "response": {"status": 401, "headers": headers, "content": {"mimeType": "application/json", "text": answer.to_string()}},
    })
}

#[test]
fn what_a_text_names_as_a_secret_is_not_shown_wherever_it_stands() {
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx1y2z3\n-----END RSA PRIVATE KEY-----";
    let hidden = [
        "Quay-Sec9ret",
        "Tiger-7lily",
        "Opaq77ue",
        "Opaq88ue",
        "Lily-8pond",
        "Frog-9leap",
        "Wolf-f77",
        "MIIEowIB",
        "Bat-66",
    ];
    let body = json!({"query": "mutation M { signUp(name: \"ann\", password: \"Lily-8pond\") { id } }", "variables": {"input": {"newPassword": "Frog-9leap"}}});
    let message = format!(
        "password=Lily-8pond was wrong for {{\"newPassword\":\"Frog-9leap\"}}, password=Wolf-f77, access_token: At-Opaq88ue-two, client_secret='Quay-Sec9ret' {pem}"
    );
    let headers = [
        ("server", "nginx/1.18.0 client_secret=Quay-Sec9ret"),
        ("x-powered-by", "Express Bat-66 password=Tiger-7lily x=Bat-66"),
        ("via", "1.1 varnish; refresh_token=Rt-Opaq77ue, 1.1 Bat-66"),
    ];
    let appsync = "https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com/graphql";
    for (url, answer, shown) in [
        (appsync, json!({"errors": [{"errorType": "UnauthorizedException", "message": message}]}), "ann"),
        (
            "https://api.example.com/graphql",
            json!({"errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]}),
            "nginx/1.18.0",
        ),
    ] {
        let har = json!({"log": {"version": "1.2", "creator": {"name": "a", "version": "1"}, "entries": [refused(url, &body, &answer, &headers)]}});
        for form in [&["--format", "json"][..], &["--verbose"], &["--format", "html"]] {
            let mut command = command();
            let (_, text) = attacked(command.args(["diagnose", "-"]).args(form), &har.to_string());
            let out: Vec<&&str> = hidden.iter().filter(|secret| holds(&text, secret)).collect();
            assert!(out.is_empty(), "{out:?} in {form:?}: {text}");
            assert!(text.contains("[secret]") && (text.contains(shown) || shown == "ann"), "{form:?}: {text}");
        }
    }
}

#[test]
fn a_name_like_a_secrets_hides_no_cause() {
    let template = "#set($input = $ctx.args.input)\n#if($input.password == $ctx.source.password)\n{\"password\": \"$input.password\"}\n#else\n$util.unauthorized()\n#end";
    let context = json!({"arguments": {"input": {"password": "x1"}}, "source": {"password": "y2"}}).to_string();
    let mut command = command();
    let (_, text) = attacked(command.args(["-", "--context", &context]), template);
    assert!(text.contains("$input.password == $ctx.source.password"), "{text}");
}
