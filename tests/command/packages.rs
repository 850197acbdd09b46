//! The packages beside the crate say of themselves what the crate says.

use serde_json::Value;
use vtl_eval::{AuthType, Verdict};

fn json(path: &str) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_npm_package_has_the_version_of_the_crate() {
    let package = json("packages/npm/package.json");
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(package["description"], env!("CARGO_PKG_DESCRIPTION"));
    let engine = std::fs::read_to_string("packages/npm/engine/Cargo.toml").unwrap();
    assert!(engine.contains(concat!("version = \"", env!("CARGO_PKG_VERSION"), "\"")));
}

#[test]
fn the_types_of_the_npm_package_know_every_verdict_and_mode() {
    let types = std::fs::read_to_string("packages/npm/lib/index.d.ts").unwrap();
    let verdicts =
        [Verdict::Allowed, Verdict::Denied, Verdict::Filtered, Verdict::Completed, Verdict::Error, Verdict::Unknown];
    for verdict in verdicts {
        assert!(types.contains(&format!("'{verdict}'")), "index.d.ts lacks the verdict {verdict}");
    }
    for mode in [AuthType::UserPool, AuthType::Iam, AuthType::ApiKey, AuthType::Oidc, AuthType::Lambda] {
        assert!(types.contains(&format!("'{}'", mode.as_str())), "index.d.ts lacks the mode {}", mode.as_str());
    }
    assert_eq!(types, std::fs::read_to_string("packages/npm/lib/index.d.mts").unwrap(), "index.d.mts is a copy");
}
