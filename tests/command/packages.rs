//! The packages beside the crate say of themselves what the crate says.

use serde_json::Value;
use vtl_eval::AuthType;

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
    let engine = "packages/npm/engine/Cargo.toml";
    assert!(has_version(engine), "{engine} has another version than the crate");
}

#[test]
fn the_types_of_the_npm_package_know_every_mode() {
    let given = read("packages/npm/lib/index.d.ts");
    for mode in [AuthType::UserPool, AuthType::Iam, AuthType::ApiKey, AuthType::Oidc, AuthType::Lambda] {
        assert!(given.contains(&format!("'{}'", mode.as_str())), "index.d.ts lacks the mode {}", mode.as_str());
    }
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
