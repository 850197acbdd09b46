//! Amplify's local mock and API keys: it has one of its own, whatever those of the deployed API are.

use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::address;
use crate::request::evidence::Evidence;

/// The key that the mock makes up and writes into aws-exports.js while it runs (aws-amplify/amplify-cli#6776, #6897).
const OWN_KEY: &str = "da2-fakeApiId123456";

/// Whether a key is the mock's.
pub(super) fn is_own_key(key: &str) -> bool {
    key.starts_with("da2-fakeApiId")
}

/// Whether the request went to this machine or network.
pub(super) fn is_called(evidence: &Evidence) -> bool {
    let host = evidence.url_host();
    !host.is_empty() && address::why_unreachable("https", host).is_some()
}

/// A key that the mock refused, as it is not its own.
pub(super) fn refused_key(evidence: &Evidence, said: &str, (shown, is_listed): (&str, bool)) -> Finding {
    let host = match evidence.url_host() {
        "" => "an endpoint of this machine".to_owned(),
        host => host.to_owned(),
    };
    let whose = if is_listed { "a key of the deployed API" } else { "another one" };
    let message = Message::of(
        "{} is the text of Amplify's local mock, not AppSync's: {} is where the request went. The mock has one key of its own, {}, and knows none of a deployed API; the key that was sent, ending in {}, is {}. » Send {} while mocking (a mocked function gets it by the environment variable that it reads the key from; aws-exports.js has it while `amplify mock api` runs), and keep the deployed API's key for its own endpoint: there neither the API nor its keys need a change. A simulator of another make has the apiKey of its own configuration.",
        [
            Part::Value(quoted(&said).to_string()),
            Part::Place(host),
            Part::Code(OWN_KEY.to_owned()),
            Part::Value(shown.to_owned()),
            Part::Text(whose.to_owned()),
            Part::Code(OWN_KEY.to_owned()),
        ],
    );
    Finding::new(Code::LocalMock, message).at("request.headers.x-api-key").actual(said).wanted("the mock's own key")
}

/// The mock's key at an API that was deployed.
pub(super) fn own_key_deployed(shown: String, path: &str) -> Finding {
    Finding::new(
        Code::KeyUnknown,
        Message::of(
            "the API key ending in {} is {}, the one that Amplify's local mock (`amplify mock api`) makes up and writes into the client's configuration: no deployed API knows it. » Let the build use the deployed API's configuration (`amplify pull` or `amplify push` write aws-exports.js anew), and keep the mock's out of it.",
            [Part::Value(shown), Part::Code(OWN_KEY.to_owned())],
        ),
    )
    .at(path)
    .actual("the mock's key")
    .wanted("a key of this API")
}
