//! What was seen of the answer, against what the layers say: which of them decided.

use super::{Refusal, came, field_list, let_through, logged, misfit, nulls, operations, passed, proof, rejected, rows, templates, unserialized};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::explain::Explanation;
use crate::explain::why::Fate;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::layer::{Layer, LayerName, State};
use crate::request::socket::Subscription;
use crate::request::observed::is_failed_condition;
use crate::request::{Evidence, Observed, event, iam, messages};
use crate::trace::Verdict;

/// What is known besides the layers.
pub struct Weighing<'d> {
    /// The request.
    pub refusal: &'d Refusal,
    /// The mode that it came as.
    pub selected: Option<AuthType>,
    /// Why the templates decided as they did.
    pub resolver: Option<&'d Explanation>,
    /// A limit that ended the request.
    pub limit: Option<&'d Finding>,
    /// Whether a refusal was seen; `None` when nothing was.
    pub refused: Option<bool>,
}

impl Weighing<'_> {
    /// Takes back what the answer proves wrong, and blames what it points at.
    pub fn weigh(&self, layers: &mut [Layer], notes: &mut Vec<Message>) {
        let evidence = &self.refusal.evidence;
        if self.refused.is_some() && evidence.status() == Some(200) {
            accepted(evidence, layers, notes);
        }
        came::let_in(evidence, layers);
        if succeeded(evidence) {
            // An answer does not tell which rows were left out of it; what templates decide is told by running them.
            let apart = |layer: &Layer| match layer.layer {
                LayerName::Records => true,
                LayerName::Resolver => self.resolver.is_some(),
                _ => false,
            };
            for layer in layers.iter_mut().filter(|layer| layer.state == State::Unknown && !apart(layer)) {
                // Success is proof: what is not known of a layer did not end the request there.
                layer.state = State::Passed;
                layer.findings.retain(|finding| !finding.code.is_doubt());
            }
        }
        if let Some(finding) = self.limit {
            ended(finding, layers);
        } else if self.refused == Some(true) && !elsewhere(layers) {
            unsaid(evidence, self.selected, layers, notes);
            field_list::judge(layers, self.resolver, self.refusal);
            not_ticked(evidence, layers);
            logged::judge(evidence, layers);
            misfit::other_configuration(evidence, layers);
            misfit::other_issuers(evidence, layers);
            came::at_another_time(evidence, layers, notes);
            proof::judge(evidence, self.selected, layers);
            likeliest(evidence, self.selected, layers, self.resolver);
            refused_next(evidence, layers, notes);
        }
        operations::delete(self.refusal, layers);
        templates::printed_nothing(layers, evidence);
        templates::bare_null(layers, self.resolver, evidence);
        templates::old_version(layers, self.resolver, evidence, &self.refusal.request);
        if self.limit.is_none() {
            rejected::judge(layers, self.resolver, self.refusal);
            if self.refused.is_none() {
                rejected::foreseen(layers, self.resolver);
            } else if self.refused == Some(false) {
                rejected::answered(layers, self.resolver, evidence);
            }
        }
        nulls::judge(layers, self.resolver, self.refusal);
        unserialized::judge(layers, self.resolver, self.refusal);
        let nothing = layers.iter().all(|layer| layer.state != State::Refused);
        let_through::let_through(layers, self.resolver, evidence, self.refused == Some(true) && nothing, self.refusal.more_pages());
        templates::against_model(layers, self.resolver);
        rows::not_its_answer(layers);
    }

    /// The verdict over all layers, and the layer that it is of.
    pub fn decided(&self, layers: &[Layer]) -> (Option<Verdict>, Option<LayerName>) {
        let explained = self.resolver.map(|explained| explained.verdict);
        if let Some(layer) = layers.iter().find(|layer| layer.state == State::Refused) {
            return (self.refused_by(layer), Some(layer.layer));
        }
        // The answer came back empty, and what the data source has is not known.
        let unanswered = |layer: &Layer| layer.layer == LayerName::Records && layer.state == State::Unknown && layer.findings.first().is_some_and(|first| first.code == Code::EmptyWithoutError);
        if self.refused == Some(false) && self.resolver.is_some() && layers.iter().any(unanswered) {
            return (None, None);
        }
        // The response template that would have refused was not run.
        let not_run = |layer: &Layer| layer.state == State::Unknown && layer.findings.first().is_some_and(|first| first.code == Code::OldVersion);
        if layers.iter().any(not_run) {
            return (None, None);
        }
        if elsewhere(layers) || layers.iter().any(rejected::is_answered) {
            return (None, None);
        }
        let evidence = &self.refusal.evidence;
        match self.refused == Some(true) {
            _ if self.limit.is_some() => (Some(Verdict::Error), None),
            true if explained.is_none() => (Some(Verdict::Denied), None),
            // A rule that answers with nothing is a filter, where nothing is what was seen.
            _ if emptied(self.resolver, evidence) => (Some(Verdict::Filtered), Some(LayerName::Resolver)),
            // AppSync refused, and no layer that could be judged did.
            true => (None, None),
            // What the function tested is in its own code.
            false if self.resolver.is_some_and(|explained| explained.pipeline.is_none() && let_through::function_threw(explained, evidence)) => (None, None),
            // What the data source makes of it is not known, and counts.
            false if self.fate() == Fate::Open => (None, None),
            false if explained.is_none() && succeeded(evidence) => (Some(Verdict::Allowed), None),
            false => (explained, None),
        }
    }

    /// The verdict where this layer refused.
    fn refused_by(&self, layer: &Layer) -> Option<Verdict> {
        let failed = |finding: &Finding| matches!(finding.code, Code::ConditionFailed | Code::ConditionTermFailed);
        let explained = self.resolver.map(|explained| explained.verdict);
        match layer.layer {
            _ if layer.findings.iter().any(failed) => Some(Verdict::Denied),
            LayerName::Records if layer.findings.iter().any(|one| one.code == Code::WriteConflict) => Some(Verdict::Error),
            LayerName::Records => Some(Verdict::Filtered),
            LayerName::Resolver if templates::is_error(layer) => Some(Verdict::Error),
            LayerName::Resolver if in_javascript(layer) => Some(Verdict::Denied),
            LayerName::Resolver => explained.or(Some(Verdict::Denied)),
            _ => Some(Verdict::Denied),
        }
    }

    /// What becomes of the request that the templates let through.
    fn fate(&self) -> Fate {
        self.resolver.and_then(|explained| explained.why.as_ref()).map_or(Fate::Goes, |why| why.carrying.fate)
    }

    /// Whether what was seen fits; `None` where nothing was seen, or nothing is certain.
    pub fn consistent(
        &self,
        layers: &mut [Layer],
        verdict: Option<Verdict>,
        layer: Option<LayerName>,
        notes: &mut Vec<Message>,
    ) -> Option<bool> {
        if self.is_swallowed(layers) {
            return Some(true);
        }
        // What ended it was read from the answer itself.
        if self.limit.is_some() && layer.is_none() {
            return self.refusal.evidence.observed.is_some().then_some(true);
        }
        let unread = layers.iter().any(|one| Some(one.layer) == layer && not_understood(one));
        let guessed = unread || layers.iter().any(|one| Some(one.layer) == layer && guess_only(one));
        let seen = self.seen(verdict, layer);
        if unread && seen == Some(true) && self.refusal.evidence.error_message().contains(iam::PERMISSION_DENIED) {
            notes.push("AppSync's \"Permission denied\" is IAM's, so it is this layer; which policy refused is not settled, as what was given is not understood in part.".into());
        } else if guessed && seen == Some(true) {
            let others = if layers.iter().any(|one| one.state == State::Passed && one.applies(self.selected)) { " and the others that could be judged let the request through" } else { "; no other could be judged" };
            let why = if layers.iter().any(in_javascript) { "it was not evaluated" } else { "its input is missing" };
            notes.push(format!("no layer is certain: this one is the likeliest, because {why}{others}.").into());
        }
        if guessed {
            // The likeliest layer is named as such; that it refused is not known.
            layers.iter_mut().filter(|one| Some(one.layer) == layer).for_each(|one| one.state = State::Unknown);
        }
        // Of several readings one refuses: what was seen fits that one.
        let open = verdict.is_none()
            && self.resolver.is_some_and(|explained| explained.verdict == Verdict::Unknown && explained.why.as_ref().is_some_and(|why| !why.readings.is_empty()));
        // A field was refused, and by which of several things is told as open.
        let left = verdict.is_none() && layers.iter().any(|one| one.findings.first().is_some_and(|first| first.code == Code::FieldRefused));
        // What runs in JavaScript was not judged, and may be what refused.
        let not_run = |one: &Layer| one.layer == LayerName::Resolver && one.state == State::Unknown && one.findings.iter().any(|finding| finding.code == Code::JavascriptFunction);
        let unjudged = verdict.is_none() && layers.iter().any(not_run);
        if (open || left || unjudged) && seen == Some(true) {
            return None;
        }
        if verdict.is_none() && layers.iter().any(|one| one.findings.first().is_some_and(|first| matches!(first.code, Code::ApiGateway | Code::OtherGraphqlServer | Code::CloudfrontAnswer))) {
            return None;
        }
        let refuses = matches!(verdict, Some(Verdict::Denied | Verdict::Error));
        seen.map(|seen| seen == refuses).filter(|_| !guessed)
    }

    /// Whether a condition failed, its error was dropped, and the client saw none.
    fn is_swallowed(&self, layers: &[Layer]) -> bool {
        let silent = |seen: &Observed| seen.error_type.is_none() && seen.message.is_none();
        let dropped = |one: &Layer| one.layer == LayerName::Records && one.state == State::Refused && one.findings.first().is_some_and(|first| first.code == Code::ConditionFailed);
        self.refusal.evidence.observed.as_ref().is_some_and(silent) && layers.iter().any(dropped)
    }

    /// Whether what was seen is a refusal, once it is known what decided.
    fn seen(&self, verdict: Option<Verdict>, layer: Option<LayerName>) -> Option<bool> {
        match &self.refusal.evidence.observed {
            // A failed condition is an error of its own, and none at all where the response template does not raise it.
            Some(seen) if layer == Some(LayerName::Records) && seen.error_type.as_deref().is_some_and(is_failed_condition) => Some(true),
            Some(seen) if layer == Some(LayerName::Records) && self.fate() == Fate::Refused => {
                Some(seen.is_refusal() || seen.error_type.is_none())
            }
            // What AppSync says of a start frame that it cannot read is not told apart from a refusal by its text.
            Some(_) if self.refusal.evidence.socket.as_ref().is_some_and(|socket| socket.start_plain) => Some(true),
            // Without any answer nothing was seen.
            Some(seen) if seen.status == Some(0) => None,
            // What AppSync's realtime endpoint has not at the path that was called is a handshake that it refuses.
            Some(seen) if layer == Some(LayerName::Request) && self.refusal.evidence.socket.is_some() && matches!(seen.status, Some(404 | 405)) => Some(true),
            // A template that failed, and an error that is no refusal.
            Some(seen) if verdict == Some(Verdict::Error) && (seen.error_type.is_some() || seen.message.is_some()) => {
                Some(true)
            }
            // Before the templates a refusal may also be a 400: a signature, an authorizer that cannot be invoked (aws-cdk#19239).
            Some(seen) if layer.is_some_and(|layer| layer < LayerName::Resolver) && matches!(seen.status, Some(400 | 401 | 403)) => {
                Some(true)
            }
            _ => self.refused,
        }
    }
}

/// A 400 before any field: what of the request passed is not known.
fn not_ticked(evidence: &Evidence, layers: &mut [Layer]) {
    let request = layers.iter_mut().filter(|layer| layer.layer == LayerName::Request && layer.state == State::Passed);
    request.filter(|_| evidence.is_bad_request()).for_each(|layer| layer.state = State::Unknown);
}

/// Whether what was seen is not the answer of this request, or not AppSync's.
fn elsewhere(layers: &[Layer]) -> bool {
    // Another server answered, and nothing of it is a refusal by what stands before AppSync on purpose.
    let answered = |one: &Layer| one.state == State::Unknown && one.findings.first().is_some_and(|first| first.code == Code::CloudfrontAnswer);
    layers.iter().any(answered) || layers.iter().flat_map(|layer| &layer.findings).any(|finding| matches!(finding.code, Code::ObservedElsewhere | Code::ApiGateway | Code::OtherGraphqlServer | Code::WrongEndpoint))
}

/// AppSync's answer was no refusal but another error: nothing that a layer finds decided.
fn ended(finding: &Finding, layers: &mut [Layer]) {
    // Who is throttled, or called where nothing is, was not judged.
    let unjudged = matches!(finding.code, Code::Throttled | Code::HttpError | Code::CloudfrontRefused);
    for layer in layers.iter_mut().filter(|layer| unjudged && layer.layer == LayerName::Request && layer.state == State::Passed) {
        layer.state = State::Unknown;
    }
    for layer in layers.iter_mut().filter(|layer| layer.state == State::Refused) {
        layer.state = State::Unknown;
    }
    if let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Request) {
        if finding.code == Code::EndpointMissing {
            // Nothing was sent: headers would tell nothing.
            layer.findings.retain(|found| found.code != Code::CredentialsUnknown);
        }
        layer.findings.insert(0, finding.clone());
    }
}

/// Whether an Event API's own handler refused.
fn by_handler(layer: &Layer) -> bool {
    layer.state == State::Refused && layer.findings.first().is_some_and(|first| first.code == Code::EventHandler)
}

/// The message that was seen is never said by some layers (table in docs/unauthorized.md): what they find did not decide.
fn unsaid(evidence: &Evidence, selected: Option<AuthType>, layers: &mut [Layer], notes: &mut Vec<Message>) {
    let Some(known) = messages::find(evidence.error_message()) else { return };
    // What AppSync says of a connection is not told apart by mode.
    let given = evidence.api.is_known();
    // But what is said of a signature alone is of a signature there too.
    let told_apart = evidence.socket.is_none() || known.modes == [AuthType::Iam];
    let foreign = match selected.filter(|_| told_apart) {
        _ if !told_apart || of_second(evidence, known) || of_own_role(layers) => None,
        _ if given && known.outside(&evidence.api.modes()).is_some() => known.outside(&evidence.api.modes()),
        Some(mode) if !given || evidence.api.modes().contains(&mode) => known.unlike(mode),
        _ => None,
    };
    // In which words an Event API hands on its handler's no is not documented for each operation.
    for layer in layers.iter_mut().filter(|one| one.state == State::Refused && known.excludes(one.layer) && !by_handler(one)) {
        layer.state = State::Unknown;
        let what = layer.findings.first().map_or_else(String::new, |first| format!(" ({})", first.code));
        notes.push(Message::of(
            "AppSync's message {} never comes from the layer {}: what that finds{} did not decide.",
            [Part::Value(quoted(known.text).to_string()), Part::Text(layer.layer.to_string()), Part::Code(what)],
        ));
    }
    misfit::not_a_directive(evidence, selected, known, layers);
    misfit::status_and_words(evidence, layers);
    if let Some(words) = foreign {
        of_another_request(words, known, layers, notes);
    }
}

/// Whether it is said of the merged API's own role, as which that calls its sources, and not of the caller.
fn of_own_role(layers: &[Layer]) -> bool {
    let role = |layer: &Layer| layer.state == State::Refused && layer.findings.first().is_some_and(|first| first.code == Code::SourceNotGranted);
    layers.iter().any(role)
}

/// Whether a key and a token were sent, and the message is said of the token: then that one counted.
fn of_second(evidence: &Evidence, known: &messages::KnownMessage) -> bool {
    let both = evidence.header("x-api-key").is_some() && evidence.header("authorization").is_some();
    let of_token = known.modes.iter().any(|mode| matches!(mode, AuthType::UserPool | AuthType::Oidc | AuthType::Lambda | AuthType::Iam));
    both && of_token
}

/// A message that this request cannot have got: the cause, where nothing but the message itself speaks for another.
fn of_another_request(words: Message, known: &messages::KnownMessage, layers: &mut [Layer], notes: &mut Vec<Message>) {
    let by_values = |layer: &Layer| layer.state == State::Refused && layer.findings.first().is_some_and(|first| first.code != known.code);
    if layers.iter().any(by_values) {
        notes.push(words);
        return;
    }
    for layer in layers.iter_mut().filter(|layer| layer.state == State::Refused) {
        layer.state = State::Unknown;
        layer.findings.retain(|finding| finding.code != known.code);
    }
    if let Some(request) = layers.iter_mut().find(|layer| layer.layer == LayerName::Request) {
        request.refuse(Finding::new(Code::RefusedBeforeGraphql, words).certainty(Certainty::Likely).at("observed.message"));
    }
}

/// Whether AppSync answered without an error.
fn succeeded(evidence: &Evidence) -> bool {
    let text = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    let accepted = evidence.socket.as_ref().is_some_and(|socket| socket.subscription == Subscription::Accepted);
    let answered = evidence.status() == Some(200) && evidence.answer.empty != Some(true) && !evidence.answer.html && evidence.answer.left_out.is_none();
    evidence.observed.as_ref().is_some_and(|observed| {
        text(&observed.error_type) && text(&observed.message) && observed.empty.is_none() && (answered || accepted)
    })
}

/// Whether a rule of the template answered with nothing, and nothing is what the client saw.
fn emptied(resolver: Option<&Explanation>, evidence: &Evidence) -> bool {
    let codes = [Code::EmptiedByRule, Code::FieldRedacted, Code::Redirected, Code::AnswersNull];
    let by_rule = resolver.is_some_and(|explained| explained.hints().iter().any(|hint| codes.contains(&hint.code)));
    let nulled = |seen: &Observed| seen.message.as_deref().is_some_and(|words| words.contains("non-nullable type"));
    // An error that the template added beside its null refuses nobody by itself.
    let added = |seen: &Observed| seen.message.as_deref().zip(resolver).is_some_and(|(words, explained)| explained.appended(words));
    by_rule && evidence.observed.as_ref().is_some_and(|seen| added(seen) || (seen.empty.is_some() || nulled(seen)) && !seen.is_refusal())
}

/// A field was answered with HTTP 200: AppSync had accepted the credentials, whatever they look like here (8.3).
fn accepted(evidence: &Evidence, layers: &mut [Layer], notes: &mut Vec<Message>) {
    const OF_CONFIGURATION: [Code; 2] = [Code::IssuerMismatch, Code::ClientMismatch];
    for layer in layers.iter_mut().filter(|one| one.layer == LayerName::Request && one.state == State::Refused) {
        layer.state = State::Unknown;
        let before = layer.findings.len();
        // The very token of a recording passed: what was given of the API says otherwise, and is wrong.
        layer.findings.retain(|one| evidence.url.is_none() || !OF_CONFIGURATION.contains(&one.code));
        if layer.findings.is_empty() && before > 0 {
            notes.push("AppSync answered with HTTP 200, so it takes tokens of this issuer and client: the configuration that was given is another API's, or no longer that of this one.".into());
            continue;
        }
        notes.push(
            "AppSync answered with HTTP 200, so it had accepted the credentials: what the request layer finds wrong with them did not decide. Another token may have been sent than the one given, or its times do not fit the request's."
                .into(),
        );
    }
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
    let before_templates = evidence.is_before_fields();
    let after = [LayerName::Resolver, LayerName::Records];
    let decides = |layer: &&Layer| !(before_templates && after.contains(&layer.layer));
    if layers.iter().filter(decides).any(|layer| layer.state == State::Refused) || layers.iter().any(by_handler) {
        return;
    }
    if mode == Some(AuthType::Lambda) && odd_answer(evidence, layers) {
        return;
    }
    let error = evidence.error_message();
    if error.contains("Permission denied") && blame(layers, LayerName::Iam, &iam::BLAMED) {
        return;
    }
    if before_templates {
        likeliest_before_templates(evidence, mode, layers);
    } else if resolver.is_some_and(|explained| explained.verdict == Verdict::Unknown) {
        // The templates may have refused it as well as anything before them.
    } else if let_in_by_function(evidence, layers) && resolver.is_none() && error.contains("Not Authorized to access") {
        schema_or_template(evidence, mode, layers);
    } else if error.contains("Not Authorized to access")
        && passed::same_field(evidence).is_none()
        && blame(layers, LayerName::Mode, &[Code::GroupsNotGiven, Code::DefaultModeUnknown, Code::ModeNeedsDirective])
    {
        // The schema says nothing that lets an additional mode or this caller in, or nobody gave it.
    } else if layers.iter().any(in_javascript) {
        refuse(layers, LayerName::Resolver);
    } else if let Some(finding) = proof::ended(evidence) {
        let request = layers.iter_mut().find(|layer| layer.layer == LayerName::Request);
        request.into_iter().for_each(|layer| layer.refuse(finding.clone()));
    } else if resolver.is_none() {
        likeliest_without_templates(evidence, mode, layers);
    }
}

/// What is odd about a function's answer that allows is more than a guess at what nobody gave; whether there is such.
fn odd_answer(evidence: &Evidence, layers: &mut [Layer]) -> bool {
    let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Authorizer) else { return false };
    let before_fields = evidence.is_before_fields();
    let mut odd = vec![Code::AuthorizerMalformed, Code::ResolverContextNested];
    // Denied fields never end a whole request.
    if !before_fields {
        odd.extend([Code::DeniedFieldCase, Code::DeniedFieldWildcard]);
    }
    odd.push(Code::AuthorizerTtl);
    // Of a 401 an earlier answer that is kept tells more than that this one has no context.
    let keeps = before_fields && evidence.api.authorizer_ttl.is_some_and(|ttl| ttl > 0);
    if !keeps {
        odd.push(Code::NoResolverContext);
    }
    let Some(code) = odd.into_iter().find(|code| layer.blame(*code)) else { return false };
    // What AWS does not document is no more than likely, where a refusal speaks for it.
    if matches!(code, Code::DeniedFieldCase | Code::DeniedFieldWildcard) {
        layer.findings.iter_mut().take(1).for_each(|finding| finding.certainty = Certainty::Likely);
    }
    true
}

/// A field that either the schema or its template refused, where nobody gave the one or the other: told at the schema, which
/// comes first.
fn schema_or_template(evidence: &Evidence, mode: Option<AuthType>, layers: &mut [Layer]) {
    let finding = proof::field_refused(evidence, mode, layers);
    if let Some(asked) = layers.iter_mut().find(|layer| layer.layer == LayerName::Mode) {
        asked.findings.retain(|known| known.code != Code::ModeNeedsDirective);
        asked.findings.insert(0, finding);
    }
    refuse(layers, LayerName::Mode);
}

/// Whether the Lambda authorizer's answer was given and lets the caller in, and neither schema nor templates were given: both
/// may have refused, and the schema closes an additional mode's fields as easily as a template does.
fn let_in_by_function(evidence: &Evidence, layers: &[Layer]) -> bool {
    let open = |one: &Layer| one.state != State::Refused;
    let passed = layers.iter().any(|one| one.layer == LayerName::Authorizer && open(one));
    passed && evidence.authorizer.is_some() && evidence.schema.is_none()
}

/// The likeliest where a field was refused and nobody gave its templates: these, as the contract wants a layer for what was seen.
fn likeliest_without_templates(evidence: &Evidence, mode: Option<AuthType>, layers: &mut [Layer]) {
    if evidence.error_message().contains("Not Authorized to access") {
        let finding = proof::field_refused(evidence, mode, layers);
        let resolver = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver);
        resolver.into_iter().for_each(|layer| layer.findings.insert(0, finding.clone()));
    }
    // An Event API has no templates: what is not known is its namespace.
    refuse(layers, if event::asked(evidence).is_some() { LayerName::Mode } else { LayerName::Resolver });
}

/// What the schema closes below a field that its directives let in: AppSync's message is about the field itself, so it is
/// not the cause, and would refuse next.
fn refused_next(evidence: &Evidence, layers: &[Layer], notes: &mut Vec<Message>) {
    let called = evidence.refused_subject().is_some_and(|(parent, name)| parent == evidence.parent_type && name == evidence.field);
    let mode = layers.iter().find(|layer| layer.layer == LayerName::Mode && layer.state == State::Passed);
    let closed = mode.into_iter().flat_map(|layer| &layer.findings).filter(|one| one.code == Code::DirectiveExcludesMode);
    notes.extend(closed.filter(|_| called).map(|one| {
        Message::joined(
            "AppSync's message names the field itself, which the schema lets in; of what it returns the schema refuses some: {}",
            [one.message.clone()],
        )
    }));
}

/// HTTP 401 and 403, and no layer is certain: the first one whose input is missing.
fn likeliest_before_templates(evidence: &Evidence, mode: Option<AuthType>, layers: &mut [Layer]) {
    let unknown = |layers: &[Layer], name| layers.iter().any(|one| one.layer == name && one.state == State::Unknown);
    if evidence.is_bad_request() {
        let request = layers.iter_mut().find(|layer| layer.layer == LayerName::Request);
        request.into_iter().for_each(|layer| layer.refuse(proof::unexplained(evidence)));
    } else if mode == Some(AuthType::Lambda) && evidence.authorizer.is_none() {
        refuse(layers, LayerName::Authorizer);
    } else if let Some(finding) = proof::kept_no(evidence, mode)
        && let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Authorizer)
    {
        layer.refuse(finding);
    } else if mode == Some(AuthType::Iam) && unread_limit(layers) {
        // Who called is known, and what may limit the caller is named.
        refuse(layers, LayerName::Iam);
    } else if unknown(layers, LayerName::Request) {
        refuse(layers, LayerName::Request);
    } else if mode == Some(AuthType::Iam) && unknown(layers, LayerName::Iam) {
        refuse(layers, LayerName::Iam);
    } else if let Some(request) = layers.iter_mut().find(|layer| layer.layer == LayerName::Request)
        && !of_another_provider(request)
        && !request.blame(Code::RefusedBeforeGraphql)
    {
        // Nothing was found wrong with the credentials, and yet it was here.
        let finding = proof::unexplained(evidence);
        request.findings.retain(|one| one.code != Code::IssuerNotCompared || finding.code != Code::IssuerMismatch);
        request.refuse(finding);
    }
}

/// A token of another provider than the API's, where nothing else is known to be wrong: AppSync checks it by keys that did not sign
/// it. Whether there is one.
fn of_another_provider(request: &mut Layer) -> bool {
    let unexplained = request.findings.iter().any(|one| one.code == Code::RefusedBeforeGraphql);
    let is_other = unexplained && request.blame(Code::IssuerNotCompared);
    if is_other {
        request.findings.retain(|one| one.code != Code::RefusedBeforeGraphql);
    }
    is_other
}

/// Whether nobody gave the headers, and of the policies that were given one is there without its document: that is nearer than
/// headers of which nothing is known.
fn unread_limit(layers: &[Layer]) -> bool {
    let first = |name| layers.iter().find(|layer| layer.layer == name && layer.state == State::Unknown).and_then(|layer| layer.findings.first());
    let is = |name, code| first(name).is_some_and(|finding| finding.code == code);
    is(LayerName::Request, Code::CredentialsUnknown) && is(LayerName::Iam, Code::IamPolicyUnread)
}

/// Takes a layer that is not known for the one that refused.
fn refuse(layers: &mut [Layer], name: LayerName) {
    let layer = layers.iter_mut().find(|layer| layer.layer == name && layer.state == State::Unknown);
    if let Some(layer) = layer {
        layer.state = State::Refused;
    }
}

/// Whether all that speaks for a layer is that its input is missing, or that it was not evaluated.
fn guess_only(layer: &Layer) -> bool {
    layer.findings.iter().all(|finding| (finding.code.is_doubt() || finding.code == Code::JavascriptFunction) && finding.certainty != Certainty::Certain)
}

/// Whether all that speaks for IAM is that something of the policies is not understood; what allows beside that settles nothing.
fn not_understood(layer: &Layer) -> bool {
    let doubts = [Code::IamConditionNotJudged, Code::IamPolicyUnread, Code::IamPolicyInvalid];
    let open = |finding: &Finding| doubts.contains(&finding.code);
    layer.layer == LayerName::Iam
        && layer.findings.iter().any(open)
        && layer.findings.iter().all(|finding| open(finding) || finding.code == Code::IamAllowed)
}

/// Whether the likeliest to have refused is a part in JavaScript.
fn in_javascript(layer: &Layer) -> bool {
    layer.findings.first().is_some_and(|first| first.code == Code::JavascriptFunction && first.certainty == Certainty::Likely)
}

/// A JWT sent to an API with a Lambda authorizer: AppSync does not ask the function for it.
fn jwt_for_lambda(evidence: &Evidence) -> bool {
    let jwt = evidence.authorization().is_some_and(|(value, _)| crate::request::token::read(value).is_ok());
    jwt && evidence.api.modes().contains(&AuthType::Lambda)
}
