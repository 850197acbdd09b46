//! Texts in the place of a JWT that only their issuer can look up, and JWTs whose payload holds no claims that count.

use super::super::evidence::Evidence;
use crate::appsync::AuthType;
use crate::message::{Message, Part, quoted};
use crate::paste::jwt;

/// Fewer letters are a word, and no token.
const SHORTEST: usize = 16;

/// Whose it is, by the beginning that its issuer gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opaque {
    /// An access token of Google (<https://cloud.google.com/docs/authentication/token-types#access>: opaque).
    GoogleAccess,
    /// A refresh token of Google (<https://developers.google.com/identity/protocols/oauth2/web-server#offline>: `1//…`).
    GoogleRefresh,
    /// Any other: an access token that was asked for no API
    /// (<https://auth0.com/docs/secure/tokens/access-tokens#opaque-access-tokens>), a refresh token, a session's id.
    Other,
}

impl Opaque {
    fn of(value: &str) -> Option<Self> {
        let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_' | '~' | '+' | '/' | '=' | '|');
        // What begins as a JWT does is one that was cut.
        if value.len() < SHORTEST || value.starts_with("ey") || !value.chars().all(letter) {
            return None;
        }
        Some(match value {
            value if value.starts_with("ya29.") => Self::GoogleAccess,
            value if value.starts_with("1//") => Self::GoogleRefresh,
            _ => Self::Other,
        })
    }
}

/// An opaque token in the Authorization header.
pub(super) fn judge(evidence: &Evidence, value: &str) -> Option<Message> {
    let kind = Opaque::of(value)?;
    let lambda = if evidence.api.modes().contains(&AuthType::Lambda) || !evidence.api.is_known() { " A Lambda authorizer (AWS_LAMBDA) could take such a text and ask its issuer." } else { "" };
    let pool = if evidence.api.has_only(AuthType::UserPool) { " of this API's user pool" } else { "" };
    Some(match kind {
        Opaque::GoogleAccess => Message::of(
            "the Authorization header is not a JWT but an access token of Google (ya29.…): that is opaque, good for Google's own APIs alone, and AppSync finds no claims in it. » Send the ID token of the same sign-in (id_token, a JWT of https://accounts.google.com, which OPENID_CONNECT can take with that issuer), or what the user pool made of the Google sign-in.{}",
            [Part::Text(lambda.to_owned())],
        ),
        Opaque::GoogleRefresh => Message::of(
            "the Authorization header is not a JWT but a refresh token of Google (1//…): that is for Google's token endpoint alone, to fetch new tokens, and AppSync finds no claims in it. » Send the ID token (id_token, a JWT of https://accounts.google.com) that it fetches, and never the refresh token: revoke it if others may have seen where it was sent.",
            [],
        ),
        Opaque::Other => Message::of(
            "the Authorization header is not a JWT: it does not begin as one (eyJ…), so it is most likely an opaque token, a text that only its issuer can look up (an access token that was asked for no API, a refresh token, or the id of a session), and AppSync finds no claims in it. » Send the ID token of the same sign-in{}, or ask the provider for an access token for this API's audience, which is a JWT with three parts; a refresh token only fetches new ones at its issuer.{}",
            [Part::Text(pool.to_owned()), Part::Text(lambda.to_owned())],
        ),
    })
}

/// A JWT in three parts whose payload is another token, or has a claim twice.
pub(super) fn unreadable(value: &str) -> Option<Message> {
    let joined = jwt::joined(jwt::bare(value).0);
    let [_, payload] = jwt::parts(&joined).ok()?;
    let bytes = jwt::decode(payload, "payload").ok()?;
    if jwt::is_nested(&bytes) {
        return Some("the Authorization header holds a nested JWT: the payload of the outer token is another token, and AppSync reads the outer one alone, in which there are no claims. » Send the inner token by itself, or let the issuer give it out unwrapped.".into());
    }
    let name = match crate::json::doubled(&bytes) {
        Some(name) => quoted(&name).to_string(),
        None => crate::json::slice(&bytes).is_err_and(|error| error.is_data()).then(|| "a name within a claim".to_owned())?,
    };
    // RFC 7519, 4: names of claims are unique; who reads them refuses the token, or takes the last.
    Some(Message::of(
        "the Authorization header holds a token whose payload has {} twice: names of claims must be unique (RFC 7519), and which of the two AppSync would take is not known, so such a token is not judged further. » Let the issuer write the claim once (look at what adds claims to the token: a trigger, a mapper, an action), and send the token that it then gives out.",
        [Part::Name(name)],
    ))
}
