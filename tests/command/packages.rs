//! The packages beside the crate say of themselves what the crate says.

use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;
use vtl_eval::code::ALL;
use vtl_eval::{AuthType, Certainty, Code, DecisionKind, Severity, Verdict};

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The version that a manifest of Cargo or Python has for its package.
fn has_version(path: &str) -> bool {
    read(path).lines().any(|line| line == concat!("version = \"", env!("CARGO_PKG_VERSION"), "\""))
}

#[test]
fn the_packages_have_the_version_of_the_crate() {
    let package = json("packages/npm/package.json");
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(package["description"], env!("CARGO_PKG_DESCRIPTION"));
    for manifest in ["packages/npm/engine/Cargo.toml"] {
        assert!(has_version(manifest), "{manifest} has another version than the crate");
    }
}

/// A union of what values are called in JSON.
fn union<T: Serialize>(about: &str, name: &str, values: &[T]) -> String {
    let names = values.iter().map(|value| match serde_json::to_value(value).unwrap() {
        Value::String(name) => format!("'{name}'"),
        other => panic!("{name}: {other} is no name"),
    });
    format!("/** {about} */\nexport type {name} = {};\n\n", names.collect::<Vec<_>>().join(" | "))
}

/// packages/npm/lib/codes.d.ts, from the enums themselves.
fn types() -> String {
    let verdicts =
        [Verdict::Allowed, Verdict::Denied, Verdict::Filtered, Verdict::Completed, Verdict::Error, Verdict::Unknown];
    let kinds = [
        DecisionKind::Unauthorized,
        DecisionKind::Error,
        DecisionKind::Set,
        DecisionKind::Return,
        DecisionKind::Filter,
        DecisionKind::NotSet,
        DecisionKind::AuthRules,
    ];
    let mut types =
        "// Drawn from the crate's types: `UPDATE_DOCS=1 cargo test --test command packages`.\n\n".to_owned();
    types += &union(
        "`denied` a refusal; `filtered` let through with a filter; `completed` no auth logic; `unknown` it rests on what nobody gave.",
        "Verdict",
        &verdicts,
    );
    types += &union("What decided.", "DecisionKind", &kinds);
    types += &union("Fact or guess.", "Certainty", &[Certainty::Certain, Certainty::Likely, Certainty::Possible]);
    types += &union("How bad it is.", "Severity", &[Severity::Error, Severity::Warning, Severity::Note]);
    types += "/** The codes of hints, notes and problems; docs/hints.md explains each. */\nexport type Code =\n";
    for code in ALL {
        let _ = writeln!(types, "  /** {} */\n  | '{code}'", code.entry().meaning.replace("*/", "* /"));
    }
    types.truncate(types.len() - 1);
    types + ";\n"
}

#[test]
fn the_types_of_the_npm_package_are_drawn_from_the_crate() {
    let (file, drawn) = ("packages/npm/lib/codes.d.ts", types());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file, &drawn).unwrap();
    }
    assert!(read(file) == drawn, "{file} is not what the types say: UPDATE_DOCS=1 cargo test --test command packages");
    let given = read("packages/npm/lib/index.d.ts");
    for mode in [AuthType::UserPool, AuthType::Iam, AuthType::ApiKey, AuthType::Oidc, AuthType::Lambda] {
        assert!(given.contains(&format!("'{}'", mode.as_str())), "index.d.ts lacks the mode {}", mode.as_str());
    }
    assert!(ALL.iter().any(|code| *code == Code::GroupCaseMismatch));
}

/// `import` and `require` have one set of types.
#[test]
fn both_module_systems_have_the_same_types() {
    let code: Vec<_> = read("packages/npm/lib/index.d.mts")
        .lines()
        .filter(|line| !line.starts_with("//"))
        .map(str::to_owned)
        .collect();
    assert_eq!(code, ["export * from './index.js';"]);
}
