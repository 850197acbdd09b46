//! A reference without a value, written into a row: Velocity prints it as it stands in the template.

use super::Finished;
use crate::explain::hint::claim_name;
use crate::explain::hint::text::show;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::explain::hint::allow::line;
use crate::explain::hint::whence::{absent_claim, subject};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::syntax::Reference;
use crate::value::Value;

/// Where a write has its values.
const WRITTEN: [&str; 2] = ["attributeValues", "key"];

/// The first attribute of a write, or of a key, that has the text of a reference in it.
pub(super) fn written(run: &Finished<'_>) -> Option<Finding> {
    let request = run.rendered()?;
    let request = request.as_map()?;
    let operation = request.get_str("operation");
    let reads = operation.as_ref().and_then(Value::as_str).is_some_and(|name| matches!(name, "GetItem" | "DeleteItem"));
    let update = request.get_str("update").and_then(|update| update.as_map()?.get_str("expressionValues"));
    let written = WRITTEN.iter().filter_map(|name| request.get_str(name)).chain(update);
    written.into_iter().find_map(|values| {
        values.as_map()?.snapshot().into_iter().find_map(|(name, value)| {
            let text = text_of(&value)?;
            let reference = run.program.references().into_iter().find(|reference| {
                let printed = run.program.text(reference.node);
                printed.len() > 1 && text.contains(printed) && run.recorder.values.latest(reference).is_null()
            })?;
            Some(if reads { asked_for(run, name.as_str()?, &text, reference) } else { finding(run, name.as_str()?, &text, reference) })
        })
    })
}

/// The text of `{"S": "…"}`.
fn text_of(value: &Value) -> Option<String> {
    let text = value.as_map()?.get_str("S")?.as_str()?.to_owned();
    text.contains('$').then_some(text)
}

/// A key with such a text in it leads to no row that anybody wrote.
fn asked_for(run: &Finished<'_>, name: &str, text: &str, reference: &Reference) -> Finding {
    let (path, why) = why(run, reference);
    let mut message = Message::of(
        "The key's {} is {} (line {}): {}, and a reference without a value prints its own text, literally, so a row of that name is asked for, and there is none.",
        [
            Part::Name(name.to_owned()),
            Part::Value(quoted(text).to_string()),
            Part::Place(line(run, reference.node).to_string()),
            Part::Text(why),
        ],
    );
    let twin = path.as_deref().and_then(|path| twin(run, path));
    message.and(match (twin, &path) {
        (Some((claim, value)), _) => Message::of(
            "The token has {} ({}). » Read that: `$ctx.identity.claims.get({})`, and refuse first where it is null.",
            [Part::Name(claim.clone()), Part::Value(value), Part::Value(quoted(&claim).to_string())],
        ),
        (None, Some(path)) => {
            let mut words = Message::from(absent_claim(run, path).cause().to_string());
            words.and("» Refuse first where it is null, and put into the key what this caller's token has.");
            words
        }
        (None, None) => "» Refuse first where it is null.".into(),
    });
    Finding::new(Code::UnsetReferenceInText, message).at(format!("key.{name}")).actual(text)
}

/// A claim of the same name behind a prefix: `custom:tenant` of `tenant`.
fn twin(run: &Finished<'_>, path: &str) -> Option<(String, String)> {
    let sought = claim_name(path)?.to_lowercase();
    let claims = run.context(&["identity", "claims"]);
    let entries = claims.as_map()?.snapshot();
    entries.into_iter().find_map(|(key, value)| {
        let key = key.as_str()?.to_owned();
        let bare = key.rsplit([':', '/']).next()?.to_lowercase();
        (bare == sought && !value.is_null()).then(|| (key, show(&value)))
    })
}

/// The place that a reference without a value leads to, and why it has none.
fn why(run: &Finished<'_>, reference: &Reference) -> (Option<String>, String) {
    let origins = run.recorder.values.reference(reference);
    let path = origins.context().map(|(path, ..)| path.to_string());
    let why = match (&path, run.auth_type()) {
        (Some(path), Some(mode @ AuthType::ApiKey)) if path.starts_with("identity") => format!("a caller with {mode} has no identity"),
        (Some(path), _) => format!("{} is absent", subject(path)),
        (None, _) => "it has no value".to_owned(),
    };
    (path, why)
}

fn finding(run: &Finished<'_>, name: &str, text: &str, reference: &Reference) -> Finding {
    let (path, why) = why(run, reference);
    let mut message = Message::of(
        "{} is written as the text {} (line {}): {}, and a reference without a value prints its own text, so the row gets that instead of a value.",
        [
            Part::Name(name.to_owned()),
            Part::Value(quoted(text).to_string()),
            Part::Place(line(run, reference.node).to_string()),
            Part::Text(why),
        ],
    );
    if let Some(path) = &path {
        message.and(Message::from(absent_claim(run, path).cause().to_string()));
    }
    message.and("» Refuse before the request where it is null, write it by `$util.dynamodb.toDynamoDBJson(…)`, and repair the rows that have such a text.");
    Finding::new(Code::UnsetReferenceInText, message).at(name.to_owned()).actual(text)
}
