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

/// What looks like the beginning of something, over and over: parsed in linear time, or refused by a named limit.
#[test]
fn long_runs_end_soon() {
    let runs = [
        "$",
        "$!",
        "{",
        "\"",
        "'",
        "#",
        "[",
        "((((",
        "\\",
        "${",
        "#{",
        "#*",
        "#[[",
        "$x[",
        "$x.a(",
        "#if(",
        "$a{",
        "$a#",
        "$\\!",
        "#set($x = \"",
        "#foreach(",
    ];
    for run in runs {
        let length = if matches!(run, "$" | "$!") { 100_000 } else { 8_000 };
        let started = std::time::Instant::now();
        let parsed = vtl_eval::syntax::parse(&vtl_eval::source::Source::new("run", run.repeat(length / run.len())));
        let seconds = started.elapsed().as_secs_f64();
        // Quadratic time took a minute here; linear time takes well under a second.
        assert!(seconds < 10.0, "{run:?} took {seconds:.1} s");
        if matches!(run, "$x[" | "$x.a(" | "#if(" | "#foreach(") {
            let message = parsed.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(message.contains("limit `nesting`"), "{run:?}: {message}");
        }
    }
}
