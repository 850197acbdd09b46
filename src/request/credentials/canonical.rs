//! A signature that does not match: what AppSync signed, as its message quotes it, beside what was sent.

use super::super::digest;
use super::super::evidence::Evidence;
use super::signature::{PATH, beginning};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// SHA-256 of `{}`, the body over which a handshake is signed.
const EMPTY_OBJECT: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// What AppSync calculated the signature over, where its message says so: beside what was sent, the line that differs, or
/// what is left (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>: a handshake is
/// signed for `/graphql/connect` over `{}`, a start frame for `/graphql` over its data).
pub(super) fn mismatch(evidence: &Evidence) -> Option<Finding> {
    let error = evidence.error_message();
    if !error.contains("The request signature we calculated does not match") {
        return None;
    }
    let subscription = (evidence.parent_type == "Subscription").then_some(true);
    let start = evidence.socket.as_ref().map(|socket| socket.of_start).or(subscription);
    let canonical = error.split("Canonical String for this request should have been").nth(1).unwrap_or_default();
    let canonical = canonical.replace("\\n", "\n");
    // What AppSync quotes behind it, the text that it signed, has a digest of its own.
    let canonical = canonical.split("String-to-Sign").next().unwrap_or_default().trim_end().trim_end_matches("The").to_owned();
    let lines: Vec<&str> = canonical.trim().trim_matches(['\'', '"']).lines().map(str::trim).collect();
    let path = lines.get(1).copied().filter(|path| path.starts_with('/'));
    let headers = || lines.iter().skip(3).take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
    let differs = headers().find_map(|(name, value)| {
        let sent = evidence.header(name)?;
        (sent.trim() != value.trim())
            .then(|| format!("AppSync has {name} {}, and {} was sent", quoted(value.trim()), quoted(sent.trim())))
    });
    let missing = absent(evidence, &lines).filter(|_| differs.is_none());
    let differs = differs.or_else(|| missing.as_ref().map(|(words, _)| words.clone()));
    let agree = headers().any(|(name, _)| evidence.header(name).is_some());
    let whole = lines.iter().rev().find(is_digest);
    let path = path.map_or_else(String::new, |path| canonical_words(path, whole.copied()));
    let body = whole.and_then(|theirs| body(evidence, start).map(|(what, ours)| (ours == **theirs, what, ours, *theirs)));
    if let Some(finding) = whole.and_then(|theirs| escaped(evidence, theirs)) {
        return Some(finding);
    }
    let key = good_key(evidence);
    let left = left(evidence, &lines, differs.as_deref(), (agree, key.is_some()), body);
    let key = key.unwrap_or_default();
    let changed = headers().filter(|(name, value)| evidence.header(name).is_some_and(|sent| sent.trim() != value.trim()));
    let cure = match missing {
        Some((_, cure)) => Message::default().cured(cure),
        None => cure_of_mismatch(evidence, &changed.collect::<Vec<_>>(), start),
    };
    Some(
        Finding::new(
            Code::SignatureMismatch,
            Message::joined(
                "{} {}.",
                [
                    Message::of(
                        "the signature does not match the one that AppSync calculates for this request.{}{}{}",
                        [Part::Place(path), Part::Text(left), Part::Name(key)],
                    ),
                    cure,
                ],
            ),
        )
        .at(PATH),
    )
}

/// AppSync hashed an event with its angle brackets escaped, which the client did not: a fault of the service on the WebSocket
/// (aws/aws-appsync-community#400).
fn escaped(evidence: &Evidence, theirs: &str) -> Option<Finding> {
    let socket = evidence.socket.as_ref()?;
    let own = socket.escaped_hash.as_deref().filter(|own| *own == theirs && socket.start_hash.as_deref() != Some(theirs))?;
    let message = Message::of(
        "the signature does not match because AppSync hashed another text than the frame's: the hash in its canonical string ({}…) is that of the frame's channel and events with `<`, `>` and `&` escaped (\\u003c, \\u003e, \\u0026), and the frame has these letters as they are (angle brackets, as of HTML). This is a known fault of the service on the WebSocket; over HTTP such events pass. » Encode such events (base64, and decode them in the subscriber), write these letters as \\u003c, \\u003e and \\u0026 before signing, or publish them by HTTP (POST /event).",
        [Part::Value(beginning(own).to_owned())],
    );
    Some(Finding::new(Code::SignatureMismatch, message).at(PATH))
}

/// A line that is the digest of a body.
fn is_digest(line: &&&str) -> bool {
    line.len() == 64 && line.chars().all(|letter| letter.is_ascii_hexdigit())
}

/// A body's digest on both sides: whether they are the same, what it is of, the one of what was sent, AppSync's.
type Digests<'d> = Option<(bool, &'static str, String, &'d str)>;

/// The line that differs, or what is left where none does.
fn left(evidence: &Evidence, lines: &[&str], differs: Option<&str>, (agree, proven): (bool, bool), body: Digests<'_>) -> String {
    match (differs, agree) {
        (Some(line), _) => format!(" The line that differs: {line}."),
        (None, _) if body.as_ref().is_some_and(|(same, ..)| !same) => {
            let (_, what, ours, theirs) = body.unwrap_or_default();
            format!(" The line that differs is the last one, the hash of the body: AppSync has {}…, and {what} as it stands here has {}…, so it was changed on its way, or serialized again.", beginning(theirs), beginning(&ours))
        }
        (None, true) if body.is_some() => {
            let what = body.map_or("the body", |(_, what, ..)| what);
            format!(" Its headers and the hash of {what} are those of what was sent, so AppSync's side is in order: what the client signed was another text (another path, or {what} serialized another time){}.", or_secret(proven, ", or its secret key is another"))
        }
        (None, true) => " The headers that it quotes are those that were sent, so the difference is in the path or the body that was signed{}.".replace("{}", or_secret(proven, ", or in the secret key")),
        (None, false) if evidence.socket.is_some() && !lines.iter().any(|line| is_digest(&line)) => rest_of_cut(lines, proven),
        (None, false) => String::new(),
    }
}

/// The words on the secret key, which nothing is wrong with where the same access key's signature was accepted.
const fn or_secret(proven: bool, words: &'static str) -> &'static str {
    if proven { "" } else { words }
}

/// That the secret key is good: a signature of the same access key was accepted, in another request or in this connection's own
/// handshake.
fn good_key(evidence: &Evidence) -> Option<String> {
    let passed = evidence.others.iter().find(|past| past.same && past.passed && !past.socket);
    if let Some(past) = passed {
        return Some(format!(" The secret key is good: the same access key passed at {}.", past.clock()));
    }
    let socket = evidence.socket.as_ref().filter(|socket| socket.acknowledged && socket.of_start && socket.connection.is_none())?;
    socket.has_header.then(|| " The secret key is good: the handshake, signed with the same access key, was accepted.".to_owned())
}

/// A header of AppSync's canonical string that `header=` or the start frame has not, and what to do: what these hold is whole.
fn absent(evidence: &Evidence, lines: &[&str]) -> Option<(String, String)> {
    let place = evidence.socket.as_ref()?.place().unwrap_or("the handshake");
    // The last line of a message that was cut may be cut itself.
    let quoted_lines = lines.get(3..lines.len().saturating_sub(1)).unwrap_or_default();
    let headers = quoted_lines.iter().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
    let mut missing = headers.filter(|(name, _)| evidence.header(name).is_none() && !evidence.masked.contains_key(*name));
    missing.next().map(|(name, value)| {
        let value = quoted(value.trim()).to_string();
        (
            format!("AppSync has {name} {value}, and {place} has no {name}"),
            format!("Put {name} {value} into {place}: every header that was signed belongs there as it was signed"),
        )
    })
}

/// What may still differ where AppSync's message ends before it tells.
fn rest_of_cut(lines: &[&str], proven: bool) -> String {
    let last = lines.get(3..).and_then(|headers| headers.last()).and_then(|line| line.split_once(':')).map(|(name, _)| name);
    let headers = last.map_or_else(|| "the headers".to_owned(), |name| format!("the headers from {name} on"));
    let secret = if proven { "or the body's hash" } else { "the body's hash, or the secret key" };
    format!(" Method and path are as they belong; what remains possible: {headers}, {secret}.")
}

/// The body over which a signature belongs, in words, and its digest, where it is known.
fn body(evidence: &Evidence, start: Option<bool>) -> Option<(&'static str, String)> {
    match start {
        Some(true) if evidence.socket.as_ref()?.is_event() => Some(("channel and events of the frame", evidence.socket.as_ref()?.start_hash.clone()?)),
        Some(true) => Some(("payload.data", evidence.socket.as_ref()?.start_hash.clone()?)),
        Some(false) => None,
        None => Some(("the body", digest::sha256(evidence.body.as_deref()?)?)),
    }
}

/// What AppSync says that it signed.
fn canonical_words(path: &str, whole: Option<&str>) -> String {
    let body = match whole {
        Some(hash) if hash == EMPTY_OBJECT => " over the body {}".to_owned(),
        Some(hash) => format!(" over a body with the hash {}…", beginning(hash)),
        None => ", and the message is cut before the body's hash".to_owned(),
    };
    format!(" AppSync's canonical string is for POST {path}{body}.")
}

/// What to do about a signature that does not match: by the headers that AppSync saw otherwise, and by what was signed.
fn cure_of_mismatch(evidence: &Evidence, changed: &[(&str, &str)], start: Option<bool>) -> Message {
    let signed_host = changed.iter().find(|(name, _)| *name == "host");
    let changed = changed.first();
    let host = evidence.header("host").unwrap_or("the API's host").replace("appsync-realtime-api", "appsync-api");
    match start {
        Some(_) if changed.is_some() => {
            let (name, theirs) = changed.copied().unwrap_or_default();
            let place = evidence.socket.as_ref().and_then(|socket| socket.place()).unwrap_or(if start == Some(true) { "extensions.authorization of the start frame" } else { "header= of the handshake" });
            Message::default().cured(format!("Sign, and write into {place}, {name} {}", quoted(theirs.trim())))
        }
        _ if signed_host.is_some_and(|(_, theirs)| theirs.trim() == evidence.url_host()) => {
            Message::default().cured(format!("Sign for {}, the host that the request is sent to", evidence.url_host()))
        }
        _ if signed_host.is_some() => {
            let (_, theirs) = signed_host.copied().unwrap_or_default();
            Message::from("What stands between (a CloudFront distribution or a proxy) calls AppSync under its own host, so a signature over another host never fits:").cured(format!("sign for {} although you send to {}, or call AppSync's own URL for IAM, or give the API an AppSync custom domain name in place of the proxy; keys and tokens are not signed and pass", theirs.trim(), evidence.url_host()))
        }
        None if changed.is_some() => {
            let (name, _) = changed.copied().unwrap_or_default();
            Message::from(format!("Something on the way changed {name} after it was signed:")).cured("sign it as it arrives, or leave it out of SignedHeaders (host and x-amz-date are enough)")
        }
        Some(true) if evidence.socket.as_ref().is_some_and(super::super::socket::Socket::is_event) => Message::default().cured(format!("Sign the frame as POST https://{host}/event over exactly the JSON of its channel and events (without type, id and authorization), and send these as they were signed")),
        Some(false) => Message::default().cured(format!("Sign the handshake of the connection as POST https://{host}/graphql/connect over the body {{}}; only queries and start frames are signed for /graphql")),
        Some(true) => Message::default().cured(format!("Sign the start frame as POST https://{host}/graphql over exactly the text that is sent in payload.data; only the handshake is signed for /graphql/connect over {{}}")),
        None => "» Compare your canonical request with it line by line: look at the secret key, the region and service of the scope, and at what changes the body or the headers after signing".into(),
    }
}
