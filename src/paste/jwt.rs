//! A compact JWT taken apart (RFC 7515, 7516, 7519). No message repeats the token.

use crate::message::{Message, Part};
use crate::code::Code;
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
        .map_err(|_| format!("its {name} is not valid base64url: a letter was lost or changed; copy the token whole").into())
}

fn object(part: &str) -> Option<Map<String, Json>> {
    serde_json::from_slice(&decode(part, "part").ok()?).ok()
}

/// What is odd about how a token is written and about its header: (code, sentence). Whatever stood around it when it was
/// pasted is not read as a part of it, and told.
pub fn oddities(text: &str) -> Vec<(Code, Message)> {
    let (token, _) = bare(text);
    let mut found = Vec::new();
    if !is_other(token) && joined(token).len() != token.len() {
        found.push((Code::TokenHasExtras, "the token has line breaks or blanks inside it, which are left out here: send it in one piece".into()));
    }
    found.extend(oddities_of_parts(text));
    found
}

/// What stands in the place of a token and is none.
fn is_other(token: &str) -> bool {
    token.starts_with('{') || token == "null"
}

/// The same of a token's parts alone, wherever they are broken.
pub fn oddities_of_parts(text: &str) -> Vec<(Code, Message)> {
    let (token, _) = bare(text);
    let mut found = Vec::new();
    if is_other(token) {
        return found;
    }
    let whole = joined(token);
    let parts: Vec<&str> = whole.split('.').collect();
    if parts.iter().any(|part| part.ends_with('=')) {
        found.push((Code::TokenHasExtras, "the token's parts end with padding (=), which a JWT has not (RFC 7515): read without it here; send it without, as it was issued".into()));
    }
    if parts.iter().any(|part| part.contains(['+', '/'])) {
        found.push((Code::TokenHasExtras, "the token is written in plain base64 (+ and / for - and _), which no JWT is: read all the same here, but its signature cannot fit; send it as it was issued".into()));
    }
    if let [header, _, _] = parts.as_slice() {
        found.extend(of_header(&object(header).unwrap_or_default()));
    }
    found
}

/// What a header asks for beyond algorithm and key: RFC 7515, 4.1.11 (`crit`), RFC 7519, 5.2 (`cty`), RFC 7515, 4.1.3 (`jwk`).
fn of_header(header: &Map<String, Json>) -> Vec<(Code, Message)> {
    let mut found = Vec::new();
    match header.get("crit") {
        None => {}
        Some(Json::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Json::as_str).collect();
            found.push((Code::TokenCritical, Message::of("the token's header marks {} as critical (crit): who does not know these must refuse it (RFC 7515), and AppSync documents none, so whether it takes such a token is not known; let the issuer leave crit out", [Part::Value(names.join(", "))])));
        }
        Some(_) => found.push((Code::TokenCritical, "the token's header has a crit that is not a list of names: it is not valid (RFC 7515); let the issuer leave crit out".into())),
    }
    let nested = |name: &str| header.get(name).and_then(Json::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("JWT"));
    if nested("cty") {
        found.push((Code::TokenNested, "the token holds another token (a nested JWT, cty JWT), and AppSync reads the outer one only: send the inner one".into()));
    }
    if header.contains_key("enc") {
        found.push((Code::TokenNested, "the token's header names an encryption (enc), and it is not an encrypted token: AppSync takes signed tokens only; send it as it was issued".into()));
    }
    if let Some(key) = header.get("jwk") {
        let curve = key.get("crv").and_then(Json::as_str).map_or_else(String::new, |curve| format!(" (crv {curve})"));
        found.push((Code::TokenCritical, Message::of("the token's header brings its own key (jwk{}): AppSync takes the keys that the issuer publishes, so this one counts for nothing", [Part::Value(curve)])));
    }
    found
}

/// Whether a compact token says that nobody signed it (`alg` none, RFC 7518, section 3.6).
pub fn is_unsigned(token: &str) -> bool {
    let header = token.split('.').next().and_then(object).unwrap_or_default();
    header.get("alg").and_then(Json::as_str).is_some_and(|alg| alg.eq_ignore_ascii_case("none"))
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
    let text = String::from_utf8(decode(part, name)?).map_err(|_| format!("its {name} is not UTF-8"))?;
    from_given(&text).map_err(|error| format!("its {name} is not valid JSON: {error}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str) -> String {
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode(header), encode(r#"{"sub":"ann"}"#))
    }

    fn codes(text: &str) -> Vec<&'static str> {
        oddities(text).into_iter().map(|(code, _)| code.as_str()).collect()
    }

    #[test]
    fn what_stands_around_a_token_is_told() {
        let plain = token(r#"{"alg":"RS256","kid":"k"}"#);
        assert_eq!(codes(&plain), Vec::<&str>::new());
        let (one, rest) = plain.split_at(20);
        assert_eq!(codes(&format!("{one}\n {rest}")), ["token-has-extras"]);
        assert_eq!(codes(&plain.replace('.', "=.")), ["token-has-extras"]);
        assert_eq!(joined(&format!("{one}\r\n{rest}")), plain);
    }

    #[test]
    fn what_a_header_asks_for_is_named() {
        assert_eq!(codes(&token(r#"{"alg":"RS256","crit":["exp2"]}"#)), ["token-critical"]);
        assert_eq!(codes(&token(r#"{"alg":"RS256","crit":"exp2"}"#)), ["token-critical"]);
        assert_eq!(codes(&token(r#"{"alg":"RS256","cty":"JWT"}"#)), ["token-nested"]);
        assert_eq!(codes(&token(r#"{"alg":"ES256","jwk":{"kty":"EC","crv":"P-256"}}"#)), ["token-critical"]);
        let jwe = token(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#) + ".YQ.YQ";
        assert!(parts(&jwe).unwrap_err().to_string().contains("alg RSA-OAEP, enc A256GCM"));
    }

    #[test]
    fn padding_and_plain_base64_are_read() {
        assert_eq!(decode("Pz8_Pw==", "payload").unwrap(), b"????");
        assert_eq!(decode("Pz8/Pw", "payload").unwrap(), b"????");
        assert!(decode("Pz8!", "payload").is_err());
    }
}
