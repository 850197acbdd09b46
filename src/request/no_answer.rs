//! The words with which a client says that it has no answer: of a refusal they tell nothing.

use super::{evidence::Evidence, unreached};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// Words of browsers and libraries, in lower case and without a full stop: axios, Chromium, Firefox, Safari, React Native
/// (<https://developer.mozilla.org/docs/Web/API/Window/fetch#exceptions>; the polyfill whatwg-fetch; Node's undici).
const WORDS: [&str; 7] = [
    "network error",
    "failed to fetch",
    "networkerror when attempting to fetch resource",
    "load failed",
    "network request failed",
    "fetch failed",
    "a network error has occurred",
];

/// Codes of Node's errors before anything came back (<https://nodejs.org/api/errors.html#common-system-errors>; undici).
const CODES: [&str; 7] = ["ETIMEDOUT", "ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"];

/// Whether a client's error names one of these codes; a data source's own error has a type of AppSync's.
fn is_of_network(evidence: &Evidence) -> bool {
    let client = ["", "Error", "FetchError", "AxiosError", "TypeError", "NetworkError", "ApolloError"];
    let mut words = evidence.error_message().split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    client.contains(&evidence.error_type()) && words.any(|word| CODES.contains(&word))
}

/// Whether these are such words, whatever class of error stands before them (`TypeError: Failed to fetch`).
fn is_one(message: &str) -> bool {
    let plain = message.trim().trim_end_matches('.').to_lowercase();
    // Apollo puts `Network error: ` before what the browser says.
    let plain = plain.strip_prefix("network error: ").unwrap_or(&plain);
    let bare = plain.rsplit_once(": ").map_or(plain, |(class, rest)| if class.contains(' ') { plain } else { rest });
    WORDS.contains(&bare)
}

/// What such words mean; nothing where a status was seen.
pub fn judge(evidence: &Evidence) -> Option<Finding> {
    let said = evidence.error_message();
    if evidence.status().is_some_and(|status| status != 0) {
        return None;
    }
    if is_of_network(evidence) && evidence.status().is_none() {
        return unreached::judge(evidence);
    }
    if !is_one(said) {
        return None;
    }
    if let Some(finding) = unreached::judge(evidence) {
        return Some(finding);
    }
    Some(
        Finding::new(
            Code::NoResponse,
            Message::of(
                "the client says {}: it has no answer that it can read, and these words do not tell why. AppSync's refusals do come with a status and a message, so most likely nobody was refused: the endpoint is undefined or wrong in the client's configuration, the device is offline, something blocked the request, or an answer that is not AppSync's (WAF, a timeout after 30 s, a proxy) came without CORS headers. » Look into the browser's network panel whether a request left, to which URL, and with which status, and give that as a HAR; where none left, print the endpoint that the client is configured with.",
                [Part::Value(quoted(&said).to_string())],
            ),
        )
        .certainty(Certainty::Likely)
        .at("observed.message")
        .actual(said),
    )
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn a_class_before_the_words_does_not_matter_and_other_words_do() {
        for text in ["Network Error", "TypeError: Failed to fetch", "AxiosError: Network Error", "Network error: Failed to fetch", "NetworkError when attempting to fetch resource."] {
            assert!(is_one(text), "{text}");
        }
        for text in ["Network error: Response not successful: Received status code 401", "Connection failed: Network Error of the resolver", ""] {
            assert!(!is_one(text), "{text}");
        }
    }
}
