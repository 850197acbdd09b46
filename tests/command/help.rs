//! `--help`: three examples of each command, which run as they stand, and a short form that fits a screen.

use crate::support::command::{command, stdout};
use std::path::Path;
use std::process::Command;

/// All but `init`, which writes files.
const COMMANDS: [&str; 16] = [
    "",
    "resolver",
    "fields",
    "config",
    "rules",
    "matrix",
    "test",
    "check",
    "diagnose",
    "replay",
    "token",
    "batch",
    "explain",
    "util",
    "completions",
    "man",
];

fn help(name: &str, option: &str) -> String {
    let words: Vec<&str> = [name, option].into_iter().filter(|word| !word.is_empty()).collect();
    stdout(&command().args(words).env("COLUMNS", "120").output().unwrap())
}

#[test]
fn every_command_has_three_examples_that_run() {
    let program = Path::new(env!("CARGO_BIN_EXE_vtl-eval"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    for name in COMMANDS {
        let text = help(name, "--help");
        let examples: Vec<&str> = text
            .lines()
            .skip_while(|line| *line != "Examples:")
            .skip(1)
            .map(str::trim)
            .filter(|line| line.contains("vtl-eval"))
            .collect();
        assert!(examples.len() >= 3, "{name}: {text}");
        for example in examples {
            let mut shell = Command::new("sh");
            shell.args(["-c", example]).current_dir(env!("CARGO_MANIFEST_DIR")).env("PATH", &path);
            let output = shell.output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(matches!(output.status.code(), Some(0 | 2 | 3)), "{example}: {:?} {told}", output.status.code());
            assert!(!output.stdout.is_empty(), "{example}: {told}");
        }
    }
}

#[test]
fn the_short_help_fits_a_screen() {
    for name in COMMANDS {
        let words: Vec<&str> = [name, "-h"].into_iter().filter(|word| !word.is_empty()).collect();
        let text = stdout(&command().args(words).env("COLUMNS", "80").output().unwrap());
        // One line is left for the prompt.
        assert!(text.lines().count() < 24, "{name}: {} lines\n{text}", text.lines().count());
        let wide = |line: &&str| textwrap::core::display_width(line) > 80;
        assert_eq!(text.lines().find(wide), None, "{name}");
        assert!(text.contains("--help`"), "{name}: {text}");
    }
}
