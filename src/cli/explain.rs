//! `vtl-eval explain CODE|TEXT`: what a code means, or an error text that was pasted, typed, or stands in a file.

use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::code::{ALL, Code};
use crate::message::quoted;
use crate::nearest::nearest;
use crate::paste::{self, PastedKind};
use crate::report::{WrittenForm, code_page};
use crate::request::messages;
use std::path::Path;

/// What AppSync writes of one refused field (HTTP 200) tells which, and not by what. `TYPE.FIELD` stands for it.
const FIELD_REFUSED: &str = "AppSync let the credential in and refused this one field, TYPE.FIELD, with HTTP 200: it is never the cause of a 401. Three can say so:
  a directive of the schema (the field, its type, or what it returns excludes the caller's mode or groups), a Lambda authorizer's deniedFields, or
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

/// The one word, which two different answers have.
const UNAUTHORIZED: &str = "The word alone says too little: two answers have it. With HTTP 401 AppSync refused the credential (UnauthorizedException, or
  what a client makes of the status), and no template ran. With HTTP 200 it is the errorType of one refused field: then the message
  beside it names the field (`Not Authorized to access X on type Y`), and its template decides.

Next  look at the answer's status and body in the browser's network panel. `vtl-eval diagnose FILE` judges the answer, the request
      as cURL, or a HAR; `vtl-eval explain \"THE MESSAGE\"` the text beside the word.
";
const SIGN_IN: &str = "Cognito said this of the sign-in itself (wrong password, no such user, a flow that the client has not, a refresh token that was
  revoked): there is no token, and AppSync was not asked yet.

Next  sign in again (`aws cognito-idp initiate-auth`); with the token, `vtl-eval token FILE` tells what AppSync makes of it.
";

/// The explanation of a text that a client library makes up itself (axios, Apollo Client, Amplify's PubSub, Python, curl).
fn of_client(asked: &str) -> Option<&'static str> {
    let asked = asked.to_lowercase();
    if asked.contains("connection failed") && asked.contains("unauthorized") {
        return Some(CONNECTION);
    }
    if asked.contains("notauthorizedexception") || asked.contains("usernotfoundexception") {
        return Some(SIGN_IN);
    }
    let speaks =
        ["status", "http", "error", "response", "unauthorized", "forbidden"].iter().any(|word| asked.contains(word));
    let status = |code: &str| {
        let mut words = asked.split(|letter: char| !letter.is_ascii_alphanumeric());
        asked == code || speaks && words.any(|word| word == code)
    };
    if status("401") {
        return Some(STATUS_401);
    }
    if status("403") {
        return Some(STATUS_403);
    }
    let word = asked.trim_matches(|letter: char| !letter.is_alphanumeric());
    matches!(word, "unauthorized" | "not authorized" | "unauthorizedexception" | "error: unauthorized")
        .then_some(UNAUTHORIZED)
}

/// `Query.listReports` of `Not Authorized to access listReports on type Query`, wherever in a text it stands.
pub fn refused_field(text: &str) -> Option<String> {
    let word = |text: &str| {
        text.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect::<String>()
    };
    let rest = text.split_once("Not Authorized to access ")?.1;
    let field = word(rest);
    let parent = word(rest[field.len()..].strip_prefix(" on type ")?);
    (!field.is_empty() && !parent.is_empty()).then(|| format!("{parent}.{field}"))
}

/// What was told of a text, and whether it says that something was refused.
pub struct ErrorMeaning {
    text: String,
    /// A refusal, and not another error.
    pub refused: bool,
}

/// What is known of an error text.
pub fn meaning(asked: &str) -> Option<ErrorMeaning> {
    let known = messages::find(asked);
    let line = |part: &str| {
        let lower = part.to_lowercase();
        let line = asked.lines().find(|line| line.to_lowercase().contains(&lower)).unwrap_or_default().trim();
        if line.chars().count() > 200 { format!("… {part} …") } else { line.to_owned() }
    };
    if let Some(found) = known
        && found.code != Code::NotAuthorizedField
    {
        let page = code_page(found.code);
        let next =
            "Next: `vtl-eval diagnose FILE` with what the request left: a HAR (best), the request as cURL, the log.";
        let text = format!("{}\n  {}\n\n{page}\n{next}\n", line(found.text), found.meaning);
        return Some(ErrorMeaning { text, refused: messages::is_refusal(found.code) });
    }
    // Of a refused field there is more to say than the table of messages has room for.
    if known.is_some() {
        let field = refused_field(asked);
        let first = field.as_ref().map_or_else(
            || line("Not Authorized to access"),
            |field| line(&format!("Not Authorized to access {}", field.split('.').next_back().unwrap_or_default())),
        );
        let meaning = match &field {
            Some(field) => FIELD_REFUSED.replace("TYPE.FIELD", field),
            None => FIELD_REFUSED.replace(", TYPE.FIELD,", ""),
        };
        return Some(ErrorMeaning { text: format!("{first}\n  {meaning}"), refused: true });
    }
    let meaning = of_client(asked)?;
    let first = asked.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let first: String = first.chars().take(200).collect();
    Some(ErrorMeaning { text: format!("{first}\n  {meaning}"), refused: true })
}

/// Writes it.
pub fn write(meaning: &ErrorMeaning) -> Result<(), CommandError> {
    output::write(&meaning.text, WrittenForm::Text, None)
}

/// Explains a code, or a message of AppSync by the code that it means.
pub fn run(words: &[String]) -> Result<Exit, CommandError> {
    let asked = words.join(" ");
    let asked = asked.trim();
    if let Ok(code) = asked.parse::<Code>() {
        output::write(&code_page(code), WrittenForm::Text, None)?;
        return Ok(Exit::Good);
    }
    if input::is_token(asked) {
        return Err(CommandError::new(PastedKind::Token.sentence("FILE")));
    }
    if asked == "-" || Path::new(asked).is_file() {
        return file(Path::new(asked));
    }
    if let Some(found) = meaning(asked) {
        write(&found)?;
        return Ok(Exit::Good);
    }
    let near = nearest(asked, ALL.iter().map(|code| code.as_str()));
    let advice = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    Err(CommandError::new(format!(
        "there is no code or known message {asked}{advice} (docs/hints.md lists the codes; a whole refusal is judged by `vtl-eval diagnose`)",
        asked = quoted(&asked)
    )))
}

/// The text of a file, or of standard input: an error's words, or a response with them.
fn file(path: &Path) -> Result<Exit, CommandError> {
    let text = input::read_text(path)?;
    let name = path.to_string_lossy();
    let shown = if name == "-" { "FILE" } else { &*name };
    let kind = paste::kind(&text);
    if matches!(kind, PastedKind::ErrorText | PastedKind::Refused | PastedKind::Text)
        && let Some(found) = meaning(text.trim())
    {
        write(&found)?;
        return Ok(Exit::Good);
    }
    let what = match kind {
        PastedKind::Json | PastedKind::Text | PastedKind::ErrorText => "no message in it is known here".to_owned(),
        kind => kind.sentence(shown),
    };
    let advice = if kind == PastedKind::Refused { "" } else { "; a whole refusal is judged by `vtl-eval diagnose`" };
    Err(CommandError::new(format!("{}: {what}{advice}", input::shown_name(&name))))
}
