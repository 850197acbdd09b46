//! A star after a part of a field's name, `fields/update*`: it allows every field that begins so, those that come later too
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>: `*` is any run of characters).

use super::difference::differences;
use super::pattern::{is_part, matches, which};
use super::{Effect, IamCall, PolicyStatement};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, counted};
use crate::request::evidence::Evidence;

/// Fields that are named; of more the number is told.
const SHOWN: usize = 5;

/// The field's part of a resource, where its type is named.
fn field_of(pattern: &str) -> Option<&str> {
    let (_, tail) = pattern.split_once("/types/")?;
    tail.split_once("/fields/").map(|(_, field)| field).filter(|field| !field.contains('/'))
}

/// The type's part of it.
fn type_of(pattern: &str) -> &str {
    pattern.split_once("/types/").and_then(|(_, tail)| tail.split_once("/fields/")).map_or("", |(parent, _)| parent)
}

/// An allowed call, and such a resource of this API that covers it; beside one that covers all fields it tells nothing.
pub(super) fn wide<'s>(evidence: &Evidence, statements: impl Iterator<Item = &'s PolicyStatement>, request: &IamCall) -> Option<Finding> {
    let (parent, field) = (request.parent.as_deref()?, request.field.as_deref()?);
    let about = |pattern: &str| pattern == "*" || differences(pattern, request).is_empty();
    let statements: Vec<&PolicyStatement> = statements.collect();
    let allows = statements.iter().copied().filter(|one| one.effect == Effect::Allow && !one.resource.not);
    let found: Vec<_> = allows.flat_map(|one| one.resource.patterns.iter().map(move |pattern| (one, pattern))).filter(|(_, pattern)| about(pattern)).collect();
    let by_part = |pattern: &str| field_of(pattern).is_some_and(is_part);
    let by_name = |pattern: &str| field_of(pattern) == Some(field);
    if !found.iter().all(|(_, pattern)| by_part(pattern) || by_name(pattern)) {
        return None;
    }
    let (statement, pattern) = *found.iter().find(|(_, pattern)| by_part(pattern))?;
    let name = field_of(pattern)?;
    if bounded(name, &statements, request) {
        return None;
    }
    let mut others = others(evidence, parent, field, name);
    others.retain(|other| !is_denied(other, &statements, request));
    let shown: Vec<&str> = others.iter().take(SHOWN).map(String::as_str).collect();
    let more = match others.len() {
        0 => String::new(),
        count if count > SHOWN => format!(" ({}, such as {}, besides this one)", counted(count, "field"), all_of(&shown)),
        _ => format!(" ({} besides this one)", all_of(&shown)),
    };
    let of_type = match type_of(pattern) {
        "*" => "every type".to_owned(),
        fits if fits.contains('*') => format!("each type that fits `{fits}`"),
        _ => parent.to_owned(),
    };
    let parts = [
        Part::Name(statement.name.clone()),
        Part::Code(pattern.clone()),
        Part::Name(of_type),
        Part::Code(which(name)),
        Part::Name(more),
        Part::Code(pattern.replace(&format!("/fields/{name}"), &format!("/fields/{field}"))),
    ];
    let message = Message::of(
        "{} allows {}: the star stands beside a part of a name and takes any letters, so that is every field of {} whose name {}{}, and those that are added later. » Name the fields one by one ({}), if not all of them are meant.",
        parts,
    );
    Some(Finding::new(Code::IamNameStar, message).at("policy").actual(pattern.as_str()))
}

/// Whether a deny may take a field out of what a star allows: the star gives nobody that one.
fn is_denied(field: &str, statements: &[&PolicyStatement], request: &IamCall) -> bool {
    let call = IamCall { field: Some(field.to_owned()), ..request.clone() };
    let about = |pattern: &String| pattern == "*" || differences(pattern, &call).is_empty();
    statements.iter().any(|one| one.effect == Effect::Deny && one.resource.patterns.iter().any(about) != one.resource.not)
}

/// Whether a deny without a condition leaves open only fields that it names: then the star gives no field that is added later.
fn bounded(pattern: &str, statements: &[&PolicyStatement], request: &IamCall) -> bool {
    let later = pattern.replace('*', "ZqOfLater").replace('?', "Z");
    let of_action = |one: &PolicyStatement| one.action.patterns.iter().any(|action| matches(&action.to_lowercase(), &request.action.to_lowercase())) != one.action.not;
    let denies: Vec<&PolicyStatement> = statements.iter().copied().filter(|one| one.effect == Effect::Deny && one.conditions.is_empty() && of_action(one)).collect();
    is_denied(&later, &denies, request)
}

/// The other fields of the type that it covers, where the schema is known.
fn others(evidence: &Evidence, parent: &str, field: &str, pattern: &str) -> Vec<String> {
    let Some(Ok(schema)) = &evidence.schema else { return Vec::new() };
    let Some(object) = schema.types.get(schema.type_name(parent)) else { return Vec::new() };
    let mut names: Vec<String> = object.fields.keys().filter(|name| *name != field && matches(pattern, name)).cloned().collect();
    names.sort_unstable();
    names
}
