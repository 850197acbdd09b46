//! A reference without a value, written into a row: Velocity prints it as it stands in the template.

use super::Finished;
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

/// The first attribute of a write that is the text of a reference.
pub(super) fn written(run: &Finished<'_>) -> Option<Finding> {
    let request = run.rendered()?;
    let request = request.as_map()?;
    let update = request.get_str("update").and_then(|update| update.as_map()?.get_str("expressionValues"));
    let written = WRITTEN.iter().filter_map(|name| request.get_str(name)).chain(update);
    written.into_iter().find_map(|values| {
        values.as_map()?.snapshot().into_iter().find_map(|(name, value)| {
            let text = text_of(&value)?;
            let reference = run.program.references().into_iter().find(|reference| run.program.text(reference.node) == text)?;
            Some(finding(run, name.as_str()?, &text, reference))
        })
    })
}

/// The text of `{"S": "…"}`.
fn text_of(value: &Value) -> Option<String> {
    let text = value.as_map()?.get_str("S")?.as_str()?.to_owned();
    text.starts_with('$').then_some(text)
}

fn finding(run: &Finished<'_>, name: &str, text: &str, reference: &Reference) -> Finding {
    let origins = run.recorder.values.reference(reference);
    let path = origins.context().map(|(path, ..)| path.to_string());
    let why = match (&path, run.auth_type()) {
        (Some(path), Some(mode @ AuthType::ApiKey)) if path.starts_with("identity") => format!("a caller with {mode} has no identity"),
        (Some(path), _) => format!("{} is absent", subject(path)),
        (None, _) => "it has no value".to_owned(),
    };
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
