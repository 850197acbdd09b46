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
    let of = |source: ClaimSource| {
        let mut fit = claims.iter().filter(|(name, _)| *name != "cognito:groups" && ClaimSource::of(name) == source);
        fit.find_map(|(name, value)| Some((source, name, value, wanted.iter().find(|group| names(value, group))?)))
    };
    let (source, name, value, group) = of(ClaimSource::Issuer).or_else(|| of(ClaimSource::Custom))?;
    let fact = Message::of(
        "{} stands in another claim of the token, {}: {}, at which a directive never looks.",
        [Part::Value(group.clone()), Part::Name(name.clone()), Part::Value(value.to_string())],
    );
    let parts = [Part::Name(name.clone()), Part::Value(any_of(wanted))];
    let cure = match source {
        ClaimSource::Custom => Message::of(
            "» Let a pre token generation trigger copy {} into cognito:groups (groupsToOverride), but only if users cannot write that attribute (an app client with write access to it and the scope aws.cognito.signin.user.admin lets them do so, by UpdateUserAttributes, and who can gives themselves any group); or add the user to the pool's group {} (aws cognito-idp admin-add-user-to-group; create it if the pool has none). Let them sign in again then, as groups are fixed in the token when it is issued. The directive and the directory need no change.",
            parts,
        ),
        _ => Message::of(
            "» Let a pre token generation trigger copy {} into cognito:groups (groupsToOverride), or add the user to the pool's group {} (aws cognito-idp admin-add-user-to-group; create it if the pool has none), and let them sign in again, as groups are fixed in the token when it is issued. The directive and the directory need no change.",
            parts,
        ),
    };
    Some((fact, cure))
}

/// Who writes a claim of a user pool's token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClaimSource {
    /// The user, of themselves: a name that was chosen at sign-up, or a standard attribute, which proves no membership.
    User,
    /// A custom attribute: the directory or an administrator, and the user too, if the app client may write it
    /// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>: permissions of attributes;
    /// what is mapped from a provider must be writable, `WriteAttributes` of
    /// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>).
    Custom,
    /// The pool, or a trigger of it.
    Issuer,
}

/// The standard attributes, which are OpenID Connect's
/// (<https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims>), and the names of the user.
const BY_USER: [&str; 21] = [
    "address", "birthdate", "cognito:username", "email", "email_verified", "family_name", "gender", "given_name", "locale", "middle_name", "name",
    "nickname", "phone_number", "phone_number_verified", "picture", "preferred_username", "profile", "updated_at", "username", "website", "zoneinfo",
];

impl ClaimSource {
    fn of(claim: &str) -> Self {
        match claim {
            _ if BY_USER.contains(&claim) => Self::User,
            _ if claim.starts_with("custom:") => Self::Custom,
            _ => Self::Issuer,
        }
    }
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
