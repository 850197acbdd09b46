//! Programs as processes: ours, and those that we are compared with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// The command, in the folder of the package.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vtl-eval"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs it to its end.
pub fn run(args: &[&str]) -> Output {
    command().args(args).output().unwrap()
}

/// Runs it, wants this exit code, and reads the JSON that it printed.
#[track_caller]
pub fn json(args: &[&str], code: i32) -> Json {
    let output = run(args);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}{}", stderr(&output));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
}

/// What it printed.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What it said beside that.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The command, killed where it takes more than a minute of processor time; how busy the machine is does not count.
pub fn limited() -> Command {
    if cfg!(not(unix)) {
        return command();
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -t 60 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_vtl-eval")]);
    shell
}

/// Feeds a program and gives what it printed; it must be there, and end well.
pub fn fed(command: &mut Command, input: String) -> String {
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = started.unwrap_or_else(|error| panic!("cannot start {:?}: {error}", command.get_program()));
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{:?}: {}", command.get_program(), output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// A text on a line of its own, whatever is in it.
pub fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

pub fn decoded(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}
