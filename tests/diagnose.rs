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
