//! `Unauthorized on [salary, bonus]`: the words of the field check that Amplify writes into mutations (AMPLIFY-AUTH: the fields
//! of the input that no rule of the caller's allows).

use crate::code::Code;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use super::Refusal;
use crate::request::{Evidence, Member};
use crate::request::layer::{Layer, LayerName};

/// Reads the list in the message that was seen: against the template's own, or by itself where no template was given.
pub fn judge(layers: &mut [Layer], resolver: Option<&Explanation>, refusal: &Refusal) {
    let evidence = &refusal.evidence;
    let seen = fields(evidence.error_message());
    let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver).filter(|_| !seen.is_empty()) else { return };
    let Some(explained) = resolver else {
        layer.findings.insert(0, of_message(&seen, evidence));
        return;
    };
    let answer = explained.answer().unwrap_or_default();
    let computed = fields(&answer);
    let more: Vec<String> = seen.iter().filter(|field| !computed.contains(field)).map(|field| (*field).to_owned()).collect();
    if let Some(first) = layer.findings.first_mut().filter(|_| !computed.is_empty() && !more.is_empty()) {
        let sent = refusal.request.json(Member::Arguments);
        let sent = sent.and_then(|sent| sent.get("input")).or(sent);
        let words = if more.iter().any(|field| sent.and_then(|sent| sent.get(field)).is_some()) {
            "AppSync named {} too, which this template lets the caller write: the deployed one is another (compare with aws appsync get-resolver)."
        } else {
            "AppSync named {} too, which the arguments that were given do not have: the request that was refused carried more (give its variables)."
        };
        let named = Message::of(words, [Part::Name(all_of(&more))]);
        first.message = first.message.cause().with(named).cured(first.message.cure());
    }
}

/// The fields that such a message names.
fn fields(message: &str) -> Vec<&str> {
    let list = message.split_once("Unauthorized on [").and_then(|(_, rest)| rest.split_once(']'));
    list.map_or_else(Vec::new, |(list, _)| list.split(',').map(str::trim).filter(|field| !field.is_empty()).collect())
}

fn of_message(seen: &[&str], evidence: &Evidence) -> Finding {
    let names: Vec<String> = seen.iter().map(|field| (*field).to_owned()).collect();
    let (it, these) = if names.len() == 1 { ("it", "this field") } else { ("them", "these fields") };
    let message = Message::of(
        "{} is what the field check of a template by Amplify says: no rule lets this caller write {} with {}. » Leave {} out of the input, or give the rule on {} the operation (`create`, `update` or `delete`) for this caller; the template (--from) shows which rules there are.",
        [
            Part::Value(quoted(&evidence.error_message()).to_string()),
            Part::Name(all_of(&names)),
            Part::Name(evidence.field.clone()),
            Part::Text(it.to_owned()),
            Part::Text(these.to_owned()),
        ],
    );
    Finding::new(Code::FieldNotAllowed, message).at("observed.message")
}
