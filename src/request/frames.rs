//! The frames of a WebSocket, each read once: a connection may have tens of thousands
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>).

use super::heard::{Heard, Hearing};
use super::socket::{self, Socket, Subscription};
use super::{digest, evidence, messages, sent};
use crate::json::text;
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};

/// What was sent and what came, in order.
#[derive(Debug, Default)]
pub struct Frames {
    all: Vec<SocketFrame>,
    /// The id of the subscription that was refused first: a socket carries many, each with a credential of its own.
    refused: Option<Json>,
    /// Whether one was refused, with an id or without.
    has_refusal: bool,
    /// The first error that tells something.
    error: Option<Json>,
    /// The keep-alive that AppSync promised, in milliseconds.
    promised: Option<i64>,
    /// When the last frame came, of those that are no JSON as well.
    last: Option<f64>,
    hearing: Hearing,
}

/// A frame that is JSON.
#[derive(Debug)]
struct SocketFrame {
    came: bool,
    kind: String,
    id: Option<Json>,
    time: Option<Json>,
    /// All of it, where the client sent it; what came is large, and told by what stands beside this.
    data: Json,
}

impl SocketFrame {
    /// Whether it asks for something that is authorized by itself.
    fn is_start(&self) -> bool {
        !self.came && matches!(self.kind.as_str(), "start" | "subscribe" | "publish")
    }

    /// Whether it says that a subscription was accepted.
    fn accepts(&self) -> bool {
        self.came && matches!(self.kind.as_str(), "start_ack" | "subscribe_success")
    }

    /// Its id, to be looked up.
    fn key(&self) -> Option<String> {
        self.id.as_ref().map(Json::to_string)
    }

    /// The credential that stands in it.
    fn credential(&self) -> Option<&Json> {
        self.data.pointer("/payload/extensions/authorization").or_else(|| self.data.get("authorization"))
    }
}

impl Frames {
    /// Those of an entry; of a request that is no WebSocket there are none.
    pub fn of(entry: &Json) -> Self {
        let mut frames = Self::default();
        for frame in entry.get("_webSocketMessages").and_then(Json::as_array).into_iter().flatten() {
            frames.add(frame);
        }
        frames
    }

    fn add(&mut self, frame: &Json) {
        let came = text(frame, "/type") != "send";
        let time = frame.get("time").cloned();
        if came && let Some(at) = time.as_ref().and_then(Json::as_f64) {
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
        let Ok(data) = serde_json::from_str::<Json>(text(frame, "/data")) else { return };
        self.hearing.hear(came, &data);
        let kind = text(&data, "/type");
        if came {
            if is_refused(kind) && !std::mem::replace(&mut self.has_refusal, true) {
                self.refused = data.get("id").cloned();
            }
            self.error = self.error.take().or_else(|| error_of(&data));
            let promised = || data.pointer("/payload/connectionTimeoutMs")?.as_i64();
            self.promised = self.promised.or_else(|| promised().filter(|_| kind == "connection_ack"));
        }
        let (kind, id) = (kind.to_owned(), data.get("id").cloned());
        self.all.push(SocketFrame { came, kind, id, time, data: if came { Json::Null } else { data } });
    }

    fn starts(&self) -> impl Iterator<Item = &SocketFrame> {
        self.all.iter().filter(|frame| frame.is_start())
    }

    /// Whether something was asked for that is authorized by itself.
    pub fn has_start(&self) -> bool {
        self.starts().next().is_some()
    }

    /// The first refusal; an Event API's errors stand beside the frame's type.
    pub fn error(&self) -> Option<&Json> {
        self.error.as_ref()
    }

    /// What came over the channels of an Event API.
    pub fn heard(&self) -> Vec<Heard> {
        self.hearing.heard()
    }

    /// What the frames say of the connection.
    pub fn socket(&self) -> Socket {
        let mut socket = Socket::default();
        let other = |frame: &SocketFrame| self.refused.as_ref().is_some_and(|id| frame.id.as_ref().is_some_and(|own| own != id));
        let mut channels: HashMap<&str, &str> = HashMap::new();
        for frame in &self.all {
            let named = || frame.id.as_ref().and_then(Json::as_str).unwrap_or_default();
            socket.received += usize::from(frame.came);
            socket.acknowledged |= frame.came && acknowledges(&frame.kind);
            match (frame.came, frame.kind.as_str()) {
                (false, "connection_init") => {
                    socket.init = true;
                    socket.init_credential = frame.data.get("payload").and_then(|payload| sent::credential_inside(payload, 0)).map(str::to_owned);
                }
                (false, "subscribe" | "publish") => {
                    let channel = text(&frame.data, "/channel");
                    channels.insert(named(), channel);
                    if !other(frame) {
                        socket.channel = Some(channel).filter(|channel| !channel.is_empty()).map(str::to_owned);
                    }
                }
                (true, "subscribe_success") if other(frame) => {
                    socket.accepted.extend(channels.get(named()).map(|channel| (*channel).to_owned()));
                }
                (true, "start_ack" | "subscribe_success") => socket.subscription = Subscription::Accepted,
                (true, kind) if is_refused(kind) => socket.subscription = Subscription::Refused,
                _ => {}
            }
        }
        socket
    }

    /// The credentials of a subscription stand in its `start` frame; in that of an Event API beside its channel.
    pub fn start_header(&self) -> Option<Map<String, Json>> {
        let of = |frame: &SocketFrame| frame.credential().and_then(Json::as_object).cloned();
        // Of several subscriptions the one that was refused; one without a credential has none.
        let own = self.refused.as_ref().and_then(|id| self.starts().find(|frame| frame.id.as_ref() == Some(id)));
        match own {
            Some(frame) => of(frame).map(socket::lower),
            None => self.starts().find_map(of).map(socket::lower),
        }
    }

    /// Whether a start frame that has the refused one's credential was accepted: then it is not the credential.
    fn twin_accepted(&self) -> bool {
        let Some(refused) = &self.refused else { return false };
        let Some(own) = self.starts().find(|frame| frame.id.as_ref() == Some(refused)).and_then(SocketFrame::credential) else { return false };
        let accepted: HashSet<String> = self.all.iter().filter(|frame| frame.accepts()).filter_map(SocketFrame::key).collect();
        let others = self.starts().filter(|frame| frame.id.as_ref() != Some(refused));
        others.filter(|frame| frame.credential() == Some(own)).any(|frame| frame.key().is_some_and(|id| accepted.contains(&id)))
    }

    /// The start frame that is judged: the one that was refused, or the first.
    fn judged(&self) -> impl Iterator<Item = &SocketFrame> {
        self.starts().filter(|frame| self.refused.as_ref().is_none_or(|id| frame.id.as_ref() == Some(id)))
    }

    /// When the start frame that is judged was sent (Chromium's HAR: seconds since 1970).
    pub fn start_time(&self) -> Option<String> {
        let seconds = self.judged().find_map(|frame| frame.time.as_ref()?.as_f64())?;
        let time = jiff::Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()?;
        (seconds > 0.0).then(|| time.to_string())
    }

    /// What is known of the start frame that is judged, where it has a credential.
    pub fn describe_start(&self, socket: &mut Socket) {
        let data = self.start_data();
        let escaped = data.as_deref().filter(|data| socket.is_event() && data.contains(['<', '>', '&'])).map(escaped);
        socket.start_bytes = data.as_deref().map_or(0, str::len);
        socket.twin_accepted = self.twin_accepted();
        socket.start_hash = data.and_then(|data| digest::sha256(&data));
        socket.escaped_hash = escaped.and_then(|data| digest::sha256(&data));
    }

    /// What the start frame that is judged asks for, as it was written: its signature is over this text. Of an Event API's frame
    /// it is the channel and the events
    /// (<https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html>).
    fn start_data(&self) -> Option<String> {
        let own = &self.judged().next()?.data;
        if let Some(data) = own.pointer("/payload/data").and_then(Json::as_str) {
            return Some(data.to_owned());
        }
        own.get("channel")?;
        let signed = ["channel", "events"].into_iter().filter_map(|name| Some((name.to_owned(), own.get(name)?.clone())));
        serde_json::to_string(&signed.collect::<Map<String, Json>>()).ok()
    }

    /// Whether an operation was sent as the plain protocol has it, in `payload.query`.
    pub fn is_plain(&self) -> bool {
        self.all.iter().filter(|frame| !frame.came && matches!(frame.kind.as_str(), "start" | "subscribe")).any(|frame| {
            frame.data.pointer("/payload/query").is_some_and(Json::is_string) && frame.data.pointer("/payload/data").is_none()
        })
    }

    /// The operations that the client sent, as texts of JSON: a subscription's stands in its `start` frame.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter(|frame| !frame.came).filter_map(|frame| frame.data.pointer("/payload/data")?.as_str())
    }

    /// When an error came for a subscription that had been accepted: for the same id, or, as it may be, for the connection.
    pub fn ended(&self) -> Option<i64> {
        let mut accepted: HashSet<String> = HashSet::new();
        for frame in self.all.iter().filter(|frame| frame.came) {
            match frame.kind.as_str() {
                _ if frame.accepts() => accepted.extend(frame.key()),
                "error" | "connection_error" if frame.key().map_or(!accepted.is_empty(), |id| accepted.contains(&id)) => {
                    return frame.time.as_ref().and_then(evidence::time);
                }
                _ => {}
            }
        }
        None
    }

    /// How long nothing came before a connection ended, where that is longer than the keep-alive that AppSync promised, both in
    /// seconds (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>: a client should close a
    /// connection on which no keep-alive came within `connectionTimeoutMs`).
    pub fn quiet(&self, entry: &Json) -> Option<(i64, i64)> {
        let begun = text(entry, "/startedDateTime").parse::<jiff::Timestamp>().ok()?.as_millisecond() as f64 / 1000.0;
        let ended = begun + entry.get("time").and_then(Json::as_f64)? / 1000.0;
        let (promised, quiet) = (self.promised?, (ended - self.last?) as i64);
        (promised > 0 && quiet >= promised / 1000).then_some((quiet, promised / 1000))
    }
}

/// Whatever is said of a subscription comes after the connection was accepted.
fn acknowledges(kind: &str) -> bool {
    matches!(
        kind,
        "connection_ack" | "start_ack" | "error" | "data" | "subscribe_success" | "subscribe_error" | "publish_success" | "publish_error"
    )
}

fn is_refused(kind: &str) -> bool {
    matches!(kind, "error" | "subscribe_error" | "publish_error")
}

/// The error of a frame that came, where it tells something.
fn error_of(data: &Json) -> Option<Json> {
    // Of a limit of the connection it is one object.
    let one = data.pointer("/payload/errors").filter(|errors| errors.is_object());
    let error = one.or_else(|| data.pointer("/payload/errors/0")).or_else(|| data.pointer("/errors/0"))?;
    let message = text(error, "/message");
    let known = messages::find(message).is_some() || message.contains("Not Authorized");
    let refused = text(data, "/type").ends_with("error");
    (known || refused || error.get("errorType").is_some()).then(|| error.clone())
}

/// A text of JSON with the letters escaped that mean something in HTML, as some writers of JSON do.
fn escaped(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
