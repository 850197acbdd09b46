//! A session that stands in a cookie alone: AppSync reads none, in any mode
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>: `x-api-key` and `Authorization`).

use super::super::answer::masked_tail;
use super::super::evidence::Evidence;
use super::super::token;

/// Names of cookies with a session or a token, in lower case: parts of them.
const NAMES: [&str; 7] = ["token", "session", "auth", "jwt", "sid", "cognitoidentityserviceprovider", "login"];

/// That a session was sent in a cookie, by the cookie's name; no text where none was.
pub(super) fn session(evidence: &Evidence) -> String {
    let Some(cookies) = evidence.header("cookie") else { return String::new() };
    let pairs = cookies.split(';').filter_map(|one| one.trim().split_once('='));
    let speaks = |name: &str| {
        let name = name.to_lowercase();
        NAMES.iter().any(|word| name.contains(word))
    };
    let sends = |(name, value): &(&str, &str)| token::read(value).is_ok() || speaks(name) && !value.is_empty() && masked_tail(value).is_none();
    let (certain, other): (Vec<_>, Vec<_>) = pairs.filter(sends).partition(|(_, value)| token::read(value).is_ok());
    let Some((name, _)) = certain.first().or(other.first()) else { return String::new() };
    let what = if certain.is_empty() { "what looks like a session" } else { "a token" };
    // A name such as Amplify's `CognitoIdentityServiceProvider.CLIENT.USER.idToken` has a user's name in it.
    let short = name.rsplit('.').next().unwrap_or(name);
    format!(". It has {what} in a cookie ({short}), and AppSync reads no cookies, in no mode")
}
