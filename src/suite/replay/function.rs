//! The Lambda authorizer's own log, where its lines stand among AppSync's: what it was called with, what it answered as far as it
//! printed that, and how it failed (<https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html>;
//! <https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html>).

use crate::request::answer::KeptAnswer;
use serde_json::{Value as Json, json};
use std::collections::VecDeque;

/// Invocations that are remembered, and answers.
const MOST: usize = 500;
/// Letters that are kept of what an event holds.
const SHOWN: usize = 4_096;
/// A line of a function that is longer is not looked at.
const LONGEST: usize = 256 << 10;

/// An invocation.
#[derive(Debug, Default)]
pub struct Invocation {
    id: String,
    /// When its first line was logged.
    at: Option<i64>,
    /// The event, where the function printed it.
    event: Option<Json>,
    /// What it answered, or how it failed, in the form in which Lambda answers.
    answer: Option<Json>,
    /// AppSync's request that was open when it began.
    near: Option<String>,
}

impl Invocation {
    /// AppSync's request: as the event names it, else the one that was open.
    fn request(&self) -> Option<&str> {
        let named = self.event.as_ref().and_then(|event| event.pointer("/requestContext/requestId")?.as_str());
        named.or(self.near.as_deref())
    }
}

/// What a request was answered with, by the function's log.
#[derive(Clone, Debug, Default)]
pub struct FunctionSays {
    /// The event.
    pub event: Option<Json>,
    /// The answer, or the failure.
    pub answer: Option<Json>,
    /// Whether the event names the request; else it is the one that was open when the function began.
    pub is_named: bool,
}

/// The invocations of a log.
#[derive(Debug, Default)]
pub struct Invocations {
    all: VecDeque<Invocation>,
    /// The one that began and has not ended: lines without an id are its own.
    open: Option<String>,
    /// Answers by the end of the token.
    answers: VecDeque<(String, KeptAnswer)>,
}

/// The invocation's id and what is said of it, of a line of Lambda's own: `START RequestId: …`, `END`, `REPORT`, a failure.
pub fn of_lambda(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (before, rest) = line.split_once("RequestId: ")?;
    let word = before.split_whitespace().next_back().unwrap_or_default();
    let known = ["START", "END", "REPORT", ""].contains(&word);
    let id = rest.get(..36).filter(|_| known)?;
    Some((id, &line[before.trim_end().len() - word.len()..]))
}

impl Invocations {
    /// Takes a line of an invocation; `near` is AppSync's request that is open.
    pub fn take(&mut self, id: &str, time: Option<i64>, text: &str, near: Option<&str>) {
        if text.starts_with("END ") || text.starts_with("REPORT ") {
            self.open = self.open.take().filter(|open| open != id);
            return;
        }
        if !self.all.iter().any(|one| one.id == id) {
            let near = near.map(str::to_owned);
            self.all.push_back(Invocation { id: id.to_owned(), near, ..Invocation::default() });
            if self.all.len() > MOST {
                self.all.pop_front();
            }
        }
        let Some(one) = self.all.iter_mut().rev().find(|one| one.id == id) else { return };
        one.at = one.at.or(time);
        if text.starts_with("START ") {
            self.open = Some(id.to_owned());
        } else if text.len() <= LONGEST {
            one.says(text);
        }
    }

    /// Takes a line without an id, where an invocation is open; whether it is one of that.
    pub fn go_on(&mut self, text: &str) -> bool {
        let Some(open) = self.open.clone() else { return false };
        let Some(one) = self.all.iter_mut().rev().find(|one| one.id == open) else { return false };
        if text.len() <= LONGEST {
            one.says(text.trim());
        }
        true
    }

    /// Whether an invocation is of a request that is not known: it may be any of those that were open.
    fn has_stray(&self) -> bool {
        self.all.iter().any(|one| one.request().is_none())
    }

    /// What was answered to a request that ended with this status, and remembered for its token.
    pub fn of_request(&mut self, id: &str, tail: Option<&str>, status: Option<u64>) -> Option<FunctionSays> {
        // Whoever is let in has no refusal that is remembered.
        if let Some(tail) = tail.filter(|_| status == Some(200)) {
            self.answers.retain(|(own, kept)| own != tail || kept.is_authorized);
        }
        let one = self.all.iter().rev().find(|one| one.request() == Some(id))?;
        let says = FunctionSays { event: one.event.clone(), answer: one.answer.clone(), is_named: one.event.is_some() };
        let allowed = one.answer.as_ref().and_then(|answer| answer.get("isAuthorized")?.as_bool());
        let fits = |is_authorized: &bool| *is_authorized == (status == Some(200));
        if let (Some(is_authorized), Some(tail)) = (allowed.filter(fits), tail.filter(|tail| tail.len() > 2)) {
            let ttl = one.answer.as_ref().and_then(|answer| answer.get("ttlOverride")?.as_i64());
            self.answers.push_back((tail.to_owned(), KeptAnswer { at: one.at, is_authorized, ttl }));
            if self.answers.len() > MOST {
                self.answers.pop_front();
            }
        }
        Some(says)
    }

    /// The last answer to a token that ends so, where no invocation is left that may have been for another answer.
    pub fn kept(&self, tail: &str) -> Option<KeptAnswer> {
        if self.has_stray() {
            return None;
        }
        self.answers.iter().rev().find(|(own, _)| own == tail).map(|(_, kept)| kept.clone())
    }
}

impl Invocation {
    /// What one line of it says.
    fn says(&mut self, text: &str) {
        if let Some(rest) = text.split_once("Task timed out after ").map(|(_, rest)| rest) {
            self.answer = Some(json!({"errorType": "Sandbox.Timedout", "errorMessage": format!("Task timed out after {rest}")}));
            return;
        }
        if text.contains("Runtime exited") {
            self.answer = Some(json!({"errorType": "Runtime.ExitError", "errorMessage": text.split_once("Error: ").map_or(text, |(_, rest)| rest)}));
            return;
        }
        // Python prints what nobody caught so, and what a logger writes with tabs.
        if let Some((kind, message)) = text.strip_prefix("[ERROR] ").and_then(|rest| rest.split_once(": ")) {
            self.answer = Some(json!({"errorType": kind, "errorMessage": message.lines().next().unwrap_or_default()}));
            return;
        }
        let uncaught = ["Invoke Error", "Uncaught Exception", "Unhandled Promise Rejection"].iter().any(|mark| text.contains(mark));
        let Some(json) = text.find('{').and_then(|at| first_json(&text[at..])) else { return };
        if json.get("requestContext").is_some_and(Json::is_object) {
            self.event.get_or_insert_with(|| in_short(&json));
        } else if uncaught && json.get("errorType").is_some() {
            self.answer = Some(with_place(&json));
        } else if json.get("isAuthorized").is_some_and(Json::is_boolean) {
            self.answer = Some(json);
        }
    }
}

/// The object that a text begins with, whatever stands behind it.
fn first_json(text: &str) -> Option<Json> {
    serde_json::Deserializer::from_str(text).into_iter::<Json>().next()?.ok().filter(Json::is_object)
}

/// Of an event what is asked of it: a query may be long, and headers are none of ours.
fn in_short(event: &Json) -> Json {
    let short = |json: Option<&Json>| match json {
        Some(Json::String(text)) => Json::from(text.chars().take(SHOWN).collect::<String>()),
        _ => Json::Null,
    };
    let context = |name: &str| short(event.pointer(&format!("/requestContext/{name}")));
    json!({
        "authorizationToken": short(event.get("authorizationToken")),
        "requestContext": {"requestId": context("requestId"), "operationName": context("operationName"), "queryString": context("queryString")},
    })
}

/// An error of Node's with the first place in the function's own code.
fn with_place(error: &Json) -> Json {
    let text = |name: &str| error.get(name).and_then(Json::as_str).unwrap_or_default();
    let stack = ["stack", "stackTrace", "trace"].iter().find_map(|name| error.get(*name)?.as_array());
    let own = |line: &&str| line.trim_start().starts_with("at ") && !line.contains("node_modules") && !line.contains("node:");
    let place = stack.into_iter().flatten().filter_map(Json::as_str).find(own).map(|line| line.trim_start().trim_start_matches("at ").replace("/var/task/", ""));
    let message = match place {
        Some(place) => format!("{} (at {place})", text("errorMessage").trim_end_matches('.')),
        None => text("errorMessage").to_owned(),
    };
    json!({"errorType": text("errorType"), "errorMessage": message})
}
