//! The rules of the house (docs/architecture.md, CONTRIBUTING.md). Here: a module imports only from those below it.

mod calls;
mod circles;
mod errors;
mod house;
mod messages;
mod searches;
mod tokens;

use std::path::Path;
use tokens::sources;

/// From the bottom up; modules of one layer do not import each other.
const LAYERS: [&[&str]; 15] = [
    &["source", "code", "message", "nearest", "json", "open"],
    &["finding", "files"],
    &["value", "diagnostic"],
    &["paste"],
    &["appsync"],
    &["syntax", "records"],
    &["eval"],
    &["project"],
    &["trace"],
    &["resolver", "request", "rules"],
    &["explain"],
    &["suite"],
    &["report"],
    &["library"],
    &["cli"],
];

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&module)).unwrap_or_else(|| panic!("{module} is in no layer"))
}

#[test]
fn modules_import_only_from_below() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut imports = 0;
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        for (number, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            for part in line.split("crate::").skip(1) {
                let other: String =
                    part.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                imports += 1;
                let allowed = other == module || layer(&other) < layer(module);
                assert!(allowed, "{}:{}: {module} must not import {other}", inside.display(), number + 1);
            }
        }
    }
    assert!(imports > 40, "only {imports} imports were seen");
}
