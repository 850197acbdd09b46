//! Programs as processes: ours, and those that we are compared with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The command.
pub fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_vtl-eval"))
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
