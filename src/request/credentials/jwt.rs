//! A token in the `Authorization` header: its form, and whether the API takes it (APPSYNC-VTL 7.1).

use crate::message::{Message, Part, any_of, counted};
use super::super::evidence::Evidence;
use super::super::layer::{Layer, State};
use super::super::history::{Past, related};
use super::super::{messages, mode};
use super::super::socket::Socket;
use super::super::token::{self, Token};
use super::around::{self, PATH};
use super::claims::{any_client, client, issuer, ttl};
use super::{not_configured, opaque, signature};
use crate::appsync::AuthType;
use crate::paste::header::oddities_of_parts;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use serde_json::Value as Json;

/// Quotation marks that may stand around a token.
const QUOTES: [char; 3] = ['"', '\'', '`'];

/// A header that is neither a signature nor a key.
pub(super) fn judge(evidence: &Evidence, value: &str, bearer: bool, layer: &mut Layer) {
    let known = evidence.api.is_known();
    if value.ends_with("...") || value.ends_with('…') {
        layer.refuse(shortened(value));
        return;
    }
    if value.trim_start().starts_with('{') {
        layer.refuse(object(value));
        return;
    }
    if let Some(finding) = around::twice(value, &evidence.sent) {
        layer.refuse(finding);
        return;
    }
    if token::read(value).is_err()
        && !takes_opaque(evidence)
        && let Some((finding, token)) = around::wrapped(value)
    {
        layer.refuse(finding);
        token_of(evidence, &token, false, layer);
        // What is odd about the whole header is said already.
        layer.findings.retain(|known| known.code != Code::TokenHasExtras);
        return;
    }
    // Quotation marks of any kind are told as extras.
    match token::read(value.trim_matches(QUOTES)) {
        Err(message) => {
            if takes_opaque(evidence) {
                return;
            }
            let refused =
                known || evidence.observed.as_ref().is_some_and(|observed| matches!(observed.status, Some(401)));
            let other = other_scheme(evidence, value)
                .or_else(|| around::other_thing(value))
                .or_else(|| around::encrypted(evidence, value))
                .or_else(|| opaque::judge(evidence, value))
                .or_else(|| opaque::unreadable(value));
            let is_other = other.is_some();
            let words = other.unwrap_or_else(|| Message::from(format!("the Authorization header is {message}.")).cured("Send the token as it was issued."));
            let finding = Finding::new(Code::TokenMalformed, words)
                .at(PATH)
                .actual(scheme(value))
                .wanted("a JWT, as it was issued");
            if refused {
                layer.refuse(finding);
            } else {
                layer.state = State::Unknown;
                layer.findings.push(finding);
            }
            if is_other {
                return;
            }
        }
        Ok(token) => token_of(evidence, &token, bearer, layer),
    }
    extras(evidence, value, layer);
}

/// Whether a Lambda authorizer may take what is no JWT.
fn takes_opaque(evidence: &Evidence) -> bool {
    if evidence.api.is_known() {
        evidence.api.modes().contains(&AuthType::Lambda)
    } else {
        evidence.auth_type == Some(AuthType::Lambda) || evidence.authorizer.is_some()
    }
}

/// A token that was copied from where it is shown in part.
fn shortened(value: &str) -> Finding {
    let length = value.chars().count();
    Finding::new(
        Code::TokenMalformed,
        Message::of(
            "the token in the Authorization header was cut off where it was shown: it ends in dots after {} characters, so AppSync cannot read it as a JWT. » Copy it whole from where it is kept (the session, the network panel's raw headers), or let the client send it.",
            [Part::Value(length.to_string())],
        ),
    )
    .at(PATH)
    .actual(counted(length, "character"))
    .wanted("a JWT, as it was issued")
}

/// A JSON object in the place of a token: a session as it was stored, or a token's claims.
fn object(value: &str) -> Finding {
    let names: Vec<String> = serde_json::from_str::<Json>(value)
        .ok()
        .and_then(|json| Some(json.as_object()?.keys().take(5).cloned().collect()))
        .unwrap_or_default();
    let members = if names.is_empty() { String::new() } else { format!(" (with {})", names.join(", ")) };
    Finding::new(
        Code::TokenMalformed,
        Message::of(
            "the Authorization header holds a JSON object{}, not a token, so AppSync cannot read it as a JWT. » Send the token's own text alone, without anything around it (Amplify 6: session.tokens.accessToken.toString()).",
            [Part::Name(members)],
        ),
    )
    .at(PATH)
    .actual("a JSON object")
    .wanted("a JWT, as it was issued")
}

/// Quotes, blanks and prefixes around a token. AppSync's `Token has expired` shows that it could read the token: then line
/// breaks came with the pasted text.
fn extras(evidence: &Evidence, value: &str, layer: &mut Layer) {
    let doubled = value.get(..7).is_some_and(|prefix| prefix.eq_ignore_ascii_case("bearer "));
    let quoted = value.starts_with(QUOTES);
    let inner = !doubled && value.contains(char::is_whitespace);
    if !doubled && !quoted && !inner {
        return;
    }
    let what = if quoted && !value.starts_with('"') {
        "quotation marks around it (as of a shell's or a script's text, or an .env file that keeps them): » take them off where the token is stored or put into the header, and send it bare, without quotes"
    } else if quoted {
        "quotation marks around it (JSON.stringify leaves them): » read it back with JSON.parse, or store it as plain text, and send it bare, without quotes"
    } else if doubled {
        "a second prefix before it (`Bearer Bearer `), so what stands behind the first is no JWT: two places of the client add the word; » send the token bare, without it"
    } else {
        "line breaks or blanks inside it: » take them out, and send it in one piece"
    };
    let finding = Finding::new(Code::TokenHasExtras, Message::joined("the token has {}.", [what.into()]))
        .at(PATH)
        .actual(scheme(value))
        .wanted("bare token");
    let read = messages::find(evidence.error_message()).is_some_and(|message| message.code == Code::TokenExpired);
    if inner && (read || layer.state == State::Refused) {
        layer.findings.push(finding);
    } else {
        layer.refuse(finding);
    }
}

/// A scheme of HTTP's own (<https://www.iana.org/assignments/http-authschemes>), with something behind it that is no token.
fn other_scheme(evidence: &Evidence, value: &str) -> Option<Message> {
    const SCHEMES: [&str; 6] = ["Basic", "Digest", "Negotiate", "NTLM", "OAuth", "Hawk"];
    let word = value.split_whitespace().next()?;
    let name = SCHEMES.into_iter().find(|known| known.eq_ignore_ascii_case(word))?;
    let what = if name == "Basic" { " (a user name and a password)" } else { "" };
    let modes = evidence.api.modes();
    let takes = if modes.is_empty() {
        "It takes a bare token, a SigV4 signature, or a key in x-api-key".to_owned()
    } else {
        format!("This API takes {}", AuthType::api_names(&modes))
    };
    let cure = if modes.iter().any(|mode| matches!(mode, AuthType::UserPool | AuthType::Oidc)) {
        "sign in and send the token that was issued, bare"
    } else {
        "send a credential of its kind"
    };
    Some(Message::from(format!("the Authorization header has the scheme {name}{what}, which AppSync does not know. {takes}:")).cured(format!("{cure}.")))
}

/// A token where only signatures are read.
fn read_as_signature(token: &Token, mode: AuthType) -> Finding {
    let kind = match token.text("token_use") {
        Some("id") => "a JWT, the ID token of a user pool",
        Some("access") => "a JWT, the access token of a user pool",
        _ => "a JWT",
    };
    let (name, directive) = match mode {
        AuthType::UserPool => ("AMAZON_COGNITO_USER_POOLS (User Pool Authorization)", "@aws_cognito_user_pools"),
        _ => ("OPENID_CONNECT (Open ID Connect Authorization)", "@aws_oidc"),
    };
    Finding::new(
        Code::ModeNotConfigured,
        Message::of(
            "the Authorization header is {}, and this API has AWS_IAM only, so AppSync reads the header as a SigV4 signature, which a token is not. » Sign the request with credentials that are allowed appsync:GraphQL (of an identity pool, for the same user); or, if callers are meant to send tokens, add {} as a mode, with {} beside @aws_iam on the fields. The token itself is not judged by this answer.",
            [
                Part::Text(kind.to_string()),
                Part::Name(name.to_string()),
                Part::Code(directive.to_string()),
            ],
        ),
    )
    .at(PATH)
    .actual("a JWT")
    .wanted("AWS4-HMAC-SHA256 …")
}

/// The first word of a header: never the token.
fn scheme(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) if scheme.len() < 20 => format!("{scheme} …"),
        _ => counted(value.chars().count(), "character"),
    }
}

/// The prefix as it was sent, however often: `Bearer `, `bearer `, `Bearer Bearer `.
fn prefix(evidence: &Evidence) -> String {
    let value = evidence.header("authorization").unwrap_or_default().trim_start();
    let mut end = 0;
    while value.get(end..end + 7).is_some_and(|word| word.eq_ignore_ascii_case("bearer ")) {
        end += 7;
    }
    value[..end].to_owned()
}

fn token_of(evidence: &Evidence, token: &Token, bearer: bool, layer: &mut Layer) {
    let modes = evidence.api.modes();
    // A token that no other mode takes is the function's to judge, whatever it looks like.
    if evidence.api.is_known() && modes == [AuthType::Lambda] {
        return;
    }
    let takes = |mode: &AuthType| matches!(mode, AuthType::UserPool | AuthType::Oidc | AuthType::Lambda);
    if evidence.api.is_known() && !modes.iter().any(takes) {
        let mode = if token.is_cognito() { AuthType::UserPool } else { AuthType::Oidc };
        layer.refuse(match modes.as_slice() {
            [AuthType::Iam] => read_as_signature(token, mode),
            _ => not_configured(evidence, mode).at(PATH),
        });
        return;
    }
    // A merged API has the modes that its owner gave it, whatever its sources have.
    let foreign = !token.is_cognito() && !modes.iter().any(|mode| matches!(mode, AuthType::Oidc | AuthType::Lambda));
    if evidence.api.is_known() && foreign && evidence.api.merged.is_some() {
        layer.refuse(foreign_to_merged(token, &modes));
        return;
    }
    for finding in token.algorithm_refused().into_iter().chain(token.use_refused()) {
        layer.refuse(finding);
    }
    odd(evidence, layer);
    issuer(evidence, token, layer);
    client(evidence, token, layer);
    ttl(evidence, token, layer);
    if layer.state == State::Passed {
        layer.findings.extend(any_client(evidence, token));
    }
    let with_lambda = modes.contains(&AuthType::Lambda) && modes.len() > 1;
    let mut meant = false;
    if with_lambda && layer.state == State::Refused && !token.is_cognito() {
        // Where the field is the function's, so was the token; the issuer that does not fit follows from it.
        // Where no mode takes tokens of other providers, it can be meant for nothing else.
        meant = !modes.contains(&AuthType::Oidc) || evidence.auth_type == Some(AuthType::Lambda) || mode::opens_to(evidence, AuthType::Lambda);
        let at = if meant { 0 } else { 1.min(layer.findings.len()) };
        layer.findings.insert(at, not_for_lambda(evidence, token, &modes));
        if meant {
            layer.findings.retain(|known| known.code != Code::IssuerMismatch);
        }
    }
    for (refused, finding) in token.times(evidence.now) {
        let (refused, finding) = which_clock(evidence, token, (refused, in_socket(evidence, token, finding)));
        if refused {
            layer.refuse(finding);
        } else {
            if layer.state == State::Passed {
                layer.state = State::Unknown;
            }
            layer.findings.push(finding);
        }
    }
    let doubled = prefix(evidence).len() > 7;
    if bearer && !doubled && !meant {
        bearer_prefix(evidence, layer);
    }
}

/// What is odd about the token's form: whether AppSync takes such a token is not known.
fn odd(evidence: &Evidence, layer: &mut Layer) {
    let found = header(evidence).into_iter().map(|(code, words)| Finding::new(code, Message::joined("{}.", [words])).certainty(Certainty::Likely).at(PATH));
    for finding in found.chain(around::line_break(evidence)) {
        layer.findings.push(finding);
        if layer.state == State::Passed {
            layer.state = State::Unknown;
        }
    }
}

/// A token that had expired where a WebSocket carries it: there nothing renews it.
fn in_socket(evidence: &Evidence, token: &Token, finding: Finding) -> Finding {
    let place = evidence.socket.as_ref().and_then(Socket::place);
    let (Some(place), Some(exp), Some(now)) = (place, token.time("exp"), evidence.now) else { return finding };
    if finding.code != Code::TokenExpired {
        return finding;
    }
    let message = Message::of(
        "the token in {} expired at {}, {} before that was sent. » Ask for the current token each time the client connects or subscribes (Amplify does; in a transport of your own a function that returns it, not a text that was read once), and connect anew with it.",
        [
            Part::Text(place.to_owned()),
            Part::Value(token::moment(exp)),
            Part::Value(token::span(now - exp)),
        ],
    );
    Finding { message, ..finding }
}

/// A token that was issued after the request: whose clock is wrong, by AppSync's time, which the Date of its answer tells
/// (RFC 9110, 6.6.1). Where that is later than `iat`, AppSync had nothing to refuse by it.
fn which_clock(evidence: &Evidence, token: &Token, (refused, finding): (bool, Finding)) -> (bool, Finding) {
    let (Some(iat), Some(now)) = (token.time("iat").filter(|_| finding.code == Code::TokenIssuedLater), evidence.now) else { return (refused, finding) };
    let theirs = evidence.answer.header("date").and_then(signature::http_date);
    let ahead = token::span(iat - now);
    let begin = [Part::Value(token::moment(iat)), Part::Value(ahead.clone()), Part::Value(token::moment(now))];
    let begin = Message::of("the token was issued (iat) at {}, {} after the time of the request ({}).", begin);
    match theirs {
        Some(theirs) if iat <= theirs + CLOCKS => {
            let words = Message::of(
                "It is the device's clock: AppSync's time was {} (the Date of its answer), to which iat fits, so the device is {} behind, and AppSync has nothing against iat. » Set the device's clock; a client on such a clock also takes tokens that have ended for good.",
                [Part::Value(token::moment(theirs)), Part::Value(token::span(theirs - now))],
            );
            (false, Finding { message: begin.with(words), ..finding })
        }
        Some(theirs) => {
            let words = Message::of(
                "It is the clock of the server that issued it: AppSync's time was {} (the Date of its answer), as the request's, so the issuer's clock is {} ahead. » Set that clock (NTP) at the provider, or let it write iat some seconds back; the same token is good once that time has come.",
                [Part::Value(token::moment(theirs)), Part::Value(token::span(iat - theirs))],
            );
            (refused, Finding { message: begin.with(words), ..finding })
        }
        None => {
            let words = "Either the clock of the server that issued it is ahead, or the one of the device that sent the request is behind; which of them, the Date header of AppSync's answer tells, and it is not in the material. » Compare both clocks with that (NTP), and set the wrong one; Cognito's and other hosted providers' clocks are right, so with these look at the device first.";
            (refused, Finding { message: begin.with(words), ..finding })
        }
    }
}

/// Seconds by which clocks may differ before one is called wrong.
const CLOCKS: i64 = 300;

/// An OIDC provider's token at a merged API that has no such mode.
fn foreign_to_merged(token: &Token, modes: &[AuthType]) -> Finding {
    let issuer = token.text("iss").unwrap_or("no issuer");
    Finding::new(
        Code::ModeNotConfigured,
        Message::of(
            "this merged API has no OPENID_CONNECT mode: it is configured with {} only, and the token is an OIDC provider's (iss {}). A merged API takes the schemas of its sources, not their modes: » add OPENID_CONNECT with this issuer to the merged API as an additional provider; its sources need no change.",
            [Part::Name(AuthType::api_names(modes).to_string()), Part::Value(issuer.to_string())],
        ),
    )
    .at("token.iss")
    .actual(issuer)
    .wanted(Json::from(AuthType::api_names(modes)))
}

/// `Bearer ` before the token: the cause of a 401 for which there is no other.
fn bearer_prefix(evidence: &Evidence, layer: &mut Layer) {
    // What is no credential for an API is not one without its prefix either.
    if layer.findings.iter().any(|known| known.code == Code::TokenUse) {
        return;
    }
    // The very header passed: the prefix is taken.
    let taken = |past: &Past| past.same && past.passed && past.credential.as_ref().is_some_and(|one| one.bearer) && related(&past.host, evidence.url_host());
    if evidence.others.iter().any(taken) {
        return;
    }
    let refused = evidence.observed.as_ref().is_some_and(|observed| observed.status == Some(401));
    let unread = messages::find(evidence.error_message()).is_some_and(|message| message.code == Code::TokenMalformed);
    let finding = Finding::new(
        Code::BearerPrefix,
        Message::of(
            "the Authorization header begins with {}, and nothing else of it is wrong that can be seen here: AppSync wants the bare token for user pools and OIDC, and older APIs refuse the prefix (newer ones take it). » Send the token alone, as Amplify does.",
            [Part::Value(format!("`{}`", prefix(evidence)))],
        ),
    )
    .certainty(if unread { Certainty::Likely } else { Certainty::Possible })
    .at(PATH)
    .actual(prefix(evidence))
    .wanted("bare token");
    if refused && layer.state != State::Refused {
        layer.refuse(finding);
    } else {
        layer.findings.push(finding);
    }
}

/// What the token's header asks for, and padding; line breaks are told as extras.
fn header(evidence: &Evidence) -> Vec<(Code, Message)> {
    let value = evidence.authorization().map_or("", |(value, _)| value);
    // Quotation marks and words around it are told as such.
    let value = value.trim_matches(QUOTES);
    oddities_of_parts(around::inner(value).unwrap_or(value))
}

/// A JWT is never handed to the Lambda authorizer of an API that takes JWTs in another mode too
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>).
fn not_for_lambda(evidence: &Evidence, token: &Token, modes: &[AuthType]) -> Finding {
    let taken = if modes.contains(&AuthType::Oidc) { "OPENID_CONNECT" } else { "AMAZON_COGNITO_USER_POOLS" };
    let issuer = token.text("iss").unwrap_or("unknown");
    let wanted = match evidence.api.issuers.as_slice() {
        [] => String::new(),
        some => format!(", which must be of {}", any_of(some)),
    };
    Finding::new(
        Code::JwtNotForLambda,
        Message::of(
            "the Lambda authorizer was not called: the token is a JWT (iss {}), and on an API that also has {} a JWT, with or without `Bearer `, is read as that mode's token{}. A token that is meant for the function must not look like one: » send it with a prefix of its own that is not Bearer (at most 2,048 characters) and take that off in the function, or add {} as an OIDC provider.",
            [
                Part::Value(issuer.to_owned()),
                Part::Name(taken.to_owned()),
                Part::Value(wanted),
                Part::Value(issuer.to_owned()),
            ],
        ),
    )
    .at(PATH)
}
