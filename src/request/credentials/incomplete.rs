//! A SigV4 header that lacks a part (AWS's common errors, IncompleteSignature:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>).

use super::super::evidence::Evidence;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};

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
