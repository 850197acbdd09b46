//! What a request speaks for: what the layers judge, whatever the request was read from.

use super::answer::{Answer, LogSays, Unjoined, masked_tail};
use super::api::{ApiConfig, Form};
use super::gathered::Request;
use super::grants::{self, Policies, PolicyKind, PolicyPlace};
use super::history::Past;
use super::member::{Member, MemberOrigin};
pub use super::observed::{Observed, Preflight};
use super::on_the_way::OnTheWay;
use super::operation::{self, Selected};
use super::schema::{Schema, SchemaError};
use super::sent::HowSent;
use super::socket::Socket;
use crate::appsync::AuthType;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that may speak for a cause. Absent parts are unknown, not empty.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Header names in lower case.
    pub headers: Map<String, Json>,
    /// Whether headers may have been taken out before they got here (HAR exports).
    pub sanitized: bool,
    /// `$ctx.identity`; `None` when it was not given.
    pub identity: Option<Json>,
    /// The mode, if it is known.
    pub auth_type: Option<AuthType>,
    /// The request's own time, in seconds since 1970.
    pub now: Option<i64>,
    /// `Query`, or the type of the refused field.
    pub parent_type: String,
    /// The field.
    pub field: String,
    /// The schema, or why it cannot be read.
    pub schema: Option<Result<Arc<Schema>, SchemaError>>,
    /// The field's arguments.
    pub arguments: Map<String, Json>,
    /// What was selected of what the field returns; empty when that is not known.
    pub selection: Vec<Selected>,
    /// The API's modes.
    pub api: ApiConfig,
    /// The caller's policy documents as they were given, for the actions that are none of a field.
    pub documents: Vec<Json>,
    /// IAM policies, and what limits them.
    pub iam: Policies,
    /// Where the API is.
    pub place: PolicyPlace,
    /// What the Lambda authorizer answered; `Some(Null)` is an answer.
    pub authorizer: Option<Json>,
    /// The event that the authorizer was called with.
    pub authorizer_event: Option<Json>,
    /// The authorizer's resource-based policy (`aws lambda get-policy`).
    pub authorizer_policy: Option<Json>,
    /// What the client saw.
    pub observed: Option<Observed>,
    /// The answer itself, as far as it was kept.
    pub answer: Answer,
    /// The request's body.
    pub body: Option<String>,
    /// How long it took, in milliseconds: by the log, or by the browser's clock.
    pub took: Option<u64>,
    /// Where it was sent.
    pub url: Option<String>,
    /// The address that the name led to.
    pub address: Option<String>,
    /// A WebSocket's handshake and frames, if it is one.
    pub socket: Option<Socket>,
    /// The other requests of the same file.
    pub others: Vec<Past>,
    /// What the log of the same request says.
    pub log: Option<LogSays>,
    /// Why a log that was given says nothing of it.
    pub unjoined: Option<Unjoined>,
    /// What the browser asked before the request.
    pub preflight: Option<Preflight>,
    /// How it was sent.
    pub sent: HowSent,
    /// Whether the log told what the browser's export has not: the answer's status, or the credential.
    pub log_tells: LogTells,
    /// What became of the credential on the way, as the log proves.
    pub on_the_way: Option<OnTheWay>,
    /// Masked headers: name in lower case, and the last letters of the value. They were sent.
    pub masked: BTreeMap<String, String>,
    /// `authRole` and `unauthRole`, the ARNs of Amplify's roles, as far as the stash has them.
    pub roles: std::collections::HashMap<&'static str, String>,
}

/// What a log told of a request that the browser's export has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogTells {
    /// The status of the answer.
    pub status: bool,
    /// The status of a page that the browser shows in the place of AppSync's answer.
    pub page: Option<u64>,
    /// The credential that was sent.
    pub credential: bool,
}

pub use super::api::mode;

impl Evidence {
    /// `Query.listNotes`, the field that was asked for.
    pub fn field_path(&self) -> String {
        format!("{}.{}", self.parent_type, self.field)
    }

    /// Reads the context of a refusal report.
    pub fn read(context: &Json, auth_type: Option<AuthType>) -> Self {
        Self::of(&Request::of_context(context, auth_type))
    }

    /// What a request speaks for, whatever it was read from.
    pub fn of(request: &Request) -> Self {
        let text = |member| request.given(member).and_then(Json::as_str).map(str::to_owned);
        let (api, stash, body) =
            (request.given(Member::Api), request.given(Member::Stash), request.given(Member::Body));
        let headers = request.headers().clone();
        // A function's own policy is none of the caller's, under whatever name it was given.
        let of_function = request.given(Member::Policy).filter(|given| grants::is_of_function(given));
        let own = request.given(Member::Policy).filter(|_| of_function.is_none()).map(|given| grants::of_caller(given, request.given(Member::Identity)));
        let mut evidence = Self {
            place: place(request, api, stash, &headers),
            headers,
            sanitized: request.given(Member::Sanitized).and_then(Json::as_bool).unwrap_or(false),
            identity: request.given(Member::Identity).cloned(),
            auth_type: request.auth_type,
            now: request.given(Member::Now).and_then(time),
            parent_type: request.info("parentTypeName").to_owned(),
            field: request.info("fieldName").to_owned(),
            schema: text(Member::Schema).map(|sdl| Schema::read(&sdl).map(Arc::new)),
            arguments: request.given(Member::Arguments).and_then(Json::as_object).cloned().unwrap_or_default(),
            selection: Vec::new(),
            api: api_of(request),
            documents: own.as_ref().map(documents).unwrap_or_default(),
            iam: policies(request, own.as_ref()),
            authorizer: request.json(Member::Authorizer).cloned(),
            authorizer_event: request.given(Member::AuthorizerEvent).cloned(),
            authorizer_policy: request.given(Member::AuthorizerPolicy).or(of_function).cloned(),
            observed: request.observed.clone(),
            answer: request.answer.clone(),
            body: body.map(|body| body.as_str().map_or_else(|| body.to_string(), str::to_owned)),
            took: request.given(Member::Took).and_then(Json::as_f64).map(|took| took.max(0.0) as u64),
            url: text(Member::Url),
            address: text(Member::Address),
            socket: request.socket.clone(),
            others: request.others.clone(),
            log: request.log.clone(),
            unjoined: request.unjoined.clone(),
            preflight: request.preflight.clone(),
            sent: request.sent.clone(),
            log_tells: LogTells::default(),
            on_the_way: None,
            masked: BTreeMap::new(),
            roles: ["authRole", "unauthRole"]
                .into_iter()
                .filter_map(|name| Some((name, stash?.get(name)?.as_str()?.to_owned())))
                .collect(),
        };
        // `ALLOW` or `DENY` stands in a user pool's identity too, as the API has it.
        let strategy = || evidence.identity.as_ref()?.get("defaultAuthStrategy")?.as_str().map(str::to_owned);
        evidence.api.default_action = evidence.api.default_action.clone().or_else(strategy);
        evidence.sanitized = evidence.sanitized && !evidence.preflight.as_ref().is_some_and(Preflight::proves_none);
        evidence.join_log();
        evidence.unmask();
        evidence.subject_from_message();
        evidence.by_schema(request.json(Member::Info));
        evidence
    }

    /// Names the type as the schema does, and reads what was selected of the field.
    fn by_schema(&mut self, info: Option<&Json>) {
        // Whether the type that the field returns has a field of the same name.
        let mut again = false;
        if let Some(Ok(schema)) = &self.schema {
            self.parent_type = schema.type_name(&self.parent_type).to_owned();
            let field = schema.types.get(&self.parent_type).and_then(|one| one.fields.get(&self.field));
            let returned = field.and_then(|field| schema.types.get(&field.returns));
            again = returned.is_some_and(|one| one.fields.contains_key(&self.field));
        }
        if let Some(info) = info {
            self.selection = operation::selection(info, &self.field, again);
        }
        // A report with the operation itself need not say in `info` what that selects.
        if self.selection.is_empty()
            && let Some(operation) = self.operation().filter(|operation| operation.parent == self.parent_type)
            && let Some(root) = operation.fields.into_iter().find(|root| root.name == self.field)
        {
            self.selection = root.selection;
        }
    }

    /// `Not Authorized to access F on type T` names the refused field, when nothing else does.
    pub fn subject_from_message(&mut self) {
        if self.field.is_empty()
            && let Some(subject) = self.refused_subject()
        {
            (self.parent_type, self.field) = subject;
        }
    }

    /// The log proves what the browser could not see: headers that it left out of its export, an answer that it hid.
    fn join_log(&mut self) {
        let Some(log) = self.log.clone() else { return };
        let own = ["authorization", "x-api-key"];
        self.log_tells.credential = own.iter().all(|name| !self.headers.contains_key(*name))
            && own.iter().any(|name| log.headers.contains_key(*name) || log.masked.contains_key(*name));
        // What did not come is not what AppSync judged.
        self.on_the_way = if self.url.is_some() { OnTheWay::of(&self.headers, &log) } else { None };
        if let Some(gone) = self.on_the_way.as_ref().and_then(OnTheWay::gone) {
            self.headers.remove(gone);
        }
        for (name, value) in &log.headers {
            if !self.headers.contains_key(name) {
                self.headers.insert(name.clone(), value.clone());
            }
        }
        let has = |headers: &Map<String, Json>, name: &str| headers.contains_key(name);
        self.masked.extend(
            log.masked
                .iter()
                .filter(|(name, _)| !has(&self.headers, name))
                .map(|(name, tail)| (name.clone(), tail.clone())),
        );
        self.sanitized = self.sanitized && !log.complete;
        // A page in the place of AppSync's JSON, with another status, is what stands before it.
        let page = self.answer.html && log.status.is_some_and(|status| status >= 400 && self.status() != Some(status));
        self.log_tells.page = self.status().filter(|status| page && *status != 0);
        let hidden = page || self.status().is_none_or(|status| status == 0);
        self.log_tells.status = hidden;
        if hidden && log.status.is_some_and(|status| status >= 400) {
            let kind = log.error_type.clone();
            self.observed =
                Some(Observed { status: log.status, error_type: kind, message: log.message.clone(), ..Observed::default() });
        } else if let Some(observed) = &mut self.observed {
            let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
            if !said(&observed.message) {
                observed.message = log.message.clone();
            }
            if !said(&observed.error_type) {
                observed.error_type = log.error_type.clone();
            }
        }
        self.now = self.now.or(log.time.map(|time| time / 1000));
        self.took = log.took.or(self.took);
    }

    /// Whether no credential is known to have been sent, not even a masked one.
    pub fn is_bare(&self) -> bool {
        self.authorization().is_none() && self.header("x-api-key").is_none() && self.masked.is_empty()
    }

    /// A masked value is not a value, but the header was sent.
    fn unmask(&mut self) {
        let tail = |value: &Json| value.as_str().and_then(masked_tail).map(str::to_owned);
        let masked: Vec<_> =
            self.headers.iter().filter_map(|(name, value)| Some((name.clone(), tail(value)?))).collect();
        for (name, tail) in masked {
            self.headers.remove(&name);
            self.masked.insert(name, tail);
        }
    }

    /// The region of the API: as configured, else of the host that was called.
    pub fn region(&self) -> Option<&str> {
        self.api.region.as_deref().or_else(|| Some(operation::appsync_host(self.url_host())?.1))
    }

    /// The host of the URL, or of the header.
    pub fn url_host(&self) -> &str {
        host(self.url.as_deref(), &self.headers)
    }

    /// `errorType`, or no text.
    pub fn error_type(&self) -> &str {
        self.observed.as_ref().and_then(|observed| observed.error_type.as_deref()).unwrap_or_default()
    }

    /// `captcha` or `challenge`, where a web ACL asked for that in the place of an answer.
    pub fn waf_action(&self) -> Option<&str> {
        self.answer.header("x-amzn-waf-action")
    }

    /// Whether the error's type or message has this word.
    pub fn says(&self, word: &str) -> bool {
        self.error_type().contains(word) || self.error_message().contains(word)
    }

    /// The operation of the body.
    pub fn operation(&self) -> Option<operation::GraphqlOperation> {
        operation::read(&serde_json::from_str(self.body.as_deref()?).ok()?)
    }

    /// The message that the client saw, or no text.
    pub fn error_message(&self) -> &str {
        self.observed.as_ref().and_then(|observed| observed.message.as_deref()).unwrap_or_default()
    }

    /// The HTTP status that the client saw.
    pub fn status(&self) -> Option<u64> {
        self.observed.as_ref().and_then(|observed| observed.status)
    }

    /// Whether it is AppSync's 400 of what it cannot read or check.
    pub fn is_bad_request(&self) -> bool {
        self.observed.as_ref().is_some_and(Observed::is_bad_request)
    }

    /// Whether AppSync answered before it looked at any field: then nothing that a field asks for decided.
    pub fn is_before_fields(&self) -> bool {
        matches!(self.status(), Some(401 | 403)) || self.is_bad_request()
    }

    /// Type and field that the message names: of a nested field, not those of the operation.
    pub fn refused_subject(&self) -> Option<(String, String)> {
        let (_, rest) = self.error_message().split_once("Not Authorized to access ")?;
        let (field, parent) = rest.split_once(" on type ")?;
        // A client may print the whole error as one text, so more may follow.
        let other = |letter: char| !(letter.is_alphanumeric() || letter == '_');
        let parent = parent.trim_start_matches(other).split(other).next().unwrap_or_default();
        Some((parent.to_owned(), field.trim_matches(other).to_owned()))
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Json::as_str).filter(|value| !value.is_empty())
    }

    /// The `Authorization` header without a `Bearer ` prefix, and whether it had one.
    pub fn authorization(&self) -> Option<(&str, bool)> {
        let value = self.header("authorization")?;
        match value.get(..7) {
            Some(prefix) if prefix.eq_ignore_ascii_case("bearer ") => Some((value[7..].trim(), true)),
            _ => Some((value.trim(), false)),
        }
    }
}

/// The host of a URL, or of the header.
fn host<'r>(url: Option<&'r str>, headers: &'r Map<String, Json>) -> &'r str {
    let of_url = url.and_then(|url| url.split("//").nth(1)).and_then(|rest| rest.split('/').next());
    let of_header = || headers.get("host").and_then(Json::as_str).filter(|value| !value.is_empty());
    of_url.or_else(of_header).unwrap_or_default()
}

/// The API's configuration, with where it is from.
fn api_of(request: &Request) -> ApiConfig {
    let Some(json) = request.given(Member::Api) else { return ApiConfig::default() };
    let url = request.given(Member::Url).and_then(Json::as_str);
    let api = ApiConfig::read_at(json, host(url, request.headers()));
    let of_project = request.get(Member::Api).is_some_and(|member| member.origin() == MemberOrigin::Project);
    if !of_project {
        return api;
    }
    ApiConfig { form: Form::Project, found: request.found.clone(), ..api }
}

/// What was given of the caller's permissions.
fn policies(request: &Request, own: Option<&Json>) -> Policies {
    let given = [
        (PolicyKind::Boundary, Member::Boundary),
        (PolicyKind::Session, Member::Session),
        (PolicyKind::Control, Member::Control),
    ];
    let limits = given.into_iter().filter_map(|(kind, member)| Some((kind, request.given(member)?)));
    Policies::of(own.map(|own| (PolicyKind::Identity, own)).into_iter().chain(limits))
}

/// Where the API is, by its configuration, Amplify's stash, the host, and the log's own `graphQLAPIId`.
fn place(request: &Request, api: Option<&Json>, stash: Option<&Json>, headers: &Map<String, Json>) -> PolicyPlace {
    let place = PolicyPlace::of(api, stash, headers);
    let logged = request.log.as_ref().and_then(|log| log.api.clone());
    // The names of other tools are read where the API is.
    let of_tools = [Form::GraphqlApi, Form::Terraform, Form::Serverless, Form::Pulumi, Form::Cdk];
    let config = Some(api_of(request)).filter(|config| of_tools.contains(&config.form)).unwrap_or_default();
    PolicyPlace {
        api: place.api.or(config.id).or(logged),
        region: place.region.or(config.region),
        account: place.account.or(config.account),
        ..place
    }
}

/// Seconds since 1970, or RFC 3339.
pub fn time(json: &Json) -> Option<i64> {
    let seconds = |value: i64| if value > 100_000_000_000 { value / 1000 } else { value };
    let time = match json {
        Json::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|value| value as i64)).map(seconds),
        Json::String(text) => match text.parse::<i64>() {
            Ok(value) => Some(seconds(value)),
            Err(_) => text.parse::<jiff::Timestamp>().ok().map(|time| time.as_second()),
        },
        _ => None,
    };
    time.map(crate::json::bounded_time)
}

/// The documents in what was given: one, several, or AWS's answers with `PolicyDocument`.
fn documents(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(list) => list.iter().flat_map(documents).collect(),
        Json::String(text) => crate::json::read(text).map_or_else(|_| Vec::new(), |inner| documents(&inner)),
        Json::Object(map) if map.contains_key("Statement") => vec![json.clone()],
        Json::Object(map) => {
            let inner = ["PolicyDocument", "policies", "identityPolicies", "identity", "Document", "document"];
            inner.iter().find_map(|name| map.get(*name)).map(documents).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Whether a request may have come by this mode: the API has it, or nobody said which modes it has.
pub fn may_be(evidence: &Evidence, mode: AuthType) -> bool {
    !evidence.api.is_known() || evidence.api.modes().contains(&mode)
}
