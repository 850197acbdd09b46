//! The one way to standard error.

use super::secrets;
use crate::report::{WrittenForm, safe};
use std::io::{self, Write as _};

/// Says something on standard error, in lines of its own: without credentials, and with what came from outside written out.
/// Nothing else writes there. That nobody may be listening is no error.
pub fn say(words: impl std::fmt::Display) {
    let mut words = words.to_string();
    if !words.ends_with('\n') {
        words.push('\n');
    }
    secrets::hide(&mut words, WrittenForm::Text);
    say_safe(&words);
}

/// [`say`] of what holds no credential any more.
pub fn say_safe(words: &str) {
    let colour = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    let _ = anstream::stderr().lock().write_all(safe(words, WrittenForm::Text, colour).as_bytes());
}
