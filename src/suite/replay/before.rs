//! What a request's log does not tell, judged by the layers before the resolver: the API's modes, directives and policies.

use super::decision::{LoggedDecision, Logged};
use super::entry::LoggedCaller;
use super::headers;
use super::judge::Judge;
use super::report::RequestReport;
use super::request::LoggedRequest;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::history::{self, Past};
use crate::request::layer::{Layer, LayerName, State};
use crate::request::{Member, MemberOrigin, MemberValue, Observed, Request, mode};
use crate::suite::diagnose::{Diagnosis, Refusal, diagnose};
use crate::trace::Verdict;
use serde_json::json;

/// Causes where nothing more is known; the first is `diagnose`'s own.
const BEFORE_EXECUTION: Code = Code::RefusedBeforeGraphql;
const NO_ENTRY: Code = Code::NoMappingEntry;

impl Judge<'_> {
    /// HTTP 4xx without an execution: AppSync ended it before any field was resolved.
    pub(super) fn before_execution(
        &self,
        request: &LoggedRequest,
        caller: &LoggedCaller,
        others: &dyn Fn() -> Vec<Past>,
        report: &mut RequestReport,
    ) -> Logged {
        let says = request.says();
        let status = report.status.unwrap_or(401);
        if request.function.as_ref().is_some_and(|function| !function.is_named) {
            report.notes.push("the function's log names no request of AppSync: its invocation is taken for the only request that was open when it began".into());
        }
        let unnamed = if matches!(status, 401 | 403) && says.firewall.is_none() { "UnauthorizedException" } else { "" };
        let kind = says.error_type.clone().unwrap_or_else(|| unnamed.to_owned());
        let observed = Observed {
            status: Some(status),
            error_type: Some(kind.clone()),
            message: says.message.clone(),
            ..Observed::default()
        };
        report.fields = headers::fields(request);
        let field = report.fields.first().cloned();
        let diagnosis = self.diagnose(request, caller, field.as_deref(), |one| {
            one.observed = Some(observed);
            one.others = others();
        });
        let verdict = diagnosis.as_ref().and_then(|found| found.verdict);
        let is_error =
            matches!(verdict, Some(Verdict::Error)) || !matches!(status, 401 | 403) && verdict != Some(Verdict::Denied);
        report.layer = diagnosis.as_ref().and_then(|found| found.layer).or((!is_error).then_some(LayerName::Request));
        let findings: Vec<&Finding> = match &diagnosis {
            Some(found) if is_error => found.hints.iter().filter(|finding| is_certain(finding)).take(1).collect(),
            Some(found) => causes(found, report.layer),
            None => Vec::new(),
        };
        report.cause =
            Some(findings.first().map_or(BEFORE_EXECUTION, |finding| finding.code).into());
        let ended = match kind.as_str() {
            "" => Message::of("HTTP {}", [Part::Value(status.to_string())]),
            kind => Message::of("HTTP {}: {}", [Part::Value(status.to_string()), Part::Value(kind.to_owned())]),
        };
        let causes = Message::list(findings.iter().map(|finding| finding.message.clone()), " ");
        report.reason = if findings.is_empty() {
            Message::joined("{}; refused before any field was resolved: » look at the credentials (vtl-eval token, vtl-eval diagnose)", [ended])
        } else {
            Message::joined("{}: {}", [ended, causes])
        };
        report.layers = layers(diagnosis);
        if is_error { Logged::Error } else { Logged::Denied }
    }

    /// Fields whose templates ran without an error, while the schema takes fields below them away from this caller: each is
    /// null in the answer, which is not in the log.
    pub(super) fn nested(&self, request: &LoggedRequest, caller: &LoggedCaller, report: &mut RequestReport) {
        if self.known.given(Member::Schema).is_none() {
            return;
        }
        let selections = headers::selections(request);
        for decision in report.decisions.iter_mut().filter(|decision| decision.logged == Logged::Ok) {
            let Some((_, info)) = selections.iter().find(|(field, _)| *field == decision.field) else { continue };
            let diagnosis = self.diagnose(request, caller, Some(&decision.field), |one| {
                one.set(Member::Info, MemberValue::new(info.clone(), MemberOrigin::Log));
            });
            let mode =
                diagnosis.as_ref().and_then(|found| found.layers.iter().find(|layer| layer.layer == LayerName::Mode));
            let Some(layer) = mode.filter(|layer| layer.state == State::Refused) else { continue };
            let certain: Vec<&Finding> = layer.findings.iter().filter(|finding| is_certain(finding)).take(2).collect();
            let Some(first) = certain.first() else { continue };
            // The field's own templates ran: a schema that refuses the field itself is not what was deployed.
            if first.path.as_deref() == Some(&format!("schema.{}", decision.field)) {
                report.notes.push(Message::joined(
                    "the log has {}, so it was let in, and the schema that was given says otherwise: {} That is not what is deployed: fetch it anew (aws appsync get-introspection-schema).",
                    [
                        Message::of("a mapping entry of {} without an error", [Part::Name(decision.field.clone())]),
                        first.message.cause(),
                    ],
                ));
                continue;
            }
            let words = Message::list(certain.iter().map(|finding| finding.message.clone()), " ");
            let field = Message::of("{}", [Part::Name(decision.field.clone())]);
            decision.logged = Logged::Denied;
            decision.layer = Some(LayerName::Mode);
            decision.cause = Some(first.code.into());
            decision.reason = Message::joined(
                "{} came through, and below it {} (the answer is not in the log; this follows from the schema)",
                [field, words],
            );
            report.layers.extend(layers(diagnosis));
        }
    }

    /// Fields that were asked for and have no mapping entry: a directive or IAM refused them, or they have no resolver.
    pub(super) fn without_entry(&self, request: &LoggedRequest, caller: &LoggedCaller, report: &mut RequestReport) {
        if !request.executed {
            return;
        }
        let mut wanted = headers::fields(request);
        let roots = ["Query", "Mutation", "Subscription"];
        for (parent, field) in request.traced.iter().filter(|(parent, _)| roots.contains(&parent.as_str())) {
            wanted.push(format!("{parent}.{field}"));
        }
        let mut known: Vec<String> = report.entries.iter().map(|entry| entry.field.clone()).collect();
        wanted.retain(|field| {
            let new = !known.contains(field);
            known.push(field.clone());
            new
        });
        // Entries of others that did not fail, or traces: this request got past validation, at the log level ALL.
        let all = request.mappings.iter().any(|mapping| !mapping.failed) || !request.traced.is_empty();
        if wanted.is_empty() && report.entries.is_empty() {
            wanted.push(String::new());
        }
        let limit = self.over_limit(request, caller, wanted.first());
        if let Some(finding) = &limit
            && all
        {
            // It was run, so the limit was another one when it was.
            let words = "more than the API's configuration allows, and it ran: the limit was another one then, or AppSync counts otherwise ({})";
            report.notes.push(Message::joined(words, [finding.message.cause()]));
        }
        for field in wanted {
            if let Some(finding) = limit.as_ref().filter(|_| !all && request.cut == 0) {
                report.decisions.push(LoggedDecision::ended(field, finding));
                continue;
            }
            if field.is_empty() && request.status == Some(200) {
                report.decisions.push(summary_alone());
                continue;
            }
            let diagnosis = (!field.is_empty()).then(|| self.diagnose(request, caller, Some(&field), |_| ())).flatten();
            let decision = self.missing(field, all && request.cut == 0, diagnosis.as_ref());
            report.decisions.push(if decision.logged == Logged::Unknown && is_unrefused(request) { unrefused(decision.field) } else { decision });
            report.layers.extend(layers(diagnosis));
        }
    }

    /// That the query asks for more than a limit of the API's configuration allows.
    fn over_limit(&self, request: &LoggedRequest, caller: &LoggedCaller, field: Option<&String>) -> Option<Finding> {
        self.known.given(Member::Api)?;
        let body = headers::body(request)?;
        let found = self.diagnose(request, caller, field.map(String::as_str), |one| {
            one.set(Member::Body, MemberValue::new(json!(body.to_string()), MemberOrigin::Log));
        })?;
        let is_limit = |finding: &Finding| matches!(finding.code, Code::QueryDepth | Code::ResolverCount);
        found.hints.into_iter().find(is_limit)
    }

    fn missing(&self, field: String, all: bool, diagnosis: Option<&Diagnosis>) -> LoggedDecision {
        let refused = diagnosis.and_then(|found| {
            let early = |layer: &&Layer| layer.state == State::Refused && layer.layer != LayerName::Resolver;
            found.layers.iter().find(early)
        });
        if let Some(layer) = refused {
            let finding = layer.findings.iter().find(|finding| is_certain(finding));
            return LoggedDecision {
                field,
                path: String::new(),
                logged: Logged::Denied,
                layer: Some(layer.layer),
                cause: Some(finding.map_or(NO_ENTRY, |finding| finding.code).into()),
                reason: finding.map(|finding| finding.message.clone()).unwrap_or_default(),
                by_rules: None,
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
                Logged::Denied,
                "it has a resolver and no mapping entry, in a request that has other entries: a directive of the schema or IAM refused the field before its resolver (give --schema, --api, --policy to see which)",
            )
        } else {
            (
                Logged::Unknown,
                "it was executed without a mapping entry: a directive or IAM refused the field, the field has no resolver, the query was not valid, or the log level is below ALL",
            )
        };
        LoggedDecision {
            field,
            path: String::new(),
            logged,
            // Where even that it was refused is not known, no layer is to blame.
            layer: (logged == Logged::Denied).then_some(LayerName::Mode),
            cause: Some(NO_ENTRY.into()),
            reason: reason.into(),
            by_rules: None,
                change: None,
        }
    }

    /// The layers before the resolver, judged by `diagnose`.
    fn diagnose(
        &self,
        request: &LoggedRequest,
        caller: &LoggedCaller,
        field: Option<&str>,
        more: impl FnOnce(&mut Request),
    ) -> Option<Diagnosis> {
        let mut one = self.request(request, caller, field);
        more(&mut one);
        let mut refusal = Refusal::of(one).ok()?;
        refusal.evidence.auth_type = mode::selected(&refusal.evidence).or_else(|| {
            let identity = caller.identity.as_ref()?;
            crate::appsync::AuthType::guess(&identity.into())
        });
        let found = diagnose(&refusal, None).ok()?;
        Some(if request.status == Some(200) { let_in(found) } else { found })
    }

    /// A log's request for one of its fields, with what is known of them all.
    pub fn request(&self, logged: &LoggedRequest, caller: &LoggedCaller, field: Option<&str>) -> Request {
        let mut request = self.known.clone();
        request.send(caller.headers.clone().unwrap_or_default());
        // Headers are logged with verbose content only, and credentials may be masked: absent is not missing.
        let hidden = !request.has_credential();
        let mut set = |member, json| request.set(member, MemberValue::new(json, MemberOrigin::Log));
        set(Member::Request, json!({}));
        set(Member::Sanitized, json!(hidden));
        if let Some(now) = logged.time() {
            set(Member::Now, json!(now / 1000));
        }
        if let Some(identity) = caller.identity.as_ref().filter(|identity| !identity.is_null()) {
            set(Member::Identity, identity.clone());
        }
        if let Some((parent, field)) = field.and_then(|field| field.split_once('.')) {
            set(Member::Info, json!({"parentTypeName": parent, "fieldName": field}));
        }
        if let Some(function) = &logged.function {
            let given = |member| self.known.json(member).is_none();
            let mut take = |member, json: &Option<serde_json::Value>| {
                if let Some(json) = json.as_ref().filter(|_| given(member)) {
                    request.set(member, MemberValue::new(json.clone(), MemberOrigin::Log));
                }
            };
            take(Member::Authorizer, &function.answer);
            take(Member::AuthorizerEvent, &function.event);
        }
        let mut says = logged.says();
        says.other = self.other_token(&logged.id, says.masked.get("authorization").map_or("", String::as_str));
        request.log = Some(says);
        request
    }
}

/// A request that ended with 200 had passed all that is judged of the credential, whatever the present configuration says of it: that
/// may be of another time.
fn let_in(mut found: Diagnosis) -> Diagnosis {
    let of_credential = |layer: &Layer| {
        let first = layer.findings.first().map(|first| first.code);
        layer.layer == LayerName::Request || first == Some(Code::ModeNotConfigured)
    };
    for layer in found.layers.iter_mut().filter(|layer| layer.state == State::Refused && of_credential(layer)) {
        layer.state = State::Unknown;
        layer.findings.retain(|one| one.code != Code::ModeNotConfigured);
    }
    found
}

impl Judge<'_> {
    /// The end of the token that was given for a request, where none of those given ends as the one that was sent.
    fn other_token(&self, id: &str, tail: &str) -> Option<String> {
        let ends = |token: &&String| token.trim().ends_with(tail);
        let given = self.tokens.get(id).or_else(|| self.tokens.get("*"))?;
        (!tail.is_empty() && !self.tokens.values().any(|token| ends(&token))).then(|| history::tail(given.trim()))
    }
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

/// Whether the request ended with 200 and the log has no error of it.
fn is_unrefused(request: &LoggedRequest) -> bool {
    let says = request.says();
    request.status == Some(200) && says.error_type.is_none() && says.message.is_none() && !request.mappings.iter().any(|one| one.failed)
}

/// A field without an entry, of a request that the log does not show to be refused: what keeps it from the log is not a refusal.
fn unrefused(field: String) -> LoggedDecision {
    LoggedDecision {
        field,
        path: String::new(),
        logged: Logged::Unknown,
        layer: None,
        cause: Some(Code::LogIncomplete.into()),
        reason: "nothing of it in the log is a refusal: it ended with status 200, so the credential was accepted, and no error stands beside it. That the field has no entry of its resolver has other causes (no template of its own, or a log level below ALL). » If its answer had an error all the same, give that answer to vtl-eval diagnose: a single field's refusal ends with 200 too.".into(),
        by_rules: None,
        change: None,
    }
}

/// Of a request that was let in, the log has summaries alone: it names no field.
fn summary_alone() -> LoggedDecision {
    LoggedDecision {
        field: String::new(),
        path: String::new(),
        logged: Logged::Unknown,
        layer: None,
        cause: Some(Code::LogIncomplete.into()),
        reason: "this log cannot say: it has only the summary of the request, whose status 200 means that the credential was accepted; if anything was refused, it was a single field, by a directive of the schema or by its resolver, and no field stands here. » Turn field-level logging on (level ALL, with verbose content: Settings, Logging; or aws appsync update-graphql-api --log-config) and ask again, or give the schema, the caller and the templates to vtl-eval diagnose.".into(),
        by_rules: None,
        change: None,
    }
}
