//! A null where the schema wants a value, as the client saw it: whose it is (GraphQL, 6.4.4: a null of a non-null field goes up to
//! the next field that may be null; `request/null_climb.rs` tells how far).

use super::Refusal;
use crate::code::{Certainty, Code};
use crate::explain::Explanation;
use crate::explain::hint::page_loop::PAGE;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::request::Member;
use crate::request::layer::{Layer, LayerName, State};
use serde_json::{Map, Value as Json};

/// What AppSync says of such a null: `Cannot return null for non-nullable type: 'Int' within parent 'Member' (/getMember/quota)`.
const MESSAGE: &str = "Cannot return null for non-nullable type";

/// What that message tells.
struct SeenNull {
    /// `Int`
    kind: String,
    /// `/getMember/quota`
    path: String,
    /// `quota`
    field: String,
    /// `Member`
    parent: String,
}

/// Tells which null it was that the client saw.
pub fn judge(layers: &mut [Layer], resolver: Option<&Explanation>, refusal: &Refusal) {
    let seen = seen(refusal);
    if let Some(seen) = &seen
        && closed_below(layers, seen)
    {
        return;
    }
    let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver) else { return };
    if let Some(seen) = &seen {
        // The rule's own words leave open what the schema makes of its null.
        for finding in layer.findings.iter_mut().filter(|finding| matches!(finding.code, Code::EmptiedByRule | Code::ReturnRefusesNobody)) {
            let words = format!("Here the field is non-null (`{}!`), so that null is the error which was seen.", seen.kind);
            finding.message = finding.message.cause().with(words).cured(finding.message.cure());
        }
    }
    if let (Some(seen), None) = (&seen, resolver) {
        layer.findings.insert(0, without_template(seen));
        return;
    }
    if layer.state == State::Refused {
        if let (Some(seen), Some(first)) = (&seen, layer.findings.first_mut()) {
            first.message.and(format!("The client saw it as the null of {}, which is non-null (`{}!`).", seen.path, seen.kind));
        }
        return;
    }
    let emptied = [Code::EmptiedByRule, Code::ReturnRefusesNobody, Code::FieldRedacted, Code::AnswersNull, Code::Redirected];
    let by_rule = layer.findings.iter().any(|finding| emptied.contains(&finding.code));
    if let (Some(seen), Some(explained), false) = (seen, resolver, by_rule)
        && let Some(finding) = of_answer(&seen, explained, refusal)
    {
        layer.refuse(finding);
    }
}

/// Nobody gave the template: whose null it was is in the row, or in what the response template makes of it.
fn without_template(seen: &SeenNull) -> Finding {
    let message = Message::of(
        "No refusal was seen: the answer has null where {} is `{}!` ({}), most often because the data source's row has no {}; else the response template, or the field's own resolver, answered null. » Look at the row, and give the templates (--from) with it (`result`).",
        [
            Part::Name(format!("{}.{}", seen.parent, seen.field)),
            Part::Name(seen.kind.clone()),
            Part::Place(seen.path.clone()),
            Part::Name(seen.field.clone()),
        ],
    );
    Finding::new(Code::NullForNonNull, message).at("observed.message").certainty(Certainty::Likely)
}

/// The schema closes the very field whose null was seen to this caller: the field that was called let it in, and this one did not.
fn closed_below(layers: &mut [Layer], seen: &SeenNull) -> bool {
    let place = format!("schema.{}.{}", seen.parent, seen.field);
    let mode = layers.iter_mut().find(|layer| layer.layer == LayerName::Mode && layer.state == State::Passed);
    let Some(layer) = mode else { return false };
    let about = |one: &Finding| one.code == Code::DirectiveExcludesMode && one.path.as_deref() == Some(place.as_str());
    let Some(at) = layer.findings.iter().position(about) else { return false };
    let mut finding = layer.findings.remove(at);
    finding.message.and(format!(
        "The client saw it as the null of {}, which is non-null (`{}!`): nothing is wrong with what the resolver answered, and a field that may be null would only hide it.",
        seen.path, seen.kind
    ));
    layer.refuse(finding);
    true
}

fn seen(refusal: &Refusal) -> Option<SeenNull> {
    let message = refusal.evidence.observed.as_ref()?.message.as_deref()?;
    let (_, rest) = message.split_once(MESSAGE)?;
    let quoted = |at: usize| rest.split('\'').nth(at).unwrap_or_default().to_owned();
    let (kind, parent) = (quoted(1), quoted(3));
    let path = rest.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(path, _)| path).to_owned();
    let named = path.split('/').rfind(|part| !part.is_empty() && !part.starts_with('[') && part.parse::<u32>().is_err());
    let field = named.unwrap_or(&refusal.evidence.field).to_owned();
    Some(SeenNull { kind, path: if path.is_empty() { field.clone() } else { path }, field, parent })
}

/// `docId`, `doc_id` for `id`.
fn is_longer_name(name: &str, field: &str) -> bool {
    let (name, field) = (name.to_lowercase(), field.to_lowercase());
    name.len() > field.len() && name.ends_with(&field)
}

/// The row has the value, and the template takes it out of its answer.
fn taken_out(seen: &SeenNull, state: &str) -> Finding {
    let message = Message::of(
        "No rule refused the caller: the row that the data source gave has {}, and this template takes it out of its answer, where it is {}; the schema wants a value there (`{}!`), so AppSync answers {} with an error. » Make the field nullable, so that who may not see it gets null, or refuse such callers with `$util.unauthorized()`.",
        [Part::Name(seen.field.clone()), Part::Text(state.to_owned()), Part::Name(seen.kind.clone()), Part::Place(seen.path.clone())],
    );
    Finding::new(Code::NullForNonNull, message).at(format!("result.{}", seen.field))
}

/// Whether the type whose field is null is a page itself, by its name or by the member that is null.
fn is_page_type(seen: &SeenNull) -> bool {
    let name = seen.parent.to_lowercase();
    let ends = ["connection", "page", "list", "result", "results", "payload"].iter().any(|end| name.ends_with(end));
    ends || PAGE.contains(&seen.field.as_str()) || matches!(seen.field.as_str(), "total" | "count")
}

/// The rows of an answer that is the page of a Query or Scan.
fn rows_of_page(answer: &Map<String, Json>) -> Option<&Vec<Json>> {
    let is_page = answer.keys().all(|name| PAGE.contains(&name.as_str()));
    answer.get("items").filter(|_| is_page)?.as_array()
}

/// A field of one object was answered with the page that a Query or Scan gives
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-query.html>).
fn whole_page(seen: &SeenNull, answer: &Map<String, Json>) -> Finding {
    let rows = rows_of_page(answer).map_or(0, Vec::len);
    let inside = match rows {
        0 => "no row".to_owned(),
        _ => crate::message::counted(rows, "row"),
    };
    let members: Vec<&str> = answer.keys().map(String::as_str).collect();
    let message = Message::of(
        "No rule refused the caller: this template answers with the whole page of a Query or Scan ({}, with {} in `items`), where the field is one {}; a page has no {} of its own, and the schema wants one (`{}!`), so AppSync answers {} with an error. » Answer with the row: `#if($ctx.result.items.isEmpty()) #return #end $util.toJson($ctx.result.items[0])`.",
        [
            Part::Name(all_of(&members)),
            Part::Text(inside),
            Part::Name(seen.parent.clone()),
            Part::Name(seen.field.clone()),
            Part::Name(seen.kind.clone()),
            Part::Place(seen.path.clone()),
        ],
    );
    Finding::new(Code::NullForNonNull, message).at("result.items")
}

/// The null is in what the template answers, or in the row.
fn of_answer(seen: &SeenNull, explained: &Explanation, refusal: &Refusal) -> Option<Finding> {
    let answer: Json = serde_json::from_str(explained.output()).ok()?;
    let result = refusal.request.given(Member::Result);
    let is_request = ["operation", "version", "statements"].iter().any(|member| answer.get(member).is_some());
    let (what, cure) = match (&answer, result) {
        _ if is_request => return None,
        (Json::Null, Some(Json::Null)) => (
            "the data source found nothing ($ctx.result is null), and the response hands that on".to_owned(),
            "Send the key of a row that is there, or make the field nullable, so that a row which is not there is an answer.".to_owned(),
        ),
        (Json::Null, _) => ("what this template answers is null".to_owned(), "Answer with the row, or make the field nullable.".to_owned()),
        (Json::Object(map), _) if map.get(&seen.field).is_none_or(Json::is_null) && rows_of_page(map).is_some() && !is_page_type(seen) => {
            return Some(whole_page(seen, map));
        }
        (Json::Object(map), result) if map.get(&seen.field).is_none_or(Json::is_null) => {
            let field = &seen.field;
            let state = if map.contains_key(field) { "null" } else { "absent" };
            let names: Vec<&str> = map.keys().map(String::as_str).collect();
            let near = crate::nearest::near_key(field, names.iter().copied().filter(|name| name != field));
            // `docId` of a Doc, where the schema has `id`.
            let other = map.iter().find(|(name, value)| !value.is_null() && !value.is_object() && !value.is_array() && is_longer_name(name, field));
            let other = other.filter(|_| near.is_none());
            let near = near.map(str::to_owned).or_else(|| other.map(|(name, value)| format!("{name} ({value})")));
            let near = near.map_or_else(String::new, |near| format!(", and {near} is there"));
            let stored = result.is_some_and(|row| row.get(field).is_none_or(Json::is_null));
            let whose = if stored && !is_page_type(seen) { ", as it is in the row that the data source gave ($ctx.result)" } else { "" };
            let given = result.is_some_and(|row| row.get(field).is_some_and(|value| !value.is_null()));
            if given {
                return Some(taken_out(seen, state));
            }
            (
                format!("in what this template answers {field} is {state}{whose}{near}"),
                match other {
                    Some((name, _)) => format!("Give it that value in the response template (`$util.qr($ctx.result.put(\"{field}\", $ctx.result.{name}))`), if it is the same, or write {field} into the rows."),
                    None if is_page_type(seen) => format!("Put {field} into the answer in the response template, or make it nullable."),
                    None => format!("Write {field} into the rows that lack it (an import, rows older than the field), or make it nullable."),
                },
            )
        }
        _ => return None,
    };
    let message = Message::of(
        "No rule refused the caller: {}, and the schema wants a value there (`{}!`), so AppSync answers {} with an error. » {}",
        [Part::Text(what), Part::Name(seen.kind.clone()), Part::Place(seen.path.clone()), Part::Text(cure)],
    );
    Some(Finding::new(Code::NullForNonNull, message).at(format!("result.{}", seen.field)))
}
