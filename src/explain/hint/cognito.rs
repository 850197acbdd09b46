//! Which of Cognito's tokens carries a claim
//! (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html>).

/// Which of Cognito's tokens carries a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CognitoToken {
    /// Both.
    Both,
    /// The access token alone, with the claim that an ID token has in its place.
    Access(Option<&'static str>),
    /// The ID token alone and never another one, with the claim that an access token has in its place.
    Id(Option<&'static str>),
    /// The user's attributes: the ID token, and access tokens where a trigger adds them.
    Attribute,
    /// Neither, unless a trigger adds it.
    Neither,
}

const BOTH: [&str; 10] =
    ["sub", "iss", "iat", "exp", "auth_time", "jti", "origin_jti", "event_id", "token_use", "cognito:groups"];
const ACCESS: [(&str, Option<&str>); 5] = [
    ("client_id", Some("aud")),
    ("scope", None),
    ("username", Some("cognito:username")),
    ("version", None),
    ("device_key", None),
];
/// Reserved: no trigger adds them to another token.
const ID: [(&str, Option<&str>); 7] = [
    ("aud", Some("client_id")),
    ("cognito:username", Some("username")),
    ("cognito:roles", None),
    ("cognito:preferred_role", None),
    ("identities", None),
    ("nonce", None),
    ("at_hash", None),
];
const ATTRIBUTES: [&str; 19] = [
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// Which token carries a claim.
pub fn token(claim: &str) -> CognitoToken {
    let of = |list: &[(&str, Option<&'static str>)]| list.iter().find(|(name, _)| *name == claim).map(|(_, twin)| *twin);
    if BOTH.contains(&claim) {
        CognitoToken::Both
    } else if let Some(twin) = of(&ACCESS) {
        CognitoToken::Access(twin)
    } else if let Some(twin) = of(&ID) {
        CognitoToken::Id(twin)
    } else if claim.starts_with("custom:") || ATTRIBUTES.contains(&claim) {
        CognitoToken::Attribute
    } else {
        CognitoToken::Neither
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_claim_has_its_token() {
        for (claim, wanted) in [
            ("sub", CognitoToken::Both),
            ("aud", CognitoToken::Id(Some("client_id"))),
            ("cognito:username", CognitoToken::Id(Some("username"))),
            ("client_id", CognitoToken::Access(Some("aud"))),
            ("scope", CognitoToken::Access(None)),
            ("custom:clinic", CognitoToken::Attribute),
            ("email", CognitoToken::Attribute),
            ("user_id", CognitoToken::Neither),
        ] {
            assert_eq!(token(claim), wanted, "{claim}");
        }
    }
}
