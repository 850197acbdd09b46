//! Who is asking: the authorization mode, and `$ctx.identity` from a token, its claims, or as it is (APPSYNC-VTL 2.3, 2.6).

use crate::message::{Message, Part, quoted};
use crate::code::Code;
use crate::nearest::nearest;
use crate::paste::{self, Ask, FoundCaller, PasteError, header, jwt};
use crate::value::{List, Map, Value};
use std::fmt::{self, Display, Formatter};

/// An authorization mode of AppSync.
///
/// ```
/// assert_eq!(vtl_eval::AuthType::UserPool.to_string(), "User Pool Authorization");
/// ```
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

    /// AppSync's own name of it (`AuthenticationType` of its API).
    pub const fn api_name(self) -> &'static str {
        match self {
            Self::ApiKey => "API_KEY",
            Self::Iam => "AWS_IAM",
            Self::UserPool => "AMAZON_COGNITO_USER_POOLS",
            Self::Oidc => "OPENID_CONNECT",
            Self::Lambda => "AWS_LAMBDA",
        }
    }

    /// AppSync's own names of several: `A, B`.
    pub fn api_names(modes: &[Self]) -> String {
        modes.iter().map(|mode| mode.api_name()).collect::<Vec<_>>().join(", ")
    }

    /// The directive that lets it in.
    pub const fn directive(self) -> &'static str {
        match self {
            Self::ApiKey => "@aws_api_key",
            Self::Iam => "@aws_iam",
            Self::UserPool => "@aws_cognito_user_pools",
            Self::Oidc => "@aws_oidc",
            Self::Lambda => "@aws_lambda",
        }
    }

    /// Reads the short names of the command line, those of AppSync's API, of Amplify and of what `$util.authType()` gives, in
    /// whatever case and with whatever between their words.
    pub fn parse(text: &str) -> Option<Self> {
        const ALL: [AuthType; 5] = [AuthType::UserPool, AuthType::ApiKey, AuthType::Iam, AuthType::Oidc, AuthType::Lambda];
        if let Some(known) = ALL.into_iter().find(|mode| mode.as_str() == text) {
            return Some(known);
        }
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let plain = plain.strip_suffix("authorization").unwrap_or(&plain);
        Some(match plain {
            "apikey" | "key" | "awsapikey" => Self::ApiKey,
            "iam" | "awsiam" | "identitypool" | "identitypools" | "cognitoidentitypool" | "sigv4" | "awssigv4" => Self::Iam,
            "userpool" | "userpools" | "cognito" | "cognitouserpool" | "cognitouserpools" | "amazoncognitouserpool"
            | "amazoncognitouserpools" | "awscognitouserpools" => Self::UserPool,
            "oidc" | "openid" | "openidconnect" => Self::Oidc,
            "lambda" | "awslambda" | "lambdaauthorizer" | "function" | "custom" => Self::Lambda,
            _ => return None,
        })
    }

    /// What is said of a mode that is none.
    pub fn unknown(text: &str) -> String {
        const NAMES: [&str; 9] = [
            "user-pool", "iam", "api-key", "oidc", "lambda", "cognito", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT",
            "AWS_LAMBDA",
        ];
        let near = match text.to_ascii_lowercase().as_str() {
            // What Amplify's rules call by whom they let in.
            "public" | "guest" | "unauth" => " (a rule for everybody: api-key, or iam for guests)".to_owned(),
            "private" | "owner" | "groups" | "authenticated" => " (a rule for signed-in users: user-pool, oidc or iam)".to_owned(),
            "jwt" | "token" | "bearer" => " (a token is sent under two modes: user-pool for Cognito's, oidc for another provider's)".to_owned(),
            _ => nearest(text, NAMES).map_or_else(String::new, |near| format!(" (did you mean {near}?)")),
        };
        format!(
            "{} is not an authorization mode{near}: one of user-pool, iam, api-key, oidc, lambda is wanted",
            quoted(text)
        )
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
    /// What is odd about the token, and where it was found: (code, sentence).
    pub notes: Vec<(Code, Message)>,
    /// The compact token, where there was one.
    pub token: Option<String>,
    /// When its claims expire, in seconds since 1970.
    pub expires: Option<i64>,
}

/// Whether a note says that AppSync refuses the token, so that no template runs.
pub fn is_refused(code: Code) -> bool {
    matches!(
        code,
        Code::TokenExpired
            | Code::TokenUse
            | Code::TokenCritical
            | Code::TokenNested
            | Code::TokenMalformed
            | Code::TokenWithoutAlgorithm
            | Code::AlgorithmRefused
    )
}

/// Reads whatever holds a caller: a token, claims, an identity, a session (see [`paste`]). `forced` overrides the guessed
/// mode; `now` is in seconds since 1970.
///
/// # Errors
/// A sentence that says what the text is instead. It never repeats the token.
pub fn read(text: &str, forced: Option<AuthType>, now: i64) -> Result<ReadIdentity, PasteError> {
    read_as(text, forced, now, &Ask::default())
}

/// As [`read`], for a file of this name and one of two tokens.
///
/// # Errors
/// As [`read`].
pub fn read_as(
    text: &str,
    forced: Option<AuthType>,
    now: i64,
    asked: &Ask<'_>,
) -> Result<ReadIdentity, PasteError> {
    let caller = paste::caller(text, asked)?;
    let mut notes = caller.notes;
    let (value, token) = match caller.found {
        FoundCaller::Identity(identity) => {
            let auth_type = forced.or(AuthType::guess(&identity));
            return Ok(ReadIdentity { identity, auth_type, notes, token: None, expires: None });
        }
        FoundCaller::Token(token) => {
            // Line breaks and the like are told of what was pasted, where that is the token alone.
            let alone = jwt::bare(text).0.starts_with("ey");
            notes.extend(header::oddities(if alone { text } else { &token }));
            let claims = jwt::claims(&token)?;
            let issuer = claims.as_map().and_then(|claims| claims.get_str("iss")).filter(is_cognito);
            let fault = header::algorithm(&header::of_token(&token).map_err(|error| format!("not a JWT: {error}"))?, issuer.as_ref().and_then(Value::as_str));
            notes.extend(fault.map(|fault| (fault.code, fault.words)));
            (claims, Some(token))
        }
        FoundCaller::Claims(claims) => (claims, None),
    };
    let mut read = of_claims(value, forced, now);
    notes.append(&mut read.notes);
    Ok(ReadIdentity { notes, token, ..read })
}

/// The identity that these claims of a token become.
pub fn of_claims(value: Value, forced: Option<AuthType>, now: i64) -> ReadIdentity {
    let mut notes = Vec::new();
    let Value::Map(map) = &value else {
        let auth_type = forced.or(AuthType::guess(&value));
        return ReadIdentity { auth_type, identity: value, notes, token: None, expires: None };
    };
    let pool = is_pool_token(&value);
    let auth_type = forced.unwrap_or(if pool { AuthType::UserPool } else { AuthType::Oidc });
    // What two kinds of token may have tells no mode: the identity is one of OIDC, whose members every token has.
    let thin = forced.is_none() && !pool && map.get_str("iss").is_none_or(|issuer| issuer.is_null());
    if thin {
        notes.push((
            Code::ModeGuessed,
            "the claims have neither iss nor token_use, so they tell no mode: » give --auth-type (user-pool, oidc)".into(),
        ));
    }
    let expires = map.get_str("exp").and_then(|exp| if let Value::Number(exp) = exp { Some(exp.long_value()) } else { None });
    if expires.is_some_and(|expires| expires <= now) {
        notes.push((
            Code::TokenExpired,
            "the token has expired: AppSync answers 401 before any template runs".into(),
        ));
    }
    if auth_type == AuthType::UserPool {
        notes.extend(pool_notes(map));
    }
    let identity = from_claims(map, auth_type);
    ReadIdentity { identity, auth_type: (!thin).then_some(auth_type), notes, token: None, expires }
}

/// What is odd about a user pool's token.
fn pool_notes(claims: &Map) -> Vec<(Code, Message)> {
    let mut notes = Vec::new();
    match claims.get_str("token_use").as_ref().and_then(Value::as_str) {
        Some("id" | "access") => {}
        Some(other) => notes.push((
            Code::TokenUse,
            Message::of(
                "the token's token_use is {}: AppSync takes ID and access tokens only, and answers 401",
                [Part::Value(quoted(&other).to_string())],
            ),
        )),
        None => notes.push((
            Code::TokenWithoutUse,
            "the claims have no token_use: whether they are of an ID or an access token is not known".into(),
        )),
    }
    let has = |name| claims.get_str(name).is_some_and(|value| !value.is_null());
    if !has("username") && !has("cognito:username") {
        notes.push((
            Code::NoUsername,
            "the token has neither cognito:username nor username: `$ctx.identity.username` is null".into(),
        ));
    }
    notes
}

/// `$ctx.identity` as AppSync derives it from a token's claims.
fn from_claims(claims: &Map, auth_type: AuthType) -> Value {
    let claim = |name| claims.get_str(name).unwrap_or_default();
    let identity = Map::new();
    identity.put_str("sub", claim("sub"));
    // Every token has an issuer: claims that were typed without one do not say which.
    if !claim("iss").is_null() {
        identity.put_str("issuer", claim("iss"));
    }
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
    issuer.as_str().is_some_and(|issuer| pool_region(issuer).is_some())
}

/// The region of a user pool's issuer, by its first name or its updated one (aws-jwt-verify#282). Whoever likes may have a host that
/// begins so: it is AWS's where the region is the last part before `amazonaws`.
pub fn pool_region(issuer: &str) -> Option<&str> {
    let rest = issuer.strip_prefix("https://")?;
    let host = rest.split('/').next()?;
    let below = host.strip_prefix("issuer-").unwrap_or(host).strip_prefix("cognito-idp.")?;
    let (region, domain) = below.split_once('.')?;
    ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws"].contains(&domain).then_some(region)
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
    fn a_pools_issuer_is_awss_own_host() {
        assert_eq!(pool_region("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a"), Some("eu-west-1"));
        assert_eq!(pool_region("https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_a"), Some("us-east-1"));
        for other in ["https://cognito-idp.eu-west-1.amazonaws.com.login.example/eu-west-1_a", "https://cognito-idp.eu-west-1.example/a", "https://cognito-idp./a", ""] {
            assert_eq!(pool_region(other), None, "{other}");
        }
    }

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
        assert!(!error.to_string().contains("bbbb"), "{error}");
    }
}
