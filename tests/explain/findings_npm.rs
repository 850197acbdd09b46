//! The types of the npm package have every code, verdict and kind that the crate has.

use crate::support::files::root;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;
use vtl_eval::code::ALL;
use vtl_eval::{Certainty, DecisionKind, Severity, Verdict};

/// A union of what values are called in JSON.
fn union<T: Serialize>(about: &str, name: &str, values: &[T]) -> String {
    let names = values.iter().map(|value| match serde_json::to_value(value).unwrap() {
        Value::String(name) => format!("'{name}'"),
        other => panic!("{name}: {other} is no name"),
    });
    format!("/** {about} */\nexport type {name} = {};\n\n", names.collect::<Vec<_>>().join(" | "))
}

/// packages/npm/lib/codes.d.ts, from the enums themselves.
fn types() -> String {
    let verdicts =
        [Verdict::Allowed, Verdict::Denied, Verdict::Filtered, Verdict::Completed, Verdict::Error, Verdict::Unknown];
    let kinds = [
        DecisionKind::Unauthorized,
        DecisionKind::Error,
        DecisionKind::Set,
        DecisionKind::Return,
        DecisionKind::Filter,
        DecisionKind::NotSet,
        DecisionKind::AuthRules,
    ];
    let mut types =
        "// Drawn from the crate's types: `UPDATE_DOCS=1 cargo test --test explain findings`.\n\n".to_owned();
    types += &union(
        "`denied` a refusal; `filtered` let through with a filter; `completed` no auth logic; `unknown` it rests on what nobody gave.",
        "Verdict",
        &verdicts,
    );
    types += &union("What decided.", "DecisionKind", &kinds);
    types += &union("Fact or guess.", "Certainty", &[Certainty::Certain, Certainty::Likely, Certainty::Possible]);
    types += &union("How bad it is.", "Severity", &[Severity::Error, Severity::Warning, Severity::Note]);
    types += "/** The codes of hints, notes and problems; docs/hints.md explains each. */\nexport type Code =\n";
    for code in ALL {
        let _ = writeln!(types, "  /** {} */\n  | '{code}'", code.entry().meaning.replace("*/", "* /"));
    }
    types.truncate(types.len() - 1);
    types + ";\n"
}

#[test]
fn the_types_of_the_npm_package_are_drawn_from_the_crate() {
    let (file, drawn) = (root("packages/npm/lib/codes.d.ts"), types());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, &drawn).unwrap();
    }
    let written = std::fs::read_to_string(file).unwrap();
    assert!(
        written == drawn,
        "packages/npm/lib/codes.d.ts is not what the types say: UPDATE_DOCS=1 cargo test --test explain findings"
    );
}
