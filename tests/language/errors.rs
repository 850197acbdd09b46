//! What a person reads when a template does not parse: one snapshot an input.

use vtl_eval::report::render_diagnostic;
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;

#[test]
fn parse_errors() {
    insta::glob!("../inputs/errors", "*.vtl", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let error = parse(&Source::new(name, text.as_str())).expect_err(name);
        insta::with_settings!({ description => text, omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(render_diagnostic(&error, false));
        });
    });
}

/// Depth is counted before it is recursed into, wherever something is opened over and over.
#[test]
fn what_is_opened_over_and_over_meets_the_limit() {
    for run in ["$x[", "$x.a(", "#if(", "#foreach("] {
        let error = parse(&Source::new("run", run.repeat(8_000 / run.len()))).expect_err(run);
        assert!(error.to_string().contains("limit `nesting`"), "{run:?}: {error}");
    }
}
