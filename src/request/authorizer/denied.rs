//! `deniedFields`: which of its entries denies the field, and which was meant to.

use crate::code::{Certainty, Code};
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
    let subject = evidence.field_path();
    let entries: Vec<&str> = list.iter().filter_map(Json::as_str).collect();
    for entry in &entries {
        denied_entry(evidence, entry, &subject, &entries, layer);
    }
}

/// One entry of `deniedFields`.
fn denied_entry(evidence: &Evidence, entry: &str, subject: &str, others: &[&str], layer: &mut Layer) {
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
            "deniedFields has {}, {}, so nothing that AWS documents makes it deny {}: an entry names one field, whole, without wildcards. » Take the entry out; or, if {} is to be denied to this caller, write {}, or the field's ARN with this API's id.",
            [
                Part::Value(quoted(entry).to_string()),
                Part::Text(why),
                Part::Name(subject.to_owned()),
                Part::Name(subject.to_owned()),
                Part::Code(subject.to_owned()),
            ],
        );
        unsure(layer, Code::DeniedFieldName, message);
    } else if let Some(api) = arn_api(entry).filter(|api| named == subject && evidence.api.id.is_none() && !api.contains('*')) {
        of_some_api(evidence, (entry, api), subject, others, layer);
    } else if named == subject {
        layer.refuse(listed(
            Code::FieldDeniedByAuthorizer,
            entry,
            subject,
            Message::of(
                "the authorizer {}lists {} in deniedFields: the field is null, whatever its resolver gives.{}{}",
                [Part::Text(let_in(evidence).to_owned()), Part::Value(entry.to_owned()), Part::Value(short_form(evidence, entry)), Part::Value(kept(evidence))],
            )
            .cured(narrower(evidence, entry, subject, others)),
        ));
    } else if named.contains('*') && iam::matches(&named, subject) {
        let message = Message::of(
            "deniedFields has {}: AWS documents whole names only (an ARN, or Type.field); whether a wildcard denies {} is not verified. » Write whole names.",
            [Part::Value(entry.to_owned()), Part::Name(subject.to_owned())],
        );
        unsure(layer, Code::DeniedFieldWildcard, message);
    } else if named.eq_ignore_ascii_case(subject) {
        let message = Message::of(
            "deniedFields has {}, which differs from {} in case only: whether AppSync compares case is not verified. » If this caller should see the field, let the function leave the entry out for such callers; write {} only if the denial is meant.",
            [Part::Value(entry.to_owned()), Part::Name(subject.to_owned()), Part::Code(subject.to_owned())],
        );
        unsure(layer, Code::DeniedFieldCase, message);
    }
}

/// That the request as a whole was let in, where the answer says so.
fn let_in(evidence: &Evidence) -> &'static str {
    let admitted = evidence.authorizer.as_ref().and_then(|answer| answer.get("isAuthorized")?.as_bool());
    if admitted == Some(true) { "let the request in (isAuthorized: true) and " } else { "" }
}

/// That `Type.field` is not bound to one API
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>: the ARN is to be used
/// where two APIs share a function).
fn short_form(evidence: &Evidence, entry: &str) -> String {
    if entry.starts_with("arn:") {
        return String::new();
    }
    let this = evidence.api.id.as_deref().map_or_else(String::new, |id| format!(", so on this one ({id}) as well"));
    format!(" In this short form the entry counts on every API that asks the function{this}.")
}

/// How long AppSync keeps that answer for the same token
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>: ttlOverride).
fn kept(evidence: &Evidence) -> String {
    let ttl = evidence.authorizer.as_ref().and_then(|answer| answer.get("ttlOverride")?.as_u64()).filter(|ttl| *ttl > 0);
    ttl.map_or_else(String::new, |ttl| format!(" AppSync keeps the answer for {ttl} s (ttlOverride) and does not call the function again for the same token: what changes in between, such as a plan or a right, shows only then (ttlOverride 0 where fields are denied, or a new token)."))
}

/// What to do about an entry that denies the field: where another entry names another API, this one may be meant for that.
fn narrower(evidence: &Evidence, entry: &str, subject: &str, others: &[&str]) -> Message {
    let own = evidence.api.id.as_deref();
    let other_api = |other: &&&str| {
        let api = other.split_once(":apis/").and_then(|(_, rest)| rest.split('/').next());
        own.is_some() && api.is_some_and(|api| !api.contains('*') && Some(api) != own)
    };
    let mut message = Message::default();
    if !entry.starts_with("arn:")
        && let Some(arn) = others.iter().find(other_api)
        && let Some((api, _)) = arn.split_once("/types/")
    {
        message.and(Message::of(
            "Another entry names the API {}, which is not this one: if this entry is meant for that API too, write it as its ARN, {}/types/{}, or let the function decide by event.requestContext.apiId.",
            [
                Part::Name(api.rsplit('/').next().unwrap_or(api).to_owned()),
                Part::Code(api.to_owned()),
                Part::Code(subject.replacen('.', "/fields/", 1)),
            ],
        ));
    }
    message.and("If this caller should see the field, let the function leave the entry out for such callers; otherwise it works as written, and the client can leave the field out of its query.");
    message
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
    let same = field.replacen("/fields/", ".", 1) == evidence.field_path();
    (api != own && same).then(|| format!("an ARN of the API {api}, and this API is {own}"))
}

/// An entry that is the field's ARN on an API of which nobody knows whether it is this one.
fn of_some_api(evidence: &Evidence, (entry, api): (&str, &str), subject: &str, others: &[&str], layer: &mut Layer) {
    // A refusal of the field that was seen speaks for it.
    if evidence.refused_subject().is_some_and(|(parent, name)| format!("{parent}.{name}") == subject) {
        let message = Message::of(
            "the authorizer {}lists {} in deniedFields: the field is null, whatever its resolver gives, if {} is this API's id.",
            [Part::Text(let_in(evidence).to_owned()), Part::Value(entry.to_owned()), Part::Name(api.to_owned())],
        );
        let finding = listed(Code::FieldDeniedByAuthorizer, entry, subject, message.cured(narrower(evidence, entry, subject, others)));
        layer.refuse(finding.certainty(Certainty::Likely));
        return;
    }
    let message = Message::of(
        "deniedFields has {}, the ARN of {} of the API {}: it counts only if that is this API's id, which is not in the material. » Give the API's configuration (--api): where its apiId is {}, the field is null, whatever its resolver gives.",
        [Part::Value(entry.to_owned()), Part::Name(subject.to_owned()), Part::Name(api.to_owned()), Part::Name(api.to_owned())],
    );
    if layer.state != State::Refused {
        layer.state = State::Unknown;
    }
    layer.findings.push(listed(Code::DeniedFieldName, entry, subject, message));
}

/// The API's id in an entry that is an ARN.
fn arn_api(entry: &str) -> Option<&str> {
    entry.split_once(":apis/")?.1.split('/').next()
}

/// What is said of an entry of `deniedFields`.
fn listed(code: Code, entry: &str, subject: &str, message: Message) -> Finding {
    Finding::new(code, message)
        .at("authorizerResponse.deniedFields")
        .actual(entry)
        .wanted(format!("{subject} not listed"))
}
