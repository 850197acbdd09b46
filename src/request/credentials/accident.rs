//! Accidents: what stands in a credential's place and is none, and credentials in a header that AppSync does not read.

use super::super::evidence::Evidence;
use super::super::socket::Socket;
use super::super::token;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// Headers that may hold a token for somebody else.
const OTHERS: [&str; 6] =
    ["authorization", "x-api-key", "x-amz-security-token", "cookie", "proxy-authorization", "sec-websocket-protocol"];

/// What languages write of a value that is not there, in small letters.
pub(super) const WORDS: [&str; 10] = ["undefined", "null", "none", "nil", "nan", "(null)", "<nil>", "<null>", "true", "false"];

/// Words in the place of a credential: what JavaScript, Python or a shell writes of a value that is not there.
pub fn placeholders(evidence: &Evidence) -> Vec<Finding> {
    ["authorization", "x-api-key"].into_iter().filter_map(|name| of_header(evidence, name)).collect()
}

/// `bearereyJ…`: the scheme stands glued to the token, so that AppSync sees neither a token nor a scheme
/// (RFC 6750, section 2.1: `Bearer`, a blank, the token).
pub fn glued(evidence: &Evidence) -> Option<Finding> {
    let value = evidence.header("authorization")?.trim().to_owned();
    let at = value.find("eyJ").filter(|at| (3..=12).contains(at))?;
    let (word, rest) = value.split_at(at);
    // A Lambda authorizer takes any text, and some have a prefix of their own before the token.
    let scheme = word.to_lowercase();
    let is_word = ["bearer", "jwt", "token"].contains(&scheme.trim_end_matches([':', '='])) && !evidence.api.modes().contains(&AuthType::Lambda);
    let sent = token::read(rest).ok().filter(|_| is_word)?;
    let kind = sent.claims.get("token_use").and_then(serde_json::Value::as_str).map_or_else(String::new, |kind| format!(" ({kind})"));
    let message = Message::of(
        "the Authorization header begins with {}: the word is glued to the token, without a blank between them, so AppSync sees neither a token nor the scheme Bearer. Behind it is a whole token{}. » Send the token alone, or `Bearer`, a blank and the token.",
        [Part::Value(quoted(&format!("{word}eyJ…")).to_string()), Part::Text(kind)],
    );
    Some(Finding::new(Code::TokenMalformed, message).at("request.headers.authorization").wanted("the token alone"))
}

/// Whether a header's value is such a word, with or without `Bearer`.
pub fn is_placeholder(value: &str) -> bool {
    let inside = bare(value.trim()).trim_matches(['"', '\'', '`']);
    let word = inside.to_lowercase();
    inside.is_empty() || WORDS.contains(&word.as_str()) || word.starts_with("[object ") || printed(inside).is_some() || filled_in(inside)
}

/// What is printed of something that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Printed {
    /// A value that is still to come.
    Promise,
    /// An object.
    Object,
    /// A function that was not called.
    Function,
    /// A pointer, or a format that did not fit its value.
    Pointer,
}

/// What languages print of a promise, an object, a function or a pointer: JavaScript, Dart, Python, .NET, Java, Go (package
/// fmt: `%!verb(type=value)`).
fn printed(inside: &str) -> Option<Printed> {
    let begins = |words: &[&str]| words.iter().any(|word| inside.starts_with(word));
    let java = inside.rsplit_once('@').filter(|(class, hash)| {
        let hex = (4..=8).contains(&hash.len()) && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let named = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '$' | '_');
        hex && class.contains('.') && class.chars().all(named)
    });
    let promise = ["[object Promise]", "Promise {", "Instance of 'Future", "<coroutine object", "System.Threading.Tasks.Task", "<Task ", "<Future "];
    if begins(&promise) || java.is_some_and(|(class, _)| class.ends_with("Future")) {
        Some(Printed::Promise)
    } else if begins(&["function ", "function(", "async ", "() =>", "<function ", "<bound method", "Closure: "]) {
        Some(Printed::Function)
    } else if begins(&["%!", "0xc0"]) {
        Some(Printed::Pointer)
    } else if begins(&["[object ", "Instance of '", "#<"]) || java.is_some() || inside.starts_with('<') && inside.contains(" object at 0x") {
        Some(Printed::Object)
    } else {
        None
    }
}

/// Without `Bearer`, which may stand alone.
fn bare(whole: &str) -> &str {
    match whole.get(..6) {
        Some(prefix) if prefix.eq_ignore_ascii_case("bearer") => whole[6..].trim(),
        _ => whole,
    }
}

/// What left a placeholder as it is, by its form (<https://learning.postman.com/docs/sending-requests/variables/variables/>:
/// a variable without a value is sent as it was written).
fn unfilled(inside: &str, what: &str) -> Message {
    if sample_key(inside) {
        return format!("a sample {what} as documentation writes it, which was never replaced.").into();
    }
    if inside.starts_with("{{") {
        return Message::from(format!("a place for the {what} that was never filled in: a variable of a client such as Postman or Insomnia, which had no value.")).cured("Choose the environment that has it, or set it there.");
    }
    if inside.starts_with("process.env.") || inside.starts_with("import.meta.env.") {
        return Message::from(format!("the name of a variable of the build that was never replaced by the {what}: it stands inside quotes, or was not set when the bundle was built.")).cured("Write it without quotes, set it, and build again.");
    }
    if inside.starts_with("${") || inside.starts_with('$') {
        return format!("a place for the {what} that was never filled in: the variable was not replaced (single quotes of a shell, or a text that is no template literal, leave it as it is).").into();
    }
    format!("a place for the {what} in a configuration was never filled in.").into()
}

fn of_header(evidence: &Evidence, name: &'static str) -> Option<Finding> {
    let whole = evidence.headers.get(name)?.as_str()?.trim();
    let why = why(evidence, name, whole)?;
    let title = if name == "authorization" { "Authorization" } else { name };
    let inside = bare(whole).trim_matches(['"', '\'', '`']);
    let place = evidence.socket.as_ref().and_then(Socket::place);
    let holder = place.map_or_else(|| format!("the {title} header"), |place| format!("{title} in {place}"));
    let message = Message::of(
        "{} holds {}, which is no {}:",
        [
            Part::Name(holder),
            Part::Value(if sample_key(inside) { "`da2-…`".to_owned() } else { format!("`{whole}`") }),
            Part::Text(kind(name).to_owned()),
        ],
    );
    Some(finding(evidence, name, message.with(why)).actual(whole))
}

/// What a header should hold.
fn kind(name: &str) -> &'static str {
    if name == "authorization" { "token" } else { "key" }
}

/// The finding of a word in a credential's place.
pub(super) fn finding(evidence: &Evidence, name: &str, mut message: Message) -> Finding {
    if evidence.answer.header("access-control-allow-origin").is_some() {
        message.and("It is no matter of CORS: the page could read the answer.");
    }
    Finding::new(Code::CredentialPlaceholder, message)
        .at(format!("request.headers.{name}"))
        .wanted(if name == "authorization" { "a token" } else { "an API key (da2-…)" })
}

/// How a word came into a credential's place, and what to do; `None` where it is no such word.
pub(super) fn why(evidence: &Evidence, name: &str, whole: &str) -> Option<Message> {
    let value = bare(whole);
    let what = kind(name);
    let guest = evidence.api.modes().contains(&AuthType::ApiKey) && name == "authorization";
    let place = evidence.socket.as_ref().and_then(Socket::place);
    let guest = match (guest, place) {
        (true, None) => " For guests leave Authorization out and send the API's key in x-api-key.",
        (true, Some(_)) => " For guests put the API's key there instead, as x-api-key.",
        (false, _) => "",
    };
    let wait = match place {
        None => format!("Await the session before the first call, and send no header while there is no {what}."),
        Some(_) => format!("Await the session before the client connects or subscribes, ask for the {what} then and not once at the start, and do neither while there is none."),
    };
    let inside = value.trim_matches(['"', '\'', '`']);
    Some(match inside.to_lowercase().as_str() {
        // A key comes from the configuration, not from a session.
        word if WORDS.contains(&word) && what == "key" && evidence.authorization().is_some_and(|(value, _)| token::read(value).is_ok()) => Message::from("the client puts a key's header on every request and had no key, and this one has a token too: with both the key counts, and nobody is named.")
            .cured("Leave x-api-key out of requests that carry a token, and send the token alone."),
        word if WORDS.contains(&word) && what == "key" => Message::from("the client's configuration or build had none: a variable of the environment that was not set when it was built (or, in a browser's bundle, one without the prefix that its tool asks for: NEXT_PUBLIC_, VITE_, REACT_APP_).")
            .cured("Set the key there, and build and deploy again; look at the console's Settings page for the API's key."),
        word if WORDS.contains(&word) => Message::from(format!("the client built it before the {what} was there (nobody signed in, or the session not yet loaded)."))
            .cured(format!("{wait}{guest}")),
        "" if whole.len() == value.len() => return None,
        "" => Message::from(format!("nothing follows `Bearer`: there was no {what} when the client built it."))
            .cured(format!("Await the session, and send no header while there is none.{guest}")),
        _ if printed(inside).is_some() => match printed(inside)? {
            Printed::Promise => Message::from("a promise was turned into text:").cured(format!("await the {what} before the header is built.")),
            Printed::Object if what == "key" => Message::from("an object was turned into text.").cured("Put the key's own text in, the member of that object that holds it (da2-…; in Amplify's configuration data.api_key or aws_appsync_apiKey), and send it bare."),
            Printed::Object => Message::from("an object was turned into text.").cured(format!("Put the {what}'s own text in (Amplify 6: session.tokens.accessToken.toString()), and send it bare.")),
            Printed::Function => Message::from("a function was turned into text:").cured(format!("call it, and put its result, the {what}'s own text, in.")),
            Printed::Pointer => Message::from("a pointer was printed (Go's %s of something that is no text):").cured(format!("put the text that it points to in, the {what} itself.")),
        },
        _ if filled_in(inside) => unfilled(inside, what).cured(format!("Put the {what} in, and send the request again.")),
        _ => return None,
    })
}

/// `${TOKEN}`, `{{token}}`, `<token>`, `$TOKEN`, `YOUR_API_KEY`: what a configuration has before it is filled in.
fn filled_in(value: &str) -> bool {
    let around = |open: &str, close: &str| value.starts_with(open) && value.ends_with(close) && value.len() < 60;
    let word = value.len() < 60
        && value.chars().all(|letter| letter.is_ascii_uppercase() || matches!(letter, '_' | '-' | '$'));
    let build = ["process.env.", "import.meta.env.", "os.environ", "Deno.env"].iter().any(|word| value.starts_with(word));
    build || sample_key(value) || around("${", "}") || around("{{", "}}") || around("<", ">") || around("%", "%") || word && value.len() > 4
}

/// A key as documentation writes it: `da2-xxxxxxxxxx`.
fn sample_key(value: &str) -> bool {
    let Some(rest) = value.strip_prefix("da2-").filter(|rest| rest.len() >= 8) else { return false };
    rest.chars().all(|letter| letter.eq_ignore_ascii_case(&'x'))
}

/// A credential in a header that AppSync does not read.
pub fn elsewhere(evidence: &Evidence) -> Option<Finding> {
    let found =
        evidence.headers.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str())).find_map(|(name, value)| {
            let value = value.as_str()?;
            let key = value.starts_with("da2-") && value.len() > 20;
            let what = if key {
                "API key"
            } else if token::read(value).is_ok() {
                "token"
            } else {
                return None;
            };
            Some((name.clone(), what))
        });
    let (name, what) = found?;
    let own = if what == "token" { "Authorization" } else { "x-api-key" };
    let message = if evidence.socket.as_ref().is_some_and(|socket| socket.has_header) {
        Message::of(
            "header= of the handshake is decoded, and has no {}: the {} stands in it under the name {}, which AppSync does not read. » Write the object as {\"host\": …, \"{}\": …}, there and in extensions.authorization of each start frame (a serializer writes a class's own property names unless it is told others in its own way); its values need no change.",
            [
                Part::Name(own.to_owned()),
                Part::Text(what.to_owned()),
                Part::Name(quoted(&name).to_string()),
                Part::Name(own.to_owned()),
            ],
        )
    } else {
        Message::of("there is no {} header: the {} stands in {}, which AppSync does not read. » Send the same value in {}, as it is.", [
            Part::Name(own.to_owned()),
            Part::Text(what.to_owned()),
            Part::Name(name.clone()),
            Part::Name(own.to_owned()),
        ])
    };
    Some(
        Finding::new(Code::CredentialElsewhere, message).at(format!("request.headers.{name}")).actual(name).wanted(own),
    )
}

/// Names under which a key is sent by mistake, in small letters and without what stands between the words.
const LIKE_KEY: [&str; 4] = ["apikey", "xapikey", "xappsyncapikey", "appsyncapikey"];
/// The same of a token.
const LIKE_TOKEN: [&str; 10] = ["auth", "xauth", "token", "accesstoken", "authtoken", "xauthtoken", "xaccesstoken", "idtoken", "xauthorization", "authorisation"];

/// A masked header whose name is nearly that of a credential, where neither name is there
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>: `x-api-key`, `Authorization`).
pub fn misnamed(evidence: &Evidence) -> Option<Finding> {
    let log = evidence.log.as_ref().filter(|log| log.complete)?;
    let modes = evidence.api.modes();
    let takes = |some: &[AuthType]| modes.is_empty() || some.iter().any(|mode| modes.contains(mode));
    let (name, own, what) = log.masked.keys().find_map(|name| {
        let plain = name.to_lowercase().replace(['-', '_'], "");
        let is = |list: &[&str]| list.contains(&plain.as_str());
        let key = is(&LIKE_KEY) && takes(&[AuthType::ApiKey]);
        let token = is(&LIKE_TOKEN) && takes(&[AuthType::UserPool, AuthType::Oidc, AuthType::Lambda]);
        let own = if key { ("x-api-key", "key") } else { ("authorization", "token") };
        (key || token).then_some((name, own.0, own.1))
    })?;
    let message = Message::of(
        "the credential was sent under the name {} (masked here, so it had a value), and AppSync reads a key from x-api-key only and a token from authorization only: neither of them came (the log's list of headers is complete). » Rename the header {} to {} where the client sets it; the {} itself was not looked at and needs no change for this.",
        [Part::Name(name.clone()), Part::Name(name.clone()), Part::Name(own.to_owned()), Part::Text(what.to_owned())],
    );
    Some(Finding::new(Code::CredentialElsewhere, message).at(format!("request.headers.{name}")).actual(name.clone()).wanted(own))
}
