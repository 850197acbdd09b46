//! Each hint is shown by a case that earns it, and silent in one that does not; each is documented.

use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::Path;
use vtl_eval::appsync::{AuthType, Given};
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::trace::{Question, explain};
use vtl_eval::value::Value;

fn hints(template: &str, context: &Json, mode: &str, records: &Json) -> Vec<String> {
    let program =
        parse(&Source::new("case.vtl", template)).unwrap_or_else(|error| panic!("{template}: {}", error.message));
    let members = Value::from(context).as_map().unwrap().clone();
    let given = Given { auth_type: AuthType::parse(mode), ..Given::new(members) };
    let records = records.as_array().map_or_else(Vec::new, |rows| rows.iter().map(Value::from).collect());
    let question = Question { records, ..Question::default() };
    let explained = explain(&program, &given, &question).unwrap();
    explained.why.hints.iter().map(|hint| hint.code.to_string()).collect()
}

#[test]
fn each_hint_is_shown_and_silent() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases: Vec<Json> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("tests/inputs/hints/cases.json")).unwrap()).unwrap();
    let documented = std::fs::read_to_string(folder.join("docs/hints.md")).unwrap();
    for case in &cases {
        let code = case["hint"].as_str().unwrap();
        let template = case["template"].as_str().unwrap();
        let mode = case["mode"].as_str().unwrap_or("User Pool Authorization");
        let shown = hints(template, &case["shown"], mode, &case["records"]);
        assert!(shown.iter().any(|known| known == code), "{code} is not shown, but {shown:?}");
        let silent_mode = case["silentMode"].as_str().unwrap_or(mode);
        let silent_template = case["silentTemplate"].as_str().unwrap_or(template);
        let silent = hints(silent_template, &case["silent"], silent_mode, &case["records"]);
        assert!(!silent.iter().any(|known| known == code), "{code} is not silent: {silent:?}");
        assert!(documented.contains(&format!("`{code}`")), "{code} is not in docs/hints.md");
    }
    assert!(cases.len() >= 35, "only {} cases", cases.len());
}

#[test]
fn every_code_of_the_source_has_a_case_or_says_why_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = std::fs::read_to_string(folder.join("tests/inputs/hints/cases.json")).unwrap();
    // Their own tests: tests/util_auth_rules.rs.
    let elsewhere = ["auth-rule", "auth-rules-fields", "auth-rules-overruled", "auth-rules-empty"];
    // Rarer forms of a code that has a case.
    let variants = ["group-spelling-mismatch", "owner-case-mismatch", "claim-is-comma-list"];
    let mut missing = BTreeSet::new();
    for file in std::fs::read_dir(folder.join("src/trace/hint")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for part in text.split("Finding::new(").skip(1) {
            let Some(code) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                continue;
            };
            let known = cases.contains(&format!("\"hint\":\"{code}\""))
                || elsewhere.contains(&code)
                || variants.contains(&code);
            if !known {
                missing.insert(code.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// A second hint beside the true one misleads: each sample earns exactly what a person would say of it.
#[test]
fn samples_earn_one_hint_and_no_false_one() {
    for (sample, claims, wanted) in [
        ("static-groups", "deny-no-groups", "no-groups"),
        ("static-groups", "deny-api-key", "no-block-for-mode"),
        ("owner", "deny-same-name-other-sub", "owner-other-sub"),
        ("owner", "deny-other-user", "not-owner"),
        ("field-lists", "deny-clerk-sends-price", "field-not-allowed"),
        ("iam-roles", "deny-other-session-name", "iam-session-name"),
        ("iam-roles", "deny-guest", "iam-other-role"),
    ] {
        let folder = format!("templates/{sample}");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_vtl-eval"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg(format!("{folder}/template.vtl"))
            .args(["--context", &format!("{folder}/case.json"), "--claims", &format!("{folder}/claims/{claims}.json")])
            .args(["--format", "json"])
            .output()
            .unwrap();
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        let codes: Vec<_> = report["hints"].as_array().unwrap().iter().map(|hint| &hint["code"]).collect();
        assert_eq!(codes, [wanted], "{sample} {claims}");
    }
}
