//! A compact JWT taken apart (RFC 7515, 7516, 7519). No message repeats the token.

use crate::value::{Value, from_given};
use base64::Engine as _;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

crate::message::sentence_error! {
    /// What keeps a text from being a token.
    JwtError
}

/// A token as people paste it, without the quotes and the `Bearer ` that may stand around it; and whether that stood there.
pub fn bare(text: &str) -> (&str, bool) {
    let text = text.trim().trim_matches('"');
    match text.get(..7) {
        Some(prefix) if prefix.eq_ignore_ascii_case("bearer ") => (text[7..].trim(), true),
        _ => (text, false),
    }
}

/// A token in one piece: line breaks of a mail or a terminal are no part of it.
pub fn joined(token: &str) -> Cow<'_, str> {
    if token.starts_with("ey") && token.contains(char::is_whitespace) {
        Cow::Owned(token.split_whitespace().collect())
    } else {
        Cow::Borrowed(token)
    }
}

/// The header and payload of a bare token, still encoded.
///
/// # Errors
/// What it has in the place of three parts.
pub fn parts(token: &str) -> Result<[&str; 2], JwtError> {
    if token.contains("...") || token.contains('\u{2026}') {
        return Err("the token was shortened with dots by the page or the log that shows it: copy the token whole, from where it was issued or sent".to_owned().into());
    }
    let parts: Vec<_> = token.split('.').collect();
    match parts.as_slice() {
        [header, payload, _] => Ok([header, payload]),
        [header, _, _, _, _] => Err(format!("a JWT has three parts with dots between, this has 5 ({}an encrypted token, which only its issuer can read, such as Cognito's refresh token, or an access token of a provider that was asked for no audience; send a signed one: the ID token, or an access token that is signed)", encryption(header)).into()),
        [_, _] => Err("a JWT has three parts with dots between, this has two parts: its signature is missing; copy the token whole, from the sign-in and not from a page that decodes it".to_owned().into()),
        _ => Err(format!("a JWT has three parts with dots between, this has {}; copy the token whole", parts.len()).into()),
    }
}

/// How a token of five parts is encrypted, as its header says (RFC 7516, section 4.1).
fn encryption(header: &str) -> String {
    let header = object(header).unwrap_or_default();
    let text = |name: &str| header.get(name).and_then(Json::as_str);
    match (text("alg"), text("enc")) {
        (Some(alg), Some(enc)) => format!("alg {alg}, enc {enc}: "),
        _ => String::new(),
    }
}

/// The header of a token of five parts: an encrypted one (RFC 7516, section 3).
pub fn encrypted(token: &str) -> Option<Map<String, Json>> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, _, _, _, _] = parts.as_slice() else { return None };
    object(header).filter(|header| header.contains_key("enc"))
}

/// The bytes of a part: `name` says which. Padding, and the letters of plain base64, are taken for what they mean.
///
/// # Errors
/// It is no base64url.
pub fn decode(part: &str, name: &str) -> Result<Vec<u8>, JwtError> {
    let url = part.trim_end_matches('=').replace('+', "-").replace('/', "_");
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(url)
        .map_err(|_| damaged(name, "valid base64url").into())
}

/// What is said of a part that a copy has damaged.
fn damaged(name: &str, form: &str) -> String {
    format!("its {name} is not {form}: a letter was lost or changed; copy the token whole")
}

/// A part that is an object.
pub(super) fn object(part: &str) -> Option<Map<String, Json>> {
    serde_json::from_slice(&decode(part, "part").ok()?).ok()
}

/// The payload of a nested token: a part that is itself a compact JWT.
pub fn is_nested(payload: &[u8]) -> bool {
    let text = payload.trim_ascii().trim_ascii_start();
    text.starts_with(b"eyJ") && text.iter().filter(|byte| **byte == b'.').count() >= 2
}

/// The claims of a bare token.
///
/// # Errors
/// Why it has none.
pub fn claims(token: &str) -> Result<Value, JwtError> {
    let [_, payload] = parts(token)?;
    if decode(payload, "payload").is_ok_and(|bytes| is_nested(&bytes)) {
        return Err("not a JWT: its payload is another token (a nested JWT): send the inner one".into());
    }
    json(payload, "payload").map_err(|error| format!("not a JWT: {error}").into())
}

/// A part of a token as JSON.
///
/// # Errors
/// It is not base64url, or what it holds is not JSON.
pub fn json(part: &str, name: &str) -> Result<Value, JwtError> {
    let text = String::from_utf8(decode(part, name)?).map_err(|_| damaged(name, "UTF-8"))?;
    from_given(&text).map_err(|error| format!("its {name} is not valid JSON: {error}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_plain_base64_are_read() {
        assert_eq!(decode("Pz8_Pw==", "payload").unwrap(), b"????");
        assert_eq!(decode("Pz8/Pw", "payload").unwrap(), b"????");
        assert!(decode("Pz8!", "payload").is_err());
    }
}
