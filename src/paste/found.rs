//! What was found in a pasted text.

use crate::message::Message;
use super::error::PasteError;
use crate::code::Code;
use crate::value::Value;

/// What was found of a caller.
#[derive(Clone, Debug)]
pub enum FoundCaller {
    /// A compact token, bare.
    Token(String),
    /// A token's claims.
    Claims(Value),
    /// An AppSync identity; null is the caller of an API key.
    Identity(Value),
}

/// A caller, and what a reader must know of where it was found.
#[derive(Clone, Debug)]
pub struct PastedCaller {
    /// The token, claims or identity.
    pub found: FoundCaller,
    /// (code, sentence).
    pub notes: Vec<(Code, Message)>,
}

impl PastedCaller {
    pub(super) fn new(found: FoundCaller) -> Self {
        Self { found, notes: Vec::new() }
    }

    /// Says where it was found.
    pub(super) fn say(&mut self, sentence: impl Into<Message>) {
        self.notes.push((Code::InputForm, sentence.into()));
    }
}

/// What an object gives: the caller, or a value in it where the caller stands.
pub(super) enum FoundStep {
    Done(Result<PastedCaller, PasteError>),
    /// To be read in its turn, and what is said of it then.
    Within(Value, Option<String>),
}
