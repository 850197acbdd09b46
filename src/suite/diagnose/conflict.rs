//! A write that conflict detection refused: no rule has a part in it
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/conflict-detection-and-sync.html>: optimistic concurrency compares
//! `_version`).

use super::Refusal;
use crate::code::Code;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::{Member, Observed};
use serde_json::Value as Json;

/// The row's version, where the rows of a report tell it.
fn stored(refusal: &Refusal, request: &Json) -> Option<Json> {
    let rows = refusal.request.given(Member::Records)?.as_array()?;
    let key = request.get("key").and_then(Json::as_object);
    let plain = |typed: &Json| typed.as_object().and_then(|one| one.values().next().cloned());
    let is_it = |row: &&Json| key.is_none_or(|key| key.iter().all(|(name, typed)| row.get(name) == plain(typed).as_ref()));
    rows.iter().find(is_it).or_else(|| rows.first().filter(|_| rows.len() == 1))?.get("_version").cloned()
}

/// Why conflict detection refused, if that is what was seen.
pub fn judge(resolver: Option<&Explanation>, refusal: &Refusal, observed: &Observed) -> Option<Finding> {
    let kind = observed.error_type.as_deref().filter(|kind| kind.contains("ConflictUnhandled"))?;
    let request: Json = resolver.and_then(|explained| serde_json::from_str(explained.output()).ok()).unwrap_or_default();
    let sent = request.get("_version").filter(|sent| !sent.is_null()).cloned();
    let stored = stored(refusal, &request);
    let input = refusal.request.given(Member::Arguments).and_then(|args| args.get("input").or(Some(args)).cloned());
    let left_out = input.is_some_and(|input| input.is_object() && input.get("_version").is_none_or(Json::is_null));
    let words = match (&sent, &stored) {
        (Some(sent), Some(stored)) if sent != stored => Message::of(
            "the request was sent with _version {}, and the row is at _version {}",
            [Part::Value(sent.to_string()), Part::Value(stored.to_string())],
        ),
        (None, Some(stored)) => Message::of("the request has no _version, and the row is at _version {}", [Part::Value(stored.to_string())]),
        _ => "the _version of the request is not that of the row".into(),
    };
    let why = if left_out { " (the client sent none: its input has no _version)" } else { "" };
    let version = stored.as_ref().map_or_else(|| "its _version".to_owned(), |stored| format!("_version: {stored}"));
    let message = Message::joined(
        "No rule refused the caller. The table is versioned, and conflict detection refused the write ({}): {}{}.",
        [Message::plain(kind), words, Message::plain(why)],
    )
    .cured(format!("Read the row first with _version among the fields, send {version} in the input, and after a conflict read it again and retry."));
    Some(Finding::new(Code::WriteConflict, message).at("records._version").actual(stored.unwrap_or_default()).wanted(sent))
}
