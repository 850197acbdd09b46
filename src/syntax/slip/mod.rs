//! Slips that a person makes when a template is written, copied, cut or shortened: what went wrong, where reading stopped
//! or before it.

mod blocks;
mod brackets;
mod comment;
mod directive;
mod paste;
mod words;

pub(super) use blocks::{also_open, second_else, stray};
pub(super) use directive::near as near_directive;
pub(super) use paste::whole;

use super::nesting::Outline;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

/// A better word for a failure at `at`, where the text around it shows what was meant.
pub(super) fn find(source: &Source, outline: &Outline, at: usize) -> Option<Diagnostic> {
    let at = at + source.text[at..].len() - source.text[at..].trim_start().len();
    let place = StopPlace { source, at, before: &source.text[..at], rest: &source.text[at..] };
    comment::find(&place).or_else(|| directive::find(&place)).or_else(|| blocks::find(&place, outline)).or_else(|| words::find(&place)).or_else(|| brackets::find(&place))
}

/// Where reading stopped, blanks left out.
struct StopPlace<'s> {
    source: &'s Source,
    at: usize,
    before: &'s str,
    rest: &'s str,
}

/// The directive whose brackets hold a place.
struct Directive<'s> {
    name: &'s str,
    /// Where its `#` stands.
    at: usize,
}

impl<'s> StopPlace<'s> {
    /// An error about the next `length` bytes.
    fn error(&self, message: impl Into<String>, length: usize, help: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.source, "parse", message, Span::new(self.at, self.at + length)).help(help)
    }

    /// The directive around it or, if none is, the one before it.
    fn directive(&self) -> Option<Directive<'s>> {
        self.before.rmatch_indices('#').find_map(|(at, _)| {
            let rest = self.before[at + 1..].trim_start_matches('{');
            let name = ["set", "if", "elseif", "foreach", "return"].into_iter().find(|name| rest.starts_with(name))?;
            Some(Directive { name, at })
        })
    }
}

/// The rest of the line that a text begins with, without what a reader needs not see twice.
fn line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim()
}
