//! One request of a log: where it was refused, and what the local templates make of it.

use super::conclude::conclude;
use super::decision::decisions;
use super::entry::{Clock, LocalTemplates, LogEntry, LoggedCaller};
use super::logged_json::{LoggedJson, as_tree};
use super::report::RequestReport;
use super::{headers, hide};
use super::request::{Mapping, LoggedRequest};
use crate::request::history::Past;
use crate::request::secret::Secrets;
use crate::request::{Request, har};
use crate::resolver::Resolvers;
use crate::rules::Ties;
use crate::trace::Verdict;
use serde_json::{Map as JsonMap, Value as Json};
use std::collections::HashMap;
use std::sync::Arc;

/// Judges requests.
#[derive(Debug, Default)]
pub struct Judge<'a> {
    /// The local templates.
    pub resolvers: Option<&'a Resolvers>,
    /// The rules that the local templates were made from, where their model schema is known.
    pub rules: Option<Arc<Ties>>,
    /// Identities by request id or username, and one for all under `*`.
    pub identities: JsonMap<String, Json>,
    /// Tokens that were given as such, by the same names: a log shows the end of the one that was sent.
    pub tokens: HashMap<String, String>,
    /// What is known of every request: the schema, the API's modes, policies.
    pub known: Request,
    /// Only this field.
    pub field: Option<String>,
    /// Whether callers and what their claims hold are hidden.
    pub redact: bool,
    /// Whether credentials are shown.
    pub show_secrets: bool,
    /// The clock, in place of the entries' own times, and the seed.
    pub clock: Clock,
}

impl Judge<'_> {
    /// Judges a request; `None` when it has not the field that was asked for.
    pub fn report(&self, request: &LoggedRequest, others: &dyn Fn() -> Vec<Past>) -> Option<RequestReport> {
        let sent = request.request_headers.as_deref().map(headers::read);
        let mut sent = sent;
        self.unmask(request, sent.as_mut());
        let mut secrets = sent.as_ref().map(Secrets::of).unwrap_or_default();
        let mut report = RequestReport { request_id: request.id.clone(), status: request.status.or(request.firewall.as_ref().map(|one| one.status)), ..Default::default() };
        let mappings = mappings(request);
        let caller = self.caller(request, sent, &mappings);
        report.caller = caller.identity.as_ref().map(name);
        self.entries(request, &mappings, &caller, &mut report);
        report.decisions = decisions(&report.entries);
        let mut ended = None;
        if request.firewall.is_some() || matches!(request.status, Some(401 | 403)) || matches!(request.status, Some(400..=499)) && !request.executed {
            ended = Some(self.before_execution(request, &caller, others, &mut report));
        } else {
            self.nested(request, &caller, &mut report);
            self.without_entry(request, &caller, &mut report);
        }
        if let Some(wanted) = &self.field {
            report.decisions.retain(|decision| decision.field == *wanted);
            report.entries.retain(|entry| entry.field == *wanted);
            if report.decisions.is_empty() && !report.fields.contains(wanted) {
                return None;
            }
        }
        conclude(request, &mut report, ended);
        if let Some(headers) = caller.headers.as_ref() {
            secrets = Secrets::of(headers);
        }
        if !self.show_secrets {
            for (_, logged) in &mappings {
                secrets.learn_json(&logged.members);
                logged.context.iter().for_each(|context| secrets.learn_given(context));
            }
            request.query.iter().for_each(|query| secrets.learn_text(query));
            request.function.iter().filter_map(|function| function.event.as_ref()).for_each(|event| secrets.learn_json(event));
            hide::secrets(&mut report, &secrets);
        }
        if self.redact {
            hide::redact(&mut report);
        }
        Some(report)
    }

    /// A masked token that ends as one that was given is that one.
    pub(super) fn unmask(&self, request: &LoggedRequest, sent: Option<&mut JsonMap<String, Json>>) {
        let Some(sent) = sent else { return };
        let masked = request.request_headers.as_deref().map(headers::read_all).unwrap_or_default().masked;
        let Some(tail) = masked.get("authorization").filter(|tail| !tail.is_empty()) else { return };
        let own = self.tokens.get(&request.id).into_iter();
        if let Some(token) = own.chain(self.tokens.values()).find(|token| token.trim().ends_with(tail.as_str())) {
            sent.insert("authorization".to_owned(), Json::from(token.trim()));
        }
    }

    /// From `--identities`, `--claims`, the logged context, or the logged headers, in this order.
    pub(super) fn caller(&self, request: &LoggedRequest, sent: Option<JsonMap<String, Json>>, mappings: &[(&Mapping, LoggedJson)]) -> LoggedCaller {
        let logged = mappings.iter().find_map(|(_, logged)| logged.given("identity").filter(|one| !one.is_null()));
        let logged = logged.as_ref().map(as_tree);
        let token = sent.as_ref().and_then(har::identity);
        let username = |identity: &Json| identity.get("username").and_then(Json::as_str).map(str::to_owned);
        let named = logged.as_ref().or(token.as_ref()).and_then(username);
        let given = self
            .identities
            .get(&request.id)
            .or_else(|| self.identities.get(&named?))
            .or_else(|| self.identities.get("*"));
        let key =
            sent.as_ref().is_some_and(|sent| sent.contains_key("x-api-key") && !sent.contains_key("authorization"));
        let identity = given.cloned().or(logged).or(token).or(key.then_some(Json::Null));
        LoggedCaller { identity, headers: sent }
    }

    /// The local templates on every entry.
    fn entries(&self, request: &LoggedRequest, mappings: &[(&Mapping, LoggedJson)], caller: &LoggedCaller, report: &mut RequestReport) {
        let mut seen: HashMap<(String, bool), usize> = HashMap::new();
        for (mapping, logged) in mappings {
            let mut entry = LogEntry::of(logged);
            let nth = match entry.of_function() {
                true => {
                    let place = seen.entry((entry.path.clone(), entry.is_request())).or_default();
                    *place += 1;
                    *place - 1
                }
                false => 0,
            };
            if self.field.as_ref().is_none_or(|wanted| *wanted == entry.field) {
                let now = self.clock.now.or(mapping.time).or(request.start);
                let local = self.resolvers.map(|resolvers| LocalTemplates { resolvers, rules: self.rules.as_ref() });
                entry.evaluate(logged, local, caller, nth, Clock { now, ..self.clock });
            }
            // The shape of logged errors is not documented: where they are left out, the local template tells.
            if entry.failed && entry.errors.is_empty() && entry.local == Some(Verdict::Denied) {
                entry.refused = true;
                entry.notes.push("the log tells an error but not which: the local template refuses".into());
            }
            report.entries.push(entry);
        }
    }
}

/// The entries in the order in which they were logged, where their times tell it.
fn mappings(request: &LoggedRequest) -> Vec<(&Mapping, LoggedJson)> {
    let mut found: Vec<(&Mapping, LoggedJson)> = request
        .mappings
        .iter()
        .map(|mapping| (mapping, LoggedJson::read(&mapping.text)))
        .collect();
    if found.iter().all(|(mapping, _)| mapping.time.is_some()) {
        found.sort_by_key(|(mapping, _)| mapping.time);
    }
    found
}

/// The caller's groups, as a name for those like it.
fn name(identity: &Json) -> String {
    let groups = identity.pointer("/claims/cognito:groups").or_else(|| identity.get("groups")).and_then(Json::as_array);
    let text = |name: &str| identity.get(name).and_then(Json::as_str);
    if let Some(groups) = groups {
        let mut names: Vec<&str> = groups.iter().filter_map(Json::as_str).collect();
        names.sort_unstable();
        names.dedup();
        return format!("groups {}", names.join(", "));
    }
    if identity.is_null() {
        return "API key".to_owned();
    }
    if let Some(arn) = text("userArn") {
        // The session's name is another for every call.
        let role = arn.split(":assumed-role/").nth(1).and_then(|rest| rest.split('/').next());
        return role.map_or_else(|| "IAM".to_owned(), |role| format!("IAM role {role}"));
    }
    if identity.get("resolverContext").is_some() {
        return "Lambda authorizer".to_owned();
    }
    "no groups".to_owned()
}
