//! One refused request, layer by layer, in the order in which AppSync applies them.

mod came;
mod compare;
mod concluded;
mod conflict;
mod contradiction;
mod earlier_user;
mod from_project;
mod heard_by;
mod next;
mod operations;
mod other_field;
mod other_words;
mod page;
mod foreign;
mod found;
mod let_through;
mod logged;
mod misfit;
mod proof;
mod rejected;
mod field_list;
mod filter_words;
mod nulls;
mod passed;
mod rows;
mod session;
mod shape;
mod subscription;
mod unanswered;
mod unserialized;
mod templates;
mod time_of_call;
mod weigh;

use crate::message::{Message, Part};
use crate::appsync::{AuthType, Given};
use crate::diagnostic::Diagnostic;
use crate::explain::{Comparison, Explanation};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::request::answer::Unjoined;
use crate::request::layer::{Layer, LayerName, State};
use crate::request::{
    Evidence, Member, MemberValue, Request, authorizer, credentials, event, iam, limits, mode, null_climb, query_limits,
};
use crate::resolver::Resolvers;
use crate::trace::Verdict;
use crate::value::{Map, Value};
pub use compare::diagnosed;
use contradiction::Contradiction;
use weigh::Weighing;
pub use from_project::add as add_project;
use serde_json::Value as Json;

crate::message::sentence_error! {
    /// A refusal report that lacks something, or has it in another form.
    RefusalError: crate::paste::PasteError, crate::request::archive::HarError, crate::request::gathered::ReportError
}

/// The types whose fields have no parent.
const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// A refused request, and what it speaks for.
#[derive(Clone, Debug, Default)]
pub struct Refusal {
    /// The request, each member with its origin.
    pub request: Request,
    /// What the layers judge.
    pub evidence: Evidence,
    /// The same request by another caller.
    pub other: Option<Box<Refusal>>,
    /// What a template reads as the time where the request's own is not known, in seconds since 1970.
    pub clock: Option<i64>,
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
    pub notes: Vec<Message>,
    /// The same request by another caller, where one was given.
    pub compared: Option<Comparison>,
}

impl Refusal {
    /// Reads a refusal report; `compare` in it is a second caller.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn read(report: &Json) -> Result<Self, RefusalError> {
        Self::of(Request::of_report(report)?)
    }

    /// A request that is judged, with the second caller's where it has one.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn of(mut request: Request) -> Result<Self, RefusalError> {
        let compared = request.compare.take().filter(|given| !given.is_null());
        let other = compared.map(|given| compare::other(&request, &given)).transpose()?;
        let other = other.map(Self::alone).transpose()?.map(Box::new);
        Ok(Self { other, ..Self::alone(request)? })
    }

    /// A request without a second caller.
    fn alone(request: Request) -> Result<Self, RefusalError> {
        if let Some(config) = request.given(Member::Api) {
            crate::request::ApiConfig::check(config).map_err(|why| format!("apiConfig: {why}"))?;
        }
        let mut evidence = Evidence::of(&request);
        if evidence.field.is_empty()
            && let Some((parent, rest)) = request.template_name.as_deref().and_then(|name| name.split_once('.'))
        {
            evidence.parent_type = parent.to_owned();
            evidence.field = rest.split('.').next().unwrap_or(rest).to_owned();
        }
        found::without_disproved(&mut evidence);
        Ok(Self { request, evidence, other: None, clock: None })
    }

    /// What the template is evaluated with.
    fn given(&self, mode: Option<AuthType>) -> Given {
        let members = self.request.context();
        let info = self.request.get(Member::Info).map(MemberValue::value);
        let info = info.and_then(|info| info.as_map().cloned()).unwrap_or_default();
        if !self.evidence.field.is_empty() {
            info.put_str("fieldName", self.evidence.field.as_str());
            info.put_str("parentTypeName", self.evidence.parent_type.as_str());
        }
        members.put_str("info", info);
        self.parent(&members);
        let given = Given::new(members);
        let auth_type = mode.or(given.auth_type);
        // The request was made after its token was issued.
        let issued = || self.request.given(Member::Identity)?.pointer("/claims/iat")?.as_i64();
        let now_millis = self.evidence.now.or_else(issued).or(self.clock).unwrap_or(0).saturating_mul(1000);
        let seed = self.request.given(Member::Seed).and_then(Json::as_u64).unwrap_or(0);
        Given { auth_type, auth_type_derived: mode.is_none(), now_millis, seed, ..given }
    }

    /// The parent object of a field that is none of a root type. Its resolver never runs without one (GraphQL 6.4.3), so a null
    /// is one that nobody gave; where the report is of the field that was called and the message names this one of what it
    /// returns, the row that was given is the parent.
    fn parent(&self, members: &Map) {
        let evidence = &self.evidence;
        let root = evidence.schema.as_ref().and_then(|schema| schema.as_ref().ok()).is_some_and(|schema| schema.is_root(&evidence.parent_type));
        if root || ROOTS.contains(&evidence.parent_type.as_str()) || evidence.parent_type.is_empty() || !members.get_str("source").is_some_and(|source| source.is_null()) {
            return;
        }
        members.remove(&"source".into());
        let own = evidence.field_path();
        let of_caller = self.request.template_name.as_deref().is_some_and(|name| ROOTS.iter().any(|root| name.starts_with(&format!("{root}."))) && !name.starts_with(&own));
        if let Some(row) = members.get_str("result").filter(|row| of_caller && self.request.template.is_none() && row.as_map().is_some()) {
            members.remove(&"result".into());
            members.put_str("source", row);
        }
    }

    fn records(&self) -> Option<Vec<Value>> {
        let records = self.request.get(Member::Records).map(MemberValue::value);
        records.and_then(|records| records.members()).or_else(|| self.row_of_error().map(|row| vec![row]))
    }

    /// The row that stands in the `data` of an error: AppSync gives it back where a condition failed
    /// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-condition-expressions.html>).
    fn row_of_error(&self) -> Option<Value> {
        let observed = self.evidence.observed.as_ref()?;
        let (kind, row) = (observed.error_type.as_deref()?, observed.data.as_ref()?);
        let scalar = |value: &Json| !value.is_object() && !value.is_null();
        let is_row = row.as_object().is_some_and(|row| row.values().any(scalar));
        (kind.contains("ConditionalCheckFailed") && is_row).then(|| Value::from(row))
    }

    /// Whether the client got an empty page that was not the last: `nextToken` stands beside no items.
    pub fn more_pages(&self) -> bool {
        let answer = self.evidence.observed.as_ref().and_then(|observed| observed.data.as_ref());
        let pages = answer.and_then(Json::as_object).into_iter().flat_map(|data| data.values());
        let open = |page: &Json| {
            page.get("items").and_then(Json::as_array).is_some_and(Vec::is_empty) && page.get("nextToken").is_some_and(Json::is_string)
        };
        answer.is_some_and(open) || pages.into_iter().any(open)
    }
}

/// Diagnoses the request of one caller.
///
/// # Errors
/// None as yet: a template that does not parse is a cause like any other.
pub fn diagnose(refusal: &Refusal, resolvers: Option<&Resolvers>) -> Result<Diagnosis, Box<Diagnostic>> {
    let evidence = &refusal.evidence;
    let selected = evidence.auth_type.or_else(|| mode::selected(evidence));
    let field = (!evidence.field.is_empty()).then(|| evidence.field_path());
    let mut layers = before_templates(evidence, selected);
    let mut notes = notes_of(refusal);
    let resolver = run(refusal, resolvers, selected, field.as_deref(), &mut layers, &mut notes);
    if let Some(finding) = event::handler(evidence)
        && let Some(layer) = layers.last_mut()
    {
        *layer = Layer::new(LayerName::Resolver, State::Passed);
        layer.refuse(finding);
    }
    layers.push(rows::layer(resolver.as_ref(), refusal));
    let limit = limit_of(evidence, &layers);
    let weighing = Weighing {
        refusal,
        selected,
        resolver: resolver.as_ref(),
        limit: limit.as_ref(),
        refused: seen_refused(evidence, resolver.as_ref(), &layers),
    };
    weighing.weigh(&mut layers, &mut notes);
    found::weigh(evidence, &mut layers);
    let (verdict, layer) = decided(&weighing, &mut layers);
    if weighing.refused == Some(true) {
        climb(evidence, layer, &mut layers);
    }
    if layer.is_some() && weighing.refused == Some(true) {
        notes.extend(foreign::beside(evidence));
    }
    let consistent = weighing.consistent(&mut layers, verdict, layer, &mut notes);
    let (consistent, reasons) = compared_with_seen(consistent, &weighing, &mut layers, layer, &mut notes);
    let moot = rows::without_moot(&mut layers);
    let by_itself = resolver.is_none() && weighing.refused != Some(true);
    let mut hints: Vec<Finding> = limit.into_iter().collect();
    if layer.is_none() {
        hints.extend(proof::left_out(evidence));
        // A resolver may filter by itself.
        hints.extend(subscription::judge(evidence).filter(|one| one.code != Code::SubscriptionArgument || by_itself));
        hints.extend(foreign::refusals(evidence));
        hints.extend(foreign::failures(evidence));
    }
    earlier_user::tell(evidence, layer, &mut layers, &mut hints);
    if resolver.is_none() && layer.is_none() && verdict == Some(Verdict::Allowed) {
        let passed = layers.iter_mut().find(|one| one.layer == LayerName::Mode && one.state == State::Passed && one.findings.is_empty());
        if let Some(mode) = passed {
            mode.findings.extend(mode::by_json(evidence));
        }
    }
    add_hints(&layers, layer.or(resolver.is_some().then_some(LayerName::Resolver)), &mut hints);
    if layer.is_none() {
        order(&mut hints, verdict);
    }
    let resolver = resolver.map(|explained| explained.without(moot));
    Ok(Diagnosis { verdict, layer, layers, field, resolver, auth_type: selected, consistent, reasons, hints, notes, compared: None })
}

/// The limit that ended the request; one that is only foreseen ends none whose credential is refused before it.
fn limit_of(evidence: &Evidence, layers: &[Layer]) -> Option<Finding> {
    let before = layers.iter().any(|one| one.layer == LayerName::Request && one.state == State::Refused);
    limits::judge(evidence).or_else(|| query_limits::foreseen(evidence).filter(|_| !before))
}

/// What was found comes before what merely was not given, and a lock that does not close before what a template leaves out.
fn order(hints: &mut [Finding], verdict: Option<Verdict>) {
    let unlocked = |hint: &Finding| matches!(hint.code, Code::AwsAuthIgnored | Code::DirectiveOpensField) && hint.certainty == Certainty::Certain;
    let open_lock = |hint: &Finding| unlocked(hint) || keeps_nothing_out(hint);
    let lets_in = matches!(verdict, Some(Verdict::Allowed | Verdict::Completed));
    // What lets more in than was meant is no reason why nothing is known.
    let aside = |hint: &Finding| verdict.is_none() && matches!(hint.code, Code::OidcAnyClient | Code::IamNameStar);
    hints.sort_by_key(|hint| (aside(hint) || hint.code.is_not_given() || lets_in && hint.code == Code::NotGiven, !open_lock(hint)));
    // A name that is mistyped is so whatever is not known: it stands in the first lines.
    let open = verdict.is_none_or(|verdict| verdict == Verdict::Unknown);
    let mistyped = hints.iter().position(|hint| hint.code.is_near_name() && hint.certainty != Certainty::Possible);
    if let Some(at) = mistyped.filter(|at| open && *at > 1) {
        hints[1..=at].rotate_right(1);
    }
}

/// Why more of the answer is null than the field that was refused: behind the cause, and behind what proves it.
fn climb(evidence: &Evidence, layer: Option<LayerName>, layers: &mut [Layer]) {
    if let Some(decided) = layers.iter_mut().find(|one| Some(one.layer) == layer && one.state == State::Refused)
        && let Some(finding) = null_climb::judge(evidence)
    {
        let proofs = [Code::ProvedBySuccess, Code::LogProves];
        let at = decided.findings.iter().skip(1).position(|one| !proofs.contains(&one.code));
        decided.findings.insert(at.map_or(decided.findings.len(), |at| at + 1), finding);
    }
}

/// Whether a refusal was seen; `None` where nothing was.
fn seen_refused(evidence: &Evidence, resolver: Option<&Explanation>, layers: &[Layer]) -> Option<bool> {
    let seen = evidence.observed.as_ref()?;
    // An error that a template added to its answer ended nothing.
    let added = seen.message.as_deref().zip(resolver);
    // The endpoint of private APIs may say 404 where no API is named.
    let not_named = || seen.status == Some(404) && layers.iter().flat_map(|layer| &layer.findings).any(|finding| finding.code == Code::PrivateApi);
    Some((seen.is_refusal() || evidence.waf_action().is_some() || not_named()) && !added.is_some_and(|(message, explained)| explained.appended(message)))
}

/// What decided, and where: a template that withheld the data did not let it pass.
fn decided(weighing: &Weighing<'_>, layers: &mut [Layer]) -> (Option<Verdict>, Option<LayerName>) {
    let (verdict, layer) = weighing.decided(layers);
    if (verdict, layer) == (Some(Verdict::Filtered), Some(LayerName::Resolver)) {
        layers.iter_mut().filter(|one| Some(one.layer) == layer).for_each(|one| one.state = State::Refused);
    }
    (verdict, layer)
}

/// Before the cause, where what was seen is not of it.
const NOT_FITTING: &str = "What was seen does not fit what was given: {}";

/// Why what was observed does not fit what was computed, likeliest first; a note says the first.
fn contradictions(weighing: &Weighing<'_>, layers: &mut [Layer], layer: Option<LayerName>, notes: &mut Vec<Message>) -> Vec<Finding> {
    let Refusal { evidence, request, .. } = weighing.refusal;
    let difference = Contradiction { evidence, layers: &*layers, layer, resolver: weighing.resolver, request };
    let reasons = difference.reasons(weighing.refused == Some(true));
    let answered = reasons.iter().find(|reason| reason.code == Code::InputDiffers && reason.path.as_deref() == Some("observed.errorType"));
    if let (Some(fits), Some(refused)) = (answered, layers.iter_mut().find(|one| Some(one.layer) == layer)) {
        // What the template says of other input than was sent is no cause: the reading that fits stands before it.
        let message = Message::joined(NOT_FITTING, [fits.message.clone()]);
        refused.findings.insert(0, Finding { message, ..fits.clone() });
        return reasons;
    }
    let mut note = Message::from("what was observed does not fit what was computed.");
    if let Some(likeliest) = reasons.first() {
        note.and(Message::joined("Likeliest: {}", [likeliest.message.clone()]));
    }
    // Where the cause says itself that nothing given explains the refusal, the note would say it again, or name another as likeliest.
    let at_cause = |one: &Layer, code: Code| one.layer == LayerName::Resolver && one.findings.first().is_some_and(|first| first.code == code);
    let lets_through = weighing.refused == Some(true) && layers.iter().any(|one| at_cause(one, Code::LetThrough));
    if !lets_through && (!reasons.is_empty() || !layers.iter().any(|one| at_cause(one, Code::FieldRefused))) {
        notes.push(note);
    }
    reasons
}

/// Whether what was seen fits, to the words, and why it does not.
fn compared_with_seen(
    consistent: Option<bool>,
    weighing: &Weighing<'_>,
    layers: &mut [Layer],
    layer: Option<LayerName>,
    notes: &mut Vec<Message>,
) -> (Option<bool>, Vec<Finding>) {
    match consistent {
        Some(false) => (consistent, contradictions(weighing, layers, layer, notes)),
        Some(true) => in_other_words(weighing, layers, layer),
        None => (None, Vec::new()),
    }
}

/// A refusal was seen and one was computed: whether they are one, and else why they differ, which then stands before the cause.
fn in_other_words(weighing: &Weighing<'_>, layers: &mut [Layer], layer: Option<LayerName>) -> (Option<bool>, Vec<Finding>) {
    let refused = layers.iter_mut().find(|one| Some(one.layer) == layer && one.layer == LayerName::Resolver && one.state == State::Refused);
    let differs = weighing.resolver.and_then(|explained| other_words::judge(explained, &weighing.refusal.evidence));
    let (Some(refused), Some(finding)) = (refused, differs) else { return (Some(true), Vec::new()) };
    let message = Message::joined(NOT_FITTING, [finding.message.clone()]);
    refused.findings.insert(0, Finding { message, ..finding.clone() });
    (Some(false), vec![finding])
}

/// That a log that was given tells nothing of this request, and why.
fn unjoined(why: &Unjoined) -> Message {
    match why {
        Unjoined::NoEntry(id) => Message::of(
            "the log that was given has no entry of x-amzn-requestid {}, so nothing was joined: it is of another time, another API, or its lines are missing.",
            [Part::Value(id.clone())],
        ),
        Unjoined::NoId(None) => "the log that was given could not be joined: this answer has no x-amzn-requestid.".into(),
        Unjoined::NoId(Some((at, status))) => Message::of(
            "the log that was given could not be joined, as this answer has no x-amzn-requestid; it has one request of about that time, of {}, which ended with {}.",
            [Part::Value(crate::request::history::clock(*at)), Part::Value(status.to_string())],
        ),
    }
}

/// What a reader must know of what was given.
fn notes_of(refusal: &Refusal) -> Vec<Message> {
    let evidence = &refusal.evidence;
    // Where the token is open by it, the layer says so itself.
    let is_open = crate::request::credentials::unread::is_open(evidence);
    let mut notes: Vec<Message> = evidence.api.ignored_note().filter(|_| !is_open).into_iter().collect();
    notes.extend(found::note(evidence));
    notes.extend(evidence.api.other_host(evidence.url_host()).map(|own| {
        Message::of(
            "the request went to {}, and {} is of the API at {}: what its modes, keys and issuers say is of that API.",
            [
                Part::Name(evidence.url_host().to_owned()),
                Part::Text(evidence.api.whence()),
                Part::Name(own.to_owned()),
            ],
        )
    }));
    notes.extend(evidence.unjoined.as_ref().map(unjoined));
    notes.extend(refusal.request.replaced());
    notes.extend(refusal.request.unread());
    notes
}

/// Runs the templates, and adds their layer.
fn run(
    refusal: &Refusal,
    resolvers: Option<&Resolvers>,
    selected: Option<AuthType>,
    field: Option<&str>,
    layers: &mut Vec<Layer>,
    notes: &mut Vec<Message>,
) -> Option<Explanation> {
    let ran = match templates::run_templates(refusal, resolvers, selected, field, notes) {
        Ok(ran) => ran,
        Err(diagnostic) => {
            layers.push(templates::unread(&diagnostic, &refusal.evidence));
            return None;
        }
    };
    // An Event API has no templates that could be given.
    let has_none = ran.is_none() && event::asked(&refusal.evidence).is_some();
    layers.push(if has_none { Layer::new(LayerName::Resolver, State::Unknown) } else { templates::layer(ran.as_ref()) });
    if let Some(found) = resolvers.zip(field).and_then(|(all, field)| all.by_field.get(field)) {
        templates::javascript(found, layers.last_mut(), &refusal.evidence);
    }
    ran
}

/// What the layers found, those of the deciding one first.
fn add_hints(layers: &[Layer], first: Option<LayerName>, hints: &mut Vec<Finding>) {
    let mut seen = Vec::new();
    for name in first.into_iter().chain(layers.iter().map(|layer| layer.layer)) {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        // What a template that lets the request through should be told of is worth a word: an over-match, say.
        let speaks = |layer: &&Layer| {
            layer.state != State::Passed || matches!(layer.layer, LayerName::Resolver | LayerName::Mode)
        };
        let of_layer = layers.iter().filter(|layer| layer.layer == name);
        let spoken = of_layer.flat_map(|layer| layer.findings.iter().filter(move |finding| speaks(&layer) || keeps_nothing_out(finding) || came::tells(finding)));
        for finding in spoken {
            if !hints.contains(finding) {
                hints.push(finding.clone());
            }
        }
    }
}

/// What lets in more than was meant, or was to deny and denies nothing: an entry of `deniedFields`, a statement, a provider.
fn keeps_nothing_out(finding: &Finding) -> bool {
    matches!(
        finding.code,
        Code::DeniedFieldName | Code::DeniedFieldWildcard | Code::IamKeepsNothingOut | Code::IamGuestsWide | Code::IamNameStar | Code::OidcAnyClient
    )
}

/// The layers before the templates. An Event API has no fields: its channel namespaces take the place of the schema.
fn before_templates(evidence: &Evidence, selected: Option<AuthType>) -> Vec<Layer> {
    let (modes, mut policies) = match event::asked(evidence) {
        Some(asked) => (event::modes(evidence, &asked, selected), event::iam(evidence, &asked, selected)),
        None => event::unasked(evidence, selected).unwrap_or_else(|| (mode::judge(evidence), iam::judge(evidence, selected))),
    };
    if let Some(finding) = event::source_role(evidence) {
        policies = Layer::new(LayerName::Iam, State::Passed);
        policies.refuse(finding);
    }
    let credentials = credentials::judge(evidence);
    // What never came to AppSync says nothing of what AppSync would do with it.
    let elsewhere = [Code::CloudfrontAnswer, Code::CorsPreflight];
    if credentials.findings.first().is_some_and(|first| elsewhere.contains(&first.code)) {
        let open = |name| Layer::new(name, State::Unknown);
        return vec![credentials, open(LayerName::Mode), open(LayerName::Iam), open(LayerName::Authorizer)];
    }
    vec![credentials, modes, policies, authorizer::judge(evidence, selected)]
}
