//! The members of a request, and where each came from.

use super::whole;
use crate::value::{Value, from_json_str, has_long_integer};
use serde_json::Value as Json;
use std::fmt;
use std::sync::Arc;

/// A member of a request, under the name that a refusal report has for it (docs/diagnose.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// `$ctx.identity`; null is an API key's.
    Identity,
    /// `$ctx.arguments`
    Arguments,
    /// The same by its short name.
    Args,
    /// `$ctx.source`
    Source,
    /// `$ctx.result`
    Result,
    /// `$ctx.stash`
    Stash,
    /// `$ctx.prev`
    Prev,
    /// `$ctx.error`
    Error,
    /// `$ctx.env`
    Env,
    /// `$ctx.outErrors`
    OutErrors,
    /// `$ctx.info`
    Info,
    /// `$ctx.request`, but for what is a member of its own.
    Request,
    /// `request.now`: when it was.
    Now,
    /// `request.sanitized`: whether headers may have been taken out.
    Sanitized,
    /// The API's schema.
    Schema,
    /// The API's modes and settings.
    Api,
    /// The caller's policies.
    Policy,
    /// What limits them: the permissions boundary.
    Boundary,
    /// Policies of the session.
    Session,
    /// Service control policies.
    Control,
    /// What the Lambda authorizer answered; null is an answer.
    Authorizer,
    /// The event that the authorizer was called with.
    AuthorizerEvent,
    /// The authorizer's own resource policy.
    AuthorizerPolicy,
    /// What the client saw.
    Observed,
    /// The answer's own marks.
    Answer,
    /// The body that was sent.
    Body,
    /// The URL.
    Url,
    /// The address that the name led to.
    Address,
    /// How long it took, in milliseconds.
    Took,
    /// A WebSocket's handshake and frames.
    Socket,
    /// The other requests of the same file.
    Others,
    /// What the log says of it.
    Log,
    /// What the browser asked before.
    Preflight,
    /// The rows that a filter is judged on.
    Records,
    /// The seed of generated values.
    Seed,
}

/// The members with the names that reports have for them, at the top of `context`; the first of a member is its own.
const NAMES: [(&str, Member); 45] = [
    ("identity", Member::Identity),
    ("arguments", Member::Arguments),
    ("args", Member::Args),
    ("source", Member::Source),
    ("result", Member::Result),
    ("stash", Member::Stash),
    ("prev", Member::Prev),
    ("error", Member::Error),
    ("env", Member::Env),
    ("outErrors", Member::OutErrors),
    ("info", Member::Info),
    ("request", Member::Request),
    ("schema", Member::Schema),
    ("apiConfig", Member::Api),
    ("policy", Member::Policy),
    ("permissionsBoundary", Member::Boundary),
    ("PermissionsBoundary", Member::Boundary),
    ("boundary", Member::Boundary),
    ("sessionPolicy", Member::Session),
    ("sessionPolicies", Member::Session),
    ("SessionPolicy", Member::Session),
    ("SessionPolicies", Member::Session),
    ("scp", Member::Control),
    ("scps", Member::Control),
    ("SCP", Member::Control),
    ("serviceControlPolicy", Member::Control),
    ("serviceControlPolicies", Member::Control),
    ("ServiceControlPolicy", Member::Control),
    ("ServiceControlPolicies", Member::Control),
    ("authorizerResponse", Member::Authorizer),
    ("authorizerEvent", Member::AuthorizerEvent),
    ("authorizerPolicy", Member::AuthorizerPolicy),
    ("observed", Member::Observed),
    ("answer", Member::Answer),
    ("body", Member::Body),
    ("url", Member::Url),
    ("address", Member::Address),
    ("took", Member::Took),
    ("socket", Member::Socket),
    ("others", Member::Others),
    ("log", Member::Log),
    ("preflight", Member::Preflight),
    ("records", Member::Records),
    ("seed", Member::Seed),
    ("now", Member::Now),
];

/// What stands in a report beside its context.
const ABOUT: [&str; 6] = ["context", "template", "templateName", "authType", "compare", "field"];

/// What a report says for its readers.
const ASIDE: [&str; 21] = [
    "$schema", "id", "name", "title", "kind", "kinds", "category", "summary", "description", "comment", "source", "style", "covers",
    "confidence", "layer", "tooWide", "file", "options", "expected", "expect", "domainName",
];

impl Member {
    /// What templates read, under the name that they have for it.
    pub const TEMPLATES: [Self; 10] = [
        Self::Identity,
        Self::Arguments,
        Self::Args,
        Self::Source,
        Self::Result,
        Self::Stash,
        Self::Prev,
        Self::Error,
        Self::Env,
        Self::OutErrors,
    ];

    /// Whether its integers reach templates and filters, where they are whole.
    pub fn is_read_whole(self) -> bool {
        Self::TEMPLATES.contains(&self) || matches!(self, Self::Info | Self::Records)
    }

    /// The name of a member that is written nearly so.
    pub fn nearest(name: &str) -> Option<&'static str> {
        crate::nearest::nearest(name, NAMES.iter().map(|(known, _)| *known).chain(ABOUT))
    }

    /// Whether a report says by this name what it is about, or how it is to be read, and nothing of the request.
    pub fn is_about(name: &str) -> bool {
        ABOUT.contains(&name) || ASIDE.contains(&name)
    }

    /// The member of this name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, member)| *member)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sanitized => "sanitized",
            member => NAMES.iter().find(|(_, known)| *known == member).map_or("", |(name, _)| name),
        }
    }
}

/// Where a member came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberOrigin {
    /// A refusal report.
    #[default]
    Report,
    /// An entry of a HAR, or a request that was copied as cURL or `fetch()`.
    Har,
    /// The answer alone, or an error of it.
    Answer,
    /// AppSync's log.
    Log,
    /// An option of the command line.
    Option(&'static str),
    /// The project (`--from`).
    Project,
    /// The token that was sent.
    Token,
    /// The second caller's request.
    Compared,
}

impl fmt::Display for MemberOrigin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Report => "the refusal report",
            Self::Har => "the HAR",
            Self::Answer => "the answer",
            Self::Log => "the log",
            Self::Option(name) => return write!(out, "--{name}"),
            Self::Project => "the project",
            Self::Token => "the token that was sent",
            Self::Compared => "the second caller's request",
        })
    }
}

/// A member's value with its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberValue {
    json: Json,
    /// The JSON text, where it has integers beyond 64 bits, which a tree would round.
    exact: Option<Arc<str>>,
    origin: MemberOrigin,
}

impl MemberValue {
    /// A value that is a tree already.
    pub const fn new(json: Json, origin: MemberOrigin) -> Self {
        Self { json, exact: None, origin }
    }

    /// A value by its text.
    ///
    /// # Errors
    /// It is not valid JSON, or has a key twice.
    pub fn read(text: &str, origin: MemberOrigin) -> Result<Self, serde_json::Error> {
        let json = crate::json::read(text)?;
        Ok(Self { json, exact: has_long_integer(text.as_bytes()).then(|| text.into()), origin })
    }

    /// A tree in which integers beyond 64 bits are marked.
    pub fn of_marked(json: &Json, origin: MemberOrigin) -> Self {
        let exact = whole::is_marked(json).then(|| whole::text(json).into());
        Self { json: whole::rounded(json), exact, origin }
    }

    /// The value, its longest integers rounded.
    pub const fn json(&self) -> &Json {
        &self.json
    }

    /// Where it came from.
    pub const fn origin(&self) -> MemberOrigin {
        self.origin
    }

    /// What a template reads: every integer is whole.
    pub fn value(&self) -> Value {
        let exact = self.exact.as_deref().and_then(|text| from_json_str(text).ok());
        exact.unwrap_or_else(|| Value::from(&self.json))
    }
}
