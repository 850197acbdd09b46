//! What `diagnose` was given, where that is no HAR: a request, a response, an error's words, a log.

use super::exit::CommandError;
use super::meaning::ErrorMeaning;
use super::say;
use crate::paste::{self, PastedKind};
use crate::request::response::{self, ResponseOutcome};
use crate::request::{Request, snippet};

/// What is no HAR.
pub enum Sniffed {
    /// A request that can be judged.
    Request(Box<Request>),
    /// A HAR that was made of it.
    Har(String),
    /// A response without errors.
    Nothing,
    /// A text that is known.
    Meaning(ErrorMeaning),
    /// AppSync's log.
    Log,
}

/// Says what a text is, and makes of it what can be judged; `name` is what messages call it, `shown` the file that a command
/// is advised for.
///
/// # Errors
/// What it is instead, and what takes it.
pub fn sniffed(text: &str, name: &str, shown: &str) -> Result<Sniffed, CommandError> {
    let kind = paste::kind(text);
    let named = |why: String| CommandError::new(format!("{name}: {why}"));
    match kind {
        PastedKind::Report | PastedKind::Context | PastedKind::Json => {
            crate::json::check(text).map_err(|error| named(format!("neither a HAR nor a refusal report: {error}")))?;
            if let Some(why) = nothing_known(text) {
                return Err(named(why.to_owned()));
            }
            let request = Request::read(text).map_err(|error| named(error.to_string()))?;
            if request.says_nothing() {
                let unread: Vec<_> = request.unread().iter().map(ToString::to_string).collect();
                let why = "none of its members tells of a request (template, context, authType, headers, observed, …)";
                return Err(named(format!("no refusal report: {why}; {} {NEEDED}", unread.join(" "))));
            }
            Ok(Sniffed::Request(Box::new(request)))
        }
        PastedKind::Curl | PastedKind::Fetch => snippet::har(text).map(Sniffed::Har).map_err(|why| named(why.into())),
        PastedKind::Refused | PastedKind::Answer => {
            if text.contains("authMode") && text.contains("generateClient") {
                say::say(
                    "note: Amplify's client put its own words in the place of AppSync's, which refused the credential itself (HTTP 401, or a socket). Its advice, another authMode, helps only where the API has that mode and the user a credential for it",
                );
            }
            let values = paste::data(text).unwrap_or_else(|| Ok(Vec::new())).map_err(|why| named(why.into()))?;
            let json = values.first().map(crate::value::Value::to_json).transpose();
            let json = json.map_err(|error| CommandError::new(error.message))?.unwrap_or_default();
            Ok(of_response(response::read(&serde_json::from_str(&json).unwrap_or_default())))
        }
        PastedKind::Printed => match snippet::printed(text) {
            Some((_, Some(har))) => Ok(Sniffed::Har(har)),
            Some((answer, None)) => Ok(of_response(response::printed(&answer))),
            None => Err(named(
                "this is what curl printed, without the answer's status line: run it again with `curl -i`".to_owned(),
            )),
        },
        PastedKind::ErrorText => Ok(ErrorMeaning::of(text.trim()).map_or_else(
            || {
                let (error_type, message) = response::split(text.trim());
                Sniffed::Request(Box::new(response::request(error_type, Some(message))))
            },
            Sniffed::Meaning,
        )),
        PastedKind::Log => Ok(Sniffed::Log),
        PastedKind::Text => Err(named(format!("neither a HAR nor a refusal report: {}", kind.sentence(shown)))),
        kind if name == "standard input" && kind == PastedKind::Empty => Err(CommandError::new(
            "neither a HAR nor a refusal report: standard input is empty; what should have written to it wrote nothing",
        )),
        kind => Err(named(kind.sentence(shown))),
    }
}

/// What a refusal is judged by.
const NEEDED: &str = "Give the response, the request as cURL, or a HAR";

/// Why an object or list says nothing of a request.
fn nothing_known(text: &str) -> Option<&'static str> {
    match serde_json::from_str::<serde_json::Value>(text).ok()? {
        serde_json::Value::Object(map) if map.is_empty() => Some(
            "an object without members: nothing of the request is in it. Give the response, the request as cURL, or a HAR",
        ),
        serde_json::Value::Array(_) => {
            Some("a list, and nothing in it is an error or a response; a refusal report is a JSON object")
        }
        _ => None,
    }
}

fn of_response(outcome: ResponseOutcome) -> Sniffed {
    match outcome {
        ResponseOutcome::Nothing => Sniffed::Nothing,
        ResponseOutcome::Refused(request, others) => {
            if others > 0 {
                say::say(format!("note: of {} errors the first refusal is judged", others + 1));
            }
            Sniffed::Request(request)
        }
    }
}
