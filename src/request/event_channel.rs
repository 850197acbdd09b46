//! The form of an Event API's channel: up to five parts, and a wildcard at its end alone
//! (<https://docs.aws.amazon.com/appsync/latest/eventapi/create-event-api-tutorial.html>: "at the end of a channel path";
//! `…/channel-namespaces.html`: a maximum of five segments).

use super::api::EventOperation;
use super::event::{self, HANDLER};
use super::evidence::Evidence;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};

/// How many parts a channel has at most.
const MOST: usize = 5;

/// A refused channel that no API has, whatever the credential.
pub(super) fn judge(evidence: &Evidence) -> Option<Finding> {
    let asked = event::asked(evidence)?;
    // A handler looks at what AppSync took for a channel.
    if evidence.observed.is_none() || evidence.status() == Some(200) || evidence.error_type() == HANDLER {
        return None;
    }
    let channel = asked.channel.as_deref()?;
    let parts: Vec<&str> = channel.trim_matches('/').split('/').collect();
    let message = match star_inside(&parts) {
        Some(at) => of_star(channel, &parts, at),
        None if parts.last() == Some(&"*") && asked.operation == EventOperation::Publish => Message::of(
            "the publish is to {}, and a wildcard is for subscribing: events are published to one channel, and who subscribed to the wildcard hears them. » Publish to the channel that is meant, with a name in the place of the star. The credential is not the cause.",
            [Part::Name(channel.to_owned())],
        ),
        None if parts.len() > MOST => Message::of(
            "the channel {} has {} parts, and a channel has 5 at most, its namespace among them. » Join parts of the name (with a dash, say) until there are 5, for publishing and for subscribing alike. The credential is not the cause.",
            [Part::Name(channel.to_owned()), Part::Value(parts.len().to_string())],
        ),
        None => return None,
    };
    Some(Finding::new(Code::EventChannelForm, message).certainty(Certainty::Likely).at("channel").actual(channel))
}

/// The first part with a star that is not the last part alone.
fn star_inside(parts: &[&str]) -> Option<usize> {
    let last = parts.len().saturating_sub(1);
    parts.iter().enumerate().position(|(at, part)| part.contains('*') && !(at == last && *part == "*"))
}

fn of_star(channel: &str, parts: &[&str], at: usize) -> Message {
    let before = parts.get(..at).unwrap_or_default().join("/");
    let behind: Vec<&str> = parts.get(at + 1..).unwrap_or_default().iter().filter(|part| **part != "*").copied().collect();
    let star = parts.get(at).copied().unwrap_or("*");
    let (why, narrow) = if star != "*" {
        ("it stands for whole parts, not for letters of one".to_owned(), String::new())
    } else {
        let rest = behind.join("/");
        let narrow = format!(", and leave out in the client what is not of {rest}; or put {rest} before what varies, in the publisher too (/{before}/{rest}/*)");
        (format!("behind it stands {rest}"), if rest.is_empty() { String::new() } else { narrow })
    };
    let wide = if before.is_empty() { "a namespace's own /*".to_owned() } else { format!("/{before}/*") };
    Message::of(
        "the channel {} has a wildcard where none may be ({}): a channel's wildcard is its last part alone. So no credential can subscribe to it. » Subscribe to {}{}. The credential, the modes and the handshake are not the cause.",
        [Part::Name(channel.to_owned()), Part::Text(why), Part::Name(wide), Part::Text(narrow)],
    )
}
