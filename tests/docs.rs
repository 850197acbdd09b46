//! The examples in docs/ and the README are true.

use std::process::Command;
use vtl_eval::appsync::{Context, Env};
use vtl_eval::eval::evaluate;
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::value::from_json_str;

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// In docs/language.md a line of a `vtl` block is `template ## => output` or `template ## error: part of the message`.
#[test]
fn language_examples() {
    let (mut inside, mut checked) = (false, 0);
    for line in read("docs/language.md").lines() {
        if line.starts_with("```") {
            inside = line == "```vtl";
            continue;
        }
        if !inside || line.trim().is_empty() {
            continue;
        }
        let source = |template: &str| Source::new("example", template);
        if let Some((template, output)) = line.split_once(" ## => ") {
            let program = parse(&source(template)).unwrap_or_else(|error| panic!("{line}: {error}"));
            let members =
                from_json_str(r#"{"arguments": {"name": "Ann", "n": 5, "list": [1, 2, 3], "tags": {"a": 1}}}"#)
                    .unwrap();
            let context = Context::from_members(members.as_map().unwrap()).unwrap();
            assert_eq!(evaluate(&program, context, &Env::default(), &mut ()).output, output, "{line}");
        } else if let Some((template, message)) = line.split_once(" ## error: ") {
            let error = parse(&source(template)).expect_err(line);
            assert!(error.message.contains(message), "{line}: {}", error.message);
        } else {
            panic!("no `## =>` and no `## error:` in {line:?}");
        }
        checked += 1;
    }
    assert!(checked > 30, "only {checked} examples");
}

/// The README shows the main command and its whole output.
#[test]
fn readme_example() {
    let readme = read("README.md");
    let block = readme.split("```console\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let (command, shown) = block.split_once('\n').unwrap();
    let args = command.strip_prefix("$ vtl-eval ").unwrap().split_whitespace();
    let output = Command::new(env!("CARGO_BIN_EXE_vtl-eval"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), shown.trim_end());
    assert_eq!(output.status.code(), Some(2));
}
