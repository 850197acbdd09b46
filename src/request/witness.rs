//! What other entries of the same archive prove: a credential that another request got 200 with is good, and refusals of
//! other services (API Gateway, CloudFront, Cognito, STS, S3) are theirs, not AppSync's.

use super::evidence::{Evidence, time};
use super::layer::{Layer, LayerName, State};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use serde_json::{Map, Value as Json, json};

/// Reports of one archive are held until its end up to this many bytes, so that each knows the others.
const HELD: usize = 64 << 20;
/// Others beyond this count are not looked at.
const MOST: usize = 1000;

/// Another request of the same archive that AppSync answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    /// When, in seconds since 1970.
    pub time: Option<i64>,
    /// The host.
    pub host: String,
    /// `Type.field`, if the field itself came without an error.
    pub field: Option<String>,
    /// What it was sent with.
    pub credential: Credential,
}

/// A credential, to be compared and never shown whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `x-api-key`
    Key(String),
    /// The access key id of a signature.
    Signature(String),
    /// Any other `Authorization`.
    Token(String),
}

impl Credential {
    fn of(headers: &Map<String, Json>) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
        if let Some(key) = text("x-api-key") {
            return Some(Self::Key(key.to_owned()));
        }
        let value = text("authorization")?;
        match value.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next()) {
            Some(id) if value.starts_with("AWS4-HMAC-SHA256") => Some(Self::Signature(id.to_owned())),
            _ => Some(Self::Token(value.to_owned())),
        }
    }

    /// As a sentence calls it, by its last four characters.
    fn words(&self) -> String {
        let end = |text: &str| text.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect::<String>();
        match self {
            Self::Key(key) => format!("API key (ending {})", end(key)),
            Self::Signature(id) => format!("access key (ending {})", end(id)),
            Self::Token(token) => format!("token (ending {})", end(token)),
        }
    }

    /// What an answer to it proves.
    fn proves(&self) -> &'static str {
        match self {
            Self::Key(_) => "that key is this API's and had not expired",
            Self::Signature(_) => "key, signature and clock are good",
            Self::Token(_) => "its issuer, client and signature are good, and it had not expired then",
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A refusal of another service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The service.
    pub service: Service,
    /// When, in seconds since 1970.
    pub time: Option<i64>,
    /// Host and path.
    pub place: String,
    /// The HTTP status.
    pub status: u64,
    /// What it said.
    pub told: String,
}

/// Services whose refusals are taken for AppSync's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// API Gateway.
    Gateway,
    /// CloudFront.
    CloudFront,
    /// Cognito user pools.
    Pool,
    /// Cognito identity pools.
    Identity,
    /// STS.
    Sts,
    /// S3.
    S3,
}

impl Service {
    /// By its host, or by the headers that it puts on its answers.
    fn of(host: &str, answer: &Map<String, Json>) -> Option<Self> {
        let has = |name: &str| answer.contains_key(name);
        let server = answer.get("server").and_then(Json::as_str).unwrap_or_default();
        Some(match host {
            _ if host.starts_with("cognito-identity.") => Self::Identity,
            _ if host.starts_with("cognito-idp.") || host.contains(".amazoncognito.com") => Self::Pool,
            _ if host.starts_with("sts.") && host.contains("amazonaws.com") => Self::Sts,
            _ if host.contains(".execute-api.") || has("x-amz-apigw-id") || has("x-amz-apigw-request-id") => {
                Self::Gateway
            }
            _ if host.contains(".s3.")
                || host.starts_with("s3.")
                || host.starts_with("s3-")
                || server == "AmazonS3" =>
            {
                Self::S3
            }
            _ if server == "CloudFront" || has("x-amz-cf-id") => Self::CloudFront,
            _ => return None,
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Gateway => "API Gateway",
            Self::CloudFront => "CloudFront",
            Self::Pool => "Cognito (the user pool)",
            Self::Identity => "Cognito Identity (the identity pool)",
            Self::Sts => "STS",
            Self::S3 => "Amazon S3",
        }
    }

    /// What to do about a refusal of it.
    fn cure(self, told: &str) -> &'static str {
        match self {
            Self::Gateway if told.contains("Missing Authentication Token") => {
                "There it usually means that the path or method does not exist: check stage, path and method of that API, or sign the call if the method's authorization is IAM."
            }
            Self::Gateway => "Check the authorizer, usage plan or resource policy of that API's method.",
            Self::CloudFront => {
                "Check the distribution: its WAF, signed URLs, allowed methods, and whether it forwards the Authorization header."
            }
            Self::Pool if told.to_lowercase().contains("refresh token") => {
                "So the session could not be renewed, and the old token was sent on: sign the user in again, and let the app show the sign-in when a refresh fails."
            }
            Self::Pool => "Sign the user in again, and check the app client.",
            Self::Identity if told.contains("Unauthenticated access is not supported") => {
                "Turn on unauthenticated (guest) access for that identity pool with a guest role, or sign the user in before the call."
            }
            Self::Identity => "Check the identity pool's providers, client ids and roles.",
            Self::Sts => {
                "Check the trust policy of that role: its principal must be the token's provider, and its conditions (aud, sub) must fit the token."
            }
            Self::S3 => {
                "The role that signs lacks s3:GetObject (or s3:PutObject) on that key, or the prefix (private/, protected/) belongs to another identity: allow it in the role's policy or the bucket's, or store it under public/."
            }
        }
    }
}

/// What the other entries tell.
#[derive(Clone, Debug, Default)]
pub struct Others {
    /// Requests that AppSync accepted.
    pub successes: Vec<Success>,
    /// Refusals of other services.
    pub foreign: Vec<Foreign>,
    /// The host of this request.
    pub host: String,
}

impl Others {
    /// Of a report's context.
    pub fn of(context: &Json) -> Self {
        let list = |name: &str| {
            context.pointer(&format!("/others/{name}")).and_then(Json::as_array).cloned().unwrap_or_default()
        };
        let text = |one: &Json, name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let success = |one: &Json| {
            Some(Success {
                time: one.get("time").and_then(time),
                host: text(one, "host"),
                field: Some(text(one, "field")).filter(|field| !field.is_empty()),
                credential: Credential::of(one.get("headers")?.as_object()?)?,
            })
        };
        let foreign = |one: &Json| {
            let answer = one.get("answer").and_then(Json::as_object).cloned().unwrap_or_default();
            Some(Foreign {
                service: Service::of(&text(one, "host"), &answer)?,
                time: one.get("time").and_then(time),
                place: text(one, "place"),
                status: one.get("status").and_then(Json::as_u64).unwrap_or(0),
                told: text(one, "told"),
            })
        };
        Self {
            successes: list("successes").iter().filter_map(success).collect(),
            foreign: list("foreign").iter().filter_map(foreign).collect(),
            host: context.pointer("/others/host").and_then(Json::as_str).unwrap_or_default().to_owned(),
        }
    }
}

/// Reports of an archive, held until all are known.
#[derive(Debug, Default)]
pub struct Held {
    reports: Vec<Json>,
    bytes: usize,
    successes: Vec<Json>,
    foreign: Vec<Json>,
    given: bool,
    entry: u64,
}

type Found<'a> = &'a mut dyn FnMut(Json) -> Result<(), String>;

fn text<'a>(json: &'a Json, pointer: &str) -> &'a str {
    json.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// Host and path of an address.
fn host(url: &str) -> (&str, &str) {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    (rest.split('/').next().unwrap_or(rest), rest)
}

impl Held {
    /// The reports that follow are of another entry: one does not prove anything of itself.
    pub fn next(&mut self) {
        self.entry += 1;
    }

    /// One more report of AppSync.
    pub fn add(&mut self, report: Json, found: Found<'_>) -> Result<(), String> {
        let accepted = matches!(report.pointer("/request/status").and_then(Json::as_u64), Some(200 | 101));
        let error =
            ["message", "errorType"].iter().any(|name| !text(&report, &format!("/context/observed/{name}")).is_empty());
        let socket = report.pointer("/request/webSocket") == Some(&json!(true));
        if accepted && !(socket && error) && self.successes.len() < MOST {
            let field = match text(&report, "/context/info/fieldName") {
                name if !name.is_empty() && !error => {
                    format!("{}.{name}", text(&report, "/context/info/parentTypeName"))
                }
                _ => String::new(),
            };
            let headers = report.pointer("/context/request/headers").and_then(Json::as_object);
            let sent: Map<String, Json> = headers
                .into_iter()
                .flatten()
                .filter(|(name, _)| matches!(name.as_str(), "authorization" | "x-api-key"))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            self.successes.push(json!({"entry": self.entry, "time": text(&report, "/request/time"), "host": host(text(&report, "/request/url")).0, "field": field, "headers": sent}));
        }
        let mut report = report;
        report["context"]["others"] = json!({"entry": self.entry});
        self.bytes += report.to_string().len();
        self.reports.push(report);
        if self.bytes > HELD { self.flush(found) } else { Ok(()) }
    }

    /// An entry that is not AppSync's: kept if another service refused there.
    pub fn other(&mut self, entry: &Json, answer: Map<String, Json>, body: &str) {
        let status = entry.pointer("/response/status").and_then(Json::as_u64).unwrap_or(0);
        let (host, place) = host(text(entry, "/request/url"));
        if !matches!(status, 400..=499) || self.foreign.len() >= MOST || Service::of(host, &answer).is_none() {
            return;
        }
        let kept: Map<String, Json> = answer
            .into_iter()
            .filter(|(name, _)| {
                matches!(name.as_str(), "server" | "x-amz-apigw-id" | "x-amz-apigw-request-id" | "x-amz-cf-id")
            })
            .collect();
        self.foreign.push(json!({"time": text(entry, "/startedDateTime"), "host": host, "place": format!("{} {place}", text(entry, "/request/method")), "status": status, "answer": kept, "told": told(body)}));
    }

    /// Gives the reports, each with what the others tell.
    pub fn flush(&mut self, found: Found<'_>) -> Result<(), String> {
        if self.reports.is_empty() && !self.given && !self.foreign.is_empty() {
            let first = &self.foreign[0];
            let about =
                json!({"url": first["place"], "time": first["time"], "status": first["status"], "webSocket": false});
            self.reports.push(json!({"context": {"arguments": {}}, "request": about}));
        }
        for mut report in std::mem::take(&mut self.reports) {
            self.given = true;
            let own = host(text(&report, "/request/url")).0.to_owned();
            let entry = report.pointer("/context/others/entry").cloned().unwrap_or_default();
            let successes: Vec<&Json> = self.successes.iter().filter(|one| one["entry"] != entry).collect();
            let others = json!({"host": own, "successes": successes, "foreign": self.foreign});
            report["context"]["others"] = others;
            found(report)?;
        }
        self.bytes = 0;
        Ok(())
    }
}

/// Kind and message of an answer in JSON or XML, shortened.
fn told(body: &str) -> String {
    let json: Json = serde_json::from_str(body).unwrap_or_default();
    let member = |names: &[&str]| names.iter().find_map(|name| json.get(*name)?.as_str()).map(str::to_owned);
    let tag = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        rest.split_once("</").map(|(inner, _)| inner.trim().to_owned())
    };
    let kind = member(&["__type", "code", "error"]).or_else(|| tag("Code")).unwrap_or_default();
    let kind = kind.rsplit('#').next().unwrap_or_default().to_owned();
    let words = member(&["message", "Message", "error_description"]).or_else(|| tag("Message")).unwrap_or_default();
    let both = [kind, words].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
    both.chars().take(300).collect()
}

/// Puts what the other entries prove beside the cause.
pub fn tell(evidence: &Evidence, mode: Option<AuthType>, layers: &mut [Layer]) {
    let refused = layers.iter().position(|layer| layer.state == State::Refused);
    let Some(at) = refused else { return };
    let Some(mine) = Credential::of(&evidence.headers) else { return };
    if let Some(finding) = renewal(evidence) {
        let to = layers[at].findings.len().min(1);
        layers[at].findings.insert(to, finding);
    }
    if let Some((finding, is_cause)) = proof(evidence, mode, &mine) {
        let early = is_cause && layers[at].layer == LayerName::Request;
        let to = if early { 0 } else { layers[at].findings.len().min(1) };
        layers[at].findings.insert(to, finding);
    }
}

/// How long before or after this request.
fn when(evidence: &Evidence, other: Option<i64>) -> String {
    match (evidence.now, other) {
        (Some(now), Some(other)) if other < now => format!("{} s earlier", now - other),
        (Some(now), Some(other)) if other > now => format!("{} s later", other - now),
        (Some(_), Some(_)) => "in the same second".to_owned(),
        _ => "in the same archive".to_owned(),
    }
}

/// What a success with the same credential, or with another one, settles; and whether that is the cause itself.
fn proof(evidence: &Evidence, mode: Option<AuthType>, mine: &Credential) -> Option<(Finding, bool)> {
    let others = &evidence.others;
    let same = |one: &&Success| one.credential == *mine;
    let here = others.successes.iter().find(|one| same(one) && one.host == others.host);
    if let Some(one) = here {
        let field = one.field.as_deref().unwrap_or("another request");
        let words = Message::of(
            "the same {} got HTTP 200 on {} of this API {}: so {}, and what refuses here is about this request alone.",
            [
                Part::Value(mine.words()),
                Part::Name(field.to_owned()),
                Part::Text(when(evidence, one.time)),
                Part::Text(mine.proves().to_owned()),
            ],
        );
        return Some((Finding::new(Code::ProvedBySuccess, words), false));
    }
    if let Some(one) = others.successes.iter().find(same)
        && mode == Some(AuthType::ApiKey)
    {
        let words = Message::of(
            "the same {} got HTTP 200 at {} {}, and this request went to {}, which is another API and does not know it: a key is good for one API only. Point both at the same endpoint, or send a key of the second API.",
            [
                Part::Value(mine.words()),
                Part::Place(one.host.clone()),
                Part::Text(when(evidence, one.time)),
                Part::Place(others.host.clone()),
            ],
        );
        return Some((Finding::new(Code::KeyOfOtherApi, words), true));
    }
    let field = format!("{}.{}", evidence.parent_type, evidence.field);
    let alike = others
        .successes
        .iter()
        .find(|one| one.host == others.host && one.credential.is_like(mine) && one.field.as_ref() == Some(&field))?;
    let words = Message::of(
        "the same field got HTTP 200 with another {} {}, and this one came with the {}: API and field are in order, what differs is the caller. Compare the two (roles, groups, expiry).",
        [Part::Value(alike.credential.words()), Part::Text(when(evidence, alike.time)), Part::Value(mine.words())],
    );
    Some((Finding::new(Code::ProvedBySuccess, words), false))
}

/// A refusal by Cognito or STS shortly before: the session could not be renewed.
fn renewal(evidence: &Evidence) -> Option<Finding> {
    let before = |one: &&Foreign| match (one.time, evidence.now) {
        (Some(time), Some(now)) => (0..=600).contains(&(now - time)),
        _ => false,
    };
    let of_session = |one: &&Foreign| matches!(one.service, Service::Pool | Service::Identity | Service::Sts);
    let one = evidence.others.foreign.iter().filter(of_session).find(before)?;
    Some(elsewhere(one, &format!("{}, ", when(evidence, one.time))))
}

fn elsewhere(one: &Foreign, lead: &str) -> Finding {
    Finding::new(
        Code::RefusedElsewhere,
        Message::of(
            "{}{} refused {} (HTTP {}{}): that is its own refusal, not AppSync's. {}",
            [
                Part::Text(lead.to_owned()),
                Part::Name(one.service.words().to_owned()),
                Part::Place(one.place.clone()),
                Part::Value(one.status.to_string()),
                Part::Value(if one.told.is_empty() { String::new() } else { format!(", {}", one.told) }),
                Part::Text(one.service.cure(&one.told).to_owned()),
            ],
        ),
    )
    .at("har")
    .actual(one.status)
}

/// Refusals of other services, where AppSync itself refused nothing.
pub fn notes(evidence: &Evidence) -> Vec<Finding> {
    let lead = match evidence.observed {
        Some(_) if evidence.status() == Some(200) => "AppSync refused nothing (HTTP 200): ",
        Some(_) => "beside this request, ",
        None => "no request reached AppSync: ",
    };
    evidence.others.foreign.iter().take(3).map(|one| elsewhere(one, lead)).collect()
}
