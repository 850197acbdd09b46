//! A browser's preflight that kept the request itself from being sent.

use super::evidence::Evidence;
use super::observed::Preflight;
use super::servers;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};

/// AWS WAF refused the preflight. It carries no credential, and none of the client's own headers: it only names them
/// (<https://fetch.spec.whatwg.org/#cors-preflight-fetch>).
pub(super) fn waf(evidence: &Evidence) -> Option<Finding> {
    let preflight = evidence.preflight.as_ref().filter(|one| one.waf)?;
    let status = preflight.status.filter(|status| matches!(status, 400..=499))?;
    let asked = preflight.asked.as_deref().map_or_else(String::new, |asked| format!(" ({asked} here)"));
    let message = Message::of(
        "AWS WAF refused the browser's preflight (OPTIONS: HTTP {}, WAFForbiddenException), so the POST was never sent: AppSync got nothing, and no credential was judged. A preflight carries no credential and none of the client's own headers, it only names them{}, so a rule that wants one of them blocks every browser, and no client that sends no preflight. » Let OPTIONS through in the web ACL before that rule (an allow rule for the method OPTIONS, or a scope-down statement); its sampled requests name the rule. AppSync itself answers the preflight.",
        [Part::Value(status.to_string()), Part::Text(asked)],
    );
    Some(Finding::new(Code::Waf, message).certainty(Certainty::Certain).at("preflight").actual(status).wanted(200))
}

/// A server of somebody else's before AppSync refused the preflight: AppSync's own hosts have none before them but CloudFront.
pub(super) fn other_server(evidence: &Evidence) -> Option<Finding> {
    let preflight = evidence.preflight.as_ref().filter(|one| one.alone || evidence.status() == Some(0))?;
    let status = preflight.status.filter(|status| matches!(status, 400..=499))?;
    let host = evidence.url_host();
    if host.contains(".appsync-") || preflight.waf {
        return None;
    }
    let (who, cure) = if preflight.gateway {
        ("API Gateway", "Let that route answer OPTIONS (its CORS settings, or a method OPTIONS without an authorizer and without a required API key), or call AppSync's own URL")
    } else {
        (servers::named(preflight.server.as_deref()?)?, "Let it pass OPTIONS on to AppSync, without a check of a credential (a preflight carries none), and the headers that the page sends (authorization, x-api-key) with the POST; or call AppSync's own URL")
    };
    let message = Message::of(
        "not AppSync but {}, which answers at {}, refused the browser's preflight (OPTIONS: HTTP {}), so the POST was never sent and AppSync got nothing: no credential was judged, and what the browser calls a CORS error is this refusal. AppSync itself answers each preflight with 200. » {}. AppSync has no CORS setting.",
        [
            Part::Text(who.to_owned()),
            Part::Place(host.to_owned()),
            Part::Value(status.to_string()),
            Part::Text(cure.to_owned()),
        ],
    );
    Some(Finding::new(Code::CloudfrontAnswer, message).certainty(Certainty::Certain).at("preflight").actual(status).wanted(200))
}

/// A file of preflights alone, which were let through: the request itself is not in it. A preflight has no credential, whatever the
/// request has (<https://fetch.spec.whatwg.org/#cors-preflight-fetch>).
pub(super) fn alone(preflight: &Preflight) -> Option<Finding> {
    let status = preflight.status.filter(|status| preflight.alone && (200..300).contains(status))?;
    let asked = preflight.asked.as_deref().map_or_else(String::new, |asked| format!(" (here: {asked})"));
    let message = Message::of(
        "this file holds only the browser's preflight (OPTIONS, answered with HTTP {}: CORS lets the call through) and not the POST that follows. A preflight carries no credential, it only names the headers that the page will send{}: that Authorization and x-api-key are missing there is as it must be, and whether AppSync refused anything cannot be told from it. » Record the POST as well: in the network panel take every filter off and keep the log (Preserve log), repeat the call, and export the HAR with sensitive data; if there is no POST then, the browser's console says why.",
        [Part::Value(status.to_string()), Part::Value(asked)],
    );
    Some(Finding::new(Code::CorsPreflight, message).certainty(Certainty::Certain).at("preflight").wanted("the POST"))
}

/// A preflight that was not answered with success: the browser sends nothing then
/// (<https://fetch.spec.whatwg.org/#cors-preflight-fetch>: an ok status; a redirect is a network error).
pub(super) fn judge(preflight: &Preflight) -> Option<Finding> {
    if preflight.origin == Some(false) && matches!(preflight.status, Some(200..=299)) {
        return Some(without_origin());
    }
    let status = preflight.status.filter(|status| matches!(status, 300..=599))?;
    let (why, cure) = match (status, &preflight.location) {
        (300..=399, to) => {
            let to = to.as_deref().unwrap_or("another address");
            (
                format!("HTTP {status}, a redirect to {to}, and a preflight must not be redirected"),
                format!("Put the final URL ({to}) into the client's configuration"),
            )
        }
        _ => (
            format!("HTTP {status}, and a preflight must succeed (AppSync itself answers each with 200). So something before AppSync blocks the method OPTIONS: a rule of WAF, a CloudFront behavior without OPTIONS, a proxy"),
            "Let OPTIONS through there".to_owned(),
        ),
    };
    Some(
        Finding::new(
            Code::CorsPreflight,
            Message::of(
                "the browser never sent this request (CORS), so AppSync never got it: its preflight (OPTIONS) was answered with {}. » {}, then look at AppSync's own answer; whether the credential would pass is not known from this file.",
                [Part::Value(why), Part::Text(cure)],
            ),
        )
        .at("preflight")
        .actual(status)
        .wanted(200),
    )
}

/// A preflight that succeeded and does not let the page's origin in: the browser sends nothing then. AppSync's own answer has the
/// header (<https://fetch.spec.whatwg.org/#http-access-control-allow-origin>).
fn without_origin() -> Finding {
    Finding::new(
        Code::CorsPreflight,
        "the browser never sent this request (CORS), so AppSync never got it: its preflight (OPTIONS) was answered without Access-Control-Allow-Origin, which AppSync's own answers have. So something before AppSync answered it: a proxy, a distribution that takes the header out, another server at that URL. » Let OPTIONS through to AppSync and its headers back, then look at AppSync's own answer; whether the credential would pass is not known from this file.",
    )
    .certainty(Certainty::Certain)
    .at("preflight")
    .wanted("access-control-allow-origin")
}
