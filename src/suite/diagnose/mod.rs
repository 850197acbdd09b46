//! One refused request, layer by layer, in the order in which AppSync applies them.

mod compare;
mod contradiction;
mod from_project;
mod next;
mod operations;
mod proof;
mod subscription;
mod templates;

use crate::message::quoted;
use crate::appsync::{AuthType, Given};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::explain::{Comparison, Explanation};
use crate::explain::carried::{Carrying, Fate};
use crate::finding::Finding;
use crate::request::layer::{Layer, LayerName, State};
use crate::request::socket::Subscription;
use crate::request::{Evidence, Observed, api, authorizer, credentials, event, iam, limits, messages, mode};
use crate::resolver::Resolvers;
use crate::trace::Verdict;
use crate::value::{Map, Value};
pub use compare::diagnosed;
use contradiction::Difference;
pub use from_project::add as add_project;
use serde_json::Value as Json;

/// A refused request with everything that is known of it.
#[derive(Clone, Debug, Default)]
pub struct Refusal {
    /// The template that decided, if it is known.
    pub template: Option<String>,
    /// Its name, such as `Query.listTodos.auth.1.req.vtl`.
    pub template_name: Option<String>,
    /// What is known of the request.
    pub evidence: Evidence,
    /// The members of the context.
    pub context: Json,
    /// The same request by another caller.
    pub other: Option<Box<Refusal>>,
}

/// A diagnosis.
#[derive(Debug)]
pub struct Diagnosis {
    /// The verdict over all layers; `None` is unknown.
    pub verdict: Option<Verdict>,
    /// The layer that refused, or is the likeliest one.
    pub layer: Option<LayerName>,
    /// All layers, in order.
    pub layers: Vec<Layer>,
    /// `Type.field`
    pub field: Option<String>,
    /// Why the templates decided as they did, if any ran.
    pub resolver: Option<Explanation>,
    /// The mode that the request came as.
    pub auth_type: Option<AuthType>,
    /// Whether what was computed fits what was seen; `None` when nothing was seen.
    pub consistent: Option<bool>,
    /// Why the two may differ, the likeliest first.
    pub reasons: Vec<Finding>,
    /// Of the deciding layer first.
    pub hints: Vec<Finding>,
    /// What a reader must know to trust the answer.
    pub notes: Vec<String>,
    /// The same request by another caller, where one was given.
    pub compared: Option<Comparison>,
}

impl Refusal {
    /// Reads a refusal report; `compare` in it is a second caller.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn read(report: &Json) -> Result<Self, String> {
        let mut refusal = Self::read_alone(report)?;
        if let Some(given) = report.get("compare").filter(|given| !given.is_null()) {
            refusal.other = Some(Box::new(Self::read_alone(&compare::other(report, given)?)?));
        }
        Ok(refusal)
    }

    /// Reads a refusal report without its second caller.
    fn read_alone(report: &Json) -> Result<Self, String> {
        if !report.is_object() {
            return Err("a refusal report is a JSON object".to_owned());
        }
        // A bare context is taken as one.
        let context = report.get("context").cloned().unwrap_or_else(|| report.clone());
        if !context.is_object() {
            return Err("`context` must be a JSON object".to_owned());
        }
        let text = |name: &str| report.get(name).and_then(Json::as_str).map(str::to_owned);
        let auth_type = match text("authType") {
            None => None,
            Some(name) => Some(api::mode(&name).ok_or_else(|| format!("unknown authType {name}", name = quoted(&name)))?),
        };
        if let Some(config) = context.get("apiConfig").filter(|config| !config.is_null()) {
            crate::request::ApiConfig::check(config).map_err(|why| format!("apiConfig: {why}"))?;
        }
        let mut evidence = Evidence::read(&context, auth_type);
        let template_name = text("templateName");
        if evidence.field.is_empty()
            && let Some((parent, rest)) = template_name.as_deref().and_then(|name| name.split_once('.'))
        {
            evidence.parent_type = parent.to_owned();
            evidence.field = rest.split('.').next().unwrap_or(rest).to_owned();
        }
        Ok(Self { template: text("template"), template_name, evidence, context, other: None })
    }

    /// What the template is evaluated with.
    fn given(&self, mode: Option<AuthType>) -> Given {
        let members = Map::new();
        for name in [
            "identity",
            "arguments",
            "args",
            "source",
            "result",
            "stash",
            "prev",
            "error",
            "env",
            "outErrors",
            "request",
        ] {
            if let Some(value) = self.context.get(name) {
                members.put_str(name, Value::from(value));
            }
        }
        let info = self.context.get("info").and_then(Json::as_object).cloned().unwrap_or_default();
        let info: Map = info.iter().map(|(key, value)| (key.as_str().into(), Value::from(value))).collect();
        if !self.evidence.field.is_empty() {
            info.put_str("fieldName", self.evidence.field.as_str());
            info.put_str("parentTypeName", self.evidence.parent_type.as_str());
        }
        members.put_str("info", info);
        let given = Given::new(members);
        let auth_type = mode.or(given.auth_type);
        let now_millis = self.evidence.now.unwrap_or(0) * 1000;
        let seed = self.context.get("seed").and_then(Json::as_u64).unwrap_or(0);
        Given { auth_type, auth_type_derived: mode.is_none(), now_millis, seed, ..given }
    }

    fn records(&self) -> Vec<Value> {
        let records = self.context.get("records").and_then(Json::as_array).cloned().unwrap_or_default();
        records.iter().map(Value::from).collect()
    }
}

/// Diagnoses the request of one caller.
///
/// # Errors
/// None as yet: a template that does not parse is a cause like any other.
pub fn diagnose(refusal: &Refusal, resolvers: Option<&Resolvers>) -> Result<Diagnosis, Box<Diagnostic>> {
    let evidence = &refusal.evidence;
    let selected = evidence.auth_type.or_else(|| mode::selected(evidence));
    let field = (!evidence.field.is_empty()).then(|| format!("{}.{}", evidence.parent_type, evidence.field));
    let mut layers = before_templates(evidence, selected);
    let mut notes = evidence.api.ignored_note().into_iter().collect();
    let (resolver, unread) = match templates::run_templates(refusal, resolvers, selected, field.as_deref(), &mut notes)
    {
        Ok(resolver) => (resolver, None),
        Err(diagnostic) => (None, Some(diagnostic)),
    };
    layers.push(match &unread {
        Some(diagnostic) => templates::unread(diagnostic, evidence),
        None => templates::layer(resolver.as_ref()),
    });
    if unread.is_none()
        && let Some(found) = resolvers.zip(field.as_deref()).and_then(|(all, field)| all.by_field.get(field))
    {
        templates::javascript(found, layers.last_mut());
    }
    layers.push(records_layer(resolver.as_ref(), refusal));
    let observed_refusal = evidence.observed.as_ref().map(crate::request::Observed::is_refusal);
    if observed_refusal.is_some() && evidence.status() == Some(200) {
        accepted(&mut layers, &mut notes);
    }
    if succeeded(evidence) {
        let before = |layer: &&mut Layer| !matches!(layer.layer, LayerName::Resolver | LayerName::Records);
        for layer in layers.iter_mut().filter(before).filter(|layer| layer.state == State::Unknown) {
            // Success is proof: what is not known of a layer did not end the request there.
            layer.state = State::Passed;
        }
    }
    let limit = limits::judge(evidence);
    if let Some(finding) = &limit {
        ended(finding, &mut layers);
    } else if observed_refusal == Some(true) {
        unsaid(evidence, &mut layers, &mut notes);
        proof::log(evidence, &mut layers);
        proof::judge(evidence, selected, &mut layers);
        likeliest(evidence, selected, &mut layers, resolver.as_ref());
    }
    operations::delete(refusal, &mut layers);
    templates::printed_nothing(&mut layers, evidence);
    templates::old_version(&mut layers, resolver.as_ref(), evidence);
    let nothing = layers.iter().all(|layer| layer.state != State::Refused);
    templates::let_through(&mut layers, resolver.as_ref(), observed_refusal == Some(true) && nothing);
    let refused = layers.iter().find(|layer| layer.state == State::Refused);
    let explained = resolver.as_ref().map(|explained| explained.verdict);
    let carried =
        resolver.as_ref().and_then(|explained| explained.why.as_ref()).map_or(Fate::Goes, |why| why.carrying.fate);
    let (verdict, layer) = match refused {
        Some(layer)
            if layer
                .findings
                .iter()
                .any(|finding| matches!(finding.code, Code::ConditionFailed | Code::ConditionTermFailed)) =>
        {
            (Some(Verdict::Denied), Some(layer.layer))
        }
        Some(layer) if layer.layer == LayerName::Records => (Some(Verdict::Filtered), Some(layer.layer)),
        Some(layer) if layer.layer == LayerName::Resolver && templates::is_error(layer) => {
            (Some(Verdict::Error), Some(layer.layer))
        }
        Some(layer) if layer.layer == LayerName::Resolver => (explained.or(Some(Verdict::Denied)), Some(layer.layer)),
        Some(layer) => (Some(Verdict::Denied), Some(layer.layer)),
        None if limit.is_some() => (Some(Verdict::Error), None),
        None if observed_refusal == Some(true) && explained.is_none() => (Some(Verdict::Denied), None),
        // A rule that answers with nothing is a filter, where nothing is what was seen.
        None if emptied(resolver.as_ref(), evidence) => (Some(Verdict::Filtered), Some(LayerName::Resolver)),
        // AppSync refused, and no layer that could be judged did.
        None if observed_refusal == Some(true) => (None, None),
        // What the data source makes of it is not known, and counts.
        None if carried == Fate::Open => (None, None),
        None if explained.is_none() && succeeded(evidence) => (Some(Verdict::Allowed), None),
        None => (explained, None),
    };
    let refuses = |verdict: Option<Verdict>| matches!(verdict, Some(Verdict::Denied | Verdict::Error));
    let guessed = layers.iter().any(|one| Some(one.layer) == layer && guess_only(one));
    let failed = ["ConditionalCheckFailed", "TransactionCanceled"];
    let observed_refusal = match &evidence.observed {
        // A failed condition is an error of its own, and none at all where the response template does not raise it.
        Some(seen) if layer == Some(LayerName::Records) && carried == Fate::Refused => Some(
            seen.is_refusal()
                || seen.error_type.as_deref().is_none_or(|kind| failed.iter().any(|name| kind.contains(name))),
        ),
        // A template that failed, and an error that is no refusal.
        Some(seen) if verdict == Some(Verdict::Error) && (seen.error_type.is_some() || seen.message.is_some()) => {
            Some(true)
        }
        _ => observed_refusal,
    };
    let consistent = observed_refusal.map(|seen| seen == refuses(verdict)).filter(|_| !guessed);
    if guessed && observed_refusal == Some(true) {
        notes.push("no layer is certain: this one is the likeliest, because its input is missing and the others that could be judged let the request through.".to_owned());
    }
    if guessed {
        // The likeliest layer is named as such; that it refused is not known.
        layers.iter_mut().filter(|one| Some(one.layer) == layer).for_each(|one| one.state = State::Unknown);
    }
    let mut reasons = Vec::new();
    if consistent == Some(false) {
        let difference =
            Difference { evidence, layers: &layers, layer, resolver: resolver.as_ref(), context: &refusal.context };
        reasons = difference.reasons(observed_refusal == Some(true));
        let likeliest = reasons.first().map_or(String::new(), |reason| format!(" Likeliest: {}", reason.message));
        notes.push(format!("what was observed does not fit what was computed.{likeliest}"));
    }
    let mut hints: Vec<Finding> = limit.into_iter().collect();
    if layer.is_none() {
        hints.extend(subscription::judge(evidence));
        hints.extend(proof::foreign(evidence));
    }
    let first = layer.or(resolver.is_some().then_some(LayerName::Resolver));
    let order = first.into_iter().chain(layers.iter().map(|layer| layer.layer));
    let mut told = Vec::new();
    for name in order {
        if told.contains(&name) {
            continue;
        }
        told.push(name);
        // What a template that lets the request through should be told of is worth a word: an over-match, say.
        let speaks = |layer: &&Layer| {
            layer.state != State::Passed || matches!(layer.layer, LayerName::Resolver | LayerName::Mode)
        };
        let of_layer = layers.iter().filter(|layer| layer.layer == name).filter(speaks);
        for finding in of_layer.flat_map(|layer| &layer.findings) {
            if !hints.contains(finding) {
                hints.push(finding.clone());
            }
        }
    }
    if layer.is_none() {
        // What was found comes before what merely was not given.
        hints.sort_by_key(|hint| hint.code.is_not_given());
    }
    Ok(Diagnosis { verdict, layer, layers, field, resolver, auth_type: selected, consistent, reasons, hints, notes, compared: None })
}

/// The layers before the templates. An Event API has no fields: its channel namespaces take the place of the schema.
fn before_templates(evidence: &Evidence, selected: Option<AuthType>) -> Vec<Layer> {
    let (modes, mut policies) = match event::asked(evidence) {
        Some(asked) => (event::mode(evidence, &asked, selected), event::iam(evidence, &asked, selected)),
        None => (mode::judge(evidence), iam::judge(evidence, selected)),
    };
    if let Some(finding) = event::source_role(evidence) {
        policies = Layer::new(LayerName::Iam, State::Passed);
        policies.refuse(finding);
    }
    vec![credentials::judge(evidence), modes, policies, authorizer::judge(evidence, selected)]
}

/// AppSync's answer was no refusal but another error: nothing that a layer finds decided.
fn ended(finding: &Finding, layers: &mut [Layer]) {
    for layer in layers.iter_mut().filter(|layer| layer.state == State::Refused) {
        layer.state = State::Unknown;
    }
    if let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Request) {
        layer.findings.insert(0, finding.clone());
    }
}

/// The message that was seen is never said by some layers (table in docs/unauthorized.md): what they find did not decide.
fn unsaid(evidence: &Evidence, layers: &mut [Layer], notes: &mut Vec<String>) {
    let Some(told) = messages::find(evidence.told()) else { return };
    if evidence.api.is_known()
        && let Some(note) = told.outside(&evidence.api.modes())
    {
        notes.push(note);
    }
    for layer in layers.iter_mut().filter(|one| one.state == State::Refused && told.excludes(one.layer)) {
        layer.state = State::Unknown;
        let what = layer.findings.first().map_or_else(String::new, |first| format!(" ({})", first.code));
        notes.push(format!(
            "AppSync's message {} never comes from the layer {}: what that finds{what} did not decide.",
            quoted(told.text),
            layer.layer
        ));
    }
}

/// Whether AppSync answered without an error.
fn succeeded(evidence: &Evidence) -> bool {
    let text = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    let accepted = evidence.socket.as_ref().is_some_and(|socket| socket.subscription == Subscription::Accepted);
    let answered = evidence.status() == Some(200) && evidence.answer.empty != Some(true);
    evidence.observed.as_ref().is_some_and(|observed| {
        text(&observed.error_type) && text(&observed.message) && observed.empty.is_none() && (answered || accepted)
    })
}

/// Whether a rule of the template answered with nothing, and nothing is what the client saw.
fn emptied(resolver: Option<&Explanation>, evidence: &Evidence) -> bool {
    let codes = [Code::EmptiedByRule, Code::FieldRedacted, Code::Redirected];
    let by_rule = resolver.is_some_and(|explained| explained.hints().iter().any(|hint| codes.contains(&hint.code)));
    let nulled = |seen: &Observed| seen.message.as_deref().is_some_and(|words| words.contains("non-nullable type"));
    by_rule && evidence.observed.as_ref().is_some_and(|seen| (seen.empty.is_some() || nulled(seen)) && !seen.is_refusal())
}

/// A field was answered with HTTP 200: AppSync had accepted the credentials, whatever they look like here (8.3).
fn accepted(layers: &mut [Layer], notes: &mut Vec<String>) {
    for layer in layers.iter_mut().filter(|one| one.layer == LayerName::Request && one.state == State::Refused) {
        layer.state = State::Unknown;
        notes.push(
            "AppSync answered with HTTP 200, so it had accepted the credentials: what the request layer finds wrong with them did not decide. Another token may have been sent than the one given, or its times do not fit the request's."
                .to_owned(),
        );
    }
}

/// The filter against the rows that were given.
fn records_layer(resolver: Option<&Explanation>, refusal: &Refusal) -> Layer {
    let observed = refusal.evidence.observed.clone().unwrap_or_default();
    let carrying = resolver.and_then(|explained| explained.why.as_ref()).map(|why| &why.carrying);
    if let Some(carrying) = carrying.filter(|carrying| matches!(carrying.fate, Fate::Refused | Fate::Narrowed)) {
        return carried_layer(carrying, &observed);
    }
    let failed = ["ConditionalCheckFailed", "TransactionCanceled"];
    if observed.error_type.as_deref().is_some_and(|kind| failed.iter().any(|name| kind.contains(name))) {
        let mut layer = Layer::new(LayerName::Records, State::Passed);
        layer.refuse(
            Finding::new(
                Code::ConditionFailed,
                "a condition on the row did not hold: in older resolvers that is the check of owner or groups, else the version or the row's existence. Compare the stored row with the caller.",
            )
            .at("observed.errorType")
            .actual(observed.error_type),
        );
        return layer;
    }
    if let Some(carrying) = carrying.filter(|carrying| carrying.fate == Fate::Open) {
        let mut layer = Layer::new(LayerName::Records, State::Unknown);
        layer.findings = carrying.findings.clone();
        return layer;
    }
    if let Some(empty) = &observed.empty
        && resolver.is_none()
    {
        return Layer::new(LayerName::Records, State::Unknown).with(
            Finding::new(
                Code::EmptyWithoutError,
                "the field came back empty and without an error: a filter that left the rows out, a redacted field, or no such row. Give the templates (--from) and the rows.",
            )
            .at("observed.empty")
            .actual(empty.as_str()),
        );
    }
    let filtered = resolver.filter(|explained| explained.verdict == Verdict::Filtered);
    let Some(explained) = filtered else { return Layer::new(LayerName::Records, State::Passed) };
    if explained.why.as_ref().is_some_and(|why| why.left_out.is_some()) {
        let mut layer = Layer::new(LayerName::Records, State::Refused);
        layer.findings = explained.hints().to_vec();
        return layer;
    }
    if refusal.context.get("records").and_then(Json::as_array).is_none_or(Vec::is_empty) {
        let mut layer = Layer::new(LayerName::Records, State::Unknown).with(Finding::new(
            Code::RecordsMissing,
            "the request is allowed with a filter on the rows: give the rows (`records`) to see which of them it lets through.",
        ));
        layer.findings.extend(explained.hints().iter().cloned());
        return layer;
    }
    let missed = explained.why.iter().flat_map(|why| &why.rows).any(|row| row.matches == Some(false));
    let mut layer = Layer::new(LayerName::Records, if missed { State::Refused } else { State::Passed });
    layer.findings = explained.hints().to_vec();
    layer
}

/// The data source refuses what the request carries, or leaves rows out.
fn carried_layer(carrying: &Carrying, observed: &Observed) -> Layer {
    let mut layer = Layer::new(LayerName::Records, State::Refused);
    layer.findings = carrying.findings.clone();
    // An error of the data source goes to the response template, which may drop it.
    let silent = observed.error_type.is_none() && observed.message.is_none();
    let shown = observed.status.is_some() || observed.empty.is_some();
    if let Some(first) = layer.findings.first_mut().filter(|_| carrying.fate == Fate::Refused && silent && shown) {
        first.message.and("The client saw no error, because under version 2018-05-29 it is only put into $ctx.error: the response template must raise it, `#if($ctx.error) $util.error($ctx.error.message, $ctx.error.type) #end`.");
    }
    layer
}

/// A refusal was seen and no layer is certain: the likeliest one, by its evidence.
fn likeliest(evidence: &Evidence, mode: Option<AuthType>, layers: &mut [Layer], resolver: Option<&Explanation>) {
    let resolver_refuses = resolver.is_some_and(|explained| explained.verdict == Verdict::Denied);
    let jwt_for_lambda = jwt_for_lambda(evidence) && (resolver_refuses || resolver.is_none());
    let open = |layers: &[Layer], name| layers.iter().any(|one| one.layer == name && one.state != State::Refused);
    let blame = |layers: &mut [Layer], name: LayerName, codes: &[Code]| {
        let layer = layers.iter_mut().find(|layer| layer.layer == name);
        layer.is_some_and(|layer| codes.iter().any(|code| layer.blame(*code)))
    };
    let before = [LayerName::Request, LayerName::Mode];
    let earlier = layers.iter().any(|one| before.contains(&one.layer) && one.state == State::Refused);
    if jwt_for_lambda
        && !earlier
        && open(layers, LayerName::Mode)
        && blame(layers, LayerName::Mode, &[Code::JwtNotForLambda])
    {
        return;
    }
    // HTTP 401 and 403 come before any template, whatever that would decide.
    let before_templates = matches!(evidence.status(), Some(401 | 403));
    let after = [LayerName::Resolver, LayerName::Records];
    let decides = |layer: &&Layer| !(before_templates && after.contains(&layer.layer));
    if layers.iter().filter(decides).any(|layer| layer.state == State::Refused) {
        return;
    }
    // What is odd about an answer that allows is more than a guess at what nobody gave.
    let odd = [
        Code::AuthorizerMalformed,
        Code::ResolverContextNested,
        Code::DeniedFieldCase,
        Code::DeniedFieldWildcard,
        Code::AuthorizerTtl,
        Code::NoResolverContext,
    ];
    if mode == Some(AuthType::Lambda) && blame(layers, LayerName::Authorizer, &odd) {
        return;
    }
    let told = evidence.told();
    if told.contains("Permission denied") && blame(layers, LayerName::Iam, &iam::BLAMED) {
        return;
    }
    let refuse = |layers: &mut [Layer], name: LayerName| {
        let layer = layers.iter_mut().find(|layer| layer.layer == name && layer.state == State::Unknown);
        if let Some(layer) = layer {
            layer.state = State::Refused;
        }
    };
    if before_templates {
        let unknown =
            |layers: &[Layer], name| layers.iter().any(|one| one.layer == name && one.state == State::Unknown);
        if mode == Some(AuthType::Lambda) && evidence.authorizer.is_none() {
            refuse(layers, LayerName::Authorizer);
        } else if unknown(layers, LayerName::Request) {
            refuse(layers, LayerName::Request);
        } else if mode == Some(AuthType::Iam) && unknown(layers, LayerName::Iam) {
            refuse(layers, LayerName::Iam);
        } else {
            // Nothing was found wrong with the credentials, and yet it was here.
            blame(layers, LayerName::Request, &[Code::RefusedBeforeGraphql]);
        }
    } else if resolver.is_some_and(|explained| explained.verdict == Verdict::Unknown) {
        // The templates may have refused it as well as anything before them.
    } else if told.contains("Not Authorized to access")
        && blame(layers, LayerName::Mode, &[Code::DefaultModeUnknown, Code::ModeNeedsDirective])
    {
        // The schema says nothing that lets an additional mode in, or nobody gave it.
    } else if resolver.is_none() {
        refuse(layers, LayerName::Resolver);
    }
}

/// Whether all that speaks for a layer is that its input is missing.
fn guess_only(layer: &Layer) -> bool {
    layer.findings.iter().all(|finding| finding.code.is_doubt())
}

/// A JWT sent to an API with a Lambda authorizer: AppSync does not ask the function for it.
fn jwt_for_lambda(evidence: &Evidence) -> bool {
    let jwt = evidence.authorization().is_some_and(|(value, _)| crate::request::token::read(value).is_ok());
    jwt && evidence.api.modes().contains(&AuthType::Lambda)
}
