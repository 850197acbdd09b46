//! Event APIs: modes of the connection, of publishing and subscribing, and those of a channel namespace, which replace them
//! (<https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html>).

use super::mode;
use crate::appsync::AuthType;
use serde_json::Value as Json;

/// What an Event API is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventOperation {
    /// Open the WebSocket.
    Connect,
    /// Send events to a channel.
    Publish,
    /// Hear a channel.
    Subscribe,
}

impl EventOperation {
    /// IAM's action
    /// (<https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html#iam-authorization>).
    pub const fn action(self) -> &'static str {
        match self {
            Self::Connect => "appsync:EventConnect",
            Self::Publish => "appsync:EventPublish",
            Self::Subscribe => "appsync:EventSubscribe",
        }
    }

    /// The namespace's member that replaces the API's.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Connect => "connectionAuthModes",
            Self::Publish => "publishAuthModes",
            Self::Subscribe => "subscribeAuthModes",
        }
    }

    /// The handler of a namespace that runs for it; none runs for a connection.
    pub const fn handler(self) -> Option<&'static str> {
        match self {
            Self::Connect => None,
            Self::Publish => Some("onPublish"),
            Self::Subscribe => Some("onSubscribe"),
        }
    }

    /// The API's member.
    pub const fn default_member(self) -> &'static str {
        match self {
            Self::Connect => "connectionAuthModes",
            Self::Publish => "defaultPublishAuthModes",
            Self::Subscribe => "defaultSubscribeAuthModes",
        }
    }
}

/// An Event API.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// Modes of the connection.
    pub connection: Option<Vec<AuthType>>,
    /// Of publishing, unless a namespace says otherwise.
    pub publish: Option<Vec<AuthType>>,
    /// Of subscribing, unless a namespace says otherwise.
    pub subscribe: Option<Vec<AuthType>>,
    /// The channel namespaces, if they were given.
    pub namespaces: Vec<Namespace>,
}

/// A channel namespace.
#[derive(Clone, Debug, Default)]
pub struct Namespace {
    /// The first part of a channel's name.
    pub name: String,
    /// Its own modes of publishing.
    pub publish: Option<Vec<AuthType>>,
    /// Its own modes of subscribing.
    pub subscribe: Option<Vec<AuthType>>,
    /// What it has a handler for, in code or by a data source
    /// (<https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespace-handlers.html>).
    handled: Vec<EventOperation>,
}

impl Namespace {
    /// Whether a handler of its own runs for this.
    pub fn handles(&self, operation: EventOperation) -> bool {
        self.handled.contains(&operation)
    }
}

impl Events {
    /// Reads `eventConfig` and the namespaces beside it.
    pub fn read(config: &Json, namespaces: Option<&Json>) -> Self {
        let list = namespaces.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        Self {
            connection: modes(config, EventOperation::Connect.default_member()),
            publish: modes(config, EventOperation::Publish.default_member()),
            subscribe: modes(config, EventOperation::Subscribe.default_member()),
            namespaces: list
                .iter()
                .map(|one| Namespace {
                    name: one.get("name").and_then(Json::as_str).unwrap_or_default().to_owned(),
                    publish: modes(one, EventOperation::Publish.member()),
                    subscribe: modes(one, EventOperation::Subscribe.member()),
                    handled: handled(one),
                })
                .collect(),
        }
    }

    /// The modes that may do this on a channel of the namespace, and whether the namespace itself says so.
    pub fn allowed(&self, operation: EventOperation, namespace: &str) -> Option<(&[AuthType], bool)> {
        let own = self.namespaces.iter().find(|one| one.name == namespace);
        let (own, all) = match operation {
            EventOperation::Connect => (None, &self.connection),
            EventOperation::Publish => (own.and_then(|one| one.publish.as_deref()), &self.publish),
            EventOperation::Subscribe => (own.and_then(|one| one.subscribe.as_deref()), &self.subscribe),
        };
        own.map(|modes| (modes, true)).or_else(|| Some((all.as_deref()?, false)))
    }
}

/// The operations for which the code has a function, or the configuration an entry.
fn handled(namespace: &Json) -> Vec<EventOperation> {
    let code = namespace.get("codeHandlers").and_then(Json::as_str).unwrap_or_default();
    let configured = namespace.get("handlerConfigs");
    let has = |operation: &EventOperation| {
        operation.handler().is_some_and(|name| code.contains(name) || configured.is_some_and(|configs| configs.get(name).is_some()))
    };
    [EventOperation::Publish, EventOperation::Subscribe].into_iter().filter(has).collect()
}

/// A list of `{"authType": …}`; an empty one says nothing of its own.
fn modes(json: &Json, name: &str) -> Option<Vec<AuthType>> {
    let list = json.get(name)?.as_array().filter(|list| !list.is_empty())?;
    Some(list.iter().filter_map(|one| mode(one.get("authType").and_then(Json::as_str).or(one.as_str())?)).collect())
}
