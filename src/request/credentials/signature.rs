//! SigV4: the scope's service and region, the session token of temporary keys, the clock, and what AppSync calculated.

use crate::message::{Message, Part, quoted};
use super::super::evidence::Evidence;
use super::super::layer::Layer;
use super::accident::is_placeholder;
use super::{incomplete, region};
use super::super::scope::{CredentialScope, amz_date};
use super::super::{digest, token};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;

/// The clock may differ by this many seconds (SigV4).
const SKEW: i64 = 300;
/// Parts of a Credential.
const SCOPE_PARTS: usize = 5;
pub(super) const PATH: &str = "request.headers.authorization";

pub(super) fn judge(evidence: &Evidence, value: &str, layer: &mut Layer) {
    let scope = CredentialScope::of(value);
    if let Some(finding) = blank_inside(value) {
        layer.refuse(finding);
        return;
    }
    if let Some(finding) = incomplete::judge(evidence, value) {
        layer.refuse(finding);
        return;
    }
    let Some(CredentialScope { key, date: Some(date), region: Some(region), service: Some(service), parts: SCOPE_PARTS }) = scope else {
        layer.refuse(incomplete::scope(evidence, value, scope.map_or(0, |scope| scope.parts)));
        return;
    };
    if let Some(finding) = no_access_key(evidence, key) {
        layer.refuse(finding);
        return;
    }
    if let Some(finding) = ended(evidence, key) {
        layer.refuse(finding);
        return;
    }
    if let Some(finding) = incomplete::date_form(evidence) {
        layer.refuse(finding);
    }
    service_and_region(evidence, region, service, layer);
    scope_date(evidence, date, layer);
    if key.starts_with("ASIA")
        && !evidence.headers.is_empty()
        && evidence.header("x-amz-security-token").is_none()
        && !evidence.masked.contains_key("x-amz-security-token")
    {
        layer.refuse(no_session_token(evidence, key, value));
    }
    clock(evidence, layer);
}

/// A blank or line break within the Credential: AppSync ends the value there
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>).
fn blank_inside(value: &str) -> Option<Finding> {
    let credential = value.split_once("Credential=")?.1.split(',').next()?.trim_end();
    let at = credential.find(char::is_whitespace).filter(|_| !credential.contains("SignedHeaders"))?;
    let (key, rest) = credential.split_once('/')?;
    // Of the key no more is shown than where the blank stands.
    let place = if at < key.len() { "the access key id" } else { "the Credential's scope" };
    let beginning: String = key.chars().take_while(|letter| !letter.is_whitespace()).take(4).collect();
    let shown = if at < key.len() { format!("Credential={beginning}…/{}", rest.split('/').next().unwrap_or_default()) } else { format!("…/{rest}") };
    Some(
        Finding::new(
            Code::SignatureMalformed,
            Message::of(
                "a blank stands in {} ({}), and AppSync ends the value there, so what follows is no key=value pair. It came with the key as it was copied or read from a file: » trim the access key id and the secret before they are given to the signer.",
                [Part::Name(place.to_owned()), Part::Code(shown)],
            ),
        )
        .at(PATH),
    )
}

/// Credentials of an identity pool that had ended, by the answer that gave them out in the same file
/// (<https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_Credentials.html>: Expiration).
fn ended(evidence: &Evidence, key: &str) -> Option<Finding> {
    let past = evidence.others.iter().find(|past| past.issued.as_ref().is_some_and(|one| one.key == key))?;
    let (until, now) = (past.issued.as_ref()?.until?, evidence.now?);
    (until <= now).then(|| {
        Finding::new(
            Code::IamCredentialsExpired,
            Message::of(
                "the credentials that signed had ended: the identity pool gave out the access key {} at {} until {} (Expiration), {} before this request, so no policy was looked at. » Fetch new credentials before they end (Amplify 6: fetchAuthSession(), which renews them; an SDK's provider in place of an object that was kept), and sign each request with those that are in force.",
                [
                    Part::Value(key.to_owned()),
                    Part::Value(past.clock()),
                    Part::Value(token::moment(until)),
                    Part::Value(token::span(now - until)),
                ],
            ),
        )
        .at(PATH)
        .actual(until)
        .wanted(format!("> {now}"))
    })
}

/// Temporary credentials without their token, and what else was signed and not sent: a signature can be checked only over
/// headers that arrive (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
fn no_session_token(evidence: &Evidence, key: &str, value: &str) -> Finding {
    const TOKEN: &str = "x-amz-security-token";
    let signed = value.split("SignedHeaders=").nth(1).and_then(|rest| rest.split([',', ' ']).next()).unwrap_or_default();
    let is_sent = |name: &str| evidence.header(name).is_some() || evidence.masked.contains_key(name);
    // A browser's list of headers leaves some out; what `header=` holds is whole.
    let of_socket = evidence.socket.is_some();
    let also: Vec<&str> =
        signed.split(';').filter(|name| of_socket && *name != TOKEN && !name.is_empty() && !is_sent(name)).collect();
    let of_start = evidence.socket.as_ref().is_some_and(|socket| socket.of_start);
    let holder = evidence.socket.as_ref().and_then(|socket| socket.place());
    let place = match holder {
        Some(holder) => format!("{holder} has no x-amz-security-token"),
        None if of_socket => "header= of the handshake has no x-amz-security-token".to_owned(),
        None => "x-amz-security-token is absent from the request".to_owned(),
    };
    let was_signed = match (signed.split(';').any(|name| name == TOKEN), also.is_empty()) {
        (false, _) => ", and the signature is not over it either (SignedHeaders)",
        (true, true) => ", although SignedHeaders names it",
        (true, false) => ", although SignedHeaders names it, and lacks what else it names: ",
    };
    let cure = if of_start {
        "Put every header that was signed into that object, the session token above all, in each such frame; the connection was accepted, so the handshake needs no change"
    } else if of_socket {
        "Put every header that was signed into that JSON (those of the signed request as they are), the session token above all, and so in extensions.authorization of each start frame"
    } else {
        "Give the signer all three parts of the credentials (access key id, secret access key and session token), and send every header that it returns"
    };
    Finding::new(
        Code::SessionTokenMissing,
        Message::of(
            "the access key {} is a temporary one (ASIA…), and {}{}{}: without its session token AWS knows no such key. » {}.",
            [
                Part::Value(key.to_owned()),
                Part::Text(place),
                Part::Text(was_signed.to_owned()),
                Part::Name(also.join(", ")),
                Part::Text(cure.to_owned()),
            ],
        ),
    )
    .at("request.headers.x-amz-security-token")
}

/// The time of signing beside AppSync's; that of a masked signature stands in x-amz-date too.
pub(super) fn clock(evidence: &Evidence, layer: &mut Layer) -> bool {
    let signed = evidence.header("x-amz-date").and_then(amz_date);
    // The time of a HAR is the client's own: where AppSync refused, its answer's Date tells AppSync's (RFC 9110, 6.6.1).
    // So it does where AppSync's message was cut before its two times.
    let error = evidence.error_message();
    let of_time = error.is_empty() || error.contains("Signature expired") || error.contains("Signature not yet current");
    let refused = matches!(evidence.status(), Some(400 | 403)) && of_time;
    let dated = evidence.answer.header("date").filter(|_| refused).and_then(http_date);
    let logged = evidence.log.as_ref().and_then(|log| log.time).map(|time| time.div_euclid(1000));
    if let (Some(signed), Some(now)) = (signed, logged.or(dated).or(evidence.now))
        && (now - signed).abs() > SKEW
        && clock_skew(evidence).is_none()
    {
        layer.refuse(skew(evidence, signed, now));
        return true;
    }
    false
}

/// What stands in the place of an access key id, or of the session token, and is none
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>: AKIA, ASIA;
/// aws-amplify/amplify-js#3816: signed before the credentials were there).
fn no_access_key(evidence: &Evidence, key: &str) -> Option<Finding> {
    // An id is of capital letters, as are the names that a configuration has before it is filled in.
    let id = |text: &str| text.starts_with("AKIA") || text.starts_with("ASIA");
    let word = |text: &str| !id(text) && (text.trim().is_empty() || is_placeholder(text));
    let token = evidence.headers.get("x-amz-security-token").and_then(serde_json::Value::as_str);
    let (path, place, seen) = if word(key) {
        (PATH, "the signature's Credential has", key)
    } else if let Some(token) = token.filter(|token| word(token)) {
        ("request.headers.x-amz-security-token", "x-amz-security-token holds", token)
    } else {
        return not_an_id(evidence, key);
    };
    let (what, wanted) = if path == PATH { ("an access key id", "AKIA… or ASIA…") } else { ("the session token", "a session token") };
    let shown = if seen.trim().is_empty() { "nothing".to_owned() } else { format!("`{seen}`") };
    Some(
        Finding::new(
            Code::CredentialPlaceholder,
            Message::of(
                "the request was signed before the credentials were there: {} {} where {} belongs, so AWS knows no such caller, and no policy was looked at. » Await the credentials before the first call (Amplify 6: await fetchAuthSession(), before that Auth.currentCredentials(); in a server or script look at the environment variables), and do not sign while there are none.",
                [Part::Text(place.to_owned()), Part::Value(shown), Part::Text(what.to_owned())],
            ),
        )
        .at(path)
        .actual(seen)
        .wanted(wanted),
    )
}

/// Another credential in the place of the access key id.
fn not_an_id(evidence: &Evidence, key: &str) -> Option<Finding> {
    let secret = key.len() == 40 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    // An id names something and opens nothing, so it may be shown.
    let (what, is_id, then) = match key {
        key if key.starts_with("da2-") => ("an API key of AppSync", false, API_KEY),
        key if key.starts_with("eyJ") => ("a token (JWT)", false, ""),
        key if key.contains(":") && key.contains('-') => ("the id of an identity of an identity pool", true, ""),
        // Ids of access keys are of capital letters and digits
        // (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>).
        key if evidence.api.id.as_deref() == Some(key) => ("this API's id", true, API_KEY),
        key if key.len() == 26 && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) => ("what looks like an API's id", true, API_KEY),
        _ if secret => ("what looks like a secret access key", false, " A secret that was sent is no secret any more: make a new pair, and delete this one."),
        _ => return None,
    };
    let then = if then == API_KEY && !evidence.api.modes().contains(&AuthType::ApiKey) { "" } else { then };
    let shown = if is_id { format!(" {}", quoted(key)) } else { String::new() };
    Some(
        Finding::new(
            Code::SignatureMalformed,
            Message::of(
                "the signature's Credential has {}{} where the access key id (AKIA… or ASIA…) belongs, so AWS knows no such caller. » Give the signer the access key id, the secret access key and, of a role, the session token, each in its own place; in a Lambda function leave them out, and the SDK takes those of the function's role.{}",
                [Part::Text(what.to_owned()), Part::Value(shown), Part::Text(then.to_owned())],
            ),
        )
        .at(PATH)
        .actual(if is_id { key } else { what })
        .wanted("AKIA… or ASIA…"),
    )
}

/// The other way in, where the API has it.
const API_KEY: &str = " Or do not sign, and send the API's key in x-api-key, where the field lets API_KEY in.";

fn service_and_region(evidence: &Evidence, region: &str, service: &str, layer: &mut Layer) {
    if service != "appsync" {
        let why = if service == "appsync-api" { " (appsync-api is a part of the host's name)" } else { "" };
        layer.refuse(
            Finding::new(
                Code::SignatureScope,
                Message::of(
                    "the request is signed for the service {}{}; AppSync's is \"appsync\": » sign it for that, in region {}. The host and URL stay as they are.",
                    [
                        Part::Value(quoted(&service).to_string()),
                        Part::Text(why.to_string()),
                        Part::Value(region.to_string()),
                    ],
                ),
            )
            .at(PATH)
            .actual(service)
            .wanted("appsync"),
        );
    }
    let host = evidence.header("host").unwrap_or_default();
    let theirs = host.split(".appsync-api.").nth(1).and_then(|rest| rest.split('.').next());
    if theirs.is_none() {
        region::judge(evidence, host, region).into_iter().for_each(|finding| layer.refuse(finding));
    }
    if let Some(theirs) = theirs.filter(|theirs| *theirs != region) {
        layer.refuse(
            Finding::new(
                Code::SignatureScope,
                Message::of(
                    "{} is signed for {}, the API is in {}: » sign it for the API's region.",
                    [
                        Part::Text(if evidence.socket.is_some() { "the WebSocket's request" } else { "the request" }.to_owned()),
                        Part::Value(region.to_string()),
                        Part::Value(theirs.to_string()),
                    ],
                ),
            )
            .at(PATH)
            .actual(region)
            .wanted(theirs),
        );
    }
}

/// The scope's day is that of x-amz-date, in UTC (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>).
fn scope_date(evidence: &Evidence, date: &str, layer: &mut Layer) {
    let Some(sent) = evidence.header("x-amz-date").filter(|sent| amz_date(sent).is_some()) else { return };
    let day = sent.get(..8).unwrap_or_default();
    if day == date || date.len() != 8 {
        return;
    }
    layer.refuse(
        Finding::new(
            Code::SignatureScope,
            Message::of(
                "the signature's Credential scope has the date {}, and x-amz-date is {}: the two must be the same day in UTC. » Derive the signing key and the scope anew from each request's own time (a signing key that is kept over midnight is good for its day only); a signer of an SDK does.",
                [
                    Part::Value(date.to_string()),
                    Part::Value(sent.to_string()),
                ],
            ),
        )
        .at(PATH)
        .actual(date)
        .wanted(day),
    );
}

/// Requests of other times have the very same `x-amz-date`, so no clock is wrong: a signer that finds one among the headers it is
/// given keeps it (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
fn signed_again(evidence: &Evidence, signed: i64, theirs: i64) -> Option<Finding> {
    let own = evidence.header("x-amz-date")?;
    let same: Vec<_> = evidence.others.iter().filter(|past| past.signed.as_deref() == Some(own)).collect();
    let apart = |past: &&&super::super::history::Past| past.at.is_some_and(|at| (at / 1000 - theirs).abs() > 60);
    let other = same.iter().filter(apart).min_by_key(|past| past.at)?;
    let message = Message::of(
        "this request carries the x-amz-date {} of another one ({}, at {}): it was sent {} after that time, and at most 5 minutes are allowed. The time of the machine is right: the signer took the date of an earlier request again, as it does when the headers object is kept and signed once more. » Sign each request with headers that are made anew (or delete x-amz-date and authorization from the kept object first), so that every request gets its own time.",
        [
            Part::Value(own.to_owned()),
            Part::Name(other.field.clone().unwrap_or_else(|| "an earlier one".to_owned())),
            Part::Value(other.clock()),
            Part::Value(span(theirs - signed)),
        ],
    );
    Some(Finding::new(Code::ClockSkew, message).at("request.headers.x-amz-date").actual(signed).wanted(theirs))
}

/// `6 min 38 s`
fn span(seconds: i64) -> String {
    if seconds < 3600 { format!("{} min {} s", seconds / 60, seconds % 60) } else { token::span(seconds) }
}

/// The clock of the machine that signed, with both times
/// (aws-mobile-appsync-sdk-js#619, #620: AppSync answers 400 or 403 with them).
fn skew(evidence: &Evidence, signed: i64, theirs: i64) -> Finding {
    if let Some(finding) = signed_again(evidence, signed, theirs) {
        return finding;
    }
    if let Some(finding) = kept(evidence, signed, theirs) {
        return finding;
    }
    let (way, off) = if signed < theirs { ("behind", theirs - signed) } else { ("ahead", signed - theirs) };
    let hours = whole_hours(off);
    let off = span(off);
    let waited = if signed < theirs {
        " If the clock is right, the request waited after it was signed (a queue, a retry): sign it just before it is sent."
    } else {
        ""
    };
    if let Some(hours) = hours {
        return in_local_time(signed, theirs, (way, hours));
    }
    if let Some(finding) = with_offset(evidence, signed, theirs) {
        return finding;
    }
    Finding::new(
        Code::ClockSkew,
        Message::of(
            "the clock of the machine that signed is {} {}: it signed at {}, and AppSync's time was {}; at most 5 minutes are allowed. » Set the clock (NTP), or let the client correct its signing time by the Date header of an answer.{}",
            [
                Part::Value(off.to_string()),
                Part::Text(way.to_string()),
                Part::Value(amz(signed).to_string()),
                Part::Value(amz(theirs).to_string()),
                Part::Text(waited.to_string()),
            ],
        ),
    )
    .at("request.headers.x-amz-date")
    .actual(signed)
    .wanted(theirs)
}

/// The browser's clock agrees with AppSync's, and the signature is of a time that had not come: the client adds to the clock what it
/// once found it to be behind (`systemClockOffset` of AWS's SDK for JavaScript, which Amplify keeps too: aws-amplify/amplify-js#5869, "globally available and used for subsequent requests").
fn with_offset(evidence: &Evidence, signed: i64, theirs: i64) -> Option<Finding> {
    let sent = evidence.now.filter(|_| evidence.url.is_some() && evidence.socket.is_none())?;
    if (theirs - sent).abs() > 60 || signed - theirs <= SKEW {
        return None;
    }
    let message = Message::of(
        "the request was signed with {}, {} ahead of AppSync's time ({}), and the browser sent it at {} by its own clock, so the browser's clock is right: the client most likely adds an offset to it that it keeps from a time when the clock was behind (systemClockOffset of AWS's SDK, also in Amplify). » Reload the page, or make the client anew, so that the offset is forgotten; if it comes again, look who sets it. Or another machine, whose clock is ahead, signed the request.",
        [
            Part::Value(amz(signed)),
            Part::Value(span(signed - theirs)),
            Part::Value(amz(theirs)),
            Part::Value(amz(sent)),
        ],
    );
    Some(Finding::new(Code::ClockSkew, message).certainty(Certainty::Likely).at("request.headers.x-amz-date").actual(signed).wanted(theirs))
}

/// The browser's clock, by the time at which it sent the request, agrees with AppSync's: then it is not behind, and the
/// signature is an old one.
fn kept(evidence: &Evidence, signed: i64, theirs: i64) -> Option<Finding> {
    let sent = evidence.now.filter(|_| evidence.url.is_some() && evidence.socket.is_none())?;
    if (theirs - sent).abs() > 60 || theirs - signed <= SKEW {
        return None;
    }
    let message = Message::of(
        "the signature was {} old when the request was sent: it is of {}, the browser sent the request at {}, and AppSync's time was {}, so the browser's clock is right. The signed request was kept and sent later (a queue, a retry, a cache), or a machine with a slow clock signed it. » Sign each request just before it is sent, and again for each retry.",
        [
            Part::Value(span(theirs - signed)),
            Part::Value(amz(signed)),
            Part::Value(amz(sent)),
            Part::Value(amz(theirs)),
        ],
    );
    Some(Finding::new(Code::ClockSkew, message).certainty(Certainty::Likely).at("request.headers.x-amz-date").actual(signed).wanted(theirs))
}

/// A header that was signed and did not arrive, which AppSync's message names.
pub(super) fn unsent(evidence: &Evidence) -> Option<Finding> {
    let (before, _) = evidence.error_message().split_once(" is named as a SignedHeader, but it does not exist")?;
    let name = before.rsplit('\'').nth(1).filter(|name| !name.is_empty())?;
    let shown = evidence.header(name).is_some() || evidence.masked.contains_key(name);
    let (fate, cure) = if shown {
        ("stands in the request as it is shown here, and is absent from the one that arrived: something on the way took it out", "Let what stands between pass it on unchanged")
    } else {
        ("is not among the headers of the request: it was signed and not sent (the browser, a wrapper of fetch, or a proxy dropped it)", "Send it with exactly the value that was signed")
    };
    let message = Message::of(
        "the header {} is named in SignedHeaders, and {}. Without it AppSync cannot compute the signature, so key, date and policies were not looked at. » {}; or do not sign {}: host, x-amz-date and x-amz-security-token are enough.",
        [Part::Name(name.to_owned()), Part::Text(fate.to_owned()), Part::Text(cure.to_owned()), Part::Name(name.to_owned())],
    );
    Some(Finding::new(Code::SignatureMismatch, message).at(format!("request.headers.{name}")))
}

/// Whole hours (or halves, as some zones have) to within a minute: no clock drifts so far and so evenly.
fn whole_hours(off: i64) -> Option<String> {
    let rest = off % 1800;
    let near = off - rest + if rest > 900 { 1800 } else { 0 };
    ((3600..=14 * 3600).contains(&near) && (off - near).abs() <= 60).then(|| format!("{} h", near as f64 / 3600.0))
}

/// `x-amz-date` is in UTC (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
fn in_local_time(signed: i64, theirs: i64, (way, hours): (&str, String)) -> Finding {
    Finding::new(
        Code::ClockSkew,
        Message::of(
            "the time that the request was signed with is {} {} (to the minute, as time zones differ by whole hours): it signed at {}, and AppSync's time was {}; at most 5 minutes are allowed. Most likely local time was written as UTC into x-amz-date, or the machine's time zone is wrong, so that setting the clock (NTP) does not help. » Make x-amz-date and the scope's day of the time in UTC (or let an SDK sign).",
            [Part::Value(hours), Part::Text(way.to_owned()), Part::Value(amz(signed)), Part::Value(amz(theirs))],
        ),
    )
    .at("request.headers.x-amz-date")
    .actual(signed)
    .wanted(theirs)
}

/// The skew that AppSync's own message tells, by its two times.
pub(super) fn clock_skew(evidence: &Evidence) -> Option<Finding> {
    let error = evidence.error_message();
    let (expired, early) = (error.contains("Signature expired"), error.contains("Signature not yet current"));
    let times: Vec<i64> = error.split(|letter: char| !letter.is_ascii_alphanumeric()).filter_map(amz_date).collect();
    match times.as_slice() {
        [signed, _, theirs, ..] if expired || early => Some(skew(evidence, *signed, *theirs)),
        // Cut off before its own time: the second is the limit, five minutes from it.
        [signed, limit] if expired => Some(skew(evidence, *signed, *limit + SKEW)),
        [signed, limit] if early => Some(skew(evidence, *signed, *limit - SKEW)),
        // Other words, with the time that was signed beside another one.
        [one, other] if (one - other).abs() > SKEW => {
            let own = evidence.header("x-amz-date").and_then(amz_date)?;
            let theirs = if own == *one { *other } else { *one };
            (own == *one || own == *other).then(|| skew(evidence, own, theirs))
        }
        _ => None,
    }
}

/// `Sun, 12 Apr 2026 09:47:10 GMT`
pub fn http_date(text: &str) -> Option<i64> {
    let time = text.trim().strip_suffix(" GMT")?;
    let parsed = jiff::civil::DateTime::strptime("%a, %d %b %Y %H:%M:%S", time).ok()?;
    parsed.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok().map(|time| time.timestamp().as_second())
}

fn amz(seconds: i64) -> String {
    token::moment(seconds).replace(['-', ':'], "")
}

/// SHA-256 of nothing.
const EMPTY_TEXT: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What was signed, by its own header, is another body than the one that was sent
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>: `x-amz-content-sha256`).
pub(super) fn other_body(evidence: &Evidence) -> Option<Finding> {
    if !evidence.error_message().contains("The request signature we calculated does not match") {
        return None;
    }
    let signed = evidence.header("x-amz-content-sha256").filter(|hash| hash.len() == 64)?;
    let Some(body) = evidence.body.as_deref().filter(|body| !body.is_empty()) else {
        return signed.eq_ignore_ascii_case(EMPTY_TEXT).then(|| empty_signed(signed));
    };
    let sent = digest::sha256(body)?;
    if signed.eq_ignore_ascii_case(&sent) {
        return None;
    }
    let message = if signed.eq_ignore_ascii_case(EMPTY_TEXT) {
        Message::of(
            "the signature is over an empty body: x-amz-content-sha256 is {}…, the hash of the empty text, and the request was sent with a body of {} bytes (hash {}…), over which AppSync calculates. » Give the body to the signer before it signs (set it on the request first), and send that very text.",
            [Part::Value(beginning(signed).to_owned()), Part::Value(body.len().to_string()), Part::Value(beginning(&sent).to_owned())],
        )
    } else {
        Message::of(
            "the signature is over another body than the one that was sent: x-amz-content-sha256 is {}…, and the body as it stands here has the hash {}…. » Make the text once (JSON.stringify), sign last, and send exactly that text: nothing may change or write it again after signing.",
            [Part::Value(beginning(signed).to_owned()), Part::Value(beginning(&sent).to_owned())],
        )
    };
    Some(Finding::new(Code::SignatureMismatch, message).at("request.headers.x-amz-content-sha256").actual(signed).wanted(sent))
}

/// The body is not in the material, and a request to AppSync has one.
fn empty_signed(signed: &str) -> Finding {
    Finding::new(
        Code::SignatureMismatch,
        Message::of(
            "the signature is over an empty body: x-amz-content-sha256 is {}…, the hash of the empty text, and a query or mutation is sent in a body, over which AppSync calculates (the body itself is not in the material). » Give the body to the signer before it signs (set it on the request first), and send that very text.",
            [Part::Value(beginning(signed).to_owned())],
        ),
    )
    .certainty(Certainty::Likely)
    .at("request.headers.x-amz-content-sha256")
    .actual(signed)
    .wanted("the hash of the body that is sent")
}

/// Enough of a digest to tell it from another.
pub(super) fn beginning(digest: &str) -> &str {
    digest.get(..8).unwrap_or(digest)
}
