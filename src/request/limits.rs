//! Errors that look like refusals and are none: AppSync's own limits, introspection that is switched off, throttling, requests
//! that cannot be read, data sources that refuse AppSync's role.

use super::behind;
use super::evidence::Evidence;
use super::{address, front, messages, operation, page, query_limits, slow, socket_judge, validation};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};

/// Why the request ended without being refused.
pub fn judge(evidence: &Evidence) -> Option<Finding> {
    throttled(evidence)
        .or_else(|| introspection(evidence))
        .or_else(|| query_limits::circular(evidence))
        .or_else(|| query_limits::depth(evidence))
        .or_else(|| query_limits::resolvers(evidence))
        .or_else(|| malformed(evidence))
        .or_else(|| socket(evidence))
        .or_else(|| endpoint(evidence))
        .or_else(|| validation::judge(evidence))
        .or_else(|| slow::judge(evidence))
        .or_else(|| behind::judge(evidence))
        .or_else(|| http(evidence))
}

/// Answers of HTTP that are no refusal and none of AppSync's errors of GraphQL, which come with 200
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/CommonErrors.html>;
/// <https://docs.aws.amazon.com/general/latest/gr/appsync.html>: a request has at most 1 MB).
fn http(evidence: &Evidence) -> Option<Finding> {
    let status = evidence.status().filter(|_| evidence.waf_action().is_none())?;
    let why: Message = match status {
        404 | 405 => address::nothing_there(evidence),
        301 | 302 | 303 | 307 | 308 if evidence.socket.is_none() => redirect(evidence, status),
        407 => Message::of(
            "a proxy between the client and AppSync wants to be signed in to itself (Proxy-Authorization), and AppSync got nothing. » Give the client the proxy's own credentials, or let the network's owner except the host {} from it",
            [Part::Place(evidence.url_host().to_owned())],
        ),
        413 => "the body is too large (AppSync takes requests of up to 1 MB): » send less at once, and files through Amazon S3".into(),
        415 => "the body's type is not accepted: » send JSON with content-type application/json".into(),
        504 => slow::gateway(evidence),
        500..=599 => "AppSync, or what stands before it, failed: » retry with exponential backoff, and look at the service's health and, where a proxy or a distribution stands between, at its origin".into(),
        _ => return None,
    };
    // A handshake takes no POST: what is wrong with its host or path says more.
    let handshake = evidence.socket.is_some() && matches!(status, 404 | 405);
    if handshake && socket_judge::judge(evidence).is_some() || evidence.observed.as_ref().is_some_and(super::Observed::is_refusal) {
        return None;
    }
    if front::by_endpoint_name(evidence).is_some() {
        return None;
    }
    if let Some(page) = page::judge(evidence) {
        // With another status it is a refusal, if not AppSync's (front.rs).
        return (status >= 500).then_some(page);
    }
    let url = evidence.url.as_deref().map_or_else(String::new, |url| format!(" at {url}"));
    Some(
        Finding::new(
            Code::HttpError,
            Message::joined(
                "{} {}.",
                [
                    Message::of("HTTP {}{} is not a refusal, and no credential is judged by it:", [Part::Value(status.to_string()), Part::Name(url)]),
                    why,
                ],
            ),
        )
        .at("observed.httpStatus")
        .actual(status)
        .wanted(200),
    )
}

/// The URL leads on to another one, and what follows it is another request.
fn redirect(evidence: &Evidence, status: u64) -> Message {
    let to = evidence.answer.header("location").unwrap_or("another address").to_owned();
    let lost = if matches!(status, 307 | 308) { "" } else { " by GET and without the body," };
    Message::of(
        "it leads on to {}, and a client that follows asks there anew,{} without Authorization where the origin is another one (http to https, another host). » Put the final URL into the client's configuration: https, the API's own host or its custom domain, and the path /graphql",
        [Part::Place(to), Part::Text(lost.to_owned())],
    )
}

/// A client that has no endpoint to send to: nothing was sent, and nobody was refused.
fn endpoint(evidence: &Evidence) -> Option<Finding> {
    let said = evidence.error_message();
    // An answer with a status was sent by somebody.
    let unsent = evidence.status().is_none_or(|status| status == 0);
    let known = messages::find(said).filter(|known| unsent && known.code == Code::EndpointMissing)?;
    Some(
        Finding::new(Code::EndpointMissing, Message::of("the client's message {} means:", [Part::Value(quoted(&said).to_string())]).with(known.meaning))
            .at("observed.message")
            .actual(said),
    )
}

/// HTTP 429 without AppSync's words and marks: a web ACL's own response may have that status
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/waf-custom-request-response.html>), and so has API Gateway's throttling
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html>: `{"message": "Too Many Requests"}`).
fn throttled_by_somebody(evidence: &Evidence, proof: String) -> Finding {
    let message = Message::of(
        "the request was throttled (HTTP 429), which is no refusal of the caller{}. Who did it is not settled: the answer is not in GraphQL's form, has none of AppSync's marks and does not name TooManyRequestsException, as AppSync's own does, so what stands before {} may have answered (a web ACL's rate rule, API Gateway, a proxy). » Retry with exponential backoff and jitter, and spread or cache the calls; look at the web ACL's sampled requests of that moment, and at AppSync's metrics (ThrottledRequests) before a higher quota is asked for.",
        [Part::Text(proof), Part::Place(evidence.url_host().to_owned())],
    );
    Finding::new(Code::Throttled, message).certainty(Certainty::Likely).at("observed.httpStatus").actual(429)
}

/// HTTP 429 (<https://docs.aws.amazon.com/general/latest/gr/appsync.html>: rate of request tokens).
fn throttled(evidence: &Evidence) -> Option<Finding> {
    let kind = evidence.error_type();
    if evidence.status() != Some(429) && !kind.contains("TooManyRequests") && !kind.contains("ThrottlingException") {
        return None;
    }
    let same: Vec<String> =
        evidence.others.iter().filter(|past| past.same && past.passed).map(|past| past.clock()).take(2).collect();
    let shown = evidence.others.iter().find(|past| past.same).and_then(|past| past.credential.as_ref());
    let proof = match (same.is_empty(), shown) {
        (false, Some(shown)) => format!(": {} passed at {}", shown.shown, all_of(&same)),
        _ => String::new(),
    };
    if kind.is_empty() && evidence.error_message().is_empty() && !evidence.answer.is_appsyncs() {
        return Some(throttled_by_somebody(evidence, proof));
    }
    Some(
        Finding::new(
            Code::Throttled,
            Message::of(
                "AppSync throttled the request (HTTP 429, TooManyRequestsException); that is not a refusal of the caller{}. » Retry with exponential backoff and jitter, spread or cache the calls, or ask for a higher quota of request tokens per second.",
                [
                    Part::Text(proof.to_string()),
                ],
            ),
        )
        .at("observed.httpStatus")
        .actual(429),
    )
}

/// A body that is no GraphQL request.
fn malformed(evidence: &Evidence) -> Option<Finding> {
    if !evidence.says("MalformedHttpRequest") && !evidence.error_message().contains("Unable to parse GraphQL query") {
        return None;
    }
    if let Some(finding) = batched(evidence) {
        return Some(finding);
    }
    let empty = evidence.error_message().to_lowercase().contains("body is empty");
    let why = match (empty, evidence.error_message().contains("parse")) {
        (true, _) => "got an empty body",
        (_, true) => "could not parse the GraphQL query",
        _ => "could not read the body as a GraphQL request",
    };
    let more = if empty { " An empty one comes of a GET (an address bar, a redirect that was followed), or of a client that was given no body: fetch takes body: JSON.stringify({query, variables})." } else { "" };
    Some(
        Finding::new(
            Code::MalformedRequest,
            Message::of(
                "AppSync {} (MalformedHttpRequestException): that is not a refusal, and neither the credential nor the schema's directives are judged by it. » Correct the body: a JSON object with query (a document that parses) and, if it has any, variables.{}",
                [
                    Part::Text(why.to_string()),
                    Part::Text(more.to_owned()),
                ],
            ),
        )
        .at("request.body"),
    )
}

/// Several operations in one request, as Apollo's BatchHttpLink sends them: AppSync takes one
/// (<https://graphql.github.io/graphql-over-http/draft/>: one request is one operation).
fn batched(evidence: &Evidence) -> Option<Finding> {
    let body: serde_json::Value = serde_json::from_str(evidence.body.as_deref()?).ok()?;
    let count = body.as_array()?.len();
    let message = Message::of(
        "AppSync could not read the body (MalformedHttpRequestException), which is a JSON array of {} operations: it takes a single operation a request, an object with query and variables, and no batch. That is not a refusal, and neither the credential nor the schema's directives are judged by it. » Send each operation as its own request (Apollo: HttpLink in the place of BatchHttpLink), or put the fields into one query.",
        [Part::Value(count.to_string())],
    );
    Some(Finding::new(Code::MalformedRequest, message).at("request.body"))
}

/// What the realtime endpoint does not do, or no more of
/// (aws-mobile-appsync-sdk-ios#372; aws-appsync-realtime-client-ios#67: 100 subscriptions a connection).
fn socket(evidence: &Evidence) -> Option<Finding> {
    let plain = evidence.socket.as_ref().is_some_and(|socket| socket.start_plain);
    if evidence.says("UnsupportedOperation") && !plain {
        let sent = match evidence.error_message().split_whitespace().next() {
            Some(kind @ ("query" | "mutation")) => format!("a {kind} was sent in a start frame"),
            _ if evidence.parent_type == "Query" || evidence.parent_type == "Mutation" => {
                format!("a {} was sent in a start frame", evidence.parent_type.to_lowercase())
            }
            _ => "a frame has a form that it does not read (a start frame has its query and variables as JSON text in payload.data)".to_owned(),
        };
        let host = evidence.url_host().replace("appsync-realtime-api", "appsync-api");
        let post = if host.is_empty() { "the GraphQL endpoint".to_owned() } else { format!("https://{host}/graphql") };
        return Some(
            Finding::new(
                Code::SocketOperation,
                Message::of(
                    "AppSync's realtime endpoint takes only subscriptions, and {} (UnsupportedOperation): that is not a refusal of the caller. » Send queries and mutations as POST to {}, and subscriptions in start frames.",
                    [
                        Part::Text(sent.to_string()),
                        Part::Text(post.to_string()),
                    ],
                ),
            )
            .at("payload.data"),
        );
    }
    let reached = reached(evidence.error_message());
    let most = evidence.says("MaxSubscriptionsReached") || reached.is_some();
    if !most && !evidence.says("LimitExceededError") {
        return None;
    }
    let (words, cure) = if most {
        (
            format!("the connection holds its maximum number of subscriptions ({}; MaxSubscriptionsReachedError)", reached.unwrap_or("100 by default")),
            "Subscribe to fewer at once: one for a list, with a filter, instead of one for each row; stop those that are no longer needed; leave models that need no live updates out of syncing (DataStore opens three for each model); or open another connection",
        )
    } else {
        (
            "subscriptions were asked for faster than AppSync takes them on a connection (LimitExceededError)".to_owned(),
            "Retry with exponential backoff, and start fewer at once",
        )
    };
    Some(
        Finding::new(
            Code::SubscriptionLimit,
            Message::of(
                "{}: a limit, not a refusal of the caller; credential and schema are not judged by it. » {}.",
                [
                    Part::Text(words),
                    Part::Text(cure.to_string()),
                ],
            ),
        )
        .at("observed.errorType"),
    )
}

/// How many subscriptions a connection held, by AppSync's words: "Max number of 100 subscriptions reached"
/// (<https://github.com/aws-amplify/amplify-cli/issues/3547>), which clients show without the error's type too.
fn reached(said: &str) -> Option<&str> {
    let (count, after) = said.split_once("Max number of ")?.1.split_once(' ')?;
    (after.starts_with("subscriptions reached") && count.bytes().all(|byte| byte.is_ascii_digit())).then_some(count)
}

/// <https://docs.aws.amazon.com/appsync/latest/devguide/config-introspection-limits.html>
fn introspection(evidence: &Evidence) -> Option<Finding> {
    let error = evidence.error_message();
    let said =
        ["'__schema'", "'__type'"].into_iter().find(|name| error.contains("FieldUndefined") && error.contains(name));
    // Words that are in no table, and an API that answers no such query.
    let by_values = || {
        let body: serde_json::Value = serde_json::from_str(evidence.body.as_deref()?).ok()?;
        let asked = operation::introspects(body.get("query")?.as_str()?)?;
        (evidence.api.introspection_off && query_limits::is_unread(evidence)).then_some(asked)
    };
    let (asked, certainty) = match said {
        Some(name) => (name, Certainty::Certain),
        None => (by_values()?, Certainty::Likely),
    };
    let asked = asked.trim_matches('\'');
    let known = if evidence.api.introspection_off {
        "introspectionConfig is DISABLED"
    } else {
        "AppSync answers as if the field did not exist, which is what it does then"
    };
    Some(
        Finding::new(
            Code::IntrospectionOff,
            Message::of(
                "introspection is switched off on this API ({}), so {} is a validation error; no credential and no rule refused anything. » Take the schema from aws appsync get-introspection-schema or from the repository and point the tool at that file; switching introspection on again is the owner's decision and opens it to every caller.",
                [
                    Part::Text(known.to_string()),
                    Part::Text(asked.to_owned()),
                ],
            ),
        )
        .certainty(certainty)
        .at("apiConfig.introspectionConfig")
        .actual(evidence.api.introspection_off.then_some("DISABLED")),
    )
}
