//! A star after a part of a field's name, `fields/update*`: it allows every field that begins so, those that come later too
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>: `*` is any run of characters).

use super::pattern::matches;
use super::{Effect, IamCall, PolicyStatement};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, counted};
use crate::request::evidence::Evidence;

/// Fields that are named; of more the number is told.
const SHOWN: usize = 5;

/// Whether a resource's field is a part of a name with a star.
pub(super) fn is_part(name: &str) -> bool {
    name.contains('*') && !name.trim_matches('*').is_empty()
}

/// Which names it takes: "begins with `update`".
pub(super) fn which(name: &str) -> String {
    let begin = name.trim_end_matches('*');
    let end = name.trim_start_matches('*');
    match (begin.contains(['*', '?']), end.contains(['*', '?'])) {
        (false, _) => format!("begins with `{begin}`"),
        (_, false) => format!("ends with `{end}`"),
        _ => format!("fits `{name}`"),
    }
}

/// The field's part of a resource, where its type is named.
fn field_of(pattern: &str) -> Option<&str> {
    let (_, tail) = pattern.split_once("/types/")?;
    tail.split_once("/fields/").map(|(_, field)| field).filter(|field| !field.contains('/'))
}

/// An allowed call that nothing allows but such a resource.
pub(super) fn wide<'s>(evidence: &Evidence, statements: impl Iterator<Item = &'s PolicyStatement>, request: &IamCall) -> Option<Finding> {
    let (parent, field) = (request.parent.as_deref()?, request.field.as_deref()?);
    let about = |pattern: &str| {
        let tail = pattern.split_once("/types/").map(|(_, tail)| tail);
        tail.map_or_else(|| pattern.ends_with('*'), |tail| matches(tail, &format!("{parent}/fields/{field}")))
    };
    let allows = statements.filter(|one| one.effect == Effect::Allow && !one.resource.not);
    let mut found = allows.flat_map(|one| one.resource.patterns.iter().map(move |pattern| (one, pattern))).filter(|(_, pattern)| about(pattern)).peekable();
    let (statement, pattern) = *found.peek()?;
    if !found.all(|(_, pattern)| field_of(pattern).is_some_and(is_part)) {
        return None;
    }
    let name = field_of(pattern)?;
    let others = others(evidence, parent, field, name);
    let shown: Vec<&str> = others.iter().take(SHOWN).map(String::as_str).collect();
    let more = match others.len() {
        0 => String::new(),
        count if count > SHOWN => format!(" ({}, such as {}, besides this one)", counted(count, "field"), all_of(&shown)),
        _ => format!(" ({} besides this one)", all_of(&shown)),
    };
    let parts = [
        Part::Name(statement.name.clone()),
        Part::Code(pattern.clone()),
        Part::Name(parent.to_owned()),
        Part::Code(which(name)),
        Part::Name(more),
        Part::Code(pattern.replace(&format!("/fields/{name}"), &format!("/fields/{field}"))),
    ];
    let message = Message::of(
        "{} allows {}: the star stands after a part of a name, so that is every field of {} whose name {}{}, and those that are added later. » Name the fields one by one ({}), if not all of them are meant.",
        parts,
    );
    Some(Finding::new(Code::IamNameStar, message).at("policy").actual(pattern.as_str()))
}

/// The other fields of the type that it covers, where the schema is known.
fn others(evidence: &Evidence, parent: &str, field: &str, pattern: &str) -> Vec<String> {
    let Some(Ok(schema)) = &evidence.schema else { return Vec::new() };
    let Some(object) = schema.types.get(schema.type_name(parent)) else { return Vec::new() };
    let mut names: Vec<String> = object.fields.keys().filter(|name| *name != field && matches(pattern, name)).cloned().collect();
    names.sort_unstable();
    names
}
