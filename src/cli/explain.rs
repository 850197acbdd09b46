//! `vtl-eval explain CODE|TEXT`: what a code means, or an error text that was pasted, typed, or stands in a file.

use super::exit::{CommandError, Exit};
use super::meaning::ErrorMeaning;
use super::{input, output};
use crate::code::{ALL, Code};
use crate::message::quoted;
use crate::nearest::nearest;
use crate::paste::{self, PastedKind};
use crate::report::{WrittenForm, code_page};
use std::path::Path;

/// Writes it.
pub fn write(meaning: &ErrorMeaning) -> Result<(), CommandError> {
    output::write(&meaning.text(output::layout(false).width), WrittenForm::Text, None)
}

/// Explains a code, or a message of AppSync by the code that it means.
pub fn run(words: &[String]) -> Result<Exit, CommandError> {
    let asked = words.join(" ");
    let asked = asked.trim();
    if let Ok(code) = asked.parse::<Code>() {
        output::write(&code_page(code, output::layout(false).width), WrittenForm::Text, None)?;
        return Ok(Exit::Good);
    }
    if input::is_token(asked) {
        return Err(CommandError::new(PastedKind::Token.sentence("FILE")));
    }
    if asked == "-" || Path::new(asked).is_file() {
        return file(Path::new(asked));
    }
    if let Some(found) = ErrorMeaning::of(asked) {
        write(&found)?;
        return Ok(Exit::Good);
    }
    let near = nearest(asked, ALL.iter().map(|code| code.as_str()));
    let advice = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    Err(CommandError::new(format!(
        "there is no code or known message {asked}{advice} (docs/hints.md lists the codes; a whole refusal is judged by `vtl-eval diagnose`)",
        asked = quoted(&asked)
    )))
}

/// The text of a file, or of standard input: an error's words, or a response with them.
fn file(path: &Path) -> Result<Exit, CommandError> {
    let text = input::read_text(path)?;
    let name = path.to_string_lossy();
    let shown = if name == "-" { "FILE" } else { &*name };
    let kind = paste::kind(&text);
    if matches!(kind, PastedKind::ErrorText | PastedKind::Refused | PastedKind::Text)
        && let Some(found) = ErrorMeaning::of(text.trim())
    {
        write(&found)?;
        return Ok(Exit::Good);
    }
    let what = match kind {
        PastedKind::Json | PastedKind::Text | PastedKind::ErrorText => "no message in it is known here".to_owned(),
        kind => kind.sentence(shown),
    };
    let advice = if kind == PastedKind::Refused { "" } else { "; a whole refusal is judged by `vtl-eval diagnose`" };
    Err(CommandError::new(format!("{}: {what}{advice}", input::shown_name(&name))))
}
