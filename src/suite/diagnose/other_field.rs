//! A refusal of another field than the one whose template was given: a nested field has directives and a resolver of its own.

use crate::explain::Explanation;
use crate::message::{Message, Part, quoted};
use crate::request::Evidence;

/// The field that a template's file is named after: `Mutation` and `updateBook` of `Mutation.updateBook.req.vtl`, and of
/// `Mutation.updateBook.auth.1.req.vtl`.
fn of_name(name: &str) -> Option<(&str, &str)> {
    let file = name.rsplit(['/', '\\']).next()?;
    let own = file.strip_suffix(".req.vtl").or_else(|| file.strip_suffix(".res.vtl"))?;
    let (parent, rest) = own.split_once('.')?;
    let field = rest.split('.').next()?;
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    (is_name(parent) && is_name(field)).then_some((parent, field))
}

/// What AppSync named is another field than the template's.
pub(super) fn refused(explained: &Explanation, evidence: &Evidence) -> Option<Message> {
    let (parent, field) = evidence.refused_subject()?;
    let (own, own_field) = of_name(&explained.program.source.name).filter(|_| explained.pipeline.is_none())?;
    if (own, own_field) == (parent.as_str(), field.as_str()) {
        return None;
    }
    Some(Message::of(
        "What AppSync refused is another field than this template's: {} names {} of the type {}, and this is the template of {}.{}, which lets the caller through. A field inside an answer is admitted by its own directives, or its type's, and by its own resolver. » Give the schema with its directives (--schema), and the templates of {}, if it has any.",
        [
            Part::Value(quoted(&evidence.error_message()).to_string()),
            Part::Name(field.clone()),
            Part::Name(parent.clone()),
            Part::Name(own.to_owned()),
            Part::Name(own_field.to_owned()),
            Part::Name(format!("{parent}.{field}")),
        ],
    ))
}
