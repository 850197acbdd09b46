//! The labelled set of `tests/check`: each template says in its first line what should be found in it, each project in its
//! `expect.txt`, and nothing else may be found.

use crate::support::command::run;
use crate::support::files::root;
use serde_json::Value as Json;
use std::path::Path;

fn found(path: &Path, more: &[&str]) -> Vec<Json> {
    let mut args = vec!["check", path.to_str().unwrap(), "--format", "json"];
    args.extend(more);
    let output = run(&args);
    let report: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}: {}", path.display(), String::from_utf8_lossy(&output.stderr)));
    report["findings"].as_array().unwrap().clone()
}

#[test]
fn each_template_shows_what_it_says_and_nothing_else() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(root("tests/check/templates")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let head = |mark: &str| text.lines().find_map(|line| line.strip_prefix(mark)).map(str::trim);
        let modes = head("## modes:").map_or(vec![], |modes| vec!["--modes", modes]);
        let expected = head("## expect:").unwrap_or_else(|| panic!("{} expects nothing at all", path.display()));
        let told: Vec<_> = found(&path, &modes)
            .iter()
            .map(|spot| format!("{}:{}", spot["code"].as_str().unwrap(), spot["line"]))
            .collect();
        let told = if told.is_empty() { "nothing".to_owned() } else { told.join(" ") };
        seen += 1;
        if told != expected {
            wrong.push(format!("{}: expected {expected}, found {told}", path.file_name().unwrap().display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {seen} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(seen > 60);
}

/// Whatever these templates and projects show stands in the tables of docs/check.md.
#[test]
fn what_is_found_is_told_of() {
    let docs = std::fs::read_to_string(root("docs/check.md")).unwrap();
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    let entries = |folder: &str| std::fs::read_dir(root(folder)).unwrap().map(|entry| entry.unwrap().path());
    let templates = entries("tests/check/templates").map(read).collect::<Vec<_>>();
    let expected = templates.iter().filter_map(|text| text.lines().find_map(|line| line.strip_prefix("## expect:")));
    let projects = entries("tests/check/projects").map(|path| read(path.join("expect.txt"))).collect::<Vec<_>>();
    let codes = expected.flat_map(str::split_whitespace).filter_map(|word| Some(word.split_once(':')?.0));
    let codes = codes.chain(projects.iter().flat_map(|text| text.lines()).filter_map(|line| line.split(' ').next()));
    let told: Vec<&str> = docs.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next()).collect();
    for code in codes.filter(|code| !code.is_empty()) {
        assert!(
            told.iter().any(|row| row.split('`').any(|name| name == code)),
            "docs/check.md does not tell of {code}"
        );
    }
}

#[test]
fn each_project_shows_what_it_says_and_nothing_else() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(root("tests/check/projects")).unwrap() {
        let path = entry.unwrap().path();
        let expected = std::fs::read_to_string(path.join("expect.txt")).unwrap();
        let told: Vec<_> = found(&path, &[])
            .iter()
            .map(|spot| {
                let file = Path::new(spot["file"].as_str().unwrap()).file_name().unwrap().to_str().unwrap();
                format!("{} {file}", spot["code"].as_str().unwrap())
            })
            .collect();
        if told.join("\n") != expected.trim_end() {
            wrong.push(format!("{}: expected {:?}, found {told:?}", path.display(), expected.trim_end()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
