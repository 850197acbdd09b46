//! `vtl-eval check` in daily use: comments, a baseline, severities of the project's own, what fails, what is mended.

use crate::support::files::folder;
use serde_json::Value as Json;
use std::path::Path;
use std::process::{Command, Output};

fn check(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vtl-eval")).arg("check").args(args).current_dir(folder).output().unwrap()
}

fn text_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const WIDE: &str = "#if( !$ctx.identity.claims.email.contains(\"@a.b\") )$util.unauthorized()#end\n{}\n";

#[test]
fn warnings_fail_where_it_is_wanted_and_severities_are_the_projects() {
    let path = folder("life-levels", &[("a.vtl", WIDE)]);
    assert_eq!(check(&path, &["a.vtl"]).status.code(), Some(0));
    assert_eq!(check(&path, &["a.vtl", "--fail-on", "warning"]).status.code(), Some(2));
    let settings = |toml: &str| std::fs::write(path.join("vtl-eval.toml"), toml).unwrap();
    settings("[check]\nfail-on = \"warning\"\n");
    assert_eq!(check(&path, &["a.vtl"]).status.code(), Some(2));
    assert_eq!(check(&path, &["a.vtl", "--fail-on", "never"]).status.code(), Some(0), "the option wins");
    settings("[check.severity]\nsubstring-match = \"error\"\n");
    let output = check(&path, &["a.vtl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text_of(&output).contains("error: ") && text_of(&output).contains("1 template: 1 error, 0 warnings"));
    settings("[check.severity]\nsubstring-match = \"off\"\n");
    assert!(text_of(&check(&path, &["a.vtl"])).contains("1 template: 0 errors, 0 warnings"));
    settings("[check.severity]\nsubstring = \"off\"\n");
    let output = check(&path, &["a.vtl"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("substring is not a code of a finding"));
    std::fs::remove_dir_all(&path).unwrap();
}

#[test]
fn a_baseline_hides_what_was_there_and_shows_what_is_new() {
    let path = folder("life-baseline", &[("a.vtl", "$util.isNul(1)\n")]);
    assert_eq!(check(&path, &["a.vtl", "--baseline", "known.json"]).status.code(), Some(1), "there is none yet");
    assert_eq!(check(&path, &["a.vtl", "--baseline", "known.json", "--update-baseline"]).status.code(), Some(0));
    assert_eq!(check(&path, &["a.vtl", "--baseline", "known.json"]).status.code(), Some(0));
    std::fs::write(path.join("a.vtl"), "## moved\n$util.isNul(1)\n$util.isNul(2)\n").unwrap();
    let output = check(&path, &["a.vtl", "--baseline", "known.json", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    std::fs::write(path.join("vtl-eval.toml"), "[check]\nbaseline = \"known.json\"\n").unwrap();
    std::fs::write(path.join("a.vtl"), "{}\n").unwrap();
    let output = check(&path, &["a.vtl"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 finding of"), "what is gone is said");
    std::fs::remove_dir_all(&path).unwrap();
}

#[test]
fn what_is_certain_is_mended_and_nothing_else() {
    let before = "#if( $ctx.args.a = 1 )\n$util.unauthorised()\n#end\n$util.frobnicate()\n";
    let path = folder("life-fix", &[("a.vtl", before)]);
    let output = check(&path, &["a.vtl", "--fix"]);
    assert_eq!(
        std::fs::read_to_string(path.join("a.vtl")).unwrap(),
        "#if( $ctx.args.a == 1 )\n$util.unauthorized()\n#end\n$util.frobnicate()\n"
    );
    assert_eq!(output.status.code(), Some(2), "the other one stays");
    assert!(text_of(&output).contains("frobnicate") && !text_of(&output).contains("unauthorised"));
    std::fs::remove_dir_all(&path).unwrap();
}

#[test]
fn the_same_in_many_files_is_one_line_and_all_of_them_as_json() {
    let names: Vec<String> = (0..40).map(|at| format!("{at}.vtl")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), WIDE)).collect();
    let path = folder("life-many", &files);
    let short = text_of(&check(&path, &["."]));
    assert_eq!(short.lines().count(), 2, "{short}");
    assert!(short.contains("and 39 more") && short.contains("40 templates: 0 errors, 40 warnings"), "{short}");
    assert_eq!(text_of(&check(&path, &[".", "--verbose"])).lines().count(), 41);
    let report: Json = serde_json::from_slice(&check(&path, &[".", "--json"]).stdout).unwrap();
    assert_eq!(report["findings"].as_array().unwrap().len(), 40);
    std::fs::remove_dir_all(&path).unwrap();
}

#[test]
fn annotations_for_github_name_file_line_and_code() {
    let path = folder("life-github", &[("a,b.vtl", "{}\n$util.isNul(1)\n")]);
    let told = text_of(&check(&path, &["a,b.vtl", "--format", "github"]));
    assert_eq!(
        told,
        "::error file=a%2Cb.vtl,line=2,col=1,title=unknown-function::AppSync has no $util.isNul; did you mean $util.isNull?\n"
    );
    std::fs::remove_dir_all(&path).unwrap();
}

#[test]
fn rules_of_sarif_have_a_page_and_a_level() {
    let path = folder("life-sarif", &[("a.vtl", "$util.isNul(1)\n")]);
    let log: Json = serde_json::from_slice(&check(&path, &["a.vtl", "--format", "sarif"]).stdout).unwrap();
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "unknown-function");
    assert!(rule["helpUri"].as_str().unwrap().ends_with("docs/codes/resolver.md#unknown-function"));
    let help = rule["help"]["text"].as_str().unwrap();
    assert!(help.contains("**Do** ") && help.contains("vtl-eval explain unknown-function"), "{help}");
    assert!(["note", "warning", "error"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    std::fs::remove_dir_all(&path).unwrap();
}

#[test]
fn a_project_is_checked_as_a_whole_with_its_own_modes() {
    let guard = "#if( $util.authType() == \\\"User Pool Authorization\\\" )#else$util.unauthorized()#end{}";
    let stack = format!(
        r#"{{"Resources": {{
            "Api": {{"Type": "AWS::AppSync::GraphQLApi", "Properties": {{"Name": "a", "AuthenticationType": "AMAZON_COGNITO_USER_POOLS",
                "AdditionalAuthenticationProviders": [{{"AuthenticationType": "AWS_IAM"}}]}}}},
            "None": {{"Type": "AWS::AppSync::DataSource", "Properties": {{"Name": "none", "Type": "NONE", "ApiId": {{"Fn::GetAtt": ["Api", "ApiId"]}}}}}},
            "R": {{"Type": "AWS::AppSync::Resolver", "Properties": {{"TypeName": "Query", "FieldName": "a", "DataSourceName": "none",
                "ApiId": {{"Fn::GetAtt": ["Api", "ApiId"]}}, "RequestMappingTemplate": "{guard}", "ResponseMappingTemplate": "{{}}"}}}}}}}}"#
    );
    let path = folder("life-project", &[("api.json", &stack), ("vtl-eval.toml", "from = \"api.json\"\n")]);
    let output = check(&path, &["--json"]);
    let report: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["findings"][0]["code"], "mode-without-branch", "{report:#}");
    assert!(report["findings"][0]["message"].as_str().unwrap().contains("IAM Authorization"));
    std::fs::remove_dir_all(&path).unwrap();
}

#[test]
fn style_is_judged_in_overrides_and_not_in_what_was_generated() {
    let text = "## [Start] Authorization Steps. **\n#if( $isAuthorised )$util.unauthorized()#end\n{}\n## [End] Authorization Steps. **\n";
    let path = folder("life-overrides", &[("resolvers/a.vtl", text)]);
    assert!(text_of(&check(&path, &["resolvers"])).contains("0 warnings"));
    let own = check(&path, &["resolvers", "--overrides", "resolvers"]);
    assert!(text_of(&own).contains("never-set"), "{}", text_of(&own));
    std::fs::remove_dir_all(&path).unwrap();
}

/// Times and ids are the same for the same clock and seed, in every command that evaluates.
#[test]
fn the_clock_and_the_seed_are_options_of_what_evaluates() {
    let path = folder("life-clock", &[("a.vtl", "$util.time.nowEpochSeconds() $util.autoId()")]);
    let run =
        |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_vtl-eval")).args(args).current_dir(&path).output().unwrap();
    let one: Json =
        serde_json::from_slice(&run(&["a.vtl", "--now", "60", "--seed", "7", "--format", "json"]).stdout).unwrap();
    let output = one["output"].as_str().unwrap();
    assert!(output.starts_with("60 "), "{output}");
    std::fs::write(path.join("in.ndjson"), r#"{"templateFile": "a.vtl"}"#).unwrap();
    for (seed, same) in [("7", true), ("8", false)] {
        let batch = run(&["batch", "--now", "60", "--seed", seed, "in.ndjson"]);
        let row: Json = serde_json::from_slice(&batch.stdout).unwrap();
        assert_eq!(row["output"].as_str() == Some(output), same, "{row}");
        let case = serde_json::json!({"template": "a.vtl", "cases": [{"name": "a", "expect": {"output": output}}]});
        std::fs::write(path.join("a.vtltest.json"), case.to_string()).unwrap();
        let test = run(&["test", "a.vtltest.json", "--now", "60", "--seed", seed]);
        assert_eq!(test.status.code(), Some(if same { 0 } else { 2 }), "{}", text_of(&test));
    }
    for command in ["resolver", "batch", "test", "matrix", "replay", "diagnose"] {
        let help = text_of(&run(&[command, "--help"]));
        assert!(help.contains("--now ") && help.contains("--seed "), "{command}");
    }
    std::fs::remove_dir_all(&path).unwrap();
}
