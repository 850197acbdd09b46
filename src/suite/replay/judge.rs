//! Requests rebuilt from their events, and each mapping entry evaluated again with the local template.

use super::read::Event;
use crate::appsync::{AuthType, Given};
use crate::eval::End;
use crate::resolver::{Resolver, Resolvers, Template};
use crate::trace::{Question, Verdict, explain};
use crate::value::{Map, Value};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map as JsonMap, Value as Json, json};

/// Requests kept open at once: events of one may come in any order within this window.
const WINDOW: usize = 20_000;
/// Entries kept of one request.
const MOST_ENTRIES: usize = 2_000;

/// Whether the local template renders what AppSync logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "result")]
pub enum Comparison {
    /// The same text, or the same JSON but for ids and times.
    Equal,
    /// Another text: the deployed resolver is probably older than the files.
    Different {
        /// What AppSync logged.
        logged: String,
        /// What the local template renders.
        local: String,
    },
    /// It cannot be told.
    NotComparable {
        /// Why.
        why: String,
    },
}

/// A mapping entry of a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// `Type.field`
    pub field: String,
    /// AppSync's word, such as `ResponseMapping`.
    pub log_type: String,
    /// The pipeline function, if there is one.
    pub function: Option<String>,
    /// Whether AppSync logged a refusal here.
    pub refused: bool,
    /// The logged errors.
    pub errors: Vec<String>,
    /// What the local template decides; null when it was not evaluated.
    pub local: Option<Verdict>,
    /// The local template against the logged text.
    pub comparison: Comparison,
    /// The first hint of a refusal.
    pub cause: Option<String>,
    /// In words.
    pub reason: Option<String>,
}

/// One request.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestReport {
    /// AppSync's id.
    pub request_id: String,
    /// The HTTP status, if a summary was logged.
    pub status: Option<u64>,
    /// `denied`, `error`, `ok`, `unknown`
    pub verdict: String,
    /// Where it was refused: `request`, `mode`, `resolver`.
    pub layer: Option<&'static str>,
    /// The refused fields, or all.
    pub fields: Vec<String>,
    /// The code of the cause.
    pub cause: Option<String>,
    /// In words.
    pub reason: String,
    /// The caller's groups, if an identity is known.
    pub caller: Option<String>,
    /// `opened` or `closed` where the local templates decide otherwise.
    pub change: Option<&'static str>,
    /// The mapping entries.
    pub entries: Vec<Entry>,
}

#[derive(Default)]
struct Open {
    status: Option<u64>,
    error_type: Option<String>,
    executed: bool,
    traced: Vec<String>,
    entries: Vec<Json>,
    identity: Option<Json>,
}

/// Judges requests as their events come in.
pub struct Judge<'a> {
    /// The local templates.
    pub resolvers: Option<&'a Resolvers>,
    /// Identities by request id or username, and one for all under `*`.
    pub identities: JsonMap<String, Json>,
    /// Only this field.
    pub field: Option<String>,
    /// Only this request.
    pub request: Option<String>,
    open: IndexMap<String, Open>,
}

impl<'a> Judge<'a> {
    /// A judge with these templates and identities.
    pub fn new(resolvers: Option<&'a Resolvers>, identities: JsonMap<String, Json>) -> Self {
        Self { resolvers, identities, field: None, request: None, open: IndexMap::new() }
    }

    /// Takes an event; requests that fall out of the window are done.
    pub fn event(&mut self, event: Event, done: &mut dyn FnMut(RequestReport)) {
        let id = match &event {
            Event::Entry(id, json) => {
                json.get("requestId").and_then(Json::as_str).map(str::to_owned).or_else(|| id.clone())
            }
            Event::Text(id, _) => Some(id.clone()),
        };
        let Some(id) = id else { return };
        if self.request.as_ref().is_some_and(|wanted| *wanted != id) {
            return;
        }
        let open = self.open.entry(id).or_default();
        match event {
            Event::Text(_, text) => {
                if let Some((_, rest)) = text.split_once("x-amzn-ErrorType=") {
                    open.error_type =
                        rest.split([',', '}', ']']).next().map(|kind| kind.trim_matches(['[', ' ']).to_owned());
                }
            }
            Event::Entry(_, json) => {
                let kind = json.get("logType").and_then(Json::as_str).unwrap_or_default();
                match kind {
                    "RequestSummary" => open.status = json.get("statusCode").and_then(Json::as_u64),
                    "ExecutionSummary" => open.executed = true,
                    "Tracing" => {
                        let parent = json.get("parentType").and_then(Json::as_str).unwrap_or_default();
                        if matches!(parent, "Query" | "Mutation" | "Subscription") {
                            let field = json.get("fieldName").and_then(Json::as_str).unwrap_or_default();
                            open.traced.push(format!("{parent}.{field}"));
                        }
                    }
                    _ if json.get("transformedTemplate").is_some() || kind.ends_with("Mapping") => {
                        if let Some(identity) = json.pointer("/context/identity").filter(|identity| !identity.is_null())
                        {
                            open.identity = Some(identity.clone());
                        }
                        if open.entries.len() < MOST_ENTRIES {
                            open.entries.push(json);
                        }
                    }
                    _ => {}
                }
            }
        }
        if self.open.len() > WINDOW
            && let Some((id, open)) = self.open.shift_remove_index(0)
        {
            self.finish(id, open, done);
        }
    }

    /// Judges what is still open.
    pub fn end(&mut self, done: &mut dyn FnMut(RequestReport)) {
        for (id, open) in std::mem::take(&mut self.open) {
            self.finish(id, open, done);
        }
    }

    fn finish(&self, id: String, open: Open, done: &mut dyn FnMut(RequestReport)) {
        let report = self.report(id, open);
        if self.field.as_ref().is_none_or(|wanted| report.fields.contains(wanted)) {
            done(report);
        }
    }

    fn report(&self, id: String, open: Open) -> RequestReport {
        let username = open.entries.iter().find_map(|entry| entry.pointer("/context/identity/username")?.as_str());
        let known =
            self.identities.get(&id).or_else(|| self.identities.get(username?)).or_else(|| self.identities.get("*"));
        let identity = known.cloned().or(open.identity);
        let mut report = RequestReport { request_id: id, status: open.status, ..RequestReport::default() };
        report.caller = identity.as_ref().map(caller);
        for entry in &open.entries {
            report.entries.push(self.entry(entry, identity.as_ref()));
        }
        let mut fields: Vec<String> =
            report.entries.iter().map(|entry| entry.field.clone()).chain(open.traced.clone()).collect();
        fields.sort_unstable();
        fields.dedup();
        let refused = report.entries.iter().find(|entry| entry.refused).cloned();
        let would_refuse = report.entries.iter().find(|entry| entry.local == Some(Verdict::Denied)).cloned();
        if matches!(open.status, Some(401 | 403)) {
            report.verdict = "denied".to_owned();
            report.layer = Some("request");
            report.cause = Some("refused-before-execution".to_owned());
            let kind = open.error_type.as_deref().unwrap_or("UnauthorizedException");
            report.reason = format!(
                "HTTP {}: {kind}; refused before any field was resolved: look at the credentials (vtl-eval token, vtl-eval diagnose)",
                open.status.unwrap_or(401)
            );
        } else if let Some(entry) = refused {
            report.verdict = "denied".to_owned();
            report.layer = Some("resolver");
            report.cause = entry.cause.clone().or_else(|| Some("refused-by-resolver".to_owned()));
            report.reason = entry.reason.clone().or_else(|| entry.errors.first().cloned()).unwrap_or_default();
            fields = vec![entry.field.clone()];
            // The local templates would have let it through.
            let of_field = report.entries.iter().filter(|other| other.field == entry.field);
            let judged: Vec<Verdict> = of_field.filter_map(|other| other.local).collect();
            if entry.local.is_some() && !judged.contains(&Verdict::Denied) && !judged.contains(&Verdict::Error) {
                report.change = Some("opened");
            }
        } else if let Some(entry) = would_refuse {
            report.verdict = "ok".to_owned();
            report.change = Some("closed");
            report.cause = entry.cause.clone();
            report.reason = entry.reason.clone().unwrap_or_default();
            fields = vec![entry.field.clone()];
        } else if open.executed && report.entries.is_empty() {
            report.verdict = "unknown".to_owned();
            report.layer = Some("mode");
            report.cause = Some("no-mapping-entry".to_owned());
            report.reason = "it was executed without a mapping entry: a directive or IAM refused the field, the field has no resolver, or the log level is below ALL".to_owned();
        } else {
            let failed = report.entries.iter().any(|entry| !entry.errors.is_empty());
            report.verdict = if failed {
                "error"
            } else if open.status.is_none() && report.entries.is_empty() {
                "unknown"
            } else {
                "ok"
            }
            .to_owned();
        }
        report.fields = fields;
        report
    }

    /// One mapping entry, evaluated again.
    fn entry(&self, json: &Json, identity: Option<&Json>) -> Entry {
        let text = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
        let arn = text("resolverArn").split_once("/types/").map(|(_, rest)| rest.replacen("/fields/", ".", 1));
        let field = arn.unwrap_or_else(|| format!("{}.{}", text("parentType"), text("fieldName")));
        let errors: Vec<String> = match json.get("errors") {
            Some(Json::Array(list)) => {
                list.iter().map(|error| error.as_str().map_or_else(|| error.to_string(), str::to_owned)).collect()
            }
            _ => Vec::new(),
        };
        let refused = errors.iter().any(|error| error.contains("Unauthorized") || error.contains("Not Authorized"));
        let function = json.get("functionName").and_then(Json::as_str).map(str::to_owned).or_else(|| {
            json.get("functionArn").and_then(Json::as_str).and_then(|arn| arn.rsplit('/').next()).map(str::to_owned)
        });
        let mut entry = Entry {
            field,
            log_type: text("logType").to_owned(),
            function,
            refused,
            errors,
            local: None,
            comparison: Comparison::NotComparable { why: String::new() },
            cause: None,
            reason: None,
        };
        if let Err(why) = self.evaluate(json, identity, &mut entry) {
            entry.comparison = Comparison::NotComparable { why };
        }
        entry
    }

    fn evaluate(&self, json: &Json, identity: Option<&Json>, entry: &mut Entry) -> Result<(), String> {
        let resolvers = self.resolvers.ok_or("no templates were given (--from)")?;
        let context =
            json.get("context").and_then(Json::as_object).ok_or("the entry has no context: turn on verbose content")?;
        let resolver =
            resolvers.by_field.get(&entry.field).ok_or_else(|| format!("no local resolver for {}", entry.field))?;
        let template = template(resolver, entry)?;
        let program =
            template.program().map_err(|diagnostic| format!("{}: {}", template.name(), diagnostic.message))?;
        let members = Map::new();
        for (name, value) in context {
            members.put_str(name, Value::from(value));
        }
        if let Some(identity) = identity {
            members.put_str("identity", Value::from(identity));
        }
        let reads_identity = template.text().contains("identity") || template.text().contains("authType");
        let known = members.contains_str("identity");
        if reads_identity && !known {
            return Err("the template reads the caller's identity, which is not logged: give --claims or --identities"
                .to_owned());
        }
        let info = Map::new();
        let (parent, field) = entry.field.split_once('.').unwrap_or_default();
        info.put_str("parentTypeName", parent);
        info.put_str("fieldName", field);
        members.put_str("info", info);
        let auth_type = members.get_str("identity").and_then(|identity| AuthType::guess(&identity));
        let given = Given { members, auth_type, auth_type_derived: true, now_millis: 0, seed: 0 };
        let explained = explain(program, &given, &Question::default())?;
        entry.local = Some(explained.verdict);
        if let Some(hint) = explained.why.hints.first().filter(|_| explained.verdict == Verdict::Denied) {
            entry.cause = Some(hint.code.to_string());
            entry.reason = Some(hint.message.clone());
        }
        let logged = json.get("transformedTemplate").and_then(Json::as_str);
        let local = match &explained.outcome.end {
            End::Completed => explained.outcome.output.clone(),
            End::Returned { value, .. } => value.to_json().unwrap_or_default(),
            End::Thrown { .. } | End::Failed(_) => String::new(),
        };
        entry.comparison = match logged {
            None => Comparison::NotComparable { why: "the entry has no transformedTemplate".to_owned() },
            Some(logged) if same(logged, &local) => Comparison::Equal,
            Some(logged) => Comparison::Different { logged: cut(logged), local: cut(&local) },
        };
        Ok(())
    }
}

/// The local template of an entry's half.
fn template<'r>(resolver: &'r Resolver, entry: &Entry) -> Result<&'r Template, String> {
    let missing = || format!("{} has no local template for {}", resolver.field, entry.log_type);
    let found = match entry.log_type.as_str() {
        "BeforeMapping" => resolver.before.as_deref(),
        "AfterMapping" => resolver.after.as_deref(),
        kind if kind.contains("Function") => {
            let name = entry.function.as_deref().ok_or("the entry names no function")?;
            let function = resolver.functions.iter().find(|function| function.name == name).ok_or_else(missing)?;
            if kind.starts_with("Request") { function.request.as_deref() } else { function.response.as_deref() }
        }
        "RequestMapping" => match resolver.functions.as_slice() {
            [only] => only.request.as_deref(),
            _ => resolver.before.as_deref(),
        },
        "ResponseMapping" => match resolver.functions.as_slice() {
            [only] => only.response.as_deref(),
            _ => resolver.after.as_deref(),
        },
        _ => None,
    };
    found.ok_or_else(missing)
}

/// Texts that are the same, or the same JSON but for ids and times.
fn same(logged: &str, local: &str) -> bool {
    if logged.trim() == local.trim() {
        return true;
    }
    match (serde_json::from_str::<Json>(logged), serde_json::from_str::<Json>(local)) {
        (Ok(left), Ok(right)) => alike(&left, &right),
        _ => false,
    }
}

fn alike(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| alike(value, other)))
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
        }
        (Json::String(left), Json::String(right)) => left == right || volatile(left) && volatile(right),
        (Json::Number(left), Json::Number(right)) => {
            let time = |number: &serde_json::Number| number.as_f64().is_some_and(|value| value > 1_000_000_000.0);
            left.as_f64() == right.as_f64() || time(left) && time(right)
        }
        (left, right) => left == right,
    }
}

/// A generated id, or a time.
fn volatile(text: &str) -> bool {
    let id = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    id || text.parse::<jiff::Timestamp>().is_ok()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(2_000) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The caller's groups, as a name for those like it.
fn caller(identity: &Json) -> String {
    match identity.pointer("/claims/cognito:groups").and_then(Json::as_array) {
        Some(groups) => {
            let mut names: Vec<&str> = groups.iter().filter_map(Json::as_str).collect();
            names.sort_unstable();
            format!("groups {}", names.join(", "))
        }
        None if identity.get("userArn").is_some() => "IAM".to_owned(),
        None => "no groups".to_owned(),
    }
}

/// Refusals that have field, cause and caller in common.
#[derive(Clone, Debug, Serialize)]
pub struct SummaryRow {
    /// `Type.field`
    pub field: String,
    /// The code of the cause.
    pub cause: String,
    /// The caller's groups.
    pub caller: String,
    /// How many.
    pub count: u64,
    /// One of their reasons.
    pub reason: String,
}

/// A log in numbers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Requests.
    pub requests: u64,
    /// Refused ones.
    pub denied: u64,
    /// Refused in the log, let through by the local templates.
    pub opened: u64,
    /// Let through in the log, refused by the local templates.
    pub closed: u64,
    /// Entries that the local template renders as logged.
    pub equal: u64,
    /// Entries that it renders otherwise.
    pub different: u64,
    /// Entries that could not be compared.
    pub not_comparable: u64,
    #[serde(skip)]
    rows: IndexMap<(String, String, String), (u64, String)>,
}

impl Summary {
    /// Adds a request.
    pub fn add(&mut self, report: &RequestReport) {
        self.requests += 1;
        self.denied += u64::from(report.verdict == "denied");
        self.opened += u64::from(report.change == Some("opened"));
        self.closed += u64::from(report.change == Some("closed"));
        for entry in &report.entries {
            match entry.comparison {
                Comparison::Equal => self.equal += 1,
                Comparison::Different { .. } => self.different += 1,
                Comparison::NotComparable { .. } => self.not_comparable += 1,
            }
        }
        if report.verdict == "denied" || report.change.is_some() {
            let field = report.fields.first().cloned().unwrap_or_else(|| "?".to_owned());
            let cause = report.change.map_or_else(
                || report.cause.clone().unwrap_or_else(|| "unknown".to_owned()),
                |change| format!("{change}: {}", report.cause.clone().unwrap_or_else(|| "unknown".to_owned())),
            );
            let caller = report.caller.clone().unwrap_or_else(|| "unknown".to_owned());
            let row = self.rows.entry((field, cause, caller)).or_insert_with(|| (0, report.reason.clone()));
            row.0 += 1;
        }
    }

    /// The rows, most frequent first.
    pub fn rows(&self) -> Vec<SummaryRow> {
        let row = |((field, cause, caller), (count, reason)): (&(String, String, String), &(u64, String))| SummaryRow {
            field: field.clone(),
            cause: cause.clone(),
            caller: caller.clone(),
            count: *count,
            reason: reason.clone(),
        };
        let mut rows: Vec<_> = self.rows.iter().map(row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.count));
        rows
    }

    /// Hides what callers are and what their claims hold.
    pub fn redacted(report: &mut RequestReport) {
        report.caller = report.caller.take().map(|_| "redacted".to_owned());
        report.reason = report.cause.clone().unwrap_or_default();
        for entry in &mut report.entries {
            entry.reason = entry.cause.clone();
            entry.errors = entry.errors.iter().map(|_| "redacted".to_owned()).collect();
            if let Comparison::Different { logged, local } = &mut entry.comparison {
                *logged = json!("redacted").to_string();
                *local = json!("redacted").to_string();
            }
        }
    }
}
