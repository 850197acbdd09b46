//! Reports on terminals of other widths, without UTF-8, and with colours or without.

use crate::support::command::{command, stdout};

const WIDTHS: [&str; 3] = ["40", "80", "200"];

const REPORTS: [(&str, &[&str]); 5] = [
    (
        "template",
        &[
            "templates/static-groups/template.vtl",
            "--context",
            "templates/static-groups/case.json",
            "--claims",
            "templates/static-groups/claims/deny-lower-case-group.json",
        ],
    ),
    ("diagnose", &["diagnose", "tests/inputs/diagnose/iam.json"]),
    ("har", &["diagnose", "tests/inputs/diagnose/requests.har"]),
    (
        "matrix",
        &["matrix", "--from", "templates/notes-api", "--personas", "templates/notes-api/personas.json", "--verbose"],
    ),
    ("token", &["token", "tests/inputs/diagnose/id-token.json", "--now", "2026-01-01T00:00:00Z"]),
];

fn drawn(args: &[&str], set: &[(&str, &str)]) -> String {
    let mut command = command();
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE", "LANG", "TERM"] {
        command.env_remove(name);
    }
    stdout(&command.args(args).envs(set.iter().copied()).output().unwrap())
}

/// Each report at three widths, to be looked at; a line is longer than the terminal only where a word is.
#[test]
fn reports_fold_to_the_width() {
    for (name, args) in REPORTS {
        for width in WIDTHS {
            let text = drawn(args, &[("COLUMNS", width)]);
            let most: usize = width.parse().unwrap();
            for line in text.lines() {
                let wide = textwrap::core::display_width(line);
                let word = line.split_whitespace().map(textwrap::core::display_width).max().unwrap_or(0);
                assert!(wide <= most || word + 24 > most, "{name} at {width}: {wide} columns: {line}");
            }
            insta::assert_snapshot!(format!("{name}-{width}"), text);
        }
    }
}

/// Wide characters count as two columns, and break no table.
#[test]
fn wide_characters_stand_in_their_columns() {
    let output = drawn(
        &["templates/static-groups/template.vtl", "--groups", "編集者,👩‍💻 writers", "--username", "安"],
        &[("COLUMNS", "60")],
    );
    assert!(output.lines().all(|line| textwrap::core::display_width(line) <= 60), "{output}");
}

#[test]
fn a_terminal_without_utf_8_gets_ascii_marks() {
    for set in [[("TERM", "dumb"), ("COLUMNS", "80")], [("LC_ALL", "C"), ("COLUMNS", "80")]] {
        for (name, args) in REPORTS {
            let text = drawn(args, &set);
            assert!(text.is_ascii(), "{name}: {text}");
        }
    }
}

#[test]
fn colours_follow_the_usual_variables() {
    let (_, args) = REPORTS[0];
    assert!(!drawn(args, &[]).contains('\u{1b}'));
    assert!(drawn(args, &[("CLICOLOR_FORCE", "1")]).contains("\u{1b}["));
    assert!(!drawn(args, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
    // The 16 colours of the user's theme, and no others.
    assert!(!drawn(args, &[("CLICOLOR_FORCE", "1")]).contains("[38;"));
}
