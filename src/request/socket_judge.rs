//! A WebSocket that was not let in: its host, path, sub-protocol and header, before the credential itself
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>).

use super::event_channel;
use super::evidence::Evidence;
use super::layer::{Layer, State};
use super::messages;
use super::socket::{Socket, Subscription};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};

/// What is wrong with the handshake itself.
pub fn judge(evidence: &Evidence) -> Option<(State, Finding)> {
    let refused = |finding| (State::Refused, finding);
    if let Some(finding) = event_channel::judge(evidence) {
        return Some(refused(finding));
    }
    let Some(socket) = &evidence.socket else { return logged(evidence).map(refused) };
    if socket.acknowledged {
        return plain_start(socket)
            .or_else(|| bare_start(socket))
            .or_else(|| start_without_host(socket))
            .or_else(|| start_of_other_host(evidence, socket))
            .map(refused);
    }
    protocol(evidence, socket)
        .or_else(|| unknown_host(evidence, socket))
        .or_else(|| place(evidence, socket))
        .or_else(|| header(evidence, socket))
        .or_else(|| without_payload(evidence, socket))
        .map(refused)
        .or_else(|| silent(evidence, socket).map(|finding| (State::Unknown, finding)))
}

/// A start frame in the form of the plain protocols (graphql-ws, graphql-transport-ws): AppSync reads `payload.data`, a text,
/// and `payload.extensions.authorization`.
fn plain_start(socket: &Socket) -> Option<Finding> {
    if !socket.start_plain || socket.subscription != Subscription::Refused {
        return None;
    }
    let host = socket.header_host.clone().unwrap_or_else(|| socket.host.replace(".appsync-realtime-api.", ".appsync-api."));
    let bare = match &socket.bare_start {
        Some(connection) => format!(", and no extensions.authorization either (the connection was accepted with {connection}, which does not count for it)"),
        None => String::new(),
    };
    Some(
        Finding::new(
            Code::SocketOperation,
            Message::of(
                "the start frame has the form of the plain protocol: its payload has query and variables side by side, and no data, where AppSync reads the operation{}. » Send a frame of the type start with payload {\"data\": \"<the JSON text of query and variables>\", \"extensions\": {\"authorization\": {\"host\": \"{}\", <the credential>}}} for each subscription: use the client's AppSync transport in place of its default one. The handshake needs no change.",
                [Part::Value(bare), Part::Place(host)],
            ),
        )
        .at("payload.data")
        .actual("payload.query")
        .wanted("payload.data and payload.extensions.authorization"),
    )
}

/// A subscription has a credential of its own, in its start frame.
fn bare_start(socket: &Socket) -> Option<Finding> {
    let connection = socket.bare_start.as_deref()?;
    if socket.is_event() {
        let channel = socket.channel.as_deref().map_or_else(String::new, |channel| format!(" for {channel}"));
        return Some(
            Finding::new(
                Code::SocketCredential,
                Message::of(
                    "the connection was accepted with {}, but the subscribe or publish frame{} has no authorization: an Event API authorizes each of these frames on its own, and the connection's credential does not count for it. » Put host and the credential into the member authorization of each such frame.",
                    [
                        Part::Value(connection.to_string()),
                        Part::Text(channel.to_string()),
                    ],
                ),
            )
            .at("authorization"),
        );
    }
    Some(
        Finding::new(
            Code::SocketCredential,
            Message::of(
                "the connection was accepted with {}, but the start frame of the subscription carries no credential: the handshake's does not count for it. » Put host and the credential into payload.extensions.authorization of each start frame.",
                [
                    Part::Value(connection.to_string()),
                ],
            ),
        )
        .at("payload.extensions.authorization"),
    )
}

/// A credential without the host of the GraphQL endpoint beside it, which AppSync wants in the handshake and in each start
/// frame ("Required headers are missing").
fn without_host(place: &str, right: &str, at: &str) -> Finding {
    Finding::new(
        Code::SocketHeader,
        Message::of(
            "{} has a credential and no host, and AppSync wants both there. » Write \"host\": \"{}\" (the GraphQL endpoint's host) beside the credential; the credential itself is not judged by this answer.",
            [Part::Text(place.to_owned()), Part::Place(right.to_owned())],
        ),
    )
    .at(at)
    .wanted(right)
}

/// The start frame that was refused has a credential, and no host.
fn start_without_host(socket: &Socket) -> Option<Finding> {
    let right = socket.header_host.clone().unwrap_or_else(|| socket.host.replace(".appsync-realtime-api.", ".appsync-api."));
    (socket.start_lacks_host && socket.subscription == Subscription::Refused)
        .then(|| without_host("extensions.authorization of the start frame", &right, "payload.extensions.authorization.host"))
}

/// The start frame that was refused names another host than the handshake, which was accepted: its credential is for that one's
/// API (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>: host is the GraphQL endpoint's).
fn start_of_other_host(evidence: &Evidence, socket: &Socket) -> Option<Finding> {
    let own = evidence.header("host").filter(|_| socket.of_start && socket.subscription == Subscription::Refused)?;
    let right = socket.header_host.as_deref().filter(|host| !host.is_empty() && !host.eq_ignore_ascii_case(own))?;
    let message = Message::of(
        "the start frame's extensions.authorization names the host {}, and the connection, which was accepted, names {}: AppSync wants the same GraphQL endpoint's host in both. » Write {} there, with a credential of that API.",
        [Part::Place(own.to_owned()), Part::Place(right.to_owned()), Part::Place(right.to_owned())],
    );
    let finding = Finding::new(Code::SocketHost, message).certainty(Certainty::Likely);
    Some(finding.at("payload.extensions.authorization.host").actual(own).wanted(right))
}

/// An upgrade in a log: sent to the host of queries, which takes it for an ordinary request.
fn logged(evidence: &Evidence) -> Option<Finding> {
    let upgrade = evidence.header("upgrade").is_some_and(|value| value.to_lowercase().contains("websocket"));
    let host = evidence.header("host")?;
    let protocol = evidence.header("sec-websocket-protocol").unwrap_or_default();
    let is_event = evidence.api.events.is_some() || protocol.contains("aws-appsync-event-ws");
    (upgrade && host.contains(".appsync-api.")).then(|| wrong_host(host, is_event))
}

/// An upgrade on `….appsync-api.…` never works: AppSync takes it for a request without credentials.
fn wrong_host(host: &str, is_event: bool) -> Finding {
    let right = host.replace(".appsync-api.", ".appsync-realtime-api.");
    if is_event {
        return event_host(host, &right);
    }
    Finding::new(
        Code::SocketHost,
        Message::of(
            "a WebSocket was opened on {}, which is the host of queries: AppSync takes the upgrade there for an ordinary request without a credential and refuses it. Connect to wss://{}/graphql, with header= (base64 of {\"host\":\"{}\", and the credential}) and payload=e30=; the host inside header= and in each start frame stays {}.",
            [
                Part::Place(host.to_string()),
                Part::Place(right.to_string()),
                Part::Place(host.to_string()),
                Part::Place(host.to_string()),
            ],
        ),
    )
    .at("request.url")
    .actual(host)
    .wanted(right)
}

/// The same for an Event API, whose realtime endpoint has another path and takes the credential in a sub-protocol
/// (<https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html>).
fn event_host(host: &str, right: &str) -> Finding {
    Finding::new(
        Code::SocketHost,
        Message::of(
            "a WebSocket was opened on {}, which is the Event API's host for HTTP: its realtime endpoint is another host. » Connect to wss://{}/event/realtime with the sub-protocols aws-appsync-event-ws and header-… (base64url of {\"host\":\"{}\", and the credential}); the host in that object, and in authorization of each subscribe and publish frame, stays {}.",
            [
                Part::Place(host.to_owned()),
                Part::Place(right.to_owned()),
                Part::Place(host.to_owned()),
                Part::Place(host.to_owned()),
            ],
        ),
    )
    .at("request.url")
    .actual(host)
    .wanted(format!("wss://{right}/event/realtime"))
}

/// `graphql-ws` for GraphQL, `aws-appsync-event-ws` for Event APIs; nothing else is spoken.
fn protocol(evidence: &Evidence, socket: &Socket) -> Option<Finding> {
    // At the wrong path the other kind of API is spoken to: that is told first.
    if evidence.api.events.is_some() && !socket.is_event() {
        return None;
    }
    let right = if socket.is_event() { "aws-appsync-event-ws" } else { "graphql-ws" };
    let refusal = ["NoProtocolError", "SubProtocolNotSupported"].into_iter().find(|word| evidence.says(word));
    // Another message of AppSync's shows that the sub-protocol was none of its concern; a list of headers without any of a
    // handshake is not whole.
    let other = refusal.is_none() && !evidence.error_message().is_empty();
    let whole = evidence.header("sec-websocket-key").is_some() || !socket.protocols.is_empty();
    if socket.protocols.iter().any(|one| one == right) || other || refusal.is_none() && !whole {
        return None;
    }
    let said = refusal.map_or(String::new(), |refusal| format!(" and answers {refusal}"));
    let (what, cure) = if socket.protocols.is_empty() {
        ("the handshake has no Sec-WebSocket-Protocol header".to_owned(), "Send")
    } else {
        (format!("the handshake asked for the sub-protocol {}", socket.protocols.join(", ")), "Ask for")
    };
    let certainty = if refusal.is_some() { Certainty::Certain } else { Certainty::Likely };
    Some(
        Finding::new(
            Code::SocketProtocol,
            Message::of(
                "{}: AppSync's realtime endpoint speaks only {}{}. » {} `Sec-WebSocket-Protocol: {}` (in code the second argument of new WebSocket). Whether the credential is accepted was not reached.",
                [
                    Part::Text(what.to_string()),
                    Part::Code(right.to_string()),
                    Part::Text(said.to_string()),
                    Part::Text(cure.to_string()),
                    Part::Code(right.to_string()),
                ],
            ),
        )
        .certainty(certainty)
        .at("request.headers.sec-websocket-protocol")
        .actual(socket.protocols.join(", "))
        .wanted(right),
    )
}

/// The host and path of the realtime endpoint; on a custom domain the path is `/graphql/realtime`.
fn place(evidence: &Evidence, socket: &Socket) -> Option<Finding> {
    let is_event = socket.is_event() || evidence.api.events.is_some();
    if socket.host.contains(".appsync-api.") {
        return Some(wrong_host(&socket.host, is_event));
    }
    let own = socket.host.contains(".appsync-realtime-api.");
    let right = match (own, is_event) {
        (true, false) => "/graphql",
        (false, false) => "/graphql/realtime",
        (_, true) => "/event/realtime",
    };
    if socket.path == right || socket.host.is_empty() {
        return None;
    }
    let url = format!("wss://{}{}", socket.host, socket.path);
    let why = if is_event && !socket.is_event() {
        "this is an Event API, which speaks aws-appsync-event-ws with the credential in the sub-protocol header-…, and its realtime endpoint has the path"
    } else if own {
        "AppSync's realtime endpoint has the path"
    } else {
        "on a custom domain AppSync's realtime endpoint has the path"
    };
    let then = if is_event && !socket.is_event() {
        "with the sub-protocols aws-appsync-event-ws and header-… (base64url of the host, which stays the API's own, and the credential): use a client of Event APIs"
    } else if socket.header_host.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(&socket.host)) {
        // Both hosts are good there: "the AWS AppSync GraphQL endpoint or your custom domain name" (real-time-websocket-client).
        "(the host inside header= may stay this domain), or use a client version that knows custom domains"
    } else {
        "(the host inside header= stays the API's own), or use a client version that knows custom domains"
    };
    Some(
        Finding::new(
            Code::SocketPath,
            Message::of(
                "the WebSocket was opened on {}: {} {}. » Set the client's realtime URL to wss://{}{} {}.",
                [
                    Part::Place(url.to_string()),
                    Part::Text(why.to_string()),
                    Part::Place(right.to_string()),
                    Part::Place(socket.host.to_string()),
                    Part::Place(right.to_string()),
                    Part::Text(then.to_owned()),
                ],
            ),
        )
        .at("request.url")
        .actual(url)
        .wanted(format!("wss://{}{right}", socket.host)),
    )
}

/// The socket opened through somebody's own distribution, and `header=` names that: AppSync looks the API up by the host
/// there, and knows none of that name (aws-amplify/amplify-js: `HttpNotFoundException` in `connection_error`).
fn unknown_host(evidence: &Evidence, socket: &Socket) -> Option<Finding> {
    let host = socket.header_host.as_deref().filter(|host| !host.is_empty() && !host.ends_with(".amazonaws.com"))?;
    if !evidence.says("HttpNotFoundException") || socket.received == 0 {
        return None;
    }
    let known = evidence.others.iter().map(|past| past.host.as_str()).find(|host| host.contains(".appsync-api."));
    let right = known.or_else(|| evidence.api.other_host(host)).unwrap_or("<id>.appsync-api.<region>.amazonaws.com");
    Some(
        Finding::new(
            Code::SocketHost,
            Message::of(
                "the JSON in header= of the handshake names the host {}, and AppSync knows no API of that name (HttpNotFoundException): it looks the API up by that host. The socket itself opened, so the way through the distribution or proxy at {} is right, and the credential was not judged. » Write the API's own host, {}, into header= and into each start frame, and go on connecting to {}; or make that name an AppSync custom domain (path /graphql/realtime).",
                [
                    Part::Place(host.to_owned()),
                    Part::Place(socket.host.clone()),
                    Part::Place(right.to_owned()),
                    Part::Place(socket.host.clone()),
                ],
            ),
        )
        .at("request.header.host")
        .actual(host)
        .wanted(right),
    )
}

/// What `header=` holds: the host of queries beside the credential.
fn header(evidence: &Evidence, socket: &Socket) -> Option<Finding> {
    if let Some(fault) = &socket.header_fault {
        return Some(
            Finding::new(Code::SocketHeader, Message::of(
                "the credentials of the handshake cannot be read: {} {}. » Write {} of a JSON object with host and the credential ({}); the credential itself was not judged.",
                [
                    Part::Name((if socket.by_protocol { "what follows header- in Sec-WebSocket-Protocol" } else { "header=" }).to_owned()),
                    Part::Text(fault.to_string()),
                    // A sub-protocol's name takes no `+`, `/` or `=` (RFC 6455, 4.1: a token).
                    Part::Text((if socket.by_protocol { "base64url (- and _ for + and /, without =)" } else { "base64" }).to_owned()),
                    Part::Code("JavaScript: btoa(JSON.stringify(header)); Python: base64.b64encode(json.dumps(header).encode())".to_owned()),
                ],
            ))
                .at("request.url"),
        );
    }
    if !socket.has_header {
        return Some(without_header(evidence, socket));
    }
    // A member of another name may hold the credential: that is told by itself.
    let plain = ["host", "accept", "content-", "user-agent", "connection", "upgrade", "origin", "pragma", "cache-control", "sec-", "x-amz-"];
    let bare = evidence.masked.is_empty() && evidence.headers.keys().all(|name| plain.iter().any(|known| name.starts_with(known)));
    if bare && matches!(evidence.status(), Some(400..=499)) {
        return Some(without_credential(evidence, socket));
    }
    let Some(host) = socket.header_host.as_deref().filter(|host| !host.is_empty()) else {
        let right = socket.host.replace(".appsync-realtime-api.", ".appsync-api.");
        return Some(without_host("the header= parameter of the handshake", &right, "request.header.host"));
    };
    if host.contains('/') {
        return Some(url_as_host(host));
    }
    if !host.contains(".appsync-realtime-api.") {
        return other_name(evidence, socket, host);
    }
    let right = host.replace(".appsync-realtime-api.", ".appsync-api.");
    let signed = evidence.header("authorization").is_some_and(|value| value.starts_with("AWS4-"));
    let sign = if signed { " (and sign the handshake and each start frame for it)" } else { "" };
    Some(
        Finding::new(
            Code::SocketHost,
            Message::of(
                "the header= parameter of the handshake names the wrong host: it decodes to {}, and AppSync wants the GraphQL endpoint's there, {}. » Write that host into header= and into each start frame{}; the socket's own URL, on the realtime host, is right.",
                [
                    Part::Place(host.to_string()),
                    Part::Place(right.to_string()),
                    Part::Text(sign.to_owned()),
                ],
            ),
        )
        .at("request.header.host")
        .actual(host)
        .wanted(right),
    )
}

/// `header=` names neither the host that the socket was opened at nor the GraphQL endpoint beside it
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html>: "the AWS AppSync GraphQL endpoint or your
/// custom domain name").
fn other_name(evidence: &Evidence, socket: &Socket, host: &str) -> Option<Finding> {
    let label = |host: &str| host.split('.').next().unwrap_or_default().to_lowercase();
    let refused = evidence.observed.as_ref().is_some_and(super::Observed::is_refusal);
    let own = socket.host.replace(".appsync-realtime-api.", ".appsync-api.");
    let (by_name, theirs) = (own.contains(".appsync-api."), host.contains(".appsync-api."));
    let differs = match (by_name, theirs) {
        (true, true) => label(&own) != label(host),
        // On a custom domain the endpoint's own host belongs there as well; at one's own machine no API of AppSync's stands.
        (false, false) => {
            let name = own.split(':').next().unwrap_or_default();
            let is_local = name == "localhost" || name.parse::<std::net::IpAddr>().is_ok();
            !is_local && !own.eq_ignore_ascii_case(host)
        }
        _ => false,
    };
    if !refused || !differs || socket.host.is_empty() {
        return None;
    }
    let unless = if by_name { "" } else { " (unless that is a proxy of your own before it)" };
    let message = Message::of(
        "header= of the handshake names the host {}, and the socket was opened at {}: AppSync wants the same API in both, its GraphQL endpoint or its custom domain, and judges the credential for the one that is named. » Write {} into header= and into each start frame{}, with a credential of that API.",
        [Part::Place(host.to_owned()), Part::Place(socket.host.clone()), Part::Place(own.clone()), Part::Text(unless.to_owned())],
    );
    Some(Finding::new(Code::SocketHost, message).certainty(Certainty::Likely).at("request.header.host").actual(host).wanted(own))
}

/// A URL where the host alone belongs.
fn url_as_host(url: &str) -> Finding {
    let host = url.split("//").last().and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let right = host.replace(".appsync-realtime-api.", ".appsync-api.");
    Finding::new(
        Code::SocketHost,
        Message::of(
            "the host in header= of the handshake is {}, a URL, and AppSync wants the host alone there. » Write {} into header= and into each start frame.",
            [Part::Place(url.to_owned()), Part::Place(right.clone())],
        ),
    )
    .at("request.header.host")
    .actual(url)
    .wanted(right)
}

/// `header=` was read, and has no credential in it: what a URL holds is whole, whoever exported it.
fn without_credential(evidence: &Evidence, socket: &Socket) -> Finding {
    let host = socket.header_host.clone().filter(|host| !host.is_empty()).unwrap_or_else(|| socket.host.replace(".appsync-realtime-api.", ".appsync-api."));
    let signed = evidence.header("x-amz-date").is_some();
    let (has, cure) = if signed {
        ("host and x-amz-date, as of a signed request, but no authorization (look whether the signer's header is read under another case, `Authorization`, and came out undefined)", "Put all headers of the signed request there, the signature in authorization and, of temporary keys, x-amz-security-token too, signed for POST /graphql/connect over {}")
    } else {
        ("no authorization and no x-api-key", "Put the credential beside host (\"Authorization\": the token, or \"x-api-key\": the key)")
    };
    Finding::new(
        Code::SocketHeader,
        Message::of(
            "the handshake's header= can be read and has no credential: it holds {}, for the host {}. » {}, and the same kind of object into payload.extensions.authorization of each start frame.",
            [Part::Text(has.to_owned()), Part::Place(host), Part::Text(cure.to_owned())],
        ),
    )
    .at("request.url")
}

/// `payload=` is the handshake's body; AppSync wants it beside `header=`, if only `{}`
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html#handshake-details>).
fn without_payload(evidence: &Evidence, socket: &Socket) -> Option<Finding> {
    let bad = evidence.status() == Some(400) && messages::find(evidence.error_message()).is_none();
    if !socket.lacks_payload || socket.is_event() || !bad {
        return None;
    }
    Some(
        Finding::new(
            Code::SocketHeader,
            "the handshake's URL has header= and no payload=, and AppSync wants both. » Add payload=e30= (base64 of {}); whether the credential is accepted was not reached.",
        )
        .certainty(Certainty::Likely)
        .at("request.url")
        .wanted("payload=e30="),
    )
}

/// A handshake without any credential.
fn without_header(evidence: &Evidence, socket: &Socket) -> Finding {
    let host = socket.host.replace(".appsync-realtime-api.", ".appsync-api.");
    let member = match evidence.api.modes().as_slice() {
        [AuthType::ApiKey] => "\"x-api-key\": \"<the key>\"",
        [AuthType::Iam] => "the headers of a signature for POST /graphql/connect over {}",
        [] => "\"Authorization\": \"<the token>\" (or \"x-api-key\")",
        _ => "\"Authorization\": \"<the token>\"",
    };
    let in_init = socket.init_credential.as_ref().map_or_else(String::new, |name| {
        format!(" There is {name} in the payload of connection_init (connectionParams of graphql-ws), where other servers read it, and AppSync does not.")
    });
    Finding::new(
        Code::SocketHeader,
        Message::of(
            "the handshake has no credentials: neither a header= parameter nor a sub-protocol header-… (a browser's WebSocket sends no headers of its own, whatever is handed to it).{} » Open wss://{}{}?header=H&payload=e30=, where H is base64 of {\"host\": \"{}\", {}}, and put the same object into payload.extensions.authorization of each start frame.",
            [
                Part::Text(in_init),
                Part::Place(socket.host.clone()),
                Part::Place(socket.path.clone()),
                Part::Place(host),
                Part::Code(member.to_owned()),
            ],
        ),
    )
    .at("request.url")
}

/// Accepted, and then nothing: no refusal is shown.
fn silent(evidence: &Evidence, socket: &Socket) -> Option<Finding> {
    if evidence.status() != Some(101) || socket.received > 0 {
        return None;
    }
    let sent = if socket.init { ", connection_init was sent" } else { "" };
    // Firefox's own exporter writes handshakes alone (devtools/client/netmonitor/src/har/har-builder.js: its entries have no
    // `_webSocketMessages`); Chromium's has them (<https://developer.chrome.com/blog/new-in-devtools-76#websocket>).
    let bare = if socket.init { "" } else { "The file has no frame of this socket at all, neither sent nor received, as Firefox's HAR never does: » export it from Chrome or Edge." };
    Some(
        Finding::new(
            Code::SocketSilent,
            Message::of(
                "nothing here shows a refusal: the upgrade was accepted (101){}, and no frame came back before the socket closed. AppSync tells a refusal in a frame (connection_error or error), so a lost network, a proxy that does not pass WebSockets or an early export are as likely.",
                [Part::Text(sent.to_string())],
            )
            .with(bare)
            .with("» Record again with the page open until it closes, and note the close code."),
        )
        .at("observed.httpStatus")
        .actual(101),
    )
}

/// Which of the two credentials was refused: the connection's or the start frame's.
pub fn whose(evidence: &Evidence, layer: &mut Layer) {
    let Some(socket) = evidence.socket.as_ref().filter(|_| layer.state == State::Refused) else { return };
    // What is wrong beside the credential is no matter of whose it is.
    let beside = [Code::SocketHeader, Code::SocketHost, Code::SocketPath, Code::SocketProtocol, Code::SocketCredential, Code::CredentialElsewhere, Code::SessionTokenMissing, Code::SocketOperation];
    let first = layer.findings.first().map(|first| first.code);
    if first.is_some_and(|first| beside.contains(&first)) {
        return;
    }
    // What is wrong with it by itself is not mended by another one.
    let aged = first.is_none_or(|code| matches!(code, Code::TokenExpired | Code::KeyExpired | Code::IamCredentialsExpired | Code::KeyOrAuthorizerRefused | Code::NoValidCredential));
    let (words, at) = if socket.ended.is_some() {
        // It was taken at first.
        return;
    } else if socket.of_start && socket.subscription == Subscription::Refused {
        (of_start(socket, aged, first), "payload.extensions.authorization")
    } else if !socket.acknowledged {
        (of_handshake(evidence, socket, aged), "request.header")
    } else {
        return;
    };
    layer.findings.insert(1.min(layer.findings.len()), Finding::new(Code::SocketCredential, words).at(at));
}

/// The start frame's credential was refused.
fn of_start(socket: &Socket, aged: bool, first: Option<Code>) -> Message {
    let connection = socket.connection.as_deref().map_or_else(String::new, |shown| format!(" with {shown}"));
    let words = Message::from(format!("AppSync refused the credential of the subscription's start frame; the connection itself was accepted{connection}, so the handshake needs no change."));
    match &socket.good_key {
        Some(good) if first.is_some_and(|code| matches!(code, Code::KeyOrAuthorizerRefused | Code::KeyUnknown | Code::KeyExpired)) => {
            words.cured(format!("Send {good}, which AppSync takes, in this start frame too."))
        }
        _ if aged => words.cured("Put a fresh credential into extensions.authorization of each start frame, fetched at the moment of subscribing."),
        _ => words,
    }
}

/// The connection's own credential was refused.
fn of_handshake(evidence: &Evidence, socket: &Socket, aged: bool) -> Message {
    let queries = evidence.others.iter().any(|past| !past.socket && past.foreign.is_none() && !past.same && past.credential.is_some());
    let other = if queries { ", which is another than that of the queries" } else { "" };
    let words = Message::of(
        "AppSync refused the connection: the credential is the one in {}{}.",
        [Part::Name(socket.header_place().to_owned()), Part::Text(other.to_owned())],
    );
    if aged {
        words.cured("If it was fetched when the client was built, let the client fetch a fresh one each time it connects, and for each start frame.")
    } else {
        words.cured("Correct it there.")
    }
}
