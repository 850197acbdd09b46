//! A private API that did not answer: nothing is known of the credential, and what to look at is the way to its endpoint
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html>).

use super::address;
use super::evidence::Evidence;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// Errors of browsers that have causes of their own, wherever the API is.
const ELSEWHERE: [&str; 5] = ["BLOCKED_BY_CLIENT", "INTERNET_DISCONNECTED", "ABORTED", "CERT_", "SSL_"];

/// Whether the name was not found: then DNS is what to look at.
fn is_name(error: &str) -> bool {
    ["NAME_NOT_RESOLVED", "ENOTFOUND", "EAI_AGAIN"].iter().any(|word| error.contains(word))
}

/// Nothing came back from an API that is private, by its configuration.
pub(super) fn judge(evidence: &Evidence) -> Option<Finding> {
    let let_through = evidence.preflight.as_ref().and_then(|preflight| preflight.status).is_some_and(|status| (200..500).contains(&status));
    let error = evidence.answer.error.as_deref().unwrap_or_default();
    let of_own = ELSEWHERE.iter().any(|word| error.contains(word));
    if evidence.api.private != Some(true) || let_through || of_own {
        return None;
    }
    let said = match (error, evidence.error_message()) {
        ("", "" | "no response") => "status 0".to_owned(),
        ("", words) => quoted(words).to_string(),
        (error, _) => error.to_owned(),
    };
    let (fact, cure) = way(evidence, &said);
    let region = evidence.region().unwrap_or("REGION");
    let message = Message::of(
        "no answer came ({}), so this is no refusal that can be seen: what AppSync says of the credential is not known. The API is private (visibility PRIVATE): it is reached through a VPC interface endpoint (com.amazonaws.{}.appsync-api) alone.{} » {}. A 401 or 200 after that is AppSync's first word on the credential.",
        [Part::Value(said), Part::Value(region.to_owned()), Part::Text(fact), Part::Text(cure)],
    );
    Some(Finding::new(Code::NoResponse, message).certainty(Certainty::Likely).at("answer.error").actual(error))
}

/// What is known of the way to the endpoint, and what to look at first.
fn way(evidence: &Evidence, said: &str) -> (String, String) {
    const DNS: &str = "whether the host's name leads to the endpoint's private addresses there (private DNS of the endpoint, and a resolver that asks the VPC's)";
    const NET: &str = "whether the endpoint's security group lets in TCP 443 from that machine's addresses, and a route leads there (the VPC, a VPN or Direct Connect)";
    match evidence.address.as_deref().filter(|address| !address.is_empty()) {
        Some(address) if address::is_private(address) => (
            format!(" The name led to {address}, a private address, so DNS is most likely right."),
            format!("Look on the machine that called {NET}"),
        ),
        Some(address) => (
            format!(" The name led to {address}, which is no private address, so the machine that called does not use the endpoint's private DNS."),
            format!("Look on that machine {DNS}"),
        ),
        None if is_name(said) => (
            " Its name was not found, so nothing was sent.".to_owned(),
            format!("Look on the machine that called {DNS}; from outside of the VPC call over a VPN or Direct Connect that reaches the endpoint and its DNS"),
        ),
        None => (String::new(), format!("Look on the machine that called {DNS}, and {NET}")),
    }
}
