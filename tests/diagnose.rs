//! Refused requests before any template runs: what decides is written down from AWS's documentation and public reports
//! (docs/unauthorized.md), not from what this program says.

use serde_json::{Value as Json, json};
use std::process::{Command, Output};
use vtl_eval::report::DiagnosisJson;
use vtl_eval::suite::{Refusal, diagnose};

fn root(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> Json {
    serde_json::from_str(&std::fs::read_to_string(root(path)).unwrap()).unwrap()
}

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vtl-eval")).current_dir(env!("CARGO_MANIFEST_DIR")).args(args).output().unwrap()
}

fn answer(report: &Json) -> Json {
    let refusal = Refusal::read(report).unwrap();
    let diagnosis = diagnose(&refusal, None).unwrap();
    serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap()
}

/// Every row: the layer, the verdict, the first finding, and the decisive name and value in what is shown of the layer.
#[test]
fn what_decided_is_named_with_its_value() {
    let rows = read("tests/inputs/diagnose/refusals.json");
    let rows = rows.as_array().unwrap();
    assert!(rows.len() >= 130);
    let mut wrong = Vec::new();
    for row in rows {
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

/// No form of any report holds a token, a signature or a key.
#[test]
fn nothing_secret_is_shown() {
    let folder = std::env::temp_dir().join(format!("vtl-eval-secrets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("report.json");
    let mut looked = 0;
    for row in read("tests/inputs/diagnose/refusals.json").as_array().unwrap() {
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
    let folder = std::env::temp_dir().join(format!("vtl-eval-har-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut wrong = Vec::new();
    for row in read("tests/inputs/har/causes.json").as_array().unwrap() {
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
    use vtl_eval::request::archive::{Kind, LONGEST_TEXT};
    use vtl_eval::request::har;
    let har = std::fs::read_to_string(root("tests/inputs/har/c05-expired.har")).unwrap();
    let read = |text: &[u8]| {
        let mut found = Vec::new();
        har::read(text, &mut |report| {
            found.push(report);
            Ok(())
        })
        .map(|kind| (kind, found))
    };
    assert!(read(har.as_bytes()).is_ok_and(|(kind, found)| kind == Kind::Har && found.len() == 1));
    assert!(
        read(&[b"\xEF\xBB\xBF", har.as_bytes()].concat()).is_ok_and(|(kind, _)| kind == Kind::Har),
        "a byte order mark"
    );
    let begins = har.find("entries").unwrap() + 12;
    for end in (begins..har.trim_end().len()).step_by(389) {
        let error = read(&har.as_bytes()[..end]).unwrap_err();
        assert!(error.contains("EOF"), "cut at {end}: {error}");
    }
    let deep = format!("{{\"log\":{{\"entries\":[{{\"request\":{{\"headers\":{}", "[".repeat(100_000));
    assert!(read(deep.as_bytes()).is_err());
    let deep = format!("{{\"log\":{{\"entries\":[{{\"x\":{}", "[".repeat(100_000));
    assert!(read(deep.as_bytes()).unwrap_err().contains("EOF"), "what is not read is skipped without recursion");
    for wrong in
        ["[5]", "[{\"request\":5}]", "[{\"request\":{\"headers\":{}}}]", "[{\"_webSocketMessages\":\"x\"}]", "[null]"]
    {
        let error = read(format!("{{\"log\":{{\"entries\":{wrong}}}}}").as_bytes()).unwrap_err();
        assert!(error.contains("invalid type"), "{wrong}: {error}");
    }
    for tolerated in ["[]", "[{}]", "[{\"request\":{\"url\":5,\"method\":null},\"response\":{\"status\":\"x\"}}]"] {
        assert!(
            read(format!("{{\"log\":{{\"entries\":{tolerated}}}}}").as_bytes())
                .is_ok_and(|(_, found)| found.is_empty())
        );
    }
    for other in ["", "5", "[]", "{}", "{\"log\":{}}", "{\"context\":{}}", "{\"log\":{\"entries\":{}}}"] {
        assert!(read(other.as_bytes()).is_ok_and(|(kind, _)| kind == Kind::Other), "{other}");
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
                        for caller in modes {
                            for in_group in [false, true] {
                                // A group is a user pool's: one half is enough of the others.
                                if in_group && caller != "AMAZON_COGNITO_USER_POOLS" {
                                    continue;
                                }
                                let groups = if in_group { json!(["B", "A"]) } else { json!(["a"]) };
                                let context = json!({"schema": schema, "apiConfig": {"default": default, "additional": additional}, "info": {"parentTypeName": "Query", "fieldName": "f"}, "identity": {"claims": {"cognito:groups": groups}}});
                                let layer = mode::judge(&Evidence::read(&context, evidence::mode(caller)));
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

/// The plainest matcher there is.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => (0..=text.len()).any(|at| naive(rest, &text[at..])),
        (Some((letter, rest)), Some((mine, left))) => (*letter == '?' || letter == mine) && naive(rest, left),
        _ => false,
    }
}

proptest::proptest! {
    #[test]
    fn wildcards_match_as_a_naive_matcher_does(pattern in "[ab*?:/]{0,10}", text in "[ab:/]{0,12}") {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        proptest::prop_assert_eq!(vtl_eval::request::iam::matches(&pattern, &text), naive(&letters(&pattern), &letters(&text)));
    }
}

/// The resources that AWS documents for `appsync:GraphQL`, and the mistake with `resolvers`.
#[test]
fn documented_resources() {
    use vtl_eval::request::iam::matches;
    let arn =
        |of: &str, field: &str| format!("arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/{of}/fields/{field}");
    for (pattern, of, field, covered) in [
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1/*", "Query", "a", true),
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Query/*", "Query", "a", true),
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Query/*", "Mutation", "a", false),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Mutation/fields/create*",
            "Mutation",
            "createNote",
            true,
        ),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Mutation/fields/create*",
            "Mutation",
            "updateNote",
            false,
        ),
        ("arn:aws:appsync:*:111122223333:apis/*", "Note", "id", true),
        (
            "arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/Mutation/resolvers/createNote",
            "Mutation",
            "createNote",
            false,
        ),
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1/types/query/fields/a", "Query", "a", false),
        ("arn:aws:appsync:eu-west-1:111122223333:apis/api1", "Query", "a", false),
    ] {
        assert_eq!(matches(pattern, &arn(of, field)), covered, "{pattern} on {of}.{field}");
    }
}
