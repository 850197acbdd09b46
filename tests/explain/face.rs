//! The library's public face: its names are those of a file, and a program needs nothing else.

use crate::support::command::{command, fed, run, stdout};
use crate::support::files::{read, read_json, root};
use serde_json::{Value as Json, json};
use vtl_eval::appsync::{AuthType, identity};
use vtl_eval::report::DiagnosisJson;
use vtl_eval::suite::{Refusal, diagnose};
use vtl_eval::{Context, Template, explain};

/// `pub use` of lib.rs, outside of the modules that `internals` opens.
fn exported() -> Vec<String> {
    let text = std::fs::read_to_string(root("src/lib.rs")).unwrap();
    let mut names = Vec::new();
    for import in text.split("\npub use ").skip(1) {
        let import = import.split(';').next().unwrap();
        let list = import.split_once('{').map_or(import, |(_, list)| list.trim_end_matches(['}', '\n']));
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let name = name.rsplit(" as ").next().unwrap();
            names.push(name.rsplit("::").next().unwrap().to_owned());
        }
    }
    names.sort_unstable();
    names
}

/// A name that comes or goes is a decision: tests/explain/face.txt says so in the same commit.
#[test]
fn the_public_names_are_those_of_the_file() {
    let known: Vec<String> =
        std::fs::read_to_string(root("tests/explain/face.txt")).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(exported(), known);
    assert!(known.len() <= 30, "{} names", known.len());
}

/// Nothing public is hidden from the documentation, and each module but the command's stands behind `internals`.
#[test]
fn nothing_else_is_public() {
    let text = std::fs::read_to_string(root("src/lib.rs")).unwrap();
    assert!(!text.contains("doc(hidden)"));
    let open: Vec<&str> = text.lines().filter(|line| line.starts_with("pub mod ")).collect();
    assert_eq!(open, ["pub mod cli;"]);
}

/// What every command must say alike: why it was decided, and how near every other way came.
fn facts(report: &Json) -> String {
    ["hints", "candidates", "suggestions", "decision"].map(|name| report[name].to_string()).join("\n")
}

/// The reports of the commands and of the library on one input, each with its name.
fn reports(template: &str, context: &Json, mode: &Json) -> [(&'static str, Json); 3] {
    let row = json!({"id": 1, "template": template, "context": context, "authType": mode});
    let batch = fed(command().args(["batch", "--trace", "-"]), row.to_string());
    let refusal = json!({"template": template, "templateName": "template", "authType": mode, "context": context});
    let refusal = Refusal::read(&refusal).unwrap();
    let diagnosis = diagnose(&refusal, None).unwrap();
    let diagnosed = serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap();
    let named = Template::parse("template", template).unwrap();
    let mut given = Context::from_json(&context.to_string()).unwrap();
    if let Some(mode) = mode.as_str().and_then(AuthType::parse) {
        given = given.auth_type(mode);
    }
    let library = serde_json::to_value(explain(&named, &given).unwrap()).unwrap();
    [
        ("batch", serde_json::from_str(&batch).unwrap()),
        ("diagnose", diagnosed["resolver"].clone()),
        ("library", library),
    ]
}

/// What nobody gave is not null: where it decides, the library knows nothing either.
#[test]
fn what_nobody_gave_is_open_in_the_library_too() {
    let text = "#if($ctx.result.owner != $ctx.identity.username)$util.unauthorized()#end{}";
    let template = vtl_eval::Template::parse("t.vtl", text).unwrap();
    let caller = || {
        vtl_eval::Context::with_claims(r#"{"sub": "s1", "username": "ann", "token_use": "access", "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a"}"#).unwrap()
    };
    let verdict = |context: vtl_eval::Context| vtl_eval::explain(&template, &context).unwrap().verdict();
    assert_eq!(verdict(caller()), vtl_eval::Verdict::Unknown);
    assert_eq!(verdict(caller().member("result", "null").unwrap()), vtl_eval::Verdict::Denied);
}

/// One input, given to each command that explains a template and to the library: all say the same.
#[test]
fn every_command_explains_alike() {
    let (mut compared, mut refused) = (0, 0);
    for folder in ["static-groups", "owner", "list-filter", "custom-group-claim", "iam-roles"] {
        let (file, case) = (format!("templates/{folder}/template.vtl"), format!("templates/{folder}/case.json"));
        for claims in std::fs::read_dir(root(&format!("templates/{folder}/claims"))).unwrap() {
            let claims = claims.unwrap().path();
            let output = run(&[&file, "--context", &case, "--claims", claims.to_str().unwrap(), "--format", "json"]);
            let main: Json = serde_json::from_str(&stdout(&output)).unwrap();
            refused += usize::from(main["verdict"] == "denied");
            let mut context = read_json(&case);
            let caller = identity::read(&std::fs::read_to_string(&claims).unwrap(), None, 0).unwrap();
            context["identity"] = serde_json::from_str(&caller.identity.to_json().unwrap()).unwrap();
            let wanted = facts(&main).replace(&file, "template");
            for (who, report) in reports(&read(&file), &context, &main["authType"]) {
                let same = facts(&report);
                assert!(same == wanted, "{who} with {}:\n{same}\nthe main command:\n{wanted}", claims.display());
                compared += 1;
            }
        }
    }
    assert!(compared >= 40 && refused >= 6, "{compared} compared, {refused} refused");
}
