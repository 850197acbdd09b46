//! `deniedFields`: which of its entries denies the field, and which was meant to.

use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::evidence::Evidence;
use crate::request::iam;
use crate::request::layer::{Layer, State};
use serde_json::Value as Json;

/// What a value is, in words.
pub(super) fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean alone",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// ARNs, or `Type.field`.
pub(super) fn denied_fields(evidence: &Evidence, denied: Option<&Json>, layer: &mut Layer) {
    let Some(denied) = denied.filter(|denied| !denied.is_null()) else { return };
    let Some(list) = denied.as_array() else {
        layer.findings.push(
            Finding::new(
                Code::AuthorizerMalformed,
                Message::of("deniedFields is {}, not a list: answer a list of texts such as Query.getNote.", [Part::Value(kind(denied).to_owned())]),
            )
                .at("authorizerResponse.deniedFields")
                .actual(denied.clone()),
        );
        return;
    };
    let subject = format!("{}.{}", evidence.parent_type, evidence.field);
    for entry in list.iter().filter_map(Json::as_str) {
        denied_entry(evidence, entry, &subject, layer);
    }
}

/// One entry of `deniedFields`.
fn denied_entry(evidence: &Evidence, entry: &str, subject: &str, layer: &mut Layer) {
    let named = match entry.split_once("/types/") {
        Some((_, rest)) => rest.replacen("/fields/", ".", 1),
        None => entry.to_owned(),
    };
    let unsure = |layer: &mut Layer, code: Code, message: Message| {
        layer.state = if layer.state == State::Refused { State::Refused } else { State::Unknown };
        layer.findings.push(listed(code, entry, subject, message));
    };
    if let Some(why) = names_none(evidence, entry) {
        let message = Message::of(
            "deniedFields has {}, {}, so nothing that AWS documents makes it deny {}: an entry names one field, whole, without wildcards. » Write {}, or the field's ARN with this API's id, and so for each field that is meant.",
            [Part::Value(quoted(entry).to_string()), Part::Text(why), Part::Name(subject.to_owned()), Part::Code(subject.to_owned())],
        );
        unsure(layer, Code::DeniedFieldName, message);
    } else if named == subject {
        layer.refuse(listed(
            Code::FieldDeniedByAuthorizer,
            entry,
            subject,
            Message::of(
                "the authorizer lists {} in deniedFields: the field is null, whatever its resolver gives. » If this caller should see it, let the function leave the entry out for such callers; otherwise it works as written, and the client can leave the field out of its query.",
                [Part::Value(entry.to_owned())],
            ),
        ));
    } else if named.contains('*') && iam::matches(&named, subject) {
        layer.findings.push(listed(
            Code::DeniedFieldWildcard,
            entry,
            subject,
            Message::of(
                "deniedFields has {}: AWS documents whole names only (an ARN, or Type.field); whether a wildcard denies {} is not verified. » Write whole names.",
                [Part::Value(entry.to_owned()), Part::Name(subject.to_owned())],
            ),
        ));
    } else if named.eq_ignore_ascii_case(subject) {
        let message = Message::of(
            "deniedFields has {}, which differs from {} in case only: whether AppSync compares case is not verified. » Write it as the schema does.",
            [Part::Value(entry.to_owned()), Part::Name(subject.to_owned())],
        );
        unsure(layer, Code::DeniedFieldCase, message);
    }
}

/// Why an entry of `deniedFields` that is meant for the field names none: AWS documents ARNs and `Type.field`
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
fn names_none(evidence: &Evidence, entry: &str) -> Option<String> {
    if entry == evidence.field {
        return Some("the field's name without its type".to_owned());
    }
    if entry == evidence.parent_type {
        return Some("the name of a type without a field".to_owned());
    }
    let (_, rest) = entry.split_once(":apis/")?;
    let (api, field) = rest.split_once("/types/")?;
    let own = evidence.api.id.as_deref()?;
    let same = field.replacen("/fields/", ".", 1) == format!("{}.{}", evidence.parent_type, evidence.field);
    (api != own && same).then(|| format!("an ARN of the API {api}, and this API is {own}"))
}

/// What is said of an entry of `deniedFields`.
fn listed(code: Code, entry: &str, subject: &str, message: Message) -> Finding {
    Finding::new(code, message)
        .at("authorizerResponse.deniedFields")
        .actual(entry)
        .wanted(format!("{subject} not listed"))
}
