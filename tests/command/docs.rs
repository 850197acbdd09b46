//! The examples in docs/ and the README are true.

use crate::support::command::command;
use crate::support::files::{read, temporary};
use std::process::Command;
use vtl_eval::appsync::{Context, Env};
use vtl_eval::eval::evaluate;
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::value::from_json_str;

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
    let (typed, shown) = block.split_once('\n').unwrap();
    let args = typed.strip_prefix("$ vtl-eval ").unwrap().split_whitespace();
    let output = command().args(args).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), shown.trim_end());
    assert_eq!(output.status.code(), Some(2));
}

/// Every command line in the guides runs; what is not there on every machine is named by a placeholder.
#[test]
fn commands_of_the_guides() {
    let placeholders = [
        "refused.har",
        "token.json",
        "amplify/backend",
        "PATH",
        "FILE",
        "check.sarif",
        "vtl-eval init",
        "vtl-eval/matrix.json",
    ];
    let mut ran = 0;
    for guide in [
        "docs/unauthorized.md",
        "docs/resolvers.md",
        "docs/projects.md",
        "docs/rules.md",
        "docs/testing.md",
        "docs/replay.md",
        "docs/reports.md",
        "docs/ci.md",
        "README.md",
    ] {
        for line in read(guide).lines().filter(|line| line.starts_with("    vtl-eval ")) {
            let is_ours = line.contains("tests/projects/");
            if !is_ours && placeholders.iter().any(|placeholder| line.contains(placeholder)) {
                continue;
            }
            let command = line.trim().replacen("vtl-eval", env!("CARGO_BIN_EXE_vtl-eval"), 1);
            let output =
                Command::new("sh").args(["-c", &command]).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 2 | 3)), "{line}: {code:?}: {}", String::from_utf8_lossy(&output.stderr));
            assert!(!output.stdout.is_empty(), "{line}");
            ran += 1;
        }
    }
    assert!(ran >= 8, "only {ran} commands");
}

/// Ten problems of somebody who has nothing but the README and `--help`.
#[test]
fn newcomers_are_served() {
    let output = Command::new("sh")
        .arg("tests/newcomer.sh")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("VTL_EVAL", env!("CARGO_BIN_EXE_vtl-eval"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// docs/util.md is the table of `$util`; `UPDATE_DOCS=1 cargo test` writes it anew.
#[test]
fn util_reference() {
    use vtl_eval::appsync::util;
    let mut text = "# `$util` and `$extensions`\n\nWritten from the table that also dispatches the calls. `vtl-eval util NAME` prints an entry.\nStatus: documented by AWS, observed in its own templates, or inferred (our choice).\n".to_owned();
    for space in util::namespaces() {
        text.push_str(&format!("\n## `${space}`\n\n"));
        for function in util::all().filter(|function| function.namespace == *space) {
            let signatures: Vec<_> = function
                .overloads
                .iter()
                .map(|overload| format!("`{}{}`", function.name, overload.signature))
                .collect();
            let status = format!("{:?}", function.status).to_lowercase();
            text.push_str(&format!(
                "* {}  \n  {} ({status})  \n  `{}`\n",
                signatures.join(", "),
                function.summary,
                function.example
            ));
        }
    }
    let path = format!("{}/docs/util.md", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(read("docs/util.md"), text, "docs/util.md is stale: UPDATE_DOCS=1 cargo test --test command docs");
}

/// Each story of docs/rules.md: what its command says stands in what the command prints.
#[test]
fn stories_of_the_rules() {
    let guide = read("docs/rules.md");
    let stories = guide.split("## Three stories").nth(1).unwrap();
    let mut told = 0;
    for story in stories.split("\n**").skip(1) {
        let typed = story.lines().find_map(|line| line.strip_prefix("    vtl-eval ")).unwrap();
        let says = story.split("says `").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
        let output = command().args(typed.split_whitespace()).output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(shown.contains(says), "{typed}: {says}: {shown}");
        told += 1;
    }
    assert_eq!(told, 3);
}

/// The tests of docs/migrating.md are parts of those that examples/typescript/migrating runs.
#[test]
fn the_tests_of_the_migration_are_run() {
    let folder = "examples/typescript/migrating/test";
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let (before, after): (Vec<_>, Vec<_>) = files.partition(|name| name.contains(".before."));
    let lines = |names: &[String]| names.iter().map(|name| read(&format!("{folder}/{name}"))).collect::<String>();
    let (before, after) = (lines(&before), lines(&after));
    let page = read("docs/migrating.md");
    let mut checked = 0;
    for block in page.split("\n```js ").skip(1) {
        let (kind, rest) = block.split_once('\n').unwrap();
        let code = rest.split("\n```").next().unwrap();
        let tests = match kind {
            "before" => &before,
            "after" => &after,
            "before, not run" => continue,
            other => panic!("a block of an unknown kind: {other}"),
        };
        for line in code.lines() {
            assert!(tests.contains(line), "no {kind} test has the line\n{line}");
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} lines");
    let vtl = page.split("```vtl\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(vtl, read("examples/typescript/migrating/list.vtl"));
}

/// The recipes of docs/ci.md do what they say, as they stand, in a project that `init` was run in.
#[test]
fn the_recipes_for_ci_work() {
    let folder = temporary("ci");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_vtl-eval"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let run = |line: &str| {
        let output = Command::new("sh").args(["-c", line]).current_dir(&folder).env("PATH", &path).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run(&format!("git init -q . && cp -r '{}/templates/notes-api' cdk.out", env!("CARGO_MANIFEST_DIR")));
    run("vtl-eval init --from cdk.out");
    run("vtl-eval matrix -o vtl-eval/matrix.json");
    let guide = read("docs/ci.md");
    let recipes = guide.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines =
        recipes.flat_map(str::lines).map(|line| line.trim_start().trim_start_matches("- ").trim_start_matches("run: "));
    let commands: Vec<&str> = lines.filter(|line| line.starts_with("vtl-eval ")).collect();
    assert!(commands.len() >= 6, "{commands:?}");
    commands.iter().for_each(|line| run(line));
    // GitHub's recipe is the one that `init` wrote.
    let written = std::fs::read_to_string(folder.join(".github/workflows/vtl-eval.yml")).unwrap();
    for line in written.lines().filter(|line| line.contains("cargo install") || line.contains("actions/cache")) {
        assert!(guide.contains(line.trim()), "{line}");
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// The file of docs/projects.md has every key that there is, and is valid.
#[test]
fn the_configuration_of_the_guide_is_valid() {
    let guide = read("docs/projects.md");
    let toml = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = temporary("config");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("vtl-eval.toml"), toml).unwrap();
    let config = vtl_eval::project::Config::of(&folder).unwrap().unwrap();
    assert!(
        config.from.is_some() && config.api_name.is_some() && config.overrides.is_some() && config.schema.is_some()
    );
    assert!(config.model.is_some() && config.api.is_some() && config.personas.is_some() && !config.policy.is_empty());
    assert!(!config.parameters.is_empty() && !config.check.severity.is_empty());
    assert!(config.check.fail_on.is_some() && config.check.baseline.is_some());
    // A slip is told with its line and what was meant.
    std::fs::write(folder.join("vtl-eval.toml"), "from = \"a\"\npersonnas = \"b\"\n").unwrap();
    let error = vtl_eval::project::Config::of(&folder).unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("`personnas`") && error.contains("`personas`"), "{error}");
    let _ = std::fs::remove_dir_all(&folder);
}
