//! A guest of an identity pool whose role may call more than what guests are for: `@aws_iam` lets every role in alike
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization>).

use super::{Effect, IamCall, PolicyStatement};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::evidence::Evidence;
use serde_json::Value as Json;

/// A mutation that a guest may call by a statement on the whole API, or on all mutations.
pub(super) fn wide<'s>(evidence: &Evidence, statements: impl Iterator<Item = &'s PolicyStatement>, request: &IamCall) -> Option<Finding> {
    let guest = evidence.identity.as_ref()?.get("cognitoIdentityAuthType").and_then(Json::as_str) == Some("unauthenticated");
    let parent = request.parent.as_deref().filter(|parent| guest && *parent == "Mutation")?;
    let is_wide = |pattern: &&String| {
        let all = pattern.as_str() == "*" || pattern.ends_with(":*");
        all || pattern.split_once(":apis/").is_some_and(|(_, path)| match path.split_once('/') {
            None => true,
            Some((_, rest)) => ["*", "types/*", "types/Mutation/*", "types/Mutation/fields/*"].contains(&rest),
        })
    };
    let allows = statements.filter(|one| one.effect == Effect::Allow && !one.resource.not);
    let (statement, pattern) = allows.into_iter().find_map(|one| Some((one, one.resource.patterns.iter().find(is_wide)?)))?;
    let message = Message::of(
        "The caller is a guest (cognitoIdentityAuthType unauthenticated), and {} of his role allows {}: every field there, {} too. @aws_iam lets every role in alike, it cannot tell guests from users who signed in. » Name only the fields that guests are for in Resource (…/types/Query/fields/FIELD), and leave the signed-in role as it is; a resolver can refuse by itself where $ctx.identity.cognitoIdentityAuthType is not \"authenticated\".",
        [Part::Name(statement.name.clone()), Part::Code(pattern.clone()), Part::Name(format!("{parent}.{}", request.field.as_deref()?))],
    );
    Some(Finding::new(Code::IamGuestsWide, message).at("policy").actual(pattern.as_str()))
}
