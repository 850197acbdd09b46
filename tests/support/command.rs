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

/// Runs it to its end, with this on standard input.
pub fn given(args: &[&str], input: &[u8]) -> Output {
    let mut command = command();
    let pipes = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
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

/// The command under limits of the system (`ulimit`'s options): how busy the machine is does not count.
/// `VTL_EVAL_BINARY` names an optimised one.
pub fn limited(limits: &[&str]) -> Command {
    let program = std::env::var_os("VTL_EVAL_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_vtl-eval").into());
    if cfg!(not(unix)) {
        return Command::new(program);
    }
    let mut shell = Command::new("sh");
    let limits: String = limits.iter().map(|limit| format!("ulimit {limit} && ")).collect();
    shell.args(["-c", &format!("{limits}exec \"$0\" \"$@\"")]).arg(program);
    shell
}

/// Runs a template from standard input, hostile as it may be: the exit code, none where it was killed, and all that was
/// written.
pub fn attacked(command: &mut Command, template: &str) -> (Option<i32>, String) {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    // A template that is refused early may not be read to its end.
    let mut stdin = child.stdin.take().unwrap();
    let text = template.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    (output.status.code(), stdout(&output) + &stderr(&output))
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
