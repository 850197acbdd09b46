//! What is odd about how a token is written, and what its header says: one reader for every command that takes a token
//! (RFC 7515, 7518, 7519). No message repeats the token.

use super::jwt::{JwtError, bare, decode, joined};
use crate::code::Code;
use crate::message::{Message, Part};
use serde_json::{Map, Value as Json};

/// The algorithms that AppSync takes of OIDC providers (APPSYNC-VTL 7.1); user pools sign with RS256.
const ALGORITHMS: [&str; 12] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "HS256", "HS384", "HS512", "ES256", "ES384", "ES512"];

/// The header of a token from its first part.
///
/// # Errors
/// Why it cannot be read.
pub fn read(part: &str) -> Result<Map<String, Json>, JwtError> {
    let bytes = decode(part, "header").map_err(|_| JwtError::from("it is no base64url: a letter was lost or changed"))?;
    match crate::json::slice(&bytes) {
        Ok(Json::Object(header)) => Ok(header),
        Ok(_) => Err("it is JSON, and no object".into()),
        Err(error) if error.is_data() => Err(error.to_string().into()),
        Err(_) => Err("it is no JSON".into()),
    }
}

/// The header of a bare token, empty where it cannot be read, which [`oddities`] tells.
///
/// # Errors
/// A key stands twice in it: which of the two counts is not known.
pub fn of_token(token: &str) -> Result<Map<String, Json>, JwtError> {
    let part = token.split('.').next().unwrap_or_default();
    let Ok(bytes) = decode(part, "header") else { return Ok(Map::new()) };
    match crate::json::slice(&bytes) {
        Err(error) if error.is_data() => Err(format!("its header cannot be read: {error}").into()),
        Ok(Json::Object(header)) => Ok(header),
        _ => Ok(Map::new()),
    }
}

/// Why AppSync takes no token with such an algorithm.
#[derive(Clone, Debug)]
pub struct AlgorithmFault {
    /// What it is.
    pub code: Code,
    /// The sentence, without its end.
    pub words: Message,
    /// The algorithm that the header names.
    pub used: Option<String>,
}

/// That a token is not signed, or by an algorithm that AppSync takes of nobody; `issuer` is the user pool of one that claims to be
/// of a pool. A header that was not given tells nothing.
pub fn algorithm(header: &Map<String, Json>, issuer: Option<&str>) -> Option<AlgorithmFault> {
    if header.is_empty() {
        return None;
    }
    let Some(used) = header.get("alg").and_then(Json::as_str) else {
        let words = "the token's header names no algorithm (alg), which every signed token does (RFC 7515): » send it as it was issued";
        return Some(AlgorithmFault { code: Code::TokenWithoutAlgorithm, words: words.into(), used: None });
    };
    let words = match issuer {
        Some(issuer) if ALGORITHMS.contains(&used) && used != "RS256" => not_of_pool(used, issuer),
        _ if ALGORITHMS.contains(&used) => return None,
        _ if used.eq_ignore_ascii_case("none") => Message::of("the token is not signed (alg none): {}. » Send one that the API's user pool or provider signed, as it gave it out (sign in; for a test aws cognito-idp initiate-auth): who makes or strips one has no signature that fits", [Part::Text(TAKEN.to_owned())]),
        _ => Message::of("the token is signed with {}: {}. » Let the provider sign with one of these (RS256), and send the token that it then gives out", [Part::Value(used.to_owned()), Part::Text(TAKEN.to_owned())]),
    };
    Some(AlgorithmFault { code: Code::AlgorithmRefused, words, used: Some(used.to_owned()) })
}

const TAKEN: &str = "AppSync takes RS, PS, HS and ES with 256, 384 or 512 bits, user pools sign with RS256, and answers 401 to any other before any template runs";

/// A user pool signs with RS256
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html>).
fn not_of_pool(used: &str, issuer: &str) -> Message {
    let secret = if used.starts_with("HS") { " (a shared secret)" } else { "" };
    Message::of(
        "the token is signed with {}{}, and a user pool signs with RS256: this token was not issued by the pool, though its iss says {}. » Get a token from the pool (sign in, for a test with aws cognito-idp initiate-auth) instead of making one",
        [
            Part::Value(used.to_owned()),
            Part::Text(secret.to_owned()),
            Part::Value(issuer.to_owned()),
        ],
    )
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
        match read(header) {
            Ok(header) => found.extend(of_header(&header)),
            Err(why) => found.push((Code::TokenMalformed, Message::of("the token's header, its first part, cannot be read ({}): sent like this it is no token for AppSync, which answers 401 before any template runs; copy it whole, from where it was issued. Its claims are read all the same", [Part::Text(why.to_string())]))),
        }
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
            found.push((Code::TokenCritical, Message::of("the token's header marks {} as critical (crit): who does not know these must refuse it (RFC 7515), and AppSync documents none, so whether it takes such a token is not known: » let the issuer leave crit out", [Part::Value(names.join(", "))])));
        }
        Some(_) => found.push((Code::TokenCritical, "the token's header has a crit that is not a list of names: it is not valid (RFC 7515): » let the issuer leave crit out".into())),
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

#[cfg(test)]
mod tests {
    use super::*;
    use super::super::jwt::parts;
    use base64::Engine as _;

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

    /// A letter lost, a letter changed, JSON that is no object: RFC 7515, sections 4 and 5.2.
    #[test]
    fn a_header_that_cannot_be_read_is_told_once() {
        let good = token(r#"{"alg":"RS256"}"#);
        for broken in [good.replacen('.', "A.", 1), good.replacen("eyJ", "eyK", 1), token("[1]")] {
            assert_eq!(codes(&broken), ["token-malformed"], "{broken}");
            assert!(of_token(&broken).unwrap().is_empty());
        }
        assert!(of_token(&token(r#"{"alg":"RS256","alg":"none"}"#)).is_err());
    }
}
