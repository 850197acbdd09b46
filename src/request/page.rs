//! A page in place of AppSync's JSON: what its text says of who refused.

use super::evidence::Evidence;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};

/// Letters kept of a page.
const LONGEST: usize = 1_000;

/// A page's text without its tags, each run of white space one blank.
pub fn text(body: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in body.chars().take(16 * LONGEST) {
        match letter {
            '<' => (inside, ()) = (true, out.push(' ')),
            '>' if inside => inside = false,
            letter if !inside => out.push(letter),
            _ => {}
        }
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// What a page's sentence means.
struct KnownPage {
    /// A part of the text, in lower case.
    text: &'static str,
    /// Who wrote it.
    who: &'static str,
    /// Why.
    meaning: &'static str,
    /// What to do.
    cure: &'static str,
}

const CLOUDFRONT: &str = "the CloudFront distribution";
const S3: &str = "the S3 bucket of the web site";

/// Pages of CloudFront and S3
/// (<https://repost.aws/knowledge-center/cloudfront-troubleshoot-403-errors>,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).
const PAGES: [KnownPage; 9] = [
    KnownPage {
        text: "not configured to allow the http request method",
        who: CLOUDFRONT,
        meaning: "the distribution's behavior for this path does not allow the method POST: it allows only GET and HEAD (\"cachable requests\")",
        cure: "Set the behavior's allowed methods to GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE, with caching off (CachingDisabled) and an origin request policy that passes x-api-key and Authorization on but not Host (AllViewerExceptHostHeader)",
    },
    KnownPage {
        text: "configured to block access from your country",
        who: CLOUDFRONT,
        meaning: "the distribution's geographic restriction blocks the caller's country",
        cure: "Let the distribution's owner take that country into the list, if it is meant to be served",
    },
    KnownPage {
        text: "request blocked.",
        who: CLOUDFRONT,
        meaning: "it blocked the request (\"Request blocked\"): an AWS WAF web ACL of the distribution, or a function of it (its geographic restriction says so in other words)",
        cure: "Look at the sampled requests of the distribution's web ACL for the rule that matched, and at its functions, and let the owner adapt that one rule",
    },
    KnownPage {
        text: "missing key-pair-id",
        who: CLOUDFRONT,
        meaning: "the distribution's behavior for this path restricts viewer access: it wants a signed URL or signed cookies, and the request has none",
        cure: "Take \"restrict viewer access\" off the behavior of /graphql (AppSync checks the caller itself), or send the signed cookies with the request",
    },
    KnownPage {
        text: "specified method is not allowed against this resource",
        who: S3,
        meaning: "it answered (MethodNotAllowed): the path went to the bucket of the web site, which takes no POST, and not to AppSync",
        cure: "Give /graphql a behavior of its own with the AppSync host as its origin, before the default one, with POST allowed and caching off; or call the AppSync URL",
    },
    KnownPage {
        text: "accessdenied access denied",
        who: S3,
        meaning: "it answered (AccessDenied): the path went to the bucket of the web site, where no such object may be read, and not to AppSync",
        cure: "Give /graphql a behavior of its own with the AppSync host as its origin, before the default one, with POST allowed and caching off; or call the AppSync URL",
    },
    KnownPage {
        text: "bad request. we can't connect to the server for this app",
        who: CLOUDFRONT,
        meaning: "no distribution has this name: the DNS record points to CloudFront, and the name is missing from the distribution's alternate domain names",
        cure: "Add the name to the distribution's alternate domain names with a certificate for it, or make it an AppSync custom domain name and point the DNS record at that",
    },
    KnownPage {
        text: "attempted to establish a connection with the origin",
        who: CLOUDFRONT,
        meaning: "the distribution could not reach its origin",
        cure: "Look at the origin's domain name (the AppSync host, without https:// and path) and its protocol (HTTPS only, TLS 1.2)",
    },
    KnownPage {
        text: "wasn't able to resolve the origin domain name",
        who: CLOUDFRONT,
        meaning: "the distribution's origin is a name that does not exist",
        cure: "Set the origin to the AppSync host as it stands in the API's settings, without https:// and path",
    },
];

/// The same sentence at CloudFront's own name, which is no alternate one and cannot be added.
const NO_DISTRIBUTION: KnownPage = KnownPage {
    text: "bad request. we can't connect to the server for this app",
    who: "an edge of CloudFront",
    meaning: "no enabled distribution has this name: it was disabled or deleted, or the name is mistyped",
    cure: "Look for the distribution and its status (aws cloudfront list-distributions: DomainName, Enabled), and put its present name, or AppSync's own URL, into the client",
};

/// The page of a distribution or a bucket before the API, by its own sentence.
pub fn judge(evidence: &Evidence) -> Option<Finding> {
    if evidence.answer.is_appsyncs() {
        return None;
    }
    let message = text(evidence.error_message());
    let page = evidence.answer.page.as_deref().unwrap_or(&message).to_lowercase();
    let known = PAGES.iter().find(|known| page.contains(known.text))?;
    let host = evidence.url_host();
    let own = host.ends_with(".cloudfront.net") && known.text.starts_with("bad request. we can't connect");
    let known = if own { &NO_DISTRIBUTION } else { known };
    let host = if host.is_empty() { "the host that was called" } else { host };
    let status = evidence.status().map_or_else(String::new, |status| format!(" (HTTP {status})"));
    let (realtime, cure) = if evidence.socket.is_some() && !host.ends_with(".amazonaws.com") {
        (
            ". This was a WebSocket's handshake, and the path /graphql/realtime exists only at a name that is registered as a custom domain of AppSync: behind a distribution of one's own nothing answers it",
            "Make the name an AppSync custom domain, or let the client connect to the API's own realtime host (wss://….appsync-realtime-api.REGION.amazonaws.com/graphql, with the appsync-api host in its header)",
        )
    } else {
        ("", known.cure)
    };
    Some(
        Finding::new(
            Code::CloudfrontRefused,
            Message::of(
                "not AppSync answered but {} that stands at {}{}, so AppSync did not see the request and no credential was judged: {}{}. » {}.",
                [
                    Part::Text(known.who.to_owned()),
                    Part::Name(host.to_owned()),
                    Part::Text(status),
                    Part::Text(known.meaning.to_owned()),
                    Part::Text(realtime.to_owned()),
                    Part::Text(cure.to_owned()),
                ],
            ),
        )
        .certainty(Certainty::Certain)
        .at("answer.body")
        .actual(known.text),
    )
}

/// The web site's own page, given in place of an answer: what a single-page application serves for every path.
pub fn site(evidence: &Evidence) -> Option<Finding> {
    let served = matches!(evidence.status(), Some(200 | 404)) && evidence.answer.html && !evidence.answer.is_appsyncs();
    if !served {
        return None;
    }
    let url = evidence.url.as_deref().unwrap_or("the URL that was called");
    Some(
        Finding::new(
            Code::CloudfrontAnswer,
            Message::of(
                "not AppSync answered at {} but a web server, with a page of HTML (HTTP {}): the request never reached an API, so nobody was refused. » Call the GraphQL URL (https://….appsync-api.REGION.amazonaws.com/graphql, in the API's settings or amplify_outputs.json), or give this path a behavior of its own with that host as its origin.",
                [
                    Part::Name(url.to_owned()),
                    Part::Value(evidence.status().unwrap_or_default().to_string()),
                ],
            ),
        )
        .certainty(Certainty::Certain)
        .at("answer.body")
        .actual("a page of HTML"),
    )
}
