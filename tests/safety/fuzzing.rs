//! The seeds of the fuzz targets (fuzz/README.md) hold what the targets demand.

use crate::check;

fn each(target: &str, check: fn(&str)) {
    let folder = format!("{}/fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
    let seeds: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(seeds.len() > 100, "{} seeds in {folder}", seeds.len());
    for seed in seeds {
        if let Ok(text) = std::fs::read_to_string(&seed) {
            check(&text);
        }
    }
}

#[test]
fn seeds_parse_or_say_why_not() {
    each("parse", check::parse);
}

#[test]
fn seeds_evaluate_alike_watched_and_unwatched() {
    each("evaluate", check::evaluate);
}
