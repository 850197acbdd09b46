//! What a token says, what `$ctx.identity` it becomes, and what AppSync would refuse it for.

use crate::message::{Message, Part, quoted};
use super::Layout;
use super::fold::{fold, fold_after};
use super::page::{code, escape, findings, page, section, table, tree, verdict};
use super::words::tag;
use crate::appsync::{AuthType, identity};
use crate::paste::header;
use crate::code::{Certainty, Code};
use crate::request::credentials::issuer::{is_same_but_slash, slash_alone};
use crate::finding::Finding;
use crate::request::token::{Token, claims, is_pool, moment, span};
use crate::request::whole;
use crate::value::Value;
use super::style::{AnsiColor, Style};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;

crate::message::sentence_error! {
    /// Claims that cannot be shown.
    TokenReportError: serde_json::Error
}

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// What AppSync makes of these is not documented: an `exp` that counts milliseconds, a header that asks for more, a form that no
/// token has.
const UNDOCUMENTED: [Code; 4] = [Code::ExpiryUnknown, Code::TokenCritical, Code::TokenNested, Code::TokenHasExtras];

/// The report of a token.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenReport {
    schema: u32,
    /// `ID token`, `access token` …
    kind: String,
    /// Whether AppSync would refuse it.
    pub refused: bool,
    /// What could not be judged, by the codes of the findings that tell of it: empty where the answer is sure.
    unknown: Vec<Code>,
    algorithm: Option<String>,
    key_id: Option<String>,
    claims: Vec<ClaimRow>,
    auth_type: Option<&'static str>,
    #[serde(serialize_with = "as_written")]
    identity: Json,
    expires: Option<i64>,
    expires_at: Option<String>,
    expires_in_seconds: Option<i64>,
    signature: &'static str,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct ClaimRow {
    name: String,
    #[serde(serialize_with = "as_written")]
    value: Json,
    r#type: &'static str,
    meaning: &'static str,
}

/// A value as JSON in which integers beyond 64 bits are marked.
fn marked(value: &Value) -> Result<Json, TokenReportError> {
    let text = value.to_json().map_err(|error| error.message)?;
    Ok(serde_json::from_str(&whole::marked(&text)).map_err(|error| error.to_string())?)
}

/// Integers beyond 64 bits are marked in the claims, and written whole.
fn as_written<S: serde::Serializer>(json: &Json, to: S) -> Result<S::Ok, S::Error> {
    let raw = serde_json::value::RawValue::from_string(whole::text(json)).map_err(serde::ser::Error::custom)?;
    raw.serialize(to)
}

impl ClaimRow {
    /// The time of a claim that is one.
    fn moment(&self) -> Option<String> {
        let time = matches!(self.name.as_str(), "exp" | "iat" | "nbf" | "auth_time");
        self.value.as_i64().filter(|_| time).map(moment)
    }
}

fn kind(token: &Token) -> String {
    match (token.text("token_use"), token.is_cognito()) {
        (Some("id"), _) => "Cognito ID token".to_owned(),
        (Some("access"), _) => "Cognito access token".to_owned(),
        (Some(other), _) => format!("Cognito token of use {other}", other = quoted(&other)),
        (None, true) => "Cognito token without token_use".to_owned(),
        (None, false) => "OpenID Connect token".to_owned(),
    }
}

fn meaning(claim: &str) -> &'static str {
    match claim {
        "sub" => "the user's id; does not change",
        "iss" => "who issued it: must be the API's pool or provider",
        "aud" => "the client it is for (ID tokens)",
        "client_id" => "the client it is for (access tokens)",
        "azp" => "the client that asked for it",
        "exp" => "refused from this time on",
        "nbf" => "refused before this time",
        "iat" => "issued at",
        "auth_time" => "signed in at",
        "token_use" => "id or access",
        "username" => "the user's name (access tokens)",
        "cognito:username" => "the user's name (ID tokens)",
        "cognito:groups" => "the user's groups, as of when the token was issued",
        "cognito:roles" | "cognito:preferred_role" => "IAM roles of the groups",
        "scope" => "OAuth scopes",
        "email" | "phone_number" | "name" | "given_name" | "family_name" => "a profile attribute (ID tokens)",
        other if other.starts_with("custom:") => "a custom attribute (ID tokens; access tokens only by a trigger)",
        _ => "",
    }
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::String(_) if whole::is_marked(value) => "number",
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(text)
            if text.trim_start().starts_with(['[', '{']) && serde_json::from_str::<Json>(text).is_ok() =>
        {
            "string that holds JSON"
        }
        Json::String(_) => "string",
        Json::Array(_) => "list",
        Json::Object(_) => "map",
    }
}

impl TokenReport {
    /// The report of a token; `signature` is what checking it against keys gave.
    ///
    /// # Errors
    /// The claims cannot be read.
    pub fn new(
        text: &str,
        token: &Token,
        issuer: Option<&str>,
        audience: Option<&str>,
        now: Option<i64>,
        signature: Option<Result<String, Box<Finding>>>,
    ) -> Result<Self, TokenReportError> {
        let claims = claims(text).unwrap_or_else(|| Value::from(&Json::Object(token.claims.clone())));
        let exact = marked(&claims)?;
        let read = identity::of_claims(claims, None, 0);
        let identity = marked(&read.identity)?;
        let clock = now.unwrap_or_else(|| jiff::Timestamp::now().as_second());
        let mut judged = token.times(Some(clock));
        judged.extend(of_another_api(token, issuer, audience).map(|finding| (finding.certainty == Certainty::Certain, finding)));
        judged.extend(bearer(text).map(|finding| (false, finding)));
        judged.extend(written(text).into_iter().map(|finding| (finding.code == Code::TokenMalformed, finding)));
        // What has expired says so itself.
        let short = token.of_short_life().filter(|_| judged.is_empty());
        judged.extend(short.map(|finding| (false, finding)));
        judged.extend(lacks(token).into_iter().map(|finding| (false, finding)));
        let mut refused = judged.iter().any(|(wrong, _)| *wrong);
        let mut findings: Vec<Finding> = judged.into_iter().map(|(_, finding)| finding).collect();
        let state = match &signature {
            None => "not checked",
            Some(Ok(_)) => "valid",
            Some(Err(_)) => "invalid",
        };
        if let Some(Err(finding)) = signature {
            refused = true;
            findings.extend((!findings.contains(&finding)).then_some(*finding));
        }
        let mut unknown: Vec<Code> = UNDOCUMENTED.into_iter().filter(|code| findings.iter().any(|finding| finding.code == *code)).collect();
        // Whether a slash alone counts depends on the API's modes.
        unknown.extend(findings.iter().filter(|finding| finding.code == Code::IssuerMismatch && finding.certainty != Certainty::Certain).map(|finding| finding.code));
        let expires = token.time("exp");
        let row = |(name, value): (&String, &Json)| ClaimRow {
            name: name.clone(),
            value: value.clone(),
            r#type: type_of(value),
            meaning: meaning(name),
        };
        Ok(Self {
            schema: 1,
            kind: kind(token),
            refused,
            unknown,
            algorithm: named(&token.header, "alg"),
            key_id: named(&token.header, "kid"),
            claims: exact.as_object().into_iter().flatten().map(row).collect(),
            auth_type: read.auth_type.map(AuthType::as_str),
            identity,
            expires,
            expires_at: expires.map(moment),
            expires_in_seconds: expires.map(|expires| expires - clock),
            signature: state,
            findings,
        })
    }
}

impl TokenReport {
    /// Whether something of a token that is not refused is not certain.
    pub fn is_doubted(&self) -> bool {
        !self.unknown.is_empty() || self.findings.iter().any(|finding| finding.code == Code::BearerPrefix)
    }
}

impl TokenReport {
    /// Whether AppSync takes it, in a word.
    fn word(&self) -> (&'static str, AnsiColor) {
        match self.refused {
            true => ("REFUSED", AnsiColor::Red),
            false if !self.unknown.is_empty() => ("UNKNOWN", AnsiColor::Yellow),
            false => ("ACCEPTABLE", AnsiColor::Green),
        }
    }
}

/// What makes the token one that this API does not take.
fn of_another_api(token: &Token, issuer: Option<&str>, audience: Option<&str>) -> impl Iterator<Item = Finding> {
    let found = [
        issuer.and_then(|wanted| other_issuer(token, wanted)),
        token.algorithm_refused(),
        token.use_refused(),
        audience.and_then(|wanted| other_client(token, wanted)),
    ];
    found.into_iter().flatten()
}

/// The token is of another issuer than the API takes.
fn other_issuer(token: &Token, wanted: &str) -> Option<Finding> {
    let own = token.text("iss").unwrap_or_default();
    if own == wanted {
        return None;
    }
    if is_same_but_slash(own, wanted) {
        // A pool's issuer has none, however the option was written.
        return (!token.is_cognito()).then(|| slash_alone(wanted, own, &[]));
    }
    let message = Message::of(
        "the token is of {}, the API takes {}: configure the client with that.",
        [Part::Value(token.text("iss").unwrap_or("nobody").to_owned()), Part::Value(wanted.to_owned())],
    );
    let finding = Finding::new(Code::IssuerMismatch, message).at("token.iss");
    Some(finding.actual(token.text("iss")).wanted(wanted))
}

/// The token was issued to another client than the API takes.
fn other_client(token: &Token, wanted: &str) -> Option<Finding> {
    if token.is_for(wanted) {
        return None;
    }
    let message = Message::of(
        "the token was issued to {}, the API takes {}: » sign in with that client.",
        [Part::Value(token.clients().join(", ")), Part::Value(wanted.to_owned())],
    );
    let finding = Finding::new(Code::ClientMismatch, message).at(format!("token.{}", token.client_claim()));
    Some(finding.actual(json!(token.clients())).wanted(wanted))
}

fn bearer(text: &str) -> Option<Finding> {
    let carries = text.trim().get(..7).is_some_and(|prefix| prefix.eq_ignore_ascii_case("bearer "));
    carries.then(|| {
        Finding::new(
            Code::BearerPrefix,
            "the token carries a `Bearer ` prefix: AppSync wants it bare for user pools and OIDC.",
        )
    })
}

fn named(map: &Map<String, Json>, name: &str) -> Option<String> {
    map.get(name).and_then(Json::as_str).map(str::to_owned)
}

/// How it is written, and what its header asks for.
fn written(text: &str) -> Vec<Finding> {
    header::oddities(text).into_iter().map(|(code, words)| Finding::new(code, Message::joined("{}.", [words]))).collect()
}

/// What this kind of token does not have, and what form its claims have.
fn lacks(token: &Token) -> Vec<Finding> {
    let mut found = Vec::new();
    match token.text("token_use") {
        Some("access") => found.push(Finding::new(
            Code::AccessToken,
            "an access token has no custom:… and no profile claims (email, name): rules on them need the ID token, or a trigger that adds them.",
        )),
        Some("id") => found.push(Finding::new(
            Code::IdToken,
            "an ID token has cognito:username, not username, and no scope.",
        )),
        _ if token.text("iss").is_some_and(is_pool) => {
            found.push(Finding::new(Code::TokenWithoutUse, "a user pool's token has a token_use claim; this has none."));
        }
        _ => {}
    }
    if token.is_cognito() && !token.claims.contains_key("cognito:groups") {
        found.push(
            Finding::new(
                Code::NoGroups,
                "no cognito:groups claim: the user was in no group when the token was issued.",
            )
            .at("token.cognito:groups"),
        );
    }
    for (name, value) in &token.claims {
        if type_of(value) == "string that holds JSON" {
            found.push(
                Finding::new(
                    Code::ClaimIsJsonString,
                    Message::of(
                        "claim {} is a string that holds JSON, not a list or map: rules must parse it.",
                        [
                            Part::Name(name.to_string()),
                        ],
                    ),
                )
                .at(format!("token.{name}"))
                .actual(value.clone()),
            );
        }
    }
    found
}

/// For a person at a terminal.
pub fn text(report: &TokenReport, layout: Layout) -> String {
    let mut out = String::new();
    let _ = write_text(report, layout, &mut out);
    out
}

fn write_text(report: &TokenReport, layout: Layout, out: &mut String) -> std::fmt::Result {
    let (word, colour) = report.word();
    let style = colour.on_default().bold();
    let about = format!("{}  {FAINT}{}{FAINT:#}", report.kind, report.auth_type.unwrap_or(""));
    writeln!(out, "{}", fold_after(&format!("{style}{word}{style:#}  "), &about, layout.width, 2))?;
    if let (Some(at), Some(left)) = (&report.expires_at, report.expires_in_seconds) {
        let words = if left > 0 { format!("in {}", span(left)) } else { format!("{} ago", span(left)) };
        let expiry = format!("expires {at} ({words}); signature {}", report.signature);
        writeln!(out, "{}", fold(&expiry, layout.width, 2))?;
    }
    for finding in &report.findings {
        let text = format!("{}  {FAINT}{}{FAINT:#}", finding.message, tag(finding));
        writeln!(out, "{}", fold_after(&format!("{STRONG}→{STRONG:#} "), &text, layout.width, 2))?;
    }
    writeln!(out, "\n{STRONG}Claims{STRONG:#}")?;
    let width = report.claims.iter().map(|claim| claim.name.chars().count()).max().unwrap_or(0).min(32);
    for claim in &report.claims {
        let note = if let Some(when) = claim.moment() {
            when
        } else if claim.r#type == "string" {
            String::new()
        } else {
            claim.r#type.to_owned()
        };
        let about = [note.as_str(), claim.meaning].join(" ");
        let text = format!("{}  {FAINT}{}{FAINT:#}", whole::text(&claim.value), about.trim());
        let name = format!("  {:<width$}  ", claim.name);
        writeln!(out, "{}", fold_after(&name, &text, layout.width, width.min(20) + 4))?;
    }
    writeln!(out, "\n{STRONG}$ctx.identity{STRONG:#}")?;
    for line in whole::pretty(&report.identity).lines() {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// One self-contained page.
pub fn html(report: &TokenReport) -> String {
    let (word, _) = report.word();
    let about = format!("{} {}", report.kind, report.auth_type.unwrap_or(""));
    let mut body = verdict(1, word, &escape(&about));
    if !report.findings.is_empty() {
        body += &section(2, "What to look at", &findings(&report.findings, &|path| code(path)));
    }
    let frame = json!({
        "algorithm": report.algorithm,
        "key id": report.key_id,
        "signature": report.signature,
        "expires": report.expires,
        "expires at": report.expires_at,
        "expires in seconds": report.expires_in_seconds,
    });
    body += &section(2, "Token", &tree(&frame));
    let row = |claim: &ClaimRow| {
        let when = claim.moment().unwrap_or_default();
        let meaning = [when.as_str(), claim.meaning].join(" ");
        let cells =
            vec![escape(&claim.name), code(&whole::text(&claim.value)), claim.r#type.to_owned(), escape(meaning.trim())];
        (String::new(), cells)
    };
    let rows: Vec<_> = report.claims.iter().map(row).collect();
    body += &section(2, "Claims", &table("Claims", &["claim", "value", "type", "meaning"], &rows));
    body += &section(2, "$ctx.identity", &tree(&whole::spelled(&report.identity)));
    page(&format!("{word} token"), &body)
}
