//! Colours of reports. A report is drawn with marks, which stand where a colour begins or ends; [`super::safe`] turns them
//! into colours or leaves them out, after it has written out what came from outside. A mark holds a number that is made
//! anew by each process: nothing from outside can be one.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::LazyLock;

/// What a mark begins with. It has the form of a terminal's own, so that folding counts no columns for it.
static BEGIN: LazyLock<String> = LazyLock::new(|| format!("\u{1b}[{};", RandomState::new().build_hasher().finish()));

/// The colours that every terminal has, in its user's own theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsiColor {
    Red,
    Green,
    Yellow,
    Magenta,
    Cyan,
    BrightBlack,
}

impl AnsiColor {
    /// Text in this colour.
    pub const fn on_default(self) -> Style {
        Style { colour: Some(self), ..Style::new() }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Red => "31",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Magenta => "35",
            Self::Cyan => "36",
            Self::BrightBlack => "90",
        }
    }
}

/// How a piece of a report looks: `{style}` begins it, `{style:#}` ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    bold: bool,
    dimmed: bool,
    colour: Option<AnsiColor>,
}

impl Style {
    /// As the text around it.
    pub const fn new() -> Self {
        Self { bold: false, dimmed: false, colour: None }
    }

    /// Bold.
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// Faint.
    pub const fn dimmed(self) -> Self {
        Self { dimmed: true, ..self }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes = [self.bold.then_some("1"), self.dimmed.then_some("2"), self.colour.map(AnsiColor::code)];
        let codes: Vec<&str> = codes.into_iter().flatten().collect();
        match (codes.as_slice(), f.alternate()) {
            ([], _) => Ok(()),
            (_, true) => write!(f, "{}0m", *BEGIN),
            (codes, false) => write!(f, "{}{}m", *BEGIN, codes.join(";")),
        }
    }
}

/// The mark that a text begins with: its codes, and what follows.
pub fn mark(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(BEGIN.as_str())?.split_once('m')
}

/// A text in which nothing comes from outside unescaped, with a terminal's own marks: with ours.
pub fn marked(trusted: &str) -> String {
    trusted.replace("\u{1b}[", &BEGIN)
}
