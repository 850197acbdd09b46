//! The one filter before standard output, standard error and files: what was learned of secrets, and what looks like one.

use crate::code::Code;
use crate::eval::Note;
use crate::explain::Explanation;
use crate::report::WrittenForm;
use crate::request::secret::Secrets;
use crate::value::Map;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

static SHOWN: AtomicBool = AtomicBool::new(false);
static KNOWN: Mutex<Option<Secrets>> = Mutex::new(None);

/// What a reader is told where something was taken out.
const HIDDEN: &str = "what looks like a credential, or is named as one, is shown as [secret]; --show-secrets shows it";
const SHOWN_WORDS: &str = "--show-secrets: this report holds credentials";

/// `--show-secrets`.
pub fn show(shown: bool) {
    SHOWN.store(shown, Ordering::Relaxed);
}

/// Whether they are shown.
pub fn shown() -> bool {
    SHOWN.load(Ordering::Relaxed)
}

/// Remembers what was given as a credential.
pub fn learn(text: &str) {
    with(|known| known.add(text));
}

/// Remembers what a project declares as a secret.
pub fn learn_declared(text: &str) {
    with(|known| known.add_declared(text));
}

/// Remembers the secrets among the members of a context, by their names. Claims are none.
pub fn learn_members(members: &Map) {
    let found = of_members(members);
    with(|known| known.and(found));
}

/// Remembers the secrets that JSON names as such: a report, personas, cases.
pub fn learn_json(json: &serde_json::Value) {
    with(|known| known.learn_json(json));
}

/// Remembers the secrets of a request's headers.
pub fn learn_headers(headers: &serde_json::Map<String, serde_json::Value>) {
    with(|known| known.learn_headers(headers));
}

/// Takes secrets out of every text in a value.
pub fn hide_in(json: &mut serde_json::Value) {
    if !shown() {
        with(|known| known.hide_in(json));
    }
}

/// Remembers the secrets that a text names as such.
pub fn learn_text(text: &str) {
    with(|known| known.learn_text(text));
}

/// Remembers the secrets that a template writes out itself.
pub fn learn_template(text: &str) {
    with(|known| known.learn_template(text));
}

/// Remembers the keys of a session among claims.
pub fn learn_keys(text: &str) {
    with(|known| known.learn_keys(text));
}

/// The secrets among the members of a context.
pub fn of_members(members: &Map) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.learn(members);
    secrets
}

fn with(change: impl FnOnce(&mut Secrets)) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    change(known.get_or_insert_default());
}

/// Takes secrets out of a text; whether any was there.
pub fn hide(text: &mut String, form: WrittenForm) -> bool {
    let mut found = false;
    if !shown() {
        with(|known| found = hide_with(known, text, form));
    }
    found
}

/// Takes them out of the words of a panic, which may have come while the secrets were being looked at.
pub fn hide_known_shapes(text: &mut String) {
    match KNOWN.try_lock() {
        _ if shown() => {}
        Ok(mut known) => known.get_or_insert_default().hide(text),
        Err(_) => Secrets::default().hide(text),
    }
}

fn hide_with(known: &Secrets, text: &mut String, form: WrittenForm) -> bool {
    match form {
        WrittenForm::Json => known.hide_in_text(text),
        WrittenForm::Text | WrittenForm::Markup | WrittenForm::Table | WrittenForm::Commands => known.take_out(text),
    }
}

/// Draws a report without secrets; where it held one, a note says so.
///
/// # Errors
/// Those of drawing.
pub fn drawn<E>(
    explanation: &mut Explanation,
    form: WrittenForm,
    draw: impl Fn(&Explanation) -> Result<String, E>,
) -> Result<String, E> {
    let mut text = draw(explanation)?;
    let mut found = false;
    with(|known| found = hide_with(known, &mut text, form));
    if !found {
        return Ok(text);
    }
    let (code, words) = if shown() { (Code::SecretsShown, SHOWN_WORDS) } else { (Code::SecretsHidden, HIDDEN) };
    explanation.notes.push(Note::new(code, words));
    let mut text = draw(explanation)?;
    hide(&mut text, form);
    Ok(text)
}

/// The note of a row from which secrets were taken.
pub fn note() -> Note {
    Note::new(Code::SecretsHidden, HIDDEN)
}
