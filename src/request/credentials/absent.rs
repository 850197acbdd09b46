//! Why a request has no credential, where the request itself shows it.

use super::super::evidence::Evidence;
use super::super::sent;
use super::wanted_credential;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use serde_json::Value as Json;

/// A redirect is followed within this many milliseconds.
const FOLLOWED: i64 = 5_000;

/// What took the credential out, or where it was put instead.
pub(super) fn why(evidence: &Evidence) -> Option<Finding> {
    no_cors(evidence)
        .or_else(|| in_query(evidence))
        .or_else(|| in_body(evidence))
        .or_else(|| redirected(evidence))
        .or_else(|| navigation(evidence))
        .map(|finding| finding.wanted(wanted_credential(&evidence.api.modes())))
}

/// The URL was opened as a page
/// (<https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Mode>).
fn navigation(evidence: &Evidence) -> Option<Finding> {
    let is = |name: &str, value: &str| evidence.header(name).is_some_and(|seen| seen.eq_ignore_ascii_case(value));
    if !is("sec-fetch-mode", "navigate") && !is("sec-fetch-dest", "document") {
        return None;
    }
    let what = wanted_credential(&evidence.api.modes());
    Some(
        Finding::new(
            Code::NoCredential,
            Message::of(
                "the URL was opened as a page (an address bar, or a link: sec-fetch-mode navigate), by which a browser sends neither a key nor a token and no query. So this refusal tells that AppSync answers there, and nothing of the API's rules or of the app. » Send a POST with a query as JSON in its body and {}.",
                [Part::Text(what.to_owned())],
            ),
        )
        .certainty(Certainty::Certain)
        .at("request.headers.sec-fetch-mode"),
    )
}

/// `mode: "no-cors"`: the browser sends no header but some harmless ones
/// (<https://developer.mozilla.org/docs/Web/API/Request/mode#no-cors>).
fn no_cors(evidence: &Evidence) -> Option<Finding> {
    evidence.header("sec-fetch-mode").filter(|mode| mode.eq_ignore_ascii_case("no-cors")).map(|_| {
        Finding::new(
            Code::NoCredential,
            "the page asked with mode \"no-cors\" (sec-fetch-mode: no-cors), in which the browser leaves Authorization and x-api-key out, makes the body text/plain, and hides the answer from the page: so no credential came, whatever the code set. » Remove mode: \"no-cors\" from the call: AppSync answers preflights by itself, and there is no CORS setting to work around.",
        )
        .certainty(Certainty::Certain)
        .at("request.headers.sec-fetch-mode")
        .actual("no-cors")
    })
}

/// The credential stands in the URL.
fn in_query(evidence: &Evidence) -> Option<Finding> {
    let found = evidence.sent.in_query.as_ref()?;
    let (what, header) = if found.is_key { ("an API key", "x-api-key") } else { ("a token", "Authorization") };
    Some(
        Finding::new(
            Code::CredentialElsewhere,
            Message::of(
                "there is no {} header: {} stands in the URL's query string ({}=…), where AppSync reads none. » Send it in the header {}; what stands in a URL is kept in logs and histories, so take another key or token than this one then.",
                [Part::Name(header.to_owned()), Part::Text(what.to_owned()), Part::Name(found.name.clone()), Part::Name(header.to_owned())],
            ),
        )
        .at("request.url")
        .actual(format!("{}=…", found.name)),
    )
}

/// The credential stands in the body: options of the client were given as a part of the data
/// (<https://axios-http.com/docs/post_example>: `axios.post(url, data, config)`).
fn in_body(evidence: &Evidence) -> Option<Finding> {
    let body: Json = serde_json::from_str(evidence.body.as_deref()?).ok()?;
    let (member, name) = body.as_object()?.iter().find_map(|(member, value)| {
        let options = ["headers", "config", "options", "context"].contains(&member.as_str());
        options.then(|| sent::credential_inside(value, 0)).flatten().map(|name| (member.clone(), name))
    })?;
    Some(
        Finding::new(
            Code::CredentialElsewhere,
            Message::of(
                "there is no {} header: it stands in the body of the request, in its member {}, where AppSync does not look. The client's options were given as a part of the data. » Hand the headers over as options: axios.post(url, {query, variables}, {headers}), fetch(url, {method, headers, body}).",
                [Part::Name(name.to_owned()), Part::Name(member.clone())],
            ),
        )
        .at(format!("request.body.{member}"))
        .actual(member),
    )
}

/// The call came by a redirect: the client asked anew by GET, without the body, and on another origin without `Authorization`
/// (<https://fetch.spec.whatwg.org/#http-redirect-fetch>).
fn redirected(evidence: &Evidence) -> Option<Finding> {
    let now = evidence.now?.saturating_mul(1000);
    let host = evidence.url_host();
    let from = evidence.others.iter().find(|past| {
        let to = past.redirect.as_deref().and_then(|to| to.split("//").nth(1)).and_then(|rest| rest.split('/').next());
        let near = past.at.is_some_and(|at| (0..=FOLLOWED).contains(&(now.saturating_sub(at).saturating_add(1000))));
        !past.later && near && to == Some(host)
    })?;
    let to = from.redirect.clone().unwrap_or_default();
    let body = if evidence.body.is_none() { " and without the body (as GET)" } else { "" };
    Some(
        Finding::new(
            Code::NoCredential,
            Message::of(
                "no credential came, because the call was redirected: {} answered HTTP {} to {}, and the client that followed asked anew without Authorization{}, as clients do where the origin changes (http to https, another host). » Put the final URL, {}, into the client's configuration.",
                [
                    Part::Place(from.host.clone()),
                    Part::Value(from.status.to_string()),
                    Part::Place(to.clone()),
                    Part::Text(body.to_owned()),
                    Part::Place(to),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("request.url"),
    )
}
