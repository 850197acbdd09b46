//! Every sample under templates/ decides as the names of its claims files say.

use crate::support::command::command;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn samples_decide_as_their_names_say() {
    let mut checked = 0;
    for folder in entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")) {
        // A pipeline has case files of its own (tests/command/commands.rs).
        if folder.join("manifest.json").exists() {
            continue;
        }
        for claims in entries(&folder.join("claims")) {
            let name = claims.file_stem().unwrap().to_str().unwrap();
            let (verdict, code) = match name.split('-').next() {
                Some("allow") => ("allowed", 0),
                Some("filter") => ("filtered", 0),
                Some("deny") => ("denied", 2),
                _ => panic!("{}: the name begins with allow, filter or deny", claims.display()),
            };
            let output = command()
                .arg(folder.join("template.vtl"))
                .args(["--now", "2026-10-01T00:00:00Z", "--format", "json", "--context"])
                .arg(folder.join("case.json"))
                .arg("--claims")
                .arg(&claims)
                .output()
                .unwrap();
            let report: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
                panic!("{}: {error}: {}", claims.display(), String::from_utf8_lossy(&output.stderr))
            });
            assert_eq!(report["verdict"], verdict, "{}: {report:#}", claims.display());
            assert_eq!(output.status.code(), Some(code), "{}", claims.display());
            if verdict == "denied" {
                assert_eq!(report["error"]["errorType"], "Unauthorized", "{}", claims.display());
            }
            checked += 1;
        }
    }
    assert!(checked >= 20, "only {checked} samples");
}
