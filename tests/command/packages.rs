//! The packages beside the crate say of themselves what the crate says.

use serde_json::Value;
use vtl_eval::AuthType;

const ENGINE: &str = "packages/npm/engine";
const PYTHON: &str = "packages/python";

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
    for manifest in [ENGINE, PYTHON] {
        let manifest = format!("{manifest}/Cargo.toml");
        assert!(has_version(&manifest), "{manifest} has another version than the crate");
    }
    assert!(
        read("packages/python/pyproject.toml")
            .contains(&format!("description = \"{}\"", env!("CARGO_PKG_DESCRIPTION")))
    );
}

/// What the crate is built from, as a lock file has it: its name, then the names of its dependencies, without versions.
fn locked(path: &str) -> Vec<String> {
    let text = read(path);
    let own = text.split("[[package]]").find(|package| package.contains("\nname = \"vtl-eval\"\n"));
    let own = own.unwrap_or_else(|| panic!("{path} has no vtl-eval"));
    let names = own.lines().filter_map(|line| line.strip_prefix(" \"")?.split(['"', ' ']).next());
    names.map(str::to_owned).collect()
}

/// `--locked` builds of the packages fail where the crate gained or lost a dependency and their lock files did not.
#[test]
fn the_lock_files_of_the_packages_are_in_step_with_the_crate() {
    // Dev-dependencies stand in the crate's own lock file alone.
    let manifest = read("Cargo.toml");
    let used = |name: &String| {
        let sections = manifest.split("\n[").filter(|part| part.contains("dependencies]") && !part.starts_with("dev-"));
        sections.flat_map(str::lines).any(|line| line.starts_with(&format!("{name} =")))
    };
    let wanted: Vec<String> = locked("Cargo.lock").into_iter().filter(used).collect();
    assert!(wanted.len() > 30, "{wanted:?}");
    for package in [ENGINE, PYTHON] {
        let path = format!("{package}/Cargo.lock");
        assert_eq!(
            locked(&path),
            wanted,
            "cargo metadata --manifest-path {package}/Cargo.toml brings its lock file up to date"
        );
    }
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
