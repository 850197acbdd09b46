//! The attacks of tests/hostile/inputs.txt: what has no end, no bottom, or no right to be read or written.

use crate::support::command::{limited, stderr, stdout};
use crate::support::files::temporary;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const TABLE: &str = include_str!("../hostile/inputs.txt");
/// Of what is read whole; where the code is not optimised, enough to be too much.
const MEGABYTES: usize = if cfg!(debug_assertions) { 4 } else { 10 };
const TEMPLATE: &str = "templates/static-groups/template.vtl";

/// A file or folder of this name, made where it is wanted.
fn made(name: &str, folder: &Path) -> PathBuf {
    let path = folder.join(name.to_lowercase());
    let token = |length: usize| format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", "A".repeat(length));
    match name {
        "WIDE" => fs::write(&path, format!("[{}1]", "[],".repeat(MEGABYTES << 20 >> 1))).unwrap(),
        "DEEP" => fs::write(&path, "[".repeat(100_000)).unwrap(),
        "JWT" => fs::write(&path, token(MEGABYTES << 20)).unwrap(),
        "LINE" => fs::write(&path, "x".repeat((16 << 20) + (MEGABYTES << 20))).unwrap(),
        "CLAIMS" => fs::write(&path, "{\"sub\": \"a\"}").unwrap(),
        "FOLDER" => fs::create_dir_all(&path).unwrap(),
        "LINK" => {
            fs::write(folder.join("kept"), "kept").unwrap();
            let _ = fs::remove_file(&path);
            std::os::unix::fs::symlink(folder.join("kept"), &path).unwrap();
        }
        "LOOP" => {
            let _ = fs::remove_file(&path);
            std::os::unix::fs::symlink(&path, &path).unwrap();
        }
        other => panic!("{other}"),
    }
    path
}

#[test]
#[cfg(target_os = "linux")]
fn every_input_ends_with_an_answer_or_an_error() {
    let folder = temporary("inputs");
    fs::create_dir_all(&folder).unwrap();
    let lines: Vec<&str> = TABLE.lines().collect();
    let rows: Vec<_> = lines.windows(2).filter_map(|pair| Some((pair[0].strip_prefix("== ")?, pair[1]))).collect();
    assert!(rows.len() >= 20, "{} attacks", rows.len());
    let mut wrong = Vec::new();
    for (head, arguments) in rows {
        let (name, wanted) = head.split_once(" -> ").expect("what is wanted");
        let (code, words) = wanted.strip_prefix("0 ").map_or((1, wanted), |words| (0, words));
        let mut command = limited(&["-v 600000", "-t 10"]);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
        for argument in arguments.split(' ') {
            match argument.strip_prefix('⟦').and_then(|rest| rest.strip_suffix('⟧')) {
                Some(file) => command.arg(made(file, &folder)),
                None => command.arg(if argument == "TEMPLATE" { TEMPLATE } else { argument }),
            };
        }
        let output = command.output().unwrap();
        let told = stdout(&output) + &stderr(&output);
        if output.status.code() != Some(code) || !told.contains(words) || told.contains("panicked") {
            let told: String = told.chars().take(200).collect();
            wrong.push(format!("{name}: wanted {code} and {words:?}, {:?}: {told}", output.status));
        }
    }
    assert_eq!(fs::read_to_string(folder.join("kept")).unwrap(), "kept");
    fs::remove_dir_all(&folder).unwrap();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
