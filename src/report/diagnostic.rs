//! A diagnostic as a person reads it: message, source frame, advice.

use crate::diagnostic::{Diagnostic, Severity};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Draws a diagnostic, in colour or plain.
pub fn render(diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let text = &diagnostic.source.text;
    let mut snippet = Snippet::source(&**text).path(&*diagnostic.source.name);
    for (at, label) in diagnostic.labels.iter().enumerate() {
        let end = (label.span.end as usize).min(text.len());
        let range = (label.span.start as usize).min(end)..end;
        let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        snippet = snippet.annotation(kind.span(range).label(label.message.as_str()));
    }
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str())).element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group]).to_string()
}
