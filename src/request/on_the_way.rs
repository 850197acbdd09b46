//! What became of a credential between the browser and AppSync: the browser's export shows what left, and AppSync's log of the
//! same request what came, credentials masked by their last letters
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html>).

use super::answer::{LogSays, masked_tail};
use super::history;
use serde_json::{Map, Value as Json};

/// The headers that hold a credential.
const CREDENTIALS: [&str; 2] = ["authorization", "x-api-key"];

/// What something on the way did to the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnTheWay {
    /// It was sent, and did not come.
    Lost {
        /// The header.
        sent: &'static str,
    },
    /// One was sent, and another header came in its place.
    Swapped {
        /// The header that was sent.
        sent: &'static str,
        /// The header that came.
        came: &'static str,
        /// The end of what came.
        tail: String,
    },
    /// A second one came beside the one that was sent.
    Added {
        /// The header that came beside.
        came: &'static str,
        /// The end of what came.
        tail: String,
    },
    /// Another value came in the same header.
    Replaced {
        /// The header.
        name: &'static str,
        /// The end of what was sent.
        sent: String,
        /// The end of what came.
        tail: String,
    },
}

impl OnTheWay {
    /// Compares what the browser shows with what the log has; `None` where they fit, or cannot be compared.
    pub fn of(headers: &Map<String, Json>, log: &LogSays) -> Option<Self> {
        let sent = CREDENTIALS.map(|name| (name, headers.get(name).and_then(Json::as_str).filter(|value| is_credential(value))));
        for (name, value) in sent {
            let (Some(value), Some(tail)) = (value, log.masked.get(name)) else { continue };
            let whole = value.len() >= 20;
            if whole && tail.len() >= 4 && !value.trim_end().ends_with(tail.as_str()) {
                return Some(Self::Replaced { name, sent: history::tail(value), tail: tail.clone() });
            }
        }
        // Only a whole list tells what is not in it; and an export without any credential has left them out.
        if !log.complete || sent.iter().all(|(_, value)| value.is_none()) {
            return None;
        }
        let came = |name: &str| log.masked.contains_key(name) || log.headers.contains_key(name);
        let tail = |name: &str| log.masked.get(name).cloned().unwrap_or_default();
        let lost = sent.into_iter().find(|(name, value)| value.is_some() && !came(name)).map(|(name, _)| name);
        let unsent = |name: &'static str| !headers.contains_key(name);
        let more = CREDENTIALS.into_iter().find(|name| came(name) && unsent(name));
        match (lost, more) {
            (Some(sent), Some(came)) => Some(Self::Swapped { sent, came, tail: tail(came) }),
            (Some(sent), None) => Some(Self::Lost { sent }),
            (None, Some(came)) => Some(Self::Added { came, tail: tail(came) }),
            (None, None) => None,
        }
    }

    /// The header that AppSync did not get as it was sent.
    pub const fn gone(&self) -> Option<&'static str> {
        match self {
            Self::Lost { sent } | Self::Swapped { sent, .. } => Some(*sent),
            Self::Replaced { name, .. } => Some(*name),
            Self::Added { .. } => None,
        }
    }
}

/// Whether a header's value is one that was sent, and not what a tool wrote in its place.
fn is_credential(value: &str) -> bool {
    !value.trim().is_empty() && masked_tail(value).is_none() && !value.trim().contains(['*', '<', '['])
}

/// A header's name as people write it.
pub fn titled(header: &str) -> &str {
    if header == "authorization" { "Authorization" } else { header }
}
