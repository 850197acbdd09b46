//! A field whose own directives let in whom its type's directives keep out
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>: a field's
//! directives take the place of its type's).

use super::directives::Gate;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted_list};
use crate::request::evidence::Evidence;
use crate::request::schema::{DirectiveRule, Field, Object};

/// The caller got a field whose type asks for groups that he is not in, as the field has a directive without groups.
pub fn judge(gate: &Gate<'_>, mode: AuthType, (parent, object, name, field): (&str, &Object, &str, &Field)) -> Option<Finding> {
    let of_mode = |rules: &'_ [DirectiveRule]| -> Vec<DirectiveRule> {
        rules.iter().filter(|rule| rule.mode == mode && !rule.is_aws_auth).cloned().collect()
    };
    let own = of_mode(&field.rules).into_iter().find(|rule| rule.groups.is_none())?;
    let of_type = of_mode(&object.rules);
    let wanted: Vec<String> = of_type.iter().map(|rule| rule.groups.clone()).collect::<Option<Vec<_>>>()?.concat();
    let groups = gate.groups.as_deref()?;
    if wanted.is_empty() || groups.iter().any(|group| wanted.contains(group)) {
        return None;
    }
    let message = Message::of(
        "{} is open to every caller of {}: its own {} names no group, and a field's directives take the place of its type's, which asks for {} (type {}). The caller's cognito:groups are {}, and fields of the type without a directive of their own refuse him. » Write {}(cognito_groups: {}) on {} too, beside the directives of the other modes, unless everybody is meant to have it.",
        [
            Part::Name(format!("{parent}.{name}")),
            Part::Name(mode.api_name().to_owned()),
            Part::Code(own.name.clone()),
            Part::Value(quoted_list(&wanted)),
            Part::Name(parent.to_owned()),
            Part::Value(quoted_list(groups)),
            Part::Code(own.name.clone()),
            Part::Value(quoted_list(&wanted)),
            Part::Name(name.to_owned()),
        ],
    );
    Some(Finding::new(Code::DirectiveOpensField, message).at(format!("{parent}.{name}")).actual(own.name))
}

/// A field that hands out JSON and is let in: the directives of no type guard what is in it.
pub fn by_json(evidence: &Evidence) -> Option<Finding> {
    let why = super::why_let_in(evidence)?;
    let Some(Ok(schema)) = &evidence.schema else { return None };
    let field = schema.types.get(&evidence.parent_type)?.fields.get(&evidence.field)?;
    let (name, guarded) = schema.types.iter().find(|(name, object)| !schema.is_root(name) && !object.rules.is_empty())?;
    if field.returns != "AWSJSON" {
        return None;
    }
    let directives: Vec<String> = guarded.rules.iter().map(|rule| rule.name.clone()).collect();
    let message = Message::joined("Allowed: {}.", [why]).with(Message::of(
        "It returns {}, a scalar, and the directives of a type ({} on type {}) guard that type's fields where they are selected, not a field that hands out the same data as text or JSON. » Write the directive on {} itself, if it is not meant for all of them.",
        [
            Part::Name(field.returns.clone()),
            Part::Code(directives.join(" ")),
            Part::Name(name.to_string()),
            Part::Name(evidence.field_path()),
        ],
    ));
    Some(Finding::new(Code::LetThrough, message))
}
