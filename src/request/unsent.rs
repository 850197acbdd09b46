//! Why a browser has no answer, by its own error: Chromium's `net::ERR_…`
//! (<https://chromium.googlesource.com/chromium/src/+/main/net/base/net_error_list.h>).

use super::evidence::Evidence;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};

/// An error of the browser's, what it means, and what to do.
struct NetError {
    /// A part of its name.
    name: &'static str,
    meaning: &'static str,
    cure: &'static str,
}

/// Those that say that AppSync had no part in it, or may have had one.
const ERRORS: [NetError; 8] = [
    NetError {
        name: "BLOCKED_BY_CLIENT",
        meaning: "an extension of the browser (an ad blocker) stopped the request, so nothing was sent",
        cure: "Switch the extension off for the page, or try in a window without extensions",
    },
    NetError {
        name: "INTERNET_DISCONNECTED",
        meaning: "the device was offline, so nothing was sent",
        cure: "Let the app wait until it is online, and try again",
    },
    NetError {
        name: "ABORTED",
        meaning: "the page itself gave the request up (it was left or reloaded, or its code aborted), whatever AppSync would have answered",
        cure: "Look what ended it: a timeout of the client, a component that was taken away",
    },
    NetError {
        name: "CERT_",
        meaning: "the browser did not trust the certificate at that host, so the request was not sent",
        cure: "Look at what stands between (a proxy that breaks TLS), or at the custom domain's certificate",
    },
    NetError {
        name: "SSL_",
        meaning: "the TLS connection to that host broke (status 0, no answer) before anything was sent, so nobody read the credential; who broke it cannot be told from here",
        cure: "Try from another network and another machine, and look whose certificate comes (openssl s_client -connect HOST:443): a proxy, firewall, virus scanner or VPN that inspects TLS is likeliest",
    },
    NetError {
        name: "CONNECTION_REFUSED",
        meaning: "nothing listens at that address, so nothing was sent",
        cure: "Compare the URL with the API's own (aws appsync get-graphql-api, uris)",
    },
    NetError {
        name: "TIMED_OUT",
        meaning: "no answer came in time: the network, or a proxy or firewall that drops the connection",
        cure: "Repeat the request from another network; AppSync's log (--logs) tells whether it came there",
    },
    NetError {
        name: "CONNECTION_RESET",
        meaning: "the connection was broken off before an answer came: a proxy, a firewall or the network",
        cure: "Repeat the request from another network; AppSync's log (--logs) tells whether it came there",
    },
];

/// What the browser's own error says of a request without an answer.
pub(super) fn judge(evidence: &Evidence) -> Option<Finding> {
    let error = evidence.answer.error.as_deref()?;
    if error.contains("NAME_NOT_RESOLVED") || error.contains("ENOTFOUND") {
        return Some(no_name(evidence, error));
    }
    let known = ERRORS.iter().find(|known| error.contains(known.name))?;
    Some(
        Finding::new(
            Code::NoResponse,
            Message::of(
                "{} ({}). That is no matter of CORS, and what AppSync says of the credential is not known from it. » {}.",
                [
                    Part::Text(known.meaning.to_owned()),
                    Part::Value(error.to_owned()),
                    Part::Text(known.cure.to_owned()),
                ],
            ),
        )
        .at("answer.error")
        .actual(error),
    )
}

/// The host's name was not found, so nothing was sent: of a private API the name is known in its VPC alone
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html>).
fn no_name(evidence: &Evidence, error: &str) -> Finding {
    let host = evidence.url_host();
    Finding::new(
            Code::NoResponse,
            Message::of(
                "the host's name {} was not found ({}), so nothing was sent: CORS has no part in it, and no credential was judged. » Compare the host with the API's own (aws appsync get-graphql-api, uris): a deleted API's name, or one that was mistyped, is not found; a private API's is found in its VPC alone (visibility).",
                [
                    Part::Place(host.to_owned()),
                    Part::Value(error.to_owned()),
                ],
            ),
        )
        .at("answer.error")
        .actual(error)
}
