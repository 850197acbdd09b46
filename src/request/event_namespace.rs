//! A channel of an Event API that was refused although the credential is good and its mode is taken: the namespace is not there, or
//! its handler said no (<https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-concepts.html>: a channel belongs to a
//! namespace that was created before; `…/channel-namespace-handlers.html`: handlers run after the modes).

use super::api::{EventOperation, Namespace};
use super::evidence::Evidence;
use super::history::Past;
use super::observed::Observed;
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};

/// What was asked of a channel.
pub(super) struct ChannelCall<'c> {
    /// Publish or subscribe.
    pub operation: EventOperation,
    /// The channel's first part.
    pub namespace: Option<&'c str>,
    /// `the subscribe to /a/b`
    pub asked: String,
}

/// Whether what was refused came with a credential that this API takes: it opened the connection, or passed elsewhere.
fn is_good(evidence: &Evidence) -> bool {
    let opened = evidence.socket.as_ref().is_some_and(|socket| socket.acknowledged && socket.connection.is_none());
    opened || evidence.others.iter().any(|past| past.same && past.passed && past.host == evidence.url_host())
}

/// What shows that: `the connection was accepted with`.
fn proof(evidence: &Evidence) -> String {
    if evidence.socket.as_ref().is_some_and(|socket| socket.acknowledged) {
        return "the connection was accepted with".to_owned();
    }
    let passed = evidence.others.iter().find(|past| past.same && past.passed && past.host == evidence.url_host());
    let what = passed.and_then(|past| past.channel.as_deref()).map_or_else(|| "another call".to_owned(), |channel| format!("the publish to {channel}"));
    format!("{what} at {} passed with", passed.map_or_else(|| "another time".to_owned(), Past::clock))
}

/// The namespace of a refused channel among those that were given, where the mode is one that it takes.
fn namespace<'e>(evidence: &'e Evidence, call: &ChannelCall<'_>, mode: AuthType) -> Option<(String, Option<&'e Namespace>)> {
    let events = evidence.api.events.as_ref().filter(|events| !events.namespaces.is_empty())?;
    let refused = evidence.observed.as_ref().is_some_and(Observed::is_refusal);
    let name = call.namespace.filter(|_| refused && is_good(evidence))?;
    events.allowed(call.operation, name)?.0.contains(&mode).then_some(())?;
    Some((name.to_owned(), events.namespaces.iter().find(|one| one.name == name)))
}

/// The API has no namespace of that name.
pub(super) fn absent(evidence: &Evidence, call: &ChannelCall<'_>, mode: AuthType) -> Option<Finding> {
    let (name, None) = namespace(evidence, call, mode)? else { return None };
    let names: Vec<&str> = evidence.api.events.iter().flat_map(|events| &events.namespaces).map(|one| one.name.as_str()).collect();
    let api = evidence.api.id.as_deref().unwrap_or("ID");
    let message = Message::of(
        "the API has no channel namespace {}, by {}: it has {}. So {} is to a channel that cannot exist, and most likely that is what AppSync refuses: {} the same credential, and {} takes {}. » Use a channel of a namespace that is there (/{}/…), or create this one (aws appsync create-channel-namespace --api-id {} --name {}); key, modes and handshake need no change.",
        [
            Part::Name(name.clone()),
            Part::Text(evidence.api.whence()),
            Part::Name(all_of(&names)),
            Part::Text(call.asked.clone()),
            Part::Text(proof(evidence)),
            Part::Name(call.operation.default_member().to_owned()),
            Part::Name(mode.api_name().to_owned()),
            Part::Name(names.first().copied().unwrap_or_default().to_owned()),
            Part::Name(api.to_owned()),
            Part::Name(name.clone()),
        ],
    );
    let finding = Finding::new(Code::EventMode, message).certainty(Certainty::Likely).at("api.channelNamespaces");
    Some(finding.actual(name).wanted(names.join(", ")))
}

/// The namespace takes the mode and has a handler: nothing else is left that could have said no.
pub(super) fn by_handler(evidence: &Evidence, call: &ChannelCall<'_>, mode: AuthType) -> Option<Finding> {
    let (name, Some(found)) = namespace(evidence, call, mode)? else { return None };
    let handler = call.operation.handler().filter(|_| found.handles(call.operation))?;
    let runs = if call.operation == EventOperation::Subscribe { "" } else { ", or its data source" };
    let message = Message::of(
        "most likely the handler {} of the channel namespace {} refused {}: the credential is good, as {} it, and {} takes {} there, so what is left is the namespace's own code (codeHandlers, handlerConfigs){}. » Read that handler: it decides by the channel or the identity (util.unauthorized() refuses). Another key or more modes do not help.",
        [
            Part::Name(handler.to_owned()),
            Part::Name(name.clone()),
            Part::Text(call.asked.clone()),
            Part::Text(proof(evidence)),
            Part::Name(call.operation.default_member().to_owned()),
            Part::Name(mode.api_name().to_owned()),
            Part::Text(runs.to_owned()),
        ],
    );
    Some(Finding::new(Code::EventHandler, message).certainty(Certainty::Likely).at("api.channelNamespaces").actual(name))
}
