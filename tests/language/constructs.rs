//! Every construct of grammar/vtl.pest, stage by stage: the tree that it becomes, and what it does when run.
//!
//! The inputs in tests/inputs/language/ run in the context of tests/support/ran.rs, and in Velocity 1.7 itself
//! (tests/oracle/constructs.rs): a snapshot of what happens is only as good as its agreement.

use crate::support::ran;
use crate::tree;
use vtl_eval::eval::End;
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::trace::judge;

macro_rules! snapshot {
    ($stage:literal, $text:expr, $content:expr) => {
        insta::with_settings!({
            description => $text, omit_expression => true, prepend_module_to_snapshot => false,
            snapshot_path => concat!("snapshots/", $stage),
        }, {
            insta::assert_snapshot!($stage, $content);
        });
    };
}

#[test]
fn each_input_becomes_a_tree() {
    insta::glob!("../inputs/language", "*.vtl", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let program = parse(&Source::new("input", text.as_str())).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        snapshot!("tree", text, tree::draw(&program));
    });
}

#[test]
fn each_input_does_what_it_says() {
    insta::glob!("../inputs/language", "*.vtl", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let (program, outcome) = ran::run(&text).unwrap_or_else(|| panic!("{path:?} does not parse"));
        let end = match &outcome.end {
            End::Completed => "completed".to_owned(),
            End::Returned { value, .. } => format!("returned {}", value.to_json().unwrap()),
            End::Thrown { error, .. } => format!("thrown {}: {}, data {}", error.error_type, error.message, error.data),
            End::Failed(failure) => format!("{}: {failure}", failure.class),
        };
        let verdict = judge(&program, &outcome, "isAuthorized").verdict;
        let variables = ran::variables(&program, &outcome).join("\n");
        let notes: Vec<_> =
            outcome.notes.iter().map(|note| format!("{}: {}", note.code.as_str(), note.message)).collect();
        let (output, notes) = (&outcome.output, notes.join("\n"));
        let did = format!(
            "{output}\n---- end\n{end}\n---- verdict\n{verdict:?}\n---- variables\n{variables}\n---- notes\n{notes}"
        );
        snapshot!("outcome", text, did);
    });
}

/// AppSync's `$util` is an object, and so is each of its namespaces: a variable that holds one has its functions (published
/// templates rely on it). The oracle's stand-in for `$util` has no such objects, so this is no input of its own.
#[test]
fn a_variable_that_holds_a_namespace_has_its_functions() {
    let text = "#set($ddb = $util.dynamodb)#set($tools = $util)#set($clock = $tools.time)$ddb.toDynamoDBJson('x') $tools.toJson([1]) $tools.isNull($clock)";
    let (_, outcome) = ran::run(text).unwrap();
    assert_eq!(outcome.output, "{\"S\":\"x\"} [1] false");
}
