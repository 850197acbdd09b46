//! Apache Velocity 1.7 itself, for tests: templates in, what it makes of them out.
//!
//! Needs a JDK and Debian's `velocity` package; [`velocity`] gives `None` without them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use vtl_eval::appsync::{Context, Env};
use vtl_eval::eval::{End, Outcome, evaluate};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::value::from_json_str;

/// `$ctx`, as Harness.java builds it too.
const CONTEXT: &str = r#"{"args": {"s": "abc", "e": "", "i": 5, "big": 3000000000, "d": 1.5, "t": true, "f": false,
    "n": null, "l": [1, 2, 3], "m": {"a": 1, "b": "two"}}}"#;
const JARS: [&str; 3] = ["velocity.jar", "commons-collections3.jar", "commons-lang.jar"];

/// What a template did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// `ok`, `return`, `parse` or `error:` with the exception behind it, without its package.
    pub end: String,
    /// What was printed; nothing of a template that does not parse, for then Velocity's writer is not asked.
    pub output: String,
    /// `name = text` of every variable that the template set, sorted; nothing of one that failed.
    pub variables: Vec<String>,
}

/// Runs a template here, in the context that Harness.java gives too.
pub fn run(template: &str) -> Option<(Program, Outcome)> {
    let program = parse(&Source::new("velocity", template)).ok()?;
    let members = from_json_str(CONTEXT).unwrap();
    let context = Context::from_members(members.as_map().unwrap()).unwrap();
    let outcome = evaluate(&program, context, &Env::default(), &mut ());
    Some((program, outcome))
}

/// What a template does here.
pub fn ours(template: &str) -> Ran {
    let Some((program, outcome)) = run(template) else { return Ran { end: "parse".into(), ..Ran::default() } };
    let end = match &outcome.end {
        End::Completed => "ok".to_owned(),
        End::Returned { .. } => "return".to_owned(),
        End::Thrown { error, .. } => format!("error:{error:?}"),
        End::Failed(failure) => {
            let class = failure.cause.unwrap_or(failure.class);
            format!("error:{}", class.rsplit(['.', '$']).next().unwrap_or(class))
        }
    };
    let variables = if end.starts_with("error") { Vec::new() } else { variables(&program, &outcome) };
    Ran { end, output: outcome.output, variables }
}

/// `name = text` of every variable that the template set, sorted.
pub fn variables(program: &Program, outcome: &Outcome) -> Vec<String> {
    let named = outcome.variables(program).filter(|(_, value)| !value.is_null());
    let mut variables: Vec<_> = named.map(|(name, value)| format!("{name} = {value}")).collect();
    variables.sort();
    variables
}

/// What the templates do in Velocity; `None` where it is not installed.
pub fn velocity(templates: &[String]) -> Option<Vec<Ran>> {
    let jars: Vec<_> = JARS.iter().map(|jar| format!("/usr/share/java/{jar}")).collect();
    if !jars.iter().all(|jar| Path::new(jar).exists()) {
        println!("skipped: no JDK or no velocity package here");
        return None;
    }
    // A folder for each test program, for they may run at the same time.
    let classes = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    std::fs::create_dir_all(&classes).ok()?;
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/Harness.java");
    let path = jars.join(":");
    let compiled =
        Command::new("javac").args(["-nowarn", "-d"]).arg(&classes).args(["-cp", &path, source]).status().ok()?;
    assert!(compiled.success(), "tests/oracle/Harness.java does not compile");
    let mut java = Command::new("java")
        .args(["-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp"])
        .args([&format!("{}:{path}", classes.display()), "Harness"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = java.stdin.take().unwrap();
    let lines: String = templates.iter().map(|template| STANDARD.encode(template) + "\n").collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = java.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let ran: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(read).collect();
    assert_eq!(ran.len(), templates.len(), "Velocity answered not every template");
    Some(ran)
}

/// A line of Harness.java.
fn read(line: &str) -> Ran {
    let decode = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
    let mut parts = line.split(' ');
    let mut next = || parts.next().unwrap_or_default();
    let (end, output, variables) = (next(), next(), next());
    let output = if end == "parse" { String::new() } else { decode(output) };
    let variables =
        if end.starts_with("error") { Vec::new() } else { variables.split_terminator(',').map(decode).collect() };
    Ran { end: end.to_owned(), output, variables }
}
