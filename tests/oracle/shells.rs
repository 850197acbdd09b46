//! The completions, asked of the shells themselves.

use crate::support::command::{command, stdout};
use crate::support::files::temporary;
use std::path::PathBuf;
use std::process::Command;

/// A folder with a script of the command's, and the command itself on the PATH.
fn folder(name: &str, shell: &str, file: &str) -> (PathBuf, String) {
    let folder = temporary(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(file), command().args(["completions", shell]).output().unwrap().stdout).unwrap();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_vtl-eval"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    (folder, path)
}

/// What is typed, and what the shell makes of it.
const TYPED: [(&str, &str); 5] = [
    ("vtl-eval explain group-case-m", "group-case-mismatch"),
    ("vtl-eval matri", "matrix"),
    ("vtl-eval resolver --auth-type us", "user-pool"),
    ("vtl-eval resolver --from templates/notes-api Query.l", "Query.listNotes"),
    ("vtl-eval util isNullOrEm", "isNullOrEmpty"),
];

#[test]
fn fish_completes_values_of_the_project() {
    let (folder, path) = folder("fish", "fish", "vtl-eval.fish");
    for (typed, wanted) in TYPED.into_iter().chain([("vtl-eval t.vtl --auth-type us", "user-pool")]) {
        let script = format!("source {}/vtl-eval.fish; complete -C '{typed}'", folder.display());
        let mut shell = Command::new("fish");
        shell.args(["--no-config", "-c", &script]).current_dir(env!("CARGO_MANIFEST_DIR")).env("PATH", &path);
        let told = stdout(&shell.output().expect("fish is installed (.ci/run does)"));
        assert!(told.lines().any(|line| line.split('\t').next() == Some(wanted)), "{typed}: {told}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// zsh completes only where it has a terminal: one of its own, whose output is waited for.
#[test]
fn zsh_completes_values_of_the_project() {
    let (folder, path) = folder("zsh", "zsh", "_vtl-eval");
    let here = folder.display();
    for (typed, wanted) in TYPED {
        let script = format!(
            "zmodload zsh/zpty; zpty -b z zsh -f -i
             zpty -w z \"PROMPT=; fpath=({here} \\$fpath); autoload -Uz compinit; compinit -u -d {here}/dump; bindkey '^I' complete-word; print REA''DY\"
             zpty -r z out '*READY*'
             zpty -w -n z '{typed}'$'\\t'
             zpty -r z out '*{wanted}*'
             print -r -- $out; zpty -d z"
        );
        let mut shell = Command::new("timeout");
        shell.args(["120", "zsh", "-f", "-c", &script]).current_dir(env!("CARGO_MANIFEST_DIR")).env("PATH", &path);
        let told = stdout(&shell.output().expect("zsh is installed (.ci/run does)"));
        assert!(told.contains(wanted), "{typed}: {told}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
