//! A strict judge of explanations: what a reader gets of a report, against what the report's author expected before the
//! tool was run (tests/reports/README.md).
//!
//! * 1: verdict and layer right, one of each group of `says` in the headline, nothing of `never` in the text report.
//! * ½: verdict and layer right, and one of each group of `half` (of `says`, where there is none) somewhere in the text.
//! * 0: otherwise.
//!
//! What a report only repeats from its input does not count: the message that was observed, and what the template printed.

mod headline;
mod words;

use fancy_regex::Regex;
use headline::{headline, pick};
use serde_json::Value as Json;
use std::fmt;
use words::{missing, norm, said, without};

/// What a report is worth, in halves of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Score {
    Nothing,
    Half,
    Full,
}

impl Score {
    /// As it stands in a file: 0, 0.5 or 1.
    pub fn points(self) -> f64 {
        match self {
            Self::Nothing => 0.0,
            Self::Half => 0.5,
            Self::Full => 1.0,
        }
    }

    pub fn of(points: f64) -> Option<Self> {
        [Self::Nothing, Self::Half, Self::Full].into_iter().find(|score| score.points() == points)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.points())
    }
}

/// What a report is worth, and why it is not worth more.
pub fn judge(case: &Json, report: &Json, text: &str) -> (Score, Vec<String>) {
    let expected = &case["expected"];
    let Some(one) = pick(report) else { return (Score::Nothing, vec!["no report".to_owned()]) };
    let mut why = verdict_and_layer(case, one);
    if !why.is_empty() {
        return (Score::Nothing, why);
    }
    let repeated = echoes(case, one);
    let head = without(&headline(one), &repeated);
    let text = format!("{} {head}", without(&said(text), &repeated));
    let says = groups(&expected["says"]);
    why.extend(missing(&says, &head).into_iter().map(|group| format!("not in the headline: {group}")));
    for pattern in expected["never"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        let regex = Regex::new(&format!("(?is){pattern}")).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        if let Some(hit) = regex.find(&text).unwrap_or_else(|error| panic!("{pattern}: {error}")) {
            why.push(format!("never: {:?}", hit.as_str().chars().take(90).collect::<String>()));
        }
    }
    if why.is_empty() {
        return (Score::Full, why);
    }
    let half = groups(&expected["half"]);
    let lacking = missing(if half.is_empty() { &says } else { &half }, &text);
    let score = if lacking.is_empty() { Score::Half } else { Score::Nothing };
    why.extend(lacking.into_iter().map(|group| format!("nowhere: {group}")));
    (score, why)
}

fn verdict_and_layer(case: &Json, one: &Json) -> Vec<String> {
    let expected = &case["expected"];
    let mut wanted: Vec<&str> = match expected["verdict"].as_str().unwrap_or_default() {
        "deny" => vec!["denied"],
        "allow" => vec!["allowed", "completed"],
        other => vec![other],
    };
    let seen = case.pointer("/context/observed/errorType").and_then(Json::as_str);
    if wanted == ["error"] && seen == Some("Unauthorized") {
        // `$util.error(…, "Unauthorized")` is a refusal.
        wanted.push("denied");
    }
    let mut why = Vec::new();
    if !one["verdict"].as_str().is_some_and(|verdict| wanted.contains(&verdict)) {
        why.push(format!("verdict {}, not {}", one["verdict"], wanted.join(" or ")));
    }
    let layers = match &expected["layer"] {
        Json::Array(several) => several.clone(),
        single => vec![single.clone()],
    };
    if !layers.contains(&one["layer"]) {
        why.push(format!("layer {}, not one of {layers:?}", one["layer"]));
    }
    why
}

fn groups(list: &Json) -> Vec<Vec<String>> {
    let texts = |group: &Json| {
        group.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    list.as_array().into_iter().flatten().map(texts).collect()
}

/// What a report repeats of its input: AppSync's message, plain and with its line breaks written out; the longest first.
fn echoes(case: &Json, one: &Json) -> Vec<String> {
    let messages = [
        case.pointer("/context/observed/message"),
        one.pointer("/observed/message"),
        case.pointer("/expected/message"),
    ];
    let mut found: Vec<String> = Vec::new();
    for message in messages.into_iter().flatten().filter_map(Json::as_str).map(str::trim) {
        if message.chars().count() > 12 && message.contains(' ') {
            let written = serde_json::to_string(message).unwrap();
            found.extend([norm(message), norm(&written[1..written.len() - 1])]);
        }
    }
    found.sort_by_key(|text| std::cmp::Reverse(text.chars().count()));
    found
}
