//! One request of a log: where it was refused, and what the local templates make of it.

use super::compare::Comparison;
use super::entry::{Caller, Entry};
use super::headers;
use super::request::{Mapping, Request};
use crate::code::Code;
use crate::finding::Finding;
use crate::request::history::Past;
use crate::request::layer::{Layer, LayerName, State};
use crate::request::secret::Secrets;
use crate::request::{Evidence, har, mode};
use crate::resolver::Resolvers;
use crate::suite::diagnose::{Diagnosis, Refusal, diagnose};
use crate::trace::Verdict;
use serde::Serialize;
use serde_json::{Map as JsonMap, Value as Json, json};
use std::collections::HashMap;

/// Causes where nothing more is known; the first is `diagnose`'s own.
const BEFORE_EXECUTION: Code = Code::RefusedBeforeGraphql;
const NO_ENTRY: Code = Code::NoMappingEntry;

/// What the log and the local templates decide about one field of a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// `Type.field`
    pub field: String,
    /// The place in the answer.
    pub path: String,
    /// `denied`, `error`, `ok`, `unknown`: what was logged.
    pub logged: &'static str,
    /// The layer that refused, or is the likeliest one.
    pub layer: Option<LayerName>,
    /// The code of the cause.
    pub cause: Option<String>,
    /// In words.
    pub reason: String,
    /// `opened`, `closed`, or `changed` (another filter on the rows) where the local templates decide otherwise.
    pub change: Option<&'static str>,
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
    /// The layer that refused, or is the likeliest one: those of `diagnose`.
    pub layer: Option<LayerName>,
    /// The refused fields, or all.
    pub fields: Vec<String>,
    /// The code of the cause.
    pub cause: Option<String>,
    /// In words.
    pub reason: String,
    /// The caller's groups, if an identity is known.
    pub caller: Option<String>,
    /// `opened`, `closed` or `changed` where the local templates decide otherwise.
    pub change: Option<&'static str>,
    /// Field by field.
    pub decisions: Vec<Decision>,
    /// The layers before the resolver that did not let it pass, as `diagnose` judges them.
    pub layers: Vec<Layer>,
    /// The mapping entries.
    pub entries: Vec<Entry>,
    /// What a reader must know to trust this.
    pub notes: Vec<String>,
}

/// Judges requests.
#[derive(Debug, Default)]
pub struct Judge<'a> {
    /// The local templates.
    pub resolvers: Option<&'a Resolvers>,
    /// Identities by request id or username, and one for all under `*`.
    pub identities: JsonMap<String, Json>,
    /// Tokens that were given as such, by the same names: a log shows the end of the one that was sent.
    pub tokens: HashMap<String, String>,
    /// `schema`, `apiConfig`, `policy` as in a refusal report: what the layers before the resolver need.
    pub known: JsonMap<String, Json>,
    /// Only this field.
    pub field: Option<String>,
    /// Whether callers and what their claims hold are hidden.
    pub redact: bool,
}

impl Judge<'_> {
    /// Judges a request; `None` when it has not the field that was asked for.
    pub fn report(&self, request: &Request, others: &dyn Fn() -> Vec<Past>) -> Option<RequestReport> {
        let sent = request.request_headers.as_deref().map(headers::read);
        let mut sent = sent;
        self.unmask(request, sent.as_mut());
        let mut secrets = sent.as_ref().map(Secrets::of).unwrap_or_default();
        let mut report = RequestReport { request_id: request.id.clone(), status: request.status, ..Default::default() };
        let mappings = mappings(request);
        let caller = self.caller(request, sent, &mappings);
        report.caller = caller.identity.as_ref().map(name);
        self.entries(request, &mappings, &caller, &mut report);
        report.decisions = decisions(&report.entries);
        if matches!(request.status, Some(401 | 403)) || matches!(request.status, Some(400..=499)) && !request.executed {
            self.before_execution(request, &caller, others, &mut report);
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
        conclude(request, &mut report);
        if let Some(headers) = caller.headers.as_ref() {
            secrets = Secrets::of(headers);
        }
        hide(&mut report, &secrets);
        if self.redact {
            redact(&mut report);
        }
        Some(report)
    }

    /// A masked token that ends as one that was given is that one.
    fn unmask(&self, request: &Request, sent: Option<&mut JsonMap<String, Json>>) {
        let Some(sent) = sent else { return };
        let masked = request.request_headers.as_deref().map(headers::read_all).unwrap_or_default().masked;
        let Some(tail) = masked.get("authorization").filter(|tail| !tail.is_empty()) else { return };
        let own = self.tokens.get(&request.id).into_iter();
        if let Some(token) = own.chain(self.tokens.values()).find(|token| token.trim().ends_with(tail.as_str())) {
            sent.insert("authorization".to_owned(), Json::from(token.trim()));
        }
    }

    /// From `--identities`, `--claims`, the logged context, or the logged headers, in this order.
    fn caller(&self, request: &Request, sent: Option<JsonMap<String, Json>>, mappings: &[(&Mapping, Json)]) -> Caller {
        let logged =
            mappings.iter().find_map(|(_, json)| json.pointer("/context/identity").filter(|one| !one.is_null()));
        let token = sent.as_ref().and_then(har::identity);
        let username = |identity: &Json| identity.get("username").and_then(Json::as_str).map(str::to_owned);
        let named = logged.or(token.as_ref()).and_then(username);
        let given = self
            .identities
            .get(&request.id)
            .or_else(|| self.identities.get(&named?))
            .or_else(|| self.identities.get("*"));
        let key =
            sent.as_ref().is_some_and(|sent| sent.contains_key("x-api-key") && !sent.contains_key("authorization"));
        let identity = given.or(logged).cloned().or(token).or(key.then_some(Json::Null));
        Caller { identity, headers: sent }
    }

    /// The local templates on every entry.
    fn entries(&self, request: &Request, mappings: &[(&Mapping, Json)], caller: &Caller, report: &mut RequestReport) {
        let mut seen: HashMap<(String, bool), usize> = HashMap::new();
        for (mapping, json) in mappings {
            let mut entry = Entry::read(json);
            let nth = match entry.of_function() {
                true => {
                    let place = seen.entry((entry.path.clone(), entry.is_request())).or_default();
                    *place += 1;
                    *place - 1
                }
                false => 0,
            };
            if self.field.as_ref().is_none_or(|wanted| *wanted == entry.field) {
                entry.evaluate(json, self.resolvers, caller, nth, mapping.time.or(request.start));
            }
            // The shape of logged errors is not documented: where they are left out, the local template tells.
            if entry.failed && entry.errors.is_empty() && entry.local == Some(Verdict::Denied) {
                entry.refused = true;
                entry.notes.push("the log tells an error but not which: the local template refuses".to_owned());
            }
            report.entries.push(entry);
        }
    }

    /// HTTP 4xx without an execution: AppSync ended it before any field was resolved.
    fn before_execution(
        &self,
        request: &Request,
        caller: &Caller,
        others: &dyn Fn() -> Vec<Past>,
        report: &mut RequestReport,
    ) {
        let status = request.status.unwrap_or(401);
        let says = request.says();
        let unnamed = if matches!(status, 401 | 403) { "UnauthorizedException" } else { "" };
        let kind = says.error_type.clone().unwrap_or_else(|| unnamed.to_owned());
        let observed = json!({"httpStatus": status, "errorType": kind, "message": says.message});
        report.fields = headers::fields(request);
        let field = report.fields.first().cloned();
        let more = [("observed", observed), ("others", serde_json::to_value(others()).unwrap_or_default())];
        let diagnosis = self.diagnose(request, caller, field.as_deref(), more);
        let verdict = diagnosis.as_ref().and_then(|found| found.verdict);
        let ended =
            matches!(verdict, Some(Verdict::Error)) || !matches!(status, 401 | 403) && verdict != Some(Verdict::Denied);
        report.verdict = if ended { "error" } else { "denied" }.to_owned();
        report.layer = diagnosis.as_ref().and_then(|found| found.layer).or((!ended).then_some(LayerName::Request));
        let told: Vec<&Finding> = match &diagnosis {
            Some(found) if ended => found.hints.iter().filter(|finding| is_certain(finding)).take(1).collect(),
            Some(found) => causes(found, report.layer),
            None => Vec::new(),
        };
        report.cause =
            Some(told.first().map_or_else(|| BEFORE_EXECUTION.to_string(), |finding| finding.code.to_string()));
        let kind = if kind.is_empty() { String::new() } else { format!(": {kind}") };
        report.reason = if told.is_empty() {
            format!(
                "HTTP {status}{kind}; refused before any field was resolved: look at the credentials (vtl-eval token, vtl-eval diagnose)"
            )
        } else {
            let words: Vec<String> = told.iter().map(|finding| finding.message.to_string()).collect();
            format!("HTTP {status}{kind}: {}", words.join(" "))
        };
        report.layers = layers(diagnosis);
    }

    /// Fields whose templates ran without an error, while the schema takes fields below them away from this caller: each is
    /// null in the answer, which is not in the log.
    fn nested(&self, request: &Request, caller: &Caller, report: &mut RequestReport) {
        if !self.known.contains_key("schema") {
            return;
        }
        let selections = headers::selections(request);
        for decision in report.decisions.iter_mut().filter(|decision| decision.logged == "ok") {
            let Some((_, info)) = selections.iter().find(|(field, _)| *field == decision.field) else { continue };
            let diagnosis = self.diagnose(request, caller, Some(&decision.field), [("info", info.clone())]);
            let mode =
                diagnosis.as_ref().and_then(|found| found.layers.iter().find(|layer| layer.layer == LayerName::Mode));
            let Some(layer) = mode.filter(|layer| layer.state == State::Refused) else { continue };
            let told: Vec<&Finding> = layer.findings.iter().filter(|finding| is_certain(finding)).take(2).collect();
            let Some(first) = told.first() else { continue };
            let words: Vec<String> = told.iter().map(|finding| finding.message.to_string()).collect();
            decision.logged = "denied";
            decision.layer = Some(LayerName::Mode);
            decision.cause = Some(first.code.to_string());
            decision.reason = format!(
                "{} came through, and below it {} (the answer is not in the log; this follows from the schema)",
                decision.field,
                words.join(" ")
            );
            report.layers.extend(layers(diagnosis));
        }
    }

    /// Fields that were asked for and have no mapping entry: a directive or IAM refused them, or they have no resolver.
    fn without_entry(&self, request: &Request, caller: &Caller, report: &mut RequestReport) {
        if !request.executed {
            return;
        }
        let mut wanted = headers::fields(request);
        let roots = ["Query", "Mutation", "Subscription"];
        for (parent, field) in request.traced.iter().filter(|(parent, _)| roots.contains(&parent.as_str())) {
            wanted.push(format!("{parent}.{field}"));
        }
        let mut told: Vec<String> = report.entries.iter().map(|entry| entry.field.clone()).collect();
        wanted.retain(|field| {
            let new = !told.contains(field);
            told.push(field.clone());
            new
        });
        // Entries of others that did not fail, or traces: this request got past validation, at the log level ALL.
        let all = request.mappings.iter().any(|mapping| !mapping.failed) || !request.traced.is_empty();
        if wanted.is_empty() && report.entries.is_empty() {
            wanted.push(String::new());
        }
        for field in wanted {
            let diagnosis = (!field.is_empty()).then(|| self.diagnose(request, caller, Some(&field), [])).flatten();
            report.decisions.push(self.missing(field, all && request.cut == 0, diagnosis.as_ref()));
            report.layers.extend(layers(diagnosis));
        }
    }

    fn missing(&self, field: String, all: bool, diagnosis: Option<&Diagnosis>) -> Decision {
        let refused = diagnosis.and_then(|found| {
            let early = |layer: &&Layer| layer.state == State::Refused && layer.layer != LayerName::Resolver;
            found.layers.iter().find(early)
        });
        if let Some(layer) = refused {
            let finding = layer.findings.iter().find(|finding| is_certain(finding));
            return Decision {
                field,
                path: String::new(),
                logged: "denied",
                layer: Some(layer.layer),
                cause: Some(finding.map_or_else(|| NO_ENTRY.to_string(), |finding| finding.code.to_string())),
                reason: finding.map(|finding| finding.message.to_string()).unwrap_or_default(),
                change: None,
            };
        }
        let has_template =
            self.resolvers.and_then(|resolvers| resolvers.by_field.get(&field)).is_some_and(|resolver| {
                let halves =
                    resolver.functions.iter().any(|function| function.request.is_some() || function.response.is_some());
                halves || resolver.before.is_some() || resolver.after.is_some()
            });
        let (logged, reason) = if all && has_template {
            (
                "denied",
                "it has a resolver and no mapping entry, in a request that has other entries: a directive of the schema or IAM refused the field before its resolver (give --schema, --api, --policy to see which)",
            )
        } else {
            (
                "unknown",
                "it was executed without a mapping entry: a directive or IAM refused the field, the field has no resolver, the query was not valid, or the log level is below ALL",
            )
        };
        Decision {
            field,
            path: String::new(),
            logged,
            layer: Some(LayerName::Mode),
            cause: Some(NO_ENTRY.to_string()),
            reason: reason.to_owned(),
            change: None,
        }
    }

    /// The layers before the resolver, judged by `diagnose`.
    fn diagnose(
        &self,
        request: &Request,
        caller: &Caller,
        field: Option<&str>,
        more: impl IntoIterator<Item = (&'static str, Json)>,
    ) -> Option<Diagnosis> {
        let mut context = self.known.clone();
        let mut about = JsonMap::new();
        let headers = caller.headers.clone().unwrap_or_default();
        let has_credential = headers.contains_key("authorization") || headers.contains_key("x-api-key");
        // Headers are logged with verbose content only, and credentials may be masked: absent is not missing.
        about.insert("sanitized".to_owned(), json!(!has_credential));
        about.insert("headers".to_owned(), Json::Object(headers));
        let says = request.says();
        if let Some(now) = request.time() {
            about.insert("now".to_owned(), json!(now / 1000));
        }
        context.insert("request".to_owned(), Json::Object(about));
        if let Some(identity) = caller.identity.as_ref().filter(|identity| !identity.is_null()) {
            context.insert("identity".to_owned(), identity.clone());
        }
        if let Some((parent, field)) = field.and_then(|field| field.split_once('.')) {
            context.insert("info".to_owned(), json!({"parentTypeName": parent, "fieldName": field}));
        }
        for (name, value) in more {
            match (context.get_mut(name).and_then(Json::as_object_mut), value) {
                (Some(known), Json::Object(value)) => known.extend(value),
                (_, value) => drop(context.insert(name.to_owned(), value)),
            }
        }
        context.insert("log".to_owned(), serde_json::to_value(says).unwrap_or_default());
        let context = Json::Object(context);
        let evidence = Evidence::read(&context, None);
        let auth_type = mode::selected(&evidence).or_else(|| {
            let identity = caller.identity.as_ref()?;
            crate::appsync::AuthType::guess(&identity.into())
        });
        let refusal = Refusal { evidence: Evidence { auth_type, ..evidence }, context, ..Refusal::default() };
        diagnose(&refusal, None).ok()
    }
}

/// The entries in the order in which they were logged, where their times tell it.
fn mappings(request: &Request) -> Vec<(&Mapping, Json)> {
    let mut found: Vec<(&Mapping, Json)> = request
        .mappings
        .iter()
        .map(|mapping| (mapping, serde_json::from_str(&mapping.text).unwrap_or_default()))
        .collect();
    if found.iter().all(|(mapping, _)| mapping.time.is_some()) {
        found.sort_by_key(|(mapping, _)| mapping.time);
    }
    found
}

/// One decision a field and place in the answer.
fn decisions(entries: &[Entry]) -> Vec<Decision> {
    let mut places: Vec<(&str, &str)> = Vec::new();
    let mut by_place: HashMap<(&str, &str), Vec<&Entry>> = HashMap::new();
    for entry in entries {
        let place = (entry.field.as_str(), entry.path.as_str());
        let known = by_place.entry(place).or_default();
        if known.is_empty() {
            places.push(place);
        }
        known.push(entry);
    }
    places.iter().map(|place| decision(&by_place[place])).collect()
}

fn decision(entries: &[&Entry]) -> Decision {
    let refused = entries.iter().find(|entry| entry.refused);
    let failed = entries.iter().find(|entry| entry.failed);
    let denies = entries.iter().find(|entry| entry.local == Some(Verdict::Denied));
    let stopped = entries.iter().any(|entry| matches!(entry.local, Some(Verdict::Denied | Verdict::Error)));
    let about = entries[0];
    let mut decision = Decision {
        field: about.field.clone(),
        path: about.path.clone(),
        logged: "ok",
        layer: None,
        cause: None,
        reason: String::new(),
        change: None,
    };
    if let Some(entry) = refused {
        decision.logged = "denied";
        decision.layer = Some(LayerName::Resolver);
        decision.cause = entry.cause.clone().or_else(|| Some(Code::RefusedByResolver.to_string()));
        decision.reason = entry.reason.clone().or_else(|| entry.errors.first().cloned()).unwrap_or_default();
        // What later templates would decide was not logged: that the refusing one lets it pass is told as opened.
        if entry.local.is_some() && !stopped {
            decision.change = Some("opened");
        }
    } else if let Some(entry) = failed {
        decision.logged = "error";
        decision.cause = entry.cause.clone();
        decision.reason = entry.reason.clone().or_else(|| entry.errors.first().cloned()).unwrap_or_default();
    } else if let Some(entry) = denies {
        decision.change = Some("closed");
        decision.cause = entry.cause.clone();
        decision.reason = entry.reason.clone().unwrap_or_default();
    } else if let Some((change, reason)) = filter_change(entries) {
        decision.change = Some(change);
        decision.cause = Some("filter".to_owned());
        decision.reason = reason.to_owned();
    }
    decision
}

/// Whether the filter on the rows that a later entry shows is the one that the local template sets.
fn filter_change(entries: &[&Entry]) -> Option<(&'static str, &'static str)> {
    let setter = entries.iter().rposition(|entry| entry.local_filter.is_some());
    let (logged, local) = match setter.and_then(|at| Some((at, entries[at].local_filter.as_ref()?))) {
        Some((at, local)) => (&entries.get(at + 1)?.logged_filter, local),
        // No local template sets one: the log tells whether a deployed one did.
        None if entries.iter().all(|entry| entry.local.is_some()) => {
            (&entries.iter().find(|entry| entry.logged_filter.is_some())?.logged_filter, &None)
        }
        None => return None,
    };
    match (logged, local) {
        (Some(_), None) => Some(("opened", "the log has a filter on the rows, the local templates set none")),
        (None, Some(_)) => Some(("closed", "the local templates set a filter on the rows, the log has none")),
        (Some(logged), Some(local)) if logged != local => {
            Some(("changed", "the local templates set another filter on the rows than the log has"))
        }
        _ => None,
    }
}

/// The request as a whole.
fn conclude(request: &Request, report: &mut RequestReport) {
    if request.cut > 0 {
        report.notes.push(format!("{} entries of this request were cut: what they said is not known", request.cut));
    }
    if request.dropped > 0 {
        report.notes.push(format!("{} entries of this request are too many and were not judged", request.dropped));
    }
    let worst = |change: &str| report.decisions.iter().find(|decision| decision.change == Some(change));
    let changed = worst("opened").or_else(|| worst("closed")).or_else(|| worst("changed")).cloned();
    report.change = changed.as_ref().and_then(|decision| decision.change);
    if !report.verdict.is_empty() {
        return;
    }
    let logged = |word: &str| report.decisions.iter().find(|decision| decision.logged == word).cloned();
    let unknown = request.cut > 0 || request.dropped > 0;
    let (verdict, decision) = match (logged("denied"), logged("unknown"), logged("error")) {
        (Some(denied), ..) => ("denied", Some(denied)),
        (None, Some(unknown), _) => ("unknown", Some(unknown)),
        (None, None, Some(error)) => ("error", Some(error)),
        (None, None, None) if unknown || request.status.is_none() && report.entries.is_empty() => ("unknown", None),
        (None, None, None) => ("ok", None),
    };
    report.verdict = verdict.to_owned();
    let fields: Vec<&Decision> = match (verdict, &changed) {
        ("denied", _) => report.decisions.iter().filter(|decision| decision.logged == "denied").collect(),
        (_, Some(changed)) => report.decisions.iter().filter(|decision| decision.change == changed.change).collect(),
        _ => report.decisions.iter().collect(),
    };
    let mut fields: Vec<String> = fields.into_iter().map(|decision| decision.field.clone()).collect();
    if verdict != "denied" {
        let roots = request
            .traced
            .iter()
            .filter(|(parent, _)| matches!(parent.as_str(), "Query" | "Mutation" | "Subscription"));
        fields.extend(roots.map(|(parent, field)| format!("{parent}.{field}")).filter(|_| changed.is_none()));
    }
    fields.retain(|field| !field.is_empty());
    fields.sort_unstable();
    fields.dedup();
    report.fields = fields;
    if let Some(decision) = decision.or(changed) {
        report.layer = decision.layer;
        report.cause = decision.cause;
        report.reason = decision.reason;
    } else if unknown {
        report.reason = report.notes.join("; ");
    }
    let says = request.says();
    if report.verdict == "unknown"
        && (says.cut || says.status.is_none() && !request.executed)
        && report.entries.is_empty()
    {
        let id = &request.id;
        let sent = if says.masked.contains_key("authorization")
            || says.masked.contains_key("x-api-key")
            || says.cut
                && request
                    .request_headers
                    .as_deref()
                    .is_some_and(|text| text.contains("authorization=") || text.contains("x-api-key="))
        {
            " A credential was sent, that much is in it."
        } else {
            ""
        };
        let end = if says.cut { "it breaks off in the middle of a line" } else { "it is not complete" };
        report.layer = None;
        report.cause = Some(Code::LogIncomplete.to_string());
        report.reason = format!(
            "this log cannot say: {end}, and has no status (RequestSummary) and no answer, so it is not even known that the request was refused.{sent} Export the whole request again, for example with aws logs filter-log-events --filter-pattern '\"{id}\"'."
        );
    }
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

/// A finding that tells a cause, not that something is missing to tell one.
fn is_certain(finding: &Finding) -> bool {
    !finding.code.is_doubt()
}

/// The first two findings of the layer that refused; a doubt where there is nothing else.
fn causes(found: &Diagnosis, layer: Option<LayerName>) -> Vec<&Finding> {
    let Some(layer) = found.layers.iter().find(|one| Some(one.layer) == layer) else { return Vec::new() };
    let known: Vec<&Finding> = layer.findings.iter().filter(|finding| is_certain(finding)).take(2).collect();
    if known.is_empty() { layer.findings.iter().take(1).collect() } else { known }
}

/// Those before the resolver that did not let it pass and have something to say.
fn layers(diagnosis: Option<Diagnosis>) -> Vec<Layer> {
    let early = |layer: &Layer| !matches!(layer.layer, LayerName::Resolver | LayerName::Records);
    let mut layers = diagnosis.map(|found| found.layers).unwrap_or_default();
    layers.retain(|layer| early(layer) && layer.state != State::Passed && !layer.findings.is_empty());
    layers
}

/// Takes credentials out of every text that a log may bring.
fn hide(report: &mut RequestReport, secrets: &Secrets) {
    secrets.hide(&mut report.request_id);
    secrets.hide(&mut report.reason);
    report.caller.iter_mut().for_each(|caller| secrets.hide(caller));
    report.fields.iter_mut().for_each(|field| secrets.hide(field));
    for decision in &mut report.decisions {
        secrets.hide(&mut decision.field);
        secrets.hide(&mut decision.path);
        secrets.hide(&mut decision.reason);
    }
    for finding in report.layers.iter_mut().flat_map(|layer| &mut layer.findings) {
        finding.message.edit(|text| secrets.hide(text));
        secrets.hide_in(&mut finding.actual);
        secrets.hide_in(&mut finding.wanted);
    }
    for entry in &mut report.entries {
        let own = [&mut entry.field, &mut entry.path, &mut entry.log_type];
        own.into_iter().for_each(|text| secrets.hide(text));
        entry.errors.iter_mut().for_each(|error| secrets.hide(error));
        entry.function.iter_mut().chain(&mut entry.reason).for_each(|text| secrets.hide(text));
        match &mut entry.comparison {
            Comparison::Equal => {}
            Comparison::Different { logged, local, diff } => {
                secrets.hide(logged);
                secrets.hide(local);
                for place in diff {
                    secrets.hide(&mut place.path);
                    secrets.hide_in(&mut place.logged);
                    secrets.hide_in(&mut place.local);
                }
            }
            Comparison::NotComparable { why } => secrets.hide(why),
        }
    }
}

/// Hides who callers are and what their claims hold.
fn redact(report: &mut RequestReport) {
    const HIDDEN: &str = "redacted";
    report.caller = report.caller.take().map(|_| HIDDEN.to_owned());
    report.reason = report.cause.clone().unwrap_or_default();
    for decision in &mut report.decisions {
        decision.reason = decision.cause.clone().unwrap_or_default();
    }
    for finding in report.layers.iter_mut().flat_map(|layer| &mut layer.findings) {
        finding.message = finding.code.as_str().into();
        (finding.actual, finding.wanted) = (Json::Null, Json::Null);
    }
    for entry in &mut report.entries {
        entry.reason = entry.cause.clone();
        entry.errors.iter_mut().for_each(|error| *error = HIDDEN.to_owned());
        if let Comparison::Different { logged, local, diff } = &mut entry.comparison {
            (*logged, *local) = (HIDDEN.to_owned(), HIDDEN.to_owned());
            for place in diff {
                (place.logged, place.local) = (Json::Null, Json::Null);
            }
        }
    }
}
