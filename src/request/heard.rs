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

/// What is heard while frames are read.
#[derive(Debug, Default)]
pub struct Hearing {
    asked: Vec<AskedChannel>,
}

/// A channel that was asked for.
#[derive(Debug)]
struct AskedChannel {
    id: Json,
    accepted: bool,
    heard: Heard,
}

impl Hearing {
    /// A frame of which it is known whether it came.
    pub fn hear(&mut self, came: bool, data: &Json) {
        let Some(id) = data.get("id") else { return };
        let kind = data.get("type").and_then(Json::as_str).unwrap_or_default();
        if !came && kind == "subscribe" && self.asked.len() < MOST {
            let channel = data.get("channel").and_then(Json::as_str).unwrap_or_default().to_owned();
            self.asked.push(AskedChannel { id: id.clone(), accepted: false, heard: Heard { channel, events: Vec::new() } });
            return;
        }
        let Some(own) = self.asked.iter_mut().rev().find(|one| came && one.id == *id) else { return };
        match kind {
            "subscribe_success" => own.accepted = true,
            "data" => events(data, &mut own.heard.events),
            _ => {}
        }
    }

    /// The channels that were accepted.
    pub fn heard(&self) -> Vec<Heard> {
        self.asked.iter().filter(|one| one.accepted).map(|one| one.heard.clone()).collect()
    }
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
