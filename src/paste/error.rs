//! Why a pasted text gives nothing.

use super::jwt::JwtError;

crate::message::sentence_error! {
    /// What a text is instead of what was wanted of it, and what takes it. It never repeats a token.
    PasteError: JwtError
}
