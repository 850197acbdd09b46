//! Any text is a program, or an error that points into the text and can be drawn.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vtl_eval::report;
use vtl_eval::source::{Source, Span};
use vtl_eval::syntax::parse;

fuzz_target!(|text: &str| {
    let inside = |span: Span| text.get(span.start as usize..span.end as usize).is_some();
    match parse(&Source::new("fuzz", text)) {
        Ok(program) => assert!(program.spans.iter().all(|span| inside(*span))),
        Err(error) => {
            assert!(error.labels.iter().all(|label| inside(label.span)), "{error}");
            report::render_diagnostic(&error, false);
        }
    }
});
