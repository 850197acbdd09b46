//! `replay --follow`, and what shells are told.

use crate::support::command::{command, given, stdout};
use crate::support::files::temporary;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

const LOG: &str = "tests/inputs/replay/notes.log";

/// What follows a pipe tells the same refusals as what reads the file, and ends with the pipe.
#[test]
fn a_pipe_is_followed_to_its_end() {
    let log = std::fs::read(format!("{}/{LOG}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let followed = given(&["replay", "-", "--follow", "--ndjson"], &log);
    let read = command().args(["replay", LOG, "--ndjson"]).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let rows = |text: String| {
        let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
        rows.sort();
        rows
    };
    assert_eq!(rows(stdout(&followed)), rows(stdout(&read)));
    assert!(followed.status.success(), "{}", String::from_utf8_lossy(&followed.stderr));
}

/// A refusal that is written while the file is followed is told, while the file is still followed.
#[test]
fn a_file_is_followed_while_it_grows() {
    let path = temporary("follow.log");
    std::fs::write(&path, "").unwrap();
    let mut child = command()
        .args(["replay", path.to_str().unwrap(), "--follow"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let id = "11111111-2222-3333-4444-555555555555";
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    writeln!(
        file,
        r#"{{"logType":"RequestMapping","path":["listReports"],"fieldName":"listReports","requestId":"{id}","fieldInError":true,"errors":["Not Authorized to access listReports on type Query"],"parentType":"Query","graphQLAPIId":"abc"}}"#
    )
    .unwrap();
    writeln!(
        file,
        r#"{{"logType":"RequestSummary","requestId":"{id}","graphQLAPIId":"abc","statusCode":200,"latency":5000000}}"#
    )
    .unwrap();
    let mut told = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut told).unwrap();
    assert!(told.contains("DENIED  Query.listReports") && told.contains(id), "{told}");
    assert!(child.try_wait().unwrap().is_none(), "it ended");
    child.kill().unwrap();
    child.wait().unwrap();
    let _ = std::fs::remove_file(path);
}

/// What bash proposes after these words.
fn proposed(words: &[&str]) -> Vec<String> {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_vtl-eval"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "source <(vtl-eval completions bash)\nCOMP_WORDS=(vtl-eval {})\nCOMP_CWORD={}\n_vtl_eval_live vtl-eval '{}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
        quoted.join(" "),
        words.len(),
        words.last().unwrap(),
        words.iter().rev().nth(1).unwrap_or(&"vtl-eval"),
    );
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).current_dir(env!("CARGO_MANIFEST_DIR")).env("PATH", path);
    stdout(&shell.output().unwrap()).lines().map(str::to_owned).collect()
}

#[test]
fn completions_have_real_values() {
    let notes = ["--from", "templates/notes-api"];
    assert_eq!(proposed(&["resolver", notes[0], notes[1], "Query.l"]), ["Query.listNotes"]);
    let fields = proposed(&["fields", notes[0], notes[1], ""]);
    assert!(fields.contains(&"Mutation.deleteNote".to_owned()), "{fields:?}");
    assert_eq!(proposed(&["resolver", "Query.listNotes", "--auth-type", "us"]), ["user-pool"]);
    let codes = proposed(&["explain", "group-case"]);
    assert!(codes.contains(&"group-case-mismatch".to_owned()), "{codes:?}");
    assert!(proposed(&["util", "isNullOrE"]).contains(&"isNullOrEmpty".to_owned()));
    for shell in ["zsh", "fish"] {
        let script = stdout(&command().args(["completions", shell]).output().unwrap());
        assert!(script.contains("fields --names"), "{shell}");
        assert!(script.contains("user-pool") && script.contains("api-key"), "{shell}");
    }
}
