//! What docs/security.md and SECURITY.md promise has tests that bear these names, and what the crate depends on has a reason.

use crate::support::files::{read, root};
use std::collections::BTreeSet;
use std::path::Path;

/// All files of Rust below a folder.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The names of all tests of the package.
fn tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&root("tests"), &mut files);
    sources(&root("src"), &mut files);
    let mut names = BTreeSet::new();
    for file in &files {
        let mut marked = false;
        for line in file.lines().map(str::trim) {
            match line.strip_prefix("fn ") {
                Some(rest) if marked => {
                    names.insert(rest.split('(').next().unwrap().to_owned());
                    marked = false;
                }
                _ if line == "#[test]" => marked = true,
                _ if line.starts_with("#[") || line.starts_with("//") => {}
                _ => marked = false,
            }
        }
    }
    names
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of the first table below a heading, cell by cell, without its head.
fn table<'t>(text: &'t str, heading: &str) -> Vec<Vec<&'t str>> {
    let below = text.split_once(heading).unwrap_or_else(|| panic!("no {heading}")).1;
    let lines = below.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &'t str| line.trim_matches('|').split(" | ").map(str::trim).collect();
    lines.skip(2).map(cells).collect()
}

/// Whether a name in backticks is that of a file of the package.
fn is_path(name: &str) -> bool {
    name.contains('/') && !name.contains(['$', ' ', '{', '*'])
}

#[test]
fn every_promise_names_its_test() {
    let (text, tests) = (read("docs/security.md"), tests());
    let rows = table(&text, "# What is promised");
    assert!(rows.len() >= 10 && tests.len() > 400, "{} promises, {} tests", rows.len(), tests.len());
    for row in &rows {
        let [promise, tested] = row[..] else { panic!("not two cells: {row:?}") };
        let named: Vec<&str> = quoted(tested).into_iter().filter(|name| name.contains('_') && !is_path(name)).collect();
        assert!(!named.is_empty(), "no test is named for: {promise}");
        for name in named {
            assert!(tests.contains(name), "{name} is no test, for: {promise}");
        }
    }
    // Below the table, each kind of credential and each way in which one is found.
    let (_, below) = text.split_once("## Credentials").unwrap();
    let named = quoted(below).into_iter().filter(|name| tests.contains(*name)).count();
    assert!(named >= 3, "{named} tests are named for credentials");
}

#[test]
fn what_is_said_of_security_is_there() {
    for page in ["docs/security.md", "SECURITY.md"] {
        let text = read(page);
        for name in quoted(&text).into_iter().filter(|name| is_path(name)) {
            assert!(root(name).exists(), "{page} names {name}, which is not there");
        }
    }
    let told = read("SECURITY.md");
    for word in ["docs/security.md", "private advisory", "tests/hostile", "scripts/hostile.py", "scripts/fuzz.sh"] {
        assert!(told.contains(word), "SECURITY.md lacks {word}");
    }
    assert!(read("docs/security.md").contains("# What is not promised"));
}

#[test]
fn nothing_reaches_a_network_or_starts_a_program() {
    let mut files = Vec::new();
    sources(&root("src"), &mut files);
    for word in
        ["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "UnixListener", "ToSocketAddrs", "process::Command"]
    {
        assert!(files.iter().all(|file| !file.contains(word)), "{word} stands in src");
    }
    let locked = read("Cargo.lock");
    for name in ["reqwest", "hyper", "ureq", "curl", "tokio", "mio", "socket2", "rustls", "native-tls", "openssl-sys"] {
        assert!(!locked.contains(&format!("name = \"{name}\"\n")), "{name} is in Cargo.lock");
    }
}

/// The names of the crates that a manifest asks for, but for tests.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut within = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            within = line.contains("dependencies]") && !line.contains("dev-") && !line.contains("build-");
        } else if within && let Some((name, _)) = line.split_once(" = ") {
            names.insert(name.to_owned());
        }
    }
    names
}

#[test]
fn every_dependency_has_its_reason() {
    let text = read("docs/architecture.md");
    let rows = table(&text, "## Dependencies");
    let bare = |name: &str| name.split(" (").next().unwrap().trim().to_owned();
    let told: Vec<String> = rows.iter().flat_map(|row| row[0].split(',').map(bare)).collect();
    let set: BTreeSet<String> = told.iter().cloned().collect();
    assert_eq!(set.len(), told.len(), "one stands twice in docs/architecture.md: {told:?}");
    assert_eq!(set, dependencies(&read("Cargo.toml")), "docs/architecture.md beside Cargo.toml");
    assert!(rows.iter().all(|row| row[1].len() > 10), "a reason is missing");
}

#[test]
fn every_dependency_is_pinned_and_from_the_registry() {
    for lock in ["Cargo.lock", "fuzz/Cargo.lock", "packages/npm/engine/Cargo.lock", "packages/python/Cargo.lock"] {
        let text = read(lock);
        let packages: Vec<&str> = text.split("[[package]]").skip(1).collect();
        assert!(packages.len() > 60, "{lock}: {} packages", packages.len());
        for package in packages {
            let name = package.split('"').nth(1).unwrap();
            let own = name.starts_with("vtl-eval") || name.starts_with("vtl_eval");
            let pinned = package.contains("source = \"registry+https://github.com/rust-lang/crates.io-index\"")
                && package.contains("checksum = \"");
            assert!(own || pinned, "{lock}: {name} is not pinned to the registry");
        }
    }
    assert!(read("Cargo.toml").contains("unsafe_code = \"forbid\""));
}
