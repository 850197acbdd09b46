//! Apache Velocity 1.7 itself: templates in, what it makes of them out. Needs a JDK and Debian's `velocity` package.

use crate::support::command::{decoded, encoded, fed};
use crate::support::ran::Ran;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

const JARS: [&str; 3] = ["velocity.jar", "commons-collections3.jar", "commons-lang.jar"];

/// The class path with Harness.java on it, compiled once.
static CLASSES: LazyLock<String> = LazyLock::new(|| {
    let jars = JARS.map(|jar| format!("/usr/share/java/{jar}"));
    for jar in &jars {
        assert!(Path::new(jar).exists(), "{jar} is missing: apt-get install velocity");
    }
    let classes = env!("CARGO_TARGET_TMPDIR");
    let jars = jars.join(":");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/Harness.java");
    let compiled = Command::new("javac").args(["-nowarn", "-d", classes, "-cp", &jars, source]).status();
    assert!(compiled.expect("javac is missing: apt-get install default-jdk-headless").success());
    format!("{classes}:{jars}")
});

/// What the templates do in Velocity.
pub fn velocity(templates: &[String]) -> Vec<Ran> {
    let mut java = Command::new("java");
    java.args(["-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", &CLASSES, "Harness"]);
    let lines: String = templates.iter().map(|template| encoded(template) + "\n").collect();
    let ran: Vec<_> = fed(&mut java, lines).lines().map(read).collect();
    assert_eq!(ran.len(), templates.len(), "Velocity answered not every template");
    ran
}

/// A line of Harness.java.
fn read(line: &str) -> Ran {
    let mut parts = line.split(' ');
    let mut next = || parts.next().unwrap_or_default();
    let (end, output, variables) = (next(), next(), next());
    let output = if end == "parse" { String::new() } else { decoded(output) };
    let variables =
        if end.starts_with("error") { Vec::new() } else { variables.split_terminator(',').map(decoded).collect() };
    Ran { end: end.to_owned(), output, variables }
}
