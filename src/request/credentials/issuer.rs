//! Issuers that differ in the slash at their end alone, and those whose keys another provider has.

use super::super::evidence::Evidence;
use super::super::token::Token;
use super::super::{address, messages, token};
use super::same_provider;
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, any_of, quoted};

/// A refusal for which there is no other cause, of a token whose issuer is not the API's to the letter. AWS wants them the same
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_OpenIDConnectConfig.html>: "must exactly match"); that AppSync does
/// not compare `iss` where OIDC is the only mode was seen of a slash (aws/aws-appsync-community#30), and the keys are the
/// configured issuer's whatever is compared.
pub fn unexplained(evidence: &Evidence) -> Option<Finding> {
    if !matches!(evidence.status(), Some(401 | 403)) {
        return None;
    }
    let token = token::read(evidence.authorization()?.0).ok()?;
    unlike(evidence, &token)
}

/// The same, whatever was seen.
fn unlike(evidence: &Evidence, token: &Token) -> Option<Finding> {
    let issuer = token.text("iss")?;
    let known = &evidence.api.issuers;
    let modes = evidence.api.modes();
    if known.is_empty() || known.iter().any(|known| known == issuer) || !modes.contains(&AuthType::Oidc) || token.is_cognito() {
        return None;
    }
    let own = known.iter().find(|known| is_same_but_slash(known, issuer));
    Some(match own {
        Some(own) => slash_alone(own, issuer, &modes),
        None => same_provider::words(token, issuer, known).map_or_else(|| other_keys(issuer, known), |words| kin(issuer, known, words)),
    })
}

/// An issuer of the same provider, whose keys may be the same: that nothing else speaks against the token makes it no more than
/// possible.
fn kin(issuer: &str, known: &[String], words: Message) -> Finding {
    let wanted = any_of(known);
    let place = Message::of(
        "the token's issuer (iss) is {}, and the API takes tokens of {}; AWS wants them to match exactly (OpenIDConnectConfig), and nothing else that was given speaks against the token:",
        [Part::Value(issuer.to_owned()), Part::Value(wanted.clone())],
    );
    let message = Message::joined("{} {}.", [place, words]);
    Finding::new(Code::IssuerMismatch, message).certainty(Certainty::Possible).at("token.iss").actual(issuer).wanted(wanted)
}

/// Whether two issuers differ in the slash at their end, and in nothing else.
pub fn is_same_but_slash(one: &str, other: &str) -> bool {
    one != other && one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// A token whose issuer has a slash at the end that the API's has not, or the other way round, and nothing else speaks against it.
pub fn slash_alone(own: &str, issuer: &str, modes: &[AuthType]) -> Finding {
    let (with, without) = if issuer.ends_with('/') { ("the token's", "the API's") } else { ("the API's", "the token's") };
    let (several, alone) = match modes {
        [] => (String::new(), ""),
        [_] => (String::new(), ", as this API has it, so look at what AppSync logged of Authorization as well"),
        _ => (format!(", as here ({}),", AuthType::api_names(modes)), ""),
    };
    let message = Message::of(
        "the token's issuer (iss) is {}, and the API's is {}: they differ in the slash at the end, which {} has and {} has not. AWS wants them to match exactly (OpenIDConnectConfig), and an API with a second mode{} was seen to refuse what one with OPENID_CONNECT alone takes{}. Nothing else that was given speaks against the token. » Write the API's issuer exactly as iss has it (aws appsync update-graphql-api; CDK: oidcProvider; the provider's own .well-known/openid-configuration shows it), and nothing else.",
        [
            Part::Value(issuer.to_owned()),
            Part::Value(own.to_owned()),
            Part::Text(with.to_owned()),
            Part::Text(without.to_owned()),
            Part::Text(several),
            Part::Text(alone.to_owned()),
        ],
    );
    let certainty = if modes.len() == 1 { Certainty::Possible } else { Certainty::Likely };
    Finding::new(Code::IssuerMismatch, message).certainty(certainty).at("token.iss").actual(issuer).wanted(own)
}

/// A token that another provider signed: its signature cannot fit the keys of the API's issuer, whether `iss` is compared or not
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#openid-connect-authorization>: AppSync takes the keys
/// from the configured issuer's .well-known/openid-configuration).
fn other_keys(issuer: &str, known: &[String]) -> Finding {
    let wanted = any_of(known);
    let message = Message::of(
        "the token's issuer (iss) is {}, and the API takes tokens of {}: it is another provider's, or another environment's of the same one. AppSync checks the signature with the keys that its own issuer publishes ({}/.well-known/openid-configuration), and this token was signed with other keys, so it most likely cannot pass, even where iss itself is not compared. » Send a token of {}: build the client with that provider's settings, and sign in anew. If the token's provider is the one that is meant, set the API's issuer to {}.",
        [
            Part::Value(issuer.to_owned()),
            Part::Value(wanted.clone()),
            Part::Place(known.first().map_or("", String::as_str).trim_end_matches('/').to_owned()),
            Part::Value(wanted.clone()),
            Part::Value(issuer.to_owned()),
        ],
    );
    Finding::new(Code::IssuerMismatch, message).certainty(Certainty::Likely).at("token.iss").actual(issuer).wanted(wanted)
}

/// The same of a token that AppSync said it could not parse, or that it found no valid credential.
pub(super) fn other_provider(evidence: &Evidence, token: &Token) -> Option<Finding> {
    let issuer = token.text("iss")?;
    let slash = evidence.api.issuers.iter().any(|known| is_same_but_slash(known, issuer));
    unlike(evidence, token).filter(|_| !slash)
}

/// AppSync found no valid credential, and the issuers differ by a slash: OpenID Connect compares them letter by letter
/// (<https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>), and AWS documents no exception.
pub(super) fn slash(known: &messages::KnownMessage, own: &str, issuer: &str) -> Finding {
    let (with, without) = if issuer.ends_with('/') { ("the token's", "the API's") } else { ("the API's", "the token's") };
    Finding::new(
        Code::IssuerMismatch,
        Message::of(
            "the token's issuer (iss) is {}, and the API's is {}: they differ in the slash at the end, which {} has and {} has not. OpenID Connect compares issuers letter by letter, and AppSync says {}, so that is most likely why. » Write the API's issuer exactly as iss has it (aws appsync update-graphql-api; CDK: oidcProvider; the provider's own .well-known/openid-configuration shows it), and nothing else.",
            [
                Part::Value(issuer.to_owned()),
                Part::Value(own.to_owned()),
                Part::Text(with.to_owned()),
                Part::Text(without.to_owned()),
                Part::Value(quoted(known.text).to_string()),
            ],
        ),
    )
    .certainty(Certainty::Likely)
    .at("token.iss")
    .actual(issuer)
    .wanted(own)
}

/// The issuer fits, and AppSync cannot fetch its keys: it asks `<issuer>/.well-known/openid-configuration` over HTTPS, from outside
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#openid-connect-authorization>).
pub(super) fn unreachable(evidence: &Evidence, known: &messages::KnownMessage, issuer: &str) -> Option<Finding> {
    let (scheme, rest) = issuer.split_once("://")?;
    let host = rest.split(['/', '?']).next()?;
    // A mock on the same machine can ask there.
    if address::why_unreachable("https", evidence.url_host()).is_some() && !evidence.url_host().is_empty() {
        return None;
    }
    let why = address::why_unreachable(scheme, host)?;
    Some(
        Finding::new(
            Code::NoValidCredential,
            Message::of(
                "AppSync says {}, and the token fits this API by its issuer (iss), {}; but AppSync has to fetch the provider's keys itself, from {}/.well-known/openid-configuration, over HTTPS and from the public internet, and {} {}. So it most likely cannot check any token of this provider. » Give the provider a public name with HTTPS, set that as its own issuer and in the API (openIDConnectConfig), and take a new token; or check such tokens in a Lambda authorizer that can reach it.",
                [
                    Part::Value(quoted(known.text).to_string()),
                    Part::Value(issuer.to_owned()),
                    Part::Place(issuer.trim_end_matches('/').to_owned()),
                    Part::Place(host.to_owned()),
                    Part::Text(why.to_owned()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("token.iss")
        .actual(issuer),
    )
}

/// What Amplify's local mock makes of an issuer with a slash: older versions took it off the configured one and compared the
/// token's as it is (aws-amplify/amplify-cli#5372, #6368, #6463).
pub(super) fn of_mock(evidence: &Evidence) -> Option<Message> {
    let (value, _) = evidence.authorization()?;
    let token = token::read(value).ok()?;
    let issuer = token.text("iss")?;
    let same = |known: &&String| known.trim_end_matches('/') == issuer.trim_end_matches('/');
    let own = evidence.api.issuers.iter().find(same);
    if !issuer.ends_with('/') && own.is_none_or(|own| own == issuer) {
        return None;
    }
    let configured = own.map_or_else(String::new, |own| format!(", and the configured one {own}"));
    Some(Message::of(
        "The token's issuer (iss) is {}{}: the mock compares issuers as text, and its older versions took the slash off the configured one first, so a slash at the end is refused here and taken by the deployed API. » Update the Amplify CLI (the fix came after 4.41.2), and write the issuer exactly as the token has it.",
        [Part::Value(issuer.to_owned()), Part::Value(configured)],
    ))
}
