//! The table of codes, drawn: a page for one code, and docs/hints.md for all.

use crate::code::{ALL, Code, Kind, Stage};
use std::fmt::Write as _;

/// What a code means, for a terminal.
pub fn page(code: Code) -> String {
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
    format!("{code}\n  {}\n\n  kind   {what}\n  where  {place}\n", entry.meaning)
}

const INTRO: &str = "# Hints and findings

A hint says what a person who knows AppSync would say at the sight of the trace. Each has a code, the place in the context
that it is about, what stood there and what was wanted. `diagnose`, `token`, `replay` and `check` find more of the same form.
[unauthorized.md](unauthorized.md) is the way through them, step by step; `vtl-eval explain CODE` shows one.

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
            let _ = writeln!(out, "| `{code}` | {} | {} |", entry.certainty, entry.meaning);
        }
    }
    out
}
