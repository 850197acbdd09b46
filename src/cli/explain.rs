//! `vtl-eval explain CODE|TEXT`: what a code means, or an error text that was pasted.

use super::exit::{CommandError, Exit};
use super::output;
use crate::code::{ALL, Code};
use crate::message::quoted;
use crate::nearest::nearest;
use crate::report::{WrittenForm, code_page};
use crate::request::messages::{self, KnownMessage};

/// What AppSync writes of one refused field (HTTP 200) tells which, and not by what.
const FIELD_REFUSED: &str = "AppSync let the credential in and refused this one field, with HTTP 200: it is never the cause of a 401. Three can say so: a directive of
  the schema (the field, its type, or what it returns excludes the caller's mode or groups), a Lambda authorizer's deniedFields, or
  `$util.unauthorized()` in the field's resolver, by far the most frequent: a group, an owner or a role that is not what
  the rule wants.

Next  `vtl-eval TEMPLATE --claims TOKEN` with the field's template (build/resolvers/TYPE.FIELD.auth.1.req.vtl) tells why;
      `vtl-eval resolver TYPE.FIELD --from PATH --claims TOKEN` with the whole project; `vtl-eval diagnose FILE.har` which of the three.
";

/// What a client library makes of an answer that it does not show: the status alone.
const STATUS_401: &str = "The client shows the status alone: AppSync refused the credential, and no template ran. None was sent, it expired, or it fits
  none of the API's modes. The answer's own text says which (errorType and message in the body).

Next  copy the request \"as cURL\" in the browser's network panel into a file, or save a HAR: `vtl-eval diagnose FILE` judges it;
      `vtl-eval token FILE` reads the token alone.
";
const STATUS_403: &str = "The client shows the status alone: the request was refused before any template ran. Under IAM the policies of the role
  do not allow the field; an answer in HTML, or one without `errors`, is of AWS WAF or CloudFront in front of the API.

Next  copy the request \"as cURL\" in the browser's network panel into a file, or save a HAR: `vtl-eval diagnose FILE` judges it,
      with `--policy FILE` for the role's policies.
";
const CONNECTION: &str = "The WebSocket was refused: its own credential, the one in the handshake's `header=` or sub-protocol, which is not that of the
  queries. None was sent, it expired, it fits none of the API's modes, or its host is not the API's own.

Next  save a HAR with the socket's messages: `vtl-eval diagnose FILE.har` judges handshake and subscriptions.
";

/// The explanation of a text that a client library makes up itself (axios, Apollo Client, Amplify's PubSub).
fn of_client(asked: &str) -> Option<&'static str> {
    let asked = asked.to_lowercase();
    if asked.contains("connection failed") && asked.contains("unauthorized") {
        return Some(CONNECTION);
    }
    let status =
        |code: &str| asked.contains(&format!("status code {code}")) || asked.contains(&format!("status: {code}"));
    if status("401") { Some(STATUS_401) } else { status("403").then_some(STATUS_403) }
}

/// Explains a code, or a message of AppSync by the code that it means.
pub fn run(words: &[String]) -> Result<Exit, CommandError> {
    let asked = words.join(" ");
    let asked = asked.trim();
    if let Ok(code) = asked.parse::<Code>() {
        output::write(&code_page(code), WrittenForm::Text, None)?;
        return Ok(Exit::Good);
    }
    let known = messages::find(asked);
    // Of a refused field there is more to say than the table of messages has room for.
    let field = known.filter(|found| found.code == Code::NotAuthorizedField).map(|_| FIELD_REFUSED);
    if let Some(found) = known.filter(|_| field.is_none()) {
        message(asked, found)?;
        return Ok(Exit::Good);
    }
    if let Some(meaning) = field.or_else(|| of_client(asked)) {
        let first = asked.lines().next().unwrap_or_default();
        output::write(&format!("{first}\n  {meaning}"), WrittenForm::Text, None)?;
        return Ok(Exit::Good);
    }
    let near = nearest(asked, ALL.iter().map(|code| code.as_str()));
    let advice = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    Err(CommandError::new(format!(
        "there is no code or known message {asked}{advice} (docs/hints.md lists the codes; a whole refusal is judged by `vtl-eval diagnose`)",
        asked = quoted(&asked)
    )))
}

/// What a message of AppSync means, who says it, and which command tells more.
pub fn message(asked: &str, found: &KnownMessage) -> Result<(), CommandError> {
    let first = asked.lines().next().unwrap_or_default();
    let page = code_page(found.code);
    let next = "Next: `vtl-eval diagnose FILE` with what the request left: a HAR (best), the request as cURL, the log.";
    output::write(&format!("{first}\n  {}\n\n{page}\n{next}\n", found.meaning), WrittenForm::Text, None)
}
