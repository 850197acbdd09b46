//! A token: its claims, what kind it is and what it lacks. The signature is never shown.

use crate::appsync::identity::pool_region;
use crate::json::bounded_time;
use crate::message::{Message, Part, quoted};
use crate::paste::header::{self, AlgorithmFault};
use crate::paste::{self, Ask, FoundCaller, jwt};
use crate::code::Code;
use crate::finding::Finding;
use serde_json::{Map, Value as Json};

crate::message::sentence_error! {
    /// What keeps a text from being a token, or why it holds none. It never repeats the token.
    TokenError: crate::paste::PasteError, jwt::JwtError
}

/// A token taken apart.
#[derive(Clone, Debug)]
pub struct Token {
    /// The header: algorithm and key id; empty when only claims were given.
    pub header: Map<String, Json>,
    /// The payload.
    pub claims: Map<String, Json>,
}

/// Reads a compact JWT, with or without `Bearer `, or a JSON object of claims.
///
/// # Errors
/// A sentence that never repeats the token.
pub fn read(text: &str) -> Result<Token, TokenError> {
    let (token, _) = jwt::bare(text);
    let joined = jwt::joined(token);
    let token = joined.as_ref();
    if token.starts_with('{') {
        let claims = crate::json::typed(token).map_err(|error| format!("not a valid JSON object of claims: {error}"))?;
        return Ok(Token { header: Map::new(), claims });
    }
    let whole = || {
        let [header, payload] = jwt::parts(token)?;
        Ok(Token { header: part(header, "header")?, claims: part(payload, "payload")? })
    };
    whole().map_err(|error: TokenError| format!("not a JWT: {error}").into())
}

/// A compact JWT whose claims count also where its header cannot be read, which is told of how it is written.
///
/// # Errors
/// As [`read`].
pub fn opened(token: &str) -> Result<Token, TokenError> {
    let joined = jwt::joined(jwt::bare(token).0);
    if joined.starts_with('{') {
        return read(token);
    }
    let whole = || {
        let [_, payload] = jwt::parts(&joined)?;
        Ok(Token { header: header::of_token(&joined)?, claims: part(payload, "payload")? })
    };
    whole().map_err(|error: TokenError| format!("not a JWT: {error}").into())
}

/// The claims of a compact JWT, or of a JSON object of claims, as values: integers beyond 64 bits stay whole.
pub fn claims(text: &str) -> Option<crate::value::Value> {
    let (token, _) = jwt::bare(text);
    let joined = jwt::joined(token);
    if joined.starts_with('{') {
        return crate::value::from_given(&joined).ok().filter(|claims| claims.as_map().is_some());
    }
    jwt::claims(&joined).ok()
}

/// Finds the token in whatever holds one, and says what was found; with the compact token, where there is one.
///
/// # Errors
/// What the text is instead, and what takes it.
pub fn pasted(text: &str, asked: &Ask<'_>) -> Result<(Token, Option<String>, Vec<Message>), TokenError> {
    let caller = paste::caller(text, asked)?;
    let said = caller.notes.into_iter().filter(|(code, _)| *code != Code::BearerPrefix).map(|(_, said)| said).collect();
    let claims = match caller.found {
        FoundCaller::Token(token) => return Ok((opened(&token)?, Some(token), said)),
        FoundCaller::Claims(claims) => claims,
        FoundCaller::Identity(identity) => identity
            .as_map()
            .and_then(|map| map.get_str("claims"))
            .filter(|claims| claims.as_map().is_some())
            .ok_or("this caller has no token: IAM, API keys and Lambda authorizers have no claims")?,
    };
    let json = claims.to_json().map_err(|error| error.message)?;
    Ok((read(&json)?, None, said))
}

fn part(text: &str, name: &str) -> Result<Map<String, Json>, TokenError> {
    let bytes = jwt::decode(text, name)?;
    if name == "payload" && jwt::is_nested(&bytes) {
        return Err("its payload is another token (a nested JWT): send the inner one".into());
    }
    match crate::json::slice(&bytes) {
        Ok(Json::Object(map)) => Ok(map),
        // A key that stands twice; the token itself is not repeated.
        Err(error) if error.is_data() => Err(format!("its {name} cannot be read: {error}").into()),
        _ => Err(format!("its {name} is not a JSON object").into()),
    }
}

impl Token {
    /// A claim's text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Json::as_str)
    }

    /// A claim that is a time, in seconds since 1970.
    pub fn time(&self, claim: &str) -> Option<i64> {
        let value = self.claims.get(claim)?;
        value.as_i64().or_else(|| value.as_f64().map(|value| value as i64)).map(bounded_time)
    }

    /// The client that the token was issued to: `aud` of an ID token, `client_id` of an access token, `azp`.
    pub fn clients(&self) -> Vec<String> {
        self.named(&["aud", "client_id", "azp"])
    }

    /// The claim that names the client: where it is looked for, and what is shown of it.
    pub fn client_claim(&self) -> &'static str {
        ["aud", "client_id", "azp"].into_iter().find(|claim| self.claims.contains_key(*claim)).unwrap_or("aud")
    }

    /// Whether its client is one that the API lets in: a setting is a client id or a pattern (7.1).
    pub fn is_for(&self, setting: &str) -> bool {
        self.is_for_any(setting, &["aud", "client_id", "azp"])
    }

    /// The texts of these claims.
    pub fn named(&self, claims: &[&str]) -> Vec<String> {
        let list = |claim: &&str| match self.claims.get(*claim) {
            Some(Json::String(one)) => vec![one.clone()],
            Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        claims.iter().flat_map(list).collect()
    }

    /// Whether one of these claims is what a setting, a client id or a pattern, lets in.
    pub fn is_for_any(&self, setting: &str, claims: &[&str]) -> bool {
        let pattern = fancy_regex::Regex::new(setting).ok();
        self.named(claims).iter().any(|client| {
            client == setting || pattern.as_ref().is_some_and(|pattern| pattern.is_match(client).unwrap_or(false))
        })
    }

    /// That it is not signed, or not by an algorithm that AppSync takes of its issuer.
    pub fn algorithm_refused(&self) -> Option<Finding> {
        header::algorithm(&self.header, self.text("iss").filter(|issuer| is_pool(issuer))).map(of_algorithm)
    }

    /// That it is not signed, or by an algorithm that AppSync takes of nobody.
    pub fn algorithm_unknown(&self) -> Option<Finding> {
        header::algorithm(&self.header, None).map(of_algorithm)
    }

    /// That a user pool's token is neither of the two kinds that AppSync takes.
    pub fn use_refused(&self) -> Option<Finding> {
        if let Some(finding) = self.to_renew() {
            return Some(finding);
        }
        let used = self.text("token_use").filter(|used| !matches!(*used, "id" | "access"))?;
        self.is_cognito().then(|| {
            Finding::new(
                Code::TokenUse,
                Message::of(
                    "the token's token_use is {}: AppSync takes ID and access tokens only.",
                    [
                        Part::Value(quoted(&used).to_string()),
                    ],
                ),
            )
            .at("token.token_use")
            .actual(used)
            .wanted("id or access")
        })
    }

    /// A refresh token that is a JWT itself: Keycloak writes what a token is for into the claim `typ` (its `TokenUtil`: `Bearer`,
    /// `ID`, `Refresh`, `Offline`).
    fn to_renew(&self) -> Option<Finding> {
        let kind = self.text("typ").filter(|kind| matches!(*kind, "Refresh" | "Offline"))?;
        let used = self.header.get("alg").and_then(Json::as_str).filter(|used| used.starts_with("HS"));
        let secret = used.map_or_else(String::new, |used| format!(", which is signed with a secret of the provider's own ({used})"));
        Some(
            Finding::new(
                Code::TokenUse,
                Message::of(
                    "the token is a refresh token (its typ is {}, as Keycloak marks it){}: it only fetches new tokens at the provider, and is no credential for an API. » Send the access token (access_token, whose typ is Bearer) or the ID token of the same answer, and keep the refresh token to the provider's token endpoint.",
                    [Part::Value(quoted(kind).to_string()), Part::Text(secret)],
                ),
            )
            .at("token.typ")
            .actual(kind)
            .wanted("Bearer or ID"),
        )
    }

    /// Whether a Cognito user pool issued it.
    pub fn is_cognito(&self) -> bool {
        self.text("iss").is_some_and(is_pool)
    }

    /// `exp`, `nbf` and `iat` against a time; without one only what needs none. True means refused.
    pub fn times(&self, now: Option<i64>) -> Vec<(bool, Finding)> {
        let Some(exp) = self.time("exp") else {
            return vec![(true, without_exp(self.claims.get("exp")))];
        };
        if exp > MILLISECONDS {
            return vec![(false, in_milliseconds(exp, self.claims.get("exp")))];
        }
        let Some(now) = now else {
            let finding = Finding::new(
                Code::ExpiryUnknown,
                Message::of(
                    "the token expires at {}: whether it had expired is not known without the time of the request. Sent before that, it was in date; sent later, AppSync answers 401. » Give that time (--now, or request.now in a report; a HAR or the API's log has it).",
                    [Part::Value(moment(exp).to_string())],
                ),
            );
            return vec![(false, finding.at("token.exp").actual(exp))];
        };
        let nbf = self.time("nbf").filter(|nbf| *nbf > now).map(|nbf| not_yet_valid(nbf, now));
        let iat = self.time("iat").filter(|iat| *iat > now + 300).map(|iat| issued_later(iat, now));
        let exp = (exp <= now).then(|| self.expired(exp, now));
        [exp, nbf, iat].into_iter().flatten().map(|finding| (true, finding)).collect()
    }

    /// From `iat` to `exp`, where that is too short for a client to keep the token between two calls: some providers give a
    /// session's token a minute (Clerk: <https://clerk.com/docs/references/android/get-token>).
    pub fn short_life(&self) -> Option<i64> {
        let life = self.time("exp")?.saturating_sub(self.time("iat")?);
        (1..=SHORT_LIFE).contains(&life).then_some(life)
    }

    /// That it lives too short for a client to keep it: then calls are refused now and then, and pass again.
    pub fn of_short_life(&self) -> Option<Finding> {
        let life = self.short_life()?;
        let message = Message::of(
            "the token lives {} only (from iat to exp): a client that keeps it is refused that much later, so calls fail now and then and pass after the next sign-in or refresh. » Ask the provider's library for the token before each request (and for a WebSocket at each connect and subscribe), or let the provider give tokens for this API a longer life.",
            [Part::Value(span(life))],
        );
        Some(Finding::new(Code::TokenShortLife, message).at("token.exp").actual(life))
    }

    fn expired(&self, exp: i64, now: i64) -> Finding {
        let (at, ago) = (Part::Value(moment(exp)), Part::Value(span(now - exp)));
        let message = match self.short_life() {
            Some(life) => Message::of(
                "the token expired at {}, {} before the request: it lives {} only (from iat to exp). » Ask the provider's library for the token before each request (a function that the client calls each time, such as getToken(), and for a WebSocket at each connect and subscribe), and keep none; or let the provider give tokens for this API a longer life.",
                [at, ago, Part::Value(span(life))],
            ),
            None => Message::of(
                "the token expired at {}, {} before the request: » refresh it before the call, and do not keep it in headers.",
                [at, ago],
            ),
        };
        Finding::new(Code::TokenExpired, message).at("token.exp").actual(exp).wanted(format!("> {now}"))
    }
}

fn of_algorithm(fault: AlgorithmFault) -> Finding {
    let finding = Finding::new(fault.code, Message::joined("{}.", [fault.words])).at("token.alg").wanted("RS256");
    match fault.used {
        Some(used) => finding.actual(used),
        None => finding,
    }
}

/// A token that lives no longer than this many seconds has to be asked for at each call; a user pool's live five minutes at least
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>, AccessTokenValidity).
const SHORT_LIFE: i64 = 300;

/// Seconds since 1970 are smaller than this until the year 5138.
const MILLISECONDS: i64 = 100_000_000_000;

/// No `exp`, or one that is no number (RFC 7519, 2: NumericDate).
fn without_exp(written: Option<&Json>) -> Finding {
    let message = match written {
        Some(written) => Message::of(
            "the token's exp is {}, and a number is wanted (seconds since 1970, RFC 7519), not a text: AppSync has no expiry to read. » Let the provider write it as a number.",
            [Part::Value(written.to_string())],
        ),
        None => "the token has no exp claim, which AppSync wants: » let the provider set it.".into(),
    };
    Finding::new(Code::TokenWithoutExp, message).at("token.exp").actual(written.cloned())
}

/// An `exp` that counts milliseconds, or is too large for those too.
fn in_milliseconds(exp: i64, written: Option<&Json>) -> Finding {
    if exp / 1000 > MILLISECONDS {
        let written = written.map_or_else(|| exp.to_string(), Json::to_string);
        let message = Message::of(
            "the token's exp is {}, and a JWT counts seconds since 1970 (RFC 7519): by its size it counts neither those nor milliseconds, read so it never ends, and whether AppSync takes that is not documented. » Let the provider write seconds.",
            [Part::Value(written.clone())],
        );
        return Finding::new(Code::ExpiryUnknown, message).at("token.exp").actual(written);
    }
    let message = Message::of(
        "the token's exp is {}, which is of milliseconds by its size (they would be {}), and a JWT counts seconds since 1970 (RFC 7519): read so it hardly ever ends, and whether AppSync takes that is not documented. » Let the provider write seconds.",
        [Part::Value(exp.to_string()), Part::Value(moment(exp / 1000))],
    );
    Finding::new(Code::ExpiryUnknown, message).at("token.exp").actual(exp).wanted(exp / 1000)
}

fn not_yet_valid(nbf: i64, now: i64) -> Finding {
    Finding::new(
        Code::TokenNotYetValid,
        Message::of(
            "the token is valid from {} on only (nbf), {} after the request: the clock of the server that issued it runs ahead, or that of this request is behind. » Set the clocks (NTP), or let the provider write nbf some seconds back; the same token is good from then on.",
            [Part::Value(moment(nbf).to_string()), Part::Value(span(nbf - now).to_string())],
        ),
    )
    .at("token.nbf")
    .actual(nbf)
    .wanted(format!("<= {now}"))
}

fn issued_later(iat: i64, now: i64) -> Finding {
    Finding::new(
        Code::TokenIssuedLater,
        Message::of(
            "the token was issued at {}, after the request: a clock is wrong; » set it.",
            [Part::Value(moment(iat).to_string())],
        ),
    )
    .at("token.iat")
    .actual(iat)
    .wanted(format!("<= {now}"))
}

/// The issuer that is meant: a user pool's id or ARN stands for its address.
pub fn issuer_of(text: &str) -> std::borrow::Cow<'_, str> {
    let pool = text.strip_prefix("arn:").and_then(|arn| arn.split_once(":userpool/")).map_or(text, |(_, pool)| pool);
    let is_pool = !pool.contains(['/', ':']);
    super::api::pool_issuer(pool, None).filter(|_| is_pool).map_or(text.into(), Into::into)
}

/// Whether an issuer is a Cognito user pool.
pub fn is_pool(issuer: &str) -> bool {
    pool_region(issuer).is_some()
}

/// Whether an issuer is a user pool by its first name, not its updated one (aws-jwt-verify#282).
pub fn is_plain_pool(issuer: &str) -> bool {
    is_pool(issuer) && issuer.starts_with("https://cognito-idp.")
}

/// A time as people read it.
pub fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

/// A length of time in its largest unit.
pub fn span(seconds: i64) -> String {
    let seconds = seconds.abs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
