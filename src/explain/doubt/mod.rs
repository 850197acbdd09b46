//! What nobody gave can have any value: where a test on such a part, coming out the other way, gives another verdict
//! (`readings`), there is none, and both readings are told.

use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::trace::Verdict;
use super::why::Reading;
pub use wanted::Recorded;
use wanted::Wanted;

mod role_claims;
mod wanted;

/// What to tell: one hint for each reading. `of` gives the templates of the run.
pub fn findings<'a>(was: Verdict, readings: &[Reading], of: impl Fn(usize) -> Option<Recorded<'a>>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut ways: Vec<(Vec<Wanted>, Verdict)> = Vec::new();
    // What only says that a place was read tells less than what value would do.
    let mut vague: Vec<Finding> = Vec::new();
    for reading in readings {
        if reading.tests.is_empty() {
            let words = "this reads parts of the context that were not given, and running it again for each takes more runs, or more steps (limit `steps`), than one report may: » give them.";
            found.push(Finding::new(Code::NotGiven, words));
            continue;
        }
        let wanted: Vec<_> = reading.tests.iter().filter_map(|(step, node)| of(*step)?.wanted(*node)).collect();
        let Some(first) = wanted.iter().find(|wanted| !wanted.path.is_empty() || !wanted.open.is_empty()) else {
            vague.extend(reading.tests.iter().find_map(|(step, node)| Some(of(*step)?.rests_on(*node))));
            continue;
        };
        if let Some(finding) = after_deployment(was, reading, &wanted) {
            found.push(finding);
            continue;
        }
        if let Some(finding) = reading.tests.iter().find_map(|(step, _)| of(*step)?.by_auth_rules(first)) {
            found.push(finding);
            continue;
        }
        ways.push((wanted, reading.verdict));
    }
    let other = ways.first().and_then(|_| readings.first()?.tests.first()).and_then(|(step, _)| of(*step)).map(|run| run.open_loops(&ways));
    found.extend(all_readings(was, &ways, &other.unwrap_or_default()));
    found.extend(vague);
    found
}

/// All readings as one sentence: those that let the caller through first, and each of those is enough.
fn all_readings(was: Verdict, ways: &[(Vec<Wanted>, Verdict)], other: &[String]) -> Vec<Finding> {
    let all = || ways.iter().flat_map(|(wanted, _)| wanted).filter(|wanted| !wanted.path.is_empty());
    let Some(first) = all().next() else { return Vec::new() };
    let mut parts: Vec<(String, String)> = Vec::new();
    for part in all().map(|wanted| part(&wanted.path)) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let names = all_of(&parts.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>());
    let options: Vec<&str> = parts.iter().map(|(_, option)| option.as_str()).collect();
    // A mode alone opens the block whose tests are on the caller.
    let is = if first.path == "authType" { "may be" } else { "is" };
    let said = said(ways, is);
    let otherwise = if was == Verdict::Error { "answered with an error" } else { answer(was) };
    let mut message = Message::of(
        "this depends on {}, which {} not given. {}; otherwise it is {}.",
        [
            Part::Place(names),
            Part::Text(if parts.len() == 1 { "was" } else { "were" }.to_owned()),
            Part::Value(said.join("; ")),
            Part::Text(otherwise.to_owned()),
        ],
    );
    let mut known: Vec<&str> = Vec::new();
    for filled in all().filter_map(|wanted| filled_by(&wanted.path)) {
        if !known.contains(&filled) {
            known.push(filled);
            message.and(filled);
        }
    }
    if let Some(first) = other.first() {
        message.and(first.clone());
    }
    message.and(Message::of(
        "» Give {} in the report's context, or pass {}.",
        [Part::Text(if parts.len() == 1 { "it" } else { "them" }.to_owned()), Part::Code(all_of(&options))],
    ));
    let mut found = vec![Finding::new(Code::NotGiven, message).at(first.path.clone()).wanted(first.value.clone())];
    let root = |path: &str| path.split(['.', '[']).next().unwrap_or_default().to_owned();
    let mut roots = vec![root(&first.path)];
    for other in all() {
        if !roots.contains(&root(&other.path)) {
            roots.push(root(&other.path));
            let words = Message::of("{} was not given either.", [Part::Place(format!("`{}`", other.path))]);
            found.push(Finding::new(Code::NotGiven, words).at(other.path.clone()).wanted(other.value.clone()));
        }
    }
    found
}

/// Each verdict that is possible, with all conditions that lead to it.
fn said(ways: &[(Vec<Wanted>, Verdict)], is: &str) -> Vec<String> {
    let mut said = Vec::new();
    let order: [&[Verdict]; 5] = [
        &[Verdict::Allowed, Verdict::Completed],
        &[Verdict::Filtered],
        &[Verdict::Denied],
        &[Verdict::Error],
        &[Verdict::Unknown],
    ];
    for same in order {
        let alike = ways.iter().filter(|(_, other)| same.contains(other));
        let verdict = same.first().copied().map_or("", answer);
        let conditions: Vec<String> = alike.map(|(wanted, _)| condition(wanted)).collect();
        if !conditions.is_empty() {
            let who = if said.is_empty() { format!("If {}, the request", conditions.join(", or if ")) } else { format!("if only {}, it", conditions.join(", or if ")) };
            said.push(format!("{who} {is} {verdict}"));
        }
    }
    said
}

/// What one reading takes, with the line that asks: `` `result.owner` is "ann" (line 3: `$ctx.result.owner == $me`) ``.
fn condition(wanted: &[Wanted]) -> String {
    let mut whens: Vec<_> = wanted.iter().map(|wanted| wanted.when.as_str()).collect();
    whens.dedup();
    let mut at: Vec<String> = Vec::new();
    for one in wanted.iter().map(|wanted| format!("line {}: `{}`", wanted.line, wanted.text)) {
        if !at.contains(&one) && at.len() < 2 {
            at.push(one);
        }
    }
    format!("{} ({})", whens.join(", and "), at.join(", "))
}

/// A reading that rests on values which only a deployment makes.
fn after_deployment(was: Verdict, reading: &Reading, wanted: &[Wanted]) -> Option<Finding> {
    let first = wanted.iter().find(|wanted| !wanted.open.is_empty())?;
    let mut names: Vec<String> = Vec::new();
    for letter in wanted.iter().flat_map(|wanted| wanted.open.chars()) {
        if !names.contains(&letter.to_string()) {
            names.push(letter.to_string());
        }
    }
    let (is, give) = match names.len() {
        1 => ("a value that is known only after a deployment", "it"),
        _ => ("values that are known only after a deployment", "them"),
    };
    let given: Vec<String> = names.iter().map(|name| format!("\"{name}\": …")).collect();
    let whens: Vec<_> = wanted.iter().map(|wanted| wanted.when.as_str()).collect();
    let message = Message::of(
        "this depends on {}, {}: » give {} with {}. If {}, the request is {}; otherwise it is {} (line {}: {}).",
        [
            Part::Place(all_of(&names)),
            Part::Text(is.to_owned()),
            Part::Text(give.to_owned()),
            Part::Code(format!("--parameters '{{{}}}'", given.join(", "))),
            Part::Text(whens.join(", and ")),
            Part::Text(answer(reading.verdict).to_owned()),
            Part::Text(answer(was).to_owned()),
            Part::Place(first.line.to_string()),
            Part::Code(format!("`{}`", first.text)),
        ],
    );
    Some(Finding::new(Code::OpenValue, message).at(names.join(" ")).wanted(first.value.clone()))
}

fn answer(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed | Verdict::Completed => "allowed",
        Verdict::Filtered => "allowed with a filter",
        Verdict::Denied => "denied",
        Verdict::Error => "not refused there",
        Verdict::Unknown => "undecided",
    }
}

/// The part of the context that has to be given, and the option that gives it.
fn part(path: &str) -> (String, String) {
    let mut names = path.split(['.', '[']);
    let root = names.next().unwrap_or(path);
    let option = match root {
        "args" => return ("arguments".to_owned(), "--args".to_owned()),
        "authType" => return (root.to_owned(), "--auth-type, or --claims for a caller".to_owned()),
        "stash" => {
            let Some(name) = names.next() else { return (root.to_owned(), "--stash".to_owned()) };
            let name = name.trim_matches(['"', ']']);
            return (format!("stash.{name}"), format!("--stash '{{\"{name}\": …}}'"));
        }
        "identity" => match names.next().filter(|name| of_iam(name)) {
            Some(name) => return (format!("identity.{name}"), format!("it among the caller's members (--claims '{{\"{name}\": …, …}}')")),
            None => "--claims",
        },
        "request" => "--headers",
        "env" => "--context",
        root => return (root.to_owned(), format!("--{root}")),
    };
    (root.to_owned(), option.to_owned())
}

/// Whether an identity has this member under IAM, from STS or from an identity pool.
fn of_iam(name: &str) -> bool {
    name.starts_with("cognitoIdentity") || matches!(name, "userArn" | "accountId")
}

/// Where a part comes from that a reader may not think of.
fn filled_by(path: &str) -> Option<&'static str> {
    Some(match path.split(['.', '[']).next()? {
        "result" => "It is the row that the data source answers.",
        "stash" if path == "stash.hasAuth" => {
            "The stash is filled by the steps before: Amplify's auth step sets this member where the model has an @auth rule."
        }
        "stash" => "The stash is filled by the steps before this one.",
        "source" => "It is the parent object of the field.",
        "prev" => "It is what the function before answered.",
        "identity" if path.split(['.', '[']).nth(1).is_some_and(of_iam) => {
            "AppSync has it of every caller under IAM: of the role from STS, of an identity pool's session from the pool."
        }
        "identity" => "It is what AppSync makes of the caller's token.",
        _ => return None,
    })
}

