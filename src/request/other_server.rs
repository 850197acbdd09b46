//! Another GraphQL server's refusal: it names what went wrong in `extensions.code`, which AppSync never writes. AppSync's own errors
//! have `errorType` beside `message`, and its answers the header x-amzn-requestid
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/troubleshooting-and-common-mistakes.html>).

use super::evidence::Evidence;
use super::messages;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// A code of refusals, and whose it is.
struct ServerCode {
    code: &'static str,
    server: &'static str,
}

const APOLLO: &str = "Apollo Server and those that follow it (Yoga, Mercurius, NestJS, gateways)";
const HASURA: &str = "Hasura";

/// The codes by which they refuse (<https://www.apollographql.com/docs/apollo-server/v3/data/errors>;
/// <https://hasura.io/docs/2.0/auth/authentication/jwt/>).
const CODES: [ServerCode; 5] = [
    ServerCode { code: "UNAUTHENTICATED", server: APOLLO },
    ServerCode { code: "FORBIDDEN", server: APOLLO },
    ServerCode { code: "invalid-jwt", server: HASURA },
    ServerCode { code: "invalid-headers", server: HASURA },
    ServerCode { code: "access-denied", server: HASURA },
];

/// Words of refusals that AppSync alone writes (docs/unauthorized.md).
const WORDS: [&str; 2] = ["Not Authorized to access", "You are not authorized to make this call"];

/// The refusal of a server that is not AppSync.
pub(super) fn judge(evidence: &Evidence) -> Option<Finding> {
    let seen = evidence.observed.as_ref()?;
    let (answer, host) = (&evidence.answer, evidence.url_host());
    if answer.is_appsyncs() || host.contains(".appsync-") {
        return None;
    }
    // A template may raise an error of whatever type, and that comes with HTTP 200.
    let typed = || seen.error_type.as_deref().filter(|_| matches!(seen.status, Some(401 | 403)));
    let code = seen.extension.as_deref().or_else(typed)?;
    let known = CODES.iter().find(|one| one.code == code)?;
    let place = if seen.extension.is_some() { "extensions.code" } else { "the error's code" };
    if let Some(finding) = passed_on(evidence, (place, code, known)) {
        return Some(finding);
    }
    let mut marks: Vec<String> = ["x-powered-by", "server", "via"].iter().filter_map(|name| answer.product(name).filter(|product| !product.is_empty()).map(|product| format!("{name}: {product}"))).collect();
    if !answer.headers.is_empty() {
        marks.push("no x-amzn-requestid, which AppSync puts on every answer".to_owned());
    }
    let marks = if marks.is_empty() { String::new() } else { format!(" The answer's headers say so too ({}).", marks.join("; ")) };
    let lead = if host.is_empty() { "Compare the URL that the client calls with".to_owned() } else { format!("If AppSync is meant, let {host} lead to it by a custom domain name of the API, or call") };
    let message = Message::of(
        "this is not what AppSync says: {} is {}, as {} name a refusal, and AppSync never writes such a code (it has errorType beside message, such as UnauthorizedException). So another GraphQL server answered{}, and AppSync judged neither the credential nor the schema.{} » {} the API's own URL (aws appsync get-graphql-api, uris); else look into that server and its log, for its own check refused.",
        [
            Part::Text(place.to_owned()),
            Part::Value(code.to_owned()),
            Part::Text(known.server.to_owned()),
            Part::Place(if host.is_empty() { String::new() } else { format!(" at {host}") }),
            Part::Text(marks),
            Part::Text(lead),
        ],
    );
    Some(Finding::new(Code::OtherGraphqlServer, message).certainty(Certainty::Likely).at("observed.errorType").actual(code))
}

/// AppSync's own words with another server's code beside them: a gateway called AppSync and hands its refusal on.
fn passed_on(evidence: &Evidence, (place, code, known): (&str, &str, &ServerCode)) -> Option<Finding> {
    let text = evidence.error_message();
    messages::find(text).filter(|message| WORDS.contains(&message.text))?;
    let message = Message::of(
        "{} is AppSync's own text, and {} {} is written by {}: a server of your own stands between the client and AppSync, called it, and handed its refusal on. So the credential that AppSync judged is the one which that server sent, which may be another than the client's. » Look there at what it sends to AppSync (the client's token, a key, a signature), and compare that with the API's modes and directives (--api, --schema).",
        [
            Part::Value(quoted(text).to_string()),
            Part::Text(place.to_owned()),
            Part::Value(code.to_owned()),
            Part::Text(known.server.to_owned()),
        ],
    );
    Some(Finding::new(Code::OtherGraphqlServer, message).certainty(Certainty::Likely).at("observed.message").actual(text))
}
