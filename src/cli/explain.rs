//! `vtl-eval explain CODE|TEXT`: what a code means, or an error text that was pasted.

use super::exit::{CommandError, Exit};
use crate::code::{ALL, Code};
use crate::message::quoted;
use crate::nearest::nearest;
use crate::report::code_page;
use crate::request::messages;
use std::io::{self, Write};

/// Explains a code, or a message of AppSync by the code that it means.
pub fn run(words: &[String]) -> Result<Exit, CommandError> {
    let asked = words.join(" ");
    let asked = asked.trim();
    let mut out = io::stdout().lock();
    if let Ok(code) = asked.parse::<Code>() {
        write!(out, "{}", code_page(code))?;
        return Ok(Exit::Good);
    }
    if let Some(message) = messages::find(asked) {
        writeln!(out, "{}\n", message.meaning)?;
        write!(out, "{}", code_page(message.code))?;
        return Ok(Exit::Good);
    }
    let near = nearest(asked, ALL.iter().map(|code| code.as_str()));
    let advice = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    Err(CommandError::new(format!(
        "there is no code or known message {asked}{advice} (docs/hints.md lists the codes; a whole refusal is judged by `vtl-eval diagnose`)",
        asked = quoted(&asked)
    )))
}
