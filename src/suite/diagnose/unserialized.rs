//! A value that AppSync could not make what the schema wants, as the client saw it: `Can't serialize value (/getParcel/weight) :
//! Expected type 'Float' but was 'String'.` (graphql-java: `GraphqlFloatCoercing.serialize` and its kin, which AppSync runs on).

use super::Refusal;
use crate::code::Code;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::Member;
use crate::request::layer::{Layer, LayerName, State};
use serde_json::Value as Json;

const MESSAGE: &str = "Can't serialize value (";

/// What that message tells.
struct SeenValue<'m> {
    /// `/getParcel/weight`
    path: &'m str,
    /// `Expected type 'Float' but was 'String'`
    why: &'m str,
}

/// Tells which value it was that AppSync could not answer with.
pub fn judge(layers: &mut [Layer], resolver: Option<&Explanation>, refusal: &Refusal) {
    let message = refusal.evidence.observed.as_ref().and_then(|seen| seen.message.as_deref()).unwrap_or_default();
    let Some(seen) = read(message) else { return };
    let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver) else { return };
    if layer.state != State::Refused {
        layer.refuse(finding(&seen, resolver, refusal.request.given(Member::Result)));
    }
}

fn read(message: &str) -> Option<SeenValue<'_>> {
    let (path, rest) = message.split_once(MESSAGE)?.1.split_once(')')?;
    Some(SeenValue { path, why: rest.trim_start_matches([' ', ':']).trim_end_matches('.') })
}

fn finding(seen: &SeenValue<'_>, resolver: Option<&Explanation>, result: Option<&Json>) -> Finding {
    let members: Vec<&str> = seen.path.split('/').filter(|name| !name.is_empty()).skip(1).collect();
    let field = members.join(".");
    let answer = resolver.and_then(|explained| serde_json::from_str::<Json>(explained.output()).ok());
    let sent = answer.as_ref().and_then(|answer| value_at(answer, &members));
    let given = result.and_then(|row| value_at(row, &members));
    let value = sent.or(given).map_or_else(String::new, |value| format!("{value} "));
    let whose = match (sent, given) {
        (Some(sent), Some(given)) if sent == given => format!(" It stands so in what the data source gave (result.{field})."),
        (Some(_), Some(given)) => format!(" The data source gave {given} (result.{field}), and this template made it that."),
        _ => String::new(),
    };
    let cure = match (sent, given) {
        (Some(sent), Some(given)) if sent != given => "Leave the value as the data source gave it, or give the field the type of what the template makes",
        _ => "Write a value into the row that the schema takes there, or give the field a type that takes what the rows have",
    };
    let message = Message::of(
        "No rule refused the caller: the answer has {}at {}, and AppSync cannot make of it what the schema wants there ({}), so that field is answered with an error.{} » {}.",
        [
            Part::Value(value),
            Part::Place(seen.path.to_owned()),
            Part::Value(seen.why.to_owned()),
            Part::Value(whose),
            Part::Text(cure.to_owned()),
        ],
    );
    Finding::new(Code::ValueNotSerialized, message).at(if field.is_empty() { "result".to_owned() } else { format!("result.{field}") })
}

/// `items[0]`, `status`
fn value_at<'j>(json: &'j Json, members: &[&str]) -> Option<&'j Json> {
    members.iter().try_fold(json, |at, member| {
        let mut parts = member.split('[');
        let name = parts.next().unwrap_or_default();
        let named = if name.is_empty() { at } else { at.get(name)? };
        parts.try_fold(named, |at, index| at.get(index.trim_end_matches(']').parse::<usize>().ok()?))
    })
}
