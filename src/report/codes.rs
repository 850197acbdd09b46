//! The table of codes, drawn: a page for one code, and docs/hints.md for all.

use crate::code::{ALL, Code, Kind, Stage};
use crate::explain::hint::member::MODES;
use super::fold::{fold_after, one_line};
use super::style::Style;
use std::fmt::Write as _;

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// What a code means, for a terminal: the line, how it comes about, an example, what to do.
pub fn page(code: Code, width: usize) -> String {
    let entry = code.entry();
    let what = match entry.kind {
        Kind::Cause => "a cause: why it was decided so",
        Kind::Evidence => "a fact that is needed to trust or to judge the decision",
        Kind::Remedy => "a change that helps",
        Kind::Consequence => "a consequence of a cause that stands beside it",
        Kind::Doubt => "something that is not known and could change the decision",
    };
    let place = match entry.stage {
        Stage::Request => "the layer `request`: credentials",
        Stage::Mode => "the layer `mode`: modes and the schema's directives",
        Stage::Iam => "the layer `iam`: policies",
        Stage::Authorizer => "the layer `authorizer`: the Lambda authorizer",
        Stage::Resolver => "the layers `resolver` and `records`: templates and rows",
        Stage::Anywhere => "no one layer",
    };
    let indented = |text: &str| fold_after("  ", &one_line(text), width, 2);
    let mut out = format!("{STRONG}{code}{STRONG:#}\n{}\n", indented(entry.meaning));
    if let Some(page) = code.page() {
        let example: String = page.example.lines().map(|line| format!("\n    {}", line.strip_prefix("    ").unwrap_or(line))).collect();
        let cure = fold_after(&format!("  {STRONG}do{STRONG:#}     "), &one_line(page.cure), width, 9);
        let _ = write!(out, "\n{}\n{example}\n\n{cure}\n", indented(page.cause));
    }
    let row = |name: &str, words: &str| fold_after(&format!("  {FAINT}{name:<6}{FAINT:#} "), words, width, 9);
    out + &format!("\n{}\n{}\n", row("kind", what), row("where", place))
}

/// A line that somebody read, and what is known of it, row by row.
pub fn rows_text(said: &str, rows: &[(&str, &String)], width: usize) -> String {
    let mut out = format!("{said}\n");
    for (name, words) in rows.iter().filter(|(_, words)| !words.is_empty()) {
        let _ = writeln!(out, "{}", fold_after(&format!("  {STRONG}{name:<5}{STRONG:#}"), words, width, 7));
    }
    out
}

const INTRO: &str = "# Hints and findings

A hint says what a person who knows AppSync would say at the sight of the trace. Each has a code, the place in the context
that it is about, what stood there and what was wanted. `diagnose`, `token`, `replay` and `check` find more of the same form.
[unauthorized.md](unauthorized.md) is the way through them, step by step. Each code has a page in [codes/](codes/resolver.md): how it
comes about, an example, what to do; `vtl-eval explain CODE` shows it.

*Certain* is what the values show; *likely* is a fact that is most likely the cause; *possible* is a guess. This page is drawn
from the table in `src/code/table.rs`.
";

/// docs/hints.md
pub fn markdown() -> String {
    let mut out = INTRO.to_owned();
    let stages = [
        (Stage::Resolver, "In a template, or in the rows behind it"),
        (Stage::Request, "The layer `request`: credentials"),
        (Stage::Mode, "The layer `mode`: which mode, and the schema's directives"),
        (Stage::Iam, "The layer `iam`: policies"),
        (Stage::Authorizer, "The layer `authorizer`: the Lambda authorizer"),
        (Stage::Anywhere, "Anywhere: notes, what was read, and `check`"),
    ];
    for (stage, title) in stages {
        let _ =
            write!(out, "\n## {title}\n\n| code | certainty | what it means, and what to do |\n| --- | --- | --- |\n");
        for code in ALL.iter().filter(|code| code.entry().stage == stage) {
            let entry = code.entry();
            let _ = writeln!(out, "| [`{code}`]({}) | {} | {} |", code.place(), entry.certainty, entry.meaning);
        }
    }
    out.push_str(&members());
    out
}

/// Which member of the identity exists in which mode: what `member-not-in-mode` and `check` go by.
fn members() -> String {
    let mut out = "\n## Members of the identity, by mode\n\nWhat `$ctx.identity` has (AWS: *resolver mapping template context reference*). An API key has no identity at all; a blank is null for every\ncaller of that mode. `member-not-in-mode` of a report and of `check` go by this table.\n\n| member |".to_owned();
    for mode in MODES {
        let _ = write!(out, " {} |", mode.as_str());
    }
    let _ = write!(out, "\n| --- |{}\n", " --- |".repeat(MODES.len()));
    for (name, modes) in crate::explain::hint::member::members() {
        let each: String = modes.iter().map(|has| if *has { " yes |" } else { "  |" }).collect();
        let _ = writeln!(out, "| `{name}` |{each}");
    }
    out.push_str("\nUnder IAM `username` is the role's id and session, never a person's name; a guest's `cognitoIdentityAuthProvider` is null. Claims stand\nin `identity.claims`, and a Lambda authorizer's values in `identity.resolverContext`, as text.\n");
    out
}
