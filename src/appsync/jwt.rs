//! A compact JWT taken apart. No message repeats the token.

use base64::Engine as _;

/// A token as people paste it, without the quotes and the `Bearer ` that may stand around it; and whether that stood there.
pub fn bare(text: &str) -> (&str, bool) {
    let text = text.trim().trim_matches('"');
    match text.get(..7) {
        Some(prefix) if prefix.eq_ignore_ascii_case("bearer ") => (text[7..].trim(), true),
        _ => (text, false),
    }
}

/// The header and payload of a bare token, still encoded.
///
/// # Errors
/// What it has in the place of three parts.
pub fn parts(token: &str) -> Result<[&str; 2], String> {
    let parts: Vec<_> = token.split('.').collect();
    match parts.as_slice() {
        [header, payload, _] => Ok([header, payload]),
        [_, _, _, _, _] => Err("it has three parts with dots between, this has 5 (an encrypted token, such as Cognito's refresh token; send the ID or the access token)".to_owned()),
        _ => Err(format!("it has three parts with dots between, this has {}; copy the token whole", parts.len())),
    }
}

/// The bytes of a part: `name` says which.
///
/// # Errors
/// It is no base64url.
pub fn decode(part: &str, name: &str) -> Result<Vec<u8>, String> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part.trim_end_matches('='))
        .map_err(|_| format!("its {name} is no base64url: a letter was lost or changed; copy the token whole"))
}
