//! Where the null of a refused field goes: a field that may not be null takes what stands around it along
//! (<https://spec.graphql.org/October2021/#sec-Handling-Field-Errors>).

use super::evidence::Evidence;
use super::schema::Schema;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use std::collections::HashSet;

/// A field of a type.
type ClimbedField<'s> = (&'s str, &'s str);

/// What becomes of the answer where the refused field may not be null; `None` where it may be, or is at the root.
pub fn judge(evidence: &Evidence) -> Option<Finding> {
    let Some(Ok(schema)) = &evidence.schema else { return None };
    let (parent, name) = evidence.refused_subject().unwrap_or_else(|| (evidence.parent_type.clone(), evidence.field.clone()));
    let parent = schema.type_name(&parent).to_owned();
    let field = schema.types.get(&parent)?.fields.get(&name)?;
    if schema.is_root(&parent) || !field.non_null.first().copied().unwrap_or_default() {
        return None;
    }
    let way = roots(evidence, schema).into_iter().find_map(|root| way(schema, root, &parent));
    let climbed = way.as_deref().map_or_else(Message::default, |way| climb(schema, way));
    let nullable = field.written.strip_suffix('!').unwrap_or(&field.written);
    Some(
        Finding::new(
            Code::NullClimbs,
            Message::joined(
                "{}{}{}",
                [
                    Message::of(
                        "{}.{} is {} in the schema, where null may not stand, so the null of the refused field takes the whole {} around it along",
                        [Part::Name(parent.clone()), Part::Name(name.clone()), Part::Code(field.written.clone()), Part::Name(parent.clone())],
                    ),
                    climbed,
                    Message::of(
                        ". To lose this field alone, make it nullable ({}: {}), or leave it out of the selection for callers who may not see it.",
                        [Part::Code(name.clone()), Part::Code(nullable.to_owned())],
                    ),
                ],
            ),
        )
        .at(format!("schema.{parent}.{name}"))
        .actual(field.written.as_str())
        .wanted(nullable),
    )
}

/// The fields at the root of the request, as far as they are known: the one that was called, those of the body, and those that
/// the answer has.
fn roots<'s>(evidence: &Evidence, schema: &'s Schema) -> Vec<ClimbedField<'s>> {
    let operation = evidence.operation();
    let answered = evidence.observed.as_ref().and_then(|seen| seen.data.as_ref()?.as_object());
    let named = std::iter::once(evidence.field.as_str())
        .chain(operation.iter().flat_map(|one| one.fields.iter().map(|field| field.name.as_str())))
        .chain(answered.into_iter().flatten().map(|(name, _)| name.as_str()));
    let mut found: Vec<ClimbedField<'s>> = Vec::new();
    for name in named {
        let types = ["Query", "Mutation", "Subscription"].map(|root| schema.type_name(root));
        let known = types.into_iter().find_map(|root| {
            let (root, object) = schema.types.get_key_value(root)?;
            Some((root.as_str(), object.fields.get_key_value(name)?.0.as_str()))
        });
        found.extend(known);
    }
    found
}

/// The shortest way from a root field down to an object of this type: the fields on it, the root's first.
fn way<'s>(schema: &'s Schema, root: ClimbedField<'s>, wanted: &str) -> Option<Vec<ClimbedField<'s>>> {
    // Each step with the one before it.
    let mut steps: Vec<(ClimbedField<'s>, Option<usize>)> = vec![(root, None)];
    let (mut seen, mut at) = (HashSet::new(), 0);
    while let Some(((parent, name), _)) = steps.get(at).copied() {
        let returns = schema.types.get(parent)?.fields.get(name)?.returns.as_str();
        if returns == wanted {
            let mut way: Vec<ClimbedField<'s>> = std::iter::successors(Some(at), |at| steps[*at].1).map(|at| steps[at].0).collect();
            way.reverse();
            return Some(way);
        }
        if let Some((returns, object)) = schema.types.get_key_value(returns).filter(|_| seen.insert(returns)) {
            let mut below: Vec<&str> = object.fields.keys().map(String::as_str).collect();
            below.sort_unstable();
            steps.extend(below.into_iter().map(|name| ((returns.as_str(), name), Some(at))));
        }
        at += 1;
    }
    None
}

/// How far the null climbs on its way up.
fn climb(schema: &Schema, way: &[ClimbedField<'_>]) -> Message {
    let mut said = Message::default();
    for (parent, name) in way.iter().rev() {
        let Some(field) = schema.types.get(*parent).and_then(|object| object.fields.get(*name)) else { return said };
        let (last, shown) = (field.non_null.len().saturating_sub(1), format!("{parent}.{name}"));
        // From the element outwards to the list that holds it.
        let stops = field.non_null.iter().rposition(|closed| !closed);
        let part = match stops {
            Some(at) if at == last && last > 0 => "; there it stops: {} is {}, so the list has a null in its place",
            Some(_) => "; it stops at {}, which is {} and becomes null",
            None => "; {} is {}, so it climbs further",
        };
        said = Message::joined("{}{}", [said, Message::of(part, [Part::Name(shown), Part::Code(field.written.clone())])]);
        if stops.is_some() {
            return said;
        }
    }
    Message::joined("{}{}", [said, Message::from(", and all of data is null")])
}
