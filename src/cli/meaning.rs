//! What is known of an error's words: who says them, why, and what to try.

use crate::code::Code;
use crate::message::{Message, any_of};
use crate::report::{apart, rows_text};
use crate::request::layer::LayerName;
use crate::request::messages::{self, KnownMessage};
use crate::request::{Evidence, limits, no_answer};

/// What was told of a text, and whether it says that something was refused.
pub struct ErrorMeaning {
    said: String,
    who: String,
    why: String,
    cure: String,
    next: String,
    code: Option<Code>,
    /// A refusal, and not another error.
    pub refused: bool,
}

/// What a client library writes that does not show the answer itself.
struct ClientText {
    who: &'static str,
    why: &'static str,
    cure: &'static str,
    next: &'static str,
}

const STATUS_401: ClientText = ClientText {
    who: "a client library, of HTTP 401: it shows the status alone",
    why: "AppSync refused the credential, and no template ran: none was sent, it expired, or it fits none of the API's modes. The answer's own text says which (errorType and message in the body).",
    cure: "Copy the request \"as cURL\" in the browser's network panel into a file, or save a HAR.",
    next: "`vtl-eval diagnose FILE` judges it; `vtl-eval token FILE` reads the token alone",
};
const STATUS_403: ClientText = ClientText {
    who: "a client library, of HTTP 403: it shows the status alone",
    why: "the request was refused before any template ran. Under IAM the policies of the role do not allow the field; an answer in HTML, or one without `errors`, is of AWS WAF or CloudFront in front of the API.",
    cure: "Copy the request \"as cURL\" in the browser's network panel into a file, or save a HAR.",
    next: "`vtl-eval diagnose FILE` judges it, with `--policy FILE` for the role's policies",
};
const CONNECTION: ClientText = ClientText {
    who: "AppSync's WebSocket, or the client's library of it",
    why: "the socket's own credential was refused, the one in the handshake's `header=` or sub-protocol, which is not that of the queries: none was sent, it expired, it fits none of the API's modes, or its host is not the API's own.",
    cure: "Save a HAR with the socket's messages.",
    next: "`vtl-eval diagnose FILE.har` judges the handshake and each subscription",
};
const DIAGNOSE: &str =
    "`vtl-eval diagnose FILE` with what the request left: a HAR (best), the request as cURL, the log";

/// The one word, which two different answers have.
const UNAUTHORIZED: ClientText = ClientText {
    who: "two different answers of AppSync have this word",
    why: "with HTTP 401 AppSync refused the credential (UnauthorizedException, or what a client makes of the status), and no template ran. With HTTP 200 it is the errorType of one refused field: then the message beside it names the field (`Not Authorized to access X on type Y`), and its template decides.",
    cure: "Look at the answer's status and body in the browser's network panel.",
    next: "`vtl-eval diagnose FILE` judges the answer, the request as cURL, or a HAR; `vtl-eval explain \"THE MESSAGE\"` the text beside the word",
};
const SIGN_IN: ClientText = ClientText {
    who: "Cognito, of the sign-in itself",
    why: "a wrong password, no such user, a flow that the client does not have, or a refresh token that was revoked: there is no token, and AppSync was not asked yet.",
    cure: "Sign in again (`aws cognito-idp initiate-auth`).",
    next: "with the token, `vtl-eval token FILE` tells what AppSync makes of it",
};

/// The explanation of a text that a client library makes up itself (axios, Apollo Client, Amplify's PubSub, Python, curl).
fn of_client(asked: &str) -> Option<ClientText> {
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
    // Behind the name of a library's error, `ApolloError: Unauthorized`.
    let word = asked.rsplit(": ").next().unwrap_or_default().trim_matches(|letter: char| !letter.is_alphanumeric());
    matches!(word, "unauthorized" | "not authorized" | "unauthorizedexception").then_some(UNAUTHORIZED)
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

/// The first line of a text that is not blank.
fn first_line(asked: &str) -> String {
    asked.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().chars().take(200).collect()
}

/// The line of a text that holds these words.
fn line_with(asked: &str, part: &str) -> String {
    let lower = part.to_lowercase();
    let line = asked.lines().find(|line| line.to_lowercase().contains(&lower)).unwrap_or_default().trim();
    if line.chars().count() > 200 { format!("… {part} …") } else { line.to_owned() }
}

impl ErrorMeaning {
    /// What is known of an error text.
    pub fn of(asked: &str) -> Option<Self> {
        if let Some(known) = messages::find(asked) {
            // Of a refused field there is more to say than the table of messages has room for.
            return Some(if known.code == Code::NotAuthorizedField {
                Self::of_field(asked)
            } else {
                Self::known(asked, known)
            });
        }
        if let Some(other) = Self::no_refusal(asked) {
            return Some(other);
        }
        let client = of_client(asked)?;
        Some(Self {
            said: first_line(asked),
            who: client.who.to_owned(),
            why: client.why.to_owned(),
            cure: client.cure.to_owned(),
            next: client.next.to_owned(),
            code: None,
            refused: true,
        })
    }

    /// An error by which nobody was refused: a validation, a limit, a timeout, no answer at all.
    fn no_refusal(asked: &str) -> Option<Self> {
        let evidence = Evidence::read(&serde_json::json!({ "observed": { "message": asked } }), None);
        let finding = limits::judge(&evidence).or_else(|| no_answer::judge(&evidence))?;
        let (why, cure) = apart(&finding.message);
        Some(Self {
            said: first_line(asked),
            who: "no rule of the API: nobody is known to be refused by it".to_owned(),
            why,
            cure,
            next: DIAGNOSE.to_owned(),
            code: Some(finding.code),
            refused: false,
        })
    }

    fn known(asked: &str, known: &KnownMessage) -> Self {
        let (why, cure) = apart(&Message::from(known.meaning));
        Self {
            said: line_with(asked, known.text),
            who: who(known),
            why,
            cure,
            // Of a request that AppSync never saw there is nothing more to judge.
            next: if known.layers.is_empty() { "" } else { DIAGNOSE }.to_owned(),
            code: Some(known.code),
            refused: messages::is_refusal(known.code),
        }
    }

    /// What AppSync writes of one refused field (HTTP 200) tells which, and not by what.
    fn of_field(asked: &str) -> Self {
        let field = refused_field(asked);
        let words = field.as_ref().and_then(|field| field.split('.').next_back());
        let named =
            field.as_ref().map_or_else(|| "this one field".to_owned(), |field| format!("this one field, {field},"));
        let name = field.as_deref().unwrap_or("TYPE.FIELD");
        Self {
            said: line_with(asked, &format!("Not Authorized to access {}", words.unwrap_or_default())),
            who: format!("AppSync, of {named} with HTTP 200: it is never the cause of a 401"),
            why: "AppSync let the credential in. Three can refuse a field then: `$util.unauthorized()` in its resolver's template, by far the most frequent (a group, an owner or a role that is not what the rule wants); a directive of the schema (on the field, its type, or what it returns) that excludes the caller's mode or groups; a Lambda authorizer's deniedFields.".to_owned(),
            cure: format!("Run the field's template as this caller: Amplify writes it to build/resolvers/{name}.auth.1.req.vtl."),
            next: format!("`vtl-eval TEMPLATE --claims TOKEN` tells why; `vtl-eval resolver {name} --from PATH --claims TOKEN` with the whole project; `vtl-eval diagnose FILE.har` which of the three"),
            code: Some(Code::NotAuthorizedField),
            refused: true,
        }
    }

    /// For a person, at the width of his terminal.
    pub fn text(&self, width: usize) -> String {
        let code = self.code.map_or_else(String::new, |code| format!("{code}  (`vtl-eval explain {code}`)"));
        let rows = [("who", &self.who), ("why", &self.why), ("try", &self.cure), ("next", &self.next), ("code", &code)];
        rows_text(&self.said, &rows, width)
    }
}

/// Who says it, and of which requests.
fn who(known: &KnownMessage) -> String {
    if known.layers.is_empty() {
        return "not AppSync".to_owned();
    }
    let layers: Vec<_> = known.layers.iter().map(ToString::to_string).collect();
    let before = if known.layers.contains(&LayerName::Resolver) { "" } else { ", before any template ran" };
    let modes: Vec<_> = known.modes.iter().map(|mode| mode.as_str()).collect();
    let modes = if modes.is_empty() { String::new() } else { format!(", of requests under {}", modes.join(", ")) };
    format!("AppSync, at the layer {}{before}{modes}", any_of(&layers))
}
