//! A SigV4 header that lacks a part, or has its time in another form (AWS's common errors, IncompleteSignature:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>).

use super::super::evidence::Evidence;
use super::super::scope::amz_date;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};

/// What a signature is made of; the time stands in a header of its own.
const PARTS: [(&str, &str); 3] =
    [("Credential", "Credential="), ("SignedHeaders", "SignedHeaders="), ("Signature", "Signature=")];
const DATE: &str = "x-amz-date";

/// Which parts are missing and which are there, where AppSync says that some are missing.
pub(super) fn judge(evidence: &Evidence, value: &str) -> Option<Finding> {
    let said = evidence.error_message().to_lowercase();
    if !evidence.says("IncompleteSignature") && !said.contains("header requires") {
        return None;
    }
    let sent = |name: &str| evidence.header(name).is_some() || evidence.masked.contains_key(name);
    let dated = sent(DATE) || sent("date");
    let (there, mut lacking): (Vec<_>, Vec<_>) = PARTS.into_iter().partition(|(_, sign)| value.contains(sign));
    // A list of headers may be cut short: that the date is missing is said where AppSync says it, or nothing else is.
    if !dated && (said.contains(DATE) || lacking.is_empty()) {
        lacking.push((DATE, ""));
    }
    let names = |parts: &[(&'static str, &str)]| parts.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let lacking = names(&lacking);
    let mut there = names(&there);
    there.extend(sent(DATE).then_some(DATE));
    if lacking.is_empty() {
        return None;
    }
    let has = if there.is_empty() { "nothing else of a signature is there".to_owned() } else { format!("it has {}", all_of(&there)) };
    Some(
        Finding::new(
            Code::SignatureMalformed,
            Message::of(
                "the SigV4 signature is incomplete: it lacks {} ({}), so there is nothing to check, and neither key nor policies were looked at. It was cut, or built by hand: » let a signer of an SDK write the whole Authorization header and x-amz-date, and send both unchanged.",
                [Part::Name(all_of(&lacking)), Part::Text(has)],
            ),
        )
        .at("request.headers.authorization")
        .actual(format!("without {}", lacking.join(", ")))
        .wanted("Credential=…, SignedHeaders=…, Signature=…, and x-amz-date"),
    )
}

/// A Credential that has not its five parts, and which is missing by what the others are.
pub(super) fn scope(evidence: &Evidence, value: &str, parts: usize) -> Finding {
    let credential = value.split_once("Credential=").map(|(_, rest)| rest.split([',', ' ']).next().unwrap_or_default()).unwrap_or_default();
    let behind: Vec<&str> = credential.split('/').skip(1).collect();
    let is_day = |part: &&str| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_region = |part: &&str| part.matches('-').count() >= 2 && part.ends_with(|letter: char| letter.is_ascii_digit());
    let is_end = |part: &&str| *part == "aws4_request";
    let is_service = |part: &&str| !part.is_empty() && !is_day(part) && !is_region(part) && !is_end(part);
    let has = |is: &dyn Fn(&&str) -> bool| behind.iter().any(is);
    let all = [("the date", has(&is_day)), ("the region", has(&is_region)), ("the service (appsync)", has(&is_service)), ("aws4_request", has(&is_end))];
    let missing: Vec<&str> = all.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect();
    let which = if missing.is_empty() || parts > 5 { String::new() } else { format!(": {} {} missing", all_of(&missing), if missing.len() == 1 { "is" } else { "are" }) };
    let region = evidence.region().map_or_else(String::new, |region| format!(" (here {region}, by the host)"));
    let message = Message::of(
        "the SigV4 header has no complete Credential scope: it has {} parts between slashes where five belong (key/date/region/service/aws4_request){}. So AppSync cannot read the signature, and looks at neither key nor policies. » Give the signer the region of the API{} and the service appsync, and let it write the header whole (the SDK's signer does); the same scope goes into the signing key.",
        [Part::Value(parts.to_string()), Part::Text(which), Part::Value(region)],
    );
    Finding::new(Code::SignatureMalformed, message).at("request.headers.authorization").actual(parts).wanted(5)
}

/// `x-amz-date` is in ISO 8601's basic form, in UTC
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>: YYYYMMDD'T'HHMMSS'Z', without
/// milliseconds; and reference_sigv-troubleshooting.html).
pub(super) fn date_form(evidence: &Evidence) -> Option<Finding> {
    let sent = evidence.header(DATE).filter(|sent| amz_date(sent.trim()).is_none())?;
    let extended = sent.trim().parse::<jiff::Timestamp>().ok();
    let form = match extended {
        Some(_) if sent.contains(':') => "ISO 8601's extended form",
        _ if sent.contains(',') => "HTTP's form",
        _ if !sent.is_empty() && sent.bytes().all(|byte| byte.is_ascii_digit()) => "a count of seconds",
        _ => "another form",
    };
    let wanted = extended.map_or_else(|| "20260401T120000Z".to_owned(), |time| time.strftime("%Y%m%dT%H%M%SZ").to_string());
    let example = if extended.is_some() { "" } else { "for example " };
    let message = Message::of(
        "x-amz-date is {}, in {}: SigV4 wants ISO 8601's basic form in UTC, {}{}, without hyphens, colons and fractions of a second, and the signature is over that text. So AppSync cannot read the time, and looks at neither key nor policies. » Write it so, before signing, and with its first eight digits as the scope's date; or let an SDK's signer make both.",
        [Part::Value(quoted(sent).to_string()), Part::Text(form.to_owned()), Part::Text(example.to_owned()), Part::Value(wanted.clone())],
    );
    Some(Finding::new(Code::SignatureMalformed, message).at("request.headers.x-amz-date").actual(sent).wanted(wanted))
}
