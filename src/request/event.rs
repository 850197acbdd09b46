//! Event APIs: a channel namespace's modes, and the IAM actions of connecting, publishing and subscribing
//! (<https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html>).

use super::api::{EventOperation, Merged};
use super::evidence::Evidence;
use super::iam::matches;
use super::layer::{Layer, LayerName, State};
use super::event_namespace::{self, ChannelCall};
use super::{messages, mode};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use serde_json::Value as Json;

/// What an Event API was asked to do, and on which channel.
#[derive(Debug)]
pub struct Asked {
    /// What was asked for.
    pub operation: EventOperation,
    /// The channel, as it was asked for.
    pub channel: Option<String>,
}

/// Whether the request is one to an Event API.
pub fn asked(evidence: &Evidence) -> Option<Asked> {
    let path = evidence.url.as_deref().unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
    if let Some(socket) = &evidence.socket {
        if !socket.is_event() {
            return None;
        }
        let operation = if socket.acknowledged { EventOperation::Subscribe } else { EventOperation::Connect };
        return Some(Asked { operation, channel: socket.channel.clone() });
    }
    if !path.ends_with("/event") {
        return None;
    }
    // A HAR without bodies tells no channel.
    let body: Json = evidence.body.as_deref().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
    let channel = body.get("channel").and_then(Json::as_str).map(str::to_owned);
    Some(Asked { operation: EventOperation::Publish, channel })
}

impl Asked {
    fn call(&self) -> ChannelCall<'_> {
        ChannelCall { operation: self.operation, namespace: self.namespace(), asked: self.words() }
    }

    fn namespace(&self) -> Option<&str> {
        self.channel.as_deref()?.trim_start_matches('/').split('/').next().filter(|name| !name.is_empty())
    }

    fn words(&self) -> String {
        let on = self.channel.as_deref().map_or_else(String::new, |channel| format!(" to {channel}"));
        match self.operation {
            EventOperation::Connect => "the connection".to_owned(),
            EventOperation::Publish => format!("this publish{on}"),
            EventOperation::Subscribe => format!("the subscribe{on}"),
        }
    }
}

/// What to add to an Event API so that it takes a mode: the provider, and the mode of what was asked.
pub(super) fn add_mode(evidence: &Evidence, mode: AuthType) -> Option<String> {
    let asked = asked(evidence)?;
    let name = mode.api_name();
    let own = asked.namespace().map_or_else(String::new, |namespace| match asked.operation {
        EventOperation::Connect => String::new(),
        _ => format!(" (or, for this namespace only, to the {} of {namespace})", asked.operation.member()),
    });
    let then = match mode {
        AuthType::Iam => format!(", and allow the role {}", asked.operation.action()),
        _ => String::new(),
    };
    Some(format!(
        "if {} is meant to come with {name}, add {name} to the Event API's authProviders and to its {}{own}, beside what is there{then}",
        asked.words(),
        asked.operation.default_member()
    ))
}

/// `, and this publish to /a takes X only (defaultPublishAuthModes)`, where that is known.
pub(super) fn takes(evidence: &Evidence) -> String {
    let words = || {
        let asked = asked(evidence)?;
        let (modes, own) = evidence.api.events.as_ref()?.allowed(asked.operation, asked.namespace().unwrap_or_default())?;
        let member = if own { asked.operation.member() } else { asked.operation.default_member() };
        Some(format!(", of which {} takes {} ({member})", asked.words(), AuthType::api_names(modes)))
    };
    words().unwrap_or_default()
}

/// The mode layer: the namespace's modes replace the API's.
pub fn modes(evidence: &Evidence, asked: &Asked, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Mode, State::Unknown);
    let Some(mode) = mode else { return layer };
    let Some(events) = &evidence.api.events else {
        // What a message of AppSync's table means is told by it.
        let refused = evidence.observed.as_ref().is_some_and(super::Observed::is_refusal);
        if refused && messages::find(evidence.error_message()).is_none() && evidence.error_type() != HANDLER {
            match namespace_refused(evidence, mode) {
                Some(finding) => layer.refuse(finding),
                None => layer.findings.push(unlisted(asked, mode)),
            }
        }
        return layer;
    };
    let namespace = asked.namespace().unwrap_or_default();
    let Some((modes, own)) = events.allowed(asked.operation, namespace) else { return layer };
    if modes.contains(&mode) {
        layer.state = State::Passed;
        event_namespace::absent(evidence, &asked.call(), mode).into_iter().for_each(|finding| layer.refuse(finding));
        return layer;
    }
    let theirs = AuthType::api_names(modes);
    let member = if own { asked.operation.member() } else { asked.operation.default_member() };
    let whose = if own {
        format!(
            "the channel namespace {namespace} has its own {member}, {theirs} only, which replace the API's {}",
            asked.operation.default_member()
        )
    } else {
        format!("the API's {member} are {theirs} only")
    };
    let cure = match modes.first() {
        Some(AuthType::Iam) => {
            format!("Sign it with IAM credentials that are allowed {} on the namespace", asked.operation.action())
        }
        _ => format!("Send a credential of {theirs}"),
    };
    layer.refuse(
        Finding::new(
            Code::EventMode,
            Message::of(
                "{}, and {} came with {}{}. » {}; or, only if everybody with that credential may do this, add {} to {} beside the others. This is an Event API: schema, directives and resolvers play no part.",
                [
                    Part::Text(whose.to_string()),
                    Part::Text(asked.words().to_string()),
                    Part::Name(mode.api_name().to_string()),
                    Part::Text(accepted_beside(evidence)),
                    Part::Text(cure.to_string()),
                    Part::Name(mode.api_name().to_string()),
                    Part::Name(member.to_string()),
                ],
            ),
        )
        .at(format!("api.{member}"))
        .actual(mode.api_name())
        .wanted(modes.iter().map(|mode| mode.api_name()).collect::<Json>()),
    );
    layer
}

/// AppSync's own refusals of an Event API are `UnauthorizedException`; this is a handler's.
pub(super) const HANDLER: &str = "Unauthorized";

/// Nobody gave the modes of the Event API and its namespaces.
fn unlisted(asked: &Asked, mode: AuthType) -> Finding {
    let message = Message::of(
        "this is an Event API: it has no schema, directives or resolvers, and {} came with {}; {}, and that is not in the material. » Look there (aws appsync get-api --api-id ID{}), and give both with --api (eventConfig, channelNamespaces).",
        [
            Part::Text(asked.words()),
            Part::Name(mode.api_name().to_owned()),
            Part::Text(depends(asked)),
            Part::Code(asked.namespace().map_or_else(String::new, |name| format!("; aws appsync get-channel-namespace --api-id ID --name {name}"))),
        ],
    );
    Finding::new(Code::EventMode, message).certainty(Certainty::Possible).at("api.eventConfig").actual(mode.api_name())
}

/// A refusal in words of no table, of an Event API whose modes nobody gave, and nothing is known to be wrong.
pub(super) fn unexplained(evidence: &Evidence) -> Option<Finding> {
    let asked = asked(evidence).filter(|_| evidence.api.events.is_none())?;
    let finding = unlisted(&asked, mode::selected(evidence)?);
    let status = evidence.status().unwrap_or(401);
    let message = Message::of("HTTP {} refused the request before anything else ran, and nothing that was given is wrong:", [Part::Value(status.to_string())]);
    Some(Finding { code: Code::RefusedBeforeGraphql, message: Message::joined("{} {}", [message, finding.message.clone()]), ..finding })
}

/// What decides whether a mode is let in.
fn depends(asked: &Asked) -> String {
    let own = match (asked.operation, asked.namespace()) {
        (EventOperation::Connect, _) | (_, None) => String::new(),
        (_, Some(name)) => format!(", which the {} of the channel namespace {name} replaces where it has any", asked.operation.member()),
    };
    format!("whether that mode may do this stands in the API's {}{own}", asked.operation.default_member())
}

/// An Event API whose modes nobody gave says of a key that its namespace does not take what it says of one that it does not know.
pub(super) fn or_not_taken(evidence: &Evidence) -> Option<Message> {
    let asked = asked(evidence).filter(|_| evidence.api.events.is_none())?;
    Some(Message::of(
        "This is an Event API, where the same comes of a good key if {} may not be done with one ({}): look there too. Schema, directives and resolvers play no part.",
        [Part::Text(asked.words()), Part::Text(depends(&asked))],
    ))
}

/// The other channels that were subscribed to over the same connection.
fn accepted_beside(evidence: &Evidence) -> String {
    let others = evidence.socket.as_ref().map(|socket| socket.accepted.join(", ")).filter(|others| !others.is_empty());
    others.map_or_else(String::new, |others| format!(" (over the same connection {others} was accepted)"))
}

/// The credential is good, as it opened the connection or another channel, and this channel was refused: its namespace has modes
/// of its own, or a handler
/// (<https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html>).
pub(super) fn namespace_refused(evidence: &Evidence, mode: AuthType) -> Option<Finding> {
    let asked = asked(evidence).filter(|asked| asked.operation != EventOperation::Connect)?;
    if let Some(finding) = neighbour_published(evidence, &asked, mode) {
        return Some(finding);
    }
    let socket = evidence.socket.as_ref().filter(|socket| socket.acknowledged && evidence.api.events.is_none())?;
    let namespace = asked.namespace()?;
    let also = if socket.accepted.is_empty() { String::new() } else { format!(", and {} was accepted over it", socket.accepted.join(", ")) };
    let (member, handler) = (asked.operation.member(), asked.operation.handler().unwrap_or("onSubscribe"));
    let message = Message::of(
        "the connection was accepted with {}{}, so the credential is good, but {} was refused: the channel namespace {} does not take {} for it (its own {}), or its handler {} said no; which of the two is not in the material. » Look at the namespace (aws appsync get-channel-namespace --api-id ID --name {}): send a credential of a mode that stands there in this frame's authorization, or add {} to its {} if everybody with that credential may do this. The key, the handshake and schemas play no part.",
        [
            Part::Name(mode.api_name().to_owned()),
            Part::Text(also),
            Part::Text(asked.words()),
            Part::Name(namespace.to_owned()),
            Part::Name(mode.api_name().to_owned()),
            Part::Name(member.to_owned()),
            Part::Name(handler.to_owned()),
            Part::Name(namespace.to_owned()),
            Part::Name(mode.api_name().to_owned()),
            Part::Name(member.to_owned()),
        ],
    );
    Some(Finding::new(Code::EventMode, message).certainty(Certainty::Likely).at("socket.channel").actual(namespace))
}

/// The same credential published to another namespace of this API: what refuses this one is its own.
fn neighbour_published(evidence: &Evidence, asked: &Asked, mode: AuthType) -> Option<Finding> {
    let namespace = asked.namespace().filter(|_| evidence.api.events.is_none() && asked.operation == EventOperation::Publish)?;
    let own = |channel: &str| channel.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
    let (past, channel) = evidence.others.iter().filter(|past| past.same && past.passed).find_map(|past| {
        let channel = past.channel.as_deref().filter(|channel| own(channel) != namespace)?;
        Some((past, channel))
    })?;
    let name = Part::Name(mode.api_name().to_owned());
    let message = Message::of(
        "the same credential ({}) published to {} at {} (HTTP 200), so it is good, and this publish to {} was refused: what differs is the channel. The namespace {} has publish modes of its own, most likely, in which {} does not stand; they are not in the material. » Look at it (aws appsync get-channel-namespace --api-id ID --name {}): send a credential of a mode that stands in its publishAuthModes, or add {} there, beside what is there, if everybody with that credential may publish. No new key is needed.",
        [
            name.clone(),
            Part::Name(channel.to_owned()),
            Part::Value(past.clock()),
            Part::Name(asked.channel.clone().unwrap_or_default()),
            Part::Name(namespace.to_owned()),
            name.clone(),
            Part::Name(namespace.to_owned()),
            name,
        ],
    );
    Some(Finding::new(Code::EventMode, message).certainty(Certainty::Likely).at("body.channel").actual(namespace))
}

/// The namespace's own handler said no: `Unauthorized`, while AppSync itself says `UnauthorizedException`
/// (amplify-js#14947; <https://docs.aws.amazon.com/appsync/latest/eventapi/runtime-reference-for-appsync-event-apis.html>).
pub fn handler(evidence: &Evidence) -> Option<Finding> {
    let asked = asked(evidence)?;
    if evidence.error_type() != HANDLER {
        return event_namespace::by_handler(evidence, &asked.call(), mode::selected(evidence)?);
    }
    let handler = asked.operation.handler().unwrap_or("onSubscribe");
    let namespace = asked.namespace().map_or_else(|| "its channel namespace".to_owned(), |name| format!("the channel namespace {name}"));
    Some(
        Finding::new(
            Code::EventHandler,
            Message::of(
                "the handler {} of {} refused {} (util.unauthorized()): the error is Unauthorized, where AppSync itself says UnauthorizedException, so the credential had been accepted{}. » Read that handler: it decides by the channel or the identity. Another key or more modes do not help.",
                [
                    Part::Name(handler.to_string()),
                    Part::Name(namespace.to_string()),
                    Part::Text(asked.words().to_string()),
                    Part::Text(accepted_beside(evidence)),
                ],
            ),
        )
        .at("observed.errorType")
        .actual(HANDLER),
    )
}

/// The IAM layer: the Event API's own actions.
pub fn iam(evidence: &Evidence, asked: &Asked, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Iam, State::Passed);
    if mode != Some(AuthType::Iam) && !evidence.error_message().contains("Permission denied") {
        return layer;
    }
    let action = asked.operation.action();
    let arn = arn(evidence, asked);
    let statements = statements(&evidence.documents);
    let simple = |one: &Json| ["Condition", "NotAction", "NotResource"].iter().all(|name| one.get(*name).is_none());
    let named = |one: &Json| {
        let action =
            list(one.get("Action")).iter().any(|pattern| matches(&pattern.to_lowercase(), &action.to_lowercase()));
        action && list(one.get("Resource")).iter().any(|pattern| matches(pattern, &arn))
    };
    let effect = |one: &Json, effect: &str| one.get("Effect").and_then(Json::as_str) == Some(effect);
    if evidence.documents.is_empty() || statements.iter().any(|one| !simple(one) || effect(one, "Deny") && named(one)) {
        layer.state = State::Unknown;
        let words = Message::of(
            "whether the caller's policies allow {} on {} is not judged here: » give them (--policy), and look at conditions and denies by hand.",
            [Part::Code(action.to_string()), Part::Code(arn.to_string())],
        );
        layer.findings.push(Finding::new(Code::PolicyMissing, words));
        if !evidence.error_message().contains("Permission denied") {
            return layer;
        }
    } else if statements.iter().any(|one| effect(one, "Allow") && named(one)) {
        return layer;
    }
    let allows: Vec<&Json> = statements.iter().filter(|one| effect(one, "Allow")).collect();
    layer.refuse(not_granted(evidence, asked, &arn, &allows));
    layer
}

/// What the caller's policies allow in the place of the action.
fn not_granted(evidence: &Evidence, asked: &Asked, arn: &str, allows: &[&Json]) -> Finding {
    let action = asked.operation.action();
    let granted: Vec<String> = allows
        .iter()
        .map(|one| format!("{} on {}", list(one.get("Action")).join(", "), list(one.get("Resource")).join(", ")))
        .take(5)
        .collect();
    let (none, has) = match granted.as_slice() {
        _ if evidence.documents.is_empty() => (
            "which the caller's policies do not allow, by AppSync's \"Permission denied\": the signature was good, and the policies were not given (--policy)",
            String::new(),
        ),
        [] => ("which no statement allows", String::new()),
        some => ("which no statement allows", format!(" The policies allow {}.", some.join("; "))),
    };
    Finding::new(
            Code::EventNotGranted,
            Message::of(
                "the role may not do this: {} needs {} on {}, {}.{} » Add a statement with that action and ARN, and keep what is there.",
                [
                    Part::Text(asked.words().to_string()),
                    Part::Code(action.to_string()),
                    Part::Code(arn.to_string()),
                    Part::Text(none.to_owned()),
                    Part::Text(has.to_string()),
                ],
            ),
        )
        .at("policy")
        .actual(granted.join("; "))
        .wanted(format!("Allow {action} on {arn}"))
}

/// An Event API of which nobody says what was asked of it: it has no schema, and its three actions are judged by the policies.
pub fn unasked(evidence: &Evidence, mode: Option<AuthType>) -> Option<(Layer, Layer)> {
    evidence.api.events.as_ref()?;
    let (modes, mut iam) = (Layer::new(LayerName::Mode, State::Unknown), Layer::new(LayerName::Iam, State::Unknown));
    let denied = evidence.error_message().contains("Permission denied");
    if mode.is_some_and(|mode| mode != AuthType::Iam) && !denied {
        iam.state = State::Passed;
        return Some((modes, iam));
    }
    let statements = statements(&evidence.documents);
    let allows = |action: &str| {
        let named = |one: &&Json| list(one.get("Action")).iter().any(|pattern| matches(&pattern.to_lowercase(), &action.to_lowercase()));
        statements.iter().filter(|one| one.get("Effect").and_then(Json::as_str) == Some("Allow")).any(|one| named(&one))
    };
    let all = [EventOperation::Connect, EventOperation::Subscribe, EventOperation::Publish].map(EventOperation::action);
    let (has, lacks): (Vec<&str>, Vec<&str>) = all.into_iter().partition(|action| allows(action));
    if statements.is_empty() || lacks.is_empty() {
        iam.findings.push(Finding::new(
            Code::PolicyMissing,
            "whether the caller may do what was asked of this Event API is not judged: » give the policies (--policy), and say what was asked (a HAR, or request.url and the frame's channel).",
        ));
        return Some((modes, iam));
    }
    let has = if has.is_empty() { "none of the Event API's actions".to_owned() } else { format!("{} only", all_of(&has)) };
    let message = Message::of(
        "the policies allow {}: connecting needs appsync:EventConnect, subscribing appsync:EventSubscribe, publishing appsync:EventPublish, and {} not allowed. What was asked is not in the material; an Event API has no schema and no fields. » Allow {} (connecting on the API, arn:aws:appsync:…:apis/ID, the others on its namespaces, …:apis/ID/channelNamespace/NAME), and keep what is there.",
        [Part::Code(has), Part::Text(format!("{} {}", all_of(&lacks), if lacks.len() == 1 { "is" } else { "are" })), Part::Code(all_of(&lacks))],
    );
    let finding = Finding::new(Code::EventNotGranted, message).certainty(Certainty::Likely).at("policy").wanted(lacks.join(", "));
    if denied { iam.refuse(finding) } else { iam.findings.push(finding) }
    Some((modes, iam))
}

/// The resource of an action: the API for connecting, else the channel namespace.
fn arn(evidence: &Evidence, asked: &Asked) -> String {
    let api = &evidence.api;
    let part = |part: &Option<String>, name: &str| part.clone().unwrap_or_else(|| name.to_owned());
    let region = evidence.region().unwrap_or("REGION");
    let base = format!("arn:aws:appsync:{region}:{}:apis/{}", part(&api.account, "ACCOUNT"), part(&api.id, "ID"));
    match (asked.operation, asked.namespace()) {
        (EventOperation::Publish | EventOperation::Subscribe, Some(name)) => format!("{base}/channelNamespace/{name}"),
        _ => base,
    }
}

fn statements(policies: &[Json]) -> Vec<Json> {
    let of = |policy: &Json| match policy.get("Statement") {
        Some(Json::Array(many)) => many.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    policies.iter().flat_map(of).collect()
}

fn list(json: Option<&Json>) -> Vec<String> {
    match json {
        Some(Json::String(one)) => vec![one.clone()],
        Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// AppSync's words on that role: the caller's own rights were not asked there.
pub const SOURCE_ROLE: &str = " is not authorized to perform: appsync:SourceGraphQL on resource: ";

/// The same by AppSync's message alone, which names the role and the source.
fn source_role_said(evidence: &Evidence) -> Option<Finding> {
    let error = evidence.error_message();
    let (who, rest) = error.split_once(SOURCE_ROLE)?;
    let (_, role) = who.rsplit_once("role/")?;
    let role = role.split('/').next()?.to_owned();
    let resource = rest.split_whitespace().next()?.trim_end_matches(['.', ',']).to_owned();
    let api = resource.split("/types/").next()?.to_owned();
    let query = statements(&evidence.documents).iter().any(|one| {
        one.get("Effect").and_then(Json::as_str) == Some("Allow")
            && list(one.get("Action")).iter().any(|action| action.eq_ignore_ascii_case("appsync:GraphQL"))
            && list(one.get("Resource")).iter().any(|pattern| matches(pattern, &resource))
    });
    let other = if query { " What its policy allows there is appsync:GraphQL, which is the callers' action and another one." } else { "" };
    let message = Message::of(
        "the refusal is not about the caller but about the merged API's own execution role {}: it may not appsync:SourceGraphQL on the source API {}.{} » Allow appsync:SourceGraphQL on {} and on the same with /* in the policy of that role; the caller's own rights, token and key are not in question.",
        [Part::Name(role), Part::Code(api.clone()), Part::Text(other.to_owned()), Part::Code(api.clone())],
    );
    Some(Finding::new(Code::SourceNotGranted, message).at("policy").wanted(format!("Allow appsync:SourceGraphQL on {api}")))
}

/// The role of a merged API may use a source by the API's own ARN alone, and each top-level field is asked for below that
/// (aws/aws-cdk#27121; <https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html>: the ARN and the same with `/*`).
fn source_fields(evidence: &Evidence) -> Option<Finding> {
    let (parent, field) = evidence.refused_subject().filter(|_| evidence.status() == Some(200))?;
    let caller = mode::selected(evidence).is_some_and(|mode| mode != AuthType::Iam);
    let source = |one: &&Json| list(one.get("Action")).iter().any(|action| action.eq_ignore_ascii_case("appsync:SourceGraphQL"));
    let statements = statements(&evidence.documents);
    let allows = statements.iter().filter(|one| one.get("Effect").and_then(Json::as_str) == Some("Allow")).filter(source);
    let patterns: Vec<String> = allows.flat_map(|one| list(one.get("Resource"))).collect();
    let covers = |pattern: &String| {
        let api = pattern.split_once(":apis/").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(rest));
        let base = pattern.split(":apis/").next().unwrap_or_default();
        api.is_empty() || matches(pattern, &format!("{base}:apis/{api}/types/{parent}/fields/{field}"))
    };
    let first = patterns.first().filter(|_| caller && !patterns.iter().any(covers))?;
    let wanted = format!("{first}/*");
    let message = Message::of(
        "the policy that was given is most likely that of a merged API's execution role (nobody signed this request), and it allows appsync:SourceGraphQL on {} alone: AppSync checks it for the top-level field, {}/types/{}/fields/{}, which an ARN without a wildcard does not match. So the merged API may not resolve {}. » List both resources for appsync:SourceGraphQL, the source API's ARN and the same with /* ({}); the caller's key or token and the schema need no change for it.",
        [
            Part::Code(first.clone()),
            Part::Code(first.clone()),
            Part::Name(parent.clone()),
            Part::Name(field.clone()),
            Part::Name(format!("{parent}.{field}")),
            Part::Code(wanted.clone()),
        ],
    );
    Some(Finding::new(Code::SourceNotGranted, message).certainty(Certainty::Likely).at("policy").actual(first.as_str()).wanted(wanted))
}

/// The merged API's own role has the callers' action, and not its own.
fn source_action_missing(role: Option<&str>, statements: &[Json]) -> Option<Finding> {
    let query = |one: &&Json| {
        one.get("Effect").and_then(Json::as_str) == Some("Allow") && list(one.get("Action")).iter().any(|action| action.eq_ignore_ascii_case("appsync:GraphQL"))
    };
    statements.iter().find(query)?;
    let role = role.map_or("the merged API's execution role", |role| role.rsplit('/').next().unwrap_or(role));
    let message = Message::of(
        "the policy that was given is most likely that of the role {}, as which the merged API calls its sources (nobody signed this request): it allows appsync:GraphQL, the callers' action, and not appsync:SourceGraphQL, so every field of a source is refused. » Allow appsync:SourceGraphQL on each source API's ARN and on the same with /* in the policy of that role; the caller's own key or token needs no change for it.",
        [Part::Name(role.to_owned())],
    );
    Some(Finding::new(Code::SourceNotGranted, message).certainty(Certainty::Likely).at("policy").wanted("Allow appsync:SourceGraphQL"))
}

/// `Permission denied` of a field of a merged API that nobody signed the request for: it is IAM's, and the one signature in play is
/// that of the merged API's own role (<https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html>).
fn source_permission(evidence: &Evidence, merged: &Merged) -> Option<Finding> {
    let mode = mode::selected(evidence).filter(|mode| *mode != AuthType::Iam)?;
    if evidence.status() != Some(200) || !evidence.error_message().contains("Permission denied") {
        return None;
    }
    let role = merged.role.as_deref().map_or("its own role (mergedApiExecutionRoleArn)", |role| role.rsplit('/').next().unwrap_or(role));
    let message = Message::of(
        "AppSync's \"Permission denied\" is IAM's, and nobody signed this request, which came as {}: the API is a merged one and calls its source APIs as {}, so most likely that role may not call the source of {}.{}. » Allow appsync:SourceGraphQL on the source API's ARN and on the same with /* in the policy of that role (aws appsync list-source-api-associations --api-id {} names the sources); the caller's own key or token needs no change.",
        [
            Part::Name(mode.api_name().to_owned()),
            Part::Name(role.to_owned()),
            Part::Name(evidence.parent_type.clone()),
            Part::Name(evidence.field.clone()),
            Part::Name(evidence.api.id.clone().unwrap_or_else(|| "ID".to_owned())),
        ],
    );
    Some(Finding::new(Code::SourceNotGranted, message).certainty(Certainty::Likely).at("policy").wanted("Allow appsync:SourceGraphQL"))
}

/// A merged API calls its sources with its own role
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html>: `appsync:SourceGraphQL`).
pub fn source_role(evidence: &Evidence) -> Option<Finding> {
    const ACTION: &str = "appsync:SourceGraphQL";
    let said = || source_role_said(evidence).or_else(|| source_fields(evidence));
    let Some(merged) = evidence.api.merged.as_ref() else { return said() };
    let nameless = || said().or_else(|| source_permission(evidence, merged));
    if evidence.documents.is_empty() {
        return nameless();
    }
    let statements = statements(&evidence.documents);
    let source = |one: &&Json| {
        list(one.get("Action")).iter().any(|action| matches(&action.to_lowercase(), &ACTION.to_lowercase()))
    };
    let allowed: Vec<String> = statements
        .iter()
        .filter(|one| one.get("Effect").and_then(Json::as_str) == Some("Allow"))
        .filter(source)
        .flat_map(|one| list(one.get("Resource")))
        .collect();
    let denied = evidence.error_message().contains("SourceGraphQL");
    // A policy that was given of a request that nobody signed is the merged API's own role's.
    let own = !evidence.documents.is_empty() && mode::selected(evidence).is_some_and(|mode| mode != AuthType::Iam);
    if own && allowed.is_empty() && !denied && evidence.status() == Some(401) && evidence.error_message().is_empty() {
        return source_action_missing(merged.role.as_deref(), &statements);
    }
    if merged.sources.is_empty() {
        return nameless();
    }
    if !denied && (allowed.is_empty() || evidence.status().is_none()) {
        return None;
    }
    let missing: Vec<&String> =
        merged.sources.iter().filter(|arn| !allowed.iter().any(|pattern| matches(pattern, arn))).collect();
    let missing = missing.first()?;
    let role = merged
        .role
        .as_deref()
        .map_or("the merged API's execution role", |role| role.rsplit('/').next().unwrap_or(role));
    let has =
        if allowed.is_empty() { String::new() } else { format!(" It allows {ACTION} on {} only.", allowed.join(", ")) };
    Some(
        Finding::new(
            Code::SourceNotGranted,
            Message::of(
                "the refusal is not about the caller but about the merged API's own role {}: it may not call the source API {}.{} » Add {} and the same with /* to that statement of {}, and keep what is there while those APIs exist. That this is what the answer says is inferred from the policy.",
                [
                    Part::Name(role.to_string()),
                    Part::Code(missing.to_string()),
                    Part::Text(has.to_string()),
                    Part::Code(missing.to_string()),
                    Part::Code(ACTION.to_string()),
                ],
            ),
        )
        .at("policy")
        .actual(allowed.join(", "))
        .wanted(format!("Allow {ACTION} on {missing}")),
    )
}
