//! Archives made to hurt: the work grows with their length, not with its square.

use crate::support::clock::timed;
use serde_json::{Value as Json, json};
use vtl_eval::request::har;

const API: &str = "kd2f7q.appsync-realtime-api.eu-central-1.amazonaws.com";

fn frame(sent: bool, data: &Json) -> Json {
    json!({"type": if sent { "send" } else { "receive" }, "time": 1_793_600_000, "opcode": 1, "data": data.to_string()})
}

/// A HAR of one connection.
fn archive(frames: Vec<Json>) -> String {
    let opened = [
        frame(true, &json!({"type": "connection_init"})),
        frame(false, &json!({"type": "connection_ack", "payload": {"connectionTimeoutMs": 300_000}})),
    ];
    let frames: Vec<Json> = opened.into_iter().chain(frames).collect();
    let entry = json!({
        "startedDateTime": "2026-11-02T06:13:20.000Z",
        "time": 90_000,
        "request": {"method": "GET", "url": format!("wss://{API}/graphql?header=e30%3D&payload=e30%3D"),
            "headers": [{"name": "Sec-WebSocket-Protocol", "value": "graphql-ws"}]},
        "response": {"status": 101, "headers": [], "content": {}},
        "_webSocketMessages": frames,
    });
    json!({"log": {"version": "1.2", "entries": [entry]}}).to_string()
}

fn start(id: usize, query: &str) -> Json {
    let data = json!({"query": query, "variables": {}}).to_string();
    let credential =
        json!({"host": "kd2f7q.appsync-api.eu-central-1.amazonaws.com", "x-api-key": "da2-qmzkw3lvnfabtucyxrdh7sg6pe"});
    frame(
        true,
        &json!({"id": id.to_string(), "type": "start", "payload": {"data": data, "extensions": {"authorization": credential}}}),
    )
}

fn answer(id: &str, kind: &str) -> Json {
    let payload = json!({"errors": [{"errorType": "Unauthorized", "message": "Not Authorized to access onTide on type Subscription"}]});
    frame(
        false,
        &json!({"id": id, "type": kind, "payload": if kind == "error" { payload } else { json!({"data": {}}) }}),
    )
}

/// Many fields of one subscription, over which much came.
fn fields_and_frames(size: usize) -> Vec<Json> {
    let fields: String = (0..size / 40).map(|at| format!(" f{at}: onTide(id: \"{at}\") {{ id }}")).collect();
    let mut frames = vec![start(1, &format!("subscription {{{fields} }}")), answer("1", "start_ack")];
    frames.extend((0..size).map(|_| answer("1", "data")));
    frames
}

/// Many subscriptions, each accepted, and as many errors that are of none of them.
fn many_and_strange_errors(size: usize) -> Vec<Json> {
    let each = |at: usize| {
        [
            start(at, "subscription { onTide { id } }"),
            answer(&at.to_string(), "start_ack"),
            answer(&format!("x{at}"), "error"),
        ]
    };
    (0..size / 3).flat_map(each).collect()
}

#[test]
fn work_grows_with_the_frames() {
    for (name, frames) in [
        ("fields and frames", fields_and_frames as fn(usize) -> Vec<Json>),
        ("strange errors", many_and_strange_errors),
    ] {
        let time = |size: usize| {
            let text = archive(frames(size));
            let mut count = 0;
            let (read, took) = timed(|| {
                har::read(text.as_bytes(), None, &mut |_| {
                    count += 1;
                    Ok(())
                })
            });
            read.unwrap();
            assert!(count > 0, "{name}");
            took.as_secs_f64().max(0.05)
        };
        let (short, long) = if cfg!(debug_assertions) { (2_000, 8_000) } else { (10_000, 40_000) };
        let ratios: Vec<f64> = (0..3).map(|_| time(long) / time(short)).collect();
        assert!(ratios.iter().any(|ratio| *ratio < 8.0), "{name}: {ratios:?}");
    }
}
