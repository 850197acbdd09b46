//! A WebSocket that carries many subscriptions, as one entry each: every start frame has a credential, an answer and a time of
//! its own (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>).

use super::entry::text;
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

/// More subscriptions of one connection than this that were accepted, or that were refused, are not told apart, nor are more frames
/// read that belong to none. Accepted ones never take the place of a refused one: a connection holds a hundred, and the next is
/// what a reader asks about.
const MOST: usize = 100;

/// The frames of one subscription.
struct Frames {
    id: Json,
    frames: Vec<Json>,
    refused: bool,
    /// Whether a frame came for it.
    answered: bool,
}

/// Errors of the connection's limits name no subscription: they are those of subscriptions that got no answer, one each
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>: `LimitExceededError`).
fn give_out(nameless: Vec<Json>, each: &mut [Frames]) {
    for (one, error) in each.iter_mut().filter(|one| !one.answered).zip(nameless) {
        one.refused = true;
        one.frames.push(error);
    }
}

/// The ids that an error came for, each as JSON.
fn refused_ids(frames: &[Json]) -> HashSet<String> {
    let received = frames.iter().filter(|frame| text(frame, "/type") != "send" && text(frame, "/data").contains("\"error\""));
    let read = received.filter_map(|frame| serde_json::from_str::<Json>(text(frame, "/data")).ok());
    let of_error = read.filter(|data| text(data, "/type") == "error").filter_map(|data| Some(data.get("id")?.to_string()));
    of_error.take(MOST).collect()
}

/// An entry for each `start` frame of a connection with several, those that were refused first; none where it has fewer.
pub fn of(entry: &Json) -> Vec<Json> {
    let Some(all) = entry.get("_webSocketMessages").and_then(Json::as_array) else { return Vec::new() };
    let (mut shared, mut nameless, mut each): (Vec<Json>, Vec<Json>, Vec<Frames>) = (Vec::new(), Vec::new(), Vec::new());
    let mut last: Option<&Json> = None;
    let refused = refused_ids(all);
    let mut room = [MOST, MOST];
    for frame in all {
        let data: Json = serde_json::from_str(text(frame, "/data")).unwrap_or_default();
        let (sent, kind, id) = (text(frame, "/type") == "send", text(&data, "/type"), data.get("id"));
        if !sent {
            last = frame.get("time").or(last);
        }
        match id {
            Some(id) if sent && kind == "start" && room[usize::from(refused.contains(&id.to_string()))] > 0 => {
                room[usize::from(refused.contains(&id.to_string()))] -= 1;
                each.push(Frames { id: id.clone(), frames: vec![frame.clone()], refused: false, answered: false });
            }
            Some(id) => {
                // The last that began under this id is meant.
                if let Some(own) = each.iter_mut().rev().find(|one| one.id == *id) {
                    own.refused |= !sent && kind == "error";
                    own.answered |= !sent;
                    own.frames.push(frame.clone());
                }
            }
            None if !sent && kind == "error" && !each.is_empty() => nameless.extend((nameless.len() < MOST).then(|| frame.clone())),
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
    let of = |one: Frames| {
        let mut entry = bare.clone();
        let frames = shared.iter().cloned().chain(one.frames).chain(end.clone()).collect();
        entry.insert("_webSocketMessages".to_owned(), frames);
        Json::Object(entry)
    };
    each.into_iter().map(of).collect()
}
