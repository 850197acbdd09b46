//! The inputs of tests/language/constructs.rs do in Velocity what their snapshots say. `appsync-*.vtl` use what it has not.

use crate::support::ran::ours;
use crate::velocity::velocity;

#[test]
fn velocity_does_the_same() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inputs/language");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of_velocity = |path: &std::path::PathBuf| !path.file_name().unwrap().to_str().unwrap().starts_with("appsync-");
    let templates: Vec<_> = paths.filter(of_velocity).map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let theirs = velocity(&templates);
    let mut wrong = Vec::new();
    for (template, theirs) in templates.iter().zip(theirs) {
        let ours = ours(template);
        if ours != theirs {
            wrong.push(format!("{template:?}\n    ours     {ours:?}\n    velocity {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), templates.len(), wrong.join("\n"));
}
