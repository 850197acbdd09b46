//! What stands before AppSync and ends a request there: WAF, CloudFront, a private endpoint, the browser. No credential was
//! looked at then.

use super::answer::{CloudFront, product};
use super::on_the_way::{OnTheWay, titled};
use super::evidence::Evidence;
use super::preflight;
use super::history::Past;
use super::layer::State;
use super::{address, firewall, messages, other_server, page, servers};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
pub use crate::message::thousands;
use crate::message::{Message, Part};

/// What AWS's rule against cross-site scripting in a body looks for
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html>).
const MARKUP: [&str; 5] = ["<script", "onerror=", "onload=", "javascript:", "<iframe"];

/// WAF inspects this much of a body for AppSync, and AWS's common rule set refuses more
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html>: SizeRestrictions_BODY;
/// serverless-appsync-plugin#717).
const WAF_BODY: usize = 8_192;

/// What ended the request before AppSync judged it, and whether that is a refusal or leaves AppSync's answer open.
pub fn judge(evidence: &Evidence) -> Option<(State, Finding)> {
    let refused = |finding| (State::Refused, finding);
    firewall::judge(evidence)
        .map(refused)
        .or_else(|| address::management(evidence).map(refused))
        .or_else(|| distribution(evidence).map(refused))
        .or_else(|| preflight::waf(evidence).map(refused))
        .or_else(|| preflight::other_server(evidence).map(refused))
        .or_else(|| browser(evidence).map(|finding| (State::Unknown, finding)))
        .or_else(|| page::judge(evidence).filter(|_| evidence.status().is_none_or(|status| status < 500)).map(refused))
        .or_else(|| page::site(evidence).map(|finding| (State::Unknown, finding)))
        .or_else(|| gateway(evidence).map(|finding| (State::Unknown, finding)))
        .or_else(|| other_server::judge(evidence).map(|finding| (State::Unknown, finding)))
        .or_else(|| between(evidence).map(|finding| (State::Unknown, finding)))
        .or_else(|| cache(evidence).map(|finding| (State::Unknown, finding)))
        .or_else(|| waf(evidence).map(refused))
        .or_else(|| private(evidence).map(refused))
        .or_else(|| endpoint(evidence).map(refused))
        .or_else(|| forwarded(evidence).map(refused))
}

/// API Gateway's own refusal: its marks on the answer, and no error in GraphQL's form, which it would pass on from AppSync
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>;
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html>).
fn gateway(evidence: &Evidence) -> Option<Finding> {
    let mark = ["apigw-requestid", "x-amz-apigw-id", "x-amz-apigw-request-id"].into_iter().find(|name| evidence.answer.headers.contains_key(*name))?;
    let host = evidence.url_host();
    let silent = evidence.observed.as_ref().is_some_and(|seen| seen.message.is_none());
    if !silent || !matches!(evidence.status(), Some(401 | 403)) || host.contains(".appsync-api.") {
        return None;
    }
    let status = evidence.status().unwrap_or(401);
    Some(
        Finding::new(
            Code::ApiGateway,
            Message::of(
                "API Gateway answers at {}, and refused this request itself: its mark {} stands on the answer of HTTP {}, and there is no error in GraphQL's form, as AppSync's would be. So AppSync was not asked, and neither the credential nor the schema was judged by it. » Send the request to AppSync's own URL (aws appsync get-graphql-api, uris); or, if API Gateway is meant to stand before it, look at that route's authorizer, API key and resource policy.",
                [Part::Place(host.to_owned()), Part::Name(mark.to_owned()), Part::Value(status.to_string())],
            ),
        )
        .certainty(Certainty::Certain)
        .at("observed.httpStatus")
        .actual(status),
    )
}

/// A proxy of somebody else's at a name of its own refused: it names itself, and nothing of AppSync's stands on the answer. What it
/// passes on of AppSync's has AppSync's error in it.
fn between(evidence: &Evidence) -> Option<Finding> {
    let (answer, host) = (&evidence.answer, evidence.url_host());
    let status = evidence.status().filter(|status| matches!(status, 401 | 403))?;
    let silent = evidence.observed.as_ref().is_some_and(|seen| seen.message.is_none() && seen.error_type.is_none());
    let has_body = answer.empty == Some(false) && answer.left_out.is_none();
    if !silent || !has_body || answer.is_appsyncs() || host.is_empty() || host.contains(".appsync-") {
        return None;
    }
    let server = answer.header("server")?;
    let name = servers::named(server)?;
    let message = Message::of(
        "not AppSync but {}, which answers at {} (server: {}), most likely refused this request itself: the answer of HTTP {} has no error in GraphQL's form, as AppSync's would, and no mark of AppSync. So whether AppSync takes the credential is not known from it. » Look at that server's route for this path (a key, a sign-in or a list of addresses of its own), or call AppSync's own URL (aws appsync get-graphql-api, uris).",
        [Part::Text(name.to_owned()), Part::Place(host.to_owned()), Part::Value(product(server)), Part::Value(status.to_string())],
    );
    Some(Finding::new(Code::CloudfrontAnswer, message).certainty(Certainty::Likely).at("observed.httpStatus").actual(status))
}

/// The browser stopped the request itself: its preflight was not allowed a header
/// (<https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS>).
fn browser(evidence: &Evidence) -> Option<Finding> {
    let alone = evidence.preflight.as_ref().is_some_and(|preflight| preflight.alone);
    if !alone && evidence.status() != Some(0) {
        return None;
    }
    if let Some(finding) = evidence.preflight.as_ref().and_then(preflight::judge) {
        return Some(finding);
    }
    let names = |text: &Option<String>| -> Vec<String> {
        let text = text.as_deref().unwrap_or_default().to_lowercase();
        text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    let preflight = evidence.preflight.as_ref()?;
    let allowed = names(&preflight.allowed);
    let missing: Vec<String> = names(&preflight.asked)
        .into_iter()
        .filter(|name| !allowed.contains(name) && !allowed.contains(&"*".to_owned()))
        .collect();
    if missing.is_empty() || allowed.is_empty() {
        return preflight::alone(preflight);
    }
    let missing = missing.join(", ");
    Some(
        Finding::new(
            Code::CorsPreflight,
            Message::of(
                "the browser stopped this request itself (CORS), so AppSync never got it: the preflight asked for the header {}, and the answer's access-control-allow-headers does not list it. » Leave that header out, then look at AppSync's own answer; whether the credential would pass is not known from this file.",
                [Part::Name(missing.clone())],
            ),
        )
        .at("request.headers")
        .actual(missing)
        .wanted(preflight.allowed.clone()),
    )
}

/// A distribution that takes no OPTIONS (CloudFront's cache behavior allows GET and HEAD alone at first:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html>).
fn distribution(evidence: &Evidence) -> Option<Finding> {
    let preflight = evidence.preflight.as_ref().filter(|preflight| preflight.cloudfront && (preflight.alone || evidence.status() == Some(0)))?;
    let status = preflight.status.filter(|status| matches!(status, 400..=499))?;
    let host = evidence.url_host();
    if host.ends_with(".amazonaws.com") {
        return None;
    }
    Some(
        Finding::new(
            Code::CloudfrontAnswer,
            Message::of(
                "the CloudFront distribution at {} refused the browser's preflight itself (OPTIONS: HTTP {}, x-cache: Error from cloudfront), so the POST was never sent and AppSync got nothing: what the browser calls a CORS error is the distribution's list of allowed methods, and no credential was judged. » Let its cache behavior allow all methods (GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE), with caching off, and forward authorization and x-api-key to AppSync; or use AppSync's own custom domain names. AppSync has no CORS setting.",
                [Part::Name(host.to_owned()), Part::Value(status.to_string())],
            ),
        )
        .certainty(Certainty::Certain)
        .at("preflight")
        .actual(status)
        .wanted(200),
    )
}

/// CloudFront answered from its cache, or with nothing at all.
fn cache(evidence: &Evidence) -> Option<Finding> {
    let answer = &evidence.answer;
    let cloudfront = answer.cloudfront()?;
    let empty = answer.empty == Some(true);
    if answer.is_appsyncs() || cloudfront != CloudFront::Cache && !(empty && evidence.status() == Some(200)) {
        return None;
    }
    let body = if empty { "an empty body" } else { "a stored body" };
    let age = answer.header("age").map_or_else(String::new, |age| format!(", age {age} s"));
    Some(
        Finding::new(
            Code::CloudfrontAnswer,
            Message::of(
                "CloudFront answered this request itself ({}) with {} and without AppSync's x-amzn-requestid, so AppSync did not see it. » Switch caching off for /graphql (CachingDisabled), forward the credential's header, and record again, or call the AppSync URL directly: what AppSync would answer is not known from this file.",
                [
                    Part::Value(format!("x-cache: {}{age}", answer.header("x-cache").unwrap_or("from CloudFront"))),
                    Part::Text(body.to_owned()),
                ],
            ),
        )
        .at("answer.headers.x-cache")
        .actual(answer.header("x-cache")),
    )
}

/// Which of a web ACL's rules it most likely was, and what to do.
fn waf_rule(evidence: &Evidence) -> Message {
    if let Some(socket) = &evidence.socket {
        let size = if socket.start_bytes > WAF_BODY {
            format!("The frame's document has {} bytes, over the 8 KB (8,192 bytes) of AWS's common rule set for bodies (SizeRestrictions_BODY), which is the likeliest rule.", thousands(socket.start_bytes))
        } else {
            String::new()
        };
        return Message::from(size).cured("Look at the web ACL's sampled requests for the rule that matched; select fewer fields, or let the owner raise that one limit or set that one rule to Count.");
    }
    let body = evidence.body.as_deref().unwrap_or_default();
    if body.len() > WAF_BODY {
        Message::from(format!("The body has {} bytes, and AWS's common rule set refuses bodies over 8 KB (8,192 bytes, SizeRestrictions_BODY):", thousands(body.len()))).cured("send less in one request (or the large part another way, to S3 say), or let the API's owner raise that limit or exempt the API from that one rule.")
    } else if body.contains("__schema") || body.contains("__type") {
        "The body asks for __schema, and rules that match it are how introspection is commonly blocked: » take the schema from a file (aws appsync get-introspection-schema, or the repository), or let the owner allow the caller's address.".into()
    } else if let Some(mark) = MARKUP.iter().find(|mark| body.to_lowercase().contains(**mark)) {
        Message::of(
            "The body holds markup that a page would run ({}), which is what rules against cross-site scripting look for (CrossSiteScripting_BODY of AWS's common rule set):",
            [Part::Code(format!("`{mark}`"))],
        )
        .cured("send such text encoded or without the script, or let the owner set that one rule to Count for this operation. Signing in again changes nothing.")
    } else if let Some(rule) = rate(evidence) {
        rule
    } else if evidence.url.is_some() && !evidence.headers.is_empty() && evidence.header("user-agent").is_none() {
        "The request has no User-Agent header, and AWS's common rule set refuses such requests (NoUserAgent_HEADER): » send one, or let the owner exempt this client from that one rule.".into()
    } else {
        "» Look at the web ACL's sampled requests for the rule that matched, and let the owner adapt that one rule.".into()
    }
}

/// The same call passed before and after, or several times before: what a rule looks for in it would have blocked these too, so
/// what is left is how many there were (<https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html>).
fn rate(evidence: &Evidence) -> Option<Message> {
    let own = evidence.field_path();
    let alike = |past: &&Past| past.same && past.passed && !past.socket && past.field.as_deref() == Some(own.as_str()) && past.arguments == evidence.arguments;
    let passed: Vec<&Past> = evidence.others.iter().filter(alike).collect();
    let (before, after): (Vec<&Past>, Vec<&Past>) = passed.into_iter().partition(|past| !past.later);
    let last = before.iter().max_by_key(|past| past.at)?;
    if before.len() < 2 && after.is_empty() {
        return None;
    }
    let again = after.iter().min_by_key(|past| past.at).map_or_else(String::new, |past| format!(", and again at {}", past.clock()));
    Some(
        Message::of(
            "The same call with the same credential passed before, last at {}{}: a rule on the content or the address would have blocked these too, so a rate-based rule is likeliest, which counts the calls of an address within some minutes:",
            [Part::Value(last.clock()), Part::Text(again)],
        )
        .cured("let the client send fewer calls and back off after a 403, or let the owner raise that rule's limit (or count by the authorization header where many share an address); keep the rule."),
    )
}

/// Another subscription of the same connection and credential that was accepted: the token is good.
fn beside(evidence: &Evidence) -> &'static str {
    let twin = evidence.socket.as_ref().is_some_and(|socket| socket.twin_accepted);
    if twin { "Another subscription was accepted on the same connection with the same credential, so the token is good, and signing in again changes nothing." } else { "" }
}

/// A web ACL that wants a proof first, which a call of an API does not give
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html>: 202 and 405).
fn waf_action(evidence: &Evidence) -> Option<Finding> {
    let action = evidence.waf_action()?;
    let status = evidence.status().unwrap_or_default();
    Some(
        Finding::new(
            Code::Waf,
            Message::of(
                "AWS WAF answered this request itself (HTTP {}, x-amzn-waf-action: {}): a rule of the web ACL wants a proof from a browser that shows its page, which a call of an API does not. So AppSync did not see the request, and neither credential nor schema was judged. » Let the owner take the API's path out of that one rule (a scope-down statement), or let the app get a WAF token first, by WAF's JavaScript or mobile SDK, and send it (x-aws-waf-token).",
                [Part::Value(status.to_string()), Part::Value(action.to_owned())],
            ),
        )
        .certainty(Certainty::Certain)
        .at("answer.headers.x-amzn-waf-action")
        .actual(action),
    )
}

/// A web ACL's block: its own page, or AppSync's `WAFForbiddenException`
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/WAF-Integration.html>).
fn waf(evidence: &Evidence) -> Option<Finding> {
    let kind = evidence.error_type();
    let page = evidence.status() == Some(403) && evidence.answer.html && !evidence.answer.is_appsyncs();
    let named = kind.contains("WAFForbidden") || evidence.error_message().contains("WAFForbidden");
    let acl = evidence.status() == Some(403) && evidence.error_message().contains("403 Forbidden");
    if let Some(action) = waf_action(evidence) {
        return Some(action);
    }
    // The same words in a frame: the credential of the handshake was accepted, and this frame was not let through.
    let frame = evidence.socket.is_some() && evidence.error_type() == "ForbiddenException" && evidence.error_message().contains("403 Forbidden");
    let by_values = !(page || named || acl || frame) && is_by_values(evidence);
    if !(page || named || acl || frame || by_values) {
        return None;
    }
    let who = match &evidence.api.web_acl {
        Some(arn) => format!(
            " (the web ACL {})",
            arn.split("/webacl/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(arn)
        ),
        None => " (a web ACL before the API)".to_owned(),
    };
    let how = if page {
        "HTTP 403 with an HTML page and none of AppSync's headers"
    } else if frame {
        "ForbiddenException, 403 Forbidden, in answer to a frame of the WebSocket, whose handshake was let through"
    } else if by_values {
        "HTTP 403 in words that are none of AppSync's own, and a body that such rules refuse"
    } else if named {
        "HTTP 403, WAFForbiddenException"
    } else {
        "HTTP 403 with the words \"403 Forbidden\", which are WAF's own"
    };
    // AppSync's own hosts have CloudFront's headers too.
    let distribution = evidence.answer.header("x-cache").is_some_and(|cache| cache.to_lowercase().contains("error from cloudfront"));
    if page && !named && distribution && !evidence.url_host().ends_with(".amazonaws.com") {
        return Some(
            Finding::new(
                Code::Waf,
                "the CloudFront distribution before the API refused the request itself (HTTP 403 with an HTML page, and none of AppSync's headers), by its geographic restriction (the caller's country), or by an AWS WAF web ACL: no credential was looked at, and AppSync's resolvers did not see it. The page's own text tells which; » let the distribution's owner lift the restriction for that country, or look at the web ACL's sampled requests.",
            )
            .certainty(Certainty::Likely)
            .at("observed.httpStatus"),
        );
    }
    let rule = waf_rule(evidence);
    let mut message = Message::of(
        "AWS WAF{} blocked the request before AppSync looked at any credential: {}.",
        [Part::Text(who), Part::Text(how.to_owned())],
    );
    message.and(beside(evidence));
    message.and(rule);
    message.and("Which rule it was stands only in WAF's log.");
    Some(
        Finding::new(Code::Waf, message)
            .certainty(if by_values { Certainty::Likely } else { Certainty::Certain })
            .at("observed.httpStatus")
            .actual(evidence.body.as_deref().filter(|body| !body.is_empty()).map(str::len)),
    )
}

/// A 403 in words that are not AppSync's, of an API that has a web ACL, whose common rules refuse a body of that size.
fn is_by_values(evidence: &Evidence) -> bool {
    let own = messages::find(evidence.error_message()).or_else(|| messages::find(evidence.error_type()));
    evidence.api.web_acl.is_some()
        && evidence.status() == Some(403)
        && own.is_none()
        && !evidence.answer.is_appsyncs()
        && evidence.body.as_deref().is_some_and(|body| body.len() > WAF_BODY)
}

/// A private API, called from outside
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html>).
fn private(evidence: &Evidence) -> Option<Finding> {
    if let Some(finding) = by_endpoint_name(evidence) {
        return Some(finding);
    }
    if evidence.api.private != Some(true)
        || evidence.status() != Some(403)
        || evidence.address.as_deref().is_some_and(address::is_private)
    {
        return None;
    }
    let from = evidence
        .header("x-forwarded-for")
        .and_then(|list| list.split(',').next())
        .map_or(String::new(), |from| format!(" (from {})", from.trim()));
    let region = evidence.region().unwrap_or("REGION");
    Some(
        Finding::new(
            Code::PrivateApi,
            Message::of(
                "the API is private (visibility PRIVATE): it answers only through a VPC interface endpoint (com.amazonaws.{}.appsync-api), and this request came from outside{}, so it got 403 whatever its credential. » Call it from the VPC, or over a VPN or Direct Connect that reaches the endpoint; visibility is fixed when an API is made, so access from elsewhere needs a second, public API.",
                [
                    Part::Text(region.to_string()),
                    Part::Text(from.to_string()),
                ],
            ),
        )
        .at("apiConfig.visibility")
        .actual("PRIVATE"),
    )
}

/// The endpoint was called by its own name, which says nothing of the API: a header has to name that
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html>: `x-appsync-domain`, or `Host`).
pub(super) fn by_endpoint_name(evidence: &Evidence) -> Option<Finding> {
    let host = Some(evidence.url_host()).filter(|host| !host.is_empty()).or_else(|| evidence.header("host"))?;
    let status = evidence.status().filter(|status| matches!(status, 403 | 404))?;
    let of_endpoint = host.starts_with("vpce-") && host.contains(".vpce.");
    // The API may be named as `Host`, beside the endpoint's own name in the URL.
    // The `host` of a socket is what its credentials say, and not the handshake's.
    let host_names = evidence.socket.is_none() && evidence.header("host").is_some_and(|own| !own.starts_with("vpce-"));
    let named = evidence.header("x-appsync-domain").is_some() || host_names;
    if !of_endpoint || named {
        return None;
    }
    if evidence.socket.is_some() {
        return Some(socket_at_endpoint(evidence, host));
    }
    let own = evidence.api.other_host(host).unwrap_or("<the API's own host, as in its uris>").to_owned();
    let message = Message::of(
        "the request went to the VPC endpoint by its own name, {}, and no header names the API: Host is that name too, and there is no x-appsync-domain, so the endpoint cannot tell which private API is meant, and answers {} whatever the credential. » Send the header x-appsync-domain: {} (or that name as Host), or turn on private DNS for the endpoint and call the API's own URL.",
        [Part::Place(host.to_owned()), Part::Value(status.to_string()), Part::Place(own)],
    );
    Some(Finding::new(Code::PrivateApi, message).at("request.headers.x-appsync-domain").actual(host))
}

/// A handshake at the endpoint's own name: a browser's WebSocket can set neither `x-appsync-domain` nor another Host.
fn socket_at_endpoint(evidence: &Evidence, host: &str) -> Finding {
    let message = Message::of(
        "{} is the VPC endpoint's own name, which names no API: the handshake's Host header says which one is meant, and with this one none is found, before any credential is read. A query can name its API there in x-appsync-domain; a browser's WebSocket can set neither header. » Connect to the API's own realtime host, wss://{}/graphql, and let that name lead to the endpoint (private DNS of the endpoint, or a hosted zone of your own); a client outside a browser may keep this name and set Host to that one.",
        [Part::Place(host.to_owned()), Part::Place(evidence.api.realtime_host().unwrap_or_else(|| "….appsync-realtime-api.REGION.amazonaws.com".to_owned()))],
    );
    Finding::new(Code::PrivateApi, message).at("request.headers.host").actual(host)
}

/// A public API, called through the endpoint of private ones: with private DNS it answers for all names.
fn endpoint(evidence: &Evidence) -> Option<Finding> {
    let address = evidence.address.as_deref().filter(|address| address::is_private(address))?;
    let host = evidence.url_host();
    if evidence.status() != Some(403) || evidence.api.private == Some(true) || ![".appsync-api.", ".appsync-realtime-api."].iter().any(|own| host.contains(own)) {
        return None;
    }
    let known = if evidence.api.private.is_none() {
        " That this API is public is inferred: its configuration does not say."
    } else {
        ""
    };
    let certainty = if evidence.api.private.is_none() { Certainty::Likely } else { Certainty::Certain };
    Some(
        Finding::new(
            Code::PrivateDns,
            Message::of(
                "the name {} led to {}, a private address: a VPC interface endpoint for appsync-api with private DNS answers for all such names, and a public API cannot be called through it, hence the 403. » Give the public API a custom domain name and call that from the VPC, or take private DNS off the endpoint if no private API needs it.{}",
                [
                    Part::Text(host.to_string()),
                    Part::Text(address.to_string()),
                    Part::Text(known.to_string()),
                ],
            ),
        )
        .certainty(certainty)
        .at("address")
        .actual(address),
    )
}

/// A distribution that does not pass the credential on: it was sent, and AppSync says that there was none. AppSync's own host has
/// CloudFront before it too, whose marks its answers bear: only another host can be somebody's distribution.
fn forwarded(evidence: &Evidence) -> Option<Finding> {
    let between = evidence.answer.cloudfront().is_some() && !evidence.url_host().contains(".appsync-api.");
    let none = ["Valid authorization header not provided", "Missing authorization header"];
    let known = none.iter().any(|text| evidence.error_message().contains(text));
    let sent = ["authorization", "x-api-key"].into_iter().find(|name| evidence.header(name).is_some())?;
    if !between || !known {
        return None;
    }
    let direct = evidence.others.iter().find(|past| past.same && past.passed && past.host != evidence.url_host());
    let proof = direct.map_or_else(String::new, |past| {
        format!(
            " The same credential passed directly at {} ({}, HTTP {}), so it is good.",
            past.host,
            past.clock(),
            past.status
        )
    });
    Some(
        Finding::new(
            Code::CloudfrontHeader,
            Message::of(
                "the CloudFront distribution at {} does not pass the {} header on: the browser sent it, and AppSync says that none was provided.{} » Let the distribution forward it (an origin request policy such as AllViewerExceptHostHeader, with caching off for /graphql), or use AppSync's own custom domain names.",
                [
                    Part::Text(evidence.url_host().to_string()),
                    Part::Text(titled(sent).to_string()),
                    Part::Text(proof.to_string()),
                ],
            ),
        )
        .certainty(if direct.is_some() { Certainty::Certain } else { Certainty::Likely })
        .at(format!("request.headers.{sent}")),
    )
}

/// The browser sent a credential, and the log's whole list of headers does not have it: what stands between took it out. A
/// distribution introduces itself to its origin by the user-agent `Amazon CloudFront` (see `stripped`).
pub(super) fn lost(evidence: &Evidence) -> Option<Finding> {
    let Some(OnTheWay::Lost { sent }) = &evidence.on_the_way else { return None };
    let log = evidence.log.as_ref()?;
    let logged = |name: &str| log.headers.get(name).and_then(serde_json::Value::as_str);
    let cloudfront = logged("user-agent") == Some("Amazon CloudFront");
    let direct = evidence.others.iter().find(|past| past.passed && past.credential.is_some() && past.host != evidence.url_host());
    let proof = direct.map_or_else(String::new, |past| format!(" A request with a credential passed at {} ({}).", past.host, past.clock()));
    let (code, who, cure) = if cloudfront {
        (
            Code::CloudfrontHeader,
            "The request came through a CloudFront distribution (user-agent Amazon CloudFront), which passes on only what its policies name".to_owned(),
            "Let its behavior pass Authorization and x-api-key on: caching off (CachingDisabled) with the origin request policy AllViewerExceptHostHeader, or use AppSync's own custom domain names",
        )
    } else {
        let via = logged("via").map_or_else(String::new, |via| format!("; via: {}", product(via)));
        (
            Code::CredentialLost,
            format!("Something between the page and AppSync took it out (a proxy, a function of a distribution, a service worker, an extension{via})"),
            "Let what stands between pass the header on, or call AppSync's own URL from another network to compare",
        )
    };
    Some(
        Finding::new(
            code,
            Message::of(
                "no credential reached AppSync: the browser sent {}, and the log's list of headers of the same request, which is complete, has neither Authorization nor x-api-key. {}.{} » {}. The credential itself was not judged.",
                [Part::Name(titled(sent).to_owned()), Part::Text(who), Part::Text(proof), Part::Text(cure.to_owned())],
            ),
        )
        .certainty(Certainty::Certain)
        .at(format!("request.headers.{sent}")),
    )
}

/// A distribution before the API took the credential out: to its origin it introduces itself as `Amazon CloudFront`
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>:
/// User-Agent, Authorization). AppSync's own host has CloudFront before it too, which leaves the client's name in.
pub(super) fn stripped(evidence: &Evidence) -> Option<Finding> {
    let agent = evidence.header("user-agent").filter(|agent| *agent == "Amazon CloudFront")?;
    if !matches!(evidence.status(), Some(400 | 401 | 403)) {
        return None;
    }
    let passed = evidence.others.iter().find(|past| past.passed && past.credential.is_some());
    let proof = passed.map_or_else(String::new, |past| {
        let what = past.credential.as_ref().map_or("a credential", |one| one.shown.as_str());
        format!(" A request with {what} passed at {}.", past.clock())
    });
    Some(
        Finding::new(
            Code::CloudfrontHeader,
            Message::of(
                "no credential reached AppSync: the request came through a CloudFront distribution (user-agent {}), which passes on only what its policies name, and neither Authorization nor x-api-key arrived, even if the client sent it.{} » Let that behavior pass Authorization and x-api-key on: caching off (CachingDisabled) with the origin request policy AllViewerExceptHostHeader, or a cache policy that includes the header; then POST must be allowed too. Token, mode and schema were not judged.",
                [Part::Value(agent.to_owned()), Part::Text(proof)],
            ),
        )
        .certainty(Certainty::Likely)
        .at("request.headers.user-agent")
        .actual(agent)
        .wanted("Authorization or x-api-key among the headers"),
    )
}

/// A signed request whose `Authorization` did not arrive: the log's list of headers is complete, and has what is signed with
/// it (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).
pub(super) fn unsigned(evidence: &Evidence) -> Option<Finding> {
    let sent = evidence.header("x-amz-date")?;
    if !evidence.log.as_ref().is_some_and(|log| log.complete) {
        return None;
    }
    let token = evidence.masked.contains_key("x-amz-security-token") || evidence.header("x-amz-security-token").is_some();
    let token = if token { " and a session token (x-amz-security-token)" } else { "" };
    let via = evidence.header("via").map_or_else(String::new, |via| format!(" (via: {})", product(via)));
    Some(
        Finding::new(
            Code::CredentialLost,
            Message::of(
                "the request was signed, and its signature did not arrive: the log's list of headers, which is complete, has x-amz-date {}{} and no authorization. A proxy or gateway on the way took Authorization out{}: » let it pass that header on unchanged, or call AppSync directly. No policy was looked at.",
                [Part::Value(sent.to_owned()), Part::Text(token.to_owned()), Part::Value(via)],
            ),
        )
        .certainty(Certainty::Likely)
        .at("request.headers.authorization")
        .wanted("AWS4-HMAC-SHA256 …"),
    )
}
