//! The first lines that a reader sees: verdict, the decision with its guards, and the first two findings of the layer that
//! refused; where none did, the first two hints. Of a log: the request's cause and reason.

use serde_json::Value as Json;

/// A finding counts up to here: a dump of the input explains nothing.
const LONG: usize = 1000;
/// And a value.
const VALUE: usize = 200;

/// The one request that a report is about: the refused one, the last of several.
pub fn pick(report: &Json) -> Option<&Json> {
    let Some(requests) = report["requests"].as_array() else { return report.is_object().then_some(report) };
    let found: Vec<&Json> = requests.iter().filter(|one| one.is_object()).collect();
    let bad = |one: &&&Json| matches!(one["verdict"].as_str(), Some("denied" | "error" | "filtered"));
    found.iter().rfind(bad).or(found.last()).copied()
}

pub fn headline(one: &Json) -> String {
    let members = one.as_object();
    if members.is_some_and(|members| members.contains_key("cause") || members.contains_key("reason")) {
        let fields = one["fields"].as_array().into_iter().flatten();
        let parts = [&one["verdict"], &one["layer"]].into_iter().chain(fields).chain([&one["cause"], &one["reason"]]);
        return joined(parts.map(plain).collect());
    }
    let names = [&one["request"]["url"], &one["verdict"], &one["layer"], &one["field"], &one["authType"]];
    let mut parts: Vec<String> = names.into_iter().map(plain).collect();
    decision(&one["resolver"]["decision"], &mut parts);
    let layers = one["layers"].as_array().into_iter().flatten();
    let refused: Vec<&Json> = layers.filter(|layer| layer["layer"] == one["layer"]).collect();
    for layer in &refused {
        messages(&layer["findings"], &mut parts);
    }
    if refused.is_empty() || !matches!(one["verdict"].as_str(), Some("denied" | "error")) {
        let own = one["hints"].as_array().is_some_and(|hints| !hints.is_empty());
        messages(if own { &one["hints"] } else { &one["resolver"]["hints"] }, &mut parts);
    }
    joined(parts)
}

fn joined(parts: Vec<String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" \n ")
}

/// A text as it is, nothing as nothing, anything else as JSON.
fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => dump(other),
    }
}

fn messages(findings: &Json, parts: &mut Vec<String>) {
    let findings = findings.as_array().into_iter().flatten().take(2);
    parts.extend(findings.map(|one| plain(&one["message"]).chars().take(LONG).collect::<String>()));
}

/// The statement that decided and its guards, as a reader sees them: condition, operands, values, origins.
fn decision(decision: &Json, parts: &mut Vec<String>) {
    if !decision.is_object() {
        return;
    }
    let kind = match decision["kind"].as_str() {
        Some("return") => "returned at ",
        Some("set") => "authorized at ",
        _ => "",
    };
    parts.push(format!("{kind}{}", plain(&decision["at"]["text"])));
    for guard in decision["guards"].as_array().into_iter().flatten() {
        parts.push(plain(&guard["condition"]));
        for operand in guard["operands"].as_array().into_iter().flatten() {
            let value: String = dump(&operand["value"]).chars().take(VALUE).collect();
            let mut places: Vec<String> = Vec::new();
            for place in operand["origin"].as_array().into_iter().flatten().map(origin) {
                if !place.is_empty() && !places.contains(&place) {
                    places.push(place);
                }
            }
            parts.push(format!("{} {value} {}", plain(&operand["expr"]), places.join(", ")));
        }
    }
}

fn origin(one: &Json) -> String {
    let (path, line) = (plain(&one["path"]), plain(&one["at"]["line"]));
    match (path.is_empty(), one["absent"].as_bool() == Some(true)) {
        (false, true) => format!("{path} is absent"),
        (false, false) => path,
        (true, _) if !line.is_empty() => format!("line {line}"),
        _ => String::new(),
    }
}

/// JSON with a blank after each comma and colon, as a person writes a short one.
fn dump(value: &Json) -> String {
    match value {
        Json::Array(items) => format!("[{}]", items.iter().map(dump).collect::<Vec<_>>().join(", ")),
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| format!("{}: {}", Json::from(key.as_str()), dump(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        single => single.to_string(),
    }
}
