//! Refused requests before any template runs: what decides is written down from AWS's documentation and public reports
//! (docs/unauthorized.md), not from what this program says.

use crate::support::command::{command, run};
use crate::support::files::{read, read_json, temporary};
use serde_json::{Value as Json, json};
use vtl_eval::report::DiagnosisJson;
use vtl_eval::suite::{Refusal, diagnose};

fn answer(report: &Json) -> Json {
    let refusal = Refusal::read(report).unwrap();
    let diagnosis = diagnose(&refusal, None).unwrap();
    serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap()
}

/// Every row: the layer, the verdict, the first finding, and the decisive name and value in what is shown of the layer.
#[test]
fn what_decided_is_named_with_its_value() {
    let mut rows = read_json("tests/inputs/diagnose/refusals.json").as_array().unwrap().clone();
    assert!(rows.len() >= 130);
    // Thirty over all layers, each expectation written down before the first run.
    let written = read_json("tests/inputs/diagnose/written.json").as_array().unwrap().clone();
    assert!(written.len() >= 30);
    rows.extend(written);
    let mut wrong = Vec::new();
    for row in &rows {
        let (name, expect) = (row["name"].as_str().unwrap(), &row["expect"]);
        let answer = answer(&row["report"]);
        let known = |code: &Json| expect["codes"].as_array().unwrap().contains(code);
        let layer = answer["layers"].as_array().unwrap().iter().find(|layer| layer["layer"] == answer["layer"]);
        let shown = json!([answer["hints"], layer]).to_string();
        // As it stands in the JSON text: quotes inside are escaped.
        let shows = |part: &Json| {
            let part = part.as_str().unwrap();
            shown.contains(part) || shown.contains(json!(part).to_string().trim_matches('"'))
        };
        let first = match answer["layer"].is_null() {
            true => answer["layers"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|layer| layer["findings"].as_array().unwrap())
                .any(|finding| known(&finding["code"])),
            false => known(&answer["hints"][0]["code"]),
        };
        if answer["verdict"] != expect["verdict"]
            || answer["layer"] != expect["layer"]
            || !first
            || !expect["shows"].as_array().unwrap().iter().all(shows)
        {
            wrong.push(format!("{name}: {} at {}: {shown}", answer["verdict"], answer["layer"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// The text tells which statement refused, why, and where no layer is certain that it guesses.
#[test]
fn the_text_has_the_deciding_line() {
    let rows = read_json("tests/inputs/diagnose/written.json");
    let report = |name: &str| {
        let row = rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
        let output = run(&["diagnose", &row["report"].to_string()]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let text = report("w-vtl-lambda-role");
    for part in
        ["refused at 6:3", "$util.unauthorized()", "$ctx.identity.resolverContext.role", "\"Editor\"", "\"editor\""]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("no layer is certain"), "{text}");
    // A pipeline in which no template decides ran through.
    let har = "tests/inputs/diagnose/requests.har";
    let output = run(&["diagnose", har, "--from", "templates/notes-api/manifest.json", "--format", "json"]);
    let answer: Json = serde_json::from_slice(&output.stdout).unwrap();
    let time = &answer["requests"][1];
    assert_eq!((&time["field"], &time["layers"][4]["state"]), (&json!("Query.serverTime"), &json!("passed")), "{time}");
    assert_eq!(time["verdict"], "completed");
    // The first is let through by these templates, and no schema was given: where it was refused is not known.
    let first = &answer["requests"][0];
    assert_eq!((&first["verdict"], &first["hints"][0]["code"]), (&json!("unknown"), &json!("let-through")), "{first}");
}

/// No form of any report holds a token, a signature or a key.
#[test]
fn nothing_secret_is_shown() {
    let folder = temporary("secrets");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("report.json");
    let mut looked = 0;
    for row in read_json("tests/inputs/diagnose/refusals.json").as_array().unwrap() {
        let headers = row["report"]["context"]["request"]["headers"].as_object().unwrap();
        let mut secrets = Vec::new();
        for (name, value) in headers {
            let value = value.as_str().unwrap();
            if name.eq_ignore_ascii_case("authorization") || name == "x-api-key" {
                let bare = value.rsplit(' ').next().unwrap().trim_matches('"');
                secrets.push(bare.to_owned());
                secrets.extend(bare.split('.').map(str::to_owned));
                secrets.extend(value.split("Signature=").nth(1).map(str::to_owned));
                secrets.extend(
                    value.split("Credential=").nth(1).map(|rest| rest[..rest.find(',').unwrap_or(4)].to_owned()),
                );
            }
        }
        // A part as short as a word may stand in a sentence.
        secrets.retain(|secret| secret.len() >= 12 && secret != "AWS4-HMAC-SHA256");
        if secrets.is_empty() {
            continue;
        }
        std::fs::write(&file, row["report"].to_string()).unwrap();
        // The layers before the resolver have the same words in all forms: text and HTML for every fifth.
        looked += 1;
        let forms: &[&str] = if looked % 5 == 0 { &["json", "text", "html"] } else { &["json"] };
        for form in forms {
            let output = run(&["diagnose", file.to_str().unwrap(), "--format", form, "--verbose"]);
            let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            for secret in &secrets {
                assert!(!text.contains(secret), "{} as {form} shows a secret", row["name"]);
            }
        }
    }
    assert!(looked > 50);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A HAR for each cause of the diagnosis table (HAR section of the facts: 19 causes), and for the forms that browsers write.
#[test]
fn a_har_for_every_cause() {
    let folder = temporary("har");
    std::fs::create_dir_all(&folder).unwrap();
    let mut wrong = Vec::new();
    for row in read_json("tests/inputs/har/causes.json").as_array().unwrap() {
        let har = format!("tests/inputs/har/{}", row["file"].as_str().unwrap());
        let mut args = vec!["diagnose".to_owned(), har, "--format".to_owned(), "json".to_owned()];
        for (name, value) in row["options"].as_object().unwrap() {
            let file = folder.join(name);
            std::fs::write(&file, value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap();
            args.extend([format!("--{name}"), file.to_str().unwrap().to_owned()]);
        }
        let output = run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let expect = row["expect"].as_array().unwrap();
        for secret in [
            "bm90LWEtcmVhbC1zaWduYXR1cmU",
            "da2-exampleexample",
            "custom-opaque-secret",
            "invented-session",
            "0123456789abcdef",
        ] {
            assert!(!text.contains(secret), "{}: {secret}", row["file"]);
        }
        if expect.is_empty() {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code() == Some(1) && error.contains("no AppSync request"), "{error}");
            continue;
        }
        let answer: Json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {output:?}", row["file"]));
        let rows: Vec<Json> = answer["requests"].as_array().unwrap().iter().map(|row| json!({"field": row["field"], "verdict": row["verdict"], "layer": row["layer"], "code": row["hints"][0]["code"]})).collect();
        let same = rows.len() == expect.len()
            && rows.iter().zip(expect).all(|(row, wanted)| {
                ["field", "verdict", "layer", "code"]
                    .iter()
                    .all(|name| row[name] == wanted[name] || *name == "code" && wanted[name].is_null())
            });
        if !same {
            wrong.push(format!("{} ({}): {}", row["file"], row["cause"], Json::from(rows)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Truncated, deep, of wrong types: an error that says so. A text that is longer than the limit is cut, not kept.
#[test]
fn a_hostile_har_is_an_error_and_costs_no_memory() {
    use vtl_eval::request::archive::{ArchiveKind, LONGEST_TEXT};
    use vtl_eval::request::har;
    let har = read("tests/inputs/har/c05-expired.har");
    let read = |text: &[u8]| {
        let mut found = Vec::new();
        har::read(text, None, &mut |report| {
            found.push(report);
            Ok(())
        })
        .map(|kind| (kind, found))
    };
    assert!(read(har.as_bytes()).is_ok_and(|(kind, found)| kind == ArchiveKind::Har && found.len() == 1));
    assert!(
        read(&[b"\xEF\xBB\xBF", har.as_bytes()].concat()).is_ok_and(|(kind, _)| kind == ArchiveKind::Har),
        "a byte order mark"
    );
    let begins = har.find("entries").unwrap() + 12;
    for end in (begins..har.trim_end().len()).step_by(389) {
        let error = read(&har.as_bytes()[..end]).unwrap_err().to_string();
        assert!(error.contains("EOF"), "cut at {end}: {error}");
    }
    let deep = format!("{{\"log\":{{\"entries\":[{{\"request\":{{\"headers\":{}", "[".repeat(100_000));
    assert!(read(deep.as_bytes()).is_err());
    let deep = format!("{{\"log\":{{\"entries\":[{{\"x\":{}", "[".repeat(100_000));
    assert!(
        read(deep.as_bytes()).unwrap_err().to_string().contains("EOF"),
        "what is not read is skipped without recursion"
    );
    // One odd entry takes no other with it.
    let entry = &har[har.find("\"entries\": [").unwrap() + 12..har.trim_end().len()];
    for odd in ["5", "{\"request\":5}", "{\"request\":{\"headers\":{}}}", "{\"_webSocketMessages\":\"x\"}", "null"] {
        let found = read(format!("{{\"log\":{{\"entries\":[{odd},{entry}").as_bytes());
        assert!(found.as_ref().is_ok_and(|(_, found)| found.len() == 1), "{odd}: {found:?}");
    }
    for tolerated in ["[]", "[{}]", "[{\"request\":{\"url\":5,\"method\":null},\"response\":{\"status\":\"x\"}}]"] {
        assert!(
            read(format!("{{\"log\":{{\"entries\":{tolerated}}}}}").as_bytes())
                .is_ok_and(|(_, found)| found.is_empty())
        );
    }
    for without in ["{\"log\":{}}", "{\"log\":{\"entries\":{}}}"] {
        let error = read(without.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("without a list `log.entries`"), "{without}: {error}");
    }
    for other in ["", "5", "[]", "{}", "{\"context\":{}}"] {
        assert!(read(other.as_bytes()).is_ok_and(|(kind, _)| kind == ArchiveKind::Other), "{other}");
    }
    // A page of 9 MB between: cut, whatever stands at the limit; the request after it is found.
    for (filler, shift) in [("é", 1), ("\\ud83d\\ude00", 5), ("\\\"", 1)] {
        let page = format!("{}{}", "-".repeat(shift), filler.repeat((LONGEST_TEXT + 100_000) / filler.len()));
        let entry = &har[har.find("\"entries\": [").unwrap() + 12..har.trim_end().len()];
        let text = format!("{{\"log\":{{\"entries\":[{{\"response\":{{\"content\":{{\"text\":\"{page}\"}}}}}},{entry}");
        let found = read(text.as_bytes());
        assert!(found.as_ref().is_ok_and(|(_, found)| found.len() == 1), "{filler}: {found:?}");
    }
}

/// What the facts say of directives, in the plainest words: those of the field if it has any, else those of its type, else
/// the default mode only; groups need one of them; `@aws_auth` counts only where user pools are the API's only mode.
fn lets_in(field: &[&str], object: &[&str], modes: &[&str], caller: &str, in_group: bool) -> bool {
    let counting = |directives: &[&str]| -> Vec<String> {
        let alone = modes == ["AMAZON_COGNITO_USER_POOLS"];
        directives
            .iter()
            .filter(|name| alone || !name.starts_with("@aws_auth"))
            .map(|name| (*name).to_owned())
            .collect()
    };
    let (field, object) = (counting(field), counting(object));
    let deciding = if field.is_empty() { object } else { field };
    if deciding.is_empty() {
        return caller == modes[0];
    }
    deciding.iter().any(|directive| match directive.split('(').next().unwrap() {
        "@aws_api_key" => caller == "API_KEY",
        "@aws_iam" => caller == "AWS_IAM",
        "@aws_oidc" => caller == "OPENID_CONNECT",
        "@aws_lambda" => caller == "AWS_LAMBDA",
        _ => caller == "AMAZON_COGNITO_USER_POOLS" && (in_group || !directive.contains("cognito_groups")),
    })
}

/// 34,560 of them: a few seconds in a debug build.
#[test]
fn all_combinations_of_directives() {
    use vtl_eval::request::{Evidence, State, evidence, mode};
    let grouped = "@aws_cognito_user_pools(cognito_groups: [\"A\"])";
    let on_types: [&[&str]; 8] = [
        &[],
        &["@aws_api_key"],
        &["@aws_iam"],
        &["@aws_oidc"],
        &["@aws_lambda"],
        &["@aws_cognito_user_pools"],
        &[grouped],
        &["@aws_iam", grouped],
    ];
    let on_fields: Vec<&[&str]> = on_types.into_iter().chain([&["@aws_auth(cognito_groups: [\"A\"])"][..]]).collect();
    let modes = ["API_KEY", "AWS_IAM", "OPENID_CONNECT", "AWS_LAMBDA", "AMAZON_COGNITO_USER_POOLS"];
    let (mut seen, mut refused) = (0, 0);
    for field in &on_fields {
        for object in on_types {
            for returned in on_types {
                let schema = format!(
                    "type Query {} {{ f: R {} }} type R {} {{ id: ID }}",
                    object.join(" "),
                    field.join(" "),
                    returned.join(" ")
                );
                for default in modes {
                    for additional in [vec![], modes.into_iter().filter(|mode| *mode != default).collect::<Vec<_>>()] {
                        let all: Vec<&str> = std::iter::once(default).chain(additional.iter().copied()).collect();
                        // What does not depend on the caller's mode is read once.
                        let read = [json!(["a"]), json!(["B", "A"])].map(|groups| {
                            Evidence::read(&json!({"schema": schema, "apiConfig": {"default": default, "additional": additional}, "info": {"parentTypeName": "Query", "fieldName": "f"}, "identity": {"claims": {"cognito:groups": groups}}}), None)
                        });
                        for caller in modes {
                            for in_group in [false, true] {
                                // A group is a user pool's: one half is enough of the others.
                                if in_group && caller != "AMAZON_COGNITO_USER_POOLS" {
                                    continue;
                                }
                                let read = read[usize::from(in_group)].clone();
                                let layer = mode::judge(&Evidence { auth_type: evidence::mode(caller), ..read });
                                let expected = all.contains(&caller)
                                    && lets_in(field, object, &all, caller, in_group)
                                    && lets_in(&[], returned, &all, caller, in_group);
                                assert_eq!(
                                    layer.state == State::Passed,
                                    expected,
                                    "{schema} as {caller} (in the group: {in_group}), modes {all:?}: {layer:?}"
                                );
                                assert_ne!(layer.state, State::Unknown);
                                seen += 1;
                                refused += usize::from(!expected);
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(seen == 9 * 8 * 8 * 5 * 2 * 6 && refused > seen / 4 && refused < seen, "{refused} of {seen}");
}

/// Each subset of the additional modes, with one directive or none on field and type.
#[test]
fn additional_modes_in_every_subset() {
    use vtl_eval::request::{Evidence, State, evidence, mode};
    let directives: [&[&str]; 8] = [
        &[],
        &["@aws_api_key"],
        &["@aws_iam"],
        &["@aws_oidc"],
        &["@aws_lambda"],
        &["@aws_cognito_user_pools"],
        &["@aws_cognito_user_pools(cognito_groups: [\"A\"])"],
        &["@aws_auth(cognito_groups: [\"A\"])"],
    ];
    let modes = ["API_KEY", "AWS_IAM", "OPENID_CONNECT", "AWS_LAMBDA", "AMAZON_COGNITO_USER_POOLS"];
    let mut seen = 0;
    for field in directives {
        for object in &directives[..7] {
            let (field_text, object_text) = (field.join(" "), object.join(" "));
            let schema = format!("type Query {object_text} {{ f: String {field_text} }}");
            for default in modes {
                let others: Vec<&str> = modes.into_iter().filter(|mode| *mode != default).collect();
                for subset in 0..16_u8 {
                    let additional: Vec<&str> = others
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| subset >> at & 1 == 1)
                        .map(|(_, mode)| *mode)
                        .collect();
                    let all: Vec<&str> = std::iter::once(default).chain(additional.iter().copied()).collect();
                    // What does not depend on the caller's mode is read once.
                    let context = json!({"schema": schema, "apiConfig": {"default": default, "additional": additional}, "info": {"parentTypeName": "Query", "fieldName": "f"}, "identity": {"claims": {"cognito:groups": ["B"]}}});
                    let read = Evidence::read(&context, None);
                    for caller in modes {
                        let layer = mode::judge(&Evidence { auth_type: evidence::mode(caller), ..read.clone() });
                        let expected = all.contains(&caller) && lets_in(field, object, &all, caller, false);
                        assert_eq!(
                            layer.state == State::Passed,
                            expected,
                            "{schema} as {caller}, modes {all:?}: {layer:?}"
                        );
                        // `@aws_auth` beside a second mode, or another default, is told to be inert where it stands.
                        let inert = field_text.contains("@aws_auth") && all != ["AMAZON_COGNITO_USER_POOLS"];
                        let told = layer.findings.iter().any(|finding| finding.code.as_str() == "aws-auth-ignored");
                        assert_eq!(
                            told,
                            inert && all.contains(&caller),
                            "{schema} as {caller}, modes {all:?}: {layer:?}"
                        );
                        seen += 1;
                    }
                }
            }
        }
    }
    assert_eq!(seen, 8 * 7 * 5 * 16 * 5);
}

const NESTED: &str = "schema { query: MyQuery mutation: Changes }
    type MyQuery @aws_iam @aws_cognito_user_pools { note(id: ID): Note open: String }
    type Changes { addNote: Note @aws_iam }
    type Note @aws_iam @aws_cognito_user_pools { id: ID author: User secret: String @aws_iam tags: Tags }
    type User @aws_cognito_user_pools { name: String mail: String @aws_cognito_user_pools(cognito_groups: [\"Staff\"]) }
    type Tags { all: [String] }";

/// Fields below the refused one, by what was selected; types by the names that `schema { … }` gives them (7.3).
#[test]
fn selections_and_renamed_roots() {
    let report = |parent: &str, field: &str, info: Json, seen: Json| {
        let mut all = json!({"parentTypeName": parent, "fieldName": field});
        all.as_object_mut().unwrap().extend(info.as_object().unwrap().clone());
        let identity = json!({"claims": {"sub": "u", "token_use": "access"}});
        let context = json!({"info": all, "schema": NESTED, "identity": identity, "observed": seen, "apiConfig": {"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["AWS_IAM"]}});
        answer(&json!({"authType": "User Pool Authorization", "context": context}))
    };
    let text = |text: &str| json!({"selectionSetGraphQL": text});
    let list = |paths: &[&str]| json!({"selectionSetList": paths});
    let rows: Vec<(&str, &str, Json, Json, Option<&str>)> = vec![
        // By the operation's root, and by the type's own name.
        ("Query", "note", text("{ id }"), json!(null), None),
        ("MyQuery", "note", text("{ id }"), json!(null), None),
        ("Mutation", "addNote", text("{ id }"), json!(null), Some("schema.Changes.addNote")),
        // The field's own directive, under an alias, in a fragment, in the form of the list.
        ("Query", "note", text("{ id s: secret }"), json!(null), Some("schema.Note.secret")),
        ("Query", "note", text("{ ... on Note { secret } }"), json!(null), Some("schema.Note.secret")),
        ("Query", "note", text("{ note(id: 1) { secret } }"), json!(null), Some("schema.Note.secret")),
        ("Query", "note", list(&["id", "secret"]), json!(null), Some("schema.Note.secret")),
        // Two levels down, by group; a type without directives follows the default mode.
        ("Query", "note", text("{ author { name mail } }"), json!(null), Some("schema.User.mail")),
        ("Query", "note", list(&["author", "author/mail"]), json!(null), Some("schema.User.mail")),
        ("Query", "note", text("{ author { name } tags { all } }"), json!(null), None),
        // What was seen names another field, or no error at all: a selected field is not the cause.
        (
            "Query",
            "note",
            text("{ secret }"),
            json!({"httpStatus": 200, "errorType": "Unauthorized", "message": "Not Authorized to access note on type MyQuery"}),
            None,
        ),
        ("Query", "note", text("{ secret }"), json!({"httpStatus": 200}), None),
        (
            "Query",
            "note",
            json!({}),
            json!({"httpStatus": 200, "errorType": "Unauthorized", "message": "Not Authorized to access secret on type Note"}),
            Some("schema.Note.secret"),
        ),
    ];
    for (parent, field, info, seen, wanted) in rows {
        let label = format!("{parent}.{field} {info} {seen}");
        let answer = report(parent, field, info, seen);
        let mode = &answer["layers"][1];
        assert_eq!(mode["state"], if wanted.is_some() { "refused" } else { "passed" }, "{label}: {mode}");
        if let Some(wanted) = wanted {
            assert_eq!(mode["findings"][0]["path"], wanted, "{label}");
            assert_eq!(answer["verdict"], "denied", "{label}");
        }
        assert!(!answer["field"].as_str().unwrap().starts_with("Query."), "{label}: the schema's own name");
    }
    // As an IAM caller User is closed: its type says so, once for each selected field.
    let context = json!({"info": {"parentTypeName": "Query", "fieldName": "note", "selectionSetGraphQL": "{ secret author { name mail } }"}, "schema": NESTED, "apiConfig": {"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["AWS_IAM"]}});
    let answer = answer(&json!({"authType": "AWS_IAM", "context": context}));
    let paths: Vec<_> = answer["layers"][1]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["schema.User.name"]);
    // One finding has them all: the type, and the field that has a directive of its own.
    let message = answer["layers"][1]["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("User.mail") && message.contains("type User"), "{message}");
}

/// The same by a HAR: an alias at the root, fragments, a renamed root type, and no error in the answer.
#[test]
fn a_har_gives_the_selection() {
    let query = "query { mine: note(id: 1) { ...part } open } fragment part on Note { id author { m: mail } }";
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1IiwiaXNzIjoiaHR0cHM6Ly9jb2duaXRvLWlkcC5ldS13ZXN0LTEuYW1hem9uYXdzLmNvbS9ldS13ZXN0LTFfQSIsInRva2VuX3VzZSI6ImFjY2VzcyIsImV4cCI6MTgwMDAwMDAwMH0.c2lnbmF0dXJlc2lnbmF0dXJl";
    let har = json!({"log": {"entries": [{"startedDateTime": "2026-01-01T00:00:00Z", "request": {"method": "POST", "url": "https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com/graphql", "headers": [{"name": "authorization", "value": token}], "postData": {"text": json!({"query": query}).to_string()}},
        "response": {"status": 200, "content": {"text": json!({"data": {"mine": {"id": "1", "author": {"m": null}}, "open": "x"}, "errors": [{"path": ["mine", "author", "m"], "errorType": "Unauthorized", "message": "Not Authorized to access mail on type User"}]}).to_string()}}}]}});
    let api = json!({"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["AWS_IAM"]}).to_string();
    let folder = temporary("selection");
    std::fs::create_dir_all(&folder).unwrap();
    let schema = folder.join("schema.graphql");
    std::fs::write(&schema, NESTED).unwrap();
    let output =
        run(&["diagnose", &har.to_string(), "--api", &api, "--schema", schema.to_str().unwrap(), "--format", "json"]);
    let answer: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let rows: Vec<_> = answer["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["field"].as_str().unwrap(), row["verdict"].as_str().unwrap(), row["hints"][0]["code"].as_str()))
        .collect();
    // The field that was answered needs no template to say so.
    assert_eq!(rows, [("User.mail", "denied", Some("directive-excludes-groups")), ("MyQuery.open", "allowed", None)]);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What nobody judged has no tick: rows, where no template tells what was asked of the data source. An answer with data
/// proves the layers before it, and nothing is asked for any more.
#[test]
fn what_was_not_judged_has_no_tick() {
    let states = |more: Json| {
        let mut report = json!({"field": "Query.getNote", "authType": "API_KEY", "headers": {"x-api-key": "da2-abcdefghijklmnopqrstuvwxyz"}});
        report.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let output = run(&["diagnose", &report.to_string(), "--format", "json"]);
        let answer: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        let states =
            answer["layers"].as_array().unwrap().iter().map(|layer| layer["state"].clone()).collect::<Vec<_>>();
        (answer["verdict"].clone(), states, answer["hints"].as_array().map(Vec::len))
    };
    let (verdict, open, _) = states(json!({}));
    assert_eq!((verdict, &open[4..]), (json!("unknown"), &[json!("unknown"), json!("unknown")][..]));
    let answered = states(json!({"observed": {"httpStatus": 200, "data": {"getNote": {"id": "1"}}}}));
    // Neither IAM nor an authorizer has a part in a request with a key.
    let passed = ["passed", "passed", "unknown", "unknown", "passed", "unknown"].map(|state| json!(state)).to_vec();
    assert_eq!(answered, (json!("allowed"), passed, Some(0)));
    // A template that waits for the row: the row settles it, and no other template is asked for.
    let template =
        "#if($ctx.result.owner != $ctx.identity.username) $util.unauthorized() #end $util.toJson($ctx.result)";
    let report = json!({"field": "Query.getNote", "authType": "API_KEY", "template": template, "context": {"identity": {"username": "ann"}}});
    let text = String::from_utf8(run(&["diagnose", &report.to_string()]).stdout).unwrap();
    assert!(text.contains("? records     unknown"), "{text}");
    let next: Vec<_> = text.lines().filter(|line| line.starts_with("Next")).collect();
    assert_eq!(next, ["Next  a refusal report with `result` in its `context` settles it"], "{text}");
}

/// A 400 is how AppSync answers where it may not invoke the authorizer: that fits, and needs no other reason.
#[test]
fn a_400_fits_an_authorizer_that_cannot_be_invoked() {
    let function = "arn:aws:lambda:eu-west-1:550731826649:function:gate";
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "appsync.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": function}]});
    let report = json!({"field": "Query.getNote", "headers": {"authorization": "gate-7Yq0Zt"}, "authorizerPolicy": policy,
        "apiConfig": {"authenticationType": "AWS_LAMBDA", "lambdaAuthorizerConfig": {"authorizerUri": format!("{function}:live")}},
        "observed": {"httpStatus": 400, "errorType": "BadRequestException"}});
    let output = run(&["diagnose", &report.to_string(), "--format", "json"]);
    let answer: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(
        (&answer["layer"], &answer["observed"]["consistent"]),
        (&json!("authorizer"), &json!(true)),
        "{answer:#}"
    );
    assert_eq!(answer["hints"][0]["code"], "authorizer-not-invocable");
}

/// A refusal report as people write it: what they put beside `context` is read, and what is not read is said.
#[test]
fn members_of_a_report_are_read_or_named() {
    let run = |report: Json| {
        let output = run(&["diagnose", &report.to_string(), "--format", "json"]);
        serde_json::from_slice::<Json>(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    };
    let said = |answer: &Json| [answer["field"].clone(), answer["layer"].clone(), answer["notes"].clone()];
    let api = json!({"default": "AMAZON_COGNITO_USER_POOLS"});
    let headers = json!({"x-api-key": "da2-abcdefghijklmnopqrstuvwxyz"});
    let observed = json!({"httpStatus": 401, "errorType": "UnauthorizedException"});
    // All at the top, all in `context` but what was seen, and the one way that docs/unauthorized.md shows.
    let flat = run(json!({"field": "Mutation.addNote", "headers": headers, "apiConfig": api, "observed": observed}));
    let mixed = run(
        json!({"id": "n-1", "field": "Mutation.addNote", "apiConfig": api, "observed": observed, "context": {"request": {"headers": headers}}}),
    );
    let info = json!({"parentTypeName": "Mutation", "fieldName": "addNote"});
    let whole = run(
        json!({"context": {"info": info, "request": {"headers": headers}, "apiConfig": api, "observed": observed}}),
    );
    assert_eq!((&whole["field"], &whole["verdict"]), (&json!("Mutation.addNote"), &json!("denied")));
    assert_eq!(said(&flat), said(&whole));
    assert_eq!(said(&mixed), said(&whole));
    let odd = run(
        json!({"field": "Mutation.addNote", "context": {"request": {"headers": headers}}, "apiConfg": api, "tokens": []}),
    );
    let notes: Vec<_> = odd["notes"].as_array().unwrap().iter().map(|note| note["message"].as_str().unwrap()).collect();
    assert_eq!(
        notes,
        [
            "the report's member \"apiConfg\" is not read: is apiConfig meant?",
            "the report's member \"tokens\" is not read."
        ]
    );
}

/// What templates read may stand beside the context, too; where both have it, the context counts and that is told.
#[test]
fn what_templates_read_is_taken_beside_the_context() {
    let run = |context: Json| {
        let report = json!({
            "template": "#if($ctx.info.fieldName != \"trees\")$util.unauthorized()#end{}", "templateName": "t.vtl", "authType": "API Key Authorization",
            "info": {"parentTypeName": "Query", "fieldName": "trees"}, "context": context,
        });
        answer(&report)
    };
    let beside = run(json!({"identity": null}));
    assert_eq!((&beside["verdict"], &beside["field"]), (&json!("allowed"), &json!("Query.trees")));
    assert!(!beside["notes"].to_string().contains("is not read"), "{}", beside["notes"]);
    let both = run(json!({"identity": null, "info": {"parentTypeName": "Query", "fieldName": "birds"}}));
    assert_eq!(both["verdict"], "denied");
    assert!(both["notes"].to_string().contains("in its context and beside it"), "{}", both["notes"]);
}

/// The hints stand once: where the template's report follows, the layer does not say them too. What ran is there with
/// `--verbose`.
#[test]
fn the_text_says_each_hint_once_and_what_ran() {
    let text = |more: &[&str]| {
        let output = command().args(["diagnose", "tests/inputs/diagnose/records.json"]).args(more).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let short = text(&[]);
    assert_eq!(short.matches("[owner-absent]").count(), 1, "{short}");
    assert!(!short.contains("What ran"));
    assert!(text(&["--verbose"]).contains("\nWhat ran\n  lines "));
}

/// An empty template file is noted, whatever the client saw (Velocity renders nothing, and AppSync wants JSON).
#[test]
fn an_empty_template_is_noted() {
    let context = json!({"identity": {"sub": "u", "claims": {"sub": "u"}}, "info": {"parentTypeName": "Query", "fieldName": "x"}});
    let said = answer(
        &json!({"authType": "User Pool Authorization", "template": "", "templateName": "Query.x.req.vtl", "context": context}),
    );
    assert!(said.to_string().contains("output-empty"), "{said}");
}
