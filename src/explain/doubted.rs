//! What `--strict` does not let pass: a verdict beyond an unverified point, an unknown function or a missing method, and output
//! that AppSync would refuse.

use crate::message::{Message, Part};
use super::Explanation;
use super::hint::rendered::{Rendered, read};
use crate::appsync::identity;
use crate::code::Code;
use crate::eval::{End, Note, Outcome};
use crate::syntax::Program;
use serde::de::IgnoredAny;

impl Explanation {
    /// With a note where AppSync would refuse the output of its one template.
    #[must_use]
    pub fn with_output_note(mut self) -> Self {
        // Nearly every output is JSON, which is soon seen.
        let output = &self.outcome.output;
        if serde_json::from_str::<IgnoredAny>(output).is_err() || has_long_number(output) {
            let note = output_note(&self.program, &self.outcome);
            self.outcome.notes.extend(note);
        }
        self
    }

    /// Whether the verdict rests on something unverified, or stands on output that AppSync would refuse.
    pub fn is_doubted(&self) -> bool {
        let steps = self.pipeline.iter().flat_map(|pipeline| &pipeline.steps).flat_map(|step| &step.notes);
        let notes = self.notes.iter().chain(&self.outcome.notes).chain(steps);
        notes.into_iter().any(|note| is_doubt(note.code)) || self.is_output_refused()
    }

    /// Whether what was rendered is refused, so that no rule matters.
    pub fn is_output_refused(&self) -> bool {
        let codes = [Code::OutputRefused, Code::SubscriptionFilterRefused];
        self.hints().iter().any(|hint| codes.contains(&hint.code))
    }

    /// Whether a template rendered what AppSync takes for no JSON. One that rendered nothing may be a pipeline's before template.
    pub fn renders_no_json(&self) -> bool {
        self.all_notes().any(|note| note.code == Code::OutputNotJson) || self.hints().iter().any(|hint| hint.code == Code::OutputRefused)
    }
}

/// Whether digits stand in a row that may be more than a number can have: a reader decides then.
fn has_long_number(output: &str) -> bool {
    // So many in a row have one at each such distance.
    output.bytes().skip(LONG).step_by(LONG).any(|byte| byte.is_ascii_digit())
        && output.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits.len() > LONG)
}

/// Digits.
const LONG: usize = 300;

/// Whether a note says so. A trailing comma is accepted by AppSync, as far as anyone has seen.
pub(super) fn is_doubt(code: Code) -> bool {
    let unverified = code.is_open_point() && code != Code::U25;
    unverified
        || code.is_call()
        // A token that AppSync refuses: no template would have run.
        || identity::is_refused(code)
        || matches!(
            code,
            Code::Inferred
                | Code::Unverified
                | Code::TransformNull
                | Code::XmlAttributes
                | Code::JavascriptFunction
                | Code::MissingFunction
                | Code::OutputNotJson
                | Code::OutputEmpty
        )
}

/// What a reader must know of a template's output: that AppSync refuses it, or reads over a comma in it.
fn output_note(program: &Program, outcome: &Outcome) -> Option<Note> {
    if !matches!(outcome.end, End::Completed) {
        return None;
    }
    let name = Part::Place(program.source.name.to_string());
    let (code, message) = match read(&outcome.output) {
        Rendered::Json(_) => return None,
        Rendered::TrailingComma(..) => (
            Code::U25,
            Message::of(
                "what {} rendered has a comma before a closing bracket: it is taken that AppSync reads over it",
                [name],
            ),
        ),
        Rendered::Empty => (
            Code::OutputEmpty,
            Message::of(
                "{} rendered nothing: AppSync answers \"Template transformation yielded an empty response.\", unless it is a pipeline's before template, or what was given ends before its output",
                [name],
            ),
        ),
        Rendered::Duplicate(_) | Rendered::Not(..) => {
            (Code::OutputNotJson, Message::of("what {} rendered is not valid JSON: AppSync would refuse it", [name]))
        }
    };
    Some(Note::new(code, message))
}
