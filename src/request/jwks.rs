//! A token's signature against a file of keys.

use crate::finding::Finding;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};

/// Whether the signature is that of a key in the set; the finding says why not.
///
/// # Errors
/// What is wrong: no such key, another signature, an algorithm that AppSync does not take.
pub fn verify(token: &str, keys: &str) -> Result<String, Box<Finding>> {
    let token = token.trim();
    let token = match token.get(..7) {
        Some(prefix) if prefix.eq_ignore_ascii_case("bearer ") => token[7..].trim(),
        _ => token,
    };
    let failed = |code: &'static str, message: String| Box::new(Finding::new(code, message).at("token.signature"));
    let set: JwkSet = serde_json::from_str(keys)
        .map_err(|error| failed("jwks-unreadable", format!("the key set is no JWKS: {error}")))?;
    let header =
        decode_header(token).map_err(|_| failed("token-malformed", "the token's header cannot be read.".to_owned()))?;
    let Some(kid) = header.kid else {
        return Err(failed("token-without-kid", "the token's header names no key (kid).".to_owned()));
    };
    let Some(key) = set.find(&kid) else {
        let known: Vec<_> = set.keys.iter().filter_map(|key| key.common.key_id.clone()).collect();
        return Err(failed(
            "key-not-in-set",
            format!(
                "the token names the key {kid:?}; the set has {known:?}: another pool or issuer, or keys that were rotated."
            ),
        ));
    };
    let decoding = DecodingKey::from_jwk(key)
        .map_err(|error| failed("jwks-unreadable", format!("the key {kid:?} cannot be used: {error}")))?;
    // Times, issuer and audience are judged apart, each with its own words.
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    match decode::<serde_json::Value>(token, &decoding, &validation) {
        Ok(_) => Ok(kid),
        Err(error) => {
            Err(failed("signature-invalid", format!("the signature is not that of the key {kid:?}: {error}.")))
        }
    }
}
