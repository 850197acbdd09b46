//! The group that a directive wants, in another claim of the token than the one that it looks at.

use crate::message::{Message, Part, any_of};
use crate::request::evidence::Evidence;
use crate::request::token;
use serde_json::{Map, Value as Json};

/// What is so, and what to do: `cognito_groups` is compared with `cognito:groups` alone, and what a directory sends stands
/// where the pool's attribute mapping puts it
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>;
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-specifying-attribute-mapping.html>; aws-samples/aws-genai-llm-chatbot#742).
pub fn judge(evidence: &Evidence, wanted: &[String]) -> Option<(Message, Message)> {
    let claims = claims(evidence)?;
    let (name, value, group) = claims
        .iter()
        .filter(|(name, _)| *name != "cognito:groups")
        .find_map(|(name, value)| Some((name, value, wanted.iter().find(|group| names(value, group))?)))?;
    let fact = Message::of(
        "{} stands in another claim of the token, {}: {}, at which a directive never looks.",
        [Part::Value(group.clone()), Part::Name(name.clone()), Part::Value(value.to_string())],
    );
    let cure = Message::of(
        "» Let a pre token generation trigger copy {} into cognito:groups (groupsToOverride), or add the user to the pool's group {} (aws cognito-idp admin-add-user-to-group; create it if the pool has none), and let them sign in again, as groups are fixed in the token when it is issued. The directive and the directory need no change.",
        [Part::Name(name.clone()), Part::Value(any_of(wanted))],
    );
    Some((fact, cure))
}

fn claims(evidence: &Evidence) -> Option<Map<String, Json>> {
    let of_identity = || evidence.identity.as_ref()?.get("claims")?.as_object().cloned();
    of_identity().or_else(|| Some(token::read(evidence.authorization()?.0).ok()?.claims))
}

/// Whether a claim is a list with this group in it, or a text that is one: `[A, B]`, `A,B`, or the name itself.
fn names(value: &Json, group: &str) -> bool {
    match value {
        Json::Array(list) => list.iter().any(|one| one.as_str() == Some(group)),
        Json::String(text) => {
            let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
            inner.split([',', ';']).any(|one| one.trim().trim_matches('"') == group)
        }
        _ => false,
    }
}
