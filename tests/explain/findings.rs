//! Every code that a hint or a finding can have is explained in docs/hints.md, and the guide's commands say what it tells.

use crate::support::files::root;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use vtl_eval::code::{ALL, Code, Stage};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else {
            found.push(entry);
        }
    }
}

/// The quoted words of a text that look like a code: lower case, with dashes between.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|word| {
        word.contains('-')
            && word.starts_with(|letter: char| letter.is_ascii_lowercase())
            && !word.ends_with('-')
            && word.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '-'))
    })
}

/// docs/hints.md is drawn from the table of codes: `UPDATE_DOCS=1 cargo test` writes it anew.
#[test]
fn the_page_of_hints_is_drawn_from_the_table() {
    let (page, drawn) = (root("docs/hints.md"), vtl_eval::report::codes_markdown());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, &drawn).unwrap();
    }
    assert!(std::fs::read_to_string(page).unwrap() == drawn, "docs/hints.md is not what the table says: UPDATE_DOCS=1");
}

/// Each code has its page in docs/codes, in the file of its stage and in the table's order: a paragraph on how it comes about, an
/// example, and what to do. A page sends its reader to codes that there are.
#[test]
fn every_code_has_its_page() {
    for stage in [Stage::Request, Stage::Mode, Stage::Iam, Stage::Authorizer, Stage::Resolver, Stage::Anywhere] {
        let codes: Vec<Code> = ALL.iter().copied().filter(|code| code.entry().stage == stage).collect();
        let place = codes[0].place();
        let text = std::fs::read_to_string(root("docs").join(place.split('#').next().unwrap())).unwrap();
        let named: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let wanted: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        assert_eq!(named, wanted, "{place}");
        for code in codes {
            let page = code.page().unwrap_or_else(|| panic!("docs/{} has no cause, example and **Do**", code.place()));
            for part in [page.cause, page.cure] {
                let lines =
                    part.lines().all(|line| !line.is_empty() && line.chars().count() <= 110 && !line.starts_with(' '));
                assert!(lines, "{code}: {part}");
            }
            let (example, about) = (page.example.lines().count(), [page.cause, page.cure].concat());
            assert!((1..=8).contains(&example), "{code}: an example of {example} lines");
            for named in
                about.match_indices("see `").filter_map(|(at, sign)| about[at + sign.len()..].split('`').next())
            {
                assert!(named.parse::<Code>().is_ok() || !named.contains('-'), "{code} names {named}");
            }
        }
    }
}

/// A code that nothing in the source can raise has no place in the table.
#[test]
fn every_code_of_the_table_is_raised_somewhere() {
    let mut files = Vec::new();
    sources(&root("src"), &mut files);
    files.retain(|file| !file.components().any(|part| part.as_os_str() == "code"));
    let text: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap_or_default()).collect();
    let raised = |code: &&Code| {
        let name = format!("Code::{code:?}");
        text.match_indices(&name).any(|(at, _)| !text[at + name.len()..].starts_with(char::is_alphanumeric))
    };
    let idle: Vec<_> = ALL.iter().filter(|code| !raised(code)).collect();
    assert!(idle.is_empty(), "never raised: {idle:?}");
}

/// `says `code`` after a command of docs/unauthorized.md: the code stands in what the command prints.
#[test]
fn the_guide_tells_what_its_commands_say() {
    let guide = std::fs::read_to_string(root("docs/unauthorized.md")).unwrap();
    let (mut checked, mut wrong) = (0, Vec::new());
    for (at, _) in guide.match_indices("    vtl-eval ") {
        let (command, rest) = guide[at..].split_once('\n').unwrap();
        let Some(said) = rest.trim_start().strip_prefix("says ") else { continue };
        let said = said.split("\n\n").next().unwrap();
        let command = command.trim().replacen("vtl-eval", env!("CARGO_BIN_EXE_vtl-eval"), 1);
        let output = Command::new("sh").args(["-c", &command]).current_dir(root("")).output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        let is_code = |word: &&str| {
            word.contains('-') && !word.starts_with("x-") && words(&format!("\"{word}\"")).next().is_some()
        };
        for code in said.split('`').skip(1).step_by(2).filter(is_code) {
            checked += 1;
            if !shown.contains(code) {
                wrong.push(format!(
                    "{command} does not say {code}:\n{shown}{}",
                    String::from_utf8_lossy(&output.stderr)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked >= 20, "only {checked}");
}

/// Each finding ends with what to do: a verb in the imperative, or the input that is missing.
#[test]
fn every_finding_of_the_layers_has_a_next_step() {
    const STEPS: &[&str] = &[
        "add ",
        "allow it",
        "call with",
        "pass --",
        "answer ",
        "change ",
        "compare ",
        "configure ",
        "create ",
        "export ",
        "extend ",
        "fetch ",
        "give ",
        "leave ",
        "let the",
        "look at ",
        "look into ",
        "return the",
        "narrow ",
        "point ",
        "put ",
        "read ",
        "refresh ",
        "repeat ",
        "send ",
        "set the",
        "set it",
        "sign ",
        "take ",
        "test ",
        "use ",
        "widen ",
        "write ",
    ];
    let reports = ["tests/inputs/diagnose/refusals.json", "tests/inputs/diagnose/written.json"];
    let (mut seen, mut without) = (BTreeSet::new(), BTreeSet::new());
    for file in reports {
        let rows: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(root(file)).unwrap()).unwrap();
        for row in rows.as_array().unwrap() {
            let refusal = vtl_eval::suite::Refusal::read(&row["report"]).unwrap();
            let diagnosis = vtl_eval::suite::diagnose(&refusal, None).unwrap();
            // The first four; hints of templates have tests of their own.
            for finding in diagnosis.layers.iter().take(4).flat_map(|layer| &layer.findings) {
                let words = finding.message.to_string().to_lowercase();
                seen.insert(finding.code.as_str().to_string());
                // That a statement allows is no problem to solve.
                let fine = finding.code.as_str() == "iam-allowed" || STEPS.iter().any(|step| words.contains(step));
                if !fine {
                    without.insert(format!("{}: {}", finding.code.as_str(), finding.message));
                }
            }
        }
    }
    assert!(seen.len() > 50, "only {seen:?}");
    assert!(without.is_empty(), "no next step:\n{}", without.into_iter().collect::<Vec<_>>().join("\n"));
}

/// The table of messages in the guide is drawn from the code; `UPDATE_DOCS=1` writes it.
#[test]
fn the_table_of_messages_is_drawn_from_the_code() {
    let path = root("docs/unauthorized.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- messages -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /messages -->").unwrap();
    let drawn = format!("{before}<!-- messages -->\n{}<!-- /messages -->{after}", vtl_eval::request::messages::table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    } else {
        assert!(text == drawn, "run `UPDATE_DOCS=1 cargo test --test explain`");
    }
}
