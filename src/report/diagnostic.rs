//! A diagnostic as a person reads it: message, source frame, advice.

use crate::diagnostic::{Diagnostic, Severity};
use super::safe::{WrittenForm, line as safe_line, safe};
use super::style::marked;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Draws a diagnostic, with marks of style or plain.
pub fn render(diagnostic: &Diagnostic, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let text = &diagnostic.source.text;
    let mut snippet = Snippet::source(&**text).path(safe_line(&diagnostic.source.name));
    for (at, label) in diagnostic.labels.iter().enumerate() {
        let end = (label.span.end as usize).min(text.len());
        let range = (label.span.start as usize).min(end)..end;
        let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        snippet = snippet.annotation(kind.span(range).label(label.message.as_str()));
    }
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str())).element(snippet);
    // The renderer itself writes out what the title, the labels and the source hold, and not what these two hold.
    let help = diagnostic.help.as_deref().map(|help| safe(help, WrittenForm::Text, false));
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    match styled {
        true => marked(&Renderer::styled().render(&[group]).to_string()),
        false => safe(&Renderer::plain().render(&[group]).to_string(), WrittenForm::Text, false),
    }
}
