//! What came over the channels of an Event API that a connection subscribed to
//! (<https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html>).

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Events that are kept of a channel, and channels that are kept of a connection.
const MOST: usize = 20;
/// The longest event that is looked into, in bytes.
const LONGEST: usize = 16_384;

/// A channel that was subscribed to, and what came over it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heard {
    /// The channel as it was asked for, with its `*` perhaps.
    pub channel: String,
    /// The first events that came.
    pub events: Vec<Json>,
}

/// The channels that were accepted, by frames of which it is known whether they came.
pub fn of(frames: impl Iterator<Item = (bool, Json)>) -> Vec<Heard> {
    let mut asked: Vec<(Json, bool, Heard)> = Vec::new();
    for (came, data) in frames {
        let Some(id) = data.get("id") else { continue };
        let kind = data.get("type").and_then(Json::as_str).unwrap_or_default();
        if !came && kind == "subscribe" && asked.len() < MOST {
            let channel = data.get("channel").and_then(Json::as_str).unwrap_or_default().to_owned();
            asked.push((id.clone(), false, Heard { channel, events: Vec::new() }));
            continue;
        }
        let Some((_, accepted, heard)) = asked.iter_mut().rev().find(|(own, ..)| own == id).filter(|_| came) else { continue };
        match kind {
            "subscribe_success" => *accepted = true,
            "data" => events(&data, &mut heard.events),
            _ => {}
        }
    }
    asked.into_iter().filter(|(_, accepted, _)| *accepted).map(|(.., heard)| heard).collect()
}

/// The events of a frame: a text of JSON, or several.
fn events(data: &Json, found: &mut Vec<Json>) {
    let texts = match data.get("event") {
        Some(Json::Array(many)) => many.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for text in texts {
        let event = text.as_str().filter(|text| text.len() <= LONGEST).and_then(|text| serde_json::from_str(text).ok());
        found.extend(event.or_else(|| text.is_object().then(|| text.clone())).filter(|_| found.len() < MOST));
    }
}
