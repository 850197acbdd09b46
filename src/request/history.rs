//! The other requests of the same file: one that succeeded with the same credential proves what it proves.

use super::answer::LogSays;
use super::observed::Preflight;
use super::scope::CredentialScope;
use super::token::{self, Token};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::hash::{BuildHasher as _, BuildHasherDefault};

/// Others that are kept of one kind.
pub(super) const MOST: usize = 4;
/// How many others are looked at on each side of a request: a file may hold tens of thousands.
const FARTHEST: usize = 500;
/// What tells the kinds of others apart.
const KINDS: usize = 8;
/// Letters of a credential's end that are compared with those which a log shows.
const END: usize = 8;
/// Fewer letters than this tell nothing.
const SHORTEST_END: usize = 4;

/// What a request came with, as far as it may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// `key`, `token`, `signature`.
    pub kind: CredentialKind,
    /// `the API key ending in xu65`.
    pub shown: String,
    /// Equal of equal credentials.
    print: u64,
    /// Its last letters, as many as a log shows of one that it masks.
    end: String,
    /// Whether no more than its end is known.
    masked: bool,
    /// Whether the token stood behind `Bearer `.
    pub bearer: bool,
    /// What a token says of its kind and of whom it was issued to: the claims that services compare.
    claims: Vec<(String, String)>,
    /// Whose token it is.
    #[serde(default)]
    pub user: Option<TokenUser>,
    /// The groups that a token names.
    #[serde(default)]
    groups: Vec<String>,
    /// When the token was issued, in seconds since 1970.
    #[serde(default)]
    pub issued: Option<i64>,
}

/// Whose a token is, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUser {
    /// Who issued it.
    issuer: String,
    /// The user's id (`sub`).
    sub: String,
    /// The app client that it was issued to (`client_id`, `aud`), where it names one.
    #[serde(default)]
    client: Option<String>,
    /// When the user signed in (`auth_time`), or the token was issued, in seconds since 1970.
    pub since: i64,
}

impl TokenUser {
    /// Of a token that is a user's: a machine's has its client's id as `sub`.
    fn of(token: &Token) -> Option<Self> {
        let (issuer, sub) = (token.text("iss")?.to_owned(), token.text("sub")?.to_owned());
        let machine = token.text("client_id").or(token.text("azp")) == Some(&sub);
        let since = token.time("auth_time").or_else(|| token.time("iat")).filter(|_| !machine)?;
        let client = token.text("client_id").or_else(|| token.text("aud")).map(str::to_owned);
        Some(Self { issuer, sub, client, since })
    }

    /// Whether both are one user of one issuer.
    pub fn is_same(&self, other: &Self) -> bool {
        self.issuer == other.issuer && self.sub == other.sub
    }

    fn is_of_other_app(&self, other: &Self) -> bool {
        self.client.as_ref().zip(other.client.as_ref()).is_some_and(|(one, other)| one != other)
    }

    /// Whether another user of the same issuer signed in after this one, to the same app: the sessions of two apps of one pool
    /// do not follow one another.
    pub fn is_before(&self, other: &Self) -> bool {
        self.issuer == other.issuer && !self.is_of_other_app(other) && self.sub != other.sub && self.since < other.since
    }
}

/// The claims by which tokens of one user differ in what they are good for.
const TELLING: [&str; 7] = ["token_use", "iss", "aud", "client_id", "azp", "scope", "cognito:groups"];
/// Preflights that are kept of a file.
const MOST_PREFLIGHTS: usize = 2_000;
/// How far the times of a request and its preflight may be apart, in milliseconds.
const SLACK: i64 = 1_000;
/// Groups of a token that are kept.
const MOST_GROUPS: usize = 100;
/// A claim longer than this is not told.
const LONGEST_CLAIM: usize = 120;

/// The kinds of credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CredentialKind {
    /// None that is known.
    #[default]
    None,
    /// An API key.
    Key,
    /// A token in `Authorization`.
    Token,
    /// A SigV4 signature: its access key.
    Signature,
}

impl Credential {
    /// Of a request's headers, names in lower case; masked values do as well.
    pub fn of(headers: &Map<String, Json>) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(Json::as_str).map(str::trim).filter(|text| !text.is_empty());
        if let Some(key) = text("x-api-key") {
            return Some(Self::new(CredentialKind::Key, key, format!("the API key ending in {}", tail(key))));
        }
        let value = text("authorization")?;
        if value.starts_with("AWS4-HMAC-SHA256") {
            let key = CredentialScope::of(value)?.key;
            return Some(Self::new(CredentialKind::Signature, key, format!("the access key {key}")));
        }
        Some(Self::of_token(value))
    }

    /// Of a token, with or without `Bearer `.
    pub fn of_token(value: &str) -> Self {
        let (bare, bearer) = crate::paste::jwt::bare(value);
        let token = token::read(bare).ok();
        let shown = token.as_ref().map_or_else(|| format!("the token ending in {}", tail(bare)), whose);
        let claims = token.as_ref().map(telling).unwrap_or_default();
        let user = token.as_ref().and_then(TokenUser::of);
        let groups = token.as_ref().map(|token| token.named(&["cognito:groups"])).unwrap_or_default();
        let groups = groups.into_iter().take(MOST_GROUPS).collect();
        let issued = token.as_ref().and_then(|token| token.time("iat"));
        Self { claims, bearer, user, groups, issued, ..Self::new(CredentialKind::Token, bare, shown) }
    }

    /// Whether both are tokens that one provider issued to one user.
    pub fn is_of_same_user(&self, other: &Self) -> bool {
        self.user.as_ref().zip(other.user.as_ref()).is_some_and(|(one, other)| one.is_same(other))
    }

    /// Whether both name the app that they were issued to, and it is another one.
    pub fn is_of_other_app(&self, other: &Self) -> bool {
        self.user.as_ref().zip(other.user.as_ref()).is_some_and(|(one, other)| one.is_of_other_app(other))
    }

    /// `id` or `access`, of a token of Cognito.
    pub fn token_use(&self) -> Option<&str> {
        self.claim("token_use")
    }

    /// Who issued a token.
    pub fn issuer(&self) -> Option<&str> {
        self.claim("iss")
    }

    /// The client that a token was issued to.
    pub fn client(&self) -> Option<&str> {
        ["client_id", "azp", "aud"].into_iter().find_map(|name| self.claim(name))
    }

    /// The groups that a token names.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The claims in which two tokens differ: the name, what this one has, what the other has.
    pub fn differences<'a>(&'a self, other: &'a Self) -> Vec<(&'static str, Option<&'a str>, Option<&'a str>)> {
        if self.claims.is_empty() || other.claims.is_empty() {
            return Vec::new();
        }
        let pairs = TELLING.into_iter().map(|name| (name, self.claim(name), other.claim(name)));
        pairs.filter(|(_, mine, theirs)| mine != theirs).collect()
    }

    fn claim(&self, name: &str) -> Option<&str> {
        self.claims.iter().find(|(claim, _)| claim == name).map(|(_, value)| value.as_str())
    }

    fn new(kind: CredentialKind, value: &str, shown: String) -> Self {
        let print = BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(value);
        let tail = super::answer::masked_tail(value);
        let whole = tail.unwrap_or(value);
        let skip = if tail.is_some() { 0 } else { whole.chars().count().saturating_sub(END) };
        let end = whole.chars().skip(skip).collect();
        Self { kind, shown, print, end, masked: tail.is_some(), ..Self::default() }
    }

    /// Whether both are the same; one that is masked is the other where it ends as that does.
    pub fn is(&self, other: &Self) -> bool {
        let alike = |masked: &Self, whole: &Self| {
            masked.masked && masked.end.len() >= SHORTEST_END && whole.end.ends_with(&masked.end)
        };
        self.kind == other.kind && (self.print == other.print || alike(self, other) || alike(other, self))
    }
}

/// The last four letters of a credential: what may be shown of it.
pub fn tail(value: &str) -> String {
    let value = super::answer::masked_tail(value).filter(|tail| !tail.is_empty()).unwrap_or(value);
    let skip = if value.len() < 12 { 0 } else { value.chars().count().saturating_sub(4) };
    value.chars().skip(skip).take(12).collect()
}

fn telling(token: &Token) -> Vec<(String, String)> {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let claim = |name: &str| Some((name.to_owned(), text(token.claims.get(name)?)));
    TELLING.into_iter().filter_map(claim).filter(|(_, value)| value.len() <= LONGEST_CLAIM).collect()
}

fn whose(token: &Token) -> String {
    let user = ["username", "cognito:username", "sub"].iter().find_map(|claim| token.text(claim)).unwrap_or("its user");
    let kind = match token.text("token_use") {
        Some("id") => "ID token",
        Some("access") => "access token",
        _ => "token",
    };
    format!("the {kind} of {user}")
}

/// Another request of the same file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Past {
    /// When, in milliseconds since 1970.
    pub at: Option<i64>,
    /// The host that it went to.
    pub host: String,
    /// What it came with.
    pub credential: Option<Credential>,
    /// Whether it was a key without an Authorization header.
    pub alone: bool,
    /// Whether that is what the judged request came with.
    pub same: bool,
    /// `Type.field` of what was asked for, the first.
    pub field: Option<String>,
    /// What was selected of it.
    pub selection: Vec<String>,
    /// Its arguments.
    pub arguments: Map<String, Json>,
    /// What was answered of it, as far as it is single values.
    pub answered: Map<String, Json>,
    /// The HTTP status.
    pub status: u64,
    /// Where it was redirected to.
    pub redirect: Option<String>,
    /// Whether AppSync let it in: its credential.
    pub passed: bool,
    /// Whether its field is known to have been resolved, too: a field that is refused alone ends with 200 as well.
    pub field_passed: bool,
    /// Whether it came after the judged one.
    pub later: bool,
    /// Whether it is a WebSocket.
    pub socket: bool,
    /// The channel of an Event API that it published to.
    pub channel: Option<String>,
    /// The time that it was signed with (`x-amz-date`).
    pub signed: Option<String>,
    /// How long it took, in milliseconds.
    pub took: Option<u64>,
    /// A refusal by another service.
    pub foreign: Option<Foreign>,
    /// A call to another service that was not answered, or ended with an error of the server's.
    pub failed: Option<FailedCall>,
    /// Credentials that an identity pool gave out.
    pub issued: Option<Issued>,
    /// Whether a user pool signed somebody in.
    pub signed_in: bool,
    /// The token that it gave out for that.
    pub session: Option<Credential>,
    /// The refresh token that it gave out.
    pub refresh: Option<Credential>,
}

/// Credentials that an identity pool gave out
/// (<https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Issued {
    /// The access key id.
    pub key: String,
    /// Whether without `Logins`: for a guest, with the role of those who did not sign in.
    pub guest: bool,
    /// Until when they are good (`Expiration`), in seconds since 1970.
    pub until: Option<i64>,
}

/// A call to another service that was not answered, or ended with an error of the server's.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FailedCall {
    /// `Amazon S3`.
    pub service: String,
    /// The method.
    pub method: String,
    /// The address, without the query.
    pub url: String,
    /// The browser's own word for it.
    pub error: Option<String>,
    /// The status of its preflight, where that did not succeed.
    pub preflight: Option<u64>,
}

/// A refusal that is another service's.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Foreign {
    /// `Amazon S3`.
    pub service: String,
    /// The method and path, without the query.
    pub call: String,
    /// The error's code.
    pub code: String,
    /// Its message.
    pub message: String,
    /// The operation, where AWS's JSON protocol names it: in small letters.
    pub operation: Option<String>,
    /// Whether the call was signed (SigV4), in its headers or its address.
    pub signed: bool,
    /// Whether a CloudFront distribution passed it on.
    pub distributed: bool,
    /// Which of Cognito's tokens the call carried: `id` or `access`, and no secret.
    #[serde(rename = "tokenUse")]
    pub token: Option<SentToken>,
    /// Whether the call was to renew a token.
    pub renews: bool,
    /// When the address was signed in advance, and for how long.
    pub presigned: Option<Presigned>,
    /// The bytes of its cookies.
    pub cookies: usize,
}

/// Which of Cognito's two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SentToken {
    /// The ID token.
    Id,
    /// The access token.
    Access,
}

/// An address that was signed in advance
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Presigned {
    /// `X-Amz-Date`, in seconds since 1970.
    pub at: i64,
    /// `X-Amz-Expires`: how many seconds it is good for.
    pub lasts: i64,
}

impl Past {
    /// Whether it came with a credential of this kind.
    pub fn came_with(&self, kind: CredentialKind) -> bool {
        self.credential.as_ref().is_some_and(|one| one.kind == kind)
    }

    /// Reads what the file's reader wrote.
    pub fn list(json: &Json) -> Vec<Self> {
        serde_json::from_value(json.clone()).unwrap_or_default()
    }

    /// What a log says of a request.
    pub fn of_log(says: &LogSays) -> Self {
        let refused = says.entries.iter().any(|(_, refused)| *refused);
        let passed = says.status == Some(200) && !refused;
        // Without an entry of the field nothing says that its resolver ran.
        let ran = says.fields.first().is_some_and(|field| says.entries.iter().any(|(name, _)| name == field));
        let mut all = says.headers.clone();
        // Of a signature the end is another each time, and the access key is masked with it.
        let signed = all.contains_key("x-amz-date");
        for (name, tail) in says.masked.iter().filter(|(name, tail)| !(tail.is_empty() || signed && *name == "authorization")) {
            all.insert(name.clone(), Json::from(format!("****{tail}")));
        }
        Self {
            at: says.time,
            host: says.headers.get("host").and_then(Json::as_str).unwrap_or_default().to_owned(),
            credential: Credential::of(&all),
            alone: says.complete && keyed_alone(|name| all.contains_key(name) || says.masked.contains_key(name)),
            field: says.fields.first().cloned(),
            status: says.status.unwrap_or(0),
            signed: says.headers.get("x-amz-date").and_then(Json::as_str).map(str::to_owned),
            took: says.took,
            passed,
            field_passed: passed && ran,
            ..Self::default()
        }
    }

    /// When it was, as a clock shows it.
    pub fn clock(&self) -> String {
        self.at.map_or_else(|| "another time".to_owned(), |at| clock(at / 1000))
    }
}

/// Whether a key was sent, and no Authorization header with it.
pub fn keyed_alone(has: impl Fn(&str) -> bool) -> bool {
    has("x-api-key") && !has("authorization")
}

/// `10:03:30Z`
pub fn clock(seconds: i64) -> String {
    let moment = token::moment(seconds);
    moment.split_once('T').map_or(moment.clone(), |(_, clock)| clock.to_owned())
}

/// The hosts of queries and of WebSockets of one API.
pub fn related(one: &str, other: &str) -> bool {
    let plain = |host: &str| host.replace(".appsync-realtime-api.", ".appsync-api.");
    plain(one) == plain(other)
}

/// The requests of a file, in its order.
#[derive(Debug, Default)]
pub struct History {
    all: Vec<Past>,
    /// What browsers asked before requests: the address, when, and what came.
    preflights: Vec<(String, i64, Preflight)>,
}

impl History {
    /// One more request.
    pub fn push(&mut self, past: Past) {
        self.all.push(past);
    }

    /// One more preflight, to this address, at this time in milliseconds.
    pub fn push_preflight(&mut self, url: &str, at: i64, preflight: Preflight) {
        if self.preflights.len() < MOST_PREFLIGHTS {
            self.preflights.push((url.to_owned(), at, preflight));
        }
    }

    /// The preflight of a request that began then and took so long, in milliseconds: some browsers write it behind the request
    /// that waits for it.
    pub fn preflight(&self, url: &str, began: i64, took: f64) -> Option<Preflight> {
        let during = began.saturating_sub(SLACK)..=began.saturating_add(took.max(0.0) as i64).saturating_add(SLACK);
        let own = |one: &&(String, i64, Preflight)| one.0 == url && during.contains(&one.1);
        self.preflights.iter().find(own).map(|(_, _, preflight)| preflight.clone())
    }

    /// What bears on the request at this place, the nearest first: those with the same credential, those that passed,
    /// refusals of others.
    pub fn about(&self, at: usize) -> Vec<Past> {
        let Some(own) = self.all.get(at) else { return self.foreign() };
        let (mut found, mut counts) = (Vec::new(), [0; 1 << KINDS]);
        let nearest = (1..=FARTHEST.min(self.all.len())).flat_map(|away| [at.checked_sub(away), at.checked_add(away)]);
        for place in nearest.flatten() {
            let Some(past) = self.all.get(place) else { continue };
            let same = own.credential.as_ref().zip(past.credential.as_ref()).is_some_and(|(one, other)| one.is(other));
            let later = place > at;
            let kinds: [bool; KINDS] = [
                same,
                later,
                past.passed,
                past.foreign.is_some(),
                past.field == own.field,
                past.issued.is_some(),
                past.signed_in,
                past.failed.is_some(),
            ];
            let kind = kinds.into_iter().fold(0, |bits, holds| bits << 1 | usize::from(holds));
            if let Some(count) = counts.get_mut(kind).filter(|count| **count < MOST) {
                *count += 1;
                found.push(Past { same, later, ..past.clone() });
            }
        }
        found
    }

    /// The refusals of other services, where no request is AppSync's.
    pub fn foreign(&self) -> Vec<Past> {
        self.all.iter().filter(|past| past.foreign.is_some() || past.failed.is_some()).take(MOST).cloned().collect()
    }

    /// Puts beside each call that was not answered what became of its preflight.
    pub fn join_preflights(&mut self) {
        let status = |past: &Past| {
            let failed = past.failed.as_ref()?;
            self.preflight(&failed.url, past.at?, past.took.map_or(0.0, |took| took as f64))?.status
        };
        let found: Vec<Option<u64>> = self.all.iter().map(|past| status(past).filter(|status| !(200..300).contains(status))).collect();
        for (past, status) in self.all.iter_mut().zip(found) {
            past.failed.iter_mut().for_each(|failed| failed.preflight = status);
        }
    }
}
