//! What a text is that somebody pasted or named: a token in any wrapping, claims, a session as a console prints it, a HAR, a
//! template, an error text … One step for every input: it takes what was wanted out of the text, or says what the text is and
//! which command takes it. Nothing here repeats a token.

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

mod address;
mod amplify;
mod caller;
mod data;
mod describe;
mod error;
mod found;
mod gateway;
pub mod header;
pub mod jwt;
mod kind;
mod lenient;
mod members;
mod pair;
mod service;
pub mod template;
mod tokens;

pub use describe::shell_word;
pub use caller::caller;
pub use data::read as data;
pub use error::PasteError;
pub use found::{PastedCaller, FoundCaller};
pub use kind::{PastedKind, kind};
pub use members::folded;
pub use pair::TokenUse;
pub use tokens::unarrowed;

/// What is asked of a pasted text.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The file, as a message may name it.
    pub name: &'a str,
    /// Which token of two; without it the access token, as Amplify sends it.
    pub token_use: Option<TokenUse>,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self { name: "FILE", token_use: None }
    }
}
