//! Whether the function was asked at all: what AppSync refuses before it calls it, an answer that it kept, one that came too late.

use super::answered;
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::evidence::Evidence;
use crate::request::layer::{Layer, State};
use crate::request::history::Past;
use crate::request::socket::Socket;
use crate::request::{front, history, token};

/// AppSync calls no function for a longer token (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
const LONGEST_TOKEN: usize = 2_048;

/// Nobody gave the function's answer: what its log would settle.
pub(super) fn unanswered(evidence: &Evidence, layer: &mut Layer) {
    layer.state = State::Unknown;
    layer.findings.push(Finding::new(
        Code::AuthorizerUnknown,
        "what the Lambda authorizer answered is not known, and it decides: isAuthorized true lets the request on (but for what deniedFields names), false, no answer and an error are a 401. » Give its response (--authorizer), or read the function's log.",
    ));
    let error = evidence.error_message();
    let refused = evidence.status() == Some(401) || error.contains("You are not authorized to make this call");
    let only = evidence.api.has_only(AuthType::Lambda);
    if !refused
        || !error.is_empty() && error != "Unauthorized" && !error.contains("You are not authorized")
        || !only && error.is_empty()
    {
        return;
    }
    let said = if error.is_empty() { "this 401".to_owned() } else { format!("AppSync's {error}", error = quoted(&error)) };
    let at = evidence.now.map_or_else(String::new, |now| format!(" at {}", history::clock(now)));
    if let Some(finding) = super::logged::kept(evidence).or_else(|| late(evidence, &at)).or_else(|| kept(evidence, &at)).or_else(|| ended(evidence, &at)) {
        layer.refuse(finding);
        return;
    }
    if let Some(finding) = changed(evidence, &said, &at) {
        layer.refuse(finding);
        return;
    }
    // A function takes its time; a refusal without one does not.
    let asked = evidence.took.filter(|took| *took >= ASKED && evidence.log.is_some());
    if let Some(took) = asked {
        layer.refuse(
            Finding::new(
                Code::AuthorizerRefused,
                Message::of(
                    "a credential was sent and goes to the Lambda authorizer, so {} is the authorizer layer's; it took {} ms, so the function was most likely asked, and said no or failed. » Look into its own log{}: isAuthorized false is its decision about this token, an error or a timeout is a failure.",
                    [Part::Value(said), Part::Value(took.to_string()), Part::Value(at)],
                ),
            )
            .certainty(Certainty::Likely)
            .at("authorizerResponse.isAuthorized"),
        );
        return;
    }
    let masked = if evidence.masked.contains_key("authorization") { " (masked in the log)" } else { "" };
    layer.refuse(
        Finding::new(
            Code::AuthorizerRefused,
            Message::of(
                "a credential was sent{} and goes to the Lambda authorizer, so {} is the authorizer layer's; whether the function said no, failed, or was not asked cannot be told without its answer. » Look into the function's own log{}: an invocation with isAuthorized false is its decision about this token, an error or timeout is a failure, and no invocation means {}.",
                [Part::Text(masked.to_owned()), Part::Text(said), Part::Text(at), Part::Text(not_invoked(evidence))],
            ),
        )
        .certainty(Certainty::Likely)
        .at("authorizerResponse.isAuthorized"),
    );
}

/// Why the function may not have been asked: what is known of the token and of the API is no reason any more.
fn not_invoked(evidence: &Evidence) -> String {
    // With a TTL of 0 an answer is kept only where the function itself asks for that.
    let mut why = vec![if evidence.api.authorizer_ttl == Some(0) { "an answer that the function let AppSync keep (ttlOverride)" } else { "a cached answer" }];
    if evidence.header("authorization").is_none() {
        why.push("a token over 2,048 characters");
    }
    // A configuration with the function and without an expression has none.
    let has_none = evidence.api.token_pattern.is_none() && evidence.api.authorizer.is_some();
    if !has_none && (evidence.api.token_pattern.is_none() || evidence.header("authorization").is_none()) {
        why.push(if why.len() > 1 { "one that the identity validation expression rejects" } else { "a token that the identity validation expression rejects" });
    }
    match why.as_slice() {
        [first, .., last] => format!("{}{} or {last}", first, why.get(1).filter(|_| why.len() > 2).map_or_else(String::new, |middle| format!(", {middle}"))),
        _ => why.concat(),
    }
}

/// The same token passed before: what AppSync asks of it by itself was in order then.
fn changed(evidence: &Evidence, said: &str, at: &str) -> Option<Finding> {
    let before = |past: &&Past| past.same && past.passed && !past.later && history::related(&past.host, evidence.url_host());
    let past = evidence.others.iter().filter(before).max_by_key(|past| past.at)?;
    // aws-amplify/amplify-category-api#2843
    let (connecting, guard) = match answered::is_connecting(evidence) && !past.socket {
        true => (" This is a WebSocket's handshake, for which it is called with operationName \"DeepDish:Connect\" and no query (queryString is null): most likely it reads that unguarded.", format!(" {}.", answered::AT_CONNECTING)),
        false => ("", String::new()),
    };
    Some(
        Finding::new(
            Code::AuthorizerRefused,
            Message::of(
                "a credential was sent and goes to the Lambda authorizer, so {} is the authorizer layer's. The same token passed at {}, so its length, the identity validation expression and the permission to invoke the function were in order then: the function's answer changed, or it failed.{} » Look into the function's own log{}: an invocation with isAuthorized false is its decision about this token, an error or timeout is a failure.{}",
                [Part::Text(said.to_owned()), Part::Value(past.clock()), Part::Text(connecting.to_owned()), Part::Text(at.to_owned()), Part::Text(guard)],
            ),
        )
        .certainty(Certainty::Likely)
        .at("authorizerResponse.isAuthorized"),
    )
}

/// A token whose own end had passed: with no other mode AppSync does not look at it, and a function that checks tokens says no.
fn ended(evidence: &Evidence, at: &str) -> Option<Finding> {
    let token = token::read(evidence.authorization()?.0).ok()?;
    let (exp, now) = (token.time("exp")?, evidence.now?);
    if exp > now {
        return None;
    }
    let place = evidence.socket.as_ref().and_then(Socket::place);
    let holder = place.map_or_else(|| "the token".to_owned(), |place| format!("the token in {place}"));
    let newer = |past: &&Past| past.passed && !past.same && history::related(&past.host, evidence.url_host());
    let newer = evidence.others.iter().filter(newer).find(|past| past.credential.is_some());
    let newer = newer.map_or_else(String::new, |past| {
        let shown = past.credential.as_ref().map_or("", |one| one.shown.as_str());
        let what = if past.socket { "a connection" } else { "a POST" };
        format!(" {what} of {} passed with another, newer token ({shown}), so host and function are in order.", past.clock())
    });
    let cure = match place {
        Some(_) => "Let the client ask for the token of that moment each time it connects and for each start frame (a function that returns it, not a text that was read once), and renew it first where it is about to end",
        None => "Fetch a fresh token before the call",
    };
    Some(
        Finding::new(
            Code::AuthorizerRefused,
            Message::of(
                "{} had expired at {}, {} before, so the Lambda authorizer most likely said no: AppSync itself does not look at exp where the function is the only mode.{} » {}; the function's own log{} shows its decision.",
                [
                    Part::Text(holder),
                    Part::Value(token::moment(exp)),
                    Part::Value(token::span(now - exp)),
                    Part::Value(newer),
                    Part::Text(cure.to_owned()),
                    Part::Value(at.to_owned()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("token.exp")
        .actual(exp)
        .wanted(format!("> {now}")),
    )
}

/// A refusal that took this many milliseconds was hardly given without asking the function.
const ASKED: u64 = 100;

/// A refusal that took no time, of a token that the function had refused shortly before: AppSync keeps the answer, a no too
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
fn kept(evidence: &Evidence, at: &str) -> Option<Finding> {
    let (took, now) = (evidence.took.filter(|took| *took < ASKED)?, evidence.now?);
    let ttl = evidence.api.answers_kept();
    // What the API is known to keep needs no time that speaks for it.
    let keeps = evidence.api.authorizer_ttl.is_some();
    let before = |past: &&history::Past| {
        let age = past.at.map(|at| now - at.div_euclid(1000));
        past.same && !past.passed && !past.later && past.status == 401
            && age.is_some_and(|age| (0..=ttl).contains(&age))
            && (keeps && past.took.is_some() && past.host == evidence.url_host() || past.took.is_some_and(|then| then >= ASKED && then / 4 >= took))
    };
    // The oldest of them was the one that asked.
    let past = evidence.others.iter().filter(before).min_by_key(|past| past.at)?;
    let until = past.at?.div_euclid(1000) + ttl;
    let of_api = if evidence.api.authorizer_ttl.is_some() { "authorizerResultTtlInSeconds" } else { "authorizerResultTtlInSeconds, by default" };
    Some(
        Finding::new(
            Code::AuthorizerCached,
            Message::of(
                "the Lambda authorizer was most likely not asked again: this refusal took {} ms, and the same token had been refused at {} after {} ms. AppSync keeps an answer, a no too, for {} s ({}, {}) for each token, here until {}, so what was granted since stays unseen. » Wait until then, or sign in anew (another token is asked about at once); for good let the function answer a no with ttlOverride: 0, or set the API's TTL lower. The function's own log should hold no call{}.",
                [
                    Part::Value(took.to_string()),
                    Part::Value(past.clock()),
                    Part::Value(past.took.unwrap_or_default().to_string()),
                    Part::Value(ttl.to_string()),
                    Part::Name(of_api.to_owned()),
                    Part::Value(token::span(ttl)),
                    Part::Value(history::clock(until)),
                    Part::Value(at.to_owned()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("authorizerResponse.isAuthorized"),
    )
}

/// AppSync waits this long for the function, in milliseconds
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
const LONGEST_WAIT: u64 = 10_000;

/// Who was refused after so long a time most likely was refused because no answer came.
fn late(evidence: &Evidence, at: &str) -> Option<Finding> {
    let took = evidence.took.filter(|took| (LONGEST_WAIT..LONGEST_WAIT + 3_000).contains(took))?;
    let function = evidence.api.authorizer.as_deref().and_then(|arn| arn.split(":function:").nth(1)).unwrap_or("the function");
    let passed = evidence.others.iter().find(|past| past.same && past.passed);
    let passed = passed.map_or_else(String::new, |past| format!(" The same credential passed at {}.", past.clock()));
    let ttl = match evidence.api.authorizer_ttl {
        Some(0) => ", and set authorizerResultTtlInSeconds above 0, so that not each request waits for it",
        _ => "",
    };
    Some(
        Finding::new(
            Code::AuthorizerFailed,
            Message::of(
                "the Lambda authorizer most likely did not answer in time: the refusal took {} s, and AppSync waits 10 s for the function and refuses without an answer, so the token was not judged.{} » Look into the log of {}{} (Task timed out, or a duration near 10 s), and make it faster: provisioned concurrency against cold starts, a limit of a few seconds on what it calls{}. A longer timeout of the function does not help.",
                [
                    Part::Value(format!("{}.{:03}", took / 1000, took % 1000)),
                    Part::Text(passed),
                    Part::Name(function.to_owned()),
                    Part::Text(at.to_owned()),
                    Part::Text(ttl.to_owned()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("took")
        .actual(took)
        .wanted("an answer within 10 seconds"),
    )
}

/// A token that is too long is refused without asking the function.
pub(super) fn token_length(evidence: &Evidence, layer: &mut Layer) -> bool {
    let length = evidence.header("authorization").map_or(0, |value| value.chars().count());
    if length <= LONGEST_TOKEN {
        return true;
    }
    let groups = evidence.authorization().and_then(|(value, _)| {
        let jwt = &value[value.find("eyJ")?..];
        let token = token::read(jwt).ok()?;
        Some(token.claims.get("cognito:groups")?.as_array()?.len())
    });
    let why = groups
        .filter(|count| *count > 5)
        .map_or(String::new(), |count| format!(" Much of it are its {count} cognito:groups."));
    let bare = evidence.authorization().filter(|(_, bearer)| *bearer).map(|(value, _)| value.chars().count());
    let bare = bare.map_or_else(String::new, |bare| format!(" (the token {}, and `Bearer ` before it)", front::thousands(bare)));
    layer.refuse(
        Finding::new(
            Code::AuthorizerTokenTooLong,
            Message::of(
                "the Authorization header is {} characters long{}, and AppSync calls no Lambda authorizer for a token over 2,048: it refused by itself, the function never ran.{} » Send a shorter token: leave claims out of it (a pre-token-generation trigger), or send a short session id and let the function look the rest up.",
                [
                    Part::Value(front::thousands(length).to_string()),
                    Part::Text(bare),
                    Part::Text(why.to_string()),
                ],
            ),
        )
        .at("request.headers.authorization")
        .actual(length)
        .wanted("at most 2048 characters"),
    );
    false
}

/// The pattern that a token must match before the function is asked (7.1); true when it goes on.
pub(super) fn token_pattern(evidence: &Evidence, layer: &mut Layer) -> bool {
    let (Some(pattern), Some(value)) = (&evidence.api.token_pattern, evidence.header("authorization")) else {
        return true;
    };
    let Ok(regex) = fancy_regex::Regex::new(pattern) else {
        layer.findings.push(
            Finding::new(
                Code::AuthorizerTokenPatternUnreadable,
                Message::of(
                    "identityValidationExpression is {}, which is not a regular expression that can be read here: » test the token against it by hand, or correct the expression.",
                    [Part::Code(quoted(pattern).to_string())],
                ),
            )
            .at("apiConfig.identityValidationExpression")
            .actual(pattern.as_str()),
        );
        return true;
    };
    if regex.is_match(value).unwrap_or(true) {
        return true;
    }
    let (why, cure) = match other_form(&regex, pattern, value) {
        Some((why, cure)) => (why.to_owned(), cure),
        None => (
            first_misfit(pattern, value),
            "Send the token in the form that was issued, or widen the expression if such tokens are valid.".into(),
        ),
    };
    layer.refuse(
        Finding::new(
            Code::AuthorizerTokenPattern,
            Message::of(
                "the token does not match the API's identityValidationExpression {}{}: AppSync tests it before it calls the function, so the Lambda authorizer never ran.",
                [Part::Code(pattern.to_string()), Part::Value(why)],
            )
            .cured(cure),
        )
        .at("apiConfig.identityValidationExpression")
        .actual(pattern.as_str())
        .wanted("a token that matches it"),
    );
    false
}

/// The same token in a form that the expression does take: what stands around it here, or lacks, is then all that is wrong.
/// AppSync compares the whole header
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_LambdaAuthorizerConfig.html>).
fn other_form(regex: &fancy_regex::Regex, pattern: &str, value: &str) -> Option<(&'static str, Message)> {
    let takes = |regex: &fancy_regex::Regex, text: &str| regex.is_match(text).unwrap_or(false);
    let plain = value.trim().trim_matches(['"', '\'']);
    let is_prefixed = value.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("bearer "));
    if is_prefixed && takes(regex, &value[7..]) {
        let both = pattern.strip_prefix('^').map(|rest| format!("^(Bearer )?{rest}"));
        let both = both.filter(|both| {
            fancy_regex::Regex::new(both).is_ok_and(|both| takes(&both, value) && takes(&both, &value[7..]))
        });
        let wider = both.map_or_else(String::new, |both| {
            format!(" Or let both forms in, {both}, and take the prefix off in the function: event.authorizationToken then has it.")
        });
        return Some((
            " (it begins with `Bearer `, which the expression does not take; without that it matches)",
            format!("Send the token alone, without `Bearer `.{wider}").into(),
        ));
    }
    if !is_prefixed && takes(regex, &format!("Bearer {plain}")) {
        return Some((
            " (the expression wants `Bearer ` before it; with that it matches)",
            "Send `Bearer ` and the token, as the expression has it, or let the expression take the token without it too.".into(),
        ));
    }
    (plain != value && takes(regex, plain)).then(|| {
        (" (quotes or blanks stand around it; without them it matches)", "Send the token alone, with nothing around it.".into())
    })
}

/// Which letter is the first that a pattern does not take: the longest beginning that some ending could still complete is
/// not decidable in general, so only a pattern that ends in one class with a count is looked at.
fn first_misfit(pattern: &str, value: &str) -> String {
    let Some((head, class)) = pattern.trim_end_matches('$').rsplit_once('[') else { return String::new() };
    let Some((class, _)) = class.split_once(']') else { return String::new() };
    let (Ok(prefix), Ok(letter)) = (fancy_regex::Regex::new(head), fancy_regex::Regex::new(&format!("[{class}]")))
    else {
        return String::new();
    };
    let Ok(Some(found)) = prefix.find(value) else { return String::new() };
    let rest = &value[found.end()..];
    let misfit = rest.chars().find(|one| !letter.is_match(&one.to_string()).unwrap_or(true));
    // One letter of a token tells nothing.
    misfit.map_or_else(String::new, |one| format!(" (it has {one} where the expression takes [{class}])", one = quoted(&one.to_string())))
}
