//! What each `--format` is, for the last step before it is written.

use super::args::{
    CheckFormat, CoverageFormat, Format, ListArgs, ListFormat, MatrixFormat, PageFormat, ReplayFormat, TestFormat,
};
use crate::report::WrittenForm;

macro_rules! forms {
    ($($format:ident { $($variant:ident => $form:ident,)+ })+) => {
        $(impl $format {
            /// The form of what is drawn.
            pub const fn form(self) -> WrittenForm {
                match self {
                    $(Self::$variant => WrittenForm::$form,)+
                }
            }
        })+
    };
}

forms! {
    Format { Text => Text, Json => Json, Html => Markup, Aws => Json, }
    ListFormat { Text => Text, Json => Json, }
    MatrixFormat { Text => Text, Json => Json, Csv => Table, Html => Markup, }
    TestFormat { Text => Text, Json => Json, }
    CoverageFormat { Text => Text, Json => Json, Lcov => Text, Html => Markup, }
    CheckFormat { Text => Text, Json => Json, Sarif => Json, Github => Commands, }
    PageFormat { Text => Text, Json => Json, Html => Markup, }
    ReplayFormat { Text => Text, Json => Json, Csv => Table, Html => Markup, }
}

impl ListArgs {
    /// Whether it is for a program: `--json` is short for `--format json`.
    pub fn is_json(&self) -> bool {
        self.json || self.format == ListFormat::Json
    }

    /// What is escaped and hidden as this form wants it.
    pub fn form(&self) -> WrittenForm {
        if self.json { WrittenForm::Json } else { self.format.form() }
    }
}
