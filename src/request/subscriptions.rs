//! A WebSocket that carries many subscriptions, as one entry each: every start frame has a credential, an answer and a time of
//! its own (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>).

use crate::json::text;
use serde_json::{Map, Value as Json, json};
use std::collections::{HashMap, HashSet};

/// More subscriptions of one connection than this that were accepted, or that were refused, are not told apart, nor are more frames
/// read that belong to none. Accepted ones never take the place of a refused one: a connection holds a hundred, and the next is
/// what a reader asks about.
const MOST: usize = 100;

/// The frames of one subscription.
struct SubscriptionFrames {
    frames: Vec<Json>,
    refused: bool,
    /// Whether a frame came for it.
    answered: bool,
}

/// Errors of the connection's limits name no subscription: they are those of subscriptions that got no answer, one each
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>: `LimitExceededError`).
fn give_out(nameless: Vec<Json>, each: &mut [SubscriptionFrames]) {
    let mut left = nameless.into_iter();
    for one in each.iter_mut().filter(|one| !one.answered) {
        let Some(error) = left.next() else { return };
        one.refused = true;
        one.frames.push(error);
    }
    // All were answered: it is told with the last, and not lost.
    if let (Some(error), Some(last)) = (left.next(), each.last_mut()) {
        last.refused = true;
        last.frames.push(error);
    }
}

/// The ids that were accepted and for which no error came, each as JSON: what got no answer may be what an error without an id means.
fn accepted_ids(frames: &[Json]) -> HashSet<String> {
    let mut accepted = HashSet::new();
    for frame in frames.iter().filter(|frame| text(frame, "/type") != "send") {
        let data: Json = serde_json::from_str(text(frame, "/data")).unwrap_or_default();
        match (text(&data, "/type"), data.get("id")) {
            ("start_ack", Some(id)) => accepted.insert(id.to_string()),
            ("error", Some(id)) => accepted.remove(&id.to_string()),
            _ => false,
        };
    }
    accepted
}

/// An entry for each `start` frame of a connection with several, those that were refused first; none where it has fewer.
pub fn of(entry: &Json) -> Vec<Json> {
    let Some(all) = entry.get("_webSocketMessages").and_then(Json::as_array) else { return Vec::new() };
    let (mut shared, mut nameless, mut each): (Vec<Json>, Vec<Json>, Vec<SubscriptionFrames>) = (Vec::new(), Vec::new(), Vec::new());
    // The place of the last that began under an id.
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut last: Option<&Json> = None;
    let accepted = accepted_ids(all);
    let mut room = [MOST, MOST];
    for frame in all {
        let data: Json = serde_json::from_str(text(frame, "/data")).unwrap_or_default();
        let (sent, kind, id) = (text(frame, "/type") == "send", text(&data, "/type"), data.get("id"));
        if !sent {
            last = frame.get("time").or(last);
        }
        let key = id.map(Json::to_string).unwrap_or_default();
        let open = usize::from(!accepted.contains(&key));
        match id {
            Some(_) if sent && kind == "start" && room[open] > 0 => {
                room[open] -= 1;
                places.insert(key, each.len());
                each.push(SubscriptionFrames { frames: vec![frame.clone()], refused: false, answered: false });
            }
            Some(_) => {
                // The last that began under this id is meant.
                if let Some(own) = places.get(&key).and_then(|at| each.get_mut(*at)) {
                    own.refused |= !sent && kind == "error";
                    own.answered |= !sent;
                    own.frames.push(frame.clone());
                }
            }
            // What came before any start frame is about none of them.
            None if !sent && kind == "error" => nameless.extend((!each.is_empty() && nameless.len() < MOST).then(|| frame.clone())),
            None if kind != "ka" && shared.len() < MOST => shared.push(frame.clone()),
            None => {}
        }
    }
    if each.len() < 2 {
        return Vec::new();
    }
    give_out(nameless, &mut each);
    each.sort_by_key(|one| !one.refused);
    let end = last.map(|time| json!({"type": "receive", "time": time, "data": ""}));
    // Without its frames an entry is small, however many came.
    let members = entry.as_object().into_iter().flatten().filter(|(name, _)| *name != "_webSocketMessages");
    let bare: Map<String, Json> = members.map(|(name, value)| (name.clone(), value.clone())).collect();
    let of = |one: SubscriptionFrames| {
        let mut entry = bare.clone();
        let frames = shared.iter().cloned().chain(one.frames).chain(end.clone()).collect();
        entry.insert("_webSocketMessages".to_owned(), frames);
        Json::Object(entry)
    };
    each.into_iter().map(of).collect()
}
