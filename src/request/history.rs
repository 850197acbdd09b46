//! The other requests of the same file: one that succeeded with the same credential proves what it proves.

use super::token::{self, Token};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::hash::{BuildHasher as _, BuildHasherDefault};

/// Others that are kept of one kind.
const MOST: usize = 4;

/// What a request came with, as far as it may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// `key`, `token`, `signature`.
    pub kind: CredentialKind,
    /// `the API key ending in xu65`.
    pub shown: String,
    /// Equal of equal credentials.
    print: u64,
}

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
            let key = value.split("Credential=").nth(1)?.split('/').next()?;
            return Some(Self::new(CredentialKind::Signature, key, format!("the access key {key}")));
        }
        let shown = match token::read(value) {
            Ok(token) => whose(&token),
            Err(_) => format!("the token ending in {}", tail(value)),
        };
        Some(Self::new(CredentialKind::Token, value, shown))
    }

    fn new(kind: CredentialKind, value: &str, shown: String) -> Self {
        let print = BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(value);
        Self { kind, shown, print }
    }

    /// Whether both are the same.
    pub fn is(&self, other: &Self) -> bool {
        self.kind == other.kind && self.print == other.print
    }
}

/// The last four letters of a credential: what may be shown of it.
pub fn tail(value: &str) -> String {
    let value = super::answer::masked_tail(value).filter(|tail| !tail.is_empty()).unwrap_or(value);
    let skip = if value.len() < 12 { 0 } else { value.chars().count().saturating_sub(4) };
    value.chars().skip(skip).take(12).collect()
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
    /// Whether that is what the judged request came with.
    pub same: bool,
    /// `Type.field` of what was asked for, the first.
    pub field: Option<String>,
    /// What was selected of it.
    pub selection: Vec<String>,
    /// Its arguments.
    pub arguments: Map<String, Json>,
    /// The HTTP status.
    pub status: u64,
    /// Whether AppSync let it in.
    pub passed: bool,
    /// Whether it came after the judged one.
    pub later: bool,
    /// Whether it is a WebSocket.
    pub socket: bool,
    /// A refusal by another service.
    pub foreign: Option<Foreign>,
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
}

impl Past {
    /// Reads what the file's reader wrote.
    pub fn list(json: &Json) -> Vec<Self> {
        serde_json::from_value(json.clone()).unwrap_or_default()
    }

    /// When it was, as a clock shows it.
    pub fn clock(&self) -> String {
        self.at.map_or_else(|| "another time".to_owned(), |at| clock(at / 1000))
    }
}

/// `10:03:30Z`
pub fn clock(seconds: i64) -> String {
    let moment = token::moment(seconds);
    moment.split_once('T').map_or(moment.clone(), |(_, clock)| clock.to_owned())
}

/// The requests of a file, in its order.
#[derive(Debug, Default)]
pub struct History {
    all: Vec<Past>,
}

impl History {
    /// One more request.
    pub fn push(&mut self, past: Past) {
        self.all.push(past);
    }

    /// What bears on the request at this place: those with the same credential, those that passed, refusals of others.
    pub fn about(&self, at: usize) -> Vec<Past> {
        let Some(own) = self.all.get(at) else { return self.foreign() };
        let mut others: Vec<(usize, Past)> = Vec::new();
        for (place, past) in self.all.iter().enumerate().filter(|(place, _)| *place != at) {
            let same = match (&own.credential, &past.credential) {
                (Some(one), Some(other)) => one.is(other),
                _ => false,
            };
            others.push((place, Past { same, later: place > at, ..past.clone() }));
        }
        others.sort_by_key(|(place, _)| place.abs_diff(at));
        let mut counts = std::collections::HashMap::new();
        others.retain(|(_, past)| {
            let count = counts
                .entry((past.same, past.passed, past.later, past.foreign.is_some(), past.field == own.field))
                .or_insert(0);
            *count += 1;
            *count <= MOST
        });
        others.into_iter().map(|(_, past)| past).collect()
    }

    /// The refusals of other services, where no request is AppSync's.
    pub fn foreign(&self) -> Vec<Past> {
        self.all.iter().filter(|past| past.foreign.is_some()).take(MOST).cloned().collect()
    }
}
