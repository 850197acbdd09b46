//! Calls that AppSync does not have: each is null, and what is missing is kept as a fact beside its note.

use crate::message::{Message, Part};

/// A call that AppSync does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingCall {
    /// No namespace has the function.
    Function {
        /// `$util.isNil`
        call: String,
        /// The one of a name that is near, as it is called.
        near: Option<String>,
    },
    /// A function that AppSync has, without the parentheses of a call.
    NotCalled {
        /// `$util.unauthorized`
        function: String,
        /// `$util.unauthorized()`
        call: String,
    },
    /// The function takes other arguments.
    Overload {
        /// `$util.isNull`
        function: String,
        /// The types that it was given.
        given: String,
        /// What it takes.
        takes: String,
    },
    /// The value has no such method.
    Method {
        /// The type of the value.
        receiver: &'static str,
        /// The method with the types of its arguments.
        call: String,
        /// The method of a name that is near.
        near: Option<&'static str>,
    },
}

impl MissingCall {
    /// What there is not, as a part of another sentence.
    pub fn what(&self) -> Message {
        match self {
            Self::Function { call, .. } => Message::of("there is no {} in AppSync", [Part::Code(call.clone())]),
            Self::NotCalled { function, .. } => {
                Message::of("{} stands without parentheses and is no call", [Part::Code(function.clone())])
            }
            Self::Overload { function, given, .. } => {
                Message::of("{} takes no ({})", [Part::Code(function.clone()), Part::Code(given.clone())])
            }
            Self::Method { receiver, call, .. } => {
                Message::of("a {} has no method {}", [Part::Text((*receiver).to_owned()), Part::Code(call.clone())])
            }
        }
    }

    /// As a note tells it.
    pub fn note(&self) -> Message {
        let said = |what: Message, hint: &'static str, named: Option<Part>| match named {
            Some(named) => {
                Message::joined("{}, so it evaluates as null; {}", [what, Message::of(hint, [named])])
            }
            None => Message::joined("{}, so it evaluates as null", [what]),
        };
        match self {
            Self::Function { call, near } => {
                let what = Message::of("AppSync has no {}", [Part::Code(call.clone())]);
                said(what, "did you mean {}?", near.as_ref().map(|near| Part::Code(format!("${near}"))))
            }
            Self::NotCalled { call, .. } => said(self.what(), "write {}", Some(Part::Code(call.clone()))),
            Self::Overload { takes, .. } => said(self.what(), "it takes {}", Some(Part::Code(takes.clone()))),
            Self::Method { near, .. } => {
                said(self.what(), "did you mean {}?", near.map(|near| Part::Code(near.to_owned())))
            }
        }
    }
}
