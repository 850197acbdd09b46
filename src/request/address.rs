//! A request that went to a wrong address: another path, the realtime host, AppSync's management API. No credential is judged there
//! (<https://docs.aws.amazon.com/general/latest/gr/appsync.html>: the endpoints of control and data plane;
//! aws-amplify/docs#2173 and aws/aws-sdk-go#3689: another path answers `UnknownOperationException`).

use super::evidence::Evidence;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};

/// The path of queries, on AppSync's own host and on a custom domain.
const GRAPHQL: &str = "/graphql";

/// Where an Event API takes events.
const EVENT: &str = "/event";

/// Why nothing takes a POST where this one went, and where to send it.
pub(super) fn nothing_there(evidence: &Evidence) -> Message {
    if evidence.socket.is_some() {
        if let Some(message) = behind_another_name(evidence) {
            return message;
        }
        return "no realtime endpoint answers at this host and path: the API was deleted, or the host is mistyped. » Connect to the realtime URL as it stands in the API's settings (aws appsync get-graphql-api, uris)".into();
    }
    let host = evidence.url_host();
    if let Some(address) = evidence.address.as_deref().filter(|address| host.contains(".appsync-api.") && is_private(address)) {
        return Message::of(
            "the name {} led to {}, a private address: most likely that of a VPC interface endpoint for appsync-api with private DNS, which answers for all such names and serves private APIs alone. » If this API is public, give it a custom domain name and call that from the VPC, or take private DNS off the endpoint if no private API needs it; if it is private, compare the host with the API's own",
            [Part::Name(host.to_owned()), Part::Value(address.to_owned())],
        );
    }
    if host.contains(".appsync-realtime-api.") {
        return Message::of(
            "this is the API's realtime host, which takes WebSockets alone. » Send queries and mutations as POST to https://{}{}",
            [Part::Place(host.replace(".appsync-realtime-api.", ".appsync-api.")), Part::Place(right(evidence).to_owned())],
        );
    }
    other_path(evidence, host).unwrap_or_else(|| nobody(host))
}

/// A handshake at a name that is none of AppSync's own. AppSync's custom domains take it at /graphql/realtime
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/custom-domain-name.html>); whatever else stands before the query endpoint does not.
fn behind_another_name(evidence: &Evidence) -> Option<Message> {
    let host = evidence.url_host();
    if host.is_empty() || host.ends_with(".amazonaws.com") {
        return None;
    }
    let passed = evidence.others.iter().find(|past| past.passed && past.host == host);
    let proof = passed.map_or_else(String::new, |past| {
        format!(" The same host answered a request at {} (HTTP {}), so it leads to an API, and that credential is good.", past.clock(), past.status)
    });
    Some(Message::of(
        "/graphql/realtime exists only at a name that is registered as a custom domain of AppSync. Most likely {} is a CloudFront distribution of your own, or another proxy, that passes all to the query endpoint, which has no such path.{} » Connect to the API's realtime host, wss://{}/graphql, with its appsync-api host in the header; or give this path a behavior of its own with that origin; or make the name a custom domain of AppSync (aws appsync get-domain-name tells whether it is one)",
        [
            Part::Place(host.to_owned()),
            Part::Text(proof),
            Part::Place(evidence.api.realtime_host().unwrap_or_else(|| "….appsync-realtime-api.REGION.amazonaws.com".to_owned())),
        ],
    ))
}

/// The path is right, as far as it is known.
fn nobody(host: &str) -> Message {
    if host.is_empty() || host.contains(".appsync-api.") {
        return "there is nothing that takes a POST at this URL: the path is not /graphql, or the host is another one (an API that was deleted, a name that is mistyped). » Call the GraphQL URL as it stands in the API's settings (aws appsync get-graphql-api, uris)".into();
    }
    "there is nothing that takes a POST at this URL: the path is not /graphql, or the host is another one. » Call the GraphQL URL as it stands in the API's settings (aws appsync get-graphql-api, uris); of a custom domain name look whether it is associated with the API (aws appsync get-api-association), and where DNS leads".into()
}

/// What the path should have been.
fn right(evidence: &Evidence) -> &'static str {
    if evidence.api.events.is_some() { EVENT } else { GRAPHQL }
}

/// Another path than AppSync has.
fn other_path(evidence: &Evidence, host: &str) -> Option<Message> {
    let url = evidence.url.as_deref()?;
    let path = url.split_once("//").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap_or("/");
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let right = right(evidence);
    let known = evidence.api.is_known() || evidence.api.events.is_some();
    if path == right || !known && path == EVENT {
        return None;
    }
    let why = match path {
        "/" => "the URL has no path behind the host".to_owned(),
        _ if path.trim_end_matches('/') == right => format!("the path is {path}, with a slash at its end that does not belong there"),
        _ if path.matches(right).count() > 1 => format!("the path is {path}: {right} was put on twice, by the configuration and by the code"),
        _ => format!("the path is {path}"),
    };
    Some(Message::of(
        "{}, and AppSync takes requests at {} alone, on its own host and on a custom domain. » Set the client's endpoint to https://{}{}, as the API's settings have it (aws appsync get-graphql-api, uris)",
        [Part::Place(why), Part::Place(right.to_owned()), Part::Place(host.to_owned()), Part::Place(right.to_owned())],
    ))
}

/// An address of a private network (RFC 1918, RFC 4193).
pub fn is_private(address: &str) -> bool {
    match address.trim_matches(['[', ']']).parse() {
        Ok(std::net::IpAddr::V4(address)) => address.is_private(),
        Ok(std::net::IpAddr::V6(address)) => address.segments()[0] & 0xfe00 == 0xfc00,
        Err(_) => false,
    }
}

/// Whether a host is that of the API with which APIs are made and changed.
pub fn is_management(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or(host).to_lowercase();
    let mut labels = name.split('.');
    let service = matches!(labels.next(), Some("appsync" | "appsync-fips"));
    let rest: Vec<&str> = labels.skip(1).collect();
    service && matches!(rest.as_slice(), ["amazonaws", "com"] | ["amazonaws", "com", "cn"] | ["api", "aws"])
}

/// A GraphQL request that was sent to the management API.
pub(super) fn management(evidence: &Evidence) -> Option<Finding> {
    let host = Some(evidence.url_host()).filter(|host| is_management(host))?;
    let status = evidence.status().filter(|status| *status >= 400)?;
    let region = host.split('.').nth(1).unwrap_or("REGION");
    let own = evidence.api.hosts.iter().find(|host| host.contains(".appsync-api.")).cloned();
    let own = own.unwrap_or_else(|| format!("<the API's own name>.appsync-api.{region}.amazonaws.com"));
    Some(
        Finding::new(
            Code::WrongEndpoint,
            Message::of(
                "the request went to {}, AppSync's management API: it makes and changes APIs, takes calls that are signed for that alone, no GraphQL, and knows neither API keys nor users' tokens. So it answered HTTP {} whatever was sent, and neither the credential nor the schema was judged. » Send the request to the API's own URL, https://{}/graphql (aws appsync get-graphql-api, uris).",
                [Part::Place(host.to_owned()), Part::Value(status.to_string()), Part::Place(own.clone())],
            ),
        )
        .at("request.url")
        .actual(host)
        .wanted(own),
    )
}

/// Why nobody outside reaches this host.
pub fn why_unreachable(scheme: &str, host: &str) -> Option<&'static str> {
    let name = if host.starts_with('[') { host.split(']').next().unwrap_or(host) } else { host.split(':').next().unwrap_or(host) };
    let name = name.trim_start_matches('[').to_lowercase();
    let own = ["localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal"].contains(&name.as_str());
    let inner = [".local", ".internal", ".lan", ".localdomain", ".localhost", ".home.arpa", ".corp", ".intranet"].iter().any(|end| name.ends_with(end));
    if own {
        Some("is the developer's own machine")
    } else if is_private(&name) {
        Some("is an address of a private network")
    } else if inner || !name.contains('.') && !name.contains(':') {
        Some("is a name of a private network")
    } else if scheme.eq_ignore_ascii_case("http") {
        Some("is named there without HTTPS")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::is_management;

    // <https://docs.aws.amazon.com/general/latest/gr/appsync.html>
    #[test]
    fn control_plane_and_data_plane_are_told_apart() {
        for host in ["appsync.eu-west-1.amazonaws.com", "appsync.cn-north-1.amazonaws.com.cn", "appsync.us-east-1.api.aws"] {
            assert!(is_management(host), "{host}");
        }
        for host in ["abc.appsync-api.eu-west-1.amazonaws.com", "appsync.example.com", "appsync.amazonaws.com", ""] {
            assert!(!is_management(host), "{host}");
        }
    }
}
