//! `$${…}` in a key: Velocity 1.7 prints the first dollar as text, and then the value.

use super::Finished;
use crate::code::Code;
use crate::explain::hint::allow::line;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::subject;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::syntax::Reference;

/// The first attribute of a key that has a value behind a dollar, where that dollar stands before the reference.
pub(super) fn in_key(run: &Finished<'_>) -> Option<Finding> {
    let request = run.rendered()?;
    let key = request.as_map()?.get_str("key")?;
    key.as_map()?.snapshot().into_iter().find_map(|(name, value)| {
        let text = value.as_map()?.get_str("S")?.as_str()?.to_owned();
        let rest = text.strip_prefix('$').filter(|rest| !rest.is_empty())?;
        let printed = |reference: &&Reference| {
            let start = run.program.span(reference.node).start as usize;
            let behind = run.program.source.text.get(..start).is_some_and(|before| before.ends_with('$'));
            behind && run.recorder.values.latest(reference).to_string() == rest
        };
        let reference = run.program.references().into_iter().find(printed)?;
        let origins = run.recorder.values.reference(reference);
        let whence = origins.context().map_or_else(|| "the value".to_owned(), |(path, value, _)| format!("{} ({})", subject(path), show(value)));
        let message = Message::of(
            "The key's {} is {} (line {}): a `$`, which is text of the template, and then {}, for of `$$ctx…` Velocity prints the first dollar and then the value (Terraform's heredocs and JavaScript's template texts double it; in a plain file nothing takes the dollar away). So the request is for a row of that name, and not for the one that is meant.",
            [Part::Name(name.as_str()?.to_owned()), Part::Value(quoted(&text).to_string()), Part::Place(line(run, reference.node).to_string()), Part::Text(whence)],
        );
        let message = message.cured("Write one dollar, or take the value by `$util.dynamodb.toDynamoDBJson(…)`; and look for rows that were written with the dollar.");
        Some(Finding::new(Code::ValuesNearlyEqual, message).at(format!("key.{}", name.as_str()?)).actual(text.as_str()).wanted(rest))
    })
}
