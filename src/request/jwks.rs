//! A token's signature against a file of keys.

use crate::message::{Message, Part, quoted, quoted_list};
use super::token;
use crate::paste::jwt;
use crate::code::Code;
use crate::finding::Finding;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value as Json;

crate::message::sentence_error! {
    /// A text that is not a key set.
    KeysError
}

/// The keys of an issuer (JWKS).
#[derive(Debug)]
pub struct Keys(Vec<Json>);

impl Keys {
    /// Reads what an issuer publishes under `/.well-known/jwks.json`.
    ///
    /// # Errors
    /// It is no key set.
    pub fn read(text: &str) -> Result<Self, KeysError> {
        let json = crate::json::read(text).map_err(|error| format!("not a key set (JWKS): {error}"))?;
        match json.get("keys").and_then(Json::as_array) {
            Some(keys) => Ok(Self(keys.clone())),
            None => Err("not a key set (JWKS): it has no list `keys`".into()),
        }
    }

    fn ids(&self) -> Vec<&str> {
        self.0.iter().filter_map(|key| key.get("kid")?.as_str()).collect()
    }
}

/// The curve of a key against the one that an algorithm wants (RFC 7518, section 3.4).
fn other_curve(key: &Json, used: &str) -> Option<Finding> {
    let wanted = match used {
        "ES256" => "P-256",
        "ES384" => "P-384",
        "ES512" => "P-521",
        _ => return None,
    };
    let curve = key.get("crv").and_then(Json::as_str).filter(|curve| *curve != wanted)?;
    Some(
        Finding::new(
            Code::AlgorithmMismatch,
            Message::of(
                "the token says {}, which wants a key on the curve {}, and the key is on {} (crv): the set or the token is another issuer's.",
                [
                    Part::Value(used.to_string()),
                    Part::Value(wanted.to_string()),
                    Part::Value(curve.to_string()),
                ],
            ),
        )
        .at("token.alg")
        .actual(curve)
        .wanted(wanted),
    )
}

/// Whether the signature of a compact token is that of a key in the set: the key's id, or why not.
///
/// # Errors
/// What is wrong: no such key, another signature, an algorithm that is not the key's.
pub fn verify(token: &str, keys: &Keys) -> Result<String, Box<Finding>> {
    let (token, _) = jwt::bare(token);
    if let Ok(read) = token::read(token)
        && let Some(finding) = read.algorithm_unknown()
    {
        return Err(Box::new(finding));
    }
    let header =
        decode_header(token).map_err(|_| failed(Code::TokenMalformed, "the token's header cannot be read."))?;
    let Some(kid) = header.kid else {
        return Err(failed(
            Code::TokenWithoutKid,
            "the token's header names no key (kid): AppSync could not tell which of the issuer's keys signed it.",
        ));
    };
    let Some(key) = keys.0.iter().find(|key| key.get("kid").and_then(Json::as_str) == Some(&kid)) else {
        return Err(failed(
            Code::KeyNotInSet,
            Message::of(
                "the token names the key {}; the set has {}: another pool or issuer, or keys that were rotated.",
                [Part::Value(quoted(&kid).to_string()), Part::Value(quoted_list(&keys.ids()))],
            ),
        ));
    };
    if let Some(finding) = other_algorithm(key, &kid, header.alg) {
        return Err(Box::new(finding));
    }
    let unusable = |error: String| {
        let parts = [Part::Value(quoted(&kid).to_string()), Part::Text(error)];
        failed(Code::JwksUnreadable, Message::of("the key {} cannot be used: {}", parts))
    };
    let key: Jwk = serde_json::from_value(key.clone()).map_err(|error| unusable(error.to_string()))?;
    let decoding = DecodingKey::from_jwk(&key).map_err(|error| unusable(error.to_string()))?;
    // Times, issuer and audience are judged apart, each with its own words.
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    match decode::<Json>(token, &decoding, &validation) {
        Ok(_) => Ok(kid),
        Err(_) => Err(failed(
            Code::SignatureInvalid,
            Message::of(
                "the signature is not that of the key {}: the token was changed, made by hand, or signed by another issuer's key of that id.",
                [Part::Value(quoted(&kid).to_string())],
            ),
        )),
    }
}

fn failed(code: Code, message: impl Into<Message>) -> Box<Finding> {
    Box::new(Finding::new(code, message).at("token.signature"))
}

/// A token may not choose another algorithm, or curve, than the key is for.
fn other_algorithm(key: &Json, kid: &str, algorithm: Algorithm) -> Option<Finding> {
    let used = serde_json::to_value(algorithm).ok()?.as_str()?.to_owned();
    let Some(meant) = key.get("alg").and_then(Json::as_str).filter(|meant| *meant != used) else {
        return other_curve(key, &used);
    };
    Some(
        Finding::new(
            Code::AlgorithmMismatch,
            Message::of(
                "the token says {}, the key {} is for {}: it was made by hand, or by another issuer.",
                [
                    Part::Value(used.clone()),
                    Part::Value(quoted(kid).to_string()),
                    Part::Value(meant.to_string()),
                ],
            ),
        )
        .at("token.alg")
        .actual(used)
        .wanted(meant),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // RFC 7518, section 3.4: ES256 is P-256, ES384 P-384, ES512 P-521.
    #[test]
    fn a_key_on_another_curve_is_named() {
        let found = other_curve(&json!({"kty": "EC", "crv": "P-384"}), "ES256").unwrap();
        assert_eq!(found.code, Code::AlgorithmMismatch);
        let words = found.message.to_string();
        assert!(words.contains("P-256") && words.contains("P-384"), "{words}");
        assert!(other_curve(&json!({"kty": "EC", "crv": "P-256"}), "ES256").is_none());
        assert!(other_curve(&json!({"kty": "EC", "crv": "P-384"}), "RS256").is_none());
    }
}
