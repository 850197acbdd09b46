//! Who is asking: the authorization mode, and `$ctx.identity` from a token, its claims, or as it is (APPSYNC-VTL 2.3, 2.6).

use crate::message::quoted;
use super::jwt;
use crate::code::Code;
use crate::value::{List, Map, Value, from_given};
use std::fmt::{self, Display, Formatter};

/// An authorization mode of AppSync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthType {
    /// API key
    ApiKey,
    /// IAM
    Iam,
    /// Cognito user pools
    UserPool,
    /// OpenID Connect
    Oidc,
    /// A Lambda authorizer
    Lambda,
}

impl AuthType {
    /// What `$util.authType()` gives (APPSYNC-VTL 1.6).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "API Key Authorization",
            Self::Iam => "IAM Authorization",
            Self::UserPool => "User Pool Authorization",
            Self::Oidc => "Open ID Connect Authorization",
            Self::Lambda => "Lambda Authorization",
        }
    }

    /// Reads the short names of the command line, those of AppSync's API, and what `$util.authType()` gives.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::ApiKey, Self::Iam, Self::UserPool, Self::Oidc, Self::Lambda];
        let short = ["api-key", "iam", "user-pool", "oidc", "lambda"];
        let api = ["API_KEY", "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA"];
        let names = short.into_iter().zip(api);
        let is_named =
            |(mode, (short, api)): &(Self, (&str, &str))| mode.as_str() == text || *short == text || *api == text;
        all.into_iter().zip(names).find(is_named).map(|(mode, _)| mode)
    }

    /// The mode that an identity of this shape comes from: a guess, to be labelled as one (APPSYNC-VTL 2.6).
    pub fn guess(identity: &Value) -> Option<Self> {
        let Value::Map(identity) = identity else { return Some(Self::ApiKey) };
        let has = |key| identity.get_str(key).is_some_and(|value| !value.is_null());
        if has("resolverContext") {
            Some(Self::Lambda)
        } else if has("userArn") || has("accountId") || has("cognitoIdentityId") {
            Some(Self::Iam)
        } else if has("username")
            || has("defaultAuthStrategy")
            || identity.get_str("issuer").is_some_and(|iss| is_cognito(&iss))
        {
            Some(Self::UserPool)
        } else if has("claims") {
            Some(if identity.get_str("claims").is_some_and(|claims| is_pool_token(&claims)) {
                Self::UserPool
            } else {
                Self::Oidc
            })
        } else {
            None
        }
    }
}

impl Display for AuthType {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What was made of `--claims`.
#[derive(Debug)]
pub struct ReadIdentity {
    /// `$ctx.identity`
    pub identity: Value,
    /// The mode that the identity comes from.
    pub auth_type: Option<AuthType>,
    /// What is odd about the token: (code, sentence).
    pub notes: Vec<(Code, String)>,
}

/// Whether a note says that AppSync refuses the token, so that no template runs.
pub fn is_refused(code: Code) -> bool {
    matches!(
        code,
        Code::TokenExpired
            | Code::TokenUse
            | Code::TokenCritical
            | Code::TokenNested
            | Code::TokenWithoutAlgorithm
            | Code::AlgorithmRefused
    )
}

/// Reads a compact JWT, a JSON object of claims, or an AppSync identity object. `forced` overrides the guessed mode;
/// `now` is in seconds since 1970.
///
/// # Errors
/// A sentence that says why the text is none of these. It never repeats the token.
pub fn read(text: &str, forced: Option<AuthType>, now: i64) -> Result<ReadIdentity, String> {
    let mut notes = Vec::new();
    let (token, bearer) = jwt::bare(text);
    let joined = jwt::joined(token);
    let token = joined.as_ref();
    if bearer {
        notes.push((Code::BearerPrefix, "the token carries a `Bearer ` prefix; Amplify sends it bare".to_owned()));
    }
    notes.extend(jwt::oddities(text));
    if jwt::is_unsigned(token) {
        let words = "the token is not signed (alg none): AppSync answers 401 before any template runs";
        notes.push((Code::AlgorithmRefused, words.to_owned()));
    }
    let value = if token.starts_with('{') || token == "null" {
        from_given(token).map_err(|error| format!("no JSON: {error}"))?
    } else {
        payload(token)?
    };
    let Value::Map(map) = &value else {
        return Ok(ReadIdentity { auth_type: forced.or(AuthType::guess(&value)), identity: value, notes });
    };
    let is_identity = ["claims", "userArn", "accountId", "resolverContext", "cognitoIdentityId"];
    if is_identity.iter().any(|key| map.contains_str(key)) {
        let auth_type = forced.or(AuthType::guess(&value));
        return Ok(ReadIdentity { identity: value, auth_type, notes });
    }
    let pool = is_pool_token(&value);
    let auth_type = forced.unwrap_or(if pool { AuthType::UserPool } else { AuthType::Oidc });
    if let Some(Value::Number(exp)) = map.get_str("exp")
        && exp.long_value() <= now
    {
        notes.push((
            Code::TokenExpired,
            "the token has expired: AppSync answers 401 before any template runs".to_owned(),
        ));
    }
    if auth_type == AuthType::UserPool {
        notes.extend(pool_notes(map));
    }
    let identity = from_claims(map, auth_type);
    Ok(ReadIdentity { identity, auth_type: Some(auth_type), notes })
}

/// What is odd about a user pool's token.
fn pool_notes(claims: &Map) -> Vec<(Code, String)> {
    let mut notes = Vec::new();
    match claims.get_str("token_use").as_ref().and_then(Value::as_str) {
        Some("id" | "access") => {}
        Some(other) => notes.push((
            Code::TokenUse,
            format!("the token's token_use is {other}: AppSync takes ID and access tokens only, and answers 401", other = quoted(&other)),
        )),
        None => notes.push((
            Code::TokenUse,
            "the claims have no token_use: whether they are of an ID or an access token is not known".to_owned(),
        )),
    }
    let has = |name| claims.get_str(name).is_some_and(|value| !value.is_null());
    if !has("username") && !has("cognito:username") {
        notes.push((
            Code::NoUsername,
            "the token has neither cognito:username nor username: `$ctx.identity.username` is null".to_owned(),
        ));
    }
    notes
}

fn payload(token: &str) -> Result<Value, String> {
    let [_, payload] = jwt::parts(token).map_err(|error| format!("neither JSON nor a JWT: {error}"))?;
    let bytes = jwt::decode(payload, "payload").map_err(|error| format!("no JWT: {error}"))?;
    if jwt::is_nested(&bytes) {
        return Err("no JWT: its payload is another token (a nested JWT): send the inner one".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "the token's payload is no UTF-8".to_owned())?;
    from_given(&text).map_err(|error| format!("the token's payload is no JSON: {error}"))
}

/// `$ctx.identity` as AppSync derives it from a token's claims.
fn from_claims(claims: &Map, auth_type: AuthType) -> Value {
    let claim = |name| claims.get_str(name).unwrap_or_default();
    let identity = Map::new();
    identity.put_str("sub", claim("sub"));
    identity.put_str("issuer", claim("iss"));
    if auth_type == AuthType::UserPool {
        let is_access = claim("token_use").as_str() == Some("access");
        let names = if is_access { ["username", "cognito:username"] } else { ["cognito:username", "username"] };
        let username = names.iter().map(|name| claim(name)).find(|value| !value.is_null()).unwrap_or_default();
        identity.put_str("username", username);
    }
    identity.put_str("claims", claims.clone());
    if auth_type == AuthType::UserPool {
        identity.put_str("sourceIp", List::new(vec!["127.0.0.1".into()]));
        identity.put_str("defaultAuthStrategy", "ALLOW");
        identity.put_str("groups", claim("cognito:groups"));
    }
    identity.into()
}

fn is_cognito(issuer: &Value) -> bool {
    issuer.as_str().is_some_and(|issuer| issuer.starts_with("https://cognito-idp."))
}

fn is_pool_token(claims: &Value) -> bool {
    let Value::Map(claims) = claims else { return false };
    match claims.get_str("iss") {
        Some(issuer) if !issuer.is_null() => is_cognito(&issuer),
        _ => {
            claims.contains_str("token_use") || claims.keys().iter().any(|key| key.to_string().starts_with("cognito:"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_token_takes_cognito_username() {
        let claims = r#"{"sub":"s","iss":"https://cognito-idp.eu-west-1.amazonaws.com/p","cognito:username":"ann","token_use":"id"}"#;
        let read = read(claims, None, 0).unwrap();
        assert_eq!(read.auth_type, Some(AuthType::UserPool));
        assert_eq!(read.identity.as_map().unwrap().get_str("username").unwrap().as_str(), Some("ann"));
    }

    #[test]
    fn a_token_is_never_repeated_in_an_error() {
        let error = read("aaaa.bbbb", None, 0).unwrap_err();
        assert!(!error.contains("bbbb"), "{error}");
    }
}
