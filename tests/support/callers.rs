//! Who calls in the tests: claims, and the tokens that hold them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

/// Claims of a user pool's access token, and whatever else it has.
pub fn access_claims(name: &str, more: &Json) -> Json {
    let mut claims = json!({"sub": format!("sub-{name}"), "username": name, "token_use": "access",
        "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Sample"});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

/// A compact token: these texts as its parts, and a signature that is made up.
pub fn compact(header: &str, payload: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

/// A token with these claims, and a header that says RS256.
pub fn token(claims: &Json, signature: &str) -> String {
    compact(&json!({"alg": "RS256", "kid": "k"}).to_string(), &claims.to_string(), signature)
}
