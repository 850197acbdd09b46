//! A header of another service's, that looks like a credential and that AppSync does not read
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>: `x-api-key` and `Authorization`; a Lambda authorizer
//! gets the latter as `authorizationToken`, and the others, once it is called, in `requestHeaders`).

use super::super::evidence::Evidence;
use super::accident::is_placeholder;
use crate::request::answer::masked_tail;
use serde_json::Value as Json;

/// Names that end so are of a credential; in small letters and without what stands between the words.
const ENDS: [&str; 9] = ["token", "sessionid", "sessionkey", "session", "auth", "authorization", "jwt", "apikey", "credential"];
/// Words in names of texts that name no caller: guards against forged forms, addresses of devices, marks of a page or a try.
const NONE: [&str; 9] = ["csrf", "xsrf", "device", "push", "idempotency", "continuation", "page", "next", "recaptcha"];
/// Beginnings of the names of headers that a browser, AWS or a proxy sends.
const BEGINNINGS: [&str; 6] = ["x-amz", "x-amzn", "sec-", "proxy-", "x-forwarded", ":"];
/// Those that AppSync reads, and those that are told elsewhere.
const OWN: [&str; 3] = ["authorization", "x-api-key", "cookie"];

/// The header that looks like a credential; never its value.
pub(super) fn name(evidence: &Evidence) -> Option<&str> {
    let holds = |value: &Json| value.as_str().is_some_and(|value| value.trim().len() > 3 && !is_placeholder(value) && masked_tail(value).is_none());
    evidence.headers.iter().find(|(name, value)| looks_like_one(name) && holds(value)).map(|(name, _)| name.as_str())
}

fn looks_like_one(name: &str) -> bool {
    let lower = name.to_lowercase();
    let plain = lower.replace(['-', '_'], "");
    let is_other = OWN.contains(&lower.as_str()) || BEGINNINGS.iter().any(|begin| lower.starts_with(begin)) || NONE.iter().any(|word| plain.contains(word));
    !is_other && ENDS.iter().any(|end| plain.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::looks_like_one;

    #[test]
    fn a_credential_is_known_by_the_end_of_its_name() {
        for name in ["x-session-token", "x-auth-token", "token", "Auth", "id-token", "x_access_token", "session-id", "x-shop-jwt"] {
            assert!(looks_like_one(name), "{name}");
        }
        for name in ["authorization", "x-api-key", ":authority", "x-csrf-token", "x-amz-security-token", "author", "x-device-token", "accept", "x-request-id"] {
            assert!(!looks_like_one(name), "{name}");
        }
    }
}
